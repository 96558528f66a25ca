"""What names stand for: one way to put definitions in, and one answer where a name is defined twice."""

from __future__ import annotations

import pytest

from jacobook.algebra.question import meanings, without_names
from jacobook.calculus.derive import derive
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text

x, y, z, f = NAMES = parse_declarations(["x, y, z, f in R"])
DEFINITIONS = {name: parse_expression(body, NAMES) for name, body in ((f, "z^2 + y"), (z, "2*y"), (y, "sin(x)"))}


@pytest.mark.parametrize("order", [(f, z, y), (y, z, f), (z, f, y)], ids=["outer first", "inner first", "mixed"])
def test_definitions_may_stand_in_any_order(order):
    meaning = meanings({name: DEFINITIONS[name] for name in order})
    assert {text(name): text(body) for name, body in meaning.items()} == {
        "y": "sin(x)",
        "z": "2*sin(x)",
        "f": "(2*sin(x))^2 + sin(x)",
    }


def test_every_name_goes_and_what_has_none_stays():
    assert text(without_names(f * z * x, DEFINITIONS)) == "((2*sin(x))^2 + sin(x))*2*sin(x)*x"
    assert without_names(x, DEFINITIONS) is x


def test_the_function_of_a_statement_in_its_variables():
    statement = parse_statement(["x in R^D"], ["f = exp(z)", "z = x'*x"], "x")
    assert text(statement.in_variables) == "exp(x'*x)"


def test_a_name_that_the_chain_splits_anew_stands_for_what_the_chain_says():
    derivation = derive(parse_statement(["x in R^D"], ["f = exp(x'*x)"], "x"))
    given, split = derivation.statement.definitions, derivation.all_definitions
    assert {name.name: text(body) for name, body in given.items()} == {"f": "exp(x'*x)"}
    assert {name.name: text(body) for name, body in split.items()} == {"f": "exp(u)", "u": "x'*x"}
    assert without_names(derivation.statement.function, split) is derivation.statement.in_variables


def test_a_name_that_the_chain_does_without_stands_for_what_the_statement_says():
    derivation = derive(parse_statement(["x in R^D", "A in R^(D x D)"], ["f = y*A", "y = x'"], "x"))
    assert "y" not in {link.symbol.name for link in derivation.links}
    assert {name.name: text(body) for name, body in derivation.all_definitions.items()} == {"f": "x'*A", "y": "x'"}
