"""Properties of random expressions: text reads back, code computes the value, LaTeX is balanced."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from jacobook.algebra import build as b
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node, symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import SCALAR, Dimension, Shape, matrix, row, vector
from jacobook.language import parse_expression
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.numpy_code.array_expressions import CodeWriter
from jacobook.rendering.numpy_code.function_source import vectorized_functions
from jacobook.rendering.numpy_code.stable_forms import with_code
from jacobook.verification.numeric.array_operations import DomainError
from jacobook.verification.numeric.evaluate import Evaluator

pytestmark = pytest.mark.random
SIZES = {"D": 3, "M": 2}
DIMENSIONS = ("D", "M")
SYMBOLS = [
    *(symbol(name) for name in ("s", "t", "sigma")),
    *(symbol(name + size.lower(), vector(size)) for name in ("x", "y") for size in DIMENSIONS),
    *(symbol(f"{name}_{r}{c}", matrix(r, c)) for name in "AB" for r in DIMENSIONS for c in DIMENSIONS),
]
BY_SHAPE: dict[Shape, list[Node]] = {}
for _symbol in SYMBOLS:
    BY_SHAPE.setdefault(_symbol.shape, []).append(_symbol)
    if _symbol.shape.is_vector:
        BY_SHAPE.setdefault(_symbol.shape.transposed, []).append(b.transpose(_symbol))
NUMBERS = st.fractions(-4, 4, max_denominator=6).filter(bool).map(b.number)


@st.composite
def expressions(draw: Any, shape: Shape, depth: int = 3) -> Node:
    """A random expression of this shape; sizes of eye and fills follow from what stands beside them."""
    leaf: Node = draw(st.sampled_from(BY_SHAPE[shape]))
    if depth == 0:
        number: Node = draw(NUMBERS)
        return number if shape.is_scalar and draw(st.booleans()) else leaf

    def some(wanted: Shape) -> Node:
        inside: Node = draw(expressions(wanted, draw(st.integers(0, depth - 1))))
        return inside

    kinds = ["leaf", "add", "subtract", "negate", "scale", "scale right", "divide", "apply", "hadamard", "parts"]
    if not shape.is_scalar:
        kinds += ["quotient", "power", "constant", "matrix product"]
    if shape.is_scalar:
        kinds += ["inner", "trace", "norm", "scalar power", "sum", "logsumexp", "component", "written"]
    elif shape.is_vector:
        kinds += ["softmax", "product vector"]
    elif shape.is_row:
        kinds += ["turned"]
    else:
        kinds += ["outer", "turned", "inverse", "diag", "identity", "matrix power"]
    kind = draw(st.sampled_from(kinds))
    size = draw(st.sampled_from(DIMENSIONS))
    rows, columns = shape.rows, shape.columns
    match kind:
        case "add":
            return b.add(some(shape), some(shape))
        case "subtract":
            return some(shape) - some(shape)
        case "negate":
            return b.negate(some(shape))
        case "scale" | "parts":
            return b.product(some(SCALAR), some(shape))
        case "scale right":
            return b.product(some(shape), some(SCALAR))
        case "divide":
            return b.divide(some(shape), b.apply("exp", some(SCALAR)))
        case "apply":
            name = draw(st.sampled_from([f for f, row in ELEMENTWISE.items() if row.domain is None]))
            return b.apply(name, some(shape))
        case "hadamard":
            return b.hadamard(some(shape), some(shape))
        case "quotient":
            return b.hadamard_divide(some(shape), b.apply("exp", some(shape)))
        case "power":
            return b.hadamard_power(some(shape), b.number(draw(st.integers(1, 3))))
        case "constant":
            return b.add(some(shape), b.fill(some(SCALAR), shape))
        case "matrix product" if shape.is_row:
            return b.product(some(row(size)), some(matrix(size, columns)))
        case "matrix product" if shape.is_matrix:
            return b.product(some(matrix(rows, size)), some(matrix(size, columns)))
        case "inner":
            return b.product(some(row(size)), some(vector(size)))
        case "trace":
            return b.trace(some(matrix(size, size)))
        case "norm":
            return b.norm2(some(draw(st.sampled_from((vector(size), matrix("D", "M"))))))
        case "scalar power":
            return b.power(some(SCALAR), b.number(draw(st.integers(1, 3))))
        case "sum":
            return b.entry_sum(some(draw(st.sampled_from((vector(size), row(size), matrix("M", size))))))
        case "component":
            inside = some(draw(st.sampled_from((vector(size), row(size), matrix("M", size)))))
            last = [draw(st.booleans()) for _ in inside.shape.axes]
            return b.entry(inside, *(a if at else Dimension(2) for a, at in zip(inside.shape.axes, last, strict=True)))
        case "written":
            pair = b.literal([some(SCALAR), some(SCALAR)], row(2))
            return b.product(pair, b.literal([some(SCALAR), some(SCALAR)], vector(2)))
        case "logsumexp":
            return b.log_sum_exp(some(vector(size)))
        case "softmax":
            return b.softmax(some(shape))
        case "product vector":
            return b.product(some(matrix(rows, size)), some(vector(size)))
        case "turned":
            return b.transpose(some(shape.transposed))
        case "outer":
            return b.product(some(vector(rows)), some(row(columns)))
        case "inverse" if shape.is_square:
            # Diagonally dominant, so that it has an inverse at the points below.
            return b.inverse(b.add(b.apply("tanh", some(shape)), b.product(b.number(9), b.identity(rows))))
        case "diag" if shape.is_square:
            return b.diag(some(vector(rows)))
        case "identity" if shape.is_square:
            return b.add(some(shape), b.identity(rows))
        case "matrix power" if shape.is_square:
            return b.power(some(shape), b.number(draw(st.integers(2, 3))))
    return leaf


SHAPES = [SCALAR, vector("D"), row("D"), matrix("D", "D"), matrix("M", "D")]
ANY = st.sampled_from(SHAPES).flatmap(expressions)


def point() -> dict[Any, Any]:
    random = np.random.default_rng(5)
    return {s: random.uniform(-1, 1, (1, s.shape.rows.value(SIZES), s.shape.columns.value(SIZES))) for s in SYMBOLS}


def computed(node: Node) -> Any:
    """The value by the verification's own evaluator, in the axes of an array in code."""
    axes = tuple(dimension.value(SIZES) for dimension in node.shape.axes)
    try:
        return np.asarray(Evaluator(point(), SIZES).value(node))[0].reshape(axes)
    except DomainError:  # near a kink, or too large
        reject()


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_text_reads_back(node: Node) -> None:
    written = text(node)
    back = parse_expression(written, SYMBOLS, node.shape)
    assert back.shape == node.shape
    if not equal(back, node):
        # The normal form is sound, not complete: then the values decide.
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(computed(back), computed(node), rtol=1e-9, err_msg=written)
    assert len(text(back)) <= len(written), "reading does not add parentheses"


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_code_computes_the_value_and_has_its_axes(node: Node) -> None:
    names = {s.name: s.name for s in SYMBOLS}
    prologue = vectorized_functions([with_code(node)], names, set(names))
    code = CodeWriter(names, {"D": "xd.shape[0]", "M": "xm.shape[0]"}).write(with_code(node)).text
    values = point()
    arguments = {
        s.name: values[s].reshape([d.value(SIZES) for d in s.shape.axes]) if s.shape.axes else float(values[s][0, 0, 0])
        for s in SYMBOLS
    }
    with np.errstate(all="ignore"):
        expected = computed(node)
        namespace = {"np": np, **arguments}
        exec("\n".join([*prologue, f"found = {code}"]), namespace)
        found = np.asarray(namespace["found"])
    assert found.shape == expected.shape, code
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9, err_msg=code)


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_latex_is_balanced(node: Node) -> None:
    written = latex(node)
    depth = 0
    for character in re.sub(r"\\[{}]", "", written):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert written.count(r"\left") == written.count(r"\right")
    assert written.count("(") == written.count(")")
    assert not re.search(r"\^\{[^{}]*\}\s*\^", written), "no double superscript"
    assert not re.search(r"[-+] *[-+]", written), "no two signs in a row"
    assert not re.search(r"\d\\tfrac|\d \d", written), "no two numbers side by side"
