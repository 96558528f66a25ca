"""Declared properties of numbers: whether an array has one, and arrays made from others so that they have one.

For every property that leaves an array no open set of values there is a way from any array to one that has it, up to
rounding, and a way to one whose numbers have few digits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from jacobook.algebra.declared_properties import REFLECTION
from jacobook.verification.numeric.array_operations import Array, swap

Make = Callable[[Array], Array]
"""From an array (rows, columns) with independent entries, none of them 0, to one that has the property."""


def _symmetric(drawn: Array) -> Array:
    return np.asarray(np.triu(drawn) + np.triu(drawn, 1).T)


def _skew(drawn: Array) -> Array:
    return np.asarray(np.triu(drawn, 1) - np.triu(drawn, 1).T)


def _orthogonal(drawn: Array) -> Array:
    """Return (I + A)⁻¹(I − A) for the skew-symmetric A above the diagonal, by Cayley; its first row may change sign."""
    eye, skew = np.eye(len(drawn)), _skew(drawn)
    signs = np.where(np.arange(len(drawn)) == 0, np.sign(drawn[0, 0]), 1.0)
    return np.asarray(signs[:, None] * np.linalg.solve(eye + skew, eye - skew))


def _reflection(drawn: Array, turn: Make = _orthogonal) -> Array:
    """Return C D C′ with an orthogonal C and a diagonal D of 1 and −1 in turn, the first of them by a sign drawn."""
    signs = np.sign(drawn[0, 0]) * np.array([(-1.0) ** k for k in range(len(drawn))])
    turned = turn(drawn)
    return np.asarray((turned * signs) @ turned.T)


def _unit(drawn: Array) -> Array:
    return np.asarray(drawn / np.sqrt((drawn * drawn).sum()))


def _probability(drawn: Array) -> Array:
    weights = 0.5 + np.abs(drawn) / (np.abs(drawn) + 1.0)
    return np.asarray(weights / weights.sum())


def _mask(drawn: Array) -> Array:
    """Return 1 where the number is positive; of several entries that would all be alike, the first one differs."""
    ones = np.where(drawn > 0, 1.0, 0.0)
    if ones.size > 1 and np.all(ones == ones[0, 0]):
        ones[0, 0] = 1.0 - ones[0, 0]
    return np.asarray(ones)


def _one_hot(drawn: Array) -> Array:
    return np.asarray((np.arange(drawn.size) == np.argmax(np.abs(drawn))).astype(float)[:, None])


def _correlation(drawn: Array) -> Array:
    definite = drawn @ drawn.T / len(drawn) + 0.4 * np.eye(len(drawn))
    scale = np.sqrt(np.diag(definite))
    return _with_ones(definite / scale[:, None] / scale[None, :])


def _with_ones(square: Array) -> Array:
    return np.asarray(square * (1.0 - np.eye(len(square))) + np.eye(len(square)))


RANDOM: Mapping[str, Make] = {
    "lower-triangular": np.tril,
    "upper-triangular": np.triu,
    "skew-symmetric": _skew,
    "orthogonal": _orthogonal,
    REFLECTION: _reflection,
    "unit-norm": _unit,
    "normalised": _probability,
    "probability": _probability,
    "mask": _mask,
    "one-hot": _one_hot,
    "correlation": _correlation,
}
"""The random values; those of the properties that are not here are drawn by the matrix itself (`instances.py`)."""


def _turned(drawn: Array) -> Array:
    """Return a product of rotations with the cosine 3/5, one for every two neighbouring axes: finite decimals."""
    result = np.eye(len(drawn))
    for k in range(len(drawn) - 1):
        sine = 0.8 * np.sign(drawn[k, k])
        plane = np.eye(len(drawn))
        plane[k, k], plane[k, k + 1], plane[k + 1, k], plane[k + 1, k + 1] = 0.6, -sine, sine, 0.6
        result = result @ plane
    return np.asarray(np.round(result, len(drawn)))


def _readable_unit(drawn: Array) -> Array:
    """Return 0.6, then 0.8 times the same of the other entries: (0.6, 0.48, 0.64), with signs."""
    sizes = [0.6 * 0.8**k for k in range(drawn.size)]
    sizes[-1] = 0.8 ** (drawn.size - 1)
    return np.asarray(np.round(np.sign(drawn) * np.array(sizes).reshape(drawn.shape), drawn.size))


def _tenths(drawn: Array) -> Array:
    """Return tenths that add up to 1, more of them where the numbers are larger."""
    count = drawn.size
    if count > 10:
        return _probability(drawn)
    weights = np.abs(drawn) / np.abs(drawn).sum()
    parts = 1.0 + np.floor((10 - count) * weights)
    largest = (np.arange(count) == np.argmax(weights)).reshape(parts.shape)
    return np.asarray(np.round((parts + (10 - parts.sum()) * largest) / 10, 1))


def _readable_correlation(drawn: Array) -> Array:
    most = 6 if len(drawn) == 2 else 3 if len(drawn) == 3 else 2
    tenths = np.sign(drawn) * (1 + np.floor(most * np.abs(drawn) / (np.abs(drawn) + 1))) / 10
    return np.asarray(np.round(_with_ones(_symmetric(tenths)), 1)) if len(drawn) < 6 else _correlation(drawn)


READABLE: Mapping[str, Make] = {
    **RANDOM,
    "orthogonal": _turned,
    REFLECTION: lambda drawn: np.asarray(np.round(_reflection(drawn, _turned), 2 * len(drawn))),
    "unit-norm": _readable_unit,
    "normalised": _tenths,
    "probability": _tenths,
    "correlation": _readable_correlation,
}
"""The values with few digits."""
_FIRST = ("one-hot", "correlation", REFLECTION, "orthogonal", "probability", "normalised", "unit-norm")
"""Properties that make the whole array; the others follow one after the other."""


def imposed(drawn: Array, properties: Collection[str], ways: Mapping[str, Make] = RANDOM) -> Array:
    """Return the array (rows, columns) changed so that it has these properties, as far as there are ways to make it."""
    whole = next((name for name in _FIRST if name in properties), None)
    if whole is not None:
        return ways[whole](np.abs(drawn) if "positive" in properties else drawn)
    for name in ("mask", "lower-triangular", "upper-triangular", "skew-symmetric"):
        if name in properties:
            drawn = ways[name](drawn)
    return drawn


def is_bounded(properties: Collection[str]) -> bool:
    """Return whether multiples of a value with these properties do not have them."""
    return "mask" in properties or any(name in properties for name in _FIRST)


def _near(left: Array, right: Array | float) -> bool:
    return bool(np.allclose(left, right, rtol=1e-9, atol=1e-9))


def _is_definite(matrix: Array) -> bool:
    return _near(matrix, swap(matrix)) and bool(np.all(np.linalg.eigvalsh(matrix) > 0))


def _is_zero_or_one(matrix: Array) -> bool:
    return bool(np.all((matrix == 0) | (matrix == 1)))


_HAS: Mapping[str, Callable[[Array], bool]] = {
    "symmetric": lambda x: bool(np.allclose(x, swap(x), rtol=1e-9, atol=1e-12)),
    "diagonal": lambda x: bool(np.all(x * (1 - np.eye(*x.shape[-2:])) == 0)),
    "positive": lambda x: bool(np.all(x > 0)),
    "normalised": lambda x: _near(x.sum(axis=(-2, -1)), 1.0),
    "whole": lambda x: bool(np.all((x >= 1) & (x == np.round(x)))),
    "nonzero": lambda x: bool(np.any(np.abs(x) > 1e-9)),
    "invertible": lambda x: x.shape[-1] == x.shape[-2] and bool(np.all(np.linalg.cond(x) < 1e8)),
    "positive-definite": _is_definite,
    "lower-triangular": lambda x: bool(np.all(x == x * np.tril(np.ones(x.shape[-2:])))),
    "upper-triangular": lambda x: bool(np.all(x == x * np.triu(np.ones(x.shape[-2:])))),
    "skew-symmetric": lambda x: _near(x, -swap(x)),
    "orthogonal": lambda x: _near(swap(x) @ x, np.eye(x.shape[-1])),
    REFLECTION: lambda x: _near(x, swap(x)) and _near(x @ x, np.eye(x.shape[-1])),
    "unit-norm": lambda x: _near((x * x).sum(axis=(-2, -1)), 1.0),
    "probability": lambda x: bool(np.all(x >= 0)) and _near(x.sum(axis=(-2, -1)), 1.0),
    "mask": _is_zero_or_one,
    "one-hot": lambda x: _is_zero_or_one(x) and bool(np.all(x.sum(axis=(-2, -1)) == 1)),
    "correlation": lambda x: _is_definite(x) and bool(np.all(np.diagonal(x, axis1=-2, axis2=-1) == 1)),
}


def has_property(value: Array, name: str) -> bool:
    """Return whether a value has the property (of a name that is not known: True)."""
    test = _HAS.get(name)
    return test is None or test(value.reshape(-1, *value.shape[-2:]))
