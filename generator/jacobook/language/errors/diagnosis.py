"""Why a text is not an expression, in words: the habits of other notations, and what is missing where."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import TYPE_CHECKING

from jacobook.language.composed_functions import COMPOSED
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import CALLABLE
from jacobook.language.token_stream import ENDS_OPERAND

if TYPE_CHECKING:
    from lark import Lark, Token

NOT_ITS_DERIVATIVE = "the function is written here, not its derivative; the variable stands beside it"
DERIVATIVE = re.compile(r"\s*(?P<sign>d\s*/\s*d\s*\w+)")
# What stands where it cannot be read: a pattern, what is said about it, and what would fit.
_HABITS: tuple[tuple[re.Pattern[str], str, str | None], ...] = tuple(
    (re.compile(pattern), message, suggestion)
    for pattern, message, suggestion in (
        (r"\.[A-Za-z_]\w*", "`{0}`: values have no attributes and no methods", None),
        (
            r"\.",
            "a dot stands in numbers (`0.5`) and in `.*`, `./`, `.^`; a number does not end in one",
            None,
        ),
        (r"_\w*", "`{0}`: a name begins with a letter", None),
        (r"×", "`×` separates sizes; a product is written `*`", "*"),
        (r"[∑∏]", "sums are written `sum(x)`", "sum(x)"),
        (r"[∂∇]", NOT_ITS_DERIVATIVE, None),
        (r"[{}]", "only round parentheses group: `(` and `)`", None),
        (r"[\"“”„`‘]", "`{0}`: there is no text in an expression", None),
        (
            r"[<>≤≥≠]=?|!=",
            "`{0}`: there are no comparisons but in `where(x > 0, a, b)`; `relu`, `abs`, `sign` and `step` are known",
            None,
        ),
        (r"[∈ℝ]", "this is a declaration, where an expression was expected", None),
        (r"!", "there is no factorial", None),
        (r"%", "`%`: one line is one expression, without a comment", None),
    )
)
_NOT_WRITTEN = ("IMPLICIT", "JUXTAPOSED", "APPLY")
_OPERATOR_NAMES = ("PLUS", "MINUS", "TIMES", "DIVIDE", "DOT_TIMES", "DOT_DIVIDE", "POWER", "DOT_POWER")
_WORD_BEFORE = re.compile(r"\w+$")


_OPENS = {"LPAR": "parenthesis", "LBRACKET": "bracket", "OPEN_BAR": "bar", "OPEN_NORM": "norm"}
_CLOSES = ("RPAR", "RBRACKET", "CLOSE_BAR", "CLOSE_NORM")


def of_character(text: str, position: int) -> LanguageError:
    """Return the error about a character that begins nothing."""
    for pattern, message, suggestion in _HABITS:
        if found := pattern.match(text, position):
            said = found.group()[:40]
            fit = suggestion.format(said) if suggestion else None
            return LanguageError(message.format(said), text, position, found.end(), fit)
    character = text[position]
    name = unicodedata.name(character, "no known character")
    shown = f"`{character}` ({name})" if character.isprintable() else f"U+{ord(character):04X} ({name})"
    return LanguageError(f"{shown} cannot be read here", text, position, position + 1)


def of_token(text: str, token: Token | None, lark: Lark) -> LanguageError:
    """Return the error about a token that cannot stand where it does (None: the text ends early)."""
    if found := DERIVATIVE.match(text):
        return LanguageError(NOT_ITS_DERIVATIVE, text, *found.span("sign"))
    at_end = token is None or token.type == "$END" or token.start_pos is None
    limit = len(text) if at_end or token is None or token.start_pos is None else token.start_pos
    before = list(takewhile(lambda one: (one.start_pos or 0) < limit, lark.lex(text)))
    if at_end or token is None:
        return _too_early(text, before)
    if token.type in _NOT_WRITTEN:  # what is not written stands before what is
        token = next(one for one in lark.lex(text) if one.type not in _NOT_WRITTEN and one.start_pos == limit)
    return _misplaced(text, token, before)


def _range(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


def _open(before: list[Token]) -> list[int]:
    """Return which tokens are parentheses, brackets and bars still open."""
    found: list[int] = []
    for position, token in enumerate(before):
        if token.type in _OPENS:
            found.append(position)
        elif token.type in _CLOSES and found:
            found.pop()
    return found


def _in_brackets(before: list[Token]) -> bool:
    opened = _open(before)
    return bool(opened) and before[opened[-1]].type == "LBRACKET"


def _behind_cross(before: list[Token]) -> bool:
    return any(token.type == "CROSS" for token in before[-3:])


def _too_early(text: str, before: list[Token]) -> LanguageError:
    last = before[-1]
    if last.type in ENDS_OPERAND and (unclosed := _open(before)):
        opening = before[unclosed[-1]]
        return LanguageError(f"this {_OPENS[opening.type]} is never closed", text, *_range(opening))
    message = f"the text ends after `{last}`, but something must follow"
    return LanguageError(message, text, *_range(last))


def _misplaced(text: str, token: Token, before: list[Token]) -> LanguageError:
    start, end = _range(token)
    last = before[-1] if before else None
    after_operand = last is not None and last.type in ENDS_OPERAND
    message, fit = f"`{token}` is not allowed here", None
    match token.type:
        case "RELATION":
            return of_character(text, start)
        case "NAME" | "NUMBER" | "LPAR" if after_operand and last is not None:
            return _implicit_product(text, token, last, _in_brackets(before))
        case "EQUAL" if last is not None and last.type == "EQUAL":
            message = "`==`: comparisons cannot be differentiated; a definition has one `=`"
        case "CLOSE_NORM" | "CLOSE_BAR" if not _open(before):
            message = "nothing stands between these bars" if not after_operand else "this bar was never opened"
        case "EQUAL" if _open(before):
            message = "`=` is not allowed in parentheses"
        case "EQUAL" if after_operand:
            message = "`=` is not allowed inside an expression"
        case "POWER" | "DOT_POWER" | "SUPERSCRIPT" if after_operand:
            message = "a power of a power is ambiguous: add parentheses, `(a^b)^c` or `a^(b^c)`"
            fit = "(a^b)^c"
        case "INVERSE_TRANSPOSE" if after_operand:
            message = "add parentheses around the power before `⁻ᵀ`"
        case _ if after_operand and (token.type == "CROSS" or _behind_cross(before)):
            message = "put a Kronecker product next to another product in parentheses, `(A ⊗ B)*C`"
        case "COLON" if last is not None and last.type == "LPAR":
            message = "`:` is used in brackets only, as in `X[1, :]`; all entries below one another are `vec(X)`"
        case "COLON":
            message = "`:` is used in brackets only: for all places, `X[1, :]`, or between two, `x[2:4]`"
        case "SEMICOLON" if not _in_brackets(before):
            message = "`;`: one line is one expression"
        case "RBRACKET" if not _open(before):
            message = "this bracket was never opened"
        case "RBRACKET" if last is not None and last.type == "LBRACKET":
            start = last.start_pos or 0
            message = "there is nothing in these brackets: an array is written `[a; b]`, an entry `x[1]`"
        case "RPAR" if _in_brackets(before):
            message = "a bracket that is open here is closed by `]`"
        case "RBRACKET" if not _in_brackets(before):
            message = "a parenthesis that is open here is closed by `)`"
        case "SEMICOLON" if after_operand:
            message = "the places of an entry are separated by commas, as in `A[1, 2]`"
        case "RPAR" if not _open(before):
            message = "this parenthesis was never opened"
        case "RPAR" if last is not None and last.type == "LPAR":
            start = last.start_pos or 0
            message = "there is nothing in these parentheses"
        case "_COMMA" if after_operand:
            message = "a comma separates the arguments of a function, the places of an entry or the entries of a row"
        case "PRIME":
            message = f"`{token}` is the transpose and comes after what it transposes; there are no quotes"
        case "PLUS" if last is None or last.type in ("LPAR", "EQUAL", "_COMMA", *_OPERATOR_NAMES):
            message = "a plus goes between two terms; a leading plus is left out"
        case _ if (divergence := _DIVERGENCE.search(text)) is not None:
            first, second = divergence.groups()
            fit, (start, end) = f"sum({first}.*log({first}./{second}))", divergence.span()
            message = f"a Kullback–Leibler divergence is written out: `{fit}`"
        case _ if last is None or last.type == "EQUAL":
            message = f"something is missing before `{token}`"
        case _:
            message = f"something is missing between `{last}` and `{token}`"
    return LanguageError(message, text, start, end, fit)


_DIVERGENCE = re.compile(r"\bD?_?KL\s*\(\s*(\w+)\s*(?:\|\||‖|\|)\s*(\w+)\s*\)")


_BETWEEN_TWO = re.compile(r"(?P<left>\w+|[)\]'])\s+(?P<name>dot|inner|outer|cross|kron|khatrirao)\s+(?P<right>\w+)\Z")


def _between_its_arguments(text: str, found: re.Match[str]) -> LanguageError:
    """Return the error about `x dot y`: the function comes first, its two arguments in parentheses behind it."""
    left, name, right = found["left"], found["name"], found["right"]
    whole = left.isidentifier()
    fit = f"{name}({left if whole else '…'}, {right})"
    product = {"dot": f"{left}'*{right}", "inner": f"{left}'*{right}", "outer": f"{left}*{right}'"}.get(name)
    other = f" or `{product}`" if whole and product else ""
    message = f"`{name}` stands before its two arguments: `{fit}`{other}"
    return LanguageError(
        message, text, found.start() if whole else found.start("name"), found.end(), fit if whole else None
    )


def _implicit_product(text: str, token: Token, last: Token, inside_brackets: bool) -> LanguageError:
    """Return the error about two operands with nothing between them: `2x`, `A x`, `(a)(b)`, `x'y`."""
    (start, _), (_, end) = _range(last), _range(token)
    if token == "in" or "∈" in text:
        return LanguageError("this is a declaration, where an expression was expected", text, *_range(token))
    if (between := _BETWEEN_TWO.search(text, max(0, start - 40), end)) is not None:
        return _between_its_arguments(text, between)
    if last.type == "NAME" and last.value in (*CALLABLE, *COMPOSED, "√") and token.type in ("NAME", "NUMBER"):
        fit, rest = f"{last}({token})", text[end:].lstrip()
        if rest.startswith(("^", "*", "/", ".", "[", "'")):  # log x^2: of x, or of x^2?
            message = (
                f"the argument of a function stands in parentheses: `{fit}`, or `{last}(…)` of more than `{token}`"
            )
            return LanguageError(message, text, start, end)
        return LanguageError(f"the argument of a function stands in parentheses: `{fit}`", text, start, end, fit)
    right = f"{token}…)" if token.type == "LPAR" else str(token)
    left = text[start : _range(last)[1]]
    if last.type in ("PRIME", "SUPERSCRIPT", "INVERSE_TRANSPOSE"):
        operand = _WORD_BEFORE.search(text, max(0, start - 40), start)
        left = (operand.group() if operand else "(…)") + left
    elif last.type in ("RPAR", "RBRACKET"):
        left = "(…)" if last.type == "RPAR" else "[…]"
    fit = f"{left}*{right}"
    message = f"a product is always written with `*`: `{fit}`"
    if inside_brackets:
        message += "; entries of a row are separated by commas"
    return LanguageError(message, text, start, end, fit)
