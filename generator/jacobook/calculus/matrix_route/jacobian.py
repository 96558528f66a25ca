"""The matrix J with L(dx) = J dx, for a linear map from a vector to a vector.

Along a chain of stages the value is followed in one of four forms, u = J dx being a vector:

    u itself, a row u′;  a scalar multiple (w′u) C of a constant;  left · diag(u) · right

An outer product u r is diag(u) · 1 r with 1 the vector of ones, so these forms are closed under all stages but two
(an entry-wise product with a matrix, and Kronecker products); where those occur, the vec form takes over.
"""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra.block_arrays import part_of
from jacobook.algebra.build import stacked
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import NOTHING, Shape, matrix, vector
from jacobook.calculus.matrix_route import linear_maps as m
from jacobook.calculus.matrix_route.linear_maps import sum_of
from jacobook.calculus.matrix_route.rearrangements import DiagOf, DiagonalOf, PartOf, Placed, place_among_zeros


@dataclass(frozen=True, slots=True)
class _Column:
    """u = jacobian · dx, as it is (`standing`) or as the row u′."""

    jacobian: Node
    standing: bool = True


@dataclass(frozen=True, slots=True)
class _Multiple:
    """(gradient · dx) · array, with a row `gradient`; array None for the scalar itself."""

    gradient: Node
    array: Node | None


@dataclass(frozen=True, slots=True)
class _Diagonal:
    """left · diag(jacobian · dx) · right, the factors None where they are the identity."""

    jacobian: Node
    left: Node | None
    right: Node | None


State = _Column | _Multiple | _Diagonal


class _NoForm(Exception):
    """The value has left the forms above."""


def jacobian_of_chain(chain: tuple[m.Stage, ...], source: Shape, target: Shape) -> Node:
    """Return J with chain(dx) = J dx, or vec(chain(dX)) = J vec(dX) where more than two indices are needed.

    A row result counts as its transpose; with respect to a scalar J is the value itself.
    """
    if (total := sum_of(chain)) is not None:
        return tidy(build.bounded_sum(total.index, jacobian_of_chain(total.chain, source, target)))
    if source.is_scalar:
        value: Node = build.ONE
        for stage in chain:
            value = stage.apply(value)
        return tidy(value)
    if not (source.is_matrix or target.is_matrix):
        try:
            return _followed(chain, source, target)
        except _NoForm:
            pass
    return vec_jacobian_of_chain(chain, source, target)


def vec_jacobian_of_chain(chain: tuple[m.Stage, ...], source: Shape, target: Shape) -> Node:
    """Return J with vec(chain(dX)) = J vec(dX): the product of the stages' matrices.

    Through a scalar, where chain(dX) = ⟨G, dX⟩ C, it is (vec C)(vec G)′.
    """
    if (total := sum_of(chain)) is not None:
        return tidy(build.bounded_sum(total.index, vec_jacobian_of_chain(total.chain, source, target)))
    at = _last_scalar(chain)
    if at >= 0:
        value: Node = build.ONE
        for stage in chain[at + 1 :]:
            value = stage.apply(value)
        gradient = gradient_of_chain(chain[: at + 1])
        return tidy(build.product(stacked(value), build.transpose(stacked(gradient))))
    if not chain:
        return build.identity(source.rows * source.columns)
    return tidy(build.product(*(stage.to_vec() for stage in reversed(chain))))


def _last_scalar(chain: tuple[m.Stage, ...]) -> int:
    return max((place for place, stage in enumerate(chain) if stage.target.is_scalar), default=-1)


def _followed(chain: tuple[m.Stage, ...], source: Shape, target: Shape) -> Node:
    state: State = _Column(build.identity(source.length), source.is_vector)
    scalar_at = _last_scalar(chain)
    if scalar_at >= 0:  # what passes through a scalar is a gradient times the rest
        state = _Multiple(build.transpose(gradient_of_chain(chain[: scalar_at + 1])), None)
    for stage in chain[scalar_at + 1 :]:
        state = _step(state, stage)
    match state:
        case _Column():
            return tidy(state.jacobian)
        case _Multiple(array=None):
            return tidy(state.gradient)
        case _Multiple() if state.array is not None and not target.is_matrix:
            column = state.array if target.is_vector else build.transpose(state.array)
            return tidy(build.product(column, state.gradient))
    raise _NoForm


def gradient_of_chain(chain: tuple[m.Stage, ...]) -> Node:
    """Return G with chain(dX) = ⟨G, dX⟩, for a chain that ends in a scalar: its adjoint, applied to 1."""
    if (total := sum_of(chain)) is not None:
        return tidy(build.bounded_sum(total.index, gradient_of_chain(total.chain)))
    value: Node = build.ONE
    for stage in reversed(chain):
        value = stage.adjoint().apply(value)
    return tidy(value)


def _step(state: State, stage: m.Stage) -> State:
    """Return the form of the value after one more stage. Raises _NoForm where it has none of the four."""
    if isinstance(stage, m.Scale):  # the factor goes to J, or to the gradient
        if isinstance(state, _Multiple):
            return _Multiple(build.product(stage.factor, state.gradient), state.array)
        scaled = build.product(stage.factor, state.jacobian)
        return (
            _Column(scaled, state.standing)
            if isinstance(state, _Column)
            else _Diagonal(scaled, state.left, state.right)
        )
    match state:
        case _Column():
            return _from_column(state, stage)
        case _Multiple():  # L((w′u) C) = (w′u) L(C)
            value = build.ONE if state.array is None else state.array
            return _Multiple(state.gradient, stage.apply(value))
    return _from_diagonal(state, stage)


def _from_column(state: _Column, stage: m.Stage) -> State:
    jacobian = state.jacobian
    match stage:
        case m.TransposeOf():
            return _Column(jacobian, not state.standing)
        case m.HadamardWith():  # w ∘ u = diag(w) u
            weight = stage.weight if state.standing else build.transpose(stage.weight)
            return _Column(build.product(build.diag(weight), jacobian), state.standing)
        case m.InnerWith():  # ⟨w, u⟩ = w′u
            weight = stage.weight if state.standing else build.transpose(stage.weight)
            return _Multiple(build.product(build.transpose(weight), jacobian), None)
        case DiagOf():  # diag(u), without factors yet
            return _Diagonal(jacobian, None, None)
        case Placed() if not stage.target.is_matrix:
            return _Column(_rows_placed(jacobian, stage), state.standing)
        case PartOf() if not stage.target.is_scalar:
            shape = matrix(stage.target.length, jacobian.shape.columns)
            return _Column(part_of(jacobian, shape, stage.above + stage.before, NOTHING), state.standing)
        case m.Sandwich():
            return _sandwiched(state, stage)
    raise _NoForm


def _rows_placed(jacobian: Node, stage: Placed) -> Node:
    """Return the Jacobian of [0; u; 0]."""
    shape = matrix(stage.target.length, jacobian.shape.columns)
    return place_among_zeros(jacobian, shape, stage.above + stage.before, NOTHING)


def _sandwiched(state: _Column, stage: m.Sandwich) -> State:
    """Return the form of left · u · right or, where u is a row, of left · u′ · right."""
    left, right = stage.left, stage.right
    ones = build.fill(build.ONE, vector(state.jacobian.shape.rows))
    if state.standing:
        jacobian = state.jacobian if left is None else build.product(left, state.jacobian)
        if right is None:  # A u = (A J) dx; a row times u is a scalar
            return _Multiple(jacobian, None) if jacobian.shape.is_row else _Column(jacobian)
        if not right.shape.is_row:
            raise _NoForm
        # A u r = A diag(u) (1 r) for a row r
        if left is None:
            return _Diagonal(jacobian, None, build.product(ones, right))
        return _Diagonal(state.jacobian, left, build.product(ones, right))
    if right is None:
        jacobian = state.jacobian
    else:  # u′ B = (B′ u)′; for a vector B it is a scalar
        jacobian = build.product(build.transpose(right), state.jacobian)
        if right.shape.is_vector:
            return _Multiple(jacobian, left)
        ones = build.fill(build.ONE, vector(jacobian.shape.rows))
    if left is None:
        return _Column(jacobian, standing=False)
    if not left.shape.is_vector:
        raise _NoForm
    # l u′ = (l 1′) diag(u) for a vector l
    return _Diagonal(jacobian, build.product(left, build.transpose(ones)), None)


def _from_diagonal(state: _Diagonal, stage: m.Stage) -> State:
    """Return the form after a stage on left · diag(u) · right."""
    left, right, jacobian = state.left, state.right, state.jacobian
    size = jacobian.shape.rows
    eye = build.identity(size)
    match stage:
        case m.TransposeOf():  # (left diag(u) right)′ = right′ diag(u) left′
            return _Diagonal(
                jacobian,
                None if right is None else build.transpose(right),
                None if left is None else build.transpose(left),
            )
        case m.Sandwich():
            left = _join(stage.left, left)
            right = _join(right, stage.right)
            if right is not None and right.shape.is_vector:  # left diag(u) r = left diag(r) u
                column = _diagonal_times(right, jacobian)
                column = column if left is None else build.product(left, column)
                return _Multiple(column, None) if column.shape.is_row else _Column(column)
            if left is not None and left.shape.is_row:  # l diag(u) right = (right′ diag(l) u)′
                column = _diagonal_times(build.transpose(left), jacobian)
                column = column if right is None else build.product(build.transpose(right), column)
                return _Column(column, standing=False)
            return _Diagonal(jacobian, left, right)
        case m.InnerWith():  # ⟨W, left diag(u) right⟩ = diag(left′ W right′)′ u
            weight = stage.weight
            weight = weight if left is None else build.product(build.transpose(left), weight)
            weight = weight if right is None else build.product(weight, build.transpose(right))
            return _Multiple(build.product(build.transpose(build.diag(weight)), jacobian), None)
        case DiagonalOf():  # the diagonal of left diag(u) right is (left ∘ right′) u
            weight = build.hadamard(left or eye, build.transpose(right or eye)) if left or right else eye
            return _Column(build.product(weight, jacobian))
        case m.HadamardWith() if left is None:  # W ∘ (diag(u) right) = diag(u) (W ∘ right)
            return _Diagonal(jacobian, None, build.hadamard(stage.weight, right or eye))
        case m.HadamardWith() if right is None:
            return _Diagonal(jacobian, build.hadamard(stage.weight, left or eye), None)
    raise _NoForm


def _diagonal_times(weight: Node, jacobian: Node) -> Node:
    return jacobian if _ones(weight) else build.product(build.diag(weight), jacobian)


def _ones(node: Node) -> bool:
    return node is build.fill(build.ONE, node.shape)


def _join(first: Node | None, second: Node | None) -> Node | None:
    if first is None or second is None:
        return second if first is None else first
    return build.product(first, second)
