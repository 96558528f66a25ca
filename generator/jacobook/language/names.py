"""Names as they are written, their one spelling, and the nearest known name to an unknown one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from difflib import get_close_matches
from operator import ne

_FIRST = "A-Za-zΑ-Ωα-ωϑϕϖϱϵµ∆ℎ𝐀-𝟉"
NAME = re.compile(f"[{_FIRST}][{_FIRST}0-9_₀-₉]*")
"""A name as people type it; grammar.lark has the same pattern."""

_WORDS = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau
upsilon phi chi psi omega"""
GREEK_LETTERS = _WORDS.split()
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", GREEK_LETTERS, strict=True))
_GREEK |= dict(zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", (letter.capitalize() for letter in GREEK_LETTERS), strict=True))
_GREEK |= {"ς": "varsigma", "∆": "Delta"}


def canonical_name(name: str) -> str:
    """Return the one spelling of a name: `σ` is `sigma`, `x₁` is `x1`, `Δx` is `Delta_x`.

    A Greek letter and its English name are the same name (both code points of µ are `mu`), so that all other
    rooms see ASCII only. A name without such a spelling keeps its foreign letters: `is_name` is then false.
    """
    if name.isascii():
        return name
    spelling, after_greek = "", False
    for character in unicodedata.normalize("NFKC", name):
        word = _GREEK.get(character, character)
        is_greek = character in _GREEK
        if spelling and ((is_greek and spelling[-1].isalpha()) or (after_greek and character.isalpha())):
            spelling += "_"
        spelling += word
        after_greek = is_greek
    return spelling


def differential_names(name: str) -> tuple[str, ...]:
    """Return how the differential of a variable may be written: `dX`; for mu also `d_mu`, the spelling of dμ."""
    is_greek = re.split(r"[_0-9]", name)[0].lower() in GREEK_LETTERS
    return (f"d{name}", f"d_{name}") if is_greek else (f"d{name}",)


def is_name(name: str) -> bool:
    """Return whether a canonical spelling is a name: an ASCII letter, then letters, digits, underscores."""
    return name.isascii() and NAME.fullmatch(name) is not None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like this one, or None if none is near."""
    names = list(dict.fromkeys(known))
    for candidate in names:
        if candidate.lower() == name.lower():
            return candidate
    close = get_close_matches(name[:50], names, n=1, cutoff=0.6)
    return close[0] if close else None


LONGEST_PRODUCT = 12
"""How many characters a word may have that is read as a product of names."""
SHORTEST_MISSPELLING = 5
"""Shorter words are other words when a letter differs: pinv and inv, cov and cos, expm and exp, gelu and relu."""


def misspelt(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that somebody meant who wrote this one by a slip of the pen, or None.

    Words that are merely alike mean different things (`sqrtm` and `sqrt`, `slogdet` and `logdet`, `antisymmetric` and
    `symmetric`). A slip is another case, an underscore or a hyphen, two letters that changed places, a letter typed
    twice; in a longer word also one letter that is wrong, missing or too many, but not a letter put before or behind
    the whole word, nor another first letter or digit. Between two that differ in one letter nobody can tell.
    """
    plain = _plain(word[:50])
    names = list(dict.fromkeys(known))
    for candidate in names:
        if _plain(candidate) == plain:
            return candidate
    slips = [candidate for candidate in names if _is_slip(plain, _plain(candidate))]
    return (
        slips[0] if slips and not any(_differ_in_one_letter(_plain(slips[0]), _plain(s)) for s in slips[1:]) else None
    )


def _differ_in_one_letter(word: str, other: str) -> bool:
    return len(word) == len(other) and sum(map(ne, word, other)) == 1


def _plain(word: str) -> str:
    return re.sub(r"[_-]", "", word.lower())


def _is_slip(word: str, meant: str) -> bool:
    """Return whether one word is the other with one slip."""
    if re.findall(r"[0-9]", word) != re.findall(r"[0-9]", meant) or min(len(word), len(meant)) < 2:
        return False
    longer = len(word) - len(meant)
    same = next(
        (k for k, pair in enumerate(zip(word, meant, strict=False)) if pair[0] != pair[1]), min(len(word), len(meant))
    )
    if longer == 0:
        swapped = meant[:same] + meant[same + 1 : same + 2] + meant[same : same + 1] + meant[same + 2 :]
        wrong = same > 0 and len(word) >= SHORTEST_MISSPELLING and word[same + 1 :] == meant[same + 1 :]
        return word == swapped or wrong
    if longer == 1 and word[:same] + word[same + 1 :] == meant:
        twice = word[same - 1 : same] == word[same : same + 1]
        return twice or (0 < same < len(meant) and len(meant) >= SHORTEST_MISSPELLING)
    return longer == -1 and meant[:same] + meant[same + 1 :] == word and len(word) >= SHORTEST_MISSPELLING


def as_product(word: str, known: Container[str]) -> list[str] | None:
    """Return the names that a word is put together of, `A` and `x` for `Ax`; None if it is not, or in several ways.

    The word is as it was typed; a letter of the Greek alphabet that is spelled in English is no product.
    """
    if len(word) > LONGEST_PRODUCT or word.lower() in GREEK_LETTERS:
        return None
    ways: list[list[list[str]]] = [[[]]]
    for end in range(1, len(word) + 1):
        pieces = ((begin, word[begin:end]) for begin in range(end))
        found = [[*way, piece] for begin, piece in pieces if canonical_name(piece) in known for way in ways[begin]]
        ways.append(found[:2])
    return ways[-1][0] if len(ways[-1]) == 1 and len(ways[-1][0]) > 1 else None


def in_backquotes(items: Iterable[str], conjunction: str = "and") -> str:
    """Return `a`, `a and b` or `a, b and c`, each item in backquotes."""
    quoted = [f"`{item}`" for item in items]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {conjunction} {quoted[-1]}"
