"""Pictures of shapes: drawn in proportion, honest about what fits, described in words, escaped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise, product

import pytest

from jacobook.algebra.shapes import SCALAR, Dimension, Shape, ShapeError, matrix, product_shape, row, vector
from jacobook.rendering.pictures.chain_data import TypeRun
from jacobook.rendering.pictures.shape_svg import Factor, drawn_cells, product_svg, shape_svg, sum_svg, vec_svg

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = [
    SCALAR,
    vector("N"),
    row("N"),
    vector(1),
    row(1),
    matrix(1, 1),
    matrix("N", 1),
    matrix("M", "N"),
    matrix("N", "N"),
    matrix("N", "M"),
]
CELLS = drawn_cells(SHAPES)


def boxes(picture: str) -> list[tuple[float, float, float, float]]:
    """Return place and size of every filled box."""
    found = [r for r in ET.fromstring(picture).iter(f"{SVG}rect") if r.get("fill") != "none"]
    return [tuple(float(r.get(name, "")) for name in ("x", "y", "width", "height")) for r in found]  # type: ignore[misc]


def title(picture: str) -> str:
    return ET.fromstring(picture).findtext(f"{SVG}title", "")


def texts(picture: str) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(picture).iter(f"{SVG}text")]


def every_picture() -> list[str]:
    pairs = [[Factor(left, (TypeRun("a"),)), Factor(right, (TypeRun("b"),))] for left, right in product(SHAPES, SHAPES)]
    pictures = [shape_svg(shape) for shape in SHAPES]
    pictures += [draw(pair, CELLS) for draw in (product_svg, sum_svg) for pair in pairs]
    return [*pictures, vec_svg(Dimension.of("M"), Dimension.of("N")), vec_svg(Dimension.of(2), Dimension.of(3))]


def test_names_are_drawn_with_different_numbers_of_cells():
    cells = drawn_cells([matrix("M", "N"), vector("D"), matrix(Dimension(2, ("K",)), 1)])
    assert set(cells) == {"D", "K", "M", "N"}
    assert len(set(cells.values())) == 4
    assert min(cells.values()) > 1


@pytest.mark.parametrize("shape", SHAPES[1:], ids=str)
def test_a_box_is_drawn_in_proportion_to_its_sizes(shape):
    ((_, _, width, height),) = boxes(shape_svg(shape, CELLS))
    unit = boxes(shape_svg(vector(1), CELLS))[0][2]
    assert width == unit * shape.columns.value(CELLS)
    assert height == unit * shape.rows.value(CELLS)


def test_a_size_is_as_long_wherever_it_stands():
    drawn = product_svg([Factor(row("N")), Factor(matrix("N", "M"))])
    (_, _, width, _), (_, _, across, height), (_, _, outer, _) = boxes(drawn)
    assert width == height != across == outer


@pytest.mark.parametrize(
    ("shape", "said"),
    [(SCALAR, []), (vector("N"), ["N"]), (row("N"), ["N"]), (matrix("M", "N"), ["M", "N"]), (matrix(1, 1), ["1", "1"])],
    ids=str,
)
def test_there_is_a_size_for_every_index(shape, said):
    assert texts(shape_svg(shape)) == said


def test_look_alikes_are_drawn_differently():
    drawn = {re.sub(r"<title>.*?</title>", "", shape_svg(shape)) for shape in (SCALAR, vector(1), row(1), matrix(1, 1))}
    assert len(drawn) == 4


@pytest.mark.parametrize(("left", "right"), list(product(SHAPES, SHAPES)))
def test_a_product_is_drawn_as_the_algebra_judges_it(left: Shape, right: Shape):
    picture = product_svg([Factor(left), Factor(right)], CELLS)
    try:
        result = product_shape(left, right)
    except ShapeError:
        assert "does not fit" in title(picture)
        assert {"≠", "✗"} & set(texts(picture))
        assert len(boxes(picture)) == 2
    else:
        assert title(picture).endswith(f"the result is {result.describe()}")
        assert not {"≠", "✗"} & set(texts(picture))
        assert len(boxes(picture)) == sum(not one.is_scalar for one in (left, right, result))


@pytest.mark.parametrize(("left", "right"), list(product(SHAPES, SHAPES)))
def test_a_sum_is_drawn_as_what_it_is(left: Shape, right: Shape):
    picture = sum_svg([Factor(left), Factor(right)], CELLS)
    assert ("cannot be added" in title(picture)) == (left != right)
    assert ("≠" in texts(picture)) == (left != right)
    assert title(picture).endswith(f"the result is {left.describe()}") == (left == right)


def test_a_product_goes_on_behind_factors_that_do_not_fit():
    picture = product_svg([Factor(vector("N")), Factor(vector("N")), Factor(row("N"))], CELLS)
    assert title(picture).count("does not fit") == 1
    assert "the result is" not in title(picture)


def test_nothing_overlaps_and_nothing_leaves_the_picture():
    for picture in every_picture():
        root = ET.fromstring(picture)
        _, _, width, height = (float(number) for number in root.get("viewBox", "").split())
        for x, y, across, down in boxes(picture):
            assert x >= 0
            assert x + across <= width
            assert y >= 0
            assert y + down <= height
        for text in root.iter(f"{SVG}text"):
            assert 0 < float(text.get("x", "")) < width
            assert 0 < float(text.get("y", "")) <= height
    for left, right in product(SHAPES, SHAPES):
        places = boxes(product_svg([Factor(left), Factor(right)], CELLS))
        assert all(one[0] + one[2] < other[0] for one, other in pairwise(places))


def test_vec_keeps_every_column_and_stacks_them():
    picture = vec_svg(Dimension.of("M"), Dimension.of("N"))
    cells = drawn_cells([matrix("M", "N")])
    columns, blocks = boxes(picture)[0::2], boxes(picture)[1::2]
    assert len(columns) == len(blocks) == cells["N"]
    assert [one[2:] for one in columns] == [one[2:] for one in blocks]
    assert all(one[0] + one[2] == other[0] and one[1] == other[1] for one, other in pairwise(columns))
    assert all(one[1] + one[3] == other[1] and one[0] == other[0] for one, other in pairwise(blocks))
    assert texts(vec_svg(Dimension.of(2), Dimension.of(3))).count("3") == 2
    assert "M·N entries" in title(picture)


def test_every_picture_is_an_image_with_a_title_in_words():
    for picture in every_picture():
        root = ET.fromstring(picture)
        assert root.get("role") == "img"
        assert root[0].tag == f"{SVG}title"
        assert re.match(r"A [a-z]+", title(picture))
        assert not re.search(r"#[0-9a-f]{3}|rgb\(|https?://(?!www\.w3\.org/2000/svg)", picture)
        assert "\n" not in picture


def test_names_are_escaped():
    picture = product_svg([Factor(vector("N"), (TypeRun("<b>&"),)), Factor(row("N"))], result=(TypeRun("<i>"),))
    assert "<b>" not in picture
    assert "<i>" not in picture
    assert "<b>&" in texts(picture)
    assert "<i>" in title(picture)
