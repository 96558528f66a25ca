"""Logarithms of sums of exponentials and quotients by them are read as logsumexp and softmax: the same function."""

from __future__ import annotations

import pytest

from jacobook import derive
from jacobook.calculus.rewriting import exponential_sums
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import text
from tests.numeric_truth import difference

GIVEN = ["x in R^n", "X in R^(m x n)", "c in R positive"]
READ = {
    "log(sum(exp(x)))": "logsumexp(x)",
    "log(sum(exp(x))/dim(n))": "logsumexp(x) - log(dim(n))",
    "log(3*sum(exp(x)))": "logsumexp(x) + log(3)",
    "log(exp(X)*vector(1))": "logsumexp(X, 'rows')",
    "log(exp(X)*vector(1)/dim(n))": "logsumexp(X, 'rows') + vector(-log(dim(n)))",
    "exp(x)/sum(exp(x))": "softmax(x)",
    "diag(1./(exp(X)*vector(1)))*exp(X)": "softmax(X, 'rows')",
}
LEFT = ["log(c*sum(exp(x)))", "log(sum(exp(x)) + 1)", "exp(x)/sum(x)", "log(-sum(exp(x)))", "exp(x)/(2*sum(exp(x)))"]


@pytest.mark.parametrize("written", READ)
def test_the_reading_is_the_same_function(written: str) -> None:
    node = parse_expression(written, list(parse_declarations(GIVEN)))
    found = exponential_sums(node)
    assert text(found) == READ[written]
    assert difference(node, found) < 1e-12


@pytest.mark.parametrize("written", LEFT)
def test_anything_else_stays(written: str) -> None:
    node = parse_expression(written, list(parse_declarations(GIVEN)))
    assert exponential_sums(node) is node


@pytest.mark.parametrize(
    ("function", "wrt", "result"),
    [
        ("log(sum(exp(x))/dim(n))", "x", "softmax(x)'"),
        ("sum(log(exp(X)*vector(1)/dim(n)))", "X", "softmax(X, 'rows')"),
        ("sum(log(vector(1)'*exp(X)))", "X", "softmax(X, 'columns')"),
        ("sum(log(exp(X)'*vector(1)))", "X", "softmax(X, 'columns')"),
        ("exp(x)/sum(exp(x))", "x", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    ],
)
def test_the_derivative_is_a_softmax(function: str, wrt: str, result: str) -> None:
    found = derive(function, given=GIVEN, wrt=wrt)
    assert found.result == result
    assert found.passed
