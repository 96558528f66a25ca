"""Every row of the rule table has a page, with exactly the pages that use it."""

from __future__ import annotations

import re

import pytest

from jacobook.calculus.proofs.rule_proofs import proof_of
from jacobook.calculus.rules.table import RULES, FreeEntriesRule
from jacobook.site.pages.markup import words
from jacobook.site.pages.rule_pages import rule_data

from .conftest import entry


@pytest.fixture(scope="module")
def collection(new_workshop):
    workshop = new_workshop()
    workshop.only(
        product=entry("product", "x'*A*x", "x in R^N", "A in R^(N x N)", wrt="x", group="quadratic"),
        curve=entry("curve", "tanh(t)", "t in R", order=2),
        inverse=entry("inverse", "inv(X)", "X in R^(N x N) invertible", group="inverse"),
        varying=entry("varying", "X*Y", "X in R^(M x N)", "Y in R^(N x P)", differential=["X", "Y"], group="linear"),
        series=entry("series", "cos(t)", "t in R", taylor={"at": 0, "degree": 2}),
    )
    assert workshop.run() == 0
    return workshop


def uses(text: str) -> set[str]:
    """The pages to which the list of uses links."""
    return set(re.findall(r"\]\(\.\./([^)]+)\)", text.split("## Pages that use it {data-search-exclude}\n")[1]))


def checked(text: str) -> set[str]:
    """The rules of all claims of a page, by the tables of what was checked; these name rules and do not link them."""
    slugs = {words(rule.name): slug for slug, rule in RULES.items()}
    assert len(slugs) == len(RULES)
    tables = text.split("| Claim | Rule | Largest error | Proved in entries for |\n|---|---|---|---|\n")[1:]
    rows = [line.split(" | ") for table in tables for line in table.split("\n\n")[0].splitlines()]
    assert rows
    return {slugs[row[1]] for row in rows}


def test_every_row_has_a_page(collection):
    made = {name for name in collection.files() if name.startswith("rules/")}
    assert made == {f"rules/{slug}.md" for slug in RULES} | {"rules/index.md", "rules/graph.md"}
    index = collection.page("rules/index.md")
    assert sorted(set(re.findall(r"\]\(([a-z0-9-]+)\.md\)", index)) - {"graph"}) == sorted(RULES)


def test_a_page_links_back_to_exactly_the_pages_that_cite_it(collection):
    entries = [record["file"] for record in collection.records().values()]
    assert len(entries) == 5
    linked = {file: set(re.findall(r"rules/([a-z0-9-]+)\.md", collection.page(file))) for file in entries}
    # What a derivative means is checked on every page, and that a gradient passed back agrees with the Jacobian, by
    # what an inner product is: whether a line cites it or not.
    unlinked = {"definition", "inner-product"}
    cited = {file: checked(collection.page(file)) - unlinked | linked[file] for file in entries}
    for slug in RULES:
        expected = {file for file, slugs in cited.items() if slug in slugs}
        assert uses(collection.page(f"rules/{slug}.md")) == expected, slug
    assert "identities/quadratic/product.md" in uses(collection.page("rules/product.md"))


def test_a_rule_that_no_page_uses_says_so(collection):
    assert "No page uses this rule yet" in collection.page("rules/kronecker.md")


def test_a_rule_page_has_statement_and_sources(collection):
    text = collection.page("rules/product.md")
    assert r"\mathrm{d}\boldsymbol{A}\,\boldsymbol{B} + \boldsymbol{A}\,\mathrm{d}\boldsymbol{B}" in text
    assert "Sources: MML (5.29)" in text


def test_the_domain_of_a_rule_is_said(collection):
    assert "Holds where the argument is positive." in collection.page("rules/derivative-of-log.md")


def test_no_rule_is_its_own_reason(collection):
    """A proof may end in the rule itself, which is named there but leads to no page: one is on it."""
    own = 0
    for slug in RULES:
        proof = collection.page(f"rules/{slug}.md").partition("## Pages that use it")[0]
        assert not re.search(rf"\]\((?:\.\./rules/)?{slug}\.md [^)]*\)", proof), slug
        own += "proof-1" in proof
    assert own > 50


@pytest.mark.parametrize(
    ("slug", "description"),
    [
        ("product", "Product rule: one term for each factor that varies."),
        ("power", "Power rule: its statement and its proof."),
        ("derivative-of-lgamma", "Derivative of the log-gamma function. Entry by entry: multiply by the derivative."),
    ],
)
def test_a_rule_is_described_without_saying_its_name_twice(slug, description):
    (row,) = [row for row in rule_data()["rows"] if row["slug"] == slug]
    assert row["head"]["description"] == description


def test_reasons_are_whole_sentences_about_the_symbols_of_the_statement():
    """Not "… is symmetric", and no formula with a capital for its first letter."""
    reasons = {row["slug"]: row["reason"] for row in rule_data()["rows"]}
    assert not [slug for slug, reason in reasons.items() if re.search(r"(^|[^,] )…", reason)]  # "0, 1, 2, …" goes on
    assert reasons["symmetric"] == r"\(\boldsymbol{S}\){data-search-exclude} is symmetric."
    assert reasons["constant"] == r"\(s\){data-search-exclude} does not depend on the variable."
    assert reasons["substitution"] == "Substitute what a name stands for."
    assert reasons["leading-eigenvector"].startswith("dv = ")


def test_the_proof_about_a_structure_speaks_of_the_matrix_of_the_statement():
    for slug, rule in RULES.items():
        if isinstance(rule, FreeEntriesRule):
            (variable,) = (symbol for symbol in rule.statement[0].symbols if symbol.properties)
            told = {s.name for prose in proof_of(rule).words for v in prose.values for s in getattr(v, "symbols", ())}
            assert "X" not in told, slug
            assert told <= {"G", "g", "H", "P", "p", "V", "v", "W", variable.name}, slug


def test_sources_with_commas_are_told_apart(collection):
    assert "Sources: MML, section 2.2; MN, chapter 1." in collection.page("rules/block-product.md")
