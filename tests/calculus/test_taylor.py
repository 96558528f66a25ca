"""Taylor polynomials against SymPy's own series; their form; what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.calculus.exact_values import exact_value
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.table import RULES
from jacobook.calculus.taylor import TaylorExpansion, taylor
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.sentences import prose_text

GIVEN = ("x in R", "a in R", "p in R positive")
X = sympy.Symbol("x", real=True)
A, P = sympy.Symbol("a", real=True), sympy.Symbol("p", positive=True)


def expansion(function: str, at: Fraction | int = 0, degree: int = 4) -> TaylorExpansion:
    return taylor(parse_statement(GIVEN, [function], "x"), b.number(at), degree)


def sympy_of(node: Node) -> sympy.Expr:
    """The result in SymPy, read from the text that a reader sees."""
    names = {"x": X, "a": A, "p": P, "arcsin": sympy.asin, "arctan": sympy.atan}
    return sympy.sympify(text(node).replace("^", "**"), locals=names, rational=True)


SERIES = {
    "sin(x) + cos(x)": (sympy.sin(X) + sympy.cos(X), (0, 1, Fraction(-1, 2))),
    "exp(x)": (sympy.exp(X), (0, 1, -2)),
    "log(1 + x)": (sympy.log(1 + X), (0, 1, Fraction(-1, 2))),
    "1/(1 - x)": (1 / (1 - X), (0, 3, Fraction(1, 2))),
    "sqrt(1 + x)": (sympy.sqrt(1 + X), (0, 3, 1)),
    "tanh(x)": (sympy.tanh(X), (0, 1)),
    "tan(x)": (sympy.tan(X), (0, 1)),
    "arctan(x)": (sympy.atan(X), (0, 1, 2)),
    "arcsin(x)": (sympy.asin(X), (0, Fraction(1, 2))),
    "sigmoid(x)": (1 / (1 + sympy.exp(-X)), (0,)),
    "softplus(x)": (sympy.log(1 + sympy.exp(X)), (0,)),
    "exp(-x^2/2)": (sympy.exp(-(X**2) / 2), (0, 1)),
    "x^4 - 3*x": (X**4 - 3 * X, (0, 1, -1)),
    "exp(a*x)": (sympy.exp(A * X), (0, 1)),
    "log(p + x)": (sympy.log(P + X), (0,)),
    "x^x": (X**X, (1, 2)),
    "cosh(x)*x": (sympy.cosh(X) * X, (0,)),
}


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("function", "at"), [(f, at) for f, (_, points) in SERIES.items() for at in points])
def test_polynomials_are_those_of_sympy(function: str, at: Fraction | int) -> None:
    witness, point = SERIES[function][0], sympy.Rational(Fraction(at).numerator, Fraction(at).denominator)
    for term in expansion(function, at).terms:
        slopes = [sympy.diff(witness, X, k).subs(X, point) / sympy.factorial(k) for k in range(term.order + 1)]
        expected = sum(slope * (X - point) ** k for k, slope in enumerate(slopes))
        difference = sympy.expand(sympy_of(term.polynomial) - expected)
        assert all(sympy.simplify(c) == 0 for c in sympy.Poly(difference, X).all_coeffs()), term.order
        assert sympy.simplify(sympy_of(term.value) - slopes[-1] * sympy.factorial(term.order)) == 0
        assert sympy.simplify(sympy_of(term.coefficient) - slopes[-1]) == 0


@pytest.mark.parametrize("function", ["sin(x) + cos(x)", "exp(x)", "log(1 + x)", "sqrt(1 + x)", "tanh(x)"])
def test_the_last_polynomial_is_sympys_series(function: str) -> None:
    series = sympy.series(SERIES[function][0], X, 0, 6).removeO()
    assert sympy.expand(sympy_of(expansion(function, 0, 5).polynomial) - series) == 0


def test_derivatives_come_from_the_engine_each_from_the_one_before() -> None:
    found = expansion("sin(x) + cos(x)", 0, 5)
    assert [text(term.derivative) for term in found.terms[:4]] == [
        "sin(x) + cos(x)",
        "cos(x) - sin(x)",
        "-sin(x) - cos(x)",
        "sin(x) - cos(x)",
    ]
    assert found.terms[0].derivation is None
    for before, term in zip(found.terms, found.terms[1:], strict=False):
        assert term.derivation is not None
        assert term.derivation.statement.links[-1].expression is before.derivative
        assert term.differentiation[0].right is term.derivation.value
        assert term.differentiation[-1].right is term.derivative


def test_textbook_form() -> None:
    assert text(expansion("sin(x) + cos(x)", 0, 3).polynomial) == "1 + x - 1/2*x^2 - 1/6*x^3"
    assert text(expansion("1/x", 1, 2).polynomial) == "1 - (x - 1) + (x - 1)^2"
    assert text(expansion("abs(x)", 2, 1).polynomial) == "2 + (x - 2)"
    assert text(expansion("log(1 + x)", 0, 2).polynomial) == "x - 1/2*x^2"
    assert text(expansion("exp(x)", -1, 1).polynomial) == "exp(-1) + exp(-1)*(x + 1)"
    assert text(expansion("sin(x) - sin(x)", 0, 2).polynomial) == "0"


@pytest.mark.parametrize("function", ["1/x", "exp(x)", "log(x)"])
def test_polynomials_read_back(function: str) -> None:
    found = expansion(function, 2, 3)
    again = parse_expression(text(found.polynomial), parse_declarations(GIVEN), found.polynomial.shape)
    assert sympy.expand(sympy_of(again) - sympy_of(found.polynomial)) == 0


def test_claims_name_rules_and_give_reasons() -> None:
    found = expansion("log(1 + x)", 0, 3)
    claims = list(found.claims)
    assert {claim.rule for claim in claims} == {"higher-derivative", "value-at-point", "taylor", "substitution"}
    assert all(claim.rule in RULES and claim.left.shape == claim.right.shape for claim in claims)
    second = found.terms[2]
    assert text(second.substitution.left) == "-1/(1 + 0)^2"
    assert text(second.value) == "-1"
    assert [f"{text(c.left)} = {text(c.right)}" for c in second.summation] == [
        "T_2 = T_1 - 1/2*x^2",
        "T_2 = x - 1/2*x^2",
    ]
    said = prose_text(second.summation[0].reason)
    assert said == "One more term: -1 divided by 2! is -1/2, the coefficient of x^2."


def test_names_of_derivatives() -> None:
    found = taylor(parse_statement(["x in R", "T_1 in R"], ["g_2 = exp(x)"], "x"), b.ZERO, 4)
    assert [term.symbol.name for term in found.terms] == ["g_2", "g_2′", "g_2″", "g_2‴", "g_2⁽⁴⁾"]
    assert [latex(term.symbol) for term in found.terms[3:]] == ["g_{2}'''", "g_{2}^{(4)}"]
    assert [term.polynomial_symbol.name for term in found.terms[:2]] == ["P_0", "P_1"]


def test_a_chain_is_expanded() -> None:
    statement = parse_statement(["x in R"], ["f(z) = log(1 + z)", "z = h(x) = x^2"], "x")
    found = taylor(statement, b.ZERO, 4)
    assert text(found.polynomial) == "x^2 - 1/2*x^4"


REFUSED = [
    ("log(x)", 0, "positive"),
    ("1/x", 0, "divisor"),
    ("sin(x)/x", 0, "divisor"),
    ("abs(x)", 0, "abs"),
    ("relu(x)", 0, "relu"),
    ("sqrt(x)", 0, "positive"),
    ("x*sqrt(x)", 0, "positive"),
    ("sqrt(x^2)", 0, "positive"),
    ("x^(1/3)", -1, "whole number"),
    ("arcsin(x)", 1, "between"),
    ("x^-2", 0, "negative power"),
    ("log(a + x)", 0, "cannot be decided"),
    ("1/(a - x)", 1, "cannot be decided"),
]


@pytest.mark.parametrize(("function", "at", "because"), REFUSED)
def test_where_it_has_no_taylor_polynomial_it_is_refused(function: str, at: int, because: str) -> None:
    with pytest.raises(Refusal, match=f"no Taylor polynomial at x = {at}: .*{because}"):
        expansion(function, at, 3)


def test_other_functions_and_points_are_refused() -> None:
    vector = parse_statement(["x in R^N"], ["x'*x"], "x")
    with pytest.raises(Refusal, match="scalar function of a scalar"):
        taylor(vector, b.ZERO, 2)
    scalar = parse_statement(["x in R", "u in R^N"], ["exp(x*u'*u)"], "x")
    with pytest.raises(Refusal, match="functions of numbers"):
        taylor(scalar, b.ZERO, 2)
    with pytest.raises(Refusal, match="at a number"):
        taylor(parse_statement(GIVEN, ["exp(x)"], "x"), n.symbol("a"), 2)
    with pytest.raises(ValueError, match="0 or more"):
        expansion("exp(x)", 0, -1)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("sin(x)", "0"),
        ("sqrt(8 + x)", "2*sqrt(2)"),
        ("cos(1 + x)^2 + sin(1 + x)^2", "1"),
        ("arctan(1 + x)", "pi/4"),
        ("softplus(x)", "log(2)"),
        ("1/(p + x)", "1/p"),
    ],
)
def test_exact_values(written: str, value: str) -> None:
    declared = parse_declarations(GIVEN)
    x = next(symbol for symbol in declared if symbol.name == "x")
    found = exact_value(parse_expression(written, declared, b.ZERO.shape), {x: b.ZERO})
    assert text(found) == value
