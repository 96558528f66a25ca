"""Numbers of a worked example as LaTeX, with the digits that the code prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from jacobook.algebra.nodes import Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import Shape
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.numpy_code.example_source import is_shown_whole
from jacobook.rendering.shape_words import derivative_left

Texts = Any
"""A number as text, or a list of nested lists of them: vectors and rows have one axis, matrices two."""


def example_value_latex(symbol: Symbol, value: Texts) -> str:
    r"""Return `x = \begin{bmatrix} … \end{bmatrix}`; a vector as a column, an array that is too large by its shape."""
    lengths = lengths_of(value)
    if not is_shown_whole(lengths):
        return rf"{latex(symbol)} \in \mathbb{{R}}^{{{_times(lengths)}}}"
    return f"{latex(symbol)} = {_array(value, symbol.shape.is_vector)}"


def derivative_latex(statement: Statement, value: Texts, place: Sequence[int]) -> list[str]:
    """Return the derivative in numbers: one formula, or one for each slice of an array with more than two indices.

    Of an array that is too large it is the shape and the entry at `place` (from 0).
    """
    function, wrt = statement.function, statement.wrt
    lengths = lengths_of(value)
    if not is_shown_whole(lengths):
        entries = rf"\left({_entry(statement, _letters(len(lengths)))}\right) \in \mathbb{{R}}^{{{_times(lengths)}}}"
        return [entries, f"{_entry(statement, [str(k + 1) for k in place])} = {_at(value, place)}"]
    if len(lengths) <= 2:
        left = latex(derivative_left(function, wrt))
        return [f"{left} = {_array(value, _is_column(function.shape, wrt.shape))}"]
    return list(_slices(function, wrt, value, lengths))


def _entry(statement: Statement, indices: Sequence[str]) -> str:
    """Return the derivative of one entry with respect to one entry; the function's indices come first."""
    split = len(statement.function.shape.axes)
    ends = _indexed(statement.function, indices[:split]), _indexed(statement.wrt, indices[split:])
    return rf"\frac{{\partial {ends[0]}}}{{\partial {ends[1]}}}"


def _letters(number: int) -> Sequence[str]:
    return "ijkl"[:number]


def _slices(function: Symbol, wrt: Symbol, value: Texts, lengths: Sequence[int]) -> Iterator[str]:
    """Yield the derivative of each entry of the function, for an array with more than two indices."""
    axes = len(function.shape.axes)
    for place in product(*map(range, lengths[:axes])):
        left = _indexed(function, [str(k + 1) for k in place])
        inside = _at(value, place)
        yield rf"\frac{{\partial {left}}}{{\partial {latex(wrt)}}} = {_array(inside, False)}"


def _is_column(of: Shape, wrt: Shape) -> bool:
    """Return whether a derivative with one axis stands as a column: that of a vector with respect to a number."""
    return (of.is_vector and wrt.is_scalar) or (of.is_scalar and wrt.is_row)


def lengths_of(value: Texts) -> tuple[int, ...]:
    """Return the shape of nested lists."""
    return (len(value), *lengths_of(value[0])) if isinstance(value, list) else ()


def _at(value: Texts, place: Sequence[int]) -> Texts:
    for k in place:
        value = value[k]
    return value


def _indexed(symbol: Symbol, indices: Sequence[str]) -> str:
    return f"{{{latex(symbol)}}}_{{{''.join(indices)}}}" if indices else latex(symbol)


def _times(lengths: Sequence[int]) -> str:
    return r" \times ".join(map(str, lengths))


def _array(value: Texts, column: bool) -> str:
    if not isinstance(value, list):
        return str(value)
    rows = value if isinstance(value[0], list) else [[x] for x in value] if column else [value]
    inside = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}"
