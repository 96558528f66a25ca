"""Long blocks in stages: all lines, in order, a few to a stage."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from jacobook.algebra import build as b
from jacobook.algebra.nodes import symbol
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.rules.table import DIFFERENTIALS, FUNCTION_RULES, RULES
from jacobook.rendering.latex.lines import LatexLine
from jacobook.rendering.stages_of_lines import LONGEST_WHOLE, SIZES, Fold, stages

NAMES = [symbol(name) for name in "fzyx"]
LEFTS = [b.partial(NAMES[0], name, total=True) for name in NAMES[1:]] + [b.differential(name) for name in NAMES]
ONE = st.tuples(st.integers(0, len(LEFTS) - 1), st.sampled_from(sorted(RULES)))


def claims_of(rows: list[tuple[int, str]]) -> list[Claim]:
    return [Claim(LEFTS[left], NAMES[0], rule, Prose("why")) for left, rule in rows]


@given(st.lists(ONE, min_size=0, max_size=40))
def test_stages_hold_all_lines_in_order(rows: list[tuple[int, str]]) -> None:
    claims = claims_of(rows)
    found = stages(claims)
    assert [claim for stage in found for claim in stage.claims] == claims
    if len(claims) > LONGEST_WHOLE:
        assert all(SIZES[0] <= len(stage.claims) <= SIZES[1] for stage in found)
        assert all(stage.title for stage in found)
    else:
        assert [stage.title for stage in found] == [""]


def test_lines_of_one_kind_stay_together() -> None:
    kinds = ["product"] * 3 + ["cyclic-trace"] * 3 + ["collect"] * 3
    found = stages(claims_of([(4, rule) for rule in kinds]))
    assert [(stage.title, len(stage.claims)) for stage in found] == [
        ("Take the differential", 3),
        ("Move the differential to the end", 3),
        ("Collect", 3),
    ]


def test_a_walk_along_the_chain_says_where_it_leads() -> None:
    rows = [(place, rule) for place in (0, 1, 2) for rule in ("chain", "insert-partials")]
    found = stages(claims_of([*rows, (2, "substitution"), (2, "collect")]))
    assert found[0].title.startswith(("From f back to ", "The derivative of f with respect to "))


def test_blocks_of_the_collection_that_are_long_are_in_stages(printed: list[LatexLine]) -> None:
    for _, block in groupby(printed, key=lambda line: line.claim.left):
        claims = [line.claim for line in block]
        assert len(stages(claims)) == 1 or len(claims) > LONGEST_WHOLE


TAKES_A_DERIVATIVE = {rule.slug for rule in (*DIFFERENTIALS, *FUNCTION_RULES)} | {"delta", "own-entry"}


@given(st.lists(ONE, min_size=0, max_size=40))
def test_no_line_that_takes_a_derivative_is_folded_away(rows: list[tuple[int, str]]) -> None:
    found = stages(claims_of(rows))
    assert found[0].is_open
    assert found[-1].is_open
    folded = [claim for stage in found if not stage.is_open for claim in stage.claims]
    assert not TAKES_A_DERIVATIVE & {claim.rule for claim in folded}


def test_a_stage_that_only_rearranges_is_folded() -> None:
    kinds = ["product"] * 3 + ["cyclic-trace"] * 3 + ["collect"] * 3
    assert [stage.is_open for stage in stages(claims_of([(4, rule) for rule in kinds]))] == [True, False, True]


def test_a_sum_in_entries_shows_where_it_is_differentiated() -> None:
    rules = ["entries", "written-out", "trace-entries", "entries", "delta", "sifting", "written-out", "assemble"]
    derived = next(stage for stage in stages(claims_of([(4, r) for r in rules])) if "delta" in _rules(stage))
    assert derived.is_open


def _rules(stage: Fold) -> list[str]:
    return [claim.rule for claim in stage.claims]
