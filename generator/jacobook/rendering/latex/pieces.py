"""Pieces of LaTeX: sizes and spaces, parentheses, fences, fractions."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from jacobook.algebra.dimensions import size_factors, sum_of_monomials
from jacobook.algebra.nodes import Pair, Position
from jacobook.algebra.predicates import scientific
from jacobook.algebra.shapes import Dimension, Shape
from jacobook.rendering.letters import is_one_letter, latex_name, split_name


def latex_dimension(dimension: Dimension) -> str:
    """Return a dimension as LaTeX: `D`, `2MN`, `N^{2}`, `n+1`, `N(N+1)/2`."""
    if dimension.is_sum:
        return _latex_sum(dimension)
    counts = Counter(dimension.names)
    names = [latex_name(name) + (f"^{{{times}}}" if times > 1 else "") for name, times in counts.items()]
    if any(not is_one_letter(split_name(name)[0]) for name in dimension.names):
        names = [r"\,".join(names)]
    coefficient = "" if dimension.coefficient == 1 and names else str(dimension.coefficient)
    return coefficient + adjoin(names)


def _latex_sum(dimension: Dimension) -> str:
    """Return a size that is a sum, or holds one, factor by factor."""
    below, factors = size_factors(dimension)
    alone = below == 1 and len(factors) == 1 and factors[0][1] == 1
    pieces = []
    for factor, times in factors:
        if not factor.is_sum:
            pieces.append(latex_dimension(factor) + (f"^{{{times}}}" if times > 1 else ""))
            continue
        terms = sum_of_monomials(factor, latex_name, r"\,", "+", "-")
        pieces.append(terms if alone else f"({terms})" + (f"^{{{times}}}" if times > 1 else ""))
    return adjoin(pieces) + (f"/{below}" if below != 1 else "")


def _beside_cross(dimension: Dimension) -> str:
    return f"({latex_dimension(dimension)})" if dimension.is_open else latex_dimension(dimension)


def latex_shape(shape: Shape) -> str:
    r"""Return the numbers of rows and columns: `1\times D`."""
    return rf"{_beside_cross(shape.rows)}\times {_beside_cross(shape.columns)}"


def latex_space(shape: Shape) -> str:
    r"""Return the space of the values of this shape: `\mathbb{R}`, `\mathbb{R}^{D}`."""
    if shape.is_scalar:
        return r"\mathbb{R}"
    return rf"\mathbb{{R}}^{{{latex_dimension(shape.rows) if shape.is_vector else latex_shape(shape)}}}"


def latex_position(position: Position) -> str:
    """Return an index, a fixed place or a pair of them as LaTeX."""
    match position:
        case Dimension():
            return latex_dimension(position)
        case Pair():
            return f"({positions_below((position.major, position.minor))[0]})"
    return latex_name(position.name)


def adjoin(parts: list[str]) -> str:
    """Return LaTeX fragments side by side, with a space where two would otherwise run into one command."""
    result = ""
    for part in parts:
        if part[:1].isalpha() and re.search(r"\\[A-Za-z]+$", result):
            result += " "
        result += part
    return result


def fraction(value: Fraction) -> str:
    """Return a rational number as LaTeX, a small fraction where it is not whole."""
    sign = "-" if value < 0 else ""
    if value.denominator == 1:
        return str(value)
    above, below = (
        with_power_of_ten(Fraction(part)) or str(part) for part in (abs(value.numerator), value.denominator)
    )
    return rf"{sign}\tfrac{{{above}}}{{{below}}}"


def with_power_of_ten(value: Fraction) -> str:
    """Return a large or small positive number as LaTeX, 6.02 · 10²³; empty for a number that is written out."""
    found = scientific(value)
    if found is None:
        return ""
    mantissa, exponent = found
    return f"10^{{{exponent}}}" if mantissa == "1" else rf"{mantissa} \cdot 10^{{{exponent}}}"


def positions_below(positions: tuple[Position, ...]) -> tuple[str, ...]:
    """Return what stands below: one entry `ij`, or with a comma where a position is longer than a letter."""
    written = [latex_position(position) for position in positions]
    if all(len(part) == 1 or re.fullmatch(r"\\[A-Za-z]+", part) for part in written):
        return (adjoin(written),)
    return (",".join(written),)
