"""Substitution, index substitution, walks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import Dimension, ShapeError, matrix, vector
from jacobook.algebra.traverse import (
    contains,
    count_places,
    free_indices,
    rebuild,
    substitute,
    substitute_indices,
    transform,
    walk,
)
from tests.numeric_truth import Nowhere, difference
from tests.strategies import BY_NAME, VARIABLES, expressions

N, M = Dimension.of("N"), Dimension.of("M")
i, j, k = Index("i", N), Index("j", N), Index("k", N)
x, y, A = n.symbol("x", vector(N)), n.symbol("y", vector(N)), n.symbol("A", matrix(N, N))


def test_substitution_is_simultaneous() -> None:
    assert substitute(x + y, {x: y, y: x}) is y + x


def test_substitution_checks_shapes_anew() -> None:
    with pytest.raises(ShapeError):
        substitute(x.T * y, {x: n.symbol("u", vector(M))})


def test_a_whole_expression_may_be_replaced() -> None:
    assert substitute(b.apply("exp", x.T * y), {x.T * y: n.symbol("z")}) is b.apply("exp", n.symbol("z"))


def test_no_sum_captures_an_index_that_is_put_in() -> None:
    """Σⱼ A_ij with j for i is Σ A_jr over another index r, not Σⱼ A_jj; so it is in an array of entries."""
    row_sum = b.index_sum(j, b.entry(A, i, j))
    moved = substitute_indices(row_sum, {i: j})
    assert isinstance(moved, n.IndexSum)
    assert moved.operands[0] is b.entry(A, j, moved.index)
    assert moved.index.name != "j"
    swapped = substitute_indices(b.index_sum(k, b.entry(A, i, k) * b.entry(x, j)), {i: j, j: k})
    assert free_indices(swapped) == {j, k}
    column = substitute_indices(b.array_of(b.entry(A, i, j), i, shape=vector(N)), {j: i})
    assert free_indices(column) == {i}


@settings(derandomize=True, max_examples=60, deadline=None)
@given(expressions())
def test_there_and_back(node: Node) -> None:
    away: dict[Node, Node] = {
        symbol: n.symbol(symbol.name + "_", symbol.shape, symbol.properties) for symbol in VARIABLES
    }
    moved = substitute(node, away)
    assert moved.shape == node.shape
    assert not (moved.symbols & node.symbols)
    assert substitute(moved, {there: here for here, there in away.items()}) is node
    assert all(rebuild(part, part.operands) is part for part in walk(node))
    assert transform(node, lambda part: None) is node


@settings(derandomize=True, max_examples=40, deadline=None)
@given(expressions(containing=("x",), depth=3))
def test_a_substituted_constant_has_the_value_of_what_it_stands_for(node: Node) -> None:
    value = BY_NAME["A"].T * BY_NAME["u"]
    try:
        assert (
            difference(substitute(node, {BY_NAME["x"]: value}), substitute(node, {BY_NAME["x"]: value + value - value}))
            < 1e-6
        )
    except Nowhere:
        return


@settings(derandomize=True, max_examples=40, deadline=None)
@given(expressions())
def test_walk_yields_every_node_once_after_its_operands(node: Node) -> None:
    order = list(walk(node))
    place = {part: position for position, part in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is node
    assert all(place[operand] < place[part] for part in order for operand in part.operands)
    assert {part for part in order if isinstance(part, n.Symbol)} == set(node.symbols)


def test_free_and_bound_indices() -> None:
    summed = b.index_sum(j, b.entry(A, i, j) * b.entry(x, j))
    assert free_indices(summed) == {i}
    assert free_indices(b.delta(i, k) * summed) == {i, k}
    assert free_indices(b.array_of(summed, i, shape=vector(N))) == set()
    assert free_indices(b.entry(x, N)) == set()


def test_indices_are_replaced_where_they_are_free() -> None:
    summed = b.index_sum(j, b.entry(A, i, j) * b.entry(x, j))
    assert substitute_indices(summed, {i: k}) is b.index_sum(j, b.entry(A, k, j) * b.entry(x, j))
    assert substitute_indices(summed, {j: k}) is summed
    assert substitute_indices(b.delta(i, j), {j: i}) is b.ONE
    assert substitute_indices(b.entry(x, i), {i: Dimension(2)}) is b.entry(x, Dimension(2))
    array = b.array_of(b.entry(x, i) * b.entry(y, k), i, shape=vector(N))
    assert substitute_indices(array, {i: j, k: j}) is b.array_of(b.entry(x, i) * b.entry(y, j), i, shape=vector(N))


def test_contains() -> None:
    assert contains(b.trace(A * b.inverse(A)), n.Inverse)
    assert not contains(b.trace(A), (n.Inverse, n.Power))


def test_a_very_deep_expression_is_walked_without_recursion() -> None:
    node: Node = n.symbol("s")
    for _ in range(5000):
        node = n.Negate((node,), node.shape)
    assert sum(1 for _ in walk(node)) == 5001


def test_places_are_counted_where_a_part_is_written() -> None:
    t = n.symbol("t")
    squared = b.power(t, b.TWO)
    assert count_places(t, squared + b.apply("sin", squared)) == 2
    assert count_places(squared, squared) == 1
    assert count_places(b.apply("cos", t), squared) == 0
