"""Rows, columns, slices and blocks of arrays, and sums over their places."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.language import LanguageError, parse_declarations, parse_expression, parse_statement
from jacobook.verification.numeric.evaluate import evaluate

GIVEN = ["x, w in R^N", "z in R^M", "A, B in R^(M x N)", "S in R^(N x N)", "u, v in R^4", "C in R^(3 x 4)", "t in R"]
SYMBOLS = parse_declarations(GIVEN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("A[2, :]", "unit(2, M)'*A"),
        ("A[:, N]", "A*unit(N, N)"),
        ("A[:, :]", "A"),
        ("(A*S)[1,:]*x", "unit(1, M)'*(A*S)*x"),
        ("x[:] + x[1:N]", "x + x"),
        ("A[1:M, :]", "A"),
        ("u[2:4]", "[u[2]; u[3]; u[4]]"),
        ("u'[1:2]", "[u'[1], u'[2]]"),
        ("C[2, 1:3]", "[C[2, 1], C[2, 2], C[2, 3]]"),
        ("C[1:2, 4]", "[C[1, 4]; C[2, 4]]"),
        ("C[1:2, 2:3]", "[C[1, 2], C[1, 3]; C[2, 2], C[2, 3]]"),
        ("A[1:2, :]*x", "(unit(1, 2)*(unit(1, M)'*A) + unit(2, 2)*(unit(2, M)'*A))*x"),
        ("[x; w] - [w; x]", "[x - w; w - x]"),
        ("[x, w]*u[1:2]", "x*u[1] + w*u[2]"),
        ("[x', w']", "[x; w]'"),
        ("sum(n, 1, N, (x[n] - w[n])^2)", "sum((x - w).^2)"),
        ("sum(n, 1, dim(M), (z[n] - A[n,:]*x)^2)", "sum((z - A*x).^2)"),
        ("sum(m, 1, M, (z[m] - x'*A[m,:]')^2)", "sum((z - A*x).^2)"),
        ("sum(m, 1, M, A[m,:]'*A[m,:])", "A'*A"),
        ("sum(j, 1, N, A[:,j])", "A*vector(1)"),
        ("sum(j, 1, N, S[j,j])", "tr(S)"),
        ("sum(m, 1, M, z[m]*(A[m,:]' - x)'*S*(A[m,:]' - x))", "sum(z.*(((A - E)*S).*(A - E)*vector(1)))"),
        ("sum(j, 1, N, norm(A[:,j])^2)", "sum(A'.*A')"),
        ("sum(m, 1, M, t)", "dim(M)*t"),
    ],
)
def test_what_is_meant(typed: str, meant: str) -> None:
    found = parse_expression(typed, SYMBOLS)
    meant = meant.replace("E", "vector(1)*x'")
    assert equal(found, parse_expression(meant, SYMBOLS))


FIXED = parse_declarations(["a, b in R^3", "P in R^(3 x 2)", "Q in R^(2 x 3)", "c, d in R^2", "H in R^(2 x 2)"])
BODIES = [
    "a[n]*b[n]",
    "exp(a[n])/(1 + b[n]^2)",
    "a[n]*P[n,:]*c",
    "P[n,:]*H*P[n,:]'",
    "(P[n,:]' - c)'*H*(P[n,:]' - d)/a[n]",
    "log(1 + exp(-a[n]*(c'*P[n,:]' + b[n])))",
    "norm(P[n,:]' - c)",
    "norm(P[n,:]' - c)^2 + norm(Q[:,n], 1)",
    "c'*tanh(H*Q[:,n] + d)",
    "c'*(1 - sigmoid(H*P[n,:]'))*a[n]",
    "tr(P[n,:]'*P[n,:]*H)",
    "c'*(P[n,:]'*P[n,:])*H*d",
    "(Q[:,n]*P[n,:] - d*a[n]*P[n,:])",
    "P[n,:]'*b[n] - Q[:,n]/a[n]^2",
    "P[n,2]*Q[1,n] + Q[:,n][2]",
    "H*Q[:,n]*c'*a[n]",
    "logsumexp(Q[:,n])*a[n] + d'*softmax(P[n,:]')",
    "sum(P[n,:])*sum(Q[:,n].*c)",
    "sum(k, 1, 2, P[n,k]*Q[k,n]*c[k])",
    "sum(k, 1, 2, (P[n,k] - c[k])^2)",
    "2^(a[n])",
    "a[n]",
]


def value(text: str, numbers: dict[str, np.ndarray]) -> np.ndarray:
    node: Node = parse_expression(text, FIXED)
    return np.asarray(evaluate(node, {one: numbers[one.name] for one in FIXED}, {}))


@pytest.mark.parametrize("body", BODIES)
def test_a_sum_over_places_is_the_sum_of_its_terms(body: str) -> None:
    draw = np.random.default_rng(7)
    numbers = {one.name: draw.uniform(0.5, 1.5, [axis.coefficient for axis in one.shape.axes]) for one in FIXED}
    terms = " + ".join("(" + re.sub(r"\bn\b", str(place), body) + ")" for place in (1, 2, 3))
    assert np.allclose(value(f"sum(n, 1, 3, {body})", numbers), value(terms, numbers), rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x[1:N+1]", "`x` has N places here, and `1:N+1` goes beyond them"),
        ("x[N:1]", "one place to a later one"),
        ("u[3:2]", "one fixed place to a later one"),
        ("u[2:9]", "`9` is none of them"),
        ("A[1:2]", "two places, row and column"),
        ("t[:]", "has no entries"),
        ("[A, S]", "do not fit beside each other"),
        ("[x; A]", "do not fit beside each other"),
        ("sum(n, 1, N, x[n+1])", "look at the bounds of the sum"),
        ("sum(n, 0, N, x[n])", "look at the bounds of the sum"),
        ("sum(i != j, t)", "how far `i` runs"),
        ("sum(n, 1, M, x[n])", "runs to M, and `x` has N places"),
        ("sum(N, 1, N, x[N])", "the index needs another name"),
        ("x[0:N]", "`0:N`: places are counted from 1, and a slice includes both its ends"),
    ],
)
def test_what_is_said(refused: Callable[..., LanguageError], text: str, says: str) -> None:
    assert says in refused(text, SYMBOLS).message


def test_what_a_logarithm_of_a_product_is_read_as() -> None:
    remarks = parse_statement(GIVEN, ["log(prod(m, 1, M, exp(z[m]*t))) + sum(u[1:2])"], "t").remarks
    assert [remark.reading.value for remark in remarks] == ["log-of-product", "slice"]
    assert equal(remarks[0].node, parse_expression("sum(m, 1, M, log(exp(z[m]*t)))", SYMBOLS))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sum(i != j, x[i]*w[j])", "sum(x)*sum(w) - x'*w"),
        ("sum(i, 1, N, sum(j != i, x[i]*w[j]))", "sum(x)*sum(w) - x'*w"),
        ("sum(m, 1, M, diag(A[m,:]'))", "diag(A'*vector(1))"),
    ],
)
def test_sums_of_pairs_and_of_matrices(typed: str, meant: str) -> None:
    assert equal(parse_expression(typed, SYMBOLS), parse_expression(meant, SYMBOLS))


PAIRS = [
    ("sum(n, 2, 3, a[n]*a[n-1])", lambda a, P: a[1] * a[0] + a[2] * a[1]),
    ("sum(n, 1, 3, n*a[n]^2)", lambda a, P: a[0] ** 2 + 2 * a[1] ** 2 + 3 * a[2] ** 2),
    ("sum(i < j, exp(a[i] - a[j]))", lambda a, P: sum(np.exp(a[i] - a[j]) for i in range(3) for j in range(i + 1, 3))),
    ("sum(i != j, 1/(a[i] - a[j]))", lambda a, P: 0.0),
    ("sum(i, 1, 3, sum(j, 1, 3, (a[i] - a[j])^2))", lambda a, P: 6 * a @ a - 2 * a.sum() ** 2),
    ("sum(n, 1, 3, norm2(P[n,:]*H)^2*a[n])", lambda a, P: a @ (P**2).sum(1)),
    ("sum(n, 1, 3, det(P[n,:]'*P[n,:] + H))", lambda a, P: sum(np.linalg.det(np.outer(p, p) + np.eye(2)) for p in P)),
]


@pytest.mark.parametrize(("text", "oracle"), PAIRS)
def test_sums_that_are_no_product_of_matrices(text: str, oracle: Callable[..., float]) -> None:
    draw = np.random.default_rng(11)
    numbers = {one.name: draw.uniform(0.5, 1.5, [axis.coefficient for axis in one.shape.axes]) for one in FIXED}
    numbers["H"] = np.eye(2)
    assert np.allclose(value(text, numbers), oracle(numbers["a"], numbers["P"]), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (r"\sum_{m=1}^{M} (z_m - a_m^\top x)^2", "sum((z - a*x).^2)"),
        (r"\sum_{m=1}^{M} a_m a_m^\top", "a'*a"),
        (r"\sum_{j=1}^{N} x_j^2", "sum(x.^2)"),
    ],
)
def test_in_latex_a_sample_is_a_row(typed: str, meant: str) -> None:
    symbols = parse_declarations(["z in R^M", "a in R^(M x N)", "x in R^N"])
    assert equal(parse_expression(typed, symbols), parse_expression(meant, symbols))
