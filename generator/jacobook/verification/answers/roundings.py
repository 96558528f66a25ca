"""What a decimal in an answer may have been rounded from: 0.33 from 1/3, 1.41 from √2."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, product
from math import e, log, pi, sqrt

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import substitute, walk

LEAST_DIGITS = 2
"""0.3 is as likely a mistake as a third."""
MOST_DECIMALS, MOST_READINGS = 4, 200
Meant = tuple[tuple[Node, Node], ...]
"""Decimals, each with what it stands for."""


def is_decimal(node: Node) -> bool:
    """Return whether a number may have been rounded: it has decimals, and only finitely many."""
    return isinstance(node, n.Number) and node.value.denominator != 1 and _places(node.value) is not None


def _places(value: Fraction) -> int | None:
    """Return how many decimals the number has, None where there is no end of them."""
    return next((places for places in range(20) if (value * 10**places).denominator == 1), None)


def _constants() -> tuple[tuple[Node, float], ...]:
    """Return the constants that formulas have, with their values."""

    def apply(name: str, value: int) -> Node:
        return build.apply(name, build.number(value))

    four_arctan = build.product(build.number(4), apply("arctan", 1))
    found = [(apply("sqrt", k), sqrt(k)) for k in (2, 3, 5)]
    found += [(apply("log", k), log(k)) for k in (2, 3, 10)]
    found += [(four_arctan, pi), (apply("exp", 1), e)]
    found += [(build.apply("sqrt", four_arctan), sqrt(pi))]
    found += [(build.apply("sqrt", build.product(build.TWO, four_arctan)), sqrt(2 * pi))]
    return tuple(found)


def _origins(value: Fraction) -> Iterator[Node]:
    """Yield the numbers that are this decimal when rounded to its digits, simple ones first."""
    places = _places(value)
    assert places is not None
    digits = len(str(abs(value.numerator * 10**places // value.denominator)))
    if digits < LEAST_DIGITS:
        return
    half = Fraction(1, 2 * 10**places)
    for denominator in range(1, 13 if digits == LEAST_DIGITS else 101):
        near = Fraction(round(value * denominator), denominator)
        if near.denominator == denominator and near != value and abs(near - value) <= half:
            yield build.number(near)
    for node, size in _constants():
        for scale in (Fraction(1), Fraction(2), Fraction(1, 2)):
            for sign in (1, -1):
                if abs(sign * float(scale) * size - float(value)) <= float(half):
                    yield node if sign * scale == 1 else build.product(build.number(sign * scale), node)
                if abs(sign * float(scale) / size - float(value)) <= float(half):
                    yield build.divide(build.number(sign * scale), node)


def readings(answer: Node) -> Iterator[tuple[Meant, Node]]:
    """Yield what may be meant by the decimals of an answer, and the answer with it; at least one stands for another."""
    decimals = [node for node in dict.fromkeys(walk(answer)) if isinstance(node, n.Number) and is_decimal(node)]
    if not decimals or len(decimals) > MOST_DECIMALS:
        return
    choices = [(decimal, *_origins(decimal.value)) for decimal in decimals]
    for chosen in islice(product(*choices), MOST_READINGS):
        meant = tuple((old, new) for old, new in zip(decimals, chosen, strict=True) if old is not new)
        if meant:
            yield meant, substitute(answer, dict(meant))
