"""What is known of an expression by its form: which scalars are whole numbers, which matrices are invertible."""

from __future__ import annotations

from fractions import Fraction

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node

LONG = 1000
"""A fraction is written as a decimal from this denominator on, if that is shorter: 0.044715, but 1/8 and 1/1024."""
MEASURED = 100
"""Also from this numerator on over tens, as numbers of tables are: 237.3 and 17.27, but 99/10 and 1001/2."""


def decimal(value: Fraction) -> str | None:
    """Return the fraction as the finite decimal that it is written as, None for one that stays a fraction."""
    if value.denominator < LONG and (abs(value.numerator) < MEASURED or value.denominator % 5):
        return None
    places = next((k for k in range(3, 19) if 10**k % value.denominator == 0), None)
    if places is None:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    written = f"{'-' * (value < 0)}{digits[:-places]}.{digits[-places:].rstrip('0')}"
    return written if len(written) < len(str(value)) else None


MOST_DIGITS = 6
"""A number of more digits is written out."""
LEAST_ZEROS, LEAST_EXPONENT = 7, -6
"""From so many zeros on, and from so far behind the point, a number is written with a power of 10."""


def scientific(value: Fraction) -> tuple[str, int] | None:
    """Return m and k of m · 10ᵏ for a positive number that is written so, 6.02 · 10²³ or 10⁻⁸; None for any other."""
    if value.numerator < 10**LEAST_ZEROS and value.denominator < 10**-LEAST_EXPONENT:
        return None
    (above, rest), exponent = _without_factor(value.numerator, 10), 0
    below = value.denominator
    twos, fives = (_without_factor(below, prime)[1] for prime in (2, 5))
    if below != 2**twos * 5**fives:
        return None
    if below == 1:
        exponent = rest
    else:
        exponent = -max(twos, fives)
        above = value.numerator * 10**-exponent // below
    if above >= 10**MOST_DIGITS or (exponent > 0 and exponent < LEAST_ZEROS):
        return None
    digits = str(above)
    leading = exponent + len(digits) - 1
    if exponent <= 0 and leading > LEAST_EXPONENT:
        return None
    return (f"{digits[0]}.{digits[1:]}" if digits[1:] else digits), leading


def _without_factor(value: int, factor: int) -> tuple[int, int]:
    """Return a whole number without all factors of this kind, and how many of them there were."""
    times = 0
    for step in (1024, 256, 64, 16, 4, 1):
        while value % factor**step == 0:
            value, times = value // factor**step, times + step
    return value, times


def is_whole(node: Node) -> bool:
    """Return whether the scalar is a whole number: declared so, a running index, a size, or made of such by + − ·."""
    match node:
        case n.Number():
            return node.value.denominator == 1
        case n.RunningIndex() | n.SizeOf():
            return True
        case n.Symbol():
            return "whole" in node.properties
        case n.Add() | n.Negate() | n.Product():
            return node.shape.is_scalar and all(map(is_whole, node.operands))
    return False


def is_invertible(node: Node) -> bool:
    """Return whether a matrix is known to be invertible: declared so, or made of such by products and powers."""
    match node:
        case n.Symbol() | n.FunctionValue():
            return "invertible" in node.properties
        case n.Identity() | n.Inverse() | n.MatrixExponential() | n.Cholesky():
            return True
        case n.MatrixRoot():
            return is_invertible(node.operands[0])
        case n.Transpose() | n.Negate():
            return is_invertible(node.operands[0])
        case n.Power():
            return node.shape.is_matrix and is_invertible(node.operands[0])
        case n.Product() | n.Kronecker():
            return all(factor.shape.is_square and is_invertible(factor) for factor in node.operands)
    return False


def is_identity_less_others(matrix: Node) -> bool:
    """Return whether a matrix is written as I − Q."""
    return isinstance(matrix, n.Add) and any(isinstance(term, n.Identity) for term in matrix.operands)
