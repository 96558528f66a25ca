"""Points of worked examples respect the declarations and can be read."""

from __future__ import annotations

import numpy as np
import pytest

from generator.calculus.derive import derive
from generator.language import parse_statement
from generator.verification.example_points import example_point, is_printable, number_text
from generator.verification.instances import has_property

SQUARE = ("invertible", "symmetric", "positive-definite", "diagonal", "symmetric, invertible", "positive")


@pytest.mark.parametrize("properties", SQUARE)
def test_a_matrix_has_the_declared_properties(properties: str) -> None:
    given = ["x in R^N", f"A in R^(N x N) {properties}"]
    point = example_point(derive(parse_statement(given, ["f = x'*A*x"], "x")))
    assert point is not None
    value = point.values["A"]
    for name in properties.split(", "):
        assert has_property(value[None], name)
    assert np.array_equal(value * 10, np.round(value * 10))


def test_a_matrix_without_properties_is_not_special() -> None:
    point = example_point(derive(parse_statement(["x in R^N", "A in R^(N x N)"], ["f = x'*A*x"], "x")))
    assert point is not None
    assert not np.array_equal(point.values["A"], point.values["A"].T)


def test_sizes_that_differ_are_distinct_and_small() -> None:
    given = ["X in R^(M x N)", "a in R^M", "b in R^N"]
    point = example_point(derive(parse_statement(given, ["f = a'*X*b"], "X")))
    assert point is not None
    rows, columns = point.values["X"].shape
    assert rows != columns
    assert {rows, columns} <= {2, 3, 4}
    assert np.array_equal(point.derivative, np.outer(point.values["a"], point.values["b"]))


def test_a_kink_is_avoided() -> None:
    point = example_point(derive(parse_statement(["x in R^N"], ["f = norm1(x)"], "x")))
    assert point is not None
    assert np.all(point.values["x"] != 0)
    assert np.array_equal(point.derivative, np.sign(point.values["x"]))


@pytest.mark.parametrize(
    ("value", "printable"),
    [(0.0, True), (1e-17, True), (1.5, True), (1.0005, False), (1.2345, False), (12.345, False), (0.12345, False),
     (1.23449999, False), (1e-6, False), (12345.0, False), (np.inf, False), (np.nan, False), (2 / 3, True)],
)  # fmt: skip
def test_numbers_near_a_rounding_boundary_are_refused(value: float, printable: bool) -> None:
    assert is_printable(np.array([value])) is printable


def test_true_zeros_are_printed_as_zero() -> None:
    assert [number_text(x) for x in (0.0, -0.0, 3e-16, -2.0, 2 / 3)] == ["0", "0", "0", "-2", "0.6667"]
