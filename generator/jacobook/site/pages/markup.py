"""Formulas and sentences in the form in which the templates write them into Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from jacobook.algebra.nodes import Node
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.rules.table import RULES
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.lines import LatexLine, latex_claim_lines
from jacobook.rendering.outline import conditions, shape_product_text
from jacobook.rendering.sentences import escape_markdown, prose_markdown
from jacobook.rendering.stages_of_lines import stages

if TYPE_CHECKING:
    from jacobook.verification.refuted_mistakes import Refuted

BAR = r"\vert "


def inline(formula: str) -> str:
    r"""Return a formula inside a sentence, kept out of the search index: `\(…\){data-search-exclude}`.

    It may stand in a table, where a bare bar would end the cell.
    """
    return rf"\({formula.replace('|', BAR)}\){{data-search-exclude}}"


def display(formula: str) -> str:
    """Return a formula on a line of its own, kept out of the search index."""
    return f'<div class="arithmatex" data-search-exclude>\\[{html.escape(formula, quote=False)}\\]</div>'


def maths(node: Node) -> str:
    """Return an expression as inline mathematics."""
    return inline(latex(node))


def marked_sentence(prose: Prose) -> str:
    """Return a sentence with its formulas as Markdown; its words are escaped."""
    return prose_markdown(prose, inline)


def words(text: str) -> str:
    """Return an author's plain text as Markdown in which nothing is special."""
    return escape_markdown(text)


LONGEST_INDENTED = 60
"""A continued line with more characters (as plain text) is not indented: it would be broken after the indent."""


def _continued(left: str, line: LatexLine) -> str:
    """Return `= …` under the sign of equality of the line before it."""
    indent = rf"\hphantom{{{left}}} " if len(text(line.claim.right)) <= LONGEST_INDENTED else ""
    return f"{indent}= {line.annotated}"


def without_mistakes(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return lines of a derivation (see `steps`) without the notes on common mistakes."""
    return [{**line, "mistake": ""} for line in lines]


def steps(claims: Iterable[Claim], mistakes: Sequence[Refuted | None] = ()) -> list[dict[str, Any]]:
    """Return the lines of a derivation for the template: formula, reason, rule, shapes, and what is one level down.

    `mistakes` holds, for each line, the common mistake to warn of there.
    """
    rows: list[dict[str, Any]] = []
    block = list(claims)
    stages_by_start = _stages(block)
    left = ""
    for place, (line, refuted) in enumerate(zip_longest(latex_claim_lines(block), mistakes)):
        claim = line.claim
        rule = RULES[claim.rule]
        cited, rest = cited_clause(claim.reason)
        stage = stages_by_start.get(place)
        begins = bool(line.left or stage)
        left = line.left or left
        rows.append(
            {
                "stage": stage,
                "formula": display(f"{left} = {line.annotated}" if begins else _continued(left, line)),
                "plain": display(f"{left if begins else ''} = {latex(claim.right, claim.mark_diagonal)}".strip()),
                "cited": marked_sentence(cited),
                "rest": marked_sentence(rest),
                "rule": rule.slug,
                "is_own": False,
                "rule_name": words(rule.name),
                "shapes": shape_product_text(claim.right) if claim.show_shapes else "",
                "conditions": [marked_sentence(condition) for condition in conditions(claim)],
                "mistake": marked_sentence(refuted.mistake.said) if refuted else "",
                "steps": steps(claim.steps),
            }
        )
    return rows


def _stages(claims: Sequence[Claim]) -> dict[int, dict[str, Any]]:
    """Return the stages of a long block by the place of their first line; nothing for a block that is shown whole."""
    found: dict[int, dict[str, Any]] = {}
    place = 0
    for part in stages(claims):
        if part.title:
            title, size = words(part.title), len(part.claims)
            found[place] = {"title": title, "size": size, "first": place + 1, "open": part.is_open}
        place += len(part.claims)
    return found


def cited_clause(reason: Prose) -> tuple[Prose, Prose]:
    """Return the first clause of a reason, which becomes the link to the rule, and what follows it."""
    end = re.search(r"[;:.](?=\s|$)", reason.template)
    place = end.start() if end else len(reason.template)
    return Prose(reason.template[:place], reason.values), Prose(reason.template[place:], reason.values)
