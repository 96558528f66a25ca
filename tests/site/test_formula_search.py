"""The search by normal form: every entry is found by its formula, in three notations and with other letters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest

from jacobook.algebra.formula_key import formula_key
from jacobook.algebra.nodes import Node, Symbol, symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import Kind
from jacobook.algebra.traverse import substitute
from jacobook.browser.entry import answered
from jacobook.browser.protocol import PROTOCOL
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.site.entry_files import read_entry
from jacobook.site.generation import BUILT_IN, WORKS
from jacobook.site.search_spellings import side_by_side, with_powers

ENTRIES = {path.stem: path for path in sorted(BUILT_IN.rglob("*.yaml")) if path.name != WORKS}
LETTERS = {Kind.MATRIX: "ABCDFGHKLMPQRSUVWXYZ", Kind.VECTOR: "abcghpqruvwxyz"}
SCALARS = ("alpha", "beta", "gamma", "lambda", "tau", "omega", "rho", "kappa")
WHOLE = ("k", "m", "n")

EVERY = {"stars", "spaces", "latex"}
NOT_TYPED = {
    # Nobody who reads f(X) or K(θ) alone can know what the function takes and gives.
    "bilinear-form-of-functions": EVERY,
    "chain-rule-through-inverse": EVERY,
    "det-of-function-of-scalar": EVERY,
    "gaussian-process-marginal-likelihood": EVERY,
    "identity-determinant": {"latex"},
    # The variable has to be declared symmetric.
    "largest-eigenvalue": EVERY,
    "cholesky-factor": EVERY,
    "identity-inverse": EVERY,
    "identity-trace": EVERY,
    "identity-transpose": {"latex"},
    "inverse-of-function-of-scalar": EVERY,
    "matrix-chain-rule": EVERY,
    "mml-5-9": EVERY,
    "structured-matrix-chain-rule": EVERY,
    # An equation is typed as it is, with its unknown; nobody declares a family while searching.
    # Nor that a vector has N(N + 1)/2 entries.
    "logdet-by-vech": EVERY,
    "deep-equilibrium-layer": EVERY,
    "discrete-lyapunov-equation": EVERY,
    "implicit-curve": EVERY,
    "gaussian-log-likelihood-samples": {"stars", "spaces"},
    # A letter before a parenthesis is a function where nothing is declared.
    "gaussian-process-backward": {"spaces"},
    # A quotient and a factor behind it without a sign have two readings.
    "student-t-log-likelihood-location": {"spaces"},
    "student-t-log-likelihood-scale": {"spaces"},
    "wishart-log-likelihood": {"spaces"},
    # In LaTeX, x_1 and x_2 are taken for two numbers.
    "mml-5-5-f1": {"latex"},
    "rosenbrock": {"latex"},
}


@cache
def statement_of(path: Path) -> Statement | None:
    """Return what an entry differentiates, None for a differential, which is by no one variable."""
    entry = read_entry(path)
    return None if entry.differential else parse_statement(entry.given, entry.expression, entry.wrt)


def key_of(statement: Statement) -> str:
    return formula_key(statement.in_variables, statement.wrt)


def renamed(statement: Statement, random: Random) -> tuple[Node, Symbol]:
    """Return the function and its variable with every letter replaced by another of its kind."""
    function = statement.in_variables
    taken: set[str] = set()
    names: dict[Node, Node] = {}
    for one in sorted(function.symbols | {statement.wrt}, key=lambda one: one.name):
        whole = WHOLE if "whole" in one.properties else SCALARS
        names[one] = symbol(next(_others(LETTERS.get(one.shape.kind, whole), taken, random)), one.shape, one.properties)
    variable = names[statement.wrt]
    assert isinstance(variable, Symbol)
    return substitute(function, names), variable


def _others(letters: str | tuple[str, ...], taken: set[str], random: Random) -> Iterator[str]:
    for letter in random.sample(letters, len(letters)):
        if letter not in taken:
            taken.add(letter)
            yield letter


@pytest.mark.parametrize("name", ENTRIES)
def test_the_key_does_not_depend_on_letters(name: str) -> None:
    statement = statement_of(ENTRIES[name])
    if statement is None:
        return
    random = Random(name)
    for _ in range(3):
        assert formula_key(*renamed(statement, random)) == key_of(statement)


def notations(function: Node) -> dict[str, str]:
    """Return a formula as it may be typed."""
    plain = text(function)
    return {"stars": plain, "spaces": side_by_side(with_powers(plain), " "), "latex": latex(function)}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_is_found_by_its_formula_with_other_letters(name: str) -> None:
    statement = statement_of(ENTRIES[name])
    if statement is None:
        return
    function, variable = renamed(statement, Random(name))
    missed = {}
    for notation, typed in notations(function).items():
        found = answered({"protocol": PROTOCOL, "ask": "find", "formula": typed, "wrt": variable.name})
        if key_of(statement) not in found.get("keys", ()):
            missed[notation] = typed, found
    assert set(missed) == NOT_TYPED.get(name, set()), missed
