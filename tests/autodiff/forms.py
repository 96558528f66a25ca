"""What the tests of each library share: points of a derivation, and the products that are expected there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from jacobook.algebra.nodes import Symbol
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.refusal import Refusal
from jacobook.rendering.numpy_code.derivative_forms import code_source
from jacobook.rendering.numpy_code.dialects import CodeFormError
from jacobook.verification.code_points import CodePoint, code_points

MOST_POINTS = 2
"""Sizes that differ, then others; the last ones have a 1 among them."""


@dataclass(frozen=True)
class Probe:
    """A point, an upstream gradient and a tangent, with what they give by differences of the function."""

    point: CodePoint
    upstream: Any
    tangent: Any
    vjp: Any
    jvp: Any


def probes(derivation: Derivation) -> Iterator[Probe]:
    """Yield a few points of a derivation."""
    found = list(code_points(derivation))
    for number, point in enumerate([*found[: MOST_POINTS - 1], *found[MOST_POINTS - 1 :][-1:]]):
        random = np.random.default_rng(number)
        value = point.values[derivation.statement.wrt.name]
        of = point.jacobian.ndim - value.ndim
        upstream = np.asarray(random.uniform(-1, 1, point.jacobian.shape[:of]))
        tangent = np.asarray(random.uniform(-1, 1, value.shape))
        products = np.tensordot(upstream, point.jacobian, of), np.tensordot(point.jacobian, tangent, value.ndim)
        yield Probe(point, upstream, tangent, *products)


def defined(source: str) -> dict[str, Any]:
    """The names that the source defines."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "<code>", "exec"), namespace)
    return namespace


def operation_of(derivation: Derivation, language: str) -> dict[str, Any] | None:
    """The names that the code of the operation defines, None where there is none, and why is said."""
    try:
        return defined(code_source(derivation, language, kind="operation"))
    except (CodeFormError, Refusal):
        return None


def is_whole(symbol: Symbol) -> bool:
    return "whole" in symbol.properties


def with_arrays(point: CodePoint, made: Callable[[Any], Any], plain: Callable[[Any], Any]) -> dict[str, Any]:
    """The stand-ins of functions, taking and giving arrays of the library."""

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: made(function(*map(plain, arguments)))

    return {name: wrapped(function) for name, function in point.callables.items()}


def close(found: Any, expected: Any) -> None:
    """Numbers and shapes agree."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=2e-6 * (1 + np.abs(expected).max(initial=0.0)))
