"""reStructuredText: directives `.. jacobook::`, and the role `:jb:`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jacobook.notes.documents.marked import Document, Marked, SourceLine, joined_text, source_lines
from jacobook.notes.faults import Fault

_DIRECTIVE = re.compile(r"(?P<indent>\s*)\.\. jacobook::\s*(?P<behind>.*)$")
_LITERAL = re.compile(
    r"(?P<indent>\s*)(?:"
    r"\.\. (?:code|code-block|sourcecode|parsed-literal|literalinclude|raw|highlight|math|comment)::.*"
    r"|\.\.(?!\s*(?:[\w:+.-]+::|_|\[|\|)).*|(?!\.\.\s).*::)\s*$"
)
"""What is followed by text that is shown as it is, or not at all: blocks of code, comments, `::` at an end of line."""
_ROLE = re.compile(r":jb:`(?P<claim>[^`]+)`")
_LITERAL_TEXT = re.compile(r"``.+?``", re.DOTALL)


def read_restructured(text: str) -> Document:
    """Return what is marked in a file of reStructuredText."""
    document = Document()
    add_restructured(source_lines(text), document)
    document.marked.sort(key=lambda marked: marked.place)
    return document


def add_restructured(lines: Sequence[SourceLine], document: Document) -> None:
    """Add what is marked in these lines."""
    place = 0
    paragraph: list[SourceLine] = []
    while place < len(lines):
        line = lines[place]
        place += 1
        directive, literal = _DIRECTIVE.match(line.text), _LITERAL.match(line.text)
        if line.text.strip() and directive is None:
            paragraph.append(line)
        if not line.text.strip() or directive or literal:
            document.marked += _roles(paragraph)
            paragraph = []
        opening = directive or literal
        if opening is None:
            continue
        body = []
        while place < len(lines) and _is_inside(lines[place].text, len(opening["indent"])):
            body.append(lines[place])
            place += 1
        while body and not body[0].text.strip():  # as docutils does it: places are counted from the same line
            del body[0]
        while body and not body[-1].text.strip():
            del body[-1]
        if directive is not None and directive["behind"]:
            where = line.place(directive.start("behind"))
            said = "nothing stands behind `.. jacobook::`; the fence begins below it, after a blank line"
            document.faults.append(Fault(*where, "input", said))
        elif directive is not None:
            width = min((_indent(one.text) for one in body if one.text.strip()), default=0)
            marked = tuple(one.part(min(width, len(one.text))) for one in body)
            document.marked.append(Marked("fence", marked or (line.with_text(""),)))
    document.marked += _roles(paragraph)


def _roles(paragraph: Sequence[SourceLine]) -> list[Marked]:
    """Return the inline claims of a paragraph; one may go on in the next line."""
    if not any(":jb:`" in line.text for line in paragraph):
        return []
    whole = joined_text(paragraph)
    text = _LITERAL_TEXT.sub(lambda found: " " * len(found[0]), whole.text)
    return [
        Marked("claim", (whole.part(*role.span("claim")).with_text(role["claim"].replace("\n", " ")),))
        for role in _ROLE.finditer(text)
    ]


def _is_inside(text: str, indent: int) -> bool:
    return not text.strip() or _indent(text) > indent


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
