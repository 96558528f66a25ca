"""The picture of a chain: well-formed, described, escaped, laid out without overlaps."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations, pairwise

import pytest

from jacobook.algebra.nodes import Symbol, symbol
from jacobook.algebra.shapes import matrix, vector
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.pictures.chain_data import (
    ChainEdge,
    ChainNode,
    DrawnChain,
    Face,
    TypeRun,
    chain_of,
    partial_label,
    plain,
    space_label,
    symbol_label,
)
from jacobook.rendering.pictures.chain_layout import label_size, lay_out
from jacobook.rendering.pictures.chain_svg import _label_box, chain_figure, chain_svg, describe

SVG = "{http://www.w3.org/2000/svg}"
x, u, v, f = symbol("x", vector("D")), symbol("W1", matrix("M", "N")), symbol("mu", vector("N")), symbol("f")


def node(s: Symbol, is_variable: bool = False) -> ChainNode:
    return ChainNode(s.name, symbol_label(s), space_label(s.shape), is_variable)


def edge(source: Symbol, target: Symbol) -> ChainEdge:
    return ChainEdge(source.name, target.name, partial_label(target, source), "1×D")


BRANCHED = DrawnChain(
    (node(x, is_variable=True), node(u), node(v), node(f)),
    (edge(x, u), edge(x, v), edge(u, f), edge(v, f), edge(x, f)),
)


def texts(picture: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(picture).iter(f"{SVG}text")]


@pytest.mark.parametrize("vertical", [False, True])
def test_linear_chain(part: Callable[[str], Derivation], vertical: bool) -> None:
    chain = chain_of(part("a"))
    assert chain.is_linear
    picture = chain_svg(chain, "p", vertical)
    shown = texts(picture)
    for expected in ("x", "y", "z", "f", "ℝD", "ℝ", "∂y/∂x", "∂z/∂y", "∂f/∂z", "D×D", "1×D", "1×1"):
        assert expected in shown
    root = ET.fromstring(picture)
    assert root.get("role") == "img"
    title, description = (root.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert title is not None
    assert description is not None
    assert title.text == "The chain from x to f: x → y → z → f"
    assert "the partial derivative ∂z/∂y has shape 1×D" in str(description.text)
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_arrays_are_bold_and_scalars_are_not() -> None:
    assert symbol_label(x) == (TypeRun("x", Face.BOLD),)
    assert symbol_label(f) == (TypeRun("f", Face.ITALIC),)
    assert symbol_label(u) == (TypeRun("W", Face.BOLD), TypeRun("1", Face.ROMAN, -1))
    assert symbol_label(v) == (TypeRun("μ", Face.BOLD),)
    assert plain(space_label(u.shape)) == "R^M×N"


def test_figure_has_both_directions_unique_ids_and_no_blank_line() -> None:
    figure = chain_figure(BRANCHED, "page-chain")
    assert 'class="chain-frame chain-wide"' in figure
    assert 'class="chain-frame chain-narrow"' in figure
    identifiers = re.findall(r' id="([^"]+)"', figure)
    assert len(identifiers) == len(set(identifiers)) == 6
    for reference in re.findall(r"url\(#([^)]+)\)", figure):
        assert reference in identifiers
    assert "\n" not in figure
    ET.fromstring(figure)


def test_a_long_chain_goes_down_only() -> None:
    names = [symbol(f"y{k}", vector("D")) for k in range(12)]
    chain = DrawnChain(tuple(map(node, names)), tuple(edge(a, b) for a, b in pairwise(names)))
    figure = chain_figure(chain, "p")
    assert figure.count("<svg") == 1
    assert "chain-wide" not in figure
    assert lay_out(chain, vertical=True).width < 340


@pytest.mark.parametrize("vertical", [False, True])
def test_nothing_overlaps_in_a_graph(vertical: bool) -> None:
    layout = lay_out(BRANCHED, vertical)
    places = [((box.x, box.y), (box.width, box.height)) for box in layout.boxes]
    places += [(arrow.label, label_size(arrow.edge)) for arrow in layout.arrows]
    for ((ax, ay), (aw, ah)), ((bx, by), (bw, bh)) in combinations(places, 2):
        assert abs(ax - bx) * 2 >= aw + bw - 1 or abs(ay - by) * 2 >= ah + bh - 1
    for (px, py), (width, height) in places:
        assert width / 2 - 1 <= px <= layout.width - width / 2 + 1
        assert height / 2 - 1 <= py <= layout.height - height / 2 + 1
    if vertical:
        assert layout.width <= 358


def test_text_is_escaped() -> None:
    evil = '<script>alert("1")</script>&'
    chain = DrawnChain(
        (ChainNode("a", (TypeRun(evil),), (TypeRun(evil),)), ChainNode("b", (TypeRun("b"),), (TypeRun("ℝ"),))),
        (ChainEdge("a", "b", (TypeRun(evil),), evil),),
    )
    figure = chain_figure(chain, 'p"><b>')
    assert "<script>" not in figure
    assert ' onload="' not in figure
    assert evil in texts(chain_svg(chain, "p"))


@pytest.mark.parametrize("chain", [BRANCHED, DrawnChain((node(x), node(f)), (edge(x, f),))], ids=["graph", "line"])
def test_the_label_of_an_arrow_leads_to_its_target(chain: DrawnChain) -> None:
    targets = {("x", "f"): "#f-by-x"}
    figure = ET.fromstring(chain_figure(chain, "p", targets))
    links = list(figure.iter("a"))
    assert [link.get("href") for link in links] == ["#f-by-x", "#f-by-x"], "one in each of the two pictures"
    for link in links:
        assert link.get("aria-label") == "∂f/∂x, shape 1×D: how it is derived"
        places = dict(part.split(":") for part in str(link.get("style")).split(";"))
        left, top, width, height = (float(places[side].rstrip("%")) for side in ("left", "top", "width", "height"))
        assert left >= -1
        assert top >= -1
        assert left + width <= 101
        assert top + height <= 101
    assert not list(ET.fromstring(chain_figure(chain, "p")).iter("a"))


def test_a_picture_is_an_image_with_a_name() -> None:
    """Links inside a picture break the theme's instant navigation: they are laid over it."""
    root = ET.fromstring(chain_svg(DrawnChain((node(x), node(f)), (edge(x, f),)), "p"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "p-title p-description"
    assert not list(root.iter(f"{SVG}a"))


def test_colours_come_from_the_page() -> None:
    picture = chain_svg(BRANCHED, "p")
    assert "var(--md-default-fg-color" in picture
    assert not re.search(r"#[0-9a-f]{3,6}\b(?!-)", picture)


def test_a_cycle_is_an_error() -> None:
    with pytest.raises(ValueError, match="cycle"):
        lay_out(DrawnChain((node(x), node(f)), (edge(x, f), edge(f, x))))


def test_the_chain_of_a_derivation(part: Callable[[str], Derivation]) -> None:
    chain = chain_of(part("c"))
    assert [n.is_variable for n in chain.nodes] == [True, False, False]
    assert "f in R^M depends on z in R^M" in describe(chain)


def test_among_numbers_no_shape_is_written() -> None:
    chain = chain_of(derive(parse_statement(["t in R"], ["f = exp(u)", "u = sin(t)"], "t")))
    assert [edge.shape for edge in chain.edges] == ["", ""]
    picture = chain_figure(chain, "numbers", {("t", "u"): "#u-by-t"})
    assert "×" not in picture
    assert "the partial derivative ∂u/∂t is a number." in picture
    assert 'aria-label="∂u/∂t: how it is derived"' in picture


def test_a_link_without_a_shape_reaches_no_further_than_its_label() -> None:
    line = chain_of(derive(parse_statement(["t in R"], ["f = exp(u)", "u = sin(t)"], "t")))
    whole = chain_of(derive(parse_statement(["t in R^N"], ["f = exp(u)", "u = t't"], "t")))
    for vertical in (False, True):
        sizes = [_label_box(lay_out(chain, vertical).arrows[0], chain, vertical)[1] for chain in (line, whole)]
        assert sizes[0][not vertical] < sizes[1][not vertical]
        assert min(sizes[0]) >= 24  # what a finger can touch
