"""What a page shows, as plain data for its template."""

from __future__ import annotations

import re
import shlex
from typing import Any

from generator.algebra import build
from generator.calculus.derivation import Claim, PartialDerivation
from generator.calculus.identities import IDENTITIES
from generator.calculus.rules import RULES
from generator.rendering.chain import chain_of
from generator.rendering.chain_svg import chain_figure
from generator.rendering.latex import latex
from generator.rendering.latex_parts import latex_space
from generator.rendering.shapes import derivative_left, jacobian_shape_text, shape_text
from generator.rendering.statement import declared_properties, latex_link
from generator.site.entries import Entry
from generator.site.markup import attribute, display, inline, maths, sentence, steps, words
from generator.site.work import Worked

ROUTE_NAMES = {"matrix": "Matrix route", "component": "Component route"}


def page_name(entry: Entry) -> str:
    """Return the file of an entry's page below `docs/`."""
    return f"exercises/{entry.slug}.md"


def exercise_page(worked: Worked, known: dict[str, Entry]) -> dict[str, Any]:
    """Return everything that the page of an entry shows; `known` holds all entries by slug, for its links."""
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
        "evidence": _evidence(worked),
        "chain_title": "The chain" if len(derivation.links) > 1 else "The function and its variable",
        "chain": _chain(worked),
        "partials": [_partial(worked, partial) for partial in derivation.partials],
        "combination": steps(derivation.combination),
        "entries": steps(derivation.entries),
        "denominator": steps(derivation.denominator),
        "denominator_intro": _denominator_intro(worked),
        "special": steps(derivation.special_cases),
        "notes": [sentence(note) for note in derivation.notes],
        "code": worked.code.rstrip(),
        "command": command(worked),
        "checked": _checked(worked),
        "claims": [_claim(row, worked) for row in worked.evidence["claim_details"]],
        "related": [f"[{words(known[slug].title)}]({slug}.md)" for slug in entry.related if slug in known],
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
        "space": inline(latex_space(symbol.shape)),
        "role": ", ".join([role, *properties]),
        "assumed": bool(assumed),
    }


def _assumed(worked: Worked, position: int) -> str:
    item = worked.entry.assumed[position]
    symbol = next(s for s in worked.statement.declarations if s.name == item.symbol)
    return f"We assume that {maths(symbol)} is {item.property}. {words(item.reason)}"


def _evidence(worked: Worked) -> str:
    found = worked.evidence
    parts = [
        f"Checked: {found['claims']} claims, {found['instances']} comparisons at random points, "
        f"largest relative error {number(found['max_relative_error'])}"
    ]
    if found["symbolic"] == "proved":
        parts.append(f"proved in entries for {sizes_text(found['symbolic_sizes'])}")
    return "; ".join(parts) + "."


def number(value: float) -> str:
    """Return a small number as a reader writes it: 3·10⁻¹⁵."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def sizes_text(assignments: list[dict[str, int]]) -> str:
    """Return assignments of sizes: `D = 2 and D = 3`, or `M = 2, N = 3`."""
    written = [", ".join(f"{name} = {size}" for name, size in one.items()) for one in assignments]
    return " and ".join(filter(None, written)) or "all values"


def _chain(worked: Worked) -> str:
    links = {(p.of.name, p.wrt.name): f"#{anchor(p)}" for p in worked.derivation.partials}
    return chain_figure(chain_of(worked.derivation, links), worked.entry.slug)


def anchor(partial: PartialDerivation) -> str:
    """Return the anchor of the section that derives a partial derivative."""
    return f"{partial.of.name}-by-{partial.wrt.name}".lower().replace("_", "-")


def _partial(worked: Worked, partial: PartialDerivation) -> dict[str, Any]:
    order = ("matrix", "component") if worked.entry.first_route == "matrix" else ("component", "matrix")
    claims = {"matrix": partial.matrix_route, "component": partial.component_route}
    shape = jacobian_shape_text(partial.of.shape, partial.wrt.shape)
    left = build.partial(partial.of, partial.wrt)
    refusal = words(f"This route has no answer here: {partial.refusal}.") if partial.refusal else ""
    result = display(rf"\underbrace{{{latex(left)}}}_{{{shape_latex(shape)}}} = {latex(partial.value)}")
    return {
        "title": words(f"Derivative of {partial.of.name} by {partial.wrt.name}"),
        "anchor": anchor(partial),
        "claim": result,
        "identity": _identity(partial),
        "tabs": [
            {"name": ROUTE_NAMES[name], "lines": steps(claims[name]), "note": "" if claims[name] else refusal}
            for name in order
        ],
    }


def shape_latex(shape: str) -> str:
    """Return a shape in LaTeX."""
    return shape.replace("×", r"\times ").replace("·", r"\cdot ")


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


def command(worked: Worked) -> str:
    """Return the command that derives the entry in a terminal."""
    entry = worked.entry
    parts = ["python -m generator derive", *map(shlex.quote, entry.expression)]
    parts += [f"--given {shlex.quote(line)}" for line in entry.given]
    parts.append(f"--wrt {shlex.quote(worked.statement.wrt.name)}")
    return " \\\n  ".join(parts)


def _checked(worked: Worked) -> str:
    found = worked.evidence
    counts = found["symbolic_counts"]
    text = (
        f"{found['claims']} claims, each evaluated as what it says at random points that respect the declarations, for "
        f"{sizes_text(found['sizes'])}. The largest relative error is {number(found['max_relative_error'])}. "
        f"{counts['proved']} claims are proved exactly, entry by entry"
    )
    open_claims = counts["undecided"] + counts["skipped"]
    text += f"; {open_claims} are checked by numbers only." if open_claims else "."
    return f"{text} The code above was run on the same points."


def _claim(row: dict[str, Any], worked: Worked) -> dict[str, str]:
    rule = RULES.get(row["rule"])
    sizes = sizes_text(row["symbolic_sizes"]) if row["symbolic"] == "proved" else row["symbolic"]
    return {
        "name": words(str(row["path"])),
        "rule": words(rule.name if rule else row["rule"]),
        "error": number(row["error"]),
        "proof": words(sizes),
    }


def sample(worked: Worked) -> dict[str, Any]:
    """Return a short derivation for the home page: the first partial derivative of an entry, by the matrix route."""
    partial = worked.derivation.partials[0]
    claims: tuple[Claim, ...] = partial.matrix_route
    return {
        "intro": f"Given {inline(latex_link(worked.statement.links[0]))}, "
        f"what is {maths(build.partial(partial.of, partial.wrt, total=True))}?",
        "lines": steps(claims),
        "evidence": _evidence(worked),
        "page": page_name(worked.entry),
    }
