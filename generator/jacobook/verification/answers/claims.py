"""Published formulas against the derivation: agrees, agrees in the other layout, under a condition, or disagrees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from jacobook.algebra import build
from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import without_names
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.differential import DifferentialDerivation
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, ShapeClash, parse_expression, read_differential
from jacobook.verification.answers.answer_points import Points, small_value
from jacobook.verification.answers.judge import NEGLIGIBLE, judge
from jacobook.verification.answers.targets import Target, read_target
from jacobook.verification.answers.verdicts import Verdict
from jacobook.verification.examination import evidence_for_equation
from jacobook.verification.numeric.array_operations import Array, DomainError, TooLargeArrayError
from jacobook.verification.numeric.equations import DIFFERENCE_TOLERANCE, STEP_TOLERANCE, relative_error
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import Instances, differing, size_assignments, size_names, sizes_of

TRIES = 12
WANTED = 3
"""Points for every assignment of sizes."""
SMALL_TRIES = 12

_STATUS = {
    "right": "agrees",
    "other-layout": "other-layout",
    "stacked-by-rows": "other-layout",
    "symmetric-directions": "agrees",
}
PLAUSIBLE = ("symmetric", "positive-definite", "positive")
"""Conditions that a source may have meant without saying so; that a matrix is orthogonal is none of them."""


@dataclass(frozen=True, slots=True)
class ValueExample:
    """Small numbers at which a published value differs, in one of its entries."""

    sizes: dict[str, int]
    values: dict[Symbol, Array]
    place: dict[str, int]
    """The index names of the formula, or `row` and `column`, at the entry that differs most."""
    printed: float
    expected: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one published formula."""

    status: str
    """`agrees`, `other-layout`, `condition` or `disagrees`."""
    kind: str
    """The first word of the target: `result`, `partial`, `value`, …; `differential` for a formula about one."""
    formula: Node | None
    """None for a formula whose own operands do not fit."""
    verdict: Verdict | None = None
    """For a formula that is said to be a derivative."""
    exact: bool = False
    """For another value: equal as expressions, not only at random points."""
    points: int = 0
    shape: Shape | None = None
    """The shape that the formula should have, where it has another one."""
    example: ValueExample | None = None
    expected: Node | None = None
    """For another value: what the formula should be, an unevaluated derivative for an entry."""
    said: Node | None = None
    """For an expression in the derivative: that expression, the derivative in it not evaluated."""
    clash: str = ""
    """Which operands of the formula do not fit each other; for a differential, the numbers that differ."""

    @property
    def agrees(self) -> bool:
        """Return whether the formula is right, in whichever layout."""
        return self.status in ("agrees", "other-layout")


def examine(derivation: Derivation, formula: str, target: str = "result") -> Finding:
    """Return what a published formula is worth: it is compared with what its target names in the derivation.

    Raises LanguageError (its `origin` is `answer` or `target`) for texts that cannot be read, and Refusal where no
    point is found at which both sides have a value.
    """
    found = read_target(derivation, target)
    try:
        return _examined(found, formula)
    except ShapeClash as clash:
        return Finding("disagrees", found.kind, None, clash=clash.clash)


def examine_differential(derivation: DifferentialDerivation, formula: str) -> Finding:
    """Return what a published differential is worth; `dX` in the formula is the differential of X.

    Raises LanguageError (its `origin` is `answer`) for a text that cannot be read, and Refusal where no point is found
    at which both sides have a value.
    """
    statement = derivation.statement
    names = [*statement.declarations, *statement.definitions]
    try:
        claimed = read_differential(formula, names, derivation.variables, derivation.value.shape)
    except ShapeClash as clash:
        return Finding("disagrees", "differential", None, clash=clash.clash)
    except LanguageError as error:
        error.origin = "answer"
        raise
    found = evidence_for_equation(build.differential(derivation.function), claimed, derivation.variables)
    if found.verdict == "unchecked":
        raise Refusal("no point was found at which both the formula and the differential have a value")
    exact = equal(claimed, derivation.value)
    status = "agrees" if found.passed else "disagrees"
    return Finding(status, "differential", claimed, exact=exact, points=found.instances, clash=found.cause or "")


def _examined(found: Target, formula: str) -> Finding:
    if found.value is None:
        verdict = judge(found.derivation, formula)
        return Finding(_status(verdict), found.kind, verdict.answer, verdict)
    return _compared(found, _read(found, formula))


def _status(verdict: Verdict) -> str:
    if verdict.condition is not None and verdict.slug == "assumption" and verdict.condition.property in PLAUSIBLE:
        return "condition"
    of, wrt = verdict.derivation.statement.function.shape, verdict.derivation.statement.wrt.shape
    if verdict.slug == "transpose" and of.is_scalar and wrt.is_matrix:
        return "other-layout"  # where the gradient of a matrix lies, as in numerator layout
    return _STATUS.get(verdict.slug, "disagrees")


def _read(target: Target, formula: str) -> Node:
    assert target.value is not None
    shape = target.value.shape
    derivation = target.derivation
    names = dict.fromkeys([*derivation.statement.declarations, *derivation.all_definitions])
    functions, sizes = derivation.statement.functions, sizes_of(derivation)
    indices = {index.name: index for index in target.indices}
    try:
        for expected in (shape, shape.transposed) if not indices else ():
            with suppress(LanguageError):
                return parse_expression(formula, names, expected, functions=functions, sizes=sizes)
        return parse_expression(formula, names, shape if indices else None, indices, functions, sizes)
    except LanguageError as error:
        error.origin = "answer"
        raise


def _compared(target: Target, formula: Node) -> Finding:
    """Return what becomes of a formula for a target that is no derivative; raises Refusal where none has a value."""
    return replace(_found_by_values(target, formula), said=target.said)


def _found_by_values(target: Target, formula: Node) -> Finding:
    expected = target.value
    assert expected is not None
    turned = formula.shape != expected.shape and formula.shape == expected.shape.transposed
    if formula.shape != expected.shape and not turned:
        return Finding("disagrees", target.kind, formula, shape=expected.shape, expected=expected)
    expected = expected.T if turned else expected
    exact = _is_exactly(target, formula, expected)
    comparison = _FormulaComparison(target, formula, expected)
    count, agrees = comparison.at_random_points()
    if not count:
        raise Refusal("no point was found at which both the formula and what it is said to be have a value")
    if not agrees:
        example = comparison.small_example()
        return Finding("disagrees", target.kind, formula, points=count, example=example, expected=target.value)
    status = "other-layout" if turned else "agrees"
    return Finding(status, target.kind, formula, exact=exact, points=count, expected=target.value)


def _is_exactly(target: Target, formula: Node, expected: Node) -> bool:
    definitions = target.derivation.all_definitions
    return not target.indices and equal(*(without_names(side, definitions) for side in (formula, expected)))


class _FormulaComparison:
    """Both sides at points; every index of an entry is an axis of the values."""

    def __init__(self, target: Target, formula: Node, expected: Node) -> None:
        self.target, self.formula, self.expected = target, formula, expected
        points = Points(target.derivation, formula)
        self.drawn, self.definitions = points.drawn, points.definitions
        everything = [*self.drawn, *self.definitions, *self.definitions.values(), formula, expected]
        self.size_names, self.least = size_names(everything), least_sizes(everything)
        self.instances = Instances(self.drawn, self.definitions)

    def _sides(self, point: Evaluator) -> tuple[Array, Array] | None:
        try:
            first, second = np.broadcast_arrays(point.value(self.formula), point.value(self.expected))
        except (DomainError, TooLargeArrayError):
            return None
        return first, second

    def _tolerance(self, point: Evaluator) -> float:
        rough = any(node in point.rough for node in walk(self.expected))
        return DIFFERENCE_TOLERANCE if rough else STEP_TOLERANCE

    def at_random_points(self) -> tuple[int, bool]:
        """Return how many points were compared, and whether the sides agree at all of them."""
        count = 0
        for sizes in size_assignments(self.size_names, self.least):
            found = 0
            for _, point in islice(self.instances.points(sizes, {}, frozenset()), TRIES):
                sides = self._sides(point)
                if sides is None:
                    continue
                found, count = found + 1, count + 1
                if relative_error(*sides) > self._tolerance(point):
                    return count, False
                if found == WANTED:
                    break
        return count, True

    def _small_points(self) -> Iterator[Evaluator]:
        names = self.size_names
        for first in (2, 3):
            sizes = {name: first if place % 2 == 0 else 5 - first for place, name in enumerate(names)}
            sizes = differing(sizes, self.least)
            for attempt in range(SMALL_TRIES):
                values = {symbol: small_value(symbol, sizes, attempt) for symbol in self.drawn}
                yield Evaluator(values, sizes, self.definitions)

    def small_example(self) -> ValueExample | None:
        """Return small numbers at which the sides differ, and the entry that differs most; no zero if possible."""
        used = self.formula.symbols | self.expected.symbols
        for body in self.definitions.values():
            used |= body.symbols
        first_found: ValueExample | None = None
        for point in self._small_points():
            sides = self._sides(point)
            if sides is None or relative_error(*sides) <= 1e-6:
                continue
            first, second = sides
            worst = np.unravel_index(int(np.argmax(np.abs(first - second))), first.shape)
            values = {symbol: point.value(symbol)[0] for symbol in self.drawn if symbol in used}
            place = self._place(point, first, worst)
            example = ValueExample(dict(point.sizes), values, place, float(first[worst]), float(second[worst]))
            less, more = sorted((abs(example.printed), abs(example.expected)))
            if less > NEGLIGIBLE * more:
                return example
            first_found = first_found or example
        return first_found

    def _place(self, point: Evaluator, array: Array, worst: tuple[np.intp, ...]) -> dict[str, int]:
        if self.target.indices:
            axes = {index.name: array.ndim + point.axis(index) for index in self.target.indices}
            return {name: int(worst[axis]) + 1 for name, axis in axes.items() if axis >= 0}
        shape = self.expected.shape
        if shape.is_scalar:
            return {}
        place = {"row": int(worst[-2]) + 1, "column": int(worst[-1]) + 1}
        return place if shape.is_matrix else {"entry": place["column" if shape.is_row else "row"]}
