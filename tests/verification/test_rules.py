"""Every rule of the table is right, and every planted mistake in it is caught."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.rules.table import RULES, EqualityRule
from jacobook.language.printer import short_text
from jacobook.verification import check_equation

STATED = {slug: rule.statement for slug, rule in RULES.items() if rule.statement is not None}
HALF = b.number(Fraction(1, 2))

HARMLESS = {
    ("diagonal-commute", "D2*D1"): "that is the left side",
    ("diagonal-commute", "D1'*D2"): "a diagonal matrix is its transpose",
    ("diagonal-commute", "D1*D2'"): "a diagonal matrix is its transpose",
    ("diagonal-commute", "(D1*D2)'"): "a product of diagonal matrices is diagonal",
    ("trace", "tr(d(X'))"): "a matrix and its transpose have the same trace",
    ("diagonal", "diag(d(X'))"): "a matrix and its transpose have the same diagonal",
    ("determinant", "det(X')*tr(inv(X')*d(X'))"): "X is transposed everywhere: tr(X⁻ᵀ dX′) = tr(X⁻¹ dX)",
    ("determinant-adjugate", "tr(adj(X')*d(X'))"): "X is transposed everywhere: the trace stays",
    ("log-determinant", "tr(inv(X')*d(X'))"): "X is transposed everywhere: the trace stays",
    ("symmetric", "S'"): "a symmetric matrix is its own transpose",
    ("duplication", "duplication(N)*vech(S')"): "a symmetric matrix is its own transpose",
    ("symmetric-entries", "(G + G' - G.*eye)'"): "G + G′ and G ∘ I are symmetric",
    ("symmetric-entries", "G + G' + (-G.*eye)'"): "G ∘ I is diagonal, so it is its own transpose",
    ("symmetric-entries", "G + G' - (G.*eye)'"): "G ∘ I is diagonal, so it is its own transpose",
    ("symmetric-entries", "G' + G - G'.*eye"): "G and G′ have the same diagonal",
    ("diagonal-entries", "(G.*eye)'"): "G ∘ I is diagonal, so it is its own transpose",
    ("diagonal-entries", "G'.*eye"): "G and G′ have the same diagonal",
    ("diagonal-gradient", "(G.*eye)'"): "G ∘ I is diagonal, so it is its own transpose",
    ("diagonal-gradient", "G'.*eye"): "G and G′ have the same diagonal",
    ("correlation-entries", "(G + G' - 2*(G.*eye))'"): "the sum is symmetric",
    ("correlation-entries", "G + G' + (-2*(G.*eye))'"): "G ∘ I is diagonal, so it is its own transpose",
    ("correlation-entries", "G + G' - (2*(G.*eye))'"): "G ∘ I is diagonal, so it is its own transpose",
    ("correlation-entries", "G + G' - 2*(G.*eye)'"): "G ∘ I is diagonal, so it is its own transpose",
    ("correlation-entries", "G' + G - 2*(G'.*eye)"): "G and G′ have the same diagonal",
    ("correlation-gradient", "((G + G')/2 - G.*eye)'"): "the sum is symmetric",
    ("correlation-gradient", "(G + G')/2 + (-G.*eye)'"): "G ∘ I is diagonal, so it is its own transpose",
    ("correlation-gradient", "(G + G')/2 - (G.*eye)'"): "G ∘ I is diagonal, so it is its own transpose",
    ("correlation-gradient", "(G' + G)/2 - G'.*eye"): "G and G′ have the same diagonal",
    ("symmetric-orthogonal-gradient", "(G + G' - Q'*(G + G')*Q')/4"): "Q is symmetric",
    ("symmetric-orthogonal-gradient", "(G + G' - Q*(G + G')*Q')/4"): "Q is symmetric",
    ("symmetric-orthogonal-gradient", "(G + G' - Q'*(G + G')*Q)/4"): "Q is symmetric",
    ("symmetric-orthogonal-gradient", "(G + G' - (Q*(G + G')*Q)')/4"): "Q (G + G′) Q is symmetric",
    ("symmetric-orthogonal-gradient", "(G + G' + (-Q*(G + G')*Q)')/4"): "Q (G + G′) Q is symmetric",
    ("symmetric-orthogonal-gradient", "(G + G' - Q*(G + G')*Q)'/4"): "the sum is symmetric",
    ("symmetric-orthogonal-gradient", "((G + G' - Q*(G + G')*Q)/4)'"): "the sum is symmetric",
    ("trace-of-exponential", "tr(expm(X')*d(X'))"): "X is transposed everywhere: the trace stays",
    ("trace-of-root", "tr(inv(sqrtm(X'))*d(X'))/2"): "X is transposed everywhere: the trace stays",
    ("trace-of-logarithm", "tr(inv(X')*d(X'))"): "X is transposed everywhere: the trace stays",
    ("trace-of-commuting", "tr((logm(X') + eye)*d(X'))"): "X is transposed everywhere: the trace stays",
    ("scaled-exponential", "expm(s*X)*X*ds + unvec(jacexpm(s*X)*vec(s*dX))"): "X commutes with its exponential",
    (
        "pseudoinverse",
        "-pinv(A)*dA*pinv(A) + pinv(A)*pinv(A)'*dA'*(eye - (A*pinv(A))') + (eye - pinv(A)*A)*dA'*pinv(A)'*pinv(A)",
    ): "the projectors I − AA⁺ and I − A⁺A are symmetric",
    (
        "pseudoinverse",
        "-pinv(A)*dA*pinv(A) + pinv(A)*pinv(A)'*dA'*(eye + (-A*pinv(A))') + (eye - pinv(A)*A)*dA'*pinv(A)'*pinv(A)",
    ): "the projectors I − AA⁺ and I − A⁺A are symmetric",
    (
        "pseudoinverse",
        "-pinv(A)*dA*pinv(A) + pinv(A)*pinv(A)'*dA'*(eye - A*pinv(A))' + (eye - pinv(A)*A)*dA'*pinv(A)'*pinv(A)",
    ): "the projectors I − AA⁺ and I − A⁺A are symmetric",
    (
        "pseudoinverse",
        "-pinv(A)*dA*pinv(A) + pinv(A)*pinv(A)'*dA'*(eye - A*pinv(A)) + (eye - (pinv(A)*A)')*dA'*pinv(A)'*pinv(A)",
    ): "the projectors I − AA⁺ and I − A⁺A are symmetric",
    (
        "pseudoinverse",
        "-pinv(A)*dA*pinv(A) + pinv(A)*pinv(A)'*dA'*(eye - A*pinv(A)) + (eye + (-pinv(A)*A)')*dA'*pinv(A)'*pinv(A)",
    ): "the projectors I − AA⁺ and I − A⁺A are symmetric",
    (
        "pseudoinverse",
        "-pinv(A)*dA*pinv(A) + pinv(A)*pinv(A)'*dA'*(eye - A*pinv(A)) + (eye - pinv(A)*A)'*dA'*pinv(A)'*pinv(A)",
    ): "the projectors I − AA⁺ and I − A⁺A are symmetric",
    (
        "cholesky",
        "chol(X')*((tril(matrix(1, N, N)) - eye/2).*(inv(chol(X'))*((d(X') + d(X')')/2)*inv(chol(X'))'))",
    ): "only the symmetric part of X counts",
    ("largest-eigenvalue", "eigvecmax(S')'*d(S')*eigvecmax(S')"): "S is symmetric",
    (
        "leading-eigenvector",
        "(inv(eigmax(S')*eye - S' + eigvecmax(S')*eigvecmax(S')') - eigvecmax(S')*eigvecmax(S')')*((d(S') + d(S')')/2)*eigvecmax(S')",
    ): "S, and so what stands in the inverse, is symmetric",
    (
        "leading-eigenvector",
        "(inv(eigmax(S)*eye + (-S)' + eigvecmax(S)*eigvecmax(S)') - eigvecmax(S)*eigvecmax(S)')*((dS + dS')/2)*eigvecmax(S)",
    ): "S, and so what stands in the inverse, is symmetric",
    (
        "leading-eigenvector",
        "(inv((eigmax(S)*eye - S + eigvecmax(S)*eigvecmax(S)')') - eigvecmax(S)*eigvecmax(S)')*((dS + dS')/2)*eigvecmax(S)",
    ): "S, and so what stands in the inverse, is symmetric",
    (
        "leading-eigenvector",
        "(inv(eigmax(S)*eye - S + eigvecmax(S)*eigvecmax(S)')' - eigvecmax(S)*eigvecmax(S)')*((dS + dS')/2)*eigvecmax(S)",
    ): "S, and so what stands in the inverse, is symmetric",
    (
        "leading-eigenvector",
        "(inv(eigmax(S)*eye - S + eigvecmax(S)*eigvecmax(S)') - eigvecmax(S)*eigvecmax(S)')'*((dS + dS')/2)*eigvecmax(S)",
    ): "S, and so what stands in the inverse, is symmetric",
    ("eigenvalues", "diag(eigvecs(S')'*d(S')*eigvecs(S'))"): "S is symmetric",
    (
        "eigenvectors",
        "eigvecs(S')*((matrix(1) - eye)./(vector(1)*eigvals(S')' - eigvals(S')*vector(1)' + eye)"
        ".*(eigvecs(S')'*((d(S') + d(S')')/2)*eigvecs(S')))",
    ): "S is symmetric",
}
"""Mutants that change nothing, with the reason (besides those that the normal form knows)."""
WITHOUT_ENTRIES = {
    *("trace-of-exponential", "trace-of-root", "trace-of-logarithm", "scaled-exponential", "matrix-exponential"),
    *("trace-of-commuting", "determinant-kronecker", "inverse-kronecker"),  # determinants of 6 rows and more
    *("matrix-root", "matrix-logarithm", "pseudoinverse", "cholesky", "largest-eigenvalue", "leading-eigenvector"),
    *(
        "eigenvalues",
        "eigenvectors",
        "nuclear-norm",
        "largest-entry",
        "largest-place",
        "largest-of-rows",
        "largest-place-of-rows",
    ),
}
"""Rules of functions that have no formula in entries, or a long one: they are checked by numbers alone."""


def mutants(right: Node) -> Iterator[tuple[str, Node]]:
    """Yield the right side with one mistake planted."""
    yield "sign", -right
    yield "factor", HALF * right
    parts = list(walk(right))
    for part in parts:
        if part.shape.is_square and not isinstance(part, n.Fill):
            yield "transposed", substitute(right, {part: n.Transpose((part,), part.shape.transposed)})
        if isinstance(part, n.Add):
            for left_out in range(len(part.operands)):
                rest = part.operands[:left_out] + part.operands[left_out + 1 :]
                yield "dropped term", substitute(right, {part: b.add(*rest)})
        if isinstance(part, n.Product | n.Hadamard | n.Kronecker | n.Divide | n.HadamardDivide):
            for k in range(len(part.operands) - 1):
                swapped = list(part.operands)
                swapped[k : k + 2] = swapped[k + 1], swapped[k]
                try:
                    other: Node = type(part)(tuple(swapped), part.shape)
                    other = b.product(*swapped) if isinstance(part, n.Product) else other
                    if isinstance(part, n.Divide) and not swapped[1].shape.is_scalar:
                        continue
                    if other.shape == part.shape:
                        yield "swapped factors", substitute(right, {part: other})
                except ShapeError:
                    continue


def varying(slug: str) -> frozenset[n.Symbol]:
    """All symbols in a rule about differentials; in a rule of algebra those whose d stands on the right."""
    rule, statement = RULES[slug], STATED[slug]
    if isinstance(rule, EqualityRule) or statement is None:
        return frozenset()
    return statement[0].symbols | statement[1].symbols


def stripped(node: Node) -> Node:
    """The node with transposes made by their constructor, which undoes pairs of them."""
    made: dict[Node, Node] = {
        part: b.transpose(part.operands[0]) for part in walk(node) if isinstance(part, n.Transpose)
    }
    return substitute(node, made)


@pytest.mark.parametrize("slug", STATED)
def test_every_rule_is_right(slug: str) -> None:
    statement = STATED[slug]
    assert statement is not None
    found = check_equation(*statement, varying=varying(slug))
    assert found.failure is None
    if slug in WITHOUT_ENTRIES:
        assert found.symbolic == "skipped"
        assert found.reason is not None
        assert re.search("has no formula in entries|takes more than|a determinant of 6 rows", found.reason)
    else:
        assert found.symbolic == "proved", found.reason


@pytest.mark.parametrize("slug", STATED)
def test_planted_mistakes_in_every_rule_are_caught(slug: str) -> None:
    statement = STATED[slug]
    assert statement is not None
    left, right = statement
    if equal(right, b.zero(right.shape)):  # no mistake can be planted in 0 but another value
        assert not check_equation(left, b.fill(b.ONE, right.shape), symbolic=False).passed
        return
    tried = [(mistake, mutant) for mistake, mutant in mutants(right) if not equal(stripped(mutant), right)]
    silent = {
        (slug, short_text(mutant))
        for _, mutant in tried
        if check_equation(left, mutant, varying=varying(slug), symbolic=False).passed
    }
    assert len(tried) >= 2
    assert silent <= HARMLESS.keys()
