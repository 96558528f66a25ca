"""Expressions in sentences: they say what was meant, and are cut off where they are long."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import Shape, matrix, row, vector
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import short_text, text
from jacobook.rendering.latex.formulas import latex
from tests.rendering.expression_code import numpy_expression

SYMBOLS = parse_declarations(["x, w in R^N positive", "A in R^(N x N)", "t in R positive"])


@pytest.mark.parametrize(
    "written", ["x.^(w[1])", "t^(w[2])", "x.^(A[1, N])", "x.^(w[1] - 1)", "(x.^w)[1]", "t^(-w[1])"]
)
def test_a_power_by_an_entry_keeps_its_brackets(written):
    node = parse_expression(written, SYMBOLS)
    assert equal(parse_expression(short_text(node), SYMBOLS), node), short_text(node)


def test_a_long_expression_is_cut_off():
    node = parse_expression("x'*w + 1", SYMBOLS)
    assert short_text(node, limit=8) == "x'*w + 1"
    assert short_text(node, limit=7) == "x'*w +…"


@pytest.mark.parametrize(
    ("shape", "written"),
    [
        (row(3), "[1, 2, 3]"),
        (vector(3), "[1; 2; 3]"),
        (matrix(1, 3), "unvec([1; 2; 3], 1, 3)"),
        (matrix(3, 1), "unvec([1; 2; 3], 3, 1)"),
        (matrix(2, 2), "[1, 2; 3, 4]"),
        (matrix(1, 1), "matrix(1, 1, 1)"),
    ],
)
def test_an_array_written_entry_by_entry_keeps_its_shape(shape: Shape, written: str) -> None:
    count = shape.rows.coefficient * shape.columns.coefficient
    node = b.literal([b.number(k) for k in range(1, count + 1)], shape)
    assert text(node) == written
    back = parse_expression(written, [])
    assert back.shape == shape
    assert equal(back, node) or count == 1  # one entry: a filled matrix


@pytest.mark.parametrize(
    ("typed", "written", "in_latex", "in_code"),
    [
        ("10^300*t", "10^300*t", r"10^{300}t", "1e300 * t"),
        ("1e2000*t", "1e2000*t", r"10^{2000}t", "1e2000 * t"),
        ("15000000000*t", "1.5e10*t", r"1.5 \cdot 10^{10}t", "1.5e10 * t"),
        ("-6.02e23", "-6.02e23", r"-6.02 \cdot 10^{23}", "-6.02e23"),
        ("t + 1e-8", "t + 10^-8", r"t + 10^{-8}", "t + 1e-8"),
        ("1e-300*t", "10^-300*t", r"10^{-300}t", "1e-300 * t"),
        ("2*10^40/3*t", "2e40/3*t", r"\tfrac{2 \cdot 10^{40}}{3}t", "2e40 / 3 * t"),
        ("t^(10^10)", "t^(10^10)", r"t^{10^{10}}", "t**10000000000"),
        ("(10^10)^t", "(10^10)^t", r"(10^{10})^{t}", "1e10**t"),
        ("1000000*t", "1000000*t", "1000000t", "1000000 * t"),
        ("12345678900*t", "12345678900*t", "12345678900t", "12345678900 * t"),
        ("0.00001*t", "0.00001*t", "0.00001t", "1 / 100000 * t"),
    ],
)
def test_numbers_with_many_zeros_are_written_with_a_power_of_ten(typed, written, in_latex, in_code):
    node = tidy(parse_expression(typed, SYMBOLS))
    assert text(node) == written
    assert parse_expression(written, SYMBOLS) is node
    assert latex(node) == in_latex
    assert numpy_expression(node, SYMBOLS) == in_code
