"""The array: a flat list of Python's numbers, the type of them all, and a shape.

Two arrays may share a list, as a view and its base do in NumPy. Such arrays are closed: what is written into one would
have to show in the other, and writing raises NotImplementedError.
"""

from __future__ import annotations

import builtins
import math
import operator
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from math import prod
from types import EllipsisType, GenericAlias
from typing import Any

from . import scalars as s
from .scalars import Binary, Kind, Unary
from .shapes import Axes, Shape, axes_of, broadcast_shape, is_plain, offsets_of, picked, place_of, spread, spread_axes

Data = Sequence[Any]
NUMBERS = (float, int, complex, bool)
LETTERS = {bool: "?", int: "q", float: "d", complex: "dd"}
"""How `struct` writes an entry."""


def lacking(what: str) -> NotImplementedError:
    """Return the error that says what this package does not do."""
    return NotImplementedError(f"the stand-in for NumPy lacks {what}")


def of_kind(data: Data, before: Kind, kind: Kind) -> Data:
    """Return the entries as numbers of another type. A complex number is not made real."""
    if before is kind:
        return data
    if before is complex:
        raise lacking(f"complex numbers as {kind.__name__}")
    return list(map(kind, data))


class ndarray:
    """An array of numbers. A result of no dimensions that NumPy gives as a scalar is a number of Python's here."""

    __slots__ = ("_closed", "data", "dtype", "shape")

    def __init__(self, data: Data, shape: Shape, dtype: Kind, closed: bool = False) -> None:
        self.data, self.shape, self.dtype, self._closed = data, shape, dtype, closed

    __class_getitem__ = classmethod(GenericAlias)  # type: ignore[var-annotated]
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise lacking(f"ndarray.{name}")

    # -- what it is -----------------------------------------------------------

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def flat(self) -> tuple[Any, ...]:
        return tuple(self.data)

    @property
    def real(self) -> ndarray:
        if self.dtype is not complex:
            return self
        self._closed = True
        return ndarray([x.real for x in self.data], self.shape, float, True)

    @property
    def imag(self) -> ndarray:
        if self.dtype is not complex:
            return ndarray([self.dtype(0)] * self.size, self.shape, self.dtype, True)
        self._closed = True
        return ndarray([x.imag for x in self.data], self.shape, float, True)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an array of no dimensions")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def __repr__(self) -> str:
        return f"<array of {self.dtype.__name__}, shape {self.shape}: {self.tolist()}>"

    def __str__(self) -> str:
        raise lacking("an array as text")

    def __format__(self, form: str) -> str:
        return format(self.item(), form)

    def item(self) -> Any:
        """Return the only entry."""
        if self.size != 1:
            raise ValueError("only an array of one entry is a number")
        return self.data[0]

    def _number(self) -> Any:
        if self.shape:
            raise TypeError("only an array of no dimensions is a number")
        return self.data[0]

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __complex__(self) -> complex:
        return complex(self._number())

    def __index__(self) -> int:
        if self.dtype is not int:
            raise TypeError("only a whole number is an index")
        return int(self._number())

    def __bool__(self) -> bool:
        return bool(self.item())

    def tolist(self) -> Any:
        """Return lists in lists, or the number."""
        return _nested(list(self.data), self.shape)

    def tobytes(self) -> bytes:
        """Return the entries as memory holds them, little end first."""
        numbers = self.data if self.dtype is not complex else [part for x in self.data for part in (x.real, x.imag)]
        return struct.pack(f"<{len(numbers)}{LETTERS[self.dtype][0]}", *numbers)

    # -- the same entries in other places -------------------------------------

    def shared(self, data: Data, shape: Shape) -> ndarray:
        """Return an array of entries of this one, which is closed from now on, as the new one is."""
        self._closed = True
        return ndarray(data, shape, self.dtype, True)

    def moved(self, axes: Axes) -> ndarray:
        """Return the entries at these offsets."""
        return self.shared(picked(axes)(self.data), tuple(map(len, axes)))

    def reshape(self, *shape: Any, order: str = "C") -> ndarray:
        """Return the entries in their order, in another shape; one length may be −1."""
        wanted = tuple(map(int, shape[0])) if len(shape) == 1 and not isinstance(shape[0], int) else shape
        if order == "F":
            return self.T.reshape(wanted[::-1]).T
        if order != "C":
            raise lacking(f"the order {order}")
        if -1 in wanted:
            rest = -prod(wanted)
            if wanted.count(-1) > 1 or rest <= 0 or self.size % rest:
                raise ValueError(f"an array of {self.size} entries has no shape {wanted}")
            wanted = tuple(self.size // rest if length == -1 else length for length in wanted)
        if prod(wanted) != self.size:
            raise ValueError(f"an array of {self.size} entries has no shape {wanted}")
        return self.shared(self.data, wanted)

    def ravel(self) -> ndarray:
        return self.reshape(-1)

    def transpose(self, *order: Any) -> ndarray:
        """Return the array with its axes in this order; without one, in the reverse order."""
        wanted = tuple(order[0]) if len(order) == 1 and not isinstance(order[0], int) else order
        places = tuple(place_of(axis, self.ndim) for axis in wanted or range(self.ndim)[::-1])
        if sorted(places) != list(range(self.ndim)):
            raise ValueError("every axis must be named once")
        shape = tuple(self.shape[place] for place in places)
        if is_plain(self.shape, places):
            return self.shared(self.data, shape)
        axes = axes_of(self.shape)
        return self.moved(tuple(axes[place] for place in places))

    @property
    def T(self) -> ndarray:
        return self.transpose()

    def astype(self, dtype: Kind) -> ndarray:
        """Return a copy of numbers of another type."""
        return ndarray(list(of_kind(self.data, self.dtype, dtype)), self.shape, dtype)

    def take(self, indices: Sequence[int], axis: int) -> ndarray:
        """Return the entries at these places along the axis."""
        place, axes = place_of(axis, self.ndim), list(axes_of(self.shape))
        axes[place] = tuple(axes[place][index] for index in indices)
        return self.moved(tuple(axes))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, ndarray) and key.dtype is bool:
            if key.shape != self.shape:
                raise lacking("a mask of another shape")
            found = [x for x, wanted in zip(self.data, key.data, strict=True) if wanted]
            return ndarray(found, (len(found),), self.dtype)
        start, axes = _chosen(key, self.shape)
        if not axes:
            return self.data[start]
        shape = tuple(map(len, axes))
        in_place = all(type(axis) is range and (not axis or axis[0] == 0) for axis in axes)
        if prod(shape) == self.size and not start and in_place:
            return self.shared(self.data, shape)
        return self.shared(picked(((start,), *axes))(self.data), shape)

    def __setitem__(self, key: Any, value: Any) -> None:
        if self._closed:
            raise lacking("writing into an array that shares its entries with another")
        start, axes = _chosen(key, self.shape)
        given = asarray(value)
        if s.RANK[given.dtype] > s.RANK[self.dtype]:
            raise lacking(f"writing {given.dtype.__name__} into an array of {self.dtype.__name__}")
        shape = tuple(map(len, axes))
        numbers = spread(of_kind(given.data, given.dtype, self.dtype), given.shape, shape)
        data = list(self.data)
        for offset, number in zip(offsets_of(axes), numbers, strict=True):
            data[start + offset] = number
        self.data = data

    # -- arithmetic -----------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        return combined(s.ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        return combined(s.ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        return combined(s.SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> Any:
        return combined(s.SUBTRACT, other, self)

    def __mul__(self, other: Any) -> Any:
        return combined(s.MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> Any:
        return combined(s.MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> Any:
        return combined(s.DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return combined(s.DIVIDE, other, self)

    def __pow__(self, other: Any) -> Any:
        return combined(s.POWER, self, other)

    def __rpow__(self, other: Any) -> Any:
        return combined(s.POWER, other, self)

    def __neg__(self) -> Any:
        return applied(s.NEGATIVE, self)

    def __abs__(self) -> Any:
        return applied(s.ABSOLUTE, self)

    def __eq__(self, other: object) -> Any:
        return combined(s.EQUAL, self, other)

    def __ne__(self, other: object) -> Any:
        return combined(s.NOT_EQUAL, self, other)

    def __lt__(self, other: Any) -> Any:
        return combined(s.LESS, self, other)

    def __le__(self, other: Any) -> Any:
        return combined(s.LESS_EQUAL, self, other)

    def __gt__(self, other: Any) -> Any:
        return combined(s.GREATER, self, other)

    def __ge__(self, other: Any) -> Any:
        return combined(s.GREATER_EQUAL, self, other)

    def __and__(self, other: Any) -> Any:
        return combined(s.AND, self, other)

    def __or__(self, other: Any) -> Any:
        return combined(s.OR, self, other)

    def __matmul__(self, other: Any) -> ndarray:
        return matmul(self, other)

    def _in_place(self, other: Any) -> Any:
        raise lacking("arithmetic in place, such as +=")

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ipow__ = __imatmul__ = __iand__ = __ior__ = _in_place

    # -- one number for many --------------------------------------------------

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        zero = 0 if self.dtype is bool else self.dtype(0)
        return reduced(self, lambda numbers: sum(numbers, zero), type(zero), axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        total = self.sum(axis, keepdims)
        gone = range(self.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        return combined(s.DIVIDE, total, prod(self.shape[place] for place in gone))

    def max(self, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
        if self.dtype is complex:
            raise lacking("the largest of complex numbers")
        if initial is None:
            return reduced(self, _largest, self.dtype, axis, keepdims)
        least = self.dtype(initial)
        if least != initial:
            raise lacking(f"the largest of {self.dtype.__name__} and {initial}")
        return reduced(self, lambda numbers: _largest((least, *numbers)), self.dtype, axis, keepdims)

    def all(self, axis: Any = None, keepdims: bool = False) -> Any:
        return reduced(self, builtins.all, bool, axis, keepdims)

    def any(self, axis: Any = None, keepdims: bool = False) -> Any:
        return reduced(self, builtins.any, bool, axis, keepdims)

    def round(self, decimals: int = 0) -> ndarray:
        if self.dtype is complex or decimals < 0:
            raise lacking("rounding complex numbers, or to tens")
        data = self.data if self.dtype is int else [s.rounded(x, decimals) for x in self.data]
        return ndarray(data, self.shape, self.dtype, self.dtype is int)


def _largest(numbers: Data) -> Any:
    if not len(numbers):
        raise ValueError("the largest of no numbers")
    total = sum(numbers)  # not a number if one is none, or of ∞ and −∞
    if total != total and builtins.any(map(operator.ne, numbers, numbers)):
        return math.nan
    return max(numbers)


def _nested(data: list[Any], shape: Shape) -> Any:
    if not shape:
        return data[0]
    if len(shape) == 1:
        return data
    step = prod(shape[1:])
    return [_nested(data[start * step : (start + 1) * step], shape[1:]) for start in range(shape[0])]


# -- making arrays ----------------------------------------------------------------------------------------------------


def asarray(value: Any, dtype: Kind | None = None) -> ndarray:
    """Return a number, lists of numbers or an array as an array; an array of the type is returned as it is."""
    if type(value) in NUMBERS:
        found = ndarray([value], (), type(value))
    elif isinstance(value, ndarray):
        found = value
    elif isinstance(value, list | tuple):
        found = _stacked([asarray(part) for part in value])
    else:
        raise lacking(f"an array of {type(value).__name__}")
    if dtype is not None and dtype not in s.RANK:
        raise lacking(f"the type {dtype}")
    return found if dtype is None or dtype is found.dtype else found.astype(dtype)


def _stacked(parts: list[ndarray]) -> ndarray:
    shape = parts[0].shape if parts else ()
    if any(part.shape != shape for part in parts):
        raise ValueError("the lists have different lengths")
    kind = s.joined(*(part.dtype for part in parts)) if parts else float
    return ndarray([x for part in parts for x in of_kind(part.data, part.dtype, kind)], (len(parts), *shape), kind)


# -- indices ----------------------------------------------------------------------------------------------------------


def _chosen(key: Any, shape: Shape) -> tuple[int, Axes]:
    """Return where an index begins, and the offsets of the axes of what it chooses."""
    keys = list(key) if isinstance(key, tuple) else [key]
    used = builtins.sum(one is not None and not isinstance(one, EllipsisType) for one in keys)
    if used > len(shape):
        raise IndexError("too many indices")
    whole = [slice(None)] * (len(shape) - used)
    gaps = [place for place, one in enumerate(keys) if isinstance(one, EllipsisType)]
    if len(gaps) > 1:
        raise IndexError("an index can only have a single ellipsis")
    gap = gaps[0] if gaps else len(keys)
    keys[gap : gap + 1] = whole
    lists = [one for one in keys if isinstance(one, list | ndarray) and not _is_number(one)]
    if len(lists) > 1 or (lists and any(_is_number(one) for one in keys)):
        raise lacking("an index of several arrays, or of an array and a number")
    start, found, rest = 0, [], iter(axes_of(shape))
    for one in keys:
        if one is None:
            found.append(range(1))
            continue
        axis: Sequence[int] = next(rest)
        if isinstance(one, slice):
            found.append(axis[one])  # type: ignore[arg-type]
        elif _is_number(one):
            start += axis[one.__index__()]
        else:
            found.append(_listed(one, axis))  # type: ignore[arg-type]
    return start, tuple(found)


def _is_number(key: Any) -> bool:
    return type(key) is int or (isinstance(key, ndarray) and key.dtype is int and not key.shape)


def _listed(key: Any, axis: Sequence[int]) -> tuple[int, ...]:
    places = asarray(key)
    if places.ndim != 1 or places.dtype is not int:
        raise lacking(f"an index of {places.dtype.__name__} of {places.ndim} dimensions")
    return tuple(axis[place] for place in places.data)


# -- entry by entry ---------------------------------------------------------------------------------------------------


def applied(function: Unary, value: Any) -> Any:
    """Return the function of every entry."""
    array = value if type(value) is ndarray else asarray(value)
    quick: Callable[[Any], Any] | None = function.real if array.dtype is not complex else function.complex
    if quick is None:
        raise lacking(f"{function.name} of complex numbers")
    kind = function.result(array.dtype)
    if array.dtype is bool and kind is not float:
        raise lacking(f"{function.name} of bool")
    try:
        data = list(map(quick, array.data))
    except s.RAISED:
        data = [_at(function, quick, x) for x in array.data]
    return ndarray(data, array.shape, kind) if isinstance(value, ndarray) or array.shape else data[0]


def _at(function: Unary, quick: Callable[[Any], Any], x: Any) -> Any:
    if not isinstance(x, complex):
        return function.safe(x)
    try:
        return quick(x)
    except s.RAISED:
        return s.NOT_A_NUMBER


def combined(function: Binary, first: Any, second: Any) -> Any:
    """Return the function of the entries of two arrays, broadcast together."""
    a = first if type(first) is ndarray else asarray(first)
    b = second if type(second) is ndarray else asarray(second)
    kind = function.result(a.dtype, b.dtype)
    left, right = a.data, b.data
    if function.casts:
        left, right = of_kind(left, a.dtype, kind), of_kind(right, b.dtype, kind)
    shape = a.shape
    if shape != b.shape:
        shape = broadcast_shape(shape, b.shape)
        if len(right) == 1 and prod(shape) == len(left):
            right = repeat(right[0], len(left))  # type: ignore[assignment]
        elif len(left) == 1 and prod(shape) == len(right):
            left = repeat(left[0], len(right))  # type: ignore[assignment]
        else:
            left, right = spread(left, a.shape, shape), spread(right, b.shape, shape)
    try:
        data = list(map(function.quick, left, right))
    except s.RAISED:
        left, right = spread(a.data, a.shape, shape), spread(b.data, b.shape, shape)
        if function.casts:
            left, right = of_kind(left, a.dtype, kind), of_kind(right, b.dtype, kind)
        data = list(map(function.safe, left, right))
    return ndarray(data, shape, kind) if shape or type(first) is ndarray or type(second) is ndarray else data[0]


# -- sums and products ------------------------------------------------------------------------------------------------


def reduced(array: ndarray, function: Callable[[Data], Any], kind: Kind, axis: Any, keepdims: bool) -> Any:
    """Return one number for all entries along the axes (None: along all)."""
    if axis is None:
        found = function(array.data)
        return ndarray([found], (1,) * array.ndim, kind) if keepdims else found
    gone = sorted({place_of(one, array.ndim) for one in (axis if isinstance(axis, tuple) else (axis,))})
    groups = _groups(array, gone)
    found = list(map(function, groups))
    if keepdims:
        return ndarray(found, tuple(1 if p in gone else length for p, length in enumerate(array.shape)), kind)
    shape = tuple(length for place, length in enumerate(array.shape) if place not in gone)
    return ndarray(found, shape, kind) if shape else found[0]


def _groups(array: ndarray, gone: list[int]) -> Iterable[Data]:
    """Return for every entry of a reduced array the entries that become one."""
    count = prod(array.shape[place] for place in gone)
    kept = [place for place in range(array.ndim) if place not in gone]
    number = prod(array.shape[place] for place in kept)
    after = prod(array.shape[gone[-1] + 1 :])
    data = array.data
    if after > 1 and array.size and count == prod(array.shape[gone[0] : gone[-1] + 1]):
        # The axes are neighbours: blocks of what comes after them lie side by side.
        blocks = [data[start : start + after] for start in range(0, array.size, after)]
        return [group for k in range(0, len(blocks), count) for group in zip(*blocks[k : k + count], strict=True)]
    if not is_plain(array.shape, (*kept, *gone)):
        axes = axes_of(array.shape)
        data = picked(tuple(axes[place] for place in (*kept, *gone)))(data)
    return [data[k * count : (k + 1) * count] for k in range(number)]


def matmul(first: Any, second: Any) -> ndarray:
    """Return the products of matrices, which lie along the last two axes."""
    a, b = asarray(first), asarray(second)
    if a.ndim < 2 or b.ndim < 2:
        raise lacking("matmul of a vector")
    if bool in (a.dtype, b.dtype):
        raise lacking("matmul of bool")
    (rows, inner), (height, columns) = a.shape[-2:], b.shape[-2:]
    if inner != height:
        raise ValueError(f"matrices of {inner} columns and of {height} rows have no product")
    before = broadcast_shape(a.shape[:-2], b.shape[:-2])
    kind = s.joined(a.dtype, b.dtype)
    left = spread(_rows_of(a.data, rows, inner), a.shape[:-2], before)
    right = spread(_columns_of(b.data, inner, columns), b.shape[:-2], before)
    if inner == 1:
        data = [x * y for down, across in zip(left, right, strict=True) for (x,) in down for (y,) in across]
    else:
        zero = kind(0)
        data = [
            sum(map(s.MULTIPLY.quick, row, column), zero)
            for down, across in zip(left, right, strict=True)
            for row in down
            for column in across
        ]
    return ndarray(data, (*before, rows, columns), kind)


def _rows_of(data: Data, rows: int, inner: int) -> list[list[Data]]:
    """Return the rows of all matrices."""
    size = rows * inner
    count = len(data) // size if size else 0
    return [[data[k * size + i * inner : k * size + (i + 1) * inner] for i in range(rows)] for k in range(count)]


def _columns_of(data: Data, inner: int, columns: int) -> list[list[Data]]:
    """Return the columns of all matrices."""
    size = inner * columns
    count = len(data) // size if size else 0
    return [[data[k * size + j : (k + 1) * size : columns] for j in range(columns)] for k in range(count)]


def broadcast_to(array: Any, shape: Any) -> ndarray:
    """Return the array broadcast to a shape."""
    found, target = asarray(array), (shape,) if isinstance(shape, int) else tuple(shape)
    if found.shape == target:
        return found.shared(found.data, target)
    spread_axes(found.shape, target)
    return found.shared(spread(found.data, found.shape, target), target)
