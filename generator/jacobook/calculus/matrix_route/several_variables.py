"""A differential in several variables, in the form in which it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from jacobook.algebra import build
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Add, Differential, Node, Symbol
from jacobook.algebra.terms import transpose_factor
from jacobook.algebra.traverse import contains, rebuild, walk
from jacobook.calculus.matrix_route.expansion import prune
from jacobook.calculus.matrix_route.jacobian import gradient_of_chain
from jacobook.calculus.matrix_route.linear_reading import linear_map


def in_standard_form(differential: Node, variables: tuple[Symbol, ...]) -> Node:
    """Return an expression that is linear in the d of the variables, its terms collected.

    That of a scalar has one term for each variable, in order of appearance: G′dX in the trace for a matrix, the row g
    times dx for a vector, a factor times dt for a scalar. Any other keeps the order in which the rules left its terms,
    unless like terms or a common factor make it shorter. Raises Refusal where a differential is at a place that is
    not linear.
    """
    if not differential.shape.is_scalar:
        return min(differential, tidy(differential), collect(differential), key=_length)
    terms = []
    for variable in _in_order(differential, variables):
        chains = linear_map(part_in(differential, (variable,)), variable).chains
        if chains:
            gradient = collect(build.add(*map(gradient_of_chain, chains)))
            terms.append(_beside(gradient, build.differential(variable)))
    return collect(build.add(*terms)) if terms else build.ZERO


def opened(node: Node) -> Node:
    """Return a sum with the sums among its terms opened, which is printed alike."""
    if not isinstance(node, Add):
        return node
    terms = [opened(operand) for operand in node.operands]
    return build.add(*(part for term in terms for part in (term.operands if isinstance(term, Add) else (term,))))


def _length(node: Node) -> tuple[int, int, int]:
    """Return how long an expression reads: its brackets with differentials in them, its terms, its nodes."""
    parts = list(_parts(node))
    brackets = sum(isinstance(part, Add) and contains(part, Differential) for part in parts[1:])
    return brackets, len(node.operands) if isinstance(node, Add) else 1, len(parts)


def _parts(node: Node) -> Iterator[Node]:
    yield node
    for operand in node.operands:
        yield from _parts(operand)


def _in_order(differential: Node, variables: tuple[Symbol, ...]) -> list[Symbol]:
    """Return the variables whose d occurs, in order of first appearance."""
    found = [node.operands[0] for node in walk(differential) if isinstance(node, Differential)]
    return [symbol for symbol in dict.fromkeys(found) if isinstance(symbol, Symbol) and symbol in variables]


def part_in(node: Node, variables: tuple[Symbol, ...]) -> Node:
    """Return the part that is linear in the d of these variables: every other differential is 0."""
    if isinstance(node, Differential):
        return node if node.operands[0] in variables else build.zero(node.shape)
    if not contains(node, Differential):
        return node
    return prune(rebuild(node, tuple(part_in(operand, variables) for operand in node.operands)))


def _beside(gradient: Node, dx: Node) -> Node:
    """Return tr(G′ dX), g′ dx, or g dt, with scalar factors in front."""
    if dx.shape.is_scalar:
        return tidy(build.product(gradient, dx))
    turned = collect(transpose_factor(gradient))
    if dx.shape.is_row:
        return tidy(build.product(dx, turned))
    inner = build.product(turned, dx)
    return tidy(build.trace(inner) if dx.shape.is_matrix else inner)
