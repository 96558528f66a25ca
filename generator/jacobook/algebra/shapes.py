"""The shapes of arrays, made of dimensions (`algebra/dimensions.py`)."""

from __future__ import annotations

from enum import Enum
from typing import Any, Self

from jacobook.algebra.dimensions import NOTHING, ONE, Dimension

__all__ = [
    "NOTHING",
    "ONE",
    "SCALAR",
    "Dimension",
    "Kind",
    "Shape",
    "ShapeError",
    "derivative_shape",
    "matrix",
    "product_shape",
    "row",
    "vector",
]


class ShapeError(ValueError):
    """Operands whose shapes do not fit an operation; the message says which shapes."""


class Kind(Enum):
    """The four types of a value; a 1×1 matrix, a one-column matrix and a scalar are three different things."""

    SCALAR = "scalar"
    VECTOR = "vector"
    ROW = "row"
    MATRIX = "matrix"

    __hash__ = object.__hash__


class Shape:
    """The type of a value: its kind and its numbers of rows and columns. Equal shapes are one object."""

    __slots__ = ("columns", "is_matrix", "is_row", "is_scalar", "is_square", "is_vector", "kind", "rows")
    kind: Kind
    rows: Dimension
    columns: Dimension
    is_scalar: bool
    is_vector: bool
    """Whether this is a column vector in R^n."""
    is_row: bool
    """Whether this is a row, the transpose of a vector."""
    is_matrix: bool
    """Whether this is a matrix in R^(m x n), also when m or n is 1."""
    is_square: bool
    """Whether this is a matrix with as many rows as columns."""

    def __new__(cls, kind: Kind, rows: Dimension, columns: Dimension) -> Self:
        """Return the one shape of this kind with so many rows and columns."""
        found = _SHAPES.get((kind, rows, columns))
        if found is None:
            found = super().__new__(cls)
            found.kind, found.rows, found.columns = kind, rows, columns
            found.is_scalar, found.is_vector = kind is Kind.SCALAR, kind is Kind.VECTOR
            found.is_row, found.is_matrix = kind is Kind.ROW, kind is Kind.MATRIX
            found.is_square = found.is_matrix and rows is columns
            _SHAPES[kind, rows, columns] = found
        return found

    def __repr__(self) -> str:
        return f"Shape({self.kind}, {self.rows!r}, {self.columns!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Shape, (self.kind, self.rows, self.columns)

    @property
    def length(self) -> Dimension:
        """Return the number of entries of a vector or a row."""
        return self.columns if self.is_row else self.rows

    @property
    def transposed(self) -> Shape:
        """Return the shape of the transpose: vectors and rows change places, a scalar stays."""
        kind = {Kind.VECTOR: Kind.ROW, Kind.ROW: Kind.VECTOR}.get(self.kind, self.kind)
        return Shape(kind, self.columns, self.rows)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Return (), (n,), (1, n) or (m, n) for a scalar, a vector, a row or a matrix."""
        if self.is_scalar:
            return ()
        return (self.rows,) if self.is_vector else (self.rows, self.columns)

    @property
    def axes(self) -> tuple[Dimension, ...]:
        """Return the dimensions of the array that holds the value in code, where vectors and rows are 1-D."""
        if self.is_scalar:
            return ()
        return (self.rows, self.columns) if self.is_matrix else (self.length,)

    @property
    def space(self) -> str:
        """Return the space of the values as in a declaration: `R`, `R^D`, `R^(M*N)`, `R^(M x N)`."""
        if self.is_scalar:
            return "R"
        if self.is_vector:
            return f"R^{self.rows}" if self.rows.is_plain else f"R^({self.rows})"
        return f"R^({self.rows.within} x {self.columns.within})"

    def __str__(self) -> str:
        return f"{self.rows.within}×{self.columns.within}"

    def describe(self) -> str:
        """Return the shape in words: `a scalar`, `a vector with D entries`, `a matrix of M×N`."""
        if self.is_scalar:
            return "a scalar"
        if self.is_matrix:
            return f"a matrix of {self}"
        entries = "entry" if self.length == ONE else "entries"
        return f"a {self.kind.value} with {self.length} {entries}"


_SHAPES: dict[tuple[Kind, Dimension, Dimension], Any] = {}
SCALAR = Shape(Kind.SCALAR, ONE, ONE)


def vector(length: str | int | Dimension) -> Shape:
    """Return the shape of a vector in R^length."""
    return Shape(Kind.VECTOR, Dimension.of(length), ONE)


def row(length: str | int | Dimension) -> Shape:
    """Return the shape of a row of 1×length, the transpose of a vector."""
    return Shape(Kind.ROW, ONE, Dimension.of(length))


def matrix(rows: str | int | Dimension, columns: str | int | Dimension) -> Shape:
    """Return the shape of a matrix in R^(rows x columns)."""
    return Shape(Kind.MATRIX, Dimension.of(rows), Dimension.of(columns))


def product_shape(left: Shape, right: Shape) -> Shape:
    """Return the shape of left * right; a scalar factor scales. Raises ShapeError where the inner sizes differ."""
    first, second = left.kind, right.kind
    if first is Kind.SCALAR:
        return right
    if second is Kind.SCALAR:
        return left
    inner, fits = left.columns, right.rows
    if inner is not fits or (first is second and first is not Kind.MATRIX):
        raise ShapeError(f"{left} times {right}: {inner} columns meet {fits} rows")
    if first is Kind.ROW:
        return SCALAR if second is Kind.VECTOR else Shape(Kind.ROW, ONE, right.columns)
    return Shape(Kind.VECTOR, left.rows, ONE) if second is Kind.VECTOR else Shape(Kind.MATRIX, left.rows, right.columns)


def derivative_shape(of: Shape, wrt: Shape) -> Shape | None:
    """Return the shape in which a derivative is displayed (Jacobian layout), None beyond two indices.

    Scalar by vector: a 1×N row; vector by vector: M×N; scalar by matrix: the shape of the matrix; anything by a
    scalar: its own shape. A row counts as the vector of its entries. (MML, section 5.2–5.4.)
    """
    if wrt.is_scalar:
        return of
    if of.is_scalar:
        return wrt if wrt.is_matrix else row(wrt.length)
    if of.is_matrix or wrt.is_matrix:
        return None
    return matrix(of.length, wrt.length)
