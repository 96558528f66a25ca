r"""The equations of a system in LaTeX, `\begin{aligned} L &= … \\ a &= … \end{aligned}`, one a line of a chain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
_EQUATION = re.compile(r"[^=&]*[^=&\s:][^=&]*&?\s*:?=[^=]")


def lines_of_systems(texts: Sequence[str]) -> list[str]:
    """Return the texts with every system of equations as several; one whose rows go on with the row before stays."""
    return [line for text in texts for line in _lines(text)]


def _lines(text: str) -> list[str]:
    found = _SYSTEM.fullmatch(text)
    rows = [row for row in _rows(found["rows"]) if row.strip()] if found is not None else []
    if found is None and _COMMAND.search(text):
        return [_LABEL.sub("", text)]
    if len(rows) < 2 or not all(_EQUATION.match(row.strip()) for row in rows):
        return [text]
    rows = [_LABEL.sub("", row) for row in rows]
    return [f"${_NUMBERING.sub(' ', _without_marks(row)).strip().rstrip('.,; ')}$" for row in rows]


def _without_marks(row: str) -> str:
    """Return a row without the signs by which rows are aligned; those in a matrix stand between its entries."""
    return "".join(" " if sign == "&" and not _is_inside(row[:place]) else sign for place, sign in enumerate(row))


def _is_inside(before: str) -> bool:
    return before.count("\\begin") > before.count("\\end")


def _rows(inside: str) -> Iterator[str]:
    """Yield the rows, those of a matrix within left together."""
    depth, begin = 0, 0
    for sign in _SIGN.finditer(inside):
        depth += 1 if sign[0] in ("{", "\\begin") else -1 if sign[0] in ("}", "\\end") else 0
        if depth == 0 and _ROW.fullmatch(sign[0]):
            yield inside[begin : sign.start()]
            begin = sign.end()
    yield inside[begin:]
