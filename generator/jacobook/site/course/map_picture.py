"""The map of the course as a picture: the pages in one line, and an arc from each to every page that needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

ROW = 64.0
"""The distance of two pages, from dot to dot."""
DOT = 13.0
_MARGIN = 16.0
_INK = "var(--md-default-fg-color, currentColor)"
_QUIET = "var(--md-default-fg-color--light, currentColor)"
_ACCENT = "var(--md-accent-fg-color, currentColor)"


def map_picture(titles: Mapping[str, str], needs: Mapping[str, Sequence[str]]) -> str:
    """Return the map as SVG, with a row for every title; an arc leads from what is needed to what needs it.

    The rows are those of a list that stands to the right of the picture. Raises ValueError where a page needs one that
    does not come before it: the course could not be read in its order.
    """
    places = {slug: place for place, slug in enumerate(titles)}
    arcs = [(places[needed], places[slug]) for slug in titles for needed in needs[slug]]
    if backward := next(((a, b) for a, b in arcs if a >= b), None):
        names = list(titles.values())
        raise ValueError(f"{names[backward[1]]} needs {names[backward[0]]}, which does not come before it")
    longest = max((b - a for a, b in arcs), default=1)
    width = _MARGIN + DOT + _reach(longest) + _MARGIN / 2
    x = width - _MARGIN / 2 - DOT
    parts = [_arc(x, _y(a), _y(b), b - a) for a, b in sorted(arcs, key=lambda arc: arc[0] - arc[1])]
    parts += [_dot(x, _y(place), str(place + 1)) for place in range(len(places))]
    said = "; ".join(
        f"{place + 1}, {titles[slug]}, needs {_listed([places[one] + 1 for one in needs[slug]])}"
        for slug, place in places.items()
    )
    height = ROW * len(places)
    # The style sheet says how high a row is: higher on a phone, where the list breaks into more lines.
    measures = f"--course-rows:{len(places)};--course-width:{width / ROW:g}"
    size = f'viewBox="0 0 {width:g} {height:g}" style="{measures}"'
    return f'<svg class="course-arcs" {size} role="img" aria-label="{escape(said)}.">{"".join(parts)}</svg>'


def _listed(numbers: Sequence[int]) -> str:
    return " and ".join(map(str, numbers)) or "nothing"


def _reach(steps: int) -> float:
    """Return how far an arc over so many rows swings out."""
    return 14.0 + 12.0 * (steps - 1) if steps > 1 else 0.0


def _y(place: int) -> float:
    return ROW * (place + 0.5)


def _arc(x: float, start: float, end: float, steps: int) -> str:
    """Return the way down from one page to another; that to the next one is straight."""
    if steps == 1:
        path = f"M{x:g} {start + DOT:g}V{end - DOT:g}"
    else:
        left, swing = x - DOT, _reach(steps) * 4 / 3
        path = f"M{left:g} {start:g}C{left - swing:g} {start + 8:g} {left - swing:g} {end - 8:g} {left:g} {end:g}"
    return f'<path d="{path}" fill="none" stroke="{_QUIET}" stroke-width="1.3"/>'


def _dot(x: float, y: float, number: str) -> str:
    circle = f'<circle cx="{x:g}" cy="{y:g}" r="{DOT:g}" fill="none" stroke="{_ACCENT}" stroke-width="1.5"/>'
    return f'{circle}<text x="{x:g}" y="{y + 4.5:g}" text-anchor="middle" font-size="13" fill="{_INK}">{number}</text>'
