"""Declared properties: used as cited steps only; and what is said of points where a rule does not apply."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Reading
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Claim, Derivation
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.verification import evaluate, verify
from tests.calculus.derived import assert_is, assert_verified, expression, solve

UNSYMMETRIC = "A, S in R^(N x N)"
SYMMETRIC = "A in R^(N x N); S in R^(N x N) symmetric"


def uses(found: Derivation, name: str = "symmetric") -> list[Claim]:
    """The claims that rely on a property, outside the special cases."""
    special = {id(claim) for top in found.special_cases for claim in top.walk()}
    return [
        claim
        for claim in found.claims()
        if id(claim) not in special and any(assumption.property == name for assumption in claim.assumptions)
    ]


@pytest.mark.parametrize("given", [UNSYMMETRIC, SYMMETRIC])
@pytest.mark.parametrize("route", ["matrix", "component"])
def test_the_declared_symmetry_of_the_variable_is_not_used_before_differentiating(given: str, route: str) -> None:
    """tr(A S) and tr(A S') agree on symmetric S, and yet A' and A are their derivatives."""
    plain = solve(given, "tr(A*S)", "S", route)
    turned = solve(given, "tr(A*S')", "S", route)
    assert_is(plain, given, "A'")
    assert_is(turned, given, "A")
    assert not equal(plain.value, turned.value)
    assert_verified(plain)
    assert_verified(turned)


def test_the_two_forms_differ_in_unsymmetric_directions() -> None:
    random = np.random.default_rng(1)
    matrices = {name: random.normal(size=(3, 3)) for name in "ASV"}
    plain, turned = (solve(SYMMETRIC, written, "S") for written in ("tr(A*S)", "tr(A*S')"))
    a, v = matrices["A"], matrices["V"]
    for found, change in ((plain, np.trace(a @ v)), (turned, np.trace(a @ v.T))):
        symbols = {symbol.name: symbol for symbol in found.statement.declarations}
        values = {symbols["A"]: a, symbols["S"]: matrices["S"] + matrices["S"].T}
        gradient = evaluate(found.value, values, {"N": 3})
        assert np.sum(gradient * v) == pytest.approx(change)
    assert np.trace(a @ v) != pytest.approx(np.trace(a @ v.T))


@pytest.mark.parametrize(
    ("given", "written", "wrt", "expected"),
    [
        ("x in R^N; S in R^(N x N) symmetric", "x'*S*x", "x", "2*x'*S"),
        ("x, y in R^N; S in R^(N x N) positive-definite", "(x - y)'*inv(S)*(x - y)", "x", "2*(x - y)'*inv(S)"),
        ("x in R^N; S in R^(N x N) symmetric", "x'*S*x + tr(S*S)", "S", "x*x' + 2*S"),
        ("J in R^(M x N); S in R^(N x N) symmetric; B in R^(M x N)", "tr(J*S*B')", "J", "B*S"),
    ],
)
def test_a_declared_symmetry_is_a_cited_step(given: str, written: str, wrt: str, expected: str) -> None:
    found = solve(given, written, wrt)
    wanted = expression(given, expected, found.value.shape)
    symmetric = next(symbol for symbol in found.statement.declarations if "symmetric" in symbol.properties)
    assert not any(isinstance(node, n.Transpose) and node.operands[0] is symmetric for node in walk(found.value)), text(
        found.value
    )
    assert equal(found.value, wanted)
    cited = uses(found)
    assert cited
    assert {assumption.node for claim in cited for assumption in claim.assumptions} == {symmetric}
    assert all(assumption.declared for claim in cited for assumption in claim.assumptions)
    assert_verified(found)


def test_without_the_declaration_it_is_a_special_case_with_its_condition() -> None:
    found = solve("x in R^N; S in R^(N x N)", "x'*S*x", "x")
    assert_is(found, "x in R^N; S in R^(N x N)", "x'*(S + S')")
    assert uses(found) == []
    claim = next(claim for claim in found.special_cases if claim.rule == "symmetric")
    assert [(a.node.parameters[0], a.property, a.declared) for a in claim.assumptions] == [("S", "symmetric", False)]
    assert equal(claim.right, expression("x in R^N; S in R^(N x N)", "2*x'*S", found.value.shape))
    assert_verified(found)


def test_a_special_case_without_its_condition_fails_verification() -> None:
    found = solve("x in R^N; S in R^(N x N)", "x'*S*x", "x")
    bare = tuple(replace(claim, assumptions=()) for claim in found.special_cases)
    assert verify(found, symbolic=False).passed
    assert not verify(replace(found, special_cases=bare), symbolic=False).passed


def test_assumptions_are_listed_once_and_say_what_was_declared() -> None:
    found = solve("x in R^N; S in R^(N x N) invertible; A in R^(N x N)", "x'*inv(S)*x + logdet(A) + x'*inv(A)*x", "x")
    said = {(text(a.node), a.property, a.declared) for a in found.assumptions}
    assert said == {("S", "invertible", True), ("A", "invertible", False)}
    assert len(found.assumptions) == 2


def test_nothing_is_assumed_where_nothing_is_needed() -> None:
    assert solve("x in R^N; A in R^(M x N)", "tanh(A*x)", "x").assumptions == ()


@pytest.mark.parametrize(
    ("given", "written", "word"),
    [
        ("x in R^N", "sum(abs(x))", "not hold"),
        ("x in R^N", "norm1(x)", "not hold"),
        ("x in R^N", "sum(relu(x))", "not hold"),
        ("x in R^N", "norm2(x)", "not hold"),
        ("x in R", "log(x)", "positive"),
        ("x in R", "sqrt(x)", "positive"),
        ("x in R", "x^(1/2)", "positive"),
        ("x in R", "1/x", "not hold"),
        ("x in R^N", "sum(vector(1)./x)", "not hold"),
        ("x in R", "arcsin(x)", "between"),
        ("x in R", "tan(x)", "cosine"),
    ],
)
def test_points_where_a_rule_does_not_apply_are_noted(given: str, written: str, word: str) -> None:
    found = solve(given, written, "x")
    assert any(word in note.template for note in found.notes), [note.template for note in found.notes]
    assert_verified(found)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("x in R", "log(1 + x^2)"),
        ("x in R^N", "1/(1 + norm2(x)^2)"),
        ("x in R^N; s in R positive", "sqrt(x'*x/dim(N) + s)"),
        ("x in R^N", "log(sum(exp(x)))"),
        ("x, y in R^N", "y'*log(x.^2 + vector(1))"),
    ],
)
def test_conditions_that_always_hold_are_not_noted(given: str, written: str) -> None:
    assert solve(given, written, "x").notes == ()


@pytest.mark.parametrize("written", ["log(x^2)", "log(x^3 + 1)", "1/(x^2 - 1)", "log(abs(x))", "sqrt(x^2)"])
def test_conditions_that_may_fail_are_noted(written: str) -> None:
    assert solve("x in R", written, "x").notes != ()


def test_that_entries_add_up_to_one_is_said_of_weights_alone() -> None:
    assert [c.rule for c in solve("x, p in R^N", "-p'*log(softmax(x))", "x").special_cases] == ["normalised"]
    assert solve("x, g in R^N", "g'*x*sum(x)/dim(N)", "g").special_cases == ()


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("x in R positive", "log(x)"),
        ("x in R positive", "1/x"),
        ("x in R^N", "log(1 + exp(sum(x)))"),
        ("x in R^N", "norm2(x)^2"),
        ("x in R^N", "exp(x'*x)"),
        ("x in R^N; s in R positive", "x'*x/s"),
    ],
)
def test_no_note_where_the_rule_applies_everywhere(given: str, written: str) -> None:
    assert [note.template for note in solve(given, written, "x").notes] == []


def test_an_entry_wise_function_of_a_matrix_is_said_to_be_one() -> None:
    remarks = parse_statement(["X in R^(N x N)"], ["tr(exp(X))"], "X").remarks
    assert [remark.reading for remark in remarks] == [Reading.ENTRYWISE]


def test_the_squared_norm_has_no_quotient() -> None:
    found = solve("x in R^N", "norm2(x)^2", "x")
    assert not any(isinstance(node, n.Divide | n.Norm2) for node in walk(found.value))
    assert evaluate(found.value, {found.statement.wrt: np.zeros(3)}, {"N": 3}).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("given", "written", "wrt", "expected"),
    [
        ("x in R^N; S in R^(N x N) symmetric", ("x'*S*x",), "x", "2*S*x"),
        ("x, a in R^N; S in R^(N x N) positive-definite", ("(x - a)'*inv(S)*(x - a)",), "x", "2*inv(S)*(x - a)"),
        ("x, a in R^N; S in R^(N x N) symmetric", ("f = log(1 + z)", "z = y'*S*y", "y = x - a"), "x",
         "2/(1 + (x - a)'*S*(x - a))*S*(x - a)"),
        ("x in R^N; S in R^(N x N) symmetric; A in R^(N x N)", ("S*A*S*x",), "x", "S*A'*S"),
    ],
)  # fmt: skip
def test_the_denominator_layout_uses_a_declared_symmetry_too(
    given: str, written: tuple[str, ...], wrt: str, expected: str
) -> None:
    found = solve(given, written, wrt)
    last = found.denominator[-1]
    assert equal(last.right, expression(given, expected, last.right.shape))
    symmetric = next(symbol for symbol in found.statement.declarations if "symmetric" in symbol.properties)
    ends = [last.right, *(partial.denominator[-1].right for partial in found.partials if partial.denominator)]
    turned = [
        node for end in ends for node in walk(end) if isinstance(node, n.Transpose) and node.depends_on(symmetric)
    ]
    assert not turned
    assert_verified(found)


def test_without_the_declaration_the_transpose_stays() -> None:
    found = solve("x in R^N; S in R^(N x N)", "x'*S*x", "x")
    assert equal(found.denominator[-1].right, expression("x in R^N; S in R^(N x N)", "(S + S')*x", found.value.T.shape))
