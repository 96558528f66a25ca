"""Results letter by letter: tests/data/printed_forms.yaml holds what textbooks print, written before ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jacobook import Worked, derive
from jacobook.algebra.normal_form import equal
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import printing_beside, text

FORMS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[1] / "data/printed_forms.yaml").read_text("utf-8"))
NAMES = pytest.mark.parametrize("case", FORMS, ids=lambda case: case["id"])


def worked(case: dict[str, Any], verify: bool) -> Worked:
    lines = [case["expr"]] if isinstance(case["expr"], str) else case["expr"]
    options = {"layout": case.get("layout", "jacobian"), "order": case.get("order", 1)}
    return derive(*lines, given=case["given"], wrt=case["wrt"], verify=verify, **options)


@pytest.mark.one_in(3)
@NAMES
def test_it_is_checked_or_said_to_have_no_value(case: dict[str, Any]) -> None:
    found = worked(case, verify=True)
    assert found.verdict == case.get("verdict", "checked")
    if "why" in case:
        assert found.evidence is not None
        assert case["why"] in found.evidence["why"]


@NAMES
def test_it_is_printed_as_a_textbook_prints_it_and_reads_back(case: dict[str, Any]) -> None:
    found = worked(case, verify=False)
    lines = [case["expr"]] if isinstance(case["expr"], str) else case["expr"]
    statement = parse_statement([case["given"]], lines, case["wrt"])
    names = [*statement.declarations, *(link.symbol for link in statement.links)]
    value = found.derivation.denominator[-1].right if found.layout == "denominator" else found.derivation.value
    if case["wanted"] is not None:
        with printing_beside(statement.names):
            assert found.result == text(parse_expression(case["wanted"], names, value.shape))
    assert equal(parse_expression(found.result, names, value.shape), value)
