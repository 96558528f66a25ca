"""What the table of common mistakes is written with: a line with the line before it, and the parts of formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import contains, walk
from jacobook.calculus.derivation import Claim, PartialDerivation, Prose


@dataclass(frozen=True, slots=True)
class LineInContext:
    """A line of a derivation, with what it came from."""

    claim: Claim
    before: Node
    """The right side of the line before; for the first line of a partial derivative, the function itself."""
    continues: bool
    """Whether the line before has the same left side, so that `before` equals the right side."""
    partial: PartialDerivation | None
    """The partial derivative that the block of lines finds, None for the lines that put partials together."""
    following: n.Partial | None
    """The factor that comes after this partial derivative in the chain rule, if one does."""

    @property
    def right(self) -> Node:
        return self.claim.right


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake that may be made at a line: what is said about it, and how the wrong right side is built.

    Building it raises ShapeError where the mistake has no shape.
    """

    said: Prose
    wrong: Callable[[], Node]


def varies(node: Node) -> bool:
    """Return whether a differential occurs in the expression."""
    return contains(node, n.Differential)


def bare_factors(node: Node) -> list[Node]:
    """Return the factors of a product from left to right; a scalar product inside it counts as one."""
    if isinstance(node, n.Product):
        found: list[Node] = []
        for place, operand in enumerate(node.operands):
            opened = isinstance(operand, n.Product) and (place == 0 or not operand.shape.is_scalar)
            found += bare_factors(operand) if opened else [operand]
        return found
    if isinstance(node, n.Negate):
        return [b.number(-1), *bare_factors(node.operands[0])]
    return [node]


def sums_of_differentials(node: Node) -> Iterator[n.Add]:
    """Yield the sums in the expression of which every term has a differential."""
    for inner in walk(node):
        if isinstance(inner, n.Add) and all(varies(term) for term in inner.operands):
            yield inner


def product_of(parts: list[Node]) -> Node:
    """Return the product of the parts, 1 if there are none."""
    return b.product(*parts) if parts else b.ONE


def pieces(node: Node, kind: type[Node]) -> list[Node]:
    """Return the distinct nodes of a class in the expression, inner ones first."""
    return [inner for inner in walk(node) if isinstance(inner, kind)]


def moving(node: Node, wrt: n.Symbol) -> list[int]:
    """Return the places of the operands that depend on the variable."""
    return [place for place, operand in enumerate(node.operands) if operand.depends_on(wrt)]


LONG = 14
"""With more distinct nodes than this, a formula is too long for a sentence."""


def is_long(node: Node) -> bool:
    """Return whether the expression is too long for a sentence."""
    return sum(1 for _ in walk(node)) > LONG
