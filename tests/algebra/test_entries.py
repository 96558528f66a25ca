"""Entries at fixed places, unit vectors and arrays written entry by entry: values, equality, sizes."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.arrays import written_out
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.entry_lookup import entry_at, least_sizes
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal, normal_form
from jacobook.algebra.shapes import Dimension, ShapeError, matrix, row, vector
from jacobook.algebra.traverse import free_indices, rebuild, substitute_indices
from tests.numeric_truth import difference

ONE, TWO, N = Dimension(1), Dimension(2), Dimension.of("N")
x, y, z = n.symbol("x", vector("N")), n.symbol("y", vector("N")), n.symbol("z", vector(2))
A, X = n.symbol("A", matrix("M", "N")), n.symbol("X", matrix("N", "N"))
s, t = n.symbol("s"), n.symbol("t")
i = n.Index("i", N)


def e(place: int | Dimension | n.Index, size: str | int = "N") -> Node:
    """The unit vector."""
    return b.unit_vector(place, size)


PAIR, WRITTEN = b.literal((s, t), vector(2)), b.literal((s, t, b.ONE, s * t), matrix(2, 2))
EQUAL: list[tuple[Node, Node]] = [
    (e(1).T * x, b.entry(x, ONE)),
    (x.T * e(N), b.entry(x, N)),
    (e(1).T * X * e(N), b.entry(X, ONE, N)),
    (b.entry(X.T, ONE, TWO), b.entry(X, TWO, ONE)),
    (b.entry(x + s * y, TWO), b.entry(x, TWO) + s * b.entry(y, TWO)),
    (b.entry(b.apply("sin", x), ONE), b.apply("sin", b.entry(x, ONE))),
    (b.entry(b.hadamard(x, y), ONE), b.entry(x, ONE) * b.entry(y, ONE)),
    (b.entry(b.diag(x) * y, TWO), b.entry(x, TWO) * b.entry(y, TWO)),
    (b.entry(A * x, ONE), e(1, "M").T * A * x),
    (e(1).T * e(2), b.ZERO),
    (e(2).T * e(2), b.ONE),
    (e(1).T * e(N), e(N).T * e(1)),
    (b.hadamard(e(1), x), b.entry(x, ONE) * e(1)),
    (b.diag(e(2)), e(2) * e(2).T),
    (b.trace(e(1) * e(2).T * X), b.entry(X, TWO, ONE)),
    (b.entry_sum(e(1)), b.ONE),
    (PAIR, s * e(1, 2) + t * e(2, 2)),
    (b.transpose(WRITTEN), b.literal((s, b.ONE, t, s * t), matrix(2, 2))),
    (PAIR.T * z, s * b.entry(z, ONE) + t * b.entry(z, TWO)),
    (WRITTEN * PAIR, b.literal((s * s + t * t, s + s * t * t), vector(2))),
    (b.trace(WRITTEN), s + s * t),
    (b.entry(WRITTEN, TWO, ONE), b.ONE),
    (WRITTEN - WRITTEN, b.zero(WRITTEN.shape)),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=lambda node: repr(node)[:60])
def test_equal_expressions_are_known_to_be(left: Node, right: Node) -> None:
    assert equal(left, right)
    assert difference(left, right) < 1e-9
    for side in (left, right):
        for form in (tidy(side), normal_form(side), written_out(side)):
            assert form.shape == side.shape
            assert difference(form, side) < 1e-9


DIFFERENT: list[tuple[Node, Node]] = [
    (e(1), e(2)),
    (e(1).T * e(N), b.ZERO),
    (b.entry(x, ONE), b.entry(x, N)),
    (b.entry(X, ONE, TWO), b.entry(X, TWO, ONE)),
    (PAIR, b.literal((t, s), vector(2))),
    (b.literal((b.ZERO, t), vector(2)), b.zero(vector(2))),
]


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=lambda node: repr(node)[:60])
def test_different_expressions_stay_so(left: Node, right: Node) -> None:
    assert not equal(left, right)
    assert tidy(left) is not tidy(right)


def test_what_is_written_out() -> None:
    gradient = s * e(1, 2).T + b.apply("sin", t) * e(2, 2).T
    assert written_out(gradient) is b.literal((s, b.apply("sin", t)), row(2))
    assert written_out(WRITTEN * PAIR).operands
    assert written_out(e(1).T) is e(1).T, "a size with a name has no last entry to write"
    assert written_out(x) is x
    assert written_out(b.entry(x, ONE) * e(1, 7)) is b.entry(x, ONE) * e(1, 7), "too long"
    with_rest = n.symbol("a", vector(2)) + s * e(2, 2)
    assert written_out(with_rest) is n.symbol("a", vector(2)) + b.literal((b.ZERO, s), vector(2))


def test_arrays_that_do_not_exist() -> None:
    for make in (
        lambda: b.literal((s, t), vector(3)),
        lambda: b.literal((s, x), vector(2)),
        lambda: b.literal((s,), vector("N")),
        lambda: b.unit_vector(3, 2),
        lambda: entry_at(PAIR, Dimension(3)),
    ):
        with pytest.raises(ShapeError):
            make()


def test_walks() -> None:
    assert rebuild(PAIR, (t, s)) is b.literal((t, s), vector(2))
    assert free_indices(e(i).T * x) == {i}
    assert substitute_indices(e(i), {i: TWO}) is e(2)


def test_least_sizes() -> None:
    wide = n.symbol("w", vector(Dimension(2, ("K",))))
    found = least_sizes([b.entry(x, Dimension(5)), e(3), b.entry(A, Dimension(4), ONE), b.entry(wide, Dimension(5))])
    assert found == {"N": 5, "M": 4, "K": 3}
    assert least_sizes([b.entry(x, ONE), b.entry(x, N), b.entry(x, i)]) == {}
