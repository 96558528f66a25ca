"""What is said where shapes clash: which operands, which sizes, where, and what would fit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jacobook.algebra import shapes
from jacobook.algebra.shapes import Shape
from jacobook.language import LanguageError, parse_declarations, parse_expression

Refused = Callable[..., LanguageError]
SYMBOLS = parse_declarations(
    [
        "x, y in R^N",
        "z in R^M",
        "v in R^4",
        "A, B in R^(M x N)",
        "S in R^(N x N) symmetric",
        "t, s in R",
        "c in R^(N x 1)",
        "o in R^(1 x 1)",
    ]
)


@pytest.mark.parametrize(
    ("text", "marked", "says", "suggestion"),
    [
        ("A*z", "A*z", "`A` is M×N, `z` has M entries; did you mean `A'*z`?", "A'*z"),
        ("2*A*z + x", "2*A*z", "did you mean `2*A'*z`", "2*A'*z"),
        ("S*x'", "S*x'", "`x'` is a row with N entries; did you mean `S*x`?", "S*x"),
        ("x*S", "x*S", "did you mean `x'*S`?", "x'*S"),
        ("z'*B*y'", "z'*B*y'", "`z'*B` is a row with N entries", "z'*B*y"),
        ("x*y", "x*y", "(a matrix of N×N) or `x.*y` (a vector with N entries)?", "x'*y"),
        ("A*B", "A*B", "did you mean `A'*B` (a matrix of N×N)", "A'*B"),
        ("(x + y)*y", "(x + y)*y", "`(x + y)'*y`", "(x + y)'*y"),
        ("x*z", "x*z", "did you mean `x*z'`?", "x*z'"),
        ("S*v", "S*v", "`v` has 4 entries", None),
        ("c*x", "c*x", "`c` is N×1, `x` has N entries", "c'*x"),
        ("x.*y'", "x.*y'", "`x` has N entries, `y'` is a row", "x.*y"),
        ("A.*B'", "A.*B'", "`B'` is N×M", "A.*B"),
        ("x.*z", "x.*z", "`z` has M entries", None),
        ("A.*S", "A.*S", "did you mean `A*S`?", "A*S"),
        ("A./B'", "A./B'", "`B'` is N×M", "A./B"),
        ("A/S", "A/S", "did you mean `A*inv(S)`?", "A*inv(S)"),
        ("S + t", "S + t", "or `S + t*eye`", "S + matrix(t)"),
        ("t + s + S", "t + s + S", "or `(t + s)*eye + S`", "matrix(t + s) + S"),
        ("x + y'", "x + y'", "`y'` is a row with N entries", "x + y"),
        ("A + B'", "A + B'", "`B'` is N×M", "A + B"),
        ("S + x", "S + x", "`S + x*vector(1)'` (a matrix of N×N) or `S + diag(x)`", "S + vector(1)*x'"),
        ("x + S", "x + S", "`x*vector(1)' + S` (a matrix of N×N) or `diag(x) + S`", "vector(1)*x' + S"),
        ("x + z", "x + z", "`x` has N entries, `z` has M entries", None),
        ("x + c", "x + c", "`x` has N entries, `c` is N×1", None),
        ("t + o", "t + o", "`o` is 1×1", "matrix(t) + o"),
        ("xⁿ", "ⁿ", "`n` is not declared", None),
        ("A^-1", "A^-1", "only scalars and square matrices", "A.^-1"),
        ("S/S", "S/S", "`S./S` (a matrix of N×N) or `S*inv(S)`", "S./S"),
        ("1/S", "1/S", "`1./S` (a matrix of N×N) or `1*inv(S)`", "1./S"),
        ("S^(1/3)", "(1/3)", "a whole number", "S.^(1/3)"),
        ("S^t", "t", "a whole number", "S.^t"),
        ("2^x", "2^x", "the exponent `x` has N entries; did you mean `2.^x`?", "2.^x"),
        ("x.^z", "x.^z", "`.^` goes entry by entry", None),
        ("1/0", "0", "division by zero", None),
        ("x./(1 - 1*0)/0", "0", "division by zero", None),
        ("0^-1", "0^-1", "division by zero", None),
    ],
)
def test_operators(refused: Refused, text: str, marked: str, says: str, suggestion: str | None) -> None:
    error = refused(text, SYMBOLS)
    assert says in error.message
    assert error.suggestion == suggestion
    found = text[error.column - 1 : error.end_column - 1]
    assert found == marked
    if suggestion is not None:
        parse_expression(suggestion, SYMBOLS)


@pytest.mark.parametrize(
    ("text", "says", "suggestion"),
    [
        *((f"{name}(A)", "needs a square matrix; `A` is M×N", None) for name in ("tr", "det", "logdet", "inv", "adj")),
        ("det(x)", "needs a square matrix; `x` has N entries", None),
        ("logsumexp(S)", "needs a vector; `S` is N×N", None),
        ("diag(A)", "a vector or a square matrix", None),
        ("diag(x')", "a vector or a square matrix", "diag(x)"),
        ("vec(x)", "needs a matrix", None),
        ("kron(A, 2)", "needs two vectors, rows or matrices; `A` is M×N and `2` is a scalar", "A*2"),
        ("kron(t + s, -x)", "did you mean `(t + s)*(-x)`?", "(t + s)*(-x)"),
        ("khatrirao(A, x)", "needs two matrices with as many columns; `A` is M×N and `x` has N entries", None),
        (
            "khatrirao(A, B')",
            "`khatrirao(A', B')` (a matrix of N*N×M) or `khatrirao(A, B)`",
            "khatrirao(A', B')",
        ),
        ("unvec(S)", "needs a vector; `S` is N×N", None),
        ("unvec(x')", "needs a vector", "unvec(x)"),
        ("vector(x)", "needs a scalar", None),
        ("matrix(S)", "needs a scalar", None),
    ],
)
def test_functions(refused: Refused, text: str, says: str, suggestion: str | None) -> None:
    error = refused(f"t + {text}", SYMBOLS)
    assert says in error.message
    assert error.suggestion == suggestion
    assert (error.column, error.end_column) == (5, 5 + len(text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("exp(x, y)", "`exp` takes one argument, not 2"),
        ("kron(A)", "`kron` takes two arguments, not 1"),
        ("khatrirao(A)", "`khatrirao` takes two arguments, not 1"),
        ("unvec(x, y)", "`unvec` takes no size or two sizes, as in `unvec(v, M, N)`"),
        ("unvec(x, M, y)", "`y` is not a size of any declaration"),
        ("unvec(x, M, N)", "`unvec(x, M, N)` has M*N entries, `x` has N entries"),
        ("vector(1, M) + x", "`vector(1, M)` has M entries, `x` has N entries"),
        ("vector(1, M, N)", "takes no size or one size, as in `vector(c, N)`; did you mean `matrix(1, M, N)`?"),
        ("vector(1, N, M, 2)", "takes no size or one size, as in `vector(c, N)`"),
        ("vector(x, N)", "`vector` needs a scalar; `x` has N entries"),
        ("vector(1, n)", "did you mean `N`?"),
        ("vector(N, 1)", "`N` is a size; as an entry it is written `dim(N)`"),
        ("vector(1, 0)", "`vector` takes a size"),
        ("vector(1, N/2)", "`N/2` is no whole number for N = 1"),
        ("vector(1, 10000000000000000000)", "too large a vector"),
        ("matrix(1, N)", "takes no size or two sizes, as in `matrix(c, M, N)`"),
        ("matrix(1, M, N - N)", "there is no array with 0 places"),
        ("inv(matrix(t, M, N))", "`inv` needs a square matrix; `matrix(t, M, N)` is M×N"),
        ("tr(matrix(t))", "join it to something of known size, or write `matrix(c, M, N)`"),
        ("sum(vector(t))", "or write `vector(c, N)`"),
        ("sum(unvec(vec(A)))", "or write `unvec(v, M, N)`"),
        ("tr(eye)", "or write `eye(N)`"),
        ("commutation(M)", "`commutation` takes two sizes, such as `commutation(M, N)`"),
        ("commutation(M, N, 2)", "`commutation` takes two sizes"),
        ("commutation(M, x + y)", "`x` is not a size"),
        ("commutation(1000000000000, 1000000000000)", "too large"),
        ("eye(N, M)", "`eye` takes one size"),
        ("dim(N, M)", "`dim` takes one size"),
        ("dim(x + y)", "`x` is not a size"),
        ("dim(N/M)", "a size is divided by a whole number"),
        ("dim(0)", "takes a size"),
    ],
)
def test_arguments(refused: Refused, text: str, says: str) -> None:
    assert says in refused(text, SYMBOLS).message


@pytest.mark.parametrize(
    ("text", "marked", "says", "suggestion"),
    [
        ("expp(x)", "expp", "did you mean `exp`?", "exp"),
        ("zzzzzz(x)", "zzzzzz", "the functions are exp, log", None),
        ("zzzzzz(x)", "zzzzzz", "abs, and ", None),
        ("zzzzzz(x)", "zzzzzz", "others, all in the tables of the page on the language", None),
        ("t(x)", "t(x)", "a variable, not a function", "t*(x)"),
        ("eye(Q)*x", "Q", "not a size of any declaration", None),
        ("commutation(M, n)", "n", "did you mean `N`?", "N"),
        ("reshape(x)", "reshape", "row by row to some and column by column to others", None),
        ("commutation", "commutation", "is a function: write `commutation(…)`", None),
        ("2 + exp", "exp", "is a function: write `exp(…)`", None),
        ("X*x", "X", "did you mean `x`?", "x"),
        ("q", "q", "such as `q in R^N`", None),
        ("Q", "Q", "such as `Q in R^(M x N)`", None),
        ("e*t", "e", "write `exp(1)`", None),
        ("dim(Q)", "Q", "not a size of any declaration", None),
        ("dim(n)", "n", "did you mean `N`?", "N"),
        ("dim(x)", "x", "not a size of any declaration", None),
    ],
)
def test_unknown_names(refused: Refused, text: str, marked: str, says: str, suggestion: str | None) -> None:
    error = refused(text, SYMBOLS)
    assert says in error.message
    assert text[error.column - 1 : error.end_column - 1] == marked
    assert error.suggestion == suggestion


@pytest.mark.parametrize(
    ("text", "shape", "says", "suggestion"),
    [
        ("x", shapes.row("N"), "a vector with N entries, where a row with N entries was expected", "x'"),
        ("0", shapes.row("N"), "a scalar, where a row with N entries", "vector(0)'"),
        ("0", shapes.matrix("M", "N"), "where a matrix of M×N was expected", "matrix(0)"),
        ("x", shapes.SCALAR, "where a scalar was expected", None),
        ("eye", shapes.matrix("M", "N"), "where a matrix of M×N was expected", None),
        ("eye", shapes.vector("N"), "a matrix of ?×?", None),
    ],
)
def test_the_shape_of_the_whole(refused: Refused, text: str, shape: Shape, says: str, suggestion: str | None) -> None:
    error = refused(text, SYMBOLS, shape)
    assert says in error.message
    assert error.suggestion == suggestion


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("tr(eye)", "eye"),
        ("vector(1)", "vector(1)"),
        ("sum(matrix(t))", "matrix(t)"),
        ("eye*eye", "eye"),
        ("x*vector(1)'", "vector(1)"),
        ("kron(eye, eye) + kron(S, S)", "eye"),
        ("vec(eye) + vec(matrix(1))", "eye"),
        ("unvec(x)", "unvec(x)"),
        ("sum(unvec(x))", "unvec(x)"),
    ],
)
def test_sizes_that_cannot_be_inferred(refused: Refused, text: str, marked: str) -> None:
    error = refused(text, SYMBOLS)
    assert "cannot be inferred from the context" in error.message
    assert text[error.column - 1 : error.end_column - 1] == marked


@pytest.mark.parametrize(
    ("typed", "first", "among"),
    [
        (r"a \times b", "cross(a, b)", ["cross(a, b)", r"a' \times b"]),
        ("a*b", "a'*b", ["a'*b", "cross(a, b)"]),
    ],
)
def test_the_cross_product_is_proposed_in_space(typed: str, first: str, among: list[str]) -> None:
    symbols = parse_declarations(["a, b in R^3", "v, w in R^4"])
    with pytest.raises(LanguageError) as caught:
        parse_expression(typed, symbols)
    assert caught.value.suggestion == first
    assert all(f"`{fit}`" in caught.value.message for fit in among)
    with pytest.raises(LanguageError) as caught:
        parse_expression("v*w", symbols)
    assert "cross" not in caught.value.message
