r"""The equations of a system in LaTeX, `\begin{aligned} L &= … \\ a &= … \end{aligned}`, one a line of a chain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from jacobook.language.errors.language_error import LanguageError

_SYSTEM = re.compile(
    r"\s*(?:\$\$?|\\\[|\\\()?\s*\\begin\{(?P<name>(?:align|aligned|gather|gathered|split|eqnarray|cases)\*?)\}"
    r"(?P<rows>.*?)\\end\{(?P=name)\}\s*(?:\$\$?|\\\]|\\\))?[\s.,;]*",
    re.DOTALL,
)
_ROW = re.compile(r"\\\\(?:\[[^\]]*\])?")
_SIGN = re.compile(r"\\begin\b|\\end\b|\\\\(?:\[[^\]]*\])?|[{}]", re.DOTALL)
_NUMBERING = re.compile(r"\\(?:label|tag)\*?\{[^}]*\}|\\no(?:number|tag)\b")
_LABEL = re.compile(r"(?:(?:&|\\q?quad\b)\s*)+\(\d+(?:\.\d+)*[a-z]?\)(?=[\s.,;$]*\Z)")
"""The number of an equation behind it, `\\quad (1.2)`, which is no factor."""
_COMMAND = re.compile(r"\\q?quad\b")
_ANY = re.compile(r"[^\n]")
_EQUATION = re.compile(r"[^=&]*[^=&\s:][^=&]*&?\s*:?=[^=]")


class Row(NamedTuple):
    """An equation with blanks for all that stands before it, so that its places are those of the text it is from."""

    text: str
    number: int
    """Which of the texts that is."""


def rows_of_systems(texts: Sequence[str]) -> list[Row]:
    """Return the texts with every system of equations as several; one whose rows go on with the row before stays."""
    return [Row(line, number) for number, text in enumerate(texts) for line in _lines(text)]


@contextmanager
def told_of(texts: Sequence[str], rows: Sequence[Row]) -> Iterator[None]:
    """Let an error about a row be one about the text that was given."""
    try:
        yield
    except LanguageError as error:
        name, _, place = error.origin.partition("[")
        if name == "expr" and place and int(place[:-1]) < len(rows):
            row = rows[int(place[:-1])]
            error.origin, error.source = f"expr[{row.number}]", texts[row.number]
        raise


def _lines(text: str) -> list[str]:
    found = _SYSTEM.fullmatch(text)
    if found is None:
        return [_LABEL.sub(_blank, text)] if _COMMAND.search(text) else [text]
    bounds = [(begin, end) for begin, end in _rows(text, *found.span("rows")) if text[begin:end].strip()]
    if len(bounds) < 2 or not all(_EQUATION.match(text[begin:end].strip()) for begin, end in bounds):
        return [text]
    return [_line(text, begin, end) for begin, end in bounds]


def _line(text: str, begin: int, end: int) -> str:
    row = _NUMBERING.sub(_blank, _without_marks(_LABEL.sub(_blank, text[begin:end])))
    return f"{_ANY.sub(' ', text[: begin - 1])}${row.rstrip('.,; ')}$"


def _blank(found: re.Match[str]) -> str:
    return _ANY.sub(" ", found[0])


def _without_marks(row: str) -> str:
    """Return a row without the signs by which rows are aligned; those in a matrix stand between its entries."""
    return "".join(" " if sign == "&" and not _is_inside(row[:place]) else sign for place, sign in enumerate(row))


def _is_inside(before: str) -> bool:
    return before.count("\\begin") > before.count("\\end")


def _rows(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the rows are, those of a matrix within left together."""
    depth = 0
    for sign in _SIGN.finditer(text, begin, end):
        depth += 1 if sign[0] in ("{", "\\begin") else -1 if sign[0] in ("}", "\\end") else 0
        if depth == 0 and _ROW.fullmatch(sign[0]):
            yield begin, sign.start()
            begin = sign.end()
    yield begin, end
