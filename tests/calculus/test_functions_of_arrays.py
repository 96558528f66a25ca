"""Triangles, running sums, products, largest entries and functions of a matrix, against differences of NumPy's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from jacobook import LanguageError, Worked, derive

SIZES = {"M": 4, "N": 3, "P": 2}


class Asked(NamedTuple):
    """A function in the language, and the same with NumPy."""

    expression: str
    given: str
    wrt: str
    oracle: Callable[..., Any]


def positive_definite(rng: np.random.Generator, size: int) -> np.ndarray:
    """A symmetric matrix with distinct eigenvalues from 0.5 up."""
    rotation = np.linalg.qr(rng.standard_normal((size, size)))[0]
    return (rotation * (0.5 + np.arange(size) + 0.3 * rng.random(size))) @ rotation.T


def drawn(given: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Values of the declared variables."""
    values: dict[str, np.ndarray] = {}
    for declaration in given.split("; "):
        names, _, rest = declaration.partition(" in R")
        space, _, properties = rest.partition(" ")
        if space.startswith("^("):
            space, properties = rest[: rest.index(")") + 1], rest[rest.index(")") + 1 :]
        sizes = [int(size) if size.isdigit() else SIZES[size] for size in space.strip("^()").split(" x ") if size]
        for name in names.split(", "):
            value = rng.standard_normal(sizes) if sizes else np.asarray(rng.standard_normal())
            if "definite" in properties:
                value = positive_definite(rng, sizes[0])
            elif "symmetric" in properties:
                value = positive_definite(rng, sizes[0]) - 2.1 * np.eye(sizes[0])
            elif "positive" in properties:
                value = 0.5 + 1.5 * np.abs(value)
            values[name] = value
    return values


def differences(function: Callable[..., Any], values: dict[str, np.ndarray], wrt: str) -> np.ndarray:
    """Differences of fourth order, of shape f.shape + x.shape; the entries of x move by themselves."""
    step, x = 2e-3, values[wrt]
    found = np.empty((*np.shape(function(**values)), *x.shape))
    for place in np.ndindex(*x.shape):
        change = np.zeros(x.shape)
        change[place] = step
        near, far = (
            np.asarray(function(**{**values, wrt: x + k * change})) - function(**{**values, wrt: x - k * change})
            for k in (1, 2)
        )
        found[(..., *place)] = (8 * near - far) / (12 * step)
    return found


def code(worked: Worked) -> Callable[..., np.ndarray]:
    scope: dict[str, object] = {"np": np}
    exec(worked.python, scope)
    return scope["derivative"]  # type: ignore[return-value]


SQUARE = "X in R^(N x N)"
TALL = "X in R^(M x N)"
IN_SPACE = "x, y in R^3; R in R^(3 x 3)"
PRODUCTS = [
    Asked("cross(x, R*x)", IN_SPACE, "x", lambda x, y, R: np.cross(x, R @ x)),
    Asked("y'*skew(x)*skew(x)*y", IN_SPACE, "x", lambda x, y, R: -np.cross(x, y) @ np.cross(x, y)),
    Asked(
        "sum(huber(X*b - u, t))",
        f"{TALL}; b in R^N; u in R^M; t in R positive",
        "b",
        lambda X, b, u, t: np.sum(
            np.where(np.abs(X @ b - u) < t, (X @ b - u) ** 2 / 2, t * (np.abs(X @ b - u) - t / 2))
        ),
    ),
    Asked("svdvals(X)", TALL, "X", lambda X: np.linalg.svd(X, compute_uv=False)),
    Asked("det(kron(X, B))", f"{SQUARE}; B in R^(P x P)", "X", lambda X, B: np.linalg.det(np.kron(X, B))),
    Asked(
        "logdet(kron(B, X)) + vec(C)'*inv(kron(B, X))*vec(C)",
        f"{SQUARE}; B in R^(P x P); C in R^(N x P)",
        "X",
        lambda X, B, C: (
            np.linalg.slogdet(np.kron(B, X))[1] + C.T.ravel() @ np.linalg.solve(np.kron(B, X), C.T.ravel())
        ),
    ),
    Asked("triu(X)", SQUARE, "X", np.triu),
    Asked("triu(X)", TALL, "X", np.triu),
    Asked(
        "tr(A*tril(X*B))",
        "X in R^(M x N); A in R^(P x M); B in R^(N x P)",
        "X",
        lambda X, A, B: np.trace(A @ np.tril(X @ B)),
    ),
    Asked("sum(tril(X*X').^2)", TALL, "X", lambda X: (np.tril(X @ X.T) ** 2).sum()),
    Asked("logdet(triu(X)'*triu(X))", SQUARE, "X", lambda X: np.linalg.slogdet(np.triu(X).T @ np.triu(X))[1]),
    Asked("cumsum(x)", "x in R^N", "x", np.cumsum),
    Asked("sum(exp(cumsum(A*x)))", "A in R^(M x N); x in R^N", "x", lambda A, x: np.exp(np.cumsum(A @ x)).sum()),
    Asked("prod(x)", "x in R^N", "x", np.prod),
    Asked("prod(A*x)", "A in R^(M x N); x in R^N", "A", lambda A, x: np.prod(A @ x)),
    Asked("prod(X)", "X in R^(N x P)", "X", np.prod),
    Asked("norm(x, p)", "x in R^N; p in R positive", "x", lambda x, p: (np.abs(x) ** p).sum() ** (1 / p)),
    Asked("norm(x, p)", "x in R^N; p in R positive", "p", lambda x, p: (np.abs(x) ** p).sum() ** (1 / p)),
    Asked("norm(A*x, 4)", "A in R^(M x N); x in R^N", "x", lambda A, x: ((A @ x) ** 4).sum() ** 0.25),
]  # fmt: skip


def named(asked: Asked) -> str:
    return f"{asked.expression} by {asked.wrt}"


def exponential(x: np.ndarray) -> np.ndarray:
    """The series of x/1024, squared ten times."""
    term = total = np.eye(len(x))
    for k in range(1, 20):
        term = term @ x / (1024 * k)
        total = total + term
    for _ in range(10):
        total = total @ total
    return total


def by_eigenvalues(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """The function of a matrix that has a basis of eigenvectors."""
    values, vectors = np.linalg.eig(x.astype(complex))
    return ((vectors * function(values)) @ np.linalg.inv(vectors)).real


def root(x: np.ndarray) -> np.ndarray:
    return by_eigenvalues(np.sqrt, x)


def logarithm(x: np.ndarray) -> np.ndarray:
    return by_eigenvalues(np.log, x)


def symmetric(x: np.ndarray) -> np.ndarray:
    return (x + x.T) / 2


def signed_eigenvectors(S: Any) -> Any:
    """The unit eigenvectors as columns, the largest entry of each positive."""
    vectors = np.linalg.eigh(symmetric(S))[1]
    return vectors * np.sign([column[np.argmax(np.abs(column))] for column in vectors.T])


DEFINITE = "X in R^(N x N) positive-definite"
SYMMETRIC = "S in R^(N x N) symmetric"
OF_MATRICES = [
    Asked("expm(t*A)*x", "t in R; A in R^(N x N); x in R^N", "t", lambda t, A, x: exponential(t * A) @ x),
    Asked("expm(-A*t^2/2)", "t in R; A in R^(N x N)", "t", lambda t, A: exponential(-A * t**2 / 2)),
    Asked("expm(A/t)", "t in R positive; A in R^(N x N)", "t", lambda t, A: exponential(A / t)),
    Asked("tr(expm(t*A))", "t in R; A in R^(N x N)", "A", lambda t, A: np.trace(exponential(t * A))),
    Asked("x'*expm(t*A)*x", "t in R; A in R^(N x N); x in R^N", "A", lambda t, A, x: x @ exponential(t * A) @ x),
    Asked("expm(A)", "A in R^(N x N)", "A", exponential),
    Asked("tr(B*expm(A*A'))", "A in R^(N x P); B in R^(N x N)", "A", lambda A, B: np.trace(B @ exponential(A @ A.T))),
    Asked("expm(A + t*B)", "t in R; A, B in R^(N x N)", "t", lambda t, A, B: exponential(A + t * B)),
    Asked("X^(1/2)", DEFINITE, "X", root),
    Asked("X^(-1/2)", DEFINITE, "X", lambda X: np.linalg.inv(root(X))),
    Asked("tr(X^(3/2))", DEFINITE, "X", lambda X: np.trace(X @ root(X))),
    Asked("(A'*A)^(-1/2)", "A in R^(M x P)", "A", lambda A: np.linalg.inv(root(A.T @ A))),
    Asked("tr(sqrtm(A'*A))", "A in R^(M x P)", "A", lambda A: np.linalg.svd(A, compute_uv=False).sum()),
    Asked("logm(X)", DEFINITE, "X", logarithm),
    Asked("tr(logm(X))", DEFINITE, "X", lambda X: np.linalg.slogdet(X)[1]),
    Asked("tr(X*logm(X))", DEFINITE, "X", lambda X: np.trace(X @ logarithm(X))),
    Asked("pinv(X)", "X in R^(M x P)", "X", np.linalg.pinv),
    Asked("pinv(X)", "X in R^(P x M)", "X", np.linalg.pinv),
    Asked("y'*X*pinv(X)*y", "X in R^(M x P); y in R^M", "X", lambda X, y: y @ X @ np.linalg.pinv(X) @ y),
    Asked("chol(X)", DEFINITE, "X", lambda X: np.linalg.cholesky(symmetric(X))),
    Asked("sum(chol(A'*A))", "A in R^(M x P)", "A", lambda A: np.linalg.cholesky(A.T @ A).sum()),
    Asked("eigmax(S)", SYMMETRIC, "S", lambda S: np.linalg.eigvalsh(symmetric(S))[-1]),
    Asked("eigmin(S)", SYMMETRIC, "S", lambda S: np.linalg.eigvalsh(symmetric(S))[0]),
    Asked("eigmax(S)/eigmin(S)", DEFINITE.replace("X", "S", 1), "S",
          lambda S: np.linalg.eigvalsh(symmetric(S))[-1] / np.linalg.eigvalsh(symmetric(S))[0]),
    Asked("eigvals(S)", SYMMETRIC, "S", lambda S: np.linalg.eigvalsh(symmetric(S))),
    Asked("eigvecs(S)*x", f"{SYMMETRIC}; x in R^N", "S", lambda S, x: signed_eigenvectors(S) @ x),
    Asked("tr(B*eigvecs(A*A'))", "A, B in R^(N x N)", "A", lambda A, B: np.trace(B @ signed_eigenvectors(A @ A.T))),
    Asked("eigvecs(S)*diag(exp(eigvals(S)))*eigvecs(S)'*x", f"{SYMMETRIC}; x in R^N", "S",
          lambda S, x: exponential(symmetric(S)) @ x),
    Asked("sum(exp(eigvals(A'*A)))", "A in R^(M x P)", "A", lambda A: np.exp(np.linalg.eigvalsh(A.T @ A)).sum()),
    Asked("spectralnorm(X)", TALL, "X", lambda X: np.linalg.norm(X, 2)),
    Asked("spectralnorm(X)", "X in R^(N x M)", "X", lambda X: np.linalg.norm(X, 2)),
    Asked("spectralnorm(eye - g*P)", "g in R; P in R^(N x N)", "g", lambda g, P: np.linalg.norm(np.eye(3) - g * P, 2)),
    Asked("normnuc(X*A)", "X in R^(M x N); A in R^(N x P)", "X", lambda X, A: np.linalg.norm(X @ A, "nuc")),
    Asked("normnuc(X)", "X in R^(N x M)", "X", lambda X: np.linalg.norm(X, "nuc")),
    Asked("max(x)", "x in R^N", "x", np.max),
    Asked("min(A*x)", "A in R^(M x N); x in R^N", "x", lambda A, x: np.min(A @ x)),
    Asked("max(X)", TALL, "X", np.max),
    Asked("norminf(A*x)", "A in R^(M x N); x in R^N", "A", lambda A, x: np.max(np.abs(A @ x))),
    Asked("arctan2(y, x)", "x, y in R", "x", lambda x, y: np.arctan2(y, x)),
    Asked("arctan2(y, x)", "x, y in R^N", "y", lambda x, y: np.arctan2(y, x)),
]  # fmt: skip


@pytest.mark.parametrize("asked", OF_MATRICES, ids=named)
def test_functions_of_matrices_and_largest_entries(asked: Asked) -> None:
    oracle = asked.oracle
    if oracle in (exponential, root, logarithm, np.linalg.pinv, np.max):
        asked = asked._replace(oracle=lambda **given: oracle(next(iter(given.values()))))
    check(asked)


def check(asked: Asked) -> Worked:
    """Derive, and compare the code with differences at three points."""
    worked = derive(asked.expression, given=asked.given, wrt=asked.wrt)
    assert worked.passed
    for seed in range(3):
        values = drawn(asked.given, np.random.default_rng(seed))
        wanted = differences(lambda **given: asked.oracle(**given), values, asked.wrt)
        np.testing.assert_allclose(code(worked)(**values), wanted, rtol=1e-6, atol=1e-7)
    return worked


@pytest.mark.parametrize("asked", PRODUCTS, ids=named)
def test_triangles_running_sums_and_products(asked: Asked) -> None:
    oracle = asked.oracle
    if oracle in (np.triu, np.cumsum, np.prod):
        asked = asked._replace(oracle=lambda **given: oracle(next(iter(given.values()))))
    check(asked)


def test_a_product_has_a_derivative_where_an_entry_is_0() -> None:
    found = code(derive("prod(x)", given="x in R^4", wrt="x"))(x=np.array([2.0, 0.0, 3.0, 5.0]))
    np.testing.assert_allclose(found, [0, 30, 0, 0], atol=1e-12)


def log_multivariate_gamma(a: float, p: int) -> float:
    return p * (p - 1) / 4 * math.log(math.pi) + sum(math.lgamma(a + (1 - j) / 2) for j in range(1, p + 1))


@pytest.mark.parametrize("p", [1, 2, 3, 5])
def test_the_multivariate_gamma_function(p: int) -> None:
    worked = derive(f"multigammaln(a, {p})", given=["a in R positive"], wrt="a")
    assert worked.passed
    names: dict[str, Any] = {"np": np}
    exec(worked.python, names)
    for a in (2.3, 4.0, 7.5):
        slope = (log_multivariate_gamma(a + 1e-5, p) - log_multivariate_gamma(a - 1e-5, p)) / 2e-5
        np.testing.assert_allclose(names["derivative"](a=a), slope, rtol=1e-8)


def test_the_wishart_likelihood() -> None:
    """scipy.stats.wishart(df=n, scale=V).logpdf(X), by NumPy and math."""
    density = "(n - p - 1)/2*logdet(X) - tr(inv(V)*X)/2 - n*p/2*log(2) - n/2*logdet(V) - multigammaln(n/2, p)"
    given = ["X, V in R^(p x p) positive-definite", "n in R positive"]
    X, V = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([[1.0, -0.2], [-0.2, 0.7]])

    def value(X: Any, V: Any, n: float) -> float:
        p = len(X)
        logs = (n - p - 1) / 2 * np.log(np.linalg.det(X)) - n / 2 * np.log(np.linalg.det(V))
        return float(
            logs - np.trace(np.linalg.inv(V) @ X) / 2 - n * p / 2 * np.log(2) - log_multivariate_gamma(n / 2, p)
        )

    found: dict[str, Any] = {}
    for wrt in ("X", "V", "n"):
        worked = derive(density, given=given, wrt=wrt)
        assert worked.passed, worked.evidence
        names: dict[str, Any] = {"np": np}
        exec(worked.python, names)
        found[wrt] = names["derivative"](X=X, V=V, n=4.5)
    step = 1e-6
    np.testing.assert_allclose(found["n"], (value(X, V, 4.5 + step) - value(X, V, 4.5 - step)) / (2 * step), rtol=1e-7)
    for i, j in np.ndindex(2, 2):
        unit = np.zeros((2, 2))
        unit[i, j] = step
        of_x = (value(X + unit, V, 4.5) - value(X - unit, V, 4.5)) / (2 * step)
        of_v = (value(X, V + unit, 4.5) - value(X, V - unit, 4.5)) / (2 * step)
        np.testing.assert_allclose([found["X"][i, j], found["V"][i, j]], [of_x, of_v], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("multigammaln(a, 2.5)", "takes a size or a whole number"),
        ("multigammaln(a, 0)", "takes a size or a whole number"),
        ("multigammaln(a, a)", "takes a size or a whole number"),
        ("multigammaln(x, 2)", "a scalar and a whole number"),
    ],
)
def test_what_the_multivariate_gamma_function_does_not_take(typed: str, said: str) -> None:
    with pytest.raises(LanguageError, match=said):
        derive(typed, given=["a in R positive", "x in R^N positive"], wrt="a")
