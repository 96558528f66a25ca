"""The measure by which tests call two expressions equal tells apart what differs anywhere."""

from __future__ import annotations

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Node, symbol
from jacobook.algebra.shapes import Dimension, matrix, vector
from tests import numeric_truth
from tests.numeric_truth import difference, distinct_sizes, values_of

M, N, P, Q = (Dimension.of(name) for name in "MNPQ")
A, B = symbol("A", matrix(M, N)), symbol("B", matrix(N, P))
C = symbol("C", matrix(P, Q))
s, t, v = symbol("s"), symbol("t"), symbol("v", vector(N))


DIFFERENT = {
    "two inner sizes": (b.size_of(N) * A * B, b.size_of(P) * A * B),
    "an outer and an inner size": (b.size_of(M) * A * B, b.size_of(N) * A * B),
    "sizes of a longer product": (b.size_of(M) * A * B * C, b.size_of(Q) * A * B * C),
    "a size and a number": (b.size_of(N) * A * B, b.number(2) * A * B),
    "a size and another number": (b.size_of(N) * v, b.number(3) * v),
    "a sum of sizes": ((b.size_of(M) + b.size_of(P)) * A * B, b.number(2) * b.size_of(N) * A * B),
    "scalars, on one side of a kink": (b.apply("abs", s * t), s * t),
    "an array, on one side of a kink": (b.apply("relu", v), v),
}


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_somewhere_is_told_apart(left: Node, right: Node) -> None:
    assert difference(left, right) > 1e-2


def test_what_is_equal_differs_by_rounding_alone() -> None:
    assert difference((A * B) * C, A * (B * C)) < 1e-12
    assert difference(b.size_of(N) * A * B, A * (b.size_of(N) * B)) < 1e-12


def test_one_point_where_they_differ_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [[np.ones((1, 2, 2))] * 2, [np.ones((1, 2, 2)), 3 * np.ones((1, 2, 2))]]
    for order in (points, points[::-1]):
        monkeypatch.setattr(numeric_truth, "values_of", lambda *nodes, order=order: order)
        assert numeric_truth.difference(A, A) == pytest.approx(2 / 3)


@pytest.mark.parametrize("count", range(1, 7))
def test_sizes_are_distinct(count: int) -> None:
    names = [f"N{place}" for place in range(count)]
    up, down = distinct_sizes(names)
    for sizes in (up, down):
        assert list(sizes) == names
        assert len(set(sizes.values())) == count
        assert min(sizes.values()) >= 2
    assert all(up[name] != down[name] for name in names)


def test_every_point_is_another_one_without_sizes_too() -> None:
    first, second = (point[0] for point in values_of(s))
    assert first != second
