"""Whole numbers `k in N`, powers with such exponents, and sums over a running index."""

from __future__ import annotations

import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.shapes import SCALAR, vector
from jacobook.language import LanguageError, parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text

GIVEN = ["X, A in R^(N x N)", "Z in R^(N x N) invertible", "k, n in N", "x in R^N", "t in R"]
DECLARED = parse_declarations(GIVEN)


@pytest.mark.parametrize("written", ["k in N", "k, n in N", "k ∈ ℕ", "k∈ℕ", "N in N", "k in N positive"])
def test_declarations(written: str) -> None:
    for symbol in parse_declarations([written]):
        assert symbol.shape is SCALAR or symbol.shape == SCALAR
        assert symbol.properties == {"whole", "positive"}


def test_a_size_may_be_called_n_too() -> None:
    k, x = parse_declarations(["k in N", "x in R^N"])
    assert "whole" in k.properties
    assert x.shape == vector("N")


@pytest.mark.parametrize(
    ("written", "said", "at"),
    [
        ("k in N^2", "is declared alone", "^"),
        ("k in N(2)", "is declared alone", "("),
        ("k in N symmetric", "belongs to a square matrix", "symmetric"),
        ("k in R whole", "declared `k in N`", "whole"),
        ("k in R integer", "declared `k in N`", "integer"),
        ("k in Z", "`R` was expected", "Z"),
    ],
)
def test_declarations_that_cannot_be_read(written: str, said: str, at: str) -> None:
    with pytest.raises(LanguageError, match=said.replace("^", r"\^")) as raised:
        parse_declarations([written])
    assert written[raised.value.column - 1 : raised.value.end_column - 1] == at


@pytest.mark.parametrize(
    "written",
    [
        "X^k",
        "X^(k - 1)",
        "X^(2*k + n)",
        "Z^(-k)",
        "Z^(k - n)",
        "X^dim(N)",
        "t^k",
        "x.^k",
        "sum(r, 0, k - 1, X^r*A*X^(k - 1 - r))",
        "sum(r, 1, n, sum(e, 0, r, X^(r - e)))",
        "sum(r, 1, k, r*x)",
        "sum(r, 1, k, t^r)",
        "sum(X)",
    ],
)
def test_read_and_written_again(written: str) -> None:
    assert text(parse_expression(written, DECLARED)) == written


def test_the_sign_binds_to_the_exponent() -> None:
    assert parse_expression("Z^-k", DECLARED) is parse_expression("Z^(-k)", DECLARED)


@pytest.mark.parametrize(
    ("written", "said", "at"),
    [
        ("X^t", "declared `t in N`", "t"),
        ("X^(k/2)", "takes a whole number", "(k/2)"),
        ("X^-k", "must be invertible", "-k"),
        ("X^(k - 2)", "may be negative", "(k - 2)"),
        ("sum(r, 0, k, X^(r - 1))", "may be negative", "(r - 1)"),
        ("sum(k, 0, n, X)", "`k` is in use already", "k"),
        ("sum(r, 0, n, sum(r, 0, n, X))", "`r` is in use already", "r"),
        ("sum(2, 0, n, X)", "`2` is no name", "2"),
        ("sum(r, 0, t, X)", "`t` is no whole number", "t"),
        ("sum(r, 0, x, X)", "`x` has N entries", "x"),
        ("sum(r, 0, r, X)", "`r` is not declared", "r"),
        ("sum(r, 0, k, X)*r", "`r` is not declared", "r"),
        ("sum(r, 0, k, X + x)", "did you mean", "X + x"),
    ],
)
def test_errors(written: str, said: str, at: str) -> None:
    with pytest.raises(LanguageError) as raised:
        parse_expression(written, DECLARED)
    assert said in raised.value.message
    assert written[raised.value.column - 1 : raised.value.end_column - 1] == at


@pytest.mark.parametrize("written", ["sum(r, 0, k)", "sum(X, A)"])
def test_a_sum_has_one_argument_or_four(written: str) -> None:
    with pytest.raises(LanguageError, match="adds all entries") as raised:
        parse_statement(GIVEN, [written], "X")
    assert raised.value.origin == "expr[0]"


def test_the_exponent_of_a_bounded_index_is_not_negative() -> None:
    node = parse_expression("sum(r, 1, k, X^(r - 1)*A*X^(k - r))", DECLARED)
    assert isinstance(node, n.BoundedSum)


def test_nothing_is_differentiated_by_a_whole_number() -> None:
    with pytest.raises(LanguageError, match="there is no derivative with respect to it") as raised:
        parse_statement(GIVEN, ["tr(X^k)"], "k")
    assert raised.value.origin == "wrt"
    only = parse_statement(["X in R^(N x N)", "k in N"], ["tr(X^k)"])
    assert only.wrt.name == "X"


def test_a_running_index_is_no_name_of_the_chain() -> None:
    lines = ["f(z) = x'*z", "z = h(X) = sum(r, 0, k, X^r)*x"]
    statement = parse_statement(GIVEN, lines, "X")
    assert [link.symbol.name for link in statement.links] == ["f", "z"]
    with pytest.raises(LanguageError, match="does not occur"):
        parse_statement(GIVEN, ["f(z) = x'*z", "z = h(X, r) = sum(r, 0, k, X^r)*x"], "X")
