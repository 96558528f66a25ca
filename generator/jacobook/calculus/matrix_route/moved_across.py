"""A linear map moved across an inner product one step at a time: ⟨G, S₂S₁ dV⟩ = ⟨S₂ᵀG, S₁ dV⟩ = ⟨S₁ᵀS₂ᵀG, dV⟩."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import contains, reads_alike
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.matrix_route.linear_maps import (
    HadamardWith,
    LinearMap,
    Sandwich,
    Scale,
    Stage,
    TransposeOf,
    inner_product,
)
from jacobook.calculus.reasons import sentence
from jacobook.calculus.rules.table import RULES

FEWEST_MOVES = 2
"""One move is said in the line itself."""
_EQUAL_COLUMNS = "hadamard-diag"
_WORDS = {
    "inner-product": "in an inner product, an entry-wise factor may change sides",
    "cyclic-trace": RULES["cyclic-trace"].reason,
    "trace-outer": RULES["trace-outer"].reason,
    "scalar-transpose": "a matrix and its transpose have the same trace; shift cyclically",
    _EQUAL_COLUMNS: "an entry-wise product with equal rows, or equal columns, is a product with a diagonal matrix",
}


@dataclass(frozen=True, slots=True)
class _Term:
    """number · ⟨gradient, stages(change)⟩."""

    number: Node
    gradient: Node
    stages: tuple[Stage, ...]

    def written(self, change: Node) -> Node:
        for stage in self.stages:
            change = stage.apply(change)
        return tidy(build.product(self.number, inner_product(self.gradient, change)))

    def without_last(self) -> tuple[_Term, list[str]]:
        """Return the term with its last stage moved to the other side, and the slugs of the rules that do it."""
        if not self.stages:
            return self, []
        last = self.stages[-1]
        gradient = tidy(last.adjoint().apply(self.gradient))
        told = [_slug(last) or ""]
        if contains(gradient, n.Diag) and not contains(self.gradient, n.Diag):
            told.append(_EQUAL_COLUMNS)
        return replace(self, gradient=gradient, stages=self.stages[:-1]), told


def moved_across(left: Node, gradient: Node, found: LinearMap, change: Node) -> tuple[Claim, ...]:
    """Return the lines from ⟨gradient, L(change)⟩, which is `left`, to ⟨L*(gradient), change⟩ for a matrix.

    In each line every term of L loses the stage that is applied last. None where one line says it all, or where a stage
    is no entry-wise product, no product of matrices and no number.
    """
    terms = [_term(gradient, chain) for chain in found.chains]
    stages = [stage for term in terms for stage in term.stages]
    most = max((len(term.stages) for term in terms), default=0)
    if most < FEWEST_MOVES or not all(map(_slug, stages)):
        return ()
    claims: list[Claim] = []
    before = build.add(*(term.written(change) for term in terms))
    if any(term.number is not build.ONE for term in terms):
        claims.append(Claim(left, before, "tidy", sentence([Prose("the trace is linear")])))
    for _ in range(most):
        moves = [term.without_last() for term in terms]
        terms = [term for term, _ in moves]
        right = build.add(*(term.written(change) for term in terms))
        if reads_alike(right, before):  # (Q′G)′ V is G′Q V: nothing to see
            continue
        told = list(dict.fromkeys(slug for _, slugs in moves for slug in slugs))
        claims.append(Claim(left, right, told[0], sentence([Prose(_WORDS[slug]) for slug in told])))
        before = right
    return tuple(claims)


def _slug(stage: Stage) -> str | None:
    """Return the rule by which a stage changes sides, None for a kind of stage that is not told here."""
    match stage:
        case HadamardWith():
            return "inner-product"
        case TransposeOf() if stage.source.is_matrix:
            return "scalar-transpose"
        case Sandwich() if stage.source.is_matrix and stage.target.is_matrix:
            return "cyclic-trace"
        case Sandwich() if stage.source.is_matrix and stage.target.is_vector:  # u′V y = tr(y u′V)
            return "trace-outer"
    return None


def _term(gradient: Node, chain: Sequence[Stage]) -> _Term:
    """Return a term of L with its numbers in front."""
    numbers = [stage.factor for stage in chain if isinstance(stage, Scale)]
    stages = tuple(stage for stage in chain if not isinstance(stage, Scale))
    return _Term(tidy(build.product(*numbers)) if numbers else build.ONE, gradient, stages)
