"""What people type who know another notation: each spelling means what it means there."""

from __future__ import annotations

import pytest

from jacobook.language import parse_declarations, parse_expression

SYMBOLS = parse_declarations(["x, y in R^N", "A in R^(M x N)", "S in R^(N x N) invertible", "t, s in R"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2t", "2*t"),
        ("2x'*x", "2*x'*x"),
        ("3(t + s)^2", "3*(t + s)^2"),
        ("2t^2 - 4t", "2*t^2 - 4*t"),
        ("1e-3*t", "0.001*t"),
        ("2.5E2*t", "250*t"),
        ("t + .5", "t + 1/2"),
        ("x.*.5", "x.*0.5"),
        ("t**2", "t^2"),
        ("A @ x", "A*x"),
        ("x.T @ S @ x", "x'*S*x"),
        ("x^T*S*x", "x'*S*x"),
        ("(A*x).T*(A*x)", "(A*x)'*(A*x)"),
        ("x.'*y", "x'*y"),
        ("t÷2", "t/2"),
        ("x∘y", "x.*y"),
        ("‖x‖", "norm2(x)"),
        ("||x||_2^2", "norm2(x)^2"),
        ("||A*x - t*A*y||", "norm2(A*x - t*A*y)"),
        ("||A||_F", "norm2(A)"),
        ("‖x‖₁", "norm1(x)"),
        ("||x||_1 + ||y||_1", "norm1(x) + norm1(y)"),
        ("||x||*||y||", "norm2(x)*norm2(y)"),
        ("||x - y/||y||||", "norm2(x - y/norm2(y))"),
        ("|t|", "abs(t)"),
        ("|t - s|/|s|", "abs(t - s)/abs(s)"),
        ("||t| - |s||", "abs(abs(t) - abs(s))"),
        ("|1 - |t||", "abs(1 - abs(t))"),
        ("|t*|s|*t|", "abs(t*abs(s)*t)"),
        ("log|t|", "log(abs(t))"),
        ("log|S|", "logdet(S)"),
        ("log|det(S)|", "logdet(S)"),
        ("2*log det(S)", "2*log(det(S))"),
        ("S\\x", "inv(S)*x"),
        ("t*S\\x", "inv(t*S)*x"),
        ("(S'*S)\\(S'*x)", "inv(S'*S)*(S'*x)"),
        ("S\\x'*S\\y", None),
    ],
)
def test_a_spelling_of_another_notation(typed: str, meant: str | None) -> None:
    if meant is None:  # S\\x′ is no product: a row stands where a column must
        with pytest.raises(Exception, match="row with N entries"):
            parse_expression(typed, SYMBOLS)
        return
    assert parse_expression(typed, SYMBOLS) is parse_expression(meant, SYMBOLS)


def test_a_size_may_be_called_T() -> None:
    symbols = parse_declarations(["X in R^(T x N)", "T in R positive", "y in R^T"])
    assert parse_expression("y.T*X", symbols) is parse_expression("y'*X", symbols)
    assert parse_expression("2^T", symbols) is not parse_expression("2", symbols)
