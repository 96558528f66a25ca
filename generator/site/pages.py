"""What a page shows, as plain data for its template."""

from __future__ import annotations

import re
import shlex
from typing import Any

from generator.algebra import build
from generator.calculus.derivation import Claim, PartialDerivation
from generator.calculus.identities import IDENTITIES
from generator.rendering.chain import chain_of
from generator.rendering.chain_svg import chain_figure
from generator.rendering.latex import latex
from generator.rendering.shapes import derivative_left, jacobian_shape_text, shape_text
from generator.rendering.statement import declared_properties, latex_declarations, latex_link, latex_set
from generator.rendering.text import text
from generator.site.entries import Entry
from generator.site.evidence import evidence_paragraph, evidence_row, evidence_sentence
from generator.site.markup import attribute, display, inline, maths, sentence, steps, words
from generator.site.work import Worked

ROUTE_NAMES = {"matrix": "Matrix route", "component": "Component route"}


def page_name(entry: Entry) -> str:
    """Return the file of an entry's page below `docs/`."""
    return f"exercises/{entry.slug}.md"


def exercise_page(worked: Worked, titles: dict[str, str]) -> dict[str, Any]:
    """Return everything that the page of an entry shows; `titles` are those of all entries, by slug, for its links."""
    entry, derivation = worked.entry, worked.derivation
    statement = worked.statement
    left = derivative_left(statement.function, statement.wrt)
    return {
        "title": words(entry.title),
        "nav_title": attribute(f"{short_number(entry)} {entry.title}"),
        "description": attribute(entry.question),
        "tags": [attribute(tag) for tag in entry.tags],
        "source": _source(entry),
        "yaml": f"../assets/generated/{worked.path}",
        "synonyms": words(", ".join(entry.synonyms)),
        "question": words(entry.question),
        "statement": [display(latex_link(link)) for link in statement.links],
        "given": [_given(worked, symbol) for symbol in statement.declarations],
        "assumed": [_assumed(worked, position) for position in range(len(entry.assumed))],
        "shape": jacobian_shape_text(statement.function.shape, statement.wrt.shape),
        "result": display(f"{latex(left)} = {latex(derivation.value)}"),
        "result_latex": f"{latex(left)} = {latex(derivation.value)}",
        "evidence": evidence_sentence(worked.evidence),
        "chain_title": "The chain" if len(derivation.links) > 1 else "The function and its variable",
        "chain": _chain(worked),
        "partials": [_partial(worked, partial) for partial in derivation.partials],
        "combination": steps(derivation.combination),
        "entries": steps(derivation.entries),
        "denominator": steps(derivation.denominator),
        "denominator_intro": _denominator_intro(worked),
        "special": steps(derivation.special_cases),
        "special_title": _special_title(derivation.special_cases),
        "notes": [sentence(note) for note in derivation.notes],
        "code": worked.code.rstrip(),
        "command": command(worked),
        "checked": evidence_paragraph(worked.evidence),
        "claims": [evidence_row(row) for row in worked.evidence["claim_details"]],
        "related": [f"[{words(titles[slug])}]({slug}.md)" for slug in entry.related],
    }


def short_number(entry: Entry) -> str:
    """Return the number without the word before it: `5.8 a`."""
    return re.sub(r"^(Exercise|Equation|Example)\s+", "", entry.source.number)


def _source(entry: Entry) -> str:
    book = f"*{words(entry.source.book)}*"
    if entry.source.link:
        book = f"[{book}]({entry.source.link})"
    return f"{words(entry.source.number)} of {book}"


def _given(worked: Worked, symbol: Any) -> dict[str, Any]:
    assumed = {item.property for item in worked.entry.assumed if item.symbol == symbol.name}
    properties = declared_properties(symbol)
    role = "variable of differentiation" if symbol is worked.statement.wrt else "constant"
    return {
        "symbol": maths(symbol),
        "space": inline(latex_set(symbol)),
        "role": ", ".join([role, *properties]),
        "assumed": bool(assumed),
    }


def _assumed(worked: Worked, position: int) -> str:
    item = worked.entry.assumed[position]
    symbol = next(s for s in worked.statement.declarations if s.name == item.symbol)
    return f"We assume that {maths(symbol)} is {item.property}. {words(item.reason)}"


def _chain(worked: Worked) -> str:
    """Return the picture of the chain, without links: Material's instant navigation fails on links inside SVG."""
    figure = chain_figure(chain_of(worked.derivation), worked.entry.slug)
    return figure.replace("<figure ", "<figure data-search-exclude ", 1)


def anchor(partial: PartialDerivation) -> str:
    """Return the anchor of the section that derives a partial derivative."""
    return f"{partial.of.name}-by-{partial.wrt.name}".lower().replace("_", "-")


def _partial(worked: Worked, partial: PartialDerivation) -> dict[str, Any]:
    order = ("matrix", "component") if worked.entry.first_route == "matrix" else ("component", "matrix")
    claims = {"matrix": partial.matrix_route, "component": partial.component_route}
    left = build.partial(partial.of, partial.wrt)
    refusal = words(f"This route has no answer here: {partial.refusal}.") if partial.refusal else ""
    return {
        "symbol": maths(left),
        "title": words(f"Derivative of {partial.of.name} by {partial.wrt.name}"),
        "anchor": anchor(partial),
        "claim": display(f"{latex(left)} = {latex(partial.value)}"),
        "shape": jacobian_shape_text(partial.of.shape, partial.wrt.shape),
        "identity": _identity(partial),
        "tabs": [
            {"name": ROUTE_NAMES[name], "lines": steps(claims[name]), "note": "" if claims[name] else refusal}
            for name in order
        ],
    }


def _identity(partial: PartialDerivation) -> str:
    row = next((row for row in IDENTITIES if row.slug == partial.identity), None)
    if row is None:
        return ""
    return f"This is the rule [{words(row.name.lower())}](../rules.md#{row.slug}), {words(', '.join(row.sources))}."


def _denominator_intro(worked: Worked) -> str:
    if not worked.derivation.denominator:
        return ""
    shape = shape_text(worked.derivation.denominator[-1].right.shape)
    return f"Everything transposed: the same numbers, as {shape}."


def _special_title(claims: tuple[Claim, ...]) -> str:
    """Return a heading in plain words: the one condition that all the lines share, if it is one."""
    conditions = {(text(a.node), a.property) for claim in claims for a in claim.assumptions if not a.declared}
    if len(conditions) != 1:
        return "Special cases"
    name, quality = conditions.pop()
    return words(f"If {name} is {quality}")


def command(worked: Worked) -> str:
    """Return the command that derives the entry in a terminal."""
    entry = worked.entry
    parts = ["python -m generator derive", *map(shlex.quote, entry.expression)]
    parts += [f"--given {shlex.quote(line)}" for line in entry.given]
    parts.append(f"--wrt {shlex.quote(worked.statement.wrt.name)}")
    return " \\\n  ".join(parts)


def sample(worked: Worked) -> dict[str, Any]:
    """Return a short derivation for the home page: that of an entry of one link, by both routes."""
    statement = worked.statement
    partial = _partial(worked, worked.derivation.partials[0])
    spaces = ", ".join(inline(line) for line in latex_declarations(statement.declarations))
    return {
        "intro": f"Let {spaces}. What is the derivative of {inline(latex_link(statement.links[0]))}?",
        "partial": partial,
        "evidence": evidence_sentence(worked.evidence),
        "page": page_name(worked.entry),
    }
