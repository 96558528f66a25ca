"""Triangles of matrices as they are printed: a constant triangle times X, entry by entry, is `triu(X)` or `tril(X)`."""

from __future__ import annotations

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node


def triangle_name(node: n.Triangle) -> str:
    """Return what takes the same triangle of a matrix."""
    return "tril" if node.is_lower else "triu"


def triangle_part(node: Node) -> tuple[n.Triangle, Node] | None:
    """Return the constant triangle and the other factor of an entry-wise product, None where there is no triangle."""
    first, second = node.operands
    if isinstance(first, n.Triangle):
        return first, second
    return (second, first) if isinstance(second, n.Triangle) else None
