"""Jacobook: worked matrix-calculus derivations that a machine derives and checks.

`from generator import derive` and `derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"])`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.facade import Checked, Worked, check, derive

__version__ = "0.1.0"
__all__ = ["Checked", "Worked", "__version__", "check", "derive"]


def __getattr__(name: str) -> Any:
    """Load the public functions when they are first asked for: the engine is not imported before."""
    if name in ("Checked", "Worked", "check", "derive"):
        from generator import facade

        return getattr(facade, name)
    raise AttributeError(f"module 'generator' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, also those that are not loaded yet."""
    return sorted(__all__)
