"""A reader's answer against the derivative: right, right in another form, nearly right, or wrong and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, islice, product

import numpy as np

from generator.algebra import build
from generator.algebra.nodes import Node, Symbol
from generator.algebra.normal_form import equal, normal_form
from generator.algebra.shapes import Dimension, Shape, derivative_shape
from generator.algebra.terms import term_node, terms_of
from generator.algebra.traverse import substitute
from generator.calculus.derivation import Derivation
from generator.language import LanguageError, parse_expression
from generator.verification.answer_points import Condition, Points, Sample, conditions, definitions_of
from generator.verification.operations import Array, DomainError, Sizes

TOLERANCE = 1e-8
NOTHING = 1e-12
"""Where both sides are smaller than this, a point tells nothing, unless both are exactly 0."""
MOST_TERMS = 16
LARGEST_DENOMINATOR = 1000
MOST_EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which people write one derivative."""

    slug: str
    """`jacobian`, `rows` (entries stacked by rows), `denominator`, `transpose` or `rows-transpose`."""
    rows: Dimension
    columns: Dimension
    turn: Callable[[Array, Sizes], Array]
    """From the value in the Jacobian layout to this form."""
    node: Callable[[Node], Node] | None = None
    """The same for expressions, where it is known."""

    def fits(self, shape: Shape) -> bool:
        """Return whether a value of this shape may be the derivative in this form."""
        return (self.rows, self.columns) == (shape.rows, shape.columns)


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of the answer that differs from the derivative, at the example."""

    position: tuple[int, int]
    answer: float
    expected: float


@dataclass(frozen=True, slots=True)
class Example:
    """Numbers for which the answer is wrong."""

    sizes: dict[str, int]
    values: dict[Symbol, Array]
    entries: tuple[Difference, ...]
    """All entries that differ, row by row."""
    total: int
    """How many entries there are."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say about an answer."""

    slug: str
    """`right`, `other-layout`, `stacked-by-rows`, `transpose`, `factor`, `assumption`, `wrong` or `shape`."""
    derivation: Derivation
    answer: Node
    form: str = "jacobian"
    """The form that the answer is in, or comes nearest to."""
    factor: Node | None = None
    """A number, perhaps times sizes: the answer is so many times the derivative."""
    condition: Condition | None = None
    """What must hold for the answer to be right (or right up to the factor)."""
    exact: bool = False
    """Equal as expressions, not only at random points."""
    points: int = 0
    """At how many random points the verdict was confirmed."""
    partly: bool = False
    """The answer has no value at points at which the derivative has one."""
    example: Example | None = None
    term: Node | None = None
    """A term of the derivative that was dropped, or has the wrong sign; in the Jacobian layout."""
    term_change: str | None = None
    """`dropped` or `sign`."""
    scalar: Node | None = None
    """The answer is wrong by this scalar factor, an expression."""

    @property
    def right(self) -> bool:
        """Return whether the answer is right, in whichever layout."""
        return self.slug in ("right", "other-layout", "stacked-by-rows")


_SLUGS = {
    "jacobian": "right",
    "rows": "stacked-by-rows",
    "denominator": "other-layout",
    "transpose": "transpose",
    "rows-transpose": "transpose",
}


def judge(derivation: Derivation, text: str) -> Verdict:
    """Return the verdict on an answer, an expression in the declared variables and the names of the chain.

    Raises LanguageError (its `origin` is `answer`) for a text that cannot be read, and UnsoundError if the derivation
    itself does not agree with its function.
    """
    answer = read_answer(derivation, text)
    fitting = [form for form in forms_of(derivation) if form.fits(answer.shape)]
    verdict = Verdict("shape", derivation, answer)
    return _Judge(verdict, fitting).verdict() if fitting else verdict


def read_answer(derivation: Derivation, text: str) -> Node:
    """Return the answer as an expression; open sizes are inferred from the shapes that it may have."""
    names = dict.fromkeys([*derivation.statement.declarations, *definitions_of(derivation)])
    expected = derivation.value.shape
    first: LanguageError | None = None
    for shape in dict.fromkeys((expected, expected.transposed, None)):
        try:
            return parse_expression(text, names, shape)
        except LanguageError as error:
            error.origin = "answer"
            if shape is None:
                raise first if first is not None and "cannot be inferred" in error.message else error from None
            first = first or error
    raise AssertionError("the last reading is without an expected shape")


def forms_of(derivation: Derivation) -> list[Form]:
    """Return the forms of the derivative, the Jacobian layout first."""
    of, wrt, shape = derivation.statement.function.shape, derivation.statement.wrt.shape, derivation.value.shape
    forms = [Form("jacobian", shape.rows, shape.columns, lambda value, sizes: value, lambda node: node)]
    if shape.is_scalar:
        return forms
    flattened = derivative_shape(of, wrt) is None

    def by_rows(value: Array, sizes: Sizes) -> Array:
        return np.asarray(value[_by_rows(of, sizes)][:, _by_rows(wrt, sizes)])

    if flattened:
        forms.append(Form("rows", shape.rows, shape.columns, by_rows))
    slug = "transpose" if of.is_matrix or wrt.is_matrix else "denominator"
    forms.append(Form(slug, shape.columns, shape.rows, lambda value, sizes: value.T, build.transpose))
    if flattened:
        forms.append(Form("rows-transpose", shape.columns, shape.rows, lambda value, sizes: by_rows(value, sizes).T))
    return forms


def _by_rows(shape: Shape, sizes: Sizes) -> Array:
    """Return where the entries, numbered row by row, stand when columns are stacked."""
    rows, columns = shape.rows.value(dict(sizes)), shape.columns.value(dict(sizes))
    return np.arange(rows * columns).reshape(columns, rows).T.ravel()


def _agree(answer: Array, expected: Array) -> bool | None:
    """Return whether both are equal up to rounding; None where both are next to nothing."""
    scale = max(float(np.max(np.abs(answer))), float(np.max(np.abs(expected))))
    if 0 < scale < NOTHING:
        return None
    return bool(np.max(np.abs(answer - expected)) <= TOLERANCE * scale)


def _ratio(answer: Array, expected: Array) -> float | None:
    """Return c where answer = c · expected, None where there is no such number."""
    place = np.unravel_index(int(np.argmax(np.abs(expected))), expected.shape)
    if abs(expected[place]) < NOTHING:
        return None
    ratio = float(answer[place] / expected[place])
    return ratio if _agree(answer, ratio * expected) else None


class _Judge:
    """Looks for the first verdict that fits."""

    def __init__(self, start: Verdict, fitting: list[Form]) -> None:
        self.start, self.fitting = start, fitting
        self.definitions = definitions_of(start.derivation)
        self.answer = self._in_variables(start.answer)
        self.expected = self._in_variables(start.derivation.value)
        self.points = Points(start.derivation, start.answer)
        self.samples = list(self.points.random())
        self.known = [sample for sample in self.samples if sample.answer is not None]
        self.symbols = self.answer.symbols | self.expected.symbols

    def verdict(self) -> Verdict:
        """Return the first verdict that fits."""
        tries = (self._same, self._multiple, self._under_condition, self._one_term, self._multiple_under_condition)
        for attempt in tries:
            found = attempt()
            if found is not None:
                return replace(found, partly=found.slug != "wrong" and 4 * len(self.known) < 3 * len(self.samples))
        return self._wrong()

    def _in_variables(self, node: Node) -> Node:
        while any(symbol in self.definitions for symbol in node.symbols):
            node = substitute(node, self.definitions)
        return node

    def _say(self, slug: str, form: Form, exact: bool = False, points: int | None = None) -> Verdict:
        count = len(self.known) if points is None else points
        return replace(self.start, slug=slug, form=form.slug, exact=exact, points=count)

    def _is_exactly(self, form: Form, scale: Node | None = None) -> bool:
        if form.node is None:
            return False
        turned = form.node(self.expected)
        return equal(self.answer, turned if scale is None else build.product(scale, turned))

    # -- right, in one form or another ------------------------------------------------------------------

    def _same(self) -> Verdict | None:
        for form in self.fitting:
            exact = self._is_exactly(form)
            if exact or self._always(self.samples, form):
                return self._say(_SLUGS[form.slug], form, exact)
        return None

    def _always(self, samples: Iterable[Sample], form: Form) -> int:
        """Return at how many points the answer is the derivative in this form, 0 if it is not at one of them."""
        told = found = 0
        for sample in samples:
            if sample.answer is None:
                continue
            agrees = _agree(sample.answer, form.turn(sample.expected, sample.point.sizes))
            if agrees is False:
                return 0
            found, told = found + 1, told + (agrees is True)
        return found if told > 1 or (told == 0 and found > 1) else 0

    # -- right up to a factor ---------------------------------------------------------------------------

    def _multiple(self) -> Verdict | None:
        for form in self.fitting:
            factor = self._factor(self.known, form)
            if factor is not None:
                found = self._say("factor", form, self._is_exactly(form, factor))
                return replace(found, factor=factor)
        return None

    def _factor(self, samples: Iterable[Sample], form: Form) -> Node | None:
        """Return the rational number, perhaps times sizes, that the answer is too large by."""
        ratios: list[tuple[float, Sizes]] = []
        for sample in samples:
            if sample.answer is None or not np.any(np.abs(sample.expected) >= NOTHING):
                continue
            ratio = _ratio(sample.answer, form.turn(sample.expected, sample.point.sizes))
            if ratio is None or ratio == 0:
                return None
            ratios.append((ratio, sample.point.sizes))
        if len(ratios) < 2:
            return None
        for above, below in self._monomials():
            scaled = [r * below.value(dict(sizes)) / above.value(dict(sizes)) for r, sizes in ratios]
            number = Fraction(scaled[0]).limit_denominator(LARGEST_DENOMINATOR)
            if number and all(abs(value - number) <= TOLERANCE * abs(number) for value in scaled):
                factor = build.number(number)
                factor = factor if above == Dimension(1) else build.product(factor, build.size_of(above))  # type: ignore[assignment]
                return factor if below == Dimension(1) else build.divide(factor, build.size_of(below))
        return None

    def _monomials(self) -> Iterator[tuple[Dimension, Dimension]]:
        one = Dimension(1)
        yield one, one
        for name in self.points.size_names:
            yield Dimension.of(name), one
            yield one, Dimension.of(name)
        for names in combinations(self.points.size_names, 2):
            both = Dimension(1, names)
            yield both, one
            yield one, both

    # -- right under a condition ------------------------------------------------------------------------

    def _under_condition(self) -> Verdict | None:
        for condition, form in product(conditions(self.symbols), self.fitting):
            count = self._always(self.points.random(condition), form)
            if count > 2:
                return replace(self._say("assumption", form, points=count), condition=condition)
        return None

    def _multiple_under_condition(self) -> Verdict | None:
        for condition in conditions(self.symbols):
            if condition.property != "symmetric":
                continue
            samples = list(self.points.random(condition))
            for form in self.fitting:
                factor = self._factor(samples, form)
                if factor is not None:
                    return replace(self._say("factor", form, points=len(samples)), factor=factor, condition=condition)
        return None

    # -- wrong ------------------------------------------------------------------------------------------

    def _one_term(self) -> Verdict | None:
        """Return the verdict that one term of the derivative is missing, or has the wrong sign."""
        terms = terms_of(normal_form(self.expected))
        if not 1 < len(terms) <= MOST_TERMS:
            return None
        shape = self.expected.shape
        for term, form in product((term_node(term, shape) for term in terms), self.fitting):
            for change, times in (("dropped", 1), ("sign", 2)):
                if self._lacks(term, times, form):
                    return replace(self._wrong(form), term=term, term_change=change)
        return None

    def _lacks(self, term: Node, times: int, form: Form) -> bool:
        count = 0
        for sample in self.known:
            try:
                missing = sample.point.value(term)
            except DomainError:
                continue
            rest = sample.expected - times * missing.reshape(sample.expected.shape)
            agrees = sample.answer is not None and _agree(sample.answer, form.turn(rest, sample.point.sizes))
            if agrees is False:
                return False
            count += agrees is True
        return count > 2

    def _wrong(self, form: Form | None = None) -> Verdict:
        candidates = self.fitting if form is None else [form]
        chosen, example = min(
            ((form, self._example(form)) for form in candidates),
            key=lambda pair: len(pair[1].entries) if pair[1] is not None else 10**9,
        )
        found = replace(self._say("wrong", chosen), example=example, partly=not self.known)
        return found if form is not None else replace(found, scalar=self._scalar())

    def _example(self, form: Form) -> Example | None:
        """Return small numbers at which the answer differs, in as many entries as it does anywhere."""
        differing = (example for sample in self._small(form) if (example := self._compared(sample, form)).entries)
        found = list(islice(differing, MOST_EXAMPLES))
        if not found:
            compared = (self._compared(sample, form) for sample in self.known)
            found = list(islice((example for example in compared if example.entries), 1))
        return max(found, key=lambda example: len(example.entries), default=None)

    def _small(self, form: Form) -> Iterator[Sample]:
        for sample in islice(self.points.small(), 12 * MOST_EXAMPLES):
            sides = [] if sample.answer is None else [sample.answer, form.turn(sample.expected, sample.point.sizes)]
            if sides and 1e-3 < max(float(np.max(np.abs(side))) for side in sides) < 1e4:
                yield sample

    def _compared(self, sample: Sample, form: Form) -> Example:
        assert sample.answer is not None
        expected = form.turn(sample.expected, sample.point.sizes)
        scale = max(float(np.max(np.abs(expected))), float(np.max(np.abs(sample.answer))))
        places = np.argwhere(np.abs(sample.answer - expected) > 1e-6 * scale)
        entries = tuple(
            Difference((int(i) + 1, int(j) + 1), float(sample.answer[i, j]), float(expected[i, j])) for i, j in places
        )
        used = set(self.symbols) | self._in_variables(self.start.derivation.statement.function).symbols
        values = {s: sample.point.value(s)[0] for s in self.points.drawn if s in used}
        return Example(dict(sample.point.sizes), values, entries, expected.size)

    def _scalar(self) -> Node | None:
        """Return the scalar, an expression, that the answer has too much or lacks as a factor."""
        derivation = self.start.derivation
        named = [symbol for symbol in (*self.definitions, *derivation.statement.declarations) if symbol.shape.is_scalar]
        slopes = [partial.value for partial in derivation.partials if partial.value.shape.is_scalar]
        for base, form in product([*named, *slopes], self.fitting):
            for scalar in (base, build.divide(build.ONE, base)) if not build.is_number(base) else ():
                number = self._common(scalar, form)
                if number is not None:
                    return scalar if number == 1 else build.product(build.number(number), scalar)
        return None

    def _common(self, scalar: Node, form: Form) -> Fraction | None:
        """Return the number c where the answer is c · scalar times the derivative, everywhere."""
        found: set[Fraction] = set()
        for sample in self.known:
            try:
                by = float(sample.point.value(scalar).reshape(()))
            except DomainError:
                continue
            expected = form.turn(sample.expected, sample.point.sizes) * by
            ratio = None if sample.answer is None else _ratio(sample.answer, expected)
            if ratio is None:
                return None
            number = Fraction(ratio).limit_denominator(LARGEST_DENOMINATOR)
            if abs(ratio - number) > TOLERANCE * abs(ratio):
                return None
            found.add(number)
        return found.pop() if len(found) == 1 and len(self.known) > 2 and found != {Fraction(0)} else None
