"""A chain as code runs it: values forward, then an upstream gradient backward, or a tangent forward; link by link.

For a scalar L with ∂L/∂u = g and du = D(dv), the link adds the adjoint D*(g) to ∂L/∂v (the vector–Jacobian product);
a tangent t of v becomes D(t) of u (the Jacobian–vector product). Neither forms a Jacobian. (Griewank and Walther,
Evaluating Derivatives, chapter 3.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.thin_sums import with_thin_sums_opened
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import SCALAR
from jacobook.algebra.traverse import substitute
from jacobook.calculus.chain.backward_form import upstream_name
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.chain.naming import definitions_within
from jacobook.calculus.derivation import Claim
from jacobook.calculus.matrix_route import adjoint_claims, differential_claims


@dataclass(frozen=True, slots=True)
class Pass:
    """What is passed in, and the value, in names that are defined on the way."""

    given: Symbol
    """The upstream gradient, in the shape of the function, or the tangent, in the shape of the variable."""
    value: Node
    kept: tuple[Link, ...]
    """The definitions of the names, each after those it uses."""
    claims: tuple[Claim, ...] = ()
    """Of a forward pass: the differential of every link."""


def backward_pass(chain: Chain, names: frozenset[str]) -> Pass:
    """Return ∂L/∂x, in the shape of x, from ∂L/∂f, one for each link. Raises Refusal where no rule applies."""
    f = chain.links[0].symbol
    upstream = n.symbol(upstream_name(f, names), f.shape)
    taken = set(names) | {upstream.name}
    loss = n.symbol(_fresh("L", taken), SCALAR)
    gradients: dict[Symbol, Node] = {f: upstream}
    defined: list[Link] = []
    for v in (*[link.symbol for link in chain.varying() if link.symbol is not f], chain.wrt):
        parts = []
        for user in chain.users.get(v, ()):
            above = gradients[user.symbol]
            held = n.symbol(above.name, above.shape) if isinstance(above, Symbol) else above
            if not build.is_zero(held):
                parts.append(_adjoint(loss, held, user, v, frozenset(taken)))
        value = tidy(build.add(*parts)) if parts else build.zero(v.shape)
        if v is chain.wrt or isinstance(value, Symbol) or build.is_zero(value):
            gradients[v] = value
            continue
        symbol = n.symbol(_fresh(f"{upstream.name}_{v.name}", taken), v.shape)
        defined.append(Link(symbol, value, given=False))
        gradients[v] = symbol
    return Pass(upstream, gradients[chain.wrt], _needed(chain, gradients[chain.wrt], defined))


def forward_pass(chain: Chain, names: frozenset[str]) -> Pass:
    """Return the change of the function along a tangent of the variable. Raises Refusal where no rule applies."""
    wrt = chain.wrt
    taken = set(names)
    letter = "V" if wrt.shape.is_matrix else "v"
    tangent = n.symbol(_fresh(letter, taken, f"{letter}_{wrt.name}"), wrt.shape)
    tangents: dict[Node, Node] = {build.differential(wrt): tangent}
    defined: list[Link] = []
    claims: list[Claim] = []
    value: Node = build.zero(chain.links[0].symbol.shape)
    for link in reversed(chain.varying()):
        arguments = chain.arguments(link)
        final, lines = differential_claims(link.symbol, link.expression, arguments, frozenset(taken))
        claims += lines
        value = tidy(substitute(final, tangents))
        if link.symbol is chain.links[0].symbol:
            break
        if isinstance(value, Symbol):
            tangents[build.differential(link.symbol)] = value
            continue
        symbol = n.symbol(_fresh(f"{tangent.name}_{link.symbol.name}", taken), link.symbol.shape)
        defined.append(Link(symbol, value, given=False))
        tangents[build.differential(link.symbol)] = symbol
    return Pass(tangent, value, _needed(chain, value, defined), tuple(claims))


def _adjoint(loss: Symbol, upstream: Node, link: Link, v: Symbol, names: frozenset[str]) -> Node:
    """Return what a link adds to the gradient with respect to v, in the shape of v."""
    assert isinstance(upstream, Symbol)
    differential, _ = differential_claims(link.symbol, link.expression, (v,), names)
    gradient, _ = adjoint_claims(loss, upstream, link.symbol, differential, v)
    value = gradient if gradient.shape == v.shape else build.transpose(gradient)
    return with_thin_sums_opened(tidy(value))


def _needed(chain: Chain, value: Node, defined: list[Link]) -> tuple[Link, ...]:
    """Return the definitions that a value needs: values of the forward pass, then those of the pass itself."""
    meaning = {link.symbol: link for link in (*chain.links, *defined)}
    found = definitions_within([value], meaning)
    own = {link.symbol for link in defined}
    forward = [link for link in reversed(chain.links) if link in found]
    return (*forward, *(link for link in defined if link in found and link.symbol in own))


def _fresh(name: str, taken: set[str], *others: str) -> str:
    chosen = next(one for one in _candidates(name, others) if one not in taken)
    taken.add(chosen)
    return chosen


def _candidates(name: str, others: tuple[str, ...]) -> Iterator[str]:
    yield from (name, *others)
    yield from (f"{name}{k}" for k in range(1, 1000))
