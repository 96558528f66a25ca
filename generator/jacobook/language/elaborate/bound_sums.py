"""Sums over a running index, `sum(r, 0, k-1, X^r*A*X^(k-1-r))`: the name is new, and known in the body alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.predicates import is_whole
from jacobook.algebra.question import Reading
from jacobook.language.elaborate import batching
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.names import is_name
from jacobook.language.printer import short_text
from jacobook.language.size_inference import SCALAR
from jacobook.language.syntax import Call, Component, Name, Number, Syntax

T = TypeVar("T")


def infer_sum(context: Context, tree: Call) -> Typed:
    """Return the sum with the type of its body. Raises LanguageError."""
    index, lower, upper, body = tree.arguments
    name = _name(context, index)
    if runs_over_places(body, name):
        return _over_places(context, tree, name)
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


def runs_over_places(tree: Syntax, name: str) -> bool:
    """Return whether the index stands for the place of an entry, a row or a column."""
    places = tree.places if isinstance(tree, Component) else ()
    return any(isinstance(place, Name) and place.name == name for place in places) or any(
        runs_over_places(child, name) for child in tree.children
    )


def _over_places(context: Context, tree: Call, name: str) -> Typed:
    """Return the sum over all places of arrays, written with the whole arrays. Raises LanguageError."""
    where, lower, upper, body = tree.arguments
    if name in context.scope.sizes:
        raise context.error(f"`{name}` is a size, and the last place of an array: the index needs another name", where)
    if not (isinstance(lower, Number) and lower.value == 1):
        raise context.error(f"`{name}` runs over places, which are counted from 1 to the last: both are needed", lower)
    last = upper.arguments[0] if isinstance(upper, Call) and upper.name == "dim" else upper
    index = Index(name, context.dimension("the last place", last))
    outer = context.scope
    inner = replace(outer, indices={**outer.indices, name: index})

    def within(what: Callable[[], T]) -> T:
        context.scope = inner
        try:
            return what()
        finally:
            context.scope = outer

    inside = within(lambda: context.infer(body))

    def make() -> Node:
        node = within(lambda: context.construct(inside))
        try:
            return batching.sum_over(index, node)
        except batching.CannotBatch as error:
            message = (
                f"this sum over `{name}` cannot be written with whole arrays, because of `{short_text(error.node)}`"
            )
            raise context.error(message, tree) from None

    # A sum inside another one is no expression yet that a reader could be shown.
    return Typed(tree, inside.type, make if outer.indices else context.remarking(make, Reading.BATCHED))


def _name(context: Context, index: Syntax) -> str:
    form = "`sum(r, 0, k-1, X^r)` begins with a new name"
    if not isinstance(index, Name):
        raise context.error(f"{form}, and {context.quoted(index)} is no name", index)
    if not is_name(index.name):
        raise context.error(f"`{index.name}` is not a name: names use the letters a–z, A–Z and Greek", index)
    if index.name in context.scope.types:
        raise context.error(f"{form}, and `{index.name}` is in use already", index)
    return index.name


def _bound(context: Context, bound: Syntax) -> Typed:
    found = context.infer(bound)
    if not found.type.is_scalar:
        raise context.error(f"a bound of a sum is a whole number; {context.told(bound, found.type)}", bound)
    return found
