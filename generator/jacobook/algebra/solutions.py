"""Solutions of equations: a name as their unknown, and the equation with a name in the place of the unknown."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.traverse import substitute


def solution_for(name: Symbol, left: Node, right: Node) -> n.Solution:
    """Return the value of the name for which the two sides, in which it stands, are equal."""
    bound = n.SolvedSymbol((), name.shape, (name.name, frozenset()))
    return build.solution_of(bound, *(substitute(side, {name: bound}) for side in (left, right)))


def equation_of(solution: n.Solution, name: Node) -> tuple[Node, Node]:
    """Return both sides of the equation, with the name in the place of the unknown."""
    left, right = (substitute(side, {solution.unknown: name}) for side in solution.operands)
    return left, right


def sides_of(link: Link) -> tuple[Node, Node]:
    """Return both sides of a line of a chain: a name and what it stands for, or those of an equation."""
    if isinstance(link.expression, n.Solution):
        return equation_of(link.expression, link.symbol)
    return link.symbol, link.expression


def solved_form(link: Link) -> Node:
    """Return the right side of the equation as y = …: φ(y) for y = φ(y), y − L + R for L = R."""
    left, right = sides_of(link)
    if left is link.symbol:
        return right
    rest = [] if build.is_zero(left) else [build.negate(left)]
    return build.add(link.symbol, *rest, *([] if build.is_zero(right) else [right]))
