"""Linear maps of a differential: sums of chains of simple stages, each with `apply`, `adjoint` and `to_vec`.

With ⟨U, V⟩ = Σ U_ij V_ij every stage L satisfies ⟨U, L V⟩ = ⟨L* U, V⟩ (L* its adjoint) and vec(L V) = to_vec · vec V.
Source: Magnus and Neudecker, chapters 2 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.algebra import build
from generator.algebra import nodes as n
from generator.algebra.nodes import Node
from generator.algebra.shapes import Shape, matrix
from generator.calculus.refusal import Refusal


def inner_product(u: Node, v: Node) -> Node:
    """Return ⟨u, v⟩ = Σ u_i v_i as it is usually written: u v, u′v, v u′ or tr(u′v)."""
    if u.shape.is_scalar:
        return build.product(u, v)
    if u.shape.is_vector:
        return build.product(build.transpose(u), v)
    if u.shape.is_row:
        return build.product(u, build.transpose(v))
    return build.trace(build.product(build.transpose(u), v))


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
        """Return the map of a value."""
        raise NotImplementedError

    def adjoint(self) -> Stage:
        """Return the adjoint map, from target to source."""
        raise NotImplementedError

    def to_vec(self) -> Node:
        """Return the matrix of the map on stacked columns."""
        raise Refusal(f"the vec form of {type(self).__name__} is not covered yet")


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
        """Return left · value · right; a scalar product left standing alone goes in front."""
        if self.right is not None:
            value = build.product(value, self.right)
        return value if self.left is None else build.product(self.left, value)

    def adjoint(self) -> Stage:
        """Return V ↦ left′ · V · right′."""
        left = None if self.left is None else build.transpose(self.left)
        right = None if self.right is None else build.transpose(self.right)
        return Sandwich(self.target, self.source, left, right)

    def to_vec(self) -> Node:
        """Return right′ ⊗ left."""
        left = build.identity(self.source.rows) if self.left is None else self.left
        if self.right is None and self.source.columns.names == () and self.source.columns.coefficient == 1:
            return left
        right = build.identity(self.source.columns) if self.right is None else build.transpose(self.right)
        return build.kronecker(right, left)


@dataclass(frozen=True, slots=True)
class Scale(Stage):
    """V ↦ factor · V for a scalar factor."""

    factor: Node

    @property
    def rule(self) -> str:
        """Return the rule: a scalar may stand anywhere."""
        return "tidy"

    def apply(self, value: Node) -> Node:
        """Return factor · value."""
        return build.product(self.factor, value)

    def adjoint(self) -> Stage:
        """Return the map itself."""
        return Scale(self.target, self.source, self.factor)

    def to_vec(self) -> Node:
        """Return factor · I."""
        if self.source.is_scalar:
            return self.factor
        return build.product(self.factor, build.identity(self.source.rows * self.source.columns))


@dataclass(frozen=True, slots=True)
class Transposed(Stage):
    """V ↦ V′."""

    @property
    def rule(self) -> str:
        """Return the rule: a scalar equals its transpose."""
        return "scalar-transpose"

    def apply(self, value: Node) -> Node:
        """Return the transpose of the value."""
        return build.transpose(value)

    def adjoint(self) -> Stage:
        """Return the transposition back."""
        return Transposed(self.target, self.source)

    def to_vec(self) -> Node:
        """Return I for a vector or a row. Raises Refusal for a matrix, which needs the commutation matrix."""
        if self.source.is_matrix:
            raise Refusal("the vec form of a transpose needs the commutation matrix, which is not covered yet")
        return build.identity(self.source.length) if self.source.axes else build.ONE


@dataclass(frozen=True, slots=True)
class InnerWith(Stage):
    """V ↦ ⟨weight, V⟩, a scalar. The trace is the case weight = I, the sum of entries that of ones."""

    weight: Node
    name: str = "inner-product"

    @property
    def rule(self) -> str:
        """Return the rule that named this map."""
        return self.name

    def apply(self, value: Node) -> Node:
        """Return ⟨weight, value⟩."""
        if isinstance(self.weight, n.Identity):
            return build.trace(value)
        return inner_product(self.weight, value)

    def adjoint(self) -> Stage:
        """Return s ↦ s · weight."""
        return OuterBy(self.target, self.source, self.weight)

    def to_vec(self) -> Node:
        """Return (vec weight)′."""
        return build.transpose(_stacked(self.weight))


@dataclass(frozen=True, slots=True)
class OuterBy(Stage):
    """s ↦ s · array for a scalar s."""

    array: Node

    def apply(self, value: Node) -> Node:
        """Return value · array."""
        return self.array if value is build.ONE else build.product(value, self.array)

    def adjoint(self) -> Stage:
        """Return V ↦ ⟨array, V⟩."""
        return InnerWith(self.target, self.source, self.array)

    def to_vec(self) -> Node:
        """Return vec(array)."""
        return _stacked(self.array)


@dataclass(frozen=True, slots=True)
class HadamardWith(Stage):
    """V ↦ weight ∘ V."""

    weight: Node

    def apply(self, value: Node) -> Node:
        """Return the entry-wise product."""
        return build.hadamard(self.weight, value)

    def adjoint(self) -> Stage:
        """Return the map itself."""
        return self

    def to_vec(self) -> Node:
        """Return diag(vec weight)."""
        return build.diag(_stacked(self.weight))


@dataclass(frozen=True, slots=True)
class DiagOf(Stage):
    """v ↦ diag(v)."""

    def apply(self, value: Node) -> Node:
        """Return the diagonal matrix of a vector."""
        return build.diag(value)

    def adjoint(self) -> Stage:
        """Return V ↦ the diagonal of V."""
        return DiagonalOf(self.target, self.source)


@dataclass(frozen=True, slots=True)
class DiagonalOf(Stage):
    """V ↦ the diagonal of V."""

    def apply(self, value: Node) -> Node:
        """Return the diagonal of a matrix."""
        return build.diag(value)

    def adjoint(self) -> Stage:
        """Return v ↦ diag(v)."""
        return DiagOf(self.target, self.source)


@dataclass(frozen=True, slots=True)
class VecOf(Stage):
    """V ↦ vec V."""

    def apply(self, value: Node) -> Node:
        """Return the stacked columns."""
        return build.vec(value)

    def adjoint(self) -> Stage:
        """Raise Refusal: the language has no inverse of vec."""
        raise Refusal("the adjoint of vec is not covered yet")

    def to_vec(self) -> Node:
        """Return the identity."""
        return build.identity(self.source.rows * self.source.columns)


@dataclass(frozen=True, slots=True)
class KroneckerWith(Stage):
    """V ↦ factor ⊗ V, or V ⊗ factor."""

    factor: Node
    factor_first: bool

    def apply(self, value: Node) -> Node:
        """Return the Kronecker product."""
        pair = (self.factor, value) if self.factor_first else (value, self.factor)
        return build.kronecker(*pair)

    def adjoint(self) -> Stage:
        """Raise Refusal: the adjoint sums over blocks."""
        raise Refusal("the adjoint of a Kronecker product is not covered yet")


def _stacked(array: Node) -> Node:
    if array.shape.is_matrix:
        return build.vec(array)
    return build.transpose(array) if array.shape.is_row else array


@dataclass(frozen=True, slots=True)
class LinearMap:
    """V ↦ Σ over chains of (last ∘ … ∘ first)(V)."""

    source: Shape
    target: Shape
    chains: tuple[tuple[Stage, ...], ...]

    def apply(self, value: Node) -> Node:
        """Return the map of a value of the source shape."""
        images = []
        for chain in self.chains:
            image = value
            for stage in chain:
                image = stage.apply(image)
            images.append(image)
        return build.add(*images) if images else build.zero(self.target)

    def adjoint(self) -> LinearMap:
        """Return the adjoint: every chain backwards, every stage adjoined."""
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
