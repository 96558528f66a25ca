"""Derivatives of the adjugate, against differences of the cofactors that define it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from jacobook import Worked, derive
from jacobook.verification.rule_mutants import ROWS, verdicts_on

RANDOM = np.random.default_rng(5)


def adjugate(x: np.ndarray) -> np.ndarray:
    """The transposed matrix of cofactors, as books define it."""
    places = range(len(x))
    minors = [[np.delete(np.delete(x, i, 0), j, 1) for j in places] for i in places]
    return np.array([[(-1) ** (i + j) * np.linalg.det(minors[i][j]) for i in places] for j in places])


def differences(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """The derivative with respect to every entry of x, of shape function(x).shape + x.shape."""
    step = 1e-5
    found = np.empty((*np.shape(function(x)), *x.shape))
    for place in np.ndindex(*x.shape):
        change = np.zeros(x.shape)
        change[place] = step
        found[(..., *place)] = (function(x + change) - function(x - change)) / (2 * step)
    return found


def code(worked: Worked) -> Callable[..., np.ndarray]:
    scope: dict[str, object] = {"np": np}
    exec(worked.python, scope)
    return scope["derivative"]  # type: ignore[return-value]


@pytest.mark.parametrize("size", ["N", "2", "3", "4"])
@pytest.mark.parametrize("properties", ["", " invertible"])
def test_the_adjugate_and_its_trace(size: str, properties: str) -> None:
    given = f"X in R^({size} x {size}){properties}"
    x = RANDOM.standard_normal((int(size),) * 2 if size != "N" else (5, 5))
    of_trace, whole = (derive(expression, given=given, wrt="X") for expression in ("tr(adj(X))", "adj(X)"))
    assert of_trace.passed
    assert whole.passed
    np.testing.assert_allclose(code(of_trace)(X=x), differences(lambda u: np.trace(adjugate(u)), x), atol=1e-6)
    np.testing.assert_allclose(code(whole)(X=x), differences(adjugate, x), atol=1e-6)


@pytest.mark.parametrize("size", [2, 3])
def test_where_the_matrix_is_singular(size: int) -> None:
    """Up to three rows no inverse and no quotient occurs, and nothing is assumed."""
    x = np.outer(RANDOM.standard_normal(size), RANDOM.standard_normal(size))
    worked = derive("tr(adj(X)*A)", given=f"X, A in R^({size} x {size})", wrt="X")
    a = RANDOM.standard_normal((size, size))
    assert worked.derivation.assumptions == ()
    np.testing.assert_allclose(code(worked)(X=x, A=a), differences(lambda u: np.trace(adjugate(u) @ a), x), atol=1e-6)


def test_the_second_derivative_of_a_determinant_along_a_line() -> None:
    worked = derive("det(A + t*B)", given="A, B in R^(N x N), t in R", wrt="t", order=2)
    assert worked.passed
    a, b, step = RANDOM.standard_normal((4, 4)), RANDOM.standard_normal((4, 4)), 1e-3
    values = [np.linalg.det(a + (0.3 + k * step) * b) for k in (-1, 0, 1)]
    assert code(worked)(A=a, B=b, t=0.3) == pytest.approx((values[0] - 2 * values[1] + values[2]) / step**2, rel=1e-4)


def test_the_hessian_of_a_determinant_of_two_rows() -> None:
    """With v = (a, c, b, d) stacked, the determinant is a d − b c."""
    worked = derive("det(unvec(v, 2, 2))", given="v in R^4", wrt="v", order=2)
    assert worked.passed
    wanted = np.zeros((4, 4))
    wanted[0, 3] = wanted[3, 0] = 1
    wanted[1, 2] = wanted[2, 1] = -1
    np.testing.assert_allclose(code(worked)(v=RANDOM.standard_normal(4)), wanted)


def test_only_an_adjugate_that_varies_asks_for_an_invertible_matrix() -> None:
    constant = derive("tr(adj(A)*X)", given="A, X in R^(N x N)", wrt="X", verify=False)
    assert constant.derivation.assumptions == ()
    varying = derive("tr(adj(X))", given="X in R^(N x N)", wrt="X", verify=False)
    assert [found.property for found in varying.derivation.assumptions] == ["invertible"]


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["adjugate", "adjugate-by-itself", "adjugate-of-two", "adjugate-of-three"])
def test_planted_mistakes_are_caught(slug: str) -> None:
    found = verdicts_on(next(row for row in ROWS if row.slug == slug))
    assert sum(verdict == "caught" for verdict in found) >= 4
    assert not [verdict for verdict in found if verdict.startswith("missed")]
