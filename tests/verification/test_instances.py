"""Random points: what is declared holds, what is not declared does not."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import Dimension, matrix, vector
from jacobook.verification.points.imposed import has_property
from jacobook.verification.points.instances import (
    Instances,
    draw_direction,
    draw_value,
    few_assignments,
    size_assignments,
    size_names,
)

PROPERTIES = [
    frozenset[str](),
    frozenset({"invertible"}),
    frozenset({"symmetric"}),
    frozenset({"symmetric", "invertible"}),
    frozenset({"positive-definite"}),
    frozenset({"positive"}),
    frozenset({"diagonal"}),
    frozenset({"diagonal", "positive-definite"}),
]


def square(properties: frozenset[str]) -> n.Symbol:
    return n.symbol("S", matrix("D", "D"), properties)


@pytest.mark.parametrize("properties", PROPERTIES, ids=lambda value: "+".join(sorted(value)) or "plain")
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("attempt", [0, 1, 9, 20])
def test_declared_properties_hold_and_no_others(properties: frozenset[str], size: int, attempt: int) -> None:
    symbol = square(properties)
    value = draw_value(symbol, {"D": size}, attempt)
    assert value.shape == (1, size, size)
    for name in symbol.properties:
        assert has_property(value, name), name
    if "symmetric" not in symbol.properties and size > 1:
        assert not has_property(value, "symmetric")
    if symbol.properties & {"invertible", "symmetric"}:
        assert np.linalg.cond(value[0]) < 100
    if "positive" not in symbol.properties and "positive-definite" not in symbol.properties and size > 2:
        assert (value < 0).any() or attempt >= 8
    assert np.all(np.abs(np.diagonal(value[0])) > 0.01) or size > 1


def test_a_property_can_be_asked_for() -> None:
    assert has_property(draw_value(square(frozenset()), {"D": 4}, 0, frozenset({"symmetric"})), "symmetric")


def test_diagonal_is_told_from_symmetric() -> None:
    symmetric = draw_value(square(frozenset({"symmetric"})), {"D": 3}, 0)
    assert not has_property(symmetric, "diagonal")
    assert has_property(np.eye(3)[None] * [1.0, -2.0, 3.0], "diagonal")


def test_directions_have_no_property() -> None:
    """Entries are independent, also those of a variable that is declared symmetric."""
    symbol = square(frozenset({"positive-definite"}))
    assert not has_property(draw_direction(symbol, {"D": 3}, 0), "symmetric")


def test_sizes_come_from_shapes_indices_and_size_numbers() -> None:
    x = n.symbol("x", vector("D"))
    i = Index("i", Dimension.of("K"))
    expressions: list[Node] = [x, b.size_of(Dimension(2, ("M", "N"))), b.index_sum(i, n.symbol("t"))]
    assert size_names(expressions) == ("D", "K", "M", "N")


def test_assignments_of_sizes() -> None:
    assert size_assignments(()) == ({},)
    two = [tuple(sizes.values()) for sizes in size_assignments(("M", "N"))]
    assert two == [(2, 3), (3, 2), (4, 3), (3, 3), (1, 3), (3, 1)]
    for count in range(1, 12):
        found = size_assignments(tuple(f"n{k}" for k in range(count)))
        values = [tuple(sizes.values()) for sizes in found]
        assert len(set(values)) == len(values)
        assert all(len(value) == count for value in values)
        assert any(size > 2 and size % 2 == 0 for value in values for size in value)
        assert any(1 in value for value in values)
        assert any(len(set(value)) == 1 for value in values)


def test_points_where_a_name_has_no_value_are_left_out() -> None:
    """log(a − b) needs a > b: some draws are rejected, and others are found."""
    first, second, z = n.symbol("a"), n.symbol("b"), n.symbol("z")
    instances = Instances([first, second], {z: b.apply("log", first - second)})
    points = list(instances.points({}, {}, frozenset()))
    assert 4 <= len(points) < 48
    assert all(point.values[first] > point.values[second] for _, point in points)
    assert [number for number, _ in points] == sorted(number for number, _ in points)
    assert all(one.values[first] != other.values[first] for (_, one), (_, other) in pairwise(points))


def test_values_do_not_depend_on_the_hash_seed() -> None:
    """A rebuild in another process draws the same numbers."""
    script = (
        "from jacobook.algebra import nodes as n; from jacobook.algebra.shapes import matrix\n"
        "from jacobook.verification.points.instances import draw_value\n"
        "s = n.symbol('S', matrix('D', 'D'), frozenset({'positive-definite', 'positive'}))\n"
        "print(draw_value(s, {'D': 3}, 0).tobytes().hex())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_a_normalised_vector_adds_up_to_one() -> None:
    x = n.symbol("x", vector("N"))
    for size in (1, 2, 5):
        for attempt in (0, 9):
            drawn = draw_value(x, {"N": size}, attempt, frozenset({"normalised"}))
            assert has_property(drawn, "normalised")
            assert not has_property(2 * drawn, "normalised")


def test_sizes_that_must_be_larger() -> None:
    assert size_assignments(("D",), {"D": 4}) == ({"D": 4}, {"D": 5})
    for assignment in size_assignments(("M", "N"), {"N": 5}):
        assert assignment["N"] >= 5
    assert {"M": 5, "N": 5} in size_assignments(("M", "N"), {"N": 5})


def test_few_sizes_are_distinct_ones_and_one_of_1() -> None:
    x, large = n.symbol("x", vector("N")), n.symbol("L", matrix("M", "N"))
    sizes = size_assignments(("M", "N"))
    assert few_assignments(sizes, [b.product(large, x)]) == ({"M": 2, "N": 3}, {"M": 3, "N": 2}, {"M": 1, "N": 3})
    assert few_assignments(({},), []) == ({},)
    assert few_assignments(size_assignments(("N",)), [x]) == ({"N": 3}, {"N": 2}, {"N": 1})


def test_among_few_sizes_large_arrays_leave_the_smallest_distinct_ones() -> None:
    products: list[Node] = [n.symbol("A", matrix("N", "N"))]
    for _ in range(3):
        products.append(b.kronecker(products[-1], products[-1]))
    assert few_assignments(size_assignments(("N",)), products) == ({"N": 2}, {"N": 1})
