"""Constructors: what they fold, what they keep as written, what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import SCALAR, ShapeError, matrix, row, vector

s, t = n.symbol("s"), n.symbol("t")
x, y, u = n.symbol("x", vector("N")), n.symbol("y", vector("N")), n.symbol("u", vector("M"))
A, X = n.symbol("A", matrix("M", "N")), n.symbol("X", matrix("N", "N"))
number = b.number


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: -number(2), number(-2)),
        (lambda: number(1) / number(2), number(Fraction(1, 2))),
        (lambda: b.power(number(2), number(10)), number(1024)),
        (lambda: b.power(number(2), number(-1)), number(Fraction(1, 2))),
        (lambda: s.T, s),
        (lambda: A.T.T, A),
        (lambda: b.identity("N").T, b.identity("N")),
        (lambda: b.zero(row("N")), b.zero(vector("N")).T),
        (lambda: b.fill(s, SCALAR), s),
        (lambda: b.power(X, number(-1)), b.inverse(X)),
        (lambda: b.hadamard(s, A), s * A),
        (lambda: b.hadamard_divide(A, s), A / s),
        (lambda: b.hadamard_power(s, t), b.power(s, t)),
        (lambda: b.entry_sum(s), s),
        (lambda: b.norm2(s), b.apply("abs", s)),
        (lambda: b.norm1(s), b.apply("abs", s)),
        (lambda: b.product(A), A),
        (lambda: b.add(A), A),
        (lambda: b.entry(s), s),
        (lambda: b.size_of(SCALAR.rows), number(1)),
        (lambda: (x + y) + x, b.add(x, y, x)),
        (lambda: (A * X) * x, b.product(A, X, x)),
    ],
)
def test_folded(made: Callable[[], Node], expected: Node) -> None:
    assert made() is expected


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (lambda: x + (y - x), n.Add),
        (lambda: A * (X * x), n.Product),
        (lambda: number(1) / number(0), n.Divide),
        (lambda: b.power(number(0), number(-1)), n.Power),
        (lambda: b.power(number(2), number(Fraction(1, 2))), n.Power),
        (lambda: b.power(number(2), number(1000)), n.Power),
        (lambda: number(2) + number(3), n.Add),
        (lambda: b.negate(b.negate(x)), n.Negate),
        (lambda: s * t, n.Product),
    ],
)
def test_kept_as_written(made: Callable[[], Node], kind: type[Node]) -> None:
    assert type(made()) is kind


def test_the_authors_order_is_kept() -> None:
    assert (y - x).operands == (y, -x)
    assert (y * s * x.T).operands == (y, s, x.T)
    assert (A * (X * x)).operands == (A, X * x)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: x + u,
        lambda: x + s,
        lambda: x + x.T,
        lambda: x * y,
        lambda: A * u,
        lambda: A * A,
        lambda: A / x,
        lambda: b.hadamard(A, A.T),
        lambda: b.hadamard_divide(x, u),
        lambda: b.hadamard_power(A, X),
        lambda: b.power(A, number(2)),
        lambda: b.power(X, s),
        lambda: b.power(X, number(Fraction(1, 2))),
        lambda: b.power(s, x),
        lambda: b.power(x, number(2)),
        lambda: b.inverse(A),
        lambda: b.adjugate(A),
        lambda: b.trace(A),
        lambda: b.trace(x),
        lambda: b.determinant(A),
        lambda: b.log_determinant(A),
        lambda: b.diag(A),
        lambda: b.diag(s),
        lambda: b.diag(x.T),
        lambda: b.vec(x),
        lambda: b.kronecker(s, A),
        lambda: b.softmax(x.T),
        lambda: b.softmax(s),
        lambda: b.log_sum_exp(x.T),
        lambda: b.fill(x, vector("N")),
        lambda: b.entry(x),
    ],
)
def test_refused(wrong: Callable[[], Node]) -> None:
    with pytest.raises(ShapeError):
        wrong()


def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(ValueError, match="gamma"):
        b.apply("gamma", s)
    assert {b.apply(name, A).shape for name in ELEMENTWISE} == {A.shape}


def test_shapes_of_results() -> None:
    assert b.kronecker(x, u).shape == vector(n.symbol("", vector("N")).shape.rows * u.shape.rows)
    assert b.kronecker(x.T, u.T).shape.is_row
    assert b.kronecker(x, u.T).shape.is_matrix
    assert b.vec(A).shape == b.kronecker(x, u).shape
    assert b.diag(x).shape == X.shape
    assert b.diag(X).shape == x.shape
    assert (x.T * y).shape == SCALAR
    assert b.hadamard_power(s, x).shape == x.shape
    assert b.hadamard_divide(s, A).shape == A.shape


def test_zeros() -> None:
    assert all(map(b.is_zero, (b.ZERO, b.zero(vector("N")), b.zero(matrix("M", "N")), b.zero(row("N")))))
    assert not b.is_zero(b.fill(s, vector("N")))
    assert b.is_number(b.TWO, 2)
    assert not b.is_number(s)
