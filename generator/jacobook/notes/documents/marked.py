"""What is marked in a document: the text of a fence, of an inline claim, of a formula, with the place of every line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults

Place = tuple[int, int]
"""Line and column, from 1."""
MarkedKind = Literal["fence", "claim", "given"]


class DocumentError(Exception):
    """A file that cannot be read at all; the message says why."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a document, or a part of one, and where it begins."""

    text: str
    line: int
    column: int = 1

    def part(self, start: int, end: int | None = None) -> SourceLine:
        """Return a part of the line."""
        return SourceLine(self.text[start:end], self.line, self.column + start)


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked text: a `fence` in YAML, a `claim` (an equation), or declarations that hold from here on (`given`)."""

    kind: MarkedKind
    lines: tuple[SourceLine, ...]

    @property
    def text(self) -> str:
        """Return the text; that of a claim on one line."""
        return ("\n" if self.kind == "fence" else " ").join(line.text for line in self.lines)

    def located(self, fault: Fault) -> Fault:
        """Return a fault of this text at its place in the document."""
        line, column = fault.line, fault.column
        if self.kind != "fence":
            line = 1
            while line < len(self.lines) and column > len(self.lines[line - 1].text) + 1:
                column -= len(self.lines[line - 1].text) + 1
                line += 1
        found = self.lines[min(line, len(self.lines)) - 1]
        return fault.moved(found.line, found.column + column - 1)


@dataclass(slots=True)
class Document:
    """What is marked in a file, in its order, and what is wrong with the marks themselves."""

    marked: list[Marked] = field(default_factory=list)
    defaults: NoteDefaults = field(default_factory=NoteDefaults)
    """What the front matter says for the whole file."""
    faults: list[Fault] = field(default_factory=list)


def source_lines(text: str) -> list[SourceLine]:
    """Return the lines of a file."""
    return [SourceLine(line.rstrip("\r"), number) for number, line in enumerate(text.split("\n"), 1)]
