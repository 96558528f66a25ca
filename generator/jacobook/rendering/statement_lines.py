"""Statements as LaTeX: declarations, the lines of a chain, assumptions."""

from __future__ import annotations

from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.declared_properties import said
from jacobook.algebra.nodes import FAMILY, Solution, Symbol
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import vector
from jacobook.algebra.solutions import sides_of
from jacobook.calculus.derivation import Assumption, Derivation, Prose
from jacobook.language.printer import declared_properties, in_groups
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.pieces import latex_dimension, latex_space
from jacobook.rendering.letters import latex_name


def latex_set(symbol: Symbol) -> str:
    r"""Return what a variable is an element of: its space, or `\mathbb{N}`."""
    return r"\mathbb{N}" if "whole" in symbol.properties else latex_space(symbol.shape)


def latex_declarations(symbols: tuple[Symbol, ...]) -> list[str]:
    r"""Return declarations as LaTeX: `\boldsymbol{x}, \boldsymbol{\mu} \in \mathbb{R}^{D}`."""
    lines = []
    for group in in_groups(symbols):
        properties = ", ".join(declared_properties(group[0]))
        suffix = rf"\ \text{{{properties}}}" if properties else ""
        if FAMILY in group[0].properties:
            names = ", ".join(latex_name(symbol.name, True, ("i",)) for symbol in group)
            size, space = latex_dimension(group[0].shape.rows), latex_space(vector(group[0].shape.columns))
            lines.append(rf"{names} \in {space},\ i = 1, \dots, {size}{suffix}")
            continue
        names = ", ".join(latex(symbol) for symbol in group)
        lines.append(rf"{names} \in {latex_set(group[0])}{suffix}")
    return lines


def latex_signature(function: UnspecifiedFunction) -> str:
    r"""Return the spaces of a function: `\mathbb{R}^{D} \times \mathbb{R}^{E} \to \mathbb{R}`."""
    return r" \times ".join(map(latex_space, function.arguments)) + rf" \to {latex_space(function.value)}"


def latex_function_name(function: UnspecifiedFunction) -> str:
    """Return the name of a function, bold where its value is an array."""
    return latex_name(function.name, bold=bool(function.value.axes))


def latex_functions(functions: tuple[UnspecifiedFunction, ...]) -> list[str]:
    r"""Return declarations of functions as LaTeX: `p\colon \mathbb{R}^{D} \to \mathbb{R}`."""
    lines = []
    for function in functions:
        properties = ", ".join(declared_properties(function))
        suffix = rf"\ \text{{{properties}}}" if properties else ""
        lines.append(rf"{latex_function_name(function)}\colon {latex_signature(function)}{suffix}")
    return lines


def latex_link(link: Link) -> str:
    """Return a line of the chain as LaTeX, or an equation."""
    if isinstance(link.expression, Solution):
        return latex_definition(link)
    return f"{latex_head(link)} = {latex(link.expression)}"


def latex_head(link: Link) -> str:
    """Return the left side of a line of the chain: its name, with the arguments that the author gave it."""
    arguments = f"({', '.join(latex(argument) for argument in link.arguments)})" if link.arguments else ""
    head = latex(link.symbol)
    if link.function is not None and link.function != link.symbol.name:
        head += f" = {latex_name(link.function, bold=not link.symbol.shape.is_scalar)}"
    return f"{head}{arguments}"


def latex_definition(link: Link) -> str:
    """Return what a name stands for, without the arguments that the author may have given it, or its equation."""
    return " = ".join(map(latex, sides_of(link)))


def where_rules_apply(derivation: Derivation) -> tuple[Prose, ...]:
    """Return the conditions that steps add to the declarations, and the notes, as sentences."""
    added = (one for one in derivation.assumptions if not (one.declared or is_invertible(one.node)))
    holds = (Prose(f"The derivation holds where {{0}} is {said(one.property)}.", (one.node,)) for one in added)
    return tuple(dict.fromkeys((*holds, *derivation.notes)))


def assumption_prose(assumption: Assumption) -> Prose:
    """Return an assumption as a sentence that says where it comes from."""
    origin = "declared" if assumption.declared else "a condition that a step adds"
    return Prose("{0} is {1} ({2}).", (assumption.node, said(assumption.property), origin))
