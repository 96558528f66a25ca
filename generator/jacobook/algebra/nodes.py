"""The expression tree: immutable, shaped, hash-consed nodes.

Two nodes with the same structure are the same object, so `is` decides equality and every cache can be keyed by a node.
Nodes are made by the constructors in `jacobook.algebra.build`, which check shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from itertools import count
from typing import Any, ClassVar, Generic, Self, TypeVar, overload
from weakref import ref

from jacobook.algebra.declared_functions import UnspecifiedFunction, is_stacked
from jacobook.algebra.declared_properties import closed
from jacobook.algebra.operations import METER
from jacobook.algebra.shapes import SCALAR, Dimension, Shape

NOTHING: frozenset[Symbol] = frozenset()


class _Kept(ref["Node"]):
    """What the table of nodes holds: a node for as long as another holds it as well."""

    __slots__ = ("key",)
    key: tuple[Any, ...]


_NODES: dict[tuple[Any, ...], _Kept] = {}


def _forget(kept: _Kept, nodes: dict[tuple[Any, ...], _Kept] = _NODES) -> None:
    """Take a node that is gone from the table, unless an equal one was made since."""
    if nodes.get(kept.key) is kept:
        del nodes[kept.key]


class Node:
    """An expression: a class, its operands, its parameters (plain data) and the shape of its value.

    Nodes are shared, so an expression of few nodes may be long when it is written out: `size` and `depth` say how long
    and how deep, and a walk that must not take longer than there are nodes remembers which it has seen.
    """

    __slots__ = ("__weakref__", "depth", "kinds", "operands", "order", "parameters", "shape", "size", "symbols")
    operands: tuple[Node, ...]
    parameters: tuple[Hashable, ...]
    shape: Shape
    symbols: frozenset[Symbol]
    size: int
    """The number of nodes when the expression is written out, shared ones as often as they stand in it."""
    depth: int
    """How many nodes stand inside one another."""
    kinds: int
    """The classes of all nodes inside, one bit each: see `mask_of`."""
    order: str | None
    """The text by which nodes are sorted, once it was asked for: see `normal_form.sort_key`."""
    _numbers: ClassVar[count[int]] = count()
    _bit: ClassVar[int] = 1 << next(_numbers)
    _mask: ClassVar[int] = _bit

    def __init_subclass__(cls) -> None:
        """Give the class its bit, which the masks of the classes that it is derived from hold as well."""
        super().__init_subclass__()
        cls._bit = cls._mask = 1 << next(Node._numbers)
        for base in cls.__mro__[1:]:
            if issubclass(base, Node):
                base._mask |= cls._bit

    def __new__(cls, operands: tuple[Node, ...], shape: Shape, parameters: tuple[Hashable, ...] = ()) -> Self:
        """Return the one node of this class with these operands, shape and parameters."""
        METER.left -= 1
        if METER.left < 0:
            METER.spend(0)
        key = (cls, operands, shape, parameters)
        kept = _NODES.get(key)
        found = None if kept is None else kept()
        if found is None:
            found = super().__new__(cls)
            found.operands, found.shape, found.parameters = operands, shape, parameters
            found.symbols = cls._symbols_of(found)
            found.size, found.depth, found.kinds, found.order = 1, 1, cls._bit, None
            for operand in operands:
                found.size += operand.size
                found.kinds |= operand.kinds
                if operand.depth >= found.depth:
                    found.depth = operand.depth + 1
            kept = _NODES[key] = _Kept(found, _forget)
            kept.key = key
        return found  # type: ignore[return-value]

    @classmethod
    def mask_of(cls, *kinds: type[Node]) -> int:
        """Return the bits of these classes and of those derived from them: a node holds one if `kinds` meets them."""
        mask = 0
        for kind in kinds:
            mask |= kind._mask
        return mask

    @staticmethod
    def _symbols_of(node: Node) -> frozenset[Symbol]:
        found = [operand.symbols for operand in node.operands if operand.symbols]
        if not found:
            return NOTHING
        return found[0] if len(found) == 1 else found[0].union(*found[1:])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.operands, self.shape, self.parameters)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        inside = ", ".join([*map(repr, self.parameters), *map(repr, self.operands)])
        return f"{type(self).__name__}({inside})"

    def depends_on(self, symbol: Symbol) -> bool:
        """Return whether the symbol occurs in this expression (also inside a differential)."""
        return symbol in self.symbols

    # The operators build expressions as the language reads them (`*` is the product of matrices or a scaling). The
    # constructors need the classes below, so they stand in `build`, which fills this table when the room is entered.
    constructors: ClassVar[dict[str, Callable[..., Node]]] = {}

    def __add__(self, other: Node) -> Node:
        return Node.constructors["add"](self, other)

    def __sub__(self, other: Node) -> Node:
        return self + -other

    def __mul__(self, other: Node) -> Node:
        return Node.constructors["product"](self, other)

    def __truediv__(self, other: Node) -> Node:
        return Node.constructors["divide"](self, other)

    def __neg__(self) -> Node:
        return Node.constructors["negate"](self)

    @property
    def T(self) -> Node:
        """Return the transpose of this expression."""
        return Node.constructors["transpose"](self)


T = TypeVar("T")


class Parameter(Generic[T]):
    """One of the parameters of a node, by its place among them."""

    def __init__(self, place: int) -> None:
        self.place = place

    @overload
    def __get__(self, node: None, owner: type[Node]) -> Self: ...
    @overload
    def __get__(self, node: Node, owner: type[Node]) -> T: ...
    def __get__(self, node: Node | None, owner: type[Node]) -> Self | T:
        return self if node is None else node.parameters[self.place]  # type: ignore[return-value]


class Number(Node):
    """An exact rational constant."""

    __slots__ = ()

    value = Parameter[Fraction](0)


class SizeOf(Node):
    """A dimension as a scalar: the D in tr(I) = D. Written `dim(D)`."""

    __slots__ = ()

    dimension = Parameter[Dimension](0)


class Symbol(Node):
    """A declared variable, or a name for an intermediate value, with its properties."""

    __slots__ = ()

    @staticmethod
    def _symbols_of(node: Node) -> frozenset[Symbol]:
        return frozenset((node,))  # type: ignore[arg-type]

    name = Parameter[str](0)
    properties = Parameter[frozenset[str]](1)
    """The declared properties, closed under what they imply."""


class RunningIndex(Symbol):
    """The name that a `BoundedSum` binds: a whole number from its lower to its upper bound, both of which it knows."""

    __slots__ = ()

    lower = Parameter[Node](2)
    """The first number."""
    upper = Parameter[Node](3)
    """The last number; one below the first says that there is none."""
    excluded = Parameter[tuple[Node, ...]](4)
    """Numbers that it leaves out: the i of a sum over j ≠ i."""


class Identity(Node):
    """The identity matrix; its size is its shape."""

    __slots__ = ()


class Triangle(Node):
    """The matrix of this shape with ones on one side of its diagonal, and on it, and zeros elsewhere.

    Its entry-wise product with a matrix is a triangle of that: `triu(X)`, `tril(X)`.
    """

    __slots__ = ()

    is_lower = Parameter[bool](0)
    """Whether the ones stand below the diagonal, not above it."""


class Fill(Node):
    """An array with one scalar (its operand) in every entry: `vector(c)`, `matrix(c)`, and zero arrays of any shape."""

    __slots__ = ()


class Add(Node):
    """A sum of two or more terms of one shape, in the author's order."""

    __slots__ = ()


class Negate(Node):
    """The negative of its operand."""

    __slots__ = ()


class Product(Node):
    """A product read from the left; each factor is a matrix factor or a scalar that scales."""

    __slots__ = ()


class Divide(Node):
    """A value divided by a scalar."""

    __slots__ = ()


class Hadamard(Node):
    """The entry-wise product `.*`; a scalar operand acts on every entry."""

    __slots__ = ()


class HadamardDivide(Node):
    """The entry-wise quotient `./`; a scalar operand acts on every entry."""

    __slots__ = ()


class HadamardPower(Node):
    """The entry-wise power `.^`; a scalar base or exponent acts on every entry."""

    __slots__ = ()


class Power(Node):
    """A scalar raised to a scalar, or a square matrix raised to a whole number, which may be symbolic (`X^k`)."""

    __slots__ = ()


class BoundedSum(Node):
    """The sum of a body of any shape over a running index, `sum(r, 0, k-1, X^r)`; zero where there is no number.

    Operands: the body, the lower and the upper bound, the numbers that are left out.
    """

    __slots__ = ()

    @staticmethod
    def _symbols_of(node: Node) -> frozenset[Symbol]:
        body, *bounds = node.operands
        return (body.symbols - {node.parameters[0]}).union(*(bound.symbols for bound in bounds))

    index = Parameter[RunningIndex](0)
    """The running index, which is bound in the body."""


class SolvedSymbol(Symbol):
    """The name that a `Solution` binds: what its equation is solved for."""

    __slots__ = ()


class Solution(Node):
    """What solves an equation, the y of F(x, y) = 0. Operands: the two sides, in which the name stands."""

    __slots__ = ()

    @staticmethod
    def _symbols_of(node: Node) -> frozenset[Symbol]:
        left, right = node.operands
        return (left.symbols | right.symbols) - {node.parameters[0]}

    unknown = Parameter[SolvedSymbol](0)
    """What the equation is solved for, bound in both sides."""

    @property
    def is_solved_form(self) -> bool:
        """Return whether the unknown stands alone on the left, as in X = A′X A + Q."""
        return self.operands[0] is self.unknown


class Transpose(Node):
    """The transpose."""

    __slots__ = ()


class Inverse(Node):
    """The inverse of a square matrix."""

    __slots__ = ()


class Adjugate(Node):
    """The adjugate (transposed cofactors) of a square matrix, `adj(X)`: adj(X) X = det(X) I."""

    __slots__ = ()


class Trace(Node):
    """The trace of a square matrix."""

    __slots__ = ()


class Determinant(Node):
    """The determinant of a square matrix."""

    __slots__ = ()


class LogDeterminant(Node):
    """log |det X| of a square matrix."""

    __slots__ = ()


class EntrySum(Node):
    """The sum of all entries, `sum(X)`."""

    __slots__ = ()


class Norm1(Node):
    """The sum of the absolute entries."""

    __slots__ = ()


class Norm2(Node):
    """The Euclidean norm of a vector, the Frobenius norm of a matrix."""

    __slots__ = ()


class MatrixExponential(Node):
    """The exponential of a square matrix, `expm(A)`: I + A + A²/2 + A³/6 + …"""

    __slots__ = ()


class ExponentialJacobian(Node):
    """The matrix K of N²×N² with vec(d expm(A)) = K vec(dA), `jacexpm(A)`.

    It is ∫₀¹ expm(s A)′ ⊗ expm((1 − s) A) ds.
    """

    __slots__ = ()


class MatrixRoot(Node):
    """The principal square root of a square matrix, `sqrtm(A)` or `A^(1/2)`: its square is A."""

    __slots__ = ()


class MatrixLogarithm(Node):
    """The principal logarithm of a square matrix, `logm(A)`: its exponential is A."""

    __slots__ = ()


class Pseudoinverse(Node):
    """The Moore-Penrose inverse of a matrix, `pinv(A)`."""

    __slots__ = ()


class Cholesky(Node):
    """The lower triangular L, positive on its diagonal, with L L′ = (A + A′)/2, `chol(A)`."""

    __slots__ = ()


class LargestEigenvalue(Node):
    """The largest eigenvalue of the symmetric matrix (A + A′)/2, `eigmax(A)`."""

    __slots__ = ()


class LeadingEigenvector(Node):
    """The unit vector v with (A + A′)/2 v = λ v for the largest eigenvalue λ, `eigvecmax(A)`.

    Its entry of largest absolute value is positive.
    """

    __slots__ = ()


class Eigenvalues(Node):
    """The vector of the eigenvalues of the symmetric matrix (A + A′)/2, smallest first, `eigvals(A)`."""

    __slots__ = ()


class Eigenvectors(Node):
    """The orthogonal matrix whose columns are the unit eigenvectors in the order of `Eigenvalues`, `eigvecs(A)`."""

    __slots__ = ()


class NuclearNorm(Node):
    """The sum of the singular values of a matrix, `normnuc(A)`."""

    __slots__ = ()


class PolarFactor(Node):
    """The matrix U V′ of the singular value decomposition A = U S V′, `polar(A)`."""

    __slots__ = ()


class Largest(Node):
    """The largest entry, `max(x)`."""

    __slots__ = ()


class LargestPlace(Node):
    """The array with 1 at the place of the largest entry and 0 elsewhere, `ismax(x)`."""

    __slots__ = ()


class LargestOfRows(Node):
    """The vector of the largest entries of the rows of a matrix, `rowmax(X)`."""

    __slots__ = ()


class LargestPlaceOfRows(Node):
    """The matrix with 1 in every row at the place of its largest entry and 0 elsewhere, `rowismax(X)`."""

    __slots__ = ()


class Arctan2(Node):
    """The angle of the point (x, y) from −π to π, `arctan2(y, x)`, entry by entry. Operands: y, x."""

    __slots__ = ()


class Diag(Node):
    """The diagonal matrix of a vector."""

    __slots__ = ()


class Diagonal(Node):
    """The vector on the diagonal of a square matrix (`diag` of a matrix)."""

    __slots__ = ()


class Skew(Node):
    """The matrix [x]ₓ of the cross product with a vector of ℝ³: [x]ₓ y = x × y."""

    __slots__ = ()


class Vec(Node):
    """The columns of a matrix stacked into one vector."""

    __slots__ = ()


class Unvec(Node):
    """The matrix of this shape whose stacked columns are the operand: the inverse of vec."""

    __slots__ = ()


class Kronecker(Node):
    """The Kronecker product."""

    __slots__ = ()


class KhatriRao(Node):
    """The column-wise Kronecker product of two matrices with as many columns: column k is A_k ⊗ B_k."""

    __slots__ = ()


class Commutation(Node):
    """The commutation matrix K of M×N matrices: K vec(X) = vec(X′)."""

    __slots__ = ()

    @property
    def sizes(self) -> tuple[Dimension, Dimension]:
        """Return the numbers of rows and columns of X."""
        return self.parameters  # type: ignore[return-value]


class Vech(Node):
    """The entries of a square matrix on and below its diagonal, column by column, as one vector."""

    __slots__ = ()


class Duplication(Node):
    """The duplication matrix D of N×N matrices: D vech(S) = vec(S) for a symmetric S."""

    __slots__ = ()

    side = Parameter[Dimension](0)
    """The number of rows of S."""


class Elimination(Node):
    """The elimination matrix L of N×N matrices: L vec(X) = vech(X)."""

    __slots__ = ()

    side = Parameter[Dimension](0)
    """The number of rows of X."""


class Softmax(Node):
    """exp(x) / (1′ exp(x)) for a vector x; for a matrix that of every row."""

    __slots__ = ()


class LogSumExp(Node):
    """log(1′ exp(x)) for a vector x; for a matrix the vector of those of its rows."""

    __slots__ = ()


class Apply(Node):
    """A named function of scalars, applied to every entry of its operand."""

    __slots__ = ()

    function = Parameter[str](0)


class FunctionValue(Node):
    """The value of a declared function at its operands, or that of its partial derivative with respect to some slots.

    A partial derivative has the shape of the Jacobian layout (`partial_shape`).
    """

    __slots__ = ()

    function = Parameter[UnspecifiedFunction](0)
    slots = Parameter[tuple[int, ...]](1)
    """The places, from 1 and sorted, of the arguments by which the function was differentiated."""

    @property
    def stacked(self) -> bool:
        """Return whether it has more than two indices and is a Jacobian of stacked entries."""
        return is_stacked(self.function, self.slots)

    @property
    def properties(self) -> frozenset[str]:
        """Return what is declared of this value; derivatives with respect to scalars inherit symmetry alone."""
        if not self.slots:
            return self.function.properties
        by_scalars = all(self.function.arguments[slot - 1].is_scalar for slot in self.slots)
        return self.function.properties & {"symmetric"} if by_scalars else frozenset()

    @property
    def is_hessian(self) -> bool:
        """Return whether it is a second derivative of a scalar with respect to one vector, and so its own transpose."""
        vectors = [slot for slot in self.slots if self.function.arguments[slot - 1].is_vector]
        return self.function.value.is_scalar and self.shape.is_matrix and len(vectors) == 2 and len(set(vectors)) == 1


class Differential(Node):
    """The differential d(operand): the linear part of its change (Magnus and Neudecker)."""

    __slots__ = ()


class Partial(Node):
    """A derivative as an unevaluated value: ∂of/∂wrt with the other names held fixed, or the total d of/d wrt.

    Operands: of, wrt (a symbol). Its shape is that of the Jacobian layout; beyond two indices it is that of the vec
    Jacobian ∂ vec(of) / ∂ vec(wrt)′.
    """

    __slots__ = ()

    total = Parameter[bool](0)
    """True for the derivative through every path."""


class StructuredPartial(Node):
    """The total derivative with respect to a variable that keeps a structure: a symmetric matrix, a unit vector.

    Operands: of, wrt (a symbol declared to have the structure). Its shape is that of the Jacobian layout. Either it
    holds the derivatives with respect to the free entries: x_ij and x_ji are one number and move together, and an entry
    that is fixed has derivative 0. Or it is the gradient: of the directions V in which the variable can vary, the one P
    with ⟨P, V⟩ = df along V for all of them; within the orthogonal matrices and the like it is called Riemannian.
    """

    __slots__ = ()

    structure = Parameter[str](0)
    """One of `STRUCTURES` in `algebra/declared_properties.py`."""
    is_gradient = Parameter[bool](1)
    """True for the gradient, False for the derivatives with respect to the free entries."""


# -- entries ---------------------------------------------------------------------------------------------------------


class Index:
    """A named index running from 1 to a dimension."""

    __slots__ = ("dimension", "name")

    def __init__(self, name: str, dimension: Dimension) -> None:
        self.name, self.dimension = name, dimension

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Index) and (self.name, self.dimension) == (other.name, other.dimension)

    def __hash__(self) -> int:
        return hash((self.name, self.dimension))

    def __repr__(self) -> str:
        return self.name


class Pair:
    """The place (major − 1) · size of minor + minor, as Kronecker products and stacked columns number their entries.

    `sizes` says how many places both parts have, where a fixed place does not.
    """

    __slots__ = ("_sizes", "major", "minor")

    def __init__(
        self, major: Position, minor: Position, sizes: tuple[Dimension | None, Dimension | None] = (None, None)
    ) -> None:
        self.major, self.minor = major, minor
        self._sizes = (None if _runs(major) else sizes[0], None if _runs(minor) else sizes[1])

    @property
    def sizes(self) -> tuple[Dimension, Dimension]:
        """Return how many places the two parts have."""
        major, minor = self._sizes
        return major or extent_of(self.major), minor or extent_of(self.minor)

    @property
    def minor_size(self) -> Dimension:
        """Return how many places the second part has."""
        return self._sizes[1] or extent_of(self.minor)

    @property
    def dimension(self) -> Dimension:
        """Return the number of places."""
        major, minor = self.sizes
        return major * minor

    def replaced(self, major: Position, minor: Position) -> Pair:
        """Return the pair of other places in the same arrays."""
        return Pair(major, minor, (_known(self._sizes[0], self.major), _known(self._sizes[1], self.minor)))

    def __eq__(self, other: object) -> bool:
        mine = (self.major, self.minor, self._sizes)
        return isinstance(other, Pair) and mine == (other.major, other.minor, other._sizes)

    def __hash__(self) -> int:
        return hash((Pair, self.major, self.minor, self._sizes))

    def __repr__(self) -> str:
        return f"({self.major},{self.minor})"


Position = Index | Dimension | Pair
"""Where an entry stands: at a named index, at a fixed place (1, 2, or the last, D), or at a pair of those."""


def _runs(position: Position) -> bool:
    return not isinstance(position, Dimension)


def _known(size: Dimension | None, position: Position) -> Dimension | None:
    return extent_of(position) if size is None and _runs(position) else size


def extent_of(position: Position) -> Dimension:
    """Return how many places the index of a position runs over."""
    if isinstance(position, Dimension):
        raise TypeError("a fixed place does not run")
    return position.dimension


def indices_in(position: Position) -> frozenset[Index]:
    """Return the named indices of a position."""
    if isinstance(position, Pair):
        return indices_in(position.major) | indices_in(position.minor)
    return frozenset((position,)) if isinstance(position, Index) else frozenset()


class Entry(Node):
    """One entry x_i or A_ij of its operand, a scalar. Parameters: one position a vector or row, two a matrix."""

    __slots__ = ()

    @property
    def positions(self) -> tuple[Position, ...]:
        """Return the positions."""
        return self.parameters  # type: ignore[return-value]


class UnitVector(Node):
    """The standard basis vector of R^N that is 1 at one place and 0 elsewhere, `unit(i, N)`; its size is its shape."""

    __slots__ = ()

    position = Parameter[Position](0)
    """The place of the 1."""


class RunningUnit(Node):
    """The standard basis vector e_i of R^N for a running index, its operand, from 1 to N.

    It picks what belongs to i: e_i′ y is y_i, and e_i′ X the row i of X. Its size is its shape.
    """

    __slots__ = ()


class Literal(Node):
    """An array written entry by entry, `[a, b; c, d]`: the operands are its entries, row by row."""

    __slots__ = ()


class Blocks(Node):
    """An array put together from arrays and scalars, `[A, B; C, D]`, `[x; y]`. Operands: the blocks, row by row."""

    __slots__ = ()

    width = Parameter[int](0)
    """How many blocks stand in one row."""

    @property
    def grid(self) -> tuple[tuple[Node, ...], ...]:
        """Return the rows of blocks."""
        return tuple(self.operands[start : start + self.width] for start in range(0, len(self.operands), self.width))

    @property
    def heights(self) -> tuple[Dimension, ...]:
        """Return the numbers of rows of the rows of blocks."""
        return tuple(row[0].shape.rows for row in self.grid)

    @property
    def widths(self) -> tuple[Dimension, ...]:
        """Return the numbers of columns of the columns of blocks."""
        return tuple(block.shape.columns for block in self.grid[0])


class Subarray(Node):
    """The part of an array from one row to a later one and from one column to a later one, `x[2:n]`, `A[1:p, :]`.

    Its size is its shape.
    """

    __slots__ = ()

    above = Parameter[Dimension](0)
    """How many rows of the operand come before it."""
    before = Parameter[Dimension](1)
    """How many columns of the operand come before it."""


class PartialEntry(Node):
    """The derivative of one entry of `of` with respect to one of `wrt` (operands), beyond two indices."""

    __slots__ = ()

    total = Parameter[bool](0)
    """True for the derivative through every path."""
    of_positions = Parameter[tuple[Position, ...]](1)
    """Where the entry of `of` stands."""
    wrt_positions = Parameter[tuple[Position, ...]](2)
    """Where the entry of `wrt` stands."""


class Delta(Node):
    """The Kronecker delta of two positions: 1 where they are equal, else 0."""

    __slots__ = ()

    @property
    def positions(self) -> tuple[Position, Position]:
        """Return the two positions."""
        return self.parameters  # type: ignore[return-value]


class IndexSum(Node):
    """The sum of a scalar over one index from 1 to its dimension."""

    __slots__ = ()

    index = Parameter[Index](0)


class ArrayOf(Node):
    """The array whose entry at the given indices is the scalar operand; printed with dots."""

    __slots__ = ()

    @property
    def indices(self) -> tuple[Index, ...]:
        """Return the one or two bound indices."""
        return self.parameters  # type: ignore[return-value]


FAMILY = "family"
"""The property of a matrix whose rows are the members of a family of vectors, x[1]′, …, x[N]′."""


def symbol(name: str, shape: Shape = SCALAR, properties: frozenset[str] = frozenset()) -> Symbol:
    """Return the variable of this name, with the properties that are implied (see IMPLIED)."""
    return Symbol((), shape, (name, closed(properties)))
