"""One derivation of a page as plain data for its template: what is given, the result, the steps, code, evidence."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from jacobook.algebra import build
from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import FAMILY, Differential, Node, Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import derivative_shape
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Claim, Derivation, PartialDerivation, Prose
from jacobook.calculus.free_entries import by_free_entries, how_it_varies, said_of
from jacobook.calculus.higher_derivatives import ORDERS
from jacobook.calculus.rules.identities import IDENTITIES
from jacobook.calculus.shown_first import ENTRIES_FIRST, MATRICES_FIRST, routes_shown
from jacobook.language.printer import declared_properties
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.lines import latex_claim
from jacobook.rendering.letters import with_letters
from jacobook.rendering.numpy_code.derivative_forms import derivative_and_vjp
from jacobook.rendering.numpy_code.dialects import DIALECTS, NUMPY, CodeFormError
from jacobook.rendering.outline import (
    WITH_NAMES,
    free_entries_title,
    higher_formulas,
    higher_title,
    names_on_the_way,
    upstream_prose,
)
from jacobook.rendering.pictures.chain_data import chain_of
from jacobook.rendering.pictures.chain_svg import chain_figure
from jacobook.rendering.remark_words import remark_prose
from jacobook.rendering.report import report_latex
from jacobook.rendering.shape_words import derivative_left, jacobian_shape_text, shape_text
from jacobook.rendering.statement_lines import (
    latex_definition,
    latex_function_name,
    latex_link,
    latex_set,
    latex_signature,
    where_rules_apply,
)
from jacobook.site.pages.evidence_words import evidence_paragraph, evidence_row, evidence_sentence
from jacobook.site.pages.markup import display, inline, marked_sentence, maths, steps, words
from jacobook.site.plots.picture import Picture
from jacobook.site.worked_entry import Asked, Part, WorkedQuestion, anchor_of_order

ROUTE_NAMES = {"matrix": "Matrix route", "component": "Component route"}
DENOMINATOR = "Denominator layout"
Lines = Callable[[tuple[Claim, ...]], list[dict[str, Any]]]
"""From a block of claims to the lines that show it, with the common mistakes at them."""


def picture_data(picture: Picture) -> dict[str, str]:
    """Return what the templates take of a picture: the SVG and its caption as HTML."""
    return {"svg": picture.svg, "caption": marked_sentence(picture.caption)}


def patterns(parts: Iterable[Part]) -> list[Picture]:
    """Return the pictures of patterns, for the parts that have one."""
    return [part.pattern for part in parts if part.pattern is not None]


def part_data(worked: WorkedQuestion, part: Part) -> dict[str, Any]:
    """Return one derivation of the page: what is given, the result, its steps, code, evidence."""
    return derivation_data(worked, part) | code_data(worked, part)


def code_data(worked: WorkedQuestion, part: Part) -> dict[str, Any]:
    """Return what can be copied from a page: code for every library, LaTeX, and the command for a terminal."""
    return {
        **numpy_data(worked, part),
        "libraries": _libraries(part),
        "result_latex": _result_latex(part.derivation),
        "derivation_latex": report_latex(part.derivation, part.evidence).strip(),
    }


def numpy_data(worked: WorkedQuestion, part: Part) -> dict[str, Any]:
    """Return the code for NumPy, with numbers for it, and the command for a terminal."""
    return {"code": part.code.rstrip(), "example": _example(part), "command": command(worked.entry, part)}


def _result_latex(derivation: Derivation) -> str:
    statement = derivation.statement
    return f"{latex(derivative_left(statement.function, statement.wrt))} = {latex(derivation.value)}"


def derivation_data(worked: WorkedQuestion, part: Part) -> dict[str, Any]:
    """Return one derivation of the page without what can be copied: what is given, the result, its steps, evidence."""
    derivation, statement = part.derivation, part.statement
    prefix = f"{part.anchor}-" if part.anchor else ""
    entries_first = worked.entry.first_route == "component"
    shown = [display(latex_link(link)) for link in statement.links]
    same = bool(part.anchor) and shown == [display(latex_link(link)) for link in worked.main.statement.links]
    given = _all_given(worked, part)
    if same:
        main = _all_given(worked, worked.main)
        given = [row for row in given if row not in main]

    scalars = all(symbol.shape.is_scalar for symbol in (statement.wrt, *derivation.definitions))

    def lines(claims: tuple[Claim, ...]) -> list[dict[str, Any]]:
        return steps(claims, part.mistakes.get(claims, ()))

    return {
        "anchor": part.anchor,
        "prefix": prefix,
        "same_chain": same and len(derivation.links) == len(worked.main.derivation.links),
        "title": words(part.title),
        "text": words(part.text) if part.text else "",
        "statement": [] if same else shown,
        "remarks": [] if same else remarks(statement),
        "given": given,
        "shape": shape_text(derivation.value.shape),  # beyond two indices that of the stacked entries, as the formula
        "scalars": scalars,
        "layouts": layouts_of(derivation),
        "result": display(_result_latex(derivation)),
        "backward": _backward(derivation, lines),
        "result_label": _independent(derivation),
        "also": _also(derivation),
        "definitions": [display(latex_definition(link)) for link in derivation.kept],
        "with_names": words(WITH_NAMES),
        **_evidence(part.evidence),
        "plots": [] if _is_repeated(worked, part) else [picture_data(picture) for picture in patterns([part])],
        "chain": _chain(derivation, f"{worked.entry.slug}-{part.anchor}" if part.anchor else worked.entry.slug, prefix),
        "links": [display(latex_link(link)) for link in derivation.links] if derivation.decomposition else [],
        "decomposition": lines(derivation.decomposition),
        "partials": [
            {
                **_partial(
                    partial, prefix + name, _routes(partial, entries_first), lines, bool(derivation.denominator)
                ),
                "scalars": scalars,
            }
            for partial, name in zip(derivation.partials, anchors(derivation.partials), strict=True)
        ],
        "plan": _plan(derivation),
        "combination": bool(derivation.combination),
        "together": _together(derivation, entries_first, lines),
        "entries": lines(derivation.entries),
        "turned": _turned(derivation.denominator, derivation.value),
        "forms": lines(derivation.forms),
        "structured": lines(derivation.structured),
        "structured_title": words(with_letters(free_entries_title(derivation))) if derivation.structured else "",
        "special": [row for claim in derivation.special_cases for row in steps((claim,))],
        "special_title": _special_title(derivation.special_cases),
        "notes": [marked_sentence(note) for note in where_rules_apply(derivation)],
    }


def _libraries(part: Part) -> list[dict[str, str]]:
    """Return the code for other libraries than NumPy, for the main derivation of a page."""
    if part.anchor:
        return []
    found = []
    for dialect in DIALECTS.values():
        if dialect is not NUMPY:
            with suppress(CodeFormError):  # what the library has no function for gets no tab
                code = derivative_and_vjp(part.derivation, dialect.name).rstrip()
                found.append({"title": dialect.title, "code": code})
    return found


def _plan(derivation: Derivation) -> dict[str, Any] | None:
    """Return the derivative as the product of those of the links, or as one for each path, before any is worked out.

    None where it is found link by link: no single line has all factors.
    """
    whole = build.partial(derivation.statement.function, derivation.statement.wrt, total=True)
    first = next(iter(derivation.combination), None)
    if first is None or first.rule not in ("chain", "sum-over-paths") or first.left is not whole:
        return None
    turned = next((claim for claim in derivation.denominator if claim.show_shapes), None)
    return {
        **steps((first,))[0],
        "paths": first.rule == "sum-over-paths",
        "turned": steps((turned,))[0] if turned else None,
    }


def _evidence(found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what is said of the evidence: a sentence, a paragraph, and a row for each claim."""
    if found is None:
        return {"evidence": "Not checked yet.", "checked": "", "claims": []}
    return {
        "evidence": evidence_sentence(found),
        # Where nothing was to be proved, in a reader's browser, the code was not run either.
        "checked": evidence_paragraph(found, with_code=found["symbolic"] != "skipped"),
        "claims": [evidence_row(row) for row in found["claim_details"]],
    }


def remarks(statement: Statement) -> list[str]:
    """Return what should be known before the result: how the statement is read where that may surprise."""
    return [marked_sentence(remark_prose(remark)) for remark in statement.remarks]


def _is_repeated(worked: WorkedQuestion, part: Part) -> bool:
    """Return whether the pattern of a part says what that of the main derivation says already."""
    main = worked.main.pattern
    return part is not worked.main and bool(main and part.pattern and main.caption == part.pattern.caption)


def _all_given(worked: WorkedQuestion, part: Part) -> list[dict[str, Any]]:
    """Return the rows of everything that a part declares; of a higher derivative, of what is left in it."""
    statement = part.statement
    declared = statement.declarations
    if any(order > 1 and part.anchor == anchor_of_order(order) for order in ORDERS):
        held = {statement.wrt, *(symbol for link in statement.links for symbol in link.expression.symbols)}
        declared = tuple(symbol for symbol in declared if symbol in held)
    return [
        *(given_row(worked, s, s is statement.wrt, not part.anchor) for s in declared),
        *(_given_function(worked, part, function) for function in statement.functions),
    ]


def _example(part: Part) -> dict[str, Any] | None:
    """Return the numbers of the worked example, its script, and what that prints."""
    example = part.example
    if example is None:
        return None
    return {
        "given": [inline(formula) for formula in example.given],
        "value": display(example.value),
        "derivative": [display(formula) for formula in example.derivative],
        "code": example.code.rstrip(),
        "output": example.output,
    }


def given_row(worked: WorkedQuestion, symbol: Symbol, varies: bool, is_main: bool) -> dict[str, Any]:
    """Return the row of a declared variable: its space, its role, and whether a property of it is our assumption."""
    assumed = any(item.symbol == symbol.name for item in worked.entry.assumed) and is_main
    role = "variable of differentiation" if varies else "constant"
    if FAMILY in symbol.properties and symbol.shape.is_matrix:
        first, last = (inline(rf"{latex(symbol)}_{{{place}}}^{{\top}}") for place in (1, symbol.shape.rows))
        role = f"{role}; its rows are {first}, …, {last}"
    return {
        "symbol": maths(symbol),
        "space": inline(latex_set(symbol)),
        "member": inline(rf"{latex(symbol)} \in {latex_set(symbol)}"),  # one formula, so that no line ends in it
        "role": ", ".join([role, *declared_properties(symbol)]),
        "assumed": assumed,
    }


def _given_function(worked: WorkedQuestion, part: Part, function: UnspecifiedFunction) -> dict[str, Any]:
    """Return the row of a declared function: its spaces, and what its values are."""
    assumed = any(item.symbol == function.name for item in worked.entry.assumed) and not part.anchor
    return {
        "symbol": inline(latex_function_name(function)),
        "space": inline(latex_signature(function)),
        "member": inline(rf"{latex_function_name(function)} : {latex_signature(function)}"),
        "role": f"function, not specified further{declared_values(function)}",
        "assumed": assumed,
    }


def declared_values(function: UnspecifiedFunction) -> str:
    """Return what is declared of a function: of its values, since a function itself is not invertible or positive."""
    properties = declared_properties(function)
    return f"; its values are {' and '.join(properties)}" if properties else ""


def _chain(derivation: Derivation, name: str, prefix: str) -> str:
    """Return the picture of the chain, whose arrows lead to the sections that derive them."""
    named = zip(derivation.partials, anchors(derivation.partials), strict=True)
    targets = {(partial.wrt.name, partial.of.name): f"#{prefix}{name}" for partial, name in named}
    figure = chain_figure(chain_of(derivation), name, targets)
    return figure.replace("<figure ", f'<figure id="{prefix}chain" data-search-exclude ', 1)


def shortened(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the parts of a page; a partial derivative that one before it derives in the same way refers to that.

    A case of the same function that comes to the same formula is no other derivation, whatever its sizes are.
    """
    known: dict[str, str] = {}
    of_main = {partial["claim"]: partial["anchor"] for part in parts[:1] for partial in part["partials"]}
    found = []
    for part in parts:
        partials = []
        for partial in part["partials"]:
            above = known.setdefault(_same(partial), partial["anchor"])
            if part["same_chain"]:
                above = of_main.get(partial["claim"], above)
            repeats = above != partial["anchor"]
            partials.append({**partial, "as_above": above, "tabs": []} if repeats else partial)
        found.append({**part, "partials": partials})
    return found


def _same(partial: dict[str, Any]) -> str:
    """Return what two partial derivatives have in common that are derived in the same way."""
    lines = [[row[key] for key in ("formula", "cited", "rest")] for tab in partial["tabs"] for row in tab["lines"]]
    return repr([partial["claim"], lines])


def anchors(partials: Iterable[PartialDerivation]) -> list[str]:
    """Return the anchors of the sections on partial derivatives: all different, even where x and X both vary."""
    found: list[str] = []
    for partial in partials:
        name = f"{partial.of.name}-by-{partial.wrt.name}".lower().replace("_", "-")
        repeated = sum(other == name or other.startswith(f"{name}--") for other in found)
        found.append(f"{name}--{repeated + 1}" if repeated else name)
    return found


def _routes(partial: PartialDerivation, entries_first: bool) -> tuple[str, ...]:
    """Return the routes to a partial derivative in the order of their tabs; an entry may ask for entries first."""
    routes = routes_shown(partial)
    return ENTRIES_FIRST if entries_first and len(routes) > 1 else routes


def _together(derivation: Derivation, entries_first: bool, lines: Lines) -> list[dict[str, Any]]:
    """Return how the partials are put together: in the Jacobian layout, in entries, in the denominator layout."""
    entries_first = entries_first or any(routes_shown(partial) == ENTRIES_FIRST for partial in derivation.partials)
    order = ENTRIES_FIRST if entries_first else MATRICES_FIRST
    found = {
        "matrix": {"slug": "matrix", "name": ROUTE_NAMES["matrix"], "lines": lines(derivation.combination), "note": ""},
        "component": {
            "slug": "component",
            "name": ROUTE_NAMES["component"],
            "lines": lines(derivation.entries),
            "note": "",
        },
    }
    tabs = [found[name] for name in order if found[name]["lines"]]
    if derivation.denominator:
        note = f"The transpose: the same numbers, arranged as {shape_text(derivation.denominator[-1].right.shape)}."
        tabs.append({"slug": "denominator", "name": DENOMINATOR, "lines": lines(derivation.denominator), "note": note})
    return tabs


def _independent(derivation: Derivation) -> str:
    """Return what to say of the result where it is one of two: a variable with a structure has two derivatives."""
    return (
        words(with_letters(f"Independent entries of {derivation.statement.wrt.name}")) if derivation.structured else ""
    )


def _also(derivation: Derivation) -> list[dict[str, str]]:
    """Return what belongs beside the result: by the free entries of a structured variable, and in another form."""
    found = []
    restricted = by_free_entries(derivation)
    if restricted is not None:
        wrt = derivation.statement.wrt
        label = words(with_letters(f"{wrt.name} {said_of(wrt)}, {how_it_varies(wrt)}"))
        found.append({"label": label, "formula": display(latex_claim(restricted)), "anchor": "free-entries"})
    if derivation.backward is not None and len(derivation.entries) == 1 and not derivation.combination:
        formula = display(latex_claim(derivation.entries[0]))
        found.append({"label": "Entry by entry", "formula": formula, "anchor": "entries"})
    if derivation.forms:
        last = derivation.forms[-1]
        label = "In another form"
        names = [link for link in derivation.named if link.symbol in last.right.symbols - derivation.value.symbols]
        if names:
            link = names[-1]
            label = marked_sentence(Prose("In another form, with {0} = {1}", (link.symbol, link.expression)))
        found.append({"label": label, "formula": display(latex_claim(last)), "anchor": "form"})
    return found


def _backward(derivation: Derivation, lines: Lines) -> dict[str, Any] | None:
    """Return the derivative as matrices where it has more than two indices; the vec Jacobian is folded then."""
    backward, statement = derivation.backward, derivation.statement
    if derivation.higher is not None:
        form, said = higher_formulas(derivation, derivation.higher)
        return {
            "formula": display(form.latex),
            "shape": jacobian_shape_text(statement.function.shape, statement.wrt.shape),
            "given": marked_sentence(said),
            "differential": None,
            "definitions": [],
            "title": words(higher_title(derivation.higher).template),
            "lines": lines(derivation.higher.claims),
        }
    if backward is None:
        return None
    gradient = build.partial(backward.loss, statement.wrt, total=True)
    differential = None
    if backward.differential is not None:
        differential = display(f"{latex(build.differential(statement.function))} = {latex(backward.differential)}")
    return {
        "formula": display(f"{latex(gradient)} = {latex(backward.value)}"),
        "shape": shape_text(gradient.shape),
        "given": marked_sentence(upstream_prose(derivation, backward)),
        "differential": differential,
        "definitions": [display(latex_definition(link)) for link in names_on_the_way(derivation, backward)],
        "title": words(
            with_letters(
                f"Backward: from {backward.upstream.name} to the derivative with respect to {statement.wrt.name}"
            )
        ),
        "lines": lines(backward.claims),
    }


def layouts_of(derivation: Derivation) -> str:
    """Return how the two layouts of the result compare: `two`, `same`, or `none` beyond two indices."""
    of, wrt = derivation.statement.function, derivation.statement.wrt
    if _turned(derivation.denominator, derivation.value):
        return "two"
    return "none" if derivative_shape(of.shape, wrt.shape) is None else "same"


def _turned(claims: Sequence[Claim], value: Node) -> dict[str, str] | None:
    """Return a value in the denominator layout, from the lines that lead to it, if that is written otherwise."""
    last = claims[-1] if claims else None
    if last is None or last.right is value:
        return None
    formula = f"{latex(last.left)} = {latex(last.right)}"
    return {"shape": shape_text(last.right.shape), "formula": display(formula), "latex": formula}


def _partial(
    partial: PartialDerivation, anchor: str, order: Sequence[str], lines: Lines, with_layouts: bool
) -> dict[str, Any]:
    claims = {"matrix": partial.matrix_route, "component": partial.component_route}
    left = build.partial(partial.of, partial.wrt)
    refusal = words(f"Not shown in entries: {partial.refusal}.") if partial.refusal else ""
    tabs = [
        {"slug": name, "name": ROUTE_NAMES[name], "lines": lines(claims[name]), "note": "" if claims[name] else refusal}
        for name in order
    ]
    if partial.denominator or (len(order) > 1 and with_layouts):
        note = "The denominator layout is defined for scalars and vectors only."
        if left.shape.is_scalar:
            note = "The derivative of a scalar with respect to a scalar is the same in both layouts."
        note = "" if partial.denominator else note
        tabs.append({"slug": "denominator", "name": DENOMINATOR, "lines": lines(partial.denominator), "note": note})
    return {
        "symbol": maths(left),
        "title": words(with_letters(f"Derivative of {partial.of.name} with respect to {partial.wrt.name}")),
        "anchor": anchor,
        "claim": display(f"{latex(left)} = {latex(partial.value)}"),
        "differential": _differential(partial),
        "shape": shape_text(partial.value.shape),  # beyond two indices that of the stacked entries, as the formula
        "turned": _turned(partial.denominator, partial.value),
        "identity": _identity(partial),
        "tabs": tabs,
        "as_above": "",
    }


def _differential(partial: PartialDerivation) -> str:
    """Return dF in terms of dX, beyond two indices: it says what the derivative is, and nothing has to be stacked."""
    if derivative_shape(partial.of.shape, partial.wrt.shape) is not None:
        return ""
    left, dx = build.differential(partial.of), build.differential(partial.wrt)
    found = [claim.right for claim in partial.matrix_route if claim.left is left]
    whole = {node for node in walk(found[-1]) if isinstance(node, Differential)} if found else set()
    return display(f"{latex(left)} = {latex(found[-1])}") if whole == {dx} else ""


def _identity(partial: PartialDerivation) -> dict[str, Any] | None:
    """Return the listed identity of which the partial is an instance; its page is found when all pages are known."""
    row = next((row for row in IDENTITIES if row.slug == partial.identity), None)
    return None if row is None else {"name": words(row.name.lower()), "sources": list(row.sources)}


def _special_title(claims: tuple[Claim, ...]) -> str:
    """Return a heading in plain words: the one condition that all the lines share, if it is one."""
    conditions = {(a.node, a.property) for claim in claims for a in claim.assumptions if not a.declared}
    if len(conditions) != 1:
        return "Special cases"
    node, quality = conditions.pop()
    if not isinstance(node, Symbol):
        return "If the inverse exists"
    return words(with_letters(f"If {node.name} is {quality}"))


def command(entry: Asked, part: Part) -> str:
    """Return the command that derives a part of the entry in a terminal."""
    case = part.case
    expression = (case and case.expression) or entry.expression
    parts = ["jacobook derive", *map(shlex.quote, expression)]
    parts += [f"--given {shlex.quote(line)}" for line in (case and case.given) or entry.given]
    parts.append(f"--wrt {shlex.quote(part.statement.wrt.name)}")
    order = next((order for order in ORDERS if part.anchor == anchor_of_order(order)), 1)
    if order > 1:
        parts.append(f"--order {order}")
    return " \\\n  ".join(parts)
