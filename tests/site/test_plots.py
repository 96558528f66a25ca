"""Pictures of functions: the same bytes every time, colours from the page, gaps where there is no value."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.taylor import taylor
from jacobook.language import parse_statement
from jacobook.rendering.sentences import prose_text
from jacobook.site.plots.constants import PlotError
from jacobook.site.plots.curves import NoValueError, curve, together, view
from jacobook.site.plots.function_plots import contour_plot, function_plot, taylor_plot
from jacobook.site.plots.label_placement import places

SVG = "{http://www.w3.org/2000/svg}"


def derived(expression: str, wrt: str = "x", given: tuple[str, ...] = ("x in R",)) -> Derivation:
    return derive(parse_statement(given, [expression], wrt))


def of_function(expression: str = "sin(x) + cos(x)", start: float = -3, end: float = 3) -> str:
    return function_plot(derived(expression), start, end, prefix="one").svg


def of_taylor() -> str:
    return taylor_plot(taylor(parse_statement(["x in R"], ["tanh(x)"], "x"), b.ZERO, 5), -3, 3, prefix="two").svg


def of_contours() -> str:
    given = ("x in R^D", "A in R^(D x D) positive-definite")
    return contour_plot(derived("x'*A*x", "x", given), -2, 2, {"A": [[2, 1], [1, 3]]}, prefix="three").svg


PICTURES: dict[str, Callable[[], str]] = {"function": of_function, "taylor": of_taylor, "contours": of_contours}
picture = pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def curves(svg: str) -> list[ET.Element]:
    """The paths painted in a colour of a curve."""
    return [path for path in ET.fromstring(svg).iter(f"{SVG}path") if "--jb-plot" in path.get("stroke", "")]


def pieces(path: ET.Element) -> list[list[tuple[float, float]]]:
    """The connected parts of a path, in pixels."""
    found: list[list[tuple[float, float]]] = []
    for command, numbers in re.findall(r"([Mlhv])([^Mlhvz]*)", path.attrib["d"]):
        first, *rest = (float(part) for part in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers))
        if command == "M":
            (second,) = rest
            found.append([(first, second)])
            continue
        x, y = found[-1][-1]
        across, down = {"l": (first, *rest), "h": (first, 0.0), "v": (0.0, first)}[command]
        found[-1].append((x + across, y + down))
    return found


@picture
def test_the_same_bytes_every_time(draw: Callable[[], str]) -> None:
    assert draw() == draw()


@pytest.mark.slow
def test_the_same_bytes_in_another_process() -> None:
    code = "from tests.site.test_plots import PICTURES; print(*(draw() for draw in PICTURES.values()), sep='\\n')"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "0", "PYTHONUTF8": "1"}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.splitlines() == [draw() for draw in PICTURES.values()]


def test_matplotlib_is_loaded_only_to_draw() -> None:
    code = "import sys, jacobook.site.plots.function_plots; print('matplotlib' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@picture
def test_an_image_with_a_name_and_a_description(draw: Callable[[], str]) -> None:
    svg = draw()
    root = ET.fromstring(svg)
    title, description = (root.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert title is not None
    assert description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert len(str(title.text)) > 10
    assert len(str(description.text)) > 60
    assert "\n" not in svg


@picture
def test_it_takes_the_width_it_is_given(draw: Callable[[], str]) -> None:
    root = ET.fromstring(draw())
    assert root.get("width") is None
    assert root.get("height") is None
    width = float(root.attrib["viewBox"].split()[2])
    sizes = [float(size) for size in re.findall(r'<text[^>]* font-size="([\d.]+)"', draw())]
    assert min(sizes) * 358 / width > 11  # pixels on a phone of 390


@picture
def test_colours_come_from_the_page(draw: Callable[[], str]) -> None:
    svg = draw()
    paints = set(re.findall(r'(?:fill|stroke|color)="([^"]+)"', svg))
    assert all(paint == "none" or paint.startswith("var(--") for paint in paints), paints
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b", re.sub(r"url\(#[^)]*\)", "", svg))
    assert " style=" not in svg


@picture
def test_nothing_is_fetched(draw: Callable[[], str]) -> None:
    svg = draw().replace("http://www.w3.org/2000/svg", "")
    assert "://" not in svg
    assert "href" not in svg
    assert "@import" not in svg
    assert "<image" not in svg


def test_ids_are_unique_and_references_stay_inside() -> None:
    svg = "".join(draw() for draw in PICTURES.values())
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)


def test_the_prefix_is_escaped() -> None:
    svg = function_plot(derived("exp(x)"), 0, 1, prefix='"><script>').svg
    assert "<script>" not in svg
    ET.fromstring(svg)


# -- a function and its derivative ------------------------------------------------------------------------------------


def test_labels_of_a_function_and_its_derivative() -> None:
    shown = texts(of_function())
    assert {"f", "f′", "x", "−2", "0", "2"} <= set(shown)
    words = str(ET.fromstring(of_function()).findtext(f"{SVG}desc"))
    assert "f(x) = sin(x) + cos(x) as a solid line, with values from −1.414 to 1.41" in words
    assert "cos(x) - sin(x) as a dashed line" in words


def test_lines_differ_by_more_than_colour() -> None:
    solid, dashed = curves(of_function())
    assert solid.get("stroke-dasharray") is None
    assert dashed.get("stroke-dasharray")
    styles = [path.get("stroke-dasharray") for path in curves(of_taylor())]
    assert len(styles) == len(set(styles)) == 4


def test_the_curve_is_the_function() -> None:
    (points,) = pieces(curves(of_function("x^2", -2, 2))[0])
    heights = np.interp(40 + 358 * np.linspace(0, 1, 9), *np.transpose(points))
    shown = (heights - heights[4]) / (heights[0] - heights[4])
    assert shown == pytest.approx(np.linspace(-1, 1, 9) ** 2, abs=0.005)


@pytest.mark.parametrize(
    ("expression", "start", "end", "parts"),
    [
        ("log(x)", -1, 4, (1, 1)),
        ("1/x", -3, 3, (2, 2)),
        ("sqrt(1 - x^2)", -2, 2, (1, 1)),
        ("abs(x)", -2, 2, (1, 2)),
        ("tan(x)", -4, 4, (3, 3)),
        ("sign(x)", -1, 1, (2, 1)),
    ],
)
def test_gaps_and_jumps(expression: str, start: float, end: float, parts: tuple[int, int]) -> None:
    found = [[p for p in pieces(path) if len(p) > 1] for path in curves(of_function(expression, start, end))]
    assert tuple(map(len, found)) == parts


def test_no_curve_where_there_is_no_value() -> None:
    for path in curves(of_function("log(x)", -1, 4)):
        lefts = [x for piece in pieces(path) for x, _ in piece]
        assert min(lefts) >= 40 + 358 / 5 - 0.1  # log has no value left of 0, and no derivative there either


def test_constants() -> None:
    given = ("x, mu in R", "sigma in R positive")
    normal = derived("exp(-(x - mu)^2/(2*sigma^2))", "x", given)
    one, two = (function_plot(normal, -3, 3, {"mu": mu, "sigma": 1}).svg for mu in (0, 1))
    assert one != two
    assert "Here mu = 1 and sigma = 1." in two
    with pytest.raises(PlotError, match="needs a value of sigma"):
        function_plot(normal, -3, 3, {"mu": 0})
    with pytest.raises(PlotError, match="tau is no constant"):
        function_plot(normal, -3, 3, {"mu": 0, "sigma": 1, "tau": 2})
    with pytest.raises(PlotError, match="does not fit"):
        function_plot(normal, -3, 3, {"mu": [0, 1], "sigma": 1})


@pytest.mark.parametrize(("start", "end"), [(1, 1), (2, 1), (float("nan"), 1), (0, float("inf"))])
def test_a_range_that_is_none(start: float, end: float) -> None:
    with pytest.raises(PlotError, match="range"):
        of_function("exp(x)", start, end)


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(PlotError, match="no value for x from −2 to −1"):
        of_function("log(x)", -2, -1)
    with pytest.raises(PlotError, match="scalar function of a scalar"):
        function_plot(derived("x'*x", "x", ("x in R^N",)), 0, 1)
    with pytest.raises(PlotError, match="2 entries"):
        contour_plot(derived("exp(x)"))
    with pytest.raises(PlotError, match="2 entries"):
        contour_plot(derived("x'*x", "x", ("x in R^3",)))
    with pytest.raises(PlotError, match="a list of 3, and a is a vector"):
        contour_plot(derived("a'*x", "x", ("x, a in R^N",)), constants={"a": [1, 2, 3]})


# -- Taylor polynomials and contours ----------------------------------------------------------------------------------


def test_equal_polynomials_share_a_line_and_a_label() -> None:
    shown = texts(of_taylor())
    assert {"f", "T0", "T1 = T2", "T3 = T4", "T5"} <= set(shown)
    assert "its Taylor polynomials at x = 0" in str(ET.fromstring(of_taylor()).findtext(f"{SVG}title"))


def test_contours() -> None:
    shown = texts(of_contours())
    assert {"x1", "x2", "5", "10"} <= set(shown)
    colours = [path.get("stroke", path.get("fill", "")) for path in ET.fromstring(of_contours()).iter(f"{SVG}path")]
    assert sum("--jb-plot-1" in colour for colour in colours) >= 5
    arrows = [path for path in ET.fromstring(of_contours()).iter(f"{SVG}path") if "--jb-plot-2" in path.get("fill", "")]
    assert 60 < len(arrows) < 80  # none at the origin, where the gradient is zero, and none on a number
    assert "A = [2, 1; 1, 3]" in str(ET.fromstring(of_contours()).findtext(f"{SVG}desc"))


def test_arrows_point_along_the_gradient() -> None:
    svg = contour_plot(derived("a'*x", "x", ("x, a in R^D",)), constants={"a": [3, 0]}).svg
    arrow = next(path for path in ET.fromstring(svg).iter(f"{SVG}path") if "--jb-plot-2" in path.get("fill", ""))
    points = np.array(pieces(arrow)[0])
    width, height = np.ptp(points, axis=0)
    assert width > 3 * height
    tip = points[np.argmax(points[:, 0])]
    assert tip[1] == pytest.approx(points[:, 1].mean(), abs=1)


@pytest.mark.parametrize("equal", [False, True])
def test_every_arrow_points_along_a_gradient_computed_apart(equal: bool) -> None:
    matrix = np.array([[1.0, 2.0], [0.0, -1.0]])  # not symmetric: the gradient is (B + B')x, not 2Bx
    given = ("x in R^N", "B in R^(N x N)")
    form = derived("x'*B*x", "x", given)
    svg = contour_plot(form, -2, 2, {"B": matrix.tolist()}, equal_arrows=equal).svg
    lengths = []
    for middle, direction in arrows(svg, -2, 2):
        step = 1e-6 * np.eye(2)
        slope = np.array(
            [(p @ matrix @ p - q @ matrix @ q) / 2e-6 for p, q in zip(middle + step, middle - step, strict=True)]
        )
        lengths.append((np.hypot(*direction), np.hypot(*slope)))
        if lengths[-1][0] > 4:  # pixels: coordinates are rounded to a tenth
            assert direction @ slope / np.prod(lengths[-1]) == pytest.approx(1, abs=0.004)
    assert 60 < len(lengths) < 80  # at the origin, the ninth of the ninth, the gradient is zero
    drawn, true = np.transpose(lengths)
    kept = drawn > 12  # shorter ones have a smaller head
    assert kept.sum() > 20
    assert np.ptp(drawn[kept] / (1 if equal else true[kept])) < 0.03 * np.median(
        drawn[kept] / (1 if equal else true[kept])
    )


def number_lines(svg: str) -> list[np.ndarray]:
    """Points along the middle of every number on a contour line, in pixels."""
    found = []
    for one in ET.fromstring(svg).iter(f"{SVG}text"):
        if placed := re.fullmatch(r"translate\((\S+) (\S+)\) rotate\((\S+)\)", one.get("transform", "")):
            x, y, turned = map(float, placed.groups())
            along = np.array([np.cos(np.radians(turned)), np.sin(np.radians(turned))])
            up = np.array([along[1], -along[0]])
            steps = np.linspace(0, 6.5 * len("".join(one.itertext())), 9)[:, None]
            found.append(np.array([x, y]) + 4.5 * up + steps * along)
    return found


def test_arrows_keep_clear_of_numbers() -> None:
    numbers = np.concatenate(number_lines(of_contours()))
    assert len(numbers) >= 5 * 9
    for path in ET.fromstring(of_contours()).iter(f"{SVG}path"):
        if "--jb-plot-2" in path.get("fill", ""):
            outline = np.array(pieces(path)[0])
            tail, tip = (outline[0] + outline[6]) / 2, outline[3]
            shaft = tail + np.linspace(0, 1, 20)[:, None] * (tip - tail)
            assert np.hypot(*np.moveaxis(shaft[:, None] - numbers, -1, 0)).min() > 6


def arrows(svg: str, start: float, end: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Where every arrow has its middle, in coordinates of the plot, and its way from tail to tip, in pixels upwards."""
    found = []
    for path in ET.fromstring(svg).iter(f"{SVG}path"):
        if "--jb-plot-2" not in path.get("fill", ""):
            continue
        outline = np.array(pieces(path)[0])[:7]  # tail, along the shaft, barb, tip, barb, along the shaft, tail
        tip, tail = outline[3], (outline[0] + outline[6]) / 2
        middle = (tip + tail) / 2
        place = np.array([middle[0] - 40, 12 + 358 - middle[1]]) / 358 * (end - start) + start
        found.append((place, (tip - tail) * [1, -1]))
    return found


def test_the_rows_of_values_give_the_sizes() -> None:
    given = ("w in R^D", "y in R^N", "X in R^(N x D)")
    values: dict[str, Any] = {"y": [1, 2, 2], "X": [[1, 0], [1, 1], [1, 2]]}
    picture = contour_plot(derived("norm2(y - X*w)^2", "w", given), -1, 3, values, levels=[1, 10])
    assert {"1", "10"} <= set(texts(picture.svg))
    assert "for y = [1; 2; 2] and X = [1, 0; 1, 1; 1, 2]." in prose_text(picture.caption)


@pytest.mark.parametrize(
    ("constants", "field", "said"),
    [
        ({}, (), "a value of S: with: {S: [[1, 0], [0, 1]]}"),
        ({"S": [[1, 0]]}, ("with", "S"), "it is 1×2, and S is a matrix of D×D, here 2×2"),
        ({"S": [[1, 0], [0]]}, ("with", "S"), "not equally long"),
        ({"S": 3}, ("with", "S"), "it is a number"),
        ({"S": [[1, 2], [3, 9]]}, ("with", "S"), "not positive-definite"),
        ({"S": [[1, 2], [2, 1]]}, ("with", "S"), "not positive-definite"),
        ({"T": 1}, ("with", "T"), "no constant"),
    ],
)
def test_constants_that_do_not_fit(constants: dict[str, object], field: tuple[str, ...], said: str) -> None:
    form = derived("x'*inv(S)*x", "x", ("x in R^D", "S in R^(D x D) positive-definite"))
    with pytest.raises(PlotError, match=re.escape(said)) as raised:
        contour_plot(form, -1, 1, constants)  # type: ignore[arg-type]
    assert raised.value.field == field


def test_levels_that_no_point_has() -> None:
    with pytest.raises(PlotError, match="no line at 9: f goes from 0 to 8") as raised:
        contour_plot(derived("x'*x", "x", ("x in R^D",)), levels=[1, 9])
    assert raised.value.field == ("levels",)


def test_components_of_the_variable() -> None:
    picture = contour_plot(derived("x[1]^2 + 3*x[2]", "x", ("x in R^2",)), -1, 1)
    for middle, direction in arrows(picture.svg, -1, 1):
        assert direction[0] / direction[1] == pytest.approx(2 * middle[0] / 3, abs=0.02)


def test_functions_without_values() -> None:
    with pytest.raises(PlotError, match="cannot be drawn"):
        contour_plot(derived("g(x)", "x", ("x in R^D", "g: R^D -> R")))


def test_captions_say_what_is_drawn() -> None:
    curve = function_plot(derived("exp(c*x)", "x", ("x, c in R",)), 0, 1, {"c": 2})
    assert prose_text(curve.caption) == "The function f, solid, and its derivative, dashed, for c = 2."
    contours = contour_plot(derived("x'*x", "x", ("x in R^D",)), equal_arrows=True)
    assert "for D = 2." in prose_text(contours.caption)
    assert "All arrows have the same length." in prose_text(contours.caption)


# -- curves and places ------------------------------------------------------------------------------------------------


def test_a_curve_is_followed_to_the_edge_of_its_domain() -> None:
    with np.errstate(all="ignore"):
        x, y = curve(np.sqrt, -1.0, 1.05)
    first = x[np.isfinite(y)][0]
    assert 0 <= first < 1e-9


def test_views() -> None:
    steps = np.linspace(-1, 1, 401)
    assert view(steps) == pytest.approx((-1.12, 1.12))
    with np.errstate(all="ignore"):
        low, high = view(1 / steps)
        assert -20 < low < -2 < 2 < high < 20
        low, high = together(1 / steps, -1 / steps**2)
        assert -30 < low < -2
    low, high = view(np.full(5, 3.0))
    assert low < 3 < high
    with pytest.raises(NoValueError):
        view(np.array([np.nan]))


def test_labels_do_not_overlap() -> None:
    x = np.linspace(0, 300, 301)
    lines = [np.column_stack([x, 150 - slope * (x - 150)]) for slope in (-0.5, 0.0, 0.1, 0.6, 2.0)]
    found = places(lines, [(20.0, 16.0)] * 5, (0.0, 0.0, 300.0, 300.0))
    for first, second in combinations(found, 2):
        assert abs(first.x - second.x) >= 20 or abs(first.y - second.y) >= 16
    for place, line in zip(found, lines, strict=True):
        nearest = np.min(np.hypot(line[:, 0] - place.x, line[:, 1] - place.y))
        assert nearest < 30
