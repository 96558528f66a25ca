"""The printed code at ±40, ±800 and 0: wherever the derivative is an ordinary number, the code gives it.

What the derivative is there is decided by a hundred-digit evaluation of the function itself (`tests.high_precision`).
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.nodes import Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import contains, substitute
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.language import parse_statement
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.site.entry_files import read_entry
from jacobook.verification.numeric.evaluate import outward
from jacobook.verification.points.instances import draw_value, size_names
from tests.calculus.derived import CASES
from tests.high_precision import derivative

SCALES = (0.0, 40.0, -40.0, 800.0, -800.0)
COLLECTION = Path(__file__).parents[2] / "generator/jacobook/collection"
WITHOUT_ORACLE = {
    *("largest-eigenvalue", "cholesky-factor", "largest-entry", "matrix-exponential-in-time", "matrix-square-root"),
    *("nuclear-norm", "pseudoinverse", "spectral-norm", "trace-of-matrix-exponential"),
    *("deep-equilibrium-layer", "discrete-lyapunov-equation", "implicit-curve"),
    *("orthogonal-procrustes", "rayleigh-quotient-on-the-sphere"),
}
"""Entries about functions of whole matrices and about equations, which are not written in mpmath here, and about
variables that cannot be large: others compare their code."""
ENTRIES = sorted(
    path for path in COLLECTION.rglob("*.yaml") if path.name != "sources.yaml" and path.stem not in WITHOUT_ORACLE
)
RELATIVE, ABSOLUTE = 1e-6, 1e-12
"""Against the largest entry; and against 1, since 1 − p is 0 for a p that is rounded to 1."""
SUBTRACTED = {"attention-backward": 1e-7}
"""Instead of the second, where products of three values of 800 are subtracted from one another, and 0 is exact."""


def values_at(statement: Statement, scale: float, sizes: dict[str, int]) -> dict[Symbol, Any]:
    """Values whose largest entry is the scale, as far as the declared properties let it be."""
    found = {}
    for symbol in statement.declarations:
        drawn = draw_value(symbol, sizes, 0)
        fixed = {"positive", "invertible", "positive-definite", "normalised"} & symbol.properties
        if "whole" not in symbol.properties and "normalised" not in symbol.properties:
            factor = abs(scale) if {"positive", "positive-definite"} & symbol.properties else scale
            factor = 1.0 if fixed and not scale else factor
            drawn = factor * drawn / np.abs(drawn).max()
        found[symbol] = drawn[0]
    return found


def sizes_of(statement: Statement) -> dict[str, int]:
    """Sizes that are small and equal: with fewer rows than columns X′X would have no inverse anywhere."""
    everything = [*statement.declarations, statement.function, *statement.definitions.values()]
    least = least_sizes(everything)
    names = size_names(everything)
    return {name: max(2, *least.values()) if least else 2 for name in names}


def expanded(statement: Statement) -> n.Node:
    """The function in the declared variables."""
    known: dict[n.Node, n.Node] = {}
    for link in reversed(statement.links):
        known[link.symbol] = substitute(link.expression, known)
    return known[statement.links[0].symbol]


def run(derivation: Derivation, values: dict[Symbol, Any]) -> Any:
    """What the printed code returns, for scalars as Python floats."""
    namespace: dict[str, Any] = {"np": np}
    exec(compile(numpy_source(derivation), "<derivative>", "exec"), namespace)
    plain = {s.name: outward(value[None], s.shape) for s, value in values.items()}
    arguments = {
        symbol.name: (
            int(plain[symbol.name])
            if "whole" in symbol.properties
            else plain[symbol.name].item()
            if symbol.shape.is_scalar
            else plain[symbol.name]
        )
        for symbol in values
    }
    parameters = inspect.signature(namespace["derivative"]).parameters.values()
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        arguments = {p.name: arguments[p.name] for p in parameters}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(namespace["derivative"](**arguments), dtype=float)


def _as_tensor(found: Any, of: Shape, wrt: Shape, shape: tuple[int, ...]) -> Any:
    return found.reshape([size for size, axis in zip(shape, _axes(of) + _axes(wrt), strict=True) if axis])


def _axes(shape: Shape) -> list[bool]:
    return [shape.is_matrix or shape.is_vector, shape.is_matrix or shape.is_row]


def complaints(
    derivation: Derivation, scales: Sequence[float] = SCALES, absolute: float = ABSOLUTE
) -> Iterator[tuple[float, str | None]]:
    """What is wrong with the code at every scale at which the derivative has ordinary entries (None: nothing)."""
    statement = derivation.statement
    sizes, function = sizes_of(statement), expanded(statement)
    for scale in scales:
        values = values_at(statement, scale, sizes)
        wanted = derivative(function, statement.wrt, values, sizes)
        if wanted is None or np.isnan(wanted).all():
            continue
        wanted = _as_tensor(wanted, function.shape, statement.wrt.shape, wanted.shape)
        try:
            found = run(derivation, values)
        except (ArithmeticError, np.linalg.LinAlgError) as error:
            yield scale, f"{type(error).__name__}: {error}"
            continue
        ordinary = ~np.isnan(wanted)
        tolerance = RELATIVE * np.abs(wanted[ordinary]).max() + absolute
        wrong = ~(np.abs(found - wanted)[ordinary] <= tolerance)
        yield scale, f"{found} instead of {wanted}" if wrong.any() else None


def assert_right(derivation: Derivation, absolute: float = ABSOLUTE) -> int:
    """Fail with what is wrong; return at how many scales there was something to compare."""
    found = list(complaints(derivation, absolute=absolute))
    assert not [item for item in found if item[1] is not None], numpy_source(derivation)
    return len(found)


@cache
def derivations_of(path: Path) -> tuple[Derivation, ...]:
    """The main derivation of an entry, its cases, and its second derivative."""
    entry = read_entry(path)
    if entry.differential:
        return ()
    main = parse_statement(entry.given, entry.expression, entry.wrt)
    found = list(derive_to_order(main, entry.order, both=False))
    for case in entry.cases:
        parts = case.given or entry.given, case.expression or entry.expression, case.wrt or entry.wrt
        found.append(derive(parse_statement(*parts), both=False))
    return tuple(found)


def _is_concrete(derivation: Derivation) -> bool:
    """Whether the function is an expression, not a declared function of which nothing is known."""
    return not any(contains(link.expression, n.FunctionValue) for link in derivation.statement.links)


@pytest.mark.slow
@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_entries_of_the_collection(path: Path) -> None:
    for derivation in filter(_is_concrete, derivations_of(path)):
        assert_right(derivation, SUBTRACTED.get(path.stem, ABSOLUTE))


@pytest.mark.slow
@pytest.mark.one_in(2)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_cases_of_the_benchmark(case: dict[str, Any]) -> None:
    expressions = [case["expr"]] if isinstance(case["expr"], str) else case["expr"]
    assert_right(derive(parse_statement(case["given"], expressions, case["wrt"]), both=False))


SPELLINGS = [
    ("x", "-y'*log(sigmoid(x)) - (vector(1) - y)'*log(vector(1) - sigmoid(x))"),
    ("x", "sum(log(vector(1) + exp(-x)))"),
    ("t", "1/(1 + exp(-t))"),
    ("t", "exp(t)/(1 + exp(t))"),
    ("t", "exp(-t)/(1 + exp(-t))"),
    ("t", "1/(exp(t) + 1)"),
    ("t", "log(1 + exp(t))"),
    ("t", "log(exp(-t) + 1)"),
    ("t", "-log(1/(1 + exp(-t)))"),
    ("t", "log(exp(t) + exp(r) + exp(2*t))"),
    ("t", "log(cosh(t))"),
    ("t", "sinh(t)/cosh(t)"),
    ("t", "(exp(t) - exp(-t))/(exp(t) + exp(-t))"),
    ("t", "t/(1 + exp(t))"),
    ("t", "exp(-exp(t))"),
    ("t", "exp(t)*exp(-t^2)"),
    ("t", "tanh(t)*t"),
    ("t", "t*sigmoid(t)"),
    ("t", "sqrt(t^4)"),
    ("t", "sqrt(t^2 + r^2)"),
    ("t", "abs(t)^3"),
    ("t", "log(1 + t^2)"),
    ("t", "1/sqrt(1 + exp(t))"),
    ("t", "log(sigmoid(t)*sigmoid(r))"),
    ("x", "sum(vector(1)./(vector(1) + exp(-x)))"),
    ("x", "sum(exp(x)./(vector(1) + exp(x)))"),
    ("x", "exp(x)./(vector(1) + exp(x))"),
    ("x", "sum(log(vector(1) + exp(x)))"),
    ("x", "sum(log(cosh(x)))"),
    ("x", "sum(x./(vector(1) + exp(x)))"),
    ("x", "sum(exp(-exp(x)))"),
    ("x", "sum(sqrt(x.^4))"),
    ("x", "sum(abs(x).^3)"),
    ("x", "log(sum(exp(x)))"),
    ("x", "log(vector(1)'*exp(x))"),
    ("x", "log(sum(exp(X*x)))"),
    ("x", "log(sum(exp(x - y)))"),
    ("x", "exp(x)/sum(exp(x))"),
    ("x", "y'*exp(x)/sum(exp(x))"),
    ("x", "sum(x.*exp(x))/sum(exp(x))"),
    ("x", "-y'*log(exp(x)/sum(exp(x)))"),
    ("x", "norm2(x)*x"),
    ("x", "norm2(x)^3"),
    ("x", "sqrt(x'*x)*x"),
    ("x", "norm2(X*x)*x"),
    ("x", "sum(x.^3./x.^2.*x)"),
    ("X", "log(det(X'*X))"),
    ("X", "log(sum(exp(X)))"),
]


@pytest.mark.parametrize(("wrt", "expression"), SPELLINGS, ids=[expression for _, expression in SPELLINGS])
def test_functions_however_they_are_spelled(wrt: str, expression: str) -> None:
    given = ["x, y, b in R^N", "t, r in R", "X in R^(N x N)"]
    assert assert_right(derive(parse_statement(given, [expression], wrt), both=False))


@pytest.mark.parametrize(
    ("given", "expression", "wrt", "wanted"),
    [
        ("x in R", "x^2/(1 + x^2)", "x", 0.0),
        ("x, y in R", "x^2*y", "y", np.inf),
        ("x in R^N; t in R", "t^3*x", "t", np.inf),
        ("lambda in R", "lambda^3", "lambda", np.inf),
    ],
)
def test_a_python_number_whose_square_is_too_large(given: str, expression: str, wrt: str, wanted: float) -> None:
    derivation = derive(parse_statement(given.split("; "), [expression], wrt), both=False)
    values = {s: abs(draw_value(s, {"N": 2}, 0)[0]) * 1e160 for s in derivation.statement.declarations}
    assert np.all(run(derivation, values) == wanted)


def test_the_code_of_a_large_log_determinant_does_not_overflow() -> None:
    derivation = derive(parse_statement(["X in R^(N x N)"], ["log(det(X))"], "X"), both=False)
    array = np.random.default_rng(3).standard_normal((300, 300)) + 30 * np.eye(300)
    assert not np.isfinite(np.linalg.det(array))
    found = run(derivation, {derivation.statement.wrt: array})
    np.testing.assert_allclose(found, np.linalg.inv(array).T, rtol=1e-9, atol=1e-14)


def test_an_entry_of_a_root_is_not_disturbed_by_other_entries() -> None:
    derivation = derive(parse_statement(["x, b in R^K"], ["sqrt(x*b'*(b*b'))[1, K]"], "b"), both=False)
    x, b = np.array([1.0, -2.0, 3.0]), np.array([0.5, -0.3, 0.8])  # other entries of the matrix are negative

    def function(b: Any) -> Any:
        return np.sqrt((np.outer(x, b) @ np.outer(b, b))[0, 2])

    steps = 1e-6 * np.eye(3)
    wanted = [(function(b + step) - function(b - step)) / 2e-6 for step in steps]
    found = run(derivation, dict(zip(derivation.statement.declarations, (x[:, None], b[:, None]), strict=True)))
    np.testing.assert_allclose(found, wanted, rtol=1e-7)


def test_the_oracle_knows_corners_and_places_without_a_value() -> None:
    statement = parse_statement(["x in R^N"], ["norm2(x) + norm1(x)"], "x")
    at = {statement.wrt: np.array([[0.0], [2.0]])}
    found = derivative(expanded(statement), statement.wrt, at, {"N": 2})
    assert np.isnan(found[0, 0, 0, 0])
    assert found[0, 0, 1, 0] == 2
    logarithm = parse_statement(["t in R"], ["log(t)"], "t")
    for value, wanted in ((-1.0, None), (0.0, None), (0.5, 2.0)):
        got = derivative(expanded(logarithm), logarithm.wrt, {logarithm.wrt: np.array([[value]])}, {})
        assert got is None if wanted is None else got.item() == wanted
