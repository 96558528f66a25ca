"""Shapes as small pictures: a dot, a tall box, a flat box, a rectangle; products and sums with the sizes that meet.

A size is drawn as a whole number of cells, the same number wherever it stands in a picture, so that boxes which fit
each other also look as if they do. Every picture says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from jacobook.algebra.shapes import Dimension, Shape, ShapeError, matrix, product_shape, vector
from jacobook.rendering.pictures.chain_data import Label, TypeRun, plain
from jacobook.rendering.pictures.chain_layout import width_of
from jacobook.rendering.pictures.chain_svg import label_runs
from jacobook.rendering.shape_words import dimension_text, shape_text

UNIT = 15.0
"""The side of a cell: how long a size of 1 is drawn."""
FEWEST_CELLS = 3
"""The cells of the first size name; each further name has one more."""

SIZE_TEXT, NAME_TEXT, SIGN_TEXT = 13.0, 16.0, 18.0
_MARGIN, _GAP = 3.0, 30.0
_INK = "var(--md-default-fg-color, currentColor)"
_LIGHT = "var(--md-default-fg-color--light, currentColor)"
_GRID = "var(--md-default-fg-color--lightest, currentColor)"
_SURFACE = "var(--jb-surface, none)"
_TINT = "color-mix(in srgb, var(--jb-result, currentColor) 20%, transparent)"
_GOOD = "var(--jb-good, currentColor)"
_WRONG = "var(--jb-wrong, currentColor)"
_FONT = "'STIX Two Math', 'Cambria Math', 'Times New Roman', serif"

Cells = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of a product or a term of a sum: its shape, and the name that stands above it."""

    shape: Shape
    label: Label = ()


def drawn_cells(shapes: Iterable[Shape]) -> dict[str, int]:
    """Return how many cells each size name is drawn with, a different number for each name."""
    names = sorted({name for shape in shapes for one in (shape.rows, shape.columns) for name in one.names})
    return {name: FEWEST_CELLS + place for place, name in enumerate(names)}


def shape_svg(shape: Shape, cells: Cells | None = None) -> str:
    """Return one shape as an SVG element, with a size on the edge of each of its indices.

    A scalar has no index and is a dot, a vector has a size at its left, a row above, a matrix both. `cells` says how
    many cells each size name is drawn with, for several pictures that are to agree; KeyError for a name it lacks.
    """
    cells = drawn_cells([shape]) if cells is None else cells
    width, height = _box_size(shape, cells)
    rows = dimension_text(shape.rows) if shape.is_vector or shape.is_matrix else ""
    columns = dimension_text(shape.columns) if shape.is_row or shape.is_matrix else ""
    left = _MARGIN + (_text_width(rows) + 6 if rows else 0.0)
    top = _MARGIN + (SIZE_TEXT + 3 if columns else 0.0)
    parts = [_thing(shape, left, top, cells)]
    if rows:
        parts.append(_text(rows, left - 6, top + height / 2 + SIZE_TEXT * 0.33, anchor="end"))
    if columns:
        parts.append(_text(columns, left + width / 2, top - 5))
    # A size above a narrow box is wider than the box.
    beyond = max(width, width / 2 + _text_width(columns) / 2)
    return _svg(parts, left + beyond + _MARGIN, top + height + _MARGIN, _sentence(_in_words(shape)))


def product_svg(factors: Sequence[Factor], cells: Cells | None = None, result: Label = ()) -> str:
    """Return a product as boxes side by side, with the inner sizes joined where they meet, and what results.

    Whether neighbours fit is asked of the algebra, from left to right. Where they do not, the picture says so and
    ends without a result.
    """
    running: Shape | None = factors[0].shape
    joints: list[_Joint] = []
    for before, factor in pairwise(factors):
        left = before.shape if running is None else running
        try:
            found: Shape | None = product_shape(left, factor.shape)
        except ShapeError:
            found = None
        meets = not left.is_scalar and not factor.shape.is_scalar
        joints.append(_Joint(fits=found is not None, sizes=(left.columns, factor.shape.rows) if meets else None))
        running = found if running is not None else None
    words = " times ".join(_in_words(factor.shape) for factor in factors)
    said = [_meeting(joint) for joint in joints if joint.sizes]
    return _row_of_boxes(factors, joints, running, result, cells, "", [words, *said])


def sum_svg(terms: Sequence[Factor], cells: Cells | None = None, result: Label = ()) -> str:
    """Return a sum as boxes side by side; terms of different shapes are marked, and nothing results."""
    joints = []
    said = []
    for before, term in pairwise(terms):
        fits = before.shape == term.shape
        joints.append(_Joint(fits, (before.shape.rows, term.shape.rows), whole=True))
        if not fits:
            said.append(f"{_in_words(before.shape)} and {_in_words(term.shape)} cannot be added")
    total = terms[0].shape if all(joint.fits for joint in joints) else None
    words = " plus ".join(_in_words(term.shape) for term in terms)
    return _row_of_boxes(terms, joints, total, result, cells, "+", [words, *said])


def vec_svg(rows: Dimension, columns: Dimension, cells: Cells | None = None) -> str:
    """Return a matrix and, beside it, its columns stacked into one vector, each column marked in both."""
    before, after = matrix(rows, columns), vector(rows * columns)
    cells = drawn_cells([before]) if cells is None else cells
    count, drawn = columns.value(dict(cells)), rows.value(dict(cells)) * UNIT
    marks = _column_marks(columns, count)
    width, height = count * UNIT, count * drawn
    left, top = _MARGIN + 16.0, _MARGIN + SIZE_TEXT + 4
    middle = top + height / 2
    upper = middle - drawn / 2
    parts = []
    stack = left + width + 2 * _GAP + 24
    for place, mark in enumerate(marks):
        fill = _SURFACE if place % 2 else _TINT
        parts.append(_rectangle(left + place * UNIT, upper, UNIT, drawn, fill))
        parts.append(_text(mark, left + (place + 0.5) * UNIT, upper - 5, size=SIZE_TEXT - 1))
        parts.append(_rectangle(stack, top + place * drawn, UNIT, drawn, fill))
        parts.append(_text(mark, stack + UNIT + 6, top + (place + 0.5) * drawn + 4, "start", size=SIZE_TEXT - 1))
    parts.append(_grid(before, left, upper, cells, frame=False) + _brackets(left, upper, width, drawn))
    parts.append(_grid(after, stack, top, cells))
    for number in range(1, count):
        parts.append(f'<path d="M{_n(stack)} {_n(top + number * drawn)}h{_n(UNIT)}" stroke="{_LIGHT}"/>')
    arrow = left + width + _GAP / 2 + 6
    parts.append(_text("vec", arrow + 16, middle - 8, fill=_INK))
    head = f"M{_n(arrow)} {_n(middle)}h32m-7 -4l7 4l-7 4"
    parts.append(f'<path d="{head}" fill="none" stroke="{_LIGHT}" stroke-width="1.5"/>')
    base = top + height + SIZE_TEXT + 8
    parts.append(_text(shape_text(before), left + width / 2, upper + drawn + SIZE_TEXT + 8))
    parts.append(_text(shape_text(after), stack + UNIT / 2, base))
    said = f"{_sentence(_in_words(before))} and its vec: the columns stacked into {_in_words(after)}, the first on top"
    right = stack + max(UNIT + 8 + _text_width(marks[-1]), UNIT / 2 + _text_width(shape_text(after)) / 2)
    return _svg(parts, right + _MARGIN, base + 6, said)


# --- The parts of a picture ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Joint:
    """Where two neighbours meet: whether they fit, and which sizes meet there (none beside a scalar)."""

    fits: bool
    sizes: tuple[Dimension, Dimension] | None
    whole: bool = False
    """Whether the shapes meet as wholes, as in a sum, and not by their inner sizes."""

    @property
    def sign(self) -> str:
        """Return what stands between the sizes; equal sizes that do not fit differ in kind."""
        if self.fits:
            return "="
        return "✗" if self.sizes and self.sizes[0] == self.sizes[1] and not self.whole else "≠"


def _meeting(joint: _Joint) -> str:
    assert joint.sizes is not None
    columns, rows = (dimension_text(size) for size in joint.sizes)
    one = "column meets" if columns == "1" else "columns meet"
    met = f"{columns} {one} {rows} {'row' if rows == '1' else 'rows'}"
    return met if joint.fits else f"{met}, which does not fit"


def _row_of_boxes(
    things: Sequence[Factor],
    joints: Sequence[_Joint],
    outcome: Shape | None,
    result: Label,
    cells: Cells | None,
    operator: str,
    said: list[str],
) -> str:
    """Return boxes on one line, names above, shapes below, and under them what meets what."""
    shown = [*things, *([Factor(outcome, result)] if outcome else [])]
    cells = drawn_cells([one.shape for one in shown]) if cells is None else cells
    tallest = max(_box_size(one.shape, cells)[1] for one in shown)
    top = _MARGIN + (NAME_TEXT + 6 if any(one.label for one in shown) else 0.0)
    middle, base = top + tallest / 2, top + tallest + SIZE_TEXT + 8
    parts, centres, x = [], [], _MARGIN
    for place, one in enumerate(shown):
        width, height = _box_size(one.shape, cells)
        below = _shape_words(one.shape)
        slot = max(width, _text_width(below), width_of(one.label, NAME_TEXT))
        sign = "" if place == 0 else operator if place < len(things) else "="
        gap = 0.0 if place == 0 else _GAP if sign else _GAP / 2
        if sign:
            parts.append(_text(sign, x + gap / 2, middle + SIGN_TEXT * 0.33, size=SIGN_TEXT, fill=_INK))
        centre = x + gap + slot / 2
        parts.append(_thing(one.shape, centre - width / 2, middle - height / 2, cells))
        if one.label:
            name = label_runs(one.label, NAME_TEXT)
            parts.append(_raw_text(name, centre, middle - height / 2 - 6, "middle", NAME_TEXT, _INK))
        centres.append(centre)
        x += gap + slot
    for place, one in enumerate(shown):
        left = joints[place - 1] if 0 < place < len(things) else None
        right = joints[place] if place < len(joints) else None
        parts.append(_shape_below(one.shape, centres[place], base, left, right))
    for place, joint in enumerate(joints):
        if joint.sizes:
            parts.append(_bracket(joint, things[place : place + 2], centres[place : place + 2], base))
    bottom = base + (SIZE_TEXT + 16 if any(joint.sizes for joint in joints) else 4)
    if outcome:
        names = f", {plain(result)}" if result else ""
        said.append(f"the result is {_in_words(outcome)}{names}")
    return _svg(parts, x + _MARGIN, bottom + _MARGIN, _sentence("; ".join(said)))


def _shape_words(shape: Shape) -> str:
    return "scalar" if shape.is_scalar else shape_text(shape)


def _shape_below(shape: Shape, centre: float, base: float, left: _Joint | None, right: _Joint | None) -> str:
    """Return `rows×columns` below a box, the sizes that meet a neighbour in bold."""
    if shape.is_scalar:
        return _text("scalar", centre, base)
    whole = next((joint for joint in (left, right) if joint and joint.whole and not joint.fits), None)
    faces = []
    for size, joint in ((shape.rows, left), (shape.columns, right)):
        joint = whole or (joint if joint and not joint.whole and joint.sizes else None)
        mark = f' font-weight="bold" fill="{_GOOD if joint.fits else _WRONG}"' if joint else ""
        faces.append(f"<tspan{mark}>{escape(dimension_text(size))}</tspan>")
    return _raw_text("×".join(faces), centre, base, "middle", SIZE_TEXT, _LIGHT)


def _bracket(joint: _Joint, pair: Sequence[Factor], centres: Sequence[float], base: float) -> str:
    """Return the line below two shapes from one inner size to the other, with the sign of the verdict."""
    start, end = centres
    if not joint.whole:
        for_left, for_right = (_shape_words(one.shape) for one in pair)
        start += (_text_width(for_left) - _text_width(dimension_text(pair[0].shape.columns))) / 2
        end -= (_text_width(for_right) - _text_width(dimension_text(pair[1].shape.rows))) / 2
    colour = _GOOD if joint.fits else _WRONG
    line = f'<path d="M{_n(start)} {_n(base + 4)}v5H{_n(end)}v-5" fill="none" stroke="{colour}" stroke-width="1.3"/>'
    return line + _text(joint.sign, (start + end) / 2, base + SIZE_TEXT + 9, fill=colour, extra=' font-weight="bold"')


def _column_marks(columns: Dimension, count: int) -> list[str]:
    """Return what the columns are called: numbers, or `1, 2, ⋯, N` where their number is a name."""
    numbers = [str(number) for number in range(1, count + 1)]
    if columns.names and count > 1:
        numbers[-1] = dimension_text(columns)
        if count > 2:
            numbers[-2] = "⋯"
    return numbers


def _box_size(shape: Shape, cells: Cells) -> tuple[float, float]:
    """Return the drawn width and height."""
    return shape.columns.value(dict(cells)) * UNIT, shape.rows.value(dict(cells)) * UNIT


def _thing(shape: Shape, left: float, top: float, cells: Cells) -> str:
    """Return a shape without words: what has one index is round at its corners, a matrix has brackets."""
    width, height = _box_size(shape, cells)
    if shape.is_scalar:
        return f'<circle cx="{_n(left + width / 2)}" cy="{_n(top + height / 2)}" r="3.5" fill="{_INK}"/>'
    if shape.is_matrix:
        frame = _rectangle(left, top, width, height, _SURFACE)
        return frame + _grid(shape, left, top, cells, frame=False) + _brackets(left, top, width, height)
    return _rectangle(left, top, width, height, _SURFACE, round_by=4) + _grid(shape, left, top, cells)


def _rectangle(left: float, top: float, width: float, height: float, fill: str, round_by: int = 0) -> str:
    place = f'x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}"'
    corners = f' rx="{round_by}"' if round_by else ""
    return f'<rect {place}{corners} fill="{fill}"/>'


def _grid(shape: Shape, left: float, top: float, cells: Cells, frame: bool = True) -> str:
    """Return the lines between the cells, and the frame around them."""
    width, height = _box_size(shape, cells)
    lines = [f"M{_n(left + k * UNIT)} {_n(top)}v{_n(height)}" for k in range(1, round(width / UNIT))]
    lines += [f"M{_n(left)} {_n(top + k * UNIT)}h{_n(width)}" for k in range(1, round(height / UNIT))]
    drawn = f'<path d="{"".join(lines)}" stroke="{_GRID}"/>' if lines else ""
    if frame:
        place = f'x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}"'
        drawn += f'<rect {place} rx="4" fill="none" stroke="{_LIGHT}" stroke-width="1.2"/>'
    return drawn


def _brackets(left: float, top: float, width: float, height: float) -> str:
    right = left + width
    path = f"M{_n(left + 4)} {_n(top)}H{_n(left)}v{_n(height)}h4M{_n(right - 4)} {_n(top)}H{_n(right)}v{_n(height)}h-4"
    return f'<path d="{path}" fill="none" stroke="{_INK}" stroke-width="1.6"/>'


def _text(
    words: str,
    x: float,
    y: float,
    anchor: str = "middle",
    size: float = SIZE_TEXT,
    fill: str = _LIGHT,
    extra: str = "",
) -> str:
    return _raw_text(escape(words), x, y, anchor, size, fill, extra)


def _raw_text(inside: str, x: float, y: float, anchor: str, size: float, fill: str, extra: str = "") -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" text-anchor="{anchor}" fill="{fill}"'
    return f"<text {place}{extra}>{inside}</text>"


def _text_width(words: str) -> float:
    return width_of((TypeRun(words),), SIZE_TEXT)


def _in_words(shape: Shape) -> str:
    return shape.describe().replace("*", "·")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _svg(parts: Iterable[str], width: float, height: float, title: str) -> str:
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="shape-picture" {size} '
        f'style="max-width: 100%; height: auto" role="img"><title>{escape(title)}</title>'
        f'<g font-family="{_FONT}">{"".join(parts)}</g></svg>'
    )


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
