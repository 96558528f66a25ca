"""What would fit where shapes clash: operators and transposes are tried, and those that fit are proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jacobook.algebra.shapes import ONE, Dimension, Kind
from jacobook.language.size_inference import (
    SCALAR,
    Type,
    compatible,
    compatible_types,
    matrix_type,
    product_type,
)
from jacobook.language.syntax import Call, Negative, Product, Run, Sum, Syntax, Transposed

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Fit:
    """A text that would fit, and the type it would have."""

    text: str
    type: Type


def piece(source: str, syntax: Syntax) -> str:
    """Return the text of a piece of the expression."""
    return source[syntax.start : syntax.end]


def named(text: str) -> str:
    """Return the text in backquotes, shortened in the middle where it is long."""
    text = " ".join(text.split())
    return f"`{text if len(text) <= _LONGEST else f'{text[:28]} … {text[-28:]}'}`"


def transposed(source: str, syntax: Syntax) -> str:
    """Return the text of the transpose of a piece."""
    if isinstance(syntax, Transposed) and not syntax.wrapped:
        return piece(source, syntax.operand)
    text = piece(source, syntax)
    return f"({text})'" if isinstance(syntax, Run) and not syntax.wrapped else f"{text}'"


def combined(operator: str, left: Type, right: Type) -> Type | None:
    """Return the type of two operands joined by an operator, or None if they do not fit; nothing is bound."""
    if operator == "*":
        found = product_type(left, right)
        if found is None or (found[1] is not None and not compatible(*found[1])):
            return None
        return found[0]
    if operator == "/":
        return left if right.is_scalar else None
    if left.is_scalar and operator not in ("+", "-"):
        return right
    if right.is_scalar and operator not in ("+", "-"):
        return left
    return left if compatible_types(left, right) else None


def checked(fits: Sequence[Fit], fitting: Callable[[str], Type | None]) -> list[Fit]:
    """Return the proposals that hold when they are read as texts of their own, with the types found there."""
    found = ((fit, fitting(fit.text)) for fit in fits)
    return [Fit(fit.text, given) for fit, given in found if given is not None]


def question(fits: Sequence[Fit]) -> str:
    """Return `; did you mean … or …?` with the type of each proposal where there are several, or nothing."""
    if not fits:
        return ""
    if len(fits) == 1:
        return f"; did you mean {named(fits[0].text)}?"
    told = [f"{named(fit.text)} ({fit.type.describe()})" for fit in fits]
    return f"; did you mean {', '.join(told[:-1])} or {told[-1]}?"


def for_product(source: str, run: Product, types: Sequence[Type], index: int, left_type: Type) -> list[Fit]:
    """Return what would fit in place of the factors up to `index`, where the operator before it does not fit.

    `types` are those of the factors up to and with `index`, `left_type` that of everything before it.
    """
    operands, operators = run.operands[: index + 1], list(run.operators[:index])
    last, right, right_type = operands[index - 1], operands[index], types[index]
    begin, left_text = operands[0].start, source[operands[0].start : last.end]
    right_text, operator = piece(source, right), operators[-1]
    between = source[last.end : right.start]
    fits: list[Fit] = []

    def propose(text: str, found: Type | None) -> None:
        if found is not None and all(fit.text != text for fit in fits):
            fits.append(Fit(text, found))

    def chain(changed: Sequence[Type], signs: Sequence[str]) -> Type | None:
        found: Type | None = changed[0]
        for sign, following in zip(signs, changed[1:], strict=True):
            found = combined(sign, found, following) if found is not None else None
        return found

    if operator == "/":
        propose(f"{left_text}./{right_text}", combined("./", left_type, right_type))
        if right_type.kind is Kind.MATRIX and compatible(right_type.rows, right_type.columns):
            propose(f"{left_text}*inv({right_text})", combined("*", left_type, right_type))
        return fits
    in_space = operator == "*" and index == 1 and _in_space(left_type) and _in_space(right_type)
    if in_space and "times" in between:  # else it is proposed last
        propose(f"cross({left_text}, {right_text})", left_type)
    changes = []
    if not types[index - 1].is_scalar:
        changed = [*types[: index - 1], types[index - 1].transposed, right_type]
        changes.append((source[begin : last.start] + transposed(source, last) + between + right_text, changed))
    if not right_type.is_scalar:
        changes.append((left_text + between + transposed(source, right), [*types[:index], right_type.transposed]))
    for text, changed in changes if operator == "*" else reversed(changes):
        propose(text, chain(changed, operators))
    if index > 1:
        propose(f"({left_text})'{between}{right_text}", combined(operator, left_type.transposed, right_type))
    elif operator == "*" and not fits:
        propose(f"{right_text}*{left_text}", combined("*", right_type, left_type))
    if operator == "*" and left_type.kind is right_type.kind:
        propose(f"{left_text}.*{right_text}", combined(".*", left_type, right_type))
    elif operator == ".*":
        propose(f"{left_text}*{right_text}", combined("*", left_type, right_type))
    if in_space:
        propose(f"cross({left_text}, {right_text})", left_type)
    return fits


def _in_space(given: Type) -> bool:
    """Return whether this is a vector of R^3, whose product with another may be the cross product."""
    return given.kind is Kind.VECTOR and given.rows == Dimension(3)


def for_sum(source: str, run: Sum, index: int, left_type: Type, right_type: Type) -> list[Fit]:
    """Return what would fit in place of the terms up to `index`, whose type is not that of those before."""
    right, last, operator = run.operands[index], run.operands[index - 1], run.operators[index - 1]
    left_text, right_text = source[run.operands[0].start : last.end], piece(source, right)
    if left_type.is_scalar or right_type.is_scalar:
        array, scalar_text = (right_type, left_text) if left_type.is_scalar else (left_type, right_text)
        proposals = [text.format(scalar_text) for text in _FILLS[array.kind]]
        if array.kind is Kind.MATRIX and compatible(array.rows, array.columns):
            one_term = index == 1 or not left_type.is_scalar
            proposals.append(f"{scalar_text}*eye" if one_term else f"({scalar_text})*eye")
        if left_type.is_scalar:
            return [Fit(f"{text} {operator} {right_text}", array) for text in proposals]
        return [Fit(f"{left_text} {operator} {text}", array) for text in proposals]
    fits: list[Fit] = []
    if compatible_types(left_type, right_type.transposed):
        fits.append(Fit(f"{left_text} {operator} {transposed(source, right)}", left_type))
        if index == 1:
            fits.append(Fit(f"{transposed(source, run.operands[0])} {operator} {right_text}", right_type))
    for array, other, text in (
        (left_type, right_type, f"{left_text} {operator} diag({right_text})"),
        (right_type, left_type, f"diag({left_text}) {operator} {right_text}"),
    ):
        if array.kind is Kind.MATRIX and other.kind is Kind.VECTOR and ONE not in (array.rows, array.columns):
            fits.extend(_to_rows_and_columns(source, run, index, array, other is right_type))
            diagonal = matrix_type(other.rows, other.rows)
            if compatible_types(array, diagonal):
                fits.append(Fit(text, diagonal))
    return fits


def _to_rows_and_columns(source: str, run: Sum, index: int, array: Type, behind: bool) -> list[Fit]:
    """Return the sums in which a vector, `behind` the matrix or before it, is added to every row or to every column."""
    first, right = source[run.operands[0].start : run.operands[index - 1].end], run.operands[index]
    if behind:
        turned, column = transposed(source, right), in_parentheses(source, right)
    elif index == 1:
        turned, column = transposed(source, run.operands[0]), in_parentheses(source, run.operands[0])
    else:
        turned, column = f"({first})'", f"({first})"
    fits = []
    for spread in (f"vector(1)*{turned}", f"{column}*vector(1)'"):
        terms = (first, spread) if behind else (spread, piece(source, right))
        fits.append(Fit(f" {run.operators[index - 1]} ".join(terms), array))
    return fits


def for_scaling(source: str, call: Call) -> list[Fit]:
    """Return the product, where a scalar stands in a Kronecker product."""
    left, right = (in_parentheses(source, argument) for argument in call.arguments)
    return [Fit(f"{left}*{right}", SCALAR)]


def for_columns(source: str, call: Call, types: Sequence[Type]) -> list[Fit]:
    """Return the calls with one of two matrices transposed, where their numbers of columns differ."""
    texts = [piece(source, argument) for argument in call.arguments]
    fits = []
    for place, given in enumerate(types):
        changed = [*texts]
        changed[place] = transposed(source, call.arguments[place])
        if given.kind is Kind.MATRIX:
            fits.append(Fit(f"{call.name}({', '.join(changed)})", given))
    return fits


def in_parentheses(source: str, syntax: Syntax) -> str:
    """Return the text of a piece, in parentheses where a product would take it apart."""
    text = piece(source, syntax)
    return f"({text})" if isinstance(syntax, Run | Negative) and not syntax.wrapped else text


_FILLS: dict[Kind, tuple[str, ...]] = {
    Kind.VECTOR: ("vector({})",),
    Kind.ROW: ("vector({})'",),
    Kind.MATRIX: ("matrix({})",),
    Kind.SCALAR: (),
}
