"""Whole exponents: one form for equal ones, and a least value that holds for all numbers they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import count, is_nonnegative, is_nonpositive, least, plain_exponent, times, total
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_whole
from jacobook.algebra.shapes import ShapeError, matrix
from jacobook.language.printer import text

k, m = (n.symbol(name, properties=frozenset({"whole"})) for name in "km")
t = n.symbol("t")
r = b.running_index("r", b.ZERO, total((k, b.number(-1))))
s = b.running_index("s", b.ZERO, total((k, b.number(-1), times(r, -1))))


def value(node: Node, numbers: Mapping[Node, int]) -> Fraction:
    """Return what a whole exponent is for these numbers, by its form alone."""
    match node:
        case n.Number():
            return node.value
        case n.Add():
            return Fraction(sum(value(operand, numbers) for operand in node.operands))
        case n.Negate():
            return -value(node.operands[0], numbers)
        case n.Product():
            return Fraction(prod(value(operand, numbers) for operand in node.operands))
    return Fraction(numbers[node])


def assignments() -> list[dict[Node, int]]:
    """Return numbers for all names: k, m ≥ 1, and r and s between their bounds."""
    found: list[dict[Node, int]] = []
    for a, c in product(range(1, 5), repeat=2):
        for first in range(a):
            found += [{k: a, m: c, r: first, s: second} for second in range(a - first)]
    return found


EXPONENTS = st.recursive(
    st.one_of(st.sampled_from([k, m, r, s]), st.integers(-3, 3).map(b.number)),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: b.add(*pair)),
        st.tuples(inner, inner).map(lambda pair: b.product(*pair)),
        inner.map(b.negate),
    ),
    max_leaves=6,
)


@given(EXPONENTS)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_plain_keeps_the_value_and_least_is_a_bound(exponent: Node) -> None:
    assert is_whole(exponent)
    simple, smallest = plain_exponent(exponent), least(exponent)
    assert plain_exponent(simple) is simple
    for numbers in assignments():
        assert value(simple, numbers) == value(exponent, numbers)
        assert smallest is None or value(exponent, numbers) >= smallest


@given(EXPONENTS, EXPONENTS)
@settings(derandomize=True, max_examples=100, deadline=None)
def test_equal_sums_have_one_form(left: Node, right: Node) -> None:
    assert total((left, right)) is total((right, left)) is plain_exponent(b.add(left, right))
    assert total((left, times(left, -1))) is b.ZERO


@pytest.mark.parametrize(
    ("exponent", "written"),
    [
        (total((times(r, -1), k, b.number(-1))), "k - 1 - r"),
        (total((m, times(k, -1))), "m - k"),
        (total((r, b.ONE)), "r + 1"),
        (total((b.TWO, times(r, -1))), "2 - r"),
        (times(k, -1), "-k"),
        (total((k, k, r)), "2*k + r"),
        (times(k, m), "k*m"),
    ],
)
def test_the_form_that_is_read(exponent: Node, written: str) -> None:
    assert text(exponent) == written


def test_signs() -> None:
    assert least(total((k, b.number(-1), times(r, -1)))) == 0
    assert least(total((k, b.number(-1), times(r, -1), times(s, -1)))) == 0  # the inner index goes first
    assert is_nonnegative(times(k, m))
    assert is_nonpositive(total((r, times(k, -1))))
    assert least(total((k, times(m, -1)))) is None
    assert not is_nonnegative(total((k, b.number(-2))))


def test_how_many_terms() -> None:
    assert count(r) is k
    assert count(b.running_index("r", b.number(3), k)) is None  # empty for k = 1, where k − 2 is negative
    assert count(b.running_index("r", b.ONE, total((k, b.number(-1))))) is total((k, b.number(-1)))


def test_what_is_no_whole_number() -> None:
    x = n.symbol("X", matrix("N", "N"))
    for exponent in (t, b.number(Fraction(1, 2)), k * t, b.apply("exp", k)):
        assert not is_whole(exponent)
        with pytest.raises(ShapeError, match="whole number"):
            b.power(x, exponent)
    with pytest.raises(ShapeError, match="bounds"):
        b.running_index("r", b.ZERO, t)
