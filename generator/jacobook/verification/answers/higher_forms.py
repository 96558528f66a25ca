"""Answers about a higher derivative as a form, dᵏf[H, …, H], and about one in directions that keep a structure."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link, Statement, without_names
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Derivation, HigherForm
from jacobook.calculus.derive import derive
from jacobook.verification.answers.answer_points import UnsoundError
from jacobook.verification.answers.verdicts import Verdict
from jacobook.verification.examination import evidence_for, evidence_for_equation

KEPT_BY_DIRECTIONS = frozenset({"symmetric", "diagonal"})
"""The properties of a matrix that a direction has as well, if the matrix is to keep them."""


def holds_direction(derivation: Derivation, text: str) -> bool:
    """Return whether an answer is about the form: the direction stands in it."""
    higher = derivation.higher
    return higher is not None and re.search(rf"(?<!\w){higher.direction.name}(?!\w)", text) is not None


def of_form(derivation: Derivation) -> Derivation:
    """Return a derivation with the value dᵏf[H, …, H]: that of s dᵏf[H, …, H] with respect to s.

    A variable with a structure has it here, and so has H. Raises UnsoundError where the form does not hold.
    """
    higher, statement = _sound(derivation), derivation.statement
    direction, put = _structured(higher, statement.wrt)
    names = statement.names | {direction.name}
    s = n.symbol(next(name for name in ("s", *(f"s{k}" for k in range(1, 100))) if name not in names))
    of = n.symbol(higher.function.name, higher.value.shape)
    declared = tuple(put.get(symbol, symbol) for symbol in statement.declarations)
    assert all(isinstance(symbol, Symbol) for symbol in declared)
    link = Link(of, build.product(s, substitute(higher.value, put)))
    asked = Statement((*declared, direction, s), (link,), s, statement.functions)  # type: ignore[arg-type]
    return derive(asked, both=False)


def without_factor(verdict: Verdict) -> Verdict:
    """Return the verdict on a form; the factor s, with respect to which that is a derivative, is no reader's."""
    example, s = verdict.example, verdict.derivation.statement.wrt
    if example is None:
        return verdict
    values = {symbol: value for symbol, value in example.values.items() if symbol is not s}
    return replace(verdict, example=replace(example, values=values))


def points_on_structured(derivation: Derivation, answer: Node) -> int:
    """Return at how many points (vec H)′ A vec H is d²f[H, H] for the answer A and all H that keep the structure.

    For a symmetric X, −X⁻¹ ⊗ X⁻¹ is such a matrix for log det X. 0 where it is not, or there is no structure.
    """
    higher, wrt = derivation.higher, derivation.statement.wrt
    if higher is None or higher.declared is wrt or answer.shape != derivation.value.shape:
        return 0
    direction, put = _structured(_sound(derivation), wrt)
    stacked = build.vec(direction)
    inside = substitute(without_names(answer, derivation.all_definitions), put)
    found = evidence_for_equation(
        build.product(build.transpose(stacked), inside, stacked), substitute(higher.value, put)
    )
    return found.instances if found.passed else 0


def _structured(higher: HigherForm, wrt: Symbol) -> tuple[Symbol, dict[Node, Node]]:
    """Return the direction with the structure of the variable, and what to put for both of them."""
    properties = higher.declared.properties & KEPT_BY_DIRECTIONS
    direction = n.symbol(higher.direction.name, higher.direction.shape, properties)
    return direction, {wrt: higher.declared, higher.direction: direction}


@lru_cache(maxsize=16)
def _sound(derivation: Derivation) -> HigherForm:
    found = evidence_for(derivation, quick=True)
    if not found.passed or derivation.higher is None:
        raise UnsoundError(" ".join(found.failures) or "the form of the derivative could not be checked")
    return derivation.higher
