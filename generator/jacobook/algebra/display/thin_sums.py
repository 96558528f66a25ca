"""Products of a row or a vector with sums of diagonal and dyadic matrices, term by term: x′(I − z z′) = x′ − x′z z′."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import transform


def with_thin_sums_opened(node: Node) -> Node:
    """Return the expression with every such product multiplied out: vectors are added up, and no matrix is formed."""
    return tidy(transform(node, _opened))


def _opened(node: Node) -> Node | None:
    if not isinstance(node, n.Product) or node.shape.is_matrix:
        return None
    for place, factor in enumerate(node.operands):
        if isinstance(factor, n.Add) and factor.shape.is_matrix and any(map(_is_thin, factor.operands)):
            before, after = node.operands[:place], node.operands[place + 1 :]
            return build.add(*(tidy(build.product(*before, term, *after)) for term in factor.operands))
    return None


def _is_thin(node: Node) -> bool:
    match node:
        case n.Negate() | n.Divide():
            return _is_thin(node.operands[0])
        case n.Diag() | n.Identity():
            return True
        case n.Product():
            return any(factor.shape.is_vector or isinstance(factor, n.Diag) for factor in node.operands)
    return False
