"""Products of a row or a vector with sums of diagonal and dyadic matrices, term by term: x′(I − z z′) = x′ − x′z z′."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import contains, transform


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


def without_thin_sums(node: Node) -> Node:
    """Return a row or a vector in which no such sum stands beside a row or a vector, if all its terms are of this kind.

    g′(diag(p) − p p′) K is ((g ⊙ p)′ − g′p p′) K, while x′(A + I) stays.
    """
    return node if node.shape.is_matrix or node.shape.is_scalar else tidy(transform(node, _opened_at_its_end))


def _opened_at_its_end(node: Node) -> Node | None:
    for place, total in enumerate(node.operands if isinstance(node, n.Product) else ()):
        if not (isinstance(total, n.Add) and total.shape.is_matrix and all(map(_is_thin, total.operands))):
            continue
        before, after = node.operands[:place], node.operands[place + 1 :]
        if len(before) == 1 and before[0].shape.is_row:
            return build.product(build.add(*(tidy(build.product(*before, term)) for term in total.operands)), *after)
        if before and build.product(*before).shape.is_row:  # as a column, where diag(p) v is p ⊙ v
            column = tidy(build.transpose(build.product(*before)))
            turned = build.add(*(tidy(build.product(build.transpose(term), column)) for term in total.operands))
            return build.product(build.transpose(turned), *after)
        if after and build.product(*after).shape.is_vector:
            return build.product(*before, build.add(*(tidy(build.product(term, *after)) for term in total.operands)))
    return None


def with_selections_opened(node: Node) -> Node:
    """Return the expression with products by sums of selections multiplied out.

    u′([0, I] − [I, 0]) is [0, u′] − [u′, 0].
    """
    if not contains(node, n.Blocks):
        return node
    return tidy(transform(node, _with_selections_opened))


def _with_selections_opened(node: Node) -> Node | None:
    for place, factor in enumerate(node.operands if isinstance(node, n.Product) else ()):
        total = factor.operands[0] if isinstance(factor, n.Transpose) else factor
        if isinstance(total, n.Add) and all(map(_is_selection, total.operands)):
            terms = [build.transpose(term) for term in total.operands] if total is not factor else total.operands
            before, after = node.operands[:place], node.operands[place + 1 :]
            return build.add(*(tidy(build.product(*before, term, *after)) for term in terms))
    return None


def _is_selection(node: Node) -> bool:
    """Return whether a matrix picks rows or columns, as [0, I] does, and may scale them; its transpose, too."""
    match node:
        case n.Negate() | n.Transpose():
            return _is_selection(node.operands[0])
        case n.Product():
            return node.operands[0].shape.is_scalar and len(node.operands) == 2 and _is_selection(node.operands[1])
        case n.Blocks():
            return all(build.is_zero(block) or isinstance(block, n.Identity | n.Diag) for block in node.operands)
    return False


def _is_thin(node: Node) -> bool:
    match node:
        case n.Negate() | n.Divide():
            return _is_thin(node.operands[0])
        case n.Diag() | n.Identity():
            return True
        case n.Product():
            return any(factor.shape.is_vector or isinstance(factor, n.Diag) for factor in node.operands)
    return False
