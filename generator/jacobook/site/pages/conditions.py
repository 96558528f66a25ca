"""Where a formula holds, in a few words beside it: what its letters have to be, and the points that are left out."""

from __future__ import annotations

from collections.abc import Sequence

from jacobook.algebra.declared_properties import said
from jacobook.algebra.question import Link, Statement
from jacobook.calculus.derivation import Prose
from jacobook.calculus.domains import Relation, Restriction, assumptions_of, restrictions_on
from jacobook.language.printer import declared_properties
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.statement_lines import latex_function_name
from jacobook.site.pages.markup import inline, marked_sentence, maths


def conditions_of(statement: Statement) -> list[str]:
    """Return the conditions of a function in its declared variables, as Markdown: X invertible, x ≠ 0."""
    link = Link(statement.function, statement.in_variables)
    said = [
        f"{maths(one)} {_said(properties)}"
        for one in statement.declarations
        if (properties := declared_properties(one))
    ]
    for function in statement.functions:
        if function.properties:
            said.append(f"{inline(latex_function_name(function))} {_said(sorted(function.properties))}")
    said += [
        f"{maths(one.node)} {one.property}" for one in assumptions_of((link,), (statement.wrt,)) if not one.declared
    ]
    return [*said, *map(_short, restrictions_on((link,), statement.wrt))]


def _said(properties: Sequence[str]) -> str:
    return ", ".join(said(one) for one in properties)


def _short(condition: Restriction | Prose) -> str:
    """Return a condition as a relation where it is one, else in few words."""
    if isinstance(condition, Prose):
        return marked_sentence(condition).removesuffix(".")
    of = condition.of
    match condition.relation:
        case Relation.POSITIVE:
            return inline(f"{latex(of)} > 0")
        case Relation.NOT_ZERO:
            zero = "0" if of.shape.is_scalar else r"\boldsymbol{0}"
            return inline(rf"{latex(of)} \neq {zero}")
    said = marked_sentence(condition.where)
    return said if condition.applies else f"not where {said}"
