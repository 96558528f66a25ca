"""What is known of an expression by its form: which scalars are whole numbers, which matrices are invertible."""

from __future__ import annotations

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node


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
        case n.Identity() | n.Inverse():
            return True
        case n.Transpose() | n.Negate():
            return is_invertible(node.operands[0])
        case n.Power():
            return node.shape.is_matrix and is_invertible(node.operands[0])
        case n.Product():
            return all(factor.shape.is_square and is_invertible(factor) for factor in node.operands)
    return False
