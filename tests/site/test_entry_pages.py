"""Pages of entries: what they leave out where it would say nothing, and what is on them for the search alone."""

from __future__ import annotations

import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.site.worked_entry import SECOND_TEXT, heading_of_order

from .conftest import entry


def test_among_numbers_no_shape_and_no_layout_is_news(workshop):
    workshop.only(
        numbers=entry("numbers", "log(t^4)*sin(t^3)", "t in R", number="Exercise 1.1"),
        arrays=entry("arrays", "sin(log(t'*t))", "t in R^D", number="Exercise 1.2"),
    )
    assert workshop.run() == 0
    said = ("partial-shape", "1×1", 'class="layout-choice"', "shapes-toggle")
    for name, shown in (("numbers", False), ("arrays", True)):
        page = workshop.page(f"exercises/{name}.md")
        for words in said:
            assert (words in page) is shown, (name, words)
        assert "the same in both layouts" not in page
        assert "lines-toggle" in page


def test_the_copy_without_html_says_what_the_inner_functions_are_called(workshop):
    workshop.only(one=entry("one", "sin(log(t'*t))", "t in R^D", number="Exercise 1.1"))
    assert workshop.run() == 0
    copy = workshop.files()["assets/generated/markdown/exercises/one/index.md.txt"].decode()
    chain = copy.partition("## The chain")[2].partition("## Derivative")[0]
    assert r"$$v = \log(u)$$" in chain
    assert r"$$u = \boldsymbol{t}^{\top}\boldsymbol{t}$$" in chain


def test_what_a_page_is_looked_for_by_is_there_for_the_search_alone(workshop):
    workshop.only(one=entry("one", "t^2", "t in R", number="Exercise 1.1", searched_as=["a <neighbour>", "another"]))
    assert workshop.run() == 0
    page = workshop.page("exercises/one.md")
    assert '<p class="spellings" hidden>Also known as: a &lt;neighbour&gt;; another.</p>' in page
    assert page.count("neighbour") == 1


def test_a_name_and_its_space_are_one_formula(pages):
    for name in ("course/shapes.md", "index.md"):
        page = (pages / name).read_text("utf-8")
        assert " ∈ " not in page
    assert r"\(\boldsymbol{a} \in \mathbb{R}^{N}\)" in (pages / "course/shapes.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("given", "expression", "said"),
    [("x in R", "x^3", "Differentiate once more."), ("x in R^N", "sum(x.^3)", SECOND_TEXT)],
)
def test_among_numbers_a_second_derivative_is_no_hessian(given: str, expression: str, said: str) -> None:
    assert heading_of_order(2, derive(parse_statement([given], [expression], "x")))[2] == said
