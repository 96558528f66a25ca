"""Arrays written out with dots, made from their entry function."""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Position
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.traverse import substitute_indices, transform

FULL = 4
"""Arrays with a whole number of rows or columns up to this one are written in full."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a written-out array: an entry, or dots (`⋯`, `⋮`, `⋱`)."""

    entry: Node | None
    dots: str = ""
    diagonal: bool = False


def _places(dimension: Dimension) -> list[Dimension | None]:
    """Return the positions that are shown along one dimension, None for the dots."""
    if not dimension.names and dimension.coefficient <= FULL:
        return [Dimension(k) for k in range(1, dimension.coefficient + 1)]
    return [Dimension(1), Dimension(2), None, dimension]


def cells(node: n.ArrayOf) -> list[list[Cell]]:
    """Return the rows of an array as they are written out: 1, 2, dots, last."""
    body, shape = node.operands[0], node.shape
    rows, columns = _places(shape.rows), _places(shape.columns)
    written = []
    for row in rows:
        line = []
        for column in columns:
            if row is None or column is None:
                dots = "⋯" if row is not None else "⋮" if column is not None else "⋱"
                line.append(Cell(None, dots))
                continue
            if shape.is_matrix:
                places: tuple[Dimension, ...] = (row, column)
            else:
                places = (row,) if shape.is_vector else (column,)
            values: dict[n.Index, Position] = dict(zip(node.indices, places, strict=True))
            entry = tidy(transform(substitute_indices(body, values), _resolve))
            line.append(Cell(entry, diagonal=shape.is_square and row == column))
        written.append(line)
    return written


def _resolve(node: Node) -> Node | None:
    """Return 0 for a delta of two written places: 1, 2 and D are different ones in every matrix with dots."""
    if isinstance(node, n.Delta):
        first, second = node.positions
        if isinstance(first, Dimension) and isinstance(second, Dimension) and not (first.names and second.names):
            return build.ZERO
    return None
