"""The pages that belong to no entry: rules, conventions, home, the table of exercises."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from generator.algebra import build
from generator.algebra import nodes as n
from generator.algebra.shapes import matrix, vector
from generator.algebra.terms import transpose_factor
from generator.algebra.collect import collect
from generator.calculus.functions import FUNCTIONS
from generator.calculus.identities import IDENTITIES, Identity
from generator.calculus.matrix_route import differentiate, function_derivation
from generator.calculus.rules import ALGEBRA, COMPONENTS, DIFFERENTIALS, FUNCTION_RULES, Rule
from generator.language import parse_expression
from generator.language.declarations import parse_declarations
from generator.rendering.latex import latex
from generator.rendering.shapes import jacobian_shape_text, shape_text
from generator.rendering.statement import latex_declarations
from generator.site.markup import display, inline, maths, steps, words
from generator.site.pages import page_name, sample, short_number
from generator.site.work import Worked

LAYOUT_EXAMPLES: tuple[tuple[str, str], ...] = (
    ("a'*x", "x"),
    ("x'*B*x", "x"),
    ("A*x", "x"),
    ("tanh(A*x)", "x"),
    ("t*b", "t"),
    ("b'*X*a", "X"),
)
"""Function and variable of the table that sets the two layouts side by side."""

LAYOUT_SYMBOLS = ("t in R", "a, x in R^N", "b in R^M", "A, X in R^(M x N)", "B in R^(N x N)")


def rules_page() -> dict[str, Any]:
    """Return the rule table for its page, with the derivations of what is derived."""
    return {
        "groups": [
            {
                "title": "Differentials",
                "anchor": "differentials",
                "intro": "How d moves into an expression. X stands for any expression of the right shape.",
                "rules": [_rule(rule) for rule in DIFFERENTIALS],
            },
            {
                "title": "Functions of a scalar",
                "anchor": "functions",
                "intro": "Applied to an array, each acts on every entry, and so does its derivative.",
                "rules": [_function_rule(rule) for rule in FUNCTION_RULES],
            },
            {
                "title": "Algebra",
                "anchor": "algebra",
                "intro": "What brings a differential into the form from which the derivative is read off.",
                "rules": [_rule(rule) for rule in ALGEBRA],
            },
            {
                "title": "Entries and indices",
                "anchor": "entries-and-indices",
                "intro": "The steps of the component route.",
                "rules": [_rule(rule) for rule in COMPONENTS],
            },
            {
                "title": "Derivatives that books list",
                "anchor": "identities",
                "intro": "Recognised wherever they occur in a chain. Here they are derived once, by the rules above.",
                "rules": [_identity(row) for row in IDENTITIES],
            },
        ]
    }


def _rule(rule: Rule) -> dict[str, Any]:
    sides = rule.statement
    reason = rule.reason.replace("{0}", "…")
    sentence = reason[0].upper() + reason[1:] + "."
    return {
        "name": words(rule.name),
        "slug": rule.slug,
        "statement": display(f"{latex(sides[0])} = {latex(sides[1])}") if sides else "",
        "words": _about(sentence, rule.domain, rule.sources),
        "lines": [],
    }


def _about(sentence: str, domain: str, sources: tuple[str, ...]) -> str:
    parts = [words(sentence)]
    if domain:
        parts.append(f"Applies {words(domain)}.")
    if sources:
        parts.append(f"Sources: {words(', '.join(sources))}.")
    return " ".join(parts)


def _function_rule(rule: Rule) -> dict[str, Any]:
    name = rule.slug.removeprefix("derivative-of-")
    row = FUNCTIONS[name]
    page = _rule(rule)
    domain = {"positive": "where the argument is positive", "between −1 and 1": "where it lies between −1 and 1"}
    limits = domain.get(row.domain, row.domain) or (f"everywhere but at {row.kink}" if row.kink else "")
    page["words"] = _about("", limits, rule.sources).strip()
    page["lines"] = steps(function_derivation(name))
    return page


def _identity(row: Identity) -> dict[str, Any]:
    f = n.symbol("f", row.function.shape)
    value, claims = differentiate(f, row.function, row.variable)
    shape = jacobian_shape_text(row.function.shape, row.variable.shape)
    left = build.partial(row.function, row.variable)
    return {
        "name": words(row.name),
        "slug": row.slug,
        "statement": display(f"{latex(left)} = {latex(value)}"),
        "words": f"The derivative has the shape {shape}. Listed as {words(', '.join(row.sources))}.",
        "lines": steps(claims),
    }


def conventions_page(language: str) -> dict[str, Any]:
    """Return the examples of the conventions page, each derived."""
    rows = []
    symbols = parse_declarations(LAYOUT_SYMBOLS)
    for expression, name in LAYOUT_EXAMPLES:
        variable = next(symbol for symbol in symbols if symbol.name == name)
        function = parse_expression(expression, symbols)
        value, _ = differentiate(n.symbol("f", function.shape), function, variable)
        turned = value if variable.shape.is_matrix else collect(transpose_factor(value))
        rows.append(
            {
                "function": maths(function),
                "variable": maths(variable),
                "jacobian": maths(value),
                "shape": shape_text(value.shape),
                "denominator": maths(turned),
                "turned": shape_text(turned.shape),
            }
        )
    a, x = n.symbol("A", matrix("M", "N")), n.symbol("x", vector("D"))
    i, j = n.Index("i", a.shape.rows), n.Index("j", a.shape.columns)
    return {
        "layouts": rows,
        "layout_symbols": ", ".join(inline(line) for line in latex_declarations(symbols)),
        "vector_space": inline(r"\mathbb{R}^{D}"),
        "size": inline("D"),
        "entry": maths(build.entry(a, i, j)),
        "matrix": maths(a),
        "hadamard": maths(build.hadamard(x, n.symbol("y", x.shape))),
        "diag": maths(build.diag(x)),
        "delta": maths(build.delta(i, j)),
        "command": " \\\n  ".join(
            (
                'python -m generator derive "x\'*A*x"',
                '--given "x in R^N"',
                '--given "A in R^(N x N)"',
                "--wrt x",
            )
        ),
        "language": language,
    }


def exercises_page(worked: list[Worked]) -> dict[str, Any]:
    """Return the table of all exercises, by book."""
    groups = []
    ordered = sorted(worked, key=lambda item: (item.entry.source.book, natural(item.entry.source.number)))
    for book, items in groupby(ordered, lambda item: item.entry.source.book):
        rows = [
            {
                "number": words(short_number(item.entry)),
                "title": words(item.entry.title),
                "page": page_name(item.entry).removeprefix("exercises/"),
                "result": maths(item.derivation.value),
                "shape": jacobian_shape_text(item.statement.function.shape, item.statement.wrt.shape),
            }
            for item in items
        ]
        groups.append({"book": words(book), "rows": rows})
    return {"groups": groups}


def natural(number: str) -> list[tuple[int, str]]:
    """Return a key that sorts 5.8 before 5.10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", number)]


def home_page(worked: list[Worked]) -> dict[str, Any]:
    """Return what the home page shows: one short derivation, and how much there is."""
    short = [item for item in worked if len(item.derivation.partials) == 1 and item.derivation.partials[0].matrix_route]
    short.sort(key=lambda item: (len(item.derivation.partials[0].matrix_route), item.entry.slug))
    rules = len(DIFFERENTIALS) + len(FUNCTION_RULES) + len(ALGEBRA) + len(COMPONENTS)
    return {"sample": sample(short[0]) if short else None, "count": len(worked), "rules": rules}
