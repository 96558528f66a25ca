"""Planted mistakes in the rule table are caught: see generator.verification.planted_mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from generator.algebra import build as b
from generator.algebra import nodes as n
from generator.algebra.normal_form import equal
from generator.algebra.statement import Link, Statement
from generator.calculus import rules
from generator.calculus.derive import derive
from generator.calculus.rules import Rule
from generator.verification import check_equation, verify
from generator.verification.describe import describe
from generator.verification.planted_mistakes import ROWS, mistakes, statements, verdicts

SCORE: dict[str, list[str]] = {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_mistakes_in_every_row_are_caught(row: Rule) -> None:
    found = SCORE[row.slug] = verdicts(row)
    assert [verdict for verdict in found if verdict.startswith("missed")] == []
    assert sum(verdict == "caught" for verdict in found) >= 1


# -- derivatives by the free entries ---------------------------------------------------------------------

RESTRICTED = [row for row in rules.ALGEBRA if row.restricted is not None]
SAME_DIAGONAL = {
    "(G .* I)'": "a diagonal matrix is its own transpose",
    "G' .* I": "a matrix and its transpose have the same diagonal",
    "G + G' + (-(G .* I)')": "a diagonal matrix is its own transpose",
    "G + G' + (-(G .* I))'": "a diagonal matrix is its own transpose",
    "(G + G' + (-(G .* I)))'": "the sum is symmetric",
    "G + G' + (-(G' .* I))": "a matrix and its transpose have the same diagonal",
    "I .* G": "the product entry by entry does not depend on the order",
    "G + G' + (-(I .* G))": "the product entry by entry does not depend on the order",
}


def free_statements(structure: str) -> Iterator[Statement]:
    """Functions of a symmetric or diagonal matrix, whose derivatives by independent entries are no special matrices."""
    a = rules.X
    x = n.symbol("S", a.shape, frozenset({structure, "invertible"}))
    for f in (b.trace(a * x), b.trace(a * x * a * x) + b.log_determinant(x)):
        yield Statement((a, x), (Link(n.symbol("f"), f),), x)


@pytest.mark.parametrize("row", RESTRICTED, ids=lambda row: row.slug)
def test_mistakes_in_the_rules_for_free_entries_are_caught(row: Rule) -> None:
    assert row.restricted is not None
    g = n.symbol("G", rules.X.shape)
    honest = row.restricted(g)
    caught = 0
    for mutant in mistakes(honest, (g,)):
        spoilt = mutant.spoil(honest, (g,))
        if spoilt is honest or equal(spoilt, honest):
            continue
        formula = row.restricted
        wrong = replace(row, restricted=lambda g, mutant=mutant, formula=formula: mutant.spoil(formula(g), (g,)))
        rules.RULES[row.slug] = wrong
        try:
            passed = [
                verify(derive(s, both=False), symbolic=False).passed for s in free_statements(row.slug.split("-")[0])
            ]
        finally:
            rules.RULES[row.slug] = row
        if all(passed):
            assert describe(spoilt) in SAME_DIAGONAL, f"{mutant.kind}: {describe(spoilt)}"
            assert check_equation(honest, spoilt, symbolic=False).passed
        else:
            caught += 1
    assert caught >= 3 if row.slug.startswith("symmetric") else caught >= 2
    for statement in free_statements(row.slug.split("-")[0]):
        assert verify(derive(statement, both=False)).failures == ()


def test_the_honest_rows_pass() -> None:
    """So that what is caught is caught because of the mistake."""
    for row in ROWS:
        for statement in statements(row):
            evidence = verify(derive(statement, both=False), symbolic=False)
            assert evidence.failures == (), row.slug


def test_the_table_is_whole_again() -> None:
    for row in ROWS:
        assert rules.RULES[row.slug] is row
    assert rules.rule_for(rules.A * rules.B) is rules.RULES["product"]


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    every = [found for row in SCORE.values() for found in row]
    caught = sum(found == "caught" for found in every)
    same = sum(found.startswith("equivalent") for found in every)
    missed = len(every) - caught - same
    with capsys.disabled():
        print(f"\nplanted mistakes: {caught} caught, {same} equivalent, {missed} missed, in {len(SCORE)} rows")
        for slug, found in SCORE.items():
            for line in sorted({line for line in found if line.startswith("equivalent")}):
                print(f"    {slug}: {found.count(line)} {line}")
    assert missed == 0
