"""Pictures of functions: a function with its derivative, with its Taylor polynomials, and contours with gradients.

Each picture is one SVG element as text, the same bytes on every build, with a caption. Numbers come from the evaluator
of the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Statement
from jacobook.calculus.derivation import Derivation, Prose
from jacobook.calculus.taylor import TaylorExpansion
from jacobook.language.printer import text
from jacobook.rendering.pictures.chain_data import Face, Label, TypeRun, plain, symbol_label
from jacobook.rendering.sentences import prose_text
from jacobook.site.entry_model import Plot
from jacobook.site.plots import figure as f
from jacobook.site.plots.constants import Constants, Given, PlotError, given_values
from jacobook.site.plots.contours import draw_arrows, draw_contours
from jacobook.site.plots.curves import NoValueError, curve, together, view
from jacobook.site.plots.label_placement import places
from jacobook.site.plots.picture import Picture, joined_up, plain_prose
from jacobook.verification.numeric.array_operations import Array, side_lengths
from jacobook.verification.points.sampling import sample

HEIGHT = 300
DASHES: tuple[tuple[float, ...], ...] = (
    (7, 3.5), (1, 2.6), (10, 3, 1.5, 3), (3.5, 2.5), (13, 4),
    (10, 3, 1.5, 3, 1.5, 3), (5, 2, 1, 2), (1, 5), (16, 3, 4, 3),
)  # fmt: skip
CELLS = 121
ARROWS = 9
NO_CONSTANTS: Constants = {}


@dataclass(frozen=True, slots=True)
class _Line:
    """A curve to be drawn: its label, its points, how it is painted and what the description calls that."""

    label: Label
    x: Array
    y: Array
    hue: str
    width: float
    dashes: tuple[float, ...] = ()
    opacity: float = 1.0


def plot(derivation: Derivation, expansion: TaylorExpansion | None, asked: Plot) -> Picture:
    """Return the picture that an entry asks for: contours for a function of a vector, else curves. Raises PlotError."""
    if derivation.statement.wrt.shape.is_scalar:
        if asked.levels or asked.arrows != "to scale":
            raise PlotError("levels and arrows are those of contours, which a function of a vector has")
        if expansion is not None:
            picture = taylor_plot(expansion, asked.start, asked.end, asked.values)
        else:
            picture = function_plot(derivation, asked.start, asked.end, asked.values)
    else:
        picture = contour_plot(
            derivation,
            asked.start,
            asked.end,
            asked.values,
            levels=asked.levels,
            equal_arrows=asked.arrows == "equally long",
        )
    return (
        picture if asked.note is None else replace(picture, caption=joined_up(picture.caption, plain_prose(asked.note)))
    )


def function_plot(
    derivation: Derivation, start: float, end: float, constants: Constants = NO_CONSTANTS, *, prefix: str = "plot"
) -> Picture:
    """Return the picture of a scalar function of a scalar and of its derivative.

    The function is drawn solid, its derivative dashed, each with its name beside it; where one has no value there is a
    gap. `constants` gives the values of the other declared variables by name, `prefix` makes the ids unique on a page.
    Raises PlotError where the statement, the range or the constants do not fit.
    """
    statement = derivation.statement
    _require_scalars(statement)
    function, name = statement.in_variables, symbol_label(statement.function)
    given = given_values(statement, [function, derivation.value_without_names], constants)
    prime = (*name, TypeRun("′", Face.ROMAN))
    lines = [
        _Line(name, *_curve((function,), statement.wrt, start, end, given), f.HUES[0], 2.6),
        _Line(
            prime,
            *_curve((derivation.value_without_names, function), statement.wrt, start, end, given),
            f.HUES[1],
            2.0,
            DASHES[0],
        ),
    ]
    title = f"The function {plain(name)} and its derivative"
    words = [
        f"{plain(name)}({statement.wrt.name}) = {text(function)} as a solid line{_values(lines[0])}.",
        f"Its derivative {text(derivation.value)} as a dashed line{_values(lines[1])}.",
    ]
    caption = Prose("The function {0}, solid, and its derivative, dashed", (statement.function,))
    heights = together(lines[0].y, lines[1].y)
    svg = _drawing(lines, statement, (start, end), heights, prefix, title, words, given)
    return Picture(svg, _with_constants(caption, given))


def taylor_plot(
    expansion: TaylorExpansion, start: float, end: float, constants: Constants = NO_CONSTANTS, *, prefix: str = "plot"
) -> Picture:
    """Return the picture of a function and of its Taylor polynomials of all degrees.

    The function is the broad line; polynomials that are equal share one line and one label. See `function_plot`.
    """
    statement = expansion.statement
    name, given = symbol_label(statement.function), given_values(statement, [expansion.function], constants)
    x, y = _curve((expansion.function,), statement.wrt, start, end, given)
    lines = [_Line(name, x, y, f.INK, 5.0, opacity=0.3)]
    groups: dict[Node, list[Label]] = {}
    for term in expansion.terms:
        groups.setdefault(term.polynomial, []).append(symbol_label(term.polynomial_symbol))
    words = [f"{plain(name)}({statement.wrt.name}) = {text(expansion.function)} as a broad line{_values(lines[0])}."]
    for place, (polynomial, labels) in enumerate(groups.items()):
        label = tuple(run for number, one in enumerate(labels) for run in ((TypeRun(" = "), *one) if number else one))
        points = _curve((polynomial,), statement.wrt, start, end, given)
        lines.append(_Line(label, *points, f.HUES[place % len(f.HUES)], 1.8, DASHES[place % len(DASHES)]))
        words.append(f"{plain(label)} = {text(polynomial)}.")
    low, high = view(y)
    at = float(expansion.at.value)
    here = _sampled(expansion.function, statement.wrt, np.full((1, 1, 1), at), given)
    room = 0.3 * (high - low)
    title = f"{plain(name)} and its Taylor polynomials at {statement.wrt.name} = {f.plain_number(at)}"
    point = (at, float(here.item())) if start <= at <= end else None
    limits = (low - room, high + room)
    values = (statement.function, statement.wrt, expansion.at)
    caption = Prose("The function {0}, the broad line, and its Taylor polynomials at {1} = {2}", values)
    svg = _drawing(lines, statement, (start, end), limits, prefix, title, words, given, point)
    return Picture(svg, _with_constants(caption, given))


def contour_plot(
    derivation: Derivation,
    start: float = -2,
    end: float = 2,
    constants: Constants = NO_CONSTANTS,
    *,
    levels: Sequence[float] = (),
    equal_arrows: bool = False,
    prefix: str = "plot",
) -> Picture:
    """Return the contour lines of a scalar function of a vector in R², with its gradient as arrows.

    Both components run from `start` to `end`. The contour lines stand at the `levels`, or at even steps. The arrows are
    drawn to one scale, or equally long where lengths differ too much to be seen. Raises PlotError where the statement,
    the range or the constants do not fit.
    """
    statement = derivation.statement
    of, wrt = statement.function, statement.wrt
    function = statement.in_variables
    given = given_values(statement, [function, derivation.value_without_names], constants)
    _require_plane(statement, given)
    _require_range(start, end)
    across = np.linspace(start, end, CELLS)
    surface = _on_grid(function, wrt, across, given)[..., 0, 0]
    spots = np.linspace(start, end, 2 * ARROWS + 1)[1::2]
    slopes = _on_grid(derivation.value_without_names, wrt, spots, given).reshape(ARROWS, ARROWS, 2)
    if not np.isfinite(surface).any():
        raise PlotError(f"{of.name} has no value there")
    low, high = (f.plain_number(float(edge)) for edge in (np.nanmin(surface), np.nanmax(surface)))
    for level in levels:
        if not np.nanmin(surface) < level < np.nanmax(surface):
            raise PlotError(f"there is no line at {level:g}: {of.name} goes from {low} to {high} here", "levels")
    length = "All arrows have the same length." if equal_arrows else "The longer the arrow, the faster {0} grows there."
    said = (
        "Contour lines of {0}, labelled with their values, and the gradient of {0} as arrows",
        "An arrow belongs to its midpoint: it is perpendicular to the contour line there and points "
        f"in the direction in which {{0}} grows fastest. {length}",
    )
    caption, arrows = (Prose(sentence, (of,)) for sentence in said)
    caption = joined_up(_with_constants(caption, given), arrows)
    title = f"Contour lines of {plain(symbol_label(of))} and its gradient"
    reach = (
        f"The components of {wrt.name} run from {f.plain_number(start)} to {f.plain_number(end)}, and the values of "
    )
    words = f"{of.name} = {text(function)}. {prose_text(caption)} {reach}{of.name} from {low} to {high}."
    with f.canvas(f.WIDTH - f.LEFT - f.RIGHT + f.TOP + f.BOTTOM) as (drawing, axes):
        axes.grid(visible=False)
        axes.set(xlim=(start, end), ylim=(start, end))
        labels = draw_contours(axes, across, surface, levels)
        draw_arrows(axes, spots, slopes, equal_arrows, labels)
        letter = TypeRun(plain(symbol_label(wrt)), Face.ITALIC)
        names = [(letter, TypeRun(str(place), Face.ROMAN, -1)) for place in (1, 2)]
        bottom = f.WIDTH - f.LEFT - f.RIGHT + f.TOP
        texts = f.label_svg(names[0], f.WIDTH - 8, bottom + 5, f.INK) + f.label_svg(names[1], 14, f.TOP + 24, f.INK)
        return Picture(f.written(drawing, texts, prefix, title, words), caption)


# -- what is drawn ----------------------------------------------------------------------------------------------------


def _require_scalars(statement: Statement) -> None:
    of, wrt = statement.function, statement.wrt
    if not (of.shape.is_scalar and wrt.shape.is_scalar):
        raise PlotError(
            f"a curve is that of a scalar function of a scalar; {of.name} is {of.shape.describe()} and {wrt.name} is "
            f"{wrt.shape.describe()}"
        )


def _require_plane(statement: Statement, given: Given) -> None:
    of, wrt = statement.function, statement.wrt
    if not of.shape.is_scalar or not wrt.shape.is_vector or side_lengths(wrt.shape, given.sizes)[0] != 2:
        raise PlotError(
            f"contours are those of a scalar function of a vector with 2 entries; {of.name} is {of.shape.describe()} "
            f"and {wrt.name} is {wrt.shape.describe()}"
        )


def _require_range(start: float, end: float) -> None:
    if not (np.isfinite(start) and np.isfinite(end) and start < end):
        raise PlotError(f"a range goes from a smaller to a larger number, not from {start} to {end}")


def _curve(nodes: tuple[Node, ...], wrt: Symbol, start: float, end: float, given: Given) -> tuple[Array, Array]:
    """Return the curve of the first expression where all have values: a derivative has none without its function."""
    _require_range(start, end)
    try:
        return curve(partial(_along, nodes, wrt, given), start, end)
    except NoValueError:
        limits = f"{f.plain_number(start)} to {f.plain_number(end)}"
        raise PlotError(f"{text(nodes[0])} has no value for {wrt.name} from {limits}") from None


def _along(nodes: tuple[Node, ...], wrt: Symbol, given: Given, x: Array) -> Array:
    first, *others = (_sampled(node, wrt, x.reshape(-1, 1, 1), given).reshape(-1) for node in nodes)
    for other in others:
        first = np.where(np.isfinite(other), first, np.nan)
    return first


def _on_grid(node: Node, wrt: Symbol, across: Array, given: Given) -> Array:
    """Return the values at all pairs of numbers: the second component down, the first across."""
    first, second = np.meshgrid(across, across)
    points = np.stack([first.ravel(), second.ravel()], axis=-1)[..., None]
    found = _sampled(node, wrt, points, given)
    return found.reshape(len(across), len(across), *found.shape[1:])


def _sampled(node: Node, wrt: Symbol, points: Array, given: Given) -> Array:
    try:
        return _settled(sample(node, {**given.values, wrt: points}, given.sizes))
    except ValueError as error:
        raise PlotError(f"{text(node)} cannot be drawn: {error}") from None


def _settled(values: Array) -> Array:
    """Return values to twelve digits: a line through a point of the grid turns on none that processors round apart."""
    largest = np.max(np.abs(values), where=np.isfinite(values), initial=0.0)
    digits = 12 - int(np.ceil(np.log10(largest))) if largest else 0
    return np.round(values, digits) + 0.0


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _drawing(
    lines: Sequence[_Line],
    statement: Statement,
    limits: tuple[float, float],
    heights: tuple[float, float],
    prefix: str,
    title: str,
    words: list[str],
    given: Given,
    point: tuple[float, float] | None = None,
) -> str:
    span = heights[1] - heights[0]
    with f.canvas(HEIGHT) as (drawing, axes):
        axes.set(xlim=limits, ylim=heights)
        for draw, low, high in ((axes.axhline, *heights), (axes.axvline, *limits)):
            if low < 0 < high:
                draw(0, color=f.AXIS, linewidth=1.2, zorder=1.5)
        tracks = []
        for line in lines:
            y = np.clip(line.y, heights[0] - span, heights[1] + span)
            style = {"color": line.hue, "linewidth": line.width, "alpha": line.opacity, "solid_capstyle": "round"}
            axes.plot(line.x, y, dashes=line.dashes or (None, None), **style)
            pixels = axes.transData.transform(np.column_stack([line.x, y]))
            tracks.append(np.column_stack([pixels[:, 0], HEIGHT - pixels[:, 1]]))
        if point is not None:
            axes.fill(*_disc(axes, point), color=f.INK, linewidth=0, zorder=5)
        frame = (f.LEFT, f.TOP, f.WIDTH - f.RIGHT, HEIGHT - f.BOTTOM)
        boxes = [(f.label_width(line.label), f.LABEL_SIZE) for line in lines]
        found = places(tracks, boxes, frame)
        texts = [
            f.label_svg(line.label, place.x, place.y + 0.33 * f.LABEL_SIZE, line.hue)
            for line, place in zip(lines, found, strict=True)
        ]
        texts.append(f.label_svg(symbol_label(statement.wrt), f.WIDTH - 10, HEIGHT - f.BOTTOM + 5, f.INK))
        reach = f" {statement.wrt.name} runs from {f.plain_number(limits[0])} to {f.plain_number(limits[1])}."
        description = " ".join(words) + reach + _say_constants(given)
        return f.written(drawing, "".join(texts), prefix, title, description)


def _disc(axes: f.Axes, point: tuple[float, float]) -> tuple[Array, Array]:
    """Return the outline of a small disc about a point of the plot, in its coordinates."""
    turn = np.linspace(0, 2 * np.pi, 25)[:-1]
    middle = axes.transData.transform(point)
    outline = middle + 3.6 * np.column_stack([np.cos(turn), np.sin(turn)])
    x, y = axes.transData.inverted().transform(outline).T
    return x, y


# -- in words ---------------------------------------------------------------------------------------------------------


def _values(line: _Line) -> str:
    finite = line.y[np.isfinite(line.y)]
    low, high = f.plain_number(float(finite.min())), f.plain_number(float(finite.max()))
    return f", at {low} throughout" if low == high else f", with values from {low} to {high}"


def _with_constants(caption: Prose, given: Given) -> Prose:
    """Return the sentence with the values of the constants, and its full stop."""
    words = given.words()
    ending = (Prose("."),) if words is None else (Prose(", for "), words, Prose("."))
    return joined_up(caption, *ending, sign="")


def _say_constants(given: Given) -> str:
    words = given.words()
    return f" Here {prose_text(words)}." if words is not None else ""
