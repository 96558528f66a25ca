"""Docstrings of Python files, in Markdown or in reStructuredText."""

from __future__ import annotations

import ast
import re

from jacobook.notes.documents.markdown_notes import add_markdown
from jacobook.notes.documents.marked import Document, DocumentError, SourceLine, source_lines
from jacobook.notes.documents.restructured_notes import add_restructured

_QUOTES = re.compile(r"[rRuUbBfF]*(?P<quotes>\"\"\"|'''|\"|')")
_Described = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def read_python(text: str) -> Document:
    """Return what is marked in the docstrings of a file. Raises DocumentError where it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise DocumentError(f"is not Python: {error}") from error
    lines = source_lines(text)
    document = Document()
    for node in ast.walk(tree):
        if isinstance(node, _Described) and ast.get_docstring(node, clean=False) is not None:
            described = node.body[0]
            assert isinstance(described, ast.Expr)
            found = _inside(lines, described.value)
            add_markdown(found, document)
            add_restructured(found, document)
    document.marked.sort(key=lambda marked: (marked.lines[0].line, marked.lines[0].column))
    return document


def _inside(lines: list[SourceLine], string: ast.expr) -> list[SourceLine]:
    """Return the lines of a docstring as they stand in the file, without its quotes."""
    first, last = string.lineno - 1, (string.end_lineno or string.lineno) - 1
    # Columns of the tree count bytes.
    start = len(lines[first].text.encode()[: string.col_offset].decode())
    end = len(lines[last].text.encode()[: string.end_col_offset].decode())
    quotes = _QUOTES.match(lines[first].text, start)
    if quotes is None:
        return []
    found = [line.part(0) for line in lines[first : last + 1]]
    found[-1] = SourceLine(found[-1].text[: end - len(quotes["quotes"])], found[-1].line)
    found[0] = found[0].part(quotes.end())
    return found
