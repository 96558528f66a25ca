"""The stand-in for NumPy against NumPy, operation by operation."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import jacobook.browser.numpy_stand_in.numpy as stand_in

KINDS: dict[str, type] = {"f": float, "c": complex, "i": int, "b": bool}
DTYPES = {"f": np.float64, "c": np.complex128, "i": np.int64, "b": np.bool_}
QUICK = settings(derandomize=True, max_examples=20, deadline=None)


# -- the same array in both, and two results compared -----------------------------------------------------------------


def ours(value: Any) -> Any:
    """Return NumPy's array, or arrays, as the stand-in holds them."""
    if isinstance(value, np.ndarray):
        return stand_in.ndarray(value.ravel().tolist(), value.shape, KINDS[value.dtype.kind])
    return [ours(one) for one in value] if isinstance(value, list) else value


def assert_same(found: Any, expected: Any, tolerance: float) -> None:
    """Compare shapes, types and entries; a complex number that is not finite only has to be none in both."""
    if isinstance(expected, tuple | list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other, tolerance)
        return
    wanted = np.asarray(expected)
    if isinstance(found, stand_in.ndarray):
        assert found.shape == wanted.shape
        assert found.dtype is KINDS[wanted.dtype.kind]
        assert all(type(x) is found.dtype for x in found.data)
        numbers = np.array(list(found.data), dtype=wanted.dtype).reshape(wanted.shape)
    else:
        assert wanted.shape == ()
        assert type(found) is KINDS[wanted.dtype.kind]
        numbers = np.asarray(found)
    finite = np.isfinite(wanted)
    assert np.array_equal(np.isfinite(numbers), finite)
    if wanted.dtype.kind == "f":
        assert np.array_equal(numbers[~finite], wanted[~finite], equal_nan=True)
    if tolerance:
        np.testing.assert_allclose(numbers[finite], wanted[finite], rtol=tolerance, atol=tolerance)
    else:
        assert np.array_equal(numbers[finite], wanted[finite])


def check(operation: Callable[..., Any], *values: Any, tolerance: float = 0.0) -> None:
    """Run an operation by NumPy and by the stand-in; where NumPy refuses, the stand-in must not answer."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # such as that the mean is of nothing
        try:
            expected = operation(np, *values)
        except (ValueError, IndexError, TypeError, np.linalg.LinAlgError):
            with pytest.raises((ValueError, IndexError, TypeError, NotImplementedError)):
                operation(stand_in, *map(ours, values))
            return
    assert_same(operation(stand_in, *map(ours, values)), expected, tolerance)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.0, 1e-30, 1e300, -1e300, 800.0, -800.0]
NOT_FINITE = [np.inf, -np.inf, np.nan]
MODERATE = st.floats(-4, 4, width=32)
NUMBERS = {
    "f": MODERATE | st.sampled_from(SPECIAL),
    "c": st.builds(complex, MODERATE, MODERATE | st.sampled_from([0.0, 1e-30, -2e-30])),
    "i": st.integers(-9, 9),
    "b": st.booleans(),
}
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=3) | hnp.array_shapes(min_dims=1, min_side=0)


def arrays(kinds: str = "fcib", shapes: Any = SHAPES, numbers: Any = None) -> st.SearchStrategy[Any]:
    """Arrays of some of the kinds: 0-d ones, sides of length 1, and empty ones too."""
    return st.one_of(
        *(hnp.arrays(DTYPES[kind], shapes, elements=NUMBERS[kind] if numbers is None else numbers) for kind in kinds)
    )


@st.composite
def pairs(draw: st.DrawFn, first: str, second: str, numbers: Any = None) -> tuple[Any, Any]:
    """Two arrays that broadcast together."""
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3)).input_shapes
    kinds = (draw(st.sampled_from(first)), draw(st.sampled_from(second)))
    found = [draw(arrays(kind, st.just(shape), numbers)) for kind, shape in zip(kinds, shapes, strict=True)]
    return found[0], found[1]


# -- entry by entry ---------------------------------------------------------------------------------------------------

REAL = st.sampled_from(SPECIAL + NOT_FINITE) | MODERATE
OF_COMPLEX = [
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "log1p",
    "expm1",
    "abs",
    "isfinite",
]
OF_REAL = ["floor", "log10", "arcsin", "arccos"]
UNARY = {**dict.fromkeys(OF_COMPLEX, "fc"), **dict.fromkeys(OF_REAL, "f"), "negative": "fci", "sign": "fi"}


@pytest.mark.parametrize("name", UNARY)
@QUICK
@given(data=st.data())
def test_a_function_of_every_entry(name: str, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(UNARY[name]))
    value = data.draw(arrays(kind, numbers=REAL if kind == "f" else None))
    if kind == "c":  # NumPy and Python may lie on different sides of a cut
        assume(np.all(value.imag != 0) or name in ("exp", "sin", "cos", "negative", "abs", "isfinite"))
    check(lambda xp, x: getattr(xp, name)(x), value, tolerance=1e-13)


@pytest.mark.parametrize("name", OF_COMPLEX[:-2])
@QUICK
@given(x=st.floats(0.05, 0.95))
def test_a_complex_step_gives_the_derivative(name: str, x: float) -> None:
    """The imaginary part is 1e-30 times the derivative, to its last digits."""
    step = np.array(complex(x, 1e-30))
    found = getattr(stand_in, name)(ours(step)).imag.item()
    assert found == pytest.approx(float(getattr(np, name)(step).imag), rel=1e-14, abs=0)


BINARY: dict[str, tuple[Callable[[Any, Any, Any], Any], str]] = {
    "+": (lambda xp, a, b: a + b, "fci"),
    "-": (lambda xp, a, b: a - b, "fci"),
    "*": (lambda xp, a, b: a * b, "fci"),
    "/": (lambda xp, a, b: a / b, "fcib"),
    "==": (lambda xp, a, b: a == b, "fcib"),
    "!=": (lambda xp, a, b: a != b, "fcib"),
    "<": (lambda xp, a, b: a < b, "fib"),
    "<=": (lambda xp, a, b: a <= b, "fib"),
    ">": (lambda xp, a, b: a > b, "fib"),
    ">=": (lambda xp, a, b: a >= b, "fib"),
    "&": (lambda xp, a, b: a & b, "b"),
    "|": (lambda xp, a, b: a | b, "b"),
    "add": (lambda xp, a, b: xp.add(a, b), "fci"),
    "multiply": (lambda xp, a, b: xp.multiply(a, b), "fci"),
    "divide": (lambda xp, a, b: xp.divide(a, b), "fci"),
    "maximum": (lambda xp, a, b: xp.maximum(a, b), "fi"),
    "minimum": (lambda xp, a, b: xp.minimum(a, b), "fi"),
    "power": (lambda xp, a, b: xp.power(a, b), "f"),
    "**": (lambda xp, a, b: a**b, "f"),
    "allclose": (lambda xp, a, b: xp.allclose(a, b), "fci"),
    "array_equal": (lambda xp, a, b: xp.array_equal(a, b), "fcib"),
    "broadcast_arrays": (lambda xp, a, b: xp.broadcast_arrays(a, b), "fcib"),
    "where": (lambda xp, a, b: xp.where(a == a, a, b), "fcib"),
}


@pytest.mark.parametrize("name", BINARY)
@QUICK
@given(data=st.data())
def test_an_operation_on_two_arrays(name: str, data: st.DataObject) -> None:
    operation, kinds = BINARY[name]
    first, second = data.draw(pairs(kinds, kinds))
    check(operation, first, second, tolerance=1e-14)


EVERY = np.array([*SPECIAL, *NOT_FINITE])


@pytest.mark.parametrize("name", ["+", "-", "*", "/", "<", "==", "maximum", "minimum", "power"])
def test_every_special_number_with_every_other(name: str) -> None:
    check(BINARY[name][0], EVERY[:, None], EVERY, tolerance=1e-14)


def test_the_largest_is_no_number_where_one_is_none() -> None:
    for place in range(3):
        numbers = np.array([[1.0, 3.0, 2.0], [4.0, 0.0, 1.0]])
        numbers[0, place] = np.nan
        check(lambda xp, a: float(xp.max(a)), numbers)
        check(lambda xp, a: a.max(axis=1), numbers)
        check(lambda xp, a: int(xp.argmax(a)), numbers)


@pytest.mark.parametrize("name", ["+", "-", "*", "/", "<", "==", "maximum", "minimum", "power"])
@QUICK
@given(data=st.data())
def test_numbers_that_are_not_finite(name: str, data: st.DataObject) -> None:
    first, second = data.draw(pairs("f", "f", REAL))
    check(BINARY[name][0], first, second, tolerance=1e-14)


@pytest.mark.parametrize("name", ["+", "-", "*", "/", "<", "=="])
@QUICK
@given(value=arrays("fi"), number=st.integers(-3, 3) | st.sampled_from([0.5, -2.25]), turned=st.booleans())
def test_an_array_and_a_number(name: str, value: Any, number: float, turned: bool) -> None:
    operation = BINARY[name][0]
    check(lambda xp, a: operation(xp, number, a) if turned else operation(xp, a, number), value, tolerance=1e-14)


@QUICK
@given(value=arrays("fc"), exponent=st.integers(0, 4))
def test_a_whole_power(value: Any, exponent: int) -> None:
    assume(np.all(np.abs(value) < 1e50))
    check(lambda xp, a: a**exponent, value, tolerance=1e-13)
    check(lambda xp, a: -a, value)
    check(lambda xp, a: abs(a), value, tolerance=1e-14)


@QUICK
@given(condition=arrays("b"), data=st.data())
def test_where(condition: Any, data: st.DataObject) -> None:
    first, second = (data.draw(arrays("fci", st.just(condition.shape))) for _ in range(2))
    check(lambda xp, c, a, b: xp.where(c, a, b), condition, first, second)
    check(lambda xp, c, a: xp.where(c, a, 0.0), condition, first)


# -- shapes, views and indices ----------------------------------------------------------------------------------------


@st.composite
def axes_of(draw: st.DrawFn, value: Any, least: int = 1) -> int:
    assume(value.ndim >= least)
    return draw(st.integers(-value.ndim, value.ndim - 1))


@QUICK
@given(value=arrays(), data=st.data())
def test_entries_in_other_places(value: Any, data: st.DataObject) -> None:
    check(lambda xp, a: a.T, value)
    check(lambda xp, a: a.ravel(), value)
    check(lambda xp, a: a.reshape(-1), value)
    check(lambda xp, a: a.reshape((1, *a.shape)), value)
    check(lambda xp, a: a.reshape(a.shape[::-1], order="F"), value)
    check(lambda xp, a: a.reshape(a.size, -1, 1), value)
    check(lambda xp, a: xp.moveaxis(a, 0, -1), value)
    check(lambda xp, a: xp.moveaxis(a, -1, 0), value)
    order = data.draw(st.permutations(range(value.ndim)))
    check(lambda xp, a: a.transpose(order), value)
    check(lambda xp, a: a.transpose(*order), value)
    first, second = data.draw(axes_of(value)), data.draw(axes_of(value))
    check(lambda xp, a: xp.swapaxes(a, first, second), value)


@QUICK
@given(value=arrays(), data=st.data())
def test_broadcasting(value: Any, data: st.DataObject) -> None:
    shape = data.draw(hnp.broadcastable_shapes(value.shape, max_dims=5, max_side=3))
    check(lambda xp, a: xp.broadcast_to(a, shape), value)
    shapes = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=3)).input_shapes
    check(lambda xp: xp.broadcast_shapes(*shapes))
    other = data.draw(SHAPES)
    check(lambda xp, a: xp.broadcast_to(a, other), value)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(value=arrays(), data=st.data())
def test_indices(value: Any, data: st.DataObject) -> None:
    key = data.draw(hnp.basic_indices(value.shape, allow_newaxis=True))
    check(lambda xp, a: a[key], value)


@QUICK
@given(value=arrays(), data=st.data())
def test_indices_of_lists(value: Any, data: st.DataObject) -> None:
    axis = data.draw(axes_of(value)) % value.ndim
    assume(value.shape[axis])
    places = data.draw(st.lists(st.integers(-value.shape[axis], value.shape[axis] - 1), min_size=1, max_size=4))
    before = (slice(None),) * axis
    check(lambda xp, a: a[(*before, places)], value)
    check(lambda xp, a: a[(*before, xp.array(places))], value)
    check(lambda xp, a: a.take(places, axis=axis), value)
    check(lambda xp, a: xp.delete(a, places[0], axis=axis), value)


@QUICK
@given(value=arrays("fci"))
def test_a_mask(value: Any) -> None:
    check(lambda xp, a: a[a != 0], value)


@QUICK
@given(value=arrays("fci"), data=st.data())
def test_writing(value: Any, data: st.DataObject) -> None:
    key = data.draw(hnp.basic_indices(value.shape))
    number = data.draw(NUMBERS[value.dtype.kind] if value.dtype.kind != "f" else MODERATE)

    def write(xp: Any, a: Any) -> Any:
        fresh = xp.array(a.tolist())
        fresh[key] = number
        return fresh

    check(write, value)


@QUICK
@given(data=st.data())
def test_writing_an_array(data: st.DataObject) -> None:
    value = data.draw(arrays("f", hnp.array_shapes(min_dims=2, max_dims=4, max_side=3)))
    row = data.draw(arrays("fi", st.just(value.shape[-1:])))

    def write(xp: Any, a: Any, b: Any) -> Any:
        fresh = xp.array(a.tolist())
        fresh[..., 0, :] = b
        return fresh

    check(write, value, row)


@QUICK
@given(value=arrays("fi"), other=arrays("i"), data=st.data())
def test_take_along_an_axis(value: Any, other: Any, data: st.DataObject) -> None:
    axis = data.draw(axes_of(value))
    length = value.shape[axis]
    assume(length)
    shape = [data.draw(st.sampled_from([1, side])) for side in value.shape]
    shape[axis] = data.draw(st.integers(1, 3))
    places = data.draw(hnp.arrays(np.int64, tuple(shape), elements=st.integers(-length, length - 1)))
    check(lambda xp, a, k: xp.take_along_axis(a, k, axis=axis), value, places)
    narrow = value[tuple(slice(0, 1) if place != axis % value.ndim else slice(None) for place in range(value.ndim))]
    wide = np.zeros((3,) * value.ndim, dtype=int)
    check(lambda xp, a, k: xp.take_along_axis(a, k, axis=axis), narrow, wide)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_take_along_an_axis_from_its_end(axis: int) -> None:
    value = np.arange(24.0).reshape(2, 3, 4)  # entries that all differ
    places = np.full([1 if place == axis % 3 else 3 - (place == 0) + (place == 2) for place in range(3)], -1)
    check(lambda xp, a, k: xp.take_along_axis(a, k, axis=axis), value, places)


@QUICK
@given(data=st.data())
def test_joining(data: st.DataObject) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=3))
    values = [data.draw(arrays("fci", st.just(shape))) for _ in range(3)]
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    check(lambda xp, *a: xp.stack(a, axis=axis), *values)
    check(lambda xp, *a: xp.concatenate(a, axis=axis), *values)
    check(lambda xp, a: xp.concatenate([a, a[:1]], axis=0), values[0])


# -- sums, extremes, counts -------------------------------------------------------------------------------------------


@QUICK
@given(value=arrays("fci"), keep=st.booleans(), data=st.data())
def test_one_number_for_many(value: Any, keep: bool, data: st.DataObject) -> None:
    assume(np.all(np.abs(value) < 1e50))
    axis = data.draw(st.none() | hnp.valid_tuple_axes(value.ndim, min_size=1) if value.ndim else st.none())
    check(lambda xp, a: a.sum(axis=axis, keepdims=keep), value, tolerance=1e-13)
    check(lambda xp, a: a.any(axis=axis, keepdims=keep), value)
    check(lambda xp, a: a.all(axis=axis, keepdims=keep), value)
    check(lambda xp, a: a.mean(axis=axis, keepdims=keep), value, tolerance=1e-13)
    if value.dtype.kind != "c":
        check(lambda xp, a: a.max(axis=axis, keepdims=keep), value)
        check(lambda xp, a: xp.max(a, axis=axis, keepdims=keep), value)
        check(lambda xp, a: xp.max(xp.abs(a), initial=0.0), value)


@QUICK
@given(value=arrays("b"), data=st.data())
def test_sums_of_what_holds(value: Any, data: st.DataObject) -> None:
    axis = data.draw(axes_of(value))
    check(lambda xp, a: a.sum(axis=axis), value)
    check(lambda xp, a: a.mean(), value, tolerance=1e-15)
    check(lambda xp, a: xp.count_nonzero(a), value)
    check(lambda xp, a: xp.argwhere(a), value)
    check(lambda xp, a: bool(xp.all(a)), value)
    check(lambda xp, a: bool(xp.any(a)), value)


@QUICK
@given(value=arrays("fi", numbers=None), rough=arrays("f", numbers=REAL))
def test_the_largest(value: Any, rough: Any) -> None:
    check(lambda xp, a: int(xp.argmax(a)), value)
    check(lambda xp, a: tuple(map(int, xp.unravel_index(int(xp.argmax(a)), a.shape))), value)
    check(lambda xp, a: float(xp.max(a)), rough)
    check(lambda xp, a: int(xp.argmax(a)), rough)
    check(lambda xp, a: xp.unique(a), value)
    if np.all(np.abs(value) < 1e9):  # beyond, what is left of a sum hangs on the order of its terms
        check(lambda xp, a: float(xp.mean(a)), value, tolerance=1e-13)
    check(lambda xp, a: xp.isin(a, [1, 2.0, -3]), value)


@QUICK
@given(value=arrays("fi"), decimals=st.integers(0, 10))
def test_rounding(value: Any, decimals: int) -> None:
    assume(np.all(np.abs(value) < 1e50))
    check(lambda xp, a: xp.round(a, decimals), value)
    check(lambda xp, a: a.round(), value)


@pytest.mark.parametrize("x", [0.5, 1.5, 2.5, -0.5, 0.125, 2.675, 1.005, 12.345678901234567])
def test_halves_are_rounded_to_even(x: float) -> None:
    for decimals in range(4):
        check(lambda xp, decimals=decimals: float(xp.round(x, decimals)))


@QUICK
@given(value=arrays("fi", hnp.array_shapes(min_dims=1, max_dims=1, max_side=6)))
def test_running_sums(value: Any) -> None:
    check(lambda xp, a: xp.cumsum(a), value, tolerance=1e-13)
    check(lambda xp, a: xp.prod(a), value, tolerance=1e-12)


# -- matrices ---------------------------------------------------------------------------------------------------------

MATRICES = hnp.array_shapes(min_dims=2, max_dims=4, max_side=4)


@QUICK
@given(value=arrays("fci", MATRICES), k=st.integers(-3, 3))
def test_diagonals_and_triangles(value: Any, k: int) -> None:
    check(lambda xp, a: xp.diagonal(a, axis1=-2, axis2=-1), value)
    check(lambda xp, a: xp.diagonal(a, axis1=0, axis2=-1), value)
    check(lambda xp, a: xp.trace(a, axis1=-2, axis2=-1), value, tolerance=1e-14)
    plain = value.reshape(value.shape[-2:]) if value.ndim == 2 else value[(0,) * (value.ndim - 2)]
    check(lambda xp, a: xp.diag(a), plain)
    check(lambda xp, a: xp.diag(a), plain[0])
    check(lambda xp, a: xp.tril(a, k), plain)
    check(lambda xp, a: xp.triu(a, k), plain)


@st.composite
def factors(draw: st.DrawFn) -> tuple[Any, Any]:
    before = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3)).input_shapes
    rows, inner, columns = (draw(st.integers(1, 4)) for _ in range(3))
    first = draw(arrays("fci", st.just((*before[0], rows, inner)), None))
    return first, draw(arrays("fci", st.just((*before[1], inner, columns)), None))


@QUICK
@given(both=factors())
def test_products(both: tuple[Any, Any]) -> None:
    assume(all(np.all(np.abs(one) < 1e50) for one in both))
    check(lambda xp, a, b: a @ b, *both, tolerance=1e-12)
    check(lambda xp, a, b: xp.matmul(a, b), *both, tolerance=1e-12)


@QUICK
@given(data=st.data())
def test_sums_of_products(data: st.DataObject) -> None:
    before = data.draw(hnp.array_shapes(min_dims=0, max_dims=2, max_side=3))
    k, m, n = (data.draw(st.integers(1, 3)) for _ in range(3))
    u = data.draw(arrays("fc", st.just((*before, n)), MODERATE))
    w = data.draw(arrays("f", st.just((k, m, n)), MODERATE))
    check(lambda xp, a, b: xp.einsum("...n,kmn->...km", a, b), u, w, tolerance=1e-12)
    check(lambda xp, a, b: xp.einsum("kmn,kmn->m", b, b), u, w, tolerance=1e-12)


def square(draw: st.DrawFn, kinds: str = "f", most: int = 5) -> Any:
    """Random square matrices, a few at once: well conditioned ones, and nearly singular ones."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size, before = draw(st.integers(1, most)), draw(hnp.array_shapes(min_dims=0, max_dims=2, max_side=3))
    value = random.uniform(-1, 1, (*before, size, size))
    return value + 1j * random.uniform(-1, 1, value.shape) if draw(st.sampled_from(kinds)) == "c" else value


REAL_SQUARE = st.composite(square)()
ANY_SQUARE = st.composite(square)("fc")


@QUICK
@given(value=ANY_SQUARE)
def test_inverses_and_determinants(value: Any) -> None:
    assume(np.all(np.linalg.cond(value) < 1e4))
    check(lambda xp, a: xp.linalg.det(a), value, tolerance=1e-11)
    check(lambda xp, a: xp.linalg.inv(a), value, tolerance=1e-9)
    right = np.ones((*value.shape[-2:-1], 2)) + np.arange(2)
    check(lambda xp, a, b: xp.linalg.solve(a, b), value, right, tolerance=1e-9)


@QUICK
@given(value=REAL_SQUARE)
def test_rotations_and_reflections(value: Any) -> None:
    check(lambda xp, a: xp.linalg.eigvalsh(a), value, tolerance=1e-12)
    check(lambda xp, a: xp.linalg.eigvalsh(a @ xp.swapaxes(a, -1, -2)), value, tolerance=1e-12)
    assume(np.all(np.linalg.cond(value) < 1e6))
    check(lambda xp, a: xp.linalg.cond(a), value, tolerance=1e-8)
    assume(np.all(np.linalg.cond(value) < 1e3))
    check(lambda xp, a: [*xp.linalg.qr(a)], value, tolerance=1e-11)


@pytest.mark.parametrize("power", range(13))
def test_the_condition_number_of_a_nearly_singular_matrix(power: int) -> None:
    """The thresholds of the engine lie at 1e5, 1e8 and 1e13: it must be right far beyond what A′A would give."""
    turn = np.linalg.qr(np.arange(1.0, 10).reshape(3, 3) + np.eye(3))[0]
    value = turn @ np.diag([1.0, 0.3, 10.0**-power]) @ turn.T
    found, expected = stand_in.linalg.cond(ours(value)), np.linalg.cond(value)
    assert found == pytest.approx(expected, rel=max(1e-10, 1e-14 * 10.0**power))


@pytest.mark.parametrize(
    "value", [np.zeros((2, 2)), np.ones((2, 2)), np.arange(9.0).reshape(3, 3), np.eye(3)[:, [0, 0, 1]]]
)
def test_singular_matrices(value: Any) -> None:
    assert stand_in.linalg.cond(ours(value)) > 1e13
    assert np.linalg.cond(value) > 1e13
    assert abs(stand_in.linalg.det(ours(value))) < 1e-13
    if np.linalg.matrix_rank(value) < 2:
        with pytest.raises(stand_in.linalg.LinAlgError):
            stand_in.linalg.inv(ours(value))


# -- making arrays, and leaving them ----------------------------------------------------------------------------------


def test_arrays_that_are_made() -> None:
    for shape in ((), (3,), (2, 1), (2, 3, 1), 3, 0, (2, 0)):
        for name in ("zeros", "ones"):
            check(lambda xp, name=name, shape=shape: getattr(xp, name)(shape))
            check(lambda xp, name=name, shape=shape: getattr(xp, name)(shape, dtype=int))
        check(lambda xp, shape=shape: xp.full(shape, 2.5))
        check(lambda xp, shape=shape: xp.full(shape, 2))
        check(lambda xp, shape=shape: xp.ones_like(xp.zeros(shape)))
        assert stand_in.empty(shape, dtype=complex).shape == np.empty(shape).shape
    for rows, columns, k in ((3, 3, 0), (2, 4, 1), (4, 2, -1), (2, 5, 3), (1, 1, 0), (3, 2, 5)):
        check(lambda xp, rows=rows, columns=columns, k=k: xp.eye(rows, columns, k))
        check(lambda xp, rows=rows: xp.eye(rows, dtype=bool))
    for bounds in ((4,), (1, 4), (1.0, 4.5), (0, 7, 2), (1.0, 2.0, 0.25), (4, 1)):
        check(lambda xp, bounds=bounds: xp.arange(*bounds))
    for nested in (1, 2.5, 1j, True, [1, 2], [[1.0, 2], [3, 4]], [[[0.5]]], [True, False], [], (1, 2)):
        check(lambda xp, nested=nested: xp.array(nested))
        check(lambda xp, nested=nested: xp.asarray(nested, dtype=float) if nested != 1j else xp.array(0.0))
    check(lambda xp: [list(place) for place in xp.ndindex(2, 3)])
    assert stand_in.finfo(float).eps == np.finfo(float).eps
    assert (stand_in.pi, stand_in.inf) == (np.pi, np.inf)
    assert np.isnan(stand_in.nan)
    with stand_in.errstate(all="ignore"):
        assert stand_in.log(stand_in.zeros(1)).tolist() == [-np.inf]


@QUICK
@given(value=arrays())
def test_what_an_array_says_of_itself(value: Any) -> None:
    own = ours(value)
    assert (own.shape, own.ndim, own.size) == (value.shape, value.ndim, value.size)
    assert own.tolist() == value.tolist() or not np.array_equal(value, value)
    assert own.tobytes() == value.tobytes()
    assert list(own.flat) == list(value.flat)
    assert stand_in.isrealobj(own) == np.isrealobj(value)
    check(lambda xp, a: a.real, value)
    check(lambda xp, a: a.imag, value)
    if value.dtype.kind != "c":
        check(lambda xp, a: a.astype(float), value)
        check(lambda xp, a: xp.asarray(a, dtype=float), value)
    for convert in (bool, len, list) if value.ndim else (bool, float, int, complex):
        try:
            expected = convert(value)
        except (TypeError, ValueError, OverflowError) as error:
            with pytest.raises(type(error)):
                convert(own)
        else:
            found = convert(own)
            assert_same(found, expected, 0.0)
    if value.size == 1:
        assert own.item() == value.item()
    if not value.ndim and value.dtype.kind == "f":
        assert f"{own:.6g}" == f"{value:.6g}"


# -- random numbers ---------------------------------------------------------------------------------------------------

DRAWS: dict[str, Callable[[Any, Any, int], Any]] = {
    "random": lambda xp, random, n: random.random((n, 2)),
    "uniform": lambda xp, random, n: random.uniform(-0.3, 1.7, (n, 2)),
    "uniform, one": lambda xp, random, n: random.uniform(0.25, 1.5),
    "integers": lambda xp, random, n: random.integers(1, 10, n),
    "integers below": lambda xp, random, n: random.integers(n, size=3),
    "choice": lambda xp, random, n: random.choice([-1.0, 1.0, 0.5], (n, 2)),
    "choice, one": lambda xp, random, n: random.choice([0.3, 0.6, 1.0, 2.5]),
    "choice, array": lambda xp, random, n: random.choice(xp.array([2, 4, 5, 6, 8, 10, 12]), n),
    "permutation": lambda xp, random, n: random.permutation(n + 3),
    "permutation, array": lambda xp, random, n: random.permutation(xp.arange(1.0, n + 3)),
    "multinomial": lambda xp, random, n: random.multinomial(10 - n, xp.full(n, 1 / n)),
    "multinomial, uneven": lambda xp, random, n: random.multinomial(20, [0.6, 0.3, 0.1]),
}


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1) | st.integers(0, 2**200),
    drawn=st.lists(st.tuples(st.sampled_from([*DRAWS]), st.integers(1, 8)), min_size=1, max_size=8),
)
def test_random_numbers_are_equal_bit_for_bit(seed: int, drawn: list[tuple[str, int]]) -> None:
    """One generator makes all draws, so that each must also leave it as NumPy does."""
    theirs, own = np.random.default_rng(seed), stand_in.random.default_rng(seed)
    for name, count in drawn:
        expected, found = DRAWS[name](np, theirs, count), DRAWS[name](stand_in, own, count)
        assert_same(found, expected, 0.0)


def test_the_first_numbers_of_a_generator_are_those_that_were_written_down() -> None:
    """NumPy's documentation promises that PCG64 and SeedSequence stay as they are."""
    assert np.random.default_rng(12345).random(2).tolist() == [0.22733602246716966, 0.31675833970975287]
    assert stand_in.random.default_rng(12345).random(2).tolist() == [0.22733602246716966, 0.31675833970975287]


# -- what it refuses --------------------------------------------------------------------------------------------------

LACKING: dict[str, Callable[[Any], Any]] = {
    "numpy.fft": lambda xp: xp.fft,
    "ndarray.argsort": lambda xp: xp.zeros(3).argsort(),
    "random.Generator.normal": lambda xp: xp.random.default_rng(1).normal(),
    "random numbers from the seed None": lambda xp: xp.random.default_rng(None),
    "cond of complex numbers": lambda xp: xp.linalg.cond(xp.array([[1j]])),
    "sign of complex numbers": lambda xp: xp.sign(xp.array([1j])),
    "numpy.less of complex numbers": lambda xp: xp.array([1j]) < 0,
    "numpy.add of two arrays of bool": lambda xp: xp.array([True]) + xp.array([True]),
    "matmul of a vector": lambda xp: xp.zeros(2) @ xp.zeros(2),
    "complex numbers as float": lambda xp: xp.asarray(xp.array([1j]), dtype=float),
    "arithmetic in place": lambda xp: xp.zeros(2).__iadd__(1),
    "an array as text": lambda xp: str(xp.zeros(2)),
    "an index of several arrays": lambda xp: xp.zeros((2, 2))[[0, 1], [0, 1]],
    "an array of set": lambda xp: xp.asarray({1}),
    "errstate": lambda xp: xp.errstate(divide="raise"),
}


@pytest.mark.parametrize("what", LACKING)
def test_what_it_lacks_it_says(what: str) -> None:
    with pytest.raises(NotImplementedError) as refused:
        LACKING[what](stand_in)
    assert what in str(refused.value)


@pytest.mark.parametrize(
    "view", ["a[0]", "a.T", "a.reshape(-1)", "a[None]", "np.swapaxes(a, 0, 1)", "a.real", "np.diagonal(a)"]
)
def test_a_view_and_its_base_are_not_written_into(view: str) -> None:
    """In NumPy the one would show what is written into the other, or it is read-only."""
    a = stand_in.eye(3)
    seen = eval(view, {"a": a, "np": stand_in})
    for array in [a] if view != "a.real" else []:
        with pytest.raises(NotImplementedError, match="writing into an array that shares"):
            array[0, 0] = 2.0
    if seen is not a:
        with pytest.raises(NotImplementedError, match="writing into an array that shares"):
            seen[0] = 2.0


def names(of: Any) -> set[str]:
    """Return the names of an object that callers may use, but those of modules."""
    return {name for name in vars(of) if not name.startswith("_") and not inspect.ismodule(getattr(of, name))}


HELPERS = {"annotations", "Any", "TracebackType", "lacking", "absolute"}


def test_everything_that_it_has_numpy_has() -> None:
    assert {name for name in names(stand_in) - HELPERS if not hasattr(np, name)} == set()
    assert all(hasattr(np.ndarray, name) for name in names(stand_in.ndarray) - {"shared", "moved"})
    assert all(hasattr(np.random.Generator, name) for name in names(stand_in.random.Generator))


def test_everything_that_it_has_is_compared_here() -> None:
    source = inspect.getsource(sys.modules[__name__])
    functions = (
        (names(stand_in) | names(stand_in.ndarray) | names(stand_in.random.Generator)) - HELPERS - {"shared", "moved"}
    )
    linear = {
        name for name, of in vars(stand_in.linalg).items() if isinstance(of, types.FunctionType) and name[0] != "_"
    }
    linear -= {"asarray", "lacking", "of_kind", "broadcast_shape", "spread", "combinations"}
    missing = {name for name in functions if f".{name}" not in source and f'"{name}"' not in source}
    assert missing == set()
    assert {name for name in linear if f"linalg.{name}(" not in source} == set()


def test_it_is_numpy_only_where_its_folder_is_first(root: Any) -> None:
    folder = root / "generator" / "jacobook" / "browser" / "numpy_stand_in"
    say = "import numpy, numpy.linalg, numpy.random, numpy.typing; print(numpy.__file__)"

    def found(*path: Any) -> str:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))}
        run = subprocess.run([sys.executable, "-c", say], env=environment, capture_output=True, text=True, check=True)
        return run.stdout.strip()

    assert found(folder, root / "generator") == str(folder / "numpy" / "__init__.py")
    assert found(root / "generator") == np.__file__
