"""Sums over the places of arrays in a result, written as products of the whole arrays."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.parentheses import factors
from jacobook.algebra.display.picked_parts import PickedPart, is_turned_unit
from jacobook.algebra.display.thin_sums import with_selections_opened
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.exponents import total
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.shapes import SCALAR, Shape
from jacobook.algebra.shapes import row as row_shape
from jacobook.algebra.terms import Term, node_of, term_node, terms_of
from jacobook.algebra.traverse import INDEX_NAMES, contains, names_within, substitute, walk
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
    whole = _as_column(collect(with_selections_opened(collect(whole))))
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


def without_mixture(left: Node, value: Node) -> tuple[Node, tuple[Claim, ...]]:
    """Return a value in which arrays stand as a whole and entry by entry with whole arrays alone, and the line for it.

    Nobody writes exp(x)′/Σᵢ exp(xᵢ). A value of sums alone, Σᵢ (yᵢ − w′xᵢ) xᵢ′, stays as it is.
    """
    if not contains(value, n.RunningUnit) or not (_is_mixed(value) or _has_bare_unit(value)):
        return value, ()
    claims = in_matrices(left, value)
    return (claims[-1].right, claims) if claims else (value, ())


def _is_mixed(value: Node) -> bool:
    """Return whether an array stands as a whole beside sums over its places."""
    whole: set[Node] = set()
    waiting, seen = [value], set[Node]()
    while waiting:
        node = waiting.pop()
        if node in seen or isinstance(node, n.BoundedSum):
            continue
        seen.add(node)
        if isinstance(node, n.Symbol) and node.shape.axes:
            whole.add(node)
        waiting.extend(node.operands)
    sums = (node for node in walk(value) if isinstance(node, n.BoundedSum) and contains(node, n.RunningUnit))
    return any(part in whole for node in sums for part in walk(node))


def _has_bare_unit(value: Node) -> bool:
    """Return whether a unit vector stands in the value by itself, and does not pick a part of an array."""
    parts = [part for node in walk(value) if isinstance(node, n.Product) for part in factors(node)]
    parts += [part for node in walk(value) if isinstance(node, _SUMS) for part in node.operands]
    return any(isinstance(part, n.RunningUnit) or is_turned_unit(part) for part in parts)


_SUMS = (n.BoundedSum, n.Add, n.Negate)


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


# -- one member of a family ------------------------------------------------------------------------------------------


def with_rows_collected(left: Node, value: Node, names: frozenset[str]) -> tuple[Node, tuple[Claim, ...]]:
    """Return Σ_k e_k r_k for a sum over pairs, and the line that says so; any other value as it is.

    Row k of the derivative is that with respect to x_k, which a sum over pairs holds in the terms with i = k and in
    those with j = k (the index takes another name than `names`): Σ_i Σ_{j≠i} e_j b_ij is Σ_k e_k Σ_{i≠k} b_ik.
    """
    if not contains(value, n.RunningUnit) or not _has_bare_unit(value):
        return value, ()
    upright = build.transpose(value) if value.shape.is_row else value
    symbols = names_within(value)
    sizes = {name for symbol in symbols for dimension in symbol.shape.dimensions for name in dimension.names}
    taken = names | sizes | {symbol.name for symbol in symbols}
    name = next(letter for letter in ("k", "l", *INDEX_NAMES) if letter not in taken)
    leaves = _leaves(tidy(upright), (), name)
    if leaves is None or len({index for index, _ in leaves}) != 1:
        return value, ()
    index = leaves[0][0]
    row = collect(build.add(*(summand for _, summand in leaves)))
    found = tidy(build.bounded_sum(index, build.product(build.running_unit(index, upright.shape.rows), row)))
    found = build.transpose(found) if value.shape.is_row else found
    if found.size >= value.size:
        return value, ()
    words = "Collect what stands in row {0}: the terms in which one of the indices is {0}."
    return found, (Claim(left, found, "sifting", Prose(words, (index,))),)


def rows_in_sum(value: Node) -> tuple[Node, Node] | None:
    """Return k and r_k of a matrix Σ_k e_k r_k, whose rows the r_k are; None for what is no such sum."""
    symbols = names_within(value)
    sizes = {name for symbol in symbols for dimension in symbol.shape.dimensions for name in dimension.names}
    name = next(letter for letter in ("k", "l", *INDEX_NAMES) if letter not in sizes | {one.name for one in symbols})
    leaves = _leaves(tidy(value), (), name)
    if not leaves or len({index for index, _ in leaves}) != 1:
        return None
    return leaves[0][0], collect(build.add(*(row for _, row in leaves)))


Nest = tuple[n.RunningIndex, ...]
Leaf = tuple[n.RunningIndex, Node]


def _leaves(node: Node, nest: Nest, name: str) -> list[Leaf] | None:
    """Return the parts e_k r_k of nested sums as k and r_k; None where a part begins with no such vector."""
    found: list[Leaf] = []
    for term in terms_of(node):
        first, rest = (term.word[0] if term.word else None), term.word[1:]
        behind = Term(term.coefficient, term.scalars, rest)
        parts: list[Leaf] | None = None
        if isinstance(first, n.BoundedSum):
            inside = build.product(first.operands[0], *rest)
            front = term_node(Term(term.coefficient, term.scalars, ()), build.ONE.shape)
            parts = _leaves(tidy(build.product(front, inside)), (*nest, first.index), name)
        elif isinstance(first, n.Add):
            opened = (part.times(behind) for part in terms_of(first))
            parts = _leaves(node_of(list(opened), node.shape), nest, name)
        elif isinstance(first, n.RunningUnit) and first.operands[0] in nest:
            outermost = _outermost(nest, nest.index(first.operands[0]), behind, node.shape, name)
            parts = None if outermost is None else [outermost]
        if parts is None:
            return None
        found += parts
    return found


def _outermost(nest: Nest, place: int, behind: Term, shape: Shape, name: str) -> Leaf | None:
    """Return the sum over this index of the nest as the outer one: the index, and what is summed over the others."""
    old = nest[place]
    index = build.running_index(name, build.ONE, build.size_of(shape.rows))
    others: list[n.RunningIndex] = []
    for other in nest[:place]:
        turned = _turned(other, old, index)
        if turned is None:
            return None
        others.append(turned)
    if not (place and others) and (old.lower, old.upper, old.excluded) != (index.lower, index.upper, ()):
        return None
    row = SCALAR if shape.is_vector else row_shape(shape.columns)
    summand = substitute(term_node(behind, row), {old: index, **dict(zip(nest[:place], others, strict=True))})
    for inner in reversed(nest[place + 1 :]):
        bounds = (substitute(bound, {old: index}) for bound in (inner.lower, inner.upper, *inner.excluded))
        renamed = build.running_index(inner.name, *bounds)
        summand = build.bounded_sum(renamed, substitute(summand, {inner: renamed}))
    for other in reversed(others):
        summand = build.bounded_sum(other, summand)
    return index, summand


def _turned(outer: n.RunningIndex, inner: n.RunningIndex, index: n.RunningIndex) -> n.RunningIndex | None:
    """Return the outer of two indices as the inner one, for every k of the other; None where that has no one range."""
    if (outer.lower, outer.upper, outer.excluded) != (index.lower, index.upper, ()):
        return None
    match inner.lower, inner.upper, inner.excluded:
        case lower, upper, (left_out,) if left_out is outer and (lower, upper) == (outer.lower, outer.upper):
            return build.running_index(outer.name, lower, upper, index)
        case lower, upper, () if (lower, upper) == (outer.lower, outer.upper):
            return build.running_index(outer.name, lower, upper)
        case lower, upper, () if lower is total((outer, build.ONE)) and upper is outer.upper:
            return build.running_index(outer.name, outer.lower, total((index, build.number(-1))))
        case lower, upper, () if upper is total((outer, build.number(-1))) and lower is outer.lower:
            return build.running_index(outer.name, total((index, build.ONE)), outer.upper)
    return None
