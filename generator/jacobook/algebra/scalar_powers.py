"""Powers of one scalar with symbolic whole exponents in a product: x x^(k − 1) = x^k, where both sides have a value."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import is_nonpositive, times, total
from jacobook.algebra.nodes import Node

Scalars = tuple[tuple[Node, Fraction], ...]


def joined_scalar_powers(scalars: Scalars) -> Scalars:
    """Return the powers with those of one base joined whose exponents are whole and at least one symbolic."""
    bases = {base.operands[0] for base, exponent in scalars if _is_symbolic(base, exponent)}
    if not bases:
        return scalars
    exponents: dict[Node, list[Node]] = {}
    rest: dict[Node, Fraction] = {}
    for base, exponent in scalars:
        if _is_symbolic(base, exponent):
            exponents.setdefault(base.operands[0], []).append(times(base.operands[1], exponent))
            rest.setdefault(base.operands[0], Fraction(0))
        elif base in bases and exponent.denominator == 1:
            exponents.setdefault(base, []).append(build.number(exponent))
            rest.setdefault(base, Fraction(0))
        else:
            rest[base] = exponent
    return tuple(found for base, e in rest.items() for found in _powers(base, e, exponents.get(base, ())))


def _is_symbolic(base: Node, exponent: Fraction) -> bool:
    power = isinstance(base, n.Power) and base.shape.is_scalar and not isinstance(base.operands[1], n.Number)
    return power and exponent.denominator == 1


def _powers(base: Node, plain: Fraction, exponents: Iterable[Node]) -> Scalars:
    found: Scalars = ((base, plain),) if plain else ()
    exponent = total(exponents)
    if isinstance(exponent, n.Number):
        return (*found, (base, exponent.value)) if exponent.value else found
    if is_nonpositive(exponent):
        return (*found, (build.power(base, times(exponent, -1)), Fraction(-1)))
    return (*found, (build.power(base, exponent), Fraction(1)))
