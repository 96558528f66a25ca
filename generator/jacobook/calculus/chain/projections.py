"""Projections that change nothing: for c = x − mean(x) 1 the entries add up to 0, so cᵀ(I − 11ᵀ/N) is cᵀ.

The definition of the name is needed to see it, but not to be written out in the line and named again later.
"""

from __future__ import annotations

from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.predicates import is_identity_less_others
from jacobook.algebra.terms import terms_of
from jacobook.algebra.traverse import substitute, transform, walk
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.reasons import sentence


def without_projections(chain: Chain, left: Node, value: Node) -> tuple[Node, list[Claim]]:
    """Return the value, in names, without the factors I − Q beside a vector of the chain for which they are I.

    With the line that says so; none if there is no such factor.
    """
    names = {link.symbol for link in chain.links[1:] if link.symbol.shape.is_vector}
    products = (node for node in walk(value) if isinstance(node, n.Product))
    pairs = dict.fromkeys(pair for product in products for pair in pairwise(product.operands))
    kept = {pair: vector for pair in pairs if (vector := _unchanged(chain, pair, names)) is not None}
    if not kept:
        return value, []

    def shortened(node: Node) -> Node | None:
        if not isinstance(node, n.Product):
            return None
        factors = list(node.operands)
        for place, pair in enumerate(pairwise(node.operands)):
            if pair in kept:
                factors[place : place + 2] = [kept[pair]]
                return build.product(*factors)
        return None

    shorter = tidy(transform(value, shortened))
    return shorter, [Claim(left, shorter, "tidy", sentence([_why(*pair, vector) for pair, vector in kept.items()]))]


def _unchanged(chain: Chain, pair: tuple[Node, Node], names: set[n.Symbol]) -> Node | None:
    """Return which of two neighbours, a vector of the chain or its transpose, their product is equal to."""
    first, second = pair  # v′ P or P v; a column before a matrix belongs to the factors before it: (a′v) P
    vector, matrix = (first, second) if first.shape.is_row else (second, first)
    if not matrix.shape.is_matrix or not (vector.shape.is_row if vector is first else vector.shape.is_vector):
        return None
    bare = vector.operands[0] if isinstance(vector, n.Transpose) else vector
    if bare not in names or not is_identity_less_others(matrix):
        return None
    both, alone = (substitute(node, chain.in_variables) for node in (build.product(*pair), vector))
    return vector if both.shape == vector.shape and equal(both, alone) else None


def _why(first: Node, second: Node, vector: Node) -> Prose:
    matrix, bare = (second if first is vector else first), vector
    bare = bare.operands[0] if isinstance(bare, n.Transpose) else bare
    equality = (build.product(first, second), vector, bare)
    rest = [term for term in terms_of(matrix) if not (len(term.word) == 1 and isinstance(term.word[0], n.Identity))]
    if all(term.word and all(map(_is_of_ones, term.word)) for term in rest):
        return Prose("the entries of {2} add up to 0, so {0} = {1}", equality)
    return Prose("by the definition of {2}, {0} = {1}", equality)


def _is_of_ones(factor: Node) -> bool:
    return isinstance(factor.operands[0] if isinstance(factor, n.Transpose) else factor, n.Fill)
