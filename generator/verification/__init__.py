"""Evidence for derivations: numeric at random points, symbolic in components. See `verify`."""

from generator.verification.code import CodeError, check_code
from generator.verification.evaluate import evaluate
from generator.verification.evidence import (
    ClaimEvidence,
    Evidence,
    check_equation,
    differential_agrees,
    verify,
    verify_differential,
)

__all__ = [
    "ClaimEvidence",
    "CodeError",
    "Evidence",
    "check_code",
    "check_equation",
    "differential_agrees",
    "evaluate",
    "verify",
    "verify_differential",
]
