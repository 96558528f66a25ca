"""Evidence about the checks themselves: a derivation that uses a spoilt row of the rule table must not pass.

This is no test that strayed here: the report of every built site says how many mistakes were planted and caught, and
says it of the rules and the checks that made that site.

Every row with a differential is spoilt in every mechanical way (see `mistakes`), put into the table, and used: the
row's own pattern is differentiated with respect to each of its variables. A mutant is *caught* if a claim of a
derivation fails, *refused* if the engine gives no derivation at all (what is left is not linear in the differential,
say), *equivalent* if it is the same formula in other words, and *missed* otherwise. A crash is none of these: it is
raised, since a checker that stumbles has checked nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import Dimension, ShapeError
from jacobook.algebra.traverse import rebuild
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules import table as rules
from jacobook.calculus.rules.table import DIFFERENTIALS, FUNCTION_RULES, DifferentialRule
from jacobook.language.printer import short_text
from jacobook.verification.examination import evidence_for, evidence_for_equation

ROWS: tuple[DifferentialRule, ...] = (*DIFFERENTIALS, *FUNCTION_RULES)
"""The rows that have a differential to spoil."""
HALF = b.number(Fraction(1, 2))
Address = tuple[int, ...]
Edit = Callable[[Node, tuple[Node, ...]], Node]
"""From a part of a formula, and the operands of the node it is about, to the part with the mistake."""

BINARY = ("product", "sum", "hadamard", "kronecker", "khatri-rao", "unspecified-function")
"""Rows with one term for each operand: a term that is lost shows only where both operands vary."""

_GOLUB = "-pinv(A)*dA*pinv(A) + pinv(A)*pinv(A)'*dA'*{} + {}*dA'*pinv(A)'*pinv(A)"
_SHIFTED = "{}*((dS + dS')/2)*eigvecmax(S)"
_EQUAL_BY_SYMMETRY = {
    "pseudoinverse": (
        *(_GOLUB.format(first, "(eye - pinv(A)*A)") for first in ("(eye - A*pinv(A))'", "(eye + (-A*pinv(A))')")),
        _GOLUB.format("(eye - (A*pinv(A))')", "(eye - pinv(A)*A)"),
        *(_GOLUB.format("(eye - A*pinv(A))", last) for last in ("(eye - pinv(A)*A)'", "(eye + (-pinv(A)*A)')")),
        _GOLUB.format("(eye - A*pinv(A))", "(eye - (pinv(A)*A)')"),
    ),
    "leading-eigenvector": tuple(
        _SHIFTED.format(f"({inside} - eigvecmax(S)*eigvecmax(S)'){turned}")
        for inside, turned in (
            ("inv(eigmax(S)*eye - S + eigvecmax(S)*eigvecmax(S)')", "'"),
            ("inv(eigmax(S)*eye - S + eigvecmax(S)*eigvecmax(S)')'", ""),
            ("inv((eigmax(S)*eye - S + eigvecmax(S)*eigvecmax(S)')')", ""),
            ("inv(eigmax(S)*eye + (-S)' + eigvecmax(S)*eigvecmax(S)')", ""),
            ("inv(eigmax(S)*eye - S' + eigvecmax(S)*eigvecmax(S)')", ""),
        )
    ),
}
EQUIVALENT: dict[tuple[str, str], str] = {
    ("scaled-exponential", "expm(s*X)*X*ds + unvec(jacexpm(s*X)*vec(s*dX))"): "X commutes with expm(s X)",
    (
        "eigenvectors",
        "eigvecs(S)*((matrix(1) - eye)./(vector(1)*eigvals(S)' - eigvals(S)*vector(1)' - eye)"
        ".*(eigvecs(S)'*((dS + dS')/2)*eigvecs(S)))",
    ): "on the diagonal, what is divided is 0",
    **{(slug, text): "that matrix is symmetric" for slug, texts in _EQUAL_BY_SYMMETRY.items() for text in texts},
}
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
                yield Mutant("dropped term", address, partial(_term_dropped, k))
                yield Mutant("sign of a term", address, partial(_term_negated, k))
        if isinstance(part, n.Product | n.Hadamard | n.Kronecker | n.Divide | n.HadamardDivide | n.HadamardPower):
            for k in range(len(part.operands) - 1):
                yield Mutant("swapped factors", address, partial(_swapped, k))
        if isinstance(part, n.Product):
            for k in range(len(part.operands)):
                yield Mutant("dropped factor", address, partial(_factor_dropped, k))
        if isinstance(part, n.Entry):
            yield Mutant("wrong place", address, lambda node, _: _misplaced(node, [*map(_next, _places_of(node))]))
            yield Mutant("places swapped", address, lambda node, _: _misplaced(node, [*reversed(_places_of(node))]))
        if isinstance(part, n.Literal):
            yield Mutant("entries swapped", address, lambda node, _: rebuild(node, node.operands[::-1]))
        if not part.shape.is_scalar and not isinstance(part, n.Fill):
            yield Mutant("transpose", address, lambda node, _: n.Transpose((node,), node.shape.transposed))


def _places_of(node: Node) -> tuple[n.Position, ...]:
    assert isinstance(node, n.Entry)
    return node.positions


def _misplaced(node: Node, places: list[n.Position]) -> Node:
    return b.entry(node.operands[0], *places)


def _next(place: n.Position) -> n.Position:
    assert isinstance(place, Dimension)
    return Dimension(place.coefficient + 1)


def _without(node: Node, k: int) -> tuple[Node, ...]:
    return node.operands[:k] + node.operands[k + 1 :]


def _term_dropped(k: int, node: Node, _: tuple[Node, ...]) -> Node:
    return b.add(*_without(node, k))


def _term_negated(k: int, node: Node, _: tuple[Node, ...]) -> Node:
    return b.add(*node.operands[:k], -node.operands[k], *node.operands[k + 1 :])


def _factor_dropped(k: int, node: Node, _: tuple[Node, ...]) -> Node:
    return b.product(*_without(node, k))


def _swapped(k: int, node: Node, _: tuple[Node, ...]) -> Node:
    operands = list(node.operands)
    operands[k : k + 2] = operands[k + 1], operands[k]
    return b.product(*operands) if isinstance(node, n.Product) else rebuild(node, tuple(operands))


class Spoilt:
    """A row of the table with a mutant in its formula, otherwise as it was."""

    def __init__(self, row: DifferentialRule, mutant: Mutant) -> None:
        self._row, self._mutant = row, mutant

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def differential_of(self, node: Node, varies: Callable[[Node], bool] = lambda factor: True) -> Node:
        """Return d(node), with the mistake."""
        return self._mutant.spoil(self._row.differential_of(node, varies), node.operands)


def statements(row: DifferentialRule) -> Iterator[Statement]:
    """Yield the questions that use the row: its pattern by each of its variables, alone and in a larger function."""
    pattern = row.pattern
    for wrt in sorted(pattern.symbols, key=lambda symbol: symbol.name):
        if "whole" in wrt.properties:  # there is no derivative with respect to a whole number
            continue
        declared = tuple(sorted(pattern.symbols, key=lambda symbol: symbol.name))
        yield Statement(declared, (Link(n.symbol("f", pattern.shape), pattern),), wrt)
    if row.slug in BINARY:  # the same variable in both operands
        shape = pattern.operands[0].shape if isinstance(pattern, n.FunctionValue) else rules.X.shape
        x = n.symbol("x", shape)
        both = rebuild(pattern, (x, x))
        yield Statement((x,), (Link(n.symbol("f", both.shape), both),), x)


FAILED, PASSED, REFUSED = "failed", "passed", "refused"


def _outcome(statement: Statement) -> str:
    """Return what becomes of a question: a claim fails, all hold, or no derivation comes out."""
    try:
        derivation = derive(statement, both=False)
    except Refusal:
        return REFUSED
    return PASSED if evidence_for(derivation, to_first_failure=True).passed else FAILED


def judged(row: DifferentialRule, mutant: Mutant) -> str | None:
    """Return `caught`, `refused`, `equivalent: …` or `missed: …`; None where the place does not take the mistake."""
    pattern = row.pattern
    honest = row.differential_of(pattern)
    spoilt = mutant.spoil(honest, pattern.operands)
    if spoilt is honest:
        return None
    if equal(spoilt, honest):
        return "equivalent: the normal form is the same"
    spoilt_row: Any = Spoilt(row, mutant)
    with rules.replaced(row, spoilt_row):
        outcomes: set[str] = set()
        for statement in statements(row):
            outcomes.add(_outcome(statement))
            if FAILED in outcomes:
                return "caught"
    if outcomes == {REFUSED}:
        return "refused"
    written = short_text(spoilt)
    if evidence_for_equation(honest, spoilt, honest.symbols).passed:
        reason = EQUIVALENT.get((row.slug, written))
        return f"equivalent: {reason}" if reason else f"missed: {mutant.kind} (has the same value): {written}"
    return f"missed: {mutant.kind}: {written}"


def verdicts_on(row: DifferentialRule) -> list[str]:
    """Return what became of every mistake planted into a row."""
    pattern = row.pattern
    tried = [judged(row, mutant) for mutant in mistakes(row.differential_of(pattern), pattern.operands)]
    return [found for found in tried if found is not None]


def score() -> dict[str, int]:
    """Return what became of all planted mistakes, counted, and in how many rows they were planted."""
    return tally({row.slug: verdicts_on(row) for row in ROWS})


def tally(found: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many mistakes were caught, refused, change nothing, or were missed, in how many rows."""
    every = [verdict for of_row in found.values() for verdict in of_row]
    kinds = Counter(verdict.partition(":")[0] for verdict in every)
    counts = {kind: kinds[kind] for kind in ("caught", "refused", "equivalent")}
    return counts | {"missed": len(every) - sum(counts.values()), "rows": len(found)}
