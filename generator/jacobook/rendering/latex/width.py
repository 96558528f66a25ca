r"""How wide LaTeX formulas are when they are typeset, and how wide what cannot be broken into lines is.

An estimate from the widths of Computer Modern at 10 pt, a few per cent on the wide side. It decides where a formula and
its reason stand (see `latex_block`); the tests compare it with what TeX measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from jacobook.algebra.elementwise import ELEMENTWISE

TOKEN = re.compile(r"\\penalty900|\\begin\{\w+\}|\\end\{\w+\}|\\[A-Za-z]+|\\.|.", re.DOTALL)
_SCRIPT = 0.72
_LIMITS = frozenset((r"\sum", r"\prod"))
_SPACES = {r"\,": 1.7, r"\:": 2.3, r"\;": 2.8, r"\ ": 3.4, r"\!": -1.7, r"\quad": 10.0, "~": 3.4}
NO_BREAK, PENALTY = r"\nobreak", r"\penalty900"
"""What forbids a break after a sign, and what allows one where there is no sign."""
RELATIONS = frozenset("=<>") | frozenset(
    (r"\in", r"\to", r"\colon", r"\mapsto", r"\approx", r"\leq", r"\geq", r"\le", r"\ge", r"\ne", r"\neq")
)
OPERATIONS = frozenset("+-*") | frozenset(
    (r"\times", r"\cdot", r"\otimes", r"\odot", r"\oslash", r"\ast", r"\circ", r"\pm")
)
NAMES = frozenset((r"\det", r"\max", r"\min", r"\lim", *(rf"\{row.name}" for row in ELEMENTWISE.values() if row.tex)))
_NARROW = {"(": 4.0, ")": 4.0, "[": 2.9, "]": 2.9, ",": 4.6, ".": 2.9, "'": 3.0, "/": 5.0, "!": 2.9, "|": 2.9}
_FENCES = {r"\lVert": 5.1, r"\rVert": 5.1, r"\lvert": 2.9, r"\rvert": 2.9, r"\langle": 4.0, r"\rangle": 4.0}
_WIDE = {
    r"\ldots": 13.0,
    r"\cdots": 13.0,
    r"\dots": 13.0,
    r"\ddots": 13.0,
    r"\vdots": 4.0,
    r"\nabla": 8.5,
    r"\partial": 5.9,
}
_STYLES = {
    r"\boldsymbol": 1.16,
    r"\mathbf": 1.16,
    r"\mathrm": 1.0,
    r"\mathbb": 1.0,
    r"\operatorname": 1.0,
    r"\text": 1.0,
}
_LETTERS = {"m": 8.6, "w": 7.2, "M": 10.2, "W": 10.2, "i": 3.6, "j": 4.2, "l": 3.2}
_TALL_FENCE = 7.5
BIG = frozenset((r"\bigl", r"\bigr", r"\biggl", r"\biggr"))


@dataclass(slots=True)
class Extent:
    """The width of a formula in pt, and of its widest piece between two places where a line may end."""

    width: float = 0.0
    piece: float = 0.0
    _open: float = 0.0
    """The width of the piece that goes on."""

    def add(self, width: float) -> None:
        """Append something that cannot be broken."""
        self.width += width
        self._open += width
        self.piece = max(self.piece, self._open)

    def end_line(self) -> None:
        """Allow a line to end here."""
        self._open = 0.0


@lru_cache(maxsize=10_000)
def extent(latex: str) -> Extent:
    """Return the extent of a formula at 10 pt, in display style."""
    return _sequence(_Tokens(latex), frozenset())


class _Tokens:
    """The tokens of a formula, one after the other."""

    def __init__(self, latex: str) -> None:
        self.tokens: Iterator[str] = (token for token in TOKEN.findall(latex) if not token.isspace())
        self.next = next(self.tokens, "")

    def take(self) -> str:
        token, self.next = self.next, next(self.tokens, "")
        return token


def _group(tokens: _Tokens) -> float:
    """Return the width of the argument that comes next: a group or one token."""
    if tokens.next != "{":
        return _atom(tokens, tokens.take()) if tokens.next else 0.0
    tokens.take()
    width = _sequence(tokens, frozenset("}")).width
    tokens.take()
    return width


def _sequence(tokens: _Tokens, ends: frozenset[str]) -> Extent:
    """Return the extent of what comes up to one of the ends, which is left."""
    found = Extent()
    begins = True
    while tokens.next and tokens.next not in ends:
        token = tokens.take()
        if token == PENALTY:
            found.end_line()
            continue
        if token in RELATIONS or (token in OPERATIONS and not begins):
            found.add(13.4 if token in RELATIONS else 12.3)
            if tokens.next == NO_BREAK:
                tokens.take()
            else:
                found.end_line()
            begins = True
            continue
        found.add(_atom(tokens, token) + _scripts(tokens, token))
        begins = token in ("(", "[") or token in _SPACES
    return found


def _scripts(tokens: _Tokens, base: str) -> float:
    """Return the width of the scripts that come next; the wider one counts, and limits count little."""
    widths = [0.0]
    while tokens.next in ("^", "_"):
        tokens.take()
        widths.append(_SCRIPT * _group(tokens) + 0.6)
    return max(0.0, max(widths) - 14.4) if base in _LIMITS else max(widths)


def _atom(tokens: _Tokens, token: str) -> float:
    """Return the width of one thing that cannot be broken, without its scripts."""
    if token == "{":
        width = _sequence(tokens, frozenset("}")).width
        tokens.take()
        return width
    if token in (r"\frac", r"\tfrac", r"\dfrac"):
        scale = _SCRIPT if token == r"\tfrac" else 1.0
        return scale * max(_group(tokens), _group(tokens)) + 2.5
    if token == r"\sqrt":
        return _group(tokens) + 9.0
    if token in (r"\boxed", r"\hphantom"):
        return _group(tokens) + 7.0
    if token == r"\underbrace":
        width = _group(tokens)
        if tokens.next == "_":
            tokens.take()
            return max(width, _SCRIPT * _group(tokens))
        return width
    if token in BIG:
        tokens.take()
        return _TALL_FENCE
    if token == r"\left":
        return _left(tokens)
    if token.startswith(r"\begin"):
        return _matrix(tokens)
    if token == r"\parbox":
        return _box(tokens)
    if token in _STYLES:
        return _styled(tokens, token)
    return _character(token)


def _left(tokens: _Tokens) -> float:
    """Return the width of what stands between two fences that grow."""
    opening = tokens.take()
    inside = _sequence(tokens, frozenset((r"\right",))).width
    tokens.take()
    closing = tokens.take()
    return inside + sum(1.2 if fence == "." else _TALL_FENCE for fence in (opening, closing))


def _matrix(tokens: _Tokens) -> float:
    """Return the width of a matrix, its opening taken already."""
    columns: list[float] = []
    place = 0
    while tokens.next:
        width = _sequence(tokens, frozenset(("&", r"\\", r"\end{bmatrix}", r"\end{array}", r"\end{cases}"))).width
        if place == len(columns):
            columns.append(0.0)
        columns[place] = max(columns[place], width)
        end = tokens.take()
        if end.startswith(r"\end"):
            break
        place = 0 if end == r"\\" else place + 1
    return sum(columns) + 10.0 * (len(columns) - 1) + 11.0


def _box(tokens: _Tokens) -> float:
    r"""Return the width of `\parbox[c]{80pt}{…}`, which says it."""
    while tokens.take() != "{":
        pass
    number = ""
    while tokens.next != "}":
        number += tokens.take()
    tokens.take()
    _group(tokens)
    return float(number.removesuffix("pt"))


def _styled(tokens: _Tokens, token: str) -> float:
    width = _group(tokens) * _STYLES[token]
    return width + 1.7 if token == r"\operatorname" else width


def _character(token: str) -> float:
    if token in _SPACES:
        return _SPACES[token]
    if token in NAMES:
        return 5.2 * (len(token) - 1) + 1.7
    if token in _LIMITS:
        return 16.2
    for table in (_NARROW, _FENCES, _WIDE):
        if token in table:
            return table[token]
    if token in OPERATIONS:
        return 7.8
    if token.startswith("\\"):
        return 7.8 if token[1:2].isupper() or token == r"\top" else 6.0
    return _LETTERS.get(token, 8.0 if token.isupper() else 5.3)
