"""A part that recurs in a result has a name in a last line: p = softmax(x), α = K⁻¹ y."""

from __future__ import annotations

import pytest

from jacobook.language.printer import text
from tests.calculus.derived import assert_verified, solve


@pytest.mark.parametrize(
    ("given", "expression", "wrt", "form", "meaning"),
    [
        ("x in R^N", "softmax(x)", "x", "diag(p) - p*p'", "p = softmax(x)"),
        ("p, x in R^N", "softmax(p.*x)", "x", "(diag(r) - r*r')*diag(p)", "r = softmax(p.*x)"),
        (
            "y in R^N; A, B in R^(N x N) symmetric; t in R",
            "y'*inv(t*A + B)*y + logdet(t*A + B)",
            "t",
            "tr((inv(t*A + B) - alpha*alpha')*A)",
            "alpha = inv(t*A + B)*y",
        ),
        ("W in R^(M x N); x in R^N", "sum(sigmoid(W*x).^2)", "x", "2*(s.^2 - s.^3)'*W", "s = sigmoid(W*x)"),
    ],
)
def test_a_part_that_recurs_is_named(given: str, expression: str, wrt: str, form: str, meaning: str) -> None:
    found = solve(given, expression, wrt)
    assert_verified(found)
    assert text(found.forms[-1].right) == form
    assert [f"{link.symbol.name} = {text(link.expression)}" for link in found.named] == [meaning]


@pytest.mark.parametrize(
    ("given", "expression", "wrt"),
    [
        ("x in R^N; B in R^(N x N)", "x'*B*x", "x"),
        ("y in R^N; A, B in R^(N x N); t in R", "y'*inv(t*A + B)*y", "t"),  # not symmetric: y′C⁻¹ is not (C⁻¹y)′
        ("x in R^N", "tanh(x)", "x"),
    ],
)
def test_else_nothing_is_named(given: str, expression: str, wrt: str) -> None:
    found = solve(given, expression, wrt)
    assert found.named == ()
    assert_verified(found)
