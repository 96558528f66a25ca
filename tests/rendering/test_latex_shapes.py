"""The shapes under the factors of a line: they multiply, and above them stands the line as it is without them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, symbol
from jacobook.algebra.shapes import Dimension, matrix, vector
from jacobook.calculus.derivation import Claim, Prose
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.lines import LatexLine, latex_claim_lines, shaped_right
from jacobook.rendering.latex.pieces import latex_shape
from jacobook.rendering.latex.shape_braces import printed_with_shapes

A, x, y, s, t = (
    symbol("A", matrix("M", "N")),
    symbol("x", vector("N")),
    symbol("y", vector("M")),
    symbol("s"),
    symbol("t"),
)
SHAPED = r"\class{shaped}{\underbrace{"
LABEL = re.compile(r"_\{(.+?)\\times (.+?)\}\}")


def closing(text: str, start: int) -> int:
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place
    raise AssertionError(f"no end of the brace at {start} in {text}")


def read(text: str) -> tuple[str, list[list[tuple[str, str]]]]:
    """Return the line without its braces, and for every term the rows and columns under its factors."""
    terms: list[list[tuple[str, str]]] = []
    bare, place = "", 0
    while (start := text.find(SHAPED, place)) >= 0:
        between = text[place:start]
        if not terms or re.search(r"[+-]", between):
            terms.append([])
        end = closing(text, start + len(SHAPED) - 1)
        label = LABEL.match(text, end + 1)
        assert label is not None
        bare += between + text[start + len(SHAPED) : end]
        terms[-1].append((label.group(1), label.group(2)))
        place = label.end()
    return bare + text[place:], terms


def without_spaces(text: str) -> str:
    return re.sub(r"\\[,!]|\s+|\\cdot(?![a-z])", "", text)


def shaped(node: Node) -> str:
    return shaped_right(Claim(b.differential(s), node, "tidy", Prose("why"))).text


def test_shapes_chain_and_give_the_shape_of_the_line(printed: list[LatexLine]) -> None:
    tried = 0
    for line in printed:
        right = line.claim.right
        for factors in read(shaped_right(line.claim).text)[1]:
            arrays = [pair for pair in factors if pair != ("1", "1")]
            for (_, columns), (rows, _) in pairwise(arrays):
                assert columns == rows, f"{factors} in {shaped_right(line.claim).text}"
            whole = rf"{arrays[0][0]}\times {arrays[-1][1]}" if arrays else r"1\times 1"
            assert whole == latex_shape(right.shape), shaped_right(line.claim).text
            tried += len(arrays)
    assert tried > 400


def test_above_the_braces_stands_the_line_itself(printed: list[LatexLine]) -> None:
    tried = 0
    for line in printed:
        text = shaped_right(line.claim).text
        if SHAPED in text and not line.claim.show_shapes:
            assert without_spaces(read(text)[0]) == without_spaces(latex(line.claim.right))
            tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("node", "labels"),
    [
        (A * x, [[("M", "N"), ("N", "1")]]),
        (A * b.differential(x), [[("M", "N"), ("N", "1")]]),
        (s * t * x, [[("1", "1"), ("N", "1")]]),
        (b.number(2) * x, []),
        (b.number(2) * A * x, [[("M", "N"), ("N", "1")]]),
        (s * A * x, [[("1", "1"), ("M", "N"), ("N", "1")]]),
        (-(A * x) + y, [[("M", "N"), ("N", "1")], [("M", "1")]]),
        (y.T * A * x + s, [[("1", "M"), ("M", "N"), ("N", "1")]]),
        (s * t, []),
        (x, []),
        (b.trace(A * A.T), []),
        (b.apply("exp", y.T * A * x), []),
        (b.entry(x, Dimension(1)) * A, []),
        (b.kronecker(A, A) * b.vec(b.product(x, x.T)), []),
    ],
)
def test_which_lines_show_shapes(node: Node, labels: list[list[tuple[str, str]]]) -> None:
    assert read(shaped(node))[1] == labels


def test_a_sign_stands_before_the_first_brace() -> None:
    assert shaped(b.product(b.number(-2), A, x)).startswith(r"-\!\class{shaped}{\underbrace{2\boldsymbol{A}}_")
    assert r" - \class{shaped}{\underbrace{2\boldsymbol{x}}_{N\times 1}}" in shaped(
        A.T * y + b.product(b.number(-2), x)
    )


def test_an_inner_product_among_matrices_keeps_its_parentheses_when_braces_are_hidden() -> None:
    from jacobook.calculus.chain.combination import grouped

    claim = Claim(b.differential(s), grouped([A, y.T * y]), "chain", Prose("why"), show_shapes=True)
    assert without_spaces(read(shaped_right(claim).text)[0]) == without_spaces(
        r"\boldsymbol{A}(\boldsymbol{y}^{\top}\boldsymbol{y})"
    )


def test_a_derivative_with_more_than_two_indices_is_left_out() -> None:
    left = b.partial(symbol("F", matrix("M", "N")), x)
    claim = Claim(left, b.kronecker(A, A) * b.kronecker(A, A).T, "read-off", Prose("why"))
    assert SHAPED not in shaped_right(claim).text


def test_an_inner_product_that_what_follows_does_not_fit_is_one_factor() -> None:
    square = symbol("B", matrix("N", "N"))
    written = printed_with_shapes(n.Product((x.T, square, x, square), square.shape)).text
    assert written.startswith(r"\underbrace{(\boldsymbol{x}^{\top}\boldsymbol{B}\boldsymbol{x})}_{1\times 1}\,")
    assert written.count(r"\underbrace") == 2


def test_a_name_of_several_letters_is_read_as_one() -> None:
    long = symbol("lv", vector("N"))
    claims = [Claim(b.differential(s), node, "tidy", Prose("why")) for node in (A * x, A * long)]
    assert latex_claim_lines(claims)[1].annotated.count(r"\class{changed}{\mathbf{lv}}") == 1
