"""The errors of a network: δ for the derivative with respect to what goes into a layer, δ = W′(y − t) ⊙ (1 − h²).

With a = W x + b and h = σ(a), every gradient of the layer is δ times what came in: ∂f/∂W = δ x′ and ∂f/∂b = δ. (Bishop,
Pattern Recognition and Machine Learning, section 5.3.)
"""

from __future__ import annotations

import re
from functools import reduce

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.terms import Term, node_of, term_node, terms_of
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.chain.naming import Naming
from jacobook.calculus.derivation import Claim, Prose

_NUMBERED = re.compile(r"[^\W\d_]+_?([0-9]+)")


def network_layers(chain: Chain) -> tuple[Link, ...]:
    """Return the links h = σ(…) that the author named, if a later link multiplies one of them by a matrix."""
    if not chain.links[0].symbol.shape.is_scalar:
        return ()
    layers = tuple(link for link in chain.links[1:] if _is_layer(link))
    return layers if any(is_hidden(layer, chain) for layer in layers) else ()


def _is_layer(link: Link) -> bool:
    return link.given and isinstance(link.expression, n.Apply) and bool(link.symbol.shape.axes)


def is_hidden(layer: Link, chain: Chain) -> bool:
    """Return whether a link holds W h, or H W."""
    products = (part for link in chain.links for part in walk(link.expression) if isinstance(part, n.Product))
    return any(layer.symbol in part.operands and _has_weights(part, layer.symbol) for part in products)


def _has_weights(product: Node, h: Symbol) -> bool:
    return any(factor.shape.is_matrix and factor is not h for factor in product.operands)


def with_error_signals(
    chain: Chain, layers: tuple[Link, ...], left: Node, value: Node, naming: Naming
) -> tuple[Node, list[Claim]]:
    """Return a derivative with a name for the error of every layer, the last first, and a claim for each name."""
    is_row = value.shape.is_row
    column = tidy(build.transpose(value)) if is_row else value
    claims: list[Claim] = []
    while (found := _innermost(column, chain, layers)) is not None:
        part, layer = found
        turned = _without_minus(part, layer) if _is_negative(column) else None
        error = _error(part, layer) if turned is None else turned
        name = _name(error, layer, layers, naming)
        column = tidy(substitute(column, {part: name if turned is None else build.negate(name)}))
        value = tidy(build.transpose(column)) if is_row else column
        reason = Prose("Write {0} for {1}, the error of the layer {2}.", (name, error, layer.symbol))
        claims.append(Claim(left, value, "definition", reason))
    return value, claims


def _innermost(value: Node, chain: Chain, layers: tuple[Link, ...]) -> tuple[Node, Link] | None:
    """Return the error of the last layer that has no name yet, and the layer."""
    found = [(node, layer) for node in walk(value) if (layer := _layer_of(node, chain, layers)) is not None]
    return min(found, key=lambda pair: pair[0].size, default=None)


def _layer_of(node: Node, chain: Chain, layers: tuple[Link, ...]) -> Link | None:
    """Return the layer of which an entry-wise product is the error: what comes back, times σ′.

    It comes back through a matrix but for the layer at the end, where it is a difference such as y − t.
    """
    if not isinstance(node, n.Hadamard):
        return None
    factors = _factors(node)
    for layer in layers:
        back = [factor for factor in factors if not _is_slope(factor, layer)]
        if len(back) == 1 < len(factors) and (not is_hidden(layer, chain) or _comes_back(back[0])):
            return layer
    return None


def _comes_back(factor: Node) -> bool:
    """Return whether a factor is W′ v, or a sum of such products."""
    return all(len(term.word) > 1 and any(x.shape.is_matrix for x in term.word) for term in terms_of(factor))


def _is_negative(value: Node) -> bool:
    terms = terms_of(value)
    return len(terms) == 1 and terms[0].coefficient < 0


def _error(part: Node, layer: Link, back: Node | None = None) -> Node:
    """Return the error as books print it, what comes back before σ′."""
    factors = _factors(part)
    slopes = [factor for factor in factors if _is_slope(factor, layer)]
    found = next(factor for factor in factors if factor not in slopes) if back is None else back
    return reduce(build.hadamard, [found, *slopes])


def _without_minus(part: Node, layer: Link) -> Node | None:
    """Return minus an error, the minus taken into the difference that comes back: −W′(t − p) ⊙ σ′ is W′(p − t) ⊙ σ′.

    None where no difference comes back.
    """
    back = next(factor for factor in _factors(part) if not _is_slope(factor, layer))
    turned = _with_bracket_turned(collect(back))
    return None if turned is None else _error(part, layer, turned)


def _with_bracket_turned(product: Node) -> Node | None:
    """Return −W′(t − p) as W′(p − t); None for a product without one bracket."""
    terms = terms_of(product)
    brackets = [factor for factor in terms[0].word if isinstance(factor, n.Add)] if len(terms) == 1 else []
    if len(brackets) != 1:
        return None
    parts = [Term(-part.coefficient, part.scalars, part.word) for part in terms_of(brackets[0])]
    turned = node_of(sorted(parts, key=lambda part: part.coefficient < 0), brackets[0].shape)
    word = tuple(turned if factor is brackets[0] else factor for factor in terms[0].word)
    return term_node(Term(terms[0].coefficient, terms[0].scalars, word), product.shape)


def _is_slope(factor: Node, layer: Link) -> bool:
    """Return whether a factor is a function of a layer's values, or of what goes into it, alone."""
    return substitute(factor, {layer.expression.operands[0]: layer.symbol}).symbols == {layer.symbol}


def _factors(node: Node) -> list[Node]:
    if isinstance(node, n.Hadamard):
        return [factor for operand in node.operands for factor in _factors(operand)]
    return [node]


def _name(error: Node, layer: Link, layers: tuple[Link, ...], naming: Naming) -> Symbol:
    """Return δ₁ for the error of h₁, δ for that of the only layer; Δ for a batch."""
    letter = "Delta" if error.shape.is_matrix else "delta"
    numbered = _NUMBERED.fullmatch(layer.symbol.name)
    if numbered:
        preferred = [f"{letter}{numbered[1]}"]
    else:
        preferred = [letter] if len(layers) == 1 else []
    return naming.define([*preferred, f"{letter}_{layer.symbol.name}"], error)
