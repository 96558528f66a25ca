"""Sums over a running index, `sum(r, 0, k-1, X^r*A*X^(k-1-r))`: the name is new, and known in the body alone."""

from __future__ import annotations

from dataclasses import replace

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_whole
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.names import is_name
from jacobook.language.size_inference import SCALAR
from jacobook.language.syntax import Call, Name, Syntax


def infer_sum(context: Context, tree: Call) -> Typed:
    """Return the sum with the type of its body. Raises LanguageError."""
    index, lower, upper, body = tree.arguments
    name = _name(context, index)
    bounds = tuple(_bound(context, bound) for bound in (lower, upper))
    made: dict[str, Node] = {}

    def begin(first: Node, last: Node) -> Node:
        for node, where in ((first, lower), (last, upper)):
            if not is_whole(node):
                hint = "; a whole number is declared `k in N`" if node.symbols else ""
                raise context.error(f"{context.quoted(where)} is no whole number{hint}", where)
        made[name] = build.running_index(name, first, last)
        return made[name]

    outer = context.scope
    context.scope = replace(
        outer,
        types={**outer.types, name: SCALAR},
        symbol=lambda called: made[name] if called == name else outer.symbol(called),
    )
    try:
        inside = context.infer(body)
    finally:
        context.scope = outer

    def make(start: Node, summand: Node) -> Node:
        assert isinstance(start, n.RunningIndex)
        return build.bounded_sum(start, summand)

    return Typed(tree, inside.type, make, (Typed(index, SCALAR, begin, bounds), inside))


def _name(context: Context, index: Syntax) -> str:
    form = "`sum(r, 0, k-1, X^r)` begins with a new name"
    if not isinstance(index, Name):
        raise context.error(f"{form}, and {context.quoted(index)} is no name", index)
    if not is_name(index.name):
        raise context.error(f"`{index.name}` is no name: its letters are a–z, A–Z and Greek", index)
    if index.name in context.scope.types:
        raise context.error(f"{form}, and `{index.name}` is in use already", index)
    return index.name


def _bound(context: Context, bound: Syntax) -> Typed:
    found = context.infer(bound)
    if not found.type.is_scalar:
        raise context.error(f"a bound of a sum is a whole number; {context.told(bound, found.type)}", bound)
    return found
