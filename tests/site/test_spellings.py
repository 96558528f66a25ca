"""How people spell what a page is about: formulas, places in books."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from jacobook import site
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.calculus.rules.table import RULES
from jacobook.site.course.glossary import GLOSSARY, read_glossary
from jacobook.site.entry_model import Work
from jacobook.site.pages.rule_pages import rule_data
from jacobook.site.search_spellings import (
    formula_paragraph,
    formula_spellings,
    names_of_function,
    names_of_pages,
    numbers,
    other_names,
    place_spellings,
    with_powers,
)

TEMPLATES = Path(site.__path__[0]) / "templates"
COLLECTION = Path(site.__path__[0]).parent / "collection"
ANCHORS = [term.anchor for term in read_glossary(GLOSSARY.read_text("utf-8"))]
WORKS = {"mml": Work(title="Mathematics for Machine Learning", short="MML"), "other": Work(title="Other")}


@pytest.mark.parametrize(
    ("formula", "variable", "expected"),
    [
        ("x'*A*x", "x", ["d/dx x'Ax", "x'Ax", "x'*A*x", "x^T A x", "xTAx"]),
        ("tr(A*X*B)", "X", ["d/dX tr(AXB)", "tr(AXB)", "tr(A*X*B)", "tr(A X B)"]),
        ("X.*Y", "", ["X.*Y"]),
        ("a'*inv(X)*b", "X", ["d/dX a'X^-1b", "a'X^-1b", "a'*inv(X)*b", "a^T X^-1 b", "aTX^-1b"]),
        ("2*x", "x", ["d/dx 2x", "2x", "2*x", "2 x"]),
        ("lambda*norm2(w)^2", "w", ["d/dw lambda norm2(w)^2", "lambda norm2(w)^2", "lambda*norm2(w)^2"]),
        ("log(x)*sin(x)", "x", ["d/dx log(x) sin(x)", "log(x) sin(x)", "log(x)*sin(x)"]),
    ],
)
def test_a_formula_is_spelled_as_people_do(formula, variable, expected):
    assert formula_spellings(formula, variable) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("inv(X)", "X^-1"),
        ("inv(X + A)", "(X + A)^-1"),
        ("inv(Y(x))", "Y(x)^-1"),
        ("tr(inv(X'*C*X)*inv(inv(A)))", "tr((X'*C*X)^-1*(A^-1)^-1)"),
    ],
)
def test_an_inverse_is_a_power(formula, expected):
    assert with_powers(formula) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Exercise 5.8 a", ["5.8a"]),
        ("(5.107)", ["5.107"]),
        ("≈ (54)", ["54"]),
        ("Exercise 5.5 (first function)", ["5.5"]),
        ("(5.8) and (5.9)", ["5.8", "5.9"]),
        ("(64) and after", ["64"]),
        ("Chapter 8, on the differential", []),
    ],
)
def test_numbers_of_a_place(place, expected):
    assert numbers(place) == expected


def test_places_by_the_short_name_of_the_work():
    sources: list[dict[str, str | None]] = [
        {"book": "mml", "number": "Exercise 5.8 a"},
        {"book": "other", "number": "(3)"},
        {"book": None, "number": None},
        {"book": "mml", "number": None},
    ]
    assert place_spellings(sources, WORKS) == ["MML 5.8a", "MML5.8a", "5.8a", "Other 3", "Other3"]


def test_other_names_are_escaped_and_unseen():
    assert other_names("nowhere") == ""
    for place, names in names_of_pages().items():
        paragraph = other_names(place)
        assert paragraph.startswith('<p class="spellings" hidden>Also known as: ')
        assert paragraph.count("; ") == len(names) - 1


def test_every_page_with_other_names_asks_for_them():
    asked = set()
    for template in TEMPLATES.glob("*.md.j2"):
        asked.update(re.findall(r'other_names\("([^"]+)"\)', template.read_text("utf-8")))
    terms = {place for place in names_of_pages() if place.startswith("glossary#")}
    assert terms <= {f"glossary#{anchor}" for anchor in ANCHORS}
    others = {place for place in names_of_pages() if not place.startswith("rules/")}
    assert others - terms == asked - {"rules/graph", "glossary#"}
    rules = {place.removeprefix("rules/") for place in names_of_pages() if place.startswith("rules/")}
    assert rules - {"graph"} <= RULES.keys()


@pytest.mark.parametrize(
    ("name", "title", "called"),
    [
        ("lgamma", "Derivative of the log-gamma function", "log-gamma function derivative"),
        ("gammafn", "Derivative of the gamma function", "gamma derivative"),
        ("erf", "Derivative of the error function", "error function"),
        ("silu", "Derivative of SiLU", "swish"),
        ("tanh", "Derivative of tanh", "tanh derivative"),
    ],
)
def test_a_function_is_found_by_what_people_call_it(name, title, called):
    row = ELEMENTWISE[name]
    assert RULES[row.slug].name == title
    assert called in names_of_function(row)
    assert f"{name} derivative" in names_of_function(row)


def test_every_rule_for_a_function_says_its_names_and_every_differential_rule_its_formula():
    rows = {row["slug"]: row for row in rule_data()["rows"]}
    assert all(rows[row.slug]["names"] for row in ELEMENTWISE.values() if row.slug in rows)
    assert rows["cholesky"]["spelled"] == "chol(X)"
    assert rows["derivative-of-lgamma"]["spelled"] == "lgamma(s)"
    assert rows["tidy"]["spelled"] == ""
    assert formula_paragraph("chol(A)") == '<p class="spellings" hidden>Spelled: chol(A)</p>'
    assert formula_paragraph("") == ""


def test_no_entry_takes_the_name_of_a_function():
    """Who types the name of a function wants its rule, not one of the losses in which it occurs."""
    names = {name for row in ELEMENTWISE.values() for name in (row.name, row.noun.removeprefix("the "))}
    taken = names | {f"derivative of {name}" for name in names} | {f"derivative of the {name}" for name in names}
    for path in sorted(COLLECTION.rglob("*.yaml")):
        entry = yaml.safe_load(path.read_text("utf-8"))
        if isinstance(entry, dict) and entry.get("group") not in ("activation", "exercise", None):
            assert not taken & set(entry.get("synonyms", ())), path.name
