"""The check of generated NumPy source: its array against the numeric derivative."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from generator.algebra.nodes import Node, Symbol
from generator.calculus.derivation import Derivation
from generator.verification.evaluate import Evaluator, outward
from generator.verification.instances import Instances, size_assignments, size_names
from generator.verification.numeric import relative_error
from generator.verification.operations import Array, DomainError


class CodeError(ValueError):
    """Generated code that does not run, or returns an array of another shape."""


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
    statement = derivation.statement
    definitions = {**statement.definitions, **derivation.definitions}
    of, wrt = definitions[statement.function], statement.wrt
    declared = [symbol for symbol in statement.declarations if symbol not in definitions]
    instances = Instances([*declared, wrt], definitions)
    largest, checked = 0.0, 0
    for sizes in size_assignments(size_names([*declared, *definitions.values(), derivation.value])):
        for _, point in instances.points(sizes, {}, frozenset()):
            try:
                expected = derivative_array(point, of, wrt)
                point.value(derivation.value)
            except DomainError:
                continue
            values = {s.name: _argument(point.value(s), s) for s in declared}
            values |= {s.name: outward(point.value(s), s.shape) for s in definitions}
            actual = np.asarray(function(**_arguments(function, values)))
            if actual.shape != expected.shape:
                raise CodeError(f"derivative(...) has shape {actual.shape} instead of {expected.shape} for {sizes}")
            largest, checked = max(largest, relative_error(expected, actual)), checked + 1
            break
    if not checked:
        raise CodeError("no point was found at which the derivative has a value")
    return largest


def _argument(value: Array, symbol: Symbol) -> Array:
    found = outward(value, symbol.shape)
    return np.asarray(found.round(), dtype=int) if "whole" in symbol.properties else found


def derivative_array(point: Evaluator, of: Node, wrt: Symbol) -> Array:
    """Return the total derivative as an array of shape of.shape + wrt.shape (vectors and rows 1-D)."""
    flat = np.moveaxis(point.jacobian(of, wrt, total=True), -3, -1)
    sizes = dict(point.sizes)
    return np.asarray(flat.reshape([axis.value(sizes) for axis in (*of.shape.axes, *wrt.shape.axes)]))


def _arguments(function: Any, values: dict[str, Array]) -> dict[str, Any]:
    plain = {name: value.item() if value.ndim == 0 else value for name, value in values.items()}
    signature = inspect.signature(function).parameters
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in signature.values()):
        return plain
    parameters = list(signature)
    places = list(plain)
    named = {name: plain[name] for name in parameters if name in plain}
    for number, name in enumerate(parameters):
        if name not in named:
            if number >= len(places):
                raise CodeError(f"derivative(...) has an unknown parameter {name}")
            named[name] = plain[places[number]]
    return named
