"""Which matrices are invertible by their form."""

from __future__ import annotations

from generator.algebra import nodes as n
from generator.algebra.nodes import Node


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
