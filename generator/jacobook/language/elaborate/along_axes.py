"""Functions along one axis of an array, as programs write them: `sum(X, axis=0)`, `X.mean(1)`, `softmax(z, dim=-1)`."""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Kind
from jacobook.language import syntax
from jacobook.language.composed_functions import column_sums, row_sums, softmax_of_columns
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.programs import is_program
from jacobook.language.size_inference import vector_type
from jacobook.language.syntax import Call, Keyword, Number, Syntax

_AXIS, _ORDER = ("axis", "dim"), ("ord", "p")
_SUMS = {"sum": ("colsums", "rowsums"), "mean": ("colmeans", "rowmeans")}
_OF_AXES = (*_SUMS, "softmax", "logsumexp", "logsoftmax", "log_softmax", "norm")


def infer_along_axis(context: Context, tree: Call) -> Typed | None:
    """Return a call in which an argument has its name, or is an axis; None for any other. Raises LanguageError."""
    named = [argument for argument in tree.arguments if isinstance(argument, Keyword)]
    if not named:
        return _by_place(context, tree)
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


def _by_place(context: Context, tree: Call) -> Typed | None:
    """Return `sum(X, 2)`, the sums of the rows to those who count axes from 1, and `np.sum(X, 1)`."""
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
    if "softmax" in tree.name:
        make: Callable[[Node], Node] = build.row_softmax if by_rows else softmax_of_columns
        logarithm: Callable[[Node], Node] = lambda x: build.apply("log", make(x))  # noqa: E731
        return Typed(tree, operand.type, make if tree.name == "softmax" else logarithm, (operand,))
    sums = row_sums if by_rows else column_sums
    result = vector_type(operand.type.rows if by_rows else operand.type.columns)
    if tree.name == "norm":
        return Typed(tree, result, lambda x: build.apply("sqrt", sums(build.hadamard_power(x, build.TWO))), (operand,))
    return Typed(tree, result, lambda x: build.apply("log", sums(build.apply("exp", x))), (operand,))


def _whole(tree: Syntax) -> int | None:
    """Return the whole number that is written, or None."""
    if isinstance(tree, syntax.Negative):
        found = _whole(tree.operand)
        return None if found is None else -found
    return int(tree.value) if isinstance(tree, Number) and tree.value.denominator == 1 else None


def _renamed(tree: Call, name: str, arguments: tuple[Syntax, ...]) -> Call:
    return Call(tree.start, tree.end, name, tree.name_end, arguments, depth=tree.depth)
