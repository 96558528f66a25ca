"""Symbolic powers and sums over an index as LaTeX, text, declarations and code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text, text_declarations
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.statement_lines import latex_declarations
from jacobook.verification import check_code
from tests.rendering.test_results_read_back import failures

GIVEN = ["X, A in R^(N x N)", "Z in R^(N x N) invertible", "k, n in N", "a, b in R^N", "t in R"]
DECLARED = parse_declarations(GIVEN)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("X^k", "*X*^{k}"),
        ("(X^k)'", "(*X*^{k})^T"),
        ("Z^-k", "*Z*^{-k}"),
        ("inv(Z)^k", "*Z*^{-k}"),
        ("inv(Z)^(k + 1)", "*Z*^{-(k + 1)}"),
        ("X^(n - 1)", "*X*^{n - 1}"),
        ("sum(r, 0, k - 1, X^r*A*X^(k - 1 - r))", r"\sum_{r=0}^{k - 1} *X*^{r}*A**X*^{k - 1 - r}"),
        ("sum(r, 0, k, X^r + A)", r"\sum_{r=0}^{k} (*X*^{r} + *A*)"),
        ("-2*sum(r, 0, k, X^r)", r"-2\sum_{r=0}^{k} *X*^{r}"),
        ("sum(r, 0, k, X^r)*A", r"(\sum_{r=0}^{k} *X*^{r})*A*"),
        ("sum(r, 0, k, X^r)'", r"(\sum_{r=0}^{k} *X*^{r})^T"),
        ("sum(r, 0, k, a'*X^r*b)^2", r"(\sum_{r=0}^{k} *a*^T*X*^{r}*b*)^{2}"),
        ("sum(r, 0, k, X^r) + A", r"\sum_{r=0}^{k} *X*^{r} + *A*"),
        ("sum(r, 1, k, sum(s, 1, r, t^s))", r"\sum_{r=1}^{k} \sum_{s=1}^{r} t^{s}"),
    ],
)
def test_latex(written: str, printed: str) -> None:
    found = latex(parse_expression(written, DECLARED))
    for short, long in (("^T", r"^{\top}"), *((f"*{name}*", rf"\boldsymbol{{{name}}}") for name in "XAZab")):
        printed = printed.replace(short, long)
    plain = found.replace(r"\left", "").replace(r"\right", "").replace(r"\bigl", "").replace(r"\bigr", "")
    assert plain == printed


def test_declarations() -> None:
    symbols = parse_declarations(["x in R^N", "k, n in N", "s in R positive"])
    assert text_declarations(symbols) == ["x in R^N", "k, n in N", "s in R positive"]
    assert latex_declarations(symbols)[1] == r"k, n \in \mathbb{N}"
    assert parse_declarations(text_declarations(symbols)) == symbols


@pytest.mark.random
@pytest.mark.one_in(3)
@pytest.mark.parametrize("first", range(0, 300, 50))
def test_results_read_back(first: int) -> None:
    assert [problem for number in range(first, first + 50) for problem in failures(number, powers=True)] == []


def run(source: str, **values: Any) -> Any:
    namespace: dict[str, Any] = {"np": np}
    exec(compile(source, "<derivative>", "exec"), namespace)
    return namespace["derivative"](**values)


RANDOM = np.random.default_rng(3)
NUMBERS = {"X": RANDOM.standard_normal((3, 3)), "A": RANDOM.standard_normal((3, 3))}
power = np.linalg.matrix_power


@pytest.mark.parametrize("k", [1, 2, 5])
def test_code(k: int) -> None:
    statement = parse_statement(["X, A in R^(N x N)", "k in N"], ["tr(A*X^k)"], "X")
    source = numpy_source(derive(statement))
    X, A = NUMBERS["X"], NUMBERS["A"]
    expected = sum(power(X, r) @ A @ power(X, k - 1 - r) for r in range(k)).T
    assert np.allclose(run(source, **NUMBERS, k=k), expected)
    assert "for r in range(k)), np.zeros((N, N)))" in source


def test_a_sum_without_terms_has_its_shape() -> None:
    statement = parse_statement(["X in R^(N x N)", "a in R^N", "k in N"], ["sum(r, 0, k - 1, X^r*a)"], "a")
    source = numpy_source(derive(statement))
    assert run(source, X=NUMBERS["X"], a=np.ones(3), k=0).shape == (3, 3)


@pytest.mark.parametrize(
    ("given", "expression", "wrt"),
    [
        (["sum in R^(N x N)", "A in R^(N x N)", "k in N"], "tr(A*sum^k)", "sum"),
        (["range in R^(N x N)", "A in R^(N x N)", "k in N"], "tr(A*range^k)", "range"),
        (["X, r in R^(N x N)", "k in N"], "tr(r*X^k)", "X"),
        (["X in R^(N x N)", "a in R^N", "k in N"], "log(1 + (a'*sum(lambda, 0, k, X^lambda)*a)^2)", "X"),
        (["t in R", "k in N"], "t^(-k)", "t"),
        (["x in R^N", "k in N"], "sum(x.^k)", "x"),
    ],
)
def test_names_in_code(given: list[str], expression: str, wrt: str) -> None:
    derivation = derive(parse_statement(given, [expression], wrt))
    assert check_code(numpy_source(derivation), derivation) < 1e-9


def test_text_of_results() -> None:
    derivation = derive(parse_statement(GIVEN, ["tr(A*X^k)"], "X"))
    assert text(derivation.value) == "sum(r, 0, k - 1, (X^(k - 1 - r)*A*X^r)')"
