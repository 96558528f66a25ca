"""What a page asks of its reader: what is asked can be answered, and the shapes are those of the answers."""

from __future__ import annotations

import html
import json

import pytest

from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.site.pages.asked import answer_box, asked, exercise
from jacobook.verification.answers.targets import read_target

GAUSSIAN = (
    ("x, mu in R^D", "S in R^(D x D) invertible"),
    ("f = exp(-1/2*z)", "z = y'*inv(S)*y", "y = x - mu"),
    "x",
)
LEAST_SQUARES = (("A in R^(M x N)", "x in R^N", "b in R^M"), ("norm2(A*x - b)^2",), "x")
TRACE = (("A, X in R^(M x N)",), ("tr(A'*X)",), "X")
MATRIX_BY_SCALAR = (("A in R^(M x N)", "t in R"), ("t^2*A",), "t")
BEYOND = (("X in R^(M x N)",), ("X*X'",), "X")
STATEMENTS = (GAUSSIAN, LEAST_SQUARES, TRACE, MATRIX_BY_SCALAR, BEYOND)


def derived(statement: tuple[tuple[str, ...], tuple[str, ...], str]) -> Derivation:
    return derive(parse_statement(*statement))


def targets(statement: tuple[tuple[str, ...], tuple[str, ...], str]) -> dict[str, dict[str, object]]:
    found = asked(statement[0], statement[1], derived(statement))
    return {target["name"]: target for target in found["targets"]}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_is_asked_has_an_answer_of_the_shape_that_is_asked_for(statement):
    derivation = derived(statement)
    found = asked(statement[0], statement[1], derivation)
    assert (found["lines"], found["given"], found["wrt"]) == (list(statement[1]), list(statement[0]), statement[2])
    assert found["targets"][0]["target"] is None
    for target in found["targets"]:
        value = (read_target(derivation, target["target"]).derivation if target["target"] else derivation).value
        if "shape" in target:
            assert target["shape"] == f"{value.shape.rows}×{value.shape.columns}"
        else:
            assert value.shape.is_scalar or statement is BEYOND


def test_every_derivative_of_a_chain_can_be_answered():
    assert list(targets(GAUSSIAN)) == ["df/dx", "∂f/∂z", "∂z/∂y", "∂y/∂x"]
    assert list(targets(TRACE)) == ["df/dX"], "there is no chain"


def test_a_name_that_the_statement_does_not_have_is_said():
    found = targets(LEAST_SQUARES)
    assert "where" not in found["df/dx"]
    assert found["∂u/∂x"]["where"] == ["f = norm2(u)^2", "u = A*x - b"]
    assert not any("where" in target for target in targets(GAUSSIAN).values())


def test_where_a_shape_comes_from():
    assert targets(GAUSSIAN)["∂z/∂y"]["rule"] == "It has one row, and a column for every entry of y (D)."
    assert targets(LEAST_SQUARES)["∂u/∂x"]["rule"] == (
        "It has a row for every entry of u (M), and a column for every entry of x (N)."
    )
    assert targets(TRACE)["df/dX"]["rule"] == "The derivative of a scalar with respect to a matrix has the shape of X."
    assert targets(MATRIX_BY_SCALAR)["df/dt"]["rule"] == "With respect to a scalar, the derivative has the shape of f."


def test_greek_names_are_letters():
    assert list(targets((("mu in R^D",), ("mu'*mu",), "mu"))) == ["df/dμ"]


def test_an_attribute_gives_back_what_was_put_in():
    found = asked(GAUSSIAN[0], ('f = exp(-z) & "<>"', *GAUSSIAN[1][1:]), derived(GAUSSIAN))
    box = answer_box(found)
    assert box is not None
    assert not set(box["data"] + box["address"]) & set("\"'<>\n")
    assert json.loads(html.unescape(box["data"])) == found
    assert "exp%28-z%29+%26+%22%3C%3E%22" in box["address"]
    assert answer_box(None) is None


@pytest.mark.parametrize(
    ("statement", "names", "has_shape"),
    [
        (GAUSSIAN, ["df/dx", "∂f/∂z", "∂z/∂y", "∂y/∂x"], True),
        (BEYOND, ["d vec(f)/d vec(X)&#x27;"], False),
        ((("x in R",), ("x^2",), "x"), ["df/dx"], False),
    ],
)
def test_the_box_says_what_can_be_answered_before_its_script_comes(statement, names, has_shape):
    box = answer_box(asked(statement[0], statement[1], derived(statement)))
    assert box is not None
    assert (box["names"], box["has_shape"]) == (names, has_shape)


def test_an_exercise_is_found_by_its_kind():
    trace, gaussian = exercise(derived(TRACE)), exercise(derived(GAUSSIAN))
    assert (trace["kind"], trace["chain"]) == ("scalar-by-matrix", False)
    assert (gaussian["kind"], gaussian["chain"]) == ("scalar-by-vector", True)
    assert len(gaussian["statement"]) == 3
