"""Sentences with formulas in them, for a terminal, for Markdown and for LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.algebra.nodes import Index, Node, Pair
from generator.algebra.shapes import Dimension, Shape
from generator.calculus.derivation import Prose, Value
from generator.rendering.latex import latex
from generator.rendering.latex_parts import latex_dimension, latex_position, latex_shape
from generator.rendering.text import text

_SLOT = re.compile(r"\{(\d+)\}")
_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def value_latex(value: Value) -> str | None:
    """Return a value of a sentence as LaTeX mathematics, None for a plain string."""
    match value:
        case Node():
            return latex(value)
        case Index() | Pair():
            return latex_position(value)
        case Dimension():
            return latex_dimension(value)
        case Shape():
            return latex_shape(value)
        case str():
            return None


def _filled(prose: Prose, words: Callable[[str], str], formula: Callable[[Value], str]) -> str:
    parts = _SLOT.split(prose.template)
    written = [words(part) for part in parts]
    for place in range(1, len(parts), 2):
        value = prose.values[int(parts[place])]
        written[place] = words(value) if isinstance(value, str) else formula(value)
    return "".join(written)


def escape_markdown(words: str) -> str:
    """Return the words so that neither Markdown nor HTML reads anything into them.

    Character references mean the same in Markdown and in HTML, where backslashes would be printed.
    """
    words = re.sub(r"[\r\n]+", " ", words)
    return re.sub(r"""[&<>"\\`*_{}\[\]|~^$#]|//+|^\s*[-+=:!]""", _references, words)


def _references(found: re.Match[str]) -> str:
    return "".join(c if c.isspace() else f"&#{ord(c)};" for c in found[0])


def escape_latex(words: str) -> str:
    """Return the words so that LaTeX reads no command into them."""
    return "".join(_LATEX_SPECIAL.get(character, character) for character in words)


def inline_math(formula: str) -> str:
    r"""Return the formula between `\(` and `\)`."""
    return rf"\({formula}\)"


def prose_text(prose: Prose) -> str:
    """Return the sentence as plain text, its formulas in the language of statements."""

    def formula(value: Value) -> str:
        if isinstance(value, Node):
            return text(value)
        return value.name if isinstance(value, Index) else str(value)

    return _filled(prose, lambda words: words, formula)


def prose_markdown(prose: Prose, math: Callable[[str], str] = inline_math) -> str:
    r"""Return the sentence as Markdown, its words escaped; `math` wraps a formula (default: `\(…\)`)."""
    return _filled(prose, escape_markdown, lambda value: math(value_latex(value) or ""))


def prose_latex(prose: Prose) -> str:
    r"""Return the sentence as LaTeX text, its words escaped and its formulas between `\(` and `\)`."""
    return _filled(prose, escape_latex, lambda value: inline_math(value_latex(value) or ""))


def claim_text(left: Node, right: Node) -> str:
    """Return an equality as plain text."""
    return f"{text(left)} = {text(right)}"
