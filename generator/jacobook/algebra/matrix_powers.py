"""Powers of one square matrix side by side: X^r X^s = X^(r+s), X⁰ = I, and X commutes with its own powers.

All exponents are whole and, unless X is invertible, at least 0; so these hold for whatever numbers they stand for.
"""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import is_nonnegative, is_nonpositive, is_symbolic, plain_exponent, times, total
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_invertible

Parts = tuple[Node, Node, bool]
_POWER = Node.mask_of(n.Power)


def is_symbolic_power(node: Node) -> bool:
    """Return whether the node is a power of a matrix whose exponent is not a known number."""
    return isinstance(node, n.Power) and node.shape.is_matrix and is_symbolic(node.operands[1])


def power_parts(factor: Node) -> Parts:
    """Return the base, the exponent, and whether transposed, of a matrix factor: (X⁻¹)^k′ as X, −k, True."""
    turned, sign, exponent = False, 1, build.ONE
    while True:
        match factor:
            case n.Transpose():
                factor, turned = factor.operands[0], not turned
            case n.Inverse():
                factor, sign = factor.operands[0], -sign
            case n.Power() if factor.shape.is_matrix:
                factor, exponent = factor.operands[0], times(exponent, factor.operands[1])  # type: ignore[assignment]
            case _:
                return factor, times(exponent, sign), turned


def joined_powers(left: Node, right: Node) -> Node | None:
    """Return two neighbours as one power where both are powers of one matrix and an exponent is symbolic, else None.

    A difference of unknown sign is a power of an invertible matrix only.
    """
    if not (left.kinds | right.kinds) & _POWER:
        return None
    if not (is_symbolic_power(_bare(left)) or is_symbolic_power(_bare(right))):
        return None
    if not (left.shape.is_square and right.shape.is_square):
        return None
    base, exponent, turned = power_parts(left)
    other, more, other_turned = power_parts(right)
    if other is not base or turned != other_turned:
        return None
    return power_of(base, total((exponent, more)), turned)


def power_of(base: Node, exponent: Node, turned: bool = False) -> Node | None:
    """Return the power with its exponent in its one form; (X⁻¹)^k for a negative one, None for one of unknown sign."""
    exponent = plain_exponent(exponent)
    if build.is_number(exponent, 0):
        return build.identity(base.shape.rows)
    if build.is_number(exponent, 1):
        found = base
    elif is_nonnegative(exponent):
        found = build.power(base, exponent)
    elif is_nonpositive(exponent):
        positive = times(exponent, -1)
        found = build.inverse(base)
        found = found if build.is_number(positive, 1) else build.power(found, positive)
    elif is_invertible(base):
        found = build.power(base, exponent)
    else:
        return None
    return build.transpose(found) if turned else found


def _bare(node: Node) -> Node:
    return node.operands[0] if isinstance(node, n.Transpose | n.Inverse) else node
