"""The worked example of a derivation: numbers chosen, code run, both set side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from jacobook.calculus.derivation import Derivation
from jacobook.rendering.latex.example_numbers import derivative_latex, value_latex
from jacobook.rendering.numpy_code.example_source import example_script, is_shown_whole
from jacobook.verification.code_check import CodeError
from jacobook.verification.example_run import run_example
from jacobook.verification.numeric.array_operations import Array
from jacobook.verification.points.example_points import NOISE, example_point, printed_number


@dataclass(frozen=True, slots=True)
class Example:
    """The numbers as LaTeX, the script, and what it prints."""

    given: tuple[str, ...]
    value: str
    derivative: tuple[str, ...]
    code: str
    output: str


def worked_example(derivation: Derivation, source: str) -> Example | None:
    """Return the example of a derivation whose `derivative(…)` has this source; None where no point fits.

    Raises CodeError where the script, run as it is printed, differs from the evaluator.
    """
    point = example_point(derivation)
    if point is None:
        return None
    statement = derivation.statement
    values = {
        symbol.name: _plain(point.values[symbol.name], "whole" in symbol.properties)
        for symbol in statement.declarations
    }
    place = _first_entry(point.derivative)
    width = max(len(printed_number(float(x))) for x in (*point.value.flat, *point.derivative.flat))
    shapes = (point.value.shape, point.derivative.shape)
    script = example_script(derivation, source, values, shapes, place, width)
    output = run_example(script.source, point, script.value, script.derivative)
    _check_printed(output, [*_shown(point.value, ()), *_shown(point.derivative, place)])
    given = (value_latex(symbol, _texts(point.values[symbol.name])) for symbol in statement.declarations)
    return Example(
        tuple(given),
        value_latex(statement.function, _texts(point.value)),
        tuple(derivative_latex(statement, _texts(point.derivative), place)),
        script.source,
        output,
    )


def _shown(value: Array, place: tuple[int, ...]) -> list[str]:
    """Return the numbers that are printed of an array: all, or the one at `place`."""
    if is_shown_whole(value.shape):
        return [printed_number(float(x)) for x in value.flat]
    return [printed_number(float(value[place]))] if place else []


def _check_printed(output: str, expected: list[str]) -> None:
    """Raise CodeError where the printed numbers are not, digit by digit, those that the page sets as formulas."""
    lines = [line for line in output.splitlines() if not line.startswith("(")]
    printed = " ".join(lines[:-1]).replace("[", " ").replace("]", " ").split()
    if printed != expected:
        raise CodeError(f"the example prints {' '.join(printed)} instead of {' '.join(expected)}")


def _plain(value: Array, whole: bool) -> Any:
    return round(float(value)) if whole else value.tolist()


def _texts(value: Array) -> Any:
    return printed_number(float(value)) if not value.ndim else [_texts(part) for part in value]


def _first_entry(value: Array) -> tuple[int, ...]:
    """Return the place of the first entry that is not zero."""
    return tuple(int(k) for k in np.argwhere(np.abs(value) > NOISE)[0])
