"""The derivative of a link written with the link itself: for p = softmax(s), dp = p ⊙ ds − p p′ds.

The value of a link is known when its derivative is wanted. With its name for it the derivative is shorter, and the
names of the chain need not be put in and taken out again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from jacobook.algebra.nodes import Differential, Entry, Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.traverse import count_places, substitute, walk
from jacobook.calculus.derivation import Claim, ClaimKind, Prose, Value
from jacobook.calculus.reasons import joined_prose, with_name

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
        else:
            reason = _in_name(link, claim.reason) if told else _told(link, claim.reason)
            found.append(replace(claim, right=right, reason=reason, steps=_steps_in_name(link, claim.steps)))
            told = True
    return tuple(found)


def _steps_in_name(link: Link, steps: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Return the lines one level down with the name, if they do not differentiate what holds it: d(A W) with W = A⁻¹.

    There the name would count as fixed. What they lead to may be the differential of an entry of it.
    """
    named = tuple(_step_in_name(link, step) for step in steps)
    inner = (node for step in named for node in (*walk(step.right), *walk(step.left)) if node is not step.left)
    fixed = any(isinstance(node, Differential) and link.symbol in node.operands[0].symbols for node in inner)
    return steps if fixed else named


def _step_in_name(link: Link, step: Claim) -> Claim:
    left, right = (substitute(side, {link.expression: link.symbol}) for side in (step.left, step.right))
    return replace(step, left=left, right=right, reason=_in_name(link, step.reason))


def _in_name(link: Link, reason: Prose) -> Prose:
    return Prose(reason.template, _substituted(reason.values, {link.expression: link.symbol}))


def _substituted(values: tuple[Value, ...], known: dict[Node, Node]) -> tuple[Value, ...]:
    return tuple(substitute(value, known) if isinstance(value, Node) else value for value in values)


def _told(link: Link, reason: Prose) -> Prose:
    """Return the reason of the first such line, which gives the expression its name, if it does not do so already.

    "With q = softmax(s): dq = …" is told of the name of the link instead.
    """
    values = reason.values
    if values[1:2] == (link.expression,) and isinstance(values[0], Symbol):
        return Prose(reason.template, _substituted(values, {values[0]: link.symbol}))
    if any(_holds_an_entry(value, link.expression) for value in values):
        return with_name(link.symbol, link.expression, _in_name(link, reason))
    known = Prose("; {0} is {1}.", (link.expression, link.symbol))
    return joined_prose(Prose(reason.template.removesuffix("."), values), known)


def _holds_an_entry(value: Value, array: Node) -> bool:
    return isinstance(value, Node) and any(isinstance(n, Entry) and n.operands[0] is array for n in walk(value))
