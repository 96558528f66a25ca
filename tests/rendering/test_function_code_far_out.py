"""The printed code of the function itself, and of derivatives that are lost in another spelling, far out and near 0.

The right values are those of the function as it is written, in hundred-digit arithmetic (`tests.high_precision`), or
are written down below with mpmath.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from jacobook.algebra.nodes import Symbol
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.numpy_code.example_source import function_source
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification.numeric.evaluate import outward
from tests.high_precision import DIGITS, MOST_DIGITS, NoValueError, Value, derivative, digits_at, high
from tests.rendering.test_code_far_out import expanded, run, sizes_of, values_at

GIVEN = ["x, y in R^N", "t, r in R", "X in R^(N x N)"]
FAR, LONG = (1e-12, 0.0, 40.0, -40.0, 800.0, -800.0), (1e-12, 40.0, 1e155, -1e155, 1e300)
RELATIVE, ABSOLUTE = 1e-9, 1e-15


def value_of(derivation: Derivation, values: dict[Symbol, Any]) -> Any:
    """What the printed function returns, for scalars as Python floats."""
    namespace: dict[str, Any] = {"np": np}
    exec(compile("\n".join(function_source(derivation.statement, "function")), "<function>", "exec"), namespace)
    plain = {s.name: outward(value[None], s.shape) for s, value in values.items()}
    arguments = {s.name: plain[s.name].item() if s.shape.is_scalar else plain[s.name] for s in values}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(namespace["function"](**arguments), dtype=float)


def true_value(derivation: Derivation, values: dict[Symbol, Any], sizes: dict[str, int]) -> Any:
    """The value, not-a-number beyond 1e307; None where there is none."""
    function = expanded(derivation.statement)
    point = {symbol: high(value).reshape(np.shape(value)) for symbol, value in values.items()}
    with mp.workdps(MOST_DIGITS):
        try:
            needed = digits_at(function, point, sizes)
        except NoValueError:
            return None
    if needed > MOST_DIGITS + DIGITS:
        return None
    with mp.workdps(needed):
        found = Value(point, sizes)(function)
        return np.vectorize(lambda a: float(a) if abs(a) < mpf("1e307") else np.nan, otypes=[float])(found)


def assert_value(expression: str, scales: tuple[float, ...]) -> None:
    wrt = "t" if "t" in expression.replace("sqrt", "").replace("tanh", "").replace("vector", "") else "x"
    derivation = derive(parse_statement(GIVEN, [expression], "X" if "X" in expression else wrt), both=False)
    sizes, compared = sizes_of(derivation.statement), 0
    for scale in scales:
        values = values_at(derivation.statement, scale, sizes)
        wanted = true_value(derivation, values, sizes)
        if wanted is None or np.isnan(wanted).all():
            continue
        found, ordinary = value_of(derivation, values).reshape(wanted.shape), ~np.isnan(wanted)
        tolerance = RELATIVE * np.abs(wanted[ordinary]).max() + ABSOLUTE
        source = "\n".join(function_source(derivation.statement, "function"))
        assert np.all(np.abs(found - wanted)[ordinary] <= tolerance), (scale, found, wanted, source)
        compared += 1
    assert compared > 1


EXPONENTIALS = """
1/(1 + exp(-t))
exp(t)/(1 + exp(t))
exp(-t)/(exp(-t) + 1)
1 - 1/(1 + exp(t))
1 - sigmoid(t)
2/(1 + exp(-2*t)) - 1
log(1 + exp(t))
log1p(exp(t))
t + log(1 + exp(-t))
log(exp(t) + exp(r))
log(exp(t) + exp(-t))
log((exp(t) + exp(-t))/2)
log(cosh(t))
log(sigmoid(t))
log(1 - sigmoid(t))
log(1/(1 + exp(-t)))
log(1 - 1/(1 + exp(-t)))
log(exp(t)*exp(r))
log(sigmoid(t)*sigmoid(r))
(exp(t) - exp(-t))/(exp(t) + exp(-t))
(exp(2*t) - 1)/(exp(2*t) + 1)
(1 - exp(-2*t))/(1 + exp(-2*t))
sinh(t)/cosh(t)
t/(1 + exp(t))
t*exp(t)/(1 + exp(t))
exp(-exp(t))
exp(t)*exp(-t^2)
sqrt(1 + exp(t))
1/sqrt(1 + exp(t))
exp(t)/(exp(t) - 1)
cosh(t) - sinh(t)
t*tanh(log(1 + exp(t)))
-r*log(sigmoid(t)) - (1 - r)*log(1 - sigmoid(t))
-r*log(1/(1 + exp(-t))) - (1 - r)*log(1 - 1/(1 + exp(-t)))
exp(t) - 1
1 - exp(-t)
log(1 + t^2)
exp(x)./(vector(1) + exp(x))
sum(log(vector(1) + exp(x)))
log(sum(exp(x)))
log(vector(1)'*exp(x))
log(1 + sum(exp(x)))
log(sum(exp(x))/r^2)
log(sum(exp(x - y)))
log(sum(exp(X)))
exp(x)/sum(exp(x))
(1/sum(exp(x)))*exp(x)
y'*(exp(x)/sum(exp(x)))
-y'*log(softmax(x))
-y'*log(exp(x)/sum(exp(x)))
exp(x[1])/sum(exp(x))
log(exp(x[1]) + exp(x[2]))
-y'*log(sigmoid(x)) - (vector(1) - y)'*log(vector(1) - sigmoid(x))
-sum(y.*log(sigmoid(x)) + (vector(1) - y).*log(vector(1) - sigmoid(x)))
sum(exp(-exp(x)))
""".strip().splitlines()


@pytest.mark.one_in(2)
@pytest.mark.parametrize("expression", EXPONENTIALS)
def test_functions_with_exponentials(expression: str) -> None:
    assert_value(expression, FAR)


LENGTHS = """
sqrt(t^2 + r^2)
sqrt(1 + t^2)
(1 + t^2)^(1/2)
t/sqrt(1 + t^2)
sqrt(t^2 + r^2 + 1)
sqrt(t^4)/t^2
norm2(x)
norm2(X)
sqrt(x'*x)
sqrt(sum(x.^2))
sqrt(1 + x'*x)
sqrt(1 + norm2(x)^2)
sqrt(tr(X'*X))
x/norm2(x)
x/sqrt(1 + x'*x)
sum(sqrt(vector(1) + x.^2))
sum(x.^3./x.^2)
log(1 + t^2)
log(4 + t^2)/2
log(t^2 + r^2)
log(t^2)
sum(log(vector(1) + x.^2))
t^2/(1 + t^2)
t^3/(1 + t^2)
t/(1 + t^2)
(t^2 - 3*r^2)/(1 + t^2 + r^2)
t*r/(t^2 + r^2)
x./(vector(1) + x.^2)
x/(1 + x'*x)
x/(1 + norm2(x))
x'*y/(norm2(x)*norm2(y))
x'*y/norm2(x)
x'*X*x/(x'*x)
x*x'/(x'*x)
norm2(x)^2/(1 + norm2(x)^2)
""".strip().splitlines()


@pytest.mark.parametrize("expression", LENGTHS)
def test_lengths_whose_squares_are_too_large(expression: str) -> None:
    assert_value(expression, LONG)


SLOPES = [
    ("log(1 + exp(t))", -800.0, lambda t: 1 / (1 + mp.exp(-t))),
    ("(exp(t) - exp(-t))/(exp(t) + exp(-t))", 40.0, lambda t: 1 / mp.cosh(t) ** 2),
    ("(exp(2*t) - 1)/(exp(2*t) + 1)", 40.0, lambda t: 1 / mp.cosh(t) ** 2),
    ("(1 - exp(-2*t))/(1 + exp(-2*t))", -40.0, lambda t: 1 / mp.cosh(t) ** 2),
    ("log(exp(t) + exp(-t))", 1e-12, mp.tanh),
    ("log((exp(t) + exp(-t))/2)", 1e-200, mp.tanh),
    ("2/(exp(t) + exp(-t))", 1e-12, lambda t: -mp.sinh(t) / mp.cosh(t) ** 2),
    ("exp(t)/(1 + exp(t))^2", 1e-12, lambda t: -mp.tanh(t / 2) / (4 * mp.cosh(t / 2) ** 2)),
    ("log(exp(t) - 1)", 800.0, lambda t: 1 / (1 - mp.exp(-t))),
    ("log(1 - exp(-t))", 1e-9, lambda t: 1 / (mp.exp(t) - 1)),
    ("1/(exp(t) - 1)", 300.0, lambda t: -1 / ((mp.exp(t) - 1) * (1 - mp.exp(-t)))),
    ("1/(exp(t) - 1)", 800.0, lambda t: mpf(0)),
    ("arctan(exp(t))", 800.0, lambda t: 1 / (2 * mp.cosh(t))),
    ("cosh(t) - sinh(t)", 40.0, lambda t: -mp.exp(-t)),
    ("sqrt(1 + t^2)", -1e300, lambda t: t / mp.sqrt(1 + t**2)),
    ("sqrt(t^2 + 4)", 1e300, lambda t: t / mp.sqrt(4 + t**2)),
    ("t/sqrt(1 + t^2)", 1e100, lambda t: 1 / mp.sqrt(1 + t**2) ** 3),
    ("sqrt(t^4)", 0.0, lambda t: mpf(0)),
    ("log(1 + t^2)", 1e200, lambda t: 2 * t / (1 + t**2)),
    ("log(1 + t^2)", 1e-200, lambda t: 2 * t / (1 + t**2)),
    ("log(t^2)", 1e-200, lambda t: 2 / t),
    ("t/(1 + t^2)", 1e100, lambda t: (1 - t**2) / (1 + t**2) ** 2),
    ("t/(1 + t^2)", -1e200, lambda t: (1 - t**2) / (1 + t**2) ** 2),
    ("t^3/(1 + t^2)", 1e160, lambda t: (3 * t**2 + t**4) / (1 + t**2) ** 2),
    ("t^2/(1 + t^2)", 1e60, lambda t: 2 * t / (1 + t**2) ** 2),
    ("exp(t - exp(t))", 40.0, lambda t: (1 - mp.exp(t)) * mp.exp(t - mp.exp(t))),
    ("exp(t - exp(t))", 1e-12, lambda t: (1 - mp.exp(t)) * mp.exp(t - mp.exp(t))),
    ("exp(t - exp(t))", 800.0, lambda t: (1 - mp.exp(t)) * mp.exp(t - mp.exp(t))),
    ("exp(t - exp(t))", 2.0, lambda t: (1 - mp.exp(t)) * mp.exp(t - mp.exp(t))),
    ("exp(t - exp(t))", -800.0, lambda t: (1 - mp.exp(t)) * mp.exp(t - mp.exp(t))),
]


@pytest.mark.parametrize(("expression", "at", "right"), SLOPES, ids=[f"{f} at {at}" for f, at, _ in SLOPES])
def test_derivatives_that_keep_their_digits(expression: str, at: float, right: Any) -> None:
    derivation = derive(parse_statement(["t in R"], [expression], "t"), both=False)
    with mp.workdps(700):
        wanted = float(right(mpf(at)))
    found = float(run(derivation, {derivation.statement.wrt: np.array([[at]])}))
    assert found == pytest.approx(wanted, rel=1e-12, abs=1e-300), numpy_source(derivation)


LONG_VECTORS = """
log(1 + x'*x)
x/(1 + norm2(x))
x/(1 + x'*x)
x/sqrt(1 + x'*x)
x/norm2(x)
x/norm1(x)
x'*y/norm2(x)
x'*y/(norm2(x)*norm2(y))
x'*X*x/(x'*x)
sum(log(vector(1) + x.^2))
x./(vector(1) + x.^2)
""".strip().splitlines()


@pytest.mark.parametrize("expression", LONG_VECTORS)
def test_derivatives_along_long_and_short_vectors(expression: str) -> None:
    derivation = derive(parse_statement(GIVEN, [expression], "x"), both=False)
    statement, sizes = derivation.statement, sizes_of(derivation.statement)
    matrices = {s: np.array([[1.0, 2.0], [3.0, 5.0]]) for s in statement.declarations if s.shape.is_matrix}
    for scale in (1e-12, 40.0, 1e100, -1e160):
        values = values_at(statement, scale, sizes) | matrices
        wanted = derivative(expanded(statement), statement.wrt, values, sizes)
        assert wanted is not None
        found = run(derivation, values)
        wanted = wanted.reshape(found.shape)
        assert np.all(np.abs(found - wanted) <= RELATIVE * np.abs(wanted).max() + 1e-300), (scale, found, wanted)


def test_derivatives_of_softmax_and_of_lengths_far_out() -> None:
    for expression, at, wanted in (
        ("log(1 + sum(exp(x)))", [800.0, 700.0], [1.0, 0.0]),
        ("log(exp(x[1]) + exp(x[2]))", [800.0, 700.0], [1.0, 0.0]),
        ("exp(x[1])/sum(exp(x))", [700.0, 800.0], [0.0, 0.0]),
        ("norm2(x)", [3e300, -4e300], [0.6, -0.8]),
        ("sqrt(1 + x'*x)", [3e300, -4e300], [0.6, -0.8]),
        ("norm2(x)*x", [0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]),
        ("x/norm2(x)", [3e150, -4e150], [[0.64 / 5e150, 0.48 / 5e150], [0.48 / 5e150, 0.36 / 5e150]]),
    ):
        derivation = derive(parse_statement(["x in R^N"], [expression], "x"), both=False)
        found = run(derivation, {derivation.statement.wrt: np.array(at)[:, None]})
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-40, err_msg=expression)


def test_the_norm_of_one_negative_entry_is_positive() -> None:
    derivation = derive(parse_statement(["x in R^N"], ["norm2(x)"], "x"), both=False)
    assert value_of(derivation, {derivation.statement.wrt: np.array([[-3.0]])}) == 3
    assert run(derivation, {derivation.statement.wrt: np.array([[-3.0]])}) == [-1]


def test_a_comment_says_what_an_unusual_form_is() -> None:
    derivation = derive(parse_statement(["t in R"], ["log(1 + exp(t))"], "t"), both=False)
    assert "# np.exp(-np.logaddexp(0.0, -u)) is 1/(1 + exp(-u)), without overflow." in numpy_source(derivation)
    plain = derive(parse_statement(["t in R"], ["t^3"], "t"), both=False)
    assert "#" not in numpy_source(plain)


def test_a_system_is_solved_and_a_large_determinant_is_not_computed() -> None:
    given = ["A in R^(N x N), invertible", "b, x in R^N"]
    derivation = derive(parse_statement(given, ["x'*inv(A)*b"], "x"), both=False)
    assert "np.linalg.solve(A, b)" in numpy_source(derivation)
    for expression in ("log(det(X))", "log(det(X)^2)", "log(abs(det(X)))"):
        derivation = derive(parse_statement(["X in R^(N x N)"], [expression], "X"), both=False)
        array = np.random.default_rng(3).standard_normal((300, 300)) + 30 * np.eye(300)
        times = 2 if "^2" in expression else 1
        found = value_of(derivation, {derivation.statement.wrt: array})
        assert found == pytest.approx(times * np.linalg.slogdet(array)[1], rel=1e-12)


def test_the_determinant_of_a_definite_matrix_comes_from_its_cholesky_factor() -> None:
    given = ["S in R^(N x N) positive-definite", "x in R^N", "t in R"]
    for expression in ("t^2*logdet(S)", "t*log(det(S))/2"):
        derivation = derive(parse_statement(given, [expression], "t"), both=False)
        S, t = derivation.statement.declarations[0], derivation.statement.wrt
        array = np.random.default_rng(5).standard_normal((4, 4))
        definite = array @ array.T + np.eye(4)
        values = {s: np.full((2, 1), 0.0) for s in derivation.statement.declarations} | {t: np.array([[3.0]])}
        wanted = {"t^2*logdet(S)": (9.0, 6.0), "t*log(det(S))/2": (1.5, 0.5)}[expression]
        size = np.linalg.slogdet(definite)[1]
        assert value_of(derivation, values | {S: definite}) == pytest.approx(wanted[0] * size, rel=1e-12)
        assert run(derivation, values | {S: definite}) == pytest.approx(wanted[1] * size, rel=1e-12)
        for code in (value_of, run):
            with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
                code(derivation, values | {S: definite - 9 * np.eye(4)})


def test_the_entries_of_the_variable_itself_are_independent() -> None:
    """Only one triangle is read of what is factored, and a difference by one entry would be lost."""
    derivation = derive(parse_statement(["S in R^(N x N) positive-definite"], ["logdet(S)"], "S"), both=False)
    array, step = np.array([[2.0, 0.5], [0.5, 1.0]]), 1e-6 * np.eye(2)[:, ::-1] * [[1.0], [0.0]]
    ends = [value_of(derivation, {derivation.statement.wrt: array + sign * step}) for sign in (1, -1)]
    assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(np.linalg.inv(array)[1, 0], rel=1e-6)
