"""Notebooks: Markdown cells, and code cells that begin with `%%jacobook`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import dropwhile

from jacobook.notes.documents.markdown_notes import add_markdown
from jacobook.notes.documents.marked import Document, DocumentError, Marked, SourceLine
from jacobook.notes.documents.written_strings import Character, Lines, json_characters
from jacobook.notes.faults import Fault

MAGIC = "%%jacobook"
MAGIC_ALONE = f"{MAGIC} stands alone on its line, and the fence below it"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
Path = tuple[str | int, ...]


def read_notebook(text: str) -> Document:
    """Return what is marked in a notebook. Raises DocumentError for a file that is none."""
    kinds = _kinds_of_cells(text)
    document = Document()
    for kind, lines in zip(kinds, _sources(text, len(kinds)), strict=True):
        if kind == "markdown" and lines:
            add_markdown(lines, document)
        elif kind == "code":
            _add_cell(lines, document)
    return document


def _kinds_of_cells(text: str) -> list[str]:
    """Return the type of each cell. Raises DocumentError."""
    try:
        data = json.loads(text)
        if "worksheets" in data:
            raise DocumentError("is a notebook of format 3: saved by Jupyter as it is now, it can be read")
        return [str(cell["cell_type"]) for cell in data["cells"]]
    except json.JSONDecodeError as error:
        said = error.msg if text.strip() else "it is empty"
        raise DocumentError(f"is no notebook: {said}", (error.lineno, error.colno)) from error
    except (KeyError, TypeError) as error:
        raise DocumentError("is no notebook: it has no list of cells, each with its type") from error
    except RecursionError as error:
        raise DocumentError("is no notebook: it is nested too deeply") from error


def _add_cell(lines: list[SourceLine], document: Document) -> None:
    """Add a cell of code that begins with the magic; blank lines may stand before it, as in IPython."""
    body = [*dropwhile(lambda line: not line.text.strip(), lines)]
    magic, _, behind = body[0].text.partition(" ") if body else ("", "", "")
    if magic.rstrip() == MAGIC and behind.strip():
        where = body[0].place(len(body[0].text) - len(behind.lstrip()))
        document.faults.append(Fault(*where, "input", MAGIC_ALONE))
    elif magic.rstrip() == MAGIC:
        document.marked.append(Marked("fence", tuple(body[1:]) or (body[0].with_text(""),)))


def _sources(text: str, cells: int) -> list[list[SourceLine]]:
    """Return the lines of every cell, each character with its place in the file."""
    characters: list[list[Character]] = [[] for _ in range(cells)]
    ends = [0] * cells
    for path, start, end in _strings(text):
        if len(path) >= 3 and path[0] == "cells" and isinstance(path[1], int) and path[2] == "source":
            characters[path[1]] += json_characters(text, start, end)
            ends[path[1]] = end
    lines = Lines(text)
    return [lines.placed(found, end) if found else [] for found, end in zip(characters, ends, strict=True)]


def _strings(text: str) -> Iterator[tuple[Path, int, int]]:
    """Yield the strings of a file of JSON that are values: the keys above each, and where it begins and ends."""
    path: list[str | int] = []
    is_key = False
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "{":
                path.append("")
                is_key = True
            case "[":
                path.append(0)
                is_key = False
            case "}" | "]":
                path.pop()
            case ":":
                is_key = False
            case ",":
                last = path[-1]
                is_key = isinstance(last, str)
                path[-1] = last if isinstance(last, str) else last + 1
            case _ if is_key:
                path[-1] = json.loads(token[0], strict=False)
            case _:
                yield tuple(path), token.start() + 1, token.end() - 1
