"""Fresh functions for practice: they can be read and derived, their derivatives are new, a seed makes one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jacobook.algebra.nodes import Solution
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Statement
from jacobook.algebra.traverse import contains
from jacobook.browser.entry import answered
from jacobook.browser.fresh import fresh_function
from jacobook.browser.protocol import PROTOCOL
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.verification import verify
from jacobook.verification.answers.judge import judge
from tests.conftest import EVERY_CASE, one_in

COLLECTION = Path(__file__).resolve().parents[2] / "generator" / "jacobook" / "collection"
QUADRATIC = {"given": ["x in R^N", "A in R^(N x N)"], "lines": ["f = exp(-z)", "z = x'*A*x"], "wrt": "x"}

SEEDS = 300 if EVERY_CASE else 30
"""How many functions are made; `make every-case` makes most."""


def statements() -> list[tuple[str, Statement]]:
    """Every statement of the collection whose derivative is taken by one variable, with the name of its entry."""
    found = []
    for path in sorted(COLLECTION.rglob("*.yaml")):
        entry = yaml.safe_load(path.read_text("utf-8"))
        if "expression" in entry and not entry.get("differential"):
            found.append((entry["slug"], parse_statement(entry["given"], entry["expression"], entry.get("wrt"))))
    return found


def check(slug: str, statement: Statement, seed: int, *, numerically: bool) -> None:
    found = fresh_function(statement, seed)
    read = parse_statement(found.given, found.lines, statement.wrt.name)
    fresh, old = derive(read), derive(statement)
    case = f"{slug}, seed {seed}: {found.lines}"
    assert (read.function.shape, read.wrt.shape) == (statement.function.shape, statement.wrt.shape), case
    assert len(read.links) == len(statement.links), case
    assert not equal(fresh.value_without_names, old.value_without_names), case
    if numerically:
        assert verify(fresh, symbolic=False).verdict == "checked", case
        if not contains(old.value_without_names, Solution):  # the solution of an equation has no name outside it
            assert not judge(fresh, text(old.value_without_names)).right, f"{case} has the derivative of the old one"


@pytest.mark.slow
def test_fresh_functions_of_the_collection_hold_against_differences():
    every = statements()
    assert len(every) > 100
    for seed, (slug, statement) in enumerate(every[:: 6 * one_in(2)]):
        check(slug, statement, seed, numerically=True)


@pytest.mark.slow
def test_many_seeds():
    every = statements()
    for seed in range(SEEDS):
        check(*every[seed % len(every)], seed, numerically=False)


def test_a_seed_makes_the_same_function_in_every_run_and_seeds_make_many():
    statement = parse_statement(QUADRATIC["given"], QUADRATIC["lines"], "x")
    assert fresh_function(statement, 3).lines == fresh_function(statement, 3).lines
    assert len({fresh_function(statement, seed).lines for seed in range(20)}) > 8


@pytest.mark.parametrize("seed", range(12))
def test_a_domain_is_kept(seed):
    # A logarithm of a sum that is positive stays one: its derivative has a value wherever the old one has.
    statement = parse_statement(["x in R^N"], ["sum(log(1 + exp(x)))"], "x")
    assert verify(fresh_function(statement, seed).derivation, symbolic=False).verdict == "checked"


def ask(**request: Any) -> dict[str, Any]:
    return answered({"protocol": PROTOCOL, **QUADRATIC, **request})


def test_what_a_page_gets_can_be_answered():
    made = ask(ask="fresh", seed=5)
    assert made["ok"]
    assert made["kind"] == "scalar-by-vector"
    asked = made["asked"]
    expected = ask(ask="derive", lines=asked["lines"], given=asked["given"], wrt=asked["wrt"])["result"]
    right = ask(ask="check", lines=asked["lines"], given=asked["given"], answer=expected, target=None)
    assert right["right"]
    wrong = ask(ask="check", lines=asked["lines"], given=asked["given"], answer=f"2*({expected})", target=None)
    assert not wrong["right"]
