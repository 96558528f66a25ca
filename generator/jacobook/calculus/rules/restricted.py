"""What becomes of a derivative G for independent entries where the variable x keeps a declared property.

`…_entries` are the derivatives with respect to the free entries, `…_gradient` the one direction P that x may take with
⟨P, V⟩ = ⟨G, V⟩ for all such directions V: the orthogonal projection of G onto them.
G has the shape of x, or is a row where x is a vector.
"""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import build as b
from jacobook.algebra.declared_properties import REFLECTION
from jacobook.algebra.nodes import Node

Restricted = Callable[[Node, Node], Node]


def _diagonal_of(g: Node) -> Node:
    return b.hadamard(g, b.identity(g.shape.rows))


def _symmetric_entries(g: Node, x: Node) -> Node:
    return b.add(g, g.T, -_diagonal_of(g))


def _symmetric_part(g: Node, x: Node) -> Node:
    return b.add(g, g.T) / b.TWO


def _diagonal(g: Node, x: Node) -> Node:
    return _diagonal_of(g)


def _lower(g: Node, x: Node) -> Node:
    return b.triangle_of(g, lower=True)


def _upper(g: Node, x: Node) -> Node:
    return b.triangle_of(g, lower=False)


def _skew_entries(g: Node, x: Node) -> Node:
    return g - g.T


def _skew_part(g: Node, x: Node) -> Node:
    return (g - g.T) / b.TWO


def _correlation_entries(g: Node, x: Node) -> Node:
    return b.add(g, g.T, -(b.TWO * _diagonal_of(g)))


def _correlation_gradient(g: Node, x: Node) -> Node:
    return b.add(g, g.T) / b.TWO - _diagonal_of(g)


def _orthogonal(g: Node, x: Node) -> Node:
    """Return Q (Q′G − G′Q)/2: with dQ = Q Ω, Ω skew-symmetric, only the skew-symmetric part of Q′G counts."""
    return x * ((x.T * g - g.T * x) / b.TWO)


def _reflection(g: Node, x: Node) -> Node:
    """Return (H − Q H Q)/2 with the symmetric part H of G: symmetric V with QV + VQ = 0 are those with QVQ = −V."""
    both = b.add(g, g.T)
    return (both - x * both * x) / b.number(4)


def _unit_norm(g: Node, x: Node) -> Node:
    return g * (b.identity(x.shape.length) - x * x.T)


def _probability(g: Node, x: Node) -> Node:
    """Return G less its mean, with which every entry of a row of ones is taken off whole."""
    return g - b.fill(b.entry_sum(g) / b.size_of(x.shape.length), g.shape)


FREE_ENTRIES: dict[str, Restricted] = {
    "symmetric": _symmetric_entries,
    "diagonal": _diagonal,
    "lower-triangular": _lower,
    "upper-triangular": _upper,
    "skew-symmetric": _skew_entries,
    "correlation": _correlation_entries,
}
GRADIENT: dict[str, Restricted] = {
    "symmetric": _symmetric_part,
    "diagonal": _diagonal,
    "lower-triangular": _lower,
    "upper-triangular": _upper,
    "skew-symmetric": _skew_part,
    "correlation": _correlation_gradient,
    "orthogonal": _orthogonal,
    REFLECTION: _reflection,
    "unit-norm": _unit_norm,
    "probability": _probability,
}
