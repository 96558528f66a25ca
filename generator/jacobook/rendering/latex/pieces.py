"""Pieces of LaTeX: sizes and spaces, parentheses, fences, fractions."""

from __future__ import annotations

import re
from fractions import Fraction

from jacobook.algebra.nodes import Pair, Position
from jacobook.algebra.shapes import Dimension, Shape
from jacobook.rendering.letters import is_one_letter, latex_name, split_name


def latex_dimension(dimension: Dimension) -> str:
    """Return a dimension as LaTeX: `D`, `2MN`."""
    names = [latex_name(name) for name in dimension.names]
    if any(not is_one_letter(split_name(name)[0]) for name in dimension.names):
        names = [r"\,".join(names)]
    coefficient = "" if dimension.coefficient == 1 and names else str(dimension.coefficient)
    return coefficient + adjoin(names)


def latex_shape(shape: Shape) -> str:
    r"""Return the numbers of rows and columns: `1\times D`."""
    return rf"{latex_dimension(shape.rows)}\times {latex_dimension(shape.columns)}"


def latex_space(shape: Shape) -> str:
    r"""Return the space of the values of this shape: `\mathbb{R}`, `\mathbb{R}^{D}`."""
    if shape.is_scalar:
        return r"\mathbb{R}"
    return rf"\mathbb{{R}}^{{{latex_dimension(shape.rows) if shape.is_vector else latex_shape(shape)}}}"


def latex_position(position: Position) -> str:
    """Return an index, a fixed place or a pair of them as LaTeX."""
    match position:
        case Dimension():
            return latex_dimension(position)
        case Pair():
            return f"({positions_below((position.major, position.minor))[0]})"
    return latex_name(position.name)


def adjoin(parts: list[str]) -> str:
    """Return LaTeX fragments side by side, with a space where two would otherwise run into one command."""
    result = ""
    for part in parts:
        if part[:1].isalpha() and re.search(r"\\[A-Za-z]+$", result):
            result += " "
        result += part
    return result


def fraction(value: Fraction) -> str:
    """Return a rational number as LaTeX, a small fraction where it is not whole."""
    sign = "-" if value < 0 else ""
    if value.denominator == 1:
        return str(value)
    return rf"{sign}\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def positions_below(positions: tuple[Position, ...]) -> tuple[str, ...]:
    """Return what stands below: one entry `ij`, or with a comma where a position is longer than a letter."""
    written = [latex_position(position) for position in positions]
    if all(len(part) == 1 or re.fullmatch(r"\\[A-Za-z]+", part) for part in written):
        return (adjoin(written),)
    return (",".join(written),)


_CLASS = re.compile(r"\\class\{(changed|shaped)\}\{")
_BRACE = r"\underbrace{"


def without_classes(text: str) -> str:
    """Return LaTeX without the marks and shapes that only pages show."""
    while found := _CLASS.search(text):
        end = _closing(text, found.end())
        inside = text[found.end() : end]
        if found[1] == "shaped":
            inside = inside[len(_BRACE) : _closing(inside, len(_BRACE))]
        text = text[: found.start()] + inside + text[end + 1 :]
    return text


def _closing(text: str, start: int) -> int:
    """Return where the brace closes that was opened just before `start`."""
    depth = 1
    for place in range(start, len(text)):
        escaped = text[place - 1] == "\\" and text[place - 2 : place] != r"\\"
        if text[place] in "{}" and not escaped:
            depth += 1 if text[place] == "{" else -1
            if not depth:
                return place
    raise ValueError("a brace is not closed")
