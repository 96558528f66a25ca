"""What is printed as LaTeX compiles: reasons with their signs, formulas and reasons no wider than the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.calculus.derivation import Derivation
from generator.calculus.rules import RULES
from generator.rendering.latex_block import breakable
from generator.rendering.latex_width import extent
from generator.rendering.prose import escape_latex
from generator.rendering.report import report_latex
from tests.pdflatex import complaints

BENCHMARK = Path(__file__).parents[1] / "data/benchmark/cases.jsonl"


def test_every_report_of_the_benchmark_compiles(worked: Callable[..., Derivation], tmp_path: Path) -> None:
    pieces = {}
    for case in map(json.loads, BENCHMARK.read_text("utf-8").splitlines()):
        expressions = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
        derivation = worked(case["given"], expressions, case["wrt"])
        for route in ("matrix", "component"):
            for layout in ("jacobian", "denominator"):
                pieces[f"{case['id']}, {route}, {layout}"] = report_latex(derivation, None, layout, route)
    assert len(pieces) >= 280
    assert complaints(pieces, tmp_path) == []
