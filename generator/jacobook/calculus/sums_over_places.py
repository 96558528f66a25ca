"""Sums over the places of arrays in a result, written as products of the whole arrays."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.parentheses import factors
from jacobook.algebra.display.picked_parts import PickedPart, is_turned_unit
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.traverse import contains, walk
from jacobook.algebra.whole_arrays import in_whole_arrays
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.reasons import enumerate_prose, joined_prose, sentence

SUM_OVER_PLACES = "sum-over-places"


def in_matrices(left: Node, value: Node) -> tuple[Claim, ...]:
    """Return the line in which the sums over places in a value are products of matrices; none where it has none."""
    if not contains(value, n.RunningUnit):
        return ()
    whole = in_whole_arrays(value)
    if whole is None:  # the brackets in a summand may keep it from being put together
        whole = normal_form(value)
    whole = _as_column(collect(whole))
    if whole.shape != value.shape or contains(whole, (n.RunningUnit, n.BoundedSum)):
        return ()
    return (Claim(left, whole, SUM_OVER_PLACES, _why(value)),)


def _as_column(whole: Node) -> Node:
    """Return a row as it is collected when it stands upright, where that is shorter: entry-wise products join there."""
    if not whole.shape.is_row:
        return whole
    turned = tidy(build.transpose(collect(build.transpose(whole))))
    return turned if turned.size < whole.size else whole


def with_places_filled(left: Node, value: Node) -> tuple[Node, tuple[Claim, ...]]:
    """Return Σ s_i e_i as the vector s, and the line that says so; any other value as it is."""
    claims = in_matrices(left, value) if contains(value, n.RunningUnit) and _has_bare_unit(value) else ()
    return (claims[-1].right, claims) if claims else (value, ())


def _has_bare_unit(value: Node) -> bool:
    """Return whether a unit vector stands in the value by itself, and does not pick a part of an array."""
    parts = (part for node in walk(value) if isinstance(node, n.Product) for part in factors(node))
    return any(isinstance(part, n.RunningUnit) or is_turned_unit(part) for part in parts)


def _why(value: Node) -> Prose:
    """Return of what the matrices are made: their rows, columns and entries."""
    made: dict[Node, tuple[str, Node]] = {}
    for node in walk(value):
        for part in factors(node) if isinstance(node, n.Product) else ():
            inside = part.operands[0] if isinstance(part, n.Transpose) else part
            if isinstance(inside, PickedPart) and isinstance(inside.operands[0], n.Symbol):
                what = "entries" if inside.is_entry else "columns" if inside.is_column else "rows"
                made.setdefault(inside.operands[0], (what, inside))
    words = [Prose(f"the {what} of {{0}} are the {{1}}", (array, part)) for array, (what, part) in made.items()]
    head = "a sum of products of rows is a product of matrices"
    return sentence([joined_prose(Prose(f"{head}: "), enumerate_prose(words)) if words else Prose(head)])
