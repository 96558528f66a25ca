"""Curves of functions of one variable as points: gaps where there is no value, breaks at jumps, a sensible range."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jacobook.verification.numeric.array_operations import Array

SAMPLES = 481
BISECTIONS = 40
JUMP = 0.04
"""Neighbours that differ by more than this part of the height may have a jump or a pole between them."""
Function = Callable[[Array], Array]
"""From k numbers to k values, not-a-number where there is none."""


def curve(function: Function, start: float, end: float) -> tuple[Array, Array]:
    """Return x and y of the curve between two numbers; y is not-a-number in gaps, at jumps and at poles.

    A curve that ends at the edge of its domain, or at a jump, is followed to there.
    """
    x = np.linspace(start, end, SAMPLES)
    y = function(x)
    low, high = view(y)
    xs, ys = [x[:1]], [y[:1]]
    for left, right in zip(range(SAMPLES - 1), range(1, SAMPLES), strict=True):
        between = _between(function, (x[left], x[right]), (y[left], y[right]), JUMP * (high - low))
        xs += [*(part[0] for part in between), x[right : right + 1]]
        ys += [*(part[1] for part in between), y[right : right + 1]]
    return np.concatenate(xs), np.concatenate(ys)


def _between(
    function: Function, ends: tuple[float, float], values: tuple[float, float], large: float
) -> list[tuple[Array, Array]]:
    """Return the points to insert between two neighbours: nothing where the curve just goes on."""
    known = np.isfinite(values)
    if not known.any() or (known.all() and abs(values[1] - values[0]) <= large):
        return []
    (left, right), (below, above) = ends, values
    for _ in range(BISECTIONS):
        middle = (left + right) / 2
        value = float(function(np.array([middle]))[0])
        if known.all() and not np.isfinite(value):
            break
        in_left = abs(value - below) > abs(above - value) if known.all() else np.isfinite(value) != known[0]
        if in_left:
            right, above = middle, value
        else:
            left, below = middle, value
    if known.all() and np.isfinite(value) and abs(above - below) < abs(values[1] - values[0]) / 2:
        return []
    return [(np.array([left, (left + right) / 2, right]), np.array([below, np.nan, above]))]


class NoValueError(ValueError):
    """A function that has no value in the whole range."""


def view(values: Array) -> tuple[float, float]:
    """Return the lowest and the highest value to show, with a margin: all, unless a few run far away from the rest.

    Raises NoValueError where there is no value at all.
    """
    low, high, _, _ = _range(values)
    return _with_margin(low, high)


def together(function: Array, derivative: Array) -> tuple[float, float]:
    """Return what to show of a function and its derivative; a derivative that runs away may be cut, not the function.

    Raises NoValueError where either has no value at all.
    """
    low, high, _, _ = _range(function)
    lowest, highest, cut_below, cut_above = _range(derivative)
    room = 0.25 * (high - low)
    lowest = max(lowest, low - room) if cut_below else lowest
    highest = min(highest, high + room) if cut_above else highest
    return _with_margin(min(low, lowest), max(high, highest))


def _range(values: Array) -> tuple[float, float, bool, bool]:
    """Return the lowest and highest value to show, and whether lower and higher ones are cut off."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        raise NoValueError("there is no value to show")
    low, high = np.quantile(finite, [0.1, 0.9])
    spread = max(high - low, 1e-3 * max(abs(low), abs(high)))
    below, above = finite.min() < low - 1.5 * spread, finite.max() > high + 1.5 * spread
    lowest = low - spread if below else finite.min()
    highest = high + spread if above else finite.max()
    return float(lowest), float(highest), bool(below), bool(above)


def _with_margin(low: float, high: float) -> tuple[float, float]:
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9):
        low, high = low - 1, high + 1
    margin = 0.06 * (high - low)
    return low - margin, high + margin
