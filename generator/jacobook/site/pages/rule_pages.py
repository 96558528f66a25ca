"""One page for every row of the rule table: statement, domain, sources and proof, as plain data."""

from __future__ import annotations

from typing import Any

from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Apply, Symbol
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Prose
from jacobook.calculus.proofs.rule_proofs import proof_of
from jacobook.calculus.reasons import capitalised
from jacobook.calculus.rules.table import (
    ALGEBRA,
    COMPONENTS,
    DIFFERENTIALS,
    FUNCTION_RULES,
    RULES,
    DifferentialRule,
    Rule,
)
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.sentences import prose_text
from jacobook.site.pages.markup import display, marked_sentence, maths, steps, words
from jacobook.site.search_spellings import names_of_function

GROUPS: tuple[tuple[str, str, str, tuple[Rule, ...]], ...] = (
    (
        "differentials",
        "Differentials",
        "How d moves into an expression. X stands for any expression of the right shape.",
        DIFFERENTIALS,
    ),
    (
        "functions",
        "Functions of a scalar",
        "Applied to an array, each acts on every entry, and so does its derivative.",
        FUNCTION_RULES,
    ),
    (
        "algebra",
        "Algebra",
        "What brings a differential into the form from which the derivative is read off.",
        ALGEBRA,
    ),
    ("entries-and-indices", "Entries and indices", "The steps of the component route.", COMPONENTS),
)


def rule_data() -> dict[str, Any]:
    """Return the rule table as plain data, proofs included: its groups, its rows in order, the name of each row."""
    return {
        "groups": [{"slug": slug, "title": title, "about": about} for slug, title, about, _ in GROUPS],
        "rows": [_rule(rule, group) for group, _, _, rules in GROUPS for rule in rules],
        "names": {slug: words(rule.name) for slug, rule in RULES.items()},
    }


def _rule(rule: Rule, group: str) -> dict[str, Any]:
    sides = rule.statement
    reason = _reason(rule)
    proof = proof_of(rule)
    return {
        "slug": rule.slug,
        "group": group,
        "title": words(rule.name),
        "names": _names(rule),
        "spelled": text(rule.pattern) if isinstance(rule, DifferentialRule) else "",
        "head": {"title": rule.name, "description": _description(rule.name, prose_text(reason))},
        "statement": display(f"{latex(sides[0])} = {latex(sides[1])}") if sides else "",
        "inline": f"{maths(sides[0])} = {maths(sides[1])}" if sides else marked_sentence(reason),
        "reason": f"{marked_sentence(reason)}.",
        "domain": words(rule.domain),
        "sources": list(rule.sources),
        "proof_intro": marked_sentence(proof.intro) if proof.intro else "",
        "proof": _without_links_to(rule.slug, steps(proof.claims)),
        "proof_words": [marked_sentence(prose) for prose in proof.words],
        "proof_rules": sorted({inner.rule for claim in proof.claims for inner in claim.walk()} - {rule.slug}),
    }


def _reason(rule: Rule) -> Prose:
    """Return the reason as a sentence about the symbols of the statement: S is symmetric."""
    said = capitalised(rule.reason)
    if "{0}" not in said:
        return Prose(said)
    if rule.about or rule.statement is None:
        return Prose(said, (rule.about,))
    symbols = [node for node in walk(rule.statement[0]) if isinstance(node, Symbol)]
    return Prose(said, (next((symbol for symbol in symbols if symbol.properties), symbols[0]),))


def _description(name: str, reason: str) -> str:
    """Return a rule in a line for lists of results; a reason that begins with the name says it by itself."""
    if reason.lower() == name.lower():
        return f"{name}: its statement and its proof."
    return f"{reason}." if reason.lower().startswith(name.lower()) else f"{name}. {reason}."


def _names(rule: Rule) -> list[str]:
    """Return what people call the function that a rule is about, if it is an element-wise one."""
    pattern = rule.pattern if isinstance(rule, DifferentialRule) else None
    return names_of_function(ELEMENTWISE[pattern.function]) if isinstance(pattern, Apply) else []


def _without_links_to(slug: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of a proof; the rule itself is no reason that leads to another page."""
    return [{**line, "is_own": line["rule"] == slug, "steps": _without_links_to(slug, line["steps"])} for line in lines]
