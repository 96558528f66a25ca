"""Points of worked examples respect the declarations and can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.verification import evaluate
from jacobook.verification.numeric.array_operations import DomainError
from jacobook.verification.points.example_points import example_point, is_printable, printed_number
from jacobook.verification.points.imposed import has_property
from tests.conftest import one_in

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
    assert [printed_number(x) for x in (0.0, -0.0, 3e-16, -2.0, 2 / 3)] == ["0", "0", "0", "-2", "0.6667"]


COLLECTION = Path(__file__).resolve().parents[2] / "generator" / "jacobook" / "collection"


def collected() -> Iterator[tuple[str, Derivation]]:
    """Every derivation of a sample of the collection that may have a worked example, with the name of its entry."""
    for path in sorted(COLLECTION.glob("*/*.yaml"))[:: one_in(3)]:
        entry = yaml.safe_load(path.read_text("utf-8"))
        if "differential" in entry:
            continue
        for case in ({}, *entry.get("cases", ())):
            stated = {**entry, **case}
            yield (
                path.stem,
                derive(parse_statement(stated["given"], stated["expression"], stated.get("wrt")), both=False),
            )


def is_one_or_the_other(node: Node) -> bool:
    """Whether the values are 0 and ±1 wherever one looks: signs and steps."""
    while isinstance(node, n.Negate):
        node = node.operands[0]
    return isinstance(node, n.Apply) and node.function in ("sign", "step")


def numbers_on_the_way(derivation: Derivation) -> Iterator[tuple[str, float]]:
    """Every scalar that stands in the links of the chain, in the partial derivatives or in the result, in numbers."""
    point = example_point(derivation)
    if point is None:
        return
    values = {symbol: point.values[symbol.name] for symbol in derivation.statement.declarations}
    definitions: dict[Symbol, Node] = {**derivation.statement.definitions, **derivation.definitions}
    roots = [*definitions.values(), *(partial.value for partial in derivation.partials), derivation.value]
    for node in dict.fromkeys(inside for root in roots for inside in walk(root)):
        bound = any(isinstance(symbol, n.RunningIndex | n.SolvedSymbol) for symbol in node.symbols)
        if not node.shape.is_scalar or not node.symbols or bound:
            continue
        whole = node
        while not whole.symbols.isdisjoint(definitions):
            whole = substitute(whole, dict(definitions.items()))
        try:
            number = float(np.asarray(evaluate(whole, values, point.sizes)))
        except DomainError:
            continue
        if not is_one_or_the_other(node):
            yield text(node), number


@pytest.mark.slow
def test_no_number_on_the_way_is_0_or_1_where_another_point_avoids_it() -> None:
    """At a point with the exponent 0 or the logarithm of 1, a wrong derivative has the same value as the right one."""
    seen, trivial = 0, []
    for name, derivation in collected():
        # A vector of length 1 has no point at which its length is another.
        if any("unit-norm" in symbol.properties for symbol in derivation.statement.declarations):
            continue
        for written, value in numbers_on_the_way(derivation):
            seen += 1
            if min(abs(value), abs(value - 1)) < 1e-3:
                trivial.append(f"{name}: {written} = {value:.4g}")
    assert seen > 500 // one_in(3)
    assert trivial == []


@pytest.mark.parametrize("expression", ["softmax(x)", "logsumexp(x) - a'*x", "norm2(x - a)"])
def test_a_vector_of_equal_numbers_is_no_example(expression: str) -> None:
    given = ["x in R^N"] + (["a in R^N"] if "a" in expression.replace("softmax", "") else [])
    point = example_point(derive(parse_statement(given, [expression], "x")))
    assert point is not None
    for value in point.values.values():
        assert np.unique(value).size > 1
