"""Arrays that are combined entry by entry, as scalars and back: what holds for x/(1 + x) holds for every entry."""

from __future__ import annotations

from functools import reduce

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import rebuild


class Entries:
    """Arrays of one shape, each with the scalar that stands for any of its entries."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._entries: dict[Node, Symbol] = {}
        self._arrays: dict[Node, Node] = {}

    def scalar(self, node: Node) -> Node:
        """Return what an entry of the array is; an array that is no sum or product entry by entry is taken whole."""
        match node:
            case n.Fill():
                return node.operands[0]
            case n.Add() | n.Negate():
                return rebuild(node, tuple(map(self.scalar, node.operands)))
            case n.Hadamard():
                return build.product(*map(self.scalar, node.operands))
            case n.HadamardDivide():
                return build.divide(*map(self.scalar, node.operands))
            case n.HadamardPower(operands=(base, n.Number() as exponent)) if not base.shape.is_scalar:
                return build.power(self.scalar(base), exponent)
            case n.Product(operands=(*scalars, array)) if all(factor.shape.is_scalar for factor in scalars):
                return build.product(*scalars, self.scalar(array))
            case n.Divide(operands=(array, divisor)):
                return build.divide(self.scalar(array), divisor)
        return node if node.shape.is_scalar else self._entry(node)

    def _entry(self, array: Node) -> Symbol:
        if array not in self._entries:
            entry = Symbol((), build.ONE.shape, (f"entry of array {len(self._entries) + 1}", frozenset()))
            self._entries[array], self._arrays[entry] = entry, array
        return self._entries[array]

    def array(self, node: Node) -> Node:
        """Return the array whose entries are given by the scalar."""
        if node in self._arrays:
            return self._arrays[node]
        if node.symbols.isdisjoint(self._arrays):
            return build.fill(node, self.shape)
        match node:
            case n.Product():
                scalars = [factor for factor in node.operands if factor.symbols.isdisjoint(self._arrays)]
                arrays = [self.array(factor) for factor in node.operands if factor not in scalars]
                return build.product(*scalars, reduce(build.hadamard, arrays))
            case n.Divide(operands=(above, below)) if below.symbols.isdisjoint(self._arrays):
                return build.divide(self.array(above), below)
            case n.Divide():
                return build.hadamard_divide(*map(self.array, node.operands))
            case n.Power(operands=(base, exponent)):
                return build.hadamard_power(self.array(base), exponent)
        return rebuild(node, tuple(map(self.array, node.operands)))
