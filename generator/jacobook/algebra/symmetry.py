"""Matrices that are their own transposes, by what is declared of the variables in them."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.traverse import transform

_FUNCTIONS = (n.MatrixExponential, n.MatrixRoot, n.MatrixLogarithm)


def is_symmetric(node: Node) -> bool:
    """Return whether a square matrix is known to be symmetric: declared so, or made so, such as X′X and S + c I."""
    return node.shape.is_square and _bare(build.transpose(node)) is _bare(node)


def symmetric_part(node: Node) -> Node:
    """Return (A + A′)/2, or A itself where that is known to be the same."""
    return node if is_symmetric(node) else build.divide(build.add(node, build.transpose(node)), build.TWO)


def _bare(node: Node) -> Node:
    """Return the normal form without transposes of matrices that are declared to be symmetric."""
    return normal_form(transform(normal_form(node), _untransposed))


def _untransposed(node: Node) -> Node | None:
    """Return what is transposed where that changes nothing: what is declared to be symmetric, and its inverse."""
    if not isinstance(node, n.Transpose):
        return None
    inside = node.operands[0]
    if isinstance(inside, n.Inverse):
        return inside if is_symmetric(inside.operands[0]) else None
    if isinstance(inside, _FUNCTIONS):  # a power series in a symmetric matrix is symmetric
        return inside if is_symmetric(inside.operands[0]) else None
    declared = isinstance(inside, n.Symbol | n.FunctionValue) and "symmetric" in inside.properties
    return inside if declared else None
