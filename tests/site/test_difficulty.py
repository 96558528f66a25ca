"""Levels of difficulty: they grow with what a derivation takes, and an entry may state its own."""

from __future__ import annotations

import pytest

from jacobook.calculus.derive import derive
from jacobook.calculus.rules.table import RULES
from jacobook.language import parse_statement
from jacobook.site.pages.difficulty import CHALLENGING, STANDARD, WARM_UP, WEIGHTS, level_of

from .conftest import entry

NETWORK = ["L(f) = norm2(y - f)^2", "f = V*tanh(h)", "h = W*x"]


S = "S in R^(N x N)"


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "level"),
    [
        (["a, x in R^N"], ["a'*x"], "x", WARM_UP),
        (["A, X in R^(M x N)"], ["tr(A'*X)"], "X", WARM_UP),
        (["x in R^N", S], ["x'*S*x"], "x", WARM_UP),
        (["x in R^N", "A in R^(N x N)"], ["f = exp(-z)", "z = x'*A*x"], "x", STANDARD),
        (["x in R^N", "W in R^(M x N)", "b in R^M"], ["f = tanh(z)", "z = W*x + b"], "x", STANDARD),
        ([S], ["tr(S^2)"], "S", STANDARD),
        ([f"{S} invertible"], ["logdet(S)"], "S", STANDARD),
        (["W in R^(H x D)", "x in R^D", "V in R^(K x H)", "y in R^K"], NETWORK, "W", CHALLENGING),
        ([f"{S} invertible", "X in R^(N x M)"], ["inv(S)*X"], "S", CHALLENGING),
        (["S in R^(N x N) positive-definite"], ["chol(S)"], "S", CHALLENGING),
        (["S in R^(N x N) symmetric"], ["eigmax(S)"], "S", CHALLENGING),
    ],
)
def test_levels(given, lines, wrt, level):
    assert level_of(derive(parse_statement(given, lines, wrt))) == level


def test_a_long_chain_of_numbers_is_easy_and_a_matrix_function_in_two_lines_is_not():
    chain = derive(parse_statement(["t in R"], ["exp(-sin(t^2)/(1 + t^2))"], "t"))
    root = derive(parse_statement(["S in R^(N x N) positive-definite"], ["sqrtm(S)"], "S"))
    lines = [sum(len(partial.matrix_route) for partial in one.partials) for one in (chain, root)]
    assert lines[0] > lines[1]
    assert (level_of(chain), level_of(root)) == (WARM_UP, CHALLENGING)


def test_every_weight_is_that_of_a_rule():
    assert WEIGHTS.keys() <= RULES.keys()


def test_an_entry_may_state_its_level(workshop):
    stated = entry("good", "t", "t in R", difficulty=3, number="Exercise 1.1")
    workshop.only(good=stated, other=entry("other", "t", "t in R", number="Exercise 1.2"))
    assert workshop.run() == 0
    rows = [line for line in workshop.page("exercises/index.md").splitlines() if line.startswith("| 1.")]
    assert ["challenging" in row for row in rows] == [True, False]
    assert '<span class="level level-3">challenging</span>' in workshop.page("exercises/good.md")


def test_a_group_may_have_an_order_of_its_own(workshop):
    group = {"group": "losses"}
    workshop.only(
        last=entry("last", "2*t", "t in R", number="Exercise 1.1", **group),
        second=entry("second", "3*t", "t in R", number="Exercise 1.2", place=2, **group),
        first=entry("first", "4*t", "t in R", number="Exercise 1.3", place=1, **group),
    )
    assert workshop.run() == 0
    text = workshop.page("identities/losses/index.md")
    assert text.index("(first.md)") < text.index("(second.md)") < text.index("(last.md)")
