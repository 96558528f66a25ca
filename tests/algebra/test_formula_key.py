"""The key of a formula: one for all letters, another for another function."""

from __future__ import annotations

import pytest

from jacobook.algebra.formula_key import formula_key
from jacobook.language import parse_statement


def key(formula: str, given: list[str], wrt: str) -> str:
    statement = parse_statement(given, [formula], wrt)
    return formula_key(statement.in_variables, statement.wrt)


TRACE = key("tr(A*X*B)", ["A in R^(P x M)", "X in R^(M x N)", "B in R^(N x P)"], "X")
SQUARES = key("norm2(y - X*w)^2", ["y in R^N", "X in R^(N x D)", "w in R^D"], "w")
QUADRATIC = key("x'*A*x", ["x in R^N", "A in R^(N x N)"], "x")


@pytest.mark.parametrize(
    ("expected", "formula", "given", "wrt"),
    [
        # other letters and sizes; a cyclic shift; a transpose under the trace
        (TRACE, "tr(C*W*D)", ["C in R^(A x B)", "W in R^(B x F)", "D in R^(F x A)"], "W"),
        (TRACE, "tr(X*A*B)", ["X in R^(M x N)", "A in R^(N x K)", "B in R^(K x M)"], "X"),
        (TRACE, "tr(X'*A'*X0')", ["X in R^(M x N)", "A in R^(P x M)", "X0 in R^(N x P)"], "X"),
        # the other sign, a factor, a term without the variable, the product instead of the norm
        (SQUARES, "norm2(A*x - b)^2", ["A in R^(M x N)", "x in R^N", "b in R^M"], "x"),
        (SQUARES, "3/2*(A*x - b)'*(A*x - b) + c", ["A in R^(M x N)", "x in R^N", "b in R^M", "c in R"], "x"),
        # properties are not looked at
        (QUADRATIC, "u'*S*u", ["u in R^N", "S in R^(N x N) symmetric, invertible"], "u"),
    ],
)
def test_letters_order_and_what_has_no_derivative_do_not_matter(
    expected: str, formula: str, given: list[str], wrt: str
) -> None:
    assert key(formula, given, wrt) == expected


@pytest.mark.parametrize(
    ("other", "formula", "given", "wrt"),
    [
        (TRACE, "tr(A*X*B*X)", ["A, X, B in R^(N x N)"], "X"),
        (SQUARES, "norm2(y - X*w)^2", ["y in R^N", "X in R^(N x D)", "w in R^D"], "X"),
        (QUADRATIC, "x'*x", ["x in R^N"], "x"),
        (QUADRATIC, "x'*A*A*x", ["x in R^N", "A in R^(N x N)"], "x"),
        (QUADRATIC, "x*A*x", ["x, A in R"], "x"),
        (QUADRATIC, "x'*A*x + b'*x", ["x, b in R^N", "A in R^(N x N)"], "x"),
    ],
)
def test_another_function_has_another_key(other: str, formula: str, given: list[str], wrt: str) -> None:
    assert key(formula, given, wrt) != other


def test_constants_in_other_places_are_other_formulas() -> None:
    given = ["A, B, X in R^(N x N)"]
    assert key("A*X*A*B", given, "X") == key("B*X*B*A", given, "X")
    assert key("A*X*A*B", given, "X") != key("A*X*B*A", given, "X")
    assert key("A*X*A*B", given, "X") != key("A*X*B*B", given, "X")


def test_a_declared_function_counts_by_what_it_is_applied_to() -> None:
    given = ["f, g : R^(N x N) -> R", "X in R^(N x N)"]
    assert key("f(X)", given, "X") == key("g(X)", given, "X") != key("f(X')", given, "X")


def test_a_size_is_a_number_as_any_other() -> None:
    given = ["q in R^D", "K in R^(N x D)"]
    of_size = key("logsumexp(K*q/sqrt(dim(D)))", given, "q")
    assert of_size == key("logsumexp(K*q/sqrt(d))", [*given, "d in R positive"], "q")
    assert of_size != key("logsumexp(K*q/sqrt(2))", given, "q")
    bounded = key("sum(i, 1, dim(N), x[i]^i)", ["x in R^N"], "x")  # its limit stays a size
    assert bounded == key("sum(k, 1, dim(M), y[k]^k)", ["y in R^M"], "y")


def test_the_logarithm_of_a_determinant_is_one_function() -> None:
    assert key("log(det(X))", ["X in R^(N x N)"], "X") == key("logdet(S)", ["S in R^(M x M) invertible"], "S")
