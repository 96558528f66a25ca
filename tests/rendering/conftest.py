"""Names for formulas, and the three parts of exercise 5.8."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.calculus.derivation import Derivation
from generator.calculus.derive import derive
from generator.language import parse_statement

PARTS = {
    "a": (
        ["x, mu in R^D", "S in R^(D x D) invertible"],
        ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"],
    ),
    "b": (["x in R^D", "sigma in R"], ["f(x) = tr(x*x' + sigma^2*eye)"]),
    "c": (["x in R^N", "A in R^(M x N)", "b in R^M"], ["f = tanh(z)", "z = A*x + b"]),
}
EVIDENCE = {
    "passed": True,
    "max_relative_error": 3.2e-13,
    "instances": 48,
    "symbolic": "proved",
    "sizes": [{"D": 3}, {"D": 2}],
    "symbolic_sizes": [{"D": 2}],
    "claims": 9,
}


@pytest.fixture(scope="session")
def part() -> Callable[[str], Derivation]:
    """The derivation of a part of exercise 5.8."""
    return lambda name: derive(parse_statement(*PARTS[name], "x"))


@pytest.fixture(scope="session")
def worked() -> Callable[..., Derivation]:
    """The derivation of a function given in the language."""
    return lambda given, expressions, wrt: derive(parse_statement(given, expressions, wrt))


@pytest.fixture(scope="session")
def evidence() -> dict[str, object]:
    """Evidence as the verification hands it over, as plain data."""
    return dict(EVIDENCE)
