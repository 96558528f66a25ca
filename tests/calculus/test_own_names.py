"""A derivation in the names of its chain: a known value is called by its name, and no name is put in and taken out."""

from __future__ import annotations

import pytest

from jacobook.algebra.normal_form import equal
from jacobook.language.printer import text
from tests.calculus.derived import assert_verified, solve
from tests.calculus.test_reasons import said

NORMALISED = ["L = g'*y", "y = w.*x/r", "r = sqrt(x'*x/dim(N) + c)"]
SOFTMAX = ["L = g'*p", "p = softmax(s)"]
ROWS = ["L = tr(G'*P)", "P = softmax(S, 'rows')"]


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "expected"),
    [
        ("x, w, g in R^N; c in R positive", NORMALISED, "x", "x'/(dim(N)*r)"),
        ("s, g in R^N", SOFTMAX, "s", "diag(p) - p*p'"),
        ("S, G in R^(N x M)", ROWS, "S", "diag(vec(P)) - diag(vec(P))*kron(vector(1)*vector(1)', eye(N))*diag(vec(P))"),
        ("A, B in R^(N x N) invertible", ["f = tr(B*W)", "W = inv(A)"], "A", "-kron(W', W)"),
        ("a, g in R^N", ["L = g'*h", "h = sigmoid(a)"], "a", "diag(h.*(vector(1) - h))"),
        ("x in R", ["f = 1/(1 + u)", "u = exp(-x)"], "x", "-exp(-x)"),  # short, and there once
        ("s in R^N", ["p = softmax(s)"], "s", "diag(softmax(s)) - softmax(s)*softmax(s)'"),  # no link inside
    ],
)
def test_the_derivative_of_a_link_is_written_with_its_name(given, lines, wrt, expected):
    found = solve(given, lines, wrt)
    assert_verified(found)
    assert text(found.partials[-1].value) == expected


@pytest.mark.parametrize("route", ["matrix", "component"])
def test_the_first_line_with_the_name_says_what_it_stands_for(route):
    partial = solve("x, w, g in R^N; c in R positive", NORMALISED, "x").partials[-1]
    told = [said(claim.reason) for claim in getattr(partial, f"{route}_route")]
    assert sum("sqrt(x'*x/dim(N) + c) is r." in reason for reason in told) == 1
    lines = [claim for claim in getattr(partial, f"{route}_route") if claim.rule != "entries"]  # r in entries
    assert not any("sqrt" in text(claim.right) for claim in lines)


def test_a_softmax_is_told_of_its_own_name():
    partial = solve("s, g in R^N", SOFTMAX, "s").partials[-1]
    assert said(partial.matrix_route[0].reason) == "With p = softmax(s): dp = p.*ds - p*p'*ds."
    assert said(partial.matrix_route[1].reason).startswith("An entry-wise product with p ")


def test_no_name_is_put_in_and_taken_out_again():
    found = solve("x, w, g in R^N; c in R positive", NORMALISED, "x")
    assert text(found.value) == "(g.*w/r - g'*y/(dim(N)*r^2)*x)'"
    assert not any("sqrt" in text(claim.right) for claim in found.combination)


def test_a_function_that_recurs_keeps_the_name_that_the_author_gave_it():
    found = solve("s, g in R^N", SOFTMAX, "s")
    assert text(found.value) == "(g.*p - (g'*p)*p)'"
    assert [link.symbol.name for link in found.kept] == ["p"]
    assert not found.forms


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "expected"),
    [
        (
            "K in R^(N x D); V in R^(N x M); q in R^D; g in R^M",
            ["L = g'*V'*p", "p = softmax(s)", "s = K*q"],
            "q",
            "(p.*(V*g) - (p'*V*g)*p)'*K",
        ),
        ("A in R^(N x N); x in R^N", ["f = y'*y", "y = A*x + x"], "x", "2*(A*x + x)'*(A + eye)"),  # A is not thin
    ],
)
def test_a_row_times_a_sum_of_thin_matrices_forms_no_matrix(given, lines, wrt, expected):
    found = solve(given, lines, wrt)
    assert_verified(found)
    assert text(found.value) == expected


def test_paths_and_inner_functions_stand_in_the_order_of_the_function():
    found = solve("x in R", "log(x^4)*sin(x^3)", "x")
    assert [link.symbol.name for link in found.links] == ["f", "u", "v"]
    assert text(found.combination[0].right) == "∂f/∂u · ∂u/∂x + ∂f/∂v · ∂v/∂x"
    assert [said(c.reason) for c in found.combination if c.rule == "substitution"] == [
        "Substitute u = x^4 and v = x^3."
    ]


def test_names_within_names_are_put_in_one_after_the_other():
    found = solve("x, m in R^D; S in R^(D x D) invertible", ["f = exp(-z/2)", "z = y'*inv(S)*y", "y = x - m"], "x")
    told = [said(claim.reason) for claim in found.combination if claim.rule == "substitution"]
    assert told == ["Substitute z = y'*inv(S)*y.", "Substitute y = x - m."]


def test_a_path_that_is_subtracted_comes_last_and_no_line_reorders():
    found = solve("x in R^D; w in R", ["f = log(s) - w*x'*x", "s = x'*x + 1"], "x")
    told = [said(claim.reason) for claim in (*found.combination, *found.denominator)]
    assert text(found.combination[0].right).endswith("+ ∂f/∂x")
    assert not any("eorder" in reason for reason in told)


def test_what_depends_directly_takes_one_line():
    found = solve("W in R^(M x N); X in R^(N x K); G in R^(M x K)", ["L = tr(G'*Y)", "Y = W*X"], "W")
    assert [text(claim.right) for claim in found.combination] == ["G", "dL/dY · X'", "G*X'"]
    assert said(found.combination[0].reason) == "L depends on Y directly: this is ∂L/∂Y."


def test_a_line_is_not_said_twice():
    found = solve("A, C in R^(N x N); Q in R^(N x N)", ["f = tr(C'*X)", "X = A*X*A' + Q"], "Q")
    for partial in found.partials:
        lines = [(claim.left, claim.right) for claim in partial.matrix_route]
        assert len(set(lines)) == len(lines)


def test_a_gradient_is_passed_on_term_by_term_before_terms_are_collected():
    backward = solve("x in R^N", "x*x'", "x").backward
    assert backward is not None
    assert [text(claim.right) for claim in backward.claims[2:4]] == ["x'*G'*dx + x'*G*dx", "x'*(G + G')*dx"]
    assert said(backward.claims[2].reason).endswith("a scalar equals its transpose; multiply out.")


def test_the_letter_of_what_is_passed_on_is_used_for_nothing_else():
    found = solve("X in R^(N x N) positive-definite", "X^(1/2)", "X")
    assert found.backward is not None
    told = [said(claim.reason) for claim in found.backward.claims]
    assert "That is what G means." in told
    assert not any("the derivative is G" in reason for reason in told)


def test_a_small_jacobian_of_stacked_entries_is_written_out():
    lines = solve("x in R^2", "x*x'", "x").partials[0].component_route
    assert text(lines[-1].right) == "[2*x[1], 0; x[2], x[1]; x[2], x[1]; 0, 2*x[2]]"
    assert equal(lines[-2].right, solve("x in R^2", "x*x'", "x").partials[0].value)
    by_matrix = solve("X in R^(2 x 2)", "X'", "X").partials[0].component_route[-1]
    assert text(by_matrix.right) == "[1, 0, 0, 0; 0, 0, 1, 0; 0, 1, 0, 0; 0, 0, 0, 1]"
    assert "written out" not in said(solve("x in R^N", "x*x'", "x").partials[0].component_route[-1].reason)


def test_an_entry_of_the_link_is_told_by_its_name_and_so_is_where_its_derivative_comes_from():
    found = solve("S, G in R^(M x N)", ["L = sum(G.*P)", "P = softmax(S, 'rows')"], "S")
    assert_verified(found)
    (line,) = [claim for claim in found.partials[-1].component_route if claim.steps]
    assert said(line.reason).startswith("With P = softmax(S, 'rows'): chain rule in entries; the derivative of P[i,j] ")
    assert text(line.steps[0].left) == "P[i,j]"
    assert not any("softmax" in text(side) for step in line.steps for side in (step.left, step.right))


def test_where_the_name_would_count_as_fixed_the_lines_below_do_without_it():
    found = solve("A, B in R^(N x N) invertible", ["f = tr(B*W)", "W = inv(A)"], "A")
    assert_verified(found)
    for route in ("matrix_route", "component_route"):
        steps = [step for claim in getattr(found.partials[-1], route) for step in claim.steps]
        assert steps
        assert not any("W" in text(side) for step in steps for side in (step.left, step.right))
