"""What is printed as LaTeX reads back: functions and derivatives of the benchmark, and random expressions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.language import LanguageError, parse_declarations, parse_expression
from jacobook.rendering.latex.formulas import latex
from tests.calculus.derived import CASES, solve
from tests.numeric_truth import Nowhere, difference
from tests.strategies import random_expression, statement_of


def problem(node: Node, symbols: Iterable[Symbol]) -> str:
    """Return what is wrong with the formula read back; empty if it is what was printed."""
    printed = latex(node)
    try:
        back = parse_expression(printed, symbols, node.shape)
    except LanguageError as error:
        return f"{printed}: {error.message}"
    if equal(back, node):
        return ""
    try:  # the normal form is sound, not complete: then the values decide
        return "" if difference(back, node) < 1e-7 else f"{printed} is another value"
    except Nowhere:
        return ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_benchmark(case: dict[str, Any]) -> None:
    derivation = solve(case["given"], case["expr"], case["wrt"])
    statement = derivation.statement
    names = {*statement.declarations, *(link.symbol for link in statement.links)}
    for node in (*(link.expression for link in statement.links), derivation.value):
        assert problem(node, {*names, *node.symbols}) == ""


@pytest.mark.parametrize("first", range(0, 120, 40))
def test_random_expressions(first: int) -> None:
    for number in range(first, first + 40):
        statement = statement_of(*random_expression(number))
        node = statement.links[0].expression
        found = problem(node, {*statement.declarations, *node.symbols})
        # Ones alone, without anything that tells a size, may be refused; they are never taken for something else.
        assert not found or "?" in found or "cannot be inferred" in found, f"{number}: {found}"


def test_the_power_of_a_matrix_is_not_that_of_its_entries() -> None:
    symbols = parse_declarations(["X in R^(N x N)"])
    for text in ("tanh(X)^2", "tanh(X).^2"):
        node = parse_expression(text, symbols)
        assert parse_expression(latex(node), symbols) is node


ARRAYS_OF_PARTS = {
    "blocks of zeros": ("softmax(x[1:p])", ["x in R^(p+m)"], "x"),
    "an identity of a size that is a sum": ("x[2:n] - x[1:n-1]", ["x in R^n"], "x"),
    "slices": ("norm2(x[2:n] - x[1:n-1])^2", ["x in R^n"], "x"),
    "slices of a matrix": ("X[1:p, 2:m]*w", ["X in R^((p+1) x m)", "w in R^(m-1)"], "w"),
    "zeros above a matrix": ("[y; x]", ["x in R^n", "y in R^m"], "x"),
    "a duplication matrix": ("logdet(unvech(s))", ["s in R^(n(n+1)/2)"], "s"),
    "an elimination matrix": ("vech(A)'*s", ["A in R^(n x n)", "s in R^(n(n+1)/2)"], "A"),
}


@pytest.mark.parametrize("name", ARRAYS_OF_PARTS)
def test_results_in_blocks_and_halves(name: str) -> None:
    expression, given, wrt = ARRAYS_OF_PARTS[name]
    derivation = solve(given, expression, wrt)
    assert problem(derivation.value, derivation.statement.declarations) == ""


def test_a_bold_zero_among_scalars_is_a_vector_still() -> None:
    symbols = parse_declarations(["t in R", "c in R^(n+1)"])
    node = parse_expression(r"\begin{bmatrix} \boldsymbol{0} \\ t \end{bmatrix} + c", symbols)
    assert node is parse_expression("[vector(0); t] + c", symbols)


def test_a_letter_that_is_declared_is_no_matrix_of_halves() -> None:
    (letter,) = parse_declarations(["D_n in R^(n x n)"])
    assert parse_expression("D_n", [letter]) is parse_expression(r"\boldsymbol{D}_{n}", [letter]) is letter
