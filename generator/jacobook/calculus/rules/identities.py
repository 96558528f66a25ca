"""Named derivatives that books list, recognised in a link of a chain so that a page can point to them.

A row states a function with generic names; its derivative is never typed in, the engine derives it. A generic constant
matches any run of factors that does not hold the variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import ShapeError, matrix, vector


@dataclass(frozen=True, slots=True)
class ListedDerivative:
    """A row: a function of the generic variable, and where books list its derivative."""

    slug: str
    name: str
    function: Node
    variable: Symbol
    sources: tuple[str, ...]


_a, _b = n.symbol("a", vector("M")), n.symbol("b", vector("N"))
_x, _B, _A = n.symbol("x", vector("N")), n.symbol("B", matrix("N", "N")), n.symbol("A", matrix("M", "N"))
_X, _Y = n.symbol("X", matrix("M", "N")), n.symbol("X", matrix("N", "N"), frozenset({"invertible"}))
_c, _d = n.symbol("a", vector("N")), n.symbol("b", vector("M"))

# fmt: off
IDENTITIES: tuple[ListedDerivative, ...] = (
    ListedDerivative("linear-form",      "Linear form",              _c.T * _x,                     _x, ("MML (5.105)", "MC (69)")),
    ListedDerivative("linear-form-row",  "Linear form, row first",   _x.T * _c,                     _x, ("MML (5.104)", "MC (69)")),
    ListedDerivative("quadratic-form",   "Quadratic form",           _x.T * _B * _x,                _x, ("MML (5.107)", "MC (81)")),
    ListedDerivative("squared-length",   "Squared length",           _x.T * _x,                     _x, ("MC (131)",)),
    ListedDerivative("affine-map",       "Affine map",               _A * _x + _d,                  _x, ("MML, example 5.9",)),
    ListedDerivative("bilinear-form",    "Bilinear form in a matrix", _a.T * _X * _b,               _X, ("MML (5.106)", "MC (70)")),
    ListedDerivative("inverse-form",     "Bilinear form in an inverse", _c.T * b.inverse(_Y) * _b,  _Y, ("MML (5.103)", "MC (61)")),
)
# fmt: on


def recognise(expression: Node, wrt: Symbol) -> ListedDerivative | None:
    """Return the row whose function this expression is, with constants put in; None if there is none."""
    for row in IDENTITIES:
        for _ in _match(row.function, expression, row.variable, wrt, {}):
            return row
    return None


Binding = dict[Symbol, Node]


def _match(pattern: Node, node: Node, variable: Symbol, wrt: Symbol, bound: Binding) -> Iterator[Binding]:
    if pattern is variable:
        if node is wrt and node.shape.kind is pattern.shape.kind:
            yield bound
        return
    if isinstance(pattern, Symbol):
        fits = node.shape.kind is pattern.shape.kind and not node.depends_on(wrt)
        if fits and bound.get(pattern, node) is node:
            yield {**bound, pattern: node}
        return
    if type(pattern) is not type(node):
        return
    if isinstance(pattern, n.Product):
        yield from _match_factors(pattern.operands, node.operands, variable, wrt, bound)
    elif len(pattern.operands) == len(node.operands):
        yield from _match_all(pattern.operands, node.operands, variable, wrt, bound)


def _match_all(
    patterns: tuple[Node, ...], nodes: tuple[Node, ...], variable: Symbol, wrt: Symbol, bound: Binding
) -> Iterator[Binding]:
    if not patterns:
        yield bound
        return
    for first in _match(patterns[0], nodes[0], variable, wrt, bound):
        yield from _match_all(patterns[1:], nodes[1:], variable, wrt, first)


def _run(factors: tuple[Node, ...]) -> Node | None:
    """Return consecutive factors as one product, None where they are not a product by themselves (x x of (a′x) x)."""
    try:
        return b.product(*factors)
    except ShapeError:
        return None


def _match_factors(
    patterns: tuple[Node, ...], factors: tuple[Node, ...], variable: Symbol, wrt: Symbol, bound: Binding
) -> Iterator[Binding]:
    """Yield the ways to read the factors as the pattern, each pattern factor taking one or more of them."""
    if not patterns:
        if not factors:
            yield bound
        return
    for count in range(1, len(factors) - len(patterns) + 2):
        part = _run(factors[:count])
        if part is None:
            continue
        for first in _match(patterns[0], part, variable, wrt, bound):
            yield from _match_factors(patterns[1:], factors[count:], variable, wrt, first)
        if count > 1 and not isinstance(patterns[0], Symbol):
            return
