"""What is said to a reader about their answer: one short paragraph, and the same as plain data."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import STRUCTURES, all_that_are
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Shape, derivative_shape
from jacobook.language.printer import text
from jacobook.rendering.json_output import shape_list
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.shape_words import dimension_text, jacobian_shape_text, shape_text
from jacobook.rendering.verdict_numbers import example_sentence, number_text, plain_value

if TYPE_CHECKING:  # evidence comes as plain data: nothing of that room is used here
    from jacobook.verification.answers.answer_points import Condition
    from jacobook.verification.answers.verdicts import Difference, Verdict

_DIM = re.compile(r"dim\((\w+)\)")


def verdict_sentence(verdict: Verdict) -> str:
    """Return the verdict in words: `Right, in the other layout: …`."""
    say = {
        "right": _right,
        "other-layout": _other_layout,
        "stacked-by-rows": _stacked_by_rows,
        "symmetric-directions": _symmetric_directions,
        "transpose": _transpose,
        "rounded": _rounded,
        "factor": _factor,
        "assumption": _assumption,
        "summed": _summed,
        "shape": _shape,
        "wrong": _wrong,
    }[verdict.slug]
    sentence = say(verdict)
    if verdict.factor is not None and verdict.slug != "factor":
        also = _minus(_size_names(text(verdict.factor)))
        sentence += f" Note that it is also {also} times the derivative in the layout of this book."
    if verdict.partly and verdict.slug != "wrong":
        sentence += " (At some points the derivative has a value and your answer has none.)"
    return sentence


def verdict_json(verdict: Verdict, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return the verdict as plain data, with what is to be read before it.

    Formulas stand there as `text` (in the language) and as `latex`.
    """
    condition, example, derivation = verdict.condition, verdict.example, verdict.derivation
    of, wrt = derivation.statement.function, derivation.statement.wrt
    return {
        "ok": True,
        "error": None,
        "error_kind": None,
        "line": None,
        "column": None,
        "notes": list(notes),
        "verdict": verdict.slug,
        "right": verdict.right,
        "sentence": verdict_sentence(verdict),
        "exact": verdict.exact,
        "points": verdict.points,
        "form": verdict.form,
        "factor": None if verdict.factor is None else text(verdict.factor),
        "assumption": None
        if condition is None
        else {
            "property": condition.property,
            "variables": [symbol.name for symbol in condition.symbols],
            "sentence": condition_words(condition),
        },
        "digits": verdict.digits or None,
        "right_where": None
        if verdict.right_where is None
        else {"sign": verdict.right_sign, **_formula(verdict.right_where)},
        "term": None
        if verdict.term is None
        else {
            "change": verdict.term_change,
            "factor": None if verdict.term_factor is None else str(verdict.term_factor),
            **_formula(verdict.term),
        },
        "meant": [{"decimal": _decimal(old), **_formula(new)} for old, new in verdict.meant],
        "scalar": None if verdict.scalar is None else _formula(verdict.scalar),
        "entries": [] if example is None else [_entry_json(entry) for entry in example.entries],
        "example": None
        if example is None
        else {
            "sizes": example.sizes,
            "values": {symbol.name: plain_value(symbol, value) for symbol, value in example.values.items()},
        },
        "wrt": wrt.name,
        "answer": _formula(verdict.answer),
        "expected": _formula(derivation.value),
        "shapes": {
            "answer": shape_list(verdict.answer.shape),
            "expected": shape_list(derivation.value.shape),
            "function": shape_list(of.shape),
            "variable": shape_list(wrt.shape),
        },
    }


def verdict_error_json(message: str, kind: str, line: int | None = None, column: int | None = None) -> dict[str, Any]:
    """Return an error (kind `input`, `refused` or `internal`) with the same keys as a verdict."""
    keys = """verdict right sentence exact points form factor assumption digits right_where term meant scalar entries
    example wrt answer expected"""
    error = {"ok": False, "error": message, "error_kind": kind, "line": line, "column": column, "notes": []}
    return {**error, **dict.fromkeys([*keys.split(), "shapes"])}


# -- the sentences ---------------------------------------------------------------------------------------


def _right(verdict: Verdict) -> str:
    return f"Right: your answer is the derivative ({how_confirmed(verdict)})."


def _other_layout(verdict: Verdict) -> str:
    shape = verdict.derivation.value.shape
    if verdict.form == "member":
        length = verdict.derivation.statement.wrt.shape.columns
        what = f"your answer is the column of the denominator layout, and the row of the Jacobian layout is 1×{length}"
    elif shape.rows == shape.columns:
        what = "your answer is the transpose, which is the derivative in the denominator layout"
    else:
        mine, other = _of(verdict.answer.shape), _of(shape)
        what = (
            f"your answer is the {mine} of the denominator layout, the transpose of the {other} of the Jacobian layout"
        )
    return f"Right, in the other layout: {what} ({how_confirmed(verdict)})."


def _stacked_by_rows(verdict: Verdict) -> str:
    return (
        "Right, if the entries are stacked by rows, as NumPy's reshape does: vec stacks columns, and then rows and "
        f"columns of your matrix change places ({how_confirmed(verdict)})."
    )


def _symmetric_directions(verdict: Verdict) -> str:
    name = verdict.derivation.statement.wrt.name
    if verdict.form == "structured-form":
        return (
            f"Right, where {name} keeps its structure: with your answer A, d²f[H, H] is vec(H)'*A*vec(H) for all H "
            f"that have it ({how_confirmed(verdict)}). With independent entries the derivative is "
            f"{text(verdict.derivation.value)}."
        )
    structure, _, what = verdict.form.rpartition("-")
    free = "the derivative with respect to its free entries"
    what = {
        "symmetric-part": "your answer is (G + G')/2",
        "symmetric-entries": "your answer is G + G' - diag(diag(G))",
        "diagonal-entries": "your answer is diag(diag(G))",
    }.get(verdict.form, f"your answer is {free if what == 'entries' else 'the gradient along such directions'}")
    return (
        f"Right, if {name} may only move among {all_that_are(structure)}: {what} ({how_confirmed(verdict)}). "
        f"With independent entries the derivative is G = {text(verdict.derivation.value)}."
    )


def _transpose(verdict: Verdict) -> str:
    of, wrt = _function_and_variable(verdict)
    first = f"Not quite: your answer is {form_words(verdict.form)} ({how_confirmed(verdict)})."
    if derivative_shape(of.shape, wrt.shape) is None:
        why = (
            "The rows of the vec Jacobian belong to the entries of the function, its columns to those of the variable."
        )
    elif of.shape.is_scalar:
        why = (
            f"Here the derivative of a scalar with respect to {_declared(wrt)} has the shape of {wrt.name}, "
            f"{shape_text(wrt.shape)}; some books write its transpose."
        )
    else:
        why = (
            f"The derivative of a matrix with respect to a scalar has the shape of the matrix, {shape_text(of.shape)}."
        )
    return f"{first} {why}"


def _summed(verdict: Verdict) -> str:
    of, wrt = _function_and_variable(verdict)
    shape = derivative_shape(of.shape, wrt.shape)
    own = jacobian_shape_text(of.shape, wrt.shape) if shape is None else shape_text(shape)
    return (
        f"Not quite: your answer is the derivative of sum({of.name}), the sum of all entries of {of.name} "
        f"({how_confirmed(verdict)}), as `backward` of a framework gives it for weights that are all 1. "
        f"The derivative of {of.name} itself is {own}: one row for each entry of {of.name}."
        if shape is None or not wrt.shape.is_scalar
        else f"Not quite: your answer is the derivative of sum({of.name}), the sum of all entries of {of.name} "
        f"({how_confirmed(verdict)}). The derivative of {of.name} itself is {own}."
    )


def _meant(verdict: Verdict) -> str:
    """Return `0.33 stands for 1/3`, for every decimal of a rounded answer."""
    pairs = [f"{_decimal(old)} stands for {text(new)}" for old, new in verdict.meant]
    return " and ".join(pairs)


def _decimal(node: Node) -> str:
    assert isinstance(node, n.Number)
    return number_text(float(node.value), 15).removeprefix("≈ ")


def _rounded(verdict: Verdict) -> str:
    if verdict.meant:
        agrees = f"it agrees with {form_words(verdict.form)} to about {_digits(verdict)}"
        right = f"with {' and '.join(text(new) for _, new in verdict.meant)} it is equal at {verdict.points} points"
        return f"Right up to rounding: {_meant(verdict)}. As your answer is rounded, {agrees}; {right}."
    near = rounded_words(verdict, form_words(verdict.form))
    return f"Nearly: your answer {near}. If its numbers are rounded, write them exactly, such as 1/3 for 0.33."


def _factor(verdict: Verdict) -> str:
    assert verdict.factor is not None
    factor, where = verdict.factor, form_words(verdict.form)
    words = _size_names(text(factor))
    if build.is_number(factor, -1):
        start, what = "off by the factor −1", f"it is the negative of {where}: check the signs"
    else:
        start, what = f"off by the factor {_minus(words)}", f"it is {_minus(words)} times {where}"
    if verdict.condition is not None:
        under = condition_words(verdict.condition)
        return f"Not right: even if {under}, your answer is {start} ({how_confirmed(verdict)})."
    return f"Nearly: your answer is {start}; {what} ({how_confirmed(verdict)})."


def _assumption(verdict: Verdict) -> str:
    assert verdict.condition is not None
    under = condition_words(verdict.condition)
    form = "" if verdict.form == "jacobian" else f" Under this condition your answer is {form_words(verdict.form)}."
    if verdict.form == "denominator":
        form = " It is then the derivative in the denominator layout."
    others = others_words(verdict.condition)
    example = "" if verdict.example is None else f" {example_sentence(verdict, verdict.example, among=others)}"
    return f"Right only if {under}, and that was not declared ({how_confirmed(verdict)}).{form}{example}"


def _shape(verdict: Verdict) -> str:
    of, wrt = _function_and_variable(verdict)
    expected = derivative_shape(of.shape, wrt.shape)
    kind = "a scalar" if of.shape.is_scalar else f"a {_kind(of.shape)} of {shape_text(of.shape)}"
    what = f"the derivative of {kind} with respect to {_declared(wrt)} is"
    zero = ""
    if expected is None:
        flat = verdict.derivation.value.shape
        should = f"{jacobian_shape_text(of.shape, wrt.shape)}, as a vec Jacobian {shape_text(flat)}"
    else:
        should = _given(expected)
        if not (of.shape.is_matrix or wrt.shape.is_matrix or expected.is_scalar or expected.rows == expected.columns):
            should += f" (or {shape_text(expected.transposed)} in the denominator layout)"
    if build.is_number(verdict.answer, 0) and build.is_zero(verdict.derivation.value):
        zero = f" It is indeed zero, but a zero of that shape: {text(verdict.derivation.value)}."
    return f"The shape cannot be right: your answer is {_given(verdict.answer.shape)}; {what} {should}.{zero}"


def _wrong(verdict: Verdict) -> str:
    parts = ["Not right."]
    if verdict.term is not None:
        parts = [f"Not right: {term_words(verdict, verdict.term)}."]
    elif verdict.right_where is not None:
        parts = [f"Not right: {part_words(verdict, verdict.right_where)}."]
    elif verdict.scalar is not None:
        parts = [f"Not right: {scalar_words(verdict, verdict.scalar)}."]
    if verdict.partly:
        parts.append("It has no value at any of the points tried, where the derivative has one.")
    if verdict.example is not None:
        parts.append(example_sentence(verdict, verdict.example))
    return " ".join(parts)


def term_words(verdict: Verdict, term: Node, said: str = "your answer", written: Callable[[Node], str] = text) -> str:
    """Return what is wrong with one term, as half a sentence; `written` writes the formulas in it."""
    if verdict.term_change == "superfluous":
        return f"the term {written(term)} of {said} should not be there"
    what = f"the term {written(term)} of the derivative"
    if verdict.term_change == "factor":
        assert verdict.term_factor is not None
        return f"{what} has a wrong factor: {said} has it times {_minus(str(verdict.term_factor))}"
    return f"{what} {'is missing' if verdict.term_change == 'dropped' else 'has the wrong sign'}"


def rounded_words(verdict: Verdict, what: str) -> str:
    """Return to how many digits an answer agrees, as half a sentence."""
    compared = f"compared at {verdict.points} random points"
    return f"agrees with {what} to about {_digits(verdict)} ({compared}), but is not equal to it"


def _digits(verdict: Verdict) -> str:
    return "1 digit" if verdict.digits == 1 else f"{verdict.digits} digits"


def part_words(verdict: Verdict, where: Node, said: str = "your answer", written: Callable[[Node], str] = text) -> str:
    """Return where an answer is right and where it is wrong, as half a sentence; `written` as above."""
    signs = ("positive", "negative")[:: verdict.right_sign]
    form = "" if verdict.form == "jacobian" else f", as {form_words(verdict.form)},"
    return f"{said} is right{form} where {written(where)} is {signs[0]}, and wrong where it is {signs[1]}"


def scalar_words(
    verdict: Verdict, scalar: Node, said: str = "your answer", written: Callable[[Node], str] = text
) -> str:
    """Return by which scalar factor an answer is off, as half a sentence; `written` as above."""
    if isinstance(scalar, n.Divide) and build.is_number(scalar.operands[0], 1):
        return f"the factor {written(scalar.operands[1])} is missing"
    if isinstance(scalar, n.Divide) and isinstance(scalar.operands[0], n.Number):
        number, missing = scalar.operands
        return f"{said} times {written(missing)} is {written(number)} times {form_words(verdict.form)}"
    return f"{said} is {written(scalar)} times {form_words(verdict.form)}"


# -- parts of sentences ----------------------------------------------------------------------------------


def how_confirmed(verdict: Verdict) -> str:
    """Return how it was found out: `equal as expressions`, `equal at 24 random points`."""
    if verdict.exact:
        return "equal as expressions"
    return f"equal at {verdict.points} random points"


def form_words(form: str) -> str:
    """Return what the form of an answer is: `the transpose of the derivative`."""
    structure, _, what = form.rpartition("-")
    if structure in STRUCTURES and form not in ("symmetric-entries", "diagonal-entries"):
        kind = "the gradient among" if what == "gradient" else "the derivative with respect to the free entries of"
        return f"{kind} {all_that_are(structure)}"
    return {
        "jacobian": "the derivative",
        "summed": "the derivative of the sum of all entries",
        "denominator": "the derivative in the denominator layout",
        "transpose": "the transpose of the derivative",
        "rows": "the derivative with entries stacked by rows",
        "rows-transpose": "the transpose of the derivative, with entries stacked by rows",
        "symmetric-part": "the gradient among symmetric matrices, (G + Gᵀ)/2 with G the derivative",
        "symmetric-entries": (
            "the derivative with respect to the free entries of a symmetric matrix, G + Gᵀ with the diagonal counted "
            "once, where G is the derivative"
        ),
        "diagonal-entries": "the derivative among diagonal matrices, diag(diag(G)) with G the derivative",
        "structured-form": "a matrix A with d²f[H, H] = vec(H)'*A*vec(H) for all directions H with the structure",
    }[form]


def condition_words(condition: Condition) -> str:
    """Return the condition as half a sentence: `S is symmetric`."""
    names, several = _names(condition.symbols), len(condition.symbols) > 1
    verb = "are" if several else "is"
    match condition.property:
        case "sum-one":
            return f"the entries of {names} add up to 1"
        case "unit-length":
            return f"{names} has length 1"
        case "positive" if not condition.symbols[0].shape.is_scalar:
            return f"all entries of {names} are positive"
        case "positive-definite":
            return f"{names} is symmetric and positive definite"
        case "zero-or-one":
            return f"every entry of {names} is 0 or 1"
        case "one":
            return f"{names} = 1"
    return f"{names} {verb} {condition.property}"


def others_words(condition: Condition) -> str:
    """Return for what the condition does not hold: `For another S`, `For other A and B`."""
    return f"For {'other' if len(condition.symbols) > 1 else 'another'} {_names(condition.symbols)}"


def _names(symbols: tuple[Symbol, ...]) -> str:
    names = [symbol.name for symbol in symbols]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _function_and_variable(verdict: Verdict) -> tuple[Symbol, Symbol]:
    return verdict.derivation.statement.function, verdict.derivation.statement.wrt


def _declared(symbol: Symbol) -> str:
    shape = symbol.shape
    if shape.is_scalar:
        return f"{symbol.name} ∈ R"
    if shape.is_matrix:
        return f"{symbol.name} ∈ R^({shape_text(shape)})"
    length = dimension_text(shape.length)
    return f"{symbol.name} ∈ R^{length}" if shape.length.is_plain else f"{symbol.name} ∈ R^({length})"


def _kind(shape: Shape) -> str:
    return "matrix" if shape.is_matrix else "row" if shape.is_row else "vector"


def _given(shape: Shape) -> str:
    return "a scalar" if shape.is_scalar else shape_text(shape)


def _of(shape: Shape) -> str:
    names = {"vector": "column", "row": "row", "matrix": "matrix"}
    return f"{shape_text(shape)} {names[_kind(shape)]}"


def _minus(words: str) -> str:
    return words.replace("-", "−")


def _size_names(words: str) -> str:
    return _DIM.sub(r"\1", words).replace("*(", "(").replace("*", "·")


def _formula(node: Node) -> dict[str, str]:
    return {"text": text(node), "latex": latex(node)}


def _entry_json(entry: Difference) -> dict[str, Any]:
    return {"position": list(entry.position), "answer": entry.answer, "expected": entry.expected}
