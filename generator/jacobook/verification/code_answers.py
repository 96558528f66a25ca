"""A reader's function against the derivative, at points: right, or what would make it so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from jacobook.algebra.messages import JacobookError
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.question import without_names
from jacobook.algebra.terms import term_node, terms_of
from jacobook.calculus.chain.passes import Pass
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.passed_on import backward_of, check_scalar, forward_of
from jacobook.verification.code_points import CodePoint, code_points
from jacobook.verification.numeric.array_operations import Array, DomainError
from jacobook.verification.numeric.evaluate import Evaluator, inward, outward
from jacobook.verification.points import generator_for
from jacobook.verification.reader_process import SECONDS, run_reader

TOLERANCES = {"float32": 2e-4, "float16": 2e-2}
"""Relative to the largest entry, by the type of what the function returns."""
TOLERANCE = 1e-6
ROUNDING_ALONE = 1e-11
MOST_TERMS = 16
LARGEST_DENOMINATOR = 1000
MOST_SHOWN = 3


class NoPointsError(JacobookError):
    """There is no point at which the function can be run."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the function gave at one point, and what it should have given."""

    point: CodePoint
    passed: Array | None
    expected: Array
    found: Array


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """One entry that is wrong, counted from 0 as in code."""

    place: tuple[int, ...]
    found: float
    expected: float


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """What there is to say of a function."""

    slug: str
    """`right`, `shape`, `squeezed`, `no-numbers`, `transpose`, `factor`, `term`, `entries` or `wrong`."""
    derivation: Derivation
    form: str
    function: str
    library: str
    points: int
    precision: str
    """The type of the numbers that it returns."""
    changed: tuple[str, ...] = ()
    """The arguments whose entries it changes in place."""
    factor: str = ""
    term: Node | None = None
    times: Fraction = Fraction(1)
    """By which number that term is multiplied: 0 where it is missing."""
    where: str = ""
    """Which entries are wrong, in words, where there are some."""
    entries: tuple[WrongEntry, ...] = ()
    shapes: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    """Found and expected."""
    sizes: Mapping[str, int] | None = None

    @property
    def right(self) -> bool:
        """Return whether the function is right."""
        return self.slug == "right"


def judge_code(
    derivation: Derivation, path: Path, function: str, form: str = "jacobian", seconds: float = SECONDS
) -> CodeVerdict:
    """Run the reader's function and return the verdict. Raises ReaderCodeError, Refusal, NoPointsError."""
    if form == "gradient":
        check_scalar(derivation)
    rule = {"vjp": backward_of, "jvp": forward_of}[form](derivation) if form in ("vjp", "jvp") else None
    found = list(code_points(derivation))
    if not found:
        raise NoPointsError("no point was found at which the derivative has a value")
    if derivation.statement.functions:
        raise NoPointsError("a declared function has no values: code with it cannot be run")
    passed = [_passed(point, derivation, form, number) for number, point in enumerate(found)]
    declared = [symbol.name for symbol in derivation.statement.declarations]
    points = [{name: point.values[name] for name in declared} for point in found]
    if rule is not None:
        points = [{**point, rule.given.name: value} for point, value in zip(points, passed, strict=True)]
    given = None if rule is None else rule.given.name
    wrt = derivation.statement.wrt.name
    ran = run_reader(path, function, points, [point.sizes for point in found], given, form, wrt, seconds)
    trials = [
        Trial(point, value, _expected(point, derivation, form, value), answer)
        for point, value, answer in zip(found, passed, ran.values, strict=True)
    ]
    precision = next((trial.found.dtype.name for trial in trials if trial.found.dtype.name in TOLERANCES), "float64")
    common = {
        "derivation": derivation,
        "form": form,
        "function": function,
        "library": ran.library,
        "changed": ran.changed,
    }
    return _verdict(trials, rule, {**common, "points": len(trials), "precision": precision})


def _passed(point: CodePoint, derivation: Derivation, form: str, number: int) -> Array | None:
    """Return a random upstream gradient, or a random tangent."""
    if form not in ("vjp", "jvp"):
        return None
    of = point.jacobian.ndim - np.ndim(point.values[derivation.statement.wrt.name])
    shape = point.jacobian.shape[:of] if form == "vjp" else point.jacobian.shape[of:]
    return np.asarray(generator_for("passed", form, number).uniform(0.2, 1.2, shape))


def _expected(point: CodePoint, derivation: Derivation, form: str, passed: Array | None) -> Array:
    if passed is None:
        return point.jacobian
    of = point.jacobian.ndim - np.ndim(point.values[derivation.statement.wrt.name])
    if form == "vjp":
        return np.asarray(np.tensordot(passed, point.jacobian, of))
    return np.asarray(np.tensordot(point.jacobian, passed, passed.ndim))


def _agree(found: Array, expected: Array, precision: str) -> bool:
    scale = max(float(np.abs(expected).max(initial=0.0)), float(np.abs(found).max(initial=0.0)))
    return bool(np.abs(found - expected).max(initial=0.0) <= TOLERANCES.get(precision, TOLERANCE) * max(scale, 1e-12))


def _is_rounding_alone(trial: Trial, derivation: Derivation) -> bool:
    """Return whether all that was found and expected is what rounding leaves of 0, as of a layer norm of two entries.

    It is, if it is tiny beside the values of the function over those of the variable.
    """
    statement = derivation.statement
    of, wrt = (trial.point.values.get(name) for name in (statement.function.name, statement.wrt.name))
    largest = [float(np.abs(value).max(initial=0.0)) for value in (of, wrt) if value is not None]
    if len(largest) < 2 or not largest[1]:
        return False
    passed = 1.0 if trial.passed is None else float(np.abs(trial.passed).max(initial=0.0))
    size = max(float(np.abs(side).max(initial=0.0)) for side in (trial.expected, trial.found))
    return size <= ROUNDING_ALONE * passed * largest[0] / largest[1]


def _verdict(trials: Sequence[Trial], rule: Pass | None, common: dict[str, Any]) -> CodeVerdict:
    precision = common["precision"]

    def said(slug: str, **more: Any) -> CodeVerdict:
        return CodeVerdict(slug, **{**common, **more})

    for trial in trials:
        if trial.found.shape != trial.expected.shape:
            return _of_another_shape(trials, trial, said)
    without = [trial for trial in trials if not np.all(np.isfinite(trial.found))]
    if without:
        return said("no-numbers", sizes=without[0].point.sizes)
    trials = [trial for trial in trials if not _is_rounding_alone(trial, common["derivation"])]
    if all(_agree(trial.found, trial.expected, precision) for trial in trials):
        return said("right")
    square = [trial for trial in trials if _turned(trial.found, trial).shape == trial.expected.shape]
    if len(square) == len(trials) and all(_agree(_turned(t.found, t), t.expected, precision) for t in trials):
        return said("transpose")
    if factor := _factor(trials, common["derivation"], precision):
        return said("factor", factor=factor)
    for term in _terms(common["derivation"], rule):
        times = _times(term, trials, common["derivation"], rule, precision)
        if times is not None and times != 1:
            return said("term", term=term, times=times)
    masks = [_wrong(trial, precision) for trial in trials]
    number = min(
        (k for k, mask in enumerate(masks) if mask.any()),
        key=lambda k: (masks[k].all(), masks[k].size < 4, masks[k].size),
    )
    shown, mask = trials[number], masks[number]
    places = [tuple(map(int, place)) for place in np.argwhere(mask)]
    entries = tuple(WrongEntry(p, float(shown.found[p]), float(shown.expected[p])) for p in places[:MOST_SHOWN])
    partly = not mask.all()
    where = _in_words(masks) if partly else ""
    return said("entries" if partly else "wrong", where=where, entries=entries, sizes=shown.point.sizes)


def _of_another_shape(trials: Sequence[Trial], trial: Trial, said: Any) -> CodeVerdict:
    """Return the verdict where shapes differ: only by axes of length 1, turned, or for good."""
    shapes = trial.found.shape, trial.expected.shape
    precision = trial.found.dtype.name

    def same(values: Iterator[tuple[Array, Array]]) -> bool:
        return all(a.shape == b.shape and _agree(a, b, precision) for a, b in values)

    if same((_turned(one.found, one), one.expected) for one in trials):
        return said("transpose", shapes=shapes, sizes=trial.point.sizes)  # type: ignore[no-any-return]
    squeezed = ((np.squeeze(one.found), np.squeeze(one.expected)) for one in trials)
    slug = "squeezed" if same(squeezed) else "shape"
    return said(slug, shapes=shapes, sizes=trial.point.sizes)  # type: ignore[no-any-return]


def _turned(array: Array, trial: Trial) -> Array:
    """Return an array with the axes of the variable before those of the function, or the transpose of a matrix."""
    if trial.passed is not None or trial.expected.ndim != trial.point.jacobian.ndim or array.ndim <= 2:
        return array.T
    half = array.ndim // 2
    return np.moveaxis(array, range(half), range(array.ndim - half, array.ndim))


def _factor(trials: Sequence[Trial], derivation: Derivation, precision: str) -> str:
    """Return the one factor between what was found and what was expected, in words; empty for none."""
    ratios = []
    for trial in trials:
        place = np.unravel_index(int(np.argmax(np.abs(trial.expected))), trial.expected.shape)
        if not trial.expected[place]:
            continue
        ratio = float(trial.found[place] / trial.expected[place])
        if not _agree(trial.found, ratio * trial.expected, precision):
            return ""
        ratios.append((ratio, trial))
    if len(ratios) < 2:
        return ""
    scalars = [s for s in derivation.statement.declarations if s.shape.is_scalar]
    names = [*(name for name in ratios[0][1].point.sizes), *(s.name for s in scalars)]
    for name in ("", *names):
        for sign in (1, -1) if name else (1,):
            scaled = [ratio / _size_or_scalar(name, trial) ** sign for ratio, trial in ratios]
            number = Fraction(scaled[0]).limit_denominator(LARGEST_DENOMINATOR)
            if (
                number
                and (name or number != 1)
                and all(abs(one - float(number)) <= 1e-5 * abs(float(number)) for one in scaled)
            ):
                return _factor_words(number, name, sign)
    return ""


def _size_or_scalar(name: str, trial: Trial) -> float:
    point = trial.point
    return 1.0 if not name else float(point.sizes[name] if name in point.sizes else point.values[name])


def _factor_words(number: Fraction, name: str, sign: int) -> str:
    if not name:
        return str(number)
    above = name if number.numerator == 1 else f"{number.numerator}*{name}"
    if sign == 1:
        return above if number.denominator == 1 else f"{above}/{number.denominator}"
    below = name if number.denominator == 1 else f"({number.denominator}*{name})"
    return f"{number.numerator}/{below}"


def _terms(derivation: Derivation, rule: Pass | None) -> list[Node]:
    """Return the terms of what is expected, multiplied out and in the variables alone; none of a single one."""
    value = derivation.value_without_names
    if rule is not None:
        value = without_names(rule.value, {link.symbol: link.expression for link in rule.kept})
    if value.size > 400:
        return []
    found = terms_of(normal_form(value))
    return [term_node(term, value.shape) for term in found] if 1 < len(found) <= MOST_TERMS else []


def _times(
    term: Node, trials: Sequence[Trial], derivation: Derivation, rule: Pass | None, precision: str
) -> Fraction | None:
    """Return c where what was found is what was expected with c times the term, None for no such number."""
    ratios = []
    for trial in trials:
        own = _value(term, trial, None if rule is None else rule.given)
        if own is None or own.shape != trial.expected.shape:
            continue
        left = trial.found - (trial.expected - own)
        place = np.unravel_index(int(np.argmax(np.abs(own))), own.shape)
        if abs(own[place]) < 1e-6 * float(np.abs(trial.expected).max(initial=0.0)) or not own[place]:
            continue
        ratio = float(left[place] / own[place])
        if not _agree(trial.found, trial.expected - own + ratio * own, precision):
            return None
        ratios.append(ratio)
    if len(ratios) < 2:
        return None
    number = Fraction(ratios[0]).limit_denominator(24)
    nearly = 1e-4 * max(1.0, abs(float(number)))
    return number if all(abs(ratio - float(number)) <= nearly for ratio in ratios) else None


def _value(term: Node, trial: Trial, given: Symbol | None) -> Array | None:
    point = trial.point.point
    values = dict(point.values)
    if given is not None and trial.passed is not None:
        values[given] = inward(trial.passed, given.shape)
    try:
        return outward(Evaluator(values, point.sizes, point.definitions).value(term), term.shape)
    except DomainError:
        return None


def _wrong(trial: Trial, precision: str) -> Any:
    scale = max(float(np.abs(trial.expected).max(initial=0.0)), 1e-12)
    return np.abs(trial.found - trial.expected) > TOLERANCES.get(precision, TOLERANCE) * scale


def _in_words(masks: Sequence[Any]) -> str:
    """Return what the wrong entries have in common at all points, empty for nothing."""
    masks = [mask for mask in masks if mask.size > 1 and mask.any()]
    return next((words for words, places in _PATTERNS.items() if _fit(masks, places)), "")


def _fit(masks: Sequence[Any], places: Callable[[Any], Any]) -> bool:
    """Return whether the entries in these places are the wrong ones, and not all, at all points."""
    own = [places(mask) for mask in masks]
    same = all(part is not None and np.array_equal(mask, part) for mask, part in zip(masks, own, strict=True))
    return same and not all(part.all() for part in own)


def _square(mask: Any) -> bool:
    return len(set(mask.shape)) == 1 and mask.ndim == 2


def _at(mask: Any, *place: Any) -> Any:
    """Return a mask of the same shape that is true in one place or slice."""
    found = np.zeros(mask.shape, dtype=bool)
    if len(place) > mask.ndim:
        return None
    found[place] = True
    return found


_PATTERNS: dict[str, Callable[[Any], Any]] = {
    "on the diagonal": lambda mask: np.eye(len(mask), dtype=bool) if _square(mask) else None,
    "off the diagonal": lambda mask: ~np.eye(len(mask), dtype=bool) if _square(mask) else None,
    "in the first place": lambda mask: _at(mask, *(0 for _ in range(mask.ndim))),
    "in the last place": lambda mask: _at(mask, *(-1 for _ in range(mask.ndim))),
    "in the first row": lambda mask: _at(mask, 0) if mask.ndim == 2 else None,
    "in the last row": lambda mask: _at(mask, -1) if mask.ndim == 2 else None,
    "in the first column": lambda mask: _at(mask, slice(None), 0) if mask.ndim == 2 else None,
    "in the last column": lambda mask: _at(mask, slice(None), -1) if mask.ndim == 2 else None,
}
