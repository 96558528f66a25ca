"""The verification report sums up the evidence of all pages, and the errata list what does not hold, and only that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jacobook.verification.rule_mutants import ROWS

from .conftest import claim, entry

FORM = ("x'*A*x", "x in R^N", "A in R^(N x N)")


@pytest.fixture(scope="module")
def collection(new_workshop):
    claims = [
        claim("x'*(A + A')", source={"name": "Right page"}),
        claim("(A + A')*x", source={"name": "Transposed page"}),
        claim("2*x'*A", source={"name": "Symmetric page"}),
        claim("x'*(A - A')", source={"name": "Wrong page"}, note="A sign."),
        claim("x*A", source={"name": "Clashing page"}),
        claim("2*x'*(A + A')", source={"name": "Mistaken issue", "report": True}),
        claim("-x'*(A + A')", source={"book": "reader", "number": "(7)"}),
        claim("x'*(A + A')", source={"name": "Wrong page"}, reading="corrected"),
    ]
    workshop = new_workshop()
    workshop.only(
        form=entry("form", *FORM, wrt="x", claims=claims, order=2, cases=[{"title": "By the matrix", "wrt": "A"}]),
        series=entry("series", "exp(t)", "t in R", taylor={"at": 0, "degree": 3}),
        varying=entry("varying", "X*Y", "X in R^(M x N)", "Y in R^(N x P)", differential=["X", "Y"], group="linear"),
    )
    assert workshop.run() == 0
    return workshop


def totals(workshop) -> dict[str, str]:
    table = workshop.page("verification.md").split("## Page by page")[0]
    return dict(re.findall(r"^\| ([A-Z][^|]+?) \| (.+) \|$", table, re.M))


def rows(workshop) -> list[list[str]]:
    table = workshop.page("verification.md").split("## Page by page")[1]
    return [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| [")]


def test_the_totals_are_the_sums_of_the_records(collection):
    records = collection.records()
    parts = [part for record in records.values() for part in record["evidence"]]
    said = totals(collection)
    assert said["Failed"] == "0"
    assert not any(part["failures"] for part in parts)
    expected = {
        "Pages with derivations": 3,
        "Derivations": 3 + 2 + 1,  # form, its Hessian, its case; series, its polynomials; varying
        "Claims checked": sum(part["claims"] for part in parts),
        "Comparisons at random points": sum(part["instances"] for part in parts),
        "Claims also proved exactly, in entries": sum(part["symbolic_counts"]["proved"] for part in parts),
        "Undecided by the symbolic check": sum(part["symbolic_counts"]["undecided"] for part in parts),
        "Too large for the symbolic check, checked numerically": sum(
            part["symbolic_counts"]["skipped"] for part in parts
        ),
    }
    assert {name: int(said[name]) for name in expected} == expected
    assert int(said["Claims checked"]) > 30


def test_the_rows_add_up_to_the_totals(collection):
    said, found = totals(collection), rows(collection)
    assert len(found) == int(said["Derivations"])
    assert sum(int(row[1]) for row in found) == int(said["Claims checked"])
    assert sum(int(row[2]) for row in found) == int(said["Comparisons at random points"])
    assert {page for row in found for page in re.findall(r"\]\((.+)\)", row[0])} == {
        "exercises/form.md",
        "exercises/series.md",
        "identities/linear/varying.md",
    }


def test_the_evidence_on_a_page_is_that_of_the_report(collection):
    for record in collection.records().values():
        shown = collection.page(record["file"])
        for part in record["evidence"]:
            assert f"{part['claims']} claims" in shown


def test_published_formulas_are_counted(collection):
    said = totals(collection)["Published formulas checked"]
    assert said.startswith("7: 1 agree, 1 agree in the other layout, 1 depend on an assumption, 4 [disagree]")


def test_no_planted_mistake_is_missed(collection):
    assert re.match(r"\d{2,} caught, \d+ refused, 0 missed, ", totals(collection)["Mistakes planted in the rule table"])


def test_errata_are_what_does_not_hold(collection):
    text = collection.page("errata.md")
    wrong, conditional = text.split("## Formulas that need an assumption")
    assert [name for name in ("Wrong", "Clashing") if f"{name} page" in wrong] == ["Wrong", "Clashing"]
    assert "Symmetric page" in conditional
    assert "Symmetric page" not in wrong
    assert "Wrong page" not in conditional
    assert not re.search("Right page|Transposed page", text)
    assert text.count("(exercises/form.md)") == 5


def test_errata_of_books_come_first_and_mistaken_readers_last(collection):
    headings = re.split("^## ", collection.page("errata.md"), flags=re.MULTILINE)[1:]
    books, solutions, reports = headings[:3]
    assert books.startswith("Books {#formulas-that-disagree}\n")
    assert "(7) of *A book*" in books
    assert solutions.startswith("Solutions and notes\n")
    assert "Wrong page" in solutions
    assert reports.startswith("Readers' reports that were mistaken\n")
    assert "Mistaken issue" in reports


def test_every_erratum_has_the_right_formula(collection):
    items = collection.page("errata.md").split('<div class="claim ')[1:]
    right = r"\boldsymbol{x}^{\top}(\boldsymbol{A} + \boldsymbol{A}^{\top})"
    assert [right in re.split("Corrected:|Derived here:", item)[1] for item in items] == [True] * 5


def test_an_erratum_has_numbers_a_note_and_our_correction(collection):
    item = next(part for part in collection.page("errata.md").split('<div class="claim ') if "Wrong page" in part)
    assert "For N = " in item
    assert "it should be" in item
    assert "A sign." in item
    assert r"\boldsymbol{x}^{\top}(\boldsymbol{A} + \boldsymbol{A}^{\top})" in item.split("Corrected:")[1]


def test_a_collection_without_errata(workshop):
    assert "## " not in workshop.page("errata.md")


def test_no_mistake_planted_into_any_row_of_the_rule_table_is_missed(pages: Path) -> None:
    """The report counts what came of them when the pages were made."""
    said = re.search(
        r"\| (\d+) caught, (\d+) refused, (\d+) missed, (\d+) that change nothing, in (\d+) rows",
        (pages / "verification.md").read_text("utf-8"),
    )
    assert said
    caught, refused, missed, equivalent, rows = map(int, said.groups())
    assert missed == 0
    assert rows == len(ROWS) > 30
    # Most of what is planted leaves a differential, another one: a claim has to fail.
    assert caught > 2 * (refused + equivalent)
    assert caught >= 2 * rows
