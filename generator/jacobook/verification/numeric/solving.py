"""Equations solved at a point, by Newton's method with differences for the slopes: no rule of calculus is used."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jacobook.verification.numeric.array_operations import Array, DomainError, swap
from jacobook.verification.points import generator_for

STEP = 2.0**-13
MOST_STEPS = 60
MOST_STARTS = 8
MORE_STEPS = 4
"""After the real part has settled. The slopes are good to 10⁻⁷, and every step gains as much in the imaginary part."""
KEPT = 0.01
"""Slopes that have made the change this much smaller are used again."""
LARGEST_CONDITION = 1e8
SETTLED = 1e-12


def solved(difference: Callable[[Array], Array], rows: int, columns: int, near: Array | None = None) -> Array:
    """Return the array (…, rows, columns) at which the difference of the two sides is 0.

    Where there are several, it is the one that `near` leads to, the solution at a point close by; without it, that of
    the first successful start: the identity, or ones, and then fixed random arrays. Raises DomainError where no start
    leads to any, or where the solution is not isolated.
    """
    if near is not None:
        return _from(difference, near)
    for number in range(MOST_STARTS):
        try:
            return _from(difference, _start(number, rows, columns))
        except (DomainError, np.linalg.LinAlgError):
            continue
    raise DomainError("no solution of the equation was found at this point")


def _start(number: int, rows: int, columns: int) -> Array:
    if number == 0:
        return np.asarray((np.eye(rows) if rows == columns else np.ones((rows, columns)))[None])
    return np.asarray(generator_for("start", rows, columns, number).uniform(-2.0, 2.0, (1, rows, columns)))


def _from(difference: Callable[[Array], Array], start: Array) -> Array:
    value, left, done = start, MOST_STEPS, False
    slopes: Array | None = None
    last = 0.0
    while left:
        found = _stacked(difference(value))
        if slopes is None:
            slopes = _slopes(difference, value)
        change = _divided(found, slopes, value.shape[-2:])
        value = value - change
        size = float(np.max(np.abs(change.real)))
        if not np.isfinite(size):
            break
        if size > KEPT * last and not done:
            slopes = None
        last = size
        if size <= SETTLED * max(1.0, float(np.max(np.abs(value.real)))) and not done:
            done, left = True, MORE_STEPS
        left -= 1
    if not done:
        raise DomainError("Newton's method did not settle")
    return value


def _slopes(difference: Callable[[Array], Array], value: Array) -> Array:
    """Return the derivative of the real part of a difference by central differences, columns stacked on both sides."""
    rows, columns = value.shape[-2:]
    units = swap(np.eye(rows * columns).reshape(-1, 1, columns, rows)) * STEP
    ends = [_stacked(difference(value + sign * units)).real for sign in (1.0, -1.0)]
    matrix = np.moveaxis((ends[0] - ends[1]) / (2 * STEP), 0, -1)
    if np.max(np.linalg.cond(matrix)) > LARGEST_CONDITION:
        raise DomainError("the solution of the equation is not isolated")
    return np.asarray(matrix)


def _divided(stacked: Array, matrix: Array, shape: tuple[int, ...]) -> Array:
    leading = np.broadcast_shapes(stacked.shape[:-1], matrix.shape[:-2])
    stacked = np.broadcast_to(stacked, (*leading, stacked.shape[-1]))
    change = np.linalg.solve(matrix, stacked[..., None])[..., 0]
    return np.asarray(swap(change.reshape(*leading, shape[1], shape[0])))


def _stacked(array: Array) -> Array:
    """Return the stacked columns of each matrix."""
    return np.asarray(swap(array).reshape(*array.shape[:-2], -1))
