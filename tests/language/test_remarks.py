"""Remarks on a statement: what in it means something else than many readers expect, known before the derivative."""

from __future__ import annotations

import pytest

from jacobook.algebra.question import Reading
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.rendering.remark_words import remarks_text

GIVEN = [
    "x in R^N",
    "X, Y in R^(N x N)",
    "Z in R^(N x N) invertible",
    "A in R^(M x N)",
    "r in R^(1 x N)",
    "o in R^(1 x 1)",
]
GIVEN += ["t in R", "k in N", "v in R^3", "z in R^M"]


def read(*lines: str, wrt: str = "t") -> list[tuple[str, str]]:
    statement = parse_statement(GIVEN, lines, wrt)
    return [(remark.reading.value, text(remark.node)) for remark in statement.remarks]


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("exp(X)", [("entrywise", "exp(X)")]),
        ("log(X) + sqrt(Y)", [("entrywise", "log(X)"), ("entrywise", "sqrt(Y)")]),
        ("tr(sin(X*Y))", [("entrywise", "sin(X*Y)")]),
        ("exp(X) + exp(Y)", [("entrywise", "exp(X)")]),
        ("norm2(A)^2", [("frobenius", "norm2(A)")]),
        ("norm2(X)", [("frobenius", "norm2(X)")]),
        ("norm1(A)", [("sum-of-entries", "norm1(A)")]),
        ("X^2", [("matrix-power", "X^2")]),
        ("X^2 + Y^2 + X^3", [("matrix-power", "X^2"), ("matrix-power", "X^3")]),
        ("X^k", [("matrix-power", "X^k")]),
        ("Z^-2", [("matrix-power", "Z^-2")]),
        ("vector(dim(N), N)'*x", [("own-size", "vector(dim(N), N)")]),
        ("vector(3)'*v", [("own-size", "vector(3)")]),
    ],
)
def test_what_may_surprise(written: str, readings: list[tuple[str, str]]) -> None:
    found = read(written)
    assert [reading for reading, _ in found] == [reading for reading, _ in readings]
    assert [node.partition("(")[0] for _, node in found] == [node.partition("(")[0] for _, node in readings]


ORDINARY = [
    "exp(x)",
    "exp(t)",
    "exp(A)",
    "log(det(Z))",
    "norm2(x)^2",
    "norm2(r)",
    "norm1(x)",
    "t^2",
    "x.^2",
    "X.^2",
    "inv(Z)",
    "Z^-1",
    "relu(X)",
    "sigmoid(X)",
    "exp(o)",
    "o^2",
    "x'*X*x",
    "vector(1)'*x",
    "vector(2)'*v",
    "vector(dim(M), N)'*x",
]


@pytest.mark.parametrize("written", ORDINARY)
def test_what_surprises_nobody(written: str) -> None:
    assert read(written) == []


def test_a_chain_and_a_variable_of_it() -> None:
    chain = ("f = tr(B)", "B = exp(C)", "C = X^2")
    assert [reading for reading, _ in read(*chain, wrt="X")] == ["entrywise", "matrix-power"]
    assert [reading for reading, _ in read(*chain, wrt="C")] == ["entrywise"]


SENTENCES = {
    "exp(X)": "exp(X) acts entry by entry; the matrix exponential is expm(X).",
    "log(X)": "log(X) acts entry by entry; the logarithm of a matrix is logm(X).",
    "sqrt(X)": "sqrt(X) acts entry by entry; the square root of a matrix is sqrtm(X).",
    "tanh(X)": "tanh(X) acts entry by entry; the tanh of a matrix as a whole is not in the language.",
    "norm2(A)": "norm2(A) is the Frobenius norm, the root of the sum of the squares of all entries; the spectral norm "
    "is another function, spectralnorm.",
    "X^(1/2)": "sqrtm(X) is the root of the whole matrix; entry by entry it would be sqrt(X).",
    "norm1(A)": "norm1(A) is the sum of the absolute values of all entries; the largest sum of a column is not in the "
    "language.",
    "X^2": "X^2 is the matrix product X*X; entry by entry it would be X.^2.",
    "X^7": "X^7 is a power of the whole matrix; entry by entry it would be X.^7.",
    "sum(vector(dim(N), N))": "Every entry of vector(dim(N)) is dim(N); an array of ones is vector(1).",
    "x - t": "A scalar that is added to an array is added to every entry: here t stands for vector(t).",
    "A + 2*x": "The row (2*x)' goes to every row of the matrix, as vector(1)*(2*x)'.",
    "A + 2*z": "2*z goes to every column of the matrix, as 2*z*vector(1)'.",
    "x/x^2": "Arrays are divided, and raised to a power, entry by entry: here x./x.^2.",
    "v[1:2]": "Places are counted from 1, and a slice includes both its ends.",
    "np.sum(x[1:])": "A slice is read as NumPy's, which counts from 0 and leaves out its end: counted from 1, with "
    "both ends, it is x[2:N].",
    "log(prod(n, 1, N, exp(x[n])))": "The logarithm of a product is the sum of the logarithms: here "
    "sum(n, 1, dim(N), log(exp(x[n]))).",
    "x'*M*x": "dim(M) is read as a number, the size in the declarations, since no variable has this name.",
    "N*x": "dim(N) is read as a number, the size in the declarations, since no variable has this name.",
    "mean(A)": "sum(A)/(dim(M)*dim(N)) is taken over all entries of the matrix, not row by row or column by column.",
    "std(x)": "Variances and standard deviations divide by the number of entries, without subtracting 1: here "
    "sqrt(norm2(x - vector(sum(x)/dim(N)))^2/dim(N)).",
    "where(x > 0, x, 0)": "A choice is made entry by entry, and written with step: here step(x).*x.",
    "max(x, 2*x)": "Maxima and minima are taken entry by entry, and written with relu: here x + relu(2*x - x).",
    "prod(x)": "The product of all entries is written as the determinant of a diagonal matrix, so that the derivative "
    "exists where entries are 0 as well: here det(diag(x)).",
}


@pytest.mark.parametrize("written", SENTENCES)
def test_sentences(written: str) -> None:
    assert remarks_text(parse_statement(GIVEN, [written], "t").remarks) == [SENTENCES[written]]


def test_every_reading_has_its_sentence() -> None:
    only = parse_statement(["Q in R^(n x n)"], ["vec(kron(Q, I))"], "Q").remarks
    assert remarks_text(only) == [
        "Nothing else fixes the size of eye, so it is dim(n), the only size in the declarations."
    ]
    said = [*only, *(remark for written in SENTENCES for remark in parse_statement(GIVEN, [written], "t").remarks)]
    member = parse_statement(["x[i] in R^D for i in 1..N"], ["sum(x.^2)"], "x[k]").remarks
    assert remarks_text(member)[0].startswith("The members of x are the rows of a matrix")
    assert {remark.reading for remark in (*said, *member)} == set(Reading)
