"""Symbolic powers and sums over an index: equal forms are found equal, their values stay, names are not captured."""

from __future__ import annotations

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.exponents import total
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal, normal_form
from jacobook.algebra.traverse import substitute
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import text
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import draw_value
from tests.strategies import random_expression

DECLARED = parse_declarations(
    ["X, A in R^(N x N)", "Z in R^(N x N) invertible", "a, b in R^N", "x, t in R", "k, n in N", "s in R positive"]
)
NAMES = {symbol.name: symbol for symbol in DECLARED}


def read(written: str) -> Node:
    return parse_expression(written, DECLARED)


def largest_difference(left: Node, right: Node, size: int = 2) -> float:
    """Return the largest relative difference of two expressions for k, n = 1 … 4."""
    worst = 0.0
    for first in range(1, 5):
        for second in range(1, 5):
            found = []
            for node in (left, right):
                values = {symbol: draw_value(symbol, {"N": size, "M": 3, "K": 2}, 0) for symbol in node.symbols}
                numbers = {"k": first, "n": second}
                whole = {s: np.full((1, 1, 1), float(numbers[s.name])) for s in node.symbols if s.name in numbers}
                found.append(Evaluator(values | whole, {"N": size, "M": 3, "K": 2}).value(node))
            scale = max(float(np.max(np.abs(found[0]))), 1e-2)
            worst = max(worst, float(np.max(np.abs(found[0] - found[1]))) / scale)
    return worst


EQUAL = [
    ("X^k*X", "X*X^k"),
    ("X^k*X^n", "X^(n + k)"),
    ("X^(k - 1)*X", "X^k"),
    ("(X^k)'", "(X')^k"),
    ("(X^k)^n", "X^(n*k)"),
    ("(X^k)^2", "X^(2*k)"),
    ("X^(k - k)", "eye(N)"),
    ("Z^k*Z^-k", "eye(N)"),
    ("inv(Z)^k", "Z^-k"),
    ("inv(Z^k)", "Z^-k"),
    ("Z^k*inv(Z)", "Z^(k - 1)"),
    ("eye(N)^k*X", "X"),
    ("tr(X^k*A*X^n)", "tr(A*X^(k + n))"),
    ("det(X^k)", "det(X)^k"),
    ("x^k*x", "x^(k + 1)"),
    ("s^k/s", "s^(k - 1)"),
    ("a'*X^k*b", "b'*(X')^k*a"),
    ("sum(r, 0, k - 1, X^r*A*X^(k - 1 - r))", "sum(r, 0, k - 1, X^(k - 1 - r)*A*X^r)"),
    ("sum(r, 0, k - 1, X^r)", "sum(e, 1, k, X^(e - 1))"),
    ("sum(r, 0, k - 1, X^r*X^(k - 1 - r))", "k*X^(k - 1)"),
    ("sum(r, 1, k, X + r*A)", "k*X + sum(r, 1, k, r)*A"),
    ("sum(r, 0, k, X^r)'", "sum(r, 0, k, (X')^r)"),
    ("tr(sum(r, 0, k, X^r))", "sum(r, 0, k, tr(X^r))"),
    ("A*sum(r, 0, k, X^r)*A", "sum(r, 0, k, A*X^r*A)"),
    ("a'*sum(r, 0, k, X^r)*b", "sum(r, 0, k, a'*X^r*b)"),
    ("sum(r, 0, k, sum(e, 0, r, X^e))", "sum(e, 0, k, sum(r, 0, e, X^r))"),
    ("vec(sum(r, 0, k, X^r))", "sum(r, 0, k, vec(X^r))"),
    ("sum(r, 0, k, 2*x*X^r)", "2*x*sum(r, 0, k, X^r)"),
]

DIFFERENT = [
    ("X^k*A", "A*X^k"),
    ("X^k", "X^n"),
    ("X^k", "X^(k + 1)"),
    ("X^k", "(X^k)'"),
    ("sum(r, 0, k - 1, X^r)", "sum(r, 0, k, X^r)"),
    ("sum(r, 0, k - 1, X^r)", "sum(r, 1, k, X^r)"),
    ("sum(r, 0, k - 1, X^r*A*X^(k - 1 - r))", "k*A*X^(k - 1)"),
    ("sum(r, 2, k, X)", "(k - 1)*A"),
    ("sum(r, 3, k, X)", "(k - 2)*X"),
    ("sum(r, 0, k, r*X)", "k*X"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_forms(left: str, right: str) -> None:
    first = read(left)
    second = parse_expression(right, DECLARED, first.shape)
    assert equal(first, second)
    assert largest_difference(first, second) < 1e-9


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_forms(left: str, right: str) -> None:
    first, second = read(left), read(right)
    assert not equal(first, second)
    assert largest_difference(first, second) > 1e-3


@pytest.mark.parametrize("written", [side for pair in (*EQUAL, *DIFFERENT) for side in pair])
def test_forms_keep_the_value(written: str) -> None:
    node = parse_expression(written, DECLARED, NAMES["X"].shape) if written == "eye(N)" else read(written)
    for form in (tidy, collect, normal_form):
        assert largest_difference(form(node), node) < 1e-9, form


@pytest.mark.random
@pytest.mark.parametrize("number", range(150))
def test_forms_of_random_expressions_keep_the_value(number: int) -> None:
    node = random_expression(number, 4, powers=True)[0]
    if not any(symbol.name in "kn" for symbol in node.symbols):
        return
    for form in (tidy, collect, normal_form):
        assert largest_difference(form(node), node) < 1e-6, form


def test_tidied() -> None:
    shown = {
        "X*X^(k - 1)": "X^k",
        "Z^-k*Z^k*A": "A",
        "sum(r, 0, k - 1, 3*A)": "3*k*A",
        "sum(r, 0, k, 2*X^r*A)": "2*sum(r, 0, k, X^r)*A",
        "sum(r, 1, 0, X)": "matrix(0)",
        "x*x^(k - 1)": "x^k",
    }
    for written, wanted in shown.items():
        assert text(tidy(read(written))) == wanted


def test_a_sum_does_not_depend_on_its_index() -> None:
    whole = read("sum(r, 0, k - 1, X^r)")
    assert isinstance(whole, n.BoundedSum)
    assert whole.symbols == {NAMES["X"], NAMES["k"]}
    assert not whole.depends_on(whole.index)
    assert whole.operands[0].depends_on(whole.index)


def test_substitution_does_not_capture() -> None:
    whole = read("sum(r, 0, k - 1, X^r*A)")
    assert isinstance(whole, n.BoundedSum)
    free = b.power(NAMES["X"], whole.index)  # the index of another sum, of the same name and range
    put_in = substitute(whole, {NAMES["A"]: free})
    assert isinstance(put_in, n.BoundedSum)
    assert put_in.index is not whole.index
    assert whole.index in put_in.symbols
    around = b.bounded_sum(whole.index, put_in)
    assert largest_difference(around, read("sum(e, 0, k - 1, X^e)*sum(r, 0, k - 1, X^r)")) < 1e-12


def test_a_bound_index_is_not_replaced() -> None:
    whole = read("sum(r, 0, k - 1, X^r)")
    assert isinstance(whole, n.BoundedSum)
    assert substitute(whole, {whole.index: b.TWO}) is whole


def test_numbers_put_in_for_names() -> None:
    whole = read("sum(r, 0, k - 1, X^r*A*X^(k - 1 - r))")
    X, A = NAMES["X"], NAMES["A"]
    concrete = substitute(whole, {NAMES["k"]: b.TWO})
    assert largest_difference(concrete, A * X + X * A) < 1e-12
    assert total((concrete.operands[2],)) is b.ONE
