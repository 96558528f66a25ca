"""The lines of a page: ids that are permanent, stages, and what is copied."""

from __future__ import annotations

import re

from generator.calculus.derivation import Claim
from generator.calculus.derive import derive
from generator.language import parse_statement
from generator.rendering.report import report_latex
from generator.rendering.stages import LONGEST_WHOLE
from generator.site.markup import steps
from generator.site.pages import anchors

from .conftest import Workshop, entry

NETWORK = ("E = 1/2*norm2(y - t)^2", "y = W2*h + b2", "h = tanh(a)", "a = W1*x + b1")
GIVEN = ("x in R^D", "t, b2 in R^K", "b1 in R^H", "W1 in R^(H x D)", "W2 in R^(K x H)")


def long_block() -> tuple[Claim, ...]:
    block = derive(parse_statement(list(GIVEN), list(NETWORK), "W1")).combination
    assert len(block) > LONGEST_WHOLE
    return block


def all_rows(rows: list[dict]) -> list[dict]:
    return [found for row in rows for found in (row, *all_rows(row["steps"]))]


def page(workshop: Workshop, text: str) -> str:
    workshop.only(only=text)
    assert workshop.run() == 0
    (record,) = workshop.records().values()
    return workshop.page(record["file"])


def test_rows_are_all_lines_in_order_with_their_stage() -> None:
    block = long_block()
    rows = steps(block, "together")
    assert [row["rule"] for row in rows] == [claim.rule for claim in block]
    assert [row["number"] for row in rows] == [str(place) for place in range(1, len(block) + 1)]
    numbers = [row["stage"] for row in rows]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, numbers[-1] + 1))
    assert all(row["stage_title"] for row in rows)


def test_a_stage_begins_with_its_left_side() -> None:
    rows = steps(long_block(), "together")
    for before, row in zip([None, *rows], rows, strict=False):
        if before is None or before["stage"] != row["stage"]:
            assert not re.match(r'<div[^>]*>\\\[(\\hphantom|=)', row["formula"])


def test_a_short_block_is_one_stage_without_a_title() -> None:
    rows = steps(long_block()[:LONGEST_WHOLE], "together")
    assert {(row["stage"], row["stage_title"]) for row in rows} == {(1, "")}


def test_what_is_one_level_down_has_numbers_below_its_line() -> None:
    derivation = derive(parse_statement(["x in R^D"], ["f = tanh(x)"], "x"))
    rows = steps(derivation.partials[0].matrix_route, "f-by-x-matrix")
    below = [row for row in all_rows(rows) if "." in row["number"]]
    assert below
    for row in all_rows(rows):
        assert row["id"] == f"f-by-x-matrix-{row['number'].replace('.', '-')}"


def test_partials_by_names_that_differ_in_their_case_have_anchors_of_their_own() -> None:
    statement = parse_statement(["t in R"], ["f = x*X", "x = exp(t)", "X = sin(t)"], "t")
    found = anchors(derive(statement).partials)
    assert len(set(found)) == len(found) == 4
    assert "f-by-x" in found


def test_every_line_of_a_page_has_one_id(workshop: Workshop) -> None:
    case = {"title": "By the bias", "text": "The same chain.", "wrt": "b1"}
    text = page(workshop, entry("only", NETWORK, *GIVEN, wrt="W1", cases=[case]))
    lines = re.findall(r'<li class="step" ([^>]*)>', text)
    ids = [found for line in lines for found in re.findall(r'id="([^"]+)"', line)]
    assert len(ids) == len(lines) > 30
    assert len(set(ids)) == len(ids)
    assert {"e-by-y-matrix-1", "e-by-y-component-1", "together-1", "case-1-e-by-y-matrix-1"} <= set(ids)
    assert not set(ids) & set(re.findall(r"\{#([^}]+)\}", text))


def test_a_long_block_stands_in_stages_of_which_the_first_and_the_last_are_open(workshop: Workshop) -> None:
    text = page(workshop, entry("only", NETWORK, *GIVEN, wrt="W1"))
    opened = re.findall(r'<details class="stage-lines" markdown="block"( open)?>', text)
    assert len(opened) >= 2
    assert opened[0] == opened[-1] == " open"
    assert not any(opened[1:-1])


def test_what_is_copied_has_no_classes(workshop: Workshop) -> None:
    text = page(workshop, entry("only", "x'*A*x", "x in R^N", "A in R^(N x N)", wrt="x"))
    assert r"\class{shaped}" in text
    assert r"\class{changed}" in text
    assert r"\class" not in text.split("```latex", 1)[1]


def test_the_whole_derivation_is_there_as_latex_without_classes() -> None:
    derivation = derive(parse_statement(list(GIVEN), list(NETWORK), "W1"))
    source = report_latex(derivation)
    assert source.startswith("% Needs \\usepackage{")
    assert r"\class" not in source
    assert source.count(r"\begin{align*}") == source.count(r"\end{align*}") > len(derivation.partials)
    assert source.count("{") == source.count("}")
