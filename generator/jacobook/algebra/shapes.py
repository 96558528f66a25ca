"""Symbolic dimensions and the shapes made of them.

A dimension is a whole number times a product of size names (`D`, `2*N`, `M*N` for a Kronecker product), so two
dimensions are equal exactly when they are equal for every assignment of sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Self


class ShapeError(ValueError):
    """Operands whose shapes do not fit an operation; the message says which shapes."""


class Dimension:
    """A positive whole number times a product of size names, `coefficient * n1 * n2 * …` (names sorted).

    Like nodes, equal dimensions are one object, so that comparing them and looking them up costs nothing.
    """

    __slots__ = ("coefficient", "names")
    coefficient: int
    names: tuple[str, ...]

    def __new__(cls, coefficient: int, names: tuple[str, ...] = ()) -> Self:
        """Return the one dimension of this number and these names."""
        found = _DIMENSIONS.get((coefficient, names))
        if found is None:
            found = super().__new__(cls)
            found.coefficient, found.names = coefficient, names
            _DIMENSIONS[coefficient, names] = found
        return found

    @classmethod
    def of(cls, size: str | int | Dimension) -> Dimension:
        """Return the dimension of a size name or of a whole number ≥ 1."""
        if isinstance(size, Dimension):
            return size
        if isinstance(size, int):
            return cls(size)
        return cls(1, (size,))

    def __mul__(self, other: Dimension) -> Dimension:
        return Dimension(self.coefficient * other.coefficient, tuple(sorted(self.names + other.names)))

    def value(self, sizes: Mapping[str, int]) -> int:
        """Return the number this dimension stands for under an assignment of sizes."""
        found = self.coefficient
        for name in self.names:
            found *= sizes[name]
        return found

    @property
    def is_product(self) -> bool:
        """True for what is written with a sign of multiplication: `2*N`, `M*N`."""
        return len(self.names) + (self.coefficient != 1) > 1

    def __str__(self) -> str:
        parts = list(self.names)
        if self.coefficient != 1 or not parts:
            parts.insert(0, str(self.coefficient))
        return "*".join(parts)

    def __repr__(self) -> str:
        return f"Dimension({self.coefficient!r}, {self.names!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Dimension, (self.coefficient, self.names)


_DIMENSIONS: dict[tuple[int, tuple[str, ...]], Any] = {}
ONE = Dimension(1)


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
            return f"R^({self.rows})" if self.rows.is_product else f"R^{self.rows}"
        return f"R^({self.rows} x {self.columns})"

    def __str__(self) -> str:
        return f"{self.rows}×{self.columns}"

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
