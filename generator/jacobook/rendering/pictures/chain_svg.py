"""The chain as a picture: inline SVG in the colours of the page, described in words."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import pairwise

from jacobook.rendering.pictures.chain_data import ChainEdge, DrawnChain, Face, Label, plain
from jacobook.rendering.pictures.chain_layout import (
    LABEL_SIZE,
    NAME_SIZE,
    SHAPE_SIZE,
    SPACE_SIZE,
    Arrow,
    Box,
    Point,
    bends,
    label_size,
    lay_out,
    shape_width,
    width_of,
)

WIDEST = 760.0
"""A wider picture would be set too small beside the navigation; it goes from top to bottom instead."""

_FOREGROUND = "var(--md-default-fg-color, currentColor)"
_LIGHT = "var(--md-default-fg-color--light, currentColor)"
_LIGHTEST = "var(--md-default-fg-color--lightest, none)"
_BACKGROUND = "var(--md-default-bg-color, Canvas)"
_PRIMARY = "var(--md-primary-fg-color, currentColor)"
_FONT = "'STIX Two Math', 'Cambria Math', 'Times New Roman', serif"
_FACES = {
    Face.ROMAN: "",
    Face.ITALIC: ' font-style="italic"',
    Face.BOLD: ' font-style="italic" font-weight="bold"',
}


Targets = Mapping[tuple[str, str], str]
"""Where the arrow from a name to one that uses it leads: an address."""


def chain_figure(chain: DrawnChain, prefix: str, targets: Targets | None = None) -> str:
    """Return the chain as one HTML figure without blank lines, to be put into Markdown or HTML.

    It holds a picture of class `chain-wide` and one of class `chain-narrow`, of which a style sheet shows
    one; where only the second is readable, it has neither class. The prefix makes the ids unique. The label of an
    arrow with a target is a link.
    """
    if lay_out(chain).width > WIDEST:
        return f'<figure class="chain">{_framed(chain, prefix, "", targets, vertical=True)}</figure>'
    wide = _framed(chain, f"{prefix}-wide", "chain-wide", targets)
    narrow = _framed(chain, f"{prefix}-narrow", "chain-narrow", targets, vertical=True)
    return f'<figure class="chain">{wide}{narrow}</figure>'


def _framed(chain: DrawnChain, prefix: str, kind: str, targets: Targets | None, vertical: bool = False) -> str:
    """Return the picture in a frame of its proportions, with links over the labels.

    They are HTML, since scripts that follow links (such as instant navigation) often fail on links inside SVG.
    """
    layout = lay_out(chain, vertical)
    links = []
    for arrow in layout.arrows:
        edge = arrow.edge
        target = (targets or {}).get((edge.source, edge.target))
        if target is None or not edge.label:
            continue
        (x, y), (width, height) = _label_box(arrow, chain, vertical)
        left, top = 100 * (x - width / 2) / layout.width, 100 * (y - height / 2) / layout.height
        sides = {"left": left, "top": top, "width": 100 * width / layout.width, "height": 100 * height / layout.height}
        place = ";".join(f"{side}:{share:.2f}%" for side, share in sides.items())
        shape = f", shape {edge.shape}" if edge.shape else ""
        name = escape(f"{plain(edge.label)}{shape}: how it is derived")
        links.append(f'<a class="chain-link" href="{escape(target)}" style="{place}" aria-label="{name}"></a>')
    size = f"width:{_number(layout.width)}px;aspect-ratio:{_number(layout.width)}/{_number(layout.height)}"
    picture = chain_svg(chain, prefix, vertical)
    return f'<div class="{f"chain-frame {kind}".strip()}" style="{size}">{picture}{"".join(links)}</div>'


def chain_svg(chain: DrawnChain, prefix: str, vertical: bool = False) -> str:
    """Return the chain as an SVG element, from left to right or from top to bottom.

    It scales down with the column it stands in and is never larger than its natural size. Raises ValueError
    for a chain with a cycle.
    """
    layout = lay_out(chain, vertical)
    prefix = escape(prefix)
    width, height = _number(layout.width), _number(layout.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chain-picture" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" style="max-width: 100%; height: auto" '
        f'role="img" aria-labelledby="{prefix}-title {prefix}-description">',
        f'<title id="{prefix}-title">{escape(_title(chain))}</title>',
        f'<desc id="{prefix}-description">{escape(describe(chain))}</desc>',
        f'<defs><marker id="{prefix}-head" viewBox="0 0 10 10" refX="9" refY="5" '
        f'markerWidth="6" markerHeight="6" '
        f'orient="auto"><path d="M0 1 10 5 0 9z" fill="{_LIGHT}"/></marker></defs>',
        f'<g font-family="{_FONT}" text-anchor="middle" fill="{_FOREGROUND}">',
    ]
    parts += [_line(arrow, prefix, vertical) for arrow in layout.arrows]
    parts += [_label(arrow, chain, vertical) for arrow in layout.arrows]
    parts += [_box(box) for box in layout.boxes]
    parts.append("</g></svg>")
    return "".join(parts)


def describe(chain: DrawnChain) -> str:
    """Return the chain in words, for readers who do not see the picture."""
    spaces = {node.key: f"{plain(node.label)} in {plain(node.space)}" for node in chain.nodes}
    sentences = []
    for edge in chain.edges:
        sentence = f"{spaces[edge.target]} depends on {spaces[edge.source]}"
        if edge.label:
            sentence += f": the partial derivative {plain(edge.label)}"
            sentence += f" has shape {edge.shape}" if edge.shape else " is a number"
        sentences.append(sentence + ".")
    return " ".join(sentences)


def _title(chain: DrawnChain) -> str:
    names = [plain(node.label) for node in chain.nodes]
    if chain.is_linear:
        return f"The chain from {names[0]} to {names[-1]}: {' → '.join(names)}"
    return f"The graph of {', '.join(names)}"


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def label_runs(label: Label, size: float) -> str:
    """Return a label as what stands inside an SVG text of this size: its runs, each in its face and at its height."""
    runs = []
    offset = 0.0
    for run in label:
        wanted = -run.shift * size * (0.36 if run.shift > 0 else 0.24)
        move = f' dy="{_number(wanted - offset)}"' if wanted != offset else ""
        small = f' font-size="{_number(size * 0.7)}"' if run.shift else ""
        runs.append(f"<tspan{move}{small}{_FACES[run.face]}>{escape(run.text)}</tspan>")
        offset = wanted
    return "".join(runs)


def _text(label: Label, x: float, y: float, size: float, extra: str = "") -> str:
    inside = label_runs(label, size)
    return f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}"{extra}>{inside}</text>'


def _box(box: Box) -> str:
    node = box.node
    stroke, line = (_PRIMARY, 2.0) if node.is_variable else (_LIGHT, 1.2)
    dashes = ' stroke-dasharray="4 3"' if node.is_constant else ""
    left, top = box.x - box.width / 2, box.y - box.height / 2
    return (
        f'<rect x="{_number(left)}" y="{_number(top)}" width="{_number(box.width)}" '
        f'height="{_number(box.height)}" '
        f'rx="8" fill="{_LIGHTEST}" stroke="{stroke}" stroke-width="{_number(line)}"{dashes}/>'
        + _text(node.label, box.x, box.y - 4, NAME_SIZE)
        + _text(node.space, box.x, box.y + 19, SPACE_SIZE)
    )


def _point(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _line(arrow: Arrow, prefix: str, vertical: bool) -> str:
    path = f"M{_point(arrow.points[0])}"
    for start, end in pairwise(arrow.points):
        first, second = bends(start, end, vertical)
        path += f"C{_point(first)} {_point(second)} {_point(end)}"
    return f'<path d="{path}" fill="none" stroke="{_LIGHT}" stroke-width="1.5" marker-end="url(#{prefix}-head)"/>'


def _label(arrow: Arrow, chain: DrawnChain, vertical: bool) -> str:
    edge = arrow.edge
    if not edge.label and not edge.shape:
        return ""
    x, y = arrow.label
    if not chain.is_linear:
        width, height = label_size(edge)
        inside = (
            f'<rect x="{_number(x - width / 2)}" y="{_number(y - height / 2)}" width="{_number(width)}" '
            f'height="{_number(height)}" rx="4" fill="{_BACKGROUND}"/>'
            + _text(edge.label, x, y - 2 if edge.shape else y + 4, LABEL_SIZE)
            + _shape(edge, x, y + 14)
        )
    elif vertical:
        start = ' text-anchor="start"'
        beside = x + 16 + width_of(edge.label, LABEL_SIZE) + 10
        inside = _text(edge.label, x + 16, y + 5, LABEL_SIZE, start) + _shape(edge, beside, y + 5, start)
    else:
        inside = _text(edge.label, x - 3, y - 9, LABEL_SIZE) + _shape(edge, x - 3, y + 19)
    return inside


def _label_box(arrow: Arrow, chain: DrawnChain, vertical: bool) -> tuple[Point, Point]:
    """Return the middle and the size of what is written at an arrow."""
    edge = arrow.edge
    x, y = arrow.label
    width, height = label_size(edge)
    if not chain.is_linear:
        return (x, y), (width, height)
    if not vertical:  # on both sides of the arrow, or above it alone
        return ((x - 3, y + 2), (width, height + 8)) if edge.shape else ((x - 3, y - 16), (width, height))
    beside = width_of(edge.label, LABEL_SIZE) + (10 + shape_width(edge.shape) if edge.shape else 0)
    return (x + 16 + beside / 2, y), (beside + 8, 30.0)


def _shape(edge: ChainEdge, x: float, y: float, extra: str = "") -> str:
    if not edge.shape:
        return ""
    place = f'x="{_number(x)}" y="{_number(y)}" font-size="{_number(SHAPE_SIZE)}"'
    return f'<text {place} fill="{_LIGHT}"{extra}>{escape(edge.shape)}</text>'
