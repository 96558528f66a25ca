"""The check of generated NumPy source: its array against the numeric derivative."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.nodes import Symbol
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Derivation
from jacobook.verification.code_errors import CodeError
from jacobook.verification.numeric.array_operations import Array, DomainError, TooLargeArrayError
from jacobook.verification.numeric.equations import relative_error
from jacobook.verification.numeric.evaluate import derivative_array, outward
from jacobook.verification.points.instances import Instances, size_assignments, size_names
from jacobook.verification.points.stand_ins import tensor_of


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
    definitions = derivation.all_definitions
    of, wrt = definitions[statement.function], statement.wrt
    declared = [symbol for symbol in statement.declarations if symbol not in definitions]
    instances = Instances([*declared, wrt], definitions)
    largest, checked = 0.0, 0
    everything = [*declared, *definitions.values(), derivation.value]
    for sizes in size_assignments(size_names(everything), least_sizes(everything)):
        for _, point in instances.points(sizes, {}, frozenset()):
            try:
                expected = derivative_array(point, of, wrt)
                point.value(derivation.value)
            except (DomainError, TooLargeArrayError):
                continue
            values = {s.name: _argument(point.value(s), s) for s in declared}
            values |= {s.name: outward(point.value(s), s.shape) for s in definitions}
            callables = _callables(derivation, sizes)
            untold = _sizes_as_arguments(function, sizes, len(statement.declarations) + len(callables))
            arguments = _arguments(function, values, callables, untold)
            actual = np.asarray(function(**arguments))
            if actual.shape != expected.shape:
                raise CodeError(f"derivative(...) has shape {actual.shape} instead of {expected.shape} for {sizes}")
            largest, checked = max(largest, relative_error(expected, actual)), checked + 1
            break
    if not checked:
        raise CodeError("no point was found at which the derivative has a value")
    return largest


def _callables(derivation: Derivation, sizes: dict[str, int]) -> dict[str, Any]:
    """Return the stand-ins of the functions that the code calls: `p`, and `p_2`, its derivative in the second slot."""
    functions: dict[str, Any] = {}
    roots = [*(link.expression for link in derivation.kept), derivation.value]
    for node in (part for root in roots for part in walk(root)):
        if isinstance(node, n.FunctionValue):
            name = "_".join([node.function.name, *map(str, node.slots)])
            functions.setdefault(name, lambda *arguments, node=node: tensor_of(node, arguments, sizes))
    return functions


def _argument(value: Array, symbol: Symbol) -> Array:
    found = outward(value, symbol.shape)
    return np.asarray(found.round(), dtype=int) if "whole" in symbol.properties else found


def _sizes_as_arguments(function: Any, sizes: dict[str, int], others: int) -> dict[str, int]:
    """Return the sizes that no array has, which are the last arguments: under their names, or numbered."""
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return sizes | {f"{name}_1": size for name, size in sizes.items()}
    return {name: sizes[name if name in sizes else re.sub(r"_\d+$", "", name)] for name in list(parameters)[others:]}


def _arguments(
    function: Any, values: dict[str, Array], callables: dict[str, Any], untold: dict[str, int]
) -> dict[str, Any]:
    """Return the arguments by name; what has another name in the code is matched by its place."""
    plain = {name: value.item() if value.ndim == 0 else value for name, value in values.items()} | callables
    signature = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.values()):
        return untold | plain  # a name such as lambda cannot be a parameter: all come by name
    named: dict[str, Any] = {name: plain[name] for name in signature if name in plain and name not in untold} | untold
    places = [name for name in plain if name in callables] if callables else list(plain)
    for number, name in enumerate(list(signature)):
        if name not in named:
            place = number - (len(signature) - len(callables)) if callables else number
            if not 0 <= place < len(places):
                raise CodeError(f"derivative(...) has an unknown parameter {name}")
            named[name] = plain[places[place]]
    return named
