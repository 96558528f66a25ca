"""What is marked in a document: the text of a fence, of an inline claim, of a formula, with the place of every line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from jacobook.notes.faults import Fault
from jacobook.notes.fences import AuthorLayout

Place = tuple[int, int]
"""Line and column, from 1."""
MarkedKind = Literal["fence", "claim", "given"]


class DocumentError(Exception):
    """A file that cannot be read at all; the message says why, `place` where."""

    def __init__(self, message: str, place: Place = (1, 1)) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a document, or a part of one, and where it begins."""

    text: str
    line: int
    column: int = 1
    places: tuple[Place, ...] = ()
    """Where each character is written, and where the text ends, if that is not one after the other (`\\\\` for one)."""

    def part(self, start: int, end: int | None = None) -> SourceLine:
        """Return a part of the line."""
        places = self.places[start : None if end is None else end + 1]
        return SourceLine(self.text[start:end], *self.place(start), places)

    def place(self, offset: int) -> Place:
        """Return where the character is written that has so many before it."""
        if self.places:
            return self.places[min(offset, len(self.places) - 1)]
        return self.line, self.column + offset

    def with_text(self, text: str) -> SourceLine:
        """Return another text of the same length, or a shorter one, at this place."""
        return SourceLine(text, self.line, self.column, self.places)


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked text: a `fence` in YAML, a `claim` (an equation), or declarations that hold from here on (`given`)."""

    kind: MarkedKind
    lines: tuple[SourceLine, ...]
    before: Place | None = None
    """Before what it holds, where it stands behind that."""

    @property
    def text(self) -> str:
        """Return the text; that of a claim on one line."""
        return ("\n" if self.kind == "fence" else " ").join(line.text for line in self.lines)

    @property
    def place(self) -> Place:
        """Return where the text begins."""
        return self.lines[0].place(0)

    @property
    def turn(self) -> Place:
        """Return where it has its turn among the marks of a document."""
        return self.before or self.place

    def located(self, fault: Fault) -> Fault:
        """Return a fault of this text at its place in the document."""
        number, column = min(fault.line, len(self.lines)), fault.column
        if self.kind != "fence":
            number = 1
            while number < len(self.lines) and column > len(self.lines[number - 1].text) + 1:
                column -= len(self.lines[number - 1].text) + 1
                number += 1
        found = self.lines[number - 1]
        line, first = found.place(column - 1)
        end = None if fault.end is None else found.place(column - 1 + fault.end - fault.column)
        return fault.moved(line, first, end[1] if end and end[0] == line else None)


@dataclass(slots=True)
class Document:
    """What is marked in a file, in its order, and what is wrong with the marks themselves."""

    marked: list[Marked] = field(default_factory=list)
    head: list[Marked] = field(default_factory=list)
    """What the front matter declares for the whole file."""
    layout: AuthorLayout | None = None
    """The layout that the front matter names."""
    faults: list[Fault] = field(default_factory=list)


def source_lines(text: str) -> list[SourceLine]:
    """Return the lines of a file."""
    return [SourceLine(line.rstrip("\r"), number) for number, line in enumerate(text.split("\n"), 1)]


def joined_text(lines: Sequence[SourceLine]) -> SourceLine:
    """Return lines as one text with ends of lines in it, of which every character knows its place."""
    places = tuple(line.place(offset) for line in lines for offset in range(len(line.text) + 1))
    return SourceLine("\n".join(line.text for line in lines), *lines[0].place(0), places)
