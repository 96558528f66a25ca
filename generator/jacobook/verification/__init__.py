"""Evidence for derivations: numeric at random points, symbolic in components. See `verify`."""

from jacobook.verification.code_check import CodeError, check_code
from jacobook.verification.evidence import (
    ClaimEvidence,
    Evidence,
    check_equation,
    differential_agrees,
    verify,
    verify_differential,
)
from jacobook.verification.numeric.evaluate import evaluate

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
