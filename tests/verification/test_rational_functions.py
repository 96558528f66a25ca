"""What SymPy's own rewriting shows to be 0 vanishes, and nothing that has another value at a rational point does."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from jacobook.verification.symbolic.grids import TooLargeError
from jacobook.verification.symbolic.rational_functions import vanishes

X, Y, Z = sympy.symbols("x y z", real=True, nonzero=True)
POINT = {X: sympy.Rational(3, 7), Y: sympy.Rational(-5, 2), Z: sympy.Rational(11, 13)}

# A sine, since SymPy rewrites products of roots and of exponentials by relations of theirs.
leaves = st.sampled_from([X, Y, Z, sympy.Integer(2), sympy.Rational(-1, 3), sympy.sin(X * Y)])
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(sympy.Add, inner, inner),
        st.builds(sympy.Mul, inner, inner),
        st.builds(lambda base, exponent: base**exponent, inner, st.sampled_from([2, 3])),
        # A denominator that is nowhere 0.
        st.builds(lambda above, below: above / (below**2 + 1), inner, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None)
@given(expressions, expressions, expressions)
def test_ways_to_write_the_same_differ_by_nothing(a, b, c):
    assert vanishes((a + b) * c - a * c - b * c)
    assert vanishes(a / (b**2 + 1) + c / (a**2 + 2) - (a * (a**2 + 2) + c * (b**2 + 1)) / ((b**2 + 1) * (a**2 + 2)))
    assert vanishes(a - sympy.together(a))


@settings(max_examples=40, deadline=None)
@given(expressions)
def test_what_has_another_value_somewhere_does_not_vanish(a):
    value = a.xreplace(POINT).evalf(30)
    if abs(value) > sympy.Float("1e-12"):
        assert not vanishes(a)


@pytest.mark.parametrize(
    ("expression", "zero"),
    [
        (sympy.Integer(0), True),
        ((X**2 - Y**2) / (X - Y) - X - Y, True),
        (2 / (2 * X + 2 * Y) - 1 / (X + Y), True),
        (sympy.exp(X) / (1 + sympy.exp(X)) - 1 + 1 / (1 + sympy.exp(X)), True),
        (sympy.sqrt(X**2 + 1) * (X + Y) - X * sympy.sqrt(X**2 + 1) - Y * sympy.sqrt(X**2 + 1), True),
        (X - Y, False),
        # Relations of functions are not looked at.
        (sympy.sin(X) ** 2 + sympy.cos(X) ** 2 - 1, False),
    ],
    ids=str,
)
def test_known_differences(expression, zero):
    assert vanishes(expression) is zero


def test_what_is_too_large_is_said():
    with pytest.raises(TooLargeError, match="terms"):
        vanishes((sum(sympy.symbols("a0:20")) + 1) ** 20 - 1)


U = 11 * X / 8 - Y / 2
E_U = sympy.exp(U)


@pytest.mark.parametrize(
    "difference",
    [
        E_U / (1 + E_U) - sympy.exp(2 * U) / (E_U + sympy.exp(2 * U)),
        1 / (1 + sympy.exp(-U)) - E_U / (1 + E_U),
        sympy.exp(sympy.Rational(2, 3) * U) / (sympy.exp(U / 2) + 1) - sympy.exp(U / 6) / (1 + sympy.exp(-U / 2)),
        (E_U - 1) * (E_U + 1) - (sympy.exp(4 * U) - 1) / (sympy.exp(2 * U) + 1),
    ],
)
def test_exponentials_of_multiples_are_powers_of_each_other(difference):
    assert vanishes(difference)
    assert not vanishes(difference + sympy.exp(3 * U))
    assert not vanishes(difference + E_U)


def test_exponentials_of_far_multiples_are_symbols_of_their_own():
    """exp(100 u) would be a power too high to multiply out."""
    assert not vanishes(sympy.exp(100 * U) - E_U**2)
