"""The page of conventions: its examples are derived."""

from __future__ import annotations

from typing import Any

from generator.algebra import build
from generator.algebra import nodes as n
from generator.algebra.shapes import matrix, vector
from generator.algebra.terms import transpose_factor
from generator.algebra.collect import collect
from generator.calculus.matrix_route import differentiate
from generator.language import parse_expression
from generator.language.declarations import parse_declarations
from generator.rendering.shapes import shape_text
from generator.rendering.statement import latex_declarations
from generator.site.markup import inline, maths

LAYOUT_EXAMPLES: tuple[tuple[str, str], ...] = (
    ("a'*x", "x"),
    ("x'*B*x", "x"),
    ("A*x", "x"),
    ("tanh(A*x)", "x"),
    ("t*b", "t"),
    ("b'*X*a", "X"),
)
"""Function and variable of the table that sets the two layouts side by side."""

LAYOUT_SYMBOLS = ("t in R", "a, x in R^N", "b in R^M", "A, X in R^(M x N)", "B in R^(N x N)")


def conventions_page(language: str) -> dict[str, Any]:
    """Return the examples of the conventions page, each derived."""
    rows = []
    symbols = parse_declarations(LAYOUT_SYMBOLS)
    for expression, name in LAYOUT_EXAMPLES:
        variable = next(symbol for symbol in symbols if symbol.name == name)
        function = parse_expression(expression, symbols)
        value, _ = differentiate(n.symbol("f", function.shape), function, variable)
        turned = value if variable.shape.is_matrix else collect(transpose_factor(value))
        rows.append(
            {
                "function": maths(function),
                "variable": maths(variable),
                "jacobian": maths(value),
                "shape": shape_text(value.shape),
                "denominator": maths(turned),
                "turned": shape_text(turned.shape),
            }
        )
    a, x = n.symbol("A", matrix("M", "N")), n.symbol("x", vector("D"))
    i, j = n.Index("i", a.shape.rows), n.Index("j", a.shape.columns)
    return {
        "layouts": rows,
        "layout_symbols": ", ".join(inline(line) for line in latex_declarations(symbols)),
        "vector_space": inline(r"\mathbb{R}^{D}"),
        "size": inline("D"),
        "entry": maths(build.entry(a, i, j)),
        "matrix": maths(a),
        "hadamard": maths(build.hadamard(x, n.symbol("y", x.shape))),
        "diag": maths(build.diag(x)),
        "delta": maths(build.delta(i, j)),
        "command": " \\\n  ".join(
            (
                'python -m generator derive "x\'*A*x"',
                '--given "x in R^N"',
                '--given "A in R^(N x N)"',
                "--wrt x",
            )
        ),
        "language": language,
    }
