"""Questions that people asked in public, as they typed them: each is read as it was meant, or refused with readings."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest

from jacobook.language import LanguageError
from jacobook.rendering.numpy_code.function_source import numpy_source
from tests.calculus.derived import BENCHMARK, solve

REFUSED = {
    "qna-q042-first": "`softmax(W'*X, 'columns')`",
    "qna-q044b-first": "'rows'",
    "qna-q106-first": "norms of its rows",
    "qna-q118-first": "`W'*W - diag(diag(W'*W))`",
}
"""What has two readings (the softmax of a matrix, norms of rows, a vector less a matrix), with what is said of it."""


def _judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_evaluate", BENCHMARK / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


JUDGE = _judge()
TYPED: list[dict[str, Any]] = JUDGE.read_jsonl(BENCHMARK / "spellings.jsonl")
AS_ASKED = {"qna-q214-first": (["D in R^(n x n) diagonal", "X in R^(n x n) symmetric"], "diag(D)")}
"""By what is differentiated where the judge, who knows vectors only, is told of the diagonal d of D = diag(d)."""


@pytest.mark.parametrize("case", [case for case in TYPED if case["id"] not in REFUSED], ids=lambda case: case["id"])
def test_what_people_type_means_what_they_meant(case: dict[str, Any]) -> None:
    given, wrt = AS_ASKED.get(case["id"], (case["given"], case["wrt"]))
    assert JUDGE.judge(case, numpy_source(solve(given, case["expr"], wrt))) is None


@pytest.mark.parametrize("case", [case for case in TYPED if case["id"] in REFUSED], ids=lambda case: case["id"])
def test_two_readings_are_refused_with_both(case: dict[str, Any]) -> None:
    with pytest.raises(LanguageError) as caught:
        solve(case["given"], case["expr"], case["wrt"])
    assert REFUSED[case["id"]] in caught.value.message
