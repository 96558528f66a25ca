"""The evidence for Taylor polynomials: every derivative, every value and every polynomial, checked apart.

The witness writes the function in SymPy, differentiates it there, and knows nothing of the engine's rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Claim
from jacobook.calculus.taylor import TaylorExpansion, TaylorTerm
from jacobook.language.printer import short_text
from jacobook.verification.evidence import check_equation, verify
from jacobook.verification.examination import ClaimEvidence, Evidence
from jacobook.verification.points.instances import draw_value
from jacobook.verification.symbolic.components import SymbolicComponents
from jacobook.verification.symbolic.equation_components import is_shown_zero
from jacobook.verification.symbolic.grids import TooLargeError, rational

DIGITS = 50
TOLERANCE = 1e-30
NEAR, NEARER = Fraction(1, 2**20), Fraction(1, 2**30)
"""Two distances from the point, between which the error of a polynomial is watched."""
SLACK = 0.25
"""How far the power with which the error shrinks may lie below n + 1, which it reaches in the limit."""

Expression = Any  # SymPy has no types


def verify_taylor(expansion: TaylorExpansion, *, symbolic: bool = True) -> Evidence:
    """Return the evidence for every line of the expansion, and for each of its polynomials against the function.

    Derivatives are compared at random points with numeric ones and, with `symbolic`, with SymPy's n-th derivative of
    the function; values and polynomials with SymPy's derivatives at the point, to 50 digits and exactly where SymPy can
    tell; and |f(x) − T_n(x)| has to shrink at least like |x − a|^(n+1).
    """
    witness = _Witness(expansion)
    found: list[ClaimEvidence] = []
    for term in expansion.terms:
        if term.derivation is not None:
            evidence = verify(term.derivation, symbolic=symbolic)
            found += [replace(one, path=f"{term.symbol.name}: {one.path}") for one in evidence.claims]
        for number, claim in enumerate(term.claims, 1):
            found.append(witness.claim(f"{term.symbol.name}, line {number}", claim, symbolic))
        found.extend(witness.term(term, symbolic))
    return Evidence(tuple(found), ({},))


class _Witness:
    """The function in SymPy, and its derivatives at the point."""

    def __init__(self, expansion: TaylorExpansion) -> None:
        self.expansion = expansion
        symbols = {symbol for term in expansion.terms for symbol in term.derivative.symbols | term.polynomial.symbols}
        self.symbols = {symbol: _sympy_symbol(symbol) for symbol in sorted(symbols, key=lambda symbol: symbol.name)}
        variable = expansion.statement.wrt
        self.variable = self.symbols.setdefault(variable, _sympy_symbol(variable))
        self.at = rational(expansion.at.value)
        self.function = self.written(expansion.function)
        drawn = {s: Fraction(round(float(draw_value(s, {}, 0).item()) * 8) or 1, 8) for s in self.symbols}
        self.constants = {self.symbols[s]: rational(v) for s, v in drawn.items() if s is not variable}
        """Rational values of the constants, for what SymPy cannot decide exactly."""

    def written(self, node: Node) -> Expression:
        """Return the expression in SymPy."""
        values: Mapping[Symbol, Any] = {symbol: ((written,),) for symbol, written in self.symbols.items()}
        return SymbolicComponents(values, {}, {}, {}, through=True).value(node, {})[0][0]

    def claim(self, path: str, claim: Claim, symbolic: bool) -> ClaimEvidence:
        """Return the evidence for one line, with the definitions of the names in it inserted."""
        definitions = self.expansion.definitions
        right = substitute(claim.right, definitions)
        if isinstance(claim.left, n.Partial):
            of, wrt = claim.left.operands
            assert isinstance(wrt, Symbol)
            left: Node = n.Partial((substitute(of, definitions), wrt), claim.left.shape, claim.left.parameters)
            found = check_equation(left, right, symbolic=symbolic)
            failure = found.failure and f"{path}: {short_text(claim.left)} (rule {claim.rule}): {found.failure}"
            return replace(found, path=path, rule=claim.rule, failure=failure)
        left = substitute(claim.left, definitions)
        return self.compare(path, claim.rule, self.written(left), self.written(right), symbolic)

    def term(self, term: TaylorTerm, symbolic: bool) -> Iterator[ClaimEvidence]:
        """Yield the checks of one order against the function itself."""
        name, order = term.symbol.name, term.order
        derivative = sympy.diff(self.function, self.variable, order)
        if symbolic and order:
            yield self.compare(f"{name}, derivative", "definition", derivative, self.written(term.derivative), symbolic)
        here = derivative.subs(self.variable, self.at)
        yield self.compare(f"{name}, value", "definition", here, self.written(term.value), symbolic)
        polynomial = self.written(term.polynomial)
        path = f"{term.polynomial_symbol.name}, against the function"
        yield self._polynomial(path, polynomial, order, symbolic)

    def compare(
        self, path: str, rule: str, left: Expression, right: Expression, symbolic: bool = True
    ) -> ClaimEvidence:
        """Return the evidence for left = right: to many digits at rational values, exactly where SymPy can tell."""
        values = {**self.constants, self.variable: self._beside()}
        sides = [sympy.N(side.subs(values), DIGITS) for side in (left, right)]
        error = _relative_error(sides[0], sides[1])
        failure = None if error <= TOLERANCE else f"{path} (rule {rule}): {sides[0]} is not {sides[1]}"
        status, reason = _decided([left - right]) if symbolic and failure is None else ("skipped", "not asked for")
        return _evidence(path, rule, error, 1, failure, status, reason)

    def _beside(self) -> Expression:
        """Return a number near the point at which the function has a value."""
        return self.at + rational(NEAR)

    def _polynomial(self, path: str, polynomial: Expression, order: int, symbolic: bool) -> ClaimEvidence:
        """Return whether this is the polynomial of degree n whose derivatives at the point are those of the function.

        In numbers: the error at two distances on either side shrinks with the power n + 1 or faster. (That is no
        relative error, so none is reported.) Exactly: the derivatives up to order n of the difference are 0.
        """
        failure = self._grows(path, polynomial, order)
        if failure is None and not sympy.Poly(polynomial, self.variable).degree() <= order:
            failure = f"{path}: the degree is above {order}"
        if not symbolic or failure is not None:
            return _evidence(path, "taylor", 0.0, 2, failure, "skipped", "not asked for")
        difference = self.function - polynomial
        slopes = [sympy.diff(difference, self.variable, k).subs(self.variable, self.at) for k in range(order + 1)]
        status, reason = _decided(slopes)
        return _evidence(path, "taylor", 0.0, 2, None, status, reason)

    def _grows(self, path: str, polynomial: Expression, order: int) -> str | None:
        """Return where the error shrinks more slowly than with the power n + 1, None where it does not."""
        digits = 2 * DIGITS + 12 * (order + 1)
        difference = (self.function - polynomial).subs(self.constants)
        for side in (1, -1):
            far, near = (
                abs(sympy.N(difference.subs(self.variable, self.at + side * rational(distance)), digits))
                for distance in (NEAR, NEARER)
            )
            if far < sympy.Float(10) ** (-digits // 2 - 6 * order):  # rounding: the function is this polynomial
                continue
            power = float(sympy.log(far / near, 2)) / 10 if near else float("inf")
            if not power >= order + 1 - SLACK:
                return f"{path}: |f(x) - T(x)| shrinks like |x - a|^{power:.2f}, not |x - a|^{order + 1}"
        return None


def _sympy_symbol(symbol: Symbol) -> Expression:
    return sympy.Symbol(symbol.name, real=True, positive=True if "positive" in symbol.properties else None)


def _decided(differences: list[Expression]) -> tuple[str, str]:
    try:
        return ("proved", "") if all(map(is_shown_zero, differences)) else ("undecided", "SymPy does not bring it to 0")
    except TooLargeError as large:
        return "skipped", str(large)


def _relative_error(left: Expression, right: Expression) -> float:
    difference, scale = abs(left - right), max(abs(left), abs(right), sympy.Float("0.01"))
    found = difference / scale
    return float(found) if found.is_number and found.is_finite else float("inf")


def _evidence(
    path: str, rule: str, error: float, instances: int, failure: str | None, status: str, reason: str
) -> ClaimEvidence:
    return ClaimEvidence(
        path=path,
        rule=rule,
        passed=failure is None,
        error=error,
        tolerance=TOLERANCE,
        instances=instances,
        skipped_sizes=(),
        symbolic=status,
        symbolic_sizes=({},) if status == "proved" else (),
        reason=reason or None,
        failure=failure,
    )
