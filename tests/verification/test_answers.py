"""Answers of readers: every verdict, with the mistakes that people make."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jacobook import check
from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import ShapeError, matrix, vector
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.verification.answers.answer_points import (
    Condition,
    Points,
    UnsoundError,
    conditioned,
    conditions_to_try,
    small_value,
)
from jacobook.verification.answers.judge import judge
from jacobook.verification.answers.verdicts import Verdict
from jacobook.verification.points.imposed import has_property
from tests.conftest import one_in
from tests.strategies import random_expression, statement_of

INVERTIBLE = "S in R^(D x D) invertible"
GAUSS = (["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"], f"x, mu in R^D; {INVERTIBLE}")
INVERSE = (["y'*inv(S)*y"], f"y in R^D; {INVERTIBLE}")
OUTER = (["f(z) = tr(z) + s^2", "z = x*x' + s^2*eye(D)"], "x in R^D; s in R")
TANH = (["f = tanh(z)", "z = A*x + b"], "x in R^E; A in R^(M x E); b in R^M")
QUADRATIC = (["x'*A*x"], "x in R^N; A in R^(N x N)")
TRACE = (["tr(A*X*B)"], "A in R^(M x N); X in R^(N x P); B in R^(P x M)")
SQUARE_TRACE = (["tr(A*X*B)"], "A, X, B in R^(N x N)")
SYMMETRIC = (["tr(A*S)"], "A in R^(N x N); S in R^(N x N) symmetric")
DIAGONAL = (["tr(A*S)"], "A in R^(N x N); S in R^(N x N) diagonal")
ORTHOGONAL = (["tr(A'*Q)"], "A in R^(N x N); Q in R^(N x N) orthogonal")
SPHERE = (["x'*S*x"], "S in R^(N x N) symmetric; x in R^N unit-norm")
ONE_HOT = (["-y'*log(softmax(z))"], "y in R^N one-hot; z in R^N")
LINEAR = (["A*x"], "A in R^(M x N); x in R^N")
SQUARE = (["A*x"], "A in R^(N x N); x in R^N")
SELF = (["x*x'"], "x in R^N")
ENTROPY = (["-sum(y.*log(softmax(z)))"], "y, z in R^N")
RAYLEIGH = (["x'*A*x/(x'*x)"], "x in R^N; A in R^(N x N) symmetric")
MEAN = (["sum(x)/dim(N)"], "x in R^N")


def found(question: tuple[list[str], str], wrt: str, answer: str) -> Verdict:
    expressions, declarations = question
    return judge(derivation(expressions, declarations, wrt), answer)


def derivation(expressions: list[str], declarations: str, wrt: str) -> Derivation:
    return derive(parse_statement(declarations.split("; "), expressions, wrt), both=False)


RIGHT = [
    (GAUSS, "x", "-1/2*f*y'*(inv(S) + inv(S)')"),
    (GAUSS, "x", "-1/2*exp(-1/2*(x-mu)'*inv(S)*(x-mu))*(x-mu)'*(inv(S)+inv(S'))"),
    (GAUSS, "y", "-exp(-z/2)*y'*(inv(S)+inv(S)')/2"),
    (OUTER, "x", "2*x'"),
    (TANH, "x", "diag(vector(1) - tanh(z).^2)*A"),
    (TANH, "x", "diag(vector(1) - f.*f)*A"),
    (TRACE, "X", "A'*B'"),
    (TRACE, "X", "(B*A)'"),
    (SYMMETRIC, "S", "A'"),
    (LINEAR, "A", "kron(x', eye)"),
    (SELF, "x", "kron(x, eye) + kron(eye, x)"),
    (ENTROPY, "z", "sum(y)*softmax(z)' - y'"),
    (ENTROPY, "z", "sum(y)*exp(z)'/sum(exp(z)) - y'"),
    (MEAN, "x", "vector(1/dim(N))'"),
    (MEAN, "x", "vector(1)'/dim(N)"),
    ((["x"], "x in R^N"), "x", "eye"),
    ((["b^2"], "x in R^N; b in R"), "x", "vector(0)'"),
    ((["t^3"], "t in R"), "t", "3*t^2"),
    ((["t^3"], "t in R"), "t", "3*t^4/t^2"),
    ((["tanh(t)"], "t in R"), "t", "1 - tanh(t)^2"),
    ((["tanh(t)"], "t in R"), "t", "1/cosh(t)^2"),
    ((["sin(t)*cos(t)"], "t in R"), "t", "cos(2*t)"),
]


@pytest.mark.parametrize(("question", "wrt", "answer"), RIGHT)
def test_right(question, wrt, answer):
    verdict = found(question, wrt, answer)
    assert (verdict.slug, verdict.right) == ("right", True)


def test_exact_and_numeric_are_told_apart():
    assert found(GAUSS, "x", "-1/2*f*y'*(inv(S) + inv(S)')").exact
    verdict = found((["sin(t)*cos(t)"], "t in R"), "t", "cos(2*t)")
    assert not verdict.exact
    assert verdict.points >= 10


@pytest.mark.parametrize(
    ("question", "wrt", "answer", "slug", "form"),
    [
        (GAUSS, "x", "-1/2*f*(inv(S) + inv(S)')*y", "other-layout", "denominator"),
        (OUTER, "x", "2*x", "other-layout", "denominator"),
        (TANH, "x", "A'*diag(vector(1) - tanh(z).^2)", "other-layout", "denominator"),
        (SQUARE, "x", "A'", "other-layout", "denominator"),
        ((["t*x"], "t in R; x in R^N"), "t", "x'", "other-layout", "denominator"),
        (TRACE, "X", "B*A", "transpose", "transpose"),
        (SQUARE_TRACE, "X", "B*A", "transpose", "transpose"),
        ((["t*X"], "t in R; X in R^(M x N)"), "t", "X'", "transpose", "transpose"),
        ((["logdet(X)"], "X in R^(N x N) invertible"), "X", "inv(X)", "transpose", "transpose"),
        (LINEAR, "A", "kron(eye, x')", "stacked-by-rows", "rows"),
        (LINEAR, "A", "kron(x, eye)", "transpose", "transpose"),
        (LINEAR, "A", "kron(eye, x)", "transpose", "rows-transpose"),
        (SYMMETRIC, "S", "A", "transpose", "transpose"),
        (SYMMETRIC, "S", "(A + A')/2", "symmetric-directions", "symmetric-part"),
        (SYMMETRIC, "S", "A + A' - diag(diag(A))", "symmetric-directions", "symmetric-entries"),
        (DIAGONAL, "S", "diag(diag(A))", "symmetric-directions", "diagonal-entries"),
        (DIAGONAL, "S", "A.*eye", "symmetric-directions", "diagonal-entries"),
        (ORTHOGONAL, "Q", "(A - Q*A'*Q)/2", "symmetric-directions", "orthogonal-gradient"),
        (ORTHOGONAL, "Q", "Q*(Q'*A - A'*Q)/2", "symmetric-directions", "orthogonal-gradient"),
        (ORTHOGONAL, "Q", "A", "right", "jacobian"),
        (SPHERE, "x", "2*(S*x - x*x'*S*x)", "symmetric-directions", "unit-norm-gradient"),
        (SPHERE, "x", "2*x'*S*(eye - x*x')", "symmetric-directions", "unit-norm-gradient"),
        (
            (["c'*p"], "c in R^N; p in R^N probability"),
            "p",
            "c - vector(mean(c))",
            "symmetric-directions",
            "probability-gradient",
        ),
        (
            (["tr(A'*L)"], "A in R^(N x N); L in R^(N x N) lower-triangular"),
            "L",
            "tril(A)",
            "symmetric-directions",
            "lower-triangular-entries",
        ),
        (ONE_HOT, "z", "softmax(z)' - y'", "right", "jacobian"),
        (ONE_HOT, "z", "softmax(z) - y", "other-layout", "denominator"),
        (DIAGONAL, "S", "A", "transpose", "transpose"),
    ],
)
def test_other_forms(question, wrt, answer, slug, form):
    verdict = found(question, wrt, answer)
    assert (verdict.slug, verdict.form) == (slug, form)
    assert verdict.right is (slug != "transpose")


@pytest.mark.parametrize(
    ("question", "wrt", "answer", "factor", "form"),
    [
        (GAUSS, "x", "f*y'*(inv(S) + inv(S)')", "-2", "jacobian"),
        (GAUSS, "x", "1/2*f*(inv(S) + inv(S)')*y", "-1", "denominator"),
        (OUTER, "x", "x'", "1/2", "jacobian"),
        (OUTER, "s", "2*s", "1/(1 + dim(D))", None),
        (TRACE, "X", "-A'*B'", "-1", "jacobian"),
        (TRACE, "X", "2*B*A", "2", "transpose"),
        (LINEAR, "A", "2*kron(eye, x')", "2", "rows"),
        (SELF, "x", "3*kron(x, eye) + 3*kron(eye, x)", "3", "jacobian"),
        (MEAN, "x", "vector(1)'", "dim(N)", "jacobian"),
        (MEAN, "x", "vector(1)/dim(N)^2", "1/dim(N)", "denominator"),
        (SYMMETRIC, "S", "A + A'", "2", "symmetric-part"),
        (DIAGONAL, "S", "-2*A.*eye", "-2", "diagonal-entries"),
        (ORTHOGONAL, "Q", "A - Q*A'*Q", "2", "orthogonal-gradient"),
        ((["t^3"], "t in R"), "t", "t^2", "1/3", "jacobian"),
    ],
)
def test_factors(question, wrt, answer, factor, form):
    verdict = found(question, wrt, answer)
    assert not verdict.right
    if form is None:  # no number times sizes
        assert (verdict.slug, verdict.factor) == ("wrong", None)
        return
    assert (verdict.slug, verdict.form) == ("factor", form)
    assert verdict.factor is not None
    assert text(verdict.factor) == factor
    assert verdict.condition is None


@pytest.mark.parametrize(
    ("question", "wrt", "answer", "names", "property_", "form"),
    [
        (GAUSS, "x", "-f*(x-mu)'*inv(S)", ("S",), "symmetric", "jacobian"),
        (GAUSS, "x", "-f*inv(S)*(x-mu)", ("S",), "symmetric", "denominator"),
        (GAUSS, "y", "-f*y'*inv(S)", ("S",), "symmetric", "jacobian"),
        (INVERSE, "y", "2*y'*inv(S)", ("S",), "symmetric", "jacobian"),
        (INVERSE, "y", "y'*(S' + inv(S)')", ("S",), "orthogonal", "jacobian"),
        (QUADRATIC, "x", "2*x'*A", ("A",), "symmetric", "jacobian"),
        (QUADRATIC, "x", "2*A*x", ("A",), "symmetric", "denominator"),
        (SQUARE_TRACE, "X", "A*B", ("A", "B"), "symmetric", "jacobian"),
        (SQUARE_TRACE, "X", "A'*B", ("B",), "symmetric", "jacobian"),
        (ENTROPY, "z", "softmax(z)' - y'", ("y",), "sum-one", "jacobian"),
        (ENTROPY, "z", "softmax(z) - y", ("y",), "sum-one", "denominator"),
        (RAYLEIGH, "x", "2*x'*A - 2*x'*A*x*x'", ("x",), "unit-length", "jacobian"),
        ((["sum(abs(x))"], "x in R^N"), "x", "vector(1)'", ("x",), "positive", "jacobian"),
        ((["abs(t)*s"], "t, s in R"), "t", "s", ("t",), "positive", "jacobian"),
        ((["s*t^2 + t"], "t, s in R"), "t", "2*t + 1", ("s",), "one", "jacobian"),
    ],
)
def test_assumptions(question, wrt, answer, names, property_, form):
    verdict = found(question, wrt, answer)
    assert (verdict.slug, verdict.right, verdict.form) == ("assumption", False, form)
    assert verdict.condition is not None
    assert tuple(symbol.name for symbol in verdict.condition.symbols) == names
    assert verdict.condition.property == property_
    assert verdict.example is not None, "numbers show that it is wrong in general"


@pytest.mark.parametrize(
    ("question", "wrt", "answer", "slug"),
    [
        ((["A*x - A'*x"], "A in R^(N x N); x in R^N"), "x", "A' - A", "other-layout"),
        (
            (["G*v - G'*v"], "G in R^(M x M); v in R^M"),
            "G",
            "kron(v', eye)*(commutation(M, M) - eye)",
            "stacked-by-rows",
        ),
    ],
)
def test_a_transpose_that_is_also_the_negative_says_both(question, wrt, answer, slug):
    verdict = found(question, wrt, answer)
    assert verdict.slug == slug
    assert verdict.factor is b.number(-1)


def test_a_declared_property_is_no_assumption():
    question = (QUADRATIC[0], "x in R^N; A in R^(N x N) symmetric")
    assert found(question, "x", "2*x'*A").slug == "right"


def test_a_factor_under_a_condition():
    verdict = found(GAUSS, "x", "-2*f*y'*inv(S)")
    assert (verdict.slug, verdict.right) == ("factor", False)
    assert verdict.factor is b.TWO
    assert verdict.condition is not None
    assert verdict.condition.property == "symmetric"


@pytest.mark.parametrize(
    ("question", "wrt", "answer"),
    [
        (GAUSS, "x", "y'"),
        (OUTER, "x", "vector(1)'"),
        (OUTER, "x", "s*x'"),
        (TANH, "x", "diag(vector(1) - tanh(A*x).^2)*A"),
        (TANH, "x", "diag(vector(1) - (A*x + b).^2)*A"),
        (SQUARE_TRACE, "X", "B'*A'"),
        (TRACE, "X", "0*X"),
        (SELF, "x", "kron(x, eye) - kron(eye, x)"),
        ((["X'*B*X"], "X in R^(M x N); B in R^(M x M)"), "X", "kron(X'*B', eye) + kron(eye, X'*B)"),
        ((["t^3"], "t in R"), "t", "3*t"),
        ((["log(t)"], "t in R"), "t", "log(-t^2)"),
    ],
)
def test_wrong(question, wrt, answer):
    verdict = found(question, wrt, answer)
    assert (verdict.slug, verdict.right) == ("wrong", False)
    assert (verdict.example is None) is verdict.partly


@pytest.mark.parametrize(
    ("question", "wrt", "answer", "term", "change"),
    [
        (QUADRATIC, "x", "x'*A", "x'*A'", "dropped"),
        (QUADRATIC, "x", "x'*(A - A')", "x'*A'", "sign"),
        (QUADRATIC, "x", "A*x", "x'*A", "dropped"),
        (SELF, "x", "kron(x, eye) - kron(eye(N), x)", None, "sign"),
        (RAYLEIGH, "x", "2*x'*A/(x'*x)", None, "dropped"),
        ((["t^3 + t^2 + t"], "t in R"), "t", "3*t^2 + 1", "2*t", "dropped"),
        ((["t^3 + t^2 + t"], "t in R"), "t", "3*t^2 - 2*t + 1", "2*t", "sign"),
    ],
)
def test_one_term(question, wrt, answer, term, change):
    verdict = found(question, wrt, answer)
    assert (verdict.slug, verdict.term_change) == ("wrong", change)
    assert verdict.term is not None
    assert term is None or text(verdict.term) == term


@pytest.mark.parametrize(
    ("question", "answer", "scalar"),
    [
        (GAUSS, "-1/2*y'*(inv(S) + inv(S)')", "1/f"),
        ((["s^2*x'*x"], "x in R^N; s in R"), "2*s*x'", "1/s"),
        ((["s^2*x'*x"], "x in R^N; s in R"), "2*s^3*x", "s"),
        ((["s*x'*x"], "x in R^N; s in R"), "x'", "1/2/s"),
    ],
)
def test_a_scalar_factor_that_is_missing_or_too_much(question, answer, scalar):
    verdict = found(question, "x", answer)
    assert verdict.slug == "wrong"
    assert verdict.scalar is not None
    assert text(verdict.scalar) == scalar


@pytest.mark.parametrize(
    ("question", "wrt", "answer"),
    [
        (GAUSS, "x", "inv(S)"),
        (GAUSS, "x", "0"),
        (TRACE, "X", "A"),
        (LINEAR, "A", "x'"),
        (TANH, "x", "x"),
        (MEAN, "x", "1/dim(N)"),
    ],
)
def test_a_shape_that_cannot_be_right(question, wrt, answer):
    verdict = found(question, wrt, answer)
    assert (verdict.slug, verdict.right) == ("shape", False)


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        (GAUSS, "y*inv(S)", "did you mean"),
        (GAUSS, "q'", "neither|not declared"),
        (GAUSS, "", "nothing here"),
        (GAUSS, "x'*(", None),
        (TANH, "diag(eye - tanh(z).^2)*A", "did you mean|has"),
    ],
)
def test_an_answer_that_cannot_be_read(question, answer, message):
    with pytest.raises(LanguageError, match=message) as caught:
        found(question, "x", answer)
    assert caught.value.origin == "answer"


def test_an_answer_that_has_a_value_at_some_points_only_says_so():
    assert found((["t^3"], "t in R"), "t", "3*sqrt(t)^4").partly
    assert not found((["t^3"], "t in R"), "t", "3*t^2").partly


def test_a_derivation_that_is_wrong_judges_nothing():
    right = derivation(*QUADRATIC, "x")
    wrong = dataclasses.replace(right, value=right.value + right.value)
    with pytest.raises(UnsoundError):
        judge(wrong, "2*x'*(A + A')")


def test_a_function_without_values_is_refused():
    with pytest.raises(Refusal, match="no point"):
        found((["log(-1 - t^2)"], "t in R"), "t", "cos(t)")


def test_examples_are_small_and_show_what_they_say():
    verdict = found(SQUARE_TRACE, "X", "X")
    assert verdict.example is not None
    assert set(verdict.example.sizes.values()) <= {2, 3}
    for value in verdict.example.values.values():
        assert all(abs(x * 10 - round(x * 10)) < 1e-9 and abs(x) <= 20 for x in value.ravel())
    A, B, X = (next(v for s, v in verdict.example.values.items() if s.name == name) for name in "ABX")
    for entry in verdict.example.entries:
        i, j = entry.position
        assert entry.answer == pytest.approx(X[i - 1, j - 1])
        assert entry.expected == pytest.approx((A.T @ B.T)[i - 1, j - 1])


def test_conditions_hold_where_they_are_imposed():
    symbols = [n.symbol("S", matrix("N", "N")), n.symbol("y", vector("N")), n.symbol("s")]
    points = Points(derivation(["s*y'*S*y"], "s in R; y in R^N; S in R^(N x N)", "y"), b.ONE)
    point = next(points.random()).point
    seen = {condition.property for condition in conditions_to_try(symbols)}
    matrices, vectors = {"symmetric", "positive-definite", "orthogonal"}, {"sum-one", "unit-length"}
    assert seen == {*matrices, *vectors, "positive", "zero-or-one", "one"}
    tried = {c.property: conditioned(point, c) for c in conditions_to_try(symbols)}
    moved = {name: found for name, found in tried.items() if found}
    assert moved.keys() == tried.keys()
    S = moved["orthogonal"].value(symbols[0])[0]
    assert pytest.approx(np.eye(len(S))) == S @ S.T
    assert moved["sum-one"].value(symbols[1]).sum() == pytest.approx(1)
    assert set(np.unique(moved["zero-or-one"].value(symbols[1]))) <= {0.0, 1.0}
    assert (moved["unit-length"].value(symbols[1]) ** 2).sum() == pytest.approx(1)


def test_a_condition_against_a_declaration_is_not_tried():
    definite = n.symbol("S", matrix("N", "N"), frozenset({"positive-definite"}))
    points = Points(derivation(["x'*S*x"], "x in R^N; S in R^(N x N) positive-definite", "x"), b.ONE)
    assert conditioned(next(points.random()).point, Condition((definite,), "orthogonal")) is None


@pytest.mark.parametrize("properties", [(), ("symmetric",), ("positive-definite",), ("invertible",), ("positive",)])
def test_small_values_have_the_declared_properties(properties):
    symbol = n.symbol("S", matrix("N", "N"), frozenset(properties))
    for attempt in range(12):
        value = small_value(symbol, {"N": 2 + attempt % 2}, attempt)
        assert all(has_property(value, name) for name in symbol.properties)
        if not properties:
            assert not has_property(value, "symmetric")


def derived(seed: int, depth: int) -> tuple[Derivation, str]:
    """A random derivation whose result, as text, reads back by itself (`tr(matrix(s))` leaves a size open)."""
    node, wrt = random_expression(seed, depth)
    try:
        worked = derive(statement_of(node, wrt), both=False)
        own = text(worked.value)
        parse_expression(own, worked.statement.declarations, worked.value.shape)
        assume(any(True for _ in Points(worked, worked.value).random()))
    except (Refusal, ShapeError, LanguageError):
        assume(False)
    return worked, own


def is_zero(worked: Derivation) -> bool:
    return not any(abs(sample.expected).max() > 1e-9 for sample in Points(worked, worked.value).random())


@pytest.mark.slow
@settings(max_examples=120 // one_in(3), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6))
def test_the_engines_own_text_is_right_its_negative_never_its_double_off_by_2(seed):
    worked, own = derived(seed, 3)
    assert judge(worked, own).slug == "right"
    if is_zero(worked):
        return  # its own negative
    negative = judge(worked, f"-({own})")
    # The transpose of an antisymmetric Jacobian is its negative: then the verdict names both.
    assert not negative.right or (negative.slug != "right" and negative.factor is b.number(-1))
    double = judge(worked, f"2*({own})")
    assert double.slug == "factor"
    assert double.factor is b.TWO


@pytest.mark.slow
@settings(max_examples=60 // one_in(3), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6))
def test_the_transpose_of_a_jacobian_is_the_other_layout(seed):
    worked, own = derived(seed, 2)
    assume(not worked.statement.function.shape.is_matrix and not worked.statement.wrt.shape.is_matrix)
    assume(not worked.value.shape.is_scalar)  # `(1)'` is a row of ones
    verdict = judge(worked, f"({own})'")
    same = equal(worked.value, b.transpose(worked.value))
    assert verdict.slug in (("right",) if same else ("right", "other-layout"))


def test_from_python():
    checked = check("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", answer="2*x'*A")
    assert checked.verdict == "assumption"
    assert not checked.right
    assert repr(checked) == checked.sentence
    assert checked.sentence.startswith("Right only if A is symmetric")
    assert checked.as_json()["sentence"] == checked.sentence
