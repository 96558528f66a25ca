"""Tokens between lexer and parser: which bars open, which close; products without a sign, `2x` and `xᵀAx`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from jacobook.language.names import as_product, canonical_name

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
OF_ONE_VALUE = frozenset(("log", "ln", "exp", "sqrt", "sum", "tr", "sin", "cos", "tan", "tanh", "sinh", "cosh"))
"""Functions that are written before a call without parentheses of their own: `log sigmoid(x)`."""
BRACKETED = {
    **{name.capitalize(): name for name in ("exp", "log", "sin", "cos", "tan", "sqrt", "sinh", "cosh", "tanh", "abs")},
    **{f"Arc{name.capitalize()}": f"arc{name}" for name in ("sin", "cos", "tan")},
    "Erf": "erf",
    "Norm": "norm",
    "Tr": "tr",
    "Det": "det",
    "Inverse": "inv",
    "Transpose": "transpose",
    "Total": "sum",
    "Gamma": "gammafn",
}
"""Functions of Mathematica, whose arguments stand in brackets."""
OF_ONE_LETTER = OF_ONE_VALUE - {"sum", "tr"}
BEHIND_ARGUMENT = frozenset(("PLUS", "MINUS", "RPAR", "RBRACKET", "_COMMA", "SEMICOLON", "EQUAL"))
"""What ends a sum or a term of one, so that `log p` before it is log(p)."""
CONSTANTS = frozenset(("pi", "π"))
RAISING = frozenset(("POWER", "DOT_POWER", "SUPERSCRIPT", "PRIME", "INVERSE_TRANSPOSE", "LBRACKET", "METHOD"))
"""What binds tighter than such a function."""


BEGINS_FACTOR = frozenset(("NAME", "LPAR", "OPEN_NORM", "OPEN_BAR"))
"""What may stand behind a factor without a sign between: `x'A`, `(A + B)x`, `t‖x‖`."""


_PLACES = frozenset(("NUMBER", "COLON", "_COMMA"))
"""What places of entries are made of."""


class Stream:
    """What lark asks for tokens; `always_accept` is a part of its interface."""

    always_accept = ("BAR", "MODULE")

    def __init__(self) -> None:
        self.known: Collection[str] = ()
        """The variables where the text stands: letters that are put together, `Ax`, may be a product of them."""
        self.words: Collection[str] = ()
        """What else means something there: functions, sizes."""
        self.factors: Collection[str] = ()
        """The variables that are no maps, and that no function is called: `K(z - H*x)` is a product."""

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Yield the tokens with bars told apart, and one for every sign that is not written."""
        opened: list[str] = []
        tokens = bars_told_apart(self._spelled_out(stream))
        for place, token in enumerate(tokens):
            in_brackets = bool(opened) and opened[-1] == "LBRACKET"
            if place and (between := self._not_written(tokens, place, in_brackets)) is not None:
                yield _like(token, between, "")
            yield token
            if token.type in ("LPAR", "LBRACKET"):
                opened.append(token.type)
            elif token.type in ("RPAR", "RBRACKET") and opened:
                opened.pop()

    def _spelled_out(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Yield the tokens with `Ax` as two names, where that is no name but A and x are, and `^T` as a transpose."""
        tokens = self._with_parentheses(list(stream))
        if len(tokens) > 1 and tokens[-1].type == "SEMICOLON":
            del tokens[-1]
        place = 0
        while place < len(tokens):
            token = tokens[place]
            following = tokens[place + 1] if place + 1 < len(tokens) else None
            transpose = following is not None and following.type == "NAME" and following.value == "T"
            if token.type == "POWER" and token.value == "^" and following is not None and transpose:
                if "T" not in self.known:
                    token = _spanning(token, following, "PRIME")
                    place += 1
                yield token
            elif token.type == "MODULE" and str(token.value).removesuffix(".") in self.known and following is not None:
                name, method = _like(token, "NAME", str(token.value)[:-1]), _like(following, "METHOD", f".{following}")
                name.end_pos, method.start_pos = (token.end_pos or 0) - 1, (token.end_pos or 0) - 1
                yield from (name, method)
                place += 1
            elif token.type == "MODULE":
                pass  # np.exp is exp; where it makes a difference, `other_spellings` looks at the text
            elif token.type == "NAME" and (following is None or following.type != "LPAR"):
                yield from self._names(token)
            else:
                yield token
            place += 1

    def _with_parentheses(self, tokens: list[Token]) -> list[Token]:
        """Return the tokens with Mathematica's `Sin[x]` as `sin(x)`, where nothing else has such a name."""
        for place, token in enumerate(tokens[:-1]):
            opening = tokens[place + 1]
            own = BRACKETED.get(str(token.value)) if token.type == "NAME" and opening.type == "LBRACKET" else None
            if own is None or token.value in self.known or opening.start_pos != token.end_pos:
                continue
            closing = place + 2 + len(_in_parentheses(tokens, place + 1))
            if closing < len(tokens) and tokens[closing].type == "RBRACKET":
                tokens[place] = _like(token, "NAME", own)
                tokens[place + 1] = _like(opening, "LPAR", "(")
                tokens[closing] = _like(tokens[closing], "RPAR", ")")
        return tokens

    def _names(self, token: Token) -> Iterator[Token]:
        """Yield the names that a word is a product of; the word, if it means something or can be split in two ways."""
        word, start = str(token.value), token.start_pos or 0
        if len(word) == 1 or word in self.known or word in self.words:
            yield token
            return
        parts = (
            None
            if canonical_name(word) in self.known or canonical_name(word) in self.words
            else as_product(word, self.known)
        )
        for part in parts or [word]:
            found = _like(token, "NAME", part)
            found.start_pos, found.end_pos = start, start + len(part)
            yield found
            start += len(part)

    def _is_word(self, token: Token) -> bool:
        return canonical_name(token.value) not in self.known and (token.value in self.words or token.value == "√")

    def _is_composition(self, tokens: list[Token], place: int) -> bool:
        """Return whether a call begins here that is the argument of the function before it: `log sigmoid(x)`.

        Where a power or a transpose stands behind it, that may be of the one or of the other.
        """
        before, token = tokens[place - 1], tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if before.type != "NAME" or token.type != "NAME" or following is None or following.type != "LPAR":
            return False
        if before.value not in OF_ONE_VALUE or not self._is_word(before) or not self._is_word(token):
            return False
        behind = place + 1 + len(_in_parentheses(tokens, place + 1)) + 2
        return behind >= len(tokens) or tokens[behind].type not in RAISING

    def _is_argument(self, tokens: list[Token], place: int) -> bool:
        """Return whether a variable is all that the function before it is of: `y log p + (1 - y) log(1 - p)`."""
        before, token = tokens[place - 1], tokens[place]
        behind = tokens[place + 1] if place + 1 < len(tokens) else None
        ends = behind is None or behind.type in BEHIND_ARGUMENT
        if behind is not None and behind.type == "NAME":  # sin x cos x
            ends = behind.value in OF_ONE_LETTER and self._is_word(behind)
        if before.type != "NAME" or token.type != "NAME" or not ends:
            return False
        return before.value in OF_ONE_LETTER and self._is_word(before) and not self._is_word(token)

    def _is_factor(self, token: Token) -> bool:
        return token.value in self.factors or canonical_name(token.value) in self.factors

    def _is_sum(self, tokens: list[Token], place: int) -> bool:
        """Return whether the parentheses that open here hold a sum that is no place, as n + 1 or i - j may be."""
        inside = _in_parentheses(tokens, place)
        if not inside or any(one.type in ("_COMMA", "COLON", "SEMICOLON", "EQUAL", "RELATION") for one in inside):
            return False
        own = [one for one, depth in zip(inside, accumulate(map(_opens, inside)), strict=True) if depth == 0]
        if not own or not any(one.type in ("PLUS", "MINUS") for one in own[1:]):
            return False
        variables = {one.value for one in inside if one.type == "NAME" and self._is_factor(one)}
        return bool(variables) and (own[0].type == "NUMBER" or len(variables) > 1)

    def _not_written(self, tokens: list[Token], place: int, in_brackets: bool) -> str | None:
        """Return what stands before a token without being written: a product, or a call in `log det X`."""
        before, token = tokens[place - 1], tokens[place]
        inverse = before.value == "1" and [one.type for one in tokens[max(0, place - 3) : place - 1]] == [
            "POWER",
            "MINUS",
        ]
        if (
            before.type == "NUMBER"
            and token.type in BEGINS_MULTIPLE
            and before.end_pos == token.start_pos
            and not inverse
            and not _is_exponent(tokens, place)
        ):
            return "IMPLICIT"
        if before.type == "NAME" and before.value in LOGARITHMS and _is_determinant(token):
            return "APPLY"
        if self._is_composition(tokens, place) or self._is_argument(tokens, place):
            return "APPLY"
        if in_brackets or before.type not in ENDS_OPERAND or token.type not in BEGINS_FACTOR or token.value == "in":
            return None  # in brackets a space may stand between two entries
        if before.type == "NAME" and token.type == "LPAR":
            return "JUXTAPOSED" if self._is_factor(before) and self._is_sum(tokens, place) else None
        if before.type == "NAME" and self._is_word(before) and before.value not in CONSTANTS:
            return None
        if token.type == "LPAR" and {one.type for one in _in_parentheses(tokens, place)} <= _PLACES:
            return None  # (A*x)(1) is an entry to many
        return "JUXTAPOSED"


def _is_exponent(tokens: list[Token], place: int) -> bool:
    """Return whether a number before a parenthesis is an exponent: x^2(1 - x), but not e^2(1 - x), e^(2(…)) to many."""
    exponent = place > 2 and tokens[place].type == "LPAR" and tokens[place - 2].type in ("POWER", "DOT_POWER")
    return exponent and tokens[place - 3].value != "e"


def _opens(token: Token) -> int:
    """Return by how much a token changes the number of open parentheses and brackets."""
    return (token.type in ("LPAR", "LBRACKET")) - (token.type in ("RPAR", "RBRACKET"))


def _in_parentheses(tokens: list[Token], place: int) -> list[Token]:
    """Return the tokens between the parenthesis that opens at a place and the one that closes it; none if none does."""
    depth = 0
    for last in range(place, len(tokens)):
        depth += _opens(tokens[last])
        if depth == 0:
            return tokens[place + 1 : last]
    return []


def _is_determinant(token: Token) -> bool:
    return token.type == "OPEN_BAR" or (token.type == "NAME" and token.value in DETERMINANTS)


def bars_told_apart(stream: Iterator[Token]) -> list[Token]:
    """Return the tokens with bars told apart: one where an operand is expected, or none is open, opens; others close.

    Two bars together are a norm, unless single ones turn out to be meant: `||a| - 1|`, `|1 - |a||`.
    """
    result: list[Token] = []
    opened: list[int] = []
    given = list(stream)
    last = max((place for place, token in enumerate(given) if token.type == "BAR"), default=0)
    for place, token in enumerate(given):
        if token.type != "BAR":
            result.append(token)
        elif (
            (not opened and place < last)
            or not result
            or result[-1].type not in ENDS_OPERAND
            or result[-1].value in LOGARITHMS
        ):
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


def _spanning(first: Token, last: Token, kind: str) -> Token:
    """Return one token in place of two."""
    found = _like(first, kind, f"{first.value}{last.value}")
    found.end_pos = last.end_pos
    return found


def _like(token: Token, kind: str, value: str) -> Token:
    return type(token).new_borrow_pos(kind, value, token)
