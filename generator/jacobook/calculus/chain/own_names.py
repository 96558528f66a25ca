"""The derivative of a link written with the link itself: for p = softmax(s), dp = p ⊙ ds − p p′ds.

The value of a link is known when its derivative is wanted. With its name for it the derivative is shorter, and the
names of the chain need not be put in and taken out again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.traverse import count_places, substitute
from jacobook.calculus.derivation import Claim, ClaimKind, Prose, Value
from jacobook.calculus.reasons import joined_prose

SHORT = 5
"""An expression of so few nodes, such as exp(−x), is written as it is where it occurs only once."""


def with_own_name(link: Link, node: Node) -> Node:
    """Return the derivative of a link, or its differential, with the name for the whole expression of the link.

    The node itself where that expression is short and occurs once, or does not occur.
    """
    named = substitute(node, {link.expression: link.symbol})
    if named is node:
        return node
    return named if link.expression.size > SHORT or count_places(link.expression, node) > 1 else node


def claims_with_own_name(link: Link, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the lines to the derivative of a link with its name on the right; the first such line says what it is."""
    found: list[Claim] = []
    told = False
    for claim in claims:
        right = claim.right
        if claim.kind is not ClaimKind.VALUE:
            right = substitute(right, {link.expression: link.symbol})
        if right is claim.right:
            found.append(claim)
        elif not told:
            found.append(replace(claim, right=right, reason=_told(link, claim.reason)))
            told = True
        else:
            reason = Prose(claim.reason.template, _substituted(claim.reason.values, {link.expression: link.symbol}))
            found.append(replace(claim, right=right, reason=reason))
    return tuple(found)


def _substituted(values: tuple[Value, ...], known: dict[Node, Node]) -> tuple[Value, ...]:
    return tuple(substitute(value, known) if isinstance(value, Node) else value for value in values)


def _told(link: Link, reason: Prose) -> Prose:
    """Return the reason of the first such line, which gives the expression its name, if it does not do so already.

    "With q = softmax(s): dq = …" is told of the name of the link instead.
    """
    values = reason.values
    if values[1:2] == (link.expression,) and isinstance(values[0], Symbol):
        return Prose(reason.template, _substituted(values, {values[0]: link.symbol}))
    known = Prose("; {0} is {1}.", (link.expression, link.symbol))
    return joined_prose(Prose(reason.template.removesuffix("."), values), known)
