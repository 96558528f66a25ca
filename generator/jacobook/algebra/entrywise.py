"""Entry-wise products as multisets of powers: (x ∘ y ∘ x) is x^2 y, in sorted order."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape

Parts = list[tuple[Node, Fraction]]


def entrywise_parts(node: Node) -> Parts:
    """Return the factors and exponents of an entry-wise product of arrays; an array of ones has none."""
    match node:
        case n.Hadamard():
            return [part for operand in node.operands for part in entrywise_parts(operand)]
        case n.HadamardPower() if isinstance(node.operands[1], n.Number) and not node.operands[0].shape.is_scalar:
            exponent = node.operands[1].value
            if exponent.denominator == 1:
                return [(base, e * exponent) for base, e in entrywise_parts(node.operands[0])]
            return [(node.operands[0], exponent)]
        case n.Fill() if node.operands[0] is build.ONE:
            return []
        case n.Transpose() if isinstance(node.operands[0], n.Hadamard | n.HadamardPower):
            return [(build.transpose(base), e) for base, e in entrywise_parts(node.operands[0])]
    return [(node, Fraction(1))]


def entrywise_node(parts: Parts, shape: Shape, key: Callable[[Node], str]) -> Node:
    """Return the entry-wise product of the powers, sorted by the key; an array of ones for no parts."""
    merged: dict[Node, Fraction] = {}
    for base, exponent in parts:
        merged[base] = merged.get(base, Fraction(0)) + exponent
    result: Node | None = None
    for base, exponent in sorted(merged.items(), key=lambda item: key(item[0])):
        if not exponent:
            continue
        factor = base if exponent == 1 else build.hadamard_power(base, build.number(exponent))
        result = factor if result is None else build.hadamard(result, factor)
    return build.fill(build.ONE, shape) if result is None else result
