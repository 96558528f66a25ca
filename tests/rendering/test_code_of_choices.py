"""Code of `where` is like `np.where`: the branch that is not taken needs no value, and nothing warns of it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.numpy_code.derivative_forms import code_source
from tests.choices import CHOICES, POINT, WEIGHTS, choice_statement


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(source, names)
    return names


@pytest.mark.parametrize("function", CHOICES)
def test_the_branch_that_is_not_taken_needs_no_value(function: str) -> None:
    with np.errstate(invalid="ignore"):
        expected = CHOICES[function](POINT)
    derivation = derive(choice_statement(function), both=False)
    with warnings.catch_warnings(), np.errstate(invalid="ignore" if np.isnan(expected).any() else "warn"):
        warnings.simplefilter("error")
        found = run(code_source(derivation, "numpy"))["derivative"](POINT, WEIGHTS)
        np.testing.assert_allclose(found, expected)
        if expected.ndim == 1:
            vjp = run(code_source(derivation, "numpy", "vjp"))["vjp"](POINT, WEIGHTS, 2.0)
            np.testing.assert_allclose(vjp, 2 * expected)
            jvp = run(code_source(derivation, "numpy", "jvp"))["jvp"](POINT, WEIGHTS, WEIGHTS)
            np.testing.assert_allclose(jvp, expected @ WEIGHTS)


def test_what_is_not_taken_has_a_harmless_argument() -> None:
    source = code_source(derive(choice_statement("sum(where(x > 0, log(x), 0))"), both=False), "torch")
    assert source.endswith("    return torch.where(x > 0, 1 / torch.where(x > 0, x, 1), 0)\n")


def test_what_has_values_everywhere_is_multiplied_as_it_was() -> None:
    source = code_source(derive(parse_statement(["x in R^N"], ["sum(where(x > 0, x^2, sin(x)))"], "x")), "numpy")
    assert "where" not in source.split('"""')[-1]
    assert "heaviside" in source


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_scalars_and_what_is_taken_at_the_boundary(sign: str) -> None:
    derivation = derive(parse_statement(["t, s in R"], [f"where(t {sign} s, log(t + 5), s*t)"], "t"), both=False)
    derivative = run(code_source(derivation, "numpy"))["derivative"]
    for t, s in ((1.0, 2.0), (2.0, 1.0), (-7.0, -9.0), (1.0, 1.0)):
        taken = {"<": t < s, "<=": t <= s, ">": t > s, ">=": t >= s}[sign]
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(derivative(np.float64(t), np.float64(s)), 1 / (t + 5) if taken else s)
