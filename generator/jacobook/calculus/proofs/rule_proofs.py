"""A proof for every row of the rule table: in entries, from simpler rules, or an argument in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.proofs.arguments import Argument, arguments
from jacobook.calculus.proofs.by_entries import entry_proof
from jacobook.calculus.proofs.derived import DERIVED
from jacobook.calculus.proofs.entry_grids import varying_in
from jacobook.calculus.proofs.function_derivatives import function_proof
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.table import DifferentialRule, Rule


@dataclass(frozen=True, slots=True)
class RuleProof:
    """Why a rule holds; read from top to bottom: introduction, lines, words."""

    intro: Prose | None
    """What the lines rest on, where that needs saying."""
    claims: tuple[Claim, ...]
    """Line by line; the last line of a rule with a formula is that formula."""
    words: tuple[Prose, ...]
    """What only words can prove, and what the lines leave open; one paragraph each."""

    @property
    def varying(self) -> frozenset[Symbol]:
        """Return the symbols that vary in the differentials of the lines; all others are constant."""
        sides = [side for claim in self.walk() for side in (claim.left, claim.right)]
        return varying_in(*sides)

    def walk(self) -> Iterator[Claim]:
        """Yield all claims with those one level down."""
        for claim in self.claims:
            yield from claim.walk()


def proof_of(rule: Rule) -> RuleProof:
    """Return the proof of a row of the table.

    The last claim is the statement of the rule, where it has one. Raises Refusal where there is no proof, or where the
    proof arrives at another formula than the row's: then the row is wrong.
    """
    argument = arguments().get(rule.slug, Argument())
    claims = _claims(rule) if argument.has_lines else ()
    if not claims and (argument.has_lines or not argument.words):
        raise Refusal(f"no proof of the rule {rule.slug}: its argument belongs in a file of proofs/arguments")
    if claims and rule.statement is not None:
        _arrives(rule, claims[-1], rule.statement)
    return RuleProof(argument.intro, claims, argument.words)


def _claims(rule: Rule) -> tuple[Claim, ...]:
    if rule.slug in DERIVED:
        return DERIVED[rule.slug](rule)
    if isinstance(rule, DifferentialRule) and isinstance(rule.pattern, n.Apply):
        return function_proof(rule)
    if rule.statement is None:
        return ()
    try:
        return entry_proof(rule)
    except Refusal as refusal:
        raise Refusal(
            f"no proof of the rule {rule.slug}: {refusal}; if the row is right all the same, it needs lines in DERIVED "
            "(proofs/derived.py) or words without lines in a file of proofs/arguments"
        ) from refusal


def _arrives(rule: Rule, last: Claim, statement: tuple[Node, Node]) -> None:
    if (last.left, last.right) != statement:
        raise Refusal(f"the proof of the rule {rule.slug} arrives at another formula than the row has")
