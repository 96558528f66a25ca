"""Verdicts are true sentences: of functions with kinks, of factors that vanish, of rounded numbers."""

from __future__ import annotations

import pytest

from jacobook import check
from jacobook.language.printer import text

ONE, SEVERAL = ["x, y in R"], ["a, x in R^N"]
KINKS = [
    # function, declarations, answer, where it is right
    ("relu(x)", ONE, "0", ("x", -1)),
    ("abs(x)", ONE, "-1", ("x", -1)),
    ("relu(x - y)", ONE, "1", ("x - y", 1)),
    ("abs(x*y)", ONE, "-y", ("x*y", -1)),
    ("relu(a'*x)", SEVERAL, "a'", ("a'*x", 1)),
    ("relu(a'*x)", SEVERAL, "a", ("a'*x", 1)),
    ("relu(a'*x)^2", SEVERAL, "2*(a'*x)*a'", ("a'*x", 1)),
]


@pytest.mark.parametrize(("function", "given", "answer", "where"), KINKS)
def test_right_on_one_side_of_a_kink(function, given, answer, where):
    found = check(function, given=given, wrt="x", answer=answer)
    verdict = found.judgement
    assert (found.verdict, found.right) == ("wrong", False)
    assert verdict.right_where is not None
    assert (text(verdict.right_where), verdict.right_sign) == where
    sign, other = ("positive", "negative")[:: where[1]]
    assert f"where {where[0]} is {sign}, and wrong where it is {other}" in found.sentence
    assert verdict.example is not None
    assert found.as_json()["right_where"]["text"] == where[0]


@pytest.mark.parametrize(
    ("function", "given", "answer"),
    [("relu(x)", ONE, "1"), ("abs(x)", ONE, "1"), ("sum(relu(x))", SEVERAL, "vector(1)'"), ("abs(x)*x", ONE, "2*x")],
)
def test_right_for_positive_numbers_only(function, given, answer):
    found = check(function, given=given, wrt="x", answer=answer)
    assert (found.verdict, found.right) == ("assumption", False)
    assert "positive, and that was not declared" in found.sentence
    assert "factor" not in found.sentence


@pytest.mark.parametrize(
    ("function", "answer"),
    [("relu(x)", "1"), ("relu(x)", "2"), ("relu(x)^2", "x"), ("abs(x)", "3"), ("sign(x)", "1"), ("step(x)", "x")],
)
def test_no_number_is_a_factor_where_the_derivative_is_zero_and_the_answer_is_not(function, answer):
    found = check(function, given=ONE, wrt="x", answer=answer)
    assert found.verdict != "factor"
    assert not found


def test_a_factor_that_is_zero_at_some_points():
    assert check("relu(x)", given=ONE, wrt="x", answer="2*step(x)").verdict == "factor"
    found = check("relu(x)", given=ONE, wrt="x", answer="2")  # 2/step(x) has no value where x is negative
    assert "1/step(x)" not in found.sentence
    assert "your answer times step(x) is 2 times the derivative" in found.sentence


ROUNDED = [
    # function, declarations, answer, digits
    ("x^2/3", ONE, "0.6667*x", 4),
    ("x^2/3", ONE, "0.67*x", 2),
    ("x/3", ONE, "0.33", 2),
    ("x/3", ONE, "0.333", 3),
    ("x/3 + y*x", ONE, "0.333 + y", 3),
    ("sqrt(2)*x", ONE, "1.4142135", 8),
    ("exp(1)*x", ONE, "2.718", 4),
    ("x'*a/3", SEVERAL, "0.33333*a", 5),
]


@pytest.mark.parametrize(("function", "given", "answer", "digits"), ROUNDED)
def test_a_rounded_answer(function, given, answer, digits):
    found = check(function, given=given, wrt="x", answer=answer)
    assert (found.verdict, found.right) == ("rounded", False)
    assert abs(found.judgement.digits - digits) <= 1
    assert f"to about {found.judgement.digits} digits" in found.sentence
    assert "rounded" in found.sentence
    assert found.as_json()["digits"] == found.judgement.digits


@pytest.mark.parametrize(
    ("function", "answer", "slug"),
    [
        ("x/3", "1/3", "right"),
        ("x/2", "0.5", "right"),
        ("x/4", "0.25", "right"),
        ("x/3", "0.3", "factor"),
        ("x^2", "x", "factor"),
        ("x^2", "1.5*x", "factor"),
        ("x^2/3", "1/3*x", "factor"),
        ("x^3", "3*x^2 + 0.5", "wrong"),
    ],
)
def test_other_answers_are_not_called_rounded(function, answer, slug):
    assert check(function, given=ONE, wrt="x", answer=answer).verdict == slug


def test_two_numbers_are_told_apart_by_their_digits():
    found = check("x^2", given=ONE, wrt="x", answer="2*x + y/30000")
    first, _, second = found.sentence.partition("your answer is ")[2].partition("; it should be ")
    assert found.verdict == "wrong"
    assert first.removeprefix("≈ ") != second.removeprefix("≈ ").rstrip(".")


@pytest.mark.parametrize(
    ("given", "function", "answer", "verdict"),
    [
        ("x in R", "x", "1.00000001", "rounded"),
        ("x in R", "1/3*x", "0.333333333", "rounded"),
        ("x in R", "x", "1 + 10^(-10)*x", "rounded"),
        ("x in R", "3*x^2", "6.00000001*x", "rounded"),
        ("x in R^N", "x'*x", "2.000000001*x'", "rounded"),
        ("x in R", "3*x^2", "6.0*x", "right"),
        ("x in R", "x^2/4", "0.5*x", "right"),
        ("x in R", "sin(x)^2/2", "0.5*sin(2*x)", "right"),
    ],
)
def test_an_answer_whose_decimals_are_off_by_little_is_not_right(given, function, answer, verdict):
    assert check(function, given=given, wrt="x", answer=answer).verdict == verdict


@pytest.mark.parametrize(
    ("function", "answer", "slug"),
    [
        ("x^2*10^(-20)", "3*x*10^(-20)", "factor"),
        ("x^2*10^(-20)", "x^2*10^(-20)", "wrong"),
        ("x^2*10^(-20) + sin(x)*10^(-20)", "2*x*10^(-20) + cos(x)/10^20", "right"),
        ("exp(-50*x)*10^(-9)", "-51*exp(-50*x)*10^(-9)", "factor"),
        ("0*x", "x*10^(-20)", "wrong"),
    ],
)
def test_an_answer_is_not_right_because_it_is_tiny(function, answer, slug):
    assert check(function, given=["x in R"], wrt="x", answer=answer).verdict == slug
