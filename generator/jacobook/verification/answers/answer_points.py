"""Points at which a reader's answer and the derivative are compared: random ones, under conditions, and small ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from jacobook.algebra import build
from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.messages import JacobookError
from jacobook.algebra.nodes import Node, Symbol
from jacobook.calculus.derivation import Derivation
from jacobook.verification.numeric.array_operations import (
    Array,
    DomainError,
    Sizes,
    TooLargeArrayError,
    side_lengths,
    swap,
)
from jacobook.verification.numeric.equations import relative_error
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.numeric.natural_sizes import natural_size
from jacobook.verification.points import generator_for
from jacobook.verification.points.imposed import READABLE, has_property, imposed
from jacobook.verification.points.instances import Instances, size_assignments, size_names

TRUTH_TOLERANCE = 1e-5
NOTHING = 1e-12
"""Where both sides are smaller than this in proportion, a point proves nothing, unless both are exactly 0."""
TRIES = 12
SMALL_TRIES = 30


class UnsoundError(JacobookError):
    """The derivative does not agree with the function at a random point: nothing may be judged by it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A property that some variables may have beyond their declarations."""

    symbols: tuple[Symbol, ...]
    property: str
    """`symmetric`, `positive-definite`, `orthogonal`, `sum-one`, `unit-length`, `positive`, `zero-or-one` or `one`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The derivative and the answer at one point, both as (rows, columns)."""

    point: Evaluator
    expected: Array
    answer: Array | None
    """None where the answer has no value."""
    nothing: float = NOTHING
    """What is smaller than this here is 0 but for rounding."""


class Points:
    """The points for one answer to one derivation."""

    def __init__(self, derivation: Derivation, answer: Node) -> None:
        self.derivation, self.answer = derivation, answer
        statement = derivation.statement
        self.definitions = derivation.all_definitions
        self.drawn = tuple(symbol for symbol in statement.declarations if symbol not in self.definitions)
        everything = [*self.drawn, *self.definitions, *self.definitions.values(), derivation.value, answer]
        self.size_names = size_names(everything)
        self.assignments = size_assignments(self.size_names, least_sizes(everything))
        self._instances = Instances(self.drawn, self.definitions)
        self._truth = build.partial(statement.function, statement.wrt, total=True)

    def random(self, condition: Condition | None = None) -> Iterator[Sample]:
        """Yield random points, several for every assignment of sizes.

        Without a condition the first point of every assignment is one at which the derivative was compared with the
        numeric derivative of the function; raises UnsoundError where they differ.
        """
        wanted = 3 if self.size_names else 12
        for sizes in self.assignments:
            tried = islice(self._instances.points(sizes, {}, frozenset()), 2 * TRIES)
            found = 0
            for _, drawn in tried:
                point = drawn if condition is None else conditioned(drawn, condition)
                sample = None if point is None else self.sample(point)
                if sample is None:
                    continue
                if condition is None and not found and not self._is_sound(sample):
                    continue
                yield sample
                found += 1
                if found == wanted:
                    break

    def small(self) -> Iterator[Sample]:
        """Yield points of small sizes and small whole or one-decimal values, for examples that people can follow."""
        for sizes in self._small_sizes():
            for attempt in range(SMALL_TRIES):
                values = {symbol: small_value(symbol, sizes, attempt) for symbol in self.drawn}
                sample = self.sample(Evaluator(values, sizes, self.definitions))
                if sample is not None:
                    yield sample

    def sample(self, point: Evaluator) -> Sample | None:
        """Return both sides at the point, None where the derivative has no value."""
        try:
            point.value(self.derivation.statement.function)
            expected = point.value(self.derivation.value)
        except (DomainError, TooLargeArrayError):
            return None
        try:
            answer = point.value(self.answer)
        except (DomainError, TooLargeArrayError):
            return Sample(point, as_rows_and_columns(expected), None)
        nothing = NOTHING
        if max(float(np.max(np.abs(side))) for side in (expected, answer)) < NOTHING:
            sizes = (natural_size(side, point) for side in (self.derivation.value, self.answer))
            nothing *= max(float(np.max(size)) for size in sizes)
        return Sample(point, as_rows_and_columns(expected), as_rows_and_columns(answer), nothing)

    def _is_sound(self, sample: Sample) -> bool:
        """Return whether the derivative was confirmed here (False where no numeric derivative can be taken)."""
        try:
            truth = as_rows_and_columns(sample.point.value(self._truth))
        except (DomainError, TooLargeArrayError):
            return False
        if truth.shape != sample.expected.shape or relative_error(truth, sample.expected) > TRUTH_TOLERANCE:
            raise UnsoundError("the derivative does not agree with its function at a random point: please report it")
        return True

    def _small_sizes(self) -> list[dict[str, int]]:
        names = self.size_names
        mixed = [2 + place % 2 for place in range(len(names))]
        rows = [[2] * len(names)] if len(names) == 1 else [mixed, [5 - size for size in mixed], [2] * len(names)]
        return [dict(zip(names, row, strict=True)) for row in (rows if names else [[]])]


def as_rows_and_columns(value: Array) -> Array:
    """Return the value as (rows, columns)."""
    return np.asarray(value.reshape(value.shape[-2:]))


# -- conditions ------------------------------------------------------------------------------------------


def _orthogonal(value: Array) -> Array:
    return np.asarray(np.linalg.qr(value)[0])


def _definite(value: Array) -> Array:
    return np.asarray(value @ swap(value) / value.shape[-1] + 0.4 * np.eye(value.shape[-1]))


def _sum_one(value: Array) -> Array:
    if np.all(value > 0):
        return np.asarray(value / value.sum())
    return np.asarray(value + (1.0 - value.sum()) / value.size)


_IMPOSE: dict[str, Callable[[Array], Array]] = {
    "symmetric": lambda x: (x + swap(x)) / 2,
    "positive-definite": _definite,
    "orthogonal": _orthogonal,
    "sum-one": _sum_one,
    "unit-length": lambda x: x / np.sqrt((x * x).sum()),
    "positive": np.abs,
    "zero-or-one": lambda x: np.where(x > 0, 1.0, 0.0),
    "one": np.ones_like,
}


def conditioned(point: Evaluator, condition: Condition) -> Evaluator | None:
    """Return the point moved to where the condition holds; None where a declared property would be lost."""
    values = dict(point.values)
    for symbol in condition.symbols:
        values[symbol] = _IMPOSE[condition.property](values[symbol])
        if not all(has_property(values[symbol], name) for name in symbol.properties):
            return None
    return Evaluator(values, point.sizes, point.definitions)


def conditions_to_try(symbols: Collection[Symbol]) -> tuple[Condition, ...]:
    """Return the conditions to try, the likeliest first; none that is declared already."""
    ordered = sorted(symbols, key=lambda symbol: symbol.name)
    square = [symbol for symbol in ordered if symbol.shape.is_square]
    unsymmetric = [symbol for symbol in square if "symmetric" not in symbol.properties]
    vectors = [symbol for symbol in ordered if symbol.shape.is_vector]
    scalars = [symbol for symbol in ordered if symbol.shape.is_scalar]
    found = [Condition((symbol,), "symmetric") for symbol in unsymmetric]
    if len(unsymmetric) > 1:
        found.append(Condition(tuple(unsymmetric), "symmetric"))
    found += [Condition((symbol,), "orthogonal") for symbol in square]
    found += [Condition((symbol,), name) for symbol in vectors for name in ("sum-one", "unit-length")]
    found += [Condition((symbol,), "positive") for symbol in ordered if "positive" not in symbol.properties]
    found += [Condition((symbol,), "positive-definite") for symbol in square]
    found += [Condition((symbol,), "zero-or-one") for symbol in ordered if symbol.shape.axes]
    return (*found, *(Condition((symbol,), "one") for symbol in scalars))


# -- small numbers ---------------------------------------------------------------------------------------


def small_value(symbol: Symbol, sizes: Sizes, attempt: int) -> Array:
    """Return a value of small whole numbers, in later attempts of one decimal, with the declared properties."""
    rows, columns = side_lengths(symbol.shape, sizes)
    for again in range(20):
        random = generator_for("small", symbol.name, rows, columns, attempt, again)
        drawn = _different(random, rows * columns).reshape(rows, columns)
        if attempt % 3 == 2:
            drawn = drawn / 10
        if "positive" not in symbol.properties:
            drawn = drawn * random.choice([1, 1, -1], (rows, columns))
        if "diagonal" in symbol.properties:
            own = np.diag(drawn)
            drawn = np.diag(np.abs(own) if "positive-definite" in symbol.properties else own)
        elif "positive-definite" in symbol.properties:
            lower = np.tril(drawn, -1) + np.eye(rows)
            drawn = np.round(lower @ lower.T, 2)
        elif "symmetric" in symbol.properties:
            drawn = np.tril(drawn) + np.tril(drawn, -1).T
        drawn = imposed(drawn, symbol.properties, READABLE)
        if "invertible" not in symbol.properties or np.linalg.cond(drawn) < 60:
            break
    else:
        if "skew-symmetric" not in symbol.properties:  # which is singular where its size is odd
            drawn = np.diag(np.arange(1.0, rows + 1)) + ("positive" in symbol.properties)
    return np.asarray(drawn[None])


def _different(random: np.random.Generator, count: int) -> Array:
    """Return small whole numbers, all different unless they are many: no matrix is symmetric by accident."""
    if count > 12:
        return random.integers(1, 10, count).astype(float)
    return random.permutation(np.arange(1.0, max(4, count + 1)))[:count]
