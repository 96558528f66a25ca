"""A worked example as it is printed: run, and compared with the evaluator at the same point."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Any

import numpy as np

from jacobook.verification.code_errors import CodeError
from jacobook.verification.numeric.array_operations import Array
from jacobook.verification.numeric.equations import relative_error
from jacobook.verification.points.example_points import ExamplePoint

TOLERANCE = 1e-6


def run_example(source: str, point: ExamplePoint, value_name: str, derivative_name: str) -> str:
    """Return what the source prints. It is executed, so it must be our own.

    Raises CodeError where it does not run, where the arrays it holds under the two names differ from those of the
    point, or where its last line, its own check by differences, is not True.
    """
    namespace: dict[str, Any] = {"__name__": "example"}
    printed = io.StringIO()
    try:
        with np.printoptions(), redirect_stdout(printed):
            exec(compile(source, "<example>", "exec"), namespace)
    except Exception as error:
        raise CodeError(f"the example does not run: {type(error).__name__}: {error}") from error
    for name, expected in ((value_name, point.value), (derivative_name, point.derivative)):
        _compare(name, np.asarray(namespace[name]), expected)
    output = printed.getvalue().rstrip()
    if output.rpartition("\n")[2] != "True":
        raise CodeError("the example's own check by central differences does not print True")
    return output


def _compare(name: str, actual: Array, expected: Array) -> None:
    if actual.shape != expected.shape:
        raise CodeError(f"{name} of the example has shape {actual.shape} instead of {expected.shape}")
    error = relative_error(expected, actual)
    if not error <= TOLERANCE:
        raise CodeError(f"{name} of the example is off by a relative error of {error:.2g}")
