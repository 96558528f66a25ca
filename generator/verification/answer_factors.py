"""By which factor an answer is off: a number, a number times sizes, or a given scalar expression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from generator.algebra import build
from generator.algebra.nodes import Node
from generator.algebra.shapes import ONE, Dimension
from generator.verification.answer_forms import Form
from generator.verification.answer_points import Sample
from generator.verification.operations import Array, DomainError, Sizes

TOLERANCE = 1e-8
NOTHING = 1e-12
"""Where both sides are smaller than this, a point tells nothing, unless both are exactly 0."""
LARGEST_DENOMINATOR = 1000


def agree(answer: Array, expected: Array) -> bool | None:
    """Return whether both are equal up to rounding; None where both are next to nothing."""
    scale = max(float(np.max(np.abs(answer))), float(np.max(np.abs(expected))))
    if 0 < scale < NOTHING:
        return None
    return bool(np.max(np.abs(answer - expected)) <= TOLERANCE * scale)


def ratio_of(answer: Array, expected: Array) -> float | None:
    """Return c where answer = c · expected, None where there is no such number."""
    place = np.unravel_index(int(np.argmax(np.abs(expected))), expected.shape)
    if abs(expected[place]) < NOTHING:
        return None
    ratio = float(answer[place] / expected[place])
    if not np.isfinite(ratio):
        return None
    return ratio if agree(answer, ratio * expected) else None


def factor_of(samples: Iterable[Sample], form: Form, size_names: tuple[str, ...]) -> Node | None:
    """Return the rational number, perhaps times sizes, that the answer is too large by."""
    ratios: list[tuple[float, Sizes]] = []
    for sample in samples:
        if sample.answer is None or not np.any(np.abs(sample.expected) >= NOTHING):
            continue
        ratio = ratio_of(sample.answer, form.turn(sample.expected, sample.point.sizes))
        if ratio is None or ratio == 0:
            return None
        ratios.append((ratio, sample.point.sizes))
    if len(ratios) < 2:
        return None
    for above, below in _monomials(size_names):
        scaled = [r * below.value(dict(sizes)) / above.value(dict(sizes)) for r, sizes in ratios]
        number = Fraction(scaled[0]).limit_denominator(LARGEST_DENOMINATOR)
        if number and all(abs(value - number) <= TOLERANCE * abs(number) for value in scaled):
            return _factor(number, above, below)
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


def multiple_of(scalar: Node, samples: Iterable[Sample], form: Form) -> Fraction | None:
    """Return the number c where the answer is c · scalar times the derivative, at all points."""
    ratios: list[float] = []
    for sample in samples:
        try:
            by = float(sample.point.value(scalar).reshape(()))
        except DomainError:
            continue
        expected = form.turn(sample.expected, sample.point.sizes) * by
        ratio = None if sample.answer is None else ratio_of(sample.answer, expected)
        if ratio is None:
            return None
        ratios.append(ratio)
    if len(ratios) < 3:
        return None
    number = Fraction(ratios[0]).limit_denominator(LARGEST_DENOMINATOR)
    same = number and all(abs(ratio - number) <= TOLERANCE * abs(number) for ratio in ratios)
    return number if same else None
