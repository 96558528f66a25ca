"""The functions of the package: arrays made, their entries moved, chosen, counted and compared."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

from . import arrays
from . import scalars as s
from .arrays import applied, asarray, broadcast_to, combined, lacking, ndarray, of_kind
from .scalars import Kind
from .shapes import Shape, axes_of, broadcast_shape, offsets_of, picked, place_of, spread, spread_axes, strides_of


def _shape(shape: Any) -> Shape:
    return (shape,) if isinstance(shape, int) else tuple(shape)


# -- making -----------------------------------------------------------------------------------------------------------


def array(value: Any, dtype: Kind | None = None) -> ndarray:
    """Return a new array."""
    found = asarray(value, dtype)
    return ndarray(list(found.data), found.shape, found.dtype)


def full(shape: Any, value: Any, dtype: Kind | None = None) -> ndarray:
    """Return an array whose entries are all this number."""
    number = asarray(value, dtype)
    if number.shape:
        raise lacking("numpy.full of an array")
    return ndarray(list(number.data) * math.prod(_shape(shape)), _shape(shape), number.dtype)


def zeros(shape: Any, dtype: Kind = float) -> ndarray:
    return full(shape, 0, dtype)


def ones(shape: Any, dtype: Kind = float) -> ndarray:
    return full(shape, 1, dtype)


def empty(shape: Any, dtype: Kind = float) -> ndarray:
    """Return an array that is still to be written: zeros here."""
    return zeros(shape, dtype)


def ones_like(value: Any) -> ndarray:
    found = asarray(value)
    return ones(found.shape, found.dtype)


def eye(rows: int, columns: int | None = None, k: int = 0, dtype: Kind = float) -> ndarray:
    """Return ones on the k-th diagonal above the main one, zeros elsewhere."""
    width = rows if columns is None else columns
    data = [dtype(0)] * (rows * width)
    for i in range(max(0, -k), min(rows, width - k)):
        data[i * width + i + k] = dtype(1)
    return ndarray(data, (rows, width), dtype)


def arange(start: Any, stop: Any = None, step: Any = 1) -> ndarray:
    """Return start, start + step, … below stop."""
    first, last = (0, start) if stop is None else (start, stop)
    kind = s.joined(type(first), type(last), type(step))
    count = max(0, math.ceil((last - first) / step))
    return ndarray([kind(first + place * step) for place in range(count)], (count,), kind)


def diag(value: Any) -> ndarray:
    """Return the matrix with this diagonal, or the diagonal of a matrix."""
    found = asarray(value)
    if found.ndim == 2:
        return diagonal(found)
    if found.ndim != 1:
        raise ValueError("a diagonal is of a vector or of a matrix")
    data = [found.dtype(0)] * found.size**2
    data[:: found.size + 1] = found.data
    return ndarray(data, (found.size, found.size), found.dtype)


def _triangle(value: Any, keeps: Any) -> ndarray:
    found = asarray(value)
    if found.ndim != 2:
        raise lacking("a triangle of an array that is no matrix")
    columns = found.shape[1]
    data = [x if keeps(*divmod(place, columns)) else found.dtype(0) for place, x in enumerate(found.data)]
    return ndarray(data, found.shape, found.dtype)


def tril(value: Any, k: int = 0) -> ndarray:
    """Return the matrix with zeros above its k-th diagonal."""
    return _triangle(value, lambda row, column: column - row <= k)


def triu(value: Any, k: int = 0) -> ndarray:
    """Return the matrix with zeros below its k-th diagonal."""
    return _triangle(value, lambda row, column: column - row >= k)


# -- moving -----------------------------------------------------------------------------------------------------------


def broadcast_shapes(*shapes: Any) -> Shape:
    return broadcast_shape(*map(_shape, shapes))


def broadcast_arrays(*values: Any) -> tuple[ndarray, ...]:
    """Return the arrays in the shape that they have together."""
    found = [asarray(value) for value in values]
    shape = broadcast_shape(*(one.shape for one in found))
    return tuple(broadcast_to(one, shape) for one in found)


def swapaxes(value: Any, first: int, second: int) -> ndarray:
    """Return the array with two axes exchanged."""
    found = asarray(value)
    order = list(range(found.ndim))
    a, b = place_of(first, found.ndim), place_of(second, found.ndim)
    order[a], order[b] = b, a
    return found.transpose(order)


def moveaxis(value: Any, source: int, destination: int) -> ndarray:
    """Return the array with one axis moved to another place."""
    found = asarray(value)
    start, end = place_of(source, found.ndim), place_of(destination, found.ndim)
    order = [place for place in range(found.ndim) if place != start]
    order.insert(end, start)
    return found.transpose(order)


def diagonal(value: Any, axis1: int = 0, axis2: int = 1) -> ndarray:
    """Return the entries with equal places on two axes, along a new last axis."""
    found = asarray(value)
    first, second = place_of(axis1, found.ndim), place_of(axis2, found.ndim)
    axes = axes_of(found.shape)
    own = tuple(i + j for i, j in zip(axes[first], axes[second], strict=False))
    return found.moved((*(axis for place, axis in enumerate(axes) if place not in (first, second)), own))


def trace(value: Any, axis1: int = 0, axis2: int = 1) -> Any:
    return diagonal(value, axis1, axis2).sum(axis=-1)


def concatenate(values: Sequence[Any], axis: int = 0) -> ndarray:
    """Return the arrays one behind the other along an axis."""
    found = [asarray(value) for value in values]
    place = place_of(axis, found[0].ndim)
    others = {(one.shape[:place], one.shape[place + 1 :]) for one in found}
    if len(others) > 1:
        raise ValueError("the arrays differ in another axis than this one")
    kind = s.joined(*(one.dtype for one in found))
    pieces = [(of_kind(one.data, one.dtype, kind), math.prod(one.shape[place:])) for one in found]
    before = found[0].shape[:place]
    data = [x for k in range(math.prod(before)) for piece, step in pieces for x in piece[k * step : (k + 1) * step]]
    return ndarray(data, (*before, sum(one.shape[place] for one in found), *found[0].shape[place + 1 :]), kind)


def stack(values: Sequence[Any], axis: int = 0) -> ndarray:
    """Return the arrays, of one shape, along a new axis."""
    found = [asarray(value) for value in values]
    place = place_of(axis, found[0].ndim + 1)
    if any(one.shape != found[0].shape for one in found):
        raise ValueError("the arrays have different shapes")
    return concatenate([one.reshape((*one.shape[:place], 1, *one.shape[place:])) for one in found], place)


def delete(value: Any, index: int, axis: int) -> ndarray:
    """Return the array without one place on an axis."""
    found = asarray(value)
    length = found.shape[place_of(axis, found.ndim)]
    return found.take([place for place in range(length) if place != range(length)[index]], axis)


def take_along_axis(value: Any, indices: Any, axis: int) -> ndarray:
    """Return the entries whose places along the axis are given; the other axes are broadcast together."""
    found, places = asarray(value), asarray(indices)
    place = place_of(axis, found.ndim)
    if found.ndim != places.ndim or places.dtype is not int:
        raise lacking("take_along_axis of arrays of different dimensions, or of no whole numbers")
    length, stride = found.shape[place], strides_of(found.shape)[place]
    if places.size and not -length <= min(places.data) <= max(places.data) < length:
        raise IndexError(f"an index is out of bounds for an axis of {length} places")
    flat = (*found.shape[:place], 1, *found.shape[place + 1 :])
    shape = broadcast_shape(flat, places.shape)
    axes = list(spread_axes(found.shape, found.shape))
    axes[place] = (0,)
    wide = tuple(axis if len(axis) == size else tuple(axis) * size for axis, size in zip(axes, shape, strict=True))
    numbers = spread(places.data, places.shape, shape)
    data = [found.data[o + k % length * stride] for o, k in zip(offsets_of(wide), numbers, strict=True)]
    return ndarray(data, shape, found.dtype)


# -- choosing and counting --------------------------------------------------------------------------------------------


def where(condition: Any, first: Any, second: Any) -> ndarray:
    """Return the entries of the first array where the condition holds, of the second elsewhere."""
    holds, a, b = broadcast_arrays(condition, first, second)
    kind = s.joined(a.dtype, b.dtype)
    left, right = of_kind(a.data, a.dtype, kind), of_kind(b.data, b.dtype, kind)
    return ndarray([x if c else y for c, x, y in zip(holds.data, left, right, strict=True)], holds.shape, kind)


def argmax(value: Any) -> int:
    """Return the place of the first of the largest entries in the flat list."""
    found = asarray(value)
    most = found.max()
    return next(place for place, x in enumerate(found.data) if x == most or x != x)


def unravel_index(index: int, shape: Any) -> tuple[int, ...]:
    """Return the places of an entry on all axes."""
    wanted = _shape(shape)
    if not 0 <= index < math.prod(wanted):
        raise ValueError(f"an array of shape {wanted} has no entry {index}")
    return tuple(index // max(1, t) % n for n, t in zip(wanted, strides_of(wanted), strict=True))


def argwhere(value: Any) -> ndarray:
    """Return the places of the entries that are not zero, a row each."""
    found = asarray(value)
    places = [unravel_index(place, found.shape) for place, x in enumerate(found.data) if x]
    return ndarray([k for place in places for k in place], (len(places), found.ndim), int)


def count_nonzero(value: Any) -> int:
    return sum(map(bool, asarray(value).data))


def ndindex(*shape: int) -> Iterator[tuple[int, ...]]:
    """Yield the places of all entries of an array of this shape."""
    return itertools.product(*map(range, shape))


def unique(value: Any) -> ndarray:
    """Return the different entries, sorted."""
    found = asarray(value)
    if found.dtype is complex or any(x != x for x in found.data):
        raise lacking("unique of complex numbers, or of what is not a number")
    data = sorted(set(found.data))
    return ndarray(data, (len(data),), found.dtype)


def isin(value: Any, among: Any) -> ndarray:
    """Return for every entry whether it is among these."""
    found, wanted = asarray(value), set(asarray(among).data)
    return ndarray([x in wanted for x in found.data], found.shape, bool)


def cumsum(value: Any) -> ndarray:
    """Return the sums of the first entries of a list."""
    found = asarray(value)
    if found.ndim != 1 or found.dtype is bool:
        raise lacking("cumsum of bool, or of more than one dimension")
    return ndarray(list(itertools.accumulate(found.data)), found.shape, found.dtype)


def prod(value: Any) -> Any:
    """Return the product of all entries."""
    found = asarray(value)
    if found.dtype is bool:
        raise lacking("prod of bool")
    return math.prod(found.data, start=found.dtype(1))


# -- comparing --------------------------------------------------------------------------------------------------------


def isrealobj(value: Any) -> bool:
    return asarray(value).dtype is not complex


def array_equal(first: Any, second: Any) -> bool:
    a, b = asarray(first), asarray(second)
    return a.shape == b.shape and all(x == y for x, y in zip(a.data, b.data, strict=True))


def allclose(first: Any, second: Any, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Return whether |a − b| ≤ atol + rtol |b| for all entries, or a = b where b is not finite."""
    a, b = broadcast_arrays(first, second)
    pairs = zip(a.data, b.data, strict=True)
    return all(x == y or (abs(y) < math.inf and abs(x - y) <= atol + rtol * abs(y)) for x, y in pairs)


# -- reductions as functions ------------------------------------------------------------------------------------------


def largest(value: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    return asarray(value).max(axis, keepdims, initial)


def mean(value: Any) -> Any:
    return asarray(value).mean()


def every(value: Any) -> bool:
    return bool(asarray(value).all())


def some(value: Any) -> bool:
    return bool(asarray(value).any())


def rounded(value: Any, decimals: int = 0) -> Any:
    found = asarray(value).round(decimals)
    return found if isinstance(value, ndarray) or found.shape else found.item()


# -- sums of products over named indices ------------------------------------------------------------------------------


def einsum(formula: str, first: Any, second: Any) -> ndarray:
    """Return the sums of products that a formula such as `...n,kmn->...km` names; dots belong to the first array."""
    a, b = asarray(first), asarray(second)
    sides, arrow, result = formula.partition("->")
    names = sides.split(",")
    if not arrow or len(names) != 2 or "." in names[1]:
        raise lacking(f"einsum({formula!r})")
    dotted = a.ndim - len(names[0].replace("...", "")) if "..." in names[0] else 0
    dots = [f".{place}" for place in range(dotted)]
    mine, yours, out = (_indices(text, dots) for text in (*names, result))
    inner = [name for name in dict.fromkeys(mine + yours) if name not in out]
    lengths: dict[str, int] = {}
    for name, length in zip(mine + yours, a.shape + b.shape, strict=True):
        if lengths.setdefault(name, length) != length:
            raise lacking("einsum with an index of two lengths")
    if len({*mine}) < len(mine) or len({*yours}) < len(yours) or not {*out} <= {*lengths}:
        raise lacking(f"einsum({formula!r})")
    left, right = (_blocks(one, own, out, inner, lengths) for one, own in ((a, mine), (b, yours)))
    kind = s.joined(a.dtype, b.dtype, int)
    data = [sum(map(s.MULTIPLY.quick, x, y), kind(0)) for x, y in zip(left, right, strict=True)]
    return ndarray(data, tuple(lengths[name] for name in out), kind)


def _indices(text: str, dots: list[str]) -> list[str]:
    before, found, after = text.partition("...")
    return [*before, *(dots if found else ()), *after]


def _blocks(
    array: ndarray, own: list[str], out: list[str], inner: list[str], lengths: dict[str, int]
) -> list[Sequence[Any]]:
    """Return for every entry of the result the entries of an array that go into it, in the order of the sum."""
    known = dict(zip(own, axes_of(array.shape), strict=True))
    kept, summed = (tuple(known.get(name, (0,) * lengths[name]) for name in names) for names in (out, inner))
    whole = picked((*kept, *summed))(array.data)
    step = math.prod(map(len, summed))
    return [whole[start : start + step] for start in range(0, len(whole), step or 1)]


# -- entry by entry ---------------------------------------------------------------------------------------------------


def _unary(function: s.Unary) -> Any:
    return lambda value: applied(function, value)


def _binary(function: s.Binary) -> Any:
    return lambda first, second: combined(function, first, second)


exp, log, log10, log1p, expm1 = map(_unary, (s.EXP, s.LOG, s.LOG10, s.LOG1P, s.EXPM1))
sqrt, floor, sign, negative, isfinite = map(_unary, (s.SQRT, s.FLOOR, s.SIGN, s.NEGATIVE, s.ISFINITE))
sin, cos, tan, arcsin, arccos, arctan = map(_unary, (s.SIN, s.COS, s.TAN, s.ARCSIN, s.ARCCOS, s.ARCTAN))
sinh, cosh, tanh = map(_unary, (s.SINH, s.COSH, s.TANH))
add, multiply, divide, power = map(_binary, (s.ADD, s.MULTIPLY, s.DIVIDE, s.POWER))
maximum, minimum = map(_binary, (s.MAXIMUM, s.MINIMUM))
matmul = arrays.matmul
absolute = _unary(s.ABSOLUTE)
