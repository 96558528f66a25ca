"""Values with declared properties have them: random, readable and small ones, with NumPy and with the stand-in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import ROWS, conflict
from jacobook.algebra.shapes import matrix, vector
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.verification.answers.answer_points import small_value
from jacobook.verification.points.example_points import example_point, readable_value
from jacobook.verification.points.imposed import has_property
from jacobook.verification.points.instances import draw_value

STAND_IN = Path("generator", "jacobook", "browser", "numpy_stand_in")
DECLARED = [(name,) for name in ROWS] + [
    (first, second) for first in ROWS for second in ROWS if first < second and conflict({first, second}) is None
]


def broken() -> list[str]:
    """What is drawn and lacks a declared property; that a matrix is invertible is not asked of readable values."""
    found = []
    for names in DECLARED:
        shape = (
            vector("N") if ROWS[names[0]].fits(vector("N")) and ROWS[names[-1]].fits(vector("N")) else matrix("N", "N")
        )
        symbol = n.symbol("X", shape, frozenset(names))
        for size in (1, 3):
            for attempt in (1, 2, 9):
                for draw in (draw_value, readable_value, small_value):
                    value = draw(symbol, {"N": size}, attempt)
                    lacking = [name for name in symbol.properties - {"invertible"} if not has_property(value, name)]
                    found += [f"{draw.__name__} {names} {size} {attempt}: {name}" for name in lacking]
    return found


def test_every_value_has_what_is_declared() -> None:
    assert broken() == []


def test_so_it_is_in_a_browser(root: Path) -> None:
    path = os.pathsep.join(map(str, (root / STAND_IN, root / "generator", root)))
    script = "from tests.verification import test_imposed; print(test_imposed.np.__file__, test_imposed.broken())"
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": path},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [str(root / STAND_IN / "numpy" / "__init__.py"), "[]"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("orthogonal", [[0.6, -0.8], [0.8, 0.5]]),
        ("orthogonal", [[2.0, 0.0], [0.0, 0.5]]),
        ("lower-triangular", [[1.0, 2.0], [0.0, 1.0]]),
        ("upper-triangular", [[1.0, 0.0], [2.0, 1.0]]),
        ("skew-symmetric", [[1.0, 2.0], [-2.0, 0.0]]),
        ("correlation", [[1.0, 2.0], [2.0, 1.0]]),
        ("correlation", [[2.0, 0.5], [0.5, 1.0]]),
        ("unit-norm", [[1.0], [0.1]]),
        ("probability", [[1.5], [-0.5]]),
        ("mask", [[1.0], [0.5]]),
        ("one-hot", [[1.0], [1.0]]),
        ("one-hot", [[0.5], [0.5]]),
    ],
)
def test_values_that_lack_a_property_are_told(name: str, value: list[list[float]]) -> None:
    assert not has_property(np.array([value]), name)


def test_random_values_are_nothing_beyond_what_is_declared() -> None:
    """So that a formula that needs more than is declared does not pass."""
    for name, other in (
        ("unit-norm", "positive"),
        ("probability", "mask"),
        ("mask", "one-hot"),
        ("symmetric", "diagonal"),
    ):
        shape = vector("N") if ROWS[name].fits(vector("N")) else matrix("N", "N")
        symbol = n.symbol("x", shape, frozenset({name}))
        assert not all(has_property(draw_value(symbol, {"N": 4}, k), other) for k in range(8)), (name, other)
    turning = n.symbol("Q", matrix("N", "N"), frozenset({"orthogonal"}))
    signs = {round(float(np.linalg.det(draw_value(turning, {"N": 3}, k))[0])) for k in range(8)}
    assert signs == {1, -1}


def test_worked_examples_have_it_too() -> None:
    given = ["t in R^K one-hot", "z in R^K", "Q in R^(K x K) orthogonal"]
    point = example_point(derive(parse_statement(given, ["-t'*log(softmax(Q*z))"], "z")))
    assert point is not None
    assert sorted(point.values["t"].tolist()) == [0.0] * (len(point.values["t"]) - 1) + [1.0]
    assert point.values["Q"].T @ point.values["Q"] == pytest.approx(np.eye(len(point.values["t"])))
