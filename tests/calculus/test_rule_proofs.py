"""Every row of the rule table has a proof, every line of it holds, and a wrong row has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import vector
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.proofs import rule_proofs as proofs
from jacobook.calculus.proofs.arguments import Argument, arguments
from jacobook.calculus.proofs.by_entries import entry_proof
from jacobook.calculus.proofs.rule_proofs import proof_of
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.table import (
    FUNCTION_RULES,
    RULES,
    DifferentialRule,
    EqualityRule,
    FormulaRule,
    Rule,
    StepRule,
)
from jacobook.language.printer import short_text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.outline import lines
from jacobook.rendering.sentences import prose_latex, prose_text
from jacobook.verification import check_equation
from tests.verification.test_rules import HARMLESS, mutants, stripped

WORDS_ALONE = {
    "definition", "decompose", "read-off", "chain", "sum-over-paths", "hessian-symmetry", "insert-partials",
    "substitution", "entries", "written-out", "assemble", "entry-formula", "implicit-function", "adjoint-equation",
}  # fmt: skip
"""The rows that say how a derivation goes on, and have no formula of their own."""
ARGUED = {
    "matrix-power-symbolic", "matrix-power-negative", "bounded-sum", "unspecified-function", "higher-derivative",
    "value-at-point", "taylor", "determinant-power", "equal-terms", "independent-entries", "symmetric-entries",
    "symmetric-gradient", "diagonal-entries", "diagonal-gradient", "structure-matrix",
    "lower-triangular-entries", "lower-triangular-gradient", "upper-triangular-entries", "upper-triangular-gradient",
    "skew-symmetric-entries", "skew-symmetric-gradient", "correlation-entries", "correlation-gradient",
    "orthogonal-gradient", "symmetric-orthogonal-gradient", "unit-norm-gradient", "probability-gradient",
    "orthogonal", "skew-symmetric", "unit-norm", "triangular", "mask", "correlation",
    "trace-of-exponential", "trace-of-root", "trace-of-logarithm", "trace-of-commuting", "scaled-exponential",
    "matrix-exponential", "matrix-root", "matrix-logarithm", "pseudoinverse", "cholesky", "largest-eigenvalue",
    "leading-eigenvector",
    "eigenvalues", "eigenvectors", "nuclear-norm", "largest-entry", "largest-place", "largest-of-rows",
    "largest-place-of-rows",
    "arctan2", "determinant-kronecker",
    "blocks", "part", "block-product", "vech", "elimination", "duplication",
    "inverse-kronecker", "power-of-root", "softmax-of-rows", "log-sum-exp-of-rows", "one-hot",
}  # fmt: skip
"""The rows whose proof is an argument in words; their formulas are checked by numbers and components (test_rules)."""

WITH_LINES = [slug for slug, rule in RULES.items() if rule.statement is not None and slug not in ARGUED]


def proved(prove: Callable[[Rule], object], rule: Rule) -> bool:
    try:
        prove(rule)
    except Refusal:
        return False
    return True


UNDECIDED = {"power": "SymPy takes s^k and exp(k log s) for different where s may be negative"}
"""Proofs with lines that are checked at random points only, with the reason."""
ONE_LINE = {"constant", "derivative-of-sign", "derivative-of-step", "derivative-of-erf"} | {
    f"derivative-of-{name}" for name in ("lgamma", "digamma", "trigamma")
}
"""Proofs that are one line and its reason: that of erf is the fundamental theorem of calculus, and the derivatives of
log Γ are what their names mean."""
FUNCTIONS_OF_NUMBERS = {rule.slug for rule in FUNCTION_RULES}
POLYNOMIAL = [slug for slug, rule in RULES.items() if slug not in FUNCTIONS_OF_NUMBERS and proved(entry_proof, rule)]
"""The rows of which both sides are sums of products of entries (and of powers and absolute values of them)."""


@pytest.mark.parametrize("slug", RULES)
def test_every_row_has_a_proof(slug: str) -> None:
    proof = proof_of(RULES[slug])  # raises Refusal with what is missing
    assert proof.claims or proof.words
    assert (not proof.claims) == (slug in WORDS_ALONE | ARGUED)
    for words in (*proof.words, *([proof.intro] if proof.intro else ()), *(claim.reason for claim in proof.walk())):
        assert prose_text(words).strip()
        assert prose_text(words).rstrip().endswith(".")
        assert prose_latex(words)


@pytest.mark.parametrize("slug", [slug for slug in RULES if slug not in WORDS_ALONE | ARGUED])
def test_every_line_of_every_proof_holds(slug: str) -> None:
    proof = proof_of(RULES[slug])
    for claim in proof.walk():
        found = check_equation(claim.left, claim.right, varying=proof.varying)
        assert found.failure is None
        assert found.instances > 0
        assert found.symbolic == "proved" or slug in UNDECIDED, found.reason
        assert claim.rule in RULES


@pytest.mark.parametrize(
    "slug", [slug for slug, rule in RULES.items() if rule.statement is not None and slug not in ARGUED]
)
def test_every_proof_of_a_formula_arrives_at_it(slug: str) -> None:
    proof = proof_of(RULES[slug])
    assert (proof.claims[-1].left, proof.claims[-1].right) == RULES[slug].statement
    assert len(proof.claims) > 1 or slug in ONE_LINE


def with_other_right_side(rule: Rule, right: Node) -> Rule:
    """The row with another right-hand side, as somebody who made a mistake would have written it."""
    statement = rule.statement
    assert statement is not None
    if isinstance(rule, EqualityRule):
        return replace(rule, right=right)
    assert isinstance(rule, DifferentialRule)
    return FormulaRule(rule.slug, rule.name, rule.reason, rule.pattern, lambda *operands: right)


@pytest.mark.parametrize("slug", POLYNOMIAL)
def test_a_row_with_a_planted_mistake_has_no_proof_in_entries(slug: str) -> None:
    rule = RULES[slug]
    assert rule.statement is not None
    right = rule.statement[1]
    tried = [(kind, mutant) for kind, mutant in mutants(right) if not equal(stripped(mutant), right)]
    assert len(tried) >= 2
    for kind, mutant in tried:
        if (slug, short_text(mutant)) in HARMLESS:
            continue
        spoilt = with_other_right_side(rule, mutant)
        for prove in (entry_proof, proof_of):
            said = f"{slug} was proved with a mistake ({kind}): {short_text(mutant)}"
            assert not proved(prove, spoilt), f"{said}; one that changes nothing stands in HARMLESS, with its reason"


@pytest.mark.parametrize(
    "slug", [slug for slug, rule in RULES.items() if rule.statement is not None and slug not in ARGUED]
)
def test_no_row_with_half_its_right_side_has_a_proof(slug: str) -> None:
    rule = RULES[slug]
    assert rule.statement is not None
    right = rule.statement[1]
    if b.is_zero(right):
        wrong = b.fill(b.ONE, right.shape)
    else:
        wrong = b.number(Fraction(1, 2)) * right
    with pytest.raises(Refusal):
        proof_of(with_other_right_side(rule, wrong))


def test_the_polynomial_rows_are_most_of_the_rows_with_a_formula() -> None:
    assert {"product", "kronecker", "khatri-rao", "vec-product", "vec-kronecker", "cyclic-trace"} <= set(POLYNOMIAL)
    assert len(POLYNOMIAL) >= 30


# -- new rows ---------------------------------------------------------------------------------------------------------


def test_a_new_polynomial_row_needs_nothing_more() -> None:
    x, y = n.symbol("x", vector("N")), n.symbol("y", vector("N"))
    new = EqualityRule("new-row", "New", "new", b.diag(x) * b.diag(y), b.diag(b.hadamard(x, y)))
    claims = proof_of(new).claims
    assert (claims[-1].left, claims[-1].right) == new.statement
    assert all(check_equation(claim.left, claim.right).passed for claim in claims)


def test_a_new_row_in_words_without_an_argument_is_named() -> None:
    with pytest.raises(
        Refusal, match=r"no proof of the rule new-row: its argument belongs in a file of proofs/arguments"
    ):
        proof_of(StepRule("new-row", "New", "new"))


def test_words_can_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    X = n.symbol("X", b.identity("N").shape)
    new = EqualityRule("new-row", "New", "new", b.determinant(X.T), b.determinant(X))
    argument = Argument(words=(Prose("Rows and columns play the same part in the determinant."),), has_lines=False)
    monkeypatch.setattr(proofs, "arguments", lambda: {**arguments(), "new-row": argument})
    assert proof_of(new).claims == ()
    assert proof_of(new).words == argument.words


def test_a_new_row_that_entries_cannot_prove_says_so() -> None:
    X = n.symbol("X", b.identity("N").shape)
    with pytest.raises(Refusal, match=r"no proof of the rule new-row: .*do not have the same entries.*DERIVED"):
        proof_of(EqualityRule("new-row", "New", "new", b.determinant(X.T), b.determinant(X)))


def test_what_has_no_entries_of_its_own_is_named() -> None:
    X = n.symbol("X", b.identity("N").shape)
    row = FormulaRule("new-row", "New", "new", b.matrix_exponential(X), lambda of: of)
    with pytest.raises(Refusal, match="no proof in entries covers the entries of expm; "):
        proof_of(row)


def test_no_argument_is_left_over() -> None:
    assert set(arguments()) <= set(RULES)


# -- what is read -----------------------------------------------------------------------------------------------------


def test_the_product_rule_is_proved_for_numbers_and_then_in_entries() -> None:
    proof = proof_of(RULES["product"])
    assert proof.intro is not None
    assert [claim.rule for claim in proof.claims] == ["tidy", "product", "entries", "product", "entries", "product"]
    assert "sum_k dA[i,k]*B[k,j] + sum_k A[i,k]*dB[k,j]" in {line.text_right for line in lines(proof.claims)}


def test_a_sum_over_a_delta_is_shown_before_it_is_sifted() -> None:
    rules = [claim.rule for claim in proof_of(RULES["identity-factor"]).claims]
    assert rules == ["entries", "sifting", "identity-factor"]


@pytest.mark.parametrize("slug", RULES)
def test_every_proof_can_be_printed(slug: str) -> None:
    def check(claim: Claim) -> None:
        assert latex(claim.left)
        assert latex(claim.right)
        assert isinstance(claim.reason, Prose)

    for claim in proof_of(RULES[slug]).walk():
        check(claim)
    assert len(lines(proof_of(RULES[slug]).claims)) == len(proof_of(RULES[slug]).claims)


@pytest.mark.parametrize("rule", FUNCTION_RULES, ids=lambda rule: rule.slug)
def test_no_reason_takes_the_letter_of_the_rule_for_another_argument(rule: DifferentialRule) -> None:
    """Not "the derivative of log(s) is 1/s, here with s = 1 + exp(s)"."""
    (letter,) = rule.pattern.symbols
    for claim in proof_of(rule).claims:
        said = prose_text(claim.reason)
        assert f"here with {letter.name} = " not in said


def test_a_function_is_not_said_to_come_back_where_it_does_not() -> None:
    """The derivative of cosh is sinh: that is not "written with cosh again"."""
    told = 0
    for rule in FUNCTION_RULES:
        for claim in proof_of(rule).claims:
            if "again" in claim.reason.template and claim.reason.values:
                assert claim.reason.values[0] in set(walk(claim.right)), rule.slug
                told += 1
    assert told > 5


def test_no_line_of_the_proof_of_a_function_is_the_line_before() -> None:
    for rule in FUNCTION_RULES:
        for before, claim in pairwise(proof_of(rule).claims):
            assert claim.left is not before.left or latex(claim.right) != latex(before.right), rule.slug
