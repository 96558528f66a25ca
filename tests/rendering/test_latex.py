"""LaTeX of the formulas of the books."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node, symbol
from jacobook.algebra.shapes import SCALAR, Dimension, Shape, matrix, row, vector
from jacobook.calculus.derivation import Claim, Prose
from jacobook.language import parse_declarations, parse_expression
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.lines import latex_claim_lines
from jacobook.rendering.latex.pieces import latex_dimension, latex_shape, latex_space
from jacobook.rendering.latex.shape_braces import printed_with_shapes
from jacobook.rendering.letters import latex_name, split_name, with_letters

SYMBOLS = parse_declarations(
    [
        "x, y, mu in R^D",
        "u in R^M",
        "S, T in R^(D x D) invertible",
        "A in R^(M x D)",
        "z, f, s, t, sigma, lambda, lam in R",
        "W1 in R^(M x D)",
        "lv, b2 in R^M",
    ]
)
NAMES = {s.name: s for s in SYMBOLS}
x, y, S, A, z, f = (NAMES[name] for name in ("x", "y", "S", "A", "z", "f"))
D, M = Dimension.of("D"), Dimension.of("M")
i, j, k = Index("i", D), Index("j", D), Index("k", D)


def bold(written: str) -> str:
    """`*x*` stands for a bold x, `^T` for the transpose."""
    parts = written.split("*")
    text = "".join(rf"\boldsymbol{{{part}}}" if place % 2 else part for place, part in enumerate(parts))
    return text.replace("^T", r"^{\top}")


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("x - mu", r"*x* - *\mu*"),
        ("exp(-1/2*z)", r"\exp\left(-\tfrac{1}{2}z\right)"),
        ("-1/2*exp(-1/2*z)", r"-\tfrac{1}{2}\exp\left(-\tfrac{1}{2}z\right)"),
        ("y'*inv(S)*y", "*y*^T*S*^{-1}*y*"),
        ("y'*(inv(S) + inv(S)')", r"*y*^T(*S*^{-1} + *S*^{-\top})"),
        ("2*x'", "2*x*^T"),
        ("diag(vector(1) - tanh(u).^2)*A", r"\operatorname{diag}(*1* - \tanh^{2}(*u*))\,*A*"),
        ("tr(x*x' + sigma^2*eye)", r"\operatorname{tr}(*x**x*^T + \sigma^{2}*I*_{D})"),
        ("x.^2", r"*x*^{\odot 2}"),
        ("exp(x).^2", r"\exp(*x*)^{\odot 2}"),
        ("sin(z)^2", r"\sin^{2}(z)"),
        ("x.*y", r"*x* \odot *y*"),
        ("A*(x.*y)", r"*A*\,(*x* \odot *y*)"),
        ("vector(1)./x", r"*1* \oslash *x*"),
        ("kron(S, A)", r"*S* \otimes *A*"),
        ("norm2(x)^2", r"\lVert *x* \rVert_{2}^{2}"),
        ("norm2(A)", r"\lVert *A* \rVert_{F}"),
        ("norm1(x)", r"\lVert *x* \rVert_{1}"),
        ("norm1(A)", r"\lVert \operatorname{vec}(*A*) \rVert_{1}"),
        ("logdet(S)", r"\log\lvert \det *S* \rvert"),
        ("det(S)*inv(S)'", r"\det(*S*)\,*S*^{-\top}"),
        ("inv(S')", r"(*S*^T)^{-1}"),
        ("(S*T)'", "(*S**T*)^T"),
        ("S^2", "*S*^{2}"),
        ("(x'*x)^(1/2)", "(*x*^T*x*)^{1/2}"),
        ("x/norm2(x)", r"\frac{*x*}{\lVert *x* \rVert_{2}}"),
        ("-y'*x/2", r"-\frac{*y*^T*x*}{2}"),
        ("x'*S*x*S", "(*x*^T*S**x*)\\,*S*"),
        ("-(x + y)", "-(*x* + *y*)"),
        ("x - (y - mu)", r"*x* - (*y* - *\mu*)"),
        ("x + (y - mu)", r"*x* + *y* - *\mu*"),
        ("s*(x - y)", r"s\,(*x* - *y*)"),
        ("(-s)*x", "-s*x*"),
        ("s*(-t)", r"s\,(-t)"),
        ("2*3*z", r"2 \cdot 3z"),
        ("lambda*lam*z", r"\lambda\,\mathrm{lam}\,z"),
        ("W1*x + b2", "*W*_{1}*x* + *b*_{2}"),
        ("sum(lv)", r"\operatorname{sum}(\mathbf{lv})"),
        ("abs(z)", r"\lvert z \rvert"),
        ("abs(x)", r"\operatorname{abs}(*x*)"),
        ("sqrt(z)", r"\sqrt{z}"),
        ("sigmoid(z)", r"\operatorname{sigmoid}(z)"),
        ("softmax(x)", r"\operatorname{softmax}(*x*)"),
        ("vector(1)'*x", "*1*_{D}^T*x*"),
        ("dim(D)*z", "Dz"),
        ("x[1]^2*x[D]", "x_{1}^{2}x_{D}"),
        ("A[1, 2] + (A*x)[2]", "A_{12} + (*A**x*)_{2}"),
        ("x[12]", "x_{12}"),
        ("S[1, 12]", "S_{1,12}"),
        ("unit(1, D)'*x", "*e*_{1}^T*x*"),
        ("[s, t]", r"\begin{bmatrix} s & t \end{bmatrix}"),
        ("[s; -t]", r"\begin{bmatrix} s \\ -t \end{bmatrix}"),
        ("z*[s, t; 0, 1/2*z]", r"z\begin{bmatrix} s & t \\ 0 & \tfrac{1}{2}z \end{bmatrix}"),
    ],
)
def test_formula(expression: str, printed: str) -> None:
    assert latex(parse_expression(expression, SYMBOLS)) == bold(printed)


@pytest.mark.parametrize(
    ("node", "printed"),
    [
        (b.differential(x), r"\mathrm{d}*x*"),
        (b.differential(b.product(y.T, b.inverse(S), y)), r"\mathrm{d}(*y*^T*S*^{-1}*y*)"),
        (b.product(b.differential(y).T, b.inverse(S), y), r"(\mathrm{d}*y*)^T*S*^{-1}*y*"),
        (b.product(y.T, b.inverse(S), b.differential(y)), r"*y*^T*S*^{-1}\,\mathrm{d}*y*"),
        (b.partial(z, y), r"\frac{\partial z}{\partial *y*}"),
        (b.partial(f, x, total=True), r"\frac{\mathrm{d}f}{\mathrm{d}*x*}"),
        (b.partial(b.apply("tanh", z), z), r"\frac{\partial}{\partial z}\tanh(z)"),
        (b.partial(z * f, z), r"\frac{\partial}{\partial z}(zf)"),
        (b.entry(b.partial(y, x), i, j), r"\frac{\partial y_{i}}{\partial x_{j}}"),
        (b.entry(b.partial(f, x, total=True), k), r"\frac{\mathrm{d}f}{\mathrm{d}x_{k}}"),
        (b.entry(b.partial(f, S), i, j), r"\frac{\partial f}{\partial S_{ij}}"),
        (b.entry(x, i), "x_{i}"),
        (b.entry(A, Index("i", M), j), "A_{ij}"),
        (b.entry(x * x.T, i, j), "(*x**x*^T)_{ij}"),
        (b.entry(b.inverse(S), i, j), "(*S*^{-1})_{ij}"),
        (b.entry(NAMES["W1"], Index("i", M), j), "W_{1,ij}"),
        (b.entry(x, Dimension(1)), "x_{1}"),
        (b.entry(x, D), "x_{D}"),
        (b.entry(S, Dimension(12), D), "S_{12,D}"),
        (b.delta(i, k), r"\delta_{ik}"),
        (
            b.index_sum(i, b.power(b.entry(x, i), b.TWO)) + b.size_of(D),
            r"\sum_{i=1}^{D} x_{i}^{2} + D",
        ),
        (b.product(b.index_sum(i, b.entry(x, i)), z), r"\left(\sum_{i=1}^{D} x_{i}\right)z"),
        (b.product(b.TWO, b.index_sum(i, b.entry(x, i))), r"2\sum_{i=1}^{D} x_{i}"),
        (b.negate(b.index_sum(i, b.entry(x, i))), r"-\sum_{i=1}^{D} x_{i}"),
        (b.zero(row("D")), "*0*_{D}^T"),
        (b.zero(matrix("M", "D")), r"*0*_{M\times D}"),
        (b.adjugate(S), r"\operatorname{adj}(*S*)"),
        # d of a function beside another factor, which is no argument of it
        (b.differential(b.cholesky(S)) * S, r"(\mathrm{d}\operatorname{chol}(*S*))\,*S*"),
        (S * b.differential(b.cholesky(S)), r"*S*\,\mathrm{d}\operatorname{chol}(*S*)"),
        # a product in an entry-wise product, where a bracket might be read as a factor of it
        (b.hadamard(y, (S + b.identity(D)) * x), r"*y* \odot ((*S* + *I*_{D})\,*x*)"),
        (b.hadamard(y, S * x), r"*y* \odot *S**x*"),
        # a matrix of ones is not taken for a number beside others
        (b.fill(b.ONE, S.shape) - S, r"*1*_{D\times D} - *S*"),
        (b.fill(z, vector("D")), "z*1*_{D}"),
    ],
)
def test_node_outside_the_language(node: Node, printed: str) -> None:
    assert latex(node) == bold(printed)


def test_matrix_with_dots_and_marked_diagonal() -> None:
    outer = b.array_of(b.entry(x, i) * b.entry(x, j), i, j, shape=matrix("D", "D"))
    assert latex(outer) == (
        r"\begin{bmatrix} x_{1}^{2} & x_{1}x_{2} & \cdots & x_{1}x_{D} \\ x_{2}x_{1} & x_{2}^{2} & \cdots & x_{2}x_{D}"
        r" \\ \vdots & \vdots & \ddots & \vdots \\ x_{D}x_{1} & x_{D}x_{2} & \cdots & x_{D}^{2} \end{bmatrix}"
    )
    marked = latex(outer, mark_diagonal=True)
    assert marked.count(r"\boxed") == 3
    assert r"\boxed{x_{1}^{2}} & x_{1}x_{2}" in marked
    assert r"\boxed{x_{D}^{2}}" in marked


def test_deltas_of_fixed_places_are_resolved() -> None:
    square = b.power(b.apply("tanh", b.entry(x, i)), b.TWO)
    diagonal = b.array_of(b.product(b.delta(i, j), b.ONE - square), i, j, shape=matrix("D", "D"))
    assert latex(diagonal) == (
        r"\begin{bmatrix} 1 - \tanh^{2}(x_{1}) & 0 & \cdots & 0 \\ 0 & 1 - \tanh^{2}(x_{2}) & \cdots & 0 \\ "
        r"\vdots & \vdots & \ddots & \vdots \\ 0 & 0 & \cdots & 1 - \tanh^{2}(x_{D}) \end{bmatrix}"
    )


@pytest.mark.parametrize(
    ("shape", "indices", "printed"),
    [
        (row("D"), (i,), r"\begin{bmatrix} 2x_{1} & 2x_{2} & \cdots & 2x_{D} \end{bmatrix}"),
        (vector("D"), (i,), r"\begin{bmatrix} 2x_{1} \\ 2x_{2} \\ \vdots \\ 2x_{D} \end{bmatrix}"),
        (vector(3), (i,), r"\begin{bmatrix} 2x_{1} \\ 2x_{2} \\ 2x_{3} \end{bmatrix}"),
        (row(7), (i,), r"\begin{bmatrix} 2x_{1} & 2x_{2} & \cdots & 2x_{7} \end{bmatrix}"),
        (
            matrix(2, "D"),
            (i, j),
            r"\begin{bmatrix} 2x_{1} & 2x_{1} & \cdots & 2x_{1} \\ 2x_{2} & 2x_{2} & \cdots & 2x_{2} \end{bmatrix}",
        ),
    ],
)
def test_written_out(shape: Shape, indices: tuple[Index, ...], printed: str) -> None:
    assert latex(b.array_of(b.TWO * b.entry(x, i), *indices, shape=shape)) == printed


def test_shapes_under_factors() -> None:
    product = b.product(b.partial(f, z), b.partial(z, y), b.partial(y, x))
    assert printed_with_shapes(product).text == bold(
        r"\underbrace{\frac{\partial f}{\partial z}}_{1\times 1}\,"
        r"\underbrace{\frac{\partial z}{\partial *y*}}_{1\times D}\,"
        r"\underbrace{\frac{\partial *y*}{\partial *x*}}_{D\times D}"
    )
    two_paths = b.add(b.partial(f, y) * b.partial(y, x), b.negate(b.partial(f, x)))
    assert printed_with_shapes(two_paths).text.count(r"\underbrace") == 3
    assert r"} - \underbrace" in printed_with_shapes(two_paths).text


def test_numbers_share_the_brace_of_their_scalar_and_partials_do_not() -> None:
    inserted = b.product(b.negate(b.ONE), b.apply("exp", z), b.product(y.T, S + S.T), b.identity("D"))
    written = printed_with_shapes(inserted).text
    assert written.count(r"\underbrace") == 3
    assert written.startswith(r"\underbrace{-\exp(z)}_{1\times 1}")
    scalars = b.product(b.partial(f, z), b.partial(z, NAMES["s"]))
    assert r"\underbrace" not in printed_with_shapes(scalars).text  # 1×1 under every factor says nothing


def test_a_signed_factor_reads_as_a_factor_not_as_a_subtraction() -> None:
    slope = b.negate(b.apply("exp", z))
    later = printed_with_shapes(b.product(b.partial(y, x), y, n.Product((slope,), SCALAR))).text
    assert later.endswith(r"\,\underbrace{(-\exp(z))}_{1\times 1}")
    apart = n.Add((b.product(z, b.partial(f, x)), n.Product((slope, y.T), y.T.shape)), y.T.shape)
    assert r" + \underbrace{(-\exp(z))}_{1\times 1}" in printed_with_shapes(apart).text
    assert printed_with_shapes(slope).text == r"-\exp(z)"
    assert printed_with_shapes(n.Negate((S + S.T,), S.shape)).text == bold(r"-\underbrace{(*S* + *S*^T)}_{D\times D}")
    assert printed_with_shapes(n.Product((y.T, S + S.T), y.T.shape)).text.count("(") == 1


def test_a_repeated_left_side_is_printed_once() -> None:
    reason = Prose("why")
    claims = [Claim(b.partial(z, y), value, "rule", reason) for value in (y.T * S, y.T * S.T)]
    claims.append(Claim(b.partial(f, z), z, "rule", reason))
    lines = latex_claim_lines(claims)
    assert [bool(line.left) for line in lines] == [True, False, True]
    assert lines[1].formula == bold("= *y*^T*S*^T")
    assert lines[1].aligned == bold("&= *y*^T*S*^T")


def test_shapes_and_spaces() -> None:
    assert latex_shape(row("D")) == r"1\times D"
    assert latex_space(SCALAR) == r"\mathbb{R}"
    assert latex_space(vector("D")) == r"\mathbb{R}^{D}"
    assert latex_space(matrix("M", 3)) == r"\mathbb{R}^{M\times 3}"
    assert latex_dimension(Dimension(2, ("M", "N"))) == "2MN"


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("x", "x"),
        ("W1", "W_{1}"),
        ("x_new", r"x_{\mathrm{new}}"),
        ("x_i", "x_{i}"),
        ("sigma_x", r"\sigma_{x}"),
        ("x_mu", r"x_{\mu}"),
        ("x_1_2", "x_{1,2}"),
        ("eps", r"\mathrm{eps}"),
        ("Lambda", r"\Lambda"),
        ("omicron", r"\mathrm{omicron}"),
        ("a__", r"\mathrm{a\_\_}"),
    ],
)
def test_name(name: str, printed: str) -> None:
    assert latex_name(name) == printed


def test_names_split_at_digits_and_underscores() -> None:
    assert split_name("W12") == ("W", ("12",))
    assert split_name("beta_hat2") == ("beta", ("hat2",))


def test_a_symbol_is_bold_exactly_where_it_is_an_array() -> None:
    assert latex(symbol("x")) == "x"
    assert latex(symbol("x", vector("D"))) == r"\boldsymbol{x}"
    assert latex(symbol("Sigma", matrix("D", "D"))) == r"\boldsymbol{\Sigma}"


def test_letters_are_letters_also_in_prose():
    assert latex_name("ell") == r"\ell"
    assert latex_name("Sigma", bold=True) == r"\boldsymbol{\Sigma}"
    assert with_letters("At mu, where sigma and Phi meet ell.") == "At μ, where σ and Φ meet ℓ."
    assert with_letters("The pinned musing of mu-like etas") == "The pinned musing of mu-like etas"
    named = "The gamma function, two gamma functions, a beta distribution of gamma"
    assert with_letters(named) == "The gamma function, two gamma functions, a beta distribution of γ"


def test_a_bar_holds_a_numerator_together() -> None:
    assert latex(parse_expression("-(s + t)/(2*z)", SYMBOLS)) == r"-\frac{s + t}{2z}"


def test_a_number_before_bold_ones_is_told_from_them() -> None:
    assert latex(parse_expression("2*vector(1)'*x", SYMBOLS)).startswith(r"2 \cdot \boldsymbol{1}")
    assert latex(parse_expression("x + vector(20)", SYMBOLS)).endswith(r"20 \cdot \boldsymbol{1}")
    assert latex(parse_expression("x + vector(s)", SYMBOLS)).endswith(r"s\boldsymbol{1}")


def test_the_place_of_an_entry_goes_below_the_value_of_a_function() -> None:
    assert latex(b.entry(b.softmax(x), k)) == r"\operatorname{softmax}(\boldsymbol{x})_{k}"
    assert latex(b.entry(b.product(S, x), k)) == r"(\boldsymbol{S}\boldsymbol{x})_{k}"
