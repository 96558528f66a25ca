"""A picture of a page: what is drawn, and what is said under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jacobook.calculus.derivation import Prose, Value


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG element as text, and its caption, sentences with formulas in them."""

    svg: str
    caption: Prose


def plain_prose(words: str) -> Prose:
    """Return words in which nothing stands for a value, braces included."""
    return Prose("{0}", (words,))


def joined_up(*parts: Prose, sign: str = " ") -> Prose:
    """Return the parts as one text, with a sign between them; the slots of each are numbered after those before it."""
    templates: list[str] = []
    values: tuple[Value, ...] = ()
    for part in parts:
        templates.append(_renumbered(part.template, len(values)))
        values += part.values
    return Prose(sign.join(templates), values)


def _renumbered(template: str, before: int) -> str:
    return re.sub(r"\{(\d+)\}", lambda slot: f"{{{int(slot[1]) + before}}}", template)


def listed(items: Sequence[Prose]) -> Prose:
    """Return `a, b and c`, for at least one item."""
    *first, last = items
    return joined_up(joined_up(*first, sign=", "), last, sign=" and ") if first else last
