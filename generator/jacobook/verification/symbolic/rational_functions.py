"""Rational functions as polynomials over a factored denominator: a fast witness that an expression is 0.

SymPy's `expand` and `together` rewrite trees; its sparse polynomials do the same arithmetic much faster. Its field of
fractions (`sfield`) cancels common factors after every operation, which takes twenty times as long here and has no
bound. What is not rational in the symbols (a function, a root) counts as one more symbol; exponentials are powers of
such a symbol where their arguments are multiples of one, as exp(2u/3) and exp(-u) are powers of exp(u/3).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import sympy
from sympy.polys.rings import PolyElement, PolyRing

from jacobook.verification.symbolic.grids import Entry, TooLargeError, WorkDone

MOST_TERMS = 20_000
LARGEST_EXPONENT = 64

Fraction = tuple[PolyElement, Mapping[PolyElement, int]]
"""A numerator, and the exponents of the factors of the denominator, each with leading coefficient 1."""


def vanishes(expression: Entry, work: WorkDone | None = None) -> bool:
    """Return whether the expression is 0 as a rational function of its symbols, functions and roots.

    False proves nothing: their relations are not looked at. Raises TooLargeError beyond a number of terms.
    """
    atoms = sorted(_atoms(expression), key=str)
    ring = PolyRing([sympy.Dummy() for _ in atoms], sympy.QQ)
    symbols = dict(zip(atoms, ring.gens, strict=True))
    generators: dict[Any, Fraction] = {atom: (symbol, {}) for atom, symbol in symbols.items()}
    for atom, (first, exponent) in _powers(atoms).items():
        symbol = symbols[first]
        generators[atom] = (symbol**exponent, {}) if exponent > 0 else (ring.one, {symbol: -exponent})
    numerator, _ = _FractionReader(ring, generators, work).read(expression)
    return not numerator


def _powers(atoms: list[Any]) -> dict[Any, tuple[Any, int]]:
    """Return the exponentials whose arguments are rational multiples of each other, as whole powers of one symbol.

    The symbol is that of the first of them: it stands for the exponential of their greatest common divisor.
    """
    multiples: dict[Any, dict[Any, Any]] = {}
    for atom in atoms:
        if isinstance(atom, sympy.exp):
            content, primitive = atom.exp.as_content_primitive()
            if primitive.could_extract_minus_sign():
                content, primitive = -content, -primitive
            multiples.setdefault(primitive, {})[atom] = content
    found: dict[Any, tuple[Any, int]] = {}
    for contents in multiples.values():
        first = next(iter(contents))
        divisor = sympy.gcd_list(list(contents.values())) * sympy.sign(contents[first])
        exponents = {atom: int(content / divisor) for atom, content in contents.items()}
        if len(exponents) > 1 and max(map(abs, exponents.values())) <= LARGEST_EXPONENT:
            found |= {atom: (first, exponent) for atom, exponent in exponents.items()}
    return found


def _is_rational(expression: Entry) -> bool:
    """Return whether the expression is built of its arguments by sums, products and whole powers."""
    if expression.is_Pow:
        return bool(expression.exp.is_Integer and abs(int(expression.exp)) <= LARGEST_EXPONENT)
    return bool(expression.is_Add or expression.is_Mul)


def _atoms(expression: Entry) -> set[Any]:
    found: set[Any] = set()
    waiting, seen = [expression], {expression}
    while waiting:
        one = waiting.pop()
        if one.is_Rational:
            continue
        if not _is_rational(one):
            found.add(one)
            continue
        parts = [one.base] if one.is_Pow else one.args
        waiting += [part for part in parts if part not in seen]
        seen.update(parts)
    return found


class _FractionReader:
    """Reads an expression into one ring; each subexpression once."""

    def __init__(self, ring: PolyRing, generators: Mapping[Any, Fraction], work: WorkDone | None = None) -> None:
        self.ring, self.generators, self.work = ring, generators, work
        self._memo: dict[Any, Fraction] = {}

    def read(self, expression: Entry) -> Fraction:
        found = self._memo.get(expression)
        if found is None:
            found = self._memo[expression] = self._read(expression)
            if self.work is not None:
                self.work.spend(1 + len(found[0]))
            if len(found[0]) > MOST_TERMS:
                raise TooLargeError(f"a numerator of more than {MOST_TERMS} terms")
        return found

    def _read(self, expression: Entry) -> Fraction:
        if expression.is_Rational:
            return self.ring.ground_new(sympy.QQ(int(expression.p), int(expression.q))), {}
        if expression in self.generators:
            return self.generators[expression]
        if expression.is_Add:
            return self._sum([self.read(part) for part in expression.args])
        if expression.is_Mul:
            return reduce(self._times, map(self.read, expression.args))
        numerator, denominator = self.read(expression.base)
        exponent = int(expression.exp)
        if exponent < 0:
            numerator, denominator = self._inverse(numerator, denominator)
        power = abs(exponent)
        if len(numerator) ** power > MOST_TERMS:
            raise TooLargeError(f"a power of more than {MOST_TERMS} terms")
        return numerator**power, {factor: power * count for factor, count in denominator.items()}

    def _sum(self, terms: list[Fraction]) -> Fraction:
        common: dict[PolyElement, int] = {}
        for _, denominator in terms:
            for factor, count in denominator.items():
                common[factor] = max(count, common.get(factor, 0))
        total = self.ring.zero
        for numerator, denominator in terms:
            missing = {factor: count - denominator.get(factor, 0) for factor, count in common.items()}
            total += numerator * self._product(missing)
        return total, common

    def _times(self, first: Fraction, second: Fraction) -> Fraction:
        denominator = dict(first[1])
        for factor, count in second[1].items():
            denominator[factor] = denominator.get(factor, 0) + count
        return first[0] * second[0], denominator

    def _inverse(self, numerator: PolyElement, denominator: Mapping[PolyElement, int]) -> Fraction:
        if not numerator:
            raise TooLargeError("a denominator that is 0")
        leading = numerator.LC
        above = self._product(denominator).mul_ground(1 / leading)
        factor = numerator.monic()
        return above, {} if factor == 1 else {factor: 1}

    def _product(self, factors: Mapping[PolyElement, int]) -> PolyElement:
        result = self.ring.one
        for factor, count in factors.items():
            for _ in range(count):
                result *= factor
                if len(result) > MOST_TERMS:
                    raise TooLargeError(f"a denominator of more than {MOST_TERMS} terms")
        return result
