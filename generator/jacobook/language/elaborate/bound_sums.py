"""Sums over a running index, `sum(r, 0, k-1, X^r*A*X^(k-1-r))`: the name is new, and known in the body alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.bounded_sums import over_running
from jacobook.algebra.exponents import total
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.predicates import is_whole
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.whole_arrays import number_of_places
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Scope, Typed
from jacobook.language.elaborate.slices import lengths_of_axes
from jacobook.language.names import is_name
from jacobook.language.size_inference import SCALAR, Size, parts_of, resolve
from jacobook.language.syntax import (
    Call,
    Component,
    IndexRelation,
    Name,
    Number,
    Product,
    Slice,
    SumOfLogarithms,
    Syntax,
    pieces_within,
)

T = TypeVar("T")


def infer_sum(context: Context, tree: Call) -> Typed:
    """Return the sum with the type of its body. Raises LanguageError."""
    index, lower, upper, body = tree.arguments
    name = _name(context, index)
    if isinstance(index, IndexRelation) or isinstance(upper, Slice) or runs_over_places(body, name):
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
    if isinstance(tree, Call) and tree.name == "unit":
        places = tree.arguments[:1]
    held = (piece for place in places for piece in pieces_within(place))
    return any(isinstance(piece, Name) and piece.name == name for piece in held) or any(
        runs_over_places(child, name) for child in tree.children
    )


def _over_places(context: Context, tree: Call, name: str) -> Typed:
    """Return the sum over places of arrays. Raises LanguageError."""
    where, *_, body = tree.arguments
    if name in context.scope.sizes:
        raise context.error(f"`{name}` is a size, and the last place of an array: the index needs another name", where)
    running = _index(context, tree, name)
    size = number_of_places(running)
    outer = context.scope
    inner = scope_at_places(outer, running)

    def within(what: Callable[[], T]) -> T:
        context.scope = inner
        try:
            return what()
        finally:
            context.scope = outer

    if size is not None and (size.name is None or _is_told_by(context, body, name, size)):
        context.short_indices.add(name)
    inside = within(lambda: context.infer(body))

    def make() -> Node:
        node = within(lambda: context.construct(inside))
        return build.bounded_sum(running, at_running_places(context, node, running))

    if isinstance(tree, SumOfLogarithms):
        return Typed(tree, inside.type, context.remarking(make, Reading.LOG_OF_PRODUCT))
    return Typed(tree, inside.type, make)


def scope_at_places(outer: Scope, running: n.RunningIndex) -> Scope:
    """Return the scope of what is summed over the places: the index is a number there, and a place of arrays."""
    name, size = running.name, number_of_places(running)
    indices = {known: index for known, index in outer.indices.items() if known != name}
    return replace(
        outer,
        types={**outer.types, name: SCALAR},
        symbol=lambda called: running if called == name else outer.symbol(called),
        indices=indices if size is None else {**indices, name: Index(name, size)},
    )


def at_running_places(context: Context, node: Node, running: n.RunningIndex) -> Node:
    """Return what was read within `scope_at_places` with the running index in all places that it tells."""
    places = {place: number for place, number in context.numbered.items() if number.depends_on(running)}
    if (size := number_of_places(running)) is not None:
        places[Index(running.name, size)] = running
    return over_running(node, places)


def _is_told_by(context: Context, body: Syntax, name: str, size: Dimension) -> bool:
    """Return whether a size is that of places which the index numbers, or of no array at all: `sum(i, 1, p, w[i])`.

    Else a sum over M of N places is more likely a mistake than one over the first M.
    """
    of_arrays = {
        part for known in context.scope.types.values() for one in (known.rows, known.columns) for part in parts_of(one)
    }
    if not any(size.name in part.names for part in of_arrays):
        return True
    return any(
        resolve(axis) is size and any(isinstance(one, Name) and one.name == name for one in pieces_within(place))
        for place, axis in _places_with_axes(context, body)
    )


def _index(context: Context, tree: Call, name: str) -> n.RunningIndex:
    """Return the index with its bounds, and what it leaves out. Raises LanguageError."""
    where, lower, upper, _ = tree.arguments
    first = context.construct(_bound(context, lower))
    if isinstance(upper, Slice):
        last = build.size_of(_size_of_places(context, tree, name))
    elif _is_dim(upper) or (isinstance(upper, Name | Number | Product) and first is build.ONE):
        size = upper.arguments[0] if isinstance(upper, Call) else upper
        last = build.size_of(context.dimension("the last place", size))
    else:
        last = context.construct(_bound(context, upper))
    excluded: tuple[Node, ...] = ()
    if isinstance(where, IndexRelation):
        other = context.construct(_bound(context, where.other))
        if not is_whole(other):
            raise context.error(f"{context.quoted(where.other)} is no place that `{name}` could leave out", where.other)
        if where.sign == "!=":
            excluded = (other,)
        elif where.sign == ">":
            first = total((other, build.ONE))
        else:
            last = total((other, build.number(-1)))
    for node, at in ((first, lower), (last, upper)):
        if not is_whole(node):
            raise context.error(f"{context.quoted(at)} is no place: places are counted by whole numbers", at)
    return build.running_index(name, first, last, *excluded)


def _size_of_places(context: Context, tree: Call, name: str) -> Dimension:
    """Return how many places there are that an index without bounds may have. Raises LanguageError."""
    pairs = _places_with_axes(context, tree.arguments[3])
    axes = [axis for place, axis in pairs if isinstance(place, Name) and place.name == name]
    sizes = list(dict.fromkeys(found for axis in axes if isinstance(found := resolve(axis), Dimension)))
    if len(sizes) > 1:
        counts = " and ".join(f"one of {size} places" for size in sizes)
        fit = f"sum({name}, 1, {sizes[0]}, …)"
        raise context.error(f"`{name}` counts along several axes, {counts}: give its bounds, as in `{fit}`", tree)
    told = sizes[0] if sizes else None
    size = told or next((named for axis in axes if (named := context.number_along(axis)) is not None), None)
    if size is not None:
        return size
    fit = f"sum({name}, 1, N, …)"
    raise context.error(f"nothing says how far `{name}` runs: give its bounds, as in `{fit}`", tree)


def _places_with_axes(context: Context, body: Syntax) -> Iterator[tuple[Syntax, Size]]:
    """Yield the places behind variables, each with the number of places there are."""
    for piece in pieces_within(body):
        operand = piece.operand if isinstance(piece, Component) else None
        known = context.scope.types.get(operand.name) if isinstance(operand, Name) else None
        if known is None or not isinstance(piece, Component):
            continue
        yield from zip(piece.places, lengths_of_axes(known), strict=False)


def _is_dim(tree: Syntax) -> bool:
    return isinstance(tree, Call) and tree.name == "dim" and len(tree.arguments) == 1


def _name(context: Context, index: Syntax) -> str:
    form = "`sum(r, 0, k-1, X^r)` begins with a new name"
    if isinstance(index, IndexRelation):
        index = Name(index.start, index.start + len(index.name), index.name)
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
