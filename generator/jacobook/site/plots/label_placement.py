"""Where labels stand in a figure: beside their own curve, far from the others, inside the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jacobook.verification.numeric.array_operations import Array

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""
STRIDE = 5
ENOUGH = 26.0
"""Beyond this distance from everything else, a place is not better for being farther away."""
TOO_NEAR = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a label, in pixels."""

    x: float
    y: float


def places(curves: Sequence[Array], sizes: Sequence[tuple[float, float]], frame: Box) -> list[Place]:
    """Return a place for the label of every curve.

    `curves` hold points (k, 2) in pixels, not-a-number in gaps; `sizes` are the widths and heights of the labels. The
    place of each is the one beside its curve with the most room, farther to the right if several have enough.
    """
    inside = [_within(curve, frame) for curve in curves]
    taken: list[Box] = []
    found = []
    for own, (width, height) in enumerate(sizes):
        others = [points for number, points in enumerate(inside) if number != own]
        best, place = -np.inf, Place((frame[0] + frame[2]) / 2, (frame[1] + frame[3]) / 2)
        for candidate in _candidates(inside[own], width, height, frame):
            box = _box(candidate, width, height)
            room = min([_distance(box, points) for points in others], default=ENOUGH)
            room = min([room, *(_apart(box, other) for other in taken), ENOUGH])
            near = _distance(box, inside[own])
            score = room - (40 if near < TOO_NEAR else 0) + 8 * (candidate.x - frame[0]) / (frame[2] - frame[0])
            if score > best:
                best, place = score, candidate
        taken.append(_box(place, width, height))
        found.append(place)
    return found


def _within(points: Array, frame: Box) -> Array:
    x, y = points[:, 0], points[:, 1]
    keep = np.isfinite(y) & (x >= frame[0]) & (x <= frame[2]) & (y >= frame[1]) & (y <= frame[3])
    return np.asarray(points[keep])


def _candidates(points: Array, width: float, height: float, frame: Box) -> list[Place]:
    steps = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
    found = []
    for x, y in points[::STRIDE]:
        for dx, dy in steps:
            middle = Place(float(x + dx * (width / 2 + 5)), float(y + dy * (height / 2 + 5)))
            left, top, right, bottom = _box(middle, width, height)
            if left >= frame[0] + 2 and right <= frame[2] - 2 and top >= frame[1] + 2 and bottom <= frame[3] - 2:
                found.append(middle)
    return found


def _box(middle: Place, width: float, height: float) -> Box:
    return middle.x - width / 2, middle.y - height / 2, middle.x + width / 2, middle.y + height / 2


def _distance(box: Box, points: Array) -> float:
    if not len(points):
        return ENOUGH
    across = np.maximum(np.maximum(box[0] - points[:, 0], points[:, 0] - box[2]), 0)
    down = np.maximum(np.maximum(box[1] - points[:, 1], points[:, 1] - box[3]), 0)
    return float(np.min(np.hypot(across, down)))


def _apart(first: Box, second: Box) -> float:
    across = max(second[0] - first[2], first[0] - second[2])
    down = max(second[1] - first[3], first[1] - second[3])
    return max(across, down) if max(across, down) > 0 else -ENOUGH
