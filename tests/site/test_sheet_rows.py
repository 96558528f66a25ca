"""The rows of the cheat sheet: both derivatives in a matrix with structure, and what everybody looks up."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from jacobook.calculus.derive import derive
from jacobook.calculus.free_entries import by_free_entries
from jacobook.language import parse_statement
from jacobook.language.printer import text

from .conftest import Workshop, entry

COLLECTION = Path(__file__).resolve().parents[2] / "generator" / "jacobook" / "collection"
STRUCTURED = {
    "(139)": ("A'", "A + A' - A.*eye"),
    "(140)": ("det(X)*inv(X)", "det(X)*(2*inv(X) - inv(X).*eye)"),
    "(141)": ("inv(X)", "2*inv(X) - inv(X).*eye"),
    "(142)": ("A'", "A.*eye"),
}
"""The Matrix Cookbook's rows about structured matrices: by independent entries, and as the book prints them."""
LOOKED_UP = {
    "A*x": "A",
    "norm2(x)": "x'/norm2(x)",
    "softmax(x)": "diag(softmax(x)) - softmax(x)*softmax(x)'",
    "logsumexp(x)": "softmax(x)'",
    "sigmoid(x)": "diag(sigmoid(x).*(vector(1) - sigmoid(x)))",
    "tanh(x)": "diag(vector(1) - tanh(x).^2)",
    "relu(x)": "diag(step(x))",
    "softplus(x)": "diag(sigmoid(x))",
}


@cache
def identities() -> dict[str, dict[str, Any]]:
    """The entries that have a row on the sheet, by their slugs."""
    found = (yaml.safe_load(path.read_text("utf-8")) for path in sorted(COLLECTION.glob("*/*.yaml")))
    return {one["slug"]: one for one in found if one["group"] != "exercise"}


@pytest.mark.parametrize("number", STRUCTURED)
def test_a_structured_row_of_the_cookbook_has_both_results(number: str) -> None:
    (one,) = (one for one in identities().values() if one["sources"][0].get("number") == number)
    derivation = derive(parse_statement(one["given"], one["expression"], one["wrt"]))
    restricted = by_free_entries(derivation)
    assert restricted is not None
    assert (text(derivation.value), text(restricted.right)) == STRUCTURED[number]


@pytest.mark.parametrize("function", LOOKED_UP)
def test_what_everybody_looks_up_has_a_row(function: str) -> None:
    found = [one for one in identities().values() if one["expression"] == [function]]
    rows = [one for one in found if one.get("order", 1) == 1] or found
    assert len(rows) == 1, f"{len(rows)} rows for {function}"
    derivation = derive(parse_statement(rows[0]["given"], rows[0]["expression"], rows[0]["wrt"]))
    assert text(derivation.value) == LOOKED_UP[function]


def result_box(page: str) -> str:
    return html.unescape(page.partition('id="answer"')[2].partition("</div>\n</div>")[0])


def row(sheet: str, title: str) -> str:
    return next(item for item in re.split(r"<li ", sheet) if f">[{title}]" in item)


def test_a_symmetric_variable_shows_both_derivatives(workshop: Workshop) -> None:
    given = ["A in R^(N x N)", "X in R^(N x N) symmetric"]
    workshop.only(one=entry("one", "tr(A*X)", *given, wrt="X", group="structured", title="One"))
    assert workshop.run() == 0
    both = r"\boldsymbol{A} + \boldsymbol{A}^{\top} - \boldsymbol{A} \odot \boldsymbol{I}_{N}"
    shown = row(workshop.page("identities/index.md"), "One")
    assert re.search(r"independent entries.*\\boldsymbol\{A\}\^\{\\top\}.*<br>.*symmetric", shown)
    assert both in shown.partition("symmetric</span>")[2]
    box = result_box(workshop.page("identities/structured/one.md"))
    unconstrained, _, restricted = box.partition("X symmetric, with respect to its free entries")
    assert "Independent entries of X" in unconstrained
    assert r"= \boldsymbol{A}^{\top}\]" in unconstrained
    assert both in restricted
    plain = workshop.page("assets/generated/markdown/identities/structured/one/index.md.txt")
    assert "X symmetric, with respect to its free entries" in plain


def test_a_diagonal_variable_shows_both_derivatives(workshop: Workshop) -> None:
    given = ["A in R^(N x N)", "X in R^(N x N) diagonal"]
    workshop.only(one=entry("one", "tr(A*X)", *given, wrt="X", group="structured", title="One"))
    assert workshop.run() == 0
    assert r"\boldsymbol{A} \odot \boldsymbol{I}_{N}" in row(workshop.page("identities/index.md"), "One")
    assert "X diagonal, with respect to its free entries" in result_box(workshop.page("identities/structured/one.md"))


def test_a_variable_without_structure_shows_one_derivative(workshop: Workshop) -> None:
    given = ["A, X in R^(N x N)"]
    workshop.only(one=entry("one", "tr(A*X)", *given, wrt="X", group="trace", title="One"))
    assert workshop.run() == 0
    assert "sheet-case" not in row(workshop.page("identities/index.md"), "One")
    assert "Independent entries" not in result_box(workshop.page("identities/trace/one.md"))


def test_another_form_stands_in_the_result(workshop: Workshop) -> None:
    workshop.only(one=entry("one", "f(x) = 1/(1 + exp(-x))", "x in R", title="One"))
    assert workshop.run() == 0
    page = workshop.page("exercises/one.md")
    assert re.search(r"In another form.*?= f\s*(\\,)?\(1 - f\)\\\]", result_box(page), re.S)
    assert "## In another form {#form" in page
