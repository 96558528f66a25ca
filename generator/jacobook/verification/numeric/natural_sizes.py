"""How large values are where nothing cancels: what is much smaller than that is 0 but for rounding, or near a zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node, Symbol
from jacobook.verification.numeric.array_operations import LARGEST_CONDITION, OPERATIONS, Array, DomainError, Sizes

_WITHOUT_SIGNS = (
    n.Add, n.Product, n.Hadamard, n.Kronecker, n.KhatriRao, n.Transpose, n.Vec, n.Unvec, n.Diag, n.Diagonal, n.Trace,
    n.EntrySum, n.Norm1, n.Norm2, n.Fill, n.Literal, n.Blocks, n.Subarray, n.Vech,
)  # fmt: skip
"""Operations whose values grow with the sizes of their operands."""
_OF_THEMSELVES = (n.Number, n.SizeOf, n.Identity, n.Differential, n.Partial, n.PartialEntry, n.StructuredPartial)


class Point(Protocol):
    """What gives the values of expressions."""

    @property
    def sizes(self) -> Sizes: ...

    @property
    def values(self) -> Mapping[Symbol, Array]: ...

    @property
    def definitions(self) -> Mapping[Symbol, Node]: ...

    def value(self, node: Node) -> Array: ...


def natural_size(node: Node, point: Point) -> Array:
    """Return a size for every entry of an expression at a point, at most 1.

    Variables, and all of which nothing is known, have the size 1. Then x − y has the size 2 and 10⁻²⁰ x the size 10⁻²⁰:
    a margin around 0 shrinks with it.
    """
    found = _NaturalSizes(point)(node)
    return np.asarray(np.where(found < 1.0, found, 1.0))


class _NaturalSizes:
    """The sizes of expressions at one point, each found once: they share most of their parts."""

    def __init__(self, point: Point) -> None:
        self.point, self.known = point, dict[Node, Array]()

    def __call__(self, node: Node) -> Array:
        found = self.known.get(node)
        if found is None:
            try:
                found = self._size(node)
            except (
                DomainError
            ):  # of a branch that is not taken the value is 0, as that of the product which it stands in
                found = np.abs(self.point.value(node))
            self.known[node] = found
        return found

    def _size(self, node: Node) -> Array:
        match node:
            case n.Symbol() if node not in self.point.values and node in self.point.definitions:
                return self(self.point.definitions[node])
            case n.Negate():
                return self(node.operands[0])
            case n.Skew():
                return np.asarray(np.abs(OPERATIONS[n.Skew](node, [self(node.operands[0])], self.point.sizes)))
            case n.Divide() | n.HadamardDivide():
                return np.asarray(self(node.operands[0]) / np.abs(self.point.value(node.operands[1])))
            case n.Power() | n.HadamardPower() if _is_positive_number(node.operands[1]) and not node.shape.is_matrix:
                return np.asarray(self(node.operands[0]) ** self.point.value(node.operands[1]))
            case n.Apply(function="abs" | "sqrt"):
                return np.asarray(getattr(np, node.function)(self(node.operands[0])))
        if isinstance(node, _WITHOUT_SIGNS):
            return OPERATIONS[type(node)](node, list(map(self, node.operands)), self.point.sizes)
        value = np.abs(self.point.value(node))
        return np.asarray(value if _keeps_its_digits(node, self.point.value) else np.ones(value.shape))


def _keeps_its_digits(node: Node, value: Callable[[Node], Array]) -> bool:
    """Return whether the value is exact up to rounding, however small it is."""
    if isinstance(node, n.Determinant):
        return bool(np.all(np.linalg.cond(value(node.operands[0])) < LARGEST_CONDITION))
    return isinstance(node, _OF_THEMSELVES) or (isinstance(node, n.Apply) and ELEMENTWISE[node.function].positive)


def _is_positive_number(exponent: Node) -> bool:
    return isinstance(exponent, n.Number) and exponent.value > 0
