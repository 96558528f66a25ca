"""Arrays put together from blocks, worked out block by block: [A, B; C, D] [x; y] = [A x + B y; C x + D y]."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate, pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.dimensions import is_natural
from jacobook.algebra.entry_lookup import entry_at
from jacobook.algebra.nodes import Node
from jacobook.algebra.operations import remembered
from jacobook.algebra.shapes import NOTHING, Dimension, Kind, Shape, ShapeError, matrix, product_shape, vector
from jacobook.algebra.traverse import rebuild

Grid = tuple[tuple[Node, ...], ...]
MOST_BLOCKS = 64


class Way(Enum):
    """How far arrays are taken apart."""

    COMPARED = "compared"
    """Altogether, other arrays into the parts that meet a block: what is equal is to look alike."""
    FUNCTION = "function"
    """A function before it is differentiated: what conforms is multiplied, and norms and sums go to the blocks."""
    SHOWN = "shown"
    """A result: what conforms is multiplied, and zeros and identities do their work."""


HELD = Node.mask_of(n.Blocks, n.Subarray)


def by_blocks(node: Node, way: Way) -> Node:
    """Return an equal expression of the same shape, worked out block by block; what holds no blocks is itself."""
    return _by_blocks(node, way) if node.kinds & HELD else node


@remembered(20_000)
def _by_blocks(node: Node, way: Way) -> Node:
    if not node.kinds & HELD or isinstance(node, n.Partial | n.StructuredPartial | n.BoundedSum | n.Solution):
        return node
    try:
        rebuilt = rebuild(node, tuple([_by_blocks(operand, way) for operand in node.operands]))
        found = _opened(rebuilt, way)
    except ShapeError:  # with matrices of one row or one column not every regrouping has a type
        return node
    return found if found.shape is node.shape else node


def _opened(node: Node, way: Way) -> Node:
    inside = node.operands[0] if node.operands else node
    match node:
        case n.Blocks():
            return _flat(node, way)
        case n.Subarray():
            return part_of(inside, node.shape, node.above, node.before)
        case n.Transpose() if isinstance(inside, n.Blocks) and way is not Way.SHOWN:
            return _turned(inside)
        case n.Product():
            return _product(node, way)
        case n.Add() if any(_is_divided(_bare(operand)) for operand in node.operands):
            return _sum(node.operands, way)
        case n.Negate() | n.Divide() if isinstance(inside, n.Blocks) and way is not Way.SHOWN:
            return _each(inside, lambda block: rebuild(node, (block, *node.operands[1:])))
        case n.Apply() if isinstance(inside, n.Blocks) and way is not Way.SHOWN:
            return _each(inside, lambda block: build.apply(node.function, block), keeps_zeros=False)
        case n.Hadamard() | n.HadamardDivide() | n.HadamardPower() if way is not Way.SHOWN:
            return _entrywise(node, way)
        case n.EntrySum() | n.Norm1() if isinstance(inside, n.Blocks) and way is not Way.SHOWN:
            make = build.entry_sum if isinstance(node, n.EntrySum) else build.norm1
            return build.add(*[make(block) for block in inside.operands if not build.is_zero(block)])
        case n.Trace() if isinstance(inside, n.Product) and isinstance(inside.operands[-1], n.Blocks):
            return _trace_with_one_block(node, inside, inside.operands[-1])
        case n.Trace() if isinstance(inside, n.Blocks) and inside.heights == inside.widths and way is not Way.SHOWN:
            diagonal = [inside.grid[k][k] for k in range(inside.width)]
            return build.add(*[build.trace(x) if x.shape.is_matrix else x for x in diagonal])
        case n.Power() if isinstance(inside, n.Norm2) and way is Way.FUNCTION:
            blocks = inside.operands[0]
            if isinstance(blocks, n.Blocks) and build.is_number(node.operands[1], 2):
                return build.add(*[_square(block) for block in blocks.operands if not build.is_zero(block)])
        case n.Entry() if isinstance(inside, n.Blocks):
            return _entry(node, inside)
    return node


def _square(block: Node) -> Node:
    """Return the square of a block's norm, what scales it in front: ‖√c I x‖² is c ‖x‖²."""
    factors = block.operands if isinstance(block, n.Product) else (block,)
    front = [_squared(factor) for factor in factors if factor.shape.is_scalar]
    rest = [factor for factor in factors if not (factor.shape.is_scalar or isinstance(factor, n.Identity))]
    if not rest:
        return build.product(*front) if block.shape.is_scalar else build.power(build.norm2(block), build.TWO)
    return build.product(*front, build.power(build.norm2(build.product(*rest)), build.TWO))


def _squared(scalar: Node) -> Node:
    if isinstance(scalar, n.Apply) and scalar.function == "sqrt":
        return scalar.operands[0]
    return build.power(scalar, build.TWO)


def _each(blocks: n.Blocks, change: Callable[[Node], Node], keeps_zeros: bool = True) -> Node:
    """Return the array with every block changed; zeros stay as they are under a linear function."""
    return build.block_array(
        [[block if keeps_zeros and build.is_zero(block) else change(block) for block in row] for row in blocks.grid]
    )


def _turned(blocks: n.Blocks) -> Node:
    return build.block_array(
        [[build.transpose(block) for block in column] for column in zip(*blocks.grid, strict=True)]
    )


def _trace_with_one_block(node: Node, inside: Node, last: n.Blocks) -> Node:
    """Return tr(A [0, 0; 0, B]) as tr(A_22 B), a trace with more blocks as it is."""
    kept = [(k, j) for k, row in enumerate(last.grid) for j, block in enumerate(row) if not build.is_zero(block)]
    if len(kept) != 1:
        return node
    ((row, column),) = kept
    block = last.grid[row][column]
    above, before = list(offsets(last.heights))[row], list(offsets(last.widths))[column]
    rest = build.product(*inside.operands[:-1])
    met = piece_like(rest, block.shape.transposed, before, above)
    found = build.product(met, block)
    return build.trace(found) if found.shape.is_matrix else found


def _entry(node: n.Entry, blocks: n.Blocks) -> Node:
    """Return an entry that is a block by itself: the last of [x; 1]; any other entry stays."""
    places = node.positions
    row = places[0] if not blocks.shape.is_row else Dimension(1)
    column = places[-1] if not blocks.shape.is_vector else Dimension(1)
    for line, bottom in zip(blocks.grid, accumulate(blocks.heights, lambda a, b: a + b), strict=True):
        for block, end in zip(line, accumulate(blocks.widths, lambda a, b: a + b), strict=True):
            if block.shape.is_scalar and row is bottom and column is end:
                return block
    return node


# -- grids ------------------------------------------------------------------------------------------------------------


def _is_divided(node: Node) -> bool:
    """Return whether an array is put together from blocks, or the transpose of one that is."""
    inside = node.operands[0] if isinstance(node, n.Transpose) else node
    return isinstance(inside, n.Blocks)


def _grid_of(node: Node) -> Grid:
    """Return the blocks of an array; what is not put together is one block by itself."""
    if isinstance(node, n.Blocks):
        return node.grid
    if isinstance(node, n.Transpose) and isinstance(node.operands[0], n.Blocks):
        turned = _turned(node.operands[0])
        return turned.grid if isinstance(turned, n.Blocks) else ((node,),)
    if isinstance(node, n.Literal) and len(node.operands) <= MOST_BLOCKS:
        columns = node.shape.columns.coefficient
        return tuple(node.operands[start : start + columns] for start in range(0, len(node.operands), columns))
    return ((node,),)


def heights_of(grid: Grid | _OpenGrid) -> tuple[Dimension, ...]:
    """Return the numbers of rows of the rows of blocks."""
    return tuple([row[0].shape.rows for row in grid])


def widths_of(grid: Grid | _OpenGrid) -> tuple[Dimension, ...]:
    """Return the numbers of columns of the columns of blocks."""
    return tuple(block.shape.columns for block in grid[0])


def _flat(node: n.Blocks, way: Way) -> Node:
    """Return a stack of stacks as one stack and, where it is compared, [x[1:p]; x[p+1:n]] as x."""
    grid: Grid = node.grid
    if node.width == 1:
        grid = _as_one_stack(grid)
    elif len(grid) == 1:
        turned = _as_one_stack(tuple((block,) for block in grid[0]), of_rows=False)
        grid = tuple(zip(*turned, strict=True))
    found = build.block_array(grid) if grid != node.grid else node
    if way is Way.SHOWN and found.shape.is_row and isinstance(found, n.Blocks):
        standing = [block for block in found.operands if not isinstance(block, n.Transpose)]
        if len(standing) < len(found.operands) and all(_turns_well(block) for block in standing):
            return build.transpose(_turned(found))  # [x', t] is [x; t]'
    return _rejoined(found) if way is Way.COMPARED and isinstance(found, n.Blocks) else found


def _turns_well(block: Node) -> bool:
    return block.shape.is_scalar or isinstance(block, n.Fill)


def _as_one_stack(stack: Grid, of_rows: bool = True) -> Grid:
    """Return blocks below one another (or beside one another, as a stack) with the blocks of those that have some.

    They are divided alike: [[A, 0]; 0] is [A, 0; 0, 0]. Others are left closed.
    """
    inside = [block.grid if isinstance(block, n.Blocks) else ((block,),) for (block,) in stack]
    if not of_rows:
        inside = [tuple(zip(*grid, strict=True)) for grid in inside]
    across = max(inside, key=lambda grid: len(grid[0]))
    sizes = widths_of(across) if of_rows else tuple(block.shape.rows for block in across[0])
    rows: list[tuple[Node, ...]] = []
    for grid in inside:
        if len(grid[0]) == len(sizes):
            rows += grid
            continue
        (block,) = grid[0] if len(grid) == 1 and len(grid[0]) == 1 else (None,)
        if block is None or not isinstance(block, n.Fill) or not block.shape.is_matrix:
            return stack
        shapes = [matrix(block.shape.rows, s) if of_rows else matrix(s, block.shape.columns) for s in sizes]
        rows.append(tuple(build.fill(block.operands[0], shape) for shape in shapes))
    alike = all(tuple(b.shape.columns if of_rows else b.shape.rows for b in row) == sizes for row in rows)
    return tuple(rows) if alike else stack


def _rejoined(node: n.Blocks) -> Node:
    if node.width != 1 and len(node.grid) != 1:
        return node
    first = node.operands[0]
    inside = first.operands[0] if isinstance(first, n.Transpose) else first
    array = inside.operands[0] if isinstance(inside, n.Subarray | n.Entry) else None
    candidates = [] if array is None else [array, build.transpose(array)]
    return next((whole for whole in candidates if whole.shape is node.shape and cut(whole, node) == node.grid), node)


def _piece(whole: Node, before: Dimension, length: Dimension, of_rows: bool) -> Node:
    """Return rows (or columns) of an array."""
    shape = whole.shape
    if of_rows:
        return part_of(whole, Shape(shape.kind, length, shape.columns), before, NOTHING)
    return part_of(whole, Shape(shape.kind, shape.rows, length), NOTHING, before)


# -- sums and products ------------------------------------------------------------------------------------------------


def _sum(terms: Sequence[Node], way: Way) -> Node:
    """Return a sum of which a term is put together from blocks, block by block, if its terms are divided alike."""
    if terms[0].shape.is_row and all(isinstance(_bare(term), n.Transpose) for term in terms):
        return build.transpose(_sum([_with_turned_array(term) for term in terms], way))
    model = next(_grid_of(bare) for term in terms if _is_divided(bare := _bare(term)))
    grids: list[Grid] = []
    left: list[Node] = []
    for term in terms:
        found = _divided_as(term, model, way)
        if found is None:
            left.append(term)
        else:
            grids.append(found)
    if len(grids) < 2:
        return build.add(*terms)
    rows = [[_added(blocks) for blocks in zip(*lines, strict=True)] for lines in zip(*grids, strict=True)]
    return build.add(build.block_array(rows), *left)


def _bare(term: Node) -> Node:
    """Return the array of which a term is a multiple."""
    if isinstance(term, n.Negate):
        return _bare(term.operands[0])
    arrays = [factor for factor in term.operands if not factor.shape.is_scalar] if isinstance(term, n.Product) else []
    return arrays[0] if len(arrays) == 1 else term


def _with_turned_array(term: Node) -> Node:
    """Return c v for c v′."""
    if isinstance(term, n.Negate):
        return build.negate(_with_turned_array(term.operands[0]))
    bare = _bare(term)
    if term is bare:
        return build.transpose(term)
    return build.product(*(build.transpose(factor) if factor is bare else factor for factor in term.operands))


def _scaled_like(term: Node, block: Node) -> Node:
    """Return a block with the factors of the term of which it is a part."""
    if build.is_zero(block):
        return block
    if isinstance(term, n.Negate):
        return build.negate(_scaled_like(term.operands[0], block))
    if isinstance(term, n.Product) and _bare(term) is not term:
        scalars = [factor for factor in term.operands if factor.shape.is_scalar]
        return build.product(*scalars) if block is build.ONE else build.product(*scalars, block)
    return block


def _added(blocks: Sequence[Node]) -> Node:
    rest = [block for block in blocks if not build.is_zero(block)]
    return build.add(*rest) if rest else blocks[0]


def _divided_as(term: Node, model: Grid, way: Way) -> Grid | None:
    """Return a term in blocks of the sizes of the model, None where it is not taken apart so."""
    bare = _bare(term)
    grid = _grid_of(bare)
    if heights_of(grid) != heights_of(model) or widths_of(grid) != widths_of(model):
        if len(grid) * len(grid[0]) > 1:
            return None
        found = _unit_in(bare, model) or _outer_unit_in(bare, model)
        if found is None and (way is Way.COMPARED or isinstance(bare, n.Fill)):
            found = cut(bare, model)
        if found is None:
            return None
        grid = found
    return tuple(tuple(_scaled_like(term, block) for block in row) for row in grid)


def _unit_in(array: Node, model: Grid) -> Grid | None:
    """Return a unit vector, or the transpose of one, as zeros with a shorter unit vector or a 1 in one block."""
    if isinstance(array, n.Transpose):
        line = _unit_line(array.operands[0], widths_of(model))
        return None if line is None or len(model) > 1 else (tuple(map(build.transpose, line)),)
    line = _unit_line(array, heights_of(model))
    return None if line is None or len(model[0]) > 1 else tuple((block,) for block in line)


def _outer_unit_in(array: Node, model: Grid) -> Grid | None:
    """Return the outer product of a vector and a unit vector as blocks that are zero but for those in one column."""
    if not isinstance(array, n.Product) or len(array.operands) != 2:
        return None
    column, row = array.operands
    if len(model) == 1 and isinstance(row, n.Transpose) and column.shape.is_vector:
        line = _unit_line(row.operands[0], widths_of(model))
        blocks = None if line is None else [_outer(column, build.transpose(part)) for part in line]
        return None if blocks is None else (tuple(blocks),)
    if len(model[0]) == 1 and row.shape.is_row:
        line = _unit_line(column, heights_of(model))
        return None if line is None else tuple((_outer(part, row),) for part in line)
    return None


def _outer(column: Node, row: Node) -> Node:
    if build.is_zero(column) or build.is_zero(row):
        return build.zero(build.product(column, row).shape)
    return column if row is build.ONE else row if column is build.ONE else build.product(column, row)


def _unit_line(array: Node, sizes: Sequence[Dimension]) -> list[Node] | None:
    """Return a unit vector in pieces of these sizes, one entry as a scalar; None where it may be in any of them."""
    if not isinstance(array, n.UnitVector) or not isinstance(place := array.position, Dimension):
        return None
    one = Dimension(1)
    line: list[Node] = []
    for size, before in zip(sizes, offsets(sizes), strict=True):
        here = is_natural(place - before - one) and is_natural(before + size - place)
        if size is one:
            line.append(build.ONE if here else build.ZERO)
        else:
            line.append(build.unit_vector(place - before, size) if here else build.zero(vector(size)))
    return line if sum(not build.is_zero(piece) for piece in line) == 1 else None


def cut(array: Node, model: n.Blocks | Grid) -> Grid:
    """Return an array in blocks of the sizes and kinds of a model."""
    grid = model.grid if isinstance(model, n.Blocks) else model
    above, before = tuple(offsets(heights_of(grid))), tuple(offsets(widths_of(grid)))
    return tuple(
        tuple(piece_like(array, block.shape, above[k], before[j]) for j, block in enumerate(line))
        for k, line in enumerate(grid)
    )


def offsets(sizes: Sequence[Dimension]) -> Iterator[Dimension]:
    """Yield how many places come before each block."""
    before = NOTHING
    for size in sizes:
        yield before
        before = before + size


def piece_like(array: Node, shape: Shape, above: Dimension, before: Dimension) -> Node:
    """Return the part of an array at a place in the kind of the shape: a scalar, a vector, a row or a matrix."""
    if shape.is_scalar:
        if isinstance(array, n.Fill):
            return array.operands[0]
        one = Dimension(1)
        both = {Kind.ROW: (before + one,), Kind.VECTOR: (above + one,)}
        return entry_at(array, *both.get(array.shape.kind, (above + one, before + one)))
    found = part_of(array, Shape(array.shape.kind, shape.rows, shape.columns), above, before)
    if found.shape is shape:
        return found
    if isinstance(found, n.Fill):
        return build.fill(found.operands[0], shape)
    whole, first = array.shape, Dimension(1)
    if whole.is_matrix and shape.is_vector:
        rows = part_of(array, Shape(whole.kind, shape.rows, whole.columns), above, NOTHING)
        return build.product(rows, build.unit_vector(before + first, whole.columns))
    if whole.is_matrix and shape.is_row:
        columns = part_of(array, Shape(whole.kind, whole.rows, shape.columns), NOTHING, before)
        return build.product(build.transpose(build.unit_vector(above + first, whole.rows)), columns)
    raise ShapeError(f"{found.shape.describe()} is not {shape.describe()}")


@dataclass(frozen=True, slots=True)
class _Open:
    """A block of a product of blocks, as the sum of products that it is: none of them for zeros."""

    shape: Shape
    words: tuple[tuple[Node, ...], ...]

    def node(self) -> Node:
        """Return the block as an expression, multiplied out."""
        terms = [_word_node(word) for word in self.words]
        return build.add(*terms) if terms else build.zero(self.shape)


_OpenGrid = tuple[tuple[_Open, ...], ...]


def _word_node(word: tuple[Node, ...]) -> Node:
    rest = [factor for factor in word if not isinstance(factor, n.Identity) and factor is not build.ONE]
    return build.product(*rest) if rest else word[0]


def _opened_grid(grid: Grid) -> _OpenGrid:
    return tuple(
        tuple(_Open(block.shape, () if build.is_zero(block) else ((block,),)) for block in row) for row in grid
    )


def _product(node: Node, way: Way) -> Node:
    """Return a product with the factors multiplied that are put together from blocks and conform."""
    scalars = [factor for factor in node.operands if factor.shape.is_scalar]
    arrays = [factor for factor in node.operands if not factor.shape.is_scalar]
    word = _joined_word(arrays, way)
    if len(word) > 1 and way is Way.FUNCTION:  # A [x; y] is left as it is beside what does not conform
        word = _joined_word(arrays, way, contracts=True)
    if len(word) == len(arrays) and not (len(word) == 1 and scalars and way is not Way.SHOWN):
        return node
    factors = [factor if isinstance(factor, Node) else _closed(factor) for factor in word]
    if len(factors) == 1 and scalars and isinstance(whole := factors[0], n.Blocks) and way is not Way.SHOWN:
        return _each(whole, lambda block: build.product(*scalars, block))
    return build.product(*scalars, *factors)


def _joined_word(arrays: Sequence[Node], way: Way, contracts: bool = False) -> list[Node | _OpenGrid]:
    """Return the factors of a product with neighbours joined; with `contracts` only where several blocks meet."""
    word: list[Node | _OpenGrid] = list(arrays)
    changed = True
    while changed and len(word) > 1:
        changed = False
        for place, (left, right) in enumerate(pairwise(word)):
            picked = _selected(left, right) if way is Way.SHOWN else None
            joined = _times(left, right, way, contracts) if picked is None else picked
            if joined is not None:
                word[place : place + 2] = [joined]
                changed = True
                break
    return word


def _selected(left: Node | _OpenGrid, right: Node | _OpenGrid) -> Node | None:
    """Return the columns or rows of an array that [I; 0] or [I, 0] picks, None for other products."""
    for picks, array, of_rows in ((right, left, False), (left, right, True)):
        if not (isinstance(picks, Node) and isinstance(array, Node)) or _is_divided(array):
            continue
        grid = _grid_of(picks)
        line = [row[0] for row in grid] if not of_rows else list(grid[0])
        across = len(grid[0]) if not of_rows else len(grid)
        chosen = [place for place, block in enumerate(line) if isinstance(block, n.Identity)]
        if across > 1 or len(line) < 2 or len(chosen) != 1 or sum(map(build.is_zero, line)) != len(line) - 1:
            continue
        sizes = [block.shape.columns if of_rows else block.shape.rows for block in line]
        before = list(offsets(sizes))[chosen[0]]
        return _piece(array, before, sizes[chosen[0]], of_rows)
    return None


def _closed(grid: _OpenGrid) -> Node:
    return build.block_array([[entry.node() for entry in row] for row in grid])


def _times(left: Node | _OpenGrid, right: Node | _OpenGrid, way: Way, contracts: bool = False) -> _OpenGrid | None:
    """Return a product block by block, None where it stays as it is."""
    if not any(not isinstance(side, Node) or _is_divided(side) for side in (left, right)):
        return None
    first, second = (_grid_of(side) if isinstance(side, Node) else side for side in (left, right))
    inner, outer = widths_of(first), heights_of(second)
    if contracts and len(inner) == len(outer) == 1:
        return None
    if inner != outer:
        if len(outer) == 1 and isinstance(right, Node) and (cuts := _split(_grid_of(right), inner, way, True)):
            second = cuts
        elif len(inner) == 1 and isinstance(left, Node) and (cuts := _split(_grid_of(left), outer, way, False)):
            first = cuts
        else:
            return None
    elif (
        len(inner) == 1
        and way is Way.SHOWN
        and not _picks(*(_grid_of(x) for x in (left, right) if isinstance(x, Node)))
    ):
        return None
    if len(first) * len(second[0]) > MOST_BLOCKS:
        return None
    rows, columns = (side if isinstance(side[0][0], _Open) else _opened_grid(side) for side in (first, second))
    return tuple(tuple(_inner(row, column) for column in zip(*columns, strict=True)) for row in rows)


def _inner(row: Sequence[_Open], column: Sequence[_Open]) -> _Open:
    shapes = {product_shape(a.shape, b.shape) for a, b in zip(row, column, strict=True)}
    if len(shapes) > 1:
        raise ShapeError("blocks of one place have different shapes")
    words = [(*one, *other) for a, b in zip(row, column, strict=True) for one in a.words for other in b.words]
    return _Open(shapes.pop(), tuple(words))


def _picks(*grids: Grid) -> bool:
    """Return whether one of the factors is a selection, of zeros and identities alone."""
    return any(
        len(grid) * len(grid[0]) > 1
        and all(
            build.is_zero(block) or isinstance(block, n.Identity) or block is build.ONE for row in grid for block in row
        )
        for grid in grids
    )


def _split(grid: Grid, sizes: Sequence[Dimension], way: Way, of_rows: bool) -> Grid | None:
    """Return a grid of one row (or column) of blocks with its blocks cut at these sizes, None where they are not."""
    line = grid[0] if of_rows else tuple(row[0] for row in grid)
    if way is not Way.COMPARED and not all(isinstance(block, n.Fill | n.Identity) for block in line):
        return None
    cuts = []
    for size, before in zip(sizes, offsets(sizes), strict=True):
        cuts.append(tuple(_piece(block, before, size, of_rows) for block in line))
    return tuple(cuts) if of_rows else tuple(zip(*cuts, strict=True))


def _entrywise(node: Node, way: Way) -> Node:
    """Return an entry-wise operation of arrays that are divided alike, or of one with a scalar, block by block."""
    model = next((_grid_of(operand) for operand in node.operands if _is_divided(operand)), None)
    if model is None:
        return node
    grids = [None if operand.shape.is_scalar else _divided_as(operand, model, way) for operand in node.operands]
    if any(grid is None and not operand.shape.is_scalar for grid, operand in zip(grids, node.operands, strict=True)):
        return node
    rows = []
    for k, line in enumerate(model):
        row = []
        for j in range(len(line)):
            parts = [
                operand if grid is None else grid[k][j] for grid, operand in zip(grids, node.operands, strict=True)
            ]
            row.append(_ENTRYWISE[type(node)](*parts))
        rows.append(row)
    return build.block_array(rows)


_ENTRYWISE: dict[type[Node], Callable[[Node, Node], Node]] = {
    n.Hadamard: build.hadamard,
    n.HadamardDivide: build.hadamard_divide,
    n.HadamardPower: build.hadamard_power,
}


# -- parts ------------------------------------------------------------------------------------------------------------


def part_of(x: Node, shape: Shape, above: Dimension, before: Dimension) -> Node:
    """Return the part of an array, that of an expression put together from the parts of its operands."""

    def same(operand: Node) -> Node:
        return part_of(operand, Shape(operand.shape.kind, shape.rows, shape.columns), above, before)

    if x.shape is shape and above is NOTHING and before is NOTHING:
        return x
    match x:
        case n.Subarray():
            return part_of(x.operands[0], shape, x.above + above, x.before + before)
        case n.Blocks():
            return _part_of_blocks(x, shape, above, before) or build.subarray(x, shape, above, before)
        case n.Identity():
            return _part_of_identity(x, shape, above, before)
        case n.Diag():
            return _part_of_diagonal(x, shape, above, before)
        case n.Transpose():
            return build.transpose(part_of(x.operands[0], shape.transposed, before, above))
        case n.Add():
            return build.add(*map(same, x.operands))
        case n.Negate() | n.Apply():
            return rebuild(x, (same(x.operands[0]),))
        case n.Divide():
            return build.divide(same(x.operands[0]), x.operands[1])
        case n.Hadamard() | n.HadamardDivide() | n.HadamardPower():
            return rebuild(x, tuple(operand if operand.shape.is_scalar else same(operand) for operand in x.operands))
        case n.Product():
            return _part_of_product(x, shape, above, before)
    return build.subarray(x, shape, above, before)


def _part_of_diagonal(x: Node, shape: Shape, above: Dimension, before: Dimension) -> Node:
    """Return some rows or columns of a diagonal matrix: [0, diag(v), 0]."""
    inside, size = x.operands[0], x.shape.rows
    if above is before and shape.is_square:
        return build.diag(part_of(inside, vector(shape.rows), above, NOTHING))
    of_rows = shape.columns is size and before is NOTHING
    if not of_rows and not (shape.rows is size and above is NOTHING):
        return build.subarray(x, shape, above, before)
    start, length = (above, shape.rows) if of_rows else (before, shape.columns)
    picked = selection(size, start, length, of_rows)
    middle = build.diag(part_of(inside, vector(length), start, NOTHING))
    if not isinstance(picked, n.Blocks):
        return build.subarray(x, shape, above, before)
    return build.block_array([[middle if isinstance(b, n.Identity) else b for b in row] for row in picked.grid])


def _part_of_product(x: Node, shape: Shape, above: Dimension, before: Dimension) -> Node:
    """Return the rows of the first factor and the columns of the last one that the part needs."""
    factors = list(x.operands)
    arrays = [place for place, factor in enumerate(factors) if not factor.shape.is_scalar]
    first, last = arrays[0], arrays[-1]
    if not x.shape.is_row and not factors[first].shape.is_row:
        one = factors[first]
        factors[first] = part_of(one, Shape(one.shape.kind, shape.rows, one.shape.columns), above, NOTHING)
    if not x.shape.is_vector and not factors[last].shape.is_vector:
        one = factors[last]
        factors[last] = part_of(one, Shape(one.shape.kind, one.shape.rows, shape.columns), NOTHING, before)
    found = build.product(*factors)
    return found if found.shape is shape else build.subarray(x, shape, above, before)


def _part_of_blocks(x: n.Blocks, shape: Shape, above: Dimension, before: Dimension) -> Node | None:
    """Return the blocks of a part that begins and ends where blocks do, or lies within one; else None."""
    rows = _run_of(x.heights, above, shape.rows)
    columns = _run_of(x.widths, before, shape.columns)
    if rows is None or columns is None:
        return None
    found = build.block_array([row[columns[0] : columns[1]] for row in x.grid[rows[0] : rows[1]]])
    return found if found.shape is shape else None


def _run_of(sizes: Sequence[Dimension], before: Dimension, length: Dimension) -> tuple[int, int] | None:
    ends = [NOTHING, *accumulate(sizes, lambda a, b: a + b)]
    if before in ends and before + length in ends:
        return ends.index(before), ends.index(before + length)
    return None


def _part_of_identity(x: n.Identity, shape: Shape, above: Dimension, before: Dimension) -> Node:
    """Return some rows or columns of the identity: [0, I, 0]."""
    size = x.shape.rows
    if above is before and shape.is_square:
        return build.identity(shape.rows)
    if shape.columns is size and before is NOTHING:
        return selection(size, above, shape.rows, of_rows=True)
    if shape.rows is size and above is NOTHING:
        return selection(size, before, shape.columns, of_rows=False)
    return build.subarray(x, shape, above, before)


def selection(size: Dimension, before: Dimension, length: Dimension, of_rows: bool) -> Node:
    """Return [0, I, 0], the rows of the identity of this size behind so many, or its columns [0; I; 0]."""
    line: list[Node] = []
    for places, is_identity in ((before, False), (length, True), (size - before - length, False)):
        if is_identity:
            line.append(build.identity(length))
        elif places is not NOTHING:
            line.append(build.zero(matrix(length, places) if of_rows else matrix(places, length)))
    return build.block_array([line] if of_rows else [[block] for block in line])


# -- as sums, where entries are asked for -----------------------------------------------------------------------------


def as_sum(node: n.Blocks) -> Node | None:
    """Return an array of blocks that are all of one size, or all of numbers of rows and columns, as a sum; else None.

    It is Σ e_i e_j′ ⊗ A_ij, or Σ P_i A_ij Q_j′ with parts P and Q of identities.
    """
    height, width = len(node.grid), node.width
    kinds = {block.shape.kind for block in node.operands}
    even = len({*node.heights}) == len({*node.widths}) == 1 and Kind.SCALAR not in kinds
    fixed = all(size.number is not None for size in (*node.heights, *node.widths))
    if not (even or fixed):
        return None
    terms = []
    for row, line in enumerate(node.grid):
        for column, block in enumerate(line):
            if build.is_zero(block):
                continue
            if even:
                terms.append(build.kronecker(_cell(row, height, column, width), block))
            else:
                terms.append(_padded(block, node, row, column))
    return build.add(*terms)


def _cell(row: int, height: int, column: int, width: int) -> Node:
    """Return the matrix that is 1 at the place of a block: e_i e_j′, with one row or column a vector or a row."""
    left, right = build.unit_vector(row + 1, height), build.transpose(build.unit_vector(column + 1, width))
    if width == 1:
        return left
    return right if height == 1 else build.product(left, right)


def _padded(block: Node, node: n.Blocks, row: int, column: int) -> Node:
    """Return the block among zeros: P A Q′ with the parts P and Q of identities."""
    result = block
    if not node.shape.is_row:
        result = build.product(_rows_of_identity(row, node.heights, block.shape.rows, result), result)
    if not node.shape.is_vector:
        turned = build.transpose(result)
        result = build.transpose(
            build.product(_rows_of_identity(column, node.widths, block.shape.columns, turned), turned)
        )
    return result


def _rows_of_identity(number: int, sizes: Sequence[Dimension], size: Dimension, block: Node) -> Node:
    """Return the columns of the identity at the places of one block, a vector for a block of one."""
    fixed = [one.coefficient for one in sizes]
    before, total, count = sum(fixed[:number]), sum(fixed), size.coefficient
    if count == 1 and (block.shape.is_scalar or block.shape.is_row):
        return build.unit_vector(before + 1, total)
    entries = [build.number(int(row == before + column)) for row in range(total) for column in range(count)]
    return build.literal(entries, matrix(total, count))


def as_selected(node: n.Subarray) -> Node:
    """Return a part of an array as a product with parts of identities: P A Q."""
    inside, shape = node.operands[0], node.shape
    factors = [inside]
    if not shape.is_row and shape.rows is not inside.shape.rows:
        factors.insert(0, selection(inside.shape.rows, node.above, shape.rows, of_rows=True))
    if not shape.is_vector and shape.columns is not inside.shape.columns:
        factors.append(selection(inside.shape.columns, node.before, shape.columns, of_rows=False))
    return build.product(*factors)


def as_padded_sum(node: n.Blocks) -> Node:
    """Return an array of blocks of any sizes as the sum of its blocks among zeros: Σ P A Q with parts of identities."""
    terms = []
    for line, above in zip(node.grid, offsets(node.heights), strict=True):
        for block, before in zip(line, offsets(node.widths), strict=True):
            if build.is_zero(block):
                continue
            one, factors = Dimension(1), [block]
            if not node.shape.is_row:
                flat = block.shape.is_scalar or block.shape.is_row
                rows, height = node.shape.rows, block.shape.rows
                whole = build.unit_vector(above + one, rows) if flat else selection(rows, above, height, of_rows=False)
                factors.insert(0, whole)
            if not node.shape.is_vector:
                flat = block.shape.is_scalar or block.shape.is_vector
                columns, width = node.shape.columns, block.shape.columns
                unit = build.transpose(build.unit_vector(before + one, columns))
                factors.append(unit if flat else selection(columns, before, width, of_rows=True))
            terms.append(build.product(*factors))
    return build.add(*terms) if terms else build.zero(node.shape)
