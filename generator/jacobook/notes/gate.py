"""The gate: every mark in a note is worked out, and every fault is said with its file, line and column.

What is found about a mark is kept by its content, as the builders keep it, so that only what changes costs time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jacobook.notes.documents.marked import Document, DocumentError
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.kept_fragments import KeptFragments
from jacobook.notes.notes_files import read_notes
from jacobook.notes.page_declarations import with_defaults


@dataclass(slots=True)
class FileReport:
    """What was found in one file."""

    path: Path
    faults: list[Fault] = field(default_factory=list)
    derivations: int = 0
    claims: int = 0


def check_files(files: Iterable[Path], fragments: KeptFragments, defaults: NoteDefaults) -> Iterator[FileReport]:
    """Yield what is found in each file, in their order; `defaults` hold where a file says nothing else."""
    for path in files:
        report = FileReport(path)
        try:
            document = read_notes(path)
        except DocumentError as error:
            report.faults.append(Fault(*error.place, "input", str(error)))
        else:
            check_document(document, fragments, report, defaults)
        yield report


def check_document(document: Document, fragments: KeptFragments, report: FileReport, defaults: NoteDefaults) -> None:
    """Add what is found about everything that is marked in a document."""
    report.faults += document.faults
    page = with_defaults(defaults, NoteDefaults(layout=document.layout))
    for marked in (*document.head, *document.marked):
        try:
            found = fragments.of(marked.kind, marked.text, page)
        except Exception as error:
            error.add_note(f"It came up at {report.path}:{marked.place[0]}.")
            raise
        report.faults += [marked.located(fault) for fault in found.faults]
        report.derivations += found.derivations
        report.claims += found.claims
        page = with_defaults(page, found.defaults)
    report.faults.sort(key=lambda fault: (fault.line, fault.column))


def share_of(files: Sequence[Path], share: tuple[int, int]) -> list[Path]:
    """Return share i of n of the files."""
    number, count = share
    return list(files[number - 1 :: count])
