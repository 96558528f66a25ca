"""Values of expressions at many points at once, as they are: nothing is refused near a pole or a kink."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Dimension
from jacobook.verification.numeric.array_operations import OPERATIONS, Array, Sizes, side_lengths


def sample(node: Node, points: Mapping[Symbol, Array], sizes: Sizes) -> Array:
    """Return the values at k points, an array (k, rows, columns); not-a-number where there is no finite real value.

    `points` holds the k values of every symbol, each (k, rows, columns), or (1, rows, columns) for a constant. Raises
    ValueError for an expression with running indices or differentials in it, KeyError for a symbol without values.
    """
    count = max((len(values) for values in points.values()), default=1)
    with np.errstate(all="ignore"):
        try:
            found = _value(node, points, sizes, {})
        except np.linalg.LinAlgError:
            if count == 1:
                return np.full((1, *side_lengths(node.shape, sizes)), np.nan)
            apart = [{s: v[k : k + 1] if len(v) > 1 else v for s, v in points.items()} for k in range(count)]
            found = np.concatenate([sample(node, point, sizes) for point in apart])
    whole = np.broadcast_to(found, (count, *side_lengths(node.shape, sizes)))
    return np.where(np.isfinite(whole), whole, np.nan)


def _value(node: Node, points: Mapping[Symbol, Array], sizes: Sizes, known: dict[Node, Array]) -> Array:
    found = known.get(node)
    if found is None:
        if isinstance(node, Symbol):
            found = points[node]
        elif isinstance(node, n.Entry) and all(isinstance(place, Dimension) for place in node.positions):
            found = _entry(node, _value(node.operands[0], points, sizes, known), sizes)
        elif isinstance(node, n.UnitVector) and isinstance(node.position, Dimension):
            length, place = side_lengths(node.shape, sizes)[0], node.position.value(dict(sizes))
            found = np.eye(length)[None, :, place - 1 : place]
        else:
            operation = OPERATIONS.get(type(node))
            if operation is None:
                raise ValueError(f"{type(node).__name__} has no value at a point")
            found = operation(node, [_value(operand, points, sizes, known) for operand in node.operands], sizes)
        known[node] = found
    return found


def _entry(node: n.Entry, value: Array, sizes: Sizes) -> Array:
    """Return the entry at fixed places; not-a-number where there is none."""
    numbers = [place.value(dict(sizes)) - 1 for place in node.positions if isinstance(place, Dimension)]
    if len(numbers) == 1:
        numbers.insert(0 if node.operands[0].shape.is_row else 1, 0)
    row, column = numbers
    if row >= value.shape[1] or column >= value.shape[2]:
        return np.full((1, 1, 1), np.nan)
    return value[:, row : row + 1, column : column + 1]
