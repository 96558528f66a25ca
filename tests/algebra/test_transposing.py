"""Transposes in what is shown: the one policy that `algebra.display.transposing` states."""

from __future__ import annotations

import pytest

from jacobook.algebra.display.collect import collect
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import text

SYMBOLS = parse_declarations(
    ["x, y, s in R^N", "A, B, X in R^(N x N)", "S in R^(N x N) symmetric", "c in R", "k in N"],
)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("(A*B)'", "B'*A'"),
        ("(A*x*y')'", "y*x'*A'"),
        ("(kron(A, B')*vec(X))'", "vec(X)'*kron(A', B)"),
        ("sum(r, 0, k, A*X^r)'", "sum(r, 0, k, (X^r)')*A'"),
        ("(y' - c*s')'", "y - c*s"),
        ("(x - A*s)'", "(x - A*s)'"),
        ("(A*B' - B')'", "B*A' - B"),
        ("B'*X' + X'*B'", "(X*B + B*X)'"),
        ("A'*B + B'*A", "A'*B + B'*A"),
        ("x' - y'", "(x - y)'"),
        ("x' - c*y' + vector(c)'", "(x - c*y + vector(c))'"),
        ("x'*A + y'*A'", "x'*A + y'*A'"),
        ("c*x' - (y - A*s)'*B", "c*x' - (y - A*s)'*B"),
        ("X'*X + (X'*X)'", "2*X'*X"),
        ("inv(X'*X)'", "inv(X'*X)"),
        ("S'", "S'"),
    ],
)
def test_where_transposes_stand(given, shown):
    assert text(collect(parse_expression(given, SYMBOLS))) == shown
