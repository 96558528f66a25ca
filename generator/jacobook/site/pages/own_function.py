"""The page on which a reader asks for a function of their own: what it offers to start from."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

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


def address(lines: tuple[str, ...], given: tuple[str, ...], wrt: str) -> str:
    """Return what stands behind the # of an address that holds a statement, escaped for HTML."""
    fields = [*(("f", line) for line in lines), *(("given", one) for one in given), ("wrt", wrt)]
    return html.escape(urlencode(fields))


def own_function_page() -> dict[str, Any]:
    """Return what the page shows: statements to start from."""
    examples = [{"title": title, "address": address(lines, given, wrt)} for title, lines, given, wrt in EXAMPLES]
    return {"examples": examples}
