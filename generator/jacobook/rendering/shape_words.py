"""Shapes as a reader sees them, and the result in either layout."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Dimension, Shape, derivative_shape
from jacobook.calculus.derivation import Derivation


def dimension_text(dimension: Dimension) -> str:
    """Return a dimension as plain characters: `D`, `2·M·N`, `n + 1`, `N(N + 1)/2`."""
    return str(dimension).replace("*(", "(").replace("*", "·").replace(" - ", " − ")


def _beside_cross(dimension: Dimension) -> str:
    return f"({dimension_text(dimension)})" if dimension.is_open else dimension_text(dimension)


def shape_text(shape: Shape) -> str:
    """Return the numbers of rows and columns: `1×D`."""
    return f"{_beside_cross(shape.rows)}×{_beside_cross(shape.columns)}"


def jacobian_shape_text(of: Shape, wrt: Shape) -> str:
    """Return the shape in which a derivative is displayed: `1×D`, and `(M×N)×(P×Q)` beyond two indices."""
    shape = derivative_shape(of, wrt)
    if shape is not None:
        return shape_text(shape)
    parts = ("×".join(map(_beside_cross, part.dimensions)) for part in (of, wrt))
    return "×".join(f"({part})" for part in parts)


def described_shape(of: Shape, wrt: Shape) -> str:
    """Return the shape of a derivative for a sentence: `1×D`; beyond two indices also that of the vec Jacobian.

    That is `(M×N)×(P×Q); as the Jacobian of the stacked entries M·N×P·Q`.
    """
    whole = jacobian_shape_text(of, wrt)
    if derivative_shape(of, wrt) is not None:
        return whole
    rows, columns = (_beside_cross(part.rows * part.columns) for part in (of, wrt))
    return f"{whole}; as the Jacobian of the stacked entries {rows}×{columns}"


def jacobian_shape_lists(of: Shape, wrt: Shape) -> list[str] | list[list[str]]:
    """Return the same as data: `["1", "D"]`, or `[["M", "N"], ["P", "Q"]]` beyond two indices."""
    shape = derivative_shape(of, wrt)
    if shape is not None:
        return [str(shape.rows), str(shape.columns)]
    return [[str(dimension) for dimension in part.dimensions] for part in (of, wrt)]


def result(derivation: Derivation, layout: str = "jacobian") -> tuple[Node, Node]:
    """Return the unevaluated derivative and its value, in a layout.

    Where the layouts do not differ, or the denominator layout is undefined, it is the Jacobian layout.
    """
    if layout == "denominator" and derivation.denominator:
        last = derivation.denominator[-1]
        return last.left, last.right
    return derivative_left(derivation.statement.function, derivation.statement.wrt), derivation.value


def derivative_left(of: Symbol, wrt: Symbol) -> Node:
    """Return df/dx, unevaluated; beyond two indices it is d vec(f)/d vec(x)."""
    return build.partial(of, wrt, total=True)
