"""Where the boxes and arrows of a chain go: layers from the variable to the function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from jacobook.rendering.pictures.chain_data import ChainEdge, ChainNode, DrawnChain, Label

NAME_SIZE, SPACE_SIZE, LABEL_SIZE, SHAPE_SIZE = 20.0, 15.0, 16.0, 13.0
BOX_HEIGHT, SLOT_GAP, MARGIN = 58.0, 66.0, 6.0

PHONE = 330.0
"""A graph from top to bottom spreads out to the width of a phone."""
Point = tuple[float, float]
_SHARES = sorted((share / 20 for share in range(4, 17)), key=lambda share: abs(share - 0.5))
"""Where along its arrow a label may stand, the middle first."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place: centre and size."""

    node: ChainNode
    x: float
    y: float
    width: float
    height: float = BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge in its place: the points of its line, and where its label stands."""

    edge: ChainEdge
    points: tuple[Point, ...]
    label: Point


@dataclass(frozen=True, slots=True)
class Layout:
    """A chain with every place decided; the origin is the upper left corner."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def width_of(label: Label, size: float) -> float:
    """Return about how wide a label is when set at this size."""
    return sum(len(run.text) * size * (0.44 if run.shift else 0.62) for run in label)


def shape_width(shape: str) -> float:
    """Return how wide a shape may be, in the widest of the fonts that readers have: capitals take almost a square."""
    return SHAPE_SIZE * sum(0.4 if sign in "()·" else 1.0 if sign.isupper() or sign in "mw" else 0.8 for sign in shape)


def label_size(edge: ChainEdge) -> Point:
    """Return the width and height of an arrow's label: the partial derivative above its shape, if that is shown."""
    width = max(width_of(edge.label, LABEL_SIZE), len(edge.shape) * SHAPE_SIZE * 0.62)
    if not (edge.label or edge.shape):
        return 0.0, 0.0
    return width + 8, 38.0 if edge.shape else 26.0


def layers_of(chain: DrawnChain) -> dict[str, int]:
    """Return the layer of every name: one more than the furthest of the names it uses."""
    uses: dict[str, list[str]] = {node.key: [] for node in chain.nodes}
    for edge in chain.edges:
        uses[edge.target].append(edge.source)
    layer: dict[str, int] = {}
    pending = [node.key for node in chain.nodes]
    while pending:
        ready = [key for key in pending if all(source in layer for source in uses[key])]
        if not ready:
            raise ValueError("the chain has a cycle")
        for key in ready:
            layer[key] = max((layer[source] + 1 for source in uses[key]), default=0)
        pending = [key for key in pending if key not in layer]
    return layer


def _paths(chain: DrawnChain, layer: dict[str, int]) -> list[list[str]]:
    """Return the names along every edge, with a stand-in for each layer that the edge passes."""
    paths = []
    for number, edge in enumerate(chain.edges):
        between = range(layer[edge.source] + 1, layer[edge.target])
        paths.append([edge.source, *(f"{number} {place}" for place in between), edge.target])
    return paths


def _ordered(chain: DrawnChain, layer: dict[str, int], paths: list[list[str]]) -> list[list[str]]:
    """Return the names of every layer in an order that keeps neighbours near each other."""
    columns: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for node in chain.nodes:
        columns[layer[node.key]].append(node.key)
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for path in paths:
        for step, (left, right) in enumerate(pairwise(path)):
            before.setdefault(right, []).append(left)
            after.setdefault(left, []).append(right)
            if right != path[-1]:
                columns[layer[path[0]] + step + 1].append(right)
    for _ in range(4):
        for neighbours, order in ((before, columns), (after, columns[::-1])):
            for previous, column in pairwise(order):
                place = {key: (index + 0.5) / len(previous) for index, key in enumerate(previous)}
                weight = {}
                for key in column:
                    near = [place[other] for other in neighbours.get(key, ()) if other in place]
                    weight[key] = sum(near) / len(near) if near else 0.5
                column.sort(key=lambda key, weight=weight: weight[key])  # type: ignore[misc]
    return columns


@lru_cache(32)
def lay_out(chain: DrawnChain, vertical: bool = False) -> Layout:
    """Return the chain from left to right, or from top to bottom. Raises ValueError where it has a cycle."""
    layer = layers_of(chain)
    paths = _paths(chain, layer)
    columns = _ordered(chain, layer, paths)
    nodes = {node.key: node for node in chain.nodes}
    widths = {
        key: max(62.0, width_of(node.label, NAME_SIZE) + 28, width_of(node.space, SPACE_SIZE) + 24)
        for key, node in nodes.items()
    }
    across: dict[str, float] = {}
    extent = 0.0
    for column in columns:
        sizes = [(widths.get(key, 30.0) if vertical else BOX_HEIGHT) for key in column]
        extent = max(extent, sum(sizes) + SLOT_GAP * (len(column) - 1))
    if vertical and max(map(len, columns)) > 1:
        extent = max(extent, PHONE)
    if chain.is_linear and vertical:
        # The labels stand at the right of the line; the same space at the left keeps the line in the middle.
        extent = max(extent, 2 * max((_side(edge) for edge in chain.edges), default=0.0))
    for column in columns:
        sizes = [(widths.get(key, 30.0) if vertical else BOX_HEIGHT) for key in column]
        gap = (extent - sum(sizes)) / len(column)
        position = MARGIN + gap / 2
        for key, size in zip(column, sizes, strict=True):
            across[key] = position + size / 2
            position += size + gap
    along: dict[str, float] = {}
    position = MARGIN
    for number, column in enumerate(columns):
        size = BOX_HEIGHT if vertical else max(widths.get(key, 0.0) for key in column)
        for key in column:
            along[key] = position + size / 2
        position += size
        if number + 1 < len(columns):
            position += _gap(chain, vertical)
    length, breadth = position + MARGIN, extent + 2 * MARGIN
    places = {key: (across[key], along[key]) if vertical else (along[key], across[key]) for key in across}
    boxes = tuple(Box(node, *places[key], widths[key]) for key, node in nodes.items())
    arrows = _arrows(chain, paths, places, widths, vertical)
    width, height = (breadth, length) if vertical else (length, breadth)
    return Layout(width, height, boxes, arrows)


def _side(edge: ChainEdge) -> float:
    """Return how far a label reaches to the right of a vertical line, where it stands in one row."""
    return 16 + width_of(edge.label, LABEL_SIZE) + 14 + shape_width(edge.shape)


def _gap(chain: DrawnChain, vertical: bool) -> float:
    if vertical:
        return 46.0 if chain.is_linear else 160.0
    widest = max((label_size(edge)[0] for edge in chain.edges), default=0.0)
    return widest + 34.0 if chain.is_linear else max(2.0 * widest, 120.0)


def _arrows(
    chain: DrawnChain,
    paths: list[list[str]],
    places: dict[str, Point],
    widths: dict[str, float],
    vertical: bool,
) -> tuple[Arrow, ...]:
    lines = []
    for edge, path in zip(chain.edges, paths, strict=True):
        points = [places[key] for key in path]
        half = BOX_HEIGHT / 2 if vertical else widths[edge.source] / 2
        other = BOX_HEIGHT / 2 if vertical else widths[edge.target] / 2
        first, last = points[0], points[-1]
        points[0] = (first[0], first[1] + half) if vertical else (first[0] + half, first[1])
        points[-1] = (last[0], last[1] - other - 3) if vertical else (last[0] - other - 3, last[1])
        lines.append(tuple(points))
    taken = {key: (places[key], (widths[key], BOX_HEIGHT)) for key in widths}
    for _ in range(3):  # a label may move again when the later ones have their place
        for number, (edge, line) in enumerate(zip(chain.edges, lines, strict=True)):
            others = [place for key, place in taken.items() if key != f"label {number}"]
            size = label_size(edge)
            taken[f"label {number}"] = (_free_place(line, size, others, vertical), size)
    return tuple(
        Arrow(edge, line, taken[f"label {number}"][0])
        for number, (edge, line) in enumerate(zip(chain.edges, lines, strict=True))
    )


def bends(start: Point, end: Point, vertical: bool) -> tuple[Point, Point]:
    """Return the control points of the curve between two points, which starts and ends across the layers."""
    (x0, y0), (x1, y1) = start, end
    if vertical:
        return (x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)
    return ((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)


def _on_curve(start: Point, end: Point, vertical: bool, share: float) -> Point:
    first, second = bends(start, end, vertical)
    weights = ((1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3)
    points = (start, first, second, end)
    x, y = (sum(w * p[axis] for w, p in zip(weights, points, strict=True)) for axis in (0, 1))
    return x, y


def _free_place(points: tuple[Point, ...], size: Point, taken: list[tuple[Point, Point]], vertical: bool) -> Point:
    middle = (len(points) - 1) // 2
    best: tuple[float, Point] | None = None
    for share in _SHARES:
        place = _on_curve(points[middle], points[middle + 1], vertical, share)
        overlap = sum(_overlap(place, size, *other) for other in taken)
        if best is None or overlap < best[0]:
            best = (overlap, place)
        if not overlap:
            break
    return best[1] if best else points[0]


def _overlap(a: Point, a_size: Point, b: Point, b_size: Point) -> float:
    x = (a_size[0] + b_size[0]) / 2 - abs(a[0] - b[0])
    y = (a_size[1] + b_size[1]) / 2 - abs(a[1] - b[1])
    return x * y if x > 0 and y > 0 else 0.0
