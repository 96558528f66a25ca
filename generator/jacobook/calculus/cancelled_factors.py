"""Cancelling as a line of a derivation, with what cancels as its reason."""

from __future__ import annotations

from jacobook.algebra.display.cancelling import cancelled
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ShapeError
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.reasons import enumerate_values, sentence


def cancelling(left: Node, value: Node) -> tuple[Node, list[Claim]]:
    """Return the tidied value with what cancels in it cancelled, and the claim of that if something does."""
    try:
        tidied = tidy(value)
        found = cancelled(tidied)
        rest = tidy(found.node)
    except ShapeError:  # see tidy
        return value, []
    parts = [Prose("multiply out")] if found.opened else []
    if found.factors:
        listed = enumerate_values(found.factors)
        verb = "cancels" if len(found.factors) == 1 else "cancel"
        parts.append(Prose(f"entry by entry, {listed.template} {verb}", listed.values))
    parts += [Prose("{0} = {1}", pair) for pair in found.identities]
    return (rest, [Claim(left, rest, "tidy", sentence(parts))]) if found.node is not tidied else (value, [])


def collected(left: Node, value: Node, slug: str, reason: Prose) -> tuple[Node, list[Claim]]:
    """Return the collected value and the claims that lead to it: one for the reason, others if something cancels."""
    final = collect(value)
    shorter, claims = cancelling(left, value)
    if not claims:
        return final, [Claim(left, final, slug, reason)]
    claims.insert(0, Claim(left, tidy(value), slug, reason))
    if shorter is not final:
        what = "Collect the terms." if collect(shorter) is final else "Multiply out; collect the terms."
        claims.append(Claim(left, final, "collect", Prose(what)))
    return final, claims
