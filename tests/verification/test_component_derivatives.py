"""The derivative of a component is the one that SymPy gives, in the same form."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.verification.symbolic.formal_functions import formal_function
from jacobook.verification.symbolic.grids import component_derivative, scalar_function

X, Y = sympy.symbols("x y", real=True, nonzero=True)
P = sympy.Symbol("p", positive=True)
F = formal_function("f", False, ())

SOME = ("exp", "sin", "tanh", "abs", "sigmoid")
expressions = st.recursive(
    st.sampled_from([X, Y, P, sympy.Integer(3), sympy.Rational(-2, 5)]),
    lambda inner: st.one_of(
        st.builds(sympy.Add, inner, inner),
        st.builds(sympy.Mul, inner, inner),
        st.builds(sympy.Pow, inner, st.sampled_from([2, 3, -1, -2])),
        st.builds(lambda u: sympy.sqrt(u**2 + P), inner),
        st.builds(lambda u, v: (u**2 + 1) ** v, inner, inner),
        st.builds(lambda name, u: scalar_function(name)(u), st.sampled_from(SOME), inner),
        st.builds(F, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(expressions.filter(lambda e: not e.has(sympy.zoo, sympy.nan)), st.sampled_from([X, P]))
def test_it_is_what_sympy_gives(expression, variable):
    assert component_derivative(expression, variable) == expression.diff(variable)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_function(name):
    inside = X * Y + P
    assert component_derivative(scalar_function(name)(inside), X) == scalar_function(name)(inside).diff(X)


def test_an_expression_by_hand():
    assert component_derivative(X**3 * sympy.sin(Y) + sympy.log(P), X) == 3 * X**2 * sympy.sin(Y)
    assert component_derivative(P**X, X) == P**X * sympy.log(P)
    assert component_derivative(sympy.Abs(X * Y), X) == sympy.Abs(X * Y).diff(X)
    assert component_derivative(sympy.sqrt(P), P) == sympy.Rational(1, 2) / sympy.sqrt(P)
    assert component_derivative(sympy.Integer(7), X) == 0
