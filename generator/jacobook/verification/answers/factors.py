"""By which factor an answer is off: a number, a number times sizes, or a given scalar expression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ONE, Dimension
from jacobook.verification.answers.answer_points import NOTHING, Sample
from jacobook.verification.answers.forms import Form
from jacobook.verification.numeric.array_operations import Array, DomainError, Sizes

TOLERANCE = 1e-8
LARGEST_DENOMINATOR = 1000
ROUGHLY = 0.011
"""Numbers rounded to two digits differ by so much at most where two digits are the least to be called a rounding:
0.33 for 1/3, 0.67 for 2/3, 1.4 for the root of 2."""


def agree(answer: Array, expected: Array, nothing: float = NOTHING) -> bool | None:
    """Return whether both are equal up to rounding; None where both are next to nothing."""
    scale = max(float(np.max(np.abs(answer))), float(np.max(np.abs(expected))))
    if 0 < scale < nothing:
        return None
    return bool(np.max(np.abs(answer - expected)) <= TOLERANCE * scale)


def ratio_of(answer: Array, expected: Array, nothing: float = NOTHING) -> float | None:
    """Return c where answer = c · expected, None where there is no such number."""
    place = np.unravel_index(int(np.argmax(np.abs(expected))), expected.shape)
    if abs(expected[place]) < nothing or not expected[place]:
        return None
    ratio = float(answer[place] / expected[place])
    if not np.isfinite(ratio):
        return None
    return ratio if agree(answer, ratio * expected, nothing) else None


def factor_of(samples: Iterable[Sample], form: Form, size_names: tuple[str, ...]) -> Node | None:
    """Return the rational number, perhaps times sizes, that the answer is too large by; never 1.

    Where the derivative is zero, so must be the answer: 1 is not a multiple of the step function that relu has.
    """
    ratios: list[tuple[float, Sizes]] = []
    for sample in samples:
        if sample.answer is None:
            continue
        expected = form.turn(sample.expected, sample.point)
        if not np.any(np.abs(expected) >= sample.nothing):
            if np.any(np.abs(sample.answer) >= sample.nothing):
                return None
            continue
        ratio = ratio_of(sample.answer, expected, sample.nothing)
        if ratio is None or ratio == 0:
            return None
        ratios.append((ratio, sample.point.sizes))
    if len(ratios) < 2:
        return None
    for above, below in _monomials(size_names):
        scaled = [r * below.value(dict(sizes)) / above.value(dict(sizes)) for r, sizes in ratios]
        number = Fraction(scaled[0]).limit_denominator(LARGEST_DENOMINATOR)
        if number and all(abs(value - number) <= TOLERANCE * abs(number) for value in scaled):
            return None if number == 1 and above == below == ONE else _factor(number, above, below)
    return None


def _monomials(size_names: tuple[str, ...]) -> Iterator[tuple[Dimension, Dimension]]:
    yield ONE, ONE
    for name in size_names:
        yield Dimension.of(name), ONE
        yield ONE, Dimension.of(name)
    for names in combinations(size_names, 2):
        both = Dimension(1, names)
        yield both, ONE
        yield ONE, both


def _factor(number: Fraction, above: Dimension, below: Dimension) -> Node:
    factor: Node = build.number(number)
    if above != ONE:
        factor = build.size_of(above) if number == 1 else build.product(factor, build.size_of(above))
    return factor if below == ONE else build.divide(factor, build.size_of(below))


def rounding_error(samples: Iterable[Sample], form: Form, most: float = ROUGHLY) -> float | None:
    """Return by how much, relative to its largest entry, the derivative and an answer with rounded numbers differ.

    One point in ten may do worse, where terms nearly cancel. None where the answer is not a rounded derivative.
    """
    errors = []
    for sample in samples:
        if sample.answer is None:
            continue
        expected = form.turn(sample.expected, sample.point)
        scale = float(np.max(np.abs(expected)))
        error = float(np.max(np.abs(sample.answer - expected)))
        if max(scale, error) >= sample.nothing:
            errors.append(error / scale if scale else np.inf)
    if len(errors) < 3:
        return None
    usual = sorted(errors)[(9 * len(errors) - 1) // 10]
    return usual if usual <= most else None


def multiple_of(scalar: Node, samples: Iterable[Sample], form: Form, missing: bool = False) -> Fraction | None:
    """Return the number c where the answer is c · scalar times the derivative, at all points.

    If the scalar is `missing`, the number where the answer times the scalar is c times the derivative.
    """
    ratios: list[float] = []
    for sample in samples:
        if sample.answer is None:
            return None
        try:
            by = float(sample.point.value(scalar).reshape(()))
        except DomainError:
            return None
        answer, expected = sample.answer, form.turn(sample.expected, sample.point)
        first, second = (answer * by, expected) if missing else (answer, expected * by)
        if all(np.max(np.abs(side)) < sample.nothing for side in (first, second)):
            continue
        ratio = ratio_of(first, second, sample.nothing)
        if ratio is None:
            return None
        ratios.append(ratio)
    if len(ratios) < 3:
        return None
    number = Fraction(ratios[0]).limit_denominator(LARGEST_DENOMINATOR)
    same = number and all(abs(ratio - number) <= TOLERANCE * abs(number) for ratio in ratios)
    return number if same else None
