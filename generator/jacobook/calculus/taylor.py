"""Taylor polynomials T_n(x) = Σ_{k ≤ n} f⁽ᵏ⁾(a)/k! (x − a)ᵏ of a scalar function of a scalar, MML (5.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import factorial

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.parentheses import SUPERSCRIPTS
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Number, Solution, Symbol
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.terms import terms_of
from jacobook.calculus.derivation import Claim, Derivation, Prose
from jacobook.calculus.derive import derive
from jacobook.calculus.exact_values import exact_value
from jacobook.calculus.refusal import Refusal


@dataclass(frozen=True, slots=True)
class TaylorTerm:
    """The derivative of order n, its value at the point, the coefficient f⁽ⁿ⁾(a)/n! and the polynomial T_n."""

    order: int
    symbol: Symbol
    """The name of the derivative: f, f′, f″, f‴, f⁽⁴⁾, …"""
    derivative: Node
    """f⁽ⁿ⁾ as an expression in the declared variables."""
    derivation: Derivation | None
    """How it was derived from the derivative of the order before; None for the function itself."""
    differentiation: tuple[Claim, ...]
    """d f⁽ⁿ⁻¹⁾/dx = f⁽ⁿ⁾; a second line where the derivative was brought into a shorter form. Empty for order 0."""
    substitution: Claim
    """f⁽ⁿ⁾ with the point inserted = its exact value. (The sides are the same where nothing is to be worked out.)"""
    coefficient: Node
    """f⁽ⁿ⁾(a)/n!"""
    polynomial_symbol: Symbol
    """The name of the polynomial: T_n."""
    polynomial: Node
    """T_n in powers of x − a, lowest first; terms whose coefficient is 0 are left out."""
    summation: tuple[Claim, ...]
    """T_n = T_{n−1} + f⁽ⁿ⁾(a)/n! (x − a)ⁿ, then T_n written out; of T_0 and T_1 the second alone."""

    @property
    def value(self) -> Node:
        """Return the exact value of the derivative at the point."""
        return self.substitution.right

    @property
    def claims(self) -> tuple[Claim, ...]:
        return (*self.differentiation, self.substitution, *self.summation)


@dataclass(frozen=True, slots=True)
class TaylorExpansion:
    """The Taylor polynomials of degree 0, 1, …, n of a function at a point."""

    statement: Statement
    function: Node
    """The function in the declared variables."""
    at: Number
    degree: int
    terms: tuple[TaylorTerm, ...]
    """One for every order, from 0 to the degree."""

    @property
    def polynomial(self) -> Node:
        return self.terms[-1].polynomial

    @property
    def definitions(self) -> dict[Node, Node]:
        """Return the definitions of the names of the derivatives and of the polynomials."""
        found: dict[Node, Node] = {term.symbol: term.derivative for term in self.terms}
        return found | {term.polynomial_symbol: term.polynomial for term in self.terms}

    @property
    def claims(self) -> Iterator[Claim]:
        return chain.from_iterable(term.claims for term in self.terms)


def taylor(statement: Statement, at: Node, degree: int) -> TaylorExpansion:
    """Return the Taylor polynomials T_0, …, T_degree of the function at the point, every step worked out.

    The function is a scalar function of one scalar variable; further scalars are constants and stay symbols. Raises
    Refusal for other functions, and where the function or a derivative has no value at the point or is not smooth
    there; ValueError for a negative degree. Source: MML, definition 5.3.
    """
    if degree < 0:
        raise ValueError("the degree of a Taylor polynomial is 0 or more")
    variable, of = statement.wrt, statement.function
    if not isinstance(at, Number):
        raise Refusal("a Taylor polynomial is worked out at a number")
    if not (of.shape.is_scalar and variable.shape.is_scalar):
        raise Refusal(
            f"Taylor polynomials are worked out for a scalar function of a scalar; here {of.name} is "
            f"{of.shape.describe()} and {variable.name} is {variable.shape.describe()}"
        )
    if any(isinstance(link.expression, Solution) for link in statement.links):
        raise Refusal("the solution of an equation has no exact value here, so there is no Taylor polynomial of it")
    function = statement.in_variables
    names = _names(statement, function, degree)
    terms: list[TaylorTerm] = []
    for order in range(degree + 1):
        before = terms[-1] if terms else None
        terms.append(_term(statement, function, at, before, names[order], names[degree + 1 + order]))
    return TaylorExpansion(statement, function, at, degree, tuple(terms))


def _names(statement: Statement, function: Node, degree: int) -> list[Symbol]:
    """Return the names of the derivatives, then those of the polynomials."""
    of = statement.function.name
    derivatives = [of + ("′", "″", "‴")[k - 1] if 0 < k < 4 else of for k in range(degree + 1)]
    derivatives[4:] = [f"{of}⁽{str(k).translate(SUPERSCRIPTS)}⁾" for k in range(4, degree + 1)]
    taken = {symbol.name for symbol in (*statement.declarations, *function.symbols)}
    taken.update(link.symbol.name for link in statement.links)
    letter = next(
        letter
        for letter in ("T", "P", "Q", "Taylor", *(f"T{k}" for k in range(1, 100)))
        if taken.isdisjoint(f"{letter}_{k}" for k in range(degree + 1))
    )
    return [n.symbol(name) for name in (*derivatives, *(f"{letter}_{k}" for k in range(degree + 1)))]


def _term(
    statement: Statement, function: Node, at: Number, before: TaylorTerm | None, symbol: Symbol, polynomial_name: Symbol
) -> TaylorTerm:
    variable, order = statement.wrt, 0 if before is None else before.order + 1
    derivation, derivative = None, function
    lines: tuple[Claim, ...] = ()
    if before is not None:
        derivation, derivative, lines = _differentiated(statement, before)
    substitution = _at_the_point(statement, symbol, order, derivative, at)
    coefficient = tidy(build.divide(substitution.right, build.number(factorial(order))))
    power = build.power(_shifted(variable, at), build.number(order)) if order > 1 else _shifted(variable, at)
    summand = _summand(coefficient, power) if order else coefficient
    whole = summand if before is None else _sum(before.polynomial, summand)
    return TaylorTerm(
        order=order,
        symbol=symbol,
        derivative=derivative,
        derivation=derivation,
        differentiation=lines,
        substitution=substitution,
        coefficient=coefficient,
        polynomial_symbol=polynomial_name,
        polynomial=whole,
        summation=_summation(before, polynomial_name, substitution.right, coefficient, power, summand, whole),
    )


def _differentiated(statement: Statement, before: TaylorTerm) -> tuple[Derivation, Node, tuple[Claim, ...]]:
    """Return how the derivative of the order before is differentiated, the result in its shortest form, the lines."""
    link = Link(before.symbol, before.derivative)
    asked = Statement(statement.declarations, (link,), statement.wrt) if before.order else statement
    derivation = derive(asked)
    found = derivation.value_without_names
    left = build.partial(before.symbol, statement.wrt, total=True)
    lines = [Claim(left, found, "higher-derivative", Prose("Differentiate {0}.", (before.symbol,)))]
    shortest = _shortest(found)
    if shortest is not found:
        lines.append(Claim(left, shortest, "tidy", Prose("The same in a shorter form.")))
    return derivation, shortest, tuple(lines)


def _shortest(node: Node) -> Node:
    """Return the shortest of the equal forms that the algebra knows; −(a + b) is written as −a − b."""
    forms = [node, collect(node), collect(normal_form(node))]
    best = min(forms, key=lambda form: form.size)
    if isinstance(best, n.Negate) and isinstance(best.operands[0], n.Add):
        return build.add(*(-term for term in best.operands[0].operands))
    return best


def _at_the_point(statement: Statement, symbol: Symbol, order: int, derivative: Node, at: Number) -> Claim:
    variable = statement.wrt
    try:
        value = exact_value(derivative, {variable: at})
    except Refusal as refused:
        what = "the function" if order == 0 else f"its derivative of order {order}"
        where = f"no Taylor polynomial at {variable.name} = {at.value}"
        raise Refusal(f"{where}: {what} has no value there, or is not smooth ({refused})") from refused
    inserted = _inserted(derivative, variable, at)
    if not derivative.depends_on(variable):
        reason = Prose("{0} does not depend on {1}.", (symbol, variable))
    else:
        reason = Prose("Set {1} = {0} and evaluate exactly.", (at, variable))
    return Claim(inserted, value, "value-at-point", reason)


def _inserted(node: Node, variable: Symbol, at: Number) -> Node:
    """Return the expression with the number for the variable, not worked out: 1/(1 − 0), not 1/1."""
    if node is variable:
        return at
    if not node.depends_on(variable):
        return node
    operands = tuple(_inserted(operand, variable, at) for operand in node.operands)
    return type(node)(operands, node.shape, node.parameters)


# -- polynomials ----------------------------------------------------------------------------------------------------


def _shifted(variable: Symbol, at: Number) -> Node:
    return variable if at is build.ZERO else variable - at


def _summand(coefficient: Node, power: Node) -> Node:
    """Return coefficient · power as textbooks write it: without a factor 1, the minus in front."""
    if build.is_zero(coefficient):
        return coefficient
    minus = _is_negative(coefficient)
    size = tidy(-coefficient) if minus else coefficient
    if not build.is_number(size, 1):
        summand = build.product(size, power)
    elif isinstance(power, n.Add) and not minus:
        summand = n.Product((power,), power.shape)  # a product keeps its bracket: 1 + (x − 1), not 1 + x − 1
    else:
        summand = power
    return -summand if minus else summand


def _is_negative(node: Node) -> bool:
    terms = terms_of(node)
    return len(terms) == 1 and terms[0].coefficient < 0


def _sum(before: Node, summand: Node) -> Node:
    if build.is_zero(summand):
        return before
    return summand if build.is_zero(before) else build.add(before, summand)


def _summation(
    before: TaylorTerm | None, name: Symbol, value: Node, coefficient: Node, power: Node, summand: Node, whole: Node
) -> tuple[Claim, ...]:
    if before is None:
        return (Claim(name, whole, "taylor", Prose("The polynomial of degree 0 is the value at the point.")),)
    order = build.number(before.order + 1)
    if build.is_zero(coefficient):
        reason = Prose("The derivative of order {0} is 0 at the point, so no term is added.", (order,))
        lines = [Claim(name, before.polynomial_symbol, "taylor", reason)]
    else:
        words = "One more term: {0} divided by {1}! is {2}, the coefficient of {3}."
        reason = Prose(words, (value, order, coefficient, power))
        lines = [Claim(name, build.add(before.polynomial_symbol, summand), "taylor", reason)]
    if before.order:
        lines.append(Claim(name, whole, "substitution", Prose("Substitute {0}.", (before.polynomial_symbol,))))
    else:
        lines = [Claim(name, whole, "taylor", lines[0].reason)]
    return tuple(lines)
