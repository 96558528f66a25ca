"""Tokens between lexer and parser: which bars open and which close, and products that are not written, as in `2x`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Token

ENDS_OPERAND = frozenset(
    (
        "NUMBER",
        "NAME",
        "RPAR",
        "RBRACKET",
        "PRIME",
        "SUPERSCRIPT",
        "INVERSE_TRANSPOSE",
        "CLOSE_NORM",
        "CLOSE_BAR",
        "NORM_MARK",
    )
)
"""The tokens that an operand may end with: what follows one is no operand, so that a bar behind it closes."""
BEGINS_MULTIPLE = frozenset(("NAME", "LPAR"))
"""What a number may stand directly before: `2x`, `3(x + y)`."""
LOGARITHMS, DETERMINANTS = frozenset(("log", "ln")), frozenset(("det", "Det"))
"""Words that books write before `det X` and `|X|` without parentheses."""


class Stream:
    """What lark asks for tokens; `always_accept` is a part of its interface."""

    always_accept = ("BAR",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Yield the tokens with bars told apart, and IMPLICIT between a number and what it multiplies."""
        before: Token | None = None
        for token in bars_told_apart(stream):
            if before is not None and (between := _not_written(before, token)) is not None:
                yield _like(token, between, "")
            yield token
            before = token


def _not_written(before: Token, token: Token) -> str | None:
    """Return what stands between two tokens without being written: a product in `2x`, a call in `log det X`."""
    if before.type == "NUMBER" and token.type in BEGINS_MULTIPLE and before.end_pos == token.start_pos:
        return "IMPLICIT"
    if before.type == "NAME" and before.value in LOGARITHMS and _is_determinant(token):
        return "APPLY"
    return None


def _is_determinant(token: Token) -> bool:
    return token.type == "OPEN_BAR" or (token.type == "NAME" and token.value in DETERMINANTS)


def bars_told_apart(stream: Iterator[Token]) -> list[Token]:
    """Return the tokens with bars told apart: one where an operand is expected opens, any other closes.

    Two bars together are a norm, unless single ones turn out to be meant: `||a| - 1|`, `|1 - |a||`.
    """
    result: list[Token] = []
    opened: list[int] = []
    for token in stream:
        if token.type != "BAR":
            result.append(token)
        elif not result or result[-1].type not in ENDS_OPERAND or result[-1].value in LOGARITHMS:
            opened.append(len(result))
            result.append(_like(token, "OPEN_BAR" if token.value == "|" else "OPEN_NORM", token.value))
        elif token.value == "|":
            if opened and result[opened[-1]].type == "OPEN_NORM":
                _split(result, opened)
            _close(result, opened, _like(token, "CLOSE_BAR", "|"))
        elif len(opened) > 1 and all(result[place].type == "OPEN_BAR" for place in opened[-2:]):
            for half in _halves(token, "CLOSE_BAR"):
                _close(result, opened, half)
        else:
            _close(result, opened, _like(token, "CLOSE_NORM", token.value))
    return result


def _close(result: list[Token], opened: list[int], token: Token) -> None:
    if opened:
        opened.pop()
    result.append(token)


def _split(result: list[Token], opened: list[int]) -> None:
    """Make two single bars of the norm that was opened last."""
    place = opened[-1]
    result[place : place + 1] = _halves(result[place], "OPEN_BAR")
    opened.append(place + 1)


def _halves(token: Token, kind: str) -> tuple[Token, Token]:
    first, second = _like(token, kind, "|"), _like(token, kind, "|")
    middle = (token.start_pos or 0) + 1
    first.end_pos = second.start_pos = middle
    return first, second


def _like(token: Token, kind: str, value: str) -> Token:
    return type(token).new_borrow_pos(kind, value, token)
