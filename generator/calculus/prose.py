"""Sentences for the margin: the reasons of several rules joined into one."""

from __future__ import annotations

import re

from generator.calculus.derivation import Prose, Value


def sentence(parts: list[Prose]) -> Prose:
    """Return the parts as one sentence, joined by semicolons, each part once, first letter in upper case."""
    texts: list[str] = []
    values: list[Value] = []
    for part in dict.fromkeys(parts):
        shift = len(values)
        texts.append(re.sub(r"\{(\d+)\}", lambda found, by=shift: f"{{{int(found[1]) + by}}}", part.template))
        values.extend(part.values)
    text = "; ".join(texts)
    return Prose(text[:1].upper() + text[1:] + ".", tuple(values))


def enumerate_values(values: list[Value], last: str = "and") -> Prose:
    """Return `{0}, {1} and {2}` over the values."""
    slots = [f"{{{position}}}" for position in range(len(values))]
    text = slots[0] if len(slots) == 1 else f"{', '.join(slots[:-1])} {last} {slots[-1]}"
    return Prose(text, tuple(values))
