"""Entries of the partial derivatives of functions that are not specified: where each index stands."""

from __future__ import annotations

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import is_stacked
from jacobook.algebra.nodes import Pair, Position

Places = tuple[Position, ...]


def places_of_partial(node: n.FunctionValue, slot: int, places: Places, at: Places) -> Places:
    """Return where, in the partial derivative by one more argument, the entry stands that belongs to these places.

    `places` are those of an entry of the node, `at` those of an entry of the argument. Beyond two indices the partial
    derivative is a Jacobian of stacked entries, and its places are pairs.
    """
    function, slots = node.function, tuple(sorted((*node.slots, slot)))
    if node.stacked:  # by a scalar: the indices stay
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
