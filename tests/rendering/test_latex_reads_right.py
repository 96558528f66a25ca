"""What is printed side by side can be multiplied: a reader who knows the shapes of the letters never meets a clash.

The reader here knows nothing of the printer: it takes formulas apart by their braces and parentheses alone.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Node, symbol
from jacobook.algebra.shapes import matrix, vector
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.latex.formulas import latex

SHAPES = {
    **dict.fromkeys("axyt", ("N", "1")),
    **dict.fromkeys("AB", ("N", "N")),
    "c": (),
    "s": (),
}
"""The letters of the formulas: () for a scalar, else rows and columns."""
TOKEN = re.compile(
    r"\\boldsymbol\{(?P<letter>\w)\}(?:_\{?N\}?)?|\\operatorname\{(?P<name>\w+)\}|\\(?P<call>tfrac\{\d+\}\{\d+\})"
    r"|\^\{(?P<script>\\top|-1|2)\}|\\mathrm\{(?P<d>d)\}|(?P<space>\\,|\\left|\\right|\\cdot|\s)|(?P<other>.)"
)
Size = tuple[str, ...]


def read(formula: str) -> Size:
    """Return the shape of a formula. AssertionError where two neighbours cannot be multiplied."""
    tokens = [found for found in TOKEN.finditer(formula) if not found["space"]]
    shape, rest = _sum(tokens)
    assert not rest, f"{formula}: not read from {rest[0].group()!r}"
    return shape


def _sum(tokens: list[re.Match[str]]) -> tuple[Size, list[re.Match[str]]]:
    shapes = []
    while True:
        while tokens and tokens[0]["other"] in ("+", "-"):
            tokens = tokens[1:]
        shape, tokens = _product(tokens)
        shapes.append(shape)
        if not tokens or tokens[0]["other"] == ")":
            assert len(set(shapes)) == 1, f"a sum of {shapes}"
            return shapes[0], tokens


def _product(tokens: list[re.Match[str]]) -> tuple[Size, list[re.Match[str]]]:
    arrays: list[Size] = []
    while tokens and tokens[0]["other"] not in ("+", "-", ")"):
        shape, tokens = _factor(tokens)
        if shape:
            assert not arrays or arrays[-1][1] == shape[0], f"{arrays[-1]} stands before {shape}"
            arrays.append(shape)
    if not arrays or (arrays[0][0] == arrays[-1][1] == "1"):
        return (), tokens
    return (arrays[0][0], arrays[-1][1]), tokens


def _factor(tokens: list[re.Match[str]]) -> tuple[Size, list[re.Match[str]]]:
    first, *rest = tokens
    shape: Size = ()
    if first["d"]:
        return _factor(rest)
    if first["letter"]:
        shape = (
            ("N", "1") if first["letter"] == "1" else ("N", "N") if first["letter"] == "I" else SHAPES[first["letter"]]
        )
    elif first["name"]:
        assert rest[0]["other"] == "("
        inside, rest = _sum(rest[1:])
        shape, rest = (inside if first["name"] == "softmax" else ()), rest[1:]
    elif first["other"] == "(":
        shape, rest = _sum(rest)
        rest = rest[1:]
    elif first["other"] in SHAPES:
        shape = SHAPES[first["other"]]
    else:
        assert first["call"] or (first["other"] or "").isdigit(), f"unknown: {first.group()!r}"
    if rest and rest[0]["script"]:
        shape = shape[::-1] if rest[0]["script"] == r"\top" else shape
        rest = rest[1:]
    return shape, rest


VECTORS = st.sampled_from([symbol(name, vector("N")) for name in "axyt"])
MATRICES = st.sampled_from([symbol(name, matrix("N", "N")) for name in "AB"])
NUMBERS = st.sampled_from([symbol("c"), symbol("s"), b.number(2), b.number(-1)])


@st.composite
def vectors(draw: st.DrawFn, depth: int = 3) -> Node:
    """A vector: sums, products and constant vectors, with inner products in them."""
    if not depth:
        return draw(VECTORS)
    match draw(st.integers(0, 4)):
        case 0:
            return b.product(draw(MATRICES), draw(vectors(depth - 1)))
        case 1:
            return b.product(draw(scalars(depth - 1)), draw(vectors(depth - 1)))
        case 2:
            return b.fill(draw(scalars(depth - 1)), vector("N"))
        case 3:
            return b.add(draw(vectors(depth - 1)), draw(vectors(depth - 1)))
    return b.negate(draw(vectors(depth - 1)))


@st.composite
def scalars(draw: st.DrawFn, depth: int) -> Node:
    """A scalar: an inner product, a sum of entries, or a sum, product or negative of such."""
    if not depth:
        return draw(NUMBERS)
    match draw(st.integers(0, 4)):
        case 0:
            return b.product(b.transpose(draw(vectors(depth - 1))), draw(vectors(depth - 1)))
        case 1:
            return b.entry_sum(draw(vectors(depth - 1)))
        case 2:
            return b.add(draw(scalars(depth - 1)), draw(scalars(depth - 1)))
        case 3:
            return b.product(draw(scalars(depth - 1)), draw(scalars(depth - 1)))
    return b.negate(draw(scalars(depth - 1)))


@given(vectors())
def test_neighbours_fit_in_random_vectors(node: Node) -> None:
    assert read(latex(node)) == ("N", "1")


@given(scalars(3))
def test_neighbours_fit_in_random_scalars(node: Node) -> None:
    assert read(latex(node)) == ()


@pytest.mark.parametrize("expression", ["-t'*log(softmax(a))", "a'*(a - vector(t'*a))", "c*t'*(a + vector(sum(a)))"])
def test_the_lines_of_a_derivation_fit(expression: str) -> None:
    derivation = derive(parse_statement(["a, t in R^N", "c in R"], [expression], "a"))
    (partial,) = derivation.partials
    *differentials, result = partial.matrix_route
    for claim in differentials:
        assert read(latex(claim.right)) == ()
    assert read(latex(result.right)) == ("1", "N")


def test_the_reader_finds_a_clash() -> None:
    softmax = r"\operatorname{softmax}(\boldsymbol{a})^{\top}"
    with pytest.raises(AssertionError, match="stands before"):
        read(rf"-\boldsymbol{{t}}^{{\top}}(\boldsymbol{{a}} - {softmax}\boldsymbol{{a}}\boldsymbol{{1}})")
