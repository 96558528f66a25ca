"""`where(x > 0, a, b)` is a choice entry by entry, `sinc` has two readings, and no other place takes a comparison."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jacobook.facade import derive
from jacobook.language import LanguageError, parse_declarations, parse_expression
from jacobook.verification.numeric.evaluate import evaluate

SYMBOLS = parse_declarations(["x, y in R^N", "A, B in R^(M x N)", "s, t in R", "where_x in R"])
BY_NAME = {symbol.name: symbol for symbol in SYMBOLS}
SIGNS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal, "≥": np.greater_equal}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_choice_is_that_of_numpy_also_where_both_are_equal(sign: str) -> None:
    x, y = np.array([-1.0, 0.0, 2.0, 0.5]), np.array([0.5, 0.0, 2.0, 0.25])
    node = parse_expression(f"where(x {sign} y, x.^2, 3*y)", SYMBOLS)
    found = evaluate(node, {BY_NAME["x"]: x, BY_NAME["y"]: y}, {"N": 4})
    np.testing.assert_allclose(np.ravel(found), np.where(SIGNS[sign](x, y), x**2, 3 * y))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("where(x > 0, x, 0)", "step(x).*x"),
        ("np.where(x < 0, 0.0, x)", "(vector(1) - step(-x)).*x"),
        ("torch.where(A > B, A, B)", "step(A - B).*A + (matrix(1) - step(A - B)).*B"),
        ("where(s > 1, x, y)", "step(vector(s - 1)).*x + (vector(1) - step(vector(s - 1))).*y"),
        ("where(x > t, 1, 0)", "step(x - vector(t))"),
        ("where(s >= t, s, t)", "(1 - step(t - s))*s + step(t - s)*t"),
        ("heaviside(x, 0.5)", "step(x)"),
        ("np.sinc(t)", "sin(pi*t)/(pi*t)"),
        ("np.sinc(x)", "sin(pi*x)./(pi*x)"),
    ],
)
def test_choices_in_other_words(typed: str, meant: str) -> None:
    assert parse_expression(typed, SYMBOLS) is parse_expression(meant, SYMBOLS)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sinc(t)", "`sinc(t)`: `sin(t)/t`, as in analysis, or `sin(pi*t)/(pi*t)`, as in NumPy"),
        ("sinc(x + y)", "`sin(x + y)./(x + y)`, as in analysis, or `sin(pi*(x + y))./(pi*(x + y))`"),
        (r"\\operatorname{sinc}(t)", "as in analysis, or"),
        ("where(x, x, y)", "`x` is no comparison by size"),
        ("where(x != 0, x, y)", "`x != 0` is no comparison by size"),
        ("where(x > 0, x)", "`where` takes a condition and two values"),
        ("where(x > 0, A, 0)", "`where` needs scalars, or arrays of one shape; `x` has N entries and `A` is M×N"),
        ("where(x > y, x, A)", "arrays of one shape; `x` has N entries and `y` has N entries and `A` is M×N"),
        ("sum(x > 0)", "`x > 0` is no value"),
        ("exp(t < 0)", "`t < 0` is no value"),
        ("exp(t != 0)", "`t != 0` is no value"),
        ("where(x == 0, x, y)", "comparisons cannot be differentiated"),
        ("(x > 0)*t", "no comparisons but in `where"),
    ],
)
def test_what_cannot_be_read_is_said(typed: str, said: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_expression(typed.replace("\\\\", "\\"), SYMBOLS)
    assert said in str(caught.value)


@pytest.mark.parametrize("route", ["matrix", "component"])
@pytest.mark.parametrize(
    ("function", "truth"),
    [
        ("sum(where(x > y, x.^3, sin(x).*y))", lambda x, y: np.where(x > y, 3 * x**2, np.cos(x) * y)),
        ("sum(where(abs(x) <= 1, x.^2/2, abs(x) - 1/2))", lambda x, y: np.where(abs(x) <= 1, x, np.sign(x))),
        ("sum(where(x >= 0, x, 0.2*x))", lambda x, y: np.where(x >= 0, 1.0, 0.2)),
        ("sum(np.sinc(x))", lambda x, y: (np.cos(np.pi * x) - np.sinc(x)) / x),
    ],
)
def test_derivatives_of_choices(route: Any, function: str, truth: Any) -> None:
    worked = derive(function, given=["x, y in R^N"], wrt="x", route=route)
    assert worked.passed, worked.evidence
    x, y = np.array([-1.5, 0.3, 2.0]), np.array([1.0, -1.0, 0.5])
    names: dict[str, Any] = {"np": np}
    exec(worked.python, names)
    np.testing.assert_allclose(
        names["derivative"](x=x, y=y) if "y" in function else names["derivative"](x, y), truth(x, y)
    )


def test_where_the_derivative_does_not_hold_is_said() -> None:
    report = derive("sum(where(x > y, x, y))", given=["x, y in R^N"], wrt="x").report("text")
    assert "written with step" in report
    assert "does not hold where an entry of x - y is 0" in report


def test_a_variable_of_the_name_is_a_variable() -> None:
    symbols = parse_declarations(["where, x in R"])
    with pytest.raises(LanguageError, match="`where` is a variable, not a function"):
        parse_expression("where(x + 1)", symbols)
