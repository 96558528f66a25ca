"""Planted mistakes in the rule table are caught: see jacobook.verification.rule_mutants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import ROWS as PROPERTIES
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link, Statement
from jacobook.calculus.derive import derive
from jacobook.calculus.rules import table as rules
from jacobook.calculus.rules.restricted import Restricted
from jacobook.calculus.rules.table import DifferentialRule, FreeEntriesRule
from jacobook.language.printer import short_text
from jacobook.verification import check_equation, rule_mutants, verify
from jacobook.verification.rule_mutants import ROWS, Mutant, mistakes, statements, tally, verdicts_on
from tests.verification.test_rules import HARMLESS

# The table of rules is changed while these run: one process runs them all.
pytestmark = pytest.mark.xdist_group("planted mistakes")


@pytest.mark.slow
@pytest.mark.one_in(4)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_mistakes_in_every_row_are_caught(row: DifferentialRule) -> None:
    """Whoever makes the site plants mistakes into all of them; `tests/site/test_reports.py` reads what came of it."""
    found = list(verdicts_on(row))
    assert [verdict for verdict in found if verdict.startswith("missed")] == []
    assert sum(verdict == "caught" for verdict in found) >= 1


# -- the tester itself -----------------------------------------------------------------------------------

PRODUCT = next(row for row in ROWS if row.slug == "product")


def test_a_checker_that_passes_everything_catches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_mutants, "evidence_for", lambda derivation, **_: SimpleNamespace(passed=True))
    found = verdicts_on(PRODUCT)
    assert "caught" not in found
    assert any(verdict.startswith("missed") for verdict in found)


@pytest.mark.parametrize("crash", [TypeError, ValueError, AssertionError, RuntimeError, IndexError])
def test_a_checker_that_crashes_catches_nothing(monkeypatch: pytest.MonkeyPatch, crash: type[Exception]) -> None:
    def stumble(*args: object, **more: object) -> None:
        raise crash("a mistake of the checker")

    monkeypatch.setattr(rule_mutants, "evidence_for", stumble)
    with pytest.raises(crash, match="a mistake of the checker"):
        verdicts_on(PRODUCT)


def test_an_engine_that_crashes_catches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*args: object, **more: object) -> None:
        raise TypeError("a mistake of the engine")

    monkeypatch.setattr(rule_mutants, "derive", stumble)
    with pytest.raises(TypeError, match="a mistake of the engine"):
        verdicts_on(PRODUCT)
    assert rules.RULES["product"] is PRODUCT


def test_the_tally_tells_four_kinds_apart() -> None:
    found = {"a": ["caught", "equivalent: the same", "refused"], "b": ["missed: sign: -d(x)", "caught"]}
    assert tally(found) == {"caught": 2, "refused": 1, "equivalent": 1, "missed": 1, "rows": 2}


# -- derivatives with respect to the free entries ---------------------------------------------------------------------

RESTRICTED = [row for row in rules.ALGEBRA if isinstance(row, FreeEntriesRule)]
SAME_DIAGONAL = {
    "(G.*eye)'": "a diagonal matrix is its own transpose",
    "G'.*eye": "a matrix and its transpose have the same diagonal",
    "G + G' - (G.*eye)'": "a diagonal matrix is its own transpose",
    "G + G' + (-G.*eye)'": "a diagonal matrix is its own transpose",
    "(G + G' - G.*eye)'": "the sum is symmetric",
    "G + G' - G'.*eye": "a matrix and its transpose have the same diagonal",
    "eye.*G": "the product entry by entry does not depend on the order",
    "G + G' - 2*(G'.*eye)": "a matrix and its transpose have the same diagonal",
    "G + G' - 2*(eye.*G)": "the product entry by entry does not depend on the order",
    "(G + G')/2 - G'.*eye": "a matrix and its transpose have the same diagonal",
    "(G + G')/2 - eye.*G": "the product entry by entry does not depend on the order",
    "G + G' - eye.*G": "the product entry by entry does not depend on the order",
}


def free_statements(structure: str) -> Iterator[Statement]:
    """Functions of a symmetric or diagonal matrix, whose derivatives in independent entries are no special matrices."""
    a = rules.X
    if PROPERTIES[structure].fits(rules.x.shape):
        x = n.symbol("x", rules.x.shape, frozenset({structure}))
        for f in (x.T * rules.X * x, b.entry_sum(b.apply("exp", rules.X * x))):
            yield Statement((rules.X, x), (Link(n.symbol("f"), f),), x)
        return
    free = () if structure in ("skew-symmetric",) else ("invertible",)
    x = n.symbol("S", a.shape, frozenset({structure, *free}))
    last = b.log_determinant(x) if free else b.entry_sum(b.apply("exp", x))
    for f in (b.trace(a * x), b.trace(a * x * a * x) + last):
        yield Statement((a, x), (Link(n.symbol("f"), f),), x)


def spoilt_formula(formula: Restricted, mutant: Mutant) -> Restricted:
    return lambda g, x: mutant.spoil(formula(g, x), (g,))


def structure_in(row: FreeEntriesRule) -> str:
    return row.slug.rpartition("-")[0]


@pytest.mark.slow
@pytest.mark.one_in(5)
@pytest.mark.parametrize("row", RESTRICTED, ids=lambda row: row.slug)
def test_mistakes_in_the_rules_for_free_entries_are_caught(row: FreeEntriesRule) -> None:
    variable = next(iter(free_statements(structure_in(row)))).wrt
    g = n.symbol("G", rules.X.shape) if variable.shape.is_matrix else n.symbol("g", rules.x.shape).T
    honest = row.restricted(g, variable)
    caught = 0
    for mutant in mistakes(honest, (g,)):
        spoilt = mutant.spoil(honest, (g,))
        if spoilt is honest or equal(spoilt, honest):
            continue
        rules.RULES[row.slug] = replace(row, restricted=spoilt_formula(row.restricted, mutant))
        try:
            passed = [verify(derive(s, both=False), symbolic=False).passed for s in free_statements(structure_in(row))]
        finally:
            rules.RULES[row.slug] = row
        if all(passed):
            written = short_text(spoilt)  # the table of rules calls a reflection Q, the functions here S
            harmless = written in SAME_DIAGONAL or (row.slug, written.replace("S", "Q")) in HARMLESS
            assert harmless, f"{mutant.kind}: {short_text(spoilt)}"
            assert check_equation(honest, spoilt, symbolic=False).passed
        else:
            caught += 1
    assert caught >= 3 if row.slug.startswith("symmetric") else caught >= 2
    for statement in free_statements(structure_in(row)):
        assert verify(derive(statement, both=False)).failures == ()


@pytest.mark.slow
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
