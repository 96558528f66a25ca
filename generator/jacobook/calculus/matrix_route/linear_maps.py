"""Linear maps of a differential: sums of chains of stages, each with `apply`, `adjoint` and `to_vec`.

With ⟨U, V⟩ = Σ U_ij V_ij every map L satisfies ⟨U, L V⟩ = ⟨L* U, V⟩ (L* its adjoint) and vec(L V) = to_vec · vec V.
Source: Magnus and Neudecker, chapters 2 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.build import reshaped, stacked
from jacobook.algebra.nodes import Node, RunningIndex
from jacobook.algebra.shapes import ONE, Shape, matrix


def inner_product(u: Node, v: Node) -> Node:
    """Return ⟨u, v⟩ = Σ u_i v_i as it is usually written: u v, u′v, v u′ or tr(u′v)."""
    if u.shape.is_scalar:
        return build.product(u, v)
    if u.shape.is_vector:
        return build.product(build.transpose(u), v)
    if u.shape.is_row:
        return build.product(u, build.transpose(v))
    return build.trace(build.product(build.transpose(u), v))


def as_matrix(node: Node) -> Node:
    """Return a vector or a row as the matrix of one column or one row."""
    if node.shape.is_vector:
        return build.product(node, build.identity(1))
    return build.product(build.identity(1), node) if node.shape.is_row else node


@dataclass(frozen=True, slots=True)
class Stage:
    """One simple linear map from arrays of the source shape to arrays of the target shape."""

    source: Shape
    target: Shape

    @property
    def rule(self) -> str:
        """Return the slug of the rule that moves this map across an inner product."""
        return "inner-product"

    def apply(self, value: Node) -> Node:
        raise NotImplementedError

    def adjoint(self) -> Stage:
        """Return the adjoint map, from target to source."""
        raise NotImplementedError

    def to_vec(self) -> Node:
        """Return the matrix of the map on stacked columns."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Sandwich(Stage):
    """V ↦ left · V · right (either may be missing)."""

    left: Node | None
    right: Node | None

    @property
    def rule(self) -> str:
        """Return the rule: inside a trace, factors shift cyclically."""
        return "cyclic-trace"

    def apply(self, value: Node) -> Node:
        if self.right is not None:
            value = build.product(value, self.right)
        if self.left is not None:
            value = build.product(self.left, value)
        return reshaped(value, self.target)

    def adjoint(self) -> Stage:
        left = None if self.left is None else build.transpose(self.left)
        right = None if self.right is None else build.transpose(self.right)
        return Sandwich(self.target, self.source, left, right)

    def to_vec(self) -> Node:
        """Return right′ ⊗ left: a matrix also if it has one row or one column; a row where the target is a scalar."""
        alone: Node | None = None
        if self.left is not None and self.source.columns == ONE and self.right is None:
            alone = self.left
        elif self.right is not None and self.source.rows == ONE and self.left is None:
            alone = build.transpose(self.right)
        if alone is not None and (alone.shape.is_matrix or self.target.is_scalar):
            return alone
        left = build.identity(self.source.rows) if self.left is None else self.left
        right = build.identity(self.source.columns) if self.right is None else build.transpose(self.right)
        product = build.kronecker(right, left)
        return product if self.target.is_scalar else as_matrix(product)


@dataclass(frozen=True, slots=True)
class CrossWith(Sandwich):
    """v ↦ v × w, which is −[w]ₓ v; and v ↦ (w × v)′ as a row."""

    @property
    def rule(self) -> str:
        """Return the rule: the factors of a cross product change places."""
        return "cross-swap"


@dataclass(frozen=True, slots=True)
class Scale(Stage):
    """V ↦ factor · V for a scalar factor; `behind` where it was written as V · factor."""

    factor: Node
    behind: bool = False

    @property
    def rule(self) -> str:
        """Return the rule: a scalar factor may be moved anywhere."""
        return "tidy"

    def apply(self, value: Node) -> Node:
        return build.product(self.factor, value)

    def adjoint(self) -> Stage:
        return Scale(self.target, self.source, self.factor, self.behind)

    def to_vec(self) -> Node:
        if self.source.is_scalar:
            return self.factor
        return build.product(self.factor, build.identity(self.source.rows * self.source.columns))


@dataclass(frozen=True, slots=True)
class TransposeOf(Stage):
    """V ↦ V′."""

    @property
    def rule(self) -> str:
        """Return the rule: a scalar equals its transpose."""
        return "scalar-transpose"

    def apply(self, value: Node) -> Node:
        return build.transpose(value)

    def adjoint(self) -> Stage:
        return TransposeOf(self.target, self.source)

    def to_vec(self) -> Node:
        """Return the commutation matrix, which is I for a vector or a row."""
        return build.commutation(self.source.rows, self.source.columns) if self.source.axes else build.ONE


@dataclass(frozen=True, slots=True)
class InnerWith(Stage):
    """V ↦ ⟨weight, V⟩, a scalar. The trace is the case weight = I, the sum of entries that of ones."""

    weight: Node
    name: str = "inner-product"

    @property
    def rule(self) -> str:
        return self.name

    def apply(self, value: Node) -> Node:
        if isinstance(self.weight, n.Identity):
            return build.trace(value)
        return inner_product(self.weight, value)

    def adjoint(self) -> Stage:
        return OuterBy(self.target, self.source, self.weight)

    def to_vec(self) -> Node:
        """Return (vec weight)′."""
        return build.transpose(stacked(self.weight))


@dataclass(frozen=True, slots=True)
class OuterBy(Stage):
    """s ↦ s · array for a scalar s."""

    array: Node

    def apply(self, value: Node) -> Node:
        return self.array if value is build.ONE else build.product(value, self.array)

    def adjoint(self) -> Stage:
        return InnerWith(self.target, self.source, self.array)

    def to_vec(self) -> Node:
        return stacked(self.array)


@dataclass(frozen=True, slots=True)
class HadamardWith(Stage):
    """V ↦ weight ∘ V."""

    weight: Node

    def apply(self, value: Node) -> Node:
        return build.hadamard(self.weight, value)

    def adjoint(self) -> Stage:
        return self

    def to_vec(self) -> Node:
        return build.diag(stacked(self.weight))


@dataclass(frozen=True, slots=True)
class SumOver(Stage):
    """V ↦ Σ over the index of (last ∘ … ∘ first)(V), for maps that depend on a running index.

    All that follows such a stage is linear and constant in the index, so it is taken into the sum: a chain either holds
    no such stage, or is one.
    """

    index: RunningIndex
    chain: tuple[Stage, ...]

    def apply(self, value: Node) -> Node:
        for stage in self.chain:
            value = stage.apply(value)
        return build.bounded_sum(self.index, value)

    def adjoint(self) -> Stage:
        chain = tuple(stage.adjoint() for stage in reversed(self.chain))
        return SumOver(self.target, self.source, self.index, chain)

    def to_vec(self) -> Node:
        factors = [stage.to_vec() for stage in reversed(self.chain)]
        return build.bounded_sum(self.index, build.product(*factors) if factors else self._identity())

    def _identity(self) -> Node:
        return build.identity(self.source.rows * self.source.columns)


def sum_of(chain: tuple[Stage, ...]) -> SumOver | None:
    """Return the sum that a chain is, None for a chain of other stages."""
    return chain[0] if len(chain) == 1 and isinstance(chain[0], SumOver) else None


def all_stages(chain: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages of a chain, those in a sum too."""
    total = sum_of(chain)
    return chain if total is None else all_stages(total.chain)


@dataclass(frozen=True, slots=True)
class LinearMap:
    """V ↦ Σ over chains of (last ∘ … ∘ first)(V)."""

    source: Shape
    target: Shape
    chains: tuple[tuple[Stage, ...], ...]

    def apply(self, value: Node) -> Node:
        images = []
        for chain in self.chains:
            image = value
            for stage in chain:
                image = stage.apply(image)
            images.append(image)
        return build.add(*images) if images else build.zero(self.target)

    def adjoint(self) -> LinearMap:
        chains = tuple(tuple(stage.adjoint() for stage in reversed(chain)) for chain in self.chains)
        return LinearMap(self.target, self.source, chains)

    def to_vec(self) -> Node:
        """Return the matrix with vec(L V) = matrix · vec V; products of the stages' matrices."""
        rows = self.target.rows * self.target.columns
        columns = self.source.rows * self.source.columns
        terms = []
        for chain in self.chains:
            factors = [stage.to_vec() for stage in reversed(chain)]
            terms.append(build.product(*factors) if factors else build.identity(rows))
        return build.add(*terms) if terms else build.zero(matrix(rows, columns))
