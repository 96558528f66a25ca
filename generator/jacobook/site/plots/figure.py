"""Figures drawn by Matplotlib, written as SVG that takes its colours and type from the page.

The same input gives the same bytes: coordinates are rounded, there are no dates and no generated names.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from jacobook.rendering.pictures.chain_data import Label
from jacobook.rendering.pictures.chain_svg import label_runs
from jacobook.site.plots.svg_paths import compact

Axes = Any  # Matplotlib is imported when something is drawn
Figure = Any

WIDTH = 420
LABEL_SIZE = 17.0
TICK_SIZE = 13.0
LEFT, RIGHT, TOP, BOTTOM = 40, 22, 12, 30
"""What the axes leave free on every side."""

INK, QUIET, GRID, AXIS = "#000001", "#000002", "#000003", "#000004"
HUES = tuple(f"#0000{number:x}0" for number in range(1, 7))
_VARIABLES = {
    INK: "var(--md-default-fg-color, currentColor)",
    QUIET: "var(--md-default-fg-color--light, currentColor)",
    GRID: "var(--jb-rule, currentColor)",
    AXIS: "var(--md-default-fg-color--lighter, currentColor)",
    **{hue: f"var(--jb-plot-{number}, currentColor)" for number, hue in enumerate(HUES, 1)},
}
"""Colours of the drawing stand for variables of the style sheet; none is ever seen."""
RIM = 'stroke="var(--md-default-bg-color, Canvas)" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
"""What keeps letters readable where a line runs behind them."""
_SVG = "{http://www.w3.org/2000/svg}"
_KEPT = (
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
)


@contextmanager
def canvas(height: int) -> Iterator[tuple[Figure, Axes]]:
    """Give an empty figure of the width of all figures, and its axes; a unit is one pixel."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as MatplotlibFigure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": "jacobook",
        "font.size": TICK_SIZE,
        "font.family": "DejaVu Sans",
    }
    with rc_context(settings):
        figure = MatplotlibFigure(figsize=(WIDTH / 72, height / 72), dpi=72)
        FigureCanvasSVG(figure)
        box = (LEFT / WIDTH, BOTTOM / height, 1 - (LEFT + RIGHT) / WIDTH, 1 - (TOP + BOTTOM) / height)
        axes = figure.add_axes(box)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
            axis.set_major_formatter(FuncFormatter(lambda value, place: plain_number(value)))
        axes.grid(visible=True, color=GRID, linewidth=1)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, labelcolor=QUIET, pad=6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(AXIS)
        figure.patch.set_visible(False)
        axes.patch.set_visible(False)
        yield figure, axes


def written(figure: Figure, texts: str, prefix: str, title: str, description: str) -> str:
    """Return the figure as one SVG element on one line, with further texts over it.

    It has a name and a description in words, no size of its own but its proportions, and no reference to anything
    outside; `prefix` makes its ids unique on the page.
    """
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ET.fromstring(drawn.getvalue())
    width, height = (float(size) for size in root.attrib["viewBox"].split()[2:])
    prefix = escape(prefix)
    clips: dict[str, str] = {}
    for clip in root.iter(f"{_SVG}clipPath"):
        clips.setdefault(clip.attrib["id"], f"{prefix}-clip-{len(clips) + 1}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot-picture" viewBox="0 0 {pixels(width)} {pixels(height)}" '
        f'role="img" aria-labelledby="{prefix}-title {prefix}-description">'
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-description">{escape(description)}</desc>'
    ]
    if clips:
        parts.append("<defs>" + "".join(_clip(clip, clips) for clip in root.iter(f"{_SVG}clipPath")) + "</defs>")
    parts += _shapes(root, clips)
    return "".join([*parts, texts, "</svg>"])


def label_svg(
    label: Label, x: float, y: float, hue: str, size: float = LABEL_SIZE, anchor: str = "middle", *, rim: bool = True
) -> str:
    """Return a label in the colour of its curve, with a rim of the page's colour that keeps it readable over lines."""
    return (
        f'<text class="plot-label" x="{pixels(x)}" y="{pixels(y)}" font-size="{pixels(size)}" text-anchor="{anchor}" '
        f'font-family="var(--jb-serif, serif)" fill="{_VARIABLES[hue]}"{f" {RIM}" if rim else ""}>'
        f"{label_runs(label, size)}</text>"
    )


def label_width(label: Label, size: float = LABEL_SIZE) -> float:
    """Return about how wide a label is set."""
    return sum(len(run.text) * size * (0.4 if run.shift else 0.56) for run in label)


def plain_number(value: float) -> str:
    """Return a number as it stands beside an axis or in a sentence: few digits, a true minus sign."""
    return f"{round(value, 12):.4g}".replace("-", "−")


def pixels(value: float) -> str:
    """Return a coordinate to two digits after the point, so that the last bits of a computation do not show."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d+(?:e[-+]?\d+)?", lambda found: pixels(float(found[0])), " ".join(text.split()))


def _clip(clip: ET.Element, clips: dict[str, str]) -> str:
    inside = ""
    for shape in clip:
        attributes = "".join(f' {name}="{_rounded(value)}"' for name, value in sorted(shape.attrib.items()))
        inside += f"<{shape.tag.removeprefix(_SVG)}{attributes}/>"
    return f'<clipPath id="{clips[clip.attrib["id"]]}">{inside}</clipPath>'


def _shapes(root: ET.Element, clips: dict[str, str]) -> Iterator[str]:
    """Yield the lines, areas and numbers of the drawing, in its order; tick marks have no length and are left out."""
    hidden = {shape for defs in root.iter(f"{_SVG}defs") for shape in defs.iter()}
    for shape in root.iter():
        if shape in hidden:
            continue
        if shape.tag == f"{_SVG}path" and "d" in shape.attrib:
            clip = re.search(r"#([^)]+)", shape.attrib.get("clip-path", ""))
            inside = f' clip-path="url(#{clips[clip[1]]})"' if clip else ""
            drawn = compact(shape.attrib["d"])
            yield f'<path d="{_rounded(shape.attrib["d"]) if drawn is None else drawn}"{_painted(shape)}{inside}/>'
        elif shape.tag == f"{_SVG}text":
            yield _text(shape)


def _style(shape: ET.Element) -> dict[str, str]:
    declared = (part.split(":", 1) for part in shape.attrib.get("style", "").split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in declared}


def _painted(shape: ET.Element) -> str:
    """Return the paint of a shape as attributes, its colours by the variables of the page."""
    style = _style(shape)
    if "opacity" in style:
        painted = "stroke" if style.get("fill", "none") == "none" else "fill"
        style.setdefault(f"{painted}-opacity", style["opacity"])
    found = {name: _VARIABLES.get(style[name], _rounded(style[name])) for name in _KEPT if name in style}
    found.setdefault("fill", "currentColor" if "stroke" not in found else "none")
    return "".join(f' {name}="{value}"' for name, value in found.items())


def _text(shape: ET.Element) -> str:
    style = _style(shape)
    anchor = style.get("text-anchor", "start")
    kept = [
        name for name in ("x", "y", "transform") if not shape.attrib.get(name, "rotate(-0 ").startswith("rotate(-0 ")
    ]
    place = "".join(f' {name}="{_rounded(shape.attrib[name])}"' for name in kept)
    fill = _VARIABLES[style["fill"]] + (f'" {RIM}' if style["fill"] == INK else '"')  # INK: inside the frame
    words = escape("".join(shape.itertext()))
    return (
        f'<text class="plot-number"{place} font-size="{pixels(TICK_SIZE)}" font-family="var(--jb-sans, sans-serif)" '
        f'text-anchor="{anchor}" fill="{fill}>{words}</text>'
    )
