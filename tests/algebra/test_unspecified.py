"""Values and partial derivatives of declared functions as nodes: shapes, what they inherit, how they are rebuilt."""

from __future__ import annotations

import pickle

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import groups_of, is_stacked, partial_shape, unspecified
from jacobook.algebra.normal_form import equal, sort_key
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.shapes import SCALAR, Dimension, Shape, ShapeError, matrix, row, vector
from jacobook.algebra.traverse import rebuild, substitute, substitute_indices

D, E, MN, PQ = vector("D"), vector("E"), matrix("M", "N"), matrix("P", "Q")
x, z, t = n.symbol("x", D), n.symbol("z", E), n.symbol("t")
p = unspecified("p", (D, E), SCALAR, frozenset({"positive"}))
F = unspecified("F", (SCALAR,), matrix("N", "N"), frozenset({"positive-definite"}))


@pytest.mark.parametrize(
    ("arguments", "value", "slots", "shape"),
    [
        ((D, E), SCALAR, (), SCALAR),
        ((D, E), SCALAR, (2,), row("E")),
        ((D, E), SCALAR, (1, 2), matrix("D", "E")),
        ((D, E), SCALAR, (2, 2), matrix("E", "E")),
        ((D, E), SCALAR, (1, 2, 2), matrix(Dimension.of("E") * Dimension.of("D"), "E")),
        ((SCALAR,), SCALAR, (1, 1, 1), SCALAR),
        ((SCALAR,), MN, (1, 1), MN),
        ((D,), E, (1,), matrix("E", "D")),
        ((D,), E, (1, 1), matrix(Dimension.of("D") * Dimension.of("E"), "D")),
        ((MN,), SCALAR, (1,), MN),
        ((MN, D), SCALAR, (1, 2), matrix(Dimension.of("M") * Dimension.of("N"), "D")),
        ((D, MN), SCALAR, (1, 2), matrix("D", Dimension.of("M") * Dimension.of("N"))),
        ((SCALAR, D), SCALAR, (1, 2), row("D")),
        ((D, SCALAR), E, (1, 2), matrix("E", "D")),
        ((PQ,), MN, (1,), matrix(Dimension(1, ("M", "N")), Dimension(1, ("P", "Q")))),
    ],
)
def test_partial_derivatives_have_the_shape_of_the_jacobian_layout(
    arguments: tuple[Shape, ...], value: Shape, slots: tuple[int, ...], shape: Shape
) -> None:
    function = unspecified("h", arguments, value)
    assert partial_shape(function, slots) == shape
    assert is_stacked(function, slots) == (sum(len(group.axes) for group in groups_of(function, slots)) > 2)


@pytest.mark.parametrize(
    ("arguments", "value", "slots"),
    [((D,), MN, (1, 1)), ((MN, D), SCALAR, (1, 2, 2)), ((D,), E, (1, 1, 1)), ((D,), SCALAR, (1, 1, 1, 1))],
)
def test_too_many_indices_are_refused(arguments: tuple[Shape, ...], value: Shape, slots: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="too many indices"):
        partial_shape(unspecified("h", arguments, value), slots)


def test_slots_are_sorted_and_values_are_one_object() -> None:
    assert b.function_value(p, x, z, slots=(2, 1)) is b.function_value(p, x, z, slots=(1, 2))
    value = b.function_value(p, x, z)
    assert pickle.loads(pickle.dumps(value)) is value
    assert value.symbols == {x, z}
    assert sort_key(value) == sort_key(rebuild(value, value.operands))


def test_arguments_must_fit() -> None:
    for arguments, slots in (((x,), ()), ((z, x), ()), ((x, z), (3,)), ((x, z.T), ())):
        with pytest.raises(ShapeError):
            b.function_value(p, *arguments, slots=slots)


def test_what_is_declared_of_the_values() -> None:
    value, slope = b.function_value(F, t), b.function_value(F, t, slots=(1,))
    assert F.properties == {"positive-definite", "symmetric", "invertible"}
    assert is_invertible(value)
    assert not is_invertible(slope), "the derivative of an invertible matrix may be singular"
    assert slope.properties == {"symmetric"}
    assert b.function_value(p, x, z).properties == {"positive"}
    assert b.function_value(p, x, z, slots=(1,)).properties == frozenset()


def test_a_hessian_is_its_own_transpose_and_a_mixed_derivative_is_not() -> None:
    hessian, mixed = (b.function_value(p, x, z, slots=slots) for slots in ((2, 2), (1, 2)))
    assert b.transpose(hessian) is hessian
    assert b.transpose(mixed) is not mixed
    square = unspecified("s", (D, D), SCALAR)
    both = b.function_value(square, x, x, slots=(1, 2))
    assert b.transpose(both) is not both


def test_equality_looks_into_the_arguments() -> None:
    curve = unspecified("h", (SCALAR,), SCALAR)
    assert equal(b.function_value(curve, x.T * x), b.function_value(curve, b.entry_sum(b.hadamard(x, x))))
    assert not equal(b.function_value(curve, t), b.function_value(curve, t, slots=(1,)))
    assert substitute(b.function_value(curve, t), {t: x.T * x}) is b.function_value(curve, x.T * x)


def test_a_pair_of_fixed_places_keeps_the_sizes_of_its_array() -> None:
    i, j = n.Index("i", Dimension.of("M")), n.Index("j", Dimension.of("N"))
    pair = n.Pair(j, i)
    slope = b.function_value(unspecified("h", (MN,), E), n.symbol("X", MN), slots=(1,))
    entry = b.entry(slope, n.Index("k", Dimension.of("E")), pair)
    fixed = substitute_indices(entry, {i: Dimension(1), j: Dimension(2)}).parameters[1]
    assert isinstance(fixed, n.Pair)
    assert fixed.sizes == pair.sizes == (Dimension.of("N"), Dimension.of("M"))
    assert fixed.dimension == pair.dimension
    assert fixed != n.Pair(Dimension(2), Dimension(1))
