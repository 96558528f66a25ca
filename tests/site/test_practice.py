"""The page of exercises: what it offers is there, and each exercise says what its page asks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.site.pages.asked import asked, exercise
from jacobook.site.pages.difficulty import level_of
from jacobook.site.pages.practice import practice_data, practice_page


def record(slug: str, given: list[str], lines: list[str], wrt: str) -> dict[str, Any]:
    derivation = derive(parse_statement(given, lines, wrt))
    shown = {"asked": asked(given, lines, derivation), "exercise": exercise(derivation)}
    level = level_of(derivation)
    return {"slug": slug, "title": f"About {slug}", "file": f"exercises/{slug}.md", "level": level, **shown}


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [
        record("linear", ["a, x in R^N"], ["a'*x"], "x"),
        record("trace", ["A, X in R^(M x N)"], ["tr(A'*X)"], "X"),
        record("chain", ["x in R^N", "A in R^(N x N)"], ["f = exp(-z)", "z = x'*A*x"], "x"),
        {"slug": "differential", "title": "d(XY)", "file": "d.md", "level": 1, "asked": None, "exercise": None},
    ]


def test_every_choice_says_how_many_exercises_it_has(records):
    page = practice_page(records)
    assert page["count"] == 3, "a differential is no derivative with respect to one variable"
    assert {kind["key"]: kind["count"] for kind in page["kinds"]} == {
        "scalar-by-vector": 2,
        "scalar-by-matrix": 1,
        "chain": 1,
    }
    assert [(level["title"], level["count"]) for level in page["levels"]] == [("warm-up", 2), ("standard", 1)]


def test_an_exercise_is_what_its_page_asks(records):
    found = {one["slug"]: one for one in json.loads(practice_data(records))}
    assert list(found) == ["linear", "trace", "chain"]
    assert found["trace"]["page"] == "exercises/trace/"
    assert found["trace"]["asked"] == records[1]["asked"]
    assert found["chain"]["chain"] is True
    assert [one["level"] for one in found.values()] == [1, 1, 2]
    assert len(found["chain"]["statement"]) == 2
