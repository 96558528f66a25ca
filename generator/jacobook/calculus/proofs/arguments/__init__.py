"""The arguments in words that belong to the proofs of the rules: what the lines of formulas rest on, or cannot express.

They are the Markdown files of this folder, one section for each rule, under its slug:

    ## determinant

    Given X in R^(N x N); i, j from 1 to N.

    The cofactor of `X[i,j]` is made of the other rows and columns, so it does not depend on `X[i,j]`.

    [lines]

The paragraph that begins with `Given` declares the names of the section: variables and functions as in any statement,
and indices, with the size up to which they run. Formulas are written between backticks, in the language of statements;
in addition, `dX` and `d(X^3)` are differentials, `∂y/∂x` is a partial derivative, and `sum_k A[i,k]*x[k]` is a sum over
an index. `[lines]` marks the place of the lines of formulas: at most one paragraph comes before it, any number after
it. In a section without this mark the words are the whole proof. A heading may name several rules: `## a, b`.

Sources: those of the rows; for differentials as linear parts and for uniqueness Magnus and Neudecker, chapter 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from jacobook.algebra import build
from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import Index, Node, Symbol, symbol
from jacobook.algebra.shapes import ShapeError, vector
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Prose, Value
from jacobook.language.declarations import parse_given
from jacobook.language.differential_texts import read_differential
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.parser import parse_syntax
from jacobook.language.reading import parse_expression
from jacobook.language.syntax import Call, Syntax

LINES = "[lines]"
_FORMULA = re.compile(r"`([^`]*)`")
_INDICES = re.compile(r"(?P<names>\w+(?:, \w+)*) from (?P<first>\w+) to (?P<last>.+)")
_INDEX_SUM = re.compile(r"sum_(?P<index>\w+) (?P<body>.+)")
_PARTIAL = re.compile(r"∂(\w+)/∂(\w+)")


@dataclass(frozen=True, slots=True)
class Argument:
    """The words of one proof."""

    intro: Prose | None = None
    words: tuple[Prose, ...] = ()
    has_lines: bool = True
    """False where the words are the whole proof: the formula of the rule, if it has one, is not written out."""


class ArgumentError(ValueError):
    """A section that cannot be read; the message begins with the file and the line."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    file: str
    line: int

    def error(self, message: str, offset: int = 0) -> ArgumentError:
        line = self.line + self.text.count("\n", 0, offset)
        return ArgumentError(f"{self.file}, line {line}: {message}")


@dataclass(frozen=True, slots=True)
class DeclaredNames:
    """What the names of a section mean."""

    symbols: tuple[Symbol, ...] = ()
    functions: tuple[UnspecifiedFunction, ...] = ()
    indices: Mapping[str, Index] = field(default_factory=dict)

    def value(self, formula: str) -> Value:
        """Return what the text between two backticks denotes: an index or an expression. Raises LanguageError."""
        if formula in self.indices:
            return self.indices[formula]
        if found := _PARTIAL.fullmatch(formula):
            of, wrt = map(self.expression, found.groups())
            assert isinstance(wrt, Symbol)
            return build.partial(of, wrt)
        if (found := _INDEX_SUM.fullmatch(formula)) and found["index"] in self.indices:
            return build.index_sum(self.indices[found["index"]], self.expression(found["body"]))
        return self.expression(formula)

    def expression(self, formula: str) -> Node:
        """Return an expression in which `d(…)` is the differential of what is inside."""
        differentials: dict[Node, Node] = {}
        text = formula
        for call in reversed(_outermost_differentials(parse_syntax(formula))):
            inside = self.expression(formula[call.arguments[0].start : call.arguments[0].end])
            placeholder = symbol(f"differential_{len(differentials)}", inside.shape)
            differentials[placeholder] = build.differential(inside)
            text = text[: call.start] + placeholder.name + text[call.end :]
        known = [*self.symbols, *(key for key in differentials if isinstance(key, Symbol))]
        read = read_differential(text, known, self.symbols, indices=self.indices, functions=self.functions)
        return substitute(read, differentials)


def _outermost_differentials(tree: Syntax) -> list[Call]:
    """Return the calls of `d` that are inside no other one, from left to right."""
    if isinstance(tree, Call) and tree.name == "d" and len(tree.arguments) == 1:
        return [tree]
    return [call for child in tree.children for call in _outermost_differentials(child)]


@cache
def arguments() -> Mapping[str, Argument]:
    """Return the arguments of all files, by slug. Raises ArgumentError."""
    files = sorted((file for file in resources.files(__name__).iterdir() if file.name.endswith(".md")), key=str)
    return {slug: found for file in files for slug, found in read_arguments(file.read_text("utf-8"), file.name).items()}


def read_arguments(text: str, file: str) -> dict[str, Argument]:
    """Return the arguments in the text of a file, by slug. Raises ArgumentError."""
    sections: dict[str, Argument] = {}
    for heading, paragraphs in _sections(_paragraphs(text, file)):
        argument = _argument(paragraphs)
        for slug in heading.text.removeprefix("## ").split(", "):
            if slug in sections:
                raise heading.error(f"a second section on the rule {slug}")
            sections[slug] = argument
    return sections


def _paragraphs(text: str, file: str) -> Iterator[_Paragraph]:
    for found in re.finditer(r"(?:^.*\S.*\n?)+", text, re.MULTILINE):
        yield _Paragraph(found.group().rstrip("\n"), file, 1 + text.count("\n", 0, found.start()))


def _sections(paragraphs: Iterable[_Paragraph]) -> list[tuple[_Paragraph, list[_Paragraph]]]:
    """Return each heading with the paragraphs below it; what comes before the first heading is about the file."""
    sections: list[tuple[_Paragraph, list[_Paragraph]]] = []
    for paragraph in paragraphs:
        if paragraph.text.startswith("## "):
            sections.append((paragraph, []))
        elif sections:
            sections[-1][1].append(paragraph)
    return sections


def _argument(paragraphs: list[_Paragraph]) -> Argument:
    declares = bool(paragraphs) and paragraphs[0].text.startswith("Given ")
    names = _declared(paragraphs[0]) if declares else DeclaredNames()
    before: list[Prose] = []
    after: list[Prose] = []
    has_lines = False
    for paragraph in paragraphs[declares:]:
        if paragraph.text == LINES:
            if has_lines or len(after) > 1:
                raise paragraph.error(f"{LINES} may appear once in a section, after one paragraph at most")
            before, after, has_lines = after, [], True
        else:
            after.append(_prose(paragraph, names))
    return Argument(before[0] if before else None, tuple(after), has_lines)


def _declared(paragraph: _Paragraph) -> DeclaredNames:
    """Return the names that a sentence such as `Given X in R^(N x N); k in N; i from 1 to N.` declares."""
    parts = re.sub(r"\s+", " ", paragraph.text).removeprefix("Given ").removesuffix(".").split("; ")
    try:
        return declared_names(parts)
    except (LanguageError, ShapeError) as error:
        raise paragraph.error(str(error)) from error


def declared_names(declarations: Iterable[str]) -> DeclaredNames:
    """Return the names of declarations such as `X in R^(N x N)` and `i from 1 to N`.

    Raises LanguageError or ShapeError where one cannot be read.
    """
    parts = list(declarations)
    indices: dict[str, Index] = {}
    symbols, functions = parse_given([part for part in parts if not _INDICES.fullmatch(part)])
    for found in filter(None, map(_INDICES.fullmatch, parts)):
        names, first, last = found["names"].split(", "), found["first"], found["last"]
        if first == "1" and last.isalpha():  # the places of an array, up to its size
            indices |= {name: Index(name, vector(last).rows) for name in names}
        else:  # whole numbers between two bounds, as in a sum
            bounds = parse_expression(first, symbols), parse_expression(last, symbols)
            symbols += tuple(build.running_index(name, *bounds) for name in names)
    return DeclaredNames(symbols, functions, indices)


def _prose(paragraph: _Paragraph, names: DeclaredNames) -> Prose:
    """Return the paragraph as a template, with its formulas as values, each of them once."""
    values: dict[str, Value] = {}
    for found in _FORMULA.finditer(paragraph.text):
        formula = re.sub(r"\s+", " ", found[1])
        try:
            values[formula] = names.value(formula)
        except LanguageError as error:
            raise paragraph.error(f"`{formula}`: {error.message}", found.start()) from error
    slots = {formula: f"{{{slot}}}" for slot, formula in enumerate(values)}
    one_line = re.sub(r"\s+", " ", paragraph.text)
    return Prose(_FORMULA.sub(lambda found: slots[found[1]], one_line), tuple(values.values()))
