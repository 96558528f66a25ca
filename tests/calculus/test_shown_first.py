"""The route that a page shows first is decided by what the derivation is made of."""

from __future__ import annotations

import pytest

from jacobook.calculus.derivation import PartialDerivation
from jacobook.calculus.shown_first import ENTRIES_FIRST, MATRICES_FIRST, routes_shown
from jacobook.language.printer import text
from jacobook.rendering.sentences import prose_text
from tests.calculus.derived import assert_verified, solve

GIVEN = "A in R^(M x N); B in R^(N x N); x in R^N; b in R^M; t in R"


def partial(expression: str, wrt: str, number: int = 0) -> PartialDerivation:
    return solve(GIVEN, tuple(part.strip() for part in expression.split(";")), wrt).partials[number]


@pytest.mark.parametrize(
    ("expression", "wrt", "number", "expected"),
    [
        ("f = tanh(z) ; z = A*x + b", "x", 0, ENTRIES_FIRST),
        ("f = tanh(z) ; z = A*x + b", "x", 1, MATRICES_FIRST),
        ("x.*sin(x)", "x", 0, ENTRIES_FIRST),
        ("x'*B*x", "x", 0, MATRICES_FIRST),
        ("x + x", "x", 0, MATRICES_FIRST),
        ("tr(B*B)", "B", 0, MATRICES_FIRST),
        ("t*sin(t)", "t", 0, MATRICES_FIRST[:1]),
        ("x*sin(t)", "t", 0, MATRICES_FIRST),
        ("x'*B*x/t", "t", 0, MATRICES_FIRST[:1]),
        ("tr((B*B*B + B)*(B*B*B + B)')", "B", 0, MATRICES_FIRST[:1]),
    ],
)
def test_the_route_that_teaches_comes_first(expression: str, wrt: str, number: int, expected: tuple[str, ...]) -> None:
    assert routes_shown(partial(expression, wrt, number)) == expected


def test_entries_say_why_the_others_vanish_and_what_the_derivative_is() -> None:
    reasons = [prose_text(claim.reason) for claim in partial("f = tanh(z) ; z = A*x + b", "x").component_route]
    (own,) = [reason for reason in reasons if "alone" in reason]
    assert own.startswith("f[i] depends on z[i] alone, so its derivative with respect to z[k] is 0 for k ≠ i")
    assert "the derivative of tanh(u) is 1 - tanh(u)^2" in own


def test_a_chain_of_vectors_is_worked_out_in_entries() -> None:
    found = solve(GIVEN, ("f = tanh(z)", "z = A*x + b"), "x")
    assert_verified(found)
    assert [text(claim.right) for claim in found.entries] == [
        "sum_k ∂f[i]/∂z[k] · ∂z[k]/∂x[j]",
        "sum_k (1 - tanh(z[i])^2)*δ[i,k]*A[k,j]",
        "(1 - tanh(z[i])^2)*A[i,j]",
    ]
    assert len(solve(GIVEN, ("x.*sin(x)",), "x").entries) <= 1
