"""What is said to readers about their answers."""

from __future__ import annotations

import json

import pytest

from jacobook import check
from jacobook.rendering.verdict_numbers import number_text
from jacobook.rendering.verdict_words import verdict_error_json

GAUSS = ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"]
GAUSS_GIVEN = ["x, mu in R^D", "S in R^(D x D) invertible"]
TRACE = ["A in R^(M x N)", "X in R^(N x P)", "B in R^(P x M)"]
SQUARES = ["A, X, B in R^(N x N)"]
MATRIX_VECTOR = ["A in R^(M x N)", "x in R^N"]

SENTENCES = {
    "right": (
        (GAUSS, GAUSS_GIVEN, "x", "-1/2*f*y'*(inv(S) + inv(S)')"),
        "Right: your answer is the derivative (equal as expressions).",
    ),
    "right at points": (
        (["sin(t)*cos(t)"], ["t in R"], "t", "cos(2*t)"),
        "Right: your answer is the derivative (equal at 12 random points).",
    ),
    "other layout": (
        (["a'*x"], ["a, x in R^D"], "x", "a"),
        "Right, in the other layout: your answer is the D×1 column of the denominator layout, the transpose of the "
        "1×D row of the Jacobian layout (equal as expressions).",
    ),
    "other layout, square": (
        (["A*x"], ["A in R^(N x N)", "x in R^N"], "x", "A'"),
        "Right, in the other layout: your answer is the transpose, which is the derivative in the denominator layout "
        "(equal as expressions).",
    ),
    "transpose": (
        (["tr(A*X*B)"], TRACE, "X", "B*A"),
        "Not quite: your answer is the transpose of the derivative (equal as expressions). Here the derivative of a "
        "scalar with respect to X ∈ R^(N×P) has the shape of X, N×P; some books write its transpose.",
    ),
    "transpose of a matrix with respect to a scalar": (
        (["t*X"], ["t in R", "X in R^(M x N)"], "t", "X'"),
        "Not quite: your answer is the transpose of the derivative (equal as expressions). The derivative of a matrix "
        "with respect to a scalar has the shape of the matrix, M×N.",
    ),
    "stacked by rows": (
        (["A*x"], MATRIX_VECTOR, "A", "kron(eye, x')"),
        "Right, if the entries are stacked by rows, as NumPy's reshape does: vec stacks columns, and then rows and "
        "columns of your matrix change places (equal at 18 random points).",
    ),
    "factor": (
        (["tr(A*X*B)"], TRACE, "X", "2*A'*B'"),
        "Nearly: your answer is off by the factor 2; it is 2 times the derivative (equal as expressions).",
    ),
    "sign": (
        (["a'*x"], ["a, x in R^D"], "x", "-a"),
        "Nearly: your answer is off by the factor −1; it is the negative of the derivative in the denominator layout: "
        "check the signs (equal as expressions).",
    ),
    "factor with a size": (
        (["sum(x)/dim(N)"], ["x in R^N"], "x", "vector(1)'"),
        "Nearly: your answer is off by the factor N; it is N times the derivative (equal as expressions).",
    ),
    "factor under a condition": (
        (GAUSS, GAUSS_GIVEN, "x", "-2*f*y'*inv(S)"),
        "Not right: even if S is symmetric, your answer is off by the factor 2 (equal at 15 random points).",
    ),
    "shape of a product of sizes": (
        (["x'*x"], ["x in R^(2*N)"], "x", "x*x'"),
        "The shape cannot be right: your answer is 2·N×2·N; the derivative of a scalar "
        "with respect to x ∈ R^(2·N) is 1×2·N (or "
        "2·N×1 in the denominator layout).",
    ),
    "shape": (
        (GAUSS, GAUSS_GIVEN, "x", "inv(S)"),
        "The shape cannot be right: your answer is D×D; the derivative of a scalar "
        "with respect to x ∈ R^D is 1×D (or D×1 in the "
        "denominator layout).",
    ),
    "shape of a vec Jacobian": (
        (["A*x"], MATRIX_VECTOR, "A", "x'"),
        "The shape cannot be right: your answer is 1×N; the derivative of a vector of M×1 "
        "with respect to A ∈ R^(M×N) is "
        "(M)×(M×N), as a vec Jacobian M×M·N.",
    ),
    "shape of zero": (
        (["b^2"], ["x in R^N", "b in R"], "x", "0"),
        "The shape cannot be right: your answer is a scalar; the derivative of a scalar "
        "with respect to x ∈ R^N is 1×N (or N×1 in "
        "the denominator layout). It is indeed zero, but a zero of that shape: vector(0)'.",
    ),
    "symmetric directions": (
        (["tr(A*S)"], ["A in R^(N x N)", "S in R^(N x N) symmetric"], "S", "(A + A')/2"),
        "Right, if S may only move among symmetric matrices: your answer is (G + G')/2 (equal as expressions). With "
        "independent entries the derivative is G = A'.",
    ),
    "diagonal directions": (
        (["tr(A*D)"], ["A in R^(N x N)", "D in R^(N x N) diagonal"], "D", "A'.*eye"),
        "Right, if D may only move among diagonal matrices: your answer is diag(diag(G)) (equal as expressions). With "
        "independent entries the derivative is G = A'.",
    ),
}

SENTENCES["antisymmetric"] = (
    (["A*x - A'*x"], ["A in R^(N x N)", "x in R^N"], "x", "A' - A"),
    "Right, in the other layout: your answer is the transpose, which is the derivative in the denominator layout "
    "(equal as expressions). Note that it is also −1 times the derivative in the layout of this book.",
)

BEGINNINGS = {
    "symmetric": (
        (GAUSS, GAUSS_GIVEN, "x", "-f*(x - mu)'*inv(S)"),
        "Right only if S is symmetric, and that was not declared (equal at 15 random points). For another S, for "
        "example with D = 2 and ",
    ),
    "two symmetric": ((["tr(A*X*B)"], SQUARES, "X", "A*B"), "Right only if A and B are symmetric, and that"),
    "sum one": (
        (["-sum(y.*log(softmax(z)))"], ["y, z in R^N"], "z", "softmax(z) - y"),
        "Right only if the entries of y add up to 1, and that was not declared (equal at 15 random points). It is then "
        "the derivative in the denominator layout.",
    ),
    "positive": (
        (["sum(abs(x))"], ["x in R^N"], "x", "vector(1)'"),
        "Right only if all entries of x are positive, and",
    ),
    "dropped": (
        (["x'*A*x"], ["x in R^N", "A in R^(N x N)"], "x", "x'*A"),
        "Not right: the term x'*A' of the derivative is missing. For N = 2 and x = [",
    ),
    "sign of a term": (
        (["x'*A*x"], ["x in R^N", "A in R^(N x N)"], "x", "x'*(A - A')"),
        "Not right: the term x'*A' of the derivative has the wrong sign. For N = 2",
    ),
    "missing factor": (
        (GAUSS, GAUSS_GIVEN, "x", "-1/2*y'*(inv(S) + inv(S)')"),
        "Not right: the factor f is missing. For D = 2 and x = [",
    ),
    "surplus factor": (
        (["s^2*x'*x"], ["x in R^N", "s in R"], "x", "2*s^3*x"),
        "Not right: your answer is s times the derivative in the denominator layout. For",
    ),
    "wrong": ((["tr(A*X*B)"], SQUARES, "X", "X"), "Not right. For N = 2 and A = [["),
    "no value": (
        (["log(s)"], ["s in R"], "s", "log(-s^2)"),
        "Not right. It has no value at any of the points tried, where the derivative has one.",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name):
    (expressions, given, wrt, answer), sentence = SENTENCES[name]
    assert check(*expressions, given=given, wrt=wrt, answer=answer).sentence == sentence


@pytest.mark.parametrize("name", BEGINNINGS)
def test_beginnings_of_sentences(name):
    (expressions, given, wrt, answer), beginning = BEGINNINGS[name]
    assert check(*expressions, given=given, wrt=wrt, answer=answer).sentence.startswith(beginning)


def test_entries_are_named():
    def said(answer):
        return check("diag(x)*x", given=["x in R^3"], wrt="x", answer=answer).sentence

    assert "All " not in said("2*diag(x) + eye - diag(vector(1)) + x*vector(0)'")
    whole = said("2*x*vector(1)'")
    assert "entry (1, 2) of your answer" in whole
    assert "6 of 9 entries differ, also (1, 3) and (2, 1)." in whole
    both = check("x'*x", given="x in R^2", wrt="x", answer="x'.^2").sentence
    assert both.endswith("Both entries differ there.")
    scalar = check("t^3", given="t in R", wrt="t", answer="3*t^2 + 1").sentence
    assert "your answer is" in scalar
    assert "entry" not in scalar
    row = check("sum(abs(x))", given="x in R^N", wrt="x", answer="vector(1)'").sentence
    assert "The other entries are right there." in row


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2.0, "2"), (-0.0, "0"), (0.25, "0.25"), (1 / 3, "≈ 0.3333"), (-12345.0, "≈ -12340"), (1e-7, "1e-07")],
)
def test_numbers(value, shown):
    assert number_text(value) == shown


def test_json_is_plain():
    checked = check(*GAUSS, given=GAUSS_GIVEN, wrt="x", answer="-f*(x - mu)'*inv(S)")
    found = json.loads(json.dumps(checked.as_json()))
    assert (found["ok"], found["verdict"], found["right"], found["form"]) == (True, "assumption", False, "jacobian")
    assert found["assumption"] == {"property": "symmetric", "variables": ["S"], "sentence": "S is symmetric"}
    assert set(found["example"]["values"]) == {"x", "mu", "S"}
    assert found["example"]["sizes"] == {"D": 2}
    assert found["entries"][0].keys() == {"position", "answer", "expected"}
    assert found["expected"]["text"] == "-1/2*exp(-1/2*(x - mu)'*inv(S)*(x - mu))*(x - mu)'*(inv(S) + inv(S)')"
    assert found["answer"]["latex"]
    assert found["shapes"] == {"answer": ["1", "D"], "expected": ["1", "D"], "function": [], "variable": ["D"]}
    assert found.keys() == verdict_error_json("it cannot be read", "input", 1, 2).keys()


def test_json_of_a_factor_and_of_a_term():
    found = check("tr(A*X*B)", given=TRACE, wrt="X", answer="-2*A'*B'").as_json()
    assert (found["verdict"], found["factor"]) == ("factor", "-2")
    found = check("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", answer="x'*A").as_json()
    assert found["term"]["change"] == "dropped"
    assert found["term"]["text"] == "x'*A'"
