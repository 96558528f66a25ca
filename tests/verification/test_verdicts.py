"""Three verdicts that are never confused: checked, could not be checked (and why), failed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from jacobook import derive
from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import matrix, vector
from jacobook.batch import Options, answer_line
from jacobook.calculus.derive import derive as derive_statement
from jacobook.cli import cli
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.rendering.json_output import derivation_json
from jacobook.rendering.report import report_markdown, report_text
from jacobook.verification import verify
from jacobook.verification.numeric.evaluate import evaluate
from jacobook.verification.why_unchecked import rank_bound

SINGLE_SIDES = [
    ("A*x", ["A in R^(1 x N)", "x in R^N"], "A"),
    ("a'*X", ["X in R^(N x 1)", "a in R^N"], "X"),
    ("w*x'", ["x in R^N", "w in R^1"], "w"),
    ("x*a", ["x in R^N", "a in R^(1 x 1)"], "a"),
    ("x*a*y'", ["x in R^N", "y in R^M", "a in R^(1 x 1)"], "a"),
    ("x*B*y", ["x in R^N", "B in R^(1 x M)", "y in R^M"], "B"),
    ("y'*(x*B)", ["x, y in R^N", "B in R^(1 x M)"], "B"),
    ("o*r*x", ["o in R^(N x 1)", "r in R^(1 x N)", "x in R^N"], "o"),
    ("o*y'*x", ["o in R^(M x 1)", "x, y in R^N"], "y"),
    ("norm2(W2*tanh(W1*x + b1) + b2 - y)^2", ["W2 in R^(1 x H)", "W1 in R^(H x N)", "x in R^N", "b1 in R^H",
                                             "b2, y in R^1"], "W2"),
    ("X*y + diag(X)", ["X in R^(1 x 1)", "y in R^1"], "X"),
    ("cos(kron(B, B))*z", ["B in R^(1 x 1) diagonal", "z in R^1"], "B"),
    ("tanh(unvec(softmax(x), 1, P))", ["x in R^P"], "x"),
    ("tanh(unvec(softmax(x), P, 1))", ["x in R^P"], "x"),
    ("x*x'", ["x in R^1"], "x"),
]  # fmt: skip
LARGE = [
    ("tr(inv(A))", ["A in R^(40 x 40) invertible"], "A"),
    ("-y'*log(softmax(W*x))", ["W in R^(10 x 784)", "x in R^784", "y in R^10"], "W"),
]


@pytest.mark.parametrize(("expression", "given", "wrt"), SINGLE_SIDES, ids=lambda part: str(part)[:40])
@pytest.mark.parametrize("route", ["matrix", "component"])
def test_a_side_of_1_is_checked(expression: str, given: list[str], wrt: str, route: str) -> None:
    derivation = derive_statement(parse_statement(given, [expression], wrt), route, both=False)
    evidence = verify(derivation)
    assert evidence.failures == ()
    assert (evidence.verdict, evidence.symbolic) == ("checked", "proved")
    assert derivation_json(derivation)["python"].startswith("def derivative(")


def test_a_matrix_of_one_entry_times_a_vector_is_a_vector() -> None:
    product = b.product(n.symbol("X", matrix(1, 1)), n.symbol("y", vector(1)))
    assert product.shape == vector(1)


@pytest.mark.parametrize(("expression", "given", "wrt"), LARGE, ids=lambda part: str(part)[:40])
def test_large_fixed_sizes_are_checked_along_random_directions(expression: str, given: list[str], wrt: str) -> None:
    derivation = derive_statement(parse_statement(given, [expression], wrt), both=False)
    assert verify(derivation, symbolic=False).verdict == "checked"
    wrong = replace(derivation, value=b.transpose(derivation.value) if "40" in given[0] else -derivation.value)
    assert verify(wrong, symbolic=False).verdict == "failed"


def test_one_wrong_entry_among_thousands_is_seen() -> None:
    derivation = derive_statement(parse_statement(["A in R^(40 x 40) invertible"], ["tr(inv(A))"], "A"), both=False)
    one = b.product(b.unit_vector(3, 40), b.transpose(b.unit_vector(7, 40)))
    assert verify(replace(derivation, value=derivation.value + one), symbolic=False).verdict == "failed"


def test_arrays_that_are_too_large_are_said_to_be() -> None:
    found = derive("A*B", given=["A in R^(90 x 80)", "B in R^(80 x 70)"], wrt="A")
    assert found.verdict == "unchecked"
    assert not found.passed
    assert "more than 2,000,000 entries" in found.evidence["why"]  # type: ignore[index]
    assert found.evidence["failures"] == []  # type: ignore[index]


CONSTANT = [
    ("norm2(x - x)^2", ["x in R^N"], "x"),
    ("norm2(A*x - A*x)^2*s", ["A in R^(2 x N)", "x in R^N", "s in R"], "x"),
]


@pytest.mark.parametrize(("expression", "given", "wrt"), CONSTANT, ids=lambda part: str(part)[:40])
def test_a_constant_function_is_checked(expression: str, given: list[str], wrt: str) -> None:
    assert derive(expression, given=given, wrt=wrt).verdict == "checked"


NOWHERE = [
    ("logdet(A'*A)", ["A in R^(2 x 3)"], "A", "A'*A is singular for every A in R^(2 x 3)"),
    ("inv(x*y')*x", ["x, y in R^3"], "x", "x*y' is singular for every x and y in R^3"),
    ("log(det(A'*A))", ["A in R^(2 x 3)"], "A", "A'*A is singular for every A in R^(2 x 3)"),
    ("sqrt(-x^2)", ["x in R"], "x", "sqrt asks for an argument that is not negative"),
    ("log(-1 - x'*x)", ["x in R^N"], "x", "log asks for a positive argument"),
    ("arcsin(2 + x^2)", ["x in R"], "x", "arcsin asks for an argument from -1 to 1"),
    ("1/(x'*x - x'*x)", ["x in R^N"], "x", "the divisor"),
]


@pytest.mark.parametrize(("expression", "given", "wrt", "why"), NOWHERE, ids=lambda part: str(part)[:40])
def test_a_function_without_a_value_is_unchecked(expression: str, given: list[str], wrt: str, why: str) -> None:
    found = derive(expression, given=given, wrt=wrt)
    assert found.evidence is not None
    assert (found.verdict, found.passed) == ("unchecked", False)
    assert why in found.evidence["why"]
    assert ("has no value anywhere" in found.evidence["why"]) == ("singular for every" in why)
    assert found.evidence["failures"] == []
    assert "FAILED" not in found.report("text")
    assert "Could not be checked: " in found.report("text")
    assert "Could not be checked: " in found.report("markdown")


def test_what_holds_for_a_size_of_1_alone_is_not_called_checked() -> None:
    found = derive("inv(x*y')*x", given=["x, y in R^N"], wrt="x")
    assert found.verdict == "unchecked"
    why = found.evidence["why"]  # type: ignore[index]
    assert why.startswith("it was compared for N = 1 only, since for larger sizes the function has no value anywhere")
    assert derive("det(X'*X)", given=["X in R^(M x N)"], wrt="X").verdict == "checked"


def test_the_ranks_that_are_said_to_be_small_are() -> None:
    A, x, y = n.symbol("A", matrix(2, 3)), n.symbol("x", vector(3)), n.symbol("y", vector(3))
    random = np.random.default_rng(0)
    values: dict[n.Symbol, Any] = {A: random.normal(size=(2, 3)), x: random.normal(size=3), y: random.normal(size=3)}
    outer = x * y.T
    cases: list[tuple[Node, int]] = [
        (A.T * A, 2), (outer, 1), (outer + outer.T, 2), (outer + b.identity(3), 3), (b.kronecker(A.T * A, outer), 2),
        (b.power(outer, b.number(2)), 1), (b.power(outer, b.number(0)), 3), (b.diag(x), 3),
        (b.fill(b.ONE, outer.shape), 1), (b.apply("exp", outer), 3), (A * A.T, 2), (-(A.T * A), 2),
        (b.hadamard(outer, outer), 3),
    ]  # fmt: skip
    for node, bound in cases:
        assert rank_bound(node, {}) == bound
        assert np.linalg.matrix_rank(np.atleast_2d(evaluate(node, values, {}))) <= bound


def test_a_wrong_derivative_failed_whatever_else_could_not_be_checked() -> None:
    derivation = derive_statement(parse_statement(["x in R^N"], ["x'*x"], "x"), both=False)
    first = derivation.partials[0].matrix_route[0]
    claim = replace(first, right=b.apply("log", b.number(-1)))
    wrong = replace(derivation, value=-derivation.value)
    assert verify(wrong).verdict == "failed"
    assert verify(wrong).why is None
    both = replace(wrong, combination=(claim,))
    assert verify(both).verdict == "failed"
    data = verify(wrong).as_dict()
    assert "Verification FAILED" in report_text(wrong, data)
    assert "Verification FAILED" in report_markdown(wrong, data)
    assert derivation_json(wrong, data)["verification"]["verdict"] == "failed"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["derive", *arguments])


def test_the_command_says_which_and_ends_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    singular = ("logdet(A'*A)", "--given", "A in R^(2 x 3)")
    unchecked = run(*singular)
    assert unchecked.exit_code == 0
    assert "Could not be checked: the function has no value anywhere" in unchecked.output.replace("\n  ", " ")
    assert "could not be checked" in unchecked.stderr
    assert "failed" not in unchecked.stderr
    answer = json.loads(run(*singular, "--format", "json").stdout)["verification"]
    assert (answer["verdict"], answer["passed"]) == ("unchecked", False)
    assert "singular" in answer["why"]
    checked = run("x'*x", "--given", "x in R^N", "--format", "json")
    answer = json.loads(checked.stdout)["verification"]
    assert (answer["verdict"], answer["passed"], answer["why"]) == ("checked", True, None)
    assert (checked.exit_code, checked.stderr) == (0, "")
    monkeypatch.setattr("jacobook.verification.examination._checks", _with_a_mistake)
    failed = run("x'*x", "--given", "x in R^N")
    assert failed.exit_code == 1
    assert "Verification failed: do not use this result" in failed.stderr


def _with_a_mistake(derivation: Any) -> Any:
    from jacobook.verification.examination import _Check, setting_of

    yield _Check("planted", "definition", derivation.value, -derivation.value, setting_of(derivation))


def test_a_batch_says_which(tmp_path: Path) -> None:
    case = json.dumps({"id": "one", "given": ["A in R^(2 x 3)"], "expr": "logdet(A'*A)", "wrt": "A"})
    answer = json.loads(answer_line((1, case), options=Options(), encoding="utf-8").line)
    assert answer["ok"] is True
    assert answer["verification"]["verdict"] == "unchecked"


def test_what_was_not_to_be_verified_does_not_claim_to_be() -> None:
    found = derive("x'*x", given=["x in R^N"], wrt="x", verify=False)
    assert (found.verdict, found.passed, found.evidence) == ("unchecked", False, None)


TINY = [
    ("x'*y/10^20", ["x, y in R^N"], "x"),
    ("x^2/10^(-20)", ["x in R"], "x"),
    ("sin(x)/(c*10^(-16))", ["x, c in R"], "x"),
    ("log(x^2*10^(-5))", ["x in R"], "x"),
    ("sqrt(x^2*10^(-20))", ["x in R"], "x"),
    ("norm2(10^(-9)*x)", ["x in R^N"], "x"),
    ("sum(abs(10^(-9)*x))", ["x in R^N"], "x"),
    ("logdet(A)", ["A in R^(40 x 40) positive-definite"], "A"),
    ("log(det(D))", ["D in R^(30 x 30) diagonal, positive-definite"], "D"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("expression", "given", "wrt"), TINY, ids=lambda part: str(part)[:40])
def test_a_small_constant_is_no_pole_and_no_kink(expression: str, given: list[str], wrt: str) -> None:
    derivation = derive_statement(parse_statement(given, [expression], wrt), both=False)
    assert verify(derivation, symbolic=False).verdict == "checked"
    wrong = replace(derivation, value=b.product(b.number(2), derivation.value))
    assert verify(wrong, symbolic=False).verdict in ("failed", "unchecked")


@pytest.mark.parametrize(
    ("expression", "given", "wrt", "verdict"),
    [
        ("x^2*10^(-9)", "x in R", "x", "failed"),
        ("x^2*10^(-20)", "x in R", "x", "unchecked"),  # it drowns in the rounding of x²
        ("exp(-50*x)", "x in R positive", "x", "failed"),
        ("det(A)", "A in R^(26 x 26)", "A", "failed"),
    ],
)
def test_what_is_tiny_is_not_right_for_that(expression: str, given: str, wrt: str, verdict: str) -> None:
    derivation = derive_statement(parse_statement([given], [expression], wrt), both=False)
    wrong = replace(derivation, value=b.product(b.number(2), derivation.value))
    assert verify(wrong, symbolic=False).verdict == verdict
    assert verify(derivation, symbolic=False).verdict == "checked"


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("det(X^60)", "60*det(X)^59*adj(X)'"),
        ("tr(X^60)*det(X^40)", "20*det(X)^39*(3*det(X)*X^59 + 2*tr(X^60)*adj(X))'"),
    ],
)
def test_rounding_that_other_factors_magnify_is_no_failure(expression: str, result: str) -> None:
    derivation = derive_statement(parse_statement(["X in R^(N x N)"], [expression], "X"), both=False)
    assert text(derivation.value) == result
    assert verify(derivation, symbolic=False).failures == ()


def test_numbers_beyond_all_floats_are_not_compared() -> None:
    found = derive("(10*x)^400", given="x in R")
    assert found.verdict == "unchecked"
    assert found.result == "4e402*x^399"
    with_literal = derive("1e2000*x", given="x in R")
    assert with_literal.verdict == "unchecked"
    assert "1e2000 is too large to" in with_literal.report("text")
