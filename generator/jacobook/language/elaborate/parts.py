"""Rows, columns and slices of arrays: `X[i, :]`, `X[:, j]`, `x[2:4]`; in LaTeX also `x_n`, a row of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product

from jacobook.algebra import build
from jacobook.algebra.dimensions import why_impossible
from jacobook.algebra.nodes import Node, Position
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import NOTHING, ONE, Dimension, Kind, Shape
from jacobook.language import syntax
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.entry_literals import (
    MOST_ENTRIES,
    check_counting,
    is_size,
    place_among,
    wrong_count,
)
from jacobook.language.elaborate.scope import Typed
from jacobook.language.elaborate.slices import as_counted_here, is_read_otherwise, lengths_of_axes, says_end
from jacobook.language.errors import unknown_names
from jacobook.language.size_inference import Size, Type, matrix_type, resolve, vector_type
from jacobook.language.syntax import Component, Slice, Syntax


def infer_part(context: Context, tree: Component, operand: Typed) -> Typed:
    """Return a row, a column or a slice of an array. Raises LanguageError."""
    axes = lengths_of_axes(operand.type)
    if len(tree.places) != len(axes):
        raise wrong_count(context, tree, operand.type, len(axes))
    meant = as_counted_here(context, tree)
    if meant is not None:
        tree = replace(tree, places=meant)
    elif not any(map(says_end, tree.places)):
        check_counting(context, tree)
    reading = Reading.FROM_ZERO if meant is not None else Reading.SLICE
    is_remarked = meant is not None or any(map(is_read_otherwise, tree.places))
    pairs = list(zip(tree.places, axes, strict=True))
    symbolic = any(context.among(size, partial(_is_symbolic, context, place)) for place, size in pairs)
    found = _infer_range(context, tree, operand) if symbolic else _infer_run(context, tree, operand)
    return replace(found, make=context.remarking(found.make, reading)) if is_remarked else found


def _infer_run(context: Context, tree: Component, operand: Typed) -> Typed:
    """Return a part between places that are numbers. Raises LanguageError."""
    runs = [_places(context, place) for place in tree.places]
    lengths = [Dimension(1) if run is None else Dimension(len(run)) if run else None for run in runs]
    given, axes = operand.type, lengths_of_axes(operand.type)
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

    return Typed(tree, result, make, (operand,))


def _is_symbolic(context: Context, tree: Syntax) -> bool:
    """Return whether a slice begins or ends at a place that depends on sizes."""
    ends = [end for end in (tree.first, tree.last) if end is not None] if isinstance(tree, Slice) else []
    return any(not isinstance(end, syntax.Number) and is_size(context, end) for end in ends)


def _may_be_long(length: Dimension) -> bool:
    """Return whether a slice has places for large sizes: x[2:n] has, x[n:1] has not."""
    names = sorted(set(length.names))
    tried = product((5, 9, 13), repeat=min(len(names), 4))
    return any(length.value(dict.fromkeys(names, 9) | dict(zip(names, sizes, strict=False))) > 0 for sizes in tried)


def _infer_range(context: Context, tree: Component, operand: Typed) -> Typed:
    """Return a part whose ends depend on sizes, `w[1:p]`, `A[1:p, p+1:n]`. Raises LanguageError."""
    given, axes = operand.type, lengths_of_axes(operand.type)
    pairs = zip(tree.places, axes, strict=True)
    ranges = [context.among(size, partial(_range, context, place)) for place, size in pairs]
    for place, found in zip(tree.places, ranges, strict=True):
        if found is not None and not _may_be_long(found[1] - found[0] + ONE):
            raise context.error(f"{context.quoted(place)}: a slice goes from one place to a later one", place)
    lengths: list[Size] = []
    for place, found, size in zip(tree.places, ranges, axes, strict=True):
        one = isinstance(place, Slice)
        lengths.append(size if found is None and one else ONE if found is None else found[1] - found[0] + ONE)
    single = [not isinstance(place, Slice) for place in tree.places]
    if given.kind is not Kind.MATRIX:
        result = vector_type(lengths[0]) if given.kind is Kind.VECTOR else vector_type(lengths[0]).transposed
    elif single[1]:
        result = vector_type(lengths[0])
    else:
        result = vector_type(lengths[1]).transposed if single[0] else matrix_type(*lengths)

    def make(array: Node) -> Node:
        sizes = array.shape.axes
        for place, found, size in zip(tree.places, ranges, sizes, strict=True):
            if found is not None and why_impossible(size - found[1] + ONE) is not None:
                what, last = context.quoted(tree.operand), context.quoted(place)
                raise context.error(f"{what} has {size} places here, and {last} goes beyond them", place)
        part = _ranged(array, ranges)
        for number, place in enumerate(tree.places):
            if not isinstance(place, Slice):
                at = place_among(context, place, sizes[number], context.quoted(tree.operand))
                unit = build.unit_vector(at, sizes[number])
                part = build.product(build.transpose(unit), part) if number == 0 else build.product(part, unit)
        return part

    return Typed(tree, result, make, (operand,))


def _range(context: Context, tree: Syntax) -> tuple[Dimension, Dimension] | None:
    """Return the first and the last place of a slice, None for all places and for one place."""
    if not isinstance(tree, Slice) or tree.first is None or tree.last is None:
        return None
    first, last = (context.dimension("a slice", end) for end in (tree.first, tree.last))
    return first, last


def _ranged(array: Node, ranges: Sequence[tuple[Dimension, Dimension] | None]) -> Node:
    """Return the part of an array in these ranges; None stands for all places."""
    shape = array.shape
    pairs = [*ranges] if shape.is_matrix else [None, *ranges] if shape.is_row else [*ranges, None]
    sides = [shape.rows, shape.columns]
    before = [NOTHING if pair is None else pair[0] - ONE for pair in pairs]
    counts = [side if pair is None else pair[1] - pair[0] + ONE for pair, side in zip(pairs, sides, strict=True)]
    return build.subarray(array, Shape(shape.kind, *counts), *before)


def _places(context: Context, tree: Syntax) -> range | None:
    """Return the places of a slice, an empty range for all of them, None for one place."""
    if not isinstance(tree, Slice):
        return None
    if tree.first is None or tree.last is None:
        return range(0)
    ends = [end.value if isinstance(end, syntax.Number) else None for end in (tree.first, tree.last)]
    first, last = ends
    names = [end for end in (tree.first, tree.last) if isinstance(end, syntax.Name)]
    if unknown := [name for name in names if name.name not in context.scope.types]:
        raise unknown_names.size(context.source, unknown[0], context.scope)
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
