"""LaTeX documents: formulas that a comment marks."""

from __future__ import annotations

from jacobook.notes.documents.marked import Document, source_lines
from jacobook.notes.documents.marked_formulas import marked_formulas


def read_latex(text: str) -> Document:
    """Return the formulas that comments mark in a LaTeX document."""
    document = Document()
    document.marked = marked_formulas(source_lines(text), document.faults)
    return document
