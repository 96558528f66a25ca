"""Rows, columns and slices of arrays: `X[i, :]`, `X[:, j]`, `x[2:4]`; in LaTeX also `x_n`, a row of samples."""

from __future__ import annotations

from collections.abc import Sequence

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, Position
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import Dimension, Kind
from jacobook.language import syntax
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.entry_literals import MOST_ENTRIES, check_counting, place_among, wrong_count
from jacobook.language.elaborate.scope import Typed
from jacobook.language.size_inference import Size, Type, matrix_type, resolve, vector_type
from jacobook.language.syntax import Component, Slice, Syntax


def infer_part(context: Context, tree: Component, operand: Typed) -> Typed:
    """Return a row, a column or a slice of an array. Raises LanguageError."""
    check_counting(context, tree)
    count = 2 if operand.type.kind is Kind.MATRIX else 1
    if len(tree.places) != count:
        raise wrong_count(context, tree, operand.type, count)
    runs = [_places(context, place) for place in tree.places]
    lengths = [Dimension(1) if run is None else Dimension(len(run)) if run else None for run in runs]
    given = operand.type
    axes = (given.rows, given.columns) if count == 2 else (given.length,)
    sizes: list[Size] = [known or size for known, size in zip(lengths, axes, strict=True)]
    if len(sizes) == 1:
        result = vector_type(sizes[0]) if given.kind is Kind.VECTOR else vector_type(sizes[0]).transposed
    else:
        result = matrix_type(*sizes)
        if runs[1] is None:
            result = vector_type(sizes[0])
        elif runs[0] is None:
            result = vector_type(sizes[1]).transposed

    def make(array: Node) -> Node:
        places = [
            _positions(context, place, run, size, context.quoted(tree.operand))
            for place, run, size in zip(tree.places, runs, array.shape.axes, strict=True)
        ]
        return _part(array, places, result)

    some = any(run for run in runs)
    return Typed(tree, result, context.remarking(make, Reading.SLICE) if some else make, (operand,))


def _places(context: Context, tree: Syntax) -> range | None:
    """Return the places of a slice, an empty range for all of them, None for one place."""
    if not isinstance(tree, Slice):
        return None
    if tree.first is None or tree.last is None:
        return range(0)
    ends = [end.value if isinstance(end, syntax.Number) else None for end in (tree.first, tree.last)]
    first, last = ends
    if isinstance(tree.last, syntax.Name) and first == 1 and tree.last.name in context.scope.sizes:
        return range(0)  # 1:N are all N places; that there are N is looked at when they are known
    if first is None or last is None or first.denominator != 1 or last.denominator != 1 or not 1 <= first <= last:
        message = f"{context.quoted(tree)}: a slice goes from one fixed place to a later one, as in `x[2:4]`"
        raise context.error(f"{message}, or is `:`, all places", tree)
    if last - first >= MOST_ENTRIES:
        raise context.error(f"{context.quoted(tree)}: at most {MOST_ENTRIES} places are read", tree)
    return range(int(first), int(last) + 1)


def _positions(
    context: Context, tree: Syntax, run: range | None, size: Dimension, what: str
) -> Position | list[Position] | None:
    """Return one position, those of a slice, or None for all; they are looked for among `size` places."""
    if run is None:
        return place_among(context, tree, size, what)
    assert isinstance(tree, Slice)
    if tree.last is not None:
        last = place_among(context, tree.last, size, what)
        if not run and last != size:
            raise context.error(f"{what} has {size} places here, and this slice ends at {last}", tree)
    return [Dimension(place) for place in run] if run else None


def _part(array: Node, places: Sequence[Position | list[Position] | None], result: Type) -> Node:
    """Return the part; where entries can be written one by one they are, else units pick rows and columns."""
    if all(place is None for place in places):
        return array
    if all(place is not None for place in places):
        runs = [place if isinstance(place, list) else [place] for place in places]
        entries = [[build.entry(array, *head, last) for last in runs[-1]] for head in _heads(runs)]  # type: ignore[arg-type]
        shape = result.shape()
        assert shape is not None
        return build.literal([entry for row in entries for entry in row], shape)
    rows, columns = places
    if columns is None:
        return _picked(array, rows)  # type: ignore[arg-type]
    if isinstance(columns, list):
        return build.transpose(_picked(build.transpose(array), columns))
    return build.product(array, build.unit_vector(columns, array.shape.columns))


def _heads(runs: Sequence[list[Position]]) -> list[tuple[Position, ...]]:
    return [(place,) for place in runs[0]] if len(runs) == 2 else [()]


def _picked(array: Node, places: Position | list[Position]) -> Node:
    """Return a row of a matrix, or the matrix of several of its rows."""
    size = array.shape.rows
    if not isinstance(places, list):
        return build.product(build.transpose(build.unit_vector(places, size)), array)
    rows = [_picked(array, place) for place in places]
    return build.add(*[build.product(build.unit_vector(k, len(rows)), row) for k, row in enumerate(rows, 1)])


def _row_as_vector(array: Node, place: Position) -> Node:
    """Return X′e_i."""
    return build.product(build.transpose(array), build.unit_vector(place, array.shape.rows))


def infer_member(context: Context, tree: Component, operand: Typed) -> Typed:
    """Return x[i], a member of a family of vectors. Raises LanguageError."""
    (place,) = tree.places

    def make(array: Node) -> Node:
        return _row_as_vector(array, place_among(context, place, array.shape.rows, context.quoted(tree.operand)))

    return Typed(tree, vector_type(operand.type.columns), make, (operand,))


def infer_sample(context: Context, tree: Component, operand: Typed) -> Typed:
    """Return x_n, with one place behind a matrix: the row (or column) n of it as a vector. Raises LanguageError."""
    (place,) = tree.places
    index = context.scope.indices.get(place.name) if isinstance(place, syntax.Name) else None
    wanted = index.dimension if index is not None else None
    rows, columns = (resolve(size) == wanted for size in (operand.type.rows, operand.type.columns))
    if wanted is None or rows == columns:
        raise wrong_count(context, tree, operand.type, 2)

    def make(array: Node) -> Node:
        assert index is not None
        return _row_as_vector(array if rows else array.T, index)

    return Typed(tree, vector_type(operand.type.columns if rows else operand.type.rows), make, (operand,))
