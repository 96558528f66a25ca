"""What is said about a published formula: a polite, exact sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape, derivative_shape
from jacobook.language.printer import text
from jacobook.rendering.shape_words import jacobian_shape_text, shape_text
from jacobook.rendering.verdict_numbers import example_sentence, number_text, value_text
from jacobook.rendering.verdict_words import (
    condition_words,
    form_words,
    how_confirmed,
    others_words,
    part_words,
    rounded_words,
    scalar_words,
    term_words,
)

if TYPE_CHECKING:  # evidence comes as plain data: nothing of that room is used here
    from jacobook.verification.answers.claims import Finding, ValueExample
    from jacobook.verification.answers.verdicts import Verdict

SAID = "the printed formula"
AGREES, IN_OTHER_LAYOUT, DISAGREES = "Agrees", "Agrees, in the other layout", "Disagrees"
DEPENDS = "Depends on an assumption"


class FoundWords(NamedTuple):
    """What is said about a published formula: a verdict in a word or two, and the rest of the sentence."""

    verdict: str
    rest: str


def finding_words(finding: Finding, written: Callable[[Node], str] = text) -> FoundWords:
    """Return what was found about a published formula, its verdict apart; `written` writes the formulas in it."""
    if finding.formula is None:
        return FoundWords(DISAGREES, f": the shapes do not fit inside the formula itself. In {finding.clash}.")
    if finding.verdict is not None:
        what = "the derivative" if finding.kind == "result" else "this partial derivative"
        return _of_derivative(finding.verdict, what, finding.status, written)
    return _of_value(finding)


def _of_derivative(verdict: Verdict, what: str, status: str, written: Callable[[Node], str]) -> FoundWords:
    how = how_confirmed(verdict)
    match verdict.slug:
        case "right":
            found = FoundWords(AGREES, f" with {what} ({how}).")
        case "other-layout":
            found = FoundWords(IN_OTHER_LAYOUT, f": it is the transpose of {what} given here ({how}).")
        case "stacked-by-rows":
            found = FoundWords(AGREES, f", if entries are stacked by rows; here vec stacks columns ({how}).")
        case "symmetric-directions":
            found = FoundWords(AGREES, f": it is {form_words(verdict.form)} ({how}).")
        case "assumption":
            found = _under_condition(verdict, how, status)
        case "shape":
            found = FoundWords(DISAGREES, f": {_shapes(verdict)}")
        case "transpose" if status == "other-layout":
            shape = shape_text(verdict.answer.shape)
            found = FoundWords(IN_OTHER_LAYOUT, f": some books give this derivative the shape {shape} ({how}).")
        case "transpose":
            found = FoundWords(DISAGREES, f": the printed formula is {form_words(verdict.form)} ({how}).")
        case "rounded":
            near = rounded_words(verdict, what if verdict.form == "jacobian" else form_words(verdict.form))
            found = FoundWords(DISAGREES, f": {SAID} {near}; its numbers may be rounded.")
        case "factor":
            found = _factor(verdict, how)
        case "summed":
            found = FoundWords(DISAGREES, f": it is {form_words(verdict.form)} ({how}).")
        case _:
            found = _wrong(verdict, written)
    if verdict.partly and verdict.slug != "wrong":
        note = " (At some points the derivative has a value and the printed formula has none.)"
        return FoundWords(found.verdict, found.rest + note)
    return found


def _under_condition(verdict: Verdict, how: str, status: str) -> FoundWords:
    assert verdict.condition is not None
    layout = ", and then in the other layout" if verdict.form == "denominator" else ""
    under = f"only if {condition_words(verdict.condition)}{layout} ({how})."
    said, holds = (DEPENDS, "it agrees") if status == "condition" else (DISAGREES, "it holds")
    if verdict.example is None:
        return FoundWords(said, f": {holds} {under}")
    others = others_words(verdict.condition)
    return FoundWords(said, f": {holds} {under} {example_sentence(verdict, verdict.example, SAID, others)}")


def _shapes(verdict: Verdict) -> str:
    of, wrt = verdict.derivation.statement.function.shape, verdict.derivation.statement.wrt.shape
    shape = derivative_shape(of, wrt)
    should = jacobian_shape_text(of, wrt) if shape is None else _shape(shape)
    if (
        shape is not None
        and not shape.is_scalar
        and not (of.is_matrix or wrt.is_matrix)
        and shape.rows != shape.columns
    ):
        should += f", or {shape_text(shape.transposed)} in the other layout"
    return f"the printed formula is {_shape(verdict.answer.shape)}, and the derivative is {should}."


def _shape(shape: Shape) -> str:
    return "a scalar" if shape.is_scalar else shape_text(shape)


def _factor(verdict: Verdict, how: str) -> FoundWords:
    assert verdict.factor is not None
    by = text(verdict.factor).replace("-", "−").replace("*", " · ")
    under = f", even if {condition_words(verdict.condition)}" if verdict.condition is not None else ""
    if by == "−1":
        return FoundWords(
            DISAGREES, f": the sign is the opposite of that of {form_words(verdict.form)}{under} ({how})."
        )
    return FoundWords(DISAGREES, f": it is {by} times {form_words(verdict.form)}{under} ({how}).")


def _wrong(verdict: Verdict, written: Callable[[Node], str]) -> FoundWords:
    start = "."
    if verdict.term is not None:
        start = f": {term_words(verdict, verdict.term, SAID, written)}."
    elif verdict.right_where is not None:
        start = f": {part_words(verdict, verdict.right_where, SAID, written)}."
    elif verdict.scalar is not None:
        start = f": {scalar_words(verdict, verdict.scalar, SAID, written)}."
    return FoundWords(DISAGREES, start if verdict.example is None else f"{start} {_example(verdict)}")


def _example(verdict: Verdict) -> str:
    assert verdict.example is not None
    return example_sentence(verdict, verdict.example, SAID)


def _of_value(finding: Finding) -> FoundWords:
    how = "equal as expressions" if finding.exact else f"equal at {finding.points} random points"
    what = {
        "value": "the value",
        "differential": "the differential",
        "entry": "the derivative, entry by entry",
        "row": "the row of the derivative",
        "column": "the column of the derivative",
    }.get(finding.kind, "what it is said to be")
    if finding.kind == "differential" and finding.status == "disagrees":
        return FoundWords(DISAGREES, f": {finding.clash}.")
    if finding.status == "agrees":
        return FoundWords(AGREES, f" with {what} ({how}).")
    if finding.status == "other-layout":
        return FoundWords(AGREES, f" up to a transpose: it is the transpose of {what} ({how}).")
    if finding.shape is not None:
        assert finding.formula is not None
        printed, right = _shape(finding.formula.shape), _shape(finding.shape)
        return FoundWords(DISAGREES, f": the printed formula is {printed}, and it should be {right}.")
    return FoundWords(DISAGREES, f". {_value_example(finding.example)}".rstrip())


def _value_example(example: ValueExample | None) -> str:
    if example is None:
        return ""
    parts = [f"{name} = {size}" for name, size in example.sizes.items()]
    parts += [f"{symbol.name} = {value_text(symbol, value)}" for symbol, value in example.values.items()]
    at = f"For {', '.join(parts)}" if parts else "For example"
    place = example.place
    if set(place) == {"row", "column"}:
        where = f"entry ({place['row']}, {place['column']}) of the printed formula"
    elif set(place) == {"entry"}:
        where = f"entry {place['entry']} of the printed formula"
    elif place:
        where = f"the printed formula at {', '.join(f'{name} = {number}' for name, number in place.items())}"
    else:
        where = SAID
    return f"{at} {where} is {number_text(example.printed)}; it should be {number_text(example.expected)}."
