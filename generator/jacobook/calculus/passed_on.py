"""What is derived where a vector–Jacobian or a Jacobian–vector product is asked for."""

from __future__ import annotations

from dataclasses import replace

from jacobook.algebra.messages import JacobookError
from jacobook.calculus.chain.backward_form import backward_form
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.chain.passes import Pass, backward_pass, forward_pass
from jacobook.calculus.derivation import Derivation, ForwardForm


def with_backward(derivation: Derivation) -> Derivation:
    """Return the derivation with its backward form, which says all: ∂L/∂x from G = ∂L/∂f. Raises Refusal."""
    found = derivation.backward
    if found is None:
        lines = derivation.partials[0].matrix_route if derivation.partials else ()
        chain = Chain(derivation.links, derivation.statement.wrt)
        found = backward_form(chain, lines, derivation.statement.links, _names_of(derivation), always=True)
    return derivation if found is None else replace(derivation, backward=found, passed_on=True)


def with_tangent(derivation: Derivation) -> Derivation:
    """Return the derivation with its forward form, which says all: df for dx = v. Raises Refusal."""
    found = forward_of(derivation)
    form = ForwardForm(found.given, found.value, found.claims, found.kept)
    return replace(derivation, forward=form, backward=None, passed_on=True)


def backward_of(derivation: Derivation) -> Pass:
    """Return the backward pass along the chain. Raises Refusal."""
    return backward_pass(_chain_of(derivation), _names_of(derivation))


def forward_of(derivation: Derivation) -> Pass:
    """Return the forward pass along the chain. Raises Refusal."""
    return forward_pass(_chain_of(derivation), _names_of(derivation))


def _chain_of(derivation: Derivation) -> Chain:
    """Return the chain that is passed along: that of the statement; for one expression, the one that it splits into."""
    links = derivation.statement.links
    return Chain(links if len(links) > 1 else derivation.links, derivation.statement.wrt)


def _names_of(derivation: Derivation) -> frozenset[str]:
    inside = (symbol.name for link in derivation.links for symbol in (link.symbol, *link.expression.symbols))
    return derivation.statement.names.union(inside, (link.symbol.name for link in derivation.named))


def check_scalar(derivation: Derivation) -> None:
    """Raise NoGradientError for a function that is no scalar."""
    f = derivation.statement.function
    if not f.shape.is_scalar:
        raise NoGradientError(
            f"{f.name} is no scalar ({f.name} in {f.shape.space}): it has a Jacobian and no gradient; "
            "for a backward pass ask for its vjp"
        )


class NoGradientError(JacobookError, ValueError):
    """The function is no scalar."""
