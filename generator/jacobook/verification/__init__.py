"""Evidence for derivations: numeric at random points, symbolic in components. See `verify`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jacobook.verification.code_check import check_code
    from jacobook.verification.code_errors import CodeError
    from jacobook.verification.evidence import check_equation, differential_agrees, verify, verify_differential
    from jacobook.verification.examination import ClaimEvidence, Evidence
    from jacobook.verification.numeric.evaluate import evaluate

_MODULES = {
    "ClaimEvidence": "examination",
    "CodeError": "code_errors",
    "Evidence": "examination",
    "check_code": "code_check",
    "check_equation": "evidence",
    "differential_agrees": "evidence",
    "evaluate": "numeric.evaluate",
    "verify": "evidence",
    "verify_differential": "evidence",
}
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


def __getattr__(name: str) -> Any:
    """Load a name when it is first asked for: what only compares numbers does without SymPy."""
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
