"""Formulas and sentences in the form in which the templates write them into Markdown."""

from __future__ import annotations

import html
from collections.abc import Iterable

from generator.algebra.nodes import Node
from generator.calculus.derivation import Claim, Prose
from generator.calculus.rules import RULES
from generator.rendering.latex import latex
from generator.rendering.latex_lines import latex_claim_lines
from generator.rendering.outline import shape_product_text
from generator.rendering.prose import escape_markdown, prose_markdown
from generator.rendering.statement import assumption_prose


def inline(formula: str) -> str:
    r"""Return a formula inside a sentence, kept out of the search index: `\(…\){data-search-exclude}`."""
    return rf"\({formula}\){{data-search-exclude}}"


def display(formula: str) -> str:
    """Return a formula on a line of its own, kept out of the search index."""
    return f'<div class="arithmatex" data-search-exclude>\\[{html.escape(formula, quote=False)}\\]</div>'


def maths(node: Node) -> str:
    """Return an expression as inline mathematics."""
    return inline(latex(node))


def sentence(prose: Prose) -> str:
    """Return a sentence with its formulas as Markdown; its words are escaped."""
    return prose_markdown(prose, inline)


def words(text: str) -> str:
    """Return an author's plain text as Markdown in which nothing is special."""
    return escape_markdown(text)


def attribute(text: str) -> str:
    """Return an author's plain text for front matter that themes print without escaping."""
    return html.escape(" ".join(text.split()), quote=True)


def steps(claims: Iterable[Claim]) -> list[dict[str, object]]:
    """Return the lines of a derivation for the template: formula, reason, rule, shapes, and what is one level down."""
    claims = list(claims)
    rows: list[dict[str, object]] = []
    for line in latex_claim_lines(claims):
        claim = line.claim
        rule = RULES[claim.rule]
        rows.append(
            {
                "formula": display(line.formula if line.left else rf"\quad = {line.right}"),
                "reason": sentence(claim.reason),
                "rule": rule.slug,
                "rule_name": words(rule.name),
                "shapes": shape_product_text(claim.right) if claim.show_shapes else "",
                "conditions": [sentence(assumption_prose(a)) for a in claim.assumptions if not a.declared],
                "steps": steps(claim.steps),
            }
        )
    return rows
