"""Markdown: fences named `jacobook`, code spans that begin with `#!jb`, marked formulas, and the front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml
from pydantic import BaseModel

from jacobook.notes.documents.marked import Document, Marked, Place, SourceLine, joined_text, source_lines
from jacobook.notes.documents.marked_formulas import marked_formulas
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults, joined_declarations
from jacobook.yaml_fields import FieldError, fields_in, mapping_in, node_at

_OPENING = re.compile(
    r"(?P<prefix>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*)(?P<mark>`{3,}(?=[^`]*$)|~{3,}|:{3,}(?=\s*\{))(?P<info>.*)$"
)
_OURS = re.compile(r"\s*\{?\s*\.?jacobook(?![\w-])", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\s*\{(?P<name>[\w:-]+)\}")
_CODE_DIRECTIVES = frozenset(
    re.findall(
        r"\S+",
        """code code-block code-cell sourcecode literalinclude highlight raw math eval-rst parsed-literal doctest
        console python r julia ojs observablejs bash sh shell sql mermaid dot js javascript stan sas css html latex""",
    )
)
"""Directives of MyST, and languages of Quarto, in which no Markdown stands."""
_SPAN = re.compile(r"(?<![\\`])(?P<mark>`+)(?!`)(?P<text>.+?)(?<!`)(?P=mark)(?!`)", re.DOTALL)
_NEARLY = re.compile(r"\s*#!\s*jb\s*\S", re.IGNORECASE)
_NEARLY_SAID = "an inline claim reads `#!jb d(…)/dx = …`: the mark in small letters, a space, an equation"
_INLINE = re.compile(r"\s*#!jb\s+(?P<claim>.*\S)\s*", re.DOTALL)
ROLE = "{jb}"
"""Stands before a claim in MyST."""
_OF_ROLE = re.compile(r"\s*(?P<claim>.*\S)\s*", re.DOTALL)
_FRONT = re.compile(r"---[ \t]*$")
_END_OF_FRONT = re.compile(r"(?:---|\.\.\.)[ \t]*$")
_QUOTE = re.compile(r"[ \t]*>[ \t>]*")
_ALONE = re.compile(r"\s*(?:#{1,6}\s|\||[-*+]\s|\d+[.)]\s)")
"""Begins a text of its own: a heading, a row of a table, an item of a list."""
_HOLDS_OTHERS = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|!!!|\?\?\?|===|///|:::|:\s|\[\^[^\]]*\]:|<\w(?!.*</))")
"""Begins what goes on in indented lines: an item, an admonition, a tab, a definition, a footnote, an element."""
_COMMENT = re.compile(r"<!--.*?-->")
CODE_INDENT = 4


class FrontMatter(BaseModel):
    """What of the head of a file is ours."""

    jacobook: NoteDefaults = NoteDefaults()


@dataclass(frozen=True, slots=True)
class FoundMark:
    """A mark in a page, and from where to where it stands there, as numbers of a line and of a character in it."""

    marked: Marked
    begin: tuple[int, int]
    end: tuple[int, int]
    prefix: str = ""
    """What stands in front of the lines of a fence."""
    is_formula: bool = False
    """Whether it stays where it is, as the formula that it is."""


def read_markdown(text: str) -> Document:
    """Return what is marked in a Markdown file."""
    lines = source_lines(text)
    document = Document()
    body = _front_matter(lines, document)
    add_markdown(lines[body:], document)
    return document


def add_markdown(lines: Sequence[SourceLine], document: Document, indented_is_code: bool = True) -> None:
    """Add what is marked in these lines."""
    document.marked += [found.marked for found in marks_in(lines, document.faults, indented_is_code)]


def marks_in(lines: Sequence[SourceLine], faults: list[Fault], indented_is_code: bool = True) -> list[FoundMark]:
    """Return what is marked in these lines, in its order."""
    found = _Page(lines, faults, indented_is_code).found()
    return sorted(found, key=lambda mark: mark.marked.turn)


def open_fence(lines: Sequence[SourceLine]) -> tuple[int, str] | None:
    """Return the number of the line that opens the fence of ours in which the last line is, and what stands before it.

    The fence need not be closed yet: somebody types in it.
    """
    opened: tuple[int, re.Match[str]] | None = None
    for place, line in enumerate(lines[:-1]):
        opening = _OPENING.match(line.text)
        if opening is None:
            continue
        if opened is None:
            opened = place, opening
        elif opening["mark"].startswith(opened[1]["mark"]) and not opening["info"].strip():
            opened = None
    if opened is None or not _OURS.match(opened[1]["info"]):
        return None
    return opened[0], opened[1]["prefix"]


@dataclass(slots=True)
class _Page:
    """The lines of a text in Markdown, on the way through them."""

    lines: Sequence[SourceLine]
    faults: list[Fault]
    indented_is_code: bool

    def found(self) -> list[FoundMark]:
        return self._between(0, len(self.lines))

    def _between(self, place: int, stop: int) -> list[FoundMark]:
        """Return the marks from one line to another: those in fences, and those between them."""
        found: list[FoundMark] = []
        plain: list[int] = []
        while place < stop:
            opening = _OPENING.match(self.lines[place].text)
            end = self._closing(place + 1, stop, opening["mark"]) if opening else None
            if opening and self._is_ours(place, opening):
                found += self._plain(plain)
                plain = []
                if end is None:
                    where = self.lines[place].place(opening.start("mark"))
                    said = f"the fence is not closed: a line with {opening['mark']} alone ends it"
                    self.faults.append(Fault(*where, "input", said))
                    return found
                found.append(self._fence(place, end, opening["prefix"]))
                place = end + 1
            elif opening and end is not None:
                found += self._plain(plain)
                plain = []
                found += self._between(place + 1, end) if _holds_markdown(opening) else []
                place = end + 1
            elif self.lines[place].text.lstrip().startswith("<!--"):
                place = self._behind_comment(place, stop)
            else:
                plain.append(place)
                place += 1
        return found + self._plain(plain)

    def _is_ours(self, place: int, opening: re.Match[str]) -> bool:
        return bool(_OURS.match(opening["info"])) and not self._is_code(place)

    def _closing(self, start: int, stop: int, mark: str) -> int | None:
        """Return which line closes the fence that opens with this mark."""
        closing = re.compile(rf"[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
        return next((place for place in range(start, stop) if closing.match(self.lines[place].text)), None)

    def _behind_comment(self, start: int, stop: int) -> int:
        return next((place + 1 for place in range(start, stop) if "-->" in self.lines[place].text), stop)

    def _fence(self, start: int, end: int, prefix: str) -> FoundMark:
        body = tuple(_without_prefix(line, prefix) for line in self.lines[start + 1 : end])
        marked = Marked("fence", body or (self.lines[start].part(len(prefix)).with_text(""),))
        return FoundMark(marked, (start, 0), (end, len(self.lines[end].text)), prefix)

    def _is_code(self, place: int) -> bool:
        """Return whether a line stands in an indented block of code: behind a blank line, four spaces further in."""
        width = _indent(self.lines[place].text)
        if not self.indented_is_code or width < CODE_INDENT:
            return False
        above = next((one for one in range(place - 1, -1, -1) if self._is_further_out(one, width)), -1)
        if above >= 0 and not _is_blank(self.lines[above + 1]):
            return False
        if above < 0:
            return True
        around = self.lines[above].text
        inside = _indent(around) + (CODE_INDENT if _HOLDS_OTHERS.match(around) else 0)
        return width >= inside + CODE_INDENT

    def _is_further_out(self, place: int, width: int) -> bool:
        return not _is_blank(self.lines[place]) and _indent(self.lines[place].text) < width

    def _plain(self, places: Sequence[int]) -> list[FoundMark]:
        """Return the inline claims in these lines, and the formulas that comments mark."""
        shown = [self._shown(place) for place in places]
        found: list[FoundMark] = []
        paragraph: list[int] = []
        for number, line in enumerate(shown):
            if paragraph and (_is_blank(line) or _ALONE.match(line.text) or places[number] != places[number - 1] + 1):
                found += self._claims(paragraph)
                paragraph = []
            if not _is_blank(line):
                paragraph.append(places[number])
        found += self._claims(paragraph)
        without_code = [line.with_text(_blanked(_SPAN, line.text)) for line in shown]
        formulas = marked_formulas(without_code, self.faults)
        return found + [FoundMark(marked, (0, 0), (0, 0), is_formula=True) for marked in formulas]

    def _shown(self, place: int) -> SourceLine:
        """Return a line without the marks of quotation in front, and with blanks for comments."""
        line = self.lines[place]
        quote = _QUOTE.match(line.text)
        return (line.part(quote.end()) if quote else line).with_text(
            _blanked(_COMMENT, line.text[quote.end() :] if quote else line.text)
        )

    def _claims(self, paragraph: Sequence[int]) -> list[FoundMark]:
        """Return the inline claims of a paragraph; one may go on in the next line."""
        lines = [self._shown(place) for place in paragraph]
        if not any(_NEARLY.search(line.text) or ROLE in line.text for line in lines):
            return []
        whole = joined_text(lines)
        origin = [
            (place, len(self.lines[place].text) - len(line.text) + offset)
            for place, line in zip(paragraph, lines, strict=True)
            for offset in range(len(line.text) + 1)
        ]
        found = []
        for span in _SPAN.finditer(whole.text):
            start = span.start() - len(ROLE) if whole.text.endswith(ROLE, 0, span.start()) else span.start()
            ours = (_INLINE if start == span.start() else _OF_ROLE).fullmatch(span["text"])
            if ours is None and _NEARLY.match(span["text"]) and not self._is_code(origin[span.start()][0]):
                where = whole.place(span.start("text"))
                self.faults.append(Fault(*where, "input", _NEARLY_SAID, "#!jb "))
            if ours and not self._is_code(origin[span.start()][0]):
                claim = whole.part(*(span.start("text") + one for one in ours.span("claim")))
                marked = Marked("claim", (claim.with_text(claim.text.replace("\n", " ")),))
                found.append(FoundMark(marked, origin[start], origin[span.end()]))
        return found


def _holds_markdown(opening: re.Match[str]) -> bool:
    """Return whether Markdown stands in a fence of this kind: in directives of MyST that are no code, in divisions."""
    directive = _DIRECTIVE.match(opening["info"])
    if directive is None:
        return opening["mark"].startswith(":")
    return directive["name"] not in _CODE_DIRECTIVES


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: " " * len(found[0]), text)


def _is_blank(line: SourceLine) -> bool:
    return not line.text.strip()


def _indent(text: str) -> int:
    expanded = text.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


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
    stop = next((place for place in range(1, len(lines)) if _END_OF_FRONT.match(lines[place].text)), None)
    if stop is None:
        return 0
    text = "\n".join(line.text for line in lines[1:stop])
    if re.search(r"(?m)^['\"]?jacobook['\"]?\s*:", text):
        try:
            _read_head(text, document)
        except FieldError as error:
            document.faults += [Fault(max(f.line, 1) + 1, max(f.column, 1), "input", f.message) for f in error.faults]
    return stop + 1


def _read_head(text: str, document: Document) -> None:
    """Take over what the head of a file says. Raises FieldError."""
    says = "the head of a page is a mapping"
    defaults = fields_in(text, FrontMatter, FrontMatter, says, {}).jacobook
    root, _ = mapping_in(text, says)
    document.layout = defaults.layout
    for first, items in joined_declarations(defaults.given):
        lines = []
        for number, item in enumerate(items, first):
            line, column = _place_of_text(node_at(root, ("jacobook", "given", number)))
            is_last = number == first + len(items) - 1
            lines.append(SourceLine(item if is_last else f"{item},", line + 1, column))
        document.head.append(Marked("given", tuple(lines)))


def _place_of_text(node: yaml.Node | None) -> Place:
    """Return where the text of a value begins, from 1: behind its quotes, if it has some."""
    if node is None:
        return 1, 1
    return node.start_mark.line + 1, node.start_mark.column + 1 + (getattr(node, "style", None) in ("'", '"'))
