"""The checks without NumPy and SymPy: they find what they find with NumPy, and need nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.browser import stand_in_run
from tests.conftest import EVERY_CASE

# What is found about the cases is found once.
pytestmark = pytest.mark.xdist_group("without numpy")

STEP = 1 if EVERY_CASE else 3
"""Every third case, or all of them (`make every-case`)."""
FOLDER = Path("generator", "jacobook", "browser", "numpy_stand_in")
NUMBER = re.compile(r"-?\d+\.?\d*(e-?\d+)?")


def in_another_python(root: Path, *arguments: str) -> list[Any]:
    """Return the lines that a Python prints in which the stand-in is found and much else is not."""
    path = os.pathsep.join(map(str, (root / FOLDER, root / "generator", root)))
    environment = os.environ | {"PYTHONPATH": path}
    run = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def both(root: Path) -> tuple[list[Any], list[Any]]:
    """What is found about all cases: with NumPy in this process, and with the stand-in in another."""
    cases = root / "tests" / "data" / "benchmark" / "cases.jsonl"
    of, *found = in_another_python(root, str(Path(stand_in_run.__file__)), str(cases), str(STEP), "--blocked")
    assert of == str(root / FOLDER / "numpy" / "__init__.py")
    return found, json.loads(json.dumps([*stand_in_run.rows(cases, STEP)]))


@pytest.mark.slow
@pytest.mark.parametrize("part", ["evidence", "answers", "mistakes", "numbers"])
def test_all_cases_are_judged_as_with_numpy(both: tuple[list[Any], list[Any]], part: str) -> None:
    found, expected = both
    assert len(found) == len(range(0, 70, STEP))
    for one, other in zip(found, expected, strict=True):
        assert one[part] == other[part], one["id"]


@pytest.mark.slow
def test_planted_mistakes_are_caught(both: tuple[list[Any], list[Any]]) -> None:
    """Which of several entries that differ equally is named hangs on the last digit: numbers are left out."""
    found, expected = ([[row["id"], row["planted"]] for row in rows] for rows in both)
    without = [[[verdict, NUMBER.sub("…", said or "")] for verdict, said in row] for _, row in found]
    assert without == [[[verdict, NUMBER.sub("…", said or "")] for verdict, said in row] for _, row in expected]
    caught = Counter(verdict for row in without for verdict, _ in row)
    assert caught["failed"] > 4 * len(found)
    # I ∘ I = I, and (xx′ + 2S)′ is the same where S is symmetric: these are no mistakes.
    assert {name for name, row in found for verdict, _ in row if verdict != "failed"} <= {
        "hard-identity",
        "hard-sym-quad",
    }


@pytest.mark.slow
def test_what_was_compared_is_enough(both: tuple[list[Any], list[Any]]) -> None:
    """The comparison above compares something: claims, answers of every kind, numbers and patterns."""
    found, _ = both
    claims = [claim for row in found for claim in row["evidence"][5:]]
    assert len(claims) > 15 * len(found)
    assert {claim["verdict"] for claim in claims} == {"checked"}
    assert {claim["symbolic"] for claim in claims} == {"skipped"}
    answers = [answer for row in found for answer in row["answers"]]
    verdicts = Counter(answer[1]["verdict"] for answer in answers if isinstance(answer[1], dict))
    assert len(answers) > 5 * len(found)
    assert {"right", "wrong", "factor", "transpose", "other-layout", "stacked-by-rows", "assumption"} <= verdicts.keys()
    assert sum(bool(row["numbers"] and row["numbers"][0]) for row in found) > len(found) // 4
    assert any(row["numbers"] and row["numbers"][1] for row in found)


ALONE = [
    "verification.examination",
    "verification.answers.judge",
    "verification.answers.claims",
    "verification.refuted_mistakes",
    "verification.rule_mutants",
    "verification.points.example_points",
    "rendering.verdict_words",
    "rendering.report",
    "site.plots.patterns",
    "site.plots.pattern_figure",
    "site.pages.worked_example",
]


def test_what_needs_no_sympy_loads_none(root: Path) -> None:
    """Each module alone, before any other could have loaded it."""
    code = (
        "import json, sys; from tests.browser.stand_in_run import BLOCKED, Blocked\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from importlib import import_module\n"
        "for name in sys.argv[1:]:\n"
        "    before = set(sys.modules)\n"
        "    import_module('jacobook.' + name)\n"
        "    print(json.dumps([name, sorted(BLOCKED & set(sys.modules))]))\n"
        "    for loaded in set(sys.modules) - before:\n"
        "        if loaded.startswith('jacobook'):\n"
        "            del sys.modules[loaded]\n"
    )
    assert in_another_python(root, "-c", code, *ALONE) == [[name, []] for name in ALONE]


def test_the_symbolic_check_says_that_it_needs_sympy(root: Path) -> None:
    code = (
        "import json, sys; from tests.browser.stand_in_run import Blocked\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from jacobook.verification import evaluate\n"
        "try:\n    from jacobook.verification import verify\n"
        "except ImportError as error:\n    print(json.dumps(str(error)))\n"
    )
    assert in_another_python(root, "-c", code) == ["sympy is not there"]
