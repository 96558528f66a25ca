"""Texts that are open in an editor, saved or not: of which kind they are, and what is wrong in them."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from jacobook.notes.documents.markdown_notes import read_markdown
from jacobook.notes.documents.marked import Document, DocumentError, Marked
from jacobook.notes.documents.notebooks import MAGIC
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.language_server.entry_faults import entry_faults
from jacobook.notes.marked_work import FencePlaces, work_out_mark
from jacobook.notes.notes_files import READERS
from jacobook.notes.page_declarations import with_defaults
from jacobook.yaml_fields import FieldError, mapping_in

ENTRY = ".yaml"
CELL = ".cell"
"""The text of one cell, as editors open those of a notebook."""
LANGUAGES = {
    "markdown": ".md",
    "quarto": ".qmd",
    "latex": ".tex",
    "tex": ".tex",
    "restructuredtext": ".rst",
    "python": ".py",
}
"""The endings of files without one, by what editors call their language."""
_SCHEMA = re.compile(r"#\s*yaml-language-server:\s*\$schema=\S*entry\.schema\.json\s*$")
MOST_REMEMBERED = 1000
NOTHING = NoteDefaults()
"""What a document declares that declares nothing."""


def kind_of_text(path: str, language: str, text: str) -> str | None:
    """Return the ending that stands for a kind of text, None for a text that holds neither notes nor an entry."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in (".yaml", ".yml"):
        is_entry = "collection" in PurePosixPath(path).parts[:-1] and PurePosixPath(path).stem != "sources"
        return ENTRY if is_entry or _SCHEMA.match(text.split("\n", 1)[0]) else None
    if suffix == ".ipynb" and language in ("markdown", "python"):
        return ".md" if language == "markdown" else CELL
    return suffix if suffix in READERS else LANGUAGES.get(language)


def read_text(kind: str, text: str) -> Document:
    """Return what is marked in a text. Raises DocumentError."""
    if kind == CELL:
        document = read_markdown(f"```jacobook\n{text}\n```") if text.startswith(MAGIC) else Document()
        cell = [tuple(replace(line, line=line.line - 1) for line in one.lines[1:]) for one in document.marked]
        document.marked = [Marked("fence", lines) for lines in cell if lines]
        return document
    return READERS[kind](text)


class TextWorker:
    """Works out what is marked in open texts; what is known of a mark is remembered by its content."""

    def __init__(self) -> None:
        self.known: OrderedDict[tuple[str, str, NoteDefaults], tuple[tuple[Fault, ...], NoteDefaults | None]]
        self.known = OrderedDict()

    def faults(
        self, kind: str, text: str, is_stale: Callable[[], bool], before: NoteDefaults = NOTHING
    ) -> list[Fault] | None:
        """Return what is wrong in a text, None once it has changed meanwhile; `before` is what cells above declare."""
        if kind == ENTRY:
            return entry_faults(text)
        try:
            document = read_text(kind, text)
        except DocumentError as error:
            # Half-typed Python is for others to complain of.
            return [] if kind == ".py" else [Fault(1, 1, "input", str(error))]
        found = [*document.faults]
        page = with_defaults(before, NoteDefaults(layout=document.layout))
        for marked in (*document.head, *document.marked):
            if is_stale():
                return None
            faults, defaults = self._of(marked, page)
            found += [_in_notation(kind, marked, fault) for fault in faults]
            page = with_defaults(page, defaults)
        return sorted(found, key=lambda fault: (fault.line, fault.column))

    def _of(self, marked: Marked, page: NoteDefaults) -> tuple[tuple[Fault, ...], NoteDefaults | None]:
        key = (marked.kind, marked.text, page)
        if key not in self.known:
            try:
                work = work_out_mark(*key)
                self.known[key] = tuple(work.faults), work.defaults
            except RecursionError:
                self.known[key] = (Fault(1, 1, "input", "this is nested too deeply"),), None
            except Exception as error:  # one mark must not take the diagnostics of the others with it
                message = f"a mistake of Jacobook's own, please report it: {type(error).__name__}: {error}"
                self.known[key] = (Fault(1, 1, "input", message),), None
            while len(self.known) > MOST_REMEMBERED:
                self.known.popitem(last=False)
        self.known.move_to_end(key)
        return self.known[key]


def _in_notation(kind: str, marked: Marked, fault: Fault) -> Fault:
    """Return a fault at its place in the document, what is suggested written as it has to stand there."""
    located = marked.located(fault)
    if located.suggestion is None:
        return located
    suggestion = located.suggestion
    if marked.kind == "fence":
        suggestion = quoted_like(marked.text, fault, suggestion)
    if kind == ".ipynb":
        suggestion = json.dumps(suggestion, ensure_ascii=False)[1:-1]
    return replace(located, suggestion=suggestion)


def quoted_like(fence: str, fault: Fault, suggestion: str) -> str:
    """Return what is suggested with its quotes doubled or escaped, where the text in YAML stands in such quotes."""
    try:
        root, _ = mapping_in(fence, "")
    except FieldError:
        return suggestion
    style = FencePlaces(fence, root).style_at(fault.line, fault.column)
    if style == "'":
        return suggestion.replace("'", "''")
    return suggestion.replace("\\", "\\\\").replace('"', '\\"') if style == '"' else suggestion


def defaults_before(document: Document, marked: Marked | None, page: NoteDefaults = NOTHING) -> NoteDefaults:
    """Return what holds before a mark of a document (None: behind all of it); nothing is derived for it.

    `page` is what holds where the document begins.
    """
    page = with_defaults(page, NoteDefaults(layout=document.layout))
    for one in _before((*document.head, *document.marked), marked):
        if one.kind == "given" or (one.kind == "fence" and "expression" not in one.text):
            page = with_defaults(page, work_out_mark(one.kind, one.text, page).defaults)
    return page


def defaults_of_cells(cells: Iterable[tuple[str, str]]) -> NoteDefaults:
    """Return what cells of a notebook declare for those below them, each given by its kind and its text."""
    page = NOTHING
    for kind, text in cells:
        page = defaults_before(read_text(kind, text), None, page)
    return page


def _before(marks: Iterable[Marked], last: Marked | None) -> Iterable[Marked]:
    for one in marks:
        if one is last:
            return
        yield one
