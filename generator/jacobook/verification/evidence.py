"""The evidence for derivations by both checks: at random points, and by SymPy in entries."""

from __future__ import annotations

from collections.abc import Iterable

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, Symbol
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.differential import DifferentialDerivation
from jacobook.verification.examination import (
    ClaimEvidence,
    Evidence,
    Witness,
    evidence_for,
    evidence_for_differential,
    evidence_for_equation,
)
from jacobook.verification.symbolic.equation_components import SymbolicCheck


def _witness(symbolic: bool) -> Witness | None:
    return SymbolicCheck if symbolic else None


def verify(derivation: Derivation, *, symbolic: bool = True) -> Evidence:
    """Return the evidence for every claim of the derivation, for its partials and for its result.

    With `symbolic=False` only the numeric check runs, and every symbolic status is `skipped`.
    """
    return evidence_for(derivation, _witness(symbolic))


def verify_differential(derivation: DifferentialDerivation, *, symbolic: bool = True) -> Evidence:
    """Return the evidence for every line of a differential and its value, in random directions of all variables."""
    return evidence_for_differential(derivation, _witness(symbolic))


def differential_agrees(derivation: DifferentialDerivation, claimed: Node, *, symbolic: bool = True) -> ClaimEvidence:
    """Return the evidence that a claimed differential (see `read_differential`) is that of the function."""
    left = build.differential(derivation.function)
    return check_equation(left, claimed, varying=derivation.variables, symbolic=symbolic)


def check_equation(left: Node, right: Node, *, varying: Iterable[Symbol] = (), symbolic: bool = True) -> ClaimEvidence:
    """Return the evidence for one equation that holds for all values of its symbols, such as a rule.

    In differentials, the symbols whose d occurs on the right vary, and those named.
    """
    return evidence_for_equation(left, right, varying, _witness(symbolic))
