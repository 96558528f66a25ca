"""Published formulas on a page: what was printed, where, and what was found about it."""

from __future__ import annotations

import re
from typing import Any

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, PartialEntry
from jacobook.rendering.claim_words import finding_words
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.letters import with_letters
from jacobook.rendering.statement_lines import latex_set
from jacobook.site.entry_model import Source
from jacobook.site.pages.citations import Citations
from jacobook.site.pages.markup import display, inline, maths, words
from jacobook.site.worked_entry import CheckedClaim, WorkedEntry
from jacobook.verification.answers.claims import Finding


def finding_row(claim: CheckedClaim, citations: Citations, worked: WorkedEntry) -> dict[str, Any]:
    """Return one published formula for its page and for the list of errata."""
    published, finding = claim.published, claim.finding
    said = finding_words(finding)
    return {
        "formula": _formula(claim),
        "about": _about(claim, worked),
        "source": citations.markdown(published.source),
        "origin": _origin(published.source),
        "status": finding.status,
        "label": words(said.verdict),
        "reading": published.reading,
        "of": [published.case, published.target, list(published.given or ())],
        "sentence": finding_sentence(finding),
        "right": right_formula(finding),
        "typed": published.formula,
        "plainly": f"{said.verdict}{said.rest}",
        "note": words(published.note) if published.note else "",
    }


def finding_sentence(finding: Finding) -> str:
    """Return what was found, as Markdown: formulas in it are typeset, and what was typed stands as code."""
    formulas: list[Node] = []

    def held(node: Node) -> str:
        formulas.append(node)
        return f"\0{len(formulas) - 1}\0"

    rest = finding_words(finding, held).rest
    pieces = []
    for place, piece in enumerate(rest.split("`")):
        pieces.append(f"`{piece}`" if place % 2 else words(with_letters(piece)))
    return re.sub("\0(\\d+)\0", lambda found: maths(formulas[int(found[1])]), "".join(pieces))


def _origin(source: Source) -> str:
    """Return whether a formula stands in a `book`, in a `solution`, or in a `report` of a reader."""
    if source.book is not None:
        return "book"
    return "report" if source.report else "solution"


def right_formula(finding: Finding) -> str:
    """Return what the formula should have been; nothing where that has names of its own, or is not written out."""
    if finding.verdict is not None and not finding.verdict.derivation.kept:
        derivation = finding.verdict.derivation
        of, wrt = derivation.statement.function, derivation.statement.wrt
        left = build.partial(of, wrt, total=finding.kind != "partial")
        return display(f"{latex(left)} = {latex(derivation.value)}")
    if finding.expected is not None and not isinstance(finding.expected, PartialEntry):
        return display(latex(finding.expected))
    return ""


def _about_entry(target: str) -> str:
    above, _, below = target.partition("by ")
    of = f"the derivative of entry {above.strip()}" if above else "the derivative"
    return f"{of} with respect to entry {below}"


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
        "partial": f"the partial derivative of {rest.replace(' by ', ' with respect to ')}",
        "value": "the value of ",
        "entry": _about_entry(rest),
        "expression": "the value of ",
        "row": f"row {rest} of the derivative",
        "column": f"column {rest} of the derivative",
    }[kind]
    where = [words(with_letters(said))]
    if kind == "value":
        where = [said + (maths(claim.finding.expected) if claim.finding.expected is not None else f"`{rest}`")]
    if kind == "expression":
        where = [said + (maths(claim.finding.said) if claim.finding.said is not None else f"`{rest}`")]
    if published.case is not None:
        where.append(f"in the case “{words(worked.entry.cases[published.case - 1].title)}”")
    if published.expression is not None:
        where.append(f"of {_function(claim)}")
    if published.given is not None:
        where.append(f"with {_given(claim)}")
    return ", ".join(filter(None, where))


def _function(claim: CheckedClaim) -> str:
    """Return the function that a formula has of its own; typed, where the formula has no value."""
    verdict = claim.finding.verdict
    if verdict is None:
        return f"`{', '.join(claim.published.expression or ())}`"
    return ", ".join(maths(link.expression) for link in verdict.derivation.statement.links)


def _given(claim: CheckedClaim) -> str:
    """Return the declarations that a formula has of its own; typed, where the formula has no value."""
    verdict = claim.finding.verdict
    if verdict is None:
        return f"`{'; '.join(claim.published.given or ())}`"
    return ", ".join(
        inline(rf"{latex(symbol)} \in {latex_set(symbol)}") for symbol in verdict.derivation.statement.declarations
    )
