"""What the page of an entry shows, as plain data for its template."""

from __future__ import annotations

import re
from typing import Any

from jacobook.algebra import build
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.shape_words import shape_text
from jacobook.rendering.statement_lines import latex_function_name, latex_link
from jacobook.site.entry_model import CollectionEntry
from jacobook.site.pages.citations import Citations
from jacobook.site.pages.derivation_part import given_row, part_data, patterns, picture_data, remarks, shortened
from jacobook.site.pages.evidence_words import evidence_paragraph, evidence_row, evidence_sentence
from jacobook.site.pages.findings import finding_row
from jacobook.site.pages.markup import display, inline, maths, steps, words
from jacobook.site.worked_entry import TaylorPart, WorkedEntry


def page_name(entry: CollectionEntry) -> str:
    """Return the file of an entry's page below `docs/`."""
    if entry.group == "exercise":
        return f"exercises/{entry.slug}.md"
    return f"identities/{entry.group}/{entry.slug}.md"


def entry_page(worked: WorkedEntry, citations: Citations) -> dict[str, Any]:
    """Return everything that the page of an entry shows, but for the links to other entries."""
    entry = worked.entry
    parts = shortened([part_data(worked, part) for part in worked.parts])
    claims = [finding_row(claim, citations, worked) for claim in worked.claims]
    return {
        "slug": entry.slug,
        "title": words(entry.title),
        "head": {
            "title": f"{short_number(entry)} {entry.title}".strip(),
            "description": entry.question,
            **({"tags": list(entry.tags)} if entry.tags else {}),
            "cite": entry.slug,
        },
        "sources": [citations.markdown(source) for source in entry.sources],
        "synonyms": words("; ".join(entry.synonyms)),
        "searched_as": list(entry.searched_as),
        "question": words(entry.question),
        "main": parts[0] if parts else None,
        "parts": parts[1:],
        "differential": _differential(worked) if worked.differential else None,
        "taylor": _taylor(worked.taylor) if worked.taylor else None,
        "plots": [picture_data(picture) for picture in (*worked.plots, *patterns(worked.parts[:1]))],
        "assumed": [_assumed(worked, position) for position in range(len(entry.assumed))],
        "claims": claims,
        "agreeing": sum(claim["status"] == "agrees" for claim in claims),
    }


def _differential(worked: WorkedEntry) -> dict[str, Any]:
    """Return a differential in several variables: what is given, the result, its steps, evidence."""
    part = worked.differential
    assert part is not None
    derivation, statement = part.derivation, part.derivation.statement
    left = f"{latex(build.differential(derivation.function))} = {latex(derivation.value)}"
    given = [given_row(worked, symbol, symbol in derivation.variables, True) for symbol in statement.declarations]
    return {
        "prefix": "",
        "turned": None,
        "layouts": "",
        "result_label": "",
        "also": [],
        "statement": [display(latex_link(link)) for link in statement.links],
        "remarks": remarks(statement),
        "given": given,
        "shape": shape_text(derivation.value.shape),
        "result": display(left),
        "result_latex": left,
        "evidence": evidence_sentence(part.evidence),
        "lines": steps(derivation.claims),
        "checked": evidence_paragraph(part.evidence, with_code=False),
        "claims": [evidence_row(row) for row in part.evidence["claim_details"]],
    }


def _taylor(part: TaylorPart) -> dict[str, Any]:
    """Return the Taylor polynomials: a table of derivatives and their values, and the polynomials."""
    expansion = part.expansion
    at = expansion.at
    last = expansion.terms[-1]
    return {
        "at": maths(at),
        "variable": maths(expansion.statement.wrt),
        "degree": expansion.degree,
        "result": display(f"{latex(last.polynomial_symbol)} = {latex(last.polynomial)}"),
        "rows": [
            {
                "order": term.order,
                "derivative": maths(term.derivative),
                "value": maths(term.value),
                "coefficient": maths(term.coefficient),
            }
            for term in expansion.terms
        ],
        "lines": steps(claim for term in expansion.terms for claim in term.summation),
        "evidence": evidence_sentence(part.evidence),
        "checked": evidence_paragraph(part.evidence, with_code=False),
        "claims": [evidence_row(row) for row in part.evidence["claim_details"]],
    }


def short_number(entry: CollectionEntry) -> str:
    """Return the number of an exercise without the word before it, `5.8 a`; nothing for an identity."""
    if entry.group != "exercise":
        return ""
    return re.sub(r"^(Exercise|Equation|Example)\s+", "", entry.sources[0].number or "")


def _assumed(worked: WorkedEntry, position: int) -> str:
    item = worked.entry.assumed[position]
    statement = worked.statement
    function = next((one for one in statement.functions if one.name == item.symbol), None)
    if function is not None:
        named = inline(latex_function_name(function))
        return f"We assume that the values of {named} are {item.property}. {words(item.reason)}"
    symbol = next(s for s in statement.declarations if s.name == item.symbol)
    return f"We assume that {maths(symbol)} is {item.property}. {words(item.reason)}"
