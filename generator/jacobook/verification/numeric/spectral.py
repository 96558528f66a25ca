"""Functions of whole matrices, and the largest entry, on NumPy arrays: from their definitions, not by any rule.

All but the last take complex values and continue their real function analytically: what is found by iterating is a
rational function of the entries, or a solution of polynomial equations that Newton's steps follow from its real part.
Symmetric matrices are the symmetric parts of what is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node

Array = NDArray[Any]

SERIES_UP_TO, SERIES_TERMS = 0.25, 15
LARGEST_EXPONENT = 500.0
ROOT_STEPS, MOST_ROOTS = 30, 40
NEWTON_STEPS = 3
MARGIN, LEAST_GAP = 0.05, 0.05
LARGEST_CONDITION = 300.0
"""Of a matrix that is multiplied by its own transpose."""
FUNCTIONS = (
    n.MatrixRoot, n.MatrixLogarithm, n.Pseudoinverse, n.Cholesky, n.LargestEigenvalue, n.LeadingEigenvector,
    n.Eigenvalues, n.Eigenvectors, n.NuclearNorm, n.PolarFactor, n.Largest, n.LargestPlace,
    n.LargestOfRows, n.LargestPlaceOfRows, n.Arctan2,
)  # fmt: skip
"""Those that have a value, or a usable neighbourhood, at some points only."""


def _swap(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def _symmetric(x: Array) -> Array:
    return np.asarray((x + _swap(x)) / 2.0)


def _length(x: Array) -> float:
    """Return the largest sum of absolute entries of a row, of the real parts."""
    return float(np.max(np.abs(x.real).sum(axis=-1)))


def _undefined(x: Array) -> Array:
    return np.asarray(x * math.nan)


def exponential(x: Array) -> Array:
    """Return the exponential: the series of a small multiple, then squares."""
    length = _length(x)
    if not length < LARGEST_EXPONENT:
        return _undefined(x)
    halvings = max(0, math.ceil(math.log2(max(length, SERIES_UP_TO) / SERIES_UP_TO)))
    small = x / 2.0**halvings
    term = result = np.eye(x.shape[-1])[None]
    for k in range(1, SERIES_TERMS + 1):
        term = term @ small / float(k)
        result = result + term
    for _ in range(halvings):
        result = result @ result
    return np.asarray(result)


def _kron(x: Array, y: Array) -> Array:
    blocks = x[..., :, None, :, None] * y[..., None, :, None, :]
    rows, columns = blocks.shape[-4] * blocks.shape[-3], blocks.shape[-2] * blocks.shape[-1]
    return blocks.reshape((*blocks.shape[:-4], rows, columns))


def jacobian_of_exponential(x: Array) -> Array:
    """Return ∫₀¹ expm(r X)′ ⊗ expm((1 − r) X) dr: a block of the exponential of a larger matrix (Van Loan)."""
    size = x.shape[-1]
    eye, square = np.eye(size)[None], size * size
    first, joint, last = (
        np.array([entries]) for entries in ([[1.0, 0], [0, 0]], [[0, 1.0], [0, 0]], [[0, 0], [0, 1.0]])
    )
    blocks = _kron(first, _kron(eye, x)) + _kron(joint, np.eye(square)[None]) + _kron(last, _kron(_swap(x), eye))
    return exponential(blocks)[..., :square, square:]


def root(x: Array) -> Array:
    """Return the principal square root by the iteration of Denman and Beavers; not a number where that fails."""
    result, inverted = x, np.eye(x.shape[-1])[None]
    for _ in range(ROOT_STEPS):
        result, inverted = (result + np.linalg.inv(inverted)) / 2.0, (inverted + np.linalg.inv(result)) / 2.0
    wrong = _length((result @ result - x).real)
    return np.asarray(result) if wrong <= 1e-9 * (1.0 + _length(x)) else _undefined(x)


def logarithm(x: Array) -> Array:
    """Return the principal logarithm: roots until the matrix is near I, then 2 artanh((X − I)(X + I)⁻¹) as a series."""
    eye, roots = np.eye(x.shape[-1])[None], 0
    while _length(x - eye) > SERIES_UP_TO and roots < MOST_ROOTS:
        x, roots = root(x), roots + 1
    quotient = (x - eye) @ np.linalg.inv(x + eye)
    square, term = quotient @ quotient, quotient
    result = term
    for k in range(3, 2 * SERIES_TERMS, 2):
        term = term @ square
        result = result + term / float(k)
    return np.asarray(2.0 ** (roots + 1) * result)


def inverse_of_full_rank(x: Array) -> Array:
    """Return the pseudoinverse of a matrix of full rank."""
    turned = _swap(x)
    if x.shape[-2] < x.shape[-1]:
        return np.asarray(turned @ np.linalg.inv(x @ turned))
    return np.asarray(np.linalg.inv(turned @ x) @ turned)


def cholesky_factor(x: Array) -> Array:
    """Return the lower triangular factor, column by column."""
    rest = _symmetric(x)
    columns = []
    for k in range(x.shape[-1]):
        pivot = np.sqrt(rest[..., k : k + 1, k : k + 1])
        below = np.arange(x.shape[-1])[:, None] >= k
        column = rest[..., :, k : k + 1] / pivot * below
        columns.append(column)
        rest = rest - column @ _swap(column)
    return np.concatenate(columns, axis=-1)


def eigenpair(x: Array, place: int) -> tuple[Array, Array]:
    """Return an eigenvalue of the symmetric part, counted from the smallest, and its unit eigenvector.

    The entry of the vector that is largest in absolute value is positive.
    """
    given = _symmetric(x)
    size = x.shape[-1]
    eye, real = np.eye(size)[None], given.real
    value = np.linalg.eigvalsh(real)[..., place][..., None, None]
    vector = np.ones((*real.shape[:-2], size, 1)) + 0.1 * np.arange(size)[:, None] ** 2
    shifted = real - (value + 1e-9 * (1.0 + np.abs(value))) * eye
    for _ in range(NEWTON_STEPS):
        vector = np.linalg.solve(shifted, vector)
        vector = vector / np.sqrt((vector * vector).sum(axis=-2, keepdims=True))
    is_largest = np.abs(vector) >= np.max(np.abs(vector), axis=-2, keepdims=True)
    vector = vector * np.sign((vector * is_largest).sum(axis=-2, keepdims=True))
    corner = np.zeros((*given.shape[:-2], 1, 1))
    for _ in range(NEWTON_STEPS):
        wrong = np.concatenate(
            [given @ vector - value * vector, ((vector * vector).sum(axis=-2, keepdims=True) - 1.0) / 2.0], axis=-2
        )
        above = np.concatenate([given - value * eye, -vector], axis=-1)
        below = np.concatenate([_swap(vector), corner], axis=-1)
        step = np.linalg.solve(np.concatenate([above, below], axis=-2), wrong)
        vector, value = vector - step[..., :size, :], value - step[..., size:, :]
    return value, vector


def eigenpairs(x: Array) -> list[tuple[Array, Array]]:
    """Return all eigenvalues of the symmetric part, smallest first, each with its unit eigenvector."""
    return [eigenpair(x, place) for place in range(x.shape[-1])]


def _smaller_product(x: Array) -> Array:
    return x @ _swap(x) if x.shape[-2] < x.shape[-1] else _swap(x) @ x


def sum_of_singular_values(x: Array) -> Array:
    """Return the trace of the square root of X′X, or of X X′, whichever is smaller."""
    return np.asarray(np.trace(root(_smaller_product(x)), axis1=-2, axis2=-1)[..., None, None])


def polar_value(x: Array) -> Array:
    """Return X (X′X)^(−1/2), or (X X′)^(−1/2) X."""
    inverted = np.linalg.inv(root(_smaller_product(x)))
    return np.asarray(inverted @ x if x.shape[-2] < x.shape[-1] else x @ inverted)


def marked_largest(x: Array) -> Array:
    """Return 1 at the place of the largest entry and 0 elsewhere."""
    entries = x.real
    largest = np.max(np.max(entries, axis=-1, keepdims=True), axis=-2, keepdims=True)
    return np.where(entries >= largest, 1.0, 0.0)


def marked_largest_of_rows(x: Array) -> Array:
    """Return 1 in every row where its largest entry is, else 0."""
    entries = x.real
    return np.where(entries >= np.max(entries, axis=-1, keepdims=True), 1.0, 0.0)


def angle(above: Array, below: Array) -> Array:
    """Return the angle of the point (below, above), in each of four sectors by one formula."""
    y, x = above.real, below.real
    is_steep = np.abs(y) > np.abs(x)
    flat = np.arctan(above / np.where(is_steep, 1.0, below)) + np.where(x < 0, np.where(y < 0, -np.pi, np.pi), 0.0)
    steep = np.sign(y) * np.pi / 2.0 - np.arctan(below / np.where(is_steep, above, 1.0))
    return np.asarray(np.where(is_steep, steep, flat))


# -- where they have a usable value ------------------------------------------------------------------------------------


def unusable(node: Node, values: Sequence[Array]) -> tuple[bool, bool]:
    """Return whether a function of real values has no usable neighbourhood there, and whether it has no value."""
    x = values[0]
    match node:
        case n.MatrixRoot() | n.MatrixLogarithm():
            return bool(np.any(np.linalg.cond(x) > LARGEST_CONDITION**2)), False
        case n.Pseudoinverse() | n.NuclearNorm() | n.PolarFactor():
            return bool(np.any(np.linalg.cond(x) > LARGEST_CONDITION)), False
        case n.Cholesky():
            least = np.linalg.eigvalsh(_symmetric(x))[..., 0]
            return bool(np.any(least < MARGIN)), bool(np.any(least <= 0.0))
        case n.Largest() | n.LargestPlace():
            marks = marked_largest(x)
            lowered = marked_largest(np.where(marks > 0, x - LEAST_GAP, x))
            several = marks.sum(axis=(-1, -2)) > 1.0
            return bool(np.any(several) or np.any(lowered != marks)), False
        case n.LargestOfRows() | n.LargestPlaceOfRows():
            marks = marked_largest_of_rows(x)
            lowered = marked_largest_of_rows(np.where(marks > 0, x - LEAST_GAP, x))
            return bool(np.any(marks.sum(axis=-1) > 1.0) or np.any(lowered != marks)), False
        case n.Arctan2():
            near_zero = x * x + values[1] * values[1] < MARGIN * MARGIN
            return bool(np.any(near_zero | ((values[1] < 0) & (np.abs(x) < MARGIN)))), False
    eigenvalues = np.linalg.eigvalsh(_symmetric(x))
    of_largest = isinstance(node, n.LargestEigenvalue | n.LeadingEigenvector)
    return _nearly_equal(eigenvalues[..., -2:] if of_largest else eigenvalues), False


def condition(node: Node, x: Array) -> float:
    """Return how many times the relative rounding of a matrix may be that of the function."""
    if isinstance(node, n.Pseudoinverse | n.NuclearNorm | n.PolarFactor):
        return float(np.max(np.linalg.cond(x))) ** 2
    if isinstance(node, n.MatrixRoot | n.MatrixLogarithm | n.Cholesky):
        return float(np.max(np.linalg.cond(x)))
    steady = n.Largest | n.LargestPlace | n.LargestOfRows | n.LargestPlaceOfRows | n.Arctan2
    return 1.0 if isinstance(node, steady) else 1.0 / LEAST_GAP


def _nearly_equal(ordered: Array) -> bool:
    """Return whether two neighbours of a list in order are nearly equal."""
    gaps = np.abs(ordered[..., 1:] - ordered[..., :-1])
    return bool(np.any(gaps < LEAST_GAP))
