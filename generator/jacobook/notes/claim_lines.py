r"""An equation about a derivative, as it stands in a sentence: `d(x'*A*x)/dx = x'*(A + A')`, or the same in LaTeX.

On the left stands `d(…)/dx`, `d/dx …`, `∂(…)/∂x`, `∇_x …`, `\frac{\partial …}{\partial x}`,
`\frac{\partial}{\partial x} …`, `\nabla_x …`, `\partial_x …` or `D_x …`, with squares for a second derivative; on the
right what it is, once or several times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, NoReturn

from jacobook.language import LanguageError
from jacobook.language.latex_notation.commands import FONTS, SWITCHES
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.notes.page_declarations import TURNED_IN_LATEX, WORD

_GAP = r"(?:\s|\\[,;:! ]|~)*"
_D = rf"(?:d|∂|\\partial(?![A-Za-z])|\\(?:mathrm|operatorname|text)\s*(?:\{{\s*d\s*\}}|(?<=\s)d)){_GAP}"
_SQUARE = r"(?:\s*(?:\^\s*2|\^\s*\{\s*2\s*\}|²))"
_FONT = rf"\\(?:{'|'.join(sorted(FONTS))})(?![A-Za-z])"
_PLAIN = rf"\\?{WORD}(?:(?<=_)\{{\w+\}})?"
_SWITCH = rf"\\(?:{'|'.join(sorted(SWITCHES))})(?![A-Za-z])"
_IN_FONT = rf"(?:\{{\s*{_SWITCH}\s*{_PLAIN}\s*\}}|{_FONT}\s*(?:\{{\s*{_PLAIN}\s*\}}|{_PLAIN}))"
_VARIABLE = rf"(?:{_IN_FONT}(?:_\{{?\w+\}}?)?|\{{\s*{_PLAIN}\s*\}}|{_PLAIN})"
_TURNED = r"(?:\s*(?:'|ᵀ|\^\s*T|\^\s*\{\s*(?:\\top|T|\\intercal)\s*\}|\^\s*\\top|\^\s*\\intercal))"
_VEC = r"(?:vec|\\(?:operatorname|mathrm|text)\s*\{\s*vec\s*\})(?![A-Za-z])"
_STACKED = rf"(?P<open>[(\[]\s*)?{_VEC}{_GAP}\(?\s*(?P<stacked>{_VARIABLE})\s*\)?(?(open)\s*[)\]])"
"""What is differentiated by where books write `∂ vec F(X) / ∂ (vec X)′`."""
_AGAIN = rf"(?:(?P<twice>{_SQUARE})|{_GAP}{_D}(?P<second>{_VARIABLE}){_TURNED}?)"
_BELOW = rf"{_D}(?:{_STACKED}|(?P<wrt>{_VARIABLE}))(?P<turned>{_TURNED})?{_AGAIN}?"
_OPENING = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*(?=\()")
_OVER = re.compile(rf"\s*/\s*{_BELOW}")
_OPERATOR = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*/\s*{_BELOW}")
_FUNCTION_OVER = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*(?P<name>{WORD}(?:\s*\([^()]*\))?)\s*/\s*{_BELOW}")
_FRACTION = re.compile(r"\s*\\[dt]?frac\s*(?=\{)")
_ABOVE = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*")
_WHOLE_BELOW = re.compile(rf"\s*{_BELOW}\s*")
_CAPITAL_D = r"(?:D|\\(?:mathrm|operatorname|mathbf|mathsf)\s*\{\s*D\s*\})"
_MAY_BE_A_NAME = re.compile(r"\s*D\s*_")
"""Stands before a derivative in the first place of an equation, and before a product of a variable elsewhere."""
_NABLA = re.compile(
    rf"\s*(?:∇|\\nabla|\\triangledown|grad|∂|\\partial(?![A-Za-z])|{_CAPITAL_D})(?P<square>{_SQUARE})?\s*_\s*(?P<wrt>\{{\s*{_VARIABLE}\s*\}}|{_VARIABLE})(?P<again>{_SQUARE})?\s*"
)
_FACTOR = re.compile(
    r"\s*(?:[-−]\s*)?(?:\d+(?:\s*/\s*\d+)?|\\[dt]?frac\s*(?:\d\s*\d|\{\s*\d+\s*\}\s*\{\s*\d+\s*\}))?\s*(?:\*|\\cdot(?![A-Za-z]))?"
)
"""A number in front of a derivative, or a sign: `\\frac12 ∇_x …`."""
_WITHOUT_VARIABLE = re.compile(
    rf"\s*(?:(?:∇|\\nabla(?![A-Za-z])){_SQUARE}?\s*[^_\s^]|(?:{_PLAIN})\s*'\s*\(\s*{_PLAIN}\s*\))"
)
"""A gradient, or a derivative with a prime, that does not say by what it is: `∇f`, `f'(x)`."""
_PRODUCT_IN_LATEX = re.compile(r"(?<![A-Za-z])[A-Za-z]\s*\((?![\w\s,]*\))|\)\s*\(")
"""A letter or a bracket before another bracket: a product in LaTeX, and none in the language."""
_BEGINS_WITH_VEC = re.compile(rf"\s*{_VEC}")
_ONLY_VEC = "by vec X, what is differentiated is a vec too, as in `∂ vec F(X) / ∂ (vec X)' = …`"
FORMS = "`d(…)/dx = …`, `d/dx … = …`, `∇_x … = …`, or these in LaTeX"
_NOTHING = f"the derivative is said to be nothing: an equation reads {FORMS}"
OPEN, CLOSED = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A part of a text, and where it begins."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """What a line says: the derivative of `function` with respect to `wrt` is each of `answers`."""

    function: PlacedText
    wrt: PlacedText
    order: Literal[1, 2]
    answers: tuple[PlacedText, ...]
    is_turned: bool = False
    """Whether it is said to be by the transpose of the variable, `∂f/∂x′`: the derivative in the Jacobian layout."""
    also: tuple[ClaimLine, ...] = ()
    """Other derivatives that are said to be the same, as in `∇_x ‖x‖² = ∇_x xᵀx = 2x`."""


def read_claim_line(line: str) -> ClaimLine:
    """Return what an equation about a derivative says. Raises LanguageError, which points into the line."""
    left, *others = _sides(line)
    if not others:
        _fail(_NOTHING, line, 0, len(line))
    for side in others:
        if not side.text.strip():
            _fail("a formula is missing beside `=`", line, max(side.start - 1, 0), side.start)
    first = _derivative(line, left)
    if first is None:
        start, end = left.start + len(left.text) - len(left.text.lstrip()), left.start + len(left.text.rstrip())
        why = "the variable is missing" if _WITHOUT_VARIABLE.match(left.text) else "this is no derivative"
        _fail(f"{why}: an equation reads {FORMS}", line, start, end)
    sides = [(side, None if _MAY_BE_A_NAME.match(side.text) else _derivative(line, side)) for side in others]
    answers = tuple(side for side, derivative in sides if derivative is None)
    if not answers:
        _fail(_NOTHING, line, 0, len(line))
    answers = tuple(_as_latex(line, answer) for answer in answers)
    also = tuple(_claim(line, side, read, answers) for side, read in sides if read is not None)
    return replace(_claim(line, left, first, answers), also=also)


def _claim(line: str, side: PlacedText, read: _Read, answers: tuple[PlacedText, ...]) -> ClaimLine:
    """Return that a side is each of the answers. Raises LanguageError."""
    function, squared, below = read
    if not function.text.strip():
        _fail("the function to be differentiated is missing", line, side.start, side.start + len(side.text))
    if below.groupdict().get("stacked") and not _BEGINS_WITH_VEC.match(function.text):
        _fail(_ONLY_VEC, line, *below.span("stacked"))
    wrt, order = _variable(below), _order(line, squared, below)
    is_turned = bool(below.groupdict().get("turned")) and order == 1 and bool(below["wrt"])
    return ClaimLine(_as_latex(line, function), wrt, order, answers, is_turned)


def _as_latex(line: str, part: PlacedText) -> PlacedText:
    r"""Return a part of a line in LaTeX so that it is read as LaTeX, though it has no command.

    There `A^Tx` is A′x, and `g(1 - g)` a product.
    """
    if not is_latex(line) or is_latex(part.text):
        return part
    if not (TURNED_IN_LATEX.search(part.text) or _PRODUCT_IN_LATEX.search(part.text)):
        return part
    return PlacedText(part.text + r"\,", part.start)


def _order(line: str, squared: bool, below: re.Match[str]) -> Literal[1, 2]:
    """Return how often it is differentiated. Raises LanguageError where both halves say different things."""
    found = below.groupdict()
    second = found.get("second")
    if second is not None and _plain_name(second) != _variable(below).text:
        _fail("a second derivative is with respect to one variable, twice", line, *below.span("second"))
    twice = bool(second or found.get("twice"))
    if "again" not in found and squared != twice:
        wrt = _group_of_variable(below)
        _fail("a second derivative reads `d^2(…)/dx^2`, with both squares", line, *below.span(wrt))
    return 2 if squared or twice or found.get("again") else 1


def _fail(message: str, line: str, start: int, end: int) -> NoReturn:
    raise LanguageError(message, line, start, end)


def _sides(line: str) -> list[PlacedText]:
    """Return what stands between the signs of equality outside of brackets."""
    depth, start, found = 0, 0, []
    for place, character in enumerate(line):
        depth += (character in OPEN) - (character in CLOSED)
        if character == "=" and not depth:
            found.append(PlacedText(line[start:place], start))
            start = place + 1
    return [*found, PlacedText(line[start:], start)]


_Read = tuple[PlacedText, bool, re.Match[str]]
"""The function, whether a square stands at the d, and what stands below, the variable in its group `wrt`."""


def _derivative(line: str, side: PlacedText) -> _Read | None:
    """Return the parts of a derivative, None where a side of the equation is another formula."""
    for read in (_quotient, _operator, _fraction, _gradient, _of_name):
        found = read(line, side)
        if found is not None:
            return found
    return _multiple(line, side)


def _multiple(line: str, side: PlacedText) -> _Read | None:
    """Read a number times a derivative: the derivative of the number times the function, where that is one term."""
    factor = _FACTOR.match(line, side.start)
    if factor is None or not factor[0].strip():
        return None
    inside = PlacedText(line[factor.end() : side.start + len(side.text)], factor.end())
    found = next((one for read in (_operator, _fraction, _gradient) if (one := read(line, inside))), None)
    if found is None or not _is_one_term(found[0].text):
        return None
    function = found[0]
    between = " " * (function.start - factor.end())
    return replace(function, text=f"{factor[0]}{between}{function.text}", start=factor.start()), *found[1:]


def _is_one_term(text: str) -> bool:
    """Return whether no sum stands outside of brackets."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in OPEN) - (character in CLOSED)
        if not depth and character in "+-−" and text[:place].strip():
            return False
    return True


def _rest(line: str, left: PlacedText, start: int) -> PlacedText:
    return PlacedText(line[start : left.start + len(left.text)], start)


def _quotient(line: str, left: PlacedText) -> _Read | None:
    """Read `d(…)/dx`."""
    head = _OPENING.match(line, left.start)
    if head is None:
        return None
    end = _closing(line, head.end())
    below = _OVER.match(line, end + 1) if end is not None else None
    if end is None or below is None or line[below.end() : left.start + len(left.text)].strip():
        return None
    return PlacedText(line[head.end() + 1 : end], head.end() + 1), bool(head["square"]), below


def _operator(line: str, left: PlacedText) -> _Read | None:
    """Read `d/dx …`."""
    head = _OPERATOR.match(line, left.start)
    return None if head is None else (_rest(line, left, head.end()), bool(head["square"]), head)


def _of_name(line: str, left: PlacedText) -> _Read | None:
    """Read `df/dx` and `df(x)/dx`, for a function that has a name."""
    head = _FUNCTION_OVER.match(line, left.start)
    if head is None or line[head.end() : left.start + len(left.text)].strip():
        return None
    return PlacedText(head["name"], head.start("name")), bool(head["square"]), head


def _fraction(line: str, left: PlacedText) -> _Read | None:
    r"""Read `\frac{\partial …}{\partial x}` and `\frac{\partial}{\partial x} …`."""
    head = _FRACTION.match(line, left.start)
    if head is None:
        return None
    middle = _closing(line, head.end())
    if middle is None or not line[middle + 1 :].lstrip().startswith("{"):
        return None
    opening = line.index("{", middle + 1)
    end = _closing(line, opening)
    above = _ABOVE.match(line, head.end() + 1, middle)
    below = _WHOLE_BELOW.fullmatch(line, opening + 1, end) if end is not None else None
    if end is None or above is None or below is None:
        return None
    inside = PlacedText(line[above.end() : middle], above.end())
    behind = _rest(line, left, end + 1)
    if inside.text.strip() and behind.text.strip():
        return None
    return (inside if inside.text.strip() else behind), bool(above["square"]), below


def _gradient(line: str, left: PlacedText) -> _Read | None:
    r"""Read `∇_x …`, `\nabla_{x} …`, `\partial_x …` and `D_x …`."""
    head = _NABLA.match(line, left.start)
    return None if head is None else (_rest(line, left, head.end()), bool(head["square"]), head)


def _closing(line: str, opening: int) -> int | None:
    """Return where the bracket that opens there is closed."""
    depth = 0
    for place in range(opening, len(line)):
        depth += (line[place] in OPEN) - (line[place] in CLOSED)
        if not depth:
            return place
    return None


def _variable(below: re.Match[str]) -> PlacedText:
    group = _group_of_variable(below)
    return PlacedText(_plain_name(below[group]), below.start(group))


def _group_of_variable(below: re.Match[str]) -> str:
    return "stacked" if below.groupdict().get("stacked") else "wrt"


def _plain_name(written: str) -> str:
    r"""Return the name of a variable: `x` for `\mathbf{x}`."""
    return re.sub(rf"{_FONT}|{_SWITCH}|[{{}}\\\s]", "", written)
