"""Derivatives of entries and of arrays written entry by entry: known results, both routes, chains, Hessians."""

from __future__ import annotations

import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import equal
from jacobook.algebra.traverse import walk
from jacobook.calculus.derive import derive
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.sentences import prose_text
from jacobook.verification import check_code, verify
from tests.calculus.derived import assert_verified, solve

CASES: list[tuple[str, list[str], str, str]] = [
    ("x in R^D", ["x[1]^2"], "x", "2*x[1]*unit(1, D)'"),
    ("x in R^D", ["x[3]*x[D]"], "x", "x[D]*unit(3, D)' + x[3]*unit(D, D)'"),
    ("x in R^D", ["unit(2, D)'*x"], "x", "unit(2, D)'"),
    ("x in R^8", ["x[4]*x[7]"], "x", "x[7]*unit(4, 8)' + x[4]*unit(7, 8)'"),
    ("x in R^2", ["sin(x[1])*cos(x[2])"], "x", "[cos(x[1])*cos(x[2]), -sin(x[1])*sin(x[2])]"),
    ("x in R^5", ["x[4]"], "x", "[0, 0, 0, 1, 0]"),
    ("x in R^3; a in R^3", ["a'*x + x[1]"], "x", "a' + [1, 0, 0]"),
    ("A in R^(M x N)", ["A[1, 2]"], "A", "unit(1, M)*unit(2, N)'"),
    ("A in R^(2 x 3)", ["A[1, 2]*A[2, 3]"], "A", "[0, A[2, 3], 0; 0, 0, A[1, 2]]"),
    ("X in R^(N x N) invertible", ["inv(X)[1, N]"], "X", "-inv(X)'*unit(1, N)*unit(N, N)'*inv(X)'"),
    ("X in R^(2 x 2)", ["det([X[1,1], X[1,2]; X[2,1], X[2,2]])"], "X", "adj(X)'"),
    ("x in R^2", ["[x[1]*x[2]; x[1] + x[2]^2]"], "x", "[x[2], x[1]; 1, 2*x[2]]"),
    ("x in R^2", ["[x[1]*x[2], x[1]]"], "x", "[x[2], x[1]; 1, 0]"),
    ("x in R^N; c, d in R^N", ["[c'*x; d'*x]"], "x", "unit(1, 2)*c' + unit(2, 2)*d'"),
    ("x in R^2", ["[x[1]*x[2], 1; x[1], x[2]^3]"], "x", "[x[2], x[1]; 1, 0; 0, 0; 0, 3*x[2]^2]"),
    ("t in R", ["[sin(t); t^2]"], "t", "[cos(t); 2*t]"),
    ("t in R", ["[sin(t), t; 1, t^2]"], "t", "[cos(t), 1; 0, 2*t]"),
    ("x in R^N", ["softmax(x)[1]"], "x", "softmax(x)[1]*(unit(1, N) - softmax(x))'"),
    ("x in R^N", ["x*x[2]"], "x", "x[2]*eye + x*unit(2, N)'"),
    ("X in R^(2 x 3)", ["vec(X)[3]"], "X", "[0, 1, 0; 0, 0, 0]"),
    ("x in R^N; A in R^(M x N)", ["sin((A*x)[2])"], "x", "cos((A*x)[2])*unit(2, M)'*A"),
    ("x in R^N; A in R^(2 x N)", ["f(z) = sin(z[1])", "z = A*x"], "x", "cos((A*x)[1])*[1, 0]*A"),
    ("t in R", ["f(z) = z[1]^2*z[2]", "z = [cos(t); sin(t)]"], "t", "cos(t)^3 - 2*sin(t)^2*cos(t)"),
    (
        "x in R^2",
        ["f(z) = [z[1]*z[2]; z[1]]", "z = [x[1]^2; x[1]*x[2]]"],
        "x",
        "[3*x[1]^2*x[2], x[1]^3; 2*x[1], 0]",
    ),
]
"""Declarations, lines, variable, the derivative."""


@pytest.mark.parametrize(("given", "lines", "wrt", "expected"), CASES, ids=[case[1][0] for case in CASES])
def test_known_results(given: str, lines: list[str], wrt: str, expected: str) -> None:
    derivation = solve(given, lines, wrt)
    symbols = derivation.statement.declarations
    wanted = parse_expression(expected, symbols, derivation.value.shape)
    if not given.startswith("X in R^(2 x 2)"):  # there the entries are those of the adjugate of the written-out matrix
        assert equal(derivation.value, wanted), text(derivation.value)
    assert_verified(derivation)
    assert all(partial.refusal is None for partial in derivation.partials)
    assert parse_expression(text(derivation.value), symbols, wanted.shape).shape == wanted.shape
    assert check_code(numpy_source(derivation), derivation) < 1e-8


@pytest.mark.parametrize("case", [case for case in CASES if "vec" not in case[1][0]], ids=lambda case: case[1][0])
def test_both_routes_end_alike(case: tuple[str, list[str], str, str]) -> None:
    given, lines, wrt, _ = case
    for partial in solve(given, lines, wrt).partials:
        assert partial.matrix_route[-1].right is partial.component_route[-1].right


def test_a_written_row_is_proved_in_components() -> None:
    assert verify(solve("x in R^2", "sin(x[1])*cos(x[2])", "x")).symbolic == "proved"


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (
            "sin(x[1])*cos(x[2])",
            "[-sin(x[1])*cos(x[2]), -cos(x[1])*sin(x[2]); -cos(x[1])*sin(x[2]), -sin(x[1])*cos(x[2])]",
        ),
        ("x[1]*sin(x[2])", "[0, cos(x[2]); cos(x[2]), -x[1]*sin(x[2])]"),
        ("exp(x[1]*x[2])", "exp(x[1]*x[2])*[x[2]^2, 1 + x[1]*x[2]; 1 + x[1]*x[2], x[1]^2]"),
    ],
)
def test_hessians(function: str, expected: str) -> None:
    statement = parse_statement(["x in R^2"], [function], "x")
    _, second = derive_to_order(statement, 2)
    assert text(second.value) == expected
    assert_verified(second)


def test_sizes_that_must_be_large_enough() -> None:
    derivation = solve("x in R^D", "x[11]^2 + x[1]", "x")
    assert "D is at least 11, since x is taken to have that many entries." in map(prose_text, derivation.notes)
    evidence = verify(derivation)
    assert evidence.passed
    assert min(sizes["D"] for sizes in evidence.sizes) >= 11
    assert check_code(numpy_source(derivation), derivation) < 1e-8


def test_a_first_entry_asks_nothing_of_the_size() -> None:
    derivation = solve("x in R^D", "x[1]*x[D]", "x")
    assert derivation.notes == ()
    evidence = verify(derivation)
    assert evidence.passed
    assert {"D": 1} in evidence.sizes, "also where the first entry is the last"


def test_hidden_places_are_not_shown_as_zeros() -> None:
    """An array with dots shows the places 1, 2 and the last; one with a 1 at place 3 is not written out."""
    rules = [
        [claim.rule for claim in solve("x in R^D", function, "x").partials[0].component_route]
        for function in ("x[3]", "x[2]*x[D]")
    ]
    assert "written-out" not in rules[0]
    assert "written-out" in rules[1]


def test_a_constant_first_entry_does_not_make_the_rest_zero() -> None:
    derivation = solve("t in R", "[1; t; sin(t)]", "t")
    assert text(derivation.value) == "[0; 1; cos(t)]"
    assert_verified(derivation)


@pytest.mark.parametrize("route", ["matrix", "component"])
def test_each_route_alone(route: str) -> None:
    derivation = derive(parse_statement(["x in R^2"], ["[x[1]*x[2]; exp(x[1])]"], "x"), route, both=False)
    assert text(derivation.value) == "[x[2], x[1]; exp(x[1]), 0]"
    assert not any(isinstance(node, n.UnitVector) for node in walk(derivation.value))


def test_a_place_among_products_of_sizes() -> None:
    derivation = solve("x in R^N", "kron(x, x)[3]", "x")
    assert "N*N is at least 3, since kron(x, x) is taken to have that many entries." in map(
        prose_text, derivation.notes
    )
    assert_verified(derivation)
