"""Jacobook: worked matrix-calculus derivations that a machine derives and checks.

`from jacobook import derive` and `derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"])`;
`assert check("x'*x", given="x in R^N", answer="2*x'")` holds for a right answer only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jacobook.calculus.refusal import Refusal
    from jacobook.facade import Checked, OptionError, Worked, check, derive
    from jacobook.language import LanguageError

if __name__ != "jacobook":  # found as a part of the folder that holds it: every class would exist twice
    raise ImportError(f"the package is jacobook, not {__name__}")

__version__ = "0.1.0"
__all__ = ["Checked", "LanguageError", "OptionError", "Refusal", "Worked", "__version__", "check", "derive"]
_ROOMS = {
    "Checked": "jacobook.facade",
    "LanguageError": "jacobook.language",
    "OptionError": "jacobook.facade",
    "Refusal": "jacobook.calculus.refusal",
    "Worked": "jacobook.facade",
    "check": "jacobook.facade",
    "derive": "jacobook.facade",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: the engine is not imported before."""
    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'jacobook' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, also those that are not loaded yet."""
    return sorted(__all__)
