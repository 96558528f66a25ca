"""Sentences for the margin: the reasons of several rules joined into one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from jacobook.calculus.derivation import Prose, Value

ARGUMENTS = ("u", "s", "t", "v", "w", *(f"s{k}" for k in range(1, 100)))
"""Letters for the argument of a function in a sentence about it."""


def argument_letter(taken: Collection[str]) -> str:
    """Return a letter for the argument of a function in a sentence about it, not among the names taken."""
    return next(letter for letter in ARGUMENTS if letter not in taken)


def because(words: str, *values: Value) -> Prose:
    """Return a sentence with these values."""
    return Prose(words, values)


def with_name(name: Value, meaning: Value, reason: Prose) -> Prose:
    """Return the sentence behind what a name in it means: "With z = x/t: …"."""
    begun = reason.template[:1].lower() + reason.template[1:]
    return joined_prose(Prose("With {0} = {1}: ", (name, meaning)), Prose(begun, reason.values))


def sentence(parts: list[Prose]) -> Prose:
    """Return the parts as one sentence, joined by semicolons, each part once, first letter in upper case."""
    texts: list[str] = []
    values: list[Value] = []
    for part in dict.fromkeys(parts):
        texts.append(_shifted(part.template, len(values)))
        values.extend(part.values)
    text = "; ".join(texts)
    return Prose(f"{capitalised(text)}.", tuple(values))


def with_free_letters(words: str, taken: Collection[str]) -> str:
    """Return the words with other letters for the matrices A, B, H and V, where these names are taken."""

    def instead(letter: str) -> str:
        others: tuple[str, ...] = (*_SIMILAR[letter], *(f"{letter}{k}" for k in range(1, 99)))
        return next(other for other in others if other not in taken)

    return _MATRIX.sub(lambda found: instead(found[0]), words)


_MATRIX = re.compile("(?<![A-Za-z])[ABHV](?![a-z])")
_SIMILAR = {"A": "ARCP", "B": "BQSD", "H": "HEFJ", "V": "VWUY"}
"""What a letter is replaced by; no letter is in two rows, so that different ones stay different."""


_NUMERALS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def numeral(count: int) -> str:
    """Return a small count as prose has it, "three"; a greater one in digits."""
    return _NUMERALS[count - 2] if 2 <= count <= len(_NUMERALS) + 1 else str(count)


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case, unless it begins with a formula: `vec(V)`, `dv = …`."""
    return text if _FORMULA_FIRST.match(text) else text[:1].upper() + text[1:]


_FORMULA_FIRST = re.compile(r"\w+\(|\w{1,2} = |\w_|(?:vec|vech|log|diag|tr) ")


def joined_prose(first: Prose, second: Prose) -> Prose:
    """Return the second piece of a sentence right behind the first."""
    return Prose(first.template + _shifted(second.template, len(first.values)), (*first.values, *second.values))


def _shifted(template: str, by: int) -> str:
    return re.sub(r"\{(\d+)\}", lambda found: f"{{{int(found[1]) + by}}}", template)


def enumerate_values(values: Sequence[Value], last: str = "and") -> Prose:
    """Return `{0}, {1} and {2}` over the values."""
    return enumerate_prose([Prose("{0}", (value,)) for value in values], last)


def enumerate_prose(parts: Sequence[Prose], last: str = "and") -> Prose:
    """Return `a, b and c` over pieces of a sentence."""
    whole = parts[0]
    for place, part in enumerate(parts[1:], 2):
        between = f" {last} " if place == len(parts) else ", "
        whole = joined_prose(Prose(whole.template + between, whole.values), part)
    return whole
