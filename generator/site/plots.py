"""Pictures of functions: a function with its derivative, with its Taylor polynomials, and contours with gradients.

Each picture is one SVG element as text, the same bytes on every build. Numbers come from the evaluator of the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from generator.algebra.nodes import Node, Symbol
from generator.algebra.statement import Statement
from generator.calculus.derivation import Derivation
from generator.calculus.taylor import TaylorExpansion, in_variables
from generator.rendering.chain import Face, Label, Run, plain, symbol_label
from generator.rendering.text import text
from generator.site import figure as f
from generator.site.contours import draw_arrows, draw_contours
from generator.site.curves import NoValueError, curve, together, view
from generator.site.placing import places
from generator.verification.evaluate import inward
from generator.verification.instances import draw_value, size_names
from generator.verification.operations import Array, Sizes, extent
from generator.verification.sampling import sample

HEIGHT = 300
DASHES: tuple[tuple[float, ...], ...] = (
    (7, 3.5), (1, 2.6), (10, 3, 1.5, 3), (3.5, 2.5), (13, 4), (10, 3, 1.5, 3, 1.5, 3), (5, 2, 1, 2), (1, 5), (16, 3, 4, 3),
)  # fmt: skip
CELLS = 81
ARROWS = 9
Constants = Mapping[str, ArrayLike]


class PlotError(ValueError):
    """What is asked for cannot be drawn; the message says why, and what would fit."""


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


def function_plot(
    derivation: Derivation, start: float, end: float, constants: Constants | None = None, *, prefix: str = "plot"
) -> str:
    """Return the picture of a scalar function of a scalar and of its derivative, as an SVG element.

    The function is drawn solid, its derivative dashed, each with its name beside it; where one has no value there is a
    gap. `constants` gives the values of the other declared variables by name, `prefix` makes the ids unique on a page.
    Raises PlotError where the statement, the range or the constants do not fit.
    """
    statement = derivation.statement
    _require_scalars(statement)
    function, name = in_variables(statement), symbol_label(statement.function)
    given = _constants(statement, constants)
    prime = (*name, Run("′", Face.ROMAN))
    lines = [
        _Line(name, *_curve((function,), statement.wrt, start, end, given), f.HUES[0], 2.6),
        _Line(prime, *_curve((derivation.value, function), statement.wrt, start, end, given), f.HUES[1], 2.0, DASHES[0]),
    ]
    title = f"The function {plain(name)} and its derivative"
    words = [
        f"{plain(name)}({statement.wrt.name}) = {text(function)} as a solid line{_values(lines[0])}.",
        f"Its derivative {text(derivation.value)} as a dashed line{_values(lines[1])}.",
    ]
    return _picture(lines, statement, (start, end), together(lines[0].y, lines[1].y), prefix, title, words, constants)


def taylor_plot(
    expansion: TaylorExpansion, start: float, end: float, constants: Constants | None = None, *, prefix: str = "plot"
) -> str:
    """Return the picture of a function and of its Taylor polynomials of all degrees, as an SVG element.

    The function is the broad line; polynomials that are equal share one line and one label. See `function_plot`.
    """
    statement = expansion.statement
    name, given = symbol_label(statement.function), _constants(statement, constants)
    x, y = _curve((expansion.function,), statement.wrt, start, end, given)
    lines = [_Line(name, x, y, f.INK, 5.0, opacity=0.3)]
    groups: dict[Node, list[Label]] = {}
    for term in expansion.terms:
        groups.setdefault(term.polynomial, []).append(symbol_label(term.polynomial_symbol))
    words = [f"{plain(name)}({statement.wrt.name}) = {text(expansion.function)} as a broad line{_values(lines[0])}."]
    for place, (polynomial, labels) in enumerate(groups.items()):
        label = tuple(run for number, one in enumerate(labels) for run in ((Run(" = "), *one) if number else one))
        points = _curve((polynomial,), statement.wrt, start, end, given)
        lines.append(_Line(label, *points, f.HUES[place % len(f.HUES)], 1.8, DASHES[place % len(DASHES)]))
        words.append(f"{plain(label)} = {text(polynomial)}.")
    low, high = view(y)
    at = float(expansion.at.value)
    here = sample(expansion.function, {**given, statement.wrt: np.full((1, 1, 1), at)}, {})
    room = 0.3 * (high - low)
    title = f"{plain(name)} and its Taylor polynomials at {statement.wrt.name} = {f.plain_number(at)}"
    point = (at, float(here.item())) if start <= at <= end else None
    limits = (low - room, high + room)
    return _picture(lines, statement, (start, end), limits, prefix, title, words, constants, point)


def contour_plot(
    derivation: Derivation,
    start: float = -2,
    end: float = 2,
    constants: Constants | None = None,
    *,
    prefix: str = "plot",
) -> str:
    """Return the contour lines of a scalar function of a vector in R², with its gradient as arrows, as an SVG element.

    Both components run from `start` to `end`. All sizes are 2; constants that are not given are drawn at random from
    their names and properties, so that they are the same on every build. The arrows are drawn to one scale. Raises
    PlotError where the statement, the range or the constants do not fit.
    """
    statement = derivation.statement
    of, wrt = statement.function, statement.wrt
    function = in_variables(statement)
    sizes = {name: 2 for name in size_names([function, derivation.value, *statement.declarations])}
    if not of.shape.is_scalar or not wrt.shape.is_vector or extent(wrt.shape, sizes)[0] != 2:
        raise PlotError(
            f"contours are those of a scalar function of a vector with 2 entries; {of.name} is {of.shape.describe()} and "
            f"{wrt.name} is {wrt.shape.describe()}"
        )
    _require_range(start, end)
    given = _constants(statement, constants, sizes)
    across = np.linspace(start, end, CELLS)
    surface = _on_grid(function, wrt, across, given, sizes)[..., 0, 0]
    spots = np.linspace(start, end, 2 * ARROWS + 1)[1::2]
    slopes = _on_grid(derivation.value, wrt, spots, given, sizes).reshape(ARROWS, ARROWS, 2)
    if not np.isfinite(surface).any():
        raise PlotError(f"{of.name} has no value there")
    title = f"Contour lines of {plain(symbol_label(of))} and its gradient"
    description = [f"{of.name} = {text(function)} for components of {wrt.name} from {f.plain_number(start)} to "]
    description[0] += f"{f.plain_number(end)}. Each contour line is marked with its value; arrows show the gradient, which "
    description[0] += "stands at right angles to the contour lines and points to where the function grows fastest."
    names_drawn = [symbol.name for symbol in given if symbol.name not in (constants or {})]
    drawn = f" The values of {', '.join(names_drawn)} are drawn at random." if names_drawn else ""
    with f.canvas(f.WIDTH - f.LEFT - f.RIGHT + f.TOP + f.BOTTOM) as (drawing, axes):
        axes.grid(visible=False)
        axes.set(xlim=(start, end), ylim=(start, end))
        draw_contours(axes, across, surface)
        draw_arrows(axes, spots, slopes)
        letter = Run(plain(symbol_label(wrt)), Face.ITALIC)
        names = [(letter, Run(str(place), Face.ROMAN, -1)) for place in (1, 2)]
        bottom = f.WIDTH - f.LEFT - f.RIGHT + f.TOP
        texts = f.label_svg(names[0], f.WIDTH - 8, bottom + 5, f.INK) + f.label_svg(names[1], 14, f.TOP + 24, f.INK)
        return f.written(drawing, texts, prefix, title, " ".join(description) + _say_constants(constants) + drawn)


# -- what is drawn ----------------------------------------------------------------------------------------------------


def _require_scalars(statement: Statement) -> None:
    of, wrt = statement.function, statement.wrt
    if not (of.shape.is_scalar and wrt.shape.is_scalar):
        raise PlotError(
            f"a curve is that of a scalar function of a scalar; {of.name} is {of.shape.describe()} and {wrt.name} is "
            f"{wrt.shape.describe()}"
        )


def _require_range(start: float, end: float) -> None:
    if not (np.isfinite(start) and np.isfinite(end) and start < end):
        raise PlotError(f"a range goes from a smaller to a larger number, not from {start} to {end}")


def _constants(
    statement: Statement, values: Constants | None, drawn_sizes: Sizes | None = None
) -> dict[Symbol, Array]:
    """Return the values of all declared variables but the one of the axis; with sizes, those not given are drawn."""
    given = dict(values or {})
    found: dict[Symbol, Array] = {}
    for symbol in statement.declarations:
        value = given.pop(symbol.name, None)
        if symbol is statement.wrt:
            continue
        if value is not None:
            found[symbol] = _constant(symbol, value, drawn_sizes or {})
        elif drawn_sizes is not None:
            found[symbol] = draw_value(symbol, drawn_sizes, 0)
        elif symbol in in_variables(statement).symbols:
            raise PlotError(f"a curve needs a value of {symbol.name}: with: {{{symbol.name}: 1}}")
    if given:
        declared = ", ".join(symbol.name for symbol in statement.declarations if symbol is not statement.wrt)
        raise PlotError(f"{next(iter(given))} is no constant of this function; declared are: {declared or 'none'}")
    return found


def _constant(symbol: Symbol, value: ArrayLike, sizes: Sizes) -> Array:
    try:
        array = inward(np.asarray(value, dtype=float), symbol.shape)
    except ValueError as error:
        raise PlotError(f"the value of {symbol.name} does not fit: {error}") from None
    if symbol.shape.is_scalar or array.shape[1:] == extent(symbol.shape, sizes):
        return array
    raise PlotError(f"the value of {symbol.name} has shape {array.shape[1:]} instead of {extent(symbol.shape, sizes)}")


def _curve(
    nodes: tuple[Node, ...], wrt: Symbol, start: float, end: float, given: Mapping[Symbol, Array]
) -> tuple[Array, Array]:
    """Return the curve of the first expression, where all of them have values: a derivative has none without its function."""
    _require_range(start, end)
    try:
        return curve(partial(_along, nodes, wrt, given), start, end)
    except NoValueError:
        limits = f"{f.plain_number(start)} to {f.plain_number(end)}"
        raise PlotError(f"{text(nodes[0])} has no value for {wrt.name} from {limits}") from None


def _along(nodes: tuple[Node, ...], wrt: Symbol, given: Mapping[Symbol, Array], x: Array) -> Array:
    first, *others = (sample(node, {**given, wrt: x.reshape(-1, 1, 1)}, {}).reshape(-1) for node in nodes)
    for other in others:
        first = np.where(np.isfinite(other), first, np.nan)
    return first


def _on_grid(node: Node, wrt: Symbol, across: Array, given: Mapping[Symbol, Array], sizes: Sizes) -> Array:
    """Return the values at all pairs of numbers: the second component down, the first across."""
    first, second = np.meshgrid(across, across)
    points = np.stack([first.ravel(), second.ravel()], axis=-1)[..., None]
    found = sample(node, {**given, wrt: points}, sizes)
    return found.reshape(len(across), len(across), *found.shape[1:])


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _picture(
    lines: Sequence[_Line],
    statement: Statement,
    limits: tuple[float, float],
    heights: tuple[float, float],
    prefix: str,
    title: str,
    words: list[str],
    constants: Constants | None,
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
        description = " ".join(words) + reach + _say_constants(constants)
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


def _say_constants(constants: Constants | None) -> str:
    if not constants:
        return ""
    said = [f"{name} = {_say(np.asarray(value))}" for name, value in constants.items()]
    return f" Here {', '.join(said)}."


def _say(value: Array) -> str:
    if value.ndim == 0:
        return f.plain_number(float(value))
    return f"[{', '.join(_say(part) for part in value)}]"
