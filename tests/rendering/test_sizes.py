"""Where the text says the sizes of constant arrays: where, and only where, a reader could not infer them."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.shapes import Dimension, matrix, vector
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import text

SYMBOLS = list(parse_declarations(["x in R^N", "z in R^M", "A in R^(M x N)", "S in R^(N x N)", "t in R"]))
SYMBOLS.append(n.symbol("v", vector(Dimension(1, ("M", "N")))))


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("tr(matrix(t, N, N))", "tr(matrix(t, N, N))"),
        ("tr(matrix(t, N, N)*S)", "tr(matrix(t)*S)"),
        ("tr(matrix(t, N, M)*matrix(2, M, N))", "tr(matrix(t, N, M)*matrix(2))"),
        ("matrix(t, M, 2)*matrix(1, 2, N)", "matrix(t, M, 2)*matrix(1)"),
        ("matrix(t, M, M)*matrix(1, M, N)*x", "matrix(t, M, M)*matrix(1)*x"),
        ("matrix(t, M, N)*x", "matrix(t)*x"),
        ("vector(1, N)'*vector(t, N)", "vector(1, N)'*vector(t)"),
        ("vector(1, N)'*x", "vector(1)'*x"),
        ("kron(vector(1, M), kron(A, vector(1, N)))", "kron(vector(1, M), kron(A, vector(1)))"),
        ("kron(vector(1, M), A)", "kron(vector(1), A)"),
        ("sum(vector(t, N) + vector(2, N))", "sum(vector(t, N) + vector(2))"),
        ("sum(vector(t, N) + x)", "sum(vector(t) + x)"),
        ("norm2(exp(vector(t, 2)))*vector(1, N)", "norm2(exp(vector(t, 2)))*vector(1)"),
        ("vector(sum(vector(t, 3)), N) + x", "vector(sum(vector(t, 3))) + x"),
        ("diag(vector(1, N))*x", "diag(vector(1))*x"),
        ("unvec(v, N, M)", "unvec(v)"),
        ("sum(unvec(v, N, M))", "sum(unvec(v, N, M))"),
        ("unvec(v, N, M)*z", "unvec(v)*z"),
        ("sum(unvec(vector(t, M*N), N, M))", "sum(unvec(vector(t), N, M))"),
        ("tr(eye(N))", "tr(eye(N))"),
        ("tr(eye(N) + S)", "tr(eye + S)"),
        ("kron(eye(M), x)", "kron(eye(M), x)"),
        ("eye(N)", "eye"),
    ],
)
def test_sizes_are_said_where_they_are_open(written: str, printed: str) -> None:
    node = parse_expression(written, SYMBOLS)
    assert text(node) == printed
    assert parse_expression(printed, SYMBOLS, node.shape) is node


def test_a_part_of_an_array_that_occurs_twice_says_its_size_where_it_is_open() -> None:
    ones = b.fill(b.ONE, matrix("N", "N"))
    node = b.product(b.trace(ones), SYMBOLS[3] + ones)
    assert text(node) == "tr(matrix(1, N, N))*(S + matrix(1))"


def test_what_the_language_cannot_say_is_left_as_it_is() -> None:
    ones = b.fill(b.ONE, vector("N"))
    entry = b.entry(ones, n.Index("i", vector("N").length))
    assert text(entry) == "vector(1)[i]"
    assert text(b.differential(ones)) == "d(vector(1))"
