"""From text to the syntax tree: limits first, then lark (LALR, built once a process, on first use)."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jacobook.language import syntax
from jacobook.language.composed_functions import COMPOSED
from jacobook.language.errors import diagnosis
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import CALLABLE, ELSEWHERE, OF_SEVERAL_READINGS, SYNONYMS
from jacobook.language.latex_notation.reader import Names, read_expression, read_line
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.other_spellings import in_own_words
from jacobook.language.program_heads import without_head
from jacobook.language.sums_over_one_index import over_one_index
from jacobook.language.token_stream import Stream

if TYPE_CHECKING:
    from lark import Lark

MAX_DEPTH = 100
"""How many parentheses, functions or operations may stand inside one another."""
MAX_LENGTH = 20_000
"""How many characters a text may have."""
MAX_DIGITS = 300
"""How many digits may stand in a row."""

NO_NAMES = Names()
_PARENTHESIS = re.compile(r"[()\[\]{}]")
_LONG_NUMBER = re.compile(f"[0-9⁰¹²³⁴-⁹]{{{MAX_DIGITS + 1},}}")


WORDS = frozenset((*CALLABLE, *SYNONYMS, *ELSEWHERE, *COMPOSED, *OF_SEVERAL_READINGS, "norm", "eye", "pi", "in"))
"""The words that are no products of letters, whatever letters are declared."""
STREAM = Stream()
"""The tokens of the text that is being read."""


TABLE = "grammar.table"
"""The parser of grammar.lark as lark keeps it: the bundle for browsers has one, since making it takes long."""


@cache
def grammar() -> Lark:
    """Return the parser of grammar.lark."""
    table = resources.files("jacobook.language").joinpath(TABLE)
    return parser_with_table(str(table) if table.is_file() else None)


def parser_with_table(table: str | None) -> Lark:
    """Return the parser that is kept in a file; made, and written there, where the file is of another grammar."""
    from lark import Lark

    text = resources.files("jacobook.language").joinpath("grammar.lark").read_text("utf-8")
    builder: Any = syntax.Builder()
    return Lark(
        text,
        parser="lalr",
        lexer="basic",
        start=["line", "expression"],
        transformer=builder,
        postlex=STREAM,
        cache=table or False,
    )


def check_limits(text: str, what: str = "an expression") -> None:
    """Raise LanguageError for a text that is empty, too long or too deep, before anything else reads it."""
    if not text.strip():
        raise LanguageError(f"there is nothing here: {what} was expected", text, 0, 1)
    depth = 0
    for found in _PARENTHESIS.finditer(text):
        depth += 1 if found.group() in "([{" else -1
        if depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} nested parentheses: simplify the expression"
            raise LanguageError(message, text, found.start(), found.end())
    if len(text) > MAX_LENGTH:
        message = f"the text has {len(text)} characters, and at most {MAX_LENGTH} are read"
        raise LanguageError(message, text, 0, 1)
    if number := _LONG_NUMBER.search(text):
        message = f"a number of {len(number.group())} digits: at most {MAX_DIGITS} are read"
        raise LanguageError(message, text, number.start(), number.end())


def _parse(text: str, start: str, names: Names) -> Any:
    from lark.exceptions import UnexpectedCharacters, UnexpectedInput

    check_limits(text)
    STREAM.known, STREAM.words = names.variables, WORDS.union(names.functions, names.sizes)
    STREAM.factors = {*names.variables} - {*names.maps} - WORDS
    try:
        return grammar().parse(without_head(text), start=start)
    except UnexpectedCharacters as error:
        raise diagnosis.of_character(text, int(getattr(error, "pos_in_stream", 0))) from None
    except UnexpectedInput as error:
        raise diagnosis.of_token(text, getattr(error, "token", None), grammar()) from None


def _latex(text: str, names: Names) -> syntax.Syntax:
    check_limits(text)
    return read_expression(text, names)


def _check_depth(text: str, tree: syntax.Syntax) -> None:
    if tree.depth > MAX_DEPTH:
        message = f"more than {MAX_DEPTH} nested operations: simplify the expression"
        raise LanguageError(message, text, tree.start, tree.end)


def parse_syntax(text: str, names: Names = NO_NAMES) -> syntax.Syntax:
    """Return the syntax tree of an expression, in the language or in LaTeX. Raises LanguageError.

    `names` are those that mean something: in LaTeX, where a product is not written, they decide what is one.
    """
    tree: syntax.Syntax = _latex(text, names) if is_latex(text) else _parse(text, "expression", names)
    _check_depth(text, tree)
    return over_one_index(in_own_words(tree, names, text), names.variables)


def parse_line(text: str, names: Names = NO_NAMES) -> tuple[syntax.Syntax, ...]:
    """Return what stands between the signs of equality of a line of a chain. Raises LanguageError."""
    pieces: tuple[syntax.Syntax, ...]
    if is_latex(text):
        check_limits(text)
        pieces = read_line(text, names)
    else:
        pieces = _parse(text, "line", names)
    for piece in pieces:
        _check_depth(text, piece)
    heads = (
        piece if isinstance(piece, syntax.Name | syntax.Call) else in_own_words(piece, names, text)
        for piece in pieces[:-1]
    )
    return (*heads, over_one_index(in_own_words(pieces[-1], names, text), names.variables))
