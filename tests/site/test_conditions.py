"""The conditions beside a formula of the cheat sheet."""

from __future__ import annotations

import pytest

from jacobook.language import parse_statement
from jacobook.site.pages.conditions import conditions_of


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "expected"),
    [
        (["x, a in R^N"], ["a'*x"], "x", []),
        (["X in R^(N x N) symmetric, invertible"], ["logdet(X)"], "X", [r"\(\boldsymbol{X}\) invertible, symmetric"]),
        (["X, A in R^(N x N)"], ["tr(inv(X + A))"], "X", [r"\(\boldsymbol{X} + \boldsymbol{A}\) invertible"]),
        (["x in R^N"], ["norm2(x)"], "x", [r"\(\boldsymbol{x} \neq \boldsymbol{0}\)"]),
        (["x in R"], ["log(x^4)"], "x", [r"\(x \neq 0\)"]),
        (["x in R"], ["f = log(z)", "z = 1 + x"], "x", [r"\(1 + x > 0\)"]),
        (["x in R^N"], ["relu(x)"], "x", [r"not where an entry of \(\boldsymbol{x}\) is 0"]),
    ],
)
def test_conditions(given: list[str], lines: list[str], wrt: str, expected: list[str]) -> None:
    found = conditions_of(parse_statement(given, lines, wrt))
    assert [one.replace("{data-search-exclude}", "") for one in found] == expected
