"""Derivations written by hand, as the calculus would make them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import Dimension, matrix, vector
from jacobook.calculus.derivation import Assumption, Claim, Derivation, PartialDerivation, Prose

d = b.differential
HALF = b.number(Fraction(1, 2))


def line(left: Node, right: Node, *assumptions: Assumption, steps: tuple[Claim, ...] = ()) -> Claim:
    """A claim without a reason."""
    return Claim(left, right, "some-rule", Prose(""), assumptions, steps)


@dataclass(frozen=True)
class Gaussian:
    """Part a of exercise 5.8: f = exp(−½ z), z = yᵀ S⁻¹ y, y = x − μ, with its names."""

    x: n.Symbol
    mu: n.Symbol
    S: n.Symbol
    y: n.Symbol
    z: n.Symbol
    f: n.Symbol
    derivation: Derivation


@pytest.fixture(scope="session")
def gaussian() -> Gaussian:
    size = Dimension.of("D")
    x, mu, y = (n.symbol(name, vector(size)) for name in ("x", "mu", "y"))
    S = n.symbol("S", matrix(size, size), frozenset({"invertible"}))
    z, f, t = n.symbol("z"), n.symbol("f"), n.symbol("t")
    i = Index("i", size)
    inverse = b.inverse(S)
    of_z, of_y, of_x = b.apply("exp", -HALF * z), y.T * inverse * y, x - mu
    links = (Link(f, of_z), Link(z, of_y), Link(y, of_x))
    slope = y.T * (inverse + inverse.T)
    quadratic = (
        line(
            d(z),
            d(y).T * inverse * y + y.T * inverse * d(y),
            steps=(
                line(d(inverse * y), inverse * d(y)),
                line(d(y).T * inverse * y, y.T * inverse.T * d(y)),
            ),
        ),
        line(d(z), slope * d(y)),
        line(b.partial(z, y), slope),
    )
    exponential = (
        line(
            d(f),
            -HALF * of_z * d(z),
            steps=(line(b.partial(b.apply("exp", t), t), b.apply("exp", t)),),
        ),
        line(b.partial(f, z), -HALF * f),
    )
    affine = (
        line(d(y), d(x) - d(mu), steps=(line(d(mu), b.zero(vector(size))),)),
        line(d(y), d(x)),
        line(b.partial(y, x), b.identity(size)),
    )
    value = -HALF * b.apply("exp", -HALF * (of_x.T * inverse * of_x)) * of_x.T * (inverse + inverse.T)
    chain = b.partial(f, z) * b.partial(z, y) * b.partial(y, x)
    total = b.partial(f, x, total=True)
    combination = (line(total, chain), line(total, -HALF * f * slope), line(total, value))
    symmetric = Assumption(S, "symmetric", declared=False)
    derivation = Derivation(
        statement=Statement((x, mu, S), links, x),
        links=links,
        decomposition=(),
        partials=(
            PartialDerivation(f, z, -HALF * f, exponential, (), total=True),
            PartialDerivation(z, y, slope, quadratic, (), total=True),
            PartialDerivation(y, x, b.identity(size), affine, (), total=True),
        ),
        combination=combination,
        value=value,
        denominator=(line(total.T, -HALF * f * (inverse + inverse.T) * y),),
        special_cases=(line(total, -(f * of_x.T * inverse), symmetric),),
        entries=(line(b.entry(total, i), b.entry(value, i)),),
        assumptions=(Assumption(S, "invertible", declared=True),),
    )
    return Gaussian(x, mu, S, y, z, f, derivation)
