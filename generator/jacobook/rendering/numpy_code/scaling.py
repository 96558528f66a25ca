"""How expressions scale with an array in them, and to which order they vanish where it does."""

from __future__ import annotations

from fractions import Fraction

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.terms import terms_of
from jacobook.algebra.traverse import walk
from jacobook.rendering.numpy_code.code_nodes import is_function

_LINEAR = (n.Negate, n.Transpose, n.EntrySum, n.Trace, n.Diag, n.Diagonal, n.Vec, n.Skew)
"""Of one operand, with which they scale, and vanish."""


def is_entry_of(node: Node, x: Node) -> bool:
    """Return whether the node is exp(x_i), an entry of exp(x)."""
    return is_function(node, "exp") and isinstance(node.operands[0], n.Entry) and node.operands[0].operands[0] is x


def degree(node: Node, array: Node) -> Fraction | None:
    """Return the degree of homogeneity in the array: s^d times the value for s times the array; None if there is none.

    Divisors must be sums of the entries, which are never 0 for exponentials, or hold no part of the array.
    """
    if node is array or is_entry_of(node, array.operands[0]):
        return Fraction(1)
    if not any(is_entry_of(part, array.operands[0]) or part is array for part in walk(node)):
        return Fraction(0)
    inside = [degree(operand, array) for operand in node.operands]
    known = [d for d in inside if d is not None]
    if len(known) < len(inside):
        return None
    match node:
        case n.Add() | n.Literal():
            return known[0] if len(set(known)) == 1 else None
        case n.Product() | n.Hadamard() | n.Kronecker():
            return sum(known, Fraction(0))
        case n.Fill() | n.Entry():
            return known[0]
        case _ if isinstance(node, _LINEAR):
            return known[0]
        case n.HadamardDivide() if known[1] == 0:
            return known[0]
        case n.Divide() if known[1] == 0 or isinstance(node.operands[1], n.EntrySum):
            return known[0] - known[1]
        case n.Divide() if _sum_powers_only(node.operands[1], array):
            return known[0] - known[1]
        case n.Power() | n.HadamardPower() if isinstance(node.operands[1], n.Number) and node.operands[1].value > 0:
            return known[0] * node.operands[1].value
    return None


def _sum_powers_only(node: Node, array: Node) -> bool:
    """Return whether the scalar is made of powers of Σ array and of what does not hold the array."""
    terms = terms_of(node)
    return len(terms) == 1 and all(
        isinstance(base, n.EntrySum) or not any(part is array for part in walk(base)) for base, _ in terms[0].scalars
    )


def vanishing_order(node: Node, v: Node) -> int:
    """Return an order to which the node certainly vanishes at v = 0 (0: perhaps not at all)."""
    if node is v or (isinstance(node, n.Norm2 | n.Norm1) and node.operands[0] is v):
        return 1
    inside = [vanishing_order(operand, v) for operand in node.operands]
    match node:
        case n.Add():
            return min(inside)
        case n.Product() | n.Hadamard() | n.Kronecker():
            return sum(inside)
        case n.Entry():
            return inside[0]
        case _ if isinstance(node, _LINEAR):
            return inside[0]
    return 0
