"""Paths of a drawing with few characters: points that lie on a straight line are left out, the others are relative."""

from __future__ import annotations

import re

import numpy as np

from jacobook.verification.numeric.array_operations import Array

TOLERANCE = 0.1
"""Pixels by which a line may leave the points it was drawn through: less than what a screen shows."""
FEW = 12
"""The outline of a small shape keeps all its corners."""
_PIECE = re.compile(r"[MLz]|-?[\d.]+(?:e[-+]?\d+)?")


def compact(path: str) -> str | None:
    """Return the path of straight lines in relative coordinates of one digit; None for a path with anything else.

    `M 10 10 L 20 10 L 30 10 z` gives `M10 10h20z`.
    """
    pieces = _PIECE.findall(path)
    if "".join(pieces) != "".join(path.split()):
        return None
    written = []
    for part in re.findall(r"M[^M]*", " ".join(pieces)):
        numbers = [float(one) for one in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", part)]
        if len(numbers) % 2 or part.count("L") != len(numbers) // 2 - 1:
            return None
        points = np.array(numbers).reshape(-1, 2)
        points = _kept(points) if len(points) > FEW else points
        written.append(_relative(points) + ("z" if part.rstrip().endswith("z") else ""))
    return "".join(written)


def _kept(points: Array) -> Array:
    """Return the points without those that a line between their neighbours passes closely (Douglas–Peucker)."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        along = points[last] - points[first]
        away = points[first + 1 : last] - points[first]
        length = np.hypot(*along)
        distance = np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / length if length else np.hypot(*away.T)
        # Rounded: of two points as far away the first is kept, whatever a processor makes of the last digit.
        distance = np.round(distance, 3)
        farthest = int(np.argmax(distance))
        if distance[farthest] > TOLERANCE:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return np.asarray(points[keep])


def _relative(points: Array) -> str:
    tenths = np.rint(points * 10).astype(int)
    written = f"M{_number(tenths[0][0])} {_number(tenths[0][1])}"
    for across, down in np.diff(tenths, axis=0):
        if across and down:
            written += f"l{_number(across)} {_number(down)}".replace(" -", "-")
        elif across or down:
            written += f"h{_number(across)}" if across else f"v{_number(down)}"
    return written


def _number(tenths: int) -> str:
    whole, rest = divmod(abs(int(tenths)), 10)
    return f"{'-' if tenths < 0 else ''}{whole or (0 if not rest else '')}{f'.{rest}' if rest else ''}"
