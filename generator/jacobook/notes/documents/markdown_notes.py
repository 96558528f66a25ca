"""Markdown: fences named `jacobook`, code spans that begin with `#!jb`, and the front matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from jacobook.notes.documents.marked import Document, Marked, SourceLine, source_lines
from jacobook.notes.documents.marked_formulas import marked_formulas
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.yaml_fields import FieldError, fields_in

_OPENING = re.compile(r"(?P<prefix>[ \t>]*)(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$")
_OURS = re.compile(r"\s*\{?\s*\.?jacobook\s*\}?\s*$")
_SPAN = re.compile(r"(?<![\\`])(?P<mark>`+)(?!`)(?P<text>.+?)(?<!`)(?P=mark)(?!`)")
_INLINE = re.compile(r"\s*#!jb\s+(?P<claim>.*\S)\s*")
_FRONT = re.compile(r"---[ \t]*$")


class FrontMatter(BaseModel):
    """What of the head of a file is ours."""

    jacobook: NoteDefaults = NoteDefaults()


@dataclass(frozen=True, slots=True)
class FoundFence:
    """A fence of ours: the numbers of its lines from the opening to behind the closing one, and what is in it."""

    start: int
    stop: int
    prefix: str
    marked: Marked
    closed: bool


def read_markdown(text: str) -> Document:
    """Return what is marked in a Markdown file."""
    lines = source_lines(text)
    document = Document()
    body = _front_matter(lines, document)
    add_markdown(lines[body:], document)
    return document


def add_markdown(lines: Sequence[SourceLine], document: Document) -> None:
    """Add what is marked in these lines."""
    plain: list[SourceLine] = []

    def flush() -> None:
        for line in plain:
            document.marked += [Marked("claim", (span,)) for span in claim_spans(line)]
        document.marked += marked_formulas(plain, document.faults)
        plain.clear()

    for item in _walked(lines):
        if isinstance(item, SourceLine):
            plain.append(item)
            continue
        flush()
        if item.closed:
            document.marked.append(item.marked)
        else:
            place = lines[item.start]
            document.faults.append(Fault(place.line, place.column, "input", "the fence is not closed"))
    flush()
    document.marked.sort(key=lambda marked: (marked.lines[0].line, marked.lines[0].column) if marked.lines else (0, 0))


def fences_in(lines: Sequence[SourceLine]) -> list[FoundFence]:
    """Return the fences of ours, in their order."""
    return [item for item in _walked(lines) if isinstance(item, FoundFence)]


def claim_spans(line: SourceLine) -> list[SourceLine]:
    """Return the inline claims of a line, without the marks around them."""
    found = []
    for span in _SPAN.finditer(line.text):
        ours = _INLINE.fullmatch(span["text"])
        if ours:
            start = span.start("text") + ours.start("claim")
            found.append(line.part(start, start + len(ours["claim"])))
    return found


def _walked(lines: Sequence[SourceLine]) -> list[SourceLine | FoundFence]:
    """Return the lines outside of fences and comments, and the fences of ours."""
    found: list[SourceLine | FoundFence] = []
    place = 0
    while place < len(lines):
        opening = _OPENING.match(lines[place].text)
        if opening is not None:
            stop = _stop(lines, place + 1, opening["mark"])
            if _OURS.match(opening["info"]):
                found.append(_fence(lines, place, stop, opening["prefix"]))
                place = min(stop, len(lines) - 1) + 1
                continue
            if stop < len(lines):
                place = stop + 1
                continue
        elif lines[place].text.lstrip().startswith("<!--"):
            place = _behind(lines, place, lambda line: "-->" in line.text)
            continue
        found.append(lines[place])
        place += 1
    return found


def _stop(lines: Sequence[SourceLine], start: int, mark: str) -> int:
    """Return which line closes the fence that opens with this mark; the number of lines if none does."""
    closing = re.compile(rf"[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    return next((place for place in range(start, len(lines)) if closing.match(lines[place].text)), len(lines))


def _behind(lines: Sequence[SourceLine], start: int, ends: Callable[[SourceLine], bool]) -> int:
    """Return the line behind the first one that ends something; the number of lines if none does."""
    return next((place + 1 for place in range(start, len(lines)) if ends(lines[place])), len(lines))


def _fence(lines: Sequence[SourceLine], start: int, stop: int, prefix: str) -> FoundFence:
    body = tuple(_without_prefix(line, prefix) for line in lines[start + 1 : stop])
    return FoundFence(
        start, stop + 1, prefix, Marked("fence", body or (lines[start].part(len(prefix)),)), stop < len(lines)
    )


def _without_prefix(line: SourceLine, prefix: str) -> SourceLine:
    """Return a line of a fence without the spaces and marks of quotation in front of it."""
    width = 0
    while width < min(len(prefix), len(line.text)) and line.text[width] in " \t>":
        width += 1
    return line.part(width)


def _front_matter(lines: Sequence[SourceLine], document: Document) -> int:
    """Read the head of a file, if it has one; return how many lines it takes."""
    if not lines or not _FRONT.match(lines[0].text):
        return 0
    stop = next((place for place in range(1, len(lines)) if _FRONT.match(lines[place].text)), None)
    if stop is None:
        return 0
    text = "\n".join(line.text for line in lines[1:stop])
    if "jacobook" in text:
        try:
            document.defaults = fields_in(
                text, FrontMatter, FrontMatter, "the head of a page is a mapping", {}
            ).jacobook
        except FieldError as error:
            document.faults += [Fault(max(f.line, 1) + 1, max(f.column, 1), "input", f.message) for f in error.faults]
    return stop + 1
