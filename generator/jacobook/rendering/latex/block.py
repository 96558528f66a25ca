r"""Formulas with their reasons on a LaTeX page: nothing is wider than the column of `article` at 10 pt.

A reason stands at the right of its formula where both fit, and wraps there; beneath it where formulas are long. A
formula that is too long for a line becomes a paragraph, in which TeX finds the breaks: at signs, and between factors if
need be. Only commands of LaTeX itself and of amsmath are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jacobook.calculus.derivation import Prose
from jacobook.rendering.latex.width import (
    NAMES,
    NO_BREAK,
    OPERATIONS,
    PENALTY,
    RELATIONS,
    TOKEN,
    extent,
)
from jacobook.rendering.outline import Line
from jacobook.rendering.sentences import inline_math, prose_latex, value_latex

COLUMN = 345.0
"""The width of the text, in pt."""
_CAUTION = 1.06
"""Estimates are a little too small at worst."""
_GAP = 24.0
"""Room between a formula and its reason."""
_LEAST_REASON = 105.0
"""A reason in a narrower column is unreadable."""
_WIDE_LEFT = 60.0
"""Where reasons stand beneath, a wider left side has a line of its own."""
_SHORT_BRACKET = 0.3
"""Brackets up to this part of the line stay whole."""
_SIZES = ((1.0, ""), (0.9, r"\small"), (0.8, r"\footnotesize"), (0.7, r"\scriptsize"), (0.0, r"\tiny"))


def latex_block(block: Sequence[Line]) -> str:
    """Return the lines of a block, without those one level down, as an `align*` environment."""
    reasons = [(line.reason, *line.conditions) for line in block]
    left = max(_width(line.latex_left) for line in block)
    right = max(_width(f"={line.latex_right}") for line in block)
    room = COLUMN - left - right - _GAP
    widths = [_prose_width(reason) for reason in reasons]
    if room >= min(_LEAST_REASON, max(widths)):
        rows = [
            f"{_row(line)} && {_words(reason) if width <= room else _box(reason, room)}"
            for line, reason, width in zip(block, reasons, widths, strict=True)
        ]
    else:
        left = max((width for line in block if (width := _width(line.latex_left)) <= _WIDE_LEFT), default=0.0)
        room = COLUMN - left
        rows = [
            f"{_row(line, room, _WIDE_LEFT)} \\\\*\n&\\quad {_box(reason, min(room - _GAP, 0.7 * COLUMN))}"
            for line, reason in zip(block, reasons, strict=True)
        ]
    body = " \\\\\n".join(rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def latex_display(formula: str) -> str:
    """Return a formula on a line of its own, broken into lines where it is too long for one."""
    return f"\\[\n{formula if _width(formula) <= COLUMN else _paragraph(formula, COLUMN)}\n\\]"


def latex_sentence(sentence: Prose) -> str:
    """Return a sentence; one that takes several lines is not stretched to their full width."""
    return _ragged(prose_latex(sentence)) if _prose_width([sentence]) > COLUMN else prose_latex(sentence)


def latex_heading(line: Line) -> str:
    """Return the words above the lines one level down."""
    formula = line.latex_left or line.latex_right
    words = "In detail, for {}:"
    if _width(formula) + 5.0 * len(words) <= COLUMN:
        return words.format(inline_math(formula))
    return _ragged(words.format(inline_math(breakable(formula, 0.7 * COLUMN))))


def _ragged(paragraph: str) -> str:
    return rf"{{\raggedright {paragraph}\par}}"


def _row(line: Line, room: float = COLUMN, left: float = COLUMN) -> str:
    """Return the formula of a line, aligned at the sign of equality; a left side that is wider has its own line."""
    right = line.latex_right
    if _width(f"={right}") > room:
        right = _paragraph(right, room - _width("="))
    if _width(line.latex_left) > left:
        return rf"\lefteqn{{{line.latex_left}}} \\*" + f"\n&= {right}"
    return f"{line.latex_left} &= {right}".strip()


def _latex(sentences: Sequence[Prose]) -> str:
    return " ".join(prose_latex(sentence) for sentence in sentences)


def _words(sentences: Sequence[Prose]) -> str:
    return rf"\text{{{_latex(sentences)}}}"


def _box(sentences: Sequence[Prose], width: float) -> str:
    return rf"\parbox[t]{{{_part(width)}}}{{\raggedright {_latex(sentences)}}}"


def _part(width: float) -> str:
    r"""Return a width as a part of the line: `0.42\linewidth`, rounded down."""
    return rf"{int(100 * width / COLUMN) / 100:.2f}\linewidth"


def _width(formula: str) -> float:
    return _CAUTION * extent(formula).width


def _prose_width(sentences: Sequence[Prose]) -> float:
    """Return the width of sentences on one line."""
    formulas = sum(_width(value_latex(value) or "") for sentence in sentences for value in sentence.values)
    words = sum(
        len(sentence.template) + sum(len(value) for value in sentence.values if isinstance(value, str))
        for sentence in sentences
    )
    return formulas + 5.0 * words


def _paragraph(formula: str, width: float, place: str = "t", indent: float = 15.0) -> str:
    """Return a formula as a paragraph: TeX breaks it into lines, of which all but the first are indented."""
    broken = breakable(_with_narrow_matrices(formula, width - indent), width - indent)
    piece = _CAUTION * extent(broken).piece
    size = next(command for scale, command in _SIZES if scale * piece <= width - indent)
    settings = rf"\raggedright{size}\lineskiplimit=3pt\lineskip=4pt\hangindent={indent:.0f}pt\relax"
    paragraph = inline_math(r"\displaystyle " + broken)
    size_of_box = _part(width) if place == "t" else f"{width:.0f}pt"
    return rf"\parbox[{place}]{{{size_of_box}}}{{{settings} {paragraph}}}"


# --- Where a formula may be broken ------------------------------------------------------------------------------------


def breakable(formula: str, width: float) -> str:
    r"""Return the formula so that TeX breaks it at the right places, in lines of this width.

    Short brackets stay whole; long ones that grow (`\left( … \right)`) get a fixed size, since TeX never breaks
    between `\left` and `\right`. If pieces are still too wide, lines may end between factors too.
    """
    free = _Brackets(_with_signs_apart(TOKEN.findall(formula)), width)
    opened = "".join(free.tokens)
    if _CAUTION * extent(opened).piece <= width:
        return opened
    return _between_factors(free)


def _with_signs_apart(tokens: list[str]) -> list[str]:
    r"""Return the tokens with an empty group between a brace below and a sign.

    `\underbrace` makes an operator like `\sum`, and a sign behind one is no sign between two terms to TeX: it allows no
    break there, and sets no space.
    """
    written: list[str] = []
    for token in tokens:
        if token in OPERATIONS and _ends_with_brace(written):
            written.append("{}")
        written.append(token)
    return written


def _ends_with_brace(tokens: list[str]) -> bool:
    at = len(tokens) - 1
    while at >= 0 and tokens[at].isspace():
        at -= 1
    at = _without_scripts(tokens, at)
    return at > 0 and tokens[at] == "}" and tokens[_opening(tokens, at) - 1] == r"\underbrace"


class _Brackets:
    """The tokens of a formula whose long brackets are opened, and which of them stand outside of short ones."""

    def __init__(self, tokens: list[str], width: float) -> None:
        self.tokens = list(tokens)
        self.is_free = [True] * len(tokens)
        self.width = width
        self._open_range(0, len(tokens))

    def _open_range(self, start: int, end: int) -> None:
        place = start
        while place < end:
            close = _closing(self.tokens, place, end)
            if close is None:
                place += 1
                continue
            token = self.tokens[place]
            if token in ("{", r"\left") and (token == "{" or self._is_short(place, close)):
                self.is_free[place + 1 : close + 1] = [False] * (close - place)
            elif token == "(" and self._is_short(place, close):
                self._keep_whole(place, close)
            elif token.startswith(r"\begin"):
                self.is_free[place : close + 1] = [False] * (close + 1 - place)
            else:
                inside = place + 1
                if token == r"\left":
                    size = r"\bigg" if r"\frac" in self.tokens[place:close] else r"\big"
                    self.tokens[place], self.tokens[close] = f"{size}l", f"{size}r"
                    inside = place + 2
                self._open_range(inside, close)
            place = close + 1

    def _is_short(self, start: int, end: int) -> bool:
        return extent("".join(self.tokens[start : end + 2])).width <= _SHORT_BRACKET * self.width

    def _keep_whole(self, start: int, end: int) -> None:
        depth = 0
        for place in range(start + 1, end + 1):
            self.is_free[place] = False
            depth += (self.tokens[place] == "{") - (self.tokens[place] == "}")
            if not depth and self.tokens[place] in RELATIONS | OPERATIONS:
                self.tokens[place] += f"{NO_BREAK} "


def _closing(tokens: list[str], place: int, end: int) -> int | None:
    """Return where the bracket that opens here closes; None where none opens."""
    opening = tokens[place]
    closing = {"(": ")", "{": "}", r"\left": r"\right"}.get(opening) or (
        opening.replace("begin", "end") if opening.startswith(r"\begin") else None
    )
    if closing is None:
        return None
    depth = 0
    for at in range(place, end):
        depth += (tokens[at] == opening) - (tokens[at] == closing)
        if depth == 0:
            return at
    return None


_FACTORS = NAMES | {r"\boldsymbol", r"\operatorname", r"\frac", r"\tfrac", r"\mathrm", r"\sqrt", r"\left", r"\sum"}
_NO_FACTORS = NAMES | {r"\sum", r"\partial", r"\mathrm", r"\operatorname"}


def _between_factors(brackets: _Brackets) -> str:
    """Return the formula with a break allowed before every factor that begins outside of short brackets."""
    written: list[str] = []
    tokens = brackets.tokens
    for place, token in enumerate(tokens):
        if brackets.is_free[place] and _begins_factor(tokens, place) and _ends_factor(tokens, place):
            written.append(f"{PENALTY} ")
        written.append(token)
    return "".join(written)


def _begins_factor(tokens: list[str], place: int) -> bool:
    """Return whether a factor begins here; a bracket right behind a name holds its arguments."""
    token = tokens[place]
    if tokens[place - 1] in ("^", "_"):
        return False
    if token == "(":
        return tokens[place - 1] in (")", r"\,") or _without_scripts(tokens, place - 1) < place - 1
    return token in _FACTORS or (len(token) == 1 and token.isalpha())


def _ends_factor(tokens: list[str], place: int) -> bool:
    r"""Return whether a factor ends before this place, not a sign, `\sum`, the name of a function or the d of dx."""
    at = place - 1
    while at >= 0 and tokens[at] == r"\,":
        at -= 1
    at = _without_scripts(tokens, at)
    if at < 0:
        return False
    if tokens[at] == "}":
        return tokens[_opening(tokens, at) - 1] not in _NO_FACTORS
    return tokens[at] == ")" or (tokens[at] not in _NO_FACTORS and tokens[at].lstrip("\\").isalpha())


def _without_scripts(tokens: list[str], at: int) -> int:
    """Return where the base ends of what ends here with its scripts."""
    while at > 0:
        start = _opening(tokens, at) if tokens[at] == "}" else at
        if start < 1 or tokens[start - 1] not in ("^", "_"):
            return at
        at = start - 2
    return at


def _opening(tokens: list[str], at: int) -> int:
    """Return where the group opens that closes here."""
    depth = 0
    for place in range(at, -1, -1):
        depth += (tokens[place] == "}") - (tokens[place] == "{")
        if depth == 0:
            return place
    return 0


# --- Matrices ---------------------------------------------------------------------------------------------------------


def _with_narrow_matrices(formula: str, width: float) -> str:
    r"""Return the formula with each matrix that is too wide set in columns that fit, in which entries are broken."""
    tokens = TOKEN.findall(formula)
    place = 0
    while place < len(tokens):
        close = _closing(tokens, place, len(tokens)) if tokens[place].startswith(r"\begin") else None
        if close is None:
            place += 1
            continue
        matrix = "".join(tokens[place : close + 1])
        if _width(matrix) > width:
            rows = [_split(row, "&") for row in _split(tokens[place + 1 : close], r"\\")]
            tokens[place : close + 1] = [tokens[place], _narrow(rows, width - _MATRIX), tokens[close]]
            close = place + 2
        place = close + 1
    return "".join(tokens)


_MATRIX = 15.0
_COLUMN_GAP = 10.0


def _narrow(rows: list[list[str]], width: float) -> str:
    """Return the body of a matrix of this width; columns that are narrow already keep their width."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    room = width - _COLUMN_GAP * (len(widths) - 1)
    share = room / len(widths)
    narrow = [size for size in widths if size <= share]
    wide = len(widths) - len(narrow)
    share = (room - sum(narrow)) / max(wide, 1)
    written = []
    for row in rows:
        cells = [
            cell if size <= share or _width(cell) <= 12.0 else _paragraph(cell, share, "c", 5.0)
            for cell, size in zip(row, widths, strict=True)
        ]
        written.append(" & ".join(cells))
    return " " + " \\\\[3pt] ".join(written) + " "


def _split(tokens: list[str], at: str) -> list[Any]:
    r"""Return the tokens between those that are `at`, outside of groups: as lists for rows, as LaTeX for cells."""
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token == "{" or token.startswith(r"\begin")) - (token == "}" or token.startswith(r"\end"))
        if token == at and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if at == r"\\" else ["".join(part).strip() for part in parts]
