"""Second derivatives: the gradient is worked out, then its Jacobian, the Hessian."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.terms import transpose_factor
from jacobook.calculus.derivation import Claim, Derivation, Prose
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal


@dataclass(frozen=True, slots=True)
class SecondDerivative:
    """The derivation of the gradient, and that of its Jacobian; the gradient as a column is the second's function."""

    first: Derivation
    second: Derivation
    """For a vector, its denominator layout is the claim that the Hessian is symmetric."""


def derive_second(statement: Statement, route: str = "matrix", both: bool = True) -> SecondDerivative:
    """Return the second derivative of a scalar function of a vector (the Hessian, N×N) or of a scalar.

    Raises Refusal for other functions and variables, and where a derivative of the first or second order is refused.
    """
    of, wrt = statement.function.shape, statement.wrt.shape
    if not of.is_scalar:
        raise Refusal(f"a Hessian is that of a scalar function; this one is {of.describe()}")
    if wrt.is_matrix:
        raise Refusal(
            "the second derivative with respect to a matrix has four indices; stack the matrix into a vector first"
        )
    first = derive(statement, route, both)
    gradient = collect(transpose_factor(first.value))
    candidates = ("g", "gradient", *(f"g{k}" for k in range(1, 100)))
    taken = statement.names.union(link.symbol.name for link in first.kept)
    name = next(name for name in candidates if name not in taken)
    symbol = n.symbol(name, gradient.shape)
    links = (Link(symbol, gradient), *reversed(first.kept))
    second = derive(replace(statement, links=links, remarks=()), route, both)
    if wrt.is_vector:
        reason = Prose("Mixed partial derivatives do not depend on their order, so a Hessian is its own transpose.")
        transposed = build.transpose(build.partial(symbol, statement.wrt, total=True))
        second = replace(second, denominator=(Claim(transposed, second.value, "hessian-symmetry", reason),))
    return SecondDerivative(first, second)
