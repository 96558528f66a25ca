"""Declarations: forms, properties, sizes, and what is said about those that cannot be read."""

from __future__ import annotations

import pytest

from jacobook.algebra import shapes
from jacobook.algebra.shapes import SCALAR, Kind, Shape
from jacobook.language import LanguageError, parse_declarations, parse_given
from jacobook.language.declarations import PROPERTIES
from jacobook.language.printer import declared_properties, text_declarations


@pytest.mark.parametrize(
    ("text", "names", "shape", "properties"),
    [
        ("t in R", "t", SCALAR, ""),
        ("x, mu in R^D", "x mu", shapes.vector("D"), ""),
        ("x in R^3", "x", shapes.vector(3), ""),
        ("x in R^(D)", "x", shapes.vector("D"), ""),
        ("A in R^(M x N)", "A", shapes.matrix("M", "N"), ""),
        ("A in R^( 2 x N )", "A", shapes.matrix(2, "N"), ""),
        ("a in R^(N x 1)", "a", shapes.matrix("N", 1), ""),
        ("S in R^(D x D) symmetric, invertible", "S", shapes.matrix("D", "D"), "symmetric invertible"),
        ("S in R^(D x D), symmetric", "S", shapes.matrix("D", "D"), "symmetric"),
        ("Q in R^(2 x 2) symmetric", "Q", shapes.matrix(2, 2), "symmetric"),
        (
            "S in R^(D x D) positive-definite",
            "S",
            shapes.matrix("D", "D"),
            "positive-definite symmetric invertible",
        ),
        ("D in R^(N x N) diagonal", "D", shapes.matrix("N", "N"), "diagonal symmetric"),
        (
            "D in R^(N x N) diagonal, positive-definite",
            "D",
            shapes.matrix("N", "N"),
            "diagonal symmetric positive-definite invertible",
        ),
        ("s in R positive", "s", SCALAR, "positive"),
        ("x in R^D positive", "x", shapes.vector("D"), "positive"),
        ("X in R^(D x D) positive, invertible", "X", shapes.matrix("D", "D"), "positive invertible"),
        ("x ∈ ℝ^D", "x", shapes.vector("D"), ""),
        ("x∈ℝᴰ", "x", shapes.vector("D"), ""),
        ("x ∈ ℝ²", "x", shapes.vector(2), ""),
        ("x ∈ ℝⁿ", "x", shapes.vector("n"), ""),
        ("A ∈ ℝ^(M×N)", "A", shapes.matrix("M", "N"), ""),
        ("A ∈ ℝᴹˣᴺ", "A", shapes.matrix("M", "N"), ""),
        ("μ, σ ∈ ℝ positive", "mu sigma", SCALAR, "positive"),
        ("x in R^λ", "x", shapes.vector("lambda"), ""),
        ("in in R", "in", SCALAR, ""),
        ("x: R^N", "x", shapes.vector("N"), ""),
        ("x in R3", "x", shapes.vector(3), ""),
        ("A in R2x3", "A", shapes.matrix(2, 3), ""),
        ("x ∈ R^n.", "x", shapes.vector("n"), ""),
        ("let x in R^N", "x", shapes.vector("N"), ""),
        ("Let x be in R^N", "x", shapes.vector("N"), ""),
        ("let in R", "let", SCALAR, ""),
        ("t in R real", "t", SCALAR, ""),
        ("λ > 0", "lambda", SCALAR, "positive"),
        (r"\lambda \in \mathbb{R}_{++}", "lambda", SCALAR, "positive"),
        ("t in R_{>0}", "t", SCALAR, "positive"),
        (r"x \in \mathbb{R}^n_{++}", "x", shapes.vector("n"), "positive"),
        ("x in R_{++}^n", "x", shapes.vector("n"), "positive"),
        (r"$S \in \mathbb{S}^n$", "S", shapes.matrix("n", "n"), "symmetric"),
        ("S in S^3", "S", shapes.matrix(3, 3), "symmetric"),
        (r"S \in \mathbb{S}_{++}^{n}", "S", shapes.matrix("n", "n"), "positive-definite symmetric invertible"),
        ("S in 𝕊^n_{++}", "S", shapes.matrix("n", "n"), "positive-definite symmetric invertible"),
        ("S in R^(n x n), S ≻ 0", "S", shapes.matrix("n", "n"), "positive-definite symmetric invertible"),
        (
            r"S \in \mathbb{R}^{n\times n}, S \succ 0",
            "S",
            shapes.matrix("n", "n"),
            "positive-definite symmetric invertible",
        ),
        ("x in R^n, x > 0", "x", shapes.vector("n"), "positive"),
        ("S in R^(n x n) (symmetric)", "S", shapes.matrix("n", "n"), "symmetric"),
        ("S in R^(n x n) spd", "S", shapes.matrix("n", "n"), "positive-definite symmetric invertible"),
        (
            "S in R^(n x n) symmetric positive definite",
            "S",
            shapes.matrix("n", "n"),
            "positive-definite symmetric invertible",
        ),
        ("C in R^(n x n) nonsingular", "C", shapes.matrix("n", "n"), "invertible"),
        ("x in R^{N}", "x", shapes.vector("N"), ""),
        ("A in R^MxN", "A", shapes.matrix("M", "N"), ""),
        ("A in R^(nxn) symmetric", "A", shapes.matrix("n", "n"), "symmetric"),
        ("A in R^(2xn)", "A", shapes.matrix(2, "n"), ""),
        ("A in R^3x4", "A", shapes.matrix(3, 4), ""),
        ("A in R^(n1xn2)", "A", shapes.matrix("n1", "n2"), ""),
        ("A in R^(dimxdim)", "A", shapes.matrix("dim", "dim"), ""),
        ("A in R^nXn invertible", "A", shapes.matrix("n", "n"), "invertible"),
        ("A in R^M x N", "A", shapes.matrix("M", "N"), ""),
        ("A in R^(M, N)", "A", shapes.matrix("M", "N"), ""),
        ("x in R^(2n)", "x", shapes.vector(shapes.Dimension(2, ("n",))), ""),
        ("x in R^2n", "x", shapes.vector(shapes.Dimension(2, ("n",))), ""),
        ("x in R^(k*n)", "x", shapes.vector(shapes.Dimension(1, ("k", "n"))), ""),
        ("A in R^(K^2 x K^2)", "A", shapes.matrix(*[shapes.Dimension(1, ("K", "K"))] * 2), ""),
        (r"\mathbf{x} \in \mathbb{R}^n", "x", shapes.vector("n"), ""),
        (r"$A, B \in \mathbb{R}^{m \times n}$", "A B", shapes.matrix("m", "n"), ""),
        (r"\boldsymbol{\mu}_1, W_{2} \in \mathbb R^D", "mu1 W2", shapes.vector("D"), ""),
        (
            r"\Sigma \in \mathbb{R}^{D\times D} positive-definite",
            "Sigma",
            shapes.matrix("D", "D"),
            "positive-definite symmetric invertible",
        ),
        (r"\lambda \in \R positive", "lambda", SCALAR, "positive"),
        ("R in R^R", "R", shapes.vector("R"), ""),
        ("x in R^(x x x)", "x", shapes.matrix("x", "x"), ""),
    ],
)
def test_forms(text: str, names: str, shape: Shape, properties: str) -> None:
    found = parse_declarations([text])
    assert [symbol.name for symbol in found] == names.split()
    assert {symbol.shape for symbol in found} == {shape}
    assert {symbol.properties for symbol in found} == {frozenset(properties.split())}


def test_order_and_kinds() -> None:
    found = parse_declarations(["x in R^N", "a in R^(N x 1)", "o in R^(1 x 1)", "t in R", "e in R^1"])
    kinds = [symbol.shape.kind for symbol in found]
    assert kinds == [Kind.VECTOR, Kind.MATRIX, Kind.MATRIX, Kind.SCALAR, Kind.VECTOR]
    assert parse_declarations([]) == ()


@pytest.mark.parametrize(
    ("text", "column", "end", "says", "suggestion"),
    [
        ("", 1, 2, "nothing here", None),
        ("x", 2, 3, "`in` was expected", "in"),
        ("x in", 5, 6, "`R` was expected", "R"),
        ("x y in R", 3, 4, "`in` was expected after the name instead of `y`", "in"),
        ("x = 3", 3, 4, "`=` does not declare", "in"),
        ("x in C^N", 6, 7, "everything is real", "R"),
        ("x, in R", 7, 8, "`in` was expected", "in"),
        ("2x in R", 1, 2, "a name was expected instead of `2`", None),
        ("é in R", 1, 2, "a name was expected", None),
        ("x in R(N)", 7, 8, "`^` was expected", "^"),
        ("x in R^", 8, 9, "a size is a name or a whole number", None),
        ("x in R^0", 8, 9, "a whole number from 1", None),
        ("x in R^1.5", 8, 11, "a whole number from 1", None),
        ("x in R^n+1", 8, 11, "put a sum of sizes in parentheses: `R^(n+1)`", "R^(n+1)"),
        ("x in R^(n/2)", 9, 12, "`n/2` is no whole number for n = 1", None),
        ("x in R^(n-n)", 9, 12, "there is no array with 0 places", None),
        ("x in R^(1-n)", 9, 12, "`1 - n` is never a number of places", None),
        ("x in R^(n/m)", 11, 12, "a size is divided by a whole number", None),
        ("x in R^-1", 8, 9, "a size is a name or a whole number", None),
        ("x in R^99999999", 8, 16, "a whole number from 1", None),
        ("A in R^(M x N", 14, 15, "`)` was expected", None),
        ("A in R^(M x N x K)", 18, 19, "at most two indices", None),
        ("x in R^N A in R^(N x N)", 10, 11, "a second declaration begins here", ", A in R^(N x N)"),
        ("x in R^N, Y", 11, 12, "there is no property `Y`", None),
        ("x in R^N symmetric", 10, 19, "`x` is a vector with N entries", None),
        ("t in R invertible", 8, 18, "`t` is a scalar", None),
        ("A in R^(M x N) symmetric", 16, 25, "`A` is a matrix of M×N", None),
        ("A in R^(2 x 3) diagonal", 16, 24, "`diagonal` belongs to a square matrix", None),
        ("A in R^(N x N) diagonal, positive", 26, 34, "has zeros", "diagonal, positive-definite"),
        ("A in R^(N x N) symmetric, skew-symmetric", 27, 41, "only the zero matrix is both", None),
        ("L in R^(N x N) lower-triangular, symmetric", 34, 43, "did you mean `diagonal`?", "diagonal"),
        ("p in R^N probability, mask", 23, 27, "is `one-hot`", "one-hot"),
        ("Q in R^(N x N) orthogonal, skew-symmetric", 28, 42, "the directions that keep a matrix both are not", None),
        (
            "Q in R^(M x N) orthogonal",
            16,
            26,
            "`orthogonal` belongs to a square matrix, and `Q` is a matrix of M×N",
            None,
        ),
        ("y in R^(N x N) one-hot", 16, 23, "`one-hot` belongs to a vector", None),
        ("t in R mask", 8, 12, "`mask` belongs to a vector or a matrix", None),
        ("T in R^(N x N) triangular", 16, 26, "`lower-triangular` or `upper-triangular`", None),
        ("x in R^N normalised", 10, 20, "`unit-norm` or `probability`", None),
        ("Q in R^(N x N) orthognal", 16, 25, "did you mean `orthogonal`?", "orthogonal"),
        ("S in R^(N x N) antisymetric", 16, 28, "did you mean `skew-symmetric`?", "skew-symmetric"),
        ("F : R -> R^(N x N) orthogonal", 20, 30, "is declared of variables", None),
        ("A in R^(2 x 3) positive-definite", 16, 33, "`A` is a matrix of 2×3", None),
        ("A in R^(N x N) symetric", 16, 24, "did you mean `symmetric`?", "symmetric"),
        ("A in R^(N x N) positive semidefinite", 25, 37, "no property `semidefinite`", None),
        ("t in R_+", 7, 9, "may be 0, too; positive numbers are declared `t in R positive`", None),
        (r"t \in \mathbb{R}_{\geq 0}", 17, 26, "may be 0, too", None),
        ("x in R^N_+", 9, 11, "may be 0, too", None),
        ("x, eye in R^N", 4, 7, "`eye` is the identity matrix", None),
        ("S ≻ 0", 3, 4, "`S in R^(N x N) positive-definite`", None),
        ("symmetric S in R^(N x N)", 11, 12, "come at the end: `S in R^(N x N) symmetric`", None),
        ("x in R^N nonsense", 10, 18, "the properties are", None),
        ("x in R^N positive,", 19, 20, "after the comma", None),
        ("x, x in R", 4, 5, "`x` is declared twice", None),
        ("λ, lambda in R", 4, 10, "`lambda` is declared twice", None),
    ],
)
def test_errors(text: str, column: int, end: int, says: str, suggestion: str | None) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_declarations([text])
    error = caught.value
    assert says in error.message
    assert (error.line, error.column, error.end_column) == (1, column, end)
    assert (error.suggestion, error.origin) == (suggestion, "given[0]")


def test_a_name_declared_in_two_lines() -> None:
    with pytest.raises(LanguageError, match="declared twice") as caught:
        parse_declarations(["x in R", "y in R", "t, x in R^N"])
    assert (caught.value.origin, caught.value.column, caught.value.source) == ("given[2]", 4, "t, x in R^N")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x in R^N, A in R^(N x N)", ["x in R^N", "A in R^(N x N)"]),
        ("x in R^N,A in R^(N x N)", ["x in R^N", "A in R^(N x N)"]),
        ("x in R^N and A in R^(N x N)", ["x in R^N", "A in R^(N x N)"]),
        ("x in R^N, and A in R^(N x N)", ["x in R^N", "A in R^(N x N)"]),
        ("s in R positive, y, z ∈ R^M", ["s in R positive", "y, z in R^M"]),
        ("x in R^N; y in R", ["x in R^N", "y in R"]),
        ("x in R^N\ny in R", ["x in R^N", "y in R"]),
        (r"x\in\mathbb R^n, A\in\mathbb R^{n\times n}", ["x in R^n", "A in R^(n x n)"]),
        (r"x \in \mathbb{R}^n \text{ and } \mathbf{A} \in \mathbb{R}^{n \times n}", ["x in R^n", "A in R^(n x n)"]),
        ("λ > 0, x in R^n", ["lambda in R positive", "x in R^n"]),
        ("x, mu in R; s > 0", ["x, mu in R", "s in R positive"]),
        ("x in R^n, s, t > 0; A in R^(n x n)", ["x in R^n", "s, t in R positive", "A in R^(n x n)"]),
        ("w in R^D; x[i], z[i] in R^D for i in 1..N", ["w in R^D", "x[i], z[i] in R^D for i in 1..N"]),
        ("S in R^(D x D) symmetric, invertible, x in R^D", ["S in R^(D x D) symmetric, invertible", "x in R^D"]),
        ("k in N, x in R^k, t in R", ["k in N", "x in R^k", "t in R"]),
        ("x in R^N, positive in R", ["x in R^N", "positive in R"]),
        ("p : R^N -> R positive, x in R^N", ["p : R^N -> R positive", "x in R^N"]),
        ("x in R^N, p : R^N -> R", ["x in R^N", "p : R^N -> R"]),
    ],
)
def test_several_declarations_in_one_text(text: str, parts: list[str]) -> None:
    assert parse_given([text]) == parse_given(parts)


def test_sizes_with_an_x_in_their_names() -> None:
    (vector,) = parse_declarations(["v in R^max"])
    assert str(vector.shape) == "max×1"
    assert [str(one.shape) for one in parse_declarations(["a in R^(next)", "b in R^box"])] == ["next×1", "box×1"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("y in R^N onehot", "one-hot"),
        ("y in R^N one hot", "one-hot"),
        ("Q in R^(N x N) orthonormal", "orthogonal"),
        ("L in R^(N x N) lower triangular", "lower-triangular"),
        ("U in R^(N x N) Upper_Triangular", "upper-triangular"),
        ("S in R^(N x N) antisymmetric", "skew-symmetric"),
        ("S in R^(N x N) skew symmetric", "skew-symmetric"),
        ("p in R^N simplex", "probability"),
        ("p in R^N stochastic", "probability"),
        ("u in R^N unit", "unit-norm"),
        ("u in R^N unit norm", "unit-norm"),
        ("W in R^(M x N) binary", "mask"),
        (r"$R \in \mathbb{R}^{N \times N}$ correlation matrix", "correlation"),
        (r"y \in \mathbb{R}^{N}\ \text{one-hot}", "one-hot"),
        (r"L \in \mathbb{R}^{N \times N}~\text{ lower triangular}", "lower-triangular"),
    ],
)
def test_what_others_call_the_properties(written: str, name: str) -> None:
    for text in (written, f"{written}, z in R^K", f"z in R^K; {written}"):
        declared = parse_declarations(text.split("; "))
        found = next(symbol for symbol in declared if symbol.name != "z")
        assert declared_properties(found) == [name]
        assert parse_declarations(text_declarations((found,))) == (found,)


def test_the_table_of_the_language_names_every_property(root) -> None:
    told = (root / "generator/jacobook/site/templates/language.md").read_text("utf-8")
    assert [name for name in PROPERTIES if f"`{name}`" not in told] == []
