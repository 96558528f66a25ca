"""Cells of a notebook that begin with `%%jacobook`: a fence, worked out when the cell is run.

What a cell without an expression declares holds for those run after it. A fault ends the cell with its message and a
caret; nothing is imported from IPython.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from jacobook.algebra.messages import JacobookError
from jacobook.language import LanguageError
from jacobook.notes.documents.notebooks import MAGIC, MAGIC_ALONE
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.fragment import fence_html
from jacobook.notes.marked_work import MarkedWork, work_out_fence
from jacobook.notes.page_declarations import with_defaults
from jacobook.notes.shown_derivations import is_html_typeset, shown_as_markdown, with_style


class CellError(JacobookError):
    """What is wrong in a cell, with the places in its text."""

    def __init__(self, text: str, faults: Sequence[Fault]) -> None:
        self.text, self.faults = text, tuple(faults)
        super().__init__("\n".join(fault.message for fault in faults))

    def told(self) -> str:
        """Return every message with its place in the cell and a caret."""
        return "\n".join(_placed(self.text, fault) for fault in self.faults)

    def _render_traceback_(self) -> list[str]:
        return [self.told()]


def _placed(text: str, fault: Fault) -> str:
    """Return a message with the line that it is about; lines of a cell are counted from the magic on."""
    lines = [MAGIC, *text.split("\n")]
    number = min(fault.line, len(lines) - 1)
    start = sum(len(line) + 1 for line in lines[:number]) + fault.column - 1
    end = start + max((fault.end or fault.column + 1) - fault.column, 1)
    return LanguageError(fault.message, "\n".join(lines), start, end).render()


class ShownFence:
    """The derivation of a cell, as a notebook shows it."""

    def __init__(self, text: str, work: MarkedWork) -> None:
        self.text, self.work = text, work

    def _repr_html_(self) -> str | None:
        if not is_html_typeset():
            return None
        return with_style(fence_html(self.work, f"jb-{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"))

    def _repr_markdown_(self) -> str:
        shown = shown_as_markdown(self.work.derivations, self.work.evidence, self.work.shown_layout, "matrix")
        return "\n".join([shown, *(f"- {one.said}" for one in (*self.work.claims, *self.work.published))])

    def __repr__(self) -> str:
        from jacobook.rendering.report import report_text

        pairs = zip(self.work.derivations, self.work.evidence, strict=True)
        return "\n".join(report_text(one, evidence, self.work.shown_layout) for one, evidence in pairs)


class CellWorker:
    """Works out one cell after another; it knows what cells have declared."""

    def __init__(self) -> None:
        self.page = NoteDefaults()

    def cell(self, line: str, text: str) -> ShownFence | None:
        """Return the derivation of a cell, None for one that only declares. Raises CellError."""
        if line.strip():
            raise CellError(text, [Fault(1, 1, "input", MAGIC_ALONE)])
        work = work_out_fence(text, self.page)
        if work.faults:
            raise CellError(text, work.faults)
        self.page = with_defaults(self.page, work.defaults)
        return ShownFence(text, work) if work.derivations else None
