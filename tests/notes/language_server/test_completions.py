"""What may be typed next."""

from __future__ import annotations

import pytest

from jacobook.notes.fences import SHOWN, Fence
from jacobook.notes.language_server.completions import offered_at
from jacobook.notes.language_server.open_texts import CELL, ENTRY
from jacobook.site.entry_model import CollectionEntry, Source

PAGE = "```jacobook\ngiven: [x in R^N, A in R^(N x N)]\n```\n"
OPEN = PAGE + "```jacobook\n"


def labels(text, kind=".md", of=None):
    """What is offered at the end of a text."""
    rows = text.split("\n")
    found = offered_at(kind, text, len(rows), len(rows[-1]) + 1)
    return [one.label for one in found if of is None or one.kind == of]


@pytest.mark.parametrize("kind", [".md", ".qmd"])
def test_fields_of_a_fence(kind):
    assert labels(OPEN + "ex", kind) == list(Fence.model_fields)


def test_fields_elsewhere():
    assert labels("%%jacobook\ngiven: x in R\nex", CELL) == list(Fence.model_fields)
    assert labels(".. jacobook::\n\n   given: x in R\n   ex", ".rst") == list(Fence.model_fields)
    assert labels("slug: a\nti", ENTRY) == list(CollectionEntry.model_fields)
    assert labels("sources:\n  - na", ENTRY) == labels("sources:\n- na", ENTRY) == list(Source.model_fields)
    assert labels("plot:\n  fr", ENTRY)[:3] == ["from", "to", "with"]
    assert labels(OPEN + "claims:\n  - formula: x\n    ta") == ["formula", "target"]


def test_a_field_is_typed_with_its_colon():
    rows = (OPEN + "ex").split("\n")
    offered = {one.label: one for one in offered_at(".md", "\n".join(rows), len(rows), 3)}
    assert offered["expression"].inserted == "expression: "
    assert offered["expression"].detail == "The function, or its chain, outermost first."


@pytest.mark.parametrize(
    ("begun", "values"),
    [
        ("show: [re", list(SHOWN)),
        ("show:\n  - st", list(SHOWN)),
        ("layout: ", ["any", "jacobian", "denominator"]),
        ("order: ", ["1", "2", "3"]),
        (
            "claims: [{formula: x, target: ",
            ["result", "hessian", "partial", "value", "entry", "row", "column", "expression"],
        ),
    ],
)
def test_values(begun, values):
    assert labels(OPEN + begun) == values


@pytest.mark.parametrize("begun", ["expression: lo", "expression:\n  - lo", "claims: [lo", "claims:\n  - formula: lo"])
def test_functions_and_names_in_formulas(begun):
    found = labels(OPEN + begun)
    assert {"log", "tr", "dim", "x", "A"} <= set(found)
    assert labels(OPEN + begun, of="variable") == ["x", "A"]


def test_names_that_the_fence_declares_itself():
    assert labels(OPEN + "given: [u, v in R^K]\nexpression: ", of="variable")[-2:] == ["u", "v"]


def test_in_a_claim():
    assert {"x", "log"} <= set(labels(PAGE + "Here `#!jb d("))
    assert labels(PAGE + "Here `x") == []
    assert labels(PAGE + "Here ") == []


def test_rules_in_links():
    found = labels("See [the rule](../rules/pro")
    assert {"product", "trace"} <= set(found)
    assert labels("See [the rule](../pro") == []


@pytest.mark.parametrize("text", ["", "```jacobook\n", "```jacobook\n- - - ", "```jacobook\n: : [", "\n" * 5, "---\n"])
@pytest.mark.parametrize("kind", [".md", ".tex", ".rst", ".py", ".ipynb", CELL, ENTRY])
def test_nothing_kills_it(kind, text):
    assert isinstance(labels(text, kind), list)
