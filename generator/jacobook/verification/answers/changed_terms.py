"""One term among several that an answer lacks, has too much, or has with another factor or sign."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np

from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.terms import term_node, terms_of
from jacobook.verification.answers.answer_points import Sample
from jacobook.verification.answers.factors import agree, ratio_of
from jacobook.verification.answers.forms import Form
from jacobook.verification.numeric.array_operations import Array, DomainError

MOST_TERMS, LARGEST_DENOMINATOR = 16, 24
CONFIRMED = 3
"""At so many points at least."""


class ChangedTerm(NamedTuple):
    """A term, in the layout of the expression that it is a term of."""

    term: Node
    change: str
    """`dropped`, `sign`, `factor` (a term of the derivative), or `superfluous` (one of the answer)."""
    form: Form
    times: Fraction
    """By which number the term of the derivative is multiplied in the answer; 1 for a superfluous term."""


def changed_term(expected: Node, answer: Node, samples: Sequence[Sample], forms: Sequence[Form]) -> ChangedTerm | None:
    """Return the one term that makes the difference, None where there is no such term."""
    for term, form in product(_terms_of(expected), forms):
        times = _times(term, samples, form)
        if times is not None and times != 1:
            change = {0: "dropped", -1: "sign"}.get(int(times) if times.denominator == 1 else 2, "factor")
            return ChangedTerm(term, change, form, times)
    for term, form in product(_terms_of(answer), forms):
        if _is_superfluous(term, samples, form):
            return ChangedTerm(term, "superfluous", form, Fraction(1))
    return None


def _terms_of(node: Node) -> list[Node]:
    """Return the terms of a sum, multiplied out; none of what is one term, or very many."""
    terms = terms_of(normal_form(node))
    return [term_node(term, node.shape) for term in terms] if 1 < len(terms) <= MOST_TERMS else []


def _value(node: Node, sample: Sample, shape: tuple[int, ...]) -> Array | None:
    try:
        return sample.point.value(node).reshape(shape)
    except DomainError:
        return None


def _times(term: Node, samples: Sequence[Sample], form: Form) -> Fraction | None:
    """Return c where the answer is the derivative with c times the term; None where there is no such number."""
    ratios = []
    for sample in samples:
        own = _value(term, sample, sample.expected.shape)
        if own is None or sample.answer is None:
            continue
        other = form.turn(sample.expected - own, sample.point)
        turned = form.turn(own, sample.point)
        left = sample.answer - other
        sides = (sample.answer, other, turned)
        scale = max(float(np.max(np.abs(side))) for side in sides)
        if float(np.max(np.abs(turned))) <= max(sample.nothing, 1e-6 * scale):
            continue
        ratio = ratio_of(left, turned, sample.nothing)
        if ratio is None and float(np.max(np.abs(left))) > 1e-8 * scale:
            return None
        ratios.append(0.0 if ratio is None or float(np.max(np.abs(left))) <= 1e-8 * scale else ratio)
    if len(ratios) < CONFIRMED:
        return None
    number = Fraction(ratios[0]).limit_denominator(LARGEST_DENOMINATOR)
    return number if all(abs(ratio - number) <= 1e-7 * max(1.0, abs(float(number))) for ratio in ratios) else None


def _is_superfluous(term: Node, samples: Sequence[Sample], form: Form) -> bool:
    count = 0
    for sample in samples:
        own = None if sample.answer is None else _value(term, sample, sample.answer.shape)
        if own is None or sample.answer is None:
            continue
        agrees = agree(sample.answer - own, form.turn(sample.expected, sample.point), sample.nothing)
        if agrees is False:
            return False
        count += agrees is True
    return count >= CONFIRMED
