"""What a report of a derivation says and in which order, before it is text, Markdown or LaTeX."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jacobook.algebra import build, nodes
from jacobook.algebra.declared_properties import said
from jacobook.algebra.display.parentheses import SUPERSCRIPTS, shape_groups, terms, without_minus
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import derivative_shape
from jacobook.calculus.derivation import (
    BackwardForm,
    Claim,
    Derivation,
    ForwardForm,
    HigherForm,
    PartialDerivation,
    Prose,
)
from jacobook.calculus.family_members import by_member, member_asked_for
from jacobook.calculus.free_entries import has_free_entries, said_of
from jacobook.calculus.higher_derivatives import ORDINALS
from jacobook.language.printer import text, text_declarations, text_definition, text_functions, text_link
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.lines import latex_right
from jacobook.rendering.remark_words import TITLE, remark_prose
from jacobook.rendering.shape_words import described_shape, result, shape_text
from jacobook.rendering.statement_lines import (
    assumption_prose,
    latex_declarations,
    latex_definition,
    latex_functions,
    latex_link,
)

WITH_NAMES = "Here"
"""What stands between a result in names and their definitions."""
Layout = Literal["jacobian", "denominator"]
Route = Literal["matrix", "component"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that stands on a line of its own, in both notations."""

    text: str
    latex: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation: a formula, its reason, and the lines one level down."""

    text_left: str
    text_right: str
    latex_left: str
    latex_right: str
    reason: Prose
    conditions: tuple[Prose, ...] = ()
    shapes: str = ""
    """How the shapes multiply: `(1×1)(1×D)(D×D) = 1×D`."""
    steps: tuple[Line, ...] = ()


Item = Formula | Prose | tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: Prose
    items: tuple[Item, ...]


def outline(
    derivation: Derivation,
    evidence: Mapping[str, Any] | None = None,
    layout: Layout = "jacobian",
    route: Route = "matrix",
) -> list[Section]:
    """Return the sections of a report, in order."""
    remarks = tuple(remark_prose(remark) for remark in derivation.statement.remarks)
    sections = [Section(TITLE, remarks)] if remarks else []
    statement = derivation.statement
    sections.append(Section(Prose("Statement"), tuple(_statement(derivation))))
    if derivation.assumptions:
        prose = tuple(assumption_prose(assumption) for assumption in derivation.assumptions)
        sections.append(Section(Prose("Assumptions"), prose))
    if derivation.decomposition:
        links = tuple(Formula(text_link(link), latex_link(link)) for link in derivation.links)
        items: tuple[Item, ...] = (*links, lines(derivation.decomposition))
        sections.append(Section(Prose("Chain"), items))
    if derivation.passed_on and derivation.forward is None:
        whole = len(derivation.partials) > 1
        sections += [_differential(partial, route, whole) for partial in derivation.partials]
    if derivation.passed_on:
        sections += _of_more_indices(derivation)
    if derivation.forward is not None:
        title = Prose("Forward: from {0} to {1}", tuple(map(build.differential, (statement.wrt, statement.function))))
        sections.append(Section(title, (lines(derivation.forward.claims),)))
    if not derivation.passed_on:
        sections += _derivative(derivation, layout, route)
    else:
        sections.append(Section(Prose("Result"), tuple(_passed_on(derivation))))
    if derivation.notes:
        sections.append(Section(Prose("Notes"), derivation.notes))
    sections.append(Section(Prose("Verification"), (Prose("{0}", (verification_sentence(evidence),)),)))
    return sections


def title_of_order(order: int) -> str:
    """Return the heading over a derivative of a higher order, nothing for the first."""
    return f"The {ORDINALS[order]} derivative" if order > 1 else ""


def _passed_on(derivation: Derivation) -> list[Item]:
    """Return the result where a rule was asked for that passes a gradient or a tangent on."""
    if derivation.forward is not None:
        return _forward_result(derivation, derivation.forward)
    assert derivation.backward is not None
    return _backward_result(derivation, derivation.backward)


def _derivative(derivation: Derivation, layout: Layout, route: Route) -> list[Section]:
    """Return the sections from the partial derivatives to what the result becomes in special cases."""
    sections = [*partial_sections(derivation, route), *_of_more_indices(derivation)]
    if derivation.combination:
        sections.append(Section(Prose("Chain rule"), (lines(derivation.combination),)))
    sections.append(Section(Prose("Result"), tuple(_result(derivation, layout))))
    member, of_member = member_asked_for(derivation), by_member(derivation)
    if member is not None and of_member is not None:
        sections.append(Section(Prose("With respect to {0}", (member,)), (lines((of_member,)),)))
    if derivation.denominator:
        sections.append(Section(Prose("Denominator layout"), (lines(derivation.denominator),)))
    if derivation.forms:
        sections.append(Section(Prose("In another form"), (lines(derivation.forms),)))
    if derivation.entries:
        sections.append(Section(Prose("Entry by entry"), (lines(derivation.entries),)))
    if derivation.structured:
        sections.append(Section(Prose(free_entries_title(derivation)), (lines(derivation.structured),)))
    if derivation.special_cases:
        sections.append(Section(Prose("Special cases"), separate_lines(derivation.special_cases)))
    return sections


def _of_more_indices(derivation: Derivation) -> list[Section]:
    """Return what passes a gradient on, and what a derivative of a higher order is as a form, where there is such."""
    sections = [] if derivation.backward is None else [_backward(derivation, derivation.backward)]
    if derivation.higher is not None:
        sections.append(Section(higher_title(derivation.higher), (lines(derivation.higher.claims),)))
    return sections


def partial_sections(derivation: Derivation, route: Route) -> list[Section]:
    """Return a section for each partial derivative, in the order of the links."""
    return [_partial(partial, route) for partial in derivation.partials]


def free_entries_title(derivation: Derivation) -> str:
    """Return the heading over what the derivative is for a variable that keeps a declared property, in plain words."""
    wrt = derivation.statement.wrt
    varies = "only its free entries vary" if has_free_entries(wrt) else "its entries vary together"
    return f"If {wrt.name} stays {said_of(wrt)}: {varies}"


def lines(claims: Iterable[Claim]) -> tuple[Line, ...]:
    """Return the lines of a block of claims; a left side that repeats is printed once only."""
    found = []
    previous: Node | None = None
    for claim in claims:
        repeats = claim.left is previous
        right = latex_right(claim)
        found.append(
            Line(
                "" if repeats else text(claim.left),
                text(claim.right),
                "" if repeats else latex(claim.left),
                right,
                claim.reason,
                conditions(claim),
                shape_product_text(claim.right) if claim.show_shapes else "",
                lines(claim.steps),
            )
        )
        previous = claim.left
    return tuple(found)


def separate_lines(claims: Iterable[Claim]) -> tuple[Item, ...]:
    """Return each claim as a block of its own: what holds under one condition is not continued by "=" under another."""
    return tuple(lines((claim,)) for claim in claims)


def conditions(claim: Claim) -> tuple[Prose, ...]:
    """Return the conditions that a line itself introduces, as far as its reason does not name them."""
    named = [value for value in claim.reason.values if not isinstance(value, str)]
    return tuple(
        Prose("Holds if {0} is {1}.", (assumption.node, said(assumption.property)))
        for assumption in claim.assumptions
        if not (assumption.declared or (assumption.node in named and assumption.property in claim.reason.template))
    )


def shape_product_text(node: Node) -> str:
    """Return how the shapes of the factors multiply: `(1×1)(1×D)(D×D) = 1×D`; for a sum, of each term.

    Nothing for a single factor, nor for scalars alone: that (1×1)(1×1) is 1×1 tells nobody anything.
    """
    written = []
    for term in terms(node):
        term = without_minus(term)[1]
        shapes = [group[0].shape for group in shape_groups(term)]
        if len(shapes) > 1 and not all(shape.is_scalar for shape in shapes):
            factors = "".join(f"({shape_text(shape)})" for shape in shapes)
            written.append(f"{factors} = {shape_text(term.shape)}")
    return "; ".join(dict.fromkeys(written))


def power_of_ten(bound: float) -> str:
    """Return a bound of errors, a negative power of ten, as it is printed: `10⁻⁹`."""
    return "10⁻" + str(-round(math.log10(bound))).translate(SUPERSCRIPTS)


def verdict_of(evidence: Mapping[str, Any]) -> str:
    """Return `checked`, `unchecked` (it could not be checked) or `failed`."""
    return str(evidence.get("verdict", "checked" if evidence["passed"] else "failed"))


def verification_sentence(evidence: Mapping[str, Any] | None) -> str:
    """Return what the evidence says, in one sentence."""
    if evidence is None:
        return "Not verified."
    verdict = verdict_of(evidence)
    if verdict == "failed":
        failures = " ".join(evidence.get("failures", ()))
        return f"Verification FAILED. {failures}".rstrip()
    if verdict == "unchecked":
        return f"Could not be checked: {evidence.get('why') or 'nothing could be compared'}.{_what_was(evidence)}"
    said = (
        f"Verified: {evidence['instances']} comparisons at random points, "
        f"every relative error below {power_of_ten(evidence['tolerance'])}"
    )
    sizes = evidence.get("symbolic_sizes") or ()
    if evidence["symbolic"] == "proved":
        where = "; ".join(", ".join(f"{name} = {size}" for name, size in one.items()) for one in sizes if one)
        said += "; proved symbolically" + (f" for {where}" if where else "")
    elif evidence["symbolic"] == "undecided":
        said += "; the symbolic check did not decide every claim"
    return said + "."


def _what_was(evidence: Mapping[str, Any]) -> str:
    """Return how much of a derivation was checked all the same, as a sentence; nothing where nothing was."""
    claims = evidence.get("claims", 0)
    checked = claims - evidence.get("unchecked", claims)
    return f" ({checked} of {claims} lines were checked, and hold.)" if checked else ""


def _statement(derivation: Derivation) -> list[Item]:
    statement = derivation.statement
    declared = tuple(s for s in statement.declarations if s not in statement.definitions)
    items: list[Item] = [
        Formula(*pair) for pair in zip(text_declarations(declared), latex_declarations(declared), strict=True)
    ]
    functions = statement.functions
    items += [Formula(*pair) for pair in zip(text_functions(functions), latex_functions(functions), strict=True)]
    items += [Formula(text_link(link), latex_link(link)) for link in statement.links]
    spaces = ", ".join(f"{link.symbol.name} in {link.symbol.shape.space}" for link in statement.links)
    items.append(Prose("Differentiate {0} with respect to {1} ({2}).", (statement.function, statement.wrt, spaces)))
    return items


def _backward(derivation: Derivation, backward: BackwardForm) -> Section:
    wrt = derivation.statement.wrt
    gradient, known = build.partial(backward.loss, wrt, total=True), upstream_prose(derivation, backward)
    title = Prose("Backward: from {0} to {1}", (backward.upstream, gradient))
    return Section(title, (known, lines(backward.claims)))


def upstream_prose(derivation: Derivation, backward: BackwardForm) -> Prose:
    """Return what the given gradient is, as a sentence."""
    f, upstream = derivation.statement.function, backward.upstream
    words = "{0} ({1}) is the derivative of any scalar {3} that depends on {2}, with respect to {2}."
    return Prose(words, (upstream, shape_text(f.shape), f, backward.loss))


def names_on_the_way(derivation: Derivation, backward: BackwardForm) -> tuple[Link, ...]:
    """Return the definitions of the names in a backward form that the statement does not give."""
    return tuple(link for link in backward.kept if link.symbol not in derivation.statement.definitions)


def _backward_result(derivation: Derivation, backward: BackwardForm) -> list[Item]:
    """Return ∂L/∂X, given ∂L/∂F; the differential; what their names stand for."""
    statement = derivation.statement
    pairs = [(build.partial(backward.loss, statement.wrt, total=True), backward.value)]
    if backward.differential is not None:
        pairs.append((build.differential(statement.function), backward.differential))
    gradient, *differential = [Formula(f"{text(a)} = {text(b)}", f"{latex(a)} = {latex(b)}") for a, b in pairs]
    names = [Formula(text_definition(link), latex_definition(link)) for link in names_on_the_way(derivation, backward)]
    return [gradient, *names, upstream_prose(derivation, backward), *differential]


def higher_title(higher: HigherForm) -> Prose:
    """Return what the lines of a form lead to."""
    return Prose(f"The {ORDINALS[higher.order]} differential")


def higher_formulas(derivation: Derivation, higher: HigherForm) -> tuple[Formula, Prose]:
    """Return d²f[H, H] = … and what it is, as a sentence."""
    power, (f, h) = str(higher.order), (higher.function, higher.direction)
    along = ", ".join([h.name] * higher.order)
    along_latex = ", ".join([latex(h)] * higher.order)
    formula = Formula(
        f"d{power.translate(SUPERSCRIPTS)}{f.name}[{along}] = {text(higher.value)}",
        rf"\mathrm{{d}}^{{{power}}}{latex(f)}[{along_latex}] = {latex(higher.value)}",
    )
    said = f"The {ORDINALS[higher.order]} derivative of {{0}} along {{1}}"
    words = f"{said}: that of {{0}}({{2}} + {{3}} {{1}}) at {{3}} = 0."
    return formula, Prose(words, (f, h, derivation.statement.wrt, nodes.symbol("t")))


def _differential(partial: PartialDerivation, route: Route, whole: bool) -> Section:
    """Return how a differential is found; with `whole`, also the derivative, where that has at most two indices."""
    if whole and derivative_shape(partial.of.shape, partial.wrt.shape) is not None:
        return _partial(partial, route)
    d = build.differential(partial.of)
    claims = [claim for claim in partial.matrix_route if claim.left is d]
    return Section(Prose("{0}", (d,)), (lines(claims),))


def _forward_result(derivation: Derivation, forward: ForwardForm) -> list[Item]:
    """Return d of the function for a given d of the variable, and what the names in it stand for."""
    d = build.differential(derivation.statement.function)
    items: list[Item] = [Formula(f"{text(d)} = {text(forward.value)}", f"{latex(d)} = {latex(forward.value)}")]
    known = derivation.statement.definitions
    new = [link for link in forward.kept if link.symbol not in known]
    items += [Formula(text_definition(link), latex_definition(link)) for link in new]
    return [*items, Prose("for {0} = {1}.", (build.differential(derivation.statement.wrt), forward.tangent))]


def _partial(partial: PartialDerivation, route: Route) -> Section:
    claims = partial.component_route if route == "component" else partial.matrix_route
    shape = described_shape(partial.of.shape, partial.wrt.shape)
    left = build.partial(partial.of, partial.wrt)
    items: list[Item] = []
    if not claims:
        claims = partial.matrix_route or partial.component_route
        refusal = partial.refusal or "this route has no answer"
        items.append(Prose("Derived by the other route, since {0}.", (refusal.rstrip("."),)))
    items.append(lines(claims))
    return Section(Prose("{0}, {1}", (left, shape)), tuple(items))


def _result(derivation: Derivation, layout: Layout) -> list[Item]:
    left, value = result(derivation, layout)
    statement = derivation.statement
    if derivative_shape(statement.function.shape, statement.wrt.shape) is None:
        shape = described_shape(statement.function.shape, statement.wrt.shape)
    else:
        shape = shape_text(value.shape)
    items: list[Item] = [Formula(f"{text(left)} = {text(value)}", f"{latex(left)} = {latex(value)}")]
    if derivation.backward is not None:
        items = [*_backward_result(derivation, derivation.backward), *items]
    if derivation.higher is not None:
        items = [*higher_formulas(derivation, derivation.higher), *items]
    if derivation.kept:
        items.append(Prose(WITH_NAMES))
        items += [Formula(text_definition(link), latex_definition(link)) for link in derivation.kept]
    return [*items, Prose("Shape: {0} ({1} layout).", (shape, layout.replace("j", "J")))]
