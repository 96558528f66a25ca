"""A derivative in the form that books print: with the function itself, or under one trace."""

from __future__ import annotations

import pytest
import sympy

from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import equal
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Derivation
from jacobook.language.printer import text
from tests.calculus.derived import assert_verified, expression, solve

x, f = sympy.symbols("x f")


def last(found: Derivation) -> n.Node:
    assert found.forms, "no other form"
    return found.forms[-1].right


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1/(1 + exp(-x))", "f*(1 - f)"),
        ("sigmoid(x)", "f*(1 - f)"),
        ("tanh(x)", "1 - f^2"),
        ("exp(3*x)", "3*f"),
        ("sqrt(x)", "1/(2*f)"),
        ("1/(1 - exp(x))", "f*(f - 1)"),
        ("3/(2 + 5*exp(2*x))", "f*(4/3*f - 2)"),
    ],
)
def test_with_the_function_itself(written: str, expected: str) -> None:
    found = solve("x in R", f"f = {written}", "x")
    assert text(last(found)) == expected
    assert not last(found).depends_on(found.statement.wrt)
    assert_verified(found)
    # SymPy, which the lines do not use: the form, with the function put in, is the derivative.
    as_sympy = {"sigmoid": lambda s: 1 / (1 + sympy.exp(-s))}
    function = sympy.sympify(written.replace("^", "**"), locals={"x": x, **as_sympy})
    form = sympy.sympify(text(last(found)).replace("^", "**"), locals={"f": f})
    difference = form.subs(f, function) - sympy.diff(function, x)
    assert all(abs(difference.subs(x, place).evalf()) < 1e-12 for place in (0.3, 0.7, 1.9))


@pytest.mark.parametrize("written", ["x^2", "exp(-x^2)", "log(x)", "sin(x)", "1/(1 + x^2)", "2*x", "x*exp(x)"])
def test_no_form_where_the_variable_would_stay(written: str) -> None:
    assert solve("x in R", f"f = {written}", "x").forms == ()


GIVEN = "y in R^N; A, B in R^(N x N) invertible; t, c in R"


def test_inner_product_and_trace_join_under_one_trace() -> None:
    found = solve(GIVEN, "c - 1/2*y'*inv(t*A + B)*y - 1/2*logdet(t*A + B)", "t")
    expected = "1/2*tr((inv(t*A + B)*y*y'*inv(t*A + B) - inv(t*A + B))*A)"
    assert equal(last(found), expression(GIVEN, expected, last(found).shape))
    assert sum(isinstance(node, n.Trace) for node in walk(last(found))) == 1
    assert_verified(found)


def test_a_covariance_that_is_not_specified_joins_too() -> None:
    given = "y in R^N; K : R -> R^(N x N) positive-definite; t in R"
    found = solve(given, "y'*inv(K(t))*y + logdet(K(t))", "t")
    traces = [node for node in walk(last(found)) if isinstance(node, n.Trace)]
    assert len(traces) == 1
    assert isinstance(traces[0].operands[0].operands[-1], n.FunctionValue)
    assert_verified(found)


@pytest.mark.parametrize(
    "written", ["y'*(t*A)*y", "tr(t*A) + t*y'*B*y", "tr(t*A) + tr(t*B*A)", "y'*(t*A)*y + y'*(t*A)*B*y"]
)
def test_nothing_joins_without_both_kinds_and_one_matrix(written: str) -> None:
    assert solve(GIVEN, written, "t").forms == ()
