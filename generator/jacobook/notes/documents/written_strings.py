r"""Texts as programs write them, with the place of every character: `"\\frac"` has six between its quotes."""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from jacobook.notes.documents.marked import Place, SourceLine

_JSON = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[^\\]", re.DOTALL)
_PYTHON = re.compile(
    r"\\(?:\n|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|N\{[^}]*\}|[abfnrtv\\'\"])|.", re.DOTALL
)
Character = tuple[str, int]
"""A character, and where in the file it is written."""


class Lines:
    """The lines of a file, by which a place in it is found."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, offset: int) -> Place:
        """Return line and column of a character of the file."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, line: int) -> int:
        """Return where a line begins, from 1."""
        return self.starts[line - 1]

    def placed(self, characters: Iterable[Character], end: int) -> list[SourceLine]:
        """Return characters as lines; `end` is where the text ends in the file."""
        found: list[SourceLine] = []
        line: list[Character] = []
        for character, offset in [*characters, ("\n", end)]:
            if character != "\n":
                line.append((character, offset))
                continue
            places = tuple(self.place(one) for one in (*(at for _, at in line), offset))
            found.append(SourceLine("".join(one for one, _ in line), *places[0], places))
            line = []
        return found


def json_characters(text: str, start: int, end: int) -> Iterator[Character]:
    """Yield the characters of a string of JSON that stands between its quotes."""
    for found in _JSON.finditer(text, start, end):
        written = found[0]
        yield json.loads(f'"{written}"', strict=False) if written[0] == "\\" else written, found.start()


def python_characters(text: str, start: int, end: int, is_raw: bool) -> Iterator[Character]:
    """Yield the characters of a Python string that stands between its quotes."""
    if is_raw:
        yield from zip(text[start:end], range(start, end), strict=True)
        return
    for found in _PYTHON.finditer(text, start, end):
        written = found[0]
        for character in _meant(written):
            yield character, found.start()


def _meant(written: str) -> str:
    if written == "\\\n":
        return ""
    return str(ast.literal_eval(f'"{written}"')) if len(written) > 1 else written
