"""Planted mistakes in the rule table are caught: see generator.verification.planted_mistakes."""

from __future__ import annotations

import pytest

from generator.calculus import rules
from generator.calculus.derive import derive
from generator.calculus.rules import Rule
from generator.verification import verify
from generator.verification.planted_mistakes import ROWS, statements, verdicts

SCORE: dict[str, list[str]] = {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_mistakes_in_every_row_are_caught(row: Rule) -> None:
    found = SCORE[row.slug] = verdicts(row)
    assert [verdict for verdict in found if verdict.startswith("missed")] == []
    assert sum(verdict == "caught" for verdict in found) >= 1


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
