"""The verdict on a reader's answer, as data."""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra.nodes import Node, Symbol
from jacobook.calculus.derivation import Derivation
from jacobook.verification.answers.answer_points import Condition
from jacobook.verification.numeric.array_operations import Array

RIGHT = ("right", "other-layout", "stacked-by-rows", "symmetric-directions")
"""The verdicts on right answers, in whichever convention."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of the answer that differs from the derivative, at the example."""

    position: tuple[int, int]
    answer: float
    expected: float


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Numbers for which the answer is wrong."""

    sizes: dict[str, int]
    values: dict[Symbol, Array]
    entries: tuple[Difference, ...]
    """All entries that differ, row by row."""
    total: int
    """How many entries there are."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on an answer."""

    slug: str
    """`right`, `other-layout`, `stacked-by-rows`, `symmetric-directions`, `rounded`, `transpose`, `factor`,
    `assumption`, `wrong` or `shape`."""
    derivation: Derivation
    answer: Node
    form: str = "jacobian"
    """The form that the answer is in, or comes nearest to."""
    factor: Node | None = None
    """A number, perhaps times sizes: the answer is so many times the derivative.

    With an answer that is right in another form: what it also is in the first form of its shape, such as −1 times an
    antisymmetric Jacobian, which is its transpose."""
    condition: Condition | None = None
    """What must hold for the answer to be right (or right up to the factor)."""
    exact: bool = False
    """Equal as expressions, not only at random points."""
    points: int = 0
    """At how many random points the verdict was confirmed."""
    partly: bool = False
    """The answer has no value at points at which the derivative has one."""
    example: Counterexample | None = None
    term: Node | None = None
    """A term of the derivative that was dropped, or has the wrong sign; in the Jacobian layout."""
    term_change: str | None = None
    """`dropped` or `sign`."""
    scalar: Node | None = None
    """The answer is wrong by this scalar factor, an expression."""
    digits: int = 0
    """To how many digits a rounded answer agrees with the derivative."""
    right_where: Node | None = None
    """The answer is right where this scalar is positive (with `right_sign` −1: negative), and wrong elsewhere."""
    right_sign: int = 1

    @property
    def right(self) -> bool:
        """Return whether the answer is right, in whichever layout."""
        return self.slug in RIGHT
