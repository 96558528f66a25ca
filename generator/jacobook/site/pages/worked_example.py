"""The worked example of a derivation: numbers chosen, a script written, and what it prints set beside them.

What it prints is found by running it (`executed_output`, where pages are built), or by the evaluator alone, where no
text may be executed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jacobook.calculus.derivation import Derivation
from jacobook.rendering.latex.example_numbers import derivative_latex, example_value_latex
from jacobook.rendering.numpy_code.example_source import ExampleScript, example_output, example_script, is_shown_whole
from jacobook.verification.code_errors import CodeError
from jacobook.verification.example_differences import differences_agree
from jacobook.verification.numeric.array_operations import Array
from jacobook.verification.points.example_points import NOISE, ExamplePoint, example_point, printed_number

Output = Callable[[Derivation, ExamplePoint, ExampleScript], str]
"""What finds what a script prints. Raises CodeError where that differs from the evaluator."""


@dataclass(frozen=True, slots=True)
class Example:
    """The numbers as LaTeX, the script, and what it prints."""

    given: tuple[str, ...]
    value: str
    derivative: tuple[str, ...]
    code: str
    output: str


def output_by_evaluator(derivation: Derivation, point: ExamplePoint, script: ExampleScript) -> str:
    """Return what the script prints if its code computes what it says, which is not looked at here.

    Raises CodeError where the derivative is not what differences of the function give.
    """
    if not differences_agree(derivation, point):
        raise CodeError("the example's own check by central differences would not print True")
    value, derivative = ((array.shape, _flat_texts(array)) for array in (point.value, point.derivative))
    return example_output(script, value, derivative)


def worked_example(derivation: Derivation, source: str, output_of: Output) -> Example | None:
    """Return the example of a derivation whose `derivative(…)` has this source; None where no point fits.

    Raises CodeError where what the script prints differs from the evaluator.
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
    output = output_of(derivation, point, script)
    _check_printed(output, [*_shown(point.value, ()), *_shown(point.derivative, place)])
    given = (
        example_value_latex(symbol, _texts(point.values[symbol.name].tolist())) for symbol in statement.declarations
    )
    return Example(
        tuple(given),
        example_value_latex(statement.function, _texts(point.value.tolist())),
        tuple(derivative_latex(statement, _texts(point.derivative.tolist()), place)),
        script.source,
        output,
    )


def _shown(value: Array, place: tuple[int, ...]) -> list[str]:
    """Return the numbers that are printed of an array: all, or the one at `place`."""
    if is_shown_whole(value.shape):
        return _flat_texts(value)
    return [printed_number(float(value[place]))] if place else []


def _check_printed(output: str, expected: list[str]) -> None:
    """Raise CodeError where the printed numbers are not, digit by digit, those that the page sets as formulas."""
    lines = [line for line in output.splitlines() if not line.startswith("(")]
    printed = " ".join(lines[:-1]).replace("[", " ").replace("]", " ").split()
    if printed != expected:
        raise CodeError(f"the example prints {' '.join(printed)} instead of {' '.join(expected)}")


def _plain(value: Array, whole: bool) -> Any:
    return round(float(value)) if whole else value.tolist()


def _texts(numbers: Any) -> Any:
    """Return a number, or numbers in lists, as they are printed."""
    return [_texts(one) for one in numbers] if isinstance(numbers, list) else printed_number(float(numbers))


def _flat_texts(value: Array) -> list[str]:
    return [printed_number(float(x)) for x in value.flat]


def _first_entry(value: Array) -> tuple[int, ...]:
    """Return the place of the first entry that is not zero."""
    return tuple(int(k) for k in np.argwhere(np.abs(value) > NOISE)[0])
