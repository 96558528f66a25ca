"""What the page of an entry shows, as plain data for its template."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any

from generator.algebra import build
from generator.algebra.nodes import Symbol
from generator.algebra.unspecified import UnspecifiedFunction
from generator.calculus.derivation import Claim, Derivation, PartialDerivation
from generator.calculus.identities import IDENTITIES
from generator.rendering.chain import chain_of
from generator.rendering.chain_svg import chain_figure
from generator.rendering.latex import latex
from generator.rendering.outline import Route, free_entries_title
from generator.rendering.report import report_latex
from generator.rendering.shapes import derivative_left, jacobian_shape_text, shape_text
from generator.rendering.statement import declared_properties, latex_function_name, latex_link, latex_set, latex_signature
from generator.rendering.text import text
from generator.site.citations import Citations
from generator.site.entries import Entry
from generator.site.evidence import evidence_paragraph, evidence_row, evidence_sentence
from generator.site.findings import finding_row
from generator.site.markup import attribute, display, inline, maths, sentence, steps, words
from generator.site.work import HESSIAN, Part, TaylorPart, Worked

ROUTE_NAMES = {"matrix": "Matrix route", "component": "Component route"}


def page_name(entry: Entry) -> str:
    """Return the file of an entry's page below `docs/`."""
    if entry.group == "exercise":
        return f"exercises/{entry.slug}.md"
    return f"identities/{entry.group}/{entry.slug}.md"


def entry_page(worked: Worked, citations: Citations) -> dict[str, Any]:
    """Return everything that the page of an entry shows, but for the links to other entries."""
    entry = worked.entry
    parts = [_part(worked, part) for part in worked.parts]
    return {
        "title": words(entry.title),
        "nav_title": attribute(f"{short_number(entry)} {entry.title}".strip()),
        "description": attribute(entry.question),
        "tags": [attribute(tag) for tag in entry.tags],
        "sources": [citations.markdown(source) for source in entry.sources],
        "synonyms": words(", ".join(entry.synonyms)),
        "question": words(entry.question),
        "main": parts[0] if parts else None,
        "parts": parts[1:],
        "differential": _differential(worked) if worked.differential else None,
        "taylor": _taylor(worked.taylor) if worked.taylor else None,
        "plots": list(worked.plots),
        "assumed": [_assumed(worked, position) for position in range(len(entry.assumed))],
        "claims": [finding_row(claim, citations, worked) for claim in worked.claims],
    }


def _differential(worked: Worked) -> dict[str, Any]:
    """Return a differential in several variables: what is given, the result, its steps, evidence."""
    part = worked.differential
    assert part is not None
    derivation, statement = part.derivation, part.derivation.statement
    left = f"{latex(build.differential(derivation.function))} = {latex(derivation.value)}"
    given = [_given(worked, symbol, symbol in derivation.variables, True) for symbol in statement.declarations]
    return {
        "statement": [display(latex_link(link)) for link in statement.links],
        "given": given,
        "shape": shape_text(derivation.value.shape),
        "result": display(left),
        "result_latex": left,
        "evidence": evidence_sentence(part.evidence),
        "lines": steps(derivation.claims, "differential"),
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
        "lines": steps((claim for term in expansion.terms for claim in term.summation), "taylor"),
        "evidence": evidence_sentence(part.evidence),
        "checked": evidence_paragraph(part.evidence, with_code=False),
        "claims": [evidence_row(row) for row in part.evidence["claim_details"]],
    }


def short_number(entry: Entry) -> str:
    """Return the number of an exercise without the word before it, `5.8 a`; nothing for an identity."""
    if entry.group != "exercise":
        return ""
    return re.sub(r"^(Exercise|Equation|Example)\s+", "", entry.sources[0].number or "")


def _part(worked: Worked, part: Part) -> dict[str, Any]:
    """Return one derivation of the page: what is given, the result, its steps, code, evidence."""
    derivation, statement = part.derivation, part.statement
    left = f"{latex(derivative_left(statement.function, statement.wrt))} = {latex(derivation.value)}"
    prefix = f"{part.anchor}-" if part.anchor else ""
    order: tuple[Route, Route] = ("matrix", "component") if worked.entry.first_route == "matrix" else ("component", "matrix")
    return {
        "anchor": part.anchor,
        "prefix": prefix,
        "title": words(part.title),
        "text": words(part.text) if part.text else "",
        "statement": [display(latex_link(link)) for link in statement.links],
        "given": [
            *(_given(worked, s, s is statement.wrt, not part.anchor) for s in statement.declarations),
            *(_given_function(worked, part, function) for function in statement.functions),
        ],
        "shape": jacobian_shape_text(statement.function.shape, statement.wrt.shape),
        "result": display(left),
        "result_latex": left,
        "derivation_latex": report_latex(derivation, part.evidence, route=order[0]),
        "evidence": evidence_sentence(part.evidence),
        "chain_title": "The chain" if len(derivation.links) > 1 else "The function and its variable",
        "chain": _chain(derivation, f"{worked.entry.slug}-{part.anchor}" if part.anchor else worked.entry.slug),
        "links": [display(latex_link(link)) for link in derivation.links] if derivation.decomposition else [],
        "decomposition": steps(derivation.decomposition, f"{prefix}decomposition"),
        "partials": [
            _partial(partial, prefix + name, order)
            for partial, name in zip(derivation.partials, anchors(derivation.partials), strict=True)
        ],
        "combination": steps(derivation.combination, f"{prefix}together"),
        "entries": steps(derivation.entries, f"{prefix}entries"),
        "denominator": steps(derivation.denominator, f"{prefix}denominator"),
        "denominator_intro": _denominator_intro(derivation),
        "structured": steps(derivation.structured, f"{prefix}free-entries"),
        "structured_title": words(free_entries_title(derivation)),
        "special": steps(derivation.special_cases, f"{prefix}special"),
        "special_title": _special_title(derivation.special_cases),
        "notes": [sentence(note) for note in derivation.notes],
        "code": part.code.rstrip(),
        "command": command(worked.entry, part),
        "checked": evidence_paragraph(part.evidence),
        "claims": [evidence_row(row) for row in part.evidence["claim_details"]],
    }


def _given(worked: Worked, symbol: Symbol, varies: bool, is_main: bool) -> dict[str, Any]:
    """Return the row of a declared variable: its space, its role, and whether a property of it is our assumption."""
    assumed = any(item.symbol == symbol.name for item in worked.entry.assumed) and is_main
    role = "variable of differentiation" if varies else "constant"
    return {
        "symbol": maths(symbol),
        "space": inline(latex_set(symbol)),
        "role": ", ".join([role, *declared_properties(symbol)]),
        "assumed": assumed,
    }


def _given_function(worked: Worked, part: Part, function: UnspecifiedFunction) -> dict[str, Any]:
    """Return the row of a declared function: its spaces, and what its values are."""
    assumed = any(item.symbol == function.name for item in worked.entry.assumed) and not part.anchor
    return {
        "symbol": inline(latex_function_name(function)),
        "space": inline(latex_signature(function)),
        "role": ", ".join(["function, not specified further", *declared_properties(function)]),
        "assumed": assumed,
    }


def _assumed(worked: Worked, position: int) -> str:
    item = worked.entry.assumed[position]
    statement = worked.statement
    function = next((one for one in statement.functions if one.name == item.symbol), None)
    if function is not None:
        return f"We assume that {inline(latex_function_name(function))} is {item.property}. {words(item.reason)}"
    symbol = next(s for s in statement.declarations if s.name == item.symbol)
    return f"We assume that {maths(symbol)} is {item.property}. {words(item.reason)}"


def _chain(derivation: Derivation, prefix: str) -> str:
    """Return the picture of the chain, without links: Material's instant navigation fails on links inside SVG."""
    figure = chain_figure(chain_of(derivation), prefix)
    return figure.replace("<figure ", "<figure data-search-exclude ", 1)


def anchors(partials: Iterable[PartialDerivation]) -> list[str]:
    """Return the anchors of the sections that derive partial derivatives; no two are the same (x and X may both vary)."""
    found: list[str] = []
    for partial in partials:
        name = f"{partial.of.name}-by-{partial.wrt.name}".lower().replace("_", "-")
        repeated = sum(other == name or other.startswith(f"{name}--") for other in found)
        found.append(f"{name}--{repeated + 1}" if repeated else name)
    return found


def _partial(partial: PartialDerivation, anchor: str, order: Iterable[str]) -> dict[str, Any]:
    claims = {"matrix": partial.matrix_route, "component": partial.component_route}
    left = build.partial(partial.of, partial.wrt)
    refusal = words(f"This route has no answer here: {partial.refusal}.") if partial.refusal else ""
    return {
        "symbol": maths(left),
        "title": words(f"Derivative of {partial.of.name} by {partial.wrt.name}"),
        "anchor": anchor,
        "claim": display(f"{latex(left)} = {latex(partial.value)}"),
        "shape": jacobian_shape_text(partial.of.shape, partial.wrt.shape),
        "identity": _identity(partial),
        "tabs": [
            {"name": ROUTE_NAMES[name], "lines": steps(claims[name], f"{anchor}-{name}"), "note": "" if claims[name] else refusal}
            for name in order
        ],
    }


def _identity(partial: PartialDerivation) -> dict[str, Any] | None:
    """Return the identity that books list, of which the partial is an instance; its page is found when all are known."""
    row = next((row for row in IDENTITIES if row.slug == partial.identity), None)
    return None if row is None else {"name": words(row.name.lower()), "sources": list(row.sources)}


def _denominator_intro(derivation: Derivation) -> str:
    if not derivation.denominator:
        return ""
    shape = shape_text(derivation.denominator[-1].right.shape)
    return f"Everything transposed: the same numbers, as {shape}."


def _special_title(claims: tuple[Claim, ...]) -> str:
    """Return a heading in plain words: the one condition that all the lines share, if it is one."""
    conditions = {(text(a.node), a.property) for claim in claims for a in claim.assumptions if not a.declared}
    if len(conditions) != 1:
        return "Special cases"
    name, quality = conditions.pop()
    return words(f"If {name} is {quality}")


def command(entry: Entry, part: Part) -> str:
    """Return the command that derives a part of the entry in a terminal."""
    case = entry.cases[int(part.anchor.removeprefix("case-")) - 1] if part.anchor.startswith("case-") else None
    expression = (case and case.expression) or entry.expression
    parts = ["python -m generator derive", *map(shlex.quote, expression)]
    parts += [f"--given {shlex.quote(line)}" for line in (case and case.given) or entry.given]
    parts.append(f"--wrt {shlex.quote(part.statement.wrt.name)}")
    if part.anchor == HESSIAN:
        parts.append("--order 2")
    return " \\\n  ".join(parts)
