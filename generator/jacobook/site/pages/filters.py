"""How a derivative is found on the cheat sheet: by the types of function and variable, the kind of its shape, words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jacobook.algebra.shapes import Shape, derivative_shape

DIFFERENTIAL = "differential"
_KINDS = ("scalar", "vector", "matrix")

TYPES: dict[str, str] = {
    **{f"{of}-by-{wrt}": f"{of} by {wrt}" for of in _KINDS for wrt in _KINDS},
    DIFFERENTIAL: "differential",
}
"""Every type of a derivative, by key, in the order of the choice: what is differentiated with respect to what."""

SHAPES: dict[str, str] = {
    "number": "1×1, a number",
    "row": "1×N, a row in the Jacobian layout",
    "column": "N×1, a column",
    "square": "N×N, a square matrix",
    "rectangular": "M×N, a matrix",
    "beyond": "(M×N)×(P×Q), more than two indices",
}
"""Every kind of the shape of a result, by key, in the order of the choice."""


def type_key(of: Shape, wrt: Shape) -> str:
    """Return the key of what is differentiated with respect to what: `scalar-by-matrix`. A row counts as a vector."""
    return f"{_kind(of)}-by-{_kind(wrt)}"


def derivative_shape_key(of: Shape, wrt: Shape) -> str:
    """Return the key of the kind of shape in which a derivative is displayed."""
    shape = derivative_shape(of, wrt)
    return "beyond" if shape is None else shape_key(shape)


def shape_key(shape: Shape) -> str:
    """Return the key of the kind of a shape: `row`, `square`."""
    if shape.is_scalar:
        return "number"
    if shape.is_matrix:
        return "square" if shape.is_square else "rectangular"
    return "row" if shape.is_row else "column"


def search_words(phrases: Iterable[str], formulas: Iterable[str]) -> str:
    """Return everything by which a reader may look for an entry, in lower case, each part once.

    Formulas stand there without spaces and stars, as people type them, so that `tr(AX)` is found in `tr(A*X)`; an
    inverse `inv(X)` is found as `X^-1` too.
    """
    squeezed = [re.sub(r"[\s*]", "", formula) for formula in formulas]
    powers = [re.sub(r"inv\((\w+)\)", r"\1^-1", formula) for formula in squeezed]
    parts = (" ".join(part.lower().split()) for part in (*phrases, *squeezed, *powers))
    return " ".join(dict.fromkeys(filter(None, parts)))


def _kind(shape: Shape) -> str:
    if shape.is_scalar:
        return "scalar"
    return "matrix" if shape.is_matrix else "vector"
