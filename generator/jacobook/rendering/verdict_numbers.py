"""Numbers for which an answer is wrong, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jacobook.algebra.nodes import Symbol
from jacobook.algebra.shapes import Shape

if TYPE_CHECKING:
    from jacobook.verification.answers.verdicts import Counterexample, Difference, Verdict

MOST_ENTRIES = 3


def example_sentence(verdict: Verdict, example: Counterexample, said: str = "your answer", among: str = "") -> str:
    """Return `For D = 2 and x = [1, 2] entry 1 of your answer is 6; it should be 5.`, and which entries differ also.

    `among` is a beginning of its own, such as `For another S`.
    """
    shape = verdict.derivation.value.shape
    shape = shape if verdict.form in ("jacobian", "rows") else shape.transposed
    sizes = ", ".join(f"{name} = {size}" for name, size in example.sizes.items())
    values = ", ".join(f"{symbol.name} = {value_text(symbol, value)}" for symbol, value in example.values.items())
    at = " and ".join(part for part in (sizes, values) if part)
    if among:
        at = f"{among}, for example with {at}," if at else f"{among}"
    else:
        at = f"For {at}" if at else "For example"
    first = example.entries[0]
    mine, right = _apart(first)
    if shape.is_scalar:
        return f"{at} {said} is {mine}; it should be {right}."
    also = ""
    others = len(example.entries) - 1
    if len(example.entries) == example.total:
        what = "Both" if example.total == 2 else f"All {example.total}"
        also = f" {what} entries differ there." if example.total > 1 else ""
    elif 0 < others < MOST_ENTRIES:
        also = f" Also different: {' and '.join(_place(shape, entry) for entry in example.entries[1:])}."
    elif others:
        named = " and ".join(_place(shape, entry) for entry in example.entries[1:MOST_ENTRIES])
        also = f" {others + 1} of {example.total} entries differ, also {named}."
    elif example.total > 1:
        also = " The other entries are right there."
    return f"{at} entry {_place(shape, first)} of {said} is {mine}; it should be {right}.{also}"


def _place(shape: Shape, entry: Difference) -> str:
    row, column = entry.position
    if shape.is_matrix:
        return f"({row}, {column})"
    return str(column if shape.is_row else row)


def _apart(entry: Difference) -> tuple[str, str]:
    """Return both numbers with so many digits that they look different."""
    for digits in (4, 6, 9, 15):
        first, second = (number_text(value, digits) for value in (entry.answer, entry.expected))
        if first.removeprefix("≈ ") != second.removeprefix("≈ "):
            break
    return first, second


def number_text(value: float, digits: int = 4) -> str:
    """Return the number in plain digits, with ≈ where they are cut off: `-3`, `0.25`, `≈ 0.3679`."""
    shown = f"{value:.{digits}g}"
    number = float(shown)
    if number == round(number) and abs(number) < 1e6:
        shown = str(round(number))
    exact = abs(number - value) <= 1e-12 * max(1.0, abs(value))
    return shown if exact else f"≈ {shown}"


def value_text(symbol: Symbol, value: Any) -> str:
    """Return a value in small digits: `3`, `[1, 2]`, `[[1, 2], [3, 4]]`."""

    def listed(numbers: Any) -> str:
        return f"[{', '.join(number_text(float(x)).removeprefix('≈ ') for x in numbers)}]"

    if symbol.shape.is_scalar:
        return number_text(float(value[0][0]))
    if symbol.shape.is_matrix:
        return f"[{', '.join(map(listed, value))}]"
    return listed(value.ravel())


def plain_value(symbol: Symbol, value: Any) -> Any:
    """Return a value as nested lists, as code holds it: a scalar as a number, a vector as a list."""
    rows: list[list[float]] = [[float(x) for x in row] for row in value]
    if symbol.shape.is_scalar:
        return rows[0][0]
    return rows if symbol.shape.is_matrix else [x for row in rows for x in row]
