"""The pages of conventions: their examples are derived, their pictures drawn, their verdicts asked of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Symbol
from jacobook.algebra.shapes import SCALAR, Shape, derivative_shape, matrix, vector
from jacobook.algebra.terms import transpose_factor
from jacobook.calculus.matrix_route import differentiate
from jacobook.language import parse_expression
from jacobook.language.declarations import parse_declarations
from jacobook.rendering.pictures.chain_data import Label, TypeRun, partial_label
from jacobook.rendering.pictures.shape_svg import Cells, Factor, drawn_cells, product_svg, shape_svg, vec_svg
from jacobook.rendering.shape_words import jacobian_shape_text, shape_text
from jacobook.rendering.statement_lines import latex_declarations
from jacobook.site.pages.markup import inline, maths
from jacobook.site.pages.reading_example import reading_example
from jacobook.site.pages.shape_gallery import lookalikes

LAYOUTS, NOTATION, READING = "layouts.md", "notation.md", "how-to-read.md"
"""The files of the pages below `docs/`."""
MOVED_SECTIONS = {
    NOTATION: (
        "notation",
        "four-things-that-look-alike",
        "the-same-with-n-entries",
        "crossing-over",
        "the-command-line",
        "declarations",
        "products-powers-and-sums",
        "functions",
        "arrays-entries-and-sizes",
        "chains",
        "programs",
        "latex",
    ),
    READING: ("how-to-read-a-page", "statement", "chain", "result", "answer"),
}
"""The anchors of the page that was there before, by the page that has them now; all others are on the first."""

LAYOUT_EXAMPLES: tuple[tuple[str, str], ...] = (
    ("a'*x", "x"),
    ("x'*B*x", "x"),
    ("A*x", "x"),
    ("tanh(A*x)", "x"),
    ("t*b", "t"),
    ("b'*X*a", "X"),
)
"""Function and variable of the examples that set the two layouts side by side."""

LAYOUT_SYMBOLS = ("t in R", "a, x in R^N", "b in R^M", "A, X in R^(M x N)", "B in R^(N x N)")

TELLING = ("a'*x", "A*x")
"""Functions of x whose derivatives, looked up in a book, tell which layout the book uses."""

BEYOND = ("X*a", "X'", "A*X'")
"""Functions of the matrix X whose derivatives have more than two indices."""

CHAIN = (n.symbol("f"), n.symbol("z", vector("M")), n.symbol("y", vector("P")), n.symbol("x", vector("N")))
"""The names of a chain of three links, the function first."""


def _with_functions(language: str) -> str:
    """Return the description of the language with the registered functions, and how they are defined."""
    defined = [f"`{row.name}(u) = {row.definition}`" for row in ELEMENTWISE.values() if row.definition]
    names = " ".join(f"`{name}`" for name in ELEMENTWISE)
    return language.replace("{{ elementwise }}", names).replace("{{ definitions }}", " · ".join(defined))


def moved_conventions() -> dict[str, Any]:
    """Return the pages that the one of conventions became, and where each of its sections is now."""
    return {
        "pages": [
            {"file": LAYOUTS, "title": "Layouts"},
            {"file": NOTATION, "title": "Notation and language"},
            {"file": READING, "title": "How to read a page"},
        ],
        "sections": {
            anchor: file.removesuffix(".md") for file, anchors in MOVED_SECTIONS.items() for anchor in anchors
        },
    }


def conventions_data(language: str) -> dict[str, Any]:
    """Return what the pages of conventions show."""
    symbols = parse_declarations(LAYOUT_SYMBOLS)
    cells = drawn_cells([matrix("M", "N"), vector("P")])
    a, x = n.symbol("A", matrix("M", "N")), n.symbol("x", vector("D"))
    i, j = n.Index("i", a.shape.rows), n.Index("j", a.shape.columns)
    product = a * n.symbol("y", vector(a.shape.columns))
    return {
        "pictures": [_picture(shape, cells) for shape in (SCALAR, vector("N"), vector("N").transposed, a.shape)],
        "layouts": [_layouts(expression, name, symbols, cells) for expression, name in LAYOUT_EXAMPLES],
        "entries": {
            "jacobian": inline(r"\partial f_{i} / \partial x_{j}"),
            "denominator": inline(r"\partial f_{j} / \partial x_{i}"),
        },
        "telling": [_layouts(expression, "x", symbols, cells) for expression in TELLING],
        "layout_symbols": ", ".join(inline(line) for line in latex_declarations(symbols)),
        "shapes": {
            "scalar_by_vector": _both(SCALAR, vector("N")),
            "vector_by_vector": _both(vector("M"), vector("N")),
            "scalar_by_matrix": _both(SCALAR, a.shape),
            "stacked": shape_text(vector(a.shape.rows * a.shape.columns).transposed),
        },
        "chain": _chain(cells),
        "vec": vec_svg(a.shape.rows, a.shape.columns, cells),
        "beyond": [_beyond(expression, symbols) for expression in BEYOND],
        "alike": lookalikes(cells),
        "example": reading_example(),
        "vector_space": inline(r"\mathbb{R}^{D}"),
        "size": inline("D"),
        "entry": maths(build.entry(a, i, j)),
        "matrix": maths(a),
        "vector": maths(x),
        "hadamard": maths(build.hadamard(x, n.symbol("y", x.shape))),
        "hadamard_of_product": maths(build.hadamard(n.symbol("x", vector(a.shape.rows)), product)),
        "product": maths(product),
        "diag": maths(build.diag(x)),
        "delta": maths(build.delta(i, j)),
        "partial": maths(build.partial(CHAIN[1], CHAIN[3])),
        "total": maths(build.partial(CHAIN[0], CHAIN[3], total=True)),
        "differential": maths(build.differential(x)),
        "function": maths(build.apply("exp", a)),
        "command": " \\\n  ".join(
            (
                'jacobook derive "x\'*A*x"',
                '--given "x in R^N"',
                '--given "A in R^(N x N)"',
                "--wrt x",
            )
        ),
        "language": _with_functions(language),
    }


def _picture(shape: Shape, cells: Cells) -> dict[str, str]:
    return {"name": shape.kind.value, "shape": shape_text(shape), "picture": shape_svg(shape, cells)}


def _layouts(expression: str, name: str, symbols: Sequence[Symbol], cells: Cells) -> dict[str, str]:
    """Return a derivative in both layouts, derived and drawn."""
    variable = next(symbol for symbol in symbols if symbol.name == name)
    function = parse_expression(expression, symbols)
    value, _ = differentiate(n.symbol("f", function.shape), function, variable)
    turned = value if variable.shape.is_matrix else collect(transpose_factor(value))
    return {
        "function": maths(function),
        "variable": maths(variable),
        "kinds": f"{function.shape.kind.value} by {variable.shape.kind.value}",
        "jacobian": maths(value),
        "shape": shape_text(value.shape),
        "picture": shape_svg(value.shape, cells),
        "denominator": maths(turned),
        "turned": shape_text(turned.shape),
        "turned_picture": shape_svg(turned.shape, cells),
    }


def _both(of: Shape, wrt: Shape) -> dict[str, str]:
    """Return the shape of a derivative in both layouts. Only vectors are transposed."""
    shape = derivative_shape(of, wrt)
    assert shape is not None
    return {"jacobian": shape_text(shape), "denominator": shape_text(shape if wrt.is_matrix else shape.transposed)}


def _chain(cells: Cells) -> dict[str, str]:
    """Return the factors of a chain of three links as boxes, in both layouts."""
    factors = []
    for of, wrt in pairwise(CHAIN):
        shape = derivative_shape(of.shape, wrt.shape)
        assert shape is not None
        factors.append(Factor(shape, partial_label(of, wrt)))
    turned = [Factor(one.shape.transposed, _transposed(one.label)) for one in reversed(factors)]
    whole = partial_label(CHAIN[0], CHAIN[-1], total=True)
    return {
        "jacobian": product_svg(factors, cells, whole),
        "denominator": product_svg(turned, cells, _transposed(whole)),
    }


def _transposed(label: Label) -> Label:
    return TypeRun("("), *label, TypeRun(")"), TypeRun("⊤", shift=1)


def _beyond(expression: str, symbols: Sequence[Symbol]) -> dict[str, str]:
    """Return a derivative of more than two indices: its shape, and its value as the Jacobian of the stacked entries."""
    variable = next(symbol for symbol in symbols if symbol.name == "X")
    function = parse_expression(expression, symbols)
    value, _ = differentiate(n.symbol("F", function.shape), function, variable)
    return {
        "function": maths(function),
        "shape": jacobian_shape_text(function.shape, variable.shape),
        "stacked": maths(value),
        "stacked_shape": shape_text(value.shape),
    }
