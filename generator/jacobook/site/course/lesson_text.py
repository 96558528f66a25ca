"""The text of a lesson: paragraphs of Markdown, in which formulas are set and results filled in, and blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import vector
from jacobook.calculus.derivation import Value
from jacobook.calculus.proofs.arguments import DeclaredNames
from jacobook.language.errors.language_error import LanguageError
from jacobook.rendering.sentences import value_latex
from jacobook.site.course.lesson_files import LessonError
from jacobook.site.pages.markup import inline

Block = dict[str, Any]
Blocks = Mapping[str, Callable[[str], Block]]
"""What makes a block of the words behind its name: `[lines inner]` is `blocks["lines"]("inner")`."""

_BLOCK = re.compile(r"\[(?P<kind>[a-z]+) (?P<about>[^\[\]]+(?:\[[^\]]*\])?)\]")
_FORMULA = re.compile(r"`([^`]+)`")
_RESULT = re.compile(r"\{(?P<example>[a-z-]+)\.(?P<field>[a-z_]+)\}")


def lesson_blocks(
    body: str, names: DeclaredNames, results: Mapping[str, Mapping[str, str]], blocks: Blocks
) -> list[Block]:
    """Return the blocks of a text in order; `results` holds what can be filled in, by example. Raises LessonError."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", body):
        block = _BLOCK.fullmatch(paragraph.strip())
        if block is None:
            found.append({"kind": "words", "markdown": filled_paragraph(paragraph, names, results)})
        elif block["kind"] not in blocks:
            raise LessonError(f"[{block['kind']} …]: there is no such block; there are {', '.join(sorted(blocks))}")
        else:
            found.append({"kind": block["kind"], **blocks[block["kind"]](block["about"])})
    return found


def filled_paragraph(paragraph: str, names: DeclaredNames, results: Mapping[str, Mapping[str, str]]) -> str:
    """Return a paragraph as Markdown with its formulas set and its results in their places. Raises LessonError."""

    def result(found: re.Match[str]) -> str:
        try:
            return results[found["example"]][found["field"]]
        except KeyError:
            raise LessonError(f"{found[0]}: there is no such example, or it has no such result") from None

    # Formulas are set in the words between results only.
    parts = [
        _FORMULA.sub(lambda found: inline(_formula(found[1], names)), part) for part in _RESULT.split(paragraph)[::3]
    ]
    filled = [result(found) for found in _RESULT.finditer(paragraph)]
    return "".join(part + (filled[place] if place < len(filled) else "") for place, part in enumerate(parts))


def _formula(formula: str, names: DeclaredNames) -> str:
    """Return a formula as LaTeX. Raises LessonError for an equation that is not known to hold."""
    sides = [_value(side, names) for side in re.split(r"\s+=\s+", " ".join(formula.split()))]
    for left, right in pairwise(sides):
        if not _holds(left, right):
            raise LessonError(f"`{formula}`: this equation is not known to hold for all values")
    return " = ".join(value_latex(side) or "" for side in sides)


def _holds(left: Value, right: Value) -> bool:
    return isinstance(left, Node) and isinstance(right, Node) and equal(left, right)


def _value(formula: str, names: DeclaredNames) -> Value:
    """Return what a formula denotes; the name of a size stands for that size, unless something else has this name."""
    sizes = {name for symbol in names.symbols for size in symbol.shape.dimensions for name in size.names}
    if formula in sizes - {symbol.name for symbol in names.symbols}:
        return vector(formula).rows
    try:
        return names.value(formula)
    except LanguageError as error:
        raise LessonError(f"`{formula}`: {error.message}") from error
