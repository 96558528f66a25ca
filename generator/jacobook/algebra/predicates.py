"""What is known of an expression by its form: which scalars are whole numbers, which matrices are invertible."""

from __future__ import annotations

from fractions import Fraction

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node

LONG = 1000
"""A fraction is written as a decimal from this denominator on, if that is shorter: 0.044715, but 1/8 and 1/1024."""


def decimal(value: Fraction) -> str | None:
    """Return the fraction as the finite decimal that it is written as, None for one that stays a fraction."""
    if value.denominator < LONG:
        return None
    places = next((k for k in range(3, 19) if 10**k % value.denominator == 0), None)
    if places is None:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    written = f"{'-' * (value < 0)}{digits[:-places]}.{digits[-places:].rstrip('0')}"
    return written if len(written) < len(str(value)) else None


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
