"""What is wrong in a note, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["wrong", "input", "refused", "unchecked"]
"""A claim that does not hold; what cannot be read; what no rule covers; what could not be compared."""
STATUS: dict[Kind, int] = {"wrong": 1, "input": 2, "refused": 3, "unchecked": 0}
"""The exit status of the gate for a fault of this kind; the least but 0 decides."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at a place, counted from 1: of a marked text, or of the file in which that stands."""

    line: int
    column: int
    kind: Kind
    message: str
    suggestion: str | None = None
    """What may stand there instead, from the column on to `end`."""
    end: int | None = None

    def moved(self, line: int, column: int, end: int | None) -> Fault:
        """Return the same fault at another place."""
        return Fault(line, column, self.kind, self.message, self.suggestion, end)


def status_of(faults: list[Fault]) -> int:
    """Return the exit status: 0 without a fault, else that of the worst: a wrong claim before bad input."""
    found = {STATUS[fault.kind] for fault in faults}
    return min(found - {0}, default=0)
