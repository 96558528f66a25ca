"""Results as a textbook prints them: tests/data/textbook_forms.yaml holds the form wanted, written before ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jacobook import derive
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import substitute
from jacobook.calculus.chain.graph import decompose
from jacobook.facade import Worked
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text
from tests.numeric_truth import difference

FORMS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data/textbook_forms.yaml").read_text("utf-8")
)
LONGEST = 1.2
"""The length of our result over that of the textbook's, at most."""


def expressions(case: dict[str, Any]) -> list[str]:
    return case["expr"] if isinstance(case["expr"], list) else [case["expr"]]


def letters(written: str) -> int:
    return len(written.replace(" ", ""))


def in_variables(case: dict[str, Any], shape: Shape) -> Node:
    """The form wanted, with every name of the chain replaced by what it stands for."""
    statement = parse_statement(case["given"], expressions(case), case["wrt"])
    names = [*parse_declarations(case["given"]), *(link.symbol for link in statement.links)]
    return substitute(parse_expression(case["wanted"], names, shape), decompose(statement).in_variables)


def worked(case: dict[str, Any], verify: bool = False) -> Worked:
    return derive(*expressions(case), given=case["given"], wrt=case["wrt"], order=case.get("order", 1), verify=verify)


def length_over_wanted(case: dict[str, Any], found: Worked) -> float:
    """The length of our result over that of the textbook's, both in names or both in the variables."""
    wanted = case["wanted"] if found.derivation.kept else text(in_variables(case, found.derivation.value.shape))
    longest = max(letters(wanted), letters(case["wanted"]))  # the engine's own text of it may be the shorter one
    return letters(found.result) / longest


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case["id"])
def test_no_longer_than_in_a_textbook(case: dict[str, Any]) -> None:
    found = worked(case)
    assert length_over_wanted(case, found) <= LONGEST, found.result


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case["id"])
def test_what_a_textbook_prints_is_equal_to_ours(case: dict[str, Any]) -> None:
    found = worked(case)
    ours = found.derivation.value
    meaning: dict[Node, Node] = {link.symbol: link.expression for link in found.derivation.kept}
    for _ in meaning:
        ours = substitute(ours, meaning)
    assert difference(ours, in_variables(case, ours.shape)) < 1e-9, text(ours)


@pytest.mark.one_in(3)
@pytest.mark.slow
@pytest.mark.parametrize("case", FORMS, ids=lambda case: case["id"])
def test_every_line_is_checked(case: dict[str, Any]) -> None:
    evidence = worked(case, verify=True).evidence
    assert evidence is not None
    assert evidence["passed"]
