"""Stages that put entries at other places: diagonals, stacking, and Kronecker products."""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.build import stacked
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Dimension, matrix, vector
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
