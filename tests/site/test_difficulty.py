"""Levels of difficulty: they grow with what a derivation takes, and an entry may state its own."""

from __future__ import annotations

import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.site.pages.difficulty import CHALLENGING, STANDARD, WARM_UP, level_of, level_of_lines

from .conftest import entry

NETWORK = ["L(f) = norm2(y - f)^2", "f = V*tanh(h)", "h = W*x"]


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "level"),
    [
        (["a, x in R^N"], ["a'*x"], "x", WARM_UP),
        (["A, X in R^(M x N)"], ["tr(A'*X)"], "X", WARM_UP),
        (["x in R^N", "A in R^(N x N)"], ["f = exp(-z)", "z = x'*A*x"], "x", STANDARD),
        (["W in R^(H x D)", "x in R^D", "V in R^(K x H)", "y in R^K"], NETWORK, "W", CHALLENGING),
    ],
)
def test_levels(given, lines, wrt, level):
    assert level_of(derive(parse_statement(given, lines, wrt))) == level


def test_more_lines_and_more_links_are_never_easier():
    claims = derive(parse_statement(["x in R^N", "A in R^(N x N)"], ["x'*A*x"], "x")).partials[0].matrix_route
    levels = [level_of_lines(claims * times, links) for times, links in ((1, 1), (2, 1), (4, 1), (4, 9))]
    assert levels == sorted(levels)
    assert level_of_lines((), 1) == WARM_UP
    assert levels[-1] == CHALLENGING


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
