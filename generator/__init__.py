"""Jacobook: worked matrix-calculus derivations that a machine derives and checks.

`from generator import derive` and `derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"])`;
`assert check("x'*x", given="x in R^N", answer="2*x'")` holds for a right answer only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.calculus.refusal import Refusal
    from generator.facade import Checked, OptionError, Worked, check, derive
    from generator.language import LanguageError

__version__ = "0.1.0"
__all__ = ["Checked", "LanguageError", "OptionError", "Refusal", "Worked", "__version__", "check", "derive"]
_ROOMS = {
    "Checked": "generator.facade",
    "LanguageError": "generator.language",
    "OptionError": "generator.facade",
    "Refusal": "generator.calculus.refusal",
    "Worked": "generator.facade",
    "check": "generator.facade",
    "derive": "generator.facade",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: the engine is not imported before."""
    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'generator' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, also those that are not loaded yet."""
    return sorted(__all__)
