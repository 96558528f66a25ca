"""Entries and what is written entry by entry: `x[1]`, `A[1, D]`, `[a, b; c, d]`, `unit(1, N)`, `delta(i, j)`."""

from __future__ import annotations

import re

from jacobook.algebra import build
from jacobook.algebra.dimensions import is_natural, why_impossible
from jacobook.algebra.entry_lookup import last_number, same_place
from jacobook.algebra.exponents import is_nonnegative, times, total
from jacobook.algebra.nodes import Index, Node, Position, RunningIndex
from jacobook.algebra.predicates import is_whole
from jacobook.algebra.shapes import ONE, Dimension, Kind, Shape
from jacobook.language import syntax
from jacobook.language.elaborate.blocks import infer_blocks
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.names import in_backquotes, nearest
from jacobook.language.printer import short_text
from jacobook.language.programs import counts_from_zero
from jacobook.language.size_inference import SCALAR, Type, vector_type
from jacobook.language.syntax import (
    Call,
    Component,
    Literal,
    Name,
    Negative,
    Number,
    Powered,
    Slice,
    Syntax,
    pieces_within,
)

LARGEST_PLACE = 10**6
MOST_ENTRIES = 400


def infer_entry(context: Context, tree: Component) -> Typed:
    """Return an entry of an array, a scalar. Raises LanguageError."""
    check_counting(context, tree)
    if (power := _power_by_entry(context, tree)) is not None:
        return context.infer(power)
    try:
        operand = context.infer(tree.operand)
    except LanguageError as error:
        raise _of_exponent(context, tree) or error from None
    count = {Kind.SCALAR: 0, Kind.MATRIX: 2}.get(operand.type.kind, 1)
    if not count:
        raise _of_scalar(context, tree)
    if len(tree.places) != count:
        raise wrong_count(context, tree, operand.type, count)

    def make(array: Node) -> Node:
        places = [
            place_among(context, place, size, context.quoted(tree.operand))
            for place, size in zip(tree.places, array.shape.axes, strict=True)
        ]
        return build.entry(array, *places)

    return Typed(tree, SCALAR, make, (operand,))


def check_counting(context: Context, tree: Component) -> None:
    """Raise LanguageError for a place that is a number in a text in which places may be counted from 0."""
    ends = [
        end for place in tree.places for end in ((place.first, place.last) if isinstance(place, Slice) else (place,))
    ]
    if counts_from_zero(context.source) and any(isinstance(end, Number) for end in ends):
        message = f"{context.quoted(tree)}: places are counted from 1 here, and from 0 in NumPy"
        raise context.error(f"{message}; what is meant can be written without `@`, modules and methods", tree)


def _power_by_entry(context: Context, tree: Component) -> Powered | None:
    """Return a^(x[1]) for `a^x[1]`, since an array x is no exponent of a power as a whole; None for anything else."""
    inside = tree.operand
    if not isinstance(inside, Powered) or inside.wrapped or inside.elementwise is not False:
        return None
    signed = inside.exponent
    negative = isinstance(signed, Negative) and not signed.wrapped
    exponent = signed.operand if isinstance(signed, Negative) and negative else signed
    if not isinstance(exponent, Name) or exponent.name not in context.scope.types:
        return None
    if context.scope.types[exponent.name].is_scalar:
        return None
    entry: Syntax = Component(exponent.start, tree.end, exponent, tree.places, depth=tree.depth)
    if negative:
        entry = Negative(signed.start, tree.end, entry, depth=tree.depth)
    return Powered(tree.start, tree.end, inside.base, entry, False, depth=tree.depth)


def _of_scalar(context: Context, tree: Component) -> LanguageError:
    if error := _of_exponent(context, tree):
        return error
    fit = repairs.piece(context.source, tree.operand)
    message = f"{context.quoted(tree.operand)} is a scalar and has no entries; did you mean {repairs.named(fit)}?"
    return context.error(message, tree, fit)


def _of_exponent(context: Context, tree: Component) -> LanguageError | None:
    """Return the error about `a^x[1]`, where `a^(x[1])` would fit; None elsewhere."""
    source, inside = context.source, tree.operand
    if not isinstance(inside, syntax.Powered) or inside.wrapped or "^" not in source[inside.base.end : inside.end]:
        return None
    exponent = repairs.piece(source, inside.exponent)
    fit = f"{source[inside.start : inside.exponent.start]}({exponent}{source[inside.end : tree.end]})"
    if context.fitting(fit) is None:
        return None
    message = f"brackets bind as `^` does, from left to right: `({repairs.piece(source, inside)})[…]`"
    return context.error(f"{message}; did you mean {repairs.named(fit)}?", tree, fit)


def wrong_count(context: Context, tree: Component, given: Type, count: int) -> LanguageError:
    """Return the error about an array that takes one place and is given two, or the other way round."""
    places = [repairs.piece(context.source, place) for place in tree.places]
    takes = "one place" if count == 1 else "two places, row and column"
    fit = f"{repairs.piece(context.source, tree.operand)}[{', '.join([*places, '1'][:count])}]"
    told = context.told(tree.operand, given)
    message = f"{told}: an entry of it takes {takes}, not {len(places)}; did you mean {repairs.named(fit)}?"
    return context.error(message, tree, fit)


def place_among(context: Context, tree: Syntax, size: Dimension | None, what: str) -> Position:
    """Return the place among `size` places (None: any number of them). Raises LanguageError."""
    scope = context.scope
    last = "" if size is None else str(size)
    found: Position
    match tree:
        case syntax.Name() if (index := scope.indices.get(tree.name)) is not None:
            running = scope.running(tree.name) if tree.name in context.short_indices else None
            if size is not None and index.dimension != size and isinstance(running, RunningIndex):
                return _running_place(context, tree, running, size, what)
            if size is not None and index.dimension != size:
                message = f"the index `{index.name}` runs to {index.dimension}, and {what} has {size} places here"
                raise context.error(message, tree)
            return index
        case syntax.Number() if tree.value.denominator == 1 and 1 <= tree.value <= LARGEST_PLACE:
            found = Dimension(int(tree.value))
        case syntax.Name() if tree.name in scope.sizes:
            found = Dimension.of(tree.name)
        case syntax.Name(name=syntax.LAST) if size is not None:
            return size
        case syntax.Product() | syntax.Sum() if context.among(size, lambda: is_size(context, tree)):
            found = context.among(size, lambda: context.dimension("the place", tree))
        case _ if size is not None and (number := _running_number(context, tree)) is not None:
            return _running_place(context, tree, number, size, what)
        case _:
            raise _no_place(context, tree, last, what)
    if size is None or found == size:
        return found
    if not is_within(found, size):
        many = "entry" if size == ONE else "places"
        message = f"{what} has {size} {many} here, so {context.quoted(tree)} is none of them; the last is `{last}`"
        raise context.error(message, tree, last)
    return found


def is_size(context: Context, tree: Syntax) -> bool:
    """Return whether a piece is made of numbers and sizes alone."""
    leaves = [piece for piece in pieces_within(tree) if isinstance(piece, Name | Number)]
    others = [piece for piece in pieces_within(tree) if not isinstance(piece, Name | Number | syntax.Run | Powered)]
    sizes = context.scope.sizes if context.last_place is None else {*context.scope.sizes, syntax.LAST}
    return not others and all(isinstance(leaf, Number) or leaf.name in sizes for leaf in leaves)


def is_within(place: Dimension, size: Dimension) -> bool:
    """Return whether a place is one of so many; a number may be, where the size has a name."""
    if not place.names:
        return bool(size.names) or place.coefficient <= size.coefficient
    return is_natural(size - place)


def _running_number(context: Context, tree: Syntax) -> Node | None:
    """Return the whole number, such as t − 1, that depends on the index of a sum; None for any other place."""
    names = [piece.name for piece in pieces_within(tree) if isinstance(piece, Name)]
    running = [name for name in names if isinstance(context.scope.running(name), RunningIndex)]
    return context.construct(context.infer(tree)) if running else None


def _running_place(context: Context, tree: Syntax, number: Node, size: Dimension, what: str) -> Index:
    """Return a place that is a number, given a name of its own. Raises LanguageError where it may not exist."""
    if not is_whole(number):
        raise _no_place(context, tree, str(size), what)
    below, above = total((number, times(build.ONE, -1))), total((build.size_of(size), times(number, -1)))
    if not (is_nonnegative(below) and (is_nonnegative(above) or _may_exist(number, size))):
        message = f"{what} has the places 1 to {size}, and {context.quoted(tree)} may be none of them here"
        raise context.error(f"{message}: look at the bounds of the sum", tree)
    place = Index(f"({short_text(number)})", size)
    context.numbered[place] = number
    return place


def _may_exist(number: Node, size: Dimension) -> bool:
    """Return whether there are sizes for which all places exist that a number reaches: for a sum to p of N places."""
    last = last_number(number)
    return last is not None and why_impossible(size - last + ONE) is None


def _is_index_of_a_sum_before(context: Context, tree: Syntax) -> bool:
    """Return whether a name is the index of a sum in LaTeX that ended before it, with the product behind that sum."""
    if not isinstance(tree, syntax.Name):
        return False
    index = rf"(?:sum|prod)\s*(?:\\limits\s*)?_\s*\{{?\s*{re.escape(tree.name)}(?![A-Za-z0-9])"
    return re.search(index, context.source[: tree.start]) is not None


def _no_place(context: Context, tree: Syntax, last: str, what: str) -> LanguageError:
    if _is_index_of_a_sum_before(context, tree):
        message = f"{context.quoted(tree)} is the index of a sum that ends before this term"
        return context.error(f"{message}: put all that is summed in brackets", tree)
    choices = [f"1 to {last}"] if last.isdigit() else ["1, 2, …", *([f"`{last}` for the last"] if last else [])]
    known = list(context.scope.indices)
    if known:
        choices.append(f"the indices {in_backquotes(known)}")
    fit = "1"
    if isinstance(tree, syntax.Name):
        fit = nearest(tree.name, [*known, *sorted(context.scope.sizes)]) or "1"
    elif isinstance(tree, syntax.Number) and tree.value > 1 and last:
        fit = last
    elif isinstance(tree, Negative) and isinstance(tree.operand, Number) and last and not last.isdigit():
        fit = syntax.LAST if tree.operand.value == 1 else f"{syntax.LAST} - {tree.operand.value - 1}"
    if any(isinstance(piece, syntax.Component) for piece in pieces_within(tree)):
        message = f"{context.quoted(tree)} is no place of {what}: an entry of another array cannot be one"
        fits = "with `Z[t,:]` a row of zeros and a single 1, which tells the place, write `Z[t,:]*P*Z[t+1,:]'`"
        return context.error(f"{message}; {fits}", tree)
    zero = isinstance(tree, syntax.Number) and tree.value == 0
    counted = "places are counted from 1: " if zero else ""
    message = f"{context.quoted(tree)} is no place of {what}: {counted}they are {', '.join(choices)}"
    if zero:  # whoever counts from 0 means another place elsewhere, too
        return context.error(message, tree)
    return context.error(f"{message}; did you mean `{fit}`?", tree, fit)


def infer_of_places(context: Context, tree: Call) -> Typed:
    """Return `unit(i, N)`, a vector, or `delta(i, j)`, a scalar. Raises LanguageError."""
    if len(tree.arguments) != 2:
        takes = "a place and a size, as in `unit(1, N)`" if tree.name == "unit" else "two places, as in `delta(i, j)`"
        raise context.error(f"`{tree.name}` takes {takes}", tree)
    first, second = tree.arguments
    if tree.name == "delta":
        positions = [place_among(context, place, None, "`delta`") for place in (first, second)]
        _check_delta(context, tree, positions)
        same = same_place(*positions)
        value = build.delta(*positions) if same is None else build.number(int(same))
        return Typed(tree, SCALAR, lambda: value)
    size = context.dimension(tree.name, second)
    position = place_among(context, first, size, f"a vector with {size} entries")
    return Typed(tree, vector_type(size), lambda: build.unit_vector(position, size))


def _check_delta(context: Context, tree: Call, positions: list[Position]) -> None:
    first, second = positions
    if isinstance(first, Index) and isinstance(second, Index) and first.dimension != second.dimension:
        message = f"`{first.name}` runs to {first.dimension} and `{second.name}` to {second.dimension}"
        raise context.error(f"{message}: they number different things", tree)


def infer_literal(context: Context, tree: Literal) -> Typed:
    """Return an array written entry by entry: a row, a vector or a matrix. Raises LanguageError."""
    width = len(tree.rows[0])
    for number, row in enumerate(tree.rows[1:], 2):
        if len(row) != width:
            where = Syntax(row[0].start, row[-1].end)
            message = f"row {number} has {_entries(len(row))} and row 1 has {_entries(width)}"
            raise context.error(f"{message}: commas separate columns, semicolons rows", where)
    height = len(tree.rows)
    if height * width == 1:
        fit = repairs.piece(context.source, tree.rows[0][0])
        message = f"brackets around one scalar make no array: write {repairs.named(fit)}"
        raise context.error(message, tree, fit)
    if height * width > MOST_ENTRIES:
        raise context.error(f"{height * width} entries: at most {MOST_ENTRIES} are read", tree)
    operands = tuple([context.infer(entry) for entry in tree.children])
    if not all(operand.type.is_scalar for operand in operands):
        return infer_blocks(context, tree, operands)
    kind = Kind.ROW if height == 1 else Kind.VECTOR if width == 1 else Kind.MATRIX
    shape = Shape(kind, Dimension(height), Dimension(width))
    result = Type(kind, shape.rows, shape.columns)
    return Typed(tree, result, lambda *entries: build.literal(entries, shape), operands)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"
