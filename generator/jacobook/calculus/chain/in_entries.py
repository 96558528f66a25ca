"""A chain of vectors in entries: the sum over the entries between, with the partial derivatives put into it."""

from __future__ import annotations

from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node, Symbol
from jacobook.algebra.traverse import contains, walk
from jacobook.calculus import component_route
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.derivation import Claim, PartialDerivation, Prose
from jacobook.calculus.reasons import enumerate_values, joined_prose, sentence

BETWEEN = ("k", "l", "m")
"""Letters for the entries of the links between; the outer ones are i and j."""


def chain_in_entries(
    chain: Chain, partials: dict[tuple[Symbol, Symbol], PartialDerivation], result: Claim
) -> tuple[Claim, ...]:
    """Return the lines from the chain rule in entries to the entry formula of the result, given as its claim.

    df_i/dx_j = Σ_k ∂f_i/∂z_k ∂z_k/∂x_j. The claim alone where the chain is not one path through vectors, or where an
    entry is itself a sum.
    """
    paths = chain.paths(2)
    assert isinstance(result.left, n.Entry)
    i, j = result.left.positions
    if paths is None or len(paths) != 1 or not 2 <= len(paths[0]) <= 1 + len(BETWEEN):
        return (result,)
    (path,) = paths
    between = [symbol for _, symbol in path[:-1]]
    names = {symbol.name for link in chain.links for symbol in (link.symbol, *link.expression.symbols)}
    if not all(symbol.shape.is_vector for symbol in between) or names & set(BETWEEN):
        return (result,)
    middle = [Index(name, symbol.shape.length) for name, symbol in zip(BETWEEN, between, strict=False)]
    places = list(zip(path, pairwise([i, *middle, j]), strict=True))
    entries = [component_route.matrix_entry(partials[edge].value, *at) for edge, at in places]
    if any(contains(entry, (n.IndexSum, n.BoundedSum)) for entry in entries):
        return (result,)
    unevaluated = [build.partial_entry(*edge, (at[0],), (at[1],)) for edge, at in places]
    told = joined_prose(Prose("chain rule in entries, with a sum over the entries of "), enumerate_values(between))
    return (
        Claim(result.left, build.index_sums(middle, build.product(*unevaluated)), "chain", sentence([told])),
        Claim(
            result.left,
            build.index_sums(middle, build.product(*entries)),
            "insert-partials",
            Prose("Substitute the entries that were found."),
        ),
        Claim(result.left, result.right, "sifting", _why(entries, result)),
    )


def _why(entries: list[Node], result: Claim) -> Prose:
    """Return which terms the deltas keep, before what the entry formula says."""
    deltas = list(dict.fromkeys(node for entry in entries for node in walk(entry) if isinstance(node, n.Delta)))
    if not deltas:
        return result.reason
    named = enumerate_values(deltas)
    verb = "keeps only the term" if len(deltas) == 1 else "keep only the terms"
    kept = joined_prose(named, Prose(f" {verb} in which the indices agree. "))
    return joined_prose(kept, result.reason)
