r"""LaTeX as tokens: commands, letters, digits, marks; what only sets space or size is left out.

A token knows where it stands in the text, so that an error points into what the reader typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from jacobook.language.errors.language_error import LanguageError
from jacobook.language.latex_notation.commands import COMMANDS, FONTS, READ, SIZES, SPACES, SWITCHES


class TokenKind(Enum):
    """What a token is."""

    LETTER = auto()
    NUMBER = auto()
    COMMAND = auto()
    MARK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    r"""A piece of LaTeX: its kind, its text (a command without its backslash), and where it stands."""

    kind: TokenKind
    text: str
    start: int
    end: int
    spaced: bool = False
    """Whether a space that is set, or an empty one in the text, stands before it."""


_SCANNER = re.compile(
    r"(?P<skip>\s+|~|%[^\n]*)|\\(?P<command>[A-Za-z]+\*?|.)|(?P<number>\d+(?:\.\d+)?)|(?P<letter>[^\W\d_])|(?P<mark>.)",
    re.DOTALL,
)
_MATHEMATICS = re.compile(r"\s*(?:\$\$?|\\\(|\\\[)(?P<inside>.*?)(?:\$\$?|\\\)|\\\])[\s.,;]*\Z", re.DOTALL)
_DISPLAY = re.compile(
    r"\s*\\begin\{(?P<name>(?:align|aligned|equation|gather|multline|split)\*?)\}(?P<inside>.*?)"
    r"(?:\\\\\s*)?\\end\{(?P=name)\}[\s.,;]*\Z",
    re.DOTALL,
)
"""An environment that sets a formula on a line of its own; `&` in it stands where lines are aligned."""
_END = re.compile(r"(?:\s|(?<!\\)[.,;])+\Z")
"""A formula in a sentence ends as the sentence does; the comma of `\\,` is a space."""
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_ONLY_IN_LATEX = re.compile(r"\\[|,;!]|\^\{|(?<![|‖∥])_\{|\$|\A\s*\\[(\[]")
_LETTERS_IN_WORDS = "|".join(name for name in COMMANDS if len(name) > 1)
_WORD = re.compile(rf"(?:(?:sum|prod|int|lim)(?=\s*_)|(?:frac|sqrt)(?=\s*\{{)|(?:{_LETTERS_IN_WORDS}))(?![A-Za-z])")
"""A word that is a command where the text has no backslash at all: `x^T Sigma^{-1} x`, `sum_{i=1}^{n} x_i`."""
_WITHOUT_BACKSLASH = re.compile(
    r"(?<![\w\\])(?:(?:frac|sqrt)\s*\{|(?:sum|prod|int)_(?:[A-Za-z0-9](?!\w)|\{[^{}]*\})(?:\s*\^(?:\w+|\{[^{}]*\}))?"
    r"\s*[A-Za-z0-9(\\|‖])"
)
"""A fraction, a root, a sum with its index below it and a term behind it: `sum_i x_i^2`, which is no name `sum_i`."""
_GOES_ON = re.compile(r"(?:[\s&{}]|\\(?:quad|qquad|;|,)|dauqq?\\|[;,]\\)*[-+]")
"""Behind the end of a row, or before it (read backwards): a sign, and what only sets space."""
_UNICODE = {"‖": r"\|", "−": "-", "–": "-", "·": r"\cdot", "⋅": r"\cdot", "×": r"\times", "⊙": r"\odot", "∘": r"\circ"}


def is_latex(text: str) -> bool:
    r"""Return whether a text is LaTeX, and not the language: by a command that is known, a script in braces, a dollar.

    `A\b` divides from the left, and is not taken for LaTeX.
    """
    if any(found[1] in READ for found in _COMMAND.finditer(text)):
        return True
    return _ONLY_IN_LATEX.search(text) is not None or _WITHOUT_BACKSLASH.search(text) is not None


def tokens(text: str) -> list[Token]:
    """Return the tokens of a formula, with one at the end; dollars and the like around it are left out."""
    start, end = 0, len(text)
    if found := _MATHEMATICS.match(text):
        start, end = found.span("inside")
    aligned, in_words = False, _COMMAND.search(text) is None
    while found := _DISPLAY.match(text, start, end):
        start, end = found.span("inside")
        aligned = True
    end = start + len(_END.sub("", text[start:end]))
    result: list[Token] = []
    spaced = False
    position = start
    while position < end:
        found = _SCANNER.match(text, position, end)
        assert found is not None, "the last alternative takes every character"
        word = _WORD.match(text, position, end) if in_words and not text[:position][-1:].isalpha() else None
        position = (word or found).end()
        kind, value = ("command", word[0]) if word is not None else (str(found.lastgroup), found[str(found.lastgroup)])
        if kind == "command" and len(value) > 1:
            value = value.removesuffix("*")  # \operatorname*{softmax}
        aligns = aligned and value in ("&", "\\") and not _in_environment(text[start : found.start()])
        if aligns and value == "\\":  # a new row: where a sign stands beside it, the formula goes on
            aligns = bool(_GOES_ON.match(text, position)) or _GOES_ON.match(text[: found.start()][::-1]) is not None
        if aligns or kind == "skip" or (kind == "command" and value in SPACES):
            spaced = True
            continue
        if kind == "command" and value in SIZES:
            position = _without_fence(text, position)
            continue
        where = found.start(), position
        if value in _UNICODE:
            value = _UNICODE[value]
            kind, value = ("command", value[1:]) if value.startswith("\\") else ("mark", value)
        kinds = {
            "command": TokenKind.COMMAND,
            "number": TokenKind.NUMBER,
            "letter": TokenKind.LETTER,
            "mark": TokenKind.MARK,
        }
        result.append(Token(kinds[kind], value, *where, spaced))
        spaced = False
    result.append(Token(TokenKind.END, "", end, end, spaced))
    return _without_switches(result, text)


def _without_switches(given: list[Token], text: str) -> list[Token]:
    r"""Return the tokens with `\mathbf{x}` for `{\bf x}`; within the braces of another font it says nothing more."""
    found: list[Token] = []
    closing: list[int] = []
    """Numbers of the braces behind which one more is to be closed."""
    for number, token in enumerate(given):
        is_switch = token.kind is TokenKind.COMMAND and token.text in SWITCHES
        if is_switch and found and found[-1].kind is TokenKind.MARK and found[-1].text == "{":
            before = found[-2] if len(found) > 1 else None
            if before is not None and before.kind is TokenKind.COMMAND and before.text in FONTS:
                continue
            font = Token(TokenKind.COMMAND, SWITCHES[token.text], token.start, token.end)
            if before is not None and before.kind is TokenKind.MARK and before.text in "^_":
                closing.append(matching(given, number - 1, text))
                found += [font, Token(TokenKind.MARK, "{", token.end, token.end)]
            else:
                found.insert(-1, font)
            continue
        if number in closing:
            found.append(Token(TokenKind.MARK, "}", token.start, token.start))
        found.append(token)
    return found


def _in_environment(before: str) -> bool:
    """Return whether an environment is open behind this text: there `&` stands between entries."""
    return before.count("\\begin") > before.count("\\end")


def _without_fence(text: str, position: int) -> int:
    r"""Return the place behind the point of `\left.` and `\right.`, a fence that is not set."""
    found = re.compile(r"\s*\.").match(text, position)
    return found.end() if found else position


def matching(given: list[Token], place: int, text: str) -> int:
    """Return the number of the brace that closes the one at `place`. Raises LanguageError."""
    depth = 0
    for number in range(place, len(given)):
        if given[number].kind is TokenKind.MARK:
            depth += {"{": 1, "}": -1}.get(given[number].text, 0)
        if depth == 0:
            return number
    raise LanguageError("this brace is not closed", text, given[place].start, given[place].end)
