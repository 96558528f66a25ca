"""Equations that a name solves, `X = A'*X*A + Q` or `A*x - b = 0`: both sides, and what the unknown can be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Shape
from jacobook.algebra.solutions import solution_for
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.size_inference import SCALAR, Equations, fresh_size, matrix_type, vector_type
from jacobook.language.syntax import Equation, Number, Syntax


def infer_equation(context: Context, tree: Equation) -> Typed:
    """Return the solution, of the type of the unknown, which the scope knows. Raises LanguageError."""
    unknown, name = context.scope.types[tree.unknown], tree.unknown
    sides = [context.infer(side) for side in (tree.left, tree.right)]
    given = [side.type for side in sides if not _is_zero(side.syntax)]
    for side, other in pairwise(given):
        if not context.equations.equate_types(side, other, (context, tree)):
            told = f"the left side is {side.describe()}, the right side {other.describe()}"
            raise context.error(f"the sides of this equation differ: {told}", tree)
    if not given or not context.equations.equate_types(given[0], unknown, (context, tree)):
        what = given[0].describe() if given else "0"
        told = f"an equation for `{name}`, which {unknown}, needs sides like it; these are {what}"
        raise context.error(told, tree)

    def make(left: Node, right: Node) -> Node:
        symbol = context.scope.symbol(name)
        assert isinstance(symbol, Symbol)
        left, right = (
            build.zero(symbol.shape) if _is_zero(typed.syntax) else side
            for typed, side in zip(sides, (left, right), strict=True)
        )
        return solution_for(symbol, left, right)

    return Typed(tree, unknown, make, tuple(sides))


def _is_zero(side: Syntax) -> bool:
    return isinstance(side, Number) and side.value == 0


def shape_of_unknown(reader: Context, tree: Equation) -> Shape:
    """Return the shape with which the unknown fits its equation: a scalar, a vector or a matrix.

    Raises LanguageError where nothing fits, or where its size is not told.
    """
    errors: list[LanguageError] = []
    for supposed in (SCALAR, vector_type(fresh_size()), matrix_type(fresh_size(), fresh_size())):
        scope = replace(reader.scope, types={**reader.scope.types, tree.unknown: supposed})
        trial = type(reader)(reader.source, scope, Equations())
        trial.is_trial = True
        try:
            infer_equation(trial, tree)
            trial.finish()
        except LanguageError as error:
            errors.append(error)
            continue
        if (shape := supposed.shape()) is not None:
            return shape
    name = tree.unknown
    as_in = f"`{name} in R^N unknown`" if name.islower() else f"`{name} in R^(N x N) unknown`"
    if len(errors) < 3:
        raise reader.error(f"the size of `{name}` is not told by its equation: declare it, as in {as_in}", tree)
    kinds = ("a scalar", "a vector", "a matrix")
    likely = 2 if name[:1].isupper() else 1 if any(not one.is_scalar for one in reader.scope.types.values()) else 0
    raise reader.error(
        f"the unknown `{name}` fits this equation neither as a scalar, nor as a vector, nor as a matrix; as "
        f"{kinds[likely]}: {errors[likely].message}",
        tree,
    )
