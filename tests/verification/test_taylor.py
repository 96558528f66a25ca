"""The evidence for Taylor polynomials: right ones pass, planted mistakes do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Node
from jacobook.calculus.taylor import TaylorExpansion, TaylorTerm, taylor
from jacobook.language import parse_statement
from jacobook.verification.taylor_evidence import verify_taylor

ROW = ("sin(x) + cos(x)", "exp(a*x)", "log(1 + x)", "1/(1 - x)", "sqrt(1 + x)", "tanh(x)", "x^2 - x")
HALF = b.number(Fraction(1, 2))


def expansion(function: str, at: Fraction | int = 0, degree: int = 3) -> TaylorExpansion:
    return taylor(parse_statement(["x in R", "a in R"], [function], "x"), b.number(at), degree)


@pytest.mark.slow
@pytest.mark.parametrize("at", [0, Fraction(1, 3)])
@pytest.mark.parametrize("function", ROW)
def test_expansions_pass_and_are_proved(function: str, at: Fraction | int) -> None:
    evidence = verify_taylor(expansion(function, at))
    assert evidence.failures == ()
    assert evidence.passed
    assert evidence.symbolic == "proved"
    assert evidence.max_relative_error < 1e-9
    paths = {claim.path for claim in evidence.claims}
    assert {"f″, derivative", "f″, value", "T_2, against the function"} <= paths


def test_near_the_edge_of_the_domain() -> None:
    assert verify_taylor(expansion("log(x)", Fraction(1, 100))).passed


def test_numbers_alone() -> None:
    evidence = verify_taylor(expansion("exp(x)"), symbolic=False)
    assert evidence.passed
    assert evidence.symbolic == "skipped"


def value_of(term: TaylorTerm, value: Node) -> TaylorTerm:
    return replace(term, substitution=replace(term.substitution, right=value))


def seventh_power(polynomial: Node) -> Node:
    (symbol,) = polynomial.symbols
    return b.power(symbol, b.number(7))


SPOILT: dict[str, Callable[[TaylorTerm], TaylorTerm]] = {
    "sign of the derivative": lambda t: replace(t, derivative=-t.derivative),
    "factor of the derivative": lambda t: replace(t, derivative=HALF * t.derivative),
    "claim of the derivative": lambda t: replace(
        t, differentiation=(replace(t.differentiation[0], right=-t.derivative), *t.differentiation[1:])
    ),
    "value": lambda t: value_of(t, t.value + b.ONE),
    "polynomial": lambda t: replace(t, polynomial=t.polynomial + b.number(Fraction(1, 10**9))),
    "power in the polynomial": lambda t: replace(t, polynomial=b.power(t.polynomial, b.TWO)),
    "one term more": lambda t: replace(t, polynomial=t.polynomial + seventh_power(t.polynomial)),
    "sign of the sum": lambda t: replace(t, summation=(replace(t.summation[0], right=-t.summation[0].right),)),
    "derivation": lambda t: replace(t, derivation=t.derivation and replace(t.derivation, value=-t.derivative)),
}  # fmt: skip


@pytest.mark.parametrize("mistake", SPOILT)
@pytest.mark.parametrize("symbolic", [True, False])
def test_planted_mistakes_are_caught(mistake: str, symbolic: bool) -> None:
    honest = expansion("exp(x)*cos(x) + x", 0)
    terms = list(honest.terms)
    terms[1] = SPOILT[mistake](terms[1])
    assert terms[1] != honest.terms[1]
    evidence = verify_taylor(replace(honest, terms=tuple(terms)), symbolic=symbolic)
    assert not evidence.passed
    assert evidence.failures
