"""Declarations that a reader left out: what is guessed, that it reads, and that the reader's own stay as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
from hypothesis import given, settings

from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape
from jacobook.language import LanguageError, parse_declarations, parse_given, parse_statement
from jacobook.language.elaborate.guessed_shapes import SupposingElaborator
from jacobook.language.elaborate.scope import Typed
from jacobook.language.guessed_declarations import MOST_PIECES, guess
from jacobook.language.printer import text
from jacobook.language.syntax import Syntax
from tests.strategies import expressions

EXPECTED: list[tuple[str | list[str], str, str]] = [
    # factors before parentheses, and an I that is a number
    ("r N (1 - N/K)", "r in R; N in R; K in R", "r"),
    ("r(1 - N/K)", "r in R; N in R; K in R", "r"),
    ("r*N(1 - N/K)", "r in R; N in R; K in R", "r"),
    ("a(1 - x)", "a in R; x in R", "x"),
    ("beta(1 - x)", "beta in R; x in R", "x"),
    ("f(1 - x)", "f : R -> R; x in R", "x"),
    ("k(x - y)", "k : R -> R; x in R; y in R", "x"),
    ("P L^3/(3 E I)", "P in R; L in R; E in R; I in R", "P"),
    ("P*L^3/(3*E*I)", "P in R; L in R; E in R; I in R", "P"),
    (r"\frac{P L^3}{3 E I}", "P in R; L in R; E in R; I in R", "P"),
    ("1/2*I*omega^2", "I in R; omega in R", "omega"),
    (r"\frac{1}{2} I \omega^2", "I in R; omega in R", "omega"),
    ("I^2*R", "I in R; R in R", "R"),
    ("inv(A + lambda*I)", "A in R^(N x N); lambda in R", "A"),
    ("G M m/r^2", "G in R; M in R; m in R; r in R", "G"),
    ("-G M m/r + L^2/(2 m r^2)", "G in R; M in R; m in R; r in R; L in R", "G"),
    ("K/(1 + a e^{-b t})", "K in R; a in R; b in R; t in R", "t"),
    ("A sin(omega t + phi)", "A in R; omega in R; t in R; phi in R", "t"),
    ("A exp(-t) + B exp(-2t)", "A in R; t in R; B in R", "t"),
    ("A tanh(x)", "A in R^(M x N); x in R^N", "x"),
    ("A + t*B", "A in R^(M x N); t in R; B in R^(M x N)", "t"),
    ("y log p + (1 - y) log(1 - p)", "y in R; p in R", "y"),
    ("1/2 log(2 pi e sigma^2)", "sigma in R", "sigma"),
    ("sin x cos x", "x in R", "x"),
    ("w'*I*w", "w in R^N", "w"),
    (r"\det(\mathbf{I} + A)", "A in R^(N x N)", "A"),
    (r"\begin{aligned} f &= \|e\|^2 \\ e &= y - W x \end{aligned}", "y in R^M; W in R^(M x N); x in R^N", "W"),
    # linear forms, quadratic forms, least squares
    ("x'*A*x", "x in R^N; A in R^(N x N)", "x"),
    ("a'*x", "a in R^N; x in R^N", "x"),
    ("x'*A*x + b'*x + c", "x in R^N; A in R^(N x N); b in R^N; c in R", "x"),
    ("norm(A*x - b)^2", "A in R^(M x N); x in R^N; b in R^M", "x"),
    ("norm(y - X*w)^2 + lambda*norm(w)^2", "y in R^M; X in R^(M x N); w in R^N; lambda in R", "w"),
    ("1/2*norm2(x)^2", "x in R^N", "x"),
    ("a'*X*b", "a in R^M; X in R^(M x N); b in R^N", "X"),
    ("(x - A*s)'*W*(x - A*s)", "x in R^M; A in R^(M x N); s in R^N; W in R^(M x M)", "x"),
    ("A*x + b", "A in R^(M x N); x in R^N; b in R^M", "x"),
    ("x*y'", "x in R^M; y in R^N", "x"),
    ("a*b'*c", "a in R^M; b in R^N; c in R^N", "a"),
    ("x/norm(x)", "x in R^N", "x"),
    ("t*A*x", "t in R; A in R^(M x N); x in R^N", "x"),
    # scalars
    ("sin(x)*cos(y)", "x in R; y in R", "x"),
    ("1/(1 + exp(-x))", "x in R", "x"),
    ("exp(-(x - mu)^2/(2*sigma^2))", "x in R; mu in R; sigma in R", "x"),
    ("x^n", "x in R; n in R", "x"),
    ("sigmoid(w*x + b)", "w in R; x in R; b in R", "x"),
    ("a*x^2 + b*x + c", "a in R; x in R; b in R; c in R", "x"),
    # sums whose length no declaration tells; what is written as LaTeX, but for the backslash
    (r"\sum_i a_i b_i", "a in R^N; b in R^N", "a"),
    (r"\sum_i \sum_j W_{ij} x_j", "W in R^(N x M); x in R^M", "x"),
    (r"\sum_i x_i^2 + y^\top A y", "x in R^N; y in R^M; A in R^(M x M)", "x"),
    ("sum_i x_i y_i", "x in R^N; y in R^N", "x"),
    ("sum_{i=1}^{n} (y_i - w^T x_i)^2", "y in R^n; w in R^N; x in R^(n x N)", "w"),
    ("(x - mu)^T Sigma^{-1} (x - mu)", "x in R^N; mu in R^N; Sigma in R^(N x N)", "x"),
    ("sum_sq*x", "sum_sq in R; x in R", "x"),
    # the largest of several numbers
    ("max(x)", "x in R^N", "x"),
    ("max(0, x)", "x in R", "x"),
    # sizes that are sums
    ("norm(y - [vector(1), X]*w)^2", "y in R^M; X in R^(M x N); w in R^(N + 1)", "w"),
    ("R*T/(V - b) - a/V**2", "R in R; T in R; V in R; b in R; a in R", "V"),
    ("-G*M/sqrt(R^2 + z^2)", "G in R; M in R; R in R; z in R", "z"),
    ("A*exp(-E/(R*T))", "A in R; E in R; R in R; T in R", "E"),
    (r"\frac{m C^2}{\sqrt{1 - v^2/C^2}}", "m in R; C in R; v in R", "v"),
    ("A*x/n + b", "A in R^(N x n); x in R^n; b in R^N", "x"),
    # scalars among vectors
    ("sigmoid(w'*x + b)", "w in R^N; x in R^N; b in R", "x"),
    ("(y - w'*x)^2", "y in R; w in R^N; x in R^N", "w"),
    ("log(1 + exp(-y*w'*x))", "y in R; w in R^N; x in R^N", "w"),
    ("x'*y/(norm(x)*norm(y))", "x in R^N; y in R^N", "x"),
    # matrices
    ("tr(A*X*B)", "A in R^(M x N); X in R^(N x K); B in R^(K x M)", "X"),
    ("logdet(S)", "S in R^(N x N)", "S"),
    ("log(det(X'*X))", "X in R^(M x N)", "X"),
    ("tr(X^2*B)", "X in R^(N x N); B in R^(N x N)", "X"),
    ("tr(X^k)", "X in R^(N x N); k in N", "X"),
    ("sum(X.^t)", "X in R^(M x N); t in R", "X"),
    ("norm(X - W*H)^2", "X in R^(M x N); W in R^(M x K); H in R^(K x N)", "W"),
    ("tr(x'*A*x)", "x in R^N; A in R^(N x N)", "x"),
    ("A*f - g", "A in R^(M x N); f in R^N; g in R^M", "f"),
    ("A.*X", "A in R^(M x N); X in R^(M x N)", "X"),
    ("tr(kron(X, X))", "X in R^(N x N)", "X"),
    ("inv(X'*X + lambda*eye)*X'*y", "X in R^(M x N); lambda in R; y in R^M", "X"),
    ("1/(1 + exp(-X))", "X in R^(M x N)", "X"),
    ("kron(A, B)*x", "A in R^(M x N); B in R^(K x D); x in R^(D*N)", "x"),
    # Gaussians
    ("-1/2*(x - mu)'*inv(Sigma)*(x - mu)", "x in R^N; mu in R^N; Sigma in R^(N x N)", "x"),
    ("(x - μ)'*Σ^-1*(x - μ)", "x in R^N; mu in R^N; Sigma in R^(N x N)", "x"),
    # networks
    ("softmax(W*x + b)", "W in R^(M x N); x in R^N; b in R^M", "x"),
    (
        "norm(W2*tanh(W1*x + b1) + b2 - y)^2",
        "W2 in R^(M x N); W1 in R^(N x K); x in R^K; b1 in R^N; b2 in R^M; y in R^M",
        "W1",
    ),
    ("sigmoid(X*W + b')", "X in R^(M x N); W in R^(N x K); b in R^K", "W"),
    ("-y'*log(softmax(z))", "y in R^N; z in R^N", "z"),
    # chains
    (["f = exp(z)", "z = -1/2*x'*x"], "x in R^N", "x"),
    (["f(z) = log(1 + z)", "z = g(x) = x'*x"], "x in R^N", "x"),
    (["f = tanh(z)", "z = A*x + b"], "A in R^(M x N); x in R^N; b in R^M", "x"),
    # sizes and places
    ("x[1]^2 + x[2]*x[3]", "x in R^3", "x"),
    ("A[1,1]*A[2,2] - A[1,2]*A[2,1]", "A in R^(2 x 2)", "A"),
    ("x[1] + norm(x)", "x in R^N", "x"),
    ("[x1*x2; x1 + x2]", "x1 in R; x2 in R", "x1"),
    ("sum(x)/N", "x in R^N", "x"),
    ("1/N*norm(y - X*w)^2", "y in R^N; X in R^(N x M); w in R^M", "w"),
    ("x - ones(n)*mean(x)", "x in R^n", "x"),
    ("sum(i, 1, N, (y[i] - X[i,:]*w)^2)", "y in R^N; X in R^(N x M); w in R^M", "w"),
    # declared functions
    ("exp(phi(x))", "phi : R -> R; x in R", "x"),
    ("h(A*x)", "h : R^M -> R; A in R^(M x N); x in R^N", "x"),
    # LaTeX
    (r"\frac12\|y - Xw\|_2^2 + \lambda \|w\|^2", "y in R^M; X in R^(M x N); w in R^N; lambda in R", "w"),
    (r"\mathbf{x}^\top A \mathbf{x}", "x in R^N; A in R^(N x N)", "x"),
    (r"\log\det(\Sigma)", "Sigma in R^(N x N)", "Sigma"),
    (r"\sigma(w^\top x + b)", "w in R^N; x in R^N; b in R", "x"),
    (r"W_2 \tanh(W_1 x + b_1)", "W_2 in R^(M x N); W_1 in R^(N x K); x in R^K; b_1 in R^N", "x"),
    (r"\frac{1}{2\sigma^2}(x-\mu)^2", "sigma in R; x in R; mu in R", "x"),
    (r"\sum_{i=1}^{N} (y_i - w^\top x_i)^2", "y in R^N; w in R^M; x in R^(N x M)", "w"),
    (r"\operatorname{relu}(\mathbf{x})", "x in R^N", "x"),
    (r"a\,\boldsymbol{\mu} + s\,\bm{x}", "a in R; mu in R^N; s in R; x in R^N", "x"),
    (r"\mathbf{w}^\top\mathbf{x} + b - y", "w in R^N; x in R^N; b in R; y in R", "w"),
    (r"\|\hat{y} - y\|^2", "y_hat in R^N; y in R^N", "y_hat"),
    ("e^x", "x in R", "x"),
]
"""What the author most likely meant: the function, the declarations in order of appearance, the variable."""


OTHER_READINGS = {
    "qna-q043-first": "the sizes 5 and 3 are in no formula",
    "qna-q214-first": "that D and X are square is in no formula",
    "qna-q311-first": "N is a number here, which is then declared",
}
"""What was declared otherwise in the list of spellings, by something that the function does not say."""

REFUSED = [
    ("norm(Ax - b)^2", "`Ax` is not declared; a product is written with `*`: `A*x`"),
    ("eigmax(A)", "eigmax takes a symmetric matrix"),
    ("x(y + 1) + x", "`x` is a variable, not a function"),
    ("exp*x", "`exp` is a function: write `exp(…)`"),
    ("ones*x", "`ones` is written `vector(1)` here"),
    ("softmax(A*B)", "of a matrix: `softmax(A*B, 'columns')`"),
    ("(A'*A)^(1/3)", "the power of a matrix takes a whole number"),
    ("softmax(X*W*V'*X'/sqrt(d))*X", "in which every column adds up to 1"),
    ("x'*(", "the text ends after `(`"),
    ("", "there is nothing here"),
]
"""What no declarations make right, and what is said about it."""


def _lines(function: str | list[str]) -> list[str]:
    return [function] if isinstance(function, str) else function


def _shapes(declarations: Sequence[str]) -> dict[str, tuple[Shape, ...]]:
    variables, functions = parse_given(declarations)
    found = {one.name: (one.shape,) for one in variables}
    return found | {one.name: (*one.arguments, one.value) for one in functions}


def _same_but_for_names(left: Mapping[str, Sequence[Shape]], right: Mapping[str, Sequence[Shape]]) -> bool:
    """Return whether all shapes are the same, if sizes are given other names, each its own."""
    if left.keys() != right.keys():
        return False
    pairs = [pair for name in left for pair in zip(left[name], right[name], strict=True)]
    sizes = {size for one, other in pairs for size in zip(one.dimensions, other.dimensions, strict=True)}
    renamed = len(sizes) == len({first for first, _ in sizes}) == len({second for _, second in sizes})
    return renamed and all(one.kind is other.kind for one, other in pairs)


def _cases(name: str) -> list[dict[str, Any]]:
    file = Path(__file__).parents[1] / "data/benchmark" / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("function", "declarations", "wrt"), EXPECTED)
def test_the_guess_is_what_is_most_likely_meant(function: str | list[str], declarations: str, wrt: str) -> None:
    found = guess(_lines(function))
    assert "; ".join(row.declaration for row in found.rows) == declarations
    assert found.wrt[0] == wrt


@pytest.mark.parametrize("case", _cases("cases"), ids=lambda case: case["id"])
def test_what_the_benchmark_declares_is_guessed(case: dict[str, Any]) -> None:
    found = guess(_lines(case["expr"]))
    guessed = _shapes(found.declarations)
    declared = {name: shape for name, shape in _shapes(case["given"]).items() if name in guessed}
    assert _same_but_for_names(guessed, declared), found.declarations


@pytest.mark.parametrize("case", _cases("spellings"), ids=lambda case: case["id"])
def test_what_people_typed_is_guessed_where_it_can_be_read(case: dict[str, Any]) -> None:
    lines = _lines(case["expr"])
    try:
        parse_statement(case["given"], lines, case["wrt"])
    except LanguageError:
        with pytest.raises(LanguageError):
            guess(lines)
        return
    found = guess(lines)
    as_declared = _same_but_for_names(_shapes(found.declarations), _shapes(case["given"]))
    assert as_declared != (case["id"] in OTHER_READINGS), found.declarations


# -- properties ----------------------------------------------------------------------------------------------------

FUNCTIONS = pytest.mark.parametrize("function", [function for function, _, _ in EXPECTED], ids=str)


def test_a_sum_beside_another_size_is_in_parentheses() -> None:
    rows = guess(["[x; y]'*A*[x; y]"]).rows
    assert [row.declaration for row in rows] == ["x in R^M", "y in R^N", "A in R^((M + N) x (M + N))"]


@FUNCTIONS
def test_a_guess_reads_by_every_candidate(function: str | list[str]) -> None:
    found = guess(_lines(function))
    for name in found.wrt:
        assert parse_statement(found.declarations, _lines(function), name).wrt.name == name


@FUNCTIONS
def test_a_guess_of_what_is_guessed_adds_nothing(function: str | list[str]) -> None:
    found = guess(_lines(function))
    again = guess(_lines(function), found.declarations)
    assert again.rows == ()
    assert again.declarations == found.declarations
    assert again.wrt == found.wrt


@FUNCTIONS
def test_what_the_reader_has_declared_stays_and_the_rest_fits_it(function: str | list[str]) -> None:
    whole = guess(_lines(function))
    for row in whole.rows:
        found = guess(_lines(function), [f"  {row.declaration} "])
        assert found.declarations[0] == f"  {row.declaration} "
        assert row.name not in [other.name for other in found.rows]
        assert _same_but_for_names(_shapes(found.declarations), _shapes(whole.declarations)), found.declarations


@FUNCTIONS
def test_no_guessed_size_has_the_name_of_anything_else(function: str | list[str]) -> None:
    found = guess(_lines(function))
    sizes = {size for row in found.rows for size in row.sizes}
    assert not sizes & {row.name for row in found.rows}


@FUNCTIONS
def test_a_row_says_what_its_declaration_says(function: str | list[str]) -> None:
    for row in guess(_lines(function)).rows:
        variables, functions = parse_given([row.declaration])
        value = variables[0].shape if variables else functions[0].value
        assert [*(one.name for one in variables), *(one.name for one in functions)] == [row.name]
        assert row.kind == ("function" if functions else value.kind.value)
        assert list(row.sizes) == [str(size) for size in value.dimensions]
        assert not variables or {*row.properties} == {*variables[0].properties} - {"positive"}  # whole is positive


@pytest.mark.parametrize(
    ("function", "own", "rest"),
    [
        ("x'*A*x + b'*x", ["x in R^3"], ["A in R^(3 x 3)", "b in R^3"]),
        ("A*x + b", ["A in R^(3 x 4)"], ["x in R^4", "b in R^3"]),
        ("A*x + N*b", ["N in R"], ["A in R^(M x K)", "x in R^K", "b in R^M"]),
        ("x*y", ["x in R^N"], ["y in R"]),
        ("x'*S*x", ["S in R^(D x D) symmetric"], ["x in R^D"]),
        ("x'*S*x", ["x, mu in R^D", "S in R^(D x D) symmetric"], []),
        ("norm(A*x)^2/N", ["A in R^(3 x 4)"], ["x in R^4", "N in R"]),
        ("h(A*x)", ["h : R^2 -> R", "x in R^3"], ["A in R^(2 x 3)"]),
        ("a'*x", ["a in R^M"], ["x in R^M"]),
        ("N*A*x", ["A in R^(N x N)"], ["x in R^N"]),
    ],
)
def test_the_rest_fits_what_is_declared(function: str, own: list[str], rest: list[str]) -> None:
    assert [row.declaration for row in guess([function], own).rows] == rest


def test_a_size_is_not_called_as_a_variable_is() -> None:
    assert guess(["M*N*K*x"]).declarations == (
        "M in R^(D x P)",
        "N in R^(P x Q)",
        "K in R^(Q x L)",
        "x in R^L",
    )


@pytest.mark.parametrize(("function", "message"), REFUSED)
def test_what_no_declarations_make_right_is_refused(function: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        guess([function])
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("int_0^1 x*t dt", "integrals are not read"),
        ("lim x", "limits are not read"),
        (r"\prod_{i=1}^N x_i", "a product over an index is read within a logarithm"),
        (r"\sum_i a_i b_i + c_i", "put all that is summed in brackets"),
    ],
)
def test_other_operations_are_no_names(typed: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        guess([typed])
    assert message in caught.value.message


MEANT = {
    "tr(AXB)": "A*X*B",
    "AX*B": "A*X",
    "xTAx": "x'*A*x",
    "tr(XTX)": "X'*X",
    "A*A + AAT": "A*A'",
    "wTx + b": "w'*x",
    "yTX": "y'*X",
    "derivative of x^2": "x^2",
    "the gradient of ||Ax-b||^2 with respect to x": "||Ax-b||^2",
    "x^2 wrt x": "x^2",
    "d/dx x^2": "x^2",
    "∂/∂x (x'*A*x)": "(x'*A*x)",
}


@pytest.mark.parametrize("typed", MEANT)
def test_products_written_as_one_name_and_questions_in_words_are_told_what_to_type(typed: str) -> None:
    with pytest.raises(LanguageError) as caught:
        guess([typed])
    assert caught.value.suggestion == MEANT[typed]


def test_words_are_looked_for_in_short_texts_only() -> None:
    """What is long is a formula, and refused for its length, whatever is at its ends."""
    with pytest.raises(LanguageError, match="characters"):
        guess(["x" + " " * 200_000 + "+ 1"])


BETWEEN_VECTORS = [
    "sum(y*log(p))",
    "-sum(y * log(softmax(z)))",
    "sum(w*x)",
    "mean(y*x)",
    "sum(p*log(p/q))",
    "-mean(y*log(p) + (1-y)*log(1-p))",
]


@pytest.mark.parametrize("typed", BETWEEN_VECTORS)
def test_a_product_of_vectors_in_a_sum_is_asked_about(typed: str) -> None:
    """No y that is a matrix, or a number, is found for it."""
    with pytest.raises(LanguageError) as caught:
        guess([typed])
    assert "did you mean" in caught.value.message
    assert ".*" in caught.value.message


@pytest.mark.parametrize("typed", ["sum(2*x)", "sum(c*x)", "sum(A*x)", "sum(x*x')", "mean((y-X*w)^2)", "sum(alpha*x)"])
def test_other_products_in_sums_are_read(typed: str) -> None:
    assert guess([typed]).rows


@pytest.mark.parametrize("typed", ["||x||_1", "‖x - y‖_1", r"\lambda \|w\|_1"])
def test_between_bars_stand_vectors(typed: str) -> None:
    kinds = {row.name: row.kind for row in guess([typed]).rows}
    assert {kinds[name] for name in kinds if name != "lambda"} == {"vector"}


@pytest.mark.parametrize("typed", ["Wq*x", "MSE*x", "pred - target", "dx*x", "wT*x", "d/dim(N)*sum(x)", "off'*x"])
def test_names_of_several_letters_stay_names(typed: str) -> None:
    assert guess([typed]).rows


def test_the_work_is_bounded_where_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = 0
    infer = SupposingElaborator.infer

    def counting(self: SupposingElaborator, tree: Syntax) -> Typed:
        nonlocal pieces
        pieces += 1
        return infer(self, tree)

    monkeypatch.setattr(SupposingElaborator, "infer", counting)
    letters = [letter for letter in ascii_lowercase if letter not in "ei"]
    function = " + ".join(f"exp({one}'*{one})*{one}'*{one}" for one in letters) + " + tr(softmax(A*B))"
    with pytest.raises(LanguageError, match="of a matrix"):
        guess([function])
    assert pieces < 3 * MOST_PIECES


def test_without_a_function_there_is_nothing_to_guess() -> None:
    with pytest.raises(LanguageError, match="no function"):
        guess([])


def test_what_is_wrong_with_the_reader_s_own_is_said() -> None:
    with pytest.raises(LanguageError) as caught:
        guess(["x'*x"], ["x in R^"])
    assert caught.value.origin == "given[0]"


@settings(max_examples=60)
@given(expressions())
def test_any_expression_is_guessed_at_or_refused(node: Node) -> None:
    """Declarations that are left out of a well-typed function are found again, perhaps others that read as well."""
    function = text(node)
    try:
        found = guess([function])
    except LanguageError:
        return
    assert {one.name for one in parse_declarations(found.declarations)} >= {one.name for one in node.symbols}
