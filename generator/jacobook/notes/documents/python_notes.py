"""Docstrings of Python files, in Markdown or in reStructuredText, and texts below an attribute that describe it.

What is assigned to `__doc__` is a docstring too. One that Python puts together when it runs (an f-string, a call of
`format`) cannot be read: where something is marked in it, a fault says so.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence

from jacobook.notes.documents.markdown_notes import add_markdown
from jacobook.notes.documents.marked import Document, DocumentError, SourceLine
from jacobook.notes.documents.restructured_notes import add_restructured
from jacobook.notes.documents.written_strings import Character, Lines, python_characters
from jacobook.notes.faults import Fault

_BETWEEN = re.compile(r"(?:\s|#.*|\\\r?\n)*")
"""What may stand between two strings that are one."""
_STRING = re.compile(
    r"(?P<prefix>[rRuU]*)(?P<quotes>\"\"\"|'''|\"|')(?P<inside>(?:\\.|(?!(?P=quotes))[^\\])*)(?P=quotes)", re.DOTALL
)
_NOT_PLAIN = {
    ast.JoinedStr: "an f-string is no docstring: Python keeps none of it, and so nothing in it is checked",
    ast.Constant: "bytes are no docstring: Python keeps none of them, and so nothing in them is checked",
}
_COMPUTED = "this docstring is put together when Python runs: what is marked is checked in a plain string alone"


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
    for string, is_assigned in _docstrings(tree):
        if isinstance(string, ast.Constant) and isinstance(string.value, str):
            _add(_dedented(_inside(text, lines, string, string.value)), document)
        elif _has_marks(string):
            message = _COMPUTED if is_assigned else _NOT_PLAIN[type(string)]
            place = lines.place(_offset(text, lines, string.lineno, string.col_offset))
            document.faults.append(Fault(*place, "input", message))
    document.marked.sort(key=lambda marked: marked.turn)
    return document


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.expr, bool]]:
    """Yield what stands where a docstring may stand, and whether it is assigned to `__doc__`."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str() | bytes()) | ast.JoinedStr()):
                yield node.value, False
            case ast.Assign(targets=[*targets]) if any(map(_is_doc, targets)):
                yield node.value, True
            case ast.AugAssign(target=target) if _is_doc(target):
                yield node.value, True
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _is_doc(target):
                yield value, True


def _is_doc(target: ast.expr) -> bool:
    return "__doc__" in (getattr(target, "id", None), getattr(target, "attr", None))


def _has_marks(string: ast.expr) -> bool:
    """Return whether something is marked in the strings of which an expression is made."""
    found = Document()
    values = [part.value for part in ast.walk(string) if isinstance(part, ast.Constant)]
    written = "".join(one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in values)
    _add(_dedented([SourceLine(line, 1) for line in written.split("\n")]), found)
    return bool(found.marked or found.faults)


def _add(found: Sequence[SourceLine], document: Document) -> None:
    add_markdown(found, document, indented_is_code=False)
    add_restructured(found, document)


def _inside(text: str, lines: Lines, string: ast.Constant, value: str) -> list[SourceLine]:
    """Return the lines of a string, with the places of their characters."""
    start = _offset(text, lines, string.lineno, string.col_offset)
    end = _offset(text, lines, string.end_lineno or string.lineno, string.end_col_offset or 0)
    characters, last = _characters(text, start, end)
    found = lines.placed(characters, last)
    if "\n".join(line.text for line in found) == value:
        return found
    return [SourceLine(line, string.lineno) for line in value.split("\n")]


def _characters(text: str, start: int, end: int) -> tuple[list[Character], int]:
    """Return the characters of one string, or of several in a row that are one, and where the last one ends."""
    characters: list[Character] = []
    last = start
    while start < end and (found := _STRING.match(text, start, end)):
        is_raw = "r" in found["prefix"].lower()
        characters += python_characters(text, *found.span("inside"), is_raw)
        last = found.end("inside")
        start = _BETWEEN.match(text, found.end(), end).end()  # type: ignore[union-attr]
    return characters, last


def _offset(text: str, lines: Lines, line: int, byte: int) -> int:
    """Return the place of a character in the file; columns of the tree count bytes."""
    start = lines.offset(line)
    return start + len(text[start : start + byte].encode()[:byte].decode())


def _dedented(found: Sequence[SourceLine]) -> list[SourceLine]:
    """Return the lines of a docstring without the spaces that all but the first have in front."""
    widths = [len(line.text) - len(line.text.lstrip()) for line in found[1:] if line.text.strip()]
    width = min(widths, default=0)
    return [found[0], *(line.part(min(width, len(line.text))) for line in found[1:])]
