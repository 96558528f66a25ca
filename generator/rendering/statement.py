"""Statements as text and as LaTeX: declarations, the lines of a chain, assumptions."""

from __future__ import annotations

from itertools import groupby

from generator.algebra.nodes import Symbol
from generator.algebra.shapes import Shape
from generator.algebra.statement import Link
from generator.calculus.derivation import Assumption, Prose
from generator.rendering.latex import latex
from generator.rendering.latex_parts import latex_space
from generator.rendering.names import latex_name
from generator.rendering.text import text


def text_space(shape: Shape) -> str:
    """Return the space of the values of this shape as in a declaration: `R`, `R^D`, `R^(M x N)`."""
    if shape.is_scalar:
        return "R"
    return f"R^{shape.rows}" if shape.is_vector else f"R^({shape.rows} x {shape.columns})"


def _text_set(symbol: Symbol) -> str:
    return "N" if "whole" in symbol.properties else text_space(symbol.shape)


def latex_set(symbol: Symbol) -> str:
    r"""Return what a symbol is declared to be in, as LaTeX: `\mathbb{R}^{D}`, or `\mathbb{N}` for a whole number."""
    return r"\mathbb{N}" if "whole" in symbol.properties else latex_space(symbol.shape)


def declared_properties(symbol: Symbol) -> list[str]:
    """Return the properties of a symbol that stand behind its space: not those that others, or the space, imply."""
    implied = {"symmetric", "invertible"} if "positive-definite" in symbol.properties else set()
    if "whole" in symbol.properties:
        implied = {"whole", "positive"}
    return sorted(symbol.properties - implied)


def _groups(symbols: tuple[Symbol, ...]) -> list[list[Symbol]]:
    return [list(group) for _, group in groupby(symbols, lambda symbol: (symbol.shape, symbol.properties))]


def text_declarations(symbols: tuple[Symbol, ...]) -> list[str]:
    """Return declarations of the symbols, neighbours of one kind together: `x, mu in R^D`."""
    return [
        f"{', '.join(s.name for s in group)} in {_text_set(group[0])} "
        f"{', '.join(declared_properties(group[0]))}".rstrip()
        for group in _groups(symbols)
    ]


def latex_declarations(symbols: tuple[Symbol, ...]) -> list[str]:
    r"""Return declarations as LaTeX: `\boldsymbol{x}, \boldsymbol{\mu} \in \mathbb{R}^{D}`."""
    lines = []
    for group in _groups(symbols):
        names = ", ".join(latex(symbol) for symbol in group)
        properties = ", ".join(declared_properties(group[0]))
        suffix = rf"\ \text{{{properties}}}" if properties else ""
        lines.append(rf"{names} \in {latex_set(group[0])}{suffix}")
    return lines


def text_link(link: Link) -> str:
    """Return a line of the chain as it would be typed: `z = g(y) = y'*inv(S)*y`."""
    arguments = f"({', '.join(argument.name for argument in link.arguments)})" if link.arguments else ""
    head = link.symbol.name
    if link.function is not None and link.function != link.symbol.name:
        head += f" = {link.function}"
    return f"{head}{arguments} = {text(link.expression)}"


def latex_link(link: Link) -> str:
    """Return a line of the chain as LaTeX."""
    arguments = f"({', '.join(latex(argument) for argument in link.arguments)})" if link.arguments else ""
    head = latex(link.symbol)
    if link.function is not None and link.function != link.symbol.name:
        head += f" = {latex_name(link.function, bold=not link.symbol.shape.is_scalar)}"
    return f"{head}{arguments} = {latex(link.expression)}"


def assumption_prose(assumption: Assumption) -> Prose:
    """Return an assumption as a sentence that says where it comes from."""
    origin = "declared" if assumption.declared else "a condition that a step adds"
    return Prose("{0} is {1} ({2}).", (assumption.node, assumption.property, origin))
