"""Answers that are nearly right: rounded, of the sum of the outputs, for a mask, with one other term, of order 2.

What each of them is, is written down here beside the function; that no other answer is called so is tested with
random ones, which are compared with differences of the function.
"""

from __future__ import annotations

import numpy as np
import pytest

from jacobook import check
from jacobook.calculus.refusal import Refusal
from jacobook.facade import OptionError
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.verification.answers.roundings import readings
from tests.commands import in_process

NUMBER, VECTOR = ["x, y in R"], ["x, y, m in R^N"]
LINEAR = ["A in R^(M x N)", "x in R^N", "b in R^M"]
QUADRATIC = ["A in R^(N x N)", "x, b in R^N"]
MASKED = ["W, X in R^(M x N)"]
RANDOM = np.random.default_rng(11)


# -- order 2 -------------------------------------------------------------------------------------------------------

SECOND = [
    # function, declarations, answer, verdict
    ("x'*A*x", QUADRATIC, "A + A'", "right"),
    ("x'*A*x", QUADRATIC, "2*A", "assumption"),
    ("x'*A*x", QUADRATIC, "(A + A')/2", "factor"),
    ("x'*A*x", QUADRATIC, "A*x + A'*x", "shape"),
    ("x'*A*x", QUADRATIC, "A - A'", "wrong"),
    ("x^3", NUMBER, "6*x", "right"),
    ("x^3", NUMBER, "3*x^2", "wrong"),
    ("sum(exp(x))", VECTOR, "diag(exp(x))", "right"),
    ("sum(exp(x))", VECTOR, "exp(x)*exp(x)'", "wrong"),
    ("log(sum(exp(x)))", VECTOR, "diag(softmax(x)) - softmax(x)*softmax(x)'", "right"),
    ("log(sum(exp(x)))", VECTOR, "diag(softmax(x))", "wrong"),
]


@pytest.mark.parametrize(("function", "given", "answer", "verdict"), SECOND)
def test_answers_of_order_2(function, given, answer, verdict):
    found = check(function, given=given, wrt="x", answer=answer, order=2)
    assert found.verdict == verdict, found
    assert found.notes[0].startswith("The answer is compared with the ")


BEYOND = [
    # function, declarations, answer about the form or the matrix, verdict
    ("tr(X^3)", "X in R^(N x N)", "6*tr(X*H^2)", "right"),
    ("tr(X^3)", "X in R^(N x N)", "3*tr(X*H^2)", "factor"),
    ("tr(X^3)", "X in R^(N x N)", "3*commutation(N, N)*(kron(X', eye(N)) + kron(eye(N), X))", "right"),
    ("logdet(X)", "X in R^(N x N) invertible", "-tr(inv(X)*H'*inv(X)*H)", "assumption"),
    ("logdet(X)", "X in R^(N x N) positive-definite", "-tr(inv(X)*H'*inv(X)*H)", "right"),
    ("logdet(X)", "X in R^(N x N) positive-definite", "-kron(inv(X), inv(X))", "symmetric-directions"),
    ("logdet(X)", "X in R^(N x N) positive-definite", "-2*kron(inv(X), inv(X))", "wrong"),
    ("logdet(X)", "X in R^(N x N) invertible", "-kron(inv(X), inv(X))", "wrong"),
]


@pytest.mark.parametrize(("function", "given", "answer", "verdict"), BEYOND)
def test_answers_about_a_second_derivative_by_a_matrix(function, given, answer, verdict):
    found = check(function, given=given, wrt="X", answer=answer, order=2)
    assert found.verdict == verdict, found


def test_answers_of_order_3():
    assert check("x^3", given=NUMBER, wrt="x", answer="6", order=3)
    assert check("(x'*y)^3", given=VECTOR, wrt="x", answer="6*(y'*h)^3", order=3)
    with pytest.raises(Refusal, match="5 indices"):
        check("X*x", given=["x in R^N", "X in R^(N x N)"], wrt="X", answer="X", order=2)
    with pytest.raises(OptionError, match="order=4"):
        check("x^3", given=NUMBER, wrt="x", answer="x", order=4)


def test_order_2_on_the_command_line():
    done = in_process("check", "x^3", "--given", "x in R", "--order", "2", "--answer", "6*x")
    assert (done.returncode, "second derivative" in done.stdout) == (0, True)
    done = in_process("check", "x*x'", "--given", "x in R^N", "--order", "2", "--answer", "x")
    assert (done.returncode, "Refused: the second derivative of a matrix" in done.stderr) == (3, True)


# -- masks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "given", "wrt", "answer", "mask"),
    [
        ("sum((W.*X).^2)", MASKED, "X", "2*(W.*X)", "W"),
        ("sum((W.*X).^2)", MASKED, "X", "2*(W.^3.*X)", "W"),
        ("sum(W.*W.*exp(X))", MASKED, "X", "W.*exp(X)", "W"),
        ("m'*(x.^2)", VECTOR, "x", "2*(m.^2.*x)'", "m"),
        ("sum((m.*(x - y)).^2)", VECTOR, "x", "2*m.*(x - y)", "m"),
    ],
)
def test_an_answer_for_a_mask(function, given, wrt, answer, mask):
    found = check(function, given=given, wrt=wrt, answer=answer)
    assert (found.verdict, found.right) == ("assumption", False)
    assert f"Right only if every entry of {mask} is 0 or 1" in found.sentence


@pytest.mark.parametrize(
    ("function", "answer"),
    [("sum((W.*X).^2)", "2*X"), ("sum((W.*X).^2)", "2*W"), ("sum((X.*W).^2)", "2*(W.*X).^2"), ("sum(X.^2)", "2*X.^3")],
)
def test_other_answers_are_not_right_for_a_mask(function, answer):
    found = check(function, given=MASKED, wrt="X", answer=answer)
    assert found.verdict == "wrong"
    assert "0 or 1" not in found.sentence


# -- the sum of the outputs ----------------------------------------------------------------------------------------

SUMMED = [
    ("A*x", LINEAR, "x", "A'*vector(1)"),
    ("A*x", LINEAR, "x", "vector(1)'*A"),
    ("tanh(A*x + b)", LINEAR, "x", "A'*(vector(1) - tanh(A*x + b).^2)"),
    ("A*x", LINEAR, "A", "vector(1)*x'"),
    ("exp(x)", VECTOR, "x", "exp(x)"),
    ("exp(x)", VECTOR, "x", "exp(x)'"),
    ("x*x'", VECTOR, "x", "2*sum(x)*vector(1)"),
    ("exp(X)", MASKED, "X", "exp(X)"),
    ("W'*X", MASKED, "X", "W*matrix(1, N, N)"),
    ("t*x", ["x in R^N", "t in R"], "t", "sum(x)"),
    ("t^2*X", ["X in R^(M x N)", "t in R"], "t", "2*t*sum(X)"),
]


@pytest.mark.parametrize(("function", "given", "wrt", "answer"), SUMMED)
def test_the_derivative_of_the_sum_of_all_entries(function, given, wrt, answer):
    found = check(function, given=given, wrt=wrt, answer=answer)
    assert (found.verdict, found.right) == ("summed", False), found
    assert "the derivative of sum(f), the sum of all entries of f" in found.sentence
    assert found.as_json()["verdict"] == "summed"
    # The same answer is that of the sum itself, by the other verdicts.
    assert check(f"sum({function})", given=given, wrt=wrt, answer=answer).right


@pytest.mark.parametrize(
    ("function", "given", "wrt", "answer"),
    [
        ("A*x", LINEAR, "x", "vector(2)'*A"),
        ("exp(x)", VECTOR, "x", "exp(2*x)"),
        ("A*x", LINEAR, "A", "vector(1)*(x + x)'"),
        ("t*x", ["x in R^N", "t in R"], "t", "sum(x)/dim(N)"),
        ("exp(X)", MASKED, "X", "-exp(X)"),
    ],
)
def test_other_answers_of_that_shape_are_not_called_so(function, given, wrt, answer):
    assert check(function, given=given, wrt=wrt, answer=answer).verdict == "shape"


# -- rounded numbers -----------------------------------------------------------------------------------------------

ROUNDED = [
    ("x^2/6", "0.33*x", "0.33 stands for 1/3"),
    ("x^2/6 + sin(x)", "0.33*x + cos(x)", "0.33 stands for 1/3"),
    ("x^2/6 + x^3/7", "0.33*x + 0.43*x^2", "0.33 stands for 1/3 and 0.43 stands for 3/7"),
    ("2*x/3 - x^2", "0.667 - 2*x", "0.667 stands for 2/3"),
    ("sqrt(2)*x", "1.41", "1.41 stands for sqrt(2)"),
    ("log(2)*x^2", "1.386*x", "1.386 stands for 2*log(2)"),
    ("x/sqrt(2)", "0.7071", "0.7071 stands for 1/sqrt(2)"),
]


@pytest.mark.parametrize(("function", "answer", "said"), ROUNDED)
def test_what_a_rounded_number_stands_for(function, answer, said):
    found = check(function, given=NUMBER, wrt="x", answer=answer)
    assert (found.verdict, found.right) == ("rounded", False), found
    assert said in found.sentence
    assert "it should be" not in found.sentence
    assert [one["text"] for one in found.as_json()["meant"]] == [
        part.split(" stands for ")[1] for part in said.split(" and ")
    ]


@pytest.mark.parametrize(
    ("function", "answer", "verdict"),
    [
        ("x/3", "0.35", "factor"),
        ("x/3", "0.3", "factor"),
        ("x^2/6 + sin(x)", "0.35*x + cos(x)", "wrong"),
        ("x^2/6 + sin(x)", "0.33*x + sin(x)", "wrong"),
        ("x^2/6 + x^3/7", "0.33*x + 0.41*x^2", "wrong"),
        ("x^2/2", "0.51*x", "factor"),
        ("x^2/4", "0.5*x", "right"),
    ],
)
def test_other_decimals_are_not_called_rounded(function, answer, verdict):
    found = check(function, given=NUMBER, wrt="x", answer=answer)
    assert found.verdict == verdict
    assert "stands for" not in found.sentence


def test_readings_round_to_the_decimal_that_was_written():
    for places in (2, 3, 4):
        for value in 10 * RANDOM.integers(2, 10 ** (places - 1), 40) + RANDOM.integers(1, 10, 40):
            written = round(int(value) / 10**places, places)
            answer = parse_expression(f"{written:.{places}f}", ())
            for meant, _ in readings(answer):
                for old, new in meant:
                    size = float(eval_number(text(new)))
                    assert abs(size - written) <= 0.5000001 * 10.0**-places, (text(old), text(new))


def eval_number(formula: str) -> float:
    """The value of a formula in numbers, by NumPy."""
    names = {"sqrt": np.sqrt, "log": np.log, "exp": np.exp, "pi": np.pi}
    return float(eval(formula.replace("^", "**"), {"__builtins__": {}}, names))


# -- one term ------------------------------------------------------------------------------------------------------

TERMS = [
    # function, declarations, answer, term, change, factor
    ("x^3 + x^2 + sin(x)", NUMBER, "3*x^2 + x + cos(x)", "2*x", "factor", "1/2"),
    ("x^3 + x^2 + sin(x)", NUMBER, "3*x^2 + 2*x - cos(x)", "cos(x)", "sign", None),
    ("x^3 + x^2 + sin(x)", NUMBER, "3*x^2 + cos(x)", "2*x", "dropped", None),
    ("x^3 + x^2 + sin(x)", NUMBER, "x^2 + 2*x + cos(x)", "3*x^2", "factor", "1/3"),
    ("x^3 + x^2 + sin(x)", NUMBER, "3*x^2 + 2*x + cos(x) + exp(x)", "exp(x)", "superfluous", None),
    ("x'*A*x + b'*x", QUADRATIC, "x'*A + x'*A' + 2*b'", "b'", "factor", "2"),
    ("x'*A*x + b'*x", QUADRATIC, "x'*A + x'*A' + b' + x'", "x'", "superfluous", None),
    ("x'*A*x + b'*x", QUADRATIC, "A*x + A'*x + b + x", "x", "superfluous", None),
    ("x'*A*x + b'*x", QUADRATIC, "A*x + A'*x - b", "b'", "sign", None),
    ("sum(W.*X) + sum(X.^3)", MASKED, "W + X.^2", "3*X.^2", "factor", "1/3"),
    ("sum(W.*X) + sum(X.^3)", MASKED, "W + 3*X.^2 + W.*X", "W.*X", "superfluous", None),
]


@pytest.mark.parametrize(("function", "given", "answer", "term", "change", "factor"), TERMS)
def test_the_term_that_makes_the_difference(function, given, answer, term, change, factor):
    found = check(function, given=given, wrt="X" if given is MASKED else "x", answer=answer)
    assert (found.verdict, found.right) == ("wrong", False)
    said = found.as_json()["term"]
    assert said is not None, found
    assert (said["change"], said["factor"]) == (change, factor), found
    names = parse_statement(given, [function], "X" if given is MASKED else "x").declarations
    assert parse_expression(said["text"], names) is parse_expression(term, names)


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        ("x^3 + x^2 + sin(x)", "2*x^2 + x + cos(x)"),
        ("x^3 + x^2 + sin(x)", "3*x^2 + 2*x + cos(2*x)"),
        ("x^3 + x^2 + sin(x)", "exp(x)"),
        ("x^3 + x^2 + sin(x)", "3*x^2 + x^2*cos(x) + y"),
    ],
)
def test_where_more_than_one_term_is_wrong_none_is_named(function, answer):
    found = check(function, given=NUMBER, wrt="x", answer=answer)
    assert found.verdict == "wrong"
    assert found.as_json()["term"] is None
    assert "it should be" in found.sentence


# -- what is said of how an answer is read ---------------------------------------------------------------------------


def test_remarks_on_an_answer_are_those_on_a_statement():
    found = check("sum(x.^2)", given=VECTOR, wrt="x", answer="x/std(x)")
    assert any("Variances" in note for note in found.notes)
    assert not check("sum(x.^2)", given=VECTOR, wrt="x", answer="2*x'").notes


@pytest.mark.parametrize("answer", [r"\mathbf{x}^\top (A + A^\top)", r"x^{\mathsf T}A + x^{\top} A^{T}"])
def test_an_answer_in_latex(answer):
    assert check("x'*A*x", given=QUADRATIC, wrt="x", answer=answer).verdict == "right"


# -- random wrong answers ------------------------------------------------------------------------------------------

PIECES = ["x", "x^2", "3*x^2", "2*x", "cos(x)", "sin(x)", "exp(x)", "1", "0.33*x", "0.5", "x*cos(x)", "y", "-x"]


@pytest.mark.parametrize("number", range(30))
def test_random_answers_are_called_right_only_if_they_are(number):
    random = np.random.default_rng(number)
    chosen = random.choice(len(PIECES), 3, replace=False)
    answer = " + ".join(f"({PIECES[k]})" for k in chosen)
    found = check("x^3 + x^2 + sin(x)", given=NUMBER, wrt="x", answer=answer)
    names = {"cos": np.cos, "sin": np.sin, "exp": np.exp}
    points = random.uniform(-2, 2, (5, 2))

    def value(formula: str, x: float, y: float) -> float:
        return float(eval(formula.replace("^", "**"), {"__builtins__": {}}, {**names, "x": x, "y": y}))

    h = 1e-5
    slopes = [
        (value("x^3 + x^2 + sin(x)", x + h, y) - value("x^3 + x^2 + sin(x)", x - h, y)) / (2 * h) for x, y in points
    ]
    agrees = np.allclose([value(answer, x, y) for x, y in points], slopes, atol=1e-6)
    assert found.right is agrees
    if found.verdict == "wrong" and (term := found.as_json()["term"]) is not None:
        changes = {"dropped": 1.0, "sign": 2.0, "superfluous": -1.0}
        times = changes.get(term["change"]) or 1 - float(value(term["factor"], 0, 0))
        mended = [value(answer, x, y) + times * value(term["text"], x, y) for x, y in points]
        np.testing.assert_allclose(mended, slopes, atol=1e-6)
