"""The verdict on a reader's answer, as data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Remark
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
    `assumption`, `summed` (the derivative of the sum of all entries), `wrong` or `shape`."""
    derivation: Derivation
    answer: Node
    remarks: tuple[Remark, ...] = ()
    """How pieces of the answer are read, where that may surprise."""
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
    """A term of the derivative that was dropped, or has the wrong sign or factor, in the Jacobian layout; or a term of
    the answer that is too much, as it stands there."""
    term_change: str | None = None
    """`dropped`, `sign`, `factor` or `superfluous`."""
    term_factor: Fraction | None = None
    """By which number a term with a wrong factor is multiplied."""
    scalar: Node | None = None
    """The answer is wrong by this scalar factor, an expression."""
    meant: tuple[tuple[Node, Node], ...] = ()
    """The decimals of a rounded answer, each with what it stands for, where that makes the answer right."""
    digits: int = 0
    """To how many digits a rounded answer agrees with the derivative."""
    right_where: Node | None = None
    """The answer is right where this scalar is positive (with `right_sign` −1: negative), and wrong elsewhere."""
    right_sign: int = 1

    @property
    def right(self) -> bool:
        """Return whether the answer is right, in whichever layout."""
        return self.slug in RIGHT
