"""What SymPy 1.14 differentiates to 0 or to something wrong without a word, and what this engine crashed on once."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra.normal_form import equal
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_expression
from jacobook.language.printer import text
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification import check_code
from tests.calculus.derived import assert_verified, solve

SQUARE = "X, A in R^(N x N) invertible"
TRAPS = {
    "density": (
        "y in R^N; S in R^(N x N) invertible",
        "exp(-y'*inv(S)*y/2)",
        "y",
        "-1/2*exp(-y'*inv(S)*y/2)*y'*(inv(S) + inv(S)')",
    ),
    "log of det": (SQUARE, "log(det(X))", "X", "inv(X)'"),
    "sum of traces": (SQUARE, "tr(X) + tr(A*X)", "X", "eye + A'"),
    "det times trace": (SQUARE, "det(X)*tr(X)", "X", "det(X)*(tr(X)*inv(X)' + eye)"),
    "inverse by a scalar": (
        "t in R; A in R^(N x N) invertible; B in R^(N x N)",
        "inv(A + t*B)",
        "t",
        "-inv(A + t*B)*B*inv(A + t*B)",
    ),
    "trace of diag": ("x in R^N", "tr(diag(x))", "x", "vector(1)'"),
    "weights on a diagonal": (
        "w, y in R^M; X in R^(M x N); b in R^N",
        "(y - X*b)'*diag(w)*(y - X*b)",
        "w",
        "((y - X*b).*(y - X*b))'",
    ),
    "through a diagonal": ("x in R^N; A, B in R^(N x N)", "tr(A*diag(exp(x))*B)", "x", "(exp(x).*diag(B*A))'"),
    "diagonal of a product": ("X, A in R^(N x N)", "sum(diag(A*X))", "X", "A'"),
    "absent": ("x in R^N; A in R^(M x N); B in R^(P x Q)", "norm2(A*x)", "B", "matrix(0)"),
    "inverse form": ("a, b in R^N; X in R^(N x N) invertible", "a'*inv(X)*b", "X", "-inv(X)'*a*b'*inv(X)'"),
    "unsymmetric form": ("x in R^N; A in R^(N x N)", "x'*A*x", "x", "x'*(A + A')"),
    "squared norm": ("x in R^N", "norm2(x)^2", "x", "2*x'"),
    "singular determinant": ("X in R^(N x N)", "det(X)", "X", "adj(X)'"),
    "determinant": ("X in R^(N x N) invertible", "det(X)", "X", "det(X)*inv(X)'"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("route", ["matrix", "component"])
def test_known_traps(name: str, route: str) -> None:
    given, written, wrt, expected = TRAPS[name]
    found = solve(given, written, wrt, route)
    wanted = parse_expression(expected, found.statement.declarations, found.value.shape)
    assert equal(found.value, wanted), f"{text(found.value)} instead of {expected}"
    assert b.is_zero(found.value) == (name == "absent")
    assert_verified(found)
    assert check_code(numpy_source(found), found) < 1e-6


MINIMAL = {
    "the variable itself": ("s in R", "s", "s"),
    "the vector itself": ("x in R^N", "x", "x"),
    "the matrix itself": ("X in R^(M x N)", "X", "X"),
    "terms that cancel": ("x in R^N", "x - x", "x"),
    "a sum that cancels": ("x in R^N", "sum(x - x)", "x"),
    "a factor that cancels": ("x in R^N; y in R^N", "(x - x)'*y", "x"),
    "a quotient that is constant": ("c in R positive", "c/c", "c"),
    "an entry-wise power by a named scalar": ("x in R^N positive; c in R", "x.^c", "x"),
    "an entry-wise power by an array": ("x in R^N positive; y in R^N", "x.^y", "x"),
    "an entry-wise power with both": ("p in R^N positive", "p.^p", "p"),
    "a matrix to the power of a matrix": ("P in R^(M x N) positive; B in R^(M x N)", "sum(P.^B)", "P"),
    "a constant that spreads": ("x in R^N; t in R", "x'*vector(exp(t))", "t"),
    "an array of a form": ("p in R^N positive", "det(eye(N)/(1 + p'*p) + matrix(p'*p))", "p"),
    "the norm of a vec": ("X in R^(M x N)", "norm2(vec(X))", "X"),
    "the trace of a kron": ("X in R^(N x N); s in R; E in R^(N x K)", "tr(kron(E*E'*s, X))", "s"),
    "one column": ("o in R^(N x 1)", "sum(o*o')", "o"),
    "one row": ("r in R^(1 x N)", "norm2(r)^2*tr(r'*r)", "r"),
    "a vector over a norm, by a matrix": ("A in R^(M x N); x in R^N", "x/(norm2(A)*norm2(A) + 1)", "A"),
    "a row with a root in it, by a matrix": ("S in R^(N x N); y in R^N", "((tr(S) + sqrt(1 + (S*y)'*S*y))*y)'", "S"),
    "a scaled row": ("v in R^M; x in R^N", "x'/(norm2(v/norm2(v))^2 + 1)", "v"),
    "a scalar between a matrix and a vector": ("W in R^(M x M); q in R^M", "cosh(tr(W))*q", "W"),
    "a scalar between a matrix and a row": ("W in R^(M x M); q in R^M", "relu(tr(W)^3)*q'", "W"),
    "a scalar between a matrix and a matrix": ("C in R^(N x M); A in R^(N x M)", "sin(tr(A'*C))*A + C", "C"),
    "a scalar between a vector and a matrix": ("q in R^M; P in R^(M x N)", "sin(exp(q'*q)*P)", "q"),
    "a matrix and a scalar in between": ("s in R; q, v in R^M; y in R^N", "sum(v/norm2(s*q))*(y*y')", "s"),
    "a column times a row of one": ("u in R^M; o in R^(N x 1)", "norm2(u*o')", "u"),
    "a vec of one row": ("v in R^M; r in R^(1 x N); A in R^(M x N)", "vec(v*r)'*vec(A)", "v"),
    "a row of one column": ("v in R^M; o in R^(N x 1)", "sum(v*o')*v", "v"),
    "a form with one column": ("v, u in R^M; C in R^(N x M); o in R^(N x 1)", "C*(u'*v*v)*(v'*v)", "v"),
    "a sum of entries": ("y, v in R^N", "norm2(v)^2*sum(-y)", "v"),
    "a sum over a delta that is 1": ("T in R^(N x N); x, y in R^N", "norm2(sum(x)*diag(T + eye))^2*y'", "x"),
    "norms of sums": ("t in R; p, y in R^N; S in R^(N x N) symmetric", "p'*((y'*S)' + vector(t))", "t"),
    "a sum of all entries beside other sums": (
        "G in R^(M x M); A, P in R^(M x N); p in R^N",
        "p'*tr((P + matrix(sum(G)))*cosh(A'*G))",
        "G",
    ),
}
"""The smallest statements of what random expressions found."""
WITHOUT_MATRICES = {"an entry-wise power with both", "the norm of a vec"}
"""What the component route may refuse for now."""


@pytest.mark.parametrize("name", MINIMAL)
@pytest.mark.parametrize("route", ["matrix", "component"])
def test_what_random_expressions_found(name: str, route: str) -> None:
    try:
        found = solve(*MINIMAL[name], route)
    except Refusal:
        assert route == "component"
        assert name in WITHOUT_MATRICES
        return
    assert_verified(found)
    assert check_code(numpy_source(found), found) < 1e-6
