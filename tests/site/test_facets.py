"""By what an entry is found on the cheat sheet: type, kind of shape, source, group, words."""

from __future__ import annotations

import copy
import html
import re
from html.parser import HTMLParser

import pytest

from jacobook.algebra.shapes import SCALAR, derivative_shape, matrix, row, vector
from jacobook.site.entry_model import Work
from jacobook.site.pages.filters import SHAPES, TYPES, derivative_shape_key, search_words, shape_key, type_key
from jacobook.site.pages.groups import cheat_sheet
from jacobook.site.render import environment

from .conftest import entry

VALUES = {"scalar": SCALAR, "vector": vector("M"), "matrix": matrix("M", "N")}
VARIABLES = {"scalar": SCALAR, "vector": vector("P"), "matrix": matrix("P", "Q")}


@pytest.mark.parametrize("of", VALUES)
@pytest.mark.parametrize("wrt", VARIABLES)
def test_the_type_names_both_kinds_and_is_offered(of, wrt):
    key = type_key(VALUES[of], VARIABLES[wrt])
    assert TYPES[key] == f"{of} by {wrt}"


def test_a_row_counts_as_a_vector():
    assert type_key(row("N"), vector("N")) == "vector-by-vector"


@pytest.mark.parametrize("of", VALUES)
@pytest.mark.parametrize("wrt", VARIABLES)
def test_the_kind_of_shape_is_that_of_the_displayed_derivative(of, wrt):
    key = derivative_shape_key(VALUES[of], VARIABLES[wrt])
    displayed = derivative_shape(VALUES[of], VARIABLES[wrt])
    assert key in SHAPES
    if displayed is None:
        assert key == "beyond"
    else:
        expected = (displayed.rows == SCALAR.rows, displayed.columns == SCALAR.columns)
        kinds = {(True, True): "number", (True, False): "row", (False, True): "column"}
        assert key == kinds.get(expected, "rectangular")


def test_a_square_matrix_is_told_from_others_and_from_a_number():
    assert shape_key(matrix("N", "N")) == "square"
    assert shape_key(matrix("N", "M")) == "rectangular"
    assert shape_key(SCALAR) == "number"


def test_words_hold_formulas_as_people_type_them():
    words = search_words(["Trace of a  Product"], ["tr(A*inv(X) * B)"])
    assert "trace of a product" in words
    assert "tr(ainv(x)b)" in words
    assert "tr(ax^-1b)" in words


class Rows(HTMLParser):
    """The rows of a sheet, and what its filter offers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self.options: dict[str, list[str]] = {}
        self.select = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag == "li":
            self.rows.append(values)
        elif tag == "select":
            self.select = values["name"]
            self.options[self.select] = []
        elif tag == "option" and values["value"]:
            self.options[self.select].append(values["value"])


@pytest.fixture(scope="module")
def sheet(new_workshop):
    """A sheet of four kinds of derivatives, two groups, two works."""
    workshop = new_workshop()
    other = [{"book": "second", "number": "(7)"}, {"book": "reader", "number": "(8)"}]
    web = [{"name": 'Somebody\'s "page" <b>', "link": "https://example.org/page"}]
    workshop.only(
        by_matrix=entry(
            "by-matrix", "tr(A*X)", "A in R^(N x M)", "X in R^(M x N)", group="trace", wrt="X", sources=other
        ),
        by_vector=entry("by-vector", "a'*x", "a, x in R^N", group="linear", wrt="x", synonyms=["dot product"]),
        map=entry("map", "A*x", "A in R^(M x N)", "x in R^N", group="linear", wrt="x", sources=web),
        change=entry("change", "tr(X)", "X in R^(N x N)", group="trace", differential=["X"]),
    )
    assert workshop.run() == 0
    return workshop


def row_of(sheet, slug: str, page: str = "identities/index.md") -> dict[str, str]:
    text = sheet.page(page)
    blocks = re.findall(r"<li .+?</li>", text, re.S)
    [block] = [block for block in blocks if f"{slug}.md)" in block]
    return Rows(block).rows[0]


@pytest.mark.parametrize(
    ("slug", "kind", "shape", "source", "group"),
    [
        ("by-matrix", "scalar-by-matrix", "rectangular", "second reader", "trace"),
        ("by-vector", "scalar-by-vector", "row", "reader", "linear"),
        ("map", "vector-by-vector", "rectangular", "", "linear"),
        ("change", "differential", "number", "reader", "trace"),
    ],
)
def test_a_row_carries_what_it_is_found_by(sheet, slug, kind, shape, source, group):
    row = row_of(sheet, slug)
    found = {name: row[f"data-{name}"] for name in ("type", "shape", "source", "group")}
    assert found == {"type": kind, "shape": shape, "source": source, "group": group}


@pytest.mark.parametrize(
    ("slug", "part"),
    [
        ("by-matrix", "tr(ax)"),
        ("by-matrix", "scalar by matrix"),
        ("by-matrix", "m×n mxn"),
        ("by-matrix", "another book (7)"),
        ("by-vector", "dot product"),
        ("by-vector", "about by-vector"),
        ("by-vector", "a'x"),
        ("map", 'somebody\'s "page" <b>'),
    ],
)
def test_a_row_is_found_by_title_synonym_formula_shape_and_source(sheet, slug, part):
    assert part in html.unescape(row_of(sheet, slug)["data-words"])


def test_group_pages_have_the_same_rows_and_no_filter(sheet):
    for slug, group in (("by-matrix", "trace"), ("map", "linear")):
        page = f"identities/{group}/index.md"
        own, other = row_of(sheet, slug, page), row_of(sheet, slug)
        assert own | {"class": ""} == other | {"class": ""}  # where it is drawn when it comes into view
        assert "<form" not in sheet.page(page)


def test_the_filter_offers_exactly_what_some_row_has(sheet):
    page = Rows(sheet.page("identities/index.md"))
    for name in ("type", "shape", "source", "group"):
        held = {key for row in page.rows for key in row[f"data-{name}"].split()}
        assert set(page.options[name]) == held
        assert len(page.options[name]) == len(held)


def test_an_option_says_how_many_rows_have_it(sheet):
    text = sheet.page("identities/index.md")
    for name, key, count in (("group", "trace", 2), ("source", "reader", 3), ("type", "differential", 1)):
        [shown] = re.findall(rf'<option value="{key}">[^<]+\((\d+)\)</option>', text)
        assert int(shown) == count, name


def shown_sheet(records) -> str:
    works = {"reader": Work(title="A book"), "second": Work(title="Another book")}
    return environment().get_template("identities.md.j2").render(root="../", **cheat_sheet(records, works))


def test_only_a_row_that_is_not_proved_says_so(sheet):
    records = list(sheet.records().values())
    assert {record["evidence"][0]["symbolic"] for record in records} == {"proved"}
    text = shown_sheet(records)
    assert "All were also proved in entries" in text
    assert 'class="at-points"' not in text

    unproved = copy.deepcopy(records)
    [one] = [record for record in unproved if record["slug"] == "map"]
    one["evidence"][0]["symbolic"] = "skipped"
    text = shown_sheet(unproved)
    assert "3 of the 4 were also proved in entries" in text
    [block] = [block for block in re.findall(r"<li .+?</li>", text, re.S) if "at-points" in block]
    assert "map.md)" in block
