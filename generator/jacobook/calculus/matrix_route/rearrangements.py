"""Stages that put entries at other places: diagonals, stacking, and Kronecker products."""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.block_arrays import piece_like, selection
from jacobook.algebra.build import stacked
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import NOTHING, ONE, SCALAR, Dimension, Shape, matrix, vector
from jacobook.calculus.matrix_route.linear_maps import Stage


@dataclass(frozen=True, slots=True)
class DiagOf(Stage):
    """v ↦ diag(v)."""

    def apply(self, value: Node) -> Node:
        return build.diag(value)

    def adjoint(self) -> Stage:
        return DiagonalOf(self.target, self.source)

    def to_vec(self) -> Node:
        """Return the Khatri-Rao product of the identity with itself."""
        eye = build.identity(self.source.length)
        return build.khatri_rao(eye, eye)


@dataclass(frozen=True, slots=True)
class DiagonalOf(Stage):
    """V ↦ the diagonal of V."""

    def apply(self, value: Node) -> Node:
        return build.diag(value)

    def adjoint(self) -> Stage:
        return DiagOf(self.target, self.source)

    def to_vec(self) -> Node:
        """Return the transposed Khatri-Rao product of the identity with itself."""
        return build.transpose(DiagOf(self.target, self.source).to_vec())


@dataclass(frozen=True, slots=True)
class SkewOf(Stage):
    """v ↦ [v]ₓ."""

    def apply(self, value: Node) -> Node:
        return build.skew(value)

    def adjoint(self) -> Stage:
        return AxialOf(self.target, self.source)

    def to_vec(self) -> Node:
        """Return the matrix of zeros, ones and minus ones that puts the entries of v at their places."""
        return build.transpose(AxialOf(self.target, self.source).to_vec())


@dataclass(frozen=True, slots=True)
class AxialOf(Stage):
    """V ↦ the vector w with ⟨V, [v]ₓ⟩ = w′v for every v: (V₃₂ − V₂₃, V₁₃ − V₃₁, V₂₁ − V₁₂)."""

    def apply(self, value: Node) -> Node:
        if isinstance(value, n.Product) and len(value.operands) == 2 and value.operands[0].shape.is_vector:
            first, second = value.operands  # ⟨a b′, [v]ₓ⟩ = a′(v × b) = (b × a)′v
            return build.product(build.skew(build.transpose(second)), first)
        vector_of = _vector_of(tidy(value))
        if vector_of is not None:  # ⟨[u]ₓ, [v]ₓ⟩ = 2 u′v
            return build.product(build.TWO, vector_of)
        return build.literal(tuple(self._difference(places, value) for places in _AXIAL), vector(3))

    @staticmethod
    def _difference(places: tuple[int, int], value: Node) -> Node:
        i, j = map(Dimension, places)
        return build.add(build.entry(value, i, j), build.negate(build.entry(value, j, i)))

    def adjoint(self) -> Stage:
        return SkewOf(self.target, self.source)

    def to_vec(self) -> Node:
        """Return the matrix of zeros, ones and minus ones that takes the differences out of vec V."""
        entries = [build.ZERO] * 27
        for row, (i, j) in enumerate(_AXIAL):
            entries[9 * row + 3 * (j - 1) + i - 1] = build.ONE
            entries[9 * row + 3 * (i - 1) + j - 1] = build.number(-1)
        return build.literal(tuple(entries), matrix(3, 9))


def _vector_of(matrix: Node) -> Node | None:
    """Return u where the matrix is [u]ₓ, or a sum of multiples of such; None for any other."""
    match matrix:
        case n.Skew():
            return matrix.operands[0]
        case n.Negate() | n.Transpose() if (inside := _vector_of(matrix.operands[0])) is not None:
            return build.negate(inside)
        case n.Product() if matrix.operands[0].shape.is_scalar:
            scale, *rest = matrix.operands
            inside = _vector_of(build.product(*rest))
            return None if inside is None else build.product(scale, inside)
        case n.Add():
            terms = [found for term in matrix.operands if (found := _vector_of(term)) is not None]
            return build.add(*terms) if len(terms) == len(matrix.operands) else None
    return None


_AXIAL = ((3, 2), (1, 3), (2, 1))
"""Where the entries of v stand in [v]ₓ with a plus; with a minus they stand at the mirrored places."""


@dataclass(frozen=True, slots=True)
class VecOf(Stage):
    """V ↦ vec V."""

    def apply(self, value: Node) -> Node:
        return build.vec(value)

    def adjoint(self) -> Stage:
        return UnvecOf(self.target, self.source)

    def to_vec(self) -> Node:
        return build.identity(self.source.rows * self.source.columns)


@dataclass(frozen=True, slots=True)
class UnvecOf(Stage):
    """v ↦ the matrix whose stacked columns are v."""

    def apply(self, value: Node) -> Node:
        return build.unvec(value, self.target)

    def adjoint(self) -> Stage:
        return VecOf(self.target, self.source)

    def to_vec(self) -> Node:
        return build.identity(self.source.length)


@dataclass(frozen=True, slots=True)
class KroneckerWith(Stage):
    """V ↦ factor ⊗ V, or V ⊗ factor.

    vec(A ⊗ B) = (I_n ⊗ K ⊗ I_p)(vec A ⊗ vec B) for A of m×n and B of p×q, with K the commutation matrix of q×m
    matrices (Magnus and Neudecker, chapter 3).
    """

    factor: Node
    factor_first: bool

    def apply(self, value: Node) -> Node:
        pair = (self.factor, value) if self.factor_first else (value, self.factor)
        return build.kronecker(*pair)

    def adjoint(self) -> Stage:
        """Return the adjoint on stacked columns."""
        return OnVec(self.target, self.source, build.transpose(self.to_vec()))

    def to_vec(self) -> Node:
        """Return (I_n ⊗ K ⊗ I_p)(vec A ⊗ I) or (I_n ⊗ K ⊗ I_p)(I ⊗ vec B)."""
        first, second = (self.factor.shape, self.source) if self.factor_first else (self.source, self.factor.shape)
        shuffle = build.kronecker(
            build.identity(first.columns),
            build.kronecker(build.commutation(second.columns, first.rows), build.identity(second.rows)),
        )
        eye = build.identity(self.source.rows * self.source.columns)
        known = stacked(self.factor)
        spread = build.kronecker(known, eye) if self.factor_first else build.kronecker(eye, known)
        return build.product(shuffle, spread)


@dataclass(frozen=True, slots=True)
class OnVec(Stage):
    """V ↦ the array with stacked columns matrix · vec V."""

    matrix: Node

    def apply(self, value: Node) -> Node:
        product = build.product(self.matrix, stacked(value))
        if self.target.is_matrix:
            return build.unvec(product, self.target)
        return build.transpose(product) if self.target.is_row else product

    def adjoint(self) -> Stage:
        return OnVec(self.target, self.source, build.transpose(self.matrix))

    def to_vec(self) -> Node:
        return self.matrix


@dataclass(frozen=True, slots=True)
class Placed(Stage):
    """V ↦ the array of zeros with V behind so many rows and columns."""

    above: Dimension
    before: Dimension

    def apply(self, value: Node) -> Node:
        """Return [0; V; 0], [0, V, 0] or zeros all around."""
        return place_among_zeros(value, self.target, self.above, self.before)

    def adjoint(self) -> Stage:
        return PartOf(self.target, self.source, self.above, self.before)

    def to_vec(self) -> Node:
        """Return Q ⊗ P with the parts P = [0; I; 0] and Q of identities."""
        below = selection(self.target.rows, self.above, self.source.rows, of_rows=False)
        beside = selection(self.target.columns, self.before, self.source.columns, of_rows=False)
        if self.target.columns == ONE:
            return below
        return beside if self.target.rows == ONE else build.kronecker(beside, below)


@dataclass(frozen=True, slots=True)
class PartOf(Stage):
    """V ↦ the part of V behind so many rows and columns, in the kind of the target."""

    above: Dimension
    before: Dimension

    def apply(self, value: Node) -> Node:
        return piece_like(value, self.target, self.above, self.before)

    def adjoint(self) -> Stage:
        return Placed(self.target, self.source, self.above, self.before)

    def to_vec(self) -> Node:
        return build.transpose(Placed(self.target, self.source, self.above, self.before).to_vec())


def place_among_zeros(value: Node, shape: Shape, above: Dimension, before: Dimension) -> Node:
    """Return the array of this shape with the value behind so many rows and columns, and zeros elsewhere."""
    rows = [above, value.shape.rows, shape.rows - above - value.shape.rows]
    columns = [before, value.shape.columns, shape.columns - before - value.shape.columns]
    grid = []
    for k, height in enumerate(rows):
        if height is not NOTHING:
            zeros = [
                value if k == j == 1 else build.zero(_zero_shape(shape, height, width))
                for j, width in enumerate(columns)
                if width is not NOTHING
            ]
            grid.append(zeros)
    return build.block_array(grid)


def _zero_shape(like: Shape, rows: Dimension, columns: Dimension) -> Shape:
    """Return the shape of a block of zeros; one entry of a vector or of a row is a scalar."""
    if not like.is_matrix and rows == ONE and columns == ONE:
        return SCALAR
    return Shape(like.kind, rows, columns)
