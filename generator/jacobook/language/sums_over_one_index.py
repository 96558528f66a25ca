"""Sums over pairs of samples, `sum(i != j, …)` and `sum(i < j, …)`, as a sum over i and in it one over j."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from jacobook.language.syntax import (
    Call,
    Component,
    IndexRelation,
    Name,
    Number,
    Slice,
    SumOfLogarithms,
    Syntax,
    with_children,
)


def over_one_index(tree: Syntax, known: Collection[str], bound: frozenset[str] = frozenset()) -> Syntax:
    """Return the piece with sums over one index each, the logarithm of a product as a sum, and x_i as x[i].

    `known` are the names of variables, `bound` the indices around the piece.
    """
    if isinstance(tree, Name):
        return _member(tree, known, bound)
    if isinstance(tree, Call) and tree.name in ("log", "ln") and len(tree.arguments) == 1:
        tree = _sum_of_logarithms(tree, tree.arguments[0])
    if not (isinstance(tree, Call) and tree.name == "sum" and tree.arguments):
        return with_children(tree, lambda child: over_one_index(child, known, bound))
    first = tree.arguments[0]
    if len(tree.arguments) == 2 and isinstance(first, IndexRelation):
        tree = _opened(tree, first, tree.arguments[1], bound)
        first = tree.arguments[0]
    if len(tree.arguments) == 4:
        name = {first.name} if isinstance(first, Name | IndexRelation) else set()
        *limits, body = tree.arguments
        tree.arguments = (*limits, over_one_index(body, known, bound | name))
        return tree
    return with_children(tree, lambda child: over_one_index(child, known, bound))


def _opened(tree: Call, pair: IndexRelation, body: Syntax, bound: frozenset[str]) -> Call:
    other = pair.other
    if not isinstance(other, Name) or (other.name in bound and pair.name not in bound):  # sum(j != i, …) for a given i
        return _sum(tree, pair, body)
    inner = IndexRelation(
        pair.start, pair.end, other.name, "!=" if pair.sign == "!=" else ">", _name(pair), depth=pair.depth
    )
    if pair.name in bound:
        return _sum(tree, inner, body)
    return _sum(tree, _name(pair), _sum(tree, inner, body))


def _name(pair: IndexRelation) -> Name:
    return Name(pair.start, pair.start + len(pair.name), pair.name)


def _sum(tree: Call, index: Syntax, body: Syntax) -> Call:
    """Return the sum over all places that an index can have, which its bounds are left to say."""
    first, last = Number(index.start, index.end, Fraction(1)), Slice(index.start, index.end)
    kind = type(tree)
    return kind(tree.start, tree.end, "sum", tree.name_end, (index, first, last, body), depth=tree.depth + 1)


def _member(tree: Name, known: Collection[str], bound: frozenset[str]) -> Syntax:
    base, _, index = tree.name.rpartition("_")
    if tree.name in known or base not in known or index not in bound:
        return tree
    return Component(
        tree.start, tree.end, Name(tree.start, tree.end, base), (Name(tree.start, tree.end, index),), depth=1
    )


def _sum_of_logarithms(tree: Call, product: Syntax) -> Call:
    """Return log Π_i p_i as Σ_i log p_i; any other logarithm as it is."""
    if not (isinstance(product, Call) and product.name == "prod" and len(product.arguments) > 1):
        return tree
    *head, body = product.arguments
    if not isinstance(head[0], IndexRelation) and len(head) != 3:
        return tree
    logarithm = Call(tree.start, tree.end, tree.name, tree.name_end, (body,), depth=tree.depth)
    return SumOfLogarithms(tree.start, tree.end, "sum", tree.name_end, (*head, logarithm), depth=tree.depth)
