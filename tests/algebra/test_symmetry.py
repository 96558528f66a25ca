"""Matrices that are known to be symmetric, and none that is not."""

from __future__ import annotations

import pytest

from jacobook.algebra.symmetry import is_symmetric
from jacobook.language import parse_declarations, parse_expression

SYMBOLS = parse_declarations(("A, B in R^(N x N) symmetric", "C in R^(N x N)", "X in R^(M x N)", "t in R"))


@pytest.mark.parametrize(
    "text",
    [
        *("A", "A'", "t*A + B", "X'*X", "C + C'", "A*B + B*A", "A*C*A + A*C'*A", "A.*B"),
        *("inv(A)", "inv(t*A + B)'", "inv(X'*X)", "inv(t*A + eye)", "inv(A)*B*inv(A)", "inv(inv(A) + B)", "inv(A.*B)"),
    ],
)
def test_what_equals_its_transpose(text):
    assert is_symmetric(parse_expression(text, SYMBOLS))


@pytest.mark.parametrize("text", ["C", "inv(C)", "A*B", "inv(A*B)", "inv(A + C)", "inv(A)*B", "X*X'*X", "A*C*A"])
def test_what_need_not(text):
    assert not is_symmetric(parse_expression(text, SYMBOLS))
