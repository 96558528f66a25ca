"""Nodes that only code needs, and what a comment says of forms that look unlike their formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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
    (lambda node: is_function(node, "sigmoid"), "np.exp(-np.logaddexp(0.0, -u)) is 1/(1 + exp(-u)), without overflow."),
    (lambda node: is_function(node, "softplus"), "np.logaddexp(0.0, u) is log(1 + exp(u)), without overflow."),
    (lambda node: isinstance(node, LogAddExp), "np.logaddexp(a, b) is log(exp(a) + exp(b)), without overflow."),
    (lambda node: isinstance(node, n.Softmax), "np.exp(u - np.logaddexp.reduce(u)) is softmax(u), without overflow."),
    (lambda node: isinstance(node, n.LogSumExp), "np.logaddexp.reduce(u) is log(sum(exp(u))), without overflow."),
    (lambda node: isinstance(node, Hypotenuse), "np.hypot(a, b) is sqrt(a**2 + b**2), without overflow."),
    (
        lambda node: isinstance(node, n.Norm2),
        "np.hypot.reduce(…) is the square root of the sum of squares, without overflow.",
    ),
    (
        lambda node: isinstance(node, LogDeterminantOfDefinite),
        "np.linalg.cholesky raises LinAlgError for a matrix that is not positive definite.",
    ),
    (lambda node: is_function(node, "expm1"), "np.expm1(u) is exp(u) - 1, with all digits for a small u."),
)
"""What is said about forms that look unlike the formula."""


def comments_on(roots: Iterable[Node]) -> list[str]:
    """Return a line of comment for each of these forms that occurs in the expressions."""
    parts = list(dict.fromkeys(part for root in roots for part in walk(root)))
    return [f"# {note}" for fits, note in _NOTES if any(map(fits, parts))]
