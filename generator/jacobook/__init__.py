"""Jacobook: worked matrix-calculus derivations that a machine derives and checks.

`derive` gives a derivative with every step, and `check` compares an answer with it:

>>> from jacobook import check, derive
>>> worked = derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x")
>>> worked.result, worked.shape
("x'*(A + A')", ('1', 'N'))
>>> for step in worked.steps[:2]:
...     print(step.text, "|", step.reason)
df = dx'*A*x + x'*A*dx | Product rule: one term for each factor that varies; A does not depend on x.
df = x'*A'*dx + x'*A*dx | A scalar equals its transpose.
>>> assert check("x'*x", given="x in R^N", answer="2*x'")

A vector is a column, `x'` its transpose, `*` the matrix product and `.*` the product entry by entry. What cannot be
read is a LanguageError, what no rule covers a Refusal; both are a JacobookError.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jacobook.algebra.messages import JacobookError
    from jacobook.calculus.passed_on import NoGradientError
    from jacobook.calculus.refusal import Refusal
    from jacobook.facade import (
        Backward,
        Checked,
        CheckedCode,
        Higher,
        OptionError,
        Partial,
        Step,
        Worked,
        check,
        check_file,
        derive,
    )
    from jacobook.language import LanguageError
    from jacobook.rendering.numpy_code.dialects import CodeFormError
    from jacobook.verification.answers.answer_points import UnsoundError
    from jacobook.verification.code_answers import NoPointsError
    from jacobook.verification.reader_process import ReaderCodeError

if __name__ != "jacobook":  # found as a part of the folder that holds it: every class would exist twice
    raise ImportError(f"the package is jacobook, not {__name__}")

__version__ = "0.1.0"
_ROOMS = {
    "derive": "facade",
    "check": "facade",
    "check_file": "facade",
    "Worked": "facade",
    "Partial": "facade",
    "Step": "facade",
    "Backward": "facade",
    "Higher": "facade",
    "Checked": "facade",
    "CheckedCode": "facade",
    "JacobookError": "algebra.messages",
    "LanguageError": "language",
    "Refusal": "calculus.refusal",
    "OptionError": "facade",
    "UnsoundError": "verification.answers.answer_points",
    "NoGradientError": "calculus.passed_on",
    "CodeFormError": "rendering.numpy_code.dialects",
    "ReaderCodeError": "verification.reader_process",
    "NoPointsError": "verification.code_answers",
}
__all__ = [  # noqa: RUF022 (in the order of `help`)
    "derive",
    "check",
    "check_file",
    "Worked",
    "Partial",
    "Step",
    "Backward",
    "Higher",
    "Checked",
    "CheckedCode",
    "JacobookError",
    "LanguageError",
    "Refusal",
    "OptionError",
    "UnsoundError",
    "NoGradientError",
    "CodeFormError",
    "ReaderCodeError",
    "NoPointsError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: the engine is not imported before."""
    if name in _ROOMS:
        return getattr(import_module(f"jacobook.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'jacobook' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, also those that are not loaded yet."""
    return sorted(__all__)
