"""Notebooks: Markdown cells, and code cells that begin with `%%jacobook`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jacobook.notes.documents.markdown_notes import add_markdown
from jacobook.notes.documents.marked import Document, DocumentError, Marked, SourceLine

MAGIC = "%%jacobook"


def read_notebook(text: str) -> Document:
    """Return what is marked in a notebook. Raises DocumentError for a file that is none."""
    try:
        data = json.loads(text)
        cells = data["cells"]
        found = [(str(cell["cell_type"]), _source(cell)) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DocumentError(f"is no notebook: {error}") from error
    document = Document()
    finder = _Finder(text)
    for kind, source in found:
        lines = [finder.next(line) for line in source]
        if kind == "markdown":
            add_markdown(lines, document)
        elif kind == "code" and lines and lines[0].text.strip() == MAGIC:
            document.marked.append(Marked("fence", tuple(lines[1:]) or (lines[0],)))
    return document


def _source(cell: dict[str, Any]) -> list[str]:
    """Return the lines of a cell, each with the end that it has in the file."""
    source = cell["source"]
    return "".join(source).splitlines() if isinstance(source, list) else str(source).splitlines()


class _Finder:
    """Finds lines of cells in the file, one after the other: notebooks hold each as a text of JSON."""

    def __init__(self, text: str) -> None:
        self.text, self.place, self.line, self.counted = text, 0, 1, 0

    def next(self, line: str) -> SourceLine:
        """Return a line with its place in the file; that of the line before if it is not found."""
        for written in _written(line):
            place = self.text.find(written, self.place) if written else -1
            if place >= 0:
                self.place = place + len(written)
                self.line += self.text.count("\n", self.counted, place)
                self.counted = place
                return SourceLine(line, self.line, place - self.text.rfind("\n", 0, place))
        return SourceLine(line, self.line, 1)


def _written(line: str) -> Iterator[str]:
    """Yield the ways in which JSON may have a text, without its quotes."""
    for is_ascii in (False, True):
        yield json.dumps(line, ensure_ascii=is_ascii)[1:-1]
