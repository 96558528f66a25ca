"""A formula as people type it into a search box: without declarations, often without stars, in any notation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jacobook.algebra.question import Statement
from jacobook.language.composed_functions import ALIASES
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import CALLABLE
from jacobook.language.guessed_declarations import Guess, guess
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.names import GREEK_LETTERS
from jacobook.language.reading import parse_statement

MOST_VARIABLES = 4
"""So many variables are supposed where the reader names none, the likeliest first."""


def statements_typed(formula: str, variable: str | None = None) -> tuple[Statement, ...]:
    """Return what a formula may ask for: one statement for the variable that is named, else one for each that may be.

    A function of one number, such as tanh(x), may also be meant of every entry of a vector. Raises LanguageError for
    what no declarations make a formula.
    """
    line, found = _read(formula)
    wanted = [one for one in found.wrt if variable is None or one == variable][:MOST_VARIABLES]
    given = [found.declarations]
    if [row.kind for row in found.rows] == ["scalar"]:
        given.append((f"{found.rows[0].name} in R^N",))
    return tuple(_statements(line, given, wanted))


def _statements(line: str, given: Sequence[Sequence[str]], wanted: Sequence[str]) -> Iterator[Statement]:
    """Yield the statements that can be read; the first declarations always can."""
    for place, declarations in enumerate(given):
        for variable in wanted:
            try:
                yield parse_statement(declarations, [line], variable)
            except LanguageError:
                if not place:
                    raise


def _read(formula: str) -> tuple[str, Guess]:
    """Return the formula in the notation in which it can be read, and what its letters are taken for."""
    refused: LanguageError | None = None
    for line in _notations(formula):
        try:
            found = guess([line])
        except LanguageError as error:
            refused = refused or error
            continue
        if not _has_run_together(found):
            return line, found
    if refused is None:
        return formula, guess([formula])
    raise refused


def _notations(formula: str) -> Iterator[str]:
    """Yield the formula as it is, then as LaTeX, in which letters side by side are multiplied."""
    yield formula
    if not is_latex(formula):
        yield f"${_WORD.sub(_command, _LOG_DET.sub('logdet', formula))}$"


_LOG_DET = re.compile(r"\blog\s*det\b")
_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,}")


def _command(word: re.Match[str]) -> str:
    """Return a word as LaTeX has it: a function, a Greek letter, or what it was."""
    if word[0] in CALLABLE or word[0] in ALIASES:
        return rf"\operatorname{{{word[0]}}}"
    return rf"\{word[0]} " if word[0].lower() in GREEK_LETTERS else word[0]


def _has_run_together(found: Guess) -> bool:
    """Return whether a name looks like a product of letters that nobody has separated: `AXB`, `Px`."""
    names = [row.name for row in found.rows if row.kind != "function" and row.name.lower() not in GREEK_LETTERS]
    return any(len(name) > 1 and name.isalpha() and name[0].isupper() for name in names)
