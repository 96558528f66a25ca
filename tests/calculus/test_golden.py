"""Results as a good textbook prints them: finite differences show the list right, and the engine gives these texts."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import Shape
from jacobook.calculus.derive import derive
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.verification.numeric.array_operations import Array, DomainError
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import ATTEMPTS, Instances, size_names

LIST = Path(__file__).parent / "golden/results.yaml"
ENTRIES: list[dict[str, Any]] = yaml.safe_load(LIST.read_text(encoding="utf-8"))
KEYS = {"id", "given", "expr", "wrt", "result", "source", "note", "engine", "why"}
SIZES = (2, 3, 5, 4, 6), (5, 3, 2, 4, 6), (1, 2, 3, 2, 2)
"""Values of the names of sizes in the order of the alphabet; the last one has a size of 1."""
STEP = 2.0**-8
PRECISION = 1e-6
MOST_EXCEPTIONS = 0.15

every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])


class Golden:
    """One entry of the list, read: the statement and its result."""

    def __init__(self, entry: dict[str, Any]) -> None:
        expressions = entry["expr"] if isinstance(entry["expr"], list) else [entry["expr"]]
        self.statement: Statement = parse_statement(entry["given"], expressions, entry["wrt"])
        self.function = self.statement.function
        self.wrt = self.statement.wrt
        self.result = self.read(entry["result"])
        self.wanted = self.read(entry["engine"]) if "engine" in entry else self.result

    def read(self, expression: str) -> Node:
        """Return the expression, which must have the shape of the derivative."""
        shape = build.partial(self.function, self.wrt).shape
        names = [*self.statement.declarations, *(link.symbol for link in self.statement.links)]
        return parse_expression(expression, names, shape)

    def points(self, *more: Node) -> list[Evaluator]:
        """Return a point for each assignment of sizes at which the function and the expressions have values."""
        expressions = [self.function, self.result, *more]
        names = size_names([*self.statement.declarations, *expressions])
        definitions = self.statement.definitions
        symbols = {*self.statement.declarations, *(s for node in more for s in node.symbols)}
        supply = Instances(symbols - set(definitions), definitions)
        found = []
        for values in SIZES:
            sizes = dict(zip(names, values, strict=False))
            for attempt, point in supply.points(sizes, {}, frozenset()):
                try:
                    for expression in expressions:
                        point.value(expression)
                except DomainError:
                    if attempt + 1 >= ATTEMPTS:
                        break
                    continue
                found.append(point)
                break
        assert found, "no point was found at which the function and its derivative have values"
        return found


def at(point: Evaluator, wrt: Symbol, value: Array, definitions: dict[Symbol, Node]) -> Evaluator:
    """Return the point with another value of the variable."""
    return Evaluator({**point.values, wrt: value}, point.sizes, definitions)


def by_differences(golden: Golden, point: Evaluator) -> Array:
    """Return the derivative at the point by extrapolated central differences, laid out as its shape asks for."""
    definitions = golden.statement.definitions
    centre = point.value(golden.wrt).astype(float)
    columns = []
    for place in range(centre.size):
        column, row = divmod(place, centre.shape[-2])  # the entries of the variable, column by column
        slopes = []
        for step in (STEP, STEP / 2, STEP / 4):
            values = []
            for sign in (1, -1):
                moved = centre.copy()
                moved[0, row, column] += sign * step
                values.append(at(point, golden.wrt, moved, definitions).value(golden.function))
            slopes.append((values[0] - values[1]) / (2 * step))
        better = [(4 * fine - coarse) / 3 for coarse, fine in pairwise(slopes)]
        columns.append(((16 * better[1] - better[0]) / 15).reshape(values[0].shape[-2:]))
    return laid_out(columns, golden.function.shape, golden.wrt.shape, centre.shape[-2:])


def laid_out(columns: list[Array], of: Shape, wrt: Shape, extent: tuple[int, ...]) -> Array:
    """Return the partial derivatives, one array for each entry of the variable, as Jacobian, matrix or vec Jacobian."""
    if wrt.is_scalar:
        return columns[0]
    stacked = np.stack([column.flatten(order="F") for column in columns], axis=1)
    if of.is_scalar and wrt.is_matrix:
        return stacked.reshape(extent, order="F")
    return stacked


def difference(left: Array, right: Array) -> float:
    left, right = (np.asarray(value).reshape(np.asarray(value).shape[-2:]) for value in (left, right))
    assert left.shape == right.shape
    return float(np.max(np.abs(left - right)) / max(1.0, float(np.max(np.abs(left)))))


@cache
def derived(identifier: str) -> tuple[Golden, Node]:
    """Return the entry with the derivative that the engine gives."""
    golden = Golden(next(entry for entry in ENTRIES if entry["id"] == identifier))
    return golden, derive(golden.statement, both=False).value


def test_list_is_well_formed() -> None:
    assert len(ENTRIES) >= 120
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert {"id", "given", "expr", "wrt", "result", "source"} <= entry.keys() <= KEYS, entry["id"]


def test_exceptions_are_few_and_explained() -> None:
    exceptions = [entry for entry in ENTRIES if "engine" in entry]
    assert len(exceptions) <= MOST_EXCEPTIONS * len(ENTRIES)
    for entry in exceptions:
        assert len(entry.get("why", "")) > 20, f"{entry['id']}: why is this form as good?"
        golden = Golden(entry)
        assert text(golden.wanted) != text(golden.result), f"{entry['id']}: the engine gives the result after all"
    assert all("engine" in entry for entry in ENTRIES if "why" in entry)


@every_entry
def test_list_is_right(entry: dict[str, Any]) -> None:
    golden = Golden(entry)
    largest = 0.0
    for point in golden.points():
        value = point.value(golden.result)
        assert difference(value, by_differences(golden, point)) < PRECISION
        largest = max(largest, float(np.max(np.abs(value))))
    assert (largest == 0) == build.is_zero(golden.result), "a derivative that vanishes at all points shows nothing"
    assert largest == 0 or largest > 1e-3


@every_entry
def test_engine_prints_the_result(entry: dict[str, Any]) -> None:
    golden, value = derived(entry["id"])
    assert text(value) == text(golden.wanted)


@every_entry
def test_engine_is_equal_to_the_result(entry: dict[str, Any]) -> None:
    golden, value = derived(entry["id"])
    for point in golden.points(value):
        assert difference(point.value(golden.result), point.value(value)) < PRECISION
