"""A whole derivation as plain text for a terminal, as Markdown, and as the body of a LaTeX document."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.calculus.derivation import Derivation, Prose
from jacobook.rendering.latex.block import latex_block, latex_display, latex_heading, latex_sentence
from jacobook.rendering.outline import Formula, Item, Layout, Line, Route, lines, outline
from jacobook.rendering.sentences import prose_latex, prose_markdown, prose_text
from jacobook.rendering.statement_lines import latex_link

NEEDED_PACKAGES = "% Needs \\usepackage{amsmath,amssymb}.\n"
WIDTH = 100
_LEFT = 30
"""Left sides up to this width are aligned; the right side of a longer one follows it."""
_FORMULA = 62
"""Formulas up to this width have their reason at their right, longer ones below."""


def report_text(
    derivation: Derivation,
    evidence: Mapping[str, Any] | None = None,
    layout: Layout = "jacobian",
    route: Route = "matrix",
) -> str:
    """Return the derivation as plain text, formula left and reason right, about 100 columns wide."""
    parts = []
    for section in outline(derivation, evidence, layout, route):
        title = prose_text(section.title)
        body = [line for item in section.items for line in _text_item(item)]
        parts.append("\n".join([title, *(f"  {line}".rstrip() for line in body)]))
    return "\n\n".join(parts) + "\n"


def _text_item(item: Item) -> list[str]:
    match item:
        case Formula():
            return [item.text]
        case Prose():
            return textwrap.wrap(prose_text(item), WIDTH - 2)
    return _text_lines(item, WIDTH - 2)


def _text_lines(block: Sequence[Line], width: int) -> list[str]:
    left_sides = [line.text_left for line in block if line.text_left]
    indent = max((len(side) for side in left_sides if len(side) <= _LEFT), default=0)
    formulas = [f"{line.text_left:<{indent}} = {line.text_right}" for line in block]
    column = min(max((len(f) for f in formulas if len(f) <= _FORMULA), default=0), _FORMULA) + 3
    written = []
    for line, formula in zip(block, formulas, strict=True):
        reason = " ".join([prose_text(line.reason), *(prose_text(condition) for condition in line.conditions)])
        if len(formula) + 3 <= column:
            wrapped = textwrap.wrap(reason, max(width - column, 24)) or [""]
            written.append(f"{formula:<{column}}{wrapped[0]}")
            written += [" " * column + more for more in wrapped[1:]]
        else:
            written += _long(formula, indent + 5, width)
            written += [" " * (indent + 5) + more for more in textwrap.wrap(reason, width - indent - 5)]
        if line.shapes:
            written.append(" " * (indent + 3) + f"shapes: {line.shapes}")
        written += [f"    {more}" for more in _text_lines(line.steps, width - 4)]
    return written


def _long(formula: str, indent: int, width: int) -> list[str]:
    return textwrap.wrap(formula, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def _dollars(formula: str) -> str:
    return f"${formula}$"


def report_markdown(
    derivation: Derivation,
    evidence: Mapping[str, Any] | None = None,
    layout: Layout = "jacobian",
    route: Route = "matrix",
) -> str:
    """Return the derivation as Markdown with formulas between dollars, as GitHub and Jupyter read it."""
    parts = []
    for section in outline(derivation, evidence, layout, route):
        parts.append(f"## {prose_markdown(section.title, _dollars)}")
        for item in section.items:
            match item:
                case Formula():
                    parts.append(f"$$\n{item.latex}\n$$")
                case Prose():
                    parts.append(prose_markdown(item, _dollars))
                case tuple():
                    parts.append("\n".join(_markdown_lines(item, "")))
    return "\n\n".join(parts) + "\n"


def _markdown_lines(block: Sequence[Line], indent: str) -> list[str]:
    written = []
    for line in block:
        formula = f"{line.latex_left} = {line.latex_right}".strip()
        reason = " ".join(prose_markdown(part, _dollars) for part in (line.reason, *line.conditions))
        written.append(rf"{indent}- $\displaystyle {formula}$ — {reason}")
        written += _markdown_lines(line.steps, indent + "    ")
    return written


def report_latex(
    derivation: Derivation,
    evidence: Mapping[str, Any] | None = None,
    layout: Layout = "jacobian",
    route: Route = "matrix",
    heading: str = "section*",
    with_remark: bool = True,
) -> str:
    r"""Return the derivation as the body of a LaTeX document (packages amsmath and amssymb); reasons wrap.

    The remark names the packages, for a document that does not load them yet.
    """
    parts = [f"{NEEDED_PACKAGES if with_remark else ''}\\allowdisplaybreaks"]
    for section in outline(derivation, evidence, layout, route):
        parts.append(rf"\{heading}{{\raggedright {prose_latex(section.title)}}}")
        for item in section.items:
            match item:
                case Formula():
                    parts.append(latex_display(item.latex))
                case Prose():
                    parts.append(latex_sentence(item))
                case tuple():
                    parts += _latex_blocks(item)
    return "\n\n".join(parts) + "\n"


def steps_latex(derivation: Derivation, layout: Layout = "jacobian", route: Route = "matrix") -> str:
    r"""Return the lines of the derivation alone, as `align*` environments to be put into a document by `\input`."""
    named = [latex_display(latex_link(link)) for link in derivation.links] if derivation.decomposition else []
    blocks = [lines(derivation.decomposition)]
    for partial in derivation.partials:
        chosen = partial.component_route if route == "component" else partial.matrix_route
        blocks.append(lines(chosen or partial.matrix_route or partial.component_route))
    blocks.append(lines(derivation.combination))
    blocks.append(lines(derivation.denominator if layout == "denominator" else ()))
    return "\n\n".join([*named, *(part for block in blocks for part in _latex_blocks(block))]) + "\n"


def _latex_blocks(block: Sequence[Line]) -> list[str]:
    parts = [latex_block(block)] if block else []
    for line in block:
        if line.steps:
            parts.append(latex_heading(line))
            parts += _latex_blocks(line.steps)
    return parts
