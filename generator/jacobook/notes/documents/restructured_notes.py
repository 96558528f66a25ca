"""reStructuredText: directives `.. jacobook::`, and the role `:jb:`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jacobook.notes.documents.marked import Document, Marked, SourceLine, source_lines

_DIRECTIVE = re.compile(r"(?P<indent>\s*)\.\. jacobook::\s*$")
_ROLE = re.compile(r":jb:`(?P<claim>[^`]+)`")


def read_restructured(text: str) -> Document:
    """Return what is marked in a file of reStructuredText."""
    document = Document()
    add_restructured(source_lines(text), document)
    return document


def add_restructured(lines: Sequence[SourceLine], document: Document) -> None:
    """Add what is marked in these lines."""
    place = 0
    while place < len(lines):
        line = lines[place]
        directive = _DIRECTIVE.match(line.text)
        place += 1
        if directive is None:
            for role in _ROLE.finditer(line.text):
                document.marked.append(Marked("claim", (line.part(role.start("claim"), role.end("claim")),)))
            continue
        body = []
        while place < len(lines) and _is_inside(lines[place].text, len(directive["indent"])):
            body.append(lines[place])
            place += 1
        width = min((_indent(one.text) for one in body if one.text.strip()), default=0)
        marked = tuple(one.part(min(width, len(one.text))) for one in body)
        document.marked.append(Marked("fence", marked or (line,)))


def _is_inside(text: str, indent: int) -> bool:
    return not text.strip() or _indent(text) > indent


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
