"""Functions of every row or column of a matrix: in which form they come out, and right against differences."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jacobook import derive
from jacobook.language import LanguageError

GIVEN = "X, A in R^(N x D), W in R^(D x K), Y in R^(N x K), Q in R^(N x D), V in R^(M x K), E in R^(M x D), g in R^D"
RANDOM = np.random.default_rng(5)
VALUES = {
    "X": RANDOM.normal(size=(4, 3)), "A": RANDOM.normal(size=(4, 3)), "W": RANDOM.normal(size=(3, 2)),
    "Y": np.eye(2)[[0, 1, 1, 0]], "Q": RANDOM.normal(size=(4, 3)), "V": RANDOM.normal(size=(5, 2)),
    "E": RANDOM.normal(size=(5, 3)), "g": RANDOM.normal(size=3),
}  # fmt: skip


def softmax(x: Any, axis: int) -> Any:
    powers = np.exp(x)
    return powers / powers.sum(axis, keepdims=True)


def standardised(x: Any, axis: int) -> Any:
    return (x - x.mean(axis, keepdims=True)) / x.std(axis, keepdims=True)


FUNCTIONS: dict[str, tuple[str, str, Callable[..., Any], str | None]] = {
    # name: function, variable, the same in NumPy, and the derivative as it is printed in books
    "softmax regression": (
        "sum(logsumexp(X*W, 'rows')) - sum(Y.*(X*W))",
        "W",
        lambda X, W, Y: np.log(np.exp(X @ W).sum(1)).sum() - (Y * (X @ W)).sum(),
        "X'*(softmax(X*W, 'rows') - Y)",
    ),
    "cross-entropy": (
        "-sum(Y.*log_softmax(X*W, dim=-1))",
        "W",
        lambda X, W, Y: -(Y * np.log(softmax(X @ W, 1))).sum(),
        "X'*(diag(Y*vector(1))*softmax(X*W, 'rows') - Y)",
    ),
    "softmax of rows": (
        "sum(A.*softmax(X, axis=1))",
        "X",
        lambda X, A: (A * softmax(X, 1)).sum(),
        "A.*softmax(X, 'rows') - diag((A.*softmax(X, 'rows'))*vector(1))*softmax(X, 'rows')",
    ),
    "log-sum-exp of columns": (
        "sum(logsumexp(X, 'columns'))",
        "X",
        lambda X: np.log(np.exp(X).sum(0)).sum(),
        "softmax(X, 'columns')",
    ),
    "attention": (
        "sum(Y.*(softmax(Q*E'/sqrt(dim(D)), 'rows')*V))",
        "V",
        lambda Q, E, V, Y: (Y * (softmax(Q @ E.T / np.sqrt(3), 1) @ V)).sum(),
        "softmax(Q*E'/sqrt(dim(D)), 'rows')'*Y",
    ),
    "sums of rows": ("norm2(sum(X, 'rows'))^2", "X", lambda X: (X.sum(1) ** 2).sum(), "2*X*vector(1)*vector(1)'"),
    "norms of columns": ("sum(norm(X, axis=0))", "X", lambda X: np.linalg.norm(X, axis=0).sum(), None),
    "variance": (
        "sum(var(X, 'columns'))",
        "X",
        lambda X: X.var(0).sum(),
        "2*(X - vector(1)*vector(1)'*X/dim(N))/dim(N)",
    ),
    "largest entries of rows": (
        "g'*max(A'*X, axis=1)",
        "X",
        lambda X, A, g: g @ (A.T @ X).max(1),
        "A*diag(g)*rowismax(A'*X)",
    ),
    "largest entries of columns": ("sum(max(X, 'columns'))", "X", lambda X: X.max(0).sum(), "rowismax(X')'"),
    "smallest entries of rows": ("sum(min(X, axis=1))", "X", lambda X: X.min(1).sum(), "rowismax(-X)"),
    "smallest entries of columns": ("sum(colMins(X).^2)", "X", lambda X: (X.min(0) ** 2).sum(), None),
    "a hinge of classes": (
        "sum(max(X*W - (X*W).*Y, 'rows')) - sum((X*W).*Y)",
        "W",
        lambda X, W, Y: ((X @ W) * (1 - Y)).max(1).sum() - (X @ W * Y).sum(),
        None,
    ),
    "samples": ("sum(n, 1, N, max(X[n,:]))", "X", lambda X: X.max(1).sum(), "rowismax(X)"),
    "rows against their log-sum-exp": (
        "sum((logsumexp(X, 'rows') - max(X, 'rows')).^2)",
        "X",
        lambda X: ((np.log(np.exp(X).sum(1)) - X.max(1)) ** 2).sum(),
        None,
    ),
    "lengths by name": ("g'*colNorms(A.*X)", "X", lambda X, A, g: g @ np.linalg.norm(A * X, axis=0), None),
    "lengths of rows": (
        "sum(A.*(X./norm(X, axis=1, keepdims=1)))",
        "X",
        lambda X, A: (A * X / np.linalg.norm(X, axis=1, keepdims=True)).sum(),
        None,
    ),
    "layer norm": ("sum(A.*(g'.*layernorm(X)))", "X", lambda X, A, g: (A * g * standardised(X, 1)).sum(), None),
    "batch norm": (
        "sum(A.*(X - mean(X, axis=0))./std(X, axis=0))",
        "X",
        lambda X, A: (A * standardised(X, 0)).sum(),
        None,
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_rows_and_columns(name: str) -> None:
    written, wrt, function, printed = FUNCTIONS[name]
    worked = derive(written, given=GIVEN, wrt=wrt)
    assert worked.passed, worked.evidence
    if printed is not None:
        assert worked.result == printed
    space: dict[str, Any] = {"np": np}
    exec(worked.python, space)
    used = [name for name in VALUES if re.search(rf"(?<!\w){name}(?!\w)", written)]
    arguments = re.search(r"derivative\(([^)]*)\)", worked.python)
    assert arguments is not None
    found = space["derivative"](**{one.strip(): VALUES[one.strip()] for one in arguments[1].split(",")})
    slopes = np.zeros_like(VALUES[wrt])
    for place in np.ndindex(slopes.shape):
        unit = np.zeros_like(slopes)
        unit[place] = 1e-6
        ends = [function(**{one: VALUES[one] + (sign * unit if one == wrt else 0) for one in used}) for sign in (1, -1)]
        slopes[place] = (ends[0] - ends[1]) / 2e-6
    np.testing.assert_allclose(found, slopes, atol=1e-6)


@pytest.mark.parametrize("route", ["matrix", "component"])
def test_both_routes_know_the_largest_of_every_row(route: Any) -> None:
    worked = derive("g'*max(X*W, axis=0)", given="X in R^(N x D), W in R^(D x K), g in R^K", wrt="X", route=route)
    assert worked.passed, worked.evidence
    assert "in every row of (X*W)' one entry is larger than all others" in worked.report("text")


@pytest.mark.parametrize("size", ["R^(1 x D)", "R^(N x 1)", "R^(1 x 1)"])
def test_largest_entries_of_one_row_or_column(size: str) -> None:
    for axis in (0, 1):
        assert derive(f"sum(max(X, axis={axis}))", given=f"X in {size}", wrt="X").passed


def test_an_axis_of_a_program_is_no_number_to_compare_with() -> None:
    def read(text: str) -> str:
        return derive(text, given="X in R^(N x D), x in R^N", wrt="X", verify=False).function

    assert read("sum(np.max(X, 0))") == read("sum(X.max(0))") == read("sum(max(X, axis=0))") == "sum(rowmax(X'))"
    assert read("torch.max(X, -1) + x") == "rowmax(X) + x"
    assert read("sum(max(X, 0))") == read("sum(np.maximum(X, 0))") == "sum(relu(X))"
    assert read("sum(rowMaxs(X)) + sum(colMax(X))") == "sum(rowmax(X)) + sum(rowmax(X'))"
    assert read(r"\sum_{n=1}^N x_n \max_{\text{rows}}(X)_n") != ""
    with pytest.raises(LanguageError, match="has no axis `5`"):
        read("np.max(X, 5)")
    with pytest.raises(LanguageError, match="a place, which jumps, and has no other derivative than 0"):
        read("np.argmax(X, axis=1)")


def test_a_vector_that_fits_rows_and_columns_alike_is_not_guessed() -> None:
    with pytest.raises(LanguageError):
        derive("sum(x.*X)", given="x in R^N, X in R^(N x N)", wrt="X")
