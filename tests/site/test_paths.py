"""Paths with few characters: the same line for the eye, in relative coordinates."""

from __future__ import annotations

import re

import numpy as np
import pytest

from jacobook.site.plots.svg_paths import TOLERANCE, compact


def points(path: str) -> np.ndarray:
    """The corners of a path with one part."""
    place = np.zeros(2)
    found = []
    for command, numbers in re.findall(r"([Mlhv])([^Mlhvz]*)", path):
        values = [float(part) for part in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        step = {"h": [values[0], 0], "v": [0, values[0]]}.get(command, values)
        place = np.array(step) if command == "M" else place + step
        found.append(place)
    return np.array(found)


def test_straight_lines() -> None:
    assert compact("M 10 10 L 20 10 L 20 -0.04 L 19.5 -3.25 z") == "M10 10h10v-10l-.5-3.2z"


@pytest.mark.parametrize("path", ["M 1 1 C 2 2 3 3 4 4", "M 1 1 L 2", "A 1 1", "M 1 1 Q 1 2 3 4"])
def test_what_is_not_made_of_straight_lines_is_left(path: str) -> None:
    assert compact(path) is None


def test_a_curve_stays_where_it_was() -> None:
    across = np.linspace(0, 300, 481)
    down = 100 + 80 * np.sin(across / 20)
    drawn = "M " + " L ".join(f"{x:.4f} {y:.4f}" for x, y in zip(across, down, strict=True))
    short = compact(drawn)
    assert short is not None
    assert len(short) < len(drawn) / 4
    kept = points(short)
    off = np.abs(np.interp(across, kept[:, 0], kept[:, 1]) - down) / np.hypot(1, 4 * np.cos(across / 20))
    assert off.max() < TOLERANCE + 0.08


def test_rounding_does_not_add_up() -> None:
    drawn = "M 0 0 " + " ".join(f"L {0.33 * k:.2f} {(k % 2) * 5}" for k in range(1, 400))
    last = points(str(compact(drawn)))[-1]
    assert last == pytest.approx([0.33 * 399, 5], abs=0.06)


def test_several_parts_stay_apart() -> None:
    assert compact("M 0 0 L 1 1 M 5 5 L 6 6") == "M0 0l1 1M5 5l1 1"


def test_the_last_digit_of_a_coordinate_decides_nothing():
    """A processor that rounds in another way draws the same picture: of two points as far away the first is kept."""
    plateau = [(float(x), min(x, 40, 100 - x)) for x in range(0, 101, 4)]

    def path(*off: float) -> str:
        return "M " + " L ".join(f"{x} {y + off[step % 3]:.9f}" for step, (x, y) in enumerate(plateau))

    first, *others = [compact(path(*off)) for off in ((0, 0, 0), (1e-8, 0, 0), (0, 1e-8, 0), (0, 0, 1e-8))]
    assert first == "M0 0l40 40h20l40-40"
    assert others == [first] * 3
