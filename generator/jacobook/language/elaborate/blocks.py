"""Arrays put together from blocks, `[A, B; C, D]`, `[x; y]`, `[x, y]`."""

from __future__ import annotations

from collections.abc import Sequence

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ONE, Dimension, Kind, Shape, matrix
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.size_inference import Size, Type, resolve
from jacobook.language.syntax import Literal


def infer_blocks(context: Context, tree: Literal, operands: Sequence[Typed]) -> Typed:
    """Return an array put together from blocks. Raises LanguageError."""
    height, width = len(tree.rows), len(tree.rows[0])
    grid = [list(operands[row * width : (row + 1) * width]) for row in range(height)]
    for row in grid:
        _check_line(context, tree, row, [block.type.rows for block in row])
    for column in zip(*grid, strict=True):
        _check_line(context, tree, column, [block.type.columns for block in column])
    heights = [resolve(row[0].type.rows) for row in grid]
    widths = [resolve(block.type.columns) for block in grid[0]]
    kinds = {block.type.kind for block in operands}
    kind = Kind.VECTOR if width == 1 and kinds <= {Kind.VECTOR, Kind.SCALAR} else Kind.MATRIX
    kind = Kind.ROW if height == 1 and kinds <= {Kind.ROW, Kind.SCALAR} else kind
    even = len({*heights}) == len({*widths}) == 1 and Kind.SCALAR not in kinds
    rows, columns = _total(heights), _total(widths)
    if rows is None or columns is None or not (even or _fixed(heights, widths)):
        message = f"{context.quoted(tree)}: blocks of different sizes need sizes that are numbers"
        raise context.error(f"{message}; a sum of sizes, such as M + N, is not in the language", tree)
    shape = Shape(kind, rows, columns)

    def make(*blocks: Node) -> Node:
        terms = []
        for number, block in enumerate(blocks):
            row, column = divmod(number, width)
            if even:
                terms.append(build.kronecker(_cell(row, height, column, width), block))
            else:
                terms.append(_padded(block, row, heights, column, widths, kind))
        return build.add(*terms)

    return Typed(tree, Type(kind, shape.rows, shape.columns), make, tuple(operands))


def _check_line(context: Context, tree: Literal, line: Sequence[Typed], sizes: Sequence[Size]) -> None:
    """Raise LanguageError unless the blocks of a row, or of a column, fit beside each other."""
    for block, size in zip(line, sizes, strict=True):
        if not context.equate(sizes[0], size, tree):
            told = " and ".join(context.told(one.syntax, one.type) for one in (line[0], block))
            raise context.error(f"these blocks do not fit beside each other: {told}", tree)


def _fixed(*sizes: Sequence[Size]) -> bool:
    return all(isinstance(size, Dimension) and not size.names for line in sizes for size in line)


def _total(sizes: Sequence[Size]) -> Dimension | None:
    """Return the sum of sizes, if it is a size: of numbers, or of equal ones."""
    first = sizes[0]
    if not isinstance(first, Dimension):
        return None
    if len({*sizes}) == 1:
        return first * Dimension(len(sizes))
    if not _fixed(sizes):
        return None
    return Dimension(sum(size.coefficient for size in sizes if isinstance(size, Dimension)))


def _cell(row: int, height: int, column: int, width: int) -> Node:
    """Return the matrix that is 1 at the place of a block: e_i e_j′, with one row or column a vector or a row."""
    left, right = build.unit_vector(row + 1, height), build.transpose(build.unit_vector(column + 1, width))
    if width == 1:
        return left
    return right if height == 1 else build.product(left, right)


def _padded(block: Node, row: int, heights: Sequence[Size], column: int, widths: Sequence[Size], kind: Kind) -> Node:
    """Return the block among zeros: P A Q′ with the parts P and Q of identities."""
    result = block
    if kind is not Kind.ROW:
        result = build.product(_rows_of_identity(row, heights, block.shape.rows, result), result)
    if kind is not Kind.VECTOR:
        turned = build.transpose(result)
        result = build.transpose(build.product(_rows_of_identity(column, widths, block.shape.columns, turned), turned))
    return result


def _rows_of_identity(number: int, sizes: Sequence[Size], size: Dimension, block: Node) -> Node:
    """Return the columns of the identity at the places of one block, a vector for a block of one."""
    fixed = [one.coefficient for one in sizes if isinstance(one, Dimension)]
    before, total, count = sum(fixed[:number]), sum(fixed), size.coefficient
    if size == ONE and (block.shape.is_scalar or block.shape.is_row):
        return build.unit_vector(before + 1, total)
    entries = [build.number(int(row == before + column)) for row in range(total) for column in range(count)]
    return build.literal(entries, matrix(total, count))
