"""Sums of matrices in which the rows, or the columns, of every term are divided by the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.cancelling import entrywise_from, entrywise_powers
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import vector
from jacobook.algebra.terms import Term, node_of, terms_of

Powers = dict[Node, Fraction]


def with_common_scale(node: Node) -> Node:
    """Return diag(1/s) A − diag(u/s) B as diag(1/s) (A − diag(u) B), and so at the right; any other sum as it is."""
    terms = terms_of(node)
    if not node.shape.is_matrix or len(terms) < 2:
        return node
    for at_left in (True, False):
        parts = [part for term in terms if (part := _part(term, at_left)) is not None]
        if len(parts) == len(terms) and (common := _common_divisor(parts)):
            rests = [part.without(common) for part in parts]
            if None not in rests:
                inside = collect(node_of([rest for rest in rests if rest is not None], node.shape))
                length = vector(node.shape.rows if at_left else node.shape.columns)
                scale = build.diag(entrywise_from(list(common.items()), length))
                return tidy(build.product(scale, inside) if at_left else build.product(inside, scale))
    return node


@dataclass(frozen=True, slots=True)
class _Part:
    """A term of the sum: what its rows, or its columns, are multiplied by, and the rest of it."""

    front: Term
    scale: Node
    """diag(v); or v, of an outer product v w′ whose rows are multiplied by v."""
    powers: Powers
    """The factors of v."""
    rest: tuple[Node, ...]
    at_left: bool

    def without(self, divisor: Powers) -> Term | None:
        """Return the term without a divisor; None where a term of a scale alone would be left without factors."""
        left = [(base, e - divisor.get(base, 0)) for base, e in self.powers.items()]
        left = [(base, e) for base, e in left if e]
        word = self.rest
        if left or not isinstance(self.scale, n.Diag):
            inside = entrywise_from(left, vector(self.scale.shape.rows if self.at_left else self.scale.shape.columns))
            end = build.diag(inside) if isinstance(self.scale, n.Diag) else inside
            end = end if self.at_left else build.transpose(end)
            word = (end, *word) if self.at_left else (*word, end)
        return self.front.times(Term(Fraction(1), (), word)) if word else None


def _part(term: Term, at_left: bool) -> _Part | None:
    """Return a term with what is at its end; None where that multiplies no rows, or no columns."""
    if len(term.word) < 2:
        return None
    scale, rest = (term.word[0], term.word[1:]) if at_left else (term.word[-1], term.word[:-1])
    if isinstance(scale, n.Diag):
        inside = scale.operands[0]
    elif scale.shape.is_vector or scale.shape.is_row:
        inside = scale if at_left else build.transpose(scale)
    else:
        return None
    number, factors = entrywise_powers(inside)
    powers: Powers = {}
    for base, exponent in factors:
        powers[base] = powers.get(base, Fraction(0)) + exponent
    return _Part(Term(term.coefficient, term.scalars, ()).times(number), scale, powers, rest, at_left)


def _common_divisor(parts: list[_Part]) -> Powers:
    """Return the powers that divide every term."""
    found = {base: max(part.powers.get(base, Fraction(0)) for part in parts) for base in parts[0].powers}
    return {base: exponent for base, exponent in found.items() if exponent < 0}
