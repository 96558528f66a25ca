"""The page on which a reader asks for a function of their own: what it offers to start from."""

from __future__ import annotations

import html
import json
from typing import Any

from jacobook.algebra.declared_properties import ROWS
from jacobook.algebra.shapes import SCALAR, matrix, vector
from jacobook.rendering.statement_address import PAGE, statement_address

OWN_FUNCTION = "your-own-function.md"
"""The file of the page below `docs/`."""
EXAMPLES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("A quadratic form", ("x'*A*x",), ("x in R^N", "A in R^(N x N)"), "x"),
    ("Least squares", ("norm2(A*x - b)^2",), ("A in R^(M x N)", "x in R^N", "b in R^M"), "x"),
    (
        "A chain: exp(−z) of a quadratic form",
        ("f = exp(-z/2)", "z = y'*inv(S)*y", "y = x - mu"),
        ("x, mu in R^D", "S in R^(D x D) invertible"),
        "x",
    ),
    ("Logistic regression", ("sum(log(1 + exp(-y.*(X*w))))",), ("X in R^(N x D)", "y in R^N", "w in R^D"), "w"),
    ("Softmax cross-entropy", ("-y'*log(softmax(W*x))",), ("W in R^(K x D)", "x in R^D", "y in R^K"), "W"),
    ("The log-determinant", ("logdet(X'*X)",), ("X in R^(M x N)",), "X"),
    ("LaTeX, as it is pasted", (r"\frac{1}{2}\|y - Xw\|_2^2",), ("y in R^N", "X in R^(N x D)", "w in R^D"), "w"),
)
"""Title, lines, declarations and variable."""


def own_function_page() -> dict[str, Any]:
    """Return what the page shows: statements to start from, and which properties may be declared of which kind."""
    kinds = {"scalar": SCALAR, "vector": vector("N"), "matrix": matrix("N", "N")}
    fitting = {kind: ["", *(row.name for row in ROWS.values() if row.fits(shape))] for kind, shape in kinds.items()}
    return {
        "properties": html.escape(json.dumps(fitting)),
        "examples": [
            {"title": title, "address": html.escape(statement_address(lines, given, wrt).removeprefix(PAGE))}
            for title, lines, given, wrt in EXAMPLES
        ],
    }
