"""Inverses, determinants, systems of equations, eigenvalues and condition numbers of small matrices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from . import scalars as s
from .arrays import asarray, lacking, ndarray, of_kind
from .shapes import Shape, broadcast_shape, spread

Rows = list[list[Any]]
SWEEPS = 60
"""Sweeps of rotations after which even large matrices have long converged."""
NEGLIGIBLE = 1e-16


class LinAlgError(ValueError):
    """What a matrix does not have."""


def _matrices(value: Any, square: bool = True) -> tuple[ndarray, list[Rows]]:
    """Return the array, of real or complex numbers, and its matrices as rows."""
    found = asarray(value)
    if found.ndim < 2:
        raise LinAlgError("an array of two dimensions or more was expected")
    rows, columns = found.shape[-2:]
    if square and rows != columns:
        raise LinAlgError("the last two dimensions of the array must be square")
    kind = s.joined(found.dtype, float)
    data = of_kind(found.data, found.dtype, kind)
    size = rows * columns
    starts = range(0, len(data), size or 1)
    split = [[list(data[k + i * columns : k + (i + 1) * columns]) for i in range(rows)] for k in starts]
    return ndarray(data, found.shape, kind), split


def _joined(matrices: Sequence[Rows], shape: Shape, kind: s.Kind) -> ndarray:
    return ndarray([x for rows in matrices for row in rows for x in row], shape, kind)


# -- elimination ------------------------------------------------------------------------------------------------------


def _eliminated(rows: Rows) -> Iterator[tuple[Any, int]]:
    """Make the matrix, with what stands on its right, upper triangular; yield each pivot and the row it came from.

    The pivot is the largest entry of its column. A column without one yields 0 and ends the elimination.
    """
    size = len(rows)
    for k in range(size):
        best = max(range(k, size), key=lambda i: abs(rows[i][k]))
        if not rows[best][k]:
            yield rows[best][k], best
            return
        rows[k], rows[best] = rows[best], rows[k]
        top = rows[k]
        pivot = top[k]
        for i in range(k + 1, size):
            row = rows[i]
            if row[k]:
                factor = row[k] / pivot
                rows[i] = row[: k + 1] + [x - factor * y for x, y in zip(row[k + 1 :], top[k + 1 :], strict=True)]
        yield pivot, best


def _determinant(rows: Rows) -> Any:
    result: Any = 1.0
    for k, (pivot, came_from) in enumerate(_eliminated(rows)):
        result = (result if came_from == k else -result) * pivot
    return result


def _solved(rows: Rows, right: Rows) -> Rows:
    """Return X with A X = B. Raises LinAlgError for a singular matrix."""
    size = len(rows)
    whole = [left + beside for left, beside in zip(rows, right, strict=True)]
    if any(not pivot for pivot, _ in _eliminated(whole)):
        raise LinAlgError("Singular matrix")
    solution: Rows = [[] for _ in range(size)]
    for k in range(size - 1, -1, -1):
        row = whole[k]
        found = row[size:]
        for factor, below in zip(row[k + 1 : size], solution[k + 1 :], strict=True):
            if factor:
                found = [x - factor * y for x, y in zip(found, below, strict=True)]
        solution[k] = [x / row[k] for x in found]
    return solution


def _unit(size: int) -> Rows:
    return [[1.0 if i == j else 0.0 for j in range(size)] for i in range(size)]


def det(value: Any) -> Any:
    """Return the determinant."""
    array, matrices = _matrices(value)
    found = [array.dtype(_determinant(rows)) for rows in matrices]
    return ndarray(found, array.shape[:-2], array.dtype) if array.ndim > 2 else found[0]


def inv(value: Any) -> ndarray:
    """Return the inverse. Raises LinAlgError for a singular matrix."""
    array, matrices = _matrices(value)
    found = [_solved(rows, _unit(len(rows))) for rows in matrices]
    return _joined(found, array.shape, array.dtype)


def solve(left: Any, right: Any) -> ndarray:
    """Return X with A X = B, for matrices B. Raises LinAlgError for a singular matrix."""
    a, matrices = _matrices(left)
    b, given = _matrices(right, square=False)
    if a.shape[-1] != b.shape[-2]:
        raise ValueError("the sides have different numbers of rows")
    before = broadcast_shape(a.shape[:-2], b.shape[:-2])
    pairs = zip(spread(matrices, a.shape[:-2], before), spread(given, b.shape[:-2], before), strict=True)
    found = [_solved(list(rows), beside) for rows, beside in pairs]
    return _joined(found, (*before, *b.shape[-2:]), s.joined(a.dtype, b.dtype))


# -- rotations --------------------------------------------------------------------------------------------------------


def _real(array: ndarray, what: str) -> None:
    if array.dtype is complex:
        raise lacking(f"{what} of complex numbers")


def _rotation(cotangent: float) -> tuple[float, float]:
    """Return cosine and sine of the smaller angle with cot 2θ = this."""
    tangent = math.copysign(1.0, cotangent) / (abs(cotangent) + math.hypot(1.0, cotangent))
    cosine = 1.0 / math.hypot(1.0, tangent)
    return cosine, cosine * tangent


def _singular_values(rows: Rows) -> list[float]:
    """Return the singular values, largest first: columns are rotated until each is orthogonal to all others."""
    lines = rows if len(rows) <= len(rows[0]) else [list(column) for column in zip(*rows, strict=True)]
    squares = [math.fsum(x * x for x in line) for line in lines]
    if not all(map(math.isfinite, squares)):
        return [math.nan] * len(lines)
    for _ in range(SWEEPS):
        turned = False
        for i, j in combinations(range(len(lines)), 2):
            first, second = lines[i], lines[j]
            product = sum(map(s.MULTIPLY.quick, first, second))
            if abs(product) <= NEGLIGIBLE * math.sqrt(squares[i]) * math.sqrt(squares[j]):
                continue
            turned = True
            cosine, sine = _rotation((squares[j] - squares[i]) / (2 * product))
            lines[i] = [cosine * x - sine * y for x, y in zip(first, second, strict=True)]
            lines[j] = [sine * x + cosine * y for x, y in zip(first, second, strict=True)]
            squares[i], squares[j] = (sum(map(s.MULTIPLY.quick, lines[k], lines[k])) for k in (i, j))
        if not turned:
            break
    return sorted((math.hypot(*line) for line in lines), reverse=True)


def _condition(rows: Rows) -> float:
    values = _singular_values(rows)
    if any(x != x for row in rows for x in row):
        return math.nan
    quotient = s.DIVIDE.safe(values[0], values[-1])
    return math.inf if quotient != quotient else quotient


def cond(value: Any) -> Any:
    """Return the largest singular value divided by the smallest one."""
    array, matrices = _matrices(value, square=False)
    _real(array, "cond")
    found = list(map(_condition, matrices))
    return ndarray(found, array.shape[:-2], float) if array.ndim > 2 else found[0]


def _eigenvalues(rows: Rows) -> list[float]:
    """Return the eigenvalues of a symmetric matrix, smallest first, by Jacobi's rotations."""
    size = len(rows)
    a = [[rows[max(i, j)][min(i, j)] for j in range(size)] for i in range(size)]
    for _ in range(SWEEPS):
        turned = False
        for p, q in combinations(range(size), 2):
            if abs(a[p][q]) <= NEGLIGIBLE * math.sqrt(abs(a[p][p])) * math.sqrt(abs(a[q][q])) or not a[p][q]:
                continue
            turned = True
            cosine, sine = _rotation((a[q][q] - a[p][p]) / (2 * a[p][q]))
            for row in a:
                row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
            first, second = a[p], a[q]
            a[p] = [cosine * x - sine * y for x, y in zip(first, second, strict=True)]
            a[q] = [sine * x + cosine * y for x, y in zip(first, second, strict=True)]
            a[p][q] = a[q][p] = 0.0
        if not turned:
            break
    return sorted(a[i][i] for i in range(size))


def eigvalsh(value: Any) -> ndarray:
    """Return the eigenvalues of symmetric matrices, of which the lower triangle is read."""
    array, matrices = _matrices(value)
    _real(array, "eigvalsh")
    return ndarray([x for rows in matrices for x in _eigenvalues(rows)], array.shape[:-1], float)


# -- reflections ------------------------------------------------------------------------------------------------------


def _orthogonal(rows: Rows) -> tuple[Rows, Rows]:
    """Return Q and R of a square matrix by Householder's reflections, with the signs of LAPACK."""
    size = len(rows)
    triangle, result = [list(row) for row in rows], _unit(size)
    for k in range(size - 1):
        column = [triangle[i][k] for i in range(k, size)]
        if not any(column[1:]):
            continue
        length = -math.copysign(math.hypot(*column), column[0])
        normal = [column[0] - length, *column[1:]]
        scale = 2 / sum(x * x for x in normal)
        for j in range(size):
            along = scale * sum(x * triangle[k + i][j] for i, x in enumerate(normal))
            for i, x in enumerate(normal):
                triangle[k + i][j] -= along * x
        for row in result:
            along = scale * sum(x * row[k + i] for i, x in enumerate(normal))
            for i, x in enumerate(normal):
                row[k + i] -= along * x
        for i in range(k + 1, size):
            triangle[i][k] = 0.0
    return result, triangle


def qr(value: Any) -> tuple[ndarray, ndarray]:
    """Return an orthogonal matrix and an upper triangular one with this product."""
    array, matrices = _matrices(value)
    _real(array, "qr")
    pairs = list(map(_orthogonal, matrices))
    first, second = ([pair[place] for pair in pairs] for place in (0, 1))
    return _joined(first, array.shape, float), _joined(second, array.shape, float)
