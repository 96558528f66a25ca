"""Sentences with formulas in them, for a terminal, for Markdown, for HTML and for LaTeX."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from jacobook.algebra.nodes import Index, Node, Pair
from jacobook.algebra.shapes import Dimension, Shape
from jacobook.calculus.derivation import Prose, Value
from jacobook.language.names import canonical_name, is_name
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.pieces import adjoin, latex_dimension, latex_position, latex_shape
from jacobook.rendering.letters import latex_name

_SLOT = re.compile(r"\{(\d+)\}")
_LATEX_WORDS = {
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
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "„": ",,",
    "‘": "`",
    "’": "'",
    "\xa0": "~",
}
_LATEX_SYMBOLS = {
    "−": "-",
    "×": r"\times",
    "·": r"\cdot",
    "⋅": r"\cdot",
    "÷": r"\div",
    "±": r"\pm",
    "∘": r"\circ",
    "⊙": r"\odot",
    "⊘": r"\oslash",
    "⊗": r"\otimes",
    "⊕": r"\oplus",
    "∗": r"\ast",
    "<": "<",
    ">": ">",
    "|": r"\vert",
    "‖": r"\Vert",
    "∥": r"\Vert",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "≈": r"\approx",
    "≡": r"\equiv",
    "∝": r"\propto",
    "∈": r"\in",
    "→": r"\to",
    "↦": r"\mapsto",
    "⇒": r"\Rightarrow",
    "…": r"\dots",
    "⋯": r"\cdots",
    "⋮": r"\vdots",
    "⋱": r"\ddots",
    "∂": r"\partial",
    "∇": r"\nabla",
    "∞": r"\infty",
    "∑": r"\sum",
    "∏": r"\prod",
    "√": r"\surd",
    "∫": r"\int",
    "½": r"\tfrac{1}{2}",
    "¼": r"\tfrac{1}{4}",
    "¾": r"\tfrac{3}{4}",
    "ℝ": r"\mathbb{R}",
    "ℕ": r"\mathbb{N}",
    "ℓ": r"\ell",
    "✓": r"\checkmark",
}
_LATEX_SCRIPTS = {"′": r"\prime", "″": r"\prime\prime", "‴": r"\prime\prime\prime", "⊤": r"\top", "ᵀ": r"\top"}
"""Superscripts that are not the small form of a character of their own."""


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


@lru_cache(maxsize=2_000)
def escape_markdown(words: str) -> str:
    """Return the words so that neither Markdown nor HTML reads anything into them.

    Character references mean the same in Markdown and in HTML, where backslashes would be printed.
    """
    words = re.sub(r"[\r\n]+", " ", words)
    return re.sub(r"""[&<>"\\`*_{}\[\]|~^$#]|//+|^\s*[-+=:!]""", _references, words)


def _references(found: re.Match[str]) -> str:
    return "".join(c if c.isspace() else f"&#{ord(c)};" for c in found[0])


@lru_cache(maxsize=2_000)
def escape_latex(words: str) -> str:
    r"""Return the words as LaTeX text: no command is read into them, and a sign of mathematics is one: `A\(^{-1}\)`."""
    runs = groupby(words, key=lambda character: _latex_sign(character) is not None)
    return "".join(_signs(run) if is_math else "".join(_LATEX_WORDS.get(c, c) for c in run) for is_math, run in runs)


def _latex_sign(character: str) -> tuple[str, str] | None:
    r"""Return where a sign of mathematics stands (`^`, `_`, or nothing) and its command; None for a letter."""
    if character in _LATEX_SYMBOLS:
        return "", _LATEX_SYMBOLS[character]
    if character in _LATEX_SCRIPTS:
        return "^", _LATEX_SCRIPTS[character]
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    if kind in ("<super>", "<sub>"):
        base = chr(int(code.split()[0], 16))
        return "^" if kind == "<super>" else "_", _LATEX_SYMBOLS.get(base, base)
    name = canonical_name(character)
    return ("", latex_name(name)) if name != character and is_name(name) else None


def _signs(characters: Iterable[str]) -> str:
    """Return signs that stand side by side as one formula."""
    written: list[str] = []
    before = ""
    for place, found in groupby(filter(None, map(_latex_sign, characters)), key=itemgetter(0)):
        signs = adjoin([sign for _, sign in found])
        # A second script of one kind would be an error: it gets an empty base of its own.
        written.append(f"{'{}' if place and before else ''}{place}{{{signs}}}" if place else signs)
        before = place
    return inline_math(adjoin(written))


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


def prose_html(prose: Prose, math: Callable[[str], str]) -> str:
    """Return the sentence as HTML, its words escaped; `math` returns a formula as HTML."""
    return _filled(prose, lambda words: html.escape(words, quote=False), lambda value: math(value_latex(value) or ""))


def prose_latex(prose: Prose) -> str:
    r"""Return the sentence as LaTeX text, its words escaped and its formulas between `\(` and `\)`."""
    return _filled(prose, escape_latex, lambda value: inline_math(value_latex(value) or ""))


def claim_text(left: Node, right: Node) -> str:
    """Return an equality as plain text."""
    return f"{text(left)} = {text(right)}"
