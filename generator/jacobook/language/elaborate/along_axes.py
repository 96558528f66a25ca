"""Functions along one axis of an array, as programs write them: `sum(X, axis=0)`, `X.mean(1)`, `softmax(z, dim=-1)`."""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Kind
from jacobook.algebra.whole_arrays import row_sums
from jacobook.language import syntax
from jacobook.language.composed_functions import (
    column_sums,
    deviations,
    normalised,
    of_columns,
    smallest_of_rows,
    standardised,
    variances,
)
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.program_calls import divides_by_all
from jacobook.language.programs import is_program, of_module
from jacobook.language.size_inference import vector_type
from jacobook.language.syntax import Call, Keyword, Number, Syntax

_AXIS, _ORDER = ("axis", "dim"), ("ord", "p")
_SUMS = {"sum": ("colsums", "rowsums"), "mean": ("colmeans", "rowmeans")}
_SCALED = {
    "var": variances,
    "std": deviations,
    "normalize": normalised,
    "normalise": normalised,
    "layernorm": standardised,
}
_EXTREMES = {
    "max": build.largest_of_rows,
    "min": smallest_of_rows,
    "amax": build.largest_of_rows,
    "amin": smallest_of_rows,
    "ismax": build.largest_place_of_rows,
}
_OF_AXES = (*_SUMS, *_SCALED, *_EXTREMES, "softmax", "logsumexp", "logsoftmax", "log_softmax", "norm")
_KEPT = ("keepdims", "keepdim")
"""That an axis stays is understood: sums of rows beside a matrix go to all columns."""
_WORDS = {"row": 1, "rows": 1, "col": 0, "cols": 0, "column": 0, "columns": 0}


def infer_along_axis(context: Context, tree: Call) -> Typed | None:
    """Return a call in which an argument has its name, or is an axis; None for any other. Raises LanguageError."""
    if tree.name in ("var", "std") and any(map(divides_by_all, tree.arguments)):
        tree = _renamed(tree, tree.name, tuple(one for one in tree.arguments if not divides_by_all(one)))
        if len(tree.arguments) == 1:
            divided = syntax.DividedByAll(
                tree.start, tree.end, tree.name, tree.name_end, tree.arguments, depth=tree.depth
            )
            return context.infer(divided)
    named = [argument for argument in tree.arguments if isinstance(argument, Keyword)]
    named = [one for one in named if one.name not in _KEPT] or named
    if not named:
        return _by_word(context, tree) or _by_place(context, tree)
    plain = tuple(argument for argument in tree.arguments if not isinstance(argument, Keyword))
    (first, *more) = named
    known = first.name in _AXIS or (first.name in _ORDER and tree.name == "norm")
    if more or len(plain) != 1 or tree.name not in _OF_AXES or not known:
        wrong = more[0] if more else first
        message = f"`{tree.name}` takes no argument `{wrong.name}` here"
        raise context.error(message, wrong)
    if first.name in _ORDER:
        return context.infer(_renamed(tree, "norm", (*plain, first.value)))
    return _along(context, tree, plain[0], _whole(first.value), first)


def _by_word(context: Context, tree: Call) -> Typed | None:
    """Return `sum(X, 'rows')`, and `layernorm(X)`, which is that of the rows."""
    if tree.name not in _OF_AXES or not 1 <= len(tree.arguments) <= 2:
        return None
    inside, *word = tree.arguments
    if not word:
        of_rows = tree.name == "layernorm" and context.infer(inside).type.kind is Kind.MATRIX
        return _along(context, tree, inside, 1, inside) if of_rows else None
    axis = _WORDS.get(word[0].word.lower()) if isinstance(word[0], syntax.Text) else None
    of_matrix = axis is not None and context.infer(inside).type.kind is Kind.MATRIX
    return _along(context, tree, inside, axis, word[0]) if of_matrix else None


def _by_place(context: Context, tree: Call) -> Typed | None:
    """Return `sum(X, 2)`, the sums of the rows to those who count axes from 1, and `np.sum(X, 1)`."""
    by_place = (*_EXTREMES, "softmax", "logsumexp", "logsoftmax", "log_softmax")
    if len(tree.arguments) == 2 and tree.name in by_place and of_module(context.source, tree.name_end, tree.name):
        return _along(context, tree, tree.arguments[0], _whole(tree.arguments[1]), tree.arguments[1])
    if tree.name not in _SUMS or len(tree.arguments) != 2:
        return None
    inside, place = tree.arguments
    axis = _whole(place)
    if axis is None:
        return None
    if is_program(context.source):
        return _along(context, tree, inside, axis, place)
    if axis == 2:
        return context.infer(_renamed(tree, _SUMS[tree.name][1], (inside,)))
    text = repairs.piece(context.source, inside)
    what = "Sums" if tree.name == "sum" else "Means"
    message = f"{context.quoted(tree)}: some count axes from 0, some from 1; of the rows it is `row{what}({text})`"
    raise context.error(f"{message}, of the columns `col{what}({text})`", tree)


def _along(context: Context, tree: Call, inside: Syntax, axis: int | None, where: Syntax) -> Typed:
    operand = context.infer(inside)
    matrix = operand.type.kind is Kind.MATRIX
    if axis not in ((0, 1, -1, -2) if matrix else (0, -1)) or operand.type.is_scalar:
        told = context.told(inside, operand.type)
        raise context.error(f"{told}, which has no axis {context.quoted(where)}: axes are counted from 0", where)
    if not matrix:
        return context.infer(_renamed(tree, tree.name, (inside,)))
    by_rows = axis in (1, -1)
    if tree.name in _SUMS:
        return context.infer(_renamed(tree, _SUMS[tree.name][by_rows], (inside,)))
    if tree.name in _SCALED:
        scaled = _SCALED[tree.name] if by_rows else of_columns(_SCALED[tree.name])
        lengths = vector_type(operand.type.rows if by_rows else operand.type.columns)
        return Typed(tree, lengths if tree.name in ("var", "std") else operand.type, scaled, (operand,))
    if tree.name in _EXTREMES:
        extreme = _EXTREMES[tree.name] if by_rows else of_columns(_EXTREMES[tree.name])
        ends = vector_type(operand.type.rows if by_rows else operand.type.columns)
        return Typed(tree, operand.type if tree.name == "ismax" else ends, extreme, (operand,))
    if "softmax" in tree.name:
        make: Callable[[Node], Node] = build.softmax if by_rows else of_columns(build.softmax)
        logarithm: Callable[[Node], Node] = lambda x: build.apply("log", make(x))  # noqa: E731
        return Typed(tree, operand.type, make if tree.name == "softmax" else logarithm, (operand,))
    sums = row_sums if by_rows else column_sums
    result = vector_type(operand.type.rows if by_rows else operand.type.columns)
    if tree.name == "norm":
        return Typed(tree, result, lambda x: build.apply("sqrt", sums(build.hadamard_power(x, build.TWO))), (operand,))
    return Typed(tree, result, build.log_sum_exp if by_rows else of_columns(build.log_sum_exp), (operand,))


def _whole(tree: Syntax) -> int | None:
    """Return the whole number that is written, or None."""
    if isinstance(tree, syntax.Negative):
        found = _whole(tree.operand)
        return None if found is None else -found
    return int(tree.value) if isinstance(tree, Number) and tree.value.denominator == 1 else None


def _renamed(tree: Call, name: str, arguments: tuple[Syntax, ...]) -> Call:
    return Call(tree.start, tree.end, name, tree.name_end, arguments, depth=tree.depth)
