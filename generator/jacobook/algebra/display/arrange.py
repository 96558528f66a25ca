"""Arrays in another arrangement: columns stacked, and arrays of one row or one column as what they stand for."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape


def reshaped(value: Node, shape: Shape) -> Node:
    """Return a matrix of one row, of one column or of one entry as the row, vector or scalar of this shape."""
    if value.shape == shape or (value.shape.rows, value.shape.columns) != (shape.rows, shape.columns):
        return value
    if shape.is_scalar:
        return build.trace(value) if value.shape.is_matrix else build.entry_sum(value)
    if shape.is_matrix:
        return build.unvec(stacked(value), shape) if value.shape.axes else build.fill(value, shape)
    column = stacked(value) if value.shape.axes else build.fill(value, shape)
    return build.transpose(column) if shape.is_row and column.shape.is_vector else column


def stacked(array: Node) -> Node:
    """Return the stacked columns of an array: vec of a matrix, a vector itself, a row as a vector."""
    if array.shape.is_matrix:
        return build.vec(array)
    return build.transpose(array) if array.shape.is_row else array
