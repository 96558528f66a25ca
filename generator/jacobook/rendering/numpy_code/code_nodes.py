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


class Choice(n.Node):
    """Entry by entry its second operand where the first is positive, elsewhere the third.

    A number stands for all entries. The first one has the shape of the value, or is a scalar.
    """

    __slots__ = ()


class LogDeterminantOfDefinite(n.Node):
    """The logarithm of the determinant of a positive-definite matrix, from its Cholesky factor: half the work.

    That reads one triangle alone, so that it is no function of independent entries.
    """

    __slots__ = ()


class NewtonSolution(n.Node):
    """What solves an equation, found by Newton's method.

    Operands: the difference of its sides, the derivative of that by the unknown (columns stacked), and where to begin.
    """

    __slots__ = ()

    @staticmethod
    def _symbols_of(node: Node) -> frozenset[n.Symbol]:
        difference, slopes, start = node.operands
        return ((difference.symbols | slopes.symbols) - {node.parameters[0]}) | start.symbols

    unknown = n.Parameter[n.SolvedSymbol](0)
    """What the equation is solved for, bound in the first two operands."""


_NOTES: tuple[tuple[Callable[[Node], bool], str], ...] = (
    (lambda node: is_function(node, "sigmoid"), "sigmoid"),
    (lambda node: is_function(node, "softplus"), "softplus"),
    (lambda node: is_function(node, "step"), "step"),
    (lambda node: isinstance(node, LogAddExp), "logaddexp"),
    (lambda node: isinstance(node, n.Softmax) and node.shape.is_vector, "softmax"),
    (lambda node: isinstance(node, n.LogSumExp) and node.shape.is_scalar, "logsumexp"),
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
