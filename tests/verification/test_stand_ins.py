"""Functions that are not specified: numeric stand-ins and formal functions, each against its own derivative."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import UnspecifiedFunction, unspecified
from jacobook.algebra.shapes import SCALAR, Shape, matrix, vector
from jacobook.verification.numeric.array_operations import side_lengths
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import draw_value
from jacobook.verification.symbolic.components import SymbolicComponents
from jacobook.verification.symbolic.grids import Grid

SIZES = {"M": 3, "N": 2, "P": 4, "Q": 2}
t, x, X = n.symbol("t"), n.symbol("x", vector("N")), n.symbol("X", matrix("P", "Q"))
SQUARE = matrix("M", "M")


def value_at(node: n.Node) -> np.ndarray:
    values = {symbol: draw_value(symbol, SIZES, 0) for symbol in (t, x, X)}
    return Evaluator(values, SIZES).value(node)


@pytest.mark.parametrize("value", [SCALAR, vector("M"), matrix("M", "N")])
@pytest.mark.parametrize("argument", [t, x, X], ids=lambda symbol: symbol.name)
def test_a_partial_derivative_is_the_derivative_of_the_stand_in(value: Shape, argument: n.Symbol) -> None:
    function = unspecified("f", (argument.shape, SCALAR), value)
    at = b.function_value(function, argument, t * t)
    closed = b.function_value(function, argument, t * t, slots=(1,))
    numeric = b.partial(b.function_value(function, argument, n.symbol("c")), argument)
    values = {symbol: draw_value(symbol, SIZES, 0) for symbol in (t, x, X)}
    values[n.symbol("c")] = values[t] ** 2
    point = Evaluator(values, SIZES)
    np.testing.assert_allclose(point.value(closed), point.value(numeric), rtol=1e-9, atol=1e-12)
    assert closed.shape == numeric.shape
    assert at.shape == value


@pytest.mark.parametrize("slots", [(1, 1), (1, 2), (2, 2), (1, 1, 2)])
def test_higher_partial_derivatives(slots: tuple[int, ...]) -> None:
    function = unspecified("f", (SCALAR, SCALAR), SQUARE)
    s = n.symbol("s")
    *before, last = slots
    lower = b.function_value(function, t, s, slots=tuple(before))
    values = {t: draw_value(t, SIZES, 0), s: draw_value(s, SIZES, 1)}
    point = Evaluator(values, SIZES)
    expected = point.value(b.partial(lower, (t, s)[last - 1]))
    np.testing.assert_allclose(point.value(b.function_value(function, t, s, slots=slots)), expected, rtol=1e-9)


def test_mixed_partial_derivatives_have_the_rows_of_the_first_argument() -> None:
    y = n.symbol("y", vector("M"))
    function = unspecified("f", (x.shape, y.shape), SCALAR)
    values = {x: draw_value(x, SIZES, 0), y: draw_value(y, SIZES, 0)}
    point = Evaluator(values, SIZES)
    gradient = b.function_value(function, x, y, slots=(1,))
    mixed = b.function_value(function, x, y, slots=(2, 1))
    assert mixed.shape == matrix("N", "M")
    np.testing.assert_allclose(point.value(mixed), point.value(b.partial(gradient, y)), rtol=1e-9)


@pytest.mark.parametrize("name", ["f", "g", "K"])
def test_declared_properties_hold_at_every_point(name: str) -> None:
    for attempt in range(20):
        point = Evaluator({t: draw_value(t, SIZES, attempt)}, SIZES)
        positive = point.value(b.function_value(unspecified(name, (SCALAR,), SCALAR, frozenset({"positive"})), t))
        assert np.all(positive > 0)
        definite = unspecified(name, (SCALAR,), SQUARE, frozenset({"positive-definite"}))
        matrix_value = point.value(b.function_value(definite, t))[0]
        np.testing.assert_allclose(matrix_value, matrix_value.T)
        assert np.all(np.linalg.eigvalsh(matrix_value) > 0)
        invertible = unspecified(name, (SCALAR,), SQUARE, frozenset({"invertible"}))
        assert np.linalg.cond(point.value(b.function_value(invertible, t))[0]) < 1e3


def symbols_of(symbol: n.Symbol) -> Grid:
    rows, columns = side_lengths(symbol.shape, SIZES)
    return tuple(tuple(sympy.Symbol(f"{symbol.name}_{i}_{j}") for j in range(columns)) for i in range(rows))


@pytest.mark.parametrize("value", [SCALAR, vector("M"), matrix("M", "N")])
@pytest.mark.parametrize("argument", [t, x, X], ids=lambda symbol: symbol.name)
def test_the_formal_function_has_its_partials_in_the_same_places(value: Shape, argument: n.Symbol) -> None:
    """Differentiated by SymPy and arranged by the evaluator of derivatives, against the partial itself."""
    function: UnspecifiedFunction = unspecified("f", (argument.shape,), value)
    grids = {argument: symbols_of(argument)}
    written = SymbolicComponents(grids, SIZES, {}, {}, through=True)
    by_sympy = written.value(b.partial(b.function_value(function, argument), argument), {})
    assert written.value(b.function_value(function, argument, slots=(1,)), {}) == by_sympy


def test_formal_mixed_partials_do_not_depend_on_the_order() -> None:
    function = unspecified("f", (x.shape, SCALAR), SCALAR)
    written = SymbolicComponents({x: symbols_of(x), t: symbols_of(t)}, SIZES, {}, {}, through=True)
    once = written.value(b.function_value(function, x, t, slots=(1, 2)), {})
    by_t = written.value(b.partial(b.function_value(function, x, t, slots=(1,)), t), {})
    by_x = written.value(b.partial(b.function_value(function, x, t, slots=(2,)), x), {})
    assert once == by_t == by_x
