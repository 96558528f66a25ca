"""Equations in a chain: derivatives against differences of solutions by NumPy, and the lines that lead there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jacobook.algebra.normal_form import equal
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import text, text_definition
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification.examination import evidence_for

Array = Any
RANDOM = np.random.default_rng(20)


def drawn(*shape: int) -> Array:
    return RANDOM.normal(size=shape)


def stein(A: Array, Q: Array) -> Array:
    """X = A′X A + Q."""
    n = len(A)
    stacked = np.linalg.solve(np.eye(n * n) - np.kron(A.T, A.T), Q.ravel(order="F"))
    return stacked.reshape(n, n, order="F")


def sylvester(A: Array, B: Array, C: Array) -> Array:
    """A X + X B = C."""
    m, n = C.shape
    stacked = np.linalg.solve(np.kron(np.eye(n), A) + np.kron(B.T, np.eye(m)), C.ravel(order="F"))
    return stacked.reshape(m, n, order="F")


def fixed_point(W: Array, b: Array) -> Array:
    """y = tanh(W y + b), by iteration: W is a contraction."""
    y = np.zeros_like(b)
    for _ in range(400):
        y = np.tanh(W @ y + b)
    return y


def riccati(A: Array, B: Array, Q: Array) -> Array:
    """A′X + X A − X B X + Q = 0, positive definite, from the eigenvectors of its Hamiltonian matrix."""
    n = len(A)
    values, vectors = np.linalg.eig(np.block([[A, -B], [-Q, -A.T]]))
    stable = vectors[:, values.real < 0]
    return np.real(stable[n:] @ np.linalg.inv(stable[:n]))


SMALL = 0.3 * drawn(3, 3)
HALF = drawn(2, 2)
CASES: dict[str, tuple[list[str], list[str], str, dict[str, Array], Callable[..., Array]]] = {
    "Stein": (
        ["A, Q in R^(n x n)"],
        ["f = tr(X) + tr(A*X')", "X = A'*X*A + Q"],
        "A",
        {"A": drawn(3, 3), "Q": drawn(3, 3)},
        lambda A, Q: np.trace(stein(A, Q)) + np.trace(A @ stein(A, Q).T),
    ),
    "one equation in another": (
        ["A, Q, B in R^(n x n)"],
        ["f = tr(Y)", "Y = B*Y*B' + X", "X = A'*X*A + Q"],
        "A",
        {"A": HALF, "Q": drawn(2, 2), "B": drawn(2, 2)},
        lambda A, Q, B: np.trace(stein(B.T, stein(A, Q))),
    ),
    "through links inside": (
        ["s in R", "B, C in R^(n x n)"],
        ["f = norm2(X)^2", "X = A'*X*A + Q", "A = s*B", "Q = s^2*C*C'"],
        "s",
        {"s": 0.4, "B": drawn(2, 2), "C": drawn(2, 2)},
        lambda s, B, C: np.sum(stein(s * B, s**2 * C @ C.T) ** 2),
    ),
    "Sylvester": (
        ["A in R^(m x m)", "B in R^(n x n)", "C in R^(m x n)"],
        ["f = sum(X.^2)", "A*X + X*B = C"],
        "B",
        {"A": drawn(3, 3), "B": drawn(2, 2), "C": drawn(3, 2)},
        lambda A, B, C: np.sum(sylvester(A, B, C) ** 2),
    ),
    "the solution itself": (
        ["A, Q in R^(n x n)"],
        ["X = A'*X*A + Q"],
        "A",
        {"A": HALF, "Q": drawn(2, 2)},
        stein,
    ),
    "a matrix of the solution": (
        ["A, Q in R^(n x n)"],
        ["F = X*A", "X = A'*X*A + Q"],
        "A",
        {"A": HALF, "Q": drawn(2, 2)},
        lambda A, Q: stein(A, Q) @ A,
    ),
    "Riccati": (
        ["A, B, C in R^(n x n)", "Q in R^(n x n) positive-definite"],
        ["f = tr(C*X)", "A'*X + X*A - X*B*X + Q = 0"],
        "A",
        {"A": -np.eye(2) + 0.2 * HALF, "B": np.eye(2), "C": drawn(2, 2), "Q": np.eye(2) + 0.1},
        lambda A, B, C, Q: np.trace(C @ riccati(A, B, Q)),
    ),
    "fixed point": (
        ["W in R^(n x n)", "b, c in R^n"],
        ["f = exp(c'*y)", "y = tanh(W*y + b)"],
        "W",
        {"W": SMALL, "b": drawn(3), "c": drawn(3)},
        lambda W, b, c: np.exp(c @ fixed_point(W, b)),
    ),
    "fixed point, Jacobian": (
        ["W in R^(n x n)", "b in R^n"],
        ["y = tanh(W*y + b)"],
        "W",
        {"W": SMALL, "b": drawn(3)},
        fixed_point,
    ),
    "normal equations": (
        ["X in R^(m x n)", "y in R^m", "l in R positive", "v in R^n unknown"],
        ["X'*(X*v - y) + l*v = 0"],
        "X",
        {"X": drawn(4, 3), "y": drawn(4), "l": 0.7},
        lambda X, y, l: np.linalg.solve(X.T @ X + l * np.eye(X.shape[1]), X.T @ y),  # noqa: E741
    ),
    "curve": (["x in R"], ["x^2 + y^2 - 1 = 0"], "x", {"x": 0.3}, lambda x: np.sqrt(1 - x * x)),
    "root of a cubic": (
        ["t in R", "a in R^n"],
        ["f = y*norm2(a)^2", "y^3 + y - t = 0"],
        "t",
        {"t": 1.7, "a": drawn(2)},
        lambda t, a: a @ a * next(r.real for r in np.roots([1, 0, 1, -t]) if abs(r.imag) < 1e-9),
    ),
}


def derivation(name: str) -> Derivation:
    given, lines, wrt, _, _ = CASES[name]
    return derive(parse_statement(given, lines, wrt))


def by_differences(function: Callable[..., Array], values: dict[str, Array], wrt: str) -> Array:
    """Return the derivative by central differences, of shape f.shape + x.shape."""
    x, step = np.asarray(values[wrt], dtype=float), 1e-5
    slopes = []
    for place in np.ndindex(x.shape):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[place] += sign * step
            ends.append(np.asarray(function(**{**values, wrt: moved})))
        slopes.append((ends[0] - ends[1]) / (2 * step))
    return np.moveaxis(np.array(slopes), 0, -1).reshape(np.shape(slopes[0]) + x.shape)


@pytest.mark.parametrize("name", CASES)
def test_the_code_gives_the_slope_of_the_solution(name: str) -> None:
    _, _, wrt, values, function = CASES[name]
    namespace: dict[str, Any] = {"np": np}
    exec(numpy_source(derivation(name)), namespace)
    found, wanted = namespace["derivative"](**values), by_differences(function, values, wrt)
    assert np.shape(found) == wanted.shape
    assert np.allclose(found, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max())


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", CASES)
def test_every_line_stands_its_checks(name: str) -> None:
    evidence = evidence_for(derivation(name), quick=True)
    assert evidence.verdict == "checked", evidence.failures


PRINTED = {
    "what books print of a discrete Lyapunov equation": (
        (["A in R^(n x n)", "Q in R^(n x n) symmetric"], ["f = tr(X)", "X = A'*X*A + Q"], "A"),
        "2*X*A*P",
        ["X = A'*X*A + Q", "P = A*P*A' + eye"],
    ),
    "both terms without symmetry": (
        (["A, C, Q in R^(n x n)"], ["f = tr(C'*X)", "X = A'*X*A + Q"], "A"),
        "X*A*P' + X'*A*P",
        ["X = A'*X*A + Q", "P = A*P*A' + C"],
    ),
    "the adjoint solution is the derivative by Q": (
        (["A, C, Q in R^(n x n)"], ["f = tr(C'*X)", "X*A + A'*X = Q"], "Q"),
        "P",
        ["P*A' + A*P = C"],
    ),
    "a fixed point": (
        (["W in R^(n x n)", "b in R^n"], ["y = tanh(W*y + b)"], "b"),
        "inv(eye - diag(vector(1) - y.^2)*W)*diag(vector(1) - y.^2)",
        ["y = tanh(W*y + b)"],
    ),
    "a function that is not specified": (
        (["F : R^m x R^n -> R^n", "x in R^m"], ["F(x, y) = 0"], "x"),
        "-inv(partial(F(x, y), 2))*partial(F(x, y), 1)",
        ["F(x, y) = 0"],
    ),
    "a circle": ((["x in R"], ["x^2 + y^2 = 25"], "x"), "-x/y", ["x^2 + y^2 = 25"]),
}


@pytest.mark.parametrize("name", PRINTED)
def test_results_stand_in_names_with_their_equations(name: str) -> None:
    asked, expected, equations = PRINTED[name]
    found = derive(parse_statement(*asked))
    names = [*found.statement.declarations, *(link.symbol for link in found.kept)]
    wanted = parse_expression(expected, names, found.value.shape, functions=found.statement.functions)
    assert equal(found.value, wanted), text(found.value)
    assert sorted(map(text_definition, found.kept)) == sorted(equations)


def test_symmetry_is_said_of_solutions_only_where_the_equation_determines_them() -> None:
    """A Riccati equation has solutions that are not symmetric, however symmetric its coefficients are."""
    given = ["A, C in R^(n x n)", "B, Q in R^(n x n) symmetric"]
    quadratic = derive(parse_statement(given, ["f = tr(C*X)", "A'*X + X*A - X*B*X + Q = 0"], "A"))
    assert "symmetric" not in [claim.rule for claim in quadratic.combination]
    linear = derive(parse_statement(given, ["f = tr(X)", "A'*X + X*A = Q"], "A"))
    assert linear.combination[-1].rule == "symmetric"


def test_what_has_no_matrix_form_through_an_equation_is_refused() -> None:
    statement = parse_statement(["t in R", "A, Q in R^(n x n)", "c in R^n"], ["v = X*c", "X = t*A*X*A + Q"], "t")
    with pytest.raises(Refusal, match="does not go through X"):
        derive(statement)


def test_an_equation_that_determines_nothing_is_refused() -> None:
    with pytest.raises(Refusal, match="does not determine y"):
        derive(parse_statement(["a in R"], ["y + a = y"], "a"))


def test_the_other_route_says_that_it_has_no_entries() -> None:
    (partial,) = derivation("the solution itself").partials
    assert partial.component_route == ()
    assert partial.refusal is not None
    assert "entries of a solution" in partial.refusal


SOLVED = {
    "a vector": (
        (["W in R^(n x n)", "b in R^n"], ["y = tanh(W*y + b)"], "b"),
        [
            "dy - (vector(1) - y.^2).*(W*dy) = (vector(1) - y.^2).*db",
            "(eye - diag(vector(1) - y.^2)*W)*dy = (vector(1) - y.^2).*db",
            "dy = inv(eye - diag(vector(1) - y.^2)*W)*((vector(1) - y.^2).*db)",
        ],
    ),
    "a matrix": (
        (["A, Q in R^(n x n)"], ["X = A*X*A' + Q"], "Q"),
        [
            "dX - A*dX*A' = dQ",
            "(eye - kron(A, A))*vec(dX) = vec(dQ)",
            "vec(dX) = inv(eye - kron(A, A))*vec(dQ)",
        ],
    ),
    "a number": ((["x in R"], ["x^2 + y^2 = 25"], "x"), ["2*y*dy = -2*x*dx", "dy = -2*x*dx/(2*y)"]),
}


@pytest.mark.parametrize("name", SOLVED)
def test_the_equation_of_the_differentials_is_solved_line_by_line(name: str) -> None:
    asked, expected = SOLVED[name]
    found = derive(parse_statement(*asked))
    lines = [f"{text(claim.left)} = {text(claim.right)}" for claim in found.partials[0].matrix_route]
    first = lines.index(expected[0])
    assert lines[first : first + len(expected)] == expected
    assert evidence_for(found, quick=True).verdict == "checked"


def test_why_the_adjoint_equation_is_asked_for_is_shown() -> None:
    found = derive(parse_statement(["A, C, Q in R^(n x n)"], ["f = tr(C'*X)", "X = A*X*A' + Q"], "A"))
    (asked,) = [claim for claim in found.combination if claim.rule == "adjoint-equation"]
    assert [text(step.right) for step in asked.steps] == ["tr((P - A'*P*A)'*dX)", "tr(P'*(dX - A*dX*A'))"]
    (read_off,) = [claim for claim in found.combination if claim.rule == "adjoint"]
    assert text(read_off.steps[0].left) == "tr(P'*(dA*X*A' + A*X*dA'))"
    assert text(read_off.steps[-1].right) == "tr(X*A'*P'*dA) + tr(X'*A'*P*dA)"
    assert evidence_for(found, quick=True).verdict == "checked"


@pytest.mark.parametrize(
    ("given", "lines", "wrt"),
    [
        (["x in R"], ["y^2 = -1 - x^2"], "x"),
        (["A in R^(N x N)"], ["f = tr(X)", "X + X' = A"], "A"),
        (["A in R^(N x N) positive-definite"], ["f = tr(X)", "X'*X = A"], "A"),
        (["x in R^N"], ["f = sum(y)", "x*x'*y = x"], "x"),
    ],
)
def test_an_equation_without_a_solution_that_is_found_is_unchecked(
    given: list[str], lines: list[str], wrt: str
) -> None:
    evidence = evidence_for(derive(parse_statement(given, lines, wrt)), quick=True)
    assert evidence.verdict == "unchecked"
