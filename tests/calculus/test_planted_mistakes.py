"""Planted mistakes in the rule table: a derivation that uses a spoilt row does not pass verification.

Every row with a differential is spoilt in every mechanical way (see `mistakes`), put into the table, and used: the
row's own pattern is differentiated by each of its variables. A mutant is *caught* if verification fails or the engine
stumbles over it, *equivalent* if it is the same formula in other words, and *missed* otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from generator.algebra import build as b
from generator.algebra import nodes as n
from generator.algebra.nodes import Node
from generator.algebra.normal_form import equal
from generator.algebra.shapes import ShapeError
from generator.algebra.statement import Link, Statement
from generator.algebra.traverse import rebuild
from generator.calculus import rules
from generator.calculus.derive import derive
from generator.calculus.refusal import Refusal
from generator.calculus.rules import DIFFERENTIALS, FUNCTION_RULES, Rule
from generator.verification import check_equation, verify
from generator.verification.describe import describe

ROWS = (*DIFFERENTIALS, *FUNCTION_RULES)
HALF = b.number(Fraction(1, 2))
Address = tuple[int, ...]
Edit = Callable[[Node, tuple[Node, ...]], Node]
"""From a part of a formula, and the operands of the node it is about, to the part with the mistake."""

EQUIVALENT: dict[tuple[str, str], str] = {}
"""Mutants, by row and text, that change nothing though the normal form does not know it, with the reason."""


@dataclass(frozen=True)
class Mutant:
    """A mistake at a place of the formula; it can be planted into the same formula on other operands."""

    kind: str
    address: Address
    edit: Edit

    def spoil(self, formula: Node, operands: tuple[Node, ...]) -> Node:
        """Return the formula with the mistake, unchanged where the place does not exist or the shape would change."""
        try:
            changed = _edited(formula, self.address, lambda node: self.edit(node, operands))
        except (ShapeError, IndexError):
            return formula
        return changed if changed.shape == formula.shape else formula


def _edited(node: Node, address: Address, edit: Callable[[Node], Node]) -> Node:
    if not address:
        return edit(node)
    operands = list(node.operands)
    operands[address[0]] = _edited(operands[address[0]], address[1:], edit)
    return rebuild(node, tuple(operands))


def _places(node: Node, operands: tuple[Node, ...], address: Address = ()) -> Iterator[tuple[Address, Node]]:
    """Yield the places of a formula, not those inside the operands of the node that it is about."""
    yield address, node
    if node in operands or isinstance(node, n.Differential):
        return
    for place, inner in enumerate(node.operands):
        yield from _places(inner, operands, (*address, place))


def mistakes(formula: Node, operands: tuple[Node, ...]) -> Iterator[Mutant]:
    """Yield the mutants: sign, factor ½, a dropped term, neighbours swapped, a transposed factor or result."""
    yield Mutant("sign", (), lambda node, _: -node)
    yield Mutant("factor ½", (), lambda node, _: HALF * node)
    if b.is_zero(formula):
        yield Mutant("added term", (), lambda node, inner: node + b.differential(inner[0]))
        return
    for address, part in _places(formula, operands):
        if isinstance(part, n.Add):
            for k in range(len(part.operands)):
                yield Mutant("dropped term", address, lambda node, _, k=k: b.add(*_without(node, k)))
                yield Mutant("sign of a term", address, lambda node, _, k=k: b.add(*_negated(node, k)))
        if isinstance(part, n.Product | n.Hadamard | n.Kronecker | n.Divide | n.HadamardDivide | n.HadamardPower):
            for k in range(len(part.operands) - 1):
                yield Mutant("swapped factors", address, lambda node, _, k=k: _swapped(node, k))
        if isinstance(part, n.Product):
            for k in range(len(part.operands)):
                yield Mutant("dropped factor", address, lambda node, _, k=k: b.product(*_without(node, k)))
        if not part.shape.is_scalar and not isinstance(part, n.Fill):
            yield Mutant("transpose", address, lambda node, _: n.Transpose((node,), node.shape.transposed))


def _without(node: Node, k: int) -> tuple[Node, ...]:
    return node.operands[:k] + node.operands[k + 1 :]


def _negated(node: Node, k: int) -> tuple[Node, ...]:
    return (*node.operands[:k], -node.operands[k], *node.operands[k + 1 :])


def _swapped(node: Node, k: int) -> Node:
    operands = list(node.operands)
    operands[k : k + 2] = operands[k + 1], operands[k]
    return b.product(*operands) if isinstance(node, n.Product) else rebuild(node, tuple(operands))


class Spoilt:
    """A row of the table with a mutant in its formula, otherwise as it was."""

    def __init__(self, row: Rule, mutant: Mutant) -> None:
        self._row, self._mutant = row, mutant

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def differential_of(self, node: Node, varies: Callable[[Node], bool] = lambda factor: True) -> Node:
        """Return d(node), with the mistake."""
        return self._mutant.spoil(self._row.differential_of(node, varies), node.operands)


@contextmanager
def planted(row: Rule, mutant: Mutant) -> Iterator[None]:
    """Put the spoilt row into the table, for as long as the context lasts."""
    spoilt: Any = Spoilt(row, mutant)
    by_class = dict(rules._BY_CLASS)
    try:
        rules.RULES[row.slug] = spoilt
        for kind, found in by_class.items():
            rules._BY_CLASS[kind] = tuple(spoilt if other is row else other for other in found)
        yield
    finally:
        rules.RULES[row.slug] = row
        rules._BY_CLASS.update(by_class)


def statements(row: Rule) -> Iterator[Statement]:
    """Yield the questions that use the row: its pattern by each of its variables, alone and in a larger function."""
    pattern = row.pattern
    assert pattern is not None
    for wrt in sorted(pattern.symbols, key=lambda symbol: symbol.name):
        if "whole" in wrt.properties:  # nothing is differentiated by it
            continue
        declared = tuple(sorted(pattern.symbols, key=lambda symbol: symbol.name))
        yield Statement(declared, (Link(n.symbol("f", pattern.shape), pattern),), wrt)
    if row.slug in ("product", "sum", "hadamard", "kronecker", "khatri-rao"):  # the same variable in both operands
        x = n.symbol("x", rules.X.shape)
        both = rebuild(pattern, (x, x))
        yield Statement((x,), (Link(n.symbol("f", both.shape), both),), x)


STUMBLES = (Refusal, ShapeError, TypeError, ValueError, AssertionError, LookupError, AttributeError, RuntimeError)
"""What the engine may raise over a formula that is no differential any more: no derivative comes out, so no page."""


def verdict(row: Rule, mutant: Mutant) -> str | None:
    """Return `caught`, `equivalent: …` or `missed: …`; None where the place does not take the mistake."""
    pattern = row.pattern
    assert pattern is not None
    honest = row.differential_of(pattern)
    spoilt = mutant.spoil(honest, pattern.operands)
    if spoilt is honest:
        return None
    if equal(spoilt, honest):
        return "equivalent: the normal form is the same"
    with planted(row, mutant):
        for statement in statements(row):
            try:
                if not verify(derive(statement, both=False), symbolic=False).passed:
                    return "caught"
            except STUMBLES:
                return "caught"
    written = describe(spoilt)
    if check_equation(honest, spoilt, varying=honest.symbols, symbolic=False).passed:
        reason = EQUIVALENT.get((row.slug, written))
        return f"equivalent: {reason}" if reason else f"missed: {mutant.kind} (has the same value): {written}"
    return f"missed: {mutant.kind}: {written}"


SCORE: dict[str, list[str]] = {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_mistakes_in_every_row_are_caught(row: Rule) -> None:
    pattern = row.pattern
    assert pattern is not None
    tried = [verdict(row, mutant) for mutant in mistakes(row.differential_of(pattern), pattern.operands)]
    verdicts = SCORE[row.slug] = [found for found in tried if found is not None]
    assert [found for found in verdicts if found.startswith("missed")] == []
    assert sum(found == "caught" for found in verdicts) >= 1


def test_the_honest_rows_pass() -> None:
    """So that what is caught is caught because of the mistake."""
    for row in ROWS:
        for statement in statements(row):
            evidence = verify(derive(statement, both=False), symbolic=False)
            assert evidence.failures == (), row.slug


def test_the_table_is_whole_again() -> None:
    for row in ROWS:
        assert rules.RULES[row.slug] is row
    assert rules.rule_for(rules.A * rules.B) is rules.RULES["product"]


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = [found for row in SCORE.values() for found in row]
    caught = sum(found == "caught" for found in verdicts)
    same = sum(found.startswith("equivalent") for found in verdicts)
    missed = len(verdicts) - caught - same
    with capsys.disabled():
        print(f"\nplanted mistakes: {caught} caught, {same} equivalent, {missed} missed, in {len(SCORE)} rows")
        for slug, found in SCORE.items():
            for line in sorted({line for line in found if line.startswith("equivalent")}):
                print(f"    {slug}: {found.count(line)} {line}")
    assert missed == 0
