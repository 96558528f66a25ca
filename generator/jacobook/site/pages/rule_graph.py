"""The graph of rules: which rule is proved from which, as a picture, and in words, layer by layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from html import escape
from itertools import pairwise
from typing import Any

from jacobook.rendering.pictures.chain_data import ChainEdge, ChainNode, DrawnChain, TypeRun
from jacobook.rendering.pictures.chain_layout import Box, Point, bends, lay_out

RULE_GRAPH = "rules/graph.md"
"""The file of the page below `docs/`."""
OFTEN = 12
"""A rule that so many proofs use is named beside the picture, whose arrows it would hide."""
SIZE, ROW, GAP, MARGIN = 13.0, 23.0, 62.0, 8.0
"""Of the picture: the height of letters, the distance of rows, the room for arrows between layers, the margin."""
LAYER_TITLES = (
    "From definitions",
    "In one step",
    "In two steps",
    "In three steps",
    "In four steps",
    "In five steps",
    "In six steps",
    "In seven steps",
    "In eight steps",
)
Record = Mapping[str, Any]
Needs = Mapping[str, Sequence[str]]


def rule_graph(rules: Sequence[Record], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the picture, what it leaves out, and the rules by layers, each with those that its proof uses.

    `names` are the names of all rules as Markdown. Raises CycleError where a rule would be proved from itself.
    """
    needs = {rule["slug"]: rule["proof_rules"] for rule in rules}
    layers = proof_layers(needs)
    often = used_often(needs)
    titles = {rule["slug"]: str(rule["head"]["title"]) for rule in rules}
    groups = {rule["slug"]: str(rule["group"]) for rule in rules}
    link = {slug: {"title": names[slug], "page": f"{slug}.md"} for slug in needs}
    numbers = range(max(layers.values()) + 1)
    return {
        "picture": graph_picture(without_rules(needs, often), titles, groups),
        "often": [{**link[slug], "count": count} for slug, count in often.items()],
        "count": len(rules),
        "layers": [
            {
                "title": LAYER_TITLES[number],
                "rules": [
                    {**link[slug], "uses": [link[one] for one in needs[slug]]}
                    for slug in needs
                    if layers[slug] == number
                ],
            }
            for number in numbers
        ],
    }


def proof_layers(needs: Needs) -> dict[str, int]:
    """Return the layer of every rule: one more than the highest of the rules that its proof uses, 0 without any."""
    layers: dict[str, int] = {}
    for slug in TopologicalSorter(needs).static_order():
        layers[slug] = max((layers[one] + 1 for one in needs[slug]), default=0)
    return layers


def used_often(needs: Needs) -> dict[str, int]:
    """Return the rules that many proofs use, with their number, the most frequent first."""
    counts = Counter(one for found in needs.values() for one in found)
    return {slug: count for slug, count in counts.most_common() if count >= OFTEN}


def without_rules(needs: Needs, left_out: Mapping[str, int]) -> dict[str, list[str]]:
    """Return the graph without some rules, and then without those that no arrow touches."""
    others = {slug: found for slug, found in needs.items() if slug not in left_out}
    kept = {slug: [one for one in found if one not in left_out] for slug, found in others.items()}
    touched = {slug for slug, found in kept.items() if found} | {one for found in kept.values() for one in found}
    return {slug: found for slug, found in kept.items() if slug in touched}


# --- The picture -------------------------------------------------------------------------------------------------


def graph_picture(needs: Needs, titles: Mapping[str, str], groups: Mapping[str, str]) -> str:
    """Return the graph as SVG, from left to right, in which every rule is a link to its page."""
    nodes = tuple(ChainNode(slug, (TypeRun(titles[slug]),), ()) for slug in needs)
    edges = tuple(ChainEdge(one, slug) for slug, found in needs.items() for one in found)
    found = lay_out(DrawnChain(nodes, edges))
    columns = _columns(found.boxes)
    widths = [max(_width(titles[box.node.key]) for box in column) for column in columns.values()]
    lefts = [MARGIN + sum(widths[:number]) + GAP * number for number in range(len(widths))]
    starts = dict(zip(columns, lefts, strict=True))
    tightest = min((b.y - a.y for column in columns.values() for a, b in pairwise(column)), default=ROW)
    scale = ROW / tightest
    top = min(box.y for box in found.boxes)
    places = {box.node.key: (starts[box.x], MARGIN + ROW / 2 + (box.y - top) * scale) for box in found.boxes}

    ends = {start: start + width for start, width in zip(lefts, widths, strict=True)}

    def moved(point: Point) -> Point:
        """Return where a line enters a layer that it passes."""
        column = min(columns, key=lambda x: abs(x - point[0]))
        return starts[column], MARGIN + ROW / 2 + (point[1] - top) * scale

    lines = []
    for arrow in found.arrows:
        (x, y), (right, below) = places[arrow.edge.source], places[arrow.edge.target]
        between = [moved(point) for point in arrow.points[1:-1]]
        lines.append(_line(x + _width(titles[arrow.edge.source]), [(x, y), *between], (right - 3, below), ends))
    names = [_name(slug, *places[slug], titles[slug], groups[slug]) for slug in needs]
    width = lefts[-1] + widths[-1] + MARGIN
    height = max(y for _, y in places.values()) + ROW / 2 + MARGIN
    said = (
        f"{len(needs)} rules in {len(columns)} layers, and {len(edges)} lines from each to those whose proofs use it."
    )
    return (
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink" class="rule-graph" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="group" '
        'aria-labelledby="rule-graph-title" aria-describedby="rule-graph-said">'
        '<title id="rule-graph-title">The graph of rules</title>'
        f'<desc id="rule-graph-said">{said} The lists below say the same in words.</desc>'
        f'<g class="rule-lines" aria-hidden="true">{"".join(lines)}</g>{"".join(names)}</svg>'
    )


def _columns(boxes: Sequence[Box]) -> dict[float, list[Box]]:
    """Return the boxes of every layer from top to bottom, by the place of the layer, from left to right."""
    found: dict[float, list[Box]] = {}
    for box in sorted(boxes, key=lambda box: (box.x, box.y)):
        found.setdefault(box.x, []).append(box)
    return found


def _width(title: str) -> float:
    return len(title) * SIZE * 0.5 + 12


def _line(x: float, entered: Sequence[Point], target: Point, ends: Mapping[float, float]) -> str:
    """Return the way from a rule to one that uses it: straight through every layer, and bent between two of them."""
    path = f"M{x:.0f} {entered[0][1]:.0f}"
    for (left, y), end in pairwise([*entered, target]):
        start = (ends[left], y)
        path += f"H{start[0]:.0f}C" + " ".join(f"{a:.0f} {b:.0f}" for a, b in (*bends(start, end, vertical=False), end))
    return f'<path d="{path}"/>'


def _name(slug: str, x: float, y: float, title: str, group: str) -> str:
    """Return a rule as a link for the browser: the theme takes every `href` for one of HTML, and passes by a target."""
    box = f'<rect x="{x:.0f}" y="{y - 9:.0f}" width="{_width(title):.0f}" height="18" rx="4"/>'
    text = f'<text x="{x + 5:.0f}" y="{y + 4.5:.1f}">{escape(title)}</text>'
    return f'<a class="rule-{group}" xlink:href="../{slug}/" target="_self">{box}{text}</a>'
