"""The shape of what stands under the cursor: a name, or the smallest part of an expression around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import Symbol
from jacobook.algebra.question import Remark, Statement
from jacobook.algebra.shapes import Shape
from jacobook.language import LanguageError, guess, parse_given, parse_statement
from jacobook.language.elaborate.scope import scope_of
from jacobook.language.latex_notation.reader import Names
from jacobook.language.names import canonical_name
from jacobook.language.parser import parse_line
from jacobook.language.printer import text_declarations, text_functions
from jacobook.language.reading import expression_with_remarks
from jacobook.language.remarks import remarks_on
from jacobook.language.syntax import Syntax
from jacobook.notes.language_server.cursor_places import CursorPlace
from jacobook.rendering.remark_words import remarks_text
from jacobook.rendering.shape_words import jacobian_shape_text, shape_text

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class ShapeSaid:
    """What is said of a part of a text, and where that is: from `start` to `end`, counted from 0."""

    said: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What the names of a statement stand for."""

    symbols: tuple[Symbol, ...]
    functions: tuple[UnspecifiedFunction, ...]
    guessed: frozenset[str] = frozenset()
    statement: Statement | None = None


def shape_at(place: CursorPlace) -> ShapeSaid | None:
    """Return the shape of what the cursor is at; None where nothing is known of it."""
    try:
        known = _known(place)
        if place.role == "expression" and (found := _of_piece(place, known)):
            return found
        return _of_word(place, known)
    except RecursionError:
        return None


def _known(place: CursorPlace) -> _Known:
    """Return what names stand for; of a statement that cannot be read as it is, what it would be with guesses."""
    with suppress(LanguageError):
        return _of_statement(parse_statement(place.given, place.lines, place.wrt))
    with suppress(LanguageError):
        found = guess(place.lines, place.given)
        wrt = place.wrt if place.wrt in found.wrt else next(iter(found.wrt), None)
        known = _of_statement(parse_statement(found.declarations, place.lines, wrt))
        guessed = frozenset(symbol.name for row in found.rows for symbol in parse_given((row.declaration,))[0])
        return _Known(known.symbols, known.functions, guessed)
    with suppress(LanguageError):
        return _Known(*parse_given(place.given))
    return _Known((), ())


def _of_statement(statement: Statement) -> _Known:
    symbols = {link.symbol.name: link.symbol for link in statement.links}
    symbols |= {symbol.name: symbol for symbol in statement.declarations}
    return _Known(tuple(symbols.values()), statement.functions, frozenset(), statement)


def _of_piece(place: CursorPlace, known: _Known) -> ShapeSaid | None:
    """Return what there is to say of the smallest part around the cursor that has a shape by itself."""
    names = Names(
        tuple(symbol.name for symbol in known.symbols),
        tuple(function.name for function in known.functions),
        scope_of(known.symbols, functions=known.functions).sizes,
    )
    try:
        pieces = parse_line(place.text, names)
    except LanguageError:
        return None
    for piece in sorted(_around(pieces, place.offset), key=lambda one: (one.end - one.start, -one.depth)):
        text = place.text[piece.start : piece.end]
        with suppress(LanguageError):
            node, remarks = expression_with_remarks(text, known.symbols, functions=known.functions)
            if isinstance(node, Symbol):
                return ShapeSaid(_of_symbol(node, known), piece.start, piece.end)
            said = _of_shape(text, node.shape, (*remarks, *remarks_on([node])))
            return ShapeSaid(said, piece.start, piece.end)
    return None


def _around(pieces: tuple[Syntax, ...], offset: int) -> Iterator[Syntax]:
    for piece in pieces:
        if piece.start <= offset <= piece.end:
            yield piece
            yield from _around(piece.children, offset)


def _of_word(place: CursorPlace, known: _Known) -> ShapeSaid | None:
    """Return what there is to say of the name under the cursor."""
    for found in _NAME.finditer(place.text):
        if not found.start() <= place.offset <= found.end():
            continue
        name = canonical_name(found[0])
        for symbol in known.symbols:
            if symbol.name == name:
                said = _of_symbol(symbol, known)
                if place.role == "variable":
                    said += _of_derivative(known)
                return ShapeSaid(said, found.start(), found.end())
        for function in known.functions:
            if function.name == name:
                return ShapeSaid(f"`{text_functions((function,))[0]}`", found.start(), found.end())
    return None


def _of_symbol(symbol: Symbol, known: _Known) -> str:
    guessed = " (guessed: it is not declared)" if symbol.name in known.guessed else ""
    return f"`{text_declarations((symbol,))[0]}`: {_words(symbol.shape)}{guessed}"


def _of_shape(text: str, shape: Shape, remarks: tuple[Remark, ...]) -> str:
    said = f"`{' '.join(text.split())}`: {_words(shape)}"
    return "\n\n".join([said, *dict.fromkeys(remarks_text(remarks))])


def _words(shape: Shape) -> str:
    if shape.is_scalar:
        return "a scalar"
    kind = "a matrix" if shape.is_matrix else "a row" if shape.is_row else "a column"
    return f"{shape_text(shape)}, {kind}"


def _of_derivative(known: _Known) -> str:
    if known.statement is None:
        return ""
    of, wrt = known.statement.function, known.statement.wrt
    return f"\n\nThe derivative of `{of.name}` is {jacobian_shape_text(of.shape, wrt.shape)} in the Jacobian layout."
