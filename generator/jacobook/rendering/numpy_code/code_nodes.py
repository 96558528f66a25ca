"""Nodes that only code needs, and what a comment says of forms that look unlike their formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import walk


def is_function(node: Node, *functions: str) -> bool:
    """Return whether the node is one of these functions, applied to something."""
    return isinstance(node, n.Apply) and node.function in functions


class LogAddExp(n.Node):
    """log(exp(a) + exp(b)), entry by entry."""

    __slots__ = ()


class Hypotenuse(n.Node):
    """√(a² + b²), of scalars or entry by entry."""

    __slots__ = ()


class LengthOrOne(n.Node):
    """Its operand, a Euclidean norm, and 1 where that is 0: a divisor of what vanishes there as well."""

    __slots__ = ()


class LogDeterminantOfDefinite(n.Node):
    """The logarithm of the determinant of a positive-definite matrix, from its Cholesky factor: half the work.

    That reads one triangle alone, so that it is no function of independent entries.
    """

    __slots__ = ()


_NOTES: tuple[tuple[Callable[[Node], bool], str], ...] = (
    (lambda node: is_function(node, "sigmoid"), "sigmoid"),
    (lambda node: is_function(node, "softplus"), "softplus"),
    (lambda node: is_function(node, "step"), "step"),
    (lambda node: isinstance(node, LogAddExp), "logaddexp"),
    (lambda node: isinstance(node, n.Softmax), "softmax"),
    (lambda node: isinstance(node, n.RowSoftmax), "row-softmax"),
    (lambda node: isinstance(node, n.LogSumExp), "logsumexp"),
    (lambda node: isinstance(node, Hypotenuse), "hypot"),
    (lambda node: isinstance(node, n.Norm2), "norm"),
    (lambda node: isinstance(node, LogDeterminantOfDefinite), "cholesky"),
    (lambda node: is_function(node, "expm1"), "expm1"),
)
"""Forms that look unlike the formula, and under what key a dialect says something about them."""


def comments_on(roots: Iterable[Node], notes: Mapping[str, str]) -> list[str]:
    """Return a line of comment for each of these forms that occurs in the expressions and is spoken of."""
    parts = list(dict.fromkeys(part for root in roots for part in walk(root)))
    return [f"# {notes[key]}" for fits, key in _NOTES if key in notes and any(map(fits, parts))]
