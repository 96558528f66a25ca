"""Every case of the benchmark is read, has the right shape, and is read quickly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jacobook.language import parse_statement

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data/benchmark/cases.jsonl").read_text("utf-8").splitlines()
]


def read(case: dict[str, Any]) -> Any:
    expressions = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
    return parse_statement(case["given"], expressions, case["wrt"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case_is_read_and_has_the_shape_of_its_oracle(case: dict[str, Any]) -> None:
    np = pytest.importorskip("numpy")
    statement = read(case)
    assert statement.wrt.name == case["wrt"]
    values = {
        symbol.name: np.full([axis.value(case["dims"]) for axis in symbol.shape.axes], 0.5)
        + (np.eye(symbol.shape.rows.value(case["dims"])) if symbol.shape.is_square else 0)
        for symbol in statement.declarations
    }
    with np.errstate(all="ignore"):
        value = np.asarray(eval(case["oracle"], {"np": np})(**values))
    assert value.shape == tuple(axis.value(case["dims"]) for axis in statement.function.shape.axes)


def test_all_seventy_are_here() -> None:
    assert len(CASES) == 70
