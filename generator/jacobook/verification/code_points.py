"""Points at which code is run: the arguments as a reader's arrays, and the derivative to compare it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.nodes import Symbol
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Derivation
from jacobook.verification.numeric.array_operations import Array, DomainError, TooLargeArrayError
from jacobook.verification.numeric.evaluate import Evaluator, derivative_array, outward
from jacobook.verification.points.instances import Instances, size_assignments, size_names
from jacobook.verification.points.stand_ins import tensor_of


@dataclass(frozen=True, slots=True)
class CodePoint:
    """One point: scalars as arrays without axes, vectors and rows with one axis, matrices with two."""

    sizes: dict[str, int]
    values: dict[str, Any]
    """The declared variables, then the names of the chain."""
    callables: dict[str, Callable[..., Array]]
    """Stand-ins of the declared functions and of their derivatives, by the names under which code calls them."""
    jacobian: Array
    """By differences or a complex step: of shape f.shape + x.shape."""
    point: Evaluator


def code_points(derivation: Derivation) -> Iterator[CodePoint]:
    """Yield one point for each assignment of sizes at which function and derivative have a value."""
    statement = derivation.statement
    definitions = derivation.all_definitions
    of, wrt = definitions[statement.function], statement.wrt
    declared = [symbol for symbol in statement.declarations if symbol not in definitions]
    instances = Instances([*declared, wrt], definitions)
    everything = [*declared, *definitions.values(), derivation.value]
    for sizes in size_assignments(size_names(everything), least_sizes(everything)):
        for _, point in instances.points(sizes, {}, frozenset()):
            try:
                expected = derivative_array(point, of, wrt)
                point.value(derivation.value)
            except (DomainError, TooLargeArrayError):
                continue
            values = {s.name: _argument(point.value(s), s) for s in declared}
            values |= {s.name: outward(point.value(s), s.shape) for s in definitions if _has_value(point, s)}
            yield CodePoint(sizes, values, _callables(derivation, sizes), expected, point)
            break


def _has_value(point: Evaluator, name: Symbol) -> bool:
    try:
        point.value(name)
    except TooLargeArrayError:
        return False
    return True


def _callables(derivation: Derivation, sizes: dict[str, int]) -> dict[str, Callable[..., Array]]:
    """Return the stand-ins of the functions that the code calls: `p`, and `p_2`, its derivative in the second slot."""
    functions: dict[str, Callable[..., Array]] = {}
    roots = [link.expression for link in (*derivation.kept, *derivation.links, *derivation.statement.links)]
    roots += [derivation.value, *(partial.value for partial in derivation.partials)]
    for node in (part for root in roots for part in walk(root)):
        if isinstance(node, n.FunctionValue):
            name = "_".join([node.function.name, *map(str, node.slots)])
            functions.setdefault(name, lambda *arguments, node=node: tensor_of(node, arguments, sizes))
    return functions


def _argument(value: Array, symbol: Symbol) -> Array:
    found = outward(value, symbol.shape)
    return np.asarray(found.round(), dtype=int) if "whole" in symbol.properties else found
