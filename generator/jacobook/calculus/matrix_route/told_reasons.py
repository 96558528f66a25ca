"""Reasons that state their rule as a formula, in letters that the statement does not use for something else."""

from __future__ import annotations

from collections.abc import Collection

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import rebuild
from jacobook.calculus.derivation import Prose
from jacobook.calculus.matrix_route.explanations import matrix_letter
from jacobook.calculus.matrix_route.linear_maps import inner_product
from jacobook.calculus.reasons import argument_letter
from jacobook.calculus.rules.table import DifferentialRule

d = build.differential
_PROBABILITIES = ("p", "q", *(f"p{k}" for k in range(1, 99)))


def told_reason(rule: DifferentialRule, node: Node, taken: Collection[str]) -> Prose:
    """Return the reason of the rule as used on this node.

    A rule that is a formula is told of the argument, where that is a variable, and else of a letter that is not taken.
    """
    if isinstance(node, n.Norm1):
        u = n.symbol(argument_letter(taken))
        pair = d(build.apply("abs", u)), build.apply("sign", u) * d(u)
        return Prose("for each entry {0} = {1}", pair)
    if not isinstance(node, n.Inverse | n.Norm2 | n.Softmax | n.LogSumExp):
        return Prose(rule.reason)
    inside = node.operands[0]
    if isinstance(node, n.Softmax | n.LogSumExp) and inside.shape.is_matrix:
        return Prose(rule.reason)
    if not isinstance(inside, n.Symbol):
        name = matrix_letter(taken) if isinstance(node, n.Inverse) else argument_letter(taken)
        inside = n.symbol(name, inside.shape)
        node = rebuild(node, (inside,))
    change = d(node), rule.differential_of(node)
    match node:
        case n.Inverse():
            return Prose("from {0} = {1}: {2} = {3}", (inside * node, build.identity(inside.shape.rows), *change))
        case n.Norm2():
            square = build.power(node, build.TWO), inner_product(inside, inside)
            return Prose("from {0} = {1}: {2} = {3}", (*square, *change))
        case n.Softmax():
            p = n.symbol(next(name for name in _PROBABILITIES if name not in taken), node.shape)
            told = build.hadamard(p, d(inside)) - p * (p.T * d(inside))
            return Prose("with {0} = {1}: {2} = {3}", (p, node, d(p), told))
    return Prose("the gradient of log-sum-exp is the softmax: {0} = {1}", change)
