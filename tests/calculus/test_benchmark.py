"""The seventy cases of the benchmark: both routes, every claim, the code by the benchmark's own judge, the text."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest

from jacobook.algebra.normal_form import equal
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_expression
from jacobook.language.printer import text
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification import verify
from tests.calculus.derived import BENCHMARK, CASES, solve
from tests.numeric_truth import difference

REFUSED: frozenset[str] = frozenset()
"""The cases that the matrix route may refuse for now. What is in it and is answered makes the test fail."""
REFUSED_BY_COMPONENTS: frozenset[str] = frozenset()
"""The cases for which the component route has index formulas but, for now, no matrices."""
OTHER_FORM: frozenset[str] = frozenset()
"""The cases in which text reads back to the same value in another normal form (which is sound, not complete)."""


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    """The benchmark's evaluate.py."""
    spec = importlib.util.spec_from_file_location("benchmark_evaluate", BENCHMARK / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def derivation(case: dict[str, Any], route: str = "matrix") -> Derivation:
    return solve(case["given"], case["expr"], case["wrt"], route)


def answered(case: dict[str, Any], route: str = "matrix") -> Derivation:
    """The derivation; skips what may be refused, and insists that it is."""
    allowed = REFUSED if route == "matrix" else REFUSED_BY_COMPONENTS
    if case["id"] not in allowed:
        return derivation(case, route)
    with pytest.raises(Refusal):
        derivation(case, route)
    pytest.skip("refused for now")


EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])


def test_what_may_be_refused_is_in_the_benchmark() -> None:
    names = {case["id"] for case in CASES}
    assert len(names) == 70
    assert names >= REFUSED | REFUSED_BY_COMPONENTS | OTHER_FORM


@pytest.mark.slow
@EVERY
def test_every_claim_of_both_routes_is_right(case: dict[str, Any]) -> None:
    found = answered(case)
    evidence = verify(found, symbolic=False)
    assert evidence.failures == ()
    assert evidence.instances > 0
    assert [partial.refusal for partial in found.partials if partial.refusal] == []
    assert all(partial.matrix_route and partial.component_route for partial in found.partials)


@EVERY
def test_the_component_route_finds_the_same_value(case: dict[str, Any]) -> None:
    by_components, by_matrices = answered(case, "component"), answered(case)
    assert by_components.value.shape == by_matrices.value.shape
    assert difference(by_components.value, by_matrices.value) < 1e-8


@EVERY
def test_the_code_is_right_by_the_judge_of_the_benchmark(case: dict[str, Any], judge: ModuleType) -> None:
    assert judge.judge(case, numpy_source(answered(case))) is None


@EVERY
def test_the_text_parses_back(case: dict[str, Any]) -> None:
    found = answered(case)
    names = [*found.statement.declarations, *(link.symbol for link in found.kept)]
    back = parse_expression(text(found.value), names, found.value.shape)
    if case["id"] in OTHER_FORM:
        assert difference(back, found.value) < 1e-8
    else:
        assert equal(back, found.value), text(found.value)


def test_the_judge_knows_a_wrong_answer(judge: ModuleType) -> None:
    case = next(case for case in CASES if case["id"] == "mml-5.8-b")
    assert judge.judge(case, "def derivative(x, s): return 2*x") is None
    assert "relative error" in judge.judge(case, "def derivative(x, s): return x")
    assert "shape" in judge.judge(case, "def derivative(x, s): return 2*x[:, None]")
