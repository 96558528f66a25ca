"""Sums over pairs of samples, `sum(i != j, …)` and `sum(i < j, …)`, as a sum over i and in it one over j."""

from __future__ import annotations

from fractions import Fraction

from jacobook.language.syntax import Call, Name, Number, Relation, Slice, Syntax, with_children


def over_pairs(tree: Syntax, bound: frozenset[str] = frozenset()) -> Syntax:
    """Return the piece with its sums over pairs as sums over one index each; `bound` are the indices around it."""
    if not (isinstance(tree, Call) and tree.name == "sum" and tree.arguments):
        return with_children(tree, lambda child: over_pairs(child, bound))
    first = tree.arguments[0]
    if len(tree.arguments) == 2 and isinstance(first, Relation):
        tree = _opened(tree, first, tree.arguments[1], bound)
        first = tree.arguments[0]
    if len(tree.arguments) == 4:
        name = {first.name} if isinstance(first, Name | Relation) else set()
        *limits, body = tree.arguments
        tree.arguments = (*limits, over_pairs(body, bound | name))
        return tree
    return with_children(tree, lambda child: over_pairs(child, bound))


def _opened(tree: Call, pair: Relation, body: Syntax, bound: frozenset[str]) -> Call:
    other = pair.other
    if not isinstance(other, Name) or (other.name in bound and pair.name not in bound):  # sum(j != i, …) for a given i
        return _sum(tree, pair, body)
    inner = Relation(
        pair.start, pair.end, other.name, "!=" if pair.sign == "!=" else ">", _name(pair), depth=pair.depth
    )
    if pair.name in bound:
        return _sum(tree, inner, body)
    return _sum(tree, _name(pair), _sum(tree, inner, body))


def _name(pair: Relation) -> Name:
    return Name(pair.start, pair.start + len(pair.name), pair.name)


def _sum(tree: Call, index: Syntax, body: Syntax) -> Call:
    """Return the sum over all places that an index can have, which its bounds are left to say."""
    first, last = Number(index.start, index.end, Fraction(1)), Slice(index.start, index.end)
    return Call(tree.start, tree.end, "sum", tree.name_end, (index, first, last, body), depth=tree.depth + 1)
