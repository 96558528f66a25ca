"""Partial derivatives of functions that are not specified: the total differential, and where their entries are.

Source: Mathematics for Machine Learning, (5.48); Magnus and Neudecker, chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.build import stacked
from jacobook.algebra.declared_functions import is_stacked
from jacobook.algebra.nodes import Node, Pair, Position
from jacobook.algebra.shapes import ShapeError
from jacobook.calculus.refusal import Refusal

Places = tuple[Position, ...]


def total_differential(node: Node, varies: Callable[[Node], bool]) -> Node:
    """Return d p(u, v, …) = Σ (∂p/∂u) du, one term for each argument that varies.

    Of matrices: tr((∂p/∂U)′ dU) for a scalar p, and the arranged product of the Jacobian of stacked entries with
    vec(dU) for others. Raises Refusal for a derivative with more than two arrays of indices.
    """
    assert isinstance(node, n.FunctionValue)
    terms = [_term(node, slot) for slot, operand in enumerate(node.operands, 1) if varies(operand)]
    return b.add(*terms) if terms else b.zero(node.shape)


def raised(node: n.FunctionValue, slot: int) -> n.FunctionValue:
    """Return the partial derivative of a value of a function with respect to one more argument.

    Raises Refusal where that has too many indices to be named.
    """
    try:
        return b.function_value(node.function, *node.operands, slots=(*node.slots, slot))
    except ShapeError as error:
        raise Refusal(str(error)) from error


def _term(node: n.FunctionValue, slot: int) -> Node:
    argument = node.operands[slot - 1]
    partial, change = raised(node, slot), b.differential(argument)
    if argument.shape.is_scalar:
        return b.product(partial, change)
    if node.shape.is_scalar:
        if argument.shape.is_matrix:
            return b.trace(b.product(b.transpose(partial), change))
        return b.product(partial, change)
    if node.shape.is_vector and argument.shape.is_vector:
        return b.product(partial, change)
    if (
        node.shape.is_row and argument.shape.is_vector
    ):  # the gradient of a scalar, differentiated with respect to another vector
        first = next(s for s in node.slots if node.function.arguments[s - 1].is_vector)
        jacobian = b.transpose(partial) if slot < first else partial
        return b.transpose(b.product(jacobian, change))
    if any(not node.function.arguments[s - 1].is_scalar for s in node.slots):
        raise Refusal(f"a second derivative of {node.function.name} with more than two indices is not named here")
    product = b.product(partial, stacked(change))
    return b.unvec(product, node.shape) if node.shape.is_matrix else product


def places_of_partial(node: n.FunctionValue, slot: int, places: Places, at: Places) -> Places:
    """Return the place, in the partial derivative with respect to one more argument, of the entry for these places.

    `places` are those of an entry of the node, `at` those of an entry of the argument. Beyond two indices the partial
    derivative is a Jacobian of stacked entries, and its places are pairs.
    """
    function, slots = node.function, tuple(sorted((*node.slots, slot)))
    if node.stacked:  # with respect to a scalar: the indices stay
        return places
    groups: list[tuple[int, Places]] = []
    rest = places
    for key, shape in ((0, function.value), *((s, function.arguments[s - 1]) for s in node.slots)):
        count = len(shape.axes)
        groups.append((key, rest[:count]))
        rest = rest[count:]
    groups.append((slot, at))
    ordered = [group for _, group in sorted(groups, key=lambda pair: pair[0]) if group]
    if not is_stacked(function, slots):
        return tuple(place for group in ordered for place in group)
    *above, last = map(_stacked, ordered)
    return (above[0] if len(above) == 1 else Pair(above[1], above[0])), last


def _stacked(group: Places) -> Position:
    return group[0] if len(group) == 1 else Pair(group[1], group[0])
