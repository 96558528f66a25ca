"""Contour lines with their numbers, and gradients as arrows, drawn into the axes of a figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jacobook.site.plots import figure as f
from jacobook.site.plots.curves import view
from jacobook.verification.numeric.array_operations import Array

LEVELS = 12
OFF_FRAME, APART, SHORT = 28.0, 70.0, 30.0
"""How far the numbers of contour lines keep from the frame and from each other if they can; short lines have none."""


CLEAR = 20.0
"""How far an arrow keeps from the middle of a number."""
Spots = list[tuple[float, float]]


def draw_contours(axes: f.Axes, across: Array, surface: Array, levels: Sequence[float] = ()) -> Spots:
    """Draw contour lines of the values on a grid, each with its number on it, at even steps if no levels are given.

    Returns where the middles of the numbers are.
    """
    from matplotlib.ticker import MaxNLocator

    if not levels:
        low, high = view(surface)
        margin = 0.06 * (high - low) / 1.12
        levels = MaxNLocator(LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(low + margin, high - margin)
    drawn = axes.contour(
        across,
        across,
        np.ma.masked_invalid(surface),
        levels=np.unique(levels),
        colors=f.HUES[0],
        linewidths=1.5,
        linestyles="solid",
    )
    spots = _label_spots(axes, drawn.allsegs)
    if spots:
        kind = {"fmt": f.plain_number, "fontsize": f.TICK_SIZE, "colors": f.INK, "zorder": 6}
        axes.clabel(drawn, inline_spacing=3, manual=spots, **kind)
    return spots


def _label_spots(axes: f.Axes, segments: Sequence[Sequence[Array]]) -> Spots:
    """Return a point on a line of every level, off the frame and far from the points of the other levels."""
    low, high = axes.transData.transform([(edge, edge) for edge in axes.get_xlim()])
    taken: list[Array] = []
    found = []
    for lines in segments:
        long = [line for line in lines if len(line) and np.ptp(axes.transData.transform(line), axis=0).max() > SHORT]
        if not long:
            continue
        points = np.concatenate(long)
        pixels = axes.transData.transform(points)
        inside = np.all((pixels > low + OFF_FRAME) & (pixels < high - OFF_FRAME), axis=-1)
        if not inside.any():
            continue
        along = np.gradient(pixels, axis=0) if len(pixels) > 1 else np.zeros_like(pixels)
        steep = np.abs(along[:, 1]) > 1.5 * np.abs(along[:, 0])  # an upright 0.9 is easily read as 6.0
        points, pixels, steep = points[inside], pixels[inside], steep[inside]
        room = np.where(steep, APART / 2, APART)
        for other in taken:
            room = np.minimum(room, np.hypot(*(pixels - other).T))
        best = int(np.argmax(np.round(room, 3)))
        taken.append(pixels[best])
        found.append((float(points[best][0]), float(points[best][1])))
    return found


def draw_arrows(axes: f.Axes, spots: Array, slopes: Array, equal: bool = False, labels: Spots | None = None) -> None:
    """Draw the slopes (k, k, 2) at all pairs of k evenly spaced numbers as arrows that do not overlap.

    They have one scale, or are equally long. An arrow that would touch a label is left out.
    """
    if equal:
        lengths = np.hypot(slopes[..., :1], slopes[..., 1:])
        slopes = np.divide(slopes, lengths, out=np.zeros_like(slopes), where=lengths > 0)
    longest = float(np.nanmax(np.hypot(slopes[..., 0], slopes[..., 1]), initial=0.0))
    if not longest:
        return
    scale = 0.95 * (spots[1] - spots[0]) / longest
    x, y = np.meshgrid(spots, spots)
    known = np.isfinite(slopes).all(axis=-1) & (slopes != 0).any(axis=-1)
    known &= _is_clear(axes, np.stack([x, y], axis=-1), np.nan_to_num(slopes) * scale, labels or [])
    arrow = {"angles": "xy", "scale_units": "xy", "scale": 1, "units": "dots", "width": 1.7, "pivot": "mid"}
    head = {"headwidth": 4.6, "headlength": 5.5, "headaxislength": 5, "minlength": 1.2, "zorder": 4}
    ends = (slopes[..., 0][known] * scale, slopes[..., 1][known] * scale)
    axes.quiver(x[known], y[known], *ends, color=f.HUES[1], **arrow, **head)


def _is_clear(axes: f.Axes, middles: Array, lengths: Array, labels: Spots) -> Array:
    """Return which of the arrows keep clear of all labels: no point of theirs comes near the middle of one."""
    clear = np.ones(middles.shape[:-1], dtype=bool)
    for label in axes.transData.transform(labels) if labels else ():
        for part in np.linspace(-0.5, 0.5, 9):
            points = (middles + part * lengths).reshape(-1, 2)
            away = np.hypot(*(axes.transData.transform(points) - label).T)
            clear &= (away > CLEAR).reshape(clear.shape)
    return clear
