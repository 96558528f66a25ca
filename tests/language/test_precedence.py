"""The table of precedence of the language, row by row, and associativity."""

from __future__ import annotations

from fractions import Fraction

import pytest

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.language import parse_declarations, parse_expression

SYMBOLS = parse_declarations(["x, y, z in R^N", "A, B, C in R^(N x N)", "a, b, c, t in R"])
NAMED = {symbol.name: symbol for symbol in SYMBOLS}
x, y, z, A, B, C, a, b, c, t = (NAMED[name] for name in ["x", "y", "z", "A", "B", "C", "a", "b", "c", "t"])
half = build.number(Fraction(1, 2))


def inverse(node: Node) -> Node:
    return build.power(node, build.number(-1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # postfix, left to right
        ("A'", A.T),
        ("A''", A),
        ("A^-1'", inverse(A).T),
        ("A'^-1", inverse(A.T)),
        ("A^2'", build.power(A, build.TWO).T),
        ("x.^2'", build.hadamard_power(x, build.TWO).T),
        ("x'.^2", build.hadamard_power(x.T, build.TWO)),
        ("a^-b", build.power(a, -b)),
        ("a^(b^c)", build.power(a, build.power(b, c))),
        ("(a^b)^c", build.power(build.power(a, b), c)),
        ("a^exp(b)", build.power(a, build.apply("exp", b))),
        ("a^b*c", build.product(build.power(a, b), c)),
        ("a^1/2", build.divide(build.power(a, build.ONE), build.TWO)),
        # unary minus, looser than postfix and tighter than a product
        ("-a^2", -build.power(a, build.TWO)),
        ("-x'", build.negate(x.T)),
        ("(-a)^2", build.power(-a, build.TWO)),
        ("-a*b", build.product(-a, b)),
        ("--a", build.negate(-a)),
        ("a*-b", build.product(a, -b)),
        ("a - -b", build.add(a, build.negate(-b))),
        # products: one level, from the left
        ("1/2*x", build.product(half, x)),
        ("-1/2*x", build.product(build.number(Fraction(-1, 2)), x)),
        ("a/b/c", build.divide(build.divide(a, b), c)),
        ("a/b*c", build.product(build.divide(a, b), c)),
        ("a*b/c", build.divide(build.product(a, b), c)),
        ("a/(b*c)", build.divide(a, build.product(b, c))),
        ("x'*y*z", build.product(x.T, y, z)),
        ("x'*(y*z')", build.product(x.T, build.product(y, z.T))),
        ("x.*y.*z", build.hadamard(build.hadamard(x, y), z)),
        ("x./y.*z", build.hadamard(build.hadamard_divide(x, y), z)),
        ("A*x.*y", build.hadamard(build.product(A, x), y)),
        ("a*x./y", build.hadamard_divide(build.product(a, x), y)),
        # sums, from the left
        ("a - b - c", build.add(a, -b, -c)),
        ("a - (b - c)", build.add(a, -build.add(b, -c))),
        ("a + b*c", build.add(a, build.product(b, c))),
        ("(a + b)*c", build.product(build.add(a, b), c)),
        ("-a + b", build.add(-a, b)),
        ("A - B'*C", build.add(A, -build.product(B.T, C))),
    ],
)
def test_row_of_the_table(text: str, expected: Node) -> None:
    assert parse_expression(text, SYMBOLS) is expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("0.1", Fraction(1, 10)),
        ("2.50", Fraction(5, 2)),
        ("007", 7),
        ("1/2", Fraction(1, 2)),
        ("-3", -3),
        ("2^3", 8),
        ("-2^2", -4),
        ("2^-2", Fraction(1, 4)),
        ("6/4", Fraction(3, 2)),
    ],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert parse_expression(text, ()) is build.number(value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1./x", n.HadamardDivide), ("2.^x", n.HadamardPower), ("2.*x", n.Product), ("1.5.*x", n.Product)],
)
def test_a_number_does_not_end_in_a_dot(text: str, kind: type[Node]) -> None:
    assert type(parse_expression(text, SYMBOLS)) is kind


@pytest.mark.parametrize("text", ["a^b^c", "a.^b^c", "a^b.^c", "a^2^-1", "a²^b", "a^b²", "a^-b^c"])
def test_a_power_of_a_power_takes_parentheses(text: str, refused: object) -> None:
    error = refused(text, SYMBOLS)  # type: ignore[operator]
    assert "add parentheses" in error.message


def test_spaces_and_line_breaks_mean_nothing() -> None:
    assert parse_expression(" x '\n * y\t", SYMBOLS) is build.product(x.T, y)


@pytest.mark.parametrize("name", ["lambda", "np", "S", "E", "f", "exp", "sum", "in", "R", "W1", "b_2", "dim", "T"])
def test_any_name_can_be_a_variable(name: str) -> None:
    symbols = parse_declarations([f"{name} in R"])
    assert parse_expression(f"2*{name}", symbols) is build.product(build.TWO, symbols[0])


def test_a_parenthesis_makes_a_name_a_function() -> None:
    symbols = parse_declarations(["sum in R", "x in R^N"])
    expected = build.product(symbols[0], build.entry_sum(symbols[1]))
    assert parse_expression("sum*sum(x)", symbols) is expected
