"""The cases of the benchmark at fixed sizes: each size 1, 2 and 3, all sizes equal, and all of them 1, 2 and 3.

Both our own check and the benchmark's oracle, which knows nothing of the engine, judge the derivative. In the
usual run a tenth of the variants are run, among them some with a 1; `make every-case` runs all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification import verify
from tests.calculus.derived import CASES
from tests.calculus.test_benchmark import judge

__all__ = ["judge"]
SPACE = re.compile(r"\^(?:\([^)]*\)|\w+)")


def at(case: dict[str, Any], sizes: dict[str, str]) -> dict[str, Any]:
    """The case with sizes replaced by numbers or by each other: in declarations, and in its oracle's identities."""

    def declared(line: str) -> str:
        names, _, space = line.partition(" in R")
        return f"{names} in R" + SPACE.sub(lambda m: re.sub(r"[A-Z]\w*", lambda s: sizes.get(s[0], s[0]), m[0]), space)

    dimensions: dict[str, int] = {}
    values = {}
    for name, size in case["dims"].items():
        new = sizes.get(name, name)
        if not new.isdigit():
            dimensions[new] = max(dimensions.get(new, 0), size)
    for name in case["dims"]:
        new = sizes.get(name, name)
        values[name] = int(new) if new.isdigit() else dimensions[new]
    by_number = {size: values[name] for name, size in case["dims"].items()}
    oracle = re.sub(r"np\.eye\((\d+)\)", lambda found: f"np.eye({by_number[int(found[1])]})", case["oracle"])
    said = ",".join(f"{name}={size}" for name, size in sizes.items())
    return case | {
        "id": f"{case['id']}:{said}",
        "given": [declared(line) for line in case["given"]],
        "dims": dimensions,
        "oracle": oracle,
    }


def variants() -> Iterator[dict[str, Any]]:
    """Every case with each size set to 1, 2, 3, with all sizes equal, and with all of them set to 1, 2, 3."""
    for case in CASES:
        names = sorted(case["dims"])
        for name in names:
            yield from (at(case, {name: size}) for size in "123")
        if len(names) > 1:
            yield at(case, dict.fromkeys(names, names[0]))
            yield from (at(case, dict.fromkeys(names, size)) for size in "123")


ALL = list(variants())


def test_the_variants_say_what_they_are_for() -> None:
    names = [variant["id"] for variant in ALL]
    assert len(ALL) == len(set(names)) > 480
    assert {name.partition(":")[0] for name in names} == {case["id"] for case in CASES if case["dims"]}
    spaces = [line.partition(" in R")[2] for v in ALL if not v["dims"] for line in v["given"]]
    assert not any(re.search(r"\b[A-Z]\b", space) for space in spaces)
    joseph = at(next(case for case in CASES if case["id"] == "ml-kalman-joseph"), {"N": "1"})
    assert "np.eye(1)" in joseph["oracle"]


@pytest.mark.slow
@pytest.mark.one_in(5)
@pytest.mark.parametrize("case", ALL, ids=lambda case: case["id"])
def test_the_derivative_is_right_and_checked(case: dict[str, Any], judge: ModuleType) -> None:
    expressions = [case["expr"]] if isinstance(case["expr"], str) else case["expr"]
    found = derive(parse_statement(case["given"], expressions, case["wrt"]), both=False)
    evidence = verify(found, symbolic=False)
    assert evidence.failures == ()
    assert evidence.verdict == "checked", evidence.why
    assert judge.judge(case, numpy_source(found)) is None
