"""Reasons that state their rule as a formula, in letters that the statement does not use for something else."""

from __future__ import annotations

from collections.abc import Collection

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import vector
from jacobook.algebra.traverse import rebuild, substitute, walk
from jacobook.calculus.derivation import Prose
from jacobook.calculus.matrix_route.explanations import matrix_letter
from jacobook.calculus.matrix_route.linear_maps import inner_product
from jacobook.calculus.reasons import argument_letter, with_free_letters
from jacobook.calculus.rules.table import RULES, DifferentialRule, scaled_matrix

d = build.differential
_PROBABILITIES = ("p", "q", *(f"p{k}" for k in range(1, 99)))
_TABLES = ("P", "Q", *(f"P{k}" for k in range(1, 99)))
_EIGENVECTORS = ("v", "w", *(f"v{k}" for k in range(1, 99)))
_FACTORS = ("C", "R", *(f"C{k}" for k in range(1, 99)))
"""Not L, which is the loss that a gradient is passed back from."""
_ROOTS = ("R", "W", *(f"R{k}" for k in range(1, 99)))
_TOLD_AS_FORMULAS = (n.Inverse, n.Norm2, n.Softmax, n.LogSumExp, n.LargestEigenvalue, n.MatrixRoot, n.Cholesky)
"""Nodes whose rules are told as a formula about what stands inside."""


def told_reason(rule: DifferentialRule, node: Node, taken: Collection[str]) -> Prose:
    """Return the reason of the rule as used on this node.

    A rule that is a formula is told of the argument, where that is a variable, and else of a letter that is not taken.
    """
    if isinstance(node, n.Norm1):
        u = n.symbol(argument_letter(taken))
        pair = d(build.apply("abs", u)), build.apply("sign", u) * d(u)
        return Prose("for each entry {0} = {1}", pair)
    if rule.slug == "scaled-exponential":
        return _of_scaled_exponential(node)
    if not isinstance(node, _TOLD_AS_FORMULAS):
        return Prose(rule.reason)
    inside = node.operands[0]
    if not isinstance(inside, n.Symbol):
        name = matrix_letter(taken) if inside.shape.is_matrix else argument_letter(taken)
        inside = n.symbol(name, inside.shape)
        node = rebuild(node, (inside,))
    change = d(node), rule.differential_of(node)
    match node:
        case n.Inverse():
            return Prose("from {0} = {1}: {2} = {3}", (inside * node, build.identity(inside.shape.rows), *change))
        case n.Norm2():
            square = build.power(node, build.TWO), inner_product(inside, inside)
            return Prose("from {0} = {1}: {2} = {3}", (*square, *change))
        case n.LargestEigenvalue():
            v = n.symbol(next(name for name in _EIGENVECTORS if name not in taken), vector(inside.shape.rows))
            return Prose(
                "with the unit eigenvector {0} of the largest eigenvalue: {1} = {2}", (v, d(node), v.T * d(inside) * v)
            )
        case n.MatrixRoot():
            root = n.symbol(next(name for name in _ROOTS if name not in taken), node.shape)
            sides = (root * root, inside, d(root) * root + root * d(root), d(inside))
            words = "with {5} = {6}, so that {0} = {1}: {2} = {3}, which is solved for the stacked columns of {4}"
            return Prose(words, (*sides, d(root), root, node))
        case n.Cholesky():
            factor = n.symbol(next(name for name in _FACTORS if name not in taken), node.shape)
            back = build.inverse(factor)
            words = "with {4} = {5}, so that {0} = {1}: {2} is the lower triangle of {3}, with half of its diagonal"
            sandwich = back * d(inside) * build.transpose(back)
            return Prose(words, (factor * build.transpose(factor), inside, back * d(factor), sandwich, factor, node))
        case n.Softmax() | n.LogSumExp() if inside.shape.is_matrix:
            p = n.symbol(next(name for name in _TABLES if name not in taken), inside.shape)
            known, told = build.softmax(inside), substitute(change[1], {build.softmax(inside): p})
            change = d(p) if isinstance(node, n.Softmax) else d(node), told
            return Prose("with {0} = {1}, row by row: {2} = {3}", (p, known, *change))
        case n.Softmax():
            p = n.symbol(next(name for name in _PROBABILITIES if name not in taken), node.shape)
            told = build.hadamard(p, d(inside)) - p * (p.T * d(inside))
            return Prose("with {0} = {1}: {2} = {3}", (p, node, d(p), told))
    return Prose("the gradient of log-sum-exp is the softmax: {0} = {1}", change)


def _of_scaled_exponential(node: Node) -> Prose:
    """Return why d expm(s A) is A expm(s A) ds where s alone varies."""
    found = scaled_matrix(node.operands[0])
    assert found is not None
    factor, matrix = found
    words = "{0} commutes with {1}, so that the derivative with respect to {2} is {3}"
    return Prose(words, (matrix, node, factor, matrix * node))


_OF_STACKS = {"vec-product": "AVB", "vec-hadamard": "HV"}
"""Rules about stacked columns whose formulas hold no sizes, and letters for their matrices as they occur."""


def told_of_stacks(slug: str, taken: Collection[str]) -> Prose:
    """Return what a rule about stacked columns says, in letters that are not taken."""
    rule = RULES[slug]
    if slug not in _OF_STACKS or rule.statement is None:
        return Prose(with_free_letters(rule.reason, taken))
    left, right = rule.statement
    generic = [node for node in walk(left) if isinstance(node, n.Symbol)]
    letters: dict[Node, Node] = {
        symbol: n.symbol(with_free_letters(letter, taken), symbol.shape)
        for symbol, letter in zip(generic, _OF_STACKS[slug], strict=True)
    }
    return Prose("{0} = {1}", (substitute(left, letters), substitute(right, letters)))
