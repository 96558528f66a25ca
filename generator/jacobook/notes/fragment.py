r"""A derivation as a piece of HTML for other people's pages.

Formulas stand between `\(` and `\)`, `\[` and `\]`, in elements of class `arithmatex`, as Material and its kin have
them; they use nothing that MathJax 3, MathJax 4 or KaTeX lacks. Everything is inside of one element of class
`jacobook`, readable without a style sheet, without headings, and with ids that begin with the given prefix.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from jacobook.algebra import build, nodes
from jacobook.calculus.derivation import Derivation, Prose
from jacobook.notes.fences import OthersFormula
from jacobook.notes.marked_work import ExaminedFormula, MarkedWork
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.outline import (
    WITH_NAMES,
    Formula,
    Item,
    Layout,
    Line,
    Route,
    free_entries_title,
    higher_formulas,
    higher_title,
    lines,
    names_on_the_way,
    partial_sections,
    separate_lines,
    title_of_order,
    upstream_prose,
    verification_sentence,
)
from jacobook.rendering.pictures.chain_data import chain_of
from jacobook.rendering.pictures.chain_svg import chain_svg
from jacobook.rendering.remark_words import remark_prose
from jacobook.rendering.sentences import prose_html
from jacobook.rendering.shape_words import jacobian_shape_text, result, shape_text
from jacobook.rendering.statement_lines import (
    latex_declarations,
    latex_definition,
    latex_functions,
    latex_link,
    where_rules_apply,
)

ADDITIVE = (nodes.Add, nodes.Negate)


@cache
def _template(name: str) -> Template:
    return Environment(
        loader=PackageLoader("jacobook.notes"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)


def inline_formula(formula: str) -> str:
    r"""Return a formula in a sentence as HTML: `\(…\)`."""
    return f'<span class="arithmatex">\\({html.escape(formula, quote=False)}\\)</span>'


def displayed(formula: str) -> Markup:
    r"""Return a formula on a line of its own as HTML: `\[…\]`."""
    return Markup('<div class="arithmatex">\\[{}\\]</div>').format(formula)  # escaped by Markup


def sentence_html(prose: Prose) -> Markup:
    """Return a sentence as HTML, its words escaped."""
    return Markup(prose_html(prose, inline_formula))


def fence_html(work: MarkedWork, prefix: str) -> str:
    """Return a fence that was worked out, as HTML on lines without blank ones between them."""
    fence = work.fence
    assert fence is not None
    layout: Layout = "denominator" if work.layout == "denominator" else "jacobian"
    claims, published = map(_claim, work.claims), map(_claim, work.published)
    return derivations_html(work.derivations, work.evidence, layout, fence.show, prefix, [*claims], [*published])


def derivations_html(
    derivations: Sequence[Derivation],
    evidence: Sequence[Mapping[str, Any]],
    layout: Layout,
    shown: Sequence[str],
    prefix: str,
    claims: Sequence[dict[str, Any]] = (),
    published: Sequence[dict[str, Any]] = (),
) -> str:
    """Return a derivation, or those of the first and the second derivative, as HTML without blank lines."""
    parts = [
        {"title": title_of_order(place), **_part(derivation, found, shown, layout, f"{prefix}-{place}")}
        for place, (derivation, found) in enumerate(zip(derivations, evidence, strict=True), 1)
    ]
    text = _template("fence.html.j2").render(
        prefix=prefix,
        parts=parts,
        given=[Markup(inline_formula(one)) for one in declared_latex(derivations[0])],
        statement=[displayed(latex_link(link)) for link in derivations[0].statement.links],
        notes=[sentence_html(note) for note in _remarks(derivations[0])],
        claims=claims,
        published=published,
    )
    return _without_blank_lines(text)


def faulty_html(source: str, messages: Sequence[str]) -> str:
    """Return what stands in a page instead of a fence that cannot be shown: its text, and what is wrong with it."""
    return _without_blank_lines(_template("faulty.html.j2").render(source=_code(source), messages=messages))


def claim_html(work: MarkedWork, line: str) -> str:
    """Return an inline claim as HTML: typeset, with the verdict in words for those who point at it."""
    if not work.claims:
        return str(_template("inline.html.j2").render(formula=None, source=line, held=False, said="")).strip()
    formula = claim_latex(work)
    held = all(one.held for one in work.claims) and not work.faults
    said = "Checked. " + work.claims[-1].said if held else " ".join(fault.message for fault in work.faults)
    return str(_template("inline.html.j2").render(formula=formula, source=line, held=held, said=said)).strip()


def claim_latex(work: MarkedWork) -> str:
    """Return the equation of an inline claim, in LaTeX."""
    answers = [one.finding.formula for one in work.claims]
    return " = ".join([_derivative_as_asked(work), *(latex(answer) for answer in answers if answer is not None)])


def _derivative_as_asked(work: MarkedWork) -> str:
    """Return what a claim is about: the derivative of the function that stands in it, which may have no name."""
    statement = work.derivations[0].statement
    function, variable = statement.function, latex(statement.wrt)
    order = len(work.derivations)
    of = latex(function) if work.is_named else ""
    upper = rf"\mathrm{{d}}^{{{order}}}{of}" if order > 1 else rf"\mathrm{{d}}{of}"
    lower = rf"\mathrm{{d}}{variable}"
    if order > 1 and not (order == 2 and statement.wrt.shape.is_vector and function.shape.is_scalar):
        lower += f"^{{{order}}}"
    elif order > 1:
        lower = rf"{lower}\,{lower}^{{\top}}"
    operator = rf"\frac{{{upper}}}{{{lower}}}"
    if work.is_named:
        return operator
    expression = next(link.expression for link in statement.links if link.symbol is function)
    body = latex(expression)
    return rf"{operator}\left({body}\right)" if isinstance(expression, ADDITIVE) else rf"{operator}\,{body}"


def _code(text: str) -> Markup:
    """Return code as HTML on one line: its ends of lines are references, so that none of its lines is blank."""
    return Markup(html.escape(text, quote=False).replace("\n", "&#10;"))


def _without_blank_lines(text: str) -> str:
    """Return HTML that Markdown takes for one block."""
    return "\n".join(line for line in text.splitlines() if line.strip())


def declared_latex(derivation: Derivation) -> list[str]:
    """Return what is declared in a derivation, in LaTeX."""
    statement = derivation.statement
    declared = tuple(symbol for symbol in statement.declarations if symbol not in statement.definitions)
    return [*latex_declarations(declared), *latex_functions(statement.functions)]


def _remarks(derivation: Derivation) -> Iterable[Prose]:
    return [remark_prose(remark) for remark in derivation.statement.remarks]


def _part(
    derivation: Derivation, evidence: Mapping[str, Any], shown: Sequence[str], layout: Layout, prefix: str
) -> dict[str, Any]:
    left, value = result(derivation, layout)
    return {
        "statement": [displayed(latex_link(link)) for link in derivation.statement.links],
        "result": displayed(f"{latex(left)} = {latex(value)}") if "result" in shown else "",
        "shape": _shape(derivation, layout),
        "definitions": [displayed(latex_definition(link)) for link in derivation.kept],
        "with_names": WITH_NAMES,
        "backward": _backward(derivation) if "result" in shown else [],
        "picture": Markup(chain_svg(chain_of(derivation), f"{prefix}-chain")) if "picture" in shown else "",
        "sections": _sections(derivation, shown, layout),
        "code": _code(numpy_source(derivation).rstrip()) if "code" in shown else "",
        "evidence": verification_sentence(evidence) if "evidence" in shown else "",
        "checked": evidence["verdict"] == "checked",
        "why": evidence.get("why") or "",
    }


def _shape(derivation: Derivation, layout: str) -> str:
    statement = derivation.statement
    if layout == "denominator" and derivation.denominator:
        return shape_text(result(derivation, layout)[1].shape)
    return jacobian_shape_text(statement.function.shape, statement.wrt.shape)


def _backward(derivation: Derivation) -> list[Markup]:
    """Return the derivative as matrices where it has more than two indices."""
    if derivation.higher is not None:
        form, said = higher_formulas(derivation, derivation.higher)
        return [displayed(form.latex), Markup("<p>{}</p>").format(sentence_html(said))]
    backward = derivation.backward
    if backward is None:
        return []
    gradient = build.partial(backward.loss, derivation.statement.wrt, total=True)
    names = [displayed(latex_definition(link)) for link in names_on_the_way(derivation, backward)]
    formula = displayed(f"{latex(gradient)} = {latex(backward.value)}")
    return [formula, *names, Markup("<p>{}</p>").format(sentence_html(upstream_prose(derivation, backward)))]


def _sections(derivation: Derivation, shown: Sequence[str], layout: str) -> list[dict[str, Any]]:
    """Return the blocks of lines that are shown: titles are sentences, since headings would join those of the page."""
    found: list[tuple[Prose, tuple[Item, ...]]] = []
    if ("chain" in shown or "steps" in shown) and derivation.decomposition:
        links = tuple(Formula("", latex_link(link)) for link in derivation.links)
        found.append((Prose("Name the inner functions"), (*links, lines(derivation.decomposition))))
    if "steps" in shown and derivation.backward is not None:
        found.append((Prose("Backward"), (lines(derivation.backward.claims),)))
    if "steps" in shown and derivation.higher is not None:
        found.append((higher_title(derivation.higher), (lines(derivation.higher.claims),)))
    routes: tuple[Route, ...] = ("matrix", "component")
    for route in routes:
        if ("steps" if route == "matrix" else "components") in shown:
            found += [(section.title, section.items) for section in partial_sections(derivation, route)]
    if ("chain" in shown or "steps" in shown) and derivation.combination:
        found.append((Prose("Chain rule"), (lines(derivation.combination),)))
    if "components" in shown and derivation.entries:
        found.append((Prose("Entry by entry"), (lines(derivation.entries),)))
    if layout == "denominator" and derivation.denominator and ("steps" in shown or "components" in shown):
        found.append((Prose("Denominator layout"), (lines(derivation.denominator),)))
    if "steps" in shown:
        if derivation.forms:
            found.append((Prose("In another form"), (lines(derivation.forms),)))
        if derivation.structured:
            found.append((Prose(free_entries_title(derivation)), (lines(derivation.structured),)))
        if derivation.special_cases:
            found.append((Prose("Special cases"), separate_lines(derivation.special_cases)))
        if apply := where_rules_apply(derivation):
            found.append((Prose("Where the rules apply"), apply))
    return [{"title": sentence_html(title), "items": [_item(item) for item in items]} for title, items in found]


def _item(item: Item) -> dict[str, Any]:
    match item:
        case Formula():
            return {"kind": "formula", "formula": displayed(item.latex)}
        case Prose():
            return {"kind": "sentence", "sentence": sentence_html(item)}
    return {"kind": "lines", "lines": [_line(line) for line in item]}


def _line(line: Line) -> dict[str, Any]:
    return {
        "formula": displayed(f"{line.latex_left} = {line.latex_right}".strip()),
        "goes_on": not line.latex_left.strip(),
        "reason": Markup(" ").join([sentence_html(line.reason), *map(sentence_html, line.conditions)]),
        "shapes": line.shapes,
        "steps": [_line(step) for step in line.steps],
    }


def _claim(one: ExaminedFormula) -> dict[str, Any]:
    formula = one.finding.formula
    others = one.claim if isinstance(one.claim, OthersFormula) else None
    return {
        "formula": Markup(inline_formula(latex(formula))) if formula is not None else one.claim.formula,
        "held": one.held,
        "said": one.said,
        "source": others.source if others else None,
        "link": others.link if others else None,
    }
