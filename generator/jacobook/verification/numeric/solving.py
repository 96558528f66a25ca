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
LARGEST_CONDITION = 1e8
SETTLED = 1e-12


def solved(difference: Callable[[Array], Array], rows: int, columns: int, near: Array | None = None) -> Array:
    """Return the array (…, rows, columns) at which the difference of the two sides is 0.

    Where there are several, it is the one that `near` leads to, the solution at a point close by; without it the one that
    the first successful start leads to: the identity, or ones, and then fixed random arrays. Raises DomainError where
    no start leads to any, or where the solution is not isolated.
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
    value, left = start, MOST_STEPS
    done = False
    while left:
        change = _step(difference, value)
        value = value - change
        if not np.all(np.isfinite(value)):
            break
        settled = np.max(np.abs(change.real)) <= SETTLED * max(1.0, float(np.max(np.abs(value.real))))
        if settled and not done:
            done, left = True, MORE_STEPS
        left -= 1
    if not done:
        raise DomainError("Newton's method did not settle")
    return value


def _step(difference: Callable[[Array], Array], value: Array) -> Array:
    """Return J⁻¹ F at the value, with J the slopes of the real part by central differences, columns stacked."""
    rows, columns = value.shape[-2:]
    slopes = []
    for j in range(columns):
        for i in range(rows):
            unit = np.zeros((1, rows, columns))
            unit[0, i, j] = STEP
            ends = [_stacked(difference(value + sign * unit)).real for sign in (1.0, -1.0)]
            slopes.append((ends[0] - ends[1]) / (2 * STEP))
    matrix = np.stack(slopes, axis=-1)
    if np.max(np.linalg.cond(matrix)) > LARGEST_CONDITION:
        raise DomainError("the solution of the equation is not isolated")
    stacked = _stacked(difference(value))
    stacked = np.broadcast_to(stacked, (*np.broadcast_shapes(stacked.shape[:-1], matrix.shape[:-2]), stacked.shape[-1]))
    change = np.linalg.solve(matrix, stacked[..., None])[..., 0]
    return np.asarray(swap(change.reshape(*change.shape[:-1], columns, rows)))


def _stacked(array: Array) -> Array:
    """Return the stacked columns of each matrix."""
    return np.asarray(swap(array).reshape(*array.shape[:-2], -1))
