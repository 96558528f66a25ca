"""Why a text is not an expression, in words: the habits of other notations, and what is missing where."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import TYPE_CHECKING

from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.language.errors.language_error import LanguageError

if TYPE_CHECKING:
    from lark import Lark, Token

# What stands where it cannot be read: a pattern, what is said about it, and what would fit.
_HABITS: tuple[tuple[re.Pattern[str], str, str | None], ...] = tuple(
    (re.compile(pattern), message, suggestion)
    for pattern, message, suggestion in (
        (r"\.T\b", "the transpose is written `'`: `x'`, not `x.T`", "'"),
        (r"\.[A-Za-z_]\w*", "`{0}`: values have no attributes and no methods", None),
        (r"\.[0-9]+", "a number begins with a digit: `0{0}`", "0{0}"),
        (
            r"\.",
            "a dot stands in numbers (`0.5`) and in `.*`, `./`, `.^`; a number does not end in one",
            None,
        ),
        (r"_\w*", "`{0}`: a name begins with a letter", None),
        (r"@", "the product of matrices is written `*`, not `@`", "*"),
        (r"×", "`×` separates sizes; a product is written `*`", "*"),
        (r"[÷∶]", "a quotient is written `/`", "/"),
        (r"[√]", "a square root is written `sqrt(x)`", "sqrt(x)"),
        (r"[∘]", "the entry-wise product is written `.*`", ".*"),
        (r"⊗", "a Kronecker product is written `kron(A, B)`", "kron(A, B)"),
        (r"[∑∏]", "sums are written `sum(x)`", "sum(x)"),
        (r"[∂∇]", "the function is written here, not its derivative; the variable stands beside it", None),
        (r"[{}]", "only round parentheses group: `(` and `)`", None),
        (r"[\"“”„`‘]", "`{0}`: there is no text in an expression", None),
        (r"\\[A-Za-z]*", "`{0}`: LaTeX commands are not read; write `sigma`, `inv(S)`, `x'`", None),
        (r"[<>≤≥≠]=?", "`{0}`: there are no comparisons; `relu`, `abs`, `sign` and `step` are known", None),
        (r"[∈ℝ]", "this is a declaration, where an expression was expected", None),
        (r"!", "there is no factorial", None),
        (r":", "`:`: one entry is taken at a time, `x[1]`, and one line is one expression", None),
    )
)
_OPERATOR_NAMES = ("PLUS", "MINUS", "TIMES", "DIVIDE", "DOT_TIMES", "DOT_DIVIDE", "POWER", "DOT_POWER")
_ENDS_OPERAND = ("NUMBER", "NAME", "RPAR", "RBRACKET", "PRIME", "SUPERSCRIPT", "INVERSE_TRANSPOSE")
_WORD_BEFORE = re.compile(r"\w+$")
_SCIENTIFIC = re.compile(r"[0-9][eE]([+-]?[0-9]+)?")


_BARS = re.compile(r"(?P<bar>\|\||[|‖∥])(?P<inside>[^|‖∥]+)(?P=bar)(?P<which>_(?:\{?[12F]\}?)|[₁₂])?")
"""What stands between bars, and which norm: ||A*x - b||, ‖x‖₁, |t|."""
_LATEX_WORDS = """
alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon
phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega cdot times odot otimes circ div
frac dfrac tfrac sqrt top mathbf mathrm mathbb mathcal boldsymbol bm vec hat bar tilde text operatorname left
right sum prod int partial nabla ln det tr min max lVert rVert lvert rvert Vert vert langle rangle in quad qquad
begin end ldots cdots dots infty to prime dagger T"""
_LATEX = frozenset((*_LATEX_WORDS.split(), *(row.name for row in ELEMENTWISE.values() if row.tex)))
"""LaTeX commands that stand in formulas; another word behind a backslash is a divisor from the left."""
_LEFT_DIVISION = re.compile(r"\\\s*(?P<divided>(?P<word>\w+)|\()")
_OPERAND_BEFORE = re.compile(r"(?P<name>\w+'?)\s*$|[\w)\]']\s*$")


def _between_bars(text: str, position: int) -> LanguageError | None:
    """Return the error about a bar: with what stands between two of them, or in general; None for anything else."""
    if text[position] not in "|‖∥":
        return None
    found = _BARS.match(text, position)
    norm = text.startswith("||", position) or text[position] != "|"
    end = position + (2 if text.startswith("||", position) else 1)
    after_word = position > 0 and (text[position - 1].isalnum() or text[position - 1] in ")]'")
    if found is None or not found["inside"].strip() or after_word:
        fit, width = ("norm2(x)" if norm else "abs(x)"), end
    else:
        name = (
            "abs" if not norm else "norm1" if found["which"] and found["which"].strip("_{}") in ("1", "₁") else "norm2"
        )
        fit, width = f"{name}({found['inside'].strip()})", found.end()
    if norm:
        return LanguageError(f"a norm is written `{fit}`", text, position, width, fit)
    return LanguageError(f"an absolute value is written `{fit}`, a determinant `det(X)`", text, position, width, fit)


def _left_division(text: str, position: int) -> LanguageError | None:
    r"""Return the error about `A\b`, the solution of a linear system in other notations; None for LaTeX."""
    found, before = _LEFT_DIVISION.match(text, position), _OPERAND_BEFORE.search(text, 0, position)
    if found is None or before is None or found["word"] in _LATEX:
        return None
    start, end = before.start(), found.end()
    name, word = before["name"], found["word"]
    alone = not text[:start].rstrip() or text[:start].rstrip()[-1] in "+(,="
    if name is None or word is None or not alone or text[end:].lstrip()[:1] in ("(", "[", "'", "^", "."):
        message = "`\\` does not divide here: the solution of a linear system `A*x = b` is written `inv(A)*b`"
        return LanguageError(message, text, position, position + 1, None)
    fit = f"inv({name})*{word}"
    message = f"`\\` does not divide here: the solution of a linear system is written `{fit}`"
    return LanguageError(message, text, start, end, fit)


def of_character(text: str, position: int) -> LanguageError:
    """Return the error about a character that begins nothing."""
    for special in (_between_bars, _left_division):
        if (error := special(text, position)) is not None:
            return error
    for pattern, message, suggestion in _HABITS:
        if found := pattern.match(text, position):
            if pattern.pattern == r"\.[0-9]+" and position and text[position - 1].isdigit():
                continue
            said = found.group()[:40]
            fit = suggestion.format(said) if suggestion else None
            if fit == "'" and (operand := _WORD_BEFORE.search(text, max(0, position - 40), position)):
                fit = operand.group() + "'"
            return LanguageError(message.format(said), text, position, found.end(), fit)
    character = text[position]
    name = unicodedata.name(character, "no known character")
    shown = f"`{character}` ({name})" if character.isprintable() else f"U+{ord(character):04X} ({name})"
    return LanguageError(f"{shown} cannot be read here", text, position, position + 1)


def of_token(text: str, token: Token | None, lark: Lark) -> LanguageError:
    """Return the error about a token that cannot stand where it does (None: the text ends early)."""
    at_end = token is None or token.type == "$END" or token.start_pos is None
    limit = len(text) if at_end or token is None or token.start_pos is None else token.start_pos
    before = list(takewhile(lambda one: (one.start_pos or 0) < limit, lark.lex(text)))
    if at_end or token is None:
        return _too_early(text, before)
    return _misplaced(text, token, before)


def _range(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


def _open(before: list[Token]) -> list[int]:
    """Return which tokens are parentheses and brackets still open."""
    found: list[int] = []
    for position, token in enumerate(before):
        if token.type in ("LPAR", "LBRACKET"):
            found.append(position)
        elif token.type in ("RPAR", "RBRACKET") and found:
            found.pop()
    return found


def _in_brackets(before: list[Token]) -> bool:
    opened = _open(before)
    return bool(opened) and before[opened[-1]].type == "LBRACKET"


def _too_early(text: str, before: list[Token]) -> LanguageError:
    last = before[-1]
    if last.type in _ENDS_OPERAND and (unclosed := _open(before)):
        what = "bracket" if _in_brackets(before) else "parenthesis"
        return LanguageError(f"this {what} is never closed", text, *_range(before[unclosed[-1]]))
    message = f"the text ends after `{last}`, where something is still to come"
    return LanguageError(message, text, *_range(last))


def _misplaced(text: str, token: Token, before: list[Token]) -> LanguageError:
    start, end = _range(token)
    last = before[-1] if before else None
    after_operand = last is not None and last.type in _ENDS_OPERAND
    message, fit = f"`{token}` cannot stand here", None
    match token.type:
        case "NAME" | "NUMBER" | "LPAR" if after_operand and last is not None:
            return _implicit_product(text, token, last, _in_brackets(before))
        case "TIMES" if last is not None and last.type == "TIMES" and last.end_pos == start:
            return LanguageError("a power is written `^`, not `**`", text, start - 1, end, "^")
        case "EQUAL" if last is not None and last.type == "EQUAL":
            message = "`==`: comparisons cannot be differentiated; a definition has one `=`"
        case "EQUAL" if _open(before):
            message = "`=` cannot stand in parentheses"
        case "EQUAL" if after_operand:
            message = "`=` cannot stand inside an expression"
        case "POWER" | "DOT_POWER" | "SUPERSCRIPT" if after_operand:
            message = "a power of a power is ambiguous: add parentheses, `(a^b)^c` or `a^(b^c)`"
            fit = "(a^b)^c"
        case "INVERSE_TRANSPOSE" if after_operand:
            message = "add parentheses around the power before `⁻ᵀ`"
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
            message = f"`{token}` is the transpose and stands after what it transposes; there are no quotes"
        case "PLUS" if last is None or last.type in ("LPAR", "EQUAL", "_COMMA", *_OPERATOR_NAMES):
            message = "a plus stands between two terms; in front of one it is left out"
        case _ if last is None or last.type == "EQUAL":
            message = f"something is missing before `{token}`"
        case _:
            message = f"something is missing between `{last}` and `{token}`"
    return LanguageError(message, text, start, end, fit)


def _implicit_product(text: str, token: Token, last: Token, inside_brackets: bool) -> LanguageError:
    """Return the error about two operands with nothing between them: `2x`, `A x`, `(a)(b)`, `x'y`."""
    (start, _), (_, end) = _range(last), _range(token)
    found = _SCIENTIFIC.match(text, (last.end_pos or 1) - 1)
    if found and last.type == "NUMBER" and token.type == "NAME":
        message = "numbers have no exponents: write `0.001` or `10^-3`, not `1e-3`"
        return LanguageError(message, text, start, found.end())
    if token == "in" or "∈" in text:
        return LanguageError("this is a declaration, where an expression was expected", text, *_range(token))
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
