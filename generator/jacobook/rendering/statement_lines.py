"""Statements as text and as LaTeX: declarations, the lines of a chain, assumptions."""

from __future__ import annotations

from itertools import groupby

from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import IMPLIED, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import Shape
from jacobook.calculus.derivation import Assumption, Prose
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.pieces import latex_space
from jacobook.rendering.letters import latex_name


def text_space(shape: Shape) -> str:
    """Return the space of the values of this shape as in a declaration: `R`, `R^D`, `R^(M x N)`."""
    if shape.is_scalar:
        return "R"
    return f"R^{shape.rows}" if shape.is_vector else f"R^({shape.rows} x {shape.columns})"


def _text_set(symbol: Symbol) -> str:
    return "N" if "whole" in symbol.properties else text_space(symbol.shape)


def latex_set(symbol: Symbol) -> str:
    r"""Return what a variable is an element of: its space, or `\mathbb{N}`."""
    return r"\mathbb{N}" if "whole" in symbol.properties else latex_space(symbol.shape)


def declared_properties(symbol: Symbol | UnspecifiedFunction) -> list[str]:
    """Return the properties that stand behind the space: not those that others, or the space, imply."""
    implied = (IMPLIED[name] for name in IMPLIED.keys() & symbol.properties)
    return sorted(symbol.properties.difference({"whole"}, *implied))


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


def text_functions(functions: tuple[UnspecifiedFunction, ...]) -> list[str]:
    """Return declarations of functions: `p : R^D x R^E -> R positive`."""
    lines = []
    for function in functions:
        spaces = " x ".join(map(text_space, function.arguments))
        line = f"{function.name} : {spaces} -> {text_space(function.value)} {', '.join(declared_properties(function))}"
        lines.append(line.rstrip())
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


def text_definition(link: Link) -> str:
    """Return what a name stands for, without the arguments that the author may have given it."""
    return f"{link.symbol.name} = {text(link.expression)}"


def latex_definition(link: Link) -> str:
    """Return the same as LaTeX."""
    return f"{latex(link.symbol)} = {latex(link.expression)}"


def assumption_prose(assumption: Assumption) -> Prose:
    """Return an assumption as a sentence that says where it comes from."""
    origin = "declared" if assumption.declared else "a condition that a step adds"
    return Prose("{0} is {1} ({2}).", (assumption.node, assumption.property, origin))
