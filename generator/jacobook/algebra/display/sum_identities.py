"""Identities of sums: 1 − σ(−u) = σ(u); sums of two cross products without their matrices, x b′ + x′b I − 2 b x′."""

from __future__ import annotations

from collections.abc import Iterator

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.terms import Term, node_of, terms_of

Identities = list[tuple[Node, Node]]


def sum_with_identities(node: Node) -> tuple[Node, Identities]:
    """Return a sum after the identities that apply to its terms, and these as (old, new)."""
    for apply in (_without_complements, _without_cross_products):
        found, used = apply(node)
        if used:
            return tidy(found), used
    return node, []


# -- 1 − σ(−u) ---------------------------------------------------------------------------------------------------------


def _without_complements(node: Node) -> tuple[Node, Identities]:
    """Return the sum with 1 − σ(−u) as σ(u), of every entry of an array, and so beside common factors."""
    terms, used = terms_of(node), Identities()
    for term in list(terms):
        for sigmoid in filter(_is_of_negative, _factors_of(term)):
            unit = build.fill(build.ONE, sigmoid.shape) if sigmoid.shape.axes else build.ONE
            one = _with(term, sigmoid, unit, -1)
            if term in terms and one in terms:
                turned = build.apply("sigmoid", tidy(build.negate(sigmoid.operands[0])))
                terms[terms.index(one)] = _with(term, sigmoid, turned, -1)
                terms.remove(term)
                used.append((build.add(unit, build.negate(sigmoid)), turned))
    return node_of(terms, node.shape), used


def _factors_of(term: Term) -> Iterator[Node]:
    yield from (base for base, exponent in term.scalars if exponent == 1)
    yield from term.word


def _is_of_negative(node: Node) -> bool:
    """Return whether this is σ(−u), with a minus before every term of its argument."""
    if not isinstance(node, n.Apply) or node.function != "sigmoid":
        return False
    inside = terms_of(node.operands[0])
    return bool(inside) and all(term.coefficient < 0 for term in inside)


def _with(term: Term, factor: Node, instead: Node, sign: int) -> Term:
    """Return the term with another factor in place of one, times a sign; a 1 among scalars is left out."""
    scalars = tuple((instead if base is factor else base, e) for base, e in term.scalars)
    kept = tuple(pair for pair in scalars if pair[0] is not build.ONE)
    word = tuple(instead if part is factor else part for part in term.word)
    return Term(sign * term.coefficient, kept, word)


# -- products of [a]ₓ --------------------------------------------------------------------------------------------------


def _without_cross_products(node: Node) -> tuple[Node, Identities]:
    """Return a sum of [a × b]ₓ and of [a]ₓ [b]ₓ in outer products, where it has at most one term more then.

    [a × b]ₓ = b a′ − a b′ and [a]ₓ [b]ₓ = b a′ − a′b I, from a × (b × c) = (a′c) b − (a′b) c.
    """
    terms = terms_of(node)
    pairs = [_crossed(term) for term in terms]
    if len(terms) < 2 or None in pairs or not any(found is not None and found[0] for found in pairs):
        return node, []
    used = Identities()
    opened: list[Node] = []
    for term, pair in zip(terms, pairs, strict=True):
        assert pair is not None
        nested, a, b = pair
        outer = build.product(b, build.transpose(a))
        turned = build.transpose(outer) if nested else build.product(build.transpose(a), b, build.identity(3))
        found = build.add(outer, build.negate(turned))
        used.append((build.product(*term.word), tidy(found)))
        front = node_of([Term(term.coefficient, term.scalars, ())], build.ONE.shape)
        opened += (build.product(front, part) for part in found.operands)
    whole = tidy(build.add(*opened))
    return (whole, used) if len(terms_of(whole)) <= len(terms) + 1 else (node, [])


def _crossed(term: Term) -> tuple[bool, Node, Node] | None:
    """Return a and b of [a × b]ₓ, which is nested, or of [a]ₓ [b]ₓ; None for any other term."""
    match term.word:
        case (n.Skew(operands=(n.Product(operands=(n.Skew() as first, second)),)),) if second.shape.is_vector:
            return True, first.operands[0], second
        case (n.Skew() as first, n.Skew() as second):
            return False, first.operands[0], second.operands[0]
        case (n.Power(operands=(n.Skew() as base, exponent)),) if build.is_number(exponent, 2):
            return False, base.operands[0], base.operands[0]
    return None
