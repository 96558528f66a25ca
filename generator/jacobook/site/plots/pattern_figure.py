"""The pattern of a derivative as a picture: a cell an entry, empty where it is zero, lines between the blocks."""

from __future__ import annotations

import string

from jacobook.algebra.shapes import Dimension
from jacobook.calculus.derivation import Derivation, Prose
from jacobook.rendering.pictures.chain_data import Face, TypeRun, plain, symbol_label
from jacobook.rendering.sentences import prose_text
from jacobook.rendering.shape_words import derivative_left
from jacobook.site.plots import figure as f
from jacobook.site.plots.patterns import Pattern, pattern_of
from jacobook.site.plots.picture import Picture, joined_up, listed

CELL = 38
MARGIN = 8
LETTERS = string.ascii_lowercase
LONGEST_NUMBER = 3
"""A fixed number with more characters does not stand in its cell."""


def pattern_picture(derivation: Derivation, *, prefix: str = "pattern") -> Picture | None:
    """Return the picture of where the derivative is zero, None where there is nothing to see (see `pattern_of`)."""
    pattern = pattern_of(derivation)
    if pattern is None:
        return None
    caption = _caption(derivation, pattern)
    statement = derivation.statement
    of, wrt = (plain(symbol_label(symbol)) for symbol in (statement.function, statement.wrt))
    title = f"Pattern of the derivative of {of} with respect to {wrt}"
    words = f"{prose_text(caption)} {_rows_in_words(pattern)}"
    return Picture(_drawing(pattern, prefix, title, words), caption)


def _marks(pattern: Pattern) -> dict[int, str]:
    """Return what stands in the cells of a kind: its number, or a letter if several entries share it."""
    marks = {kind: f.plain_number(value) for kind, value in pattern.fixed.items()}
    marks = {kind: mark for kind, mark in marks.items() if len(mark) <= LONGEST_NUMBER}
    if len(pattern.shared) <= len(LETTERS):
        marks |= dict(zip(pattern.shared, LETTERS, strict=False))
    return marks


# -- in words ---------------------------------------------------------------------------------------------------------


def _caption(derivation: Derivation, pattern: Pattern) -> Prose:
    statement = derivation.statement
    of, wrt = statement.function, statement.wrt
    left = derivative_left(of, wrt)
    rows, columns = pattern.shape
    total = rows * columns
    sizes = [Prose("{0} = {1}", (Dimension.of(name), Dimension(size))) for name, size in pattern.sizes.items()]
    start = (
        joined_up(Prose("For"), listed(sizes), Prose("the derivative {0} is a matrix of", (left,))) if sizes else None
    )
    said = [
        joined_up(
            start or Prose("The derivative {0} is a matrix of", (left,)), Prose(f"{rows} × {columns}{_count(pattern)}.")
        )
    ]
    if pattern.filled < total:
        said.append(Prose(f"An empty cell is zero at each of the {pattern.points} random points tried."))
    marks = _marks(pattern)
    if set(marks) & set(pattern.fixed):
        said.append(Prose("A number is the entry at every point."))
    if set(marks) & set(pattern.shared):
        said.append(Prose("Cells with the same letter are equal at every point."))
    if not of.shape.is_scalar and not wrt.shape.is_scalar:
        said.append(_order(derivation, pattern))
    return joined_up(*said)


def _count(pattern: Pattern) -> str:
    rows, columns = pattern.shape
    total, filled = rows * columns, pattern.filled
    if filled == total:
        return ", with no entry that is always zero and with a repeated block"
    count = f": {filled} of its {total} entries may differ from zero"
    if pattern.is_diagonal:
        return f"{count}, those on the diagonal"
    if pattern.is_permutation:
        return f"{count}, a single 1 in every row and in every column, so it only reorders"
    if pattern.is_diagonal_in_every_block:
        return f"{count}, those on the diagonals of the blocks"
    if pattern.is_block_diagonal:
        down, across = pattern.block
        diagonal = {pattern.blocks[place][place].tobytes() for place in range(len(pattern.blocks))}
        same = ", the same block each time" if len(diagonal) == 1 else ""
        return f"{count}, in {len(pattern.blocks)} blocks of {down} × {across} along the diagonal{same}"
    return count


def _order(derivation: Derivation, pattern: Pattern) -> Prose:
    """Return which entry a row and a column belong to, and what the lines separate."""
    statement = derivation.statement
    of, wrt = statement.function, statement.wrt
    rows, columns = ("entries of {0}", "entries of {1}")
    rows += ", column by column" if of.shape.is_matrix else ""
    columns += ", column by column" if wrt.shape.is_matrix else ""
    down, across = pattern.block
    lines = [
        name for name, step, end in (("{0}", down, pattern.shape[0]), ("{1}", across, pattern.shape[1])) if step < end
    ]
    between = f"; the lines separate the columns of {' and of '.join(lines)}" if lines else ""
    return Prose(f"Rows: {rows}; columns: {columns}{between}.", (of, wrt))


def _rows_in_words(pattern: Pattern) -> str:
    """Return every row of the matrix: what stands in its cells, 0 for empty and * for what has no mark."""
    marks = {0: "0", **_marks(pattern)}
    rows = [" ".join(marks.get(int(kind), "*") for kind in row) for row in pattern.kinds]
    return f"Row by row, with 0 for empty and * for any other cell: {'; '.join(rows)}."


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _drawing(pattern: Pattern, prefix: str, title: str, words: str) -> str:
    rows, columns = pattern.shape
    cell = min(CELL, (f.WIDTH - 2 * MARGIN) / columns)
    left, height = (f.WIDTH - columns * cell) / 2, rows * cell + 2 * MARGIN
    marks = _marks(pattern)
    hues = {kind: f.HUES[place % len(f.HUES)] for place, kind in enumerate(pattern.shared)}
    texts = []
    with f.canvas(round(height)) as (drawing, axes):
        axes.set_position((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set(xlim=(0, f.WIDTH), ylim=(round(height), 0))
        for (i, j), kind in ((place, int(kind)) for place, kind in _cells(pattern)):
            x, y = left + j * cell, MARGIN + i * cell
            _box(axes, x, y, cell, f.GRID, 0.0)
            if kind:
                _box(axes, x + 2.5, y + 2.5, cell - 5, hues.get(kind, f.QUIET), 0.2)
            if kind in marks:
                face = Face.ITALIC if kind in hues else Face.ROMAN
                size = 0.5 * cell if len(marks[kind]) == 1 else 0.4 * cell
                middle = (x + cell / 2, y + cell / 2 + 0.33 * size)
                texts.append(f.label_svg((TypeRun(marks[kind], face),), *middle, f.INK, size, rim=False))
        down, across = pattern.block
        right, bottom = left + columns * cell, MARGIN + rows * cell
        for i in range(0, rows + 1, down):
            axes.plot([left, right], [MARGIN + i * cell] * 2, color=f.INK, linewidth=1.4, zorder=5)
        for j in range(0, columns + 1, across):
            axes.plot([left + j * cell] * 2, [MARGIN, bottom], color=f.INK, linewidth=1.4, zorder=5)
        return f.written(drawing, "".join(texts), prefix, title, words)


def _cells(pattern: Pattern) -> list[tuple[tuple[int, int], int]]:
    rows, columns = pattern.shape
    return [((i, j), int(pattern.kinds[i, j])) for i in range(rows) for j in range(columns)]


def _box(axes: f.Axes, x: float, y: float, side: float, hue: str, tint: float) -> None:
    corners = [x, x + side, x + side, x], [y, y, y + side, y + side]
    if tint:
        axes.fill(*corners, color=hue, alpha=tint, linewidth=0)
    axes.plot(
        [*corners[0], x], [*corners[1], y], color=hue, linewidth=1.0 if not tint else 1.5, solid_joinstyle="miter"
    )
