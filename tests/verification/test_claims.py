"""Published formulas against derivations, whatever they are said to be."""

from __future__ import annotations

import numpy as np
import pytest

from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.language import LanguageError, parse_statement
from jacobook.rendering.claim_words import finding_words
from jacobook.verification.answers.claims import Finding, examine

GAUSS = (
    ("x, mu in R^D", "S in R^(D x D) invertible"),
    ("f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"),
    "x",
)
OUTER = (("x in R^3", "s in R"), ("tr(x*x' + s^2*eye)",), "x")
LAYER = (("x in R^N", "A in R^(M x N)", "b in R^M"), ("f = tanh(z)", "z = A*x + b"), "x")
PRODUCT = (("A in R^(M x N)", "X in R^(N x P)", "B in R^(P x M)"), ("det(A*X*B)",), "X")


def derivation(given: tuple[str, ...], expression: tuple[str, ...], wrt: str) -> Derivation:
    return derive(parse_statement(given, expression, wrt), both=False)


def sentence_on(finding: Finding) -> str:
    return "".join(finding_words(finding))


@pytest.mark.parametrize(
    ("statement", "formula", "target", "status"),
    [
        (GAUSS, "-1/2*exp(-1/2*(x-mu)'*inv(S)*(x-mu))*(x-mu)'*(inv(S) + inv(S)')", "result", "agrees"),
        (GAUSS, "-1/2*exp(-1/2*(x-mu)'*inv(S)*(x-mu))*(inv(S) + inv(S)')*(x-mu)", "result", "other-layout"),
        (GAUSS, "-exp(-1/2*(x-mu)'*inv(S)*(x-mu))*(x-mu)'*inv(S)", "result", "condition"),
        (GAUSS, "exp(-1/2*z)*y'*(inv(S) + inv(S)')", "result", "disagrees"),
        (GAUSS, "y'*(inv(S) + inv(S)')", "partial z by y", "agrees"),
        (GAUSS, "(x - mu)'*(inv(S) + inv(S)')", "partial z by y", "agrees"),
        (GAUSS, "(inv(S) + inv(S)')*y", "partial z by y", "other-layout"),
        (GAUSS, "y'*(S' + inv(S)')", "partial z by y", "disagrees"),
        (GAUSS, "-1/2*exp(-1/2*z)", "partial f by z", "agrees"),
        (GAUSS, "eye", "partial y by x", "agrees"),
        (GAUSS, "(x - mu)'*inv(S)*(x - mu)", "value z", "agrees"),
        (GAUSS, "(x + mu)'*inv(S)*(x - mu)", "value z", "disagrees"),
        (OUTER, "x*x'", "value x*x'", "agrees"),
        (OUTER, "x .* x", "value x*x'", "disagrees"),
        (LAYER, "diag(vector(1) - tanh(x).^2)", "partial f by z", "disagrees"),
        (LAYER, "diag(vector(1) - tanh(z).^2)", "partial f by z", "agrees"),
        (PRODUCT, "det(A*X*B)*A'*inv(A*X*B)'*B'", "result", "agrees"),
        (PRODUCT, "det(A*X*B)*eye(N)", "expression result*X'", "disagrees"),
        (OUTER, "2*x'", "row 1", "agrees"),
        (OUTER, "2*x'*x/(x'*x)", "column 2", "disagrees"),
    ],
)
def test_status(
    statement: tuple[tuple[str, ...], tuple[str, ...], str], formula: str, target: str, status: str
) -> None:
    finding = examine(derivation(*statement), formula, target)
    assert finding.status == status
    assert finding.agrees == (status in ("agrees", "other-layout"))
    sentence = sentence_on(finding)
    start = {"agrees": "Agrees", "other-layout": "Agrees", "condition": "Depends", "disagrees": "Disagrees"}[status]
    assert sentence.startswith(start)


def test_the_consequence_of_a_derivative() -> None:
    found = derivation(("X in R^(N x N)",), ("det(X)",), "X")
    assert examine(found, "det(X)*eye", "expression result*X'").status == "agrees"
    assert examine(found, "det(X)*eye + X", "expression result*X'").status == "disagrees"


def test_a_shape_clash_is_told() -> None:
    finding = examine(derivation(*LAYER), "diag(vector(1) - tanh(x).^2)", "partial f by z")
    assert sentence_on(finding) == ("Disagrees: the printed formula is N×N, and the derivative is M×M.")


def test_operands_that_do_not_fit_each_other_are_a_finding() -> None:
    found = derivation(("A in R^(D x E)", "X in R^(E x F)", "B in R^(F x D)"), ("tr(A*X*B)",), "X")
    assert examine(found, "A'*B'").status == "agrees"
    assert examine(found, "B*A").status == "other-layout"
    finding = examine(found, "B'*A'")
    assert finding.status == "disagrees"
    assert finding.clash == "`B'*A'`: `B'` is D×F, `A'` is E×D"
    assert sentence_on(finding).startswith("Disagrees: the shapes do not fit inside the formula itself.")


def test_an_example_can_be_repeated() -> None:
    finding = examine(derivation(*OUTER), "x*x' + diag(x)", "value x*x'")
    example = finding.example
    assert example is not None
    x = next(value for symbol, value in example.values.items() if symbol.name == "x").ravel()
    right = np.outer(x, x)
    place = example.place["row"] - 1, example.place["column"] - 1
    assert example.expected == pytest.approx(right[place])
    assert example.printed == pytest.approx((right + np.diag(x))[place])
    assert "it should be" in sentence_on(finding)


def test_an_example_does_not_print_a_positive_number_as_zero() -> None:
    found = derivation(("x, b in R^3", "A in R^(3 x 3)"), ("f = tanh(z)", "z = A*x + b"), "x")
    printed = "[1 - tanh(x[1])^2, 0, 0; 0, 1 - tanh(x[2])^2, 0; 0, 0, 1 - tanh(x[3])^2]"
    finding = examine(found, printed, "partial f by z")
    assert finding.verdict is not None
    assert finding.verdict.example is not None
    first = finding.verdict.example.entries[0]
    assert first.expected > 1e-6 * first.answer


def test_a_finding_under_a_condition_names_another_point() -> None:
    found = derivation(("S in R^(D x D)", "x in R^D"), ("x'*S*x",), "x")
    sentence = sentence_on(examine(found, "2*x'*S"))
    assert "Depends on an assumption: it agrees only if S is symmetric (" in sentence
    assert "). For another S, for example with D = 2 and " in sentence
    assert "the printed formula is" in sentence


def test_a_row_and_a_column_of_a_jacobian() -> None:
    found = derivation(("x in R^2", "A in R^(3 x 2)"), ("A*x",), "x")
    assert examine(found, "(A'*vector(1))'", "row 1").status == "disagrees"
    assert examine(found, "A", "row 1").shape is not None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("partial y by z", "there is no such partial derivative"),
        ("value q", "`q` is not declared"),
        ("row 9", "there is no row 9"),
        ("nothing at all", "is no target"),
    ],
)
def test_targets_that_name_nothing(target: str, words: str) -> None:
    with pytest.raises(LanguageError, match=words) as caught:
        examine(derivation(*GAUSS), "x", target)
    assert caught.value.origin == "target"


def test_a_formula_that_cannot_be_read() -> None:
    for target in ("result", "value z", "partial z by y"):
        with pytest.raises(LanguageError) as caught:
            examine(derivation(*GAUSS), "y'*(inv(S) +", target)
        assert caught.value.origin == "answer"
