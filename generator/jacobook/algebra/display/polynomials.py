"""Polynomials in one scalar, or in the entries of one array, with rational coefficients: divided without a rest."""

from __future__ import annotations

from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra.display.entries_as_scalars import Entries
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.terms import Term, node_of, terms_of

Polynomial = dict[int, Fraction]
HIGHEST = 20
"""The highest degree that is divided."""


def divided(above: Node, below: Node) -> Node | None:
    """Return the quotient of two polynomials in one scalar; None for others, and where a rest is left."""
    divided_by, dividend = _polynomial(below), _polynomial(above)
    if divided_by is None or dividend is None:
        return None
    (base, divisor), (other, rest) = divided_by, dividend
    if base is None or other not in (None, base) or max(rest, default=0) > HIGHEST:
        return None
    quotient: Polynomial = {}
    top = max(divisor)
    while rest and max(rest) >= top:
        power = max(rest) - top
        factor = quotient[power] = rest[max(rest)] / divisor[top]
        for degree, coefficient in divisor.items():
            rest[degree + power] = rest.get(degree + power, Fraction(0)) - factor * coefficient
        rest = {degree: coefficient for degree, coefficient in rest.items() if coefficient}
    if rest:
        return None
    terms = [Term(c, ((base, Fraction(power)),) if power else (), ()) for power, c in quotient.items()]
    return node_of(terms, build.ONE.shape)


def divided_entrywise(above: Node, below: Node) -> Node | None:
    """Return the quotient of two polynomials in the entries of one array: (s − 3s² + 2s³)/(1 − s) is s − 2s²."""
    entries = Entries(above.shape)
    quotient = divided(entries.scalar(above), entries.scalar(below))
    return None if quotient is None else entries.array(quotient)


def _polynomial(node: Node) -> tuple[Node | None, Polynomial] | None:
    """Return the scalar, none for a number, and the coefficients; None for what is no polynomial in one scalar."""
    base: Node | None = None
    found: Polynomial = {}
    for term in terms_of(normal_form(node)):
        if term.word or len(term.scalars) > 1:
            return None
        for scalar, exponent in term.scalars:
            if exponent.denominator != 1 or exponent < 0 or base not in (None, scalar):
                return None
            base = scalar
        degree = int(term.scalars[0][1]) if term.scalars else 0
        found[degree] = found.get(degree, Fraction(0)) + term.coefficient
    return base, found
