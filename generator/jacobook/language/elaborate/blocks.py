"""Arrays put together from blocks, `[A, B; C, D]`, `[x; y]`, `[X, vector(1)]`."""

from __future__ import annotations

from collections.abc import Sequence

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ONE, Kind
from jacobook.language import syntax
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.size_inference import Size, Type, bind_open, fresh_size, size_sum
from jacobook.language.syntax import Literal, Syntax


def infer_blocks(context: Context, tree: Literal, operands: Sequence[Typed]) -> Typed:
    """Return an array put together from blocks. Raises LanguageError."""
    height, width = len(tree.rows), len(tree.rows[0])
    blocks = _with_zeros(context, operands, height, width)
    grid = [list(blocks[row * width : (row + 1) * width]) for row in range(height)]
    for row in grid:
        _check_line(context, tree, row, [block.type.rows for block in row])
    for column in zip(*grid, strict=True):
        _check_line(context, tree, column, [block.type.columns for block in column])
    kinds = {block.type.kind for block in blocks}
    kind = Kind.MATRIX
    if width == 1 and kinds <= {Kind.VECTOR, Kind.SCALAR}:
        kind = Kind.VECTOR
    elif height == 1 and kinds <= {Kind.ROW, Kind.SCALAR}:
        kind = Kind.ROW
    result = Type(kind, size_sum(row[0].type.rows for row in grid), size_sum(block.type.columns for block in grid[0]))

    def make(*parts: Node) -> Node:
        return build.block_array([parts[row * width : (row + 1) * width] for row in range(height)])

    return Typed(tree, result, make, tuple(blocks))


def _with_zeros(context: Context, operands: Sequence[Typed], height: int, width: int) -> list[Typed]:
    """Return the blocks with a 0 as the zeros that fit beside the arrays: `[A, 0; 0, B]`, `[y; 0]`; so a bold one.

    Below or above a vector it has as many entries as the context says, and 1 where it says nothing.
    """
    found = list(operands)
    open_ones = [_is_number_zero(one.syntax) or _is_bold_zero(context, one.syntax) for one in operands]
    arrays = [one.type for one, is_open in zip(operands, open_ones, strict=True) if not (is_open or one.type.is_scalar)]
    for place, operand in enumerate(operands):
        if arrays and open_ones[place]:
            found[place] = _zeros(operand, arrays, height, width)
    return found


def _is_number_zero(tree: Syntax) -> bool:
    return isinstance(tree, syntax.Number) and tree.value == 0


def _is_bold_zero(context: Context, tree: Syntax) -> bool:
    r"""Return whether this is `\boldsymbol{0}` without a size, which is read as a vector elsewhere."""
    if not (isinstance(tree, syntax.Call) and tree.name == "vector" and len(tree.arguments) == 1):
        return False
    return _is_number_zero(tree.arguments[0]) and not context.source.startswith(tree.name, tree.start)


def _zeros(operand: Typed, arrays: Sequence[Type], height: int, width: int) -> Typed:
    kind = Kind.MATRIX
    if width == 1 and all(one.kind is Kind.VECTOR for one in arrays):
        kind = Kind.VECTOR
    elif height == 1 and all(one.kind is Kind.ROW for one in arrays):
        kind = Kind.ROW
    rows, columns = fresh_size(), fresh_size()
    result = Type(kind, ONE if kind is Kind.ROW else rows, ONE if kind is Kind.VECTOR else columns)

    def make() -> Node:
        for size in (result.rows, result.columns):
            bind_open(size, ONE)
        shape = result.shape()
        assert shape is not None
        if kind is not Kind.MATRIX and shape.rows is shape.columns is ONE:
            return build.ZERO
        return build.zero(shape)

    return Typed(operand.syntax, result, make, ())


def _check_line(context: Context, tree: Literal, line: Sequence[Typed], sizes: Sequence[Size]) -> None:
    """Raise LanguageError unless the blocks of a row, or of a column, fit beside each other."""
    for block, size in zip(line, sizes, strict=True):
        if not context.equate(sizes[0], size, tree):
            told = " and ".join(context.told(one.syntax, one.type) for one in (line[0], block))
            fit = _ones_for_one(context, tree, line)
            hint = f"; did you mean {repairs.named(fit)}?" if fit else ""
            raise context.error(f"these blocks do not fit beside each other: {told}{hint}", tree, fit)


def _ones_for_one(context: Context, tree: Literal, line: Sequence[Typed]) -> str | None:
    """Return the text with a column (or row) of ones for the 1 in `[X, 1]`, None where there is no such number."""
    one = next((block.syntax for block in line if isinstance(block.syntax, syntax.Number)), None)
    if one is None:
        return None
    within_row = any(one is entry for row in tree.rows if len(row) > 1 for entry in row)
    number = repairs.piece(context.source, one)
    ones = f"vector({number})" if within_row else f"vector({number})'"
    fit = context.source[tree.start : one.start] + ones + context.source[one.end : tree.end]
    return fit if context.fitting(fit) is not None else None
