"""A page of notes on its way through a builder of sites: what holds on it, what is put into it, and its faults."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from jacobook.notes.documents.marked import Document, DocumentError, Marked, MarkedKind
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.kept_fragments import Fragment, KeptFragments
from jacobook.notes.notes_files import read_notes
from jacobook.notes.page_declarations import with_defaults

Key = tuple[MarkedKind, str]
"""What a mark is, and its content."""


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """An inline claim, until its place in the page turns out to be no code."""

    marked: Marked
    turn: int
    defaults: NoteDefaults
    """What holds where it stands."""
    source: str


class NotedPage:
    """What is known of a page while a builder converts it: what holds there, and the faults in it."""

    def __init__(self, fragments: KeptFragments, path: Path | None, defaults: NoteDefaults) -> None:
        self.fragments, self.path, self.defaults = fragments, path, defaults
        self.fences: dict[str, tuple[str, tuple[Key, int]]] = {}
        """What stood where a placeholder stands now, and which fence that was."""
        self.claims: list[WaitingClaim] = []
        self.faults: list[tuple[Key, int, Fault, str | None]] = []
        """The faults of a mark: of the first, second, … with this content; for one that may stand elsewhere, where."""
        self.placed: list[Fault] = []
        """Faults that know their place in the file."""
        self.turns: Counter[Key] = Counter()
        self.prefixes: Counter[str] = Counter()
        self.document = _document(path)
        self.in_file: dict[Key, list[Marked]] = {}
        for marked in self.document.marked:
            self.in_file.setdefault(mark_key(marked), []).append(marked)
        self.placed += self.document.faults
        self.defaults = with_defaults(self.defaults, NoteDefaults(layout=self.document.layout))
        for marked in self.document.head:
            found = self._of("given", marked, self.defaults)
            self.placed += [marked.located(fault) for fault in found.faults]

    def prefix(self, text: str) -> str:
        """Return what the ids of a fence begin with: different for each on a page, the same in every run."""
        name = f"jb-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        self.prefixes[name] += 1
        return name if self.prefixes[name] == 1 else f"{name}-{self.prefixes[name]}"

    def turn(self, marked: Marked) -> int:
        """Return which one a mark is of those with its content, from 1."""
        self.turns[mark_key(marked)] += 1
        return self.turns[mark_key(marked)]

    def html(
        self, marked: Marked, turn: int, defaults: NoteDefaults | None = None, elsewhere: str | None = None
    ) -> str:
        """Return a mark worked out, as HTML; its faults are kept for the end of the page.

        A mark that is not in the file of the page stands in the file `elsewhere`, and knows its place there.
        """
        found = self._of(marked.kind, marked, defaults or self.defaults)
        known = mark_key(marked) in self.in_file
        for fault in found.faults:
            if elsewhere is None or known:
                self.faults.append((mark_key(marked), turn, fault, None))
            else:
                placed = marked.located(fault)
                self.faults.append((mark_key(marked), turn, fault, f"{elsewhere}:{placed.line}:{placed.column}"))
        return found.html

    def _of(self, kind: MarkedKind, marked: Marked, defaults: NoteDefaults) -> Fragment:
        prefix = self.prefix(marked.text) if kind == "fence" else ""
        found = self.fragments.of(kind, marked.text, defaults, prefix)
        self.defaults = with_defaults(self.defaults, found.defaults)
        return found

    def forget(self, which: tuple[Key, int]) -> None:
        """Drop the faults of a mark that turned out to be none."""
        self.faults = [one for one in self.faults if one[:2] != which]

    def said(self) -> list[tuple[Fault, str]]:
        """Return the faults, each with its place in words, in the order of their places."""
        found = [*((fault, self._place(fault)) for fault in self.placed), *(self._located(*one) for one in self.faults)]
        found.sort(key=lambda one: (one[0].line, one[0].column))
        return found

    def _place(self, fault: Fault) -> str:
        where = _shown(self.path) if self.path is not None else "a page"
        return f"{where}:{fault.line}:{fault.column}"

    def _located(self, key: Key, turn: int, fault: Fault, elsewhere: str | None) -> tuple[Fault, str]:
        """Return a fault with its place: in the file, where that is known, else in the mark."""
        if elsewhere is not None:
            return fault, elsewhere
        known = self.in_file.get(key, [])
        if known:
            placed = known[min(turn, len(known)) - 1].located(fault)
            return placed, self._place(placed)
        where = f"a {key[0]}, line {fault.line}, column {fault.column}"
        return fault, where if self.path is None else f"{_shown(self.path)}, {where}"


def _document(path: Path | None) -> Document:
    """Return what is marked in the file of a page."""
    if path is None:
        return Document()
    try:
        return read_notes(path)
    except (DocumentError, KeyError):  # a page that another plugin makes
        return Document()


def mark_key(marked: Marked) -> Key:
    """Return the content of a mark: the same in the file and in the page, whose white space is made uniform."""
    return marked.kind, " ".join(marked.text.split())


def _shown(path: Path) -> str:
    """Return a path as its author would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
