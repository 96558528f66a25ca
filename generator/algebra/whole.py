"""Which scalars are whole numbers by their form."""

from __future__ import annotations

from generator.algebra import nodes as n
from generator.algebra.nodes import Node


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
