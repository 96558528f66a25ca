"""Shapes: products of all kinds, transposes, shapes of derivatives, symbolic sizes."""

from __future__ import annotations

import copy
import itertools
import pickle

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.shapes import (
    SCALAR,
    Dimension,
    Kind,
    Shape,
    ShapeError,
    derivative_shape,
    matrix,
    product_shape,
    row,
    vector,
)
from jacobook.language import parse_declarations

REFUSED = None
SHAPES = {
    "scalar": SCALAR,
    "M": vector("M"),
    "N": vector("N"),
    "M'": row("M"),
    "N'": row("N"),
    "M×N": matrix("M", "N"),
    "N×M": matrix("N", "M"),
    "N×N": matrix("N", "N"),
    "1×1": matrix(1, 1),
    "N×1": matrix("N", 1),
    "1×N": matrix(1, "N"),
    "[1]": vector(1),
}
PRODUCTS: dict[tuple[str, str], Shape | None] = {
    ("M", "N"): REFUSED,
    ("M", "M"): REFUSED,
    ("M", "M'"): matrix("M", "M"),
    ("M", "N'"): matrix("M", "N"),
    ("M", "M×N"): REFUSED,
    ("M", "1×N"): matrix("M", "N"),
    ("M", "1×1"): matrix("M", 1),
    ("M'", "M"): SCALAR,
    ("M'", "N"): REFUSED,
    ("M'", "N'"): REFUSED,
    ("M'", "M'"): REFUSED,
    ("M'", "M×N"): row("N"),
    ("M'", "N×M"): REFUSED,
    ("N'", "N×1"): row(1),
    ("M×N", "N"): vector("M"),
    ("M×N", "M"): REFUSED,
    ("M×N", "N'"): REFUSED,
    ("N×1", "N'"): matrix("N", "N"),
    ("M×N", "N×M"): matrix("M", "M"),
    ("M×N", "M×N"): REFUSED,
    ("N×N", "N×N"): matrix("N", "N"),
    ("N×N", "N×1"): matrix("N", 1),
    ("1×N", "N"): vector(1),
    ("1×N", "N×1"): matrix(1, 1),
    ("N×1", "1×N"): matrix("N", "N"),
    ("1×1", "1×1"): matrix(1, 1),
    ("N'", "N"): SCALAR,
    ("[1]", "[1]"): REFUSED,
    ("1×1", "[1]"): vector(1),
}


@pytest.mark.parametrize(("left", "right"), PRODUCTS, ids="·".join)
def test_products(left: str, right: str) -> None:
    expected = PRODUCTS[left, right]
    if expected is REFUSED:
        with pytest.raises(ShapeError, match=f"{SHAPES[left]} times {SHAPES[right]}"):
            product_shape(SHAPES[left], SHAPES[right])
    else:
        assert product_shape(SHAPES[left], SHAPES[right]) == expected


def test_every_pair_of_kinds_multiplies_as_its_numbers_of_rows_and_columns_say() -> None:
    """All 144 pairs: the outer sizes remain, and the transposes multiply in the other order."""
    defined = 0
    for left, right in itertools.product(SHAPES.values(), repeat=2):
        try:
            found = product_shape(left, right)
        except ShapeError:
            with pytest.raises(ShapeError):
                product_shape(right.transposed, left.transposed)
            continue
        defined += 1
        assert product_shape(right.transposed, left.transposed) == found.transposed
        if left.is_scalar or right.is_scalar:
            assert found == (right if left.is_scalar else left)
        else:
            assert left.columns == right.rows
            assert (found.rows, found.columns) == (left.rows, right.columns)
            assert found.is_scalar == (left.is_row and right.is_vector)
    assert 60 < defined < 144


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_transposing_twice_changes_nothing(shape: Shape) -> None:
    assert shape.transposed.transposed == shape
    assert (shape.transposed.rows, shape.transposed.columns) == (shape.columns, shape.rows)
    assert shape.transposed.kind is {Kind.VECTOR: Kind.ROW, Kind.ROW: Kind.VECTOR}.get(shape.kind, shape.kind)


def test_five_things_of_one_entry_are_five_types() -> None:
    assert len({SCALAR, vector(1), row(1), matrix(1, 1)}) == 4
    assert matrix("N", 1) != vector("N")
    assert matrix(1, "N") != row("N")


@pytest.mark.parametrize(
    ("of", "wrt", "expected"),
    [
        ("scalar", "scalar", SCALAR),
        ("scalar", "N", row("N")),
        ("scalar", "N'", row("N")),
        ("scalar", "M×N", matrix("M", "N")),
        ("scalar", "1×1", matrix(1, 1)),
        ("M", "scalar", vector("M")),
        ("M'", "scalar", row("M")),
        ("M×N", "scalar", matrix("M", "N")),
        ("M", "N", matrix("M", "N")),
        ("M'", "N", matrix("M", "N")),
        ("M", "N'", matrix("M", "N")),
        ("[1]", "N", matrix(1, "N")),
        ("M", "M×N", None),
        ("M×N", "N", None),
        ("M×N", "N×M", None),
        ("1×1", "N", None),
        ("N", "N×1", None),
    ],
)
def test_shapes_of_derivatives(of: str, wrt: str, expected: Shape | None) -> None:
    assert derivative_shape(SHAPES[of], SHAPES[wrt]) == expected
    if expected is not None:
        partial = b.partial(n.symbol("f", SHAPES[of]), n.symbol("x", SHAPES[wrt]))
        assert partial.shape == expected


def test_dimensions_are_equal_when_they_are_for_all_sizes() -> None:
    m, k = Dimension.of("M"), Dimension.of("N")
    assert m * k == k * m
    assert m * Dimension(1) == m
    assert (Dimension(2) * m * k).value({"M": 3, "N": 5}) == 30
    assert m * m != m
    assert str(Dimension(2) * k * m) == "2*M*N"
    assert str(Dimension(1)) == "1"


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_equal_shapes_are_one_object(shape: Shape) -> None:
    """However they were made: anew, by transposing, by copying, from another process."""
    rows, columns = (Dimension(size.coefficient, tuple(size.names)) for size in (shape.rows, shape.columns))
    assert rows is shape.rows
    assert columns is shape.columns
    assert Shape(Kind(shape.kind.value), rows, columns) is shape
    assert shape.transposed.transposed is shape
    assert pickle.loads(pickle.dumps(shape)) is shape
    assert copy.deepcopy(shape) is copy.copy(shape) is shape


def test_dimensions_made_in_different_ways_are_one_object() -> None:
    m, k = Dimension.of("M"), Dimension.of("N")
    assert Dimension(2) * k * m is Dimension(1) * m * Dimension(2) * k
    assert pickle.loads(pickle.dumps(m * k)) is m * k
    assert Dimension.of(3) is Dimension(3) is not Dimension(3, ("M",))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_axes_are_those_of_arrays_in_code(shape: Shape) -> None:
    assert len(shape.axes) == {Kind.SCALAR: 0, Kind.VECTOR: 1, Kind.ROW: 1, Kind.MATRIX: 2}[shape.kind]
    assert len(shape.dimensions) == {Kind.SCALAR: 0, Kind.VECTOR: 1, Kind.ROW: 2, Kind.MATRIX: 2}[shape.kind]
    assert shape.describe()


@pytest.mark.parametrize(
    ("shape", "space"),
    [
        (SCALAR, "R"),
        (vector("D"), "R^D"),
        (vector(3), "R^3"),
        (vector(Dimension(1, ("D", "N"))), "R^(D*N)"),
        (vector(Dimension(2, ("N",))), "R^(2*N)"),
        (matrix(Dimension(2, ("N",)), "K"), "R^(2*N x K)"),
        (row("D"), "R^(1 x D)"),
    ],
)
def test_a_space_is_written_as_it_is_declared(shape: Shape, space: str) -> None:
    assert shape.space == space
    if not shape.is_row:  # nothing is declared to be a row
        (declared,) = parse_declarations([f"x in {space}"])
        assert declared.shape == shape
