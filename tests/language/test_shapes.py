"""The shape of every function and operator, and the sizes of `eye`, `vector(c)` and `matrix(c)`."""

from __future__ import annotations

import pytest

from jacobook.algebra import build, shapes
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.shapes import SCALAR, Dimension, Shape, matrix, row, vector
from jacobook.algebra.traverse import walk
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.function_table import FUNCTIONS

SYMBOLS = parse_declarations(
    [
        "x, y in R^N",
        "z in R^M",
        "v in R^4",
        "A in R^(M x N)",
        "S in R^(N x N) symmetric",
        "t, s in R",
        "K in R^(P x Q)",
        "q in R^(1 x N)",
    ]
)
MN, NN = Dimension(1, ("M", "N")), Dimension(1, ("N", "N"))


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("argument", ["t", "x", "x'", "A"])
def test_functions_of_scalars_keep_the_shape(name: str, argument: str) -> None:
    node = parse_expression(f"{name}({argument})", SYMBOLS)
    assert isinstance(node, n.Apply)
    assert node.function == name
    assert node.shape == parse_expression(argument, SYMBOLS).shape


@pytest.mark.parametrize(
    ("text", "kind", "shape"),
    [
        ("tr(S)", n.Trace, SCALAR),
        ("det(S)", n.Determinant, SCALAR),
        ("logdet(S)", n.LogDeterminant, SCALAR),
        ("inv(S)", n.Inverse, matrix("N", "N")),
        ("adj(S)", n.Adjugate, matrix("N", "N")),
        ("sum(x)", n.EntrySum, SCALAR),
        ("sum(x')", n.EntrySum, SCALAR),
        ("sum(A)", n.EntrySum, SCALAR),
        ("sum(t)", n.Symbol, SCALAR),
        ("norm1(x)", n.Norm1, SCALAR),
        ("norm1(A)", n.Norm1, SCALAR),
        ("norm2(x')", n.Norm2, SCALAR),
        ("norm2(A)", n.Norm2, SCALAR),
        ("norm2(t)", n.Apply, SCALAR),
        ("diag(x)", n.Diag, matrix("N", "N")),
        ("diag(S)", n.Diagonal, vector("N")),
        ("vec(A)", n.Vec, vector(MN)),
        ("kron(x, z)", n.Kronecker, vector(MN)),
        ("kron(x', z')", n.Kronecker, row(MN)),
        ("kron(x', z)", n.Kronecker, matrix("M", "N")),
        ("kron(A, x)", n.Kronecker, matrix(MN, "N")),
        ("khatrirao(A, S)", n.KhatriRao, matrix(MN, "N")),
        ("khatrirao(eye, A)", n.KhatriRao, matrix(MN, "N")),
        ("commutation(M, N)", n.Commutation, matrix(MN, MN)),
        ("commutation(2*M, N)", n.Commutation, matrix(Dimension(2, ("M", "N")), Dimension(2, ("M", "N")))),
        ("commutation(M, 1)", n.Identity, matrix("M", "M")),
        ("eye(N)", n.Identity, matrix("N", "N")),
        ("eye(2*N)", n.Identity, matrix(Dimension(2, ("N",)), Dimension(2, ("N",)))),
        ("kron(A, K)", n.Kronecker, matrix(Dimension(1, ("M", "P")), Dimension(1, ("N", "Q")))),
        ("softmax(x)", n.Softmax, vector("N")),
        ("logsumexp(x)", n.LogSumExp, SCALAR),
        ("x + vector(t)", n.Add, vector("N")),
        ("A + matrix(t)", n.Add, matrix("M", "N")),
        ("vector(t, N)", n.Fill, vector("N")),
        ("vector(t, M)'", n.Fill, row("M")),
        ("vector(0, 3)", n.Fill, vector(3)),
        ("matrix(t*s, M, 2*N)", n.Fill, matrix("M", Dimension(2, ("N",)))),
        ("(matrix(1, M*N, 1))", n.Fill, matrix(MN, 1)),
        ("unvec(vec(A), N, M)", n.Unvec, matrix("N", "M")),
        ("unvec(v, 1, 4)", n.Unvec, matrix(1, 4)),
        ("unvec(vector(1), M, N)", n.Unvec, matrix("M", "N")),
        ("S + eye", n.Add, matrix("N", "N")),
        ("dim(N)", n.SizeOf, SCALAR),
        ("x'", n.Transpose, row("N")),
        ("x'*y", n.Product, SCALAR),
        ("x*z'", n.Product, matrix("N", "M")),
        ("z'*A", n.Product, row("N")),
        ("A*x", n.Product, vector("M")),
        ("t*A", n.Product, matrix("M", "N")),
        ("x*t", n.Product, vector("N")),
        ("x*q", n.Product, matrix("N", "N")),
        ("A/t", n.Divide, matrix("M", "N")),
        ("t./A", n.HadamardDivide, matrix("M", "N")),
        ("A./t", n.Divide, matrix("M", "N")),
        ("t.*x", n.Product, vector("N")),
        ("x.*y", n.Hadamard, vector("N")),
        ("x.^t", n.HadamardPower, vector("N")),
        ("t.^x", n.HadamardPower, vector("N")),
        ("x.^y", n.HadamardPower, vector("N")),
        ("t.^s", n.Power, SCALAR),
        ("S^3", n.Power, matrix("N", "N")),
        ("S^0", n.Power, matrix("N", "N")),
        ("S^-1", n.Inverse, matrix("N", "N")),
        ("S^-2", n.Power, matrix("N", "N")),
        ("t^s", n.Power, SCALAR),
        ("t^-1", n.Power, SCALAR),
    ],
)
def test_shape_and_node(text: str, kind: type[n.Node], shape: Shape) -> None:
    node = parse_expression(text, SYMBOLS)
    assert type(node) is kind
    assert node.shape == shape


def test_no_function_is_left_out() -> None:
    listed = (
        "exp log sin cos tan arcsin arccos arctan sinh cosh tanh "
        "arcsinh arccosh arctanh sqrt abs sign relu sigmoid softplus step "
        "erf erfc normcdf normpdf "
        "log1p expm1 gelu silu leakyrelu sec csc cot lgamma gammafn digamma trigamma tetragamma "
        "tr det logdet inv adj sum norm1 norm2 diag vec unvec vech unvech kron khatrirao softmax logsumexp "
        "vector matrix triu tril "
        "expm sqrtm logm jacexpm pinv chol eigmax eigvals eigvecmax eigvecs normnuc polar ismax arctan2 rowmax rowismax"
    )
    assert set(FUNCTIONS) == set(listed.split())


def sizes(text: str, shape: Shape | None = None) -> list[str]:
    """Return the shapes of every `eye`, `vector(c)` and `matrix(c)` in the text."""
    node = parse_expression(text, SYMBOLS, shape)
    return sorted(str(one.shape) for one in walk(node) if isinstance(one, n.Identity | n.Fill))


@pytest.mark.parametrize(
    ("text", "found"),  # equal ones are one node
    [
        ("tr(x*x' + s^2*eye)", ["N×N"]),
        ("tr(s^2*eye + x*x')", ["N×N"]),
        ("vector(1)./x", ["N×1"]),
        ("vector(1)'*x", ["1×N"]),
        ("(eye - A'*A)*x", ["N×N"]),
        ("A*(eye - S)*(eye + S)'", ["N×N"]),
        ("A*eye*A'", ["N×N"]),
        ("x'*eye*y", ["N×N"]),
        ("x*eye*y'", ["1×1"]),
        ("eye*A*eye", ["M×M", "N×N"]),
        ("inv(eye + S)", ["N×N"]),
        ("A*vector(1)", ["N×1"]),
        ("matrix(1)*x + z", ["M×N"]),
        ("vector(1)*vector(2)' + A", ["1×N", "M×1"]),
        ("diag(vector(1)) + S", ["N×1"]),
        ("diag(eye) + x", ["N×N"]),
        ("vec(matrix(1)*A + A)", ["M×M"]),
        ("vec(eye) - vec(S)", ["N×N"]),
        ("vec(eye) + v", ["2×2"]),
        ("kron(eye, S) + kron(S, S)", ["N×N"]),
        ("kron(A, matrix(1)) - kron(A, K)", ["P×Q"]),
        ("kron(eye, A)*vec(S) + vec(A*S)", ["N×N"]),
        ("kron(eye(M), kron(commutation(M, N), eye))*kron(vec(S), kron(z, z))", ["M×M", "N×N"]),
        ("softmax(vector(1)).*x", ["N×1"]),
        ("vector(1) + vector(2) + vector(3) + x", ["N×1"] * 3),
        ("exp(vector(t)) - x", ["N×1"]),
        ("vector(1, N)'*vector(2)", ["1×N", "N×1"]),
        ("tr(matrix(1, M, N)*matrix(2))", ["M×N", "N×M"]),
        ("sum(kron(vector(1), vector(2, M)) + vec(A))", ["M×1", "N×1"]),
        ("tr(unvec(vector(1), M, M))", ["M*M×1"]),
    ],
)
def test_sizes_are_inferred(text: str, found: list[str]) -> None:
    assert sizes(text) == sorted(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("unvec(vec(A)) + A", "M×N"),
        ("S*unvec(vec(A'))", "N×M"),
        ("unvec(kron(x, z))*x", "M×N"),
        ("unvec(vec(S))*unvec(vec(A'))*z", "N×M"),
    ],
)
def test_an_arranged_vector_has_the_shape_that_fits(text: str, found: str) -> None:
    node = parse_expression(text, SYMBOLS)
    assert found in [str(one.shape) for one in walk(node) if isinstance(one, n.Unvec)]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("eye", matrix("N", "N")),
        ("unvec(vec(A))", matrix("N", "M")),
        ("unvec(vec(A))'", matrix("N", "M")),
        ("2*eye", matrix("N", "N")),
        ("vector(0)'", row("N")),
        ("vector(0)", vector("M")),
        ("matrix(0)", matrix("M", "N")),
        ("matrix(0)", matrix(MN, Dimension(2, ("N",)))),
        ("kron(eye, A)", matrix(Dimension(1, ("M", "N")), NN)),
        ("vec(eye)'", row(NN)),
        ("dim(P)*vector(1)", vector("P")),
        ("tr(S)", SCALAR),
    ],
)
def test_an_expected_shape_gives_the_sizes(text: str, shape: Shape) -> None:
    assert parse_expression(text, SYMBOLS, shape).shape == shape


def test_a_said_size_is_that_of_the_symbol() -> None:
    assert parse_expression("vector(t, N) + x", SYMBOLS) is parse_expression("vector(t) + x", SYMBOLS)
    assert parse_expression("unvec(vec(A), M, N) - A", SYMBOLS) is parse_expression("unvec(vec(A)) - A", SYMBOLS)


def test_a_size_is_a_scalar_and_a_product_of_sizes_too() -> None:
    assert parse_expression("dim(2*M*N)", SYMBOLS) is build.size_of(Dimension(2, ("M", "N")))
    assert parse_expression("dim(3)", SYMBOLS) is build.number(3)
    assert parse_expression("dim(4)*x", SYMBOLS).shape == shapes.vector("N")


def test_a_size_and_a_matrix_may_share_a_name() -> None:
    symbols = parse_declarations(["D in R^(D x D)"])
    node = parse_expression("tr(D)/dim(D)", symbols)
    assert node is build.divide(build.trace(symbols[0]), build.size_of(Dimension.of("D")))
