"""Derivations of a file as LaTeX: a document of their own, or environments to be put into another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jacobook.algebra.question import Statement
from jacobook.calculus.derivation import Derivation, Prose
from jacobook.calculus.derive import derive
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.language import parse_statement
from jacobook.language.printer import printing_beside
from jacobook.notes.documents.marked import Document, DocumentError, Marked, MarkedKind, source_lines
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.fragment import claim_latex, declared_latex
from jacobook.notes.language_server.entry_faults import entry_faults
from jacobook.notes.marked_work import ExaminedFormula, MarkedWork, work_out_mark
from jacobook.notes.notes_files import READERS, text_of_notes
from jacobook.notes.page_declarations import with_defaults
from jacobook.rendering.latex.block import latex_display
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.outline import Layout, verification_sentence
from jacobook.rendering.report import NEEDED_PACKAGES, report_latex, steps_latex
from jacobook.rendering.sentences import escape_latex, prose_latex
from jacobook.rendering.shape_words import result
from jacobook.rendering.statement_lines import latex_link
from jacobook.site.entry_model import CollectionEntry
from jacobook.verification.evidence import verify
from jacobook.yaml_fields import FieldError, mapping_in

PREAMBLE = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\n\\begin{document}\n\n"
END = "\n\\end{document}\n"
MAPPINGS = (".yaml", ".yml")


class NothingToSet(Exception):
    """A file without what is asked of it; the message says so."""


@dataclass(frozen=True, slots=True)
class TitledDerivations:
    """The first derivative of a function, and the second where it is asked for, with their evidence."""

    title: str
    """In LaTeX."""
    derivations: tuple[Derivation, ...]
    evidence: tuple[dict[str, Any], ...]
    layout: Layout


class Faulty(Exception):
    """What is wrong in a file, with its places."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(fault.message for fault in faults))


def titled_derivations(text: str, suffix: str, defaults: NoteDefaults, with_claims: bool) -> list[TitledDerivations]:
    """Return the derivations in the text of a file; without an ending it is that of a fence.

    Raises Faulty, NothingToSet, and DocumentError for what cannot be read at all.
    """
    if suffix in MAPPINGS and _is_entry(text):
        return list(_of_entry(text))
    if suffix in READERS:
        document = READERS[suffix](text)
    else:
        document = Document([Marked("fence", tuple(source_lines(text)))])
    kinds = ("fence", "claim") if with_claims else ("fence",)
    works = _worked(document, defaults)
    found = [_titled(work) for kind, work in works if kind in kinds and work.derivations]
    if not found:
        others = sum(kind == "claim" and bool(work.derivations) for kind, work in works)
        hint = "; --claims takes the derivations behind its claims" if others else ""
        raise NothingToSet(f"there is no derivation in it{hint}")
    return found


def _is_entry(text: str) -> bool:
    try:
        return bool(mapping_in(text, "")[1].keys() & {"slug", "question", "group", "sources"})
    except FieldError:
        return False


def _worked(document: Document, defaults: NoteDefaults) -> list[tuple[MarkedKind, MarkedWork]]:
    """Return what is marked in a document, worked out. Raises Faulty."""
    page = with_defaults(defaults, NoteDefaults(layout=document.layout))
    faults = [*document.faults]
    works: list[tuple[MarkedKind, MarkedWork]] = []
    for marked in (*document.head, *document.marked):
        work = work_out_mark(marked.kind, marked.text, page)
        faults += [marked.located(fault) for fault in work.faults]
        page = with_defaults(page, work.defaults)
        works.append((marked.kind, work))
    if faults:
        raise Faulty(sorted(faults, key=lambda fault: (fault.line, fault.column)))
    return works


def _titled(work: MarkedWork) -> TitledDerivations:
    return TitledDerivations(_title(work.derivations[0].statement), work.derivations, work.evidence, work.shown_layout)


def _title(statement: Statement) -> str:
    return prose_latex(Prose("The derivative of {0} with respect to {1}", (statement.function, statement.wrt)))


def _of_entry(text: str) -> Iterator[TitledDerivations]:
    """Yield the derivations of an entry of a collection: the main one, and those of its cases. Raises Faulty."""
    if faults := entry_faults(text):
        raise Faulty(faults)
    entry = CollectionEntry.model_validate(mapping_in(text, "")[1])
    if entry.differential:
        raise NothingToSet("an entry with `differential` has no derivative")
    statement = parse_statement(entry.given, entry.expression, entry.wrt)
    yield _checked(escape_latex(entry.title), *derive_to_order(statement, entry.order))
    for case in entry.cases:
        given, expression = case.given or entry.given, case.expression or entry.expression
        yield _checked(escape_latex(case.title), derive(parse_statement(given, expression, case.wrt or entry.wrt)))


def _checked(title: str, *derivations: Derivation) -> TitledDerivations:
    evidence = tuple(verify(derivation).as_dict() for derivation in derivations)
    for found in evidence:
        if found["verdict"] == "failed":
            message = "the derivation fails its own check; please report it: " + " ".join(found["failures"])
            raise Faulty([Fault(1, 1, "refused", message)])
    return TitledDerivations(title, derivations, evidence, "jacobian")


def latex_document(found: Sequence[TitledDerivations]) -> str:
    """Return a document that pdflatex compiles, with the whole derivations."""
    return PREAMBLE + "\n".join(latex_section(one) for one in found) + END


def latex_section(one: TitledDerivations, heading: str = "section*", inner: str = "subsection*") -> str:
    """Return derivations under a heading of their own."""
    parts = [f"\\{heading}{{\\raggedright {one.title}}}\n"]
    for place, (derivation, evidence) in enumerate(zip(one.derivations, one.evidence, strict=True)):
        if place:
            parts.append(f"\\{inner}{{The second derivative}}\n")
        with printing_beside(derivation.statement.names):
            parts.append(report_latex(derivation, evidence, one.layout, heading=inner, with_remark=False))
    return "\n".join(parts)


def latex_body(found: Sequence[TitledDerivations]) -> str:
    r"""Return the lines of the derivations, aligned, with reasons at the right, to be put in with `\input`."""
    parts = [NEEDED_PACKAGES]
    for one in found:
        for derivation in one.derivations:
            with printing_beside(derivation.statement.names):
                parts.append(steps_latex(derivation, one.layout))
    return "\n".join(parts)


def mark_latex(kind: MarkedKind, text: str, page: NoteDefaults) -> str:
    """Return a mark worked out, without a heading, as LaTeX for a document that loads amsmath and amssymb."""
    work = work_out_mark(kind, text, page)
    if kind == "claim" and work.claims:
        return f"\\({claim_latex(work)}\\)" + (r" \textbf{(does not hold)}" if work.faults else "")
    if kind == "fence" and work.derivations:
        return _fence_latex(work)
    return rf"\texttt{{{escape_latex(text)}}}"


def _fence_latex(work: MarkedWork) -> str:
    """Return the derivations of a fence: the statement, the lines, the result, and what was found about formulas."""
    fence = work.fence
    assert fence is not None
    first = work.derivations[0]
    parts = [latex_display(latex_link(link)) for link in first.statement.links]
    parts.append(latex_display(r",\quad ".join(declared_latex(first))))
    for derivation, evidence in zip(work.derivations, work.evidence, strict=True):
        with printing_beside(derivation.statement.names):
            left, value = result(derivation, work.shown_layout)
            parts += [steps_latex(derivation, work.shown_layout)] if "steps" in fence.show else []
            parts += [latex_display(f"{latex(left)} = {latex(value)}")] if "result" in fence.show else []
            parts += [escape_latex(verification_sentence(evidence))] if "evidence" in fence.show else []
    with printing_beside(first.statement.names):
        parts += [_examined_latex(one) for one in (*work.claims, *work.published)]
    return "\n\n".join(parts) + "\n\n"


def _examined_latex(one: ExaminedFormula) -> str:
    formula = one.finding.formula
    shown = escape_latex(one.claim.formula) if formula is None else f"\\({latex(formula)}\\)"
    return f"{shown}: {escape_latex(one.said)}"


def text_of_file(path: Path) -> str:
    """Return the text of a file. Raises DocumentError."""
    if path.suffix.lower() not in (*READERS, *MAPPINGS):
        raise DocumentError(f"derivations are taken from files that end in {', '.join((*READERS, *MAPPINGS))}")
    return text_of_notes(path)
