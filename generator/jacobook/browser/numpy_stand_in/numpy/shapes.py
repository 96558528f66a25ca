"""Shapes, and which entries of a flat list an operation picks.

Whatever only moves entries (an index, a transpose, a broadcast) is written in one way: for every axis of the result,
the offsets that its places add. The entry at places (i, j, …) is then the one at offset axes[0][i] + axes[1][j] + ….
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod
from operator import itemgetter
from typing import Any

Shape = tuple[int, ...]
Axes = tuple[Sequence[int], ...]
"""For every axis the offsets of its places: a range, or a tuple."""
Pick = Callable[[Sequence[Any]], Sequence[Any]]

REMEMBERED = 1024
"""Picks of more entries than this are made anew each time, so that they do not fill the memory."""


@lru_cache(maxsize=4096)
def strides_of(shape: Shape) -> Shape:
    """Return by how much the offset grows along each axis."""
    return tuple(prod(shape[place + 1 :]) for place in range(len(shape)))


@lru_cache(maxsize=4096)
def axes_of(shape: Shape) -> Axes:
    """Return the offsets of an array as it lies in its list."""
    strides = (max(1, stride) for stride in strides_of(shape))
    return tuple(range(0, length * stride, stride) for length, stride in zip(shape, strides, strict=True))


@lru_cache(maxsize=4096)
def broadcast_shape(*shapes: Shape) -> Shape:
    """Return the shape that all of these take together. Raises ValueError where they do not fit."""
    result: list[int] = []
    for place in range(-max(map(len, shapes), default=0), 0):
        lengths = {shape[place] for shape in shapes if len(shape) >= -place} - {1}
        if len(lengths) > 1:
            raise ValueError(f"shapes {' '.join(map(str, shapes))} cannot be broadcast together")
        result.append(lengths.pop() if lengths else 1)
    return tuple(result)


def offsets_of(axes: Axes) -> list[int]:
    """Return the offsets of all entries, in the order of the result."""
    offsets = [0]
    for axis in axes:
        offsets = [before + own for before in offsets for own in axis]
    return offsets


def picked(axes: Axes) -> Pick:
    """Return what takes the entries with these offsets out of a list."""
    if prod(map(len, axes)) <= REMEMBERED:
        return _remembered(axes)
    last = axes[-1]
    if not isinstance(last, range) or last.step < 0:
        return itemgetter(*offsets_of(axes))
    starts = offsets_of(axes[:-1])  # the last axis is a piece of the list, in equal steps
    return lambda data: [x for start in starts for x in data[start + last.start : start + last.stop : last.step]]


@lru_cache(maxsize=1024)
def _remembered(axes: Axes) -> Pick:
    offsets = offsets_of(axes)
    if len(offsets) > 1:
        return itemgetter(*offsets)
    return lambda data: [data[offset] for offset in offsets]


def spread_axes(shape: Shape, target: Shape) -> Axes:
    """Return the offsets that broadcast a shape to another. Raises ValueError where it does not fit."""
    missing = len(target) - len(shape)
    fits = missing >= 0 and all(own in (1, length) for own, length in zip(shape, target[missing:], strict=True))
    if not fits:
        raise ValueError(f"shape {shape} cannot be broadcast to {target}")
    own_axes = axes_of(shape)
    new: Axes = tuple((0,) * length for length in target[:missing])
    return new + tuple(
        axis if len(axis) == length else (0,) * length for axis, length in zip(own_axes, target[missing:], strict=True)
    )


@lru_cache(maxsize=4096)
def _spread(shape: Shape, target: Shape) -> Pick:
    """Return what broadcasts the entries: one pick for few, repetition axis by axis for many."""
    axes = spread_axes(shape, target)
    if prod(shape) == prod(target):
        return lambda data: data
    if prod(target) <= REMEMBERED:
        return picked(axes)
    missing = len(target) - len(shape)
    grows = [
        place for place, length in enumerate(target) if length > 1 and (place < missing or shape[place - missing] == 1)
    ]
    repeats = [(target[place], prod(target[place + 1 :])) for place in reversed(grows)]
    return lambda data: _repeated(data, repeats)


def _repeated(data: Sequence[Any], repeats: Sequence[tuple[int, int]]) -> Sequence[Any]:
    """Return the entries with every block of so many entries repeated, for one axis after the other from the last."""
    for times, block in repeats:
        if block == 1:
            data = [x for x in data for _ in range(times)]
        else:
            blocks = (data[start : start + block] for start in range(0, len(data), block))
            data = [x for own in blocks for _ in range(times) for x in own]
    return data


def spread(data: Sequence[Any], shape: Shape, target: Shape) -> Sequence[Any]:
    """Return the entries of an array of this shape, broadcast to the target."""
    return _spread(shape, target)(data)


def is_plain(lengths: Sequence[int], order: Sequence[int]) -> bool:
    """Return whether axes put in this order leave the entries where they are: those of length 1 may move."""
    moved = [axis for axis in order if lengths[axis] != 1]
    return moved == sorted(moved)


def place_of(axis: int, dimensions: int) -> int:
    """Return the axis counted from the front. Raises ValueError where there is none."""
    if not -dimensions <= axis < dimensions:
        raise ValueError(f"axis {axis} is out of bounds for an array of {dimensions} dimensions")
    return axis % dimensions
