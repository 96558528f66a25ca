"""Patterns of derivatives: the zeros, the equal entries and the blocks are those of matrices built apart."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.language import parse_statement
from jacobook.rendering.sentences import prose_text
from jacobook.site.plots.pattern_figure import pattern_picture
from jacobook.site.plots.patterns import Pattern, pattern_of

SVG = "{http://www.w3.org/2000/svg}"


def derived(expression: str, *given: str, wrt: str = "X") -> Derivation:
    return derive(parse_statement(given, [expression], wrt))


def found(expression: str, *given: str, wrt: str = "X") -> Pattern:
    pattern = pattern_of(derived(expression, *given, wrt=wrt))
    assert pattern is not None
    return pattern


def caption(expression: str, *given: str, wrt: str = "X") -> str:
    picture = pattern_picture(derived(expression, *given, wrt=wrt))
    assert picture is not None
    return prose_text(picture.caption)


def commutation(rows: int, columns: int) -> np.ndarray:
    """The matrix that takes the stacked columns of X, of rows × columns, to those of its transpose."""
    matrix = np.zeros((rows * columns, rows * columns), dtype=int)
    for i in range(rows):
        for j in range(columns):
            matrix[i * columns + j, j * rows + i] = 1
    return matrix


def test_element_by_element() -> None:
    pattern = found("tanh(x)", "x in R^N", wrt="x")
    assert pattern.is_diagonal
    assert pattern.sizes == {"N": 3}
    assert pattern.fixed == {}
    assert len(set(pattern.kinds[pattern.kinds != 0])) == 3  # three entries, none equal to another


def test_a_product_with_a_constant_matrix_behind() -> None:
    pattern = found("X*A", "X in R^(M x N)", "A in R^(N x P)")
    rows, inner, columns = (pattern.sizes[name] for name in "MNP")
    letters = np.arange(1, inner * columns + 1).reshape(columns, inner)  # the entries of A', all different
    expected = np.kron(letters, np.eye(rows, dtype=int))
    assert pattern.kinds.shape == expected.shape
    assert np.array_equal(pattern.kinds != 0, expected != 0)
    for letter in letters.flat:
        assert len(set(pattern.kinds[expected == letter])) == 1
    assert len(set(pattern.kinds.flat)) == 1 + letters.size
    assert pattern.block == (rows, rows)
    assert pattern.is_diagonal_in_every_block
    assert not pattern.is_block_diagonal


def test_a_product_with_a_constant_matrix_in_front() -> None:
    pattern = found("A*X", "X in R^(M x N)", "A in R^(P x M)")
    down, across, count = (pattern.sizes[name] for name in "PMN")
    expected = np.kron(np.eye(count, dtype=int), np.ones((down, across), dtype=int))
    assert np.array_equal(pattern.kinds != 0, expected != 0)
    assert pattern.block == (down, across)
    assert pattern.is_block_diagonal
    words = caption("A*X", "X in R^(M x N)", "A in R^(P x M)")
    assert f"in {count} blocks of {down} × {across} along the diagonal, the same block each time" in words


def test_a_transpose_reorders() -> None:
    pattern = found("X'", "X in R^(M x N)")
    rows, columns = pattern.sizes["M"], pattern.sizes["N"]
    assert rows != columns
    assert np.array_equal(pattern.kinds, commutation(rows, columns))
    assert pattern.fixed == {1: 1.0}
    assert pattern.is_permutation
    assert not pattern.is_diagonal
    assert "For M = 2 and N = 3" in caption("X'", "X in R^(M x N)")
    assert "6 × 6: 6 of its 36 entries may differ from zero, a single 1 in every row" in caption("X'", "X in R^(M x N)")


def test_the_gradient_of_a_trace() -> None:
    pattern = found("tr(X)", "X in R^(N x N)")
    assert np.array_equal(pattern.kinds, np.eye(3))
    assert "Rows: " not in caption("tr(X)", "X in R^(N x N)")


def test_an_outer_product() -> None:
    pattern = found("x*x'", "x in R^3", wrt="x")
    unit = np.eye(3)
    for row in range(9):
        i, j = row % 3, row // 3
        assert np.array_equal(pattern.kinds[row] != 0, (unit[i] + unit[j]) != 0)
    assert pattern.kinds[1, 0] == pattern.kinds[3, 0] == pattern.kinds[5, 2]  # all are the second component
    assert pattern.block == (3, 3)


def test_a_hessian() -> None:
    first, second = derive_to_order(parse_statement(["x in R^N"], ["sum(exp(x))"], "x"), 2)
    pattern = pattern_of(second)
    assert pattern is not None
    assert pattern.is_diagonal
    assert pattern_of(first) is None


@pytest.mark.parametrize(
    ("expression", "given", "wrt"),
    [
        ("A*x", ("x in R^N", "A in R^(M x N)"), "x"),
        ("a'*X*b", ("X in R^(M x N)", "a in R^M", "b in R^N"), "X"),
        ("inv(X)", ("X in R^(N x N)",), "X"),
        ("x'*x", ("x in R^N",), "x"),
        ("exp(t)*a", ("t in R", "a in R^N"), "t"),
        ("sin(t)", ("t in R",), "t"),
        ("A", ("X in R^(M x N)", "A in R^(M x N)"), "X"),  # everything is zero
    ],
)
def test_nothing_to_see(expression: str, given: tuple[str, ...], wrt: str) -> None:
    assert pattern_picture(derived(expression, *given, wrt=wrt)) is None


def test_a_matrix_too_large_to_be_read() -> None:
    assert pattern_of(derived("X", "X in R^(5 x 5)")) is None


PICTURES = [
    ("X*A", ("X in R^(M x N)", "A in R^(N x P)")),
    ("X'", ("X in R^(M x N)",)),
    ("X.*X", ("X in R^(M x N)",)),
]


@pytest.mark.parametrize(("expression", "given"), PICTURES)
def test_what_is_drawn(expression: str, given: tuple[str, ...]) -> None:
    derivation = derived(expression, *given)
    picture, pattern = pattern_picture(derivation, prefix="one"), pattern_of(derivation)
    assert picture is not None
    assert pattern is not None
    assert pattern_picture(derived(expression, *given), prefix="one") == picture
    root = ET.fromstring(picture.svg)
    filled = [path for path in root.iter(f"{SVG}path") if float(path.get("fill-opacity", 1)) < 1]
    assert len(filled) == pattern.filled
    marks = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    marked = {kind for kind in pattern.kinds.flat if kind in pattern.fixed or kind in pattern.shared}
    assert len(marks) == sum(int(kind) in marked for kind in pattern.kinds.flat)
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b", picture.svg)
    described = str(root.findtext(f"{SVG}desc"))
    rows = re.findall(r"[^;]+", described.split("any other cell: ")[1].rstrip("."))
    zeros = [[mark == "0" for mark in row.split()] for row in rows]
    assert np.array_equal(zeros, pattern.kinds == 0)
    sizes = [float(text.attrib["font-size"]) for text in root.iter(f"{SVG}text")]
    assert not sizes or min(sizes) * 358 / 420 > 11  # pixels on a phone of 390


def test_the_caption_says_what_zero_means() -> None:
    words = caption("X.*X", "X in R^(M x N)")
    assert "6 of its 36 entries may differ from zero, those on the diagonal" in words
    assert "An empty cell is zero at each of the 12 random points tried." in words
    assert "the lines separate the columns of f and of X" in words
