"""Concrete functions that stand in for functions that are not specified, in the numeric check.

Entry k of the value, at all entries u of the arguments, is

    f_k(u) = c_k + Σ_m w_km sin(ω_km′u + φ_km)

with coefficients drawn from the function's name and the sizes. It is analytic, so that a complex step passes; a partial
derivative multiplies by entries of ω and shifts the phase by a quarter turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import UnspecifiedFunction, is_stacked
from jacobook.algebra.shapes import Shape
from jacobook.verification.numeric.array_operations import Array, Sizes, side_lengths, swap
from jacobook.verification.points import generator_for

WAVES = 3


@dataclass(frozen=True, slots=True)
class StandIn:
    """The coefficients: one row for each entry of the value, columns stacked."""

    level: Array
    weights: Array
    frequencies: Array
    phases: Array

    def derivative(self, u: Array, offsets: Sequence[tuple[int, int]]) -> Array:
        """Return the derivative with respect to the entries at each (start, end) of u: one more axis for each.

        u has the shape (…, entries of the arguments), the result (…, entries of the value, entries, …).
        """
        angle = np.einsum("...n,kmn->...km", u, self.frequencies) + self.phases
        waves = self.weights * np.sin(angle + len(offsets) * np.pi / 2)
        for place, (start, end) in enumerate(offsets):
            slope = self.frequencies[:, :, start:end]
            slope = slope.reshape((*slope.shape[:2], *(1,) * place, end - start))
            waves = waves[..., None] * slope
        total = waves.sum(axis=-1 - len(offsets))
        return np.asarray(total if offsets else total + self.level)


def stand_in(function: UnspecifiedFunction, sizes: Sizes) -> StandIn:
    """Return the function that stands in for this one at these sizes; its value has the declared properties."""
    used = {name for shape in (*function.arguments, function.value) for size in shape.dimensions for name in size.names}
    return _stand_in(function, tuple(sorted((name, sizes[name]) for name in used)))


@lru_cache(maxsize=512)
def _stand_in(function: UnspecifiedFunction, sizes: tuple[tuple[str, int], ...]) -> StandIn:
    assignment = dict(sizes)
    rows, columns = side_lengths(function.value, assignment)
    entries, arguments = rows * columns, sum(_count(shape, assignment) for shape in function.arguments)
    random = generator_for("function", function.name, rows, columns, arguments)
    weights = random.uniform(0.3, 1.0, (entries, WAVES)) * random.choice([-1.0, 1.0], (entries, WAVES))
    frequencies = random.uniform(-1.0, 1.0, (entries, WAVES, arguments))
    phases, level = random.uniform(-3.0, 3.0, (entries, WAVES)), random.uniform(-1.0, 1.0, entries)
    if "symmetric" in function.properties:
        place = np.arange(entries).reshape(rows, columns)
        same = np.minimum(place, place.T).ravel()
        weights, frequencies, phases, level = (x[same] for x in (weights, frequencies, phases, level))
    if "positive" in function.properties:
        level = np.abs(weights).sum(axis=1) + 0.2 + np.abs(level)
    if "invertible" in function.properties:
        largest = np.abs(weights).sum(axis=1) + np.abs(level)
        level = level + np.eye(rows).ravel() * (1.0 + largest.sum() / rows)
    return StandIn(level, weights, frequencies, phases)


def _count(shape: Shape, sizes: Mapping[str, int]) -> int:
    rows, columns = side_lengths(shape, sizes)
    return rows * columns


def value_of(node: n.FunctionValue, arguments: Sequence[Array], sizes: Sizes) -> Array:
    """Return the value of the stand-in, or of its partial derivative, in the shape of the node."""
    function = node.function
    flat = [swap(x).reshape((*x.shape[:-2], -1)) for x in arguments]
    leading = np.broadcast_shapes(*(x.shape[:-1] for x in flat))
    u = np.concatenate([np.broadcast_to(x, (*leading, x.shape[-1])) for x in flat], axis=-1)
    ends = np.cumsum([x.shape[-1] for x in flat])
    offsets = [(int(ends[slot - 1]) - flat[slot - 1].shape[-1], int(ends[slot - 1])) for slot in node.slots]
    tensor = stand_in(function, sizes).derivative(u, offsets)
    return _arranged(tensor, node, leading, sizes)


def _arranged(tensor: Array, node: n.FunctionValue, leading: tuple[int, ...], sizes: Sizes) -> Array:
    """Return the entries in the shape of the Jacobian layout; each axis numbers the stacked columns of an array."""
    function = node.function
    groups = (function.value, *(function.arguments[slot - 1] for slot in node.slots))
    lengths = [_count(shape, dict(sizes)) for shape in groups if shape.axes]
    rows, columns = side_lengths(node.shape, sizes)
    tensor = tensor.reshape((*leading, *lengths))
    if is_stacked(function, node.slots):
        if len(lengths) == 3:
            tensor = np.swapaxes(tensor, -3, -2)
        return tensor.reshape((*leading, rows, columns))
    if len(lengths) == 2:
        return tensor
    return swap(tensor.reshape((*leading, columns, rows)))


def tensor_of(node: n.FunctionValue, arguments: Sequence[Array], sizes: Sizes) -> Array:
    """Return the same as code holds it: the axes of the value, then those of the variables of differentiation.

    The arguments are arrays as in code, vectors with one axis.
    """
    function = node.function
    inside = [
        np.asarray(value, dtype=float).reshape((1, *side_lengths(shape, sizes)))
        for value, shape in zip(arguments, function.arguments, strict=True)
    ]
    flat = [swap(x).reshape((1, -1)) for x in inside]
    ends = np.cumsum([x.shape[-1] for x in flat])
    offsets = [(int(ends[slot - 1]) - flat[slot - 1].shape[-1], int(ends[slot - 1])) for slot in node.slots]
    tensor = stand_in(function, sizes).derivative(np.concatenate(flat, axis=-1), offsets)[0]
    groups = (function.value, *(function.arguments[slot - 1] for slot in node.slots))
    axes = [axis.value(dict(sizes)) for shape in groups for axis in shape.axes]
    return np.asarray(tensor.reshape(axes, order="F") if axes else tensor.reshape(()))
