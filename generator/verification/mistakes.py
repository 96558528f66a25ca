"""Common mistakes refuted: what a student would write at a line is shown only if it is wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.algebra.entries import least_sizes
from generator.algebra.nodes import Node
from generator.algebra.shapes import ShapeError
from generator.calculus.derivation import Claim, Derivation
from generator.calculus.mistakes import Block, Mistake, blocks, mistakes_of
from generator.verification.evidence import setting_of
from generator.verification.instances import Instances, size_assignments, size_names
from generator.verification.numeric import NumericCheck

MOST = 3
"""So many mistakes are shown in one block of lines."""
Refuted = Mapping[tuple[Claim, ...], tuple[Mistake | None, ...]]
"""For a block of lines, the mistake at each of them."""


def refuted_mistakes(derivation: Derivation) -> Refuted:
    """Return the common mistakes to show at the lines of a derivation, all of them shown to be wrong.

    At most one stands at a line, three in a block, and one of a kind in the derivation.
    """
    check = Refutation(derivation)
    found: dict[tuple[Claim, ...], tuple[Mistake | None, ...]] = {}
    shown: set[str] = set()
    for block in blocks(derivation):
        chosen: dict[int, Mistake] = {}
        for number, mistake in mistakes_of(block, derivation):
            if len(chosen) == MOST:
                break
            if number not in chosen and mistake.slug not in shown and check.refutes(mistake, block):
                chosen[number] = mistake
                shown.add(mistake.slug)
        if chosen:
            found[block.claims] = tuple(map(chosen.get, range(len(block.claims))))
    return found


class Refutation:
    """Shows mistakes to be wrong, at the points at which the derivation itself is checked."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        definitions = {**derivation.statement.definitions, **derivation.definitions}
        sides = [side for claim in derivation.claims() for side in (claim.left, claim.right)]
        everything: list[Node] = [*sides, *definitions.values(), *definitions]
        instances = Instances({symbol for side in sides for symbol in side.symbols}, definitions)
        self.numeric = NumericCheck(
            instances, size_assignments(size_names(everything), least_sizes(everything))
        )

    def refutes(self, mistake: Mistake, block: Block) -> bool:
        """Return whether the mistake is wrong: it has no shape, another shape, or another value at every point."""
        claim = mistake.claim
        try:
            wrong = mistake.wrong()
        except ShapeError:
            return True
        if wrong.shape != claim.left.shape:
            return True
        setting = setting_of(self.derivation, block.partial)
        setting = replace(setting, assumptions=claim.assumptions, free=frozenset())
        return self.numeric.differs(claim.left, wrong, setting)
