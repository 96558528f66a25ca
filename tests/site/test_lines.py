"""The lines of a page: ids that are permanent, stages, and what is copied."""

from __future__ import annotations

import re

from jacobook.calculus.derivation import Claim
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.report import report_latex
from jacobook.rendering.stages_of_lines import LONGEST_WHOLE
from jacobook.site.pages.derivation_part import anchors
from jacobook.site.pages.markup import steps

from .conftest import Workshop, entry

NETWORK = ("E = 1/2*norm2(y - t)^2", "y = W2*h + b2", "h = tanh(a)", "a = W1*x + b1")
GIVEN = ("x in R^D", "t, b2 in R^K", "b1 in R^H", "W1 in R^(H x D)", "W2 in R^(K x H)")


def long_block() -> tuple[Claim, ...]:
    block = derive(parse_statement(list(GIVEN), list(NETWORK), "W1")).combination
    assert len(block) > LONGEST_WHOLE
    return block


def page(workshop: Workshop, text: str) -> str:
    workshop.only(only=text)
    assert workshop.run() == 0
    (record,) = workshop.records().values()
    return workshop.page(record["file"])


def test_stages_hold_all_lines_in_order() -> None:
    block = long_block()
    rows = steps(block)
    assert [row["rule"] for row in rows] == [claim.rule for claim in block]
    starts = [place for place, row in enumerate(rows) if row["stage"]]
    assert starts[0] == 0
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        stage = rows[start]["stage"]
        assert stage["title"]
        assert stage["size"] == end - start
        assert stage["first"] == start + 1
        assert stage["open"] == (start == 0 or end == len(rows))


def test_a_stage_begins_with_its_left_side() -> None:
    for row in steps(long_block()):
        if row["stage"]:
            assert not re.match(r"<div[^>]*>\\\[(\\hphantom|=)", row["formula"])


def test_a_short_block_has_no_stages() -> None:
    assert not any(row["stage"] for row in steps(long_block()[:LONGEST_WHOLE]))


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
    assert {"e-by-y-matrix-1", "e-by-y-component-1", "together-matrix-1", "case-1-together-matrix-1"} <= set(ids)
    assert not set(ids) & set(re.findall(r"\{#([^}]+)\}", text))


def test_a_long_block_stands_in_stages_of_which_the_first_and_the_last_are_open(workshop: Workshop) -> None:
    text = page(workshop, entry("only", NETWORK, *GIVEN, wrt="W1"))
    opened = re.findall(r'<details class="stage-lines"( open)? markdown="block">', text)
    assert len(opened) >= 2
    assert opened[0] == opened[-1] == " open"
    assert not any(opened[1:-1])


def test_what_is_copied_has_no_classes(workshop: Workshop) -> None:
    text = page(workshop, entry("only", "x'*A*x", "x in R^N", "A in R^(N x N)", wrt="x"))
    assert r"\class{shaped}" in text
    assert r"\class{changed}" in text
    assert r"\class" not in text.split("``` {.text", 1)[1]


def test_the_whole_derivation_is_there_as_latex_without_classes() -> None:
    derivation = derive(parse_statement(list(GIVEN), list(NETWORK), "W1"))
    source = report_latex(derivation)
    assert source.startswith("% Needs \\usepackage{")
    assert r"\class" not in source
    assert source.count(r"\begin{align*}") == source.count(r"\end{align*}") > len(derivation.partials)
    assert source.count("{") == source.count("}")


def test_every_special_case_on_a_page_has_its_left_side(workshop: Workshop) -> None:
    text = entry("only", "x'*A*x + x'*B*x", "x in R^N", "A, B in R^(N x N)", wrt="x")
    shown = page(workshop, text).partition("## Special cases")[2]
    formulas = re.findall(r"\\\[(.*?)\\\]", shown.partition("\n## ")[0])
    assert len(formulas) == 2
    assert all(formula.startswith(r"\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}} = ") for formula in formulas)
