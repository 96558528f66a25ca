"""Differentials of functions in which several variables vary at once, such as d(X Y) = dX Y + X dY.

Source: Magnus and Neudecker, chapter 8; The Matrix Cookbook, (33)–(44).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra.display.collect import collect
from jacobook.algebra.nodes import Node, Solution, Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.traverse import reads_alike, substitute, walk
from jacobook.calculus.declared_identities import identity_claims
from jacobook.calculus.derivation import Assumption, Claim, Prose
from jacobook.calculus.domains import assumptions_of
from jacobook.calculus.matrix_route import differential_claims, in_standard_form, opened
from jacobook.calculus.properties import as_symmetric, square_symbols, uses_of_properties
from jacobook.calculus.reasons import enumerate_values, joined_prose, sentence
from jacobook.calculus.refusal import Refusal


@dataclass(frozen=True, slots=True)
class DifferentialDerivation:
    """A worked differential: every one of the variables varies."""

    statement: Statement
    """The function, perhaps as a chain; its variable of differentiation plays no part."""
    variables: tuple[Symbol, ...]
    claims: tuple[Claim, ...]
    """From d of the function to the value, one idea a line."""
    value: Node
    """An expression in the declared variables, linear in `Differential(X)` for X among the variables."""
    assumptions: tuple[Assumption, ...]

    @property
    def function(self) -> Node:
        """Return the function in the declared variables."""
        return self.statement.in_variables

    def walk(self) -> Iterator[Claim]:
        """Yield every claim, with those one level down."""
        for claim in self.claims:
            yield from claim.walk()


def derive_differential(statement: Statement, variables: Iterable[Symbol]) -> DifferentialDerivation:
    """Return the worked differential of the statement's function, in which all the named variables vary.

    The variables are declared ones. Raises Refusal where no rule covers a part of the function, where a variable is not
    declared, and where none is named.
    """
    chosen = tuple(dict.fromkeys(variables))
    names = {link.symbol for link in statement.links}
    for variable in chosen:
        if variable not in statement.declarations or variable in names:
            raise Refusal(f"a differential is taken in declared variables, and {variable.name} is none of them")
    if not chosen:
        raise Refusal("name a variable that varies")
    try:
        claims, value = _derived(statement, chosen)
    except ShapeError as error:  # a matrix of one row or column in a place where only a row or a vector has a type
        raise Refusal(f"a regrouped product has no type here: {error}") from error
    return DifferentialDerivation(statement, chosen, tuple(claims), value, assumptions_of(statement.links, chosen))


def _derived(statement: Statement, variables: tuple[Symbol, ...]) -> tuple[list[Claim], Node]:
    """Return the claims and the value: link by link from the outermost, each inner differential inserted."""
    moving = _moving(statement, variables)
    left = build.differential(statement.function)
    if statement.function not in moving:
        of = Prose("{0} does not depend on ", (statement.function,))
        zero = build.zero(left.shape)
        return [Claim(left, zero, "constant", sentence([joined_prose(of, enumerate_values(variables, "or"))]))], zero
    taken = statement.names.union(symbol.name for symbol in moving)
    claims: list[Claim] = []
    current: Node = left
    for link in statement.links:
        symbol = link.symbol
        if symbol in moving and build.differential(symbol) in walk(current):
            varying = tuple(name for name in (*moving, *variables) if name in link.expression.symbols)
            inner, lines = differential_claims(symbol, link.expression, varying, taken)
            claims += lines
            if symbol is not statement.function:
                current = substitute(current, {build.differential(symbol): inner})
                reason = Prose("Substitute {0} = {1}.", (build.differential(symbol), inner))
                claims.append(Claim(left, current, "substitution", reason))
            else:
                current = inner
        if symbol in current.symbols and not isinstance(link.expression, Solution):
            current = substitute(current, {symbol: link.expression})
            claims.append(
                Claim(left, current, "substitution", Prose("Substitute {0} = {1}.", (symbol, link.expression)))
            )
    current = opened(current)
    value = in_standard_form(current, variables)
    if not reads_alike(value, current):
        words = "Collect the terms."
        if value.shape.is_scalar:
            words = "Collect the terms: one for each variable, with its derivative beside it."
        claims.append(Claim(left, value, "collect", Prose(words)))
    declared = [matrix for matrix in square_symbols(value) if "symmetric" in matrix.properties]
    if as_symmetric(value, *declared) is not collect(value):
        value, symmetric = uses_of_properties(left, value, variables)
        claims += symmetric
    else:
        value, identities = identity_claims(left, value, variables)
        claims += identities
    return claims, value


def _moving(statement: Statement, variables: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """Return the names of the chain that depend on a variable, innermost first."""
    found: list[Symbol] = []
    for link in reversed(statement.links):
        if not link.expression.symbols.isdisjoint((*variables, *found)):
            found.append(link.symbol)
    return tuple(found)
