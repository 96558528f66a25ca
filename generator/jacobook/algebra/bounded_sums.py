"""Sums over a running index: two with one range joined, and one form for equal ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import count as count_from

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import plain_exponent, times, total
from jacobook.algebra.nodes import Index, Node, Position, indices_in
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.terms import Term, node_of
from jacobook.algebra.traverse import contains, names_within, rebuild, renamed_index, substitute, transform


def join_sums(terms: list[Term], collected: Callable[[n.BoundedSum], Node]) -> list[Term]:
    """Return the terms with sums over one range as one sum: Σ A_r + 2 Σ B_r as Σ (A_r + 2 B_r)."""
    found: list[Term] = []
    for term in terms:
        key = _range(term)
        place = next((k for k, other in enumerate(found) if key is not None and _range(other) == key), None)
        if place is None:
            found.append(term)
            continue
        first, second = found[place], term
        (one,), (other,) = first.word, second.word
        assert isinstance(one, n.BoundedSum)
        assert isinstance(other, n.BoundedSum)
        front = first.coefficient if first.coefficient == second.coefficient else Fraction(1)
        parts = [
            Term(first.coefficient / front, (), (one.operands[0],)),
            Term(second.coefficient / front, (), (substitute(other.operands[0], {other.index: one.index}),)),
        ]
        joined = build.bounded_sum(one.index, node_of(parts, one.shape))
        found[place] = Term(front, first.scalars, (collected(joined),))
    return found


def _range(term: Term) -> tuple[object, ...] | None:
    """Return the range of the sum that is the only matrix factor of a term, and the scalars before it; else None."""
    only = term.word[0] if len(term.word) == 1 else None
    if not isinstance(only, n.BoundedSum):
        return None
    return (term.scalars, *map(plain_exponent, only.operands[1:3]), *only.index.excluded)


def with_distinct_indices(node: Node, outside: frozenset[str] = frozenset()) -> Node:
    """Return the expression with another name for the index of every sum that stands in a sum over that name."""

    def change(current: Node) -> Node | None:
        if not isinstance(current, n.BoundedSum):
            return None
        name = current.index.name
        if name in outside:
            taken = outside.union(symbol.name for symbol in names_within(node))
            name = next(other for other in (f"{name}{k}" for k in count_from(1)) if other not in taken)
            current = renamed_index(current, name)
        body, *bounds = current.operands
        inside = outside | {name}
        return rebuild(current, (with_distinct_indices(body, inside), *(transform(b, change) for b in bounds)))

    return transform(node, change) if contains(node, n.BoundedSum) else node


def level(node: Node) -> int:
    """Return how deep sums over an index are nested in the expression."""
    if not contains(node, n.BoundedSum):
        return 0
    inside = max((level(operand) for operand in node.operands), default=0)
    return inside + isinstance(node, n.BoundedSum)


def from_zero(node: n.BoundedSum) -> n.BoundedSum:
    """Return the sum over an index from 0 whose name says only how deep other sums are nested in it."""
    body, lower, upper, *excluded = node.operands
    shifted = (total((number, times(lower, -1))) for number in excluded)
    index = build.running_index(f"#{level(body)}", build.ZERO, total((upper, times(lower, -1))), *shifted)
    return build.bounded_sum(index, substitute(body, {node.index: total((index, lower))}))


def reversed_sum(node: n.BoundedSum) -> n.BoundedSum:
    """Return the sum taken from its last term to its first."""
    if node.index.excluded or contains(node, n.RunningUnit):
        return node
    backward = total((*node.operands[1:3], times(node.index, -1)))
    return build.bounded_sum(node.index, substitute(node.operands[0], {node.index: backward}))


def over_running(node: Node, numbers: Mapping[Index, Node]) -> Node:
    """Return the expression with these named places as numbers: y_i as e_i′ y, X_ij as e_i′ X e_j, δ_ij as e_i′ e_j."""

    def unit(position: Position, length: Dimension) -> Node:
        if isinstance(position, Index) and position in numbers:
            return build.running_unit(numbers[position], length)
        return build.unit_vector(position, length)

    def change(current: Node) -> Node | None:
        match current:
            case n.UnitVector():
                return unit(current.position, current.shape.length)
            case n.Delta() if indices_in(current.positions[0]) & numbers.keys():
                first, second = current.positions
                length = n.extent_of(first if isinstance(first, Index) else second)
                return build.product(build.transpose(unit(first, length)), unit(second, length))
            case n.Entry() if any(position in numbers for position in current.positions):
                array = over_running(current.operands[0], numbers)
                units = [unit(*pair) for pair in zip(current.positions, array.shape.axes, strict=True)]
                if array.shape.is_row:
                    return build.product(array, units[0])
                return build.product(build.transpose(units[0]), array, *units[1:])
        return None

    return transform(node, change)
