"""Where a formula holds, in a few words beside it: what its letters have to be, and the points that are left out."""

from __future__ import annotations

from collections.abc import Sequence

from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Link, Statement
from jacobook.calculus.derivation import Prose
from jacobook.calculus.domains import NOT_ZERO, POSITIVE, assumptions_of, notes_on
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
    return [*said, *map(_short, notes_on((link,), statement.wrt))]


def _said(properties: Sequence[str]) -> str:
    return ", ".join(one.replace("-", " ") for one in properties)


def _short(note: Prose) -> str:
    """Return a note as a relation where it is one, else in few words."""
    node = note.values[0]
    if isinstance(node, Node) and note.template == POSITIVE:
        return inline(f"{latex(node)} > 0")
    if isinstance(node, Node) and note.template == NOT_ZERO:
        zero = "0" if node.shape.is_scalar else r"\boldsymbol{0}"
        return inline(rf"{latex(node)} \neq {zero}")
    said = marked_sentence(note).removesuffix(".")
    return said.replace("The rule applies where ", "").replace("The rule does not apply where ", "not where ")
