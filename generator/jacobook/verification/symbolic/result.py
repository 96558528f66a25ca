"""What the symbolic check found, as data: it does not need SymPy to be read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class SymbolicResult:
    """`proved`, `undecided` (with a reason), `skipped` (with a reason) or `disproved` (with a failure)."""

    status: str
    sizes: list[dict[str, int]] = field(default_factory=list)
    reason: str | None = None
