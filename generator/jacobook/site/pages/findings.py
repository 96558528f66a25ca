"""Published formulas on a page: what was printed, where, and what was found about it."""

from __future__ import annotations

from typing import Any

from jacobook.rendering.claim_words import finding_words
from jacobook.rendering.latex.formulas import latex
from jacobook.site.pages.citations import Citations
from jacobook.site.pages.markup import display, words
from jacobook.site.worked_entry import CheckedClaim, WorkedEntry


def finding_row(claim: CheckedClaim, citations: Citations, worked: WorkedEntry) -> dict[str, Any]:
    """Return one published formula for its page and for the list of errata."""
    published, finding = claim.published, claim.finding
    said = finding_words(finding)
    return {
        "formula": _formula(claim),
        "about": words(_about(claim, worked)),
        "source": citations.markdown(published.source),
        "status": finding.status,
        "label": words(said.verdict),
        "reading": published.reading,
        "of": [published.case, published.target, list(published.given or ())],
        "sentence": words(said.rest),
        "note": words(published.note) if published.note else "",
    }


def _formula(claim: CheckedClaim) -> str:
    """Return the formula as it was printed; one that has no value as the text in which it stands in the entry."""
    node = claim.finding.formula
    return display(latex(node)) if node is not None else f"`{claim.published.formula}`"


def _about(claim: CheckedClaim, worked: WorkedEntry) -> str:
    """Return what the formula is said to be, in words; nothing for the result of the page itself."""
    published = claim.published
    if worked.differential is not None:
        return ""
    kind, _, rest = published.target.partition(" ")
    said = {
        "result": "",
        "hessian": "the second derivative",
        "partial": f"the partial derivative of {rest.replace(' by ', ' by ')}",
        "value": f"the value of {rest}",
        "entry": f"the derivative {rest}" if rest.startswith("by") else f"entry {rest} of the derivative",
        "expression": f"the value of {rest}",
        "row": f"row {rest} of the derivative",
        "column": f"column {rest} of the derivative",
    }[kind]
    where = []
    if published.case is not None:
        where.append(f"in the case “{worked.entry.cases[published.case - 1].title}”")
    if published.expression is not None:
        where.append(f"of {', '.join(published.expression)}")
    if published.given is not None:
        where.append(f"with {'; '.join(published.given)}")
    return ", ".join(filter(None, [said, *where]))
