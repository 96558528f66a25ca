"""Requests after which everything is loaded that the first answers need: for the bundle, and for snapshots."""

from __future__ import annotations

import gc
import json
from typing import Any

from jacobook.browser.entry import forget_derivations
from jacobook.browser.protocol import PROTOCOL
from jacobook.browser.start import started

_STATEMENT = {
    "protocol": PROTOCOL,
    "lines": ["f = exp(-z)", "z = x'*A*x"],
    "given": ["x in R^N", "A in R^(N x N)"],
    "wrt": "x",
}
SAMPLES: list[dict[str, Any]] = [
    {**_STATEMENT, "ask": "read", "given": []},
    {**_STATEMENT, "ask": "read", "lines": ["x'*A*"], "expected": False},
    {**_STATEMENT, "ask": "read", "lines": [r"\frac{1}{2} x^\top A x"], "given": []},
    {**_STATEMENT, "ask": "derive"},
    {**_STATEMENT, "ask": "derive", "order": 2},
    {**_STATEMENT, "ask": "code"},
    {**_STATEMENT, "ask": "verify"},
    {**_STATEMENT, "ask": "complete"},
    {**_STATEMENT, "ask": "check", "answer": "x'"},
    {**_STATEMENT, "ask": "fresh", "seed": 1},
    {**_STATEMENT, "ask": "find", "formula": "tr(C X D)", "wrt": "X"},
]
"""Each says with `expected` if its answer is to be an error."""


class SampleError(Exception):
    """A sample is not answered as it should be."""


def warm() -> None:
    """Answer all samples, and forget them. Raises SampleError, so that no engine is kept that answers otherwise."""
    answer = started()
    for sample in SAMPLES:
        said = json.loads(answer(json.dumps(sample)))
        if said["ok"] is not sample.get("expected", True):
            raise SampleError(f"{sample}: {said}")
    forget_derivations()
    gc.collect()
