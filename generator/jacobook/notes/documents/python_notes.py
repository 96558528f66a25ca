"""Docstrings of Python files, in Markdown or in reStructuredText, and texts below an attribute that describe it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

from jacobook.notes.documents.markdown_notes import add_markdown
from jacobook.notes.documents.marked import Document, DocumentError, SourceLine
from jacobook.notes.documents.restructured_notes import add_restructured
from jacobook.notes.documents.written_strings import Lines, python_characters

_QUOTES = re.compile(r"(?P<prefix>[rRuU]*)(?P<quotes>\"\"\"|'''|\"|')")


def read_python(text: str) -> Document:
    """Return what is marked in the docstrings of a file. Raises DocumentError where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that mean nothing: `"\top"` is no concern of ours
            tree = ast.parse(text)
    except SyntaxError as error:
        place = (error.lineno or 1, max(error.offset or 1, 1))
        raise DocumentError(f"is not Python: {error.msg}", place) from error
    except ValueError as error:
        raise DocumentError(f"is not Python: {error}") from error
    except (RecursionError, MemoryError) as error:  # so the reader of Python says that its stack is full
        raise DocumentError("cannot be read: an expression in it is nested too deeply") from error
    document = Document()
    lines = Lines(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found = _dedented(_inside(text, lines, node.value, node.value.value))
            add_markdown(found, document, indented_is_code=False)
            add_restructured(found, document)
    document.marked.sort(key=lambda marked: marked.turn)
    return document


def _inside(text: str, lines: Lines, string: ast.Constant, value: str) -> list[SourceLine]:
    """Return the lines of a string, with the places of their characters."""
    start = _offset(text, lines, string.lineno, string.col_offset)
    end = _offset(text, lines, string.end_lineno or string.lineno, string.end_col_offset or 0)
    quotes = _QUOTES.match(text, start)
    if quotes is not None:
        is_raw = "r" in quotes["prefix"].lower()
        end -= len(quotes["quotes"])
        found = lines.placed(python_characters(text, quotes.end(), end, is_raw), end)
        if "\n".join(line.text for line in found) == value:
            return found
    # Several strings, one after the other, are one.
    return [SourceLine(line, string.lineno) for line in value.split("\n")]


def _offset(text: str, lines: Lines, line: int, byte: int) -> int:
    """Return the place of a character in the file; columns of the tree count bytes."""
    start = lines.offset(line)
    return start + len(text[start : start + byte].encode()[:byte].decode())


def _dedented(found: Sequence[SourceLine]) -> list[SourceLine]:
    """Return the lines of a docstring without the spaces that all but the first have in front."""
    widths = [len(line.text) - len(line.text.lstrip()) for line in found[1:] if line.text.strip()]
    width = min(widths, default=0)
    return [found[0], *(line.part(min(width, len(line.text))) for line in found[1:])]
