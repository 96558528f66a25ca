"""Lines of a chain that are equations: what they are solved for, its shape, and what is said where that is not told."""

from __future__ import annotations

import pytest

from jacobook.algebra.nodes import Solution
from jacobook.language import LanguageError, parse_statement
from jacobook.language.printer import text_link

STATEMENTS = {
    "on both sides": (["A, Q in R^(n x n)"], ["X = A'*X*A + Q"], "X", "n×n"),
    "with its shape": (["A, Q, X in R^(n x n)"], ["X = A'*X*A + Q"], "X", "n×n"),
    "formulas on both sides": (["A in R^(m x m)", "B in R^(n x n)", "C in R^(m x n)"], ["A*X + X*B = C"], "X", "m×n"),
    "equal to zero": (["A in R^(n x n)", "b in R^n"], ["A*x - b = 0"], "x", "n×1"),
    "zero first": (["A in R^(n x n)", "b in R^n"], ["0 = A*x - b"], "x", "n×1"),
    "a scalar": (["t in R"], ["y^3 + y - t = 0"], "y", "1×1"),
    "a fixed point": (["W in R^(n x n)", "b in R^n"], ["y = tanh(W*y + b)"], "y", "n×1"),
    "declared": (["x in R", "y in R unknown"], ["x^2 + y^2 = 1"], "y", "1×1"),
    "a size that only the declaration tells": (["a in R", "y in R^n unknown"], ["a*y + y.^3 = vector(a)"], "y", "n×1"),
    "a declared function": (["F : R^m x R^n -> R^n", "x in R^m"], ["F(x, y) = 0"], "y", "n×1"),
    "in LaTeX": (["A, Q in R^{n \\times n}"], ["X A + A^\\top X = Q"], "X", "n×n"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_unknown_and_its_shape(name: str) -> None:
    given, lines, unknown, shape = STATEMENTS[name]
    statement = parse_statement(given, lines, parse_variable(given))
    (link,) = statement.links
    assert isinstance(link.expression, Solution)
    assert (link.symbol.name, str(link.symbol.shape)) == (unknown, shape)
    assert unknown not in [symbol.name for symbol in statement.declarations]
    again = parse_statement(given, [text_link(link)], parse_variable(given))
    assert again.links == statement.links


def parse_variable(given: list[str]) -> str:
    """Return the last variable of the first declaration that is no function."""
    return next(text for text in given if ":" not in text).partition(" in ")[0].split(", ")[0]


ERRORS = {
    "no candidate": (["x, y in R"], ["x^2 + y^2 = 1"], "may be solved for `x` or `y`: say for which"),
    "two candidates": (["x in R"], ["x^2 + y^2 = z"], "may be solved for `y` or `z`: declare all but the unknown"),
    "no name": (["x in R"], ["f = x", "1 = 2"], "no name in this equation"),
    "other numbers of equations": (["A in R^(m x n)", "b in R^m"], ["A*x = b"], "fits this equation neither as"),
    "an unknown without an equation": (["x in R", "y in R unknown"], ["f = x^2"], "no equation of the chain"),
    "a circle": (["x in R"], ["f = y*x", "y = z*x", "z = y"], "circular: `y` → `z` → `y`; only a name in its own"),
    "sides of different shapes": (["A in R^(n x n)", "b in R^n"], ["A*x = b'"], "fits this equation neither as"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_said_of_an_equation_that_cannot_be_read(name: str) -> None:
    given, lines, message = ERRORS[name]
    with pytest.raises(LanguageError, match=message.replace("^", r"\^")) as raised:
        parse_statement(given, lines, "x" if given[0].startswith("x") else "A")
    assert raised.value.origin
