"""The check of generated NumPy source: its array against the numeric derivative."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from jacobook.calculus.derivation import Derivation
from jacobook.verification.code_errors import CodeError
from jacobook.verification.code_points import CodePoint, code_points
from jacobook.verification.numeric.equations import relative_error


def check_code(source: str, derivation: Derivation) -> float:
    """Return the largest relative error of `derivative(...)`, defined by the source, at random points.

    The source is executed, so it must be our own. It gets every declared variable by name: scalars as floats,
    vectors and rows 1-D, matrices 2-D; a name that cannot be a parameter is matched by its place. Its value
    must be an array of shape f.shape + x.shape. Raises CodeError.
    """
    namespace: dict[str, Any] = {"np": np}
    exec(compile(source, "<derivative>", "exec"), namespace)
    function = namespace.get("derivative")
    if not callable(function):
        raise CodeError("the source does not define derivative(...)")
    largest, checked = 0.0, 0
    for point in code_points(derivation):
        actual = np.asarray(call_with(function, derivation, point))
        if actual.shape != point.jacobian.shape:
            expected = point.jacobian.shape
            raise CodeError(f"derivative(...) has shape {actual.shape} instead of {expected} for {point.sizes}")
        largest, checked = max(largest, relative_error(point.jacobian, actual)), checked + 1
    if not checked:
        raise CodeError("no point was found at which the derivative has a value")
    return largest


def call_with(function: Callable[..., Any], derivation: Derivation, point: CodePoint, *passed: Any) -> Any:
    """Return what our function gives at a point; `passed` is what it takes after the declared variables.

    What it calls, and sizes that no array has, come last, under their names or numbered ones.
    """
    values = [point.values[symbol.name] for symbol in derivation.statement.declarations]
    plain = [one.item() if isinstance(one, np.ndarray) and not one.ndim else one for one in (*values, *passed)]
    parameters = list(inspect.signature(function).parameters.values())
    others: dict[str, Any] = {**point.sizes, **point.callables}
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        # A name such as lambda cannot be a parameter: all come by name.
        names = [symbol.name for symbol in derivation.statement.declarations]
        numbered = {f"{name}_1": other for name, other in others.items()}
        return function(**{**numbered, **others, **dict(zip(names, plain, strict=False))})
    rest = [parameter.name for parameter in parameters[len(plain) :]]
    unknown = [name for name in rest if name not in others and re.sub(r"_\d+$", "", name) not in others]
    if unknown or len(parameters) < len(plain):
        raise CodeError(f"derivative(...) has an unknown parameter {' '.join(unknown)}")
    return function(*plain, *(others[name if name in others else re.sub(r"_\d+$", "", name)] for name in rest))
