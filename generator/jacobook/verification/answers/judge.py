"""A reader's answer against the derivative: right, right in another form, nearly right, or wrong and where."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice, product

import numpy as np

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Remark, without_names
from jacobook.algebra.shapes import Shape, row, vector
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.family_members import place_asked_for
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, expression_with_remarks, rows_with_remarks
from jacobook.language.function_formulas import has_kink
from jacobook.verification.answers.answer_points import (
    Condition,
    Points,
    Sample,
    as_rows_and_columns,
    conditions_to_try,
)
from jacobook.verification.answers.changed_terms import changed_term
from jacobook.verification.answers.factors import agree, factor_of, multiple_of, rounding_error
from jacobook.verification.answers.forms import Form, forms_of, forms_of_the_sum, forms_on_structured
from jacobook.verification.answers.higher_forms import holds_direction, of_form, points_on_structured, without_factor
from jacobook.verification.answers.roundings import is_decimal, readings
from jacobook.verification.answers.verdicts import RIGHT, Counterexample, Difference, Verdict
from jacobook.verification.numeric.array_operations import DomainError
from jacobook.verification.points.instances import sizes_of

ROUGHEST = 0.2
"""So much a rounded answer may be off, relative to its largest entry, where it is known what the decimals stand for."""
NEGLIGIBLE = 1e-6
"""A number this much smaller than the other one may be a rounding error, or what an underflow leaves."""
MOST_EXAMPLES = 6
LIKELY = ("symmetric", "orthogonal", "sum-one", "unit-length", "positive", "positive-definite", "zero-or-one")
"""The conditions to try before a factor that is missing; that a scalar is 1 comes after it."""


_SLUGS = {
    "jacobian": "right",
    "rows": "stacked-by-rows",
    "denominator": "other-layout",
    "transpose": "transpose",
    "rows-transpose": "transpose",
}
"""The verdicts on the forms of the derivative; that on every other form is `symmetric-directions`."""


def judge(derivation: Derivation, text: str) -> Verdict:
    """Return the verdict on an answer, an expression in the declared variables and the names of the chain.

    Raises LanguageError (its `origin` is `answer`) for a text that cannot be read, and UnsoundError if the derivation
    itself does not agree with its function. Where a direction H of a higher derivative stands in the answer, it is
    compared with dᵏf[H, …, H].
    """
    if holds_direction(derivation, text):
        return without_factor(judge(of_form(derivation), text))
    if (by_member := _judged_by_member(derivation, text)) is not None:
        return by_member
    answer, remarks = read_answer(derivation, text)
    fitting = [form for form in forms_of(derivation) if form.fits(answer.shape)]
    verdict = Verdict("shape", derivation, answer, remarks=remarks)
    summed = [form for form in forms_of_the_sum(derivation) if form.fits(answer.shape)]
    if not fitting:
        return (_Judge(verdict, summed).of_the_sum() if summed else None) or verdict
    found = _Judge(verdict, fitting).verdict()
    if not found.right and (points := points_on_structured(derivation, answer)):
        return replace(verdict, slug="symmetric-directions", form="structured-form", points=points)
    return found


def _judged_by_member(derivation: Derivation, text: str) -> Verdict | None:
    """Return the verdict on an answer that is the derivative with respect to one member of a family, a row or a vector.

    It is compared as the matrix with these rows, for every place at once. None where no member was asked for, where the
    function is no scalar, and for an answer by all members.
    """
    place, wrt = place_asked_for(derivation), derivation.statement.wrt
    if place is None or not derivation.statement.function.shape.is_scalar:
        return None
    first: LanguageError | None = None
    for shape in (row(wrt.shape.columns), vector(wrt.shape.columns)):
        try:
            answer, remarks = _with_rows(derivation, text, place, shape)
        except LanguageError as error:
            first = first or error
            continue
        fitting = [form for form in forms_of(derivation) if form.fits(answer.shape)][:1]
        found = _Judge(Verdict("shape", derivation, answer, remarks=remarks), fitting).verdict()
        return replace(found, slug="other-layout", form="member") if found.right and shape.is_vector else found
    try:
        read_answer(derivation, text)
    except LanguageError as error:
        if error.message.startswith(f"`{place}`") and first is not None:  # the k of x[k] is declared nowhere
            raise LanguageError(first.message, text, 0, len(text), origin="answer") from None
    return None


def _with_rows(derivation: Derivation, text: str, place: str, shape: Shape) -> tuple[Node, tuple[Remark, ...]]:
    """Return the matrix whose rows are what the answer is for every place, or for the one that is a number.

    In that case the other rows are those of the derivative. Raises LanguageError for another shape.
    """
    wrt, value = derivation.statement.wrt, derivation.value
    names = dict.fromkeys([*derivation.statement.declarations, *derivation.all_definitions])
    functions, sizes = derivation.statement.functions, sizes_of(derivation)
    if place.isdigit():
        answer, remarks = expression_with_remarks(text, names, shape, functions=functions, sizes=sizes)
        unit = build.unit_vector(int(place), wrt.shape.rows)
        own = build.product(build.transpose(unit), value)
        line = build.transpose(answer) if shape.is_vector else answer
        return build.add(value, build.product(unit, build.add(line, build.negate(own)))), remarks
    return rows_with_remarks(text, place, wrt.shape.rows, names, shape, functions, sizes)


COMPUTED = 1e-11
"""Values at usual points that differ by more than this, relative to the largest, differ by more than rounding."""


def read_answer(derivation: Derivation, text: str) -> tuple[Node, tuple[Remark, ...]]:
    """Return the answer as an expression, and what is to be said of how it is read.

    Open sizes are inferred from the shapes that it may have.
    """
    names = dict.fromkeys([*derivation.statement.declarations, *derivation.all_definitions])
    expected = derivation.value.shape
    first: LanguageError | None = None
    wrt, functions, sizes = derivation.statement.wrt.shape, derivation.statement.functions, sizes_of(derivation)
    for shape in dict.fromkeys((expected, expected.transposed, wrt, wrt.transposed, None)):
        try:
            return expression_with_remarks(text, names, shape, functions=functions, sizes=sizes)
        except LanguageError as error:
            error.origin = "answer"
            if shape is None:
                raise first if first is not None and "cannot be inferred" in error.message else error from None
            first = first or error
    raise AssertionError("the last reading is without an expected shape")


def _awkward(example: Counterexample) -> int:
    """Return how hard the first numbers of an example are to read."""
    first = example.entries[0]
    return sum(_digits(abs(number)) for number in (first.answer, first.expected))


def _lost(examples: list[Counterexample]) -> set[int]:
    """Return the ids of the examples whose first numbers have lost a value that the same entry has in another example.

    Where 1 − tanh(z)² is computed at z = 30, nothing is left of it but a zero, and that is not its value.
    """
    lost: dict[tuple[object, ...], list[int]] = {}
    kept: set[tuple[object, ...]] = set()
    for example in examples:
        first = example.entries[0]
        sizes = tuple(example.sizes.items())
        scale = max(abs(first.answer), abs(first.expected))
        for side, number in (("answer", first.answer), ("expected", first.expected)):
            key = (side, first.position, sizes)
            if abs(number) < NEGLIGIBLE * scale:
                lost.setdefault(key, []).append(id(example))
            else:
                kept.add(key)
    return {example for key, found in lost.items() if key in kept for example in found}


def _digits(number: float) -> int:
    if 0 < number < 0.01:
        return 6
    return 0 if number == round(number) else 1 if abs(number * 100 - round(number * 100)) < 1e-9 else 3


class _Judge:
    """Looks for the first verdict that fits."""

    def __init__(self, start: Verdict, fitting: list[Form]) -> None:
        self.start, self.fitting = start, fitting
        self.beside = [form for form in forms_on_structured(start.derivation) if form.fits(start.answer.shape)]
        self.definitions = start.derivation.all_definitions
        self.answer = self._in_variables(start.answer)
        self.expected = self._in_variables(start.derivation.value)
        self.points = Points(start.derivation, start.answer)
        self.samples = list(self.points.random())
        self.known = [sample for sample in self.samples if sample.answer is not None]
        self.symbols = self.answer.symbols | self.expected.symbols

    def verdict(self) -> Verdict:
        if not self.samples:
            raise Refusal("no point was found at which the derivative has a value")
        tries: tuple[Callable[[], Verdict | None], ...] = (
            self._same,
            self._rounded,
            self._multiple,
            self._under_condition,
            self._part,
            self._one_term,
            self._scalar_multiple,
            lambda: self._under_condition(("one",)),
            self._multiple_under_condition,
        )
        for attempt in tries:
            found = attempt()
            if found is not None:
                return replace(found, partly=found.slug != "wrong" and 4 * len(self.known) < 3 * len(self.samples))
        return self._wrong()

    def of_the_sum(self) -> Verdict | None:
        """Return the verdict that the answer is the derivative of the sum of all entries, None if it is not."""
        for form in self.fitting:
            if self._always(self.samples, form):
                return self._say("summed", form)
        return None

    def _in_variables(self, node: Node) -> Node:
        return without_names(node, self.definitions)

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
        for form in (*self.fitting, *self.beside):
            exact = self._is_exactly(form)
            if exact or (self._always(self.samples, form) and not self._is_rounded(form)):
                also = None if form is self.fitting[0] else factor_of(self.known, self.fitting[0], ())
                return replace(self._say(_SLUGS.get(form.slug, "symmetric-directions"), form, exact), factor=also)
        return None

    def _always(self, samples: Iterable[Sample], form: Form) -> int:
        """Return at how many points the answer is the derivative in this form, 0 if it is not at one of them."""
        told = found = 0
        for sample in samples:
            if sample.answer is None:
                continue
            agrees = agree(sample.answer, form.turn(sample.expected, sample.point), sample.nothing)
            if agrees is False:
                return 0
            found, told = found + 1, told + (agrees is True)
        return found if told > 1 or (told == 0 and found > 1) else 0

    def _is_rounded(self, form: Form) -> bool:
        """Return whether decimals in the answer, such as 0.333333333 for 1/3, are off by more than a computation is."""
        if not any(is_decimal(node) for node in walk(self.answer)):
            return False
        error = rounding_error(self.known, form)
        return error is not None and error > COMPUTED

    def _rounded(self) -> Verdict | None:
        """Return the verdict that the numbers in the answer are rounded: decimals, and nearly right."""
        if not any(is_decimal(node) for node in walk(self.answer)):
            return None
        for meant, answer in readings(self.answer):
            exact = self._with_answer(answer)
            for form in self.fitting if exact else ():
                if self._always(exact, form):
                    error = rounding_error(self.known, form, ROUGHEST)
                    if error is not None:
                        digits = max(1, math.floor(-math.log10(2 * error)) + 1)
                        return replace(self._say("rounded", form), meant=meant, digits=digits)
        for form in self.fitting:
            error = rounding_error(self.known, form)
            if error is not None:
                return replace(self._say("rounded", form), digits=max(2, math.floor(-math.log10(2 * error)) + 1))
        return None

    def _with_answer(self, answer: Node) -> list[Sample]:
        """Return the samples with another answer; none where that has no value."""
        found = []
        for sample in self.known:
            try:
                value = sample.point.value(answer)
            except DomainError:
                return []
            found.append(replace(sample, answer=as_rows_and_columns(value)))
        return found

    # -- right up to a factor ---------------------------------------------------------------------------

    def _multiple(self) -> Verdict | None:
        for form in (*self.fitting, *self.beside):
            factor = factor_of(self.known, form, self.points.size_names)
            if factor is not None:
                found = self._say("factor", form, self._is_exactly(form, factor))
                return replace(found, factor=factor)
        return None

    # -- right under a condition ------------------------------------------------------------------------

    def _under_condition(self, only: tuple[str, ...] = LIKELY) -> Verdict | None:
        for condition, form in product(self._conditions(only), self._conventions()):
            count = self._always(self.points.random(condition), form)
            if count > 2:
                found = self._say("assumption", form, points=count)
                return replace(found, condition=condition, example=self._example(form))
        return None

    def _conventions(self) -> list[Form]:
        """Return the forms in which an answer is right: under a condition no transpose is looked for."""
        return [form for form in self.fitting if _SLUGS.get(form.slug, "symmetric-directions") in RIGHT]

    def _conditions(self, only: tuple[str, ...]) -> list[Condition]:
        """Return the conditions to try; a fixed variable of differentiation would leave nothing to differentiate."""
        wrt = self.start.derivation.statement.wrt
        found = [condition for condition in conditions_to_try(self.symbols) if condition.property in only]
        return [
            condition
            for condition in found
            if condition.property not in ("one", "zero-or-one") or wrt not in condition.symbols
        ]

    def _multiple_under_condition(self) -> Verdict | None:
        for condition in self._conditions(("symmetric",)):
            samples = list(self.points.random(condition))
            for form in self._conventions():
                factor = factor_of(samples, form, self.points.size_names)
                if factor is not None:
                    return replace(self._say("factor", form, points=len(samples)), factor=factor, condition=condition)
        return None

    # -- wrong ------------------------------------------------------------------------------------------

    def _one_term(self) -> Verdict | None:
        """Return the verdict that one term is missing, is too much, or has the wrong sign or factor."""
        found = changed_term(self.expected, self.answer, self.known, self.fitting)
        if found is None:
            return None
        factor = found.times if found.change == "factor" else None
        return replace(self._wrong(found.form), term=found.term, term_change=found.change, term_factor=factor)

    def _scalar_multiple(self) -> Verdict | None:
        scalar, form = self._scalar() or (None, None)
        return None if scalar is None else replace(self._wrong(form), scalar=scalar)

    def _part(self) -> Verdict | None:
        """Return the verdict that the answer is right where something is positive, or negative, and wrong elsewhere.

        That something is the argument of a function with a kink: relu, abs, sign, step.
        """
        function = self._in_variables(self.start.derivation.statement.function)
        applied = [node for node in walk(function) if isinstance(node, n.Apply)]
        inside = [node.operands[0] for node in applied if has_kink(node.function)]
        scalars = [node for node in dict.fromkeys(inside) if node.shape.is_scalar]
        for node, form, sign in product(scalars, self._conventions(), (1, -1)):
            if self._holds_where(node, sign, form):
                return replace(self._wrong(form), right_where=node, right_sign=sign)
        return None

    def _holds_where(self, node: Node, sign: int, form: Form) -> bool:
        """Return whether the answer is right at all points where the scalar has this sign, wrong at all others."""
        counts = {True: 0, False: 0}
        for sample in self.known:
            assert sample.answer is not None
            try:
                inside = sign * float(sample.point.value(node).reshape(())) > 0
            except DomainError:
                continue
            agrees = agree(sample.answer, form.turn(sample.expected, sample.point), sample.nothing)
            if agrees is not None and agrees != inside:
                return False
            counts[inside] += 1
        return min(counts.values()) > 1

    def _wrong(self, form: Form | None = None) -> Verdict:
        candidates = self.fitting if form is None else [form]
        chosen, example = min(
            ((form, self._example(form)) for form in candidates),
            key=lambda pair: len(pair[1].entries) if pair[1] is not None else 10**9,
        )
        if example is None and self.known:
            raise Refusal("too few points were found at which both the derivative and the answer have a value")
        return replace(self._say("wrong", chosen), example=example, partly=not self.known)

    def _example(self, form: Form) -> Counterexample | None:
        """Return small numbers at which the answer differs, in as many entries as it does anywhere."""
        differing = (example for sample in self._small(form) if (example := self._compared(sample, form)).entries)
        found = list(islice(differing, MOST_EXAMPLES))
        if not found:
            compared = (self._compared(sample, form) for sample in self.known)
            found = list(islice((example for example in compared if example.entries), 1))
        lost = _lost(found)
        return max(found, key=lambda e: (id(e) not in lost, len(e.entries), -_awkward(e)), default=None)

    def _small(self, form: Form) -> Iterator[Sample]:
        for sample in islice(self.points.small(), 12 * MOST_EXAMPLES):
            sides = [] if sample.answer is None else [sample.answer, form.turn(sample.expected, sample.point)]
            if sides and 1e-3 < max(float(np.max(np.abs(side))) for side in sides) < 1e4:
                yield sample

    def _compared(self, sample: Sample, form: Form) -> Counterexample:
        assert sample.answer is not None
        expected = form.turn(sample.expected, sample.point)
        scale = max(float(np.max(np.abs(expected))), float(np.max(np.abs(sample.answer))))
        places = np.argwhere(np.abs(sample.answer - expected) > 1e-6 * scale)

        def clean(value: float) -> float:
            return 0.0 if abs(value) < 1e-14 * scale else float(f"{value:.12g}")

        entries = tuple(
            Difference((int(i) + 1, int(j) + 1), clean(sample.answer[i, j]), clean(expected[i, j])) for i, j in places
        )
        used = set(self.symbols) | self._in_variables(self.start.derivation.statement.function).symbols
        values = {s: sample.point.value(s)[0] for s in self.points.drawn if s in used}
        return Counterexample(dict(sample.point.sizes), values, entries, expected.size)

    def _scalar(self) -> tuple[Node, Form] | None:
        """Return the scalar, an expression, that the answer has too much or lacks as a factor."""
        derivation = self.start.derivation
        named = [symbol for symbol in (*self.definitions, *derivation.statement.declarations) if symbol.shape.is_scalar]
        slopes = [partial.value for partial in derivation.partials if partial.value.shape.is_scalar]
        for base, form in product([*named, *slopes], self.fitting):
            for missing in (False, True) if not build.is_number(base) else ():
                number = multiple_of(base, self.known, form, missing)
                if number is not None:
                    times = base if number == 1 else build.product(build.number(number), base)
                    return self._readable(build.divide(build.number(number), base) if missing else times), form
        return None

    def _readable(self, node: Node) -> Node:
        """Return the expression in names of the statement."""
        given = {link.symbol for link in self.start.derivation.statement.links}
        return self._in_variables(node) if node.symbols & (self.definitions.keys() - given) else node
