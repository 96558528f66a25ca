r"""An equation about a derivative, as it stands in a sentence: `d(x'*A*x)/dx = x'*(A + A')`, or the same in LaTeX.

On the left stands `d(…)/dx`, `d/dx …`, `∂(…)/∂x`, `∇_x …`, `\frac{\partial …}{\partial x}`,
`\frac{\partial}{\partial x} …` or `\nabla_x …`, with squares for a second derivative; on the right what it is, once or
several times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from jacobook.language import LanguageError

_NAME = r"[^\W\d]\w*"
_D = r"(?:d|∂|\\partial(?![A-Za-z])|\\mathrm\s*\{d\}|\\operatorname\s*\{d\}|\\text\s*\{d\})\s*"
_SQUARE = r"(?:\s*(?:\^\s*2|\^\s*\{\s*2\s*\}|²))"
_VARIABLE = rf"\\?(?:mathbf|boldsymbol|bm|mathrm)?\s*\{{?\s*\\?{_NAME}\s*\}}?"
_TURNED = r"(?:\s*(?:'|ᵀ|\^\s*T|\^\s*\{\s*(?:\\top|T|\\intercal)\s*\}|\^\s*\\top|\^\s*\\intercal))"
_BELOW = rf"{_D}(?P<wrt>{_VARIABLE})(?:{_SQUARE}|\s*{_D}{_VARIABLE}{_TURNED}?)?"
_OPENING = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*(?=\()")
_OVER = re.compile(rf"\s*/\s*{_BELOW}")
_OPERATOR = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*/\s*{_BELOW}")
_FUNCTION_OVER = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*(?P<name>{_NAME})\s*/\s*{_BELOW}")
_FRACTION = re.compile(r"\s*\\[dt]?frac\s*(?=\{)")
_ABOVE = re.compile(rf"\s*{_D}(?P<square>{_SQUARE})?\s*")
_WHOLE_BELOW = re.compile(rf"\s*{_BELOW}\s*")
_NABLA = re.compile(
    rf"\s*(?:∇|\\nabla|grad)(?P<square>{_SQUARE})?\s*_\s*(?P<wrt>\{{\s*{_VARIABLE}\s*\}}|{_VARIABLE})(?P<again>{_SQUARE})?\s*"
)
FORMS = "`d(…)/dx = …`, `d/dx … = …`, `∇_x … = …`, or these in LaTeX"
OPEN, CLOSED = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A part of a text, and where it begins."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class WrittenDerivative:
    """A derivative as it is written: of which function, with respect to what, the first or the second."""

    function: PlacedText
    wrt: str
    order: Literal[1, 2]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """What a line says: each of `derivatives`, as in `∇_x ‖x‖² = ∇_x xᵀx = 2x`, is each of `answers`."""

    derivatives: tuple[WrittenDerivative, ...]
    answers: tuple[PlacedText, ...]


def read_claim_line(line: str) -> ClaimLine:
    """Return what an equation about a derivative says. Raises LanguageError, which points into the line."""
    left, *others = _sides(line)
    for side in others:
        if not side.text.strip():
            _fail("a formula is missing beside `=`", line, max(side.start - 1, 0), side.start)
    first = _derivative(line, left)
    if first is None:
        start = left.start + len(left.text) - len(left.text.lstrip())
        _fail(f"this is no derivative: an equation reads {FORMS}", line, start, left.start + len(left.text.rstrip()))
    read = [(side, _derivative(line, side)) for side in others]
    answers = tuple(side for side, derivative in read if derivative is None)
    if not answers:
        _fail(f"the derivative is said to be nothing: an equation reads {FORMS}", line, 0, len(line))
    return ClaimLine((first, *(derivative for _, derivative in read if derivative is not None)), answers)


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


def _derivative(line: str, side: PlacedText) -> WrittenDerivative | None:
    """Return the derivative that a side of the equation is, None if it is another formula. Raises LanguageError."""
    for read in (_quotient, _operator, _fraction, _gradient, _of_name):
        found = read(line, side)
        if found is not None:
            function, wrt, second = found
            if not function.text.strip():
                _fail("the function to be differentiated is missing", line, side.start, side.start + len(side.text))
            return WrittenDerivative(function, wrt, 2 if second else 1)
    return None


def _rest(line: str, left: PlacedText, start: int) -> PlacedText:
    return PlacedText(line[start : left.start + len(left.text)], start)


def _quotient(line: str, left: PlacedText) -> tuple[PlacedText, str, bool] | None:
    """Read `d(…)/dx`."""
    head = _OPENING.match(line, left.start)
    if head is None:
        return None
    end = _closing(line, head.end())
    below = _OVER.match(line, end + 1) if end is not None else None
    if end is None or below is None or line[below.end() : left.start + len(left.text)].strip():
        return None
    return PlacedText(line[head.end() + 1 : end], head.end() + 1), _name(below["wrt"]), bool(head["square"])


def _operator(line: str, left: PlacedText) -> tuple[PlacedText, str, bool] | None:
    """Read `d/dx …`."""
    head = _OPERATOR.match(line, left.start)
    return None if head is None else (_rest(line, left, head.end()), _name(head["wrt"]), bool(head["square"]))


def _of_name(line: str, left: PlacedText) -> tuple[PlacedText, str, bool] | None:
    """Read `df/dx`, for a function that has a name."""
    head = _FUNCTION_OVER.match(line, left.start)
    if head is None or line[head.end() : left.start + len(left.text)].strip():
        return None
    return PlacedText(head["name"], head.start("name")), _name(head["wrt"]), bool(head["square"])


def _fraction(line: str, left: PlacedText) -> tuple[PlacedText, str, bool] | None:
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
    function = inside if inside.text.strip() else _rest(line, left, end + 1)
    return function, _name(below["wrt"]), bool(above["square"])


def _gradient(line: str, left: PlacedText) -> tuple[PlacedText, str, bool] | None:
    r"""Read `∇_x …` and `\nabla_{x} …`."""
    head = _NABLA.match(line, left.start)
    if head is None:
        return None
    return _rest(line, left, head.end()), _name(head["wrt"]), bool(head["square"] or head["again"])


def _closing(line: str, opening: int) -> int | None:
    """Return where the bracket that opens there is closed."""
    depth = 0
    for place in range(opening, len(line)):
        depth += (line[place] in OPEN) - (line[place] in CLOSED)
        if not depth:
            return place
    return None


def _name(written: str) -> str:
    r"""Return the name of a variable: `x` for `\mathbf{x}`."""
    return next(reversed(list(_names(written))))


def _names(written: str) -> Iterator[str]:
    for found in re.finditer(_NAME, written):
        yield found[0]
