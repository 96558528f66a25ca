"""Common mistakes refuted: what a student would write at a line is shown only if it is wrong there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ShapeError
from jacobook.calculus.derivation import Claim, Derivation
from jacobook.calculus.mistakes.kinds import Block, Mistake, blocks, mistakes_of
from jacobook.verification.examination import setting_of
from jacobook.verification.numeric.equations import NumericCheck
from jacobook.verification.points.instances import Instances, size_assignments, size_names

MOST = 3
"""So many mistakes are shown in one block of lines."""


@dataclass(frozen=True, slots=True)
class Refuted:
    """A mistake that was shown to be wrong."""

    mistake: Mistake
    by: Literal["shape", "value"]
    """Whether it cannot be built or has another shape, or has that shape and another value."""


Shown = Mapping[tuple[Claim, ...], tuple[Refuted | None, ...]]
"""For a block of lines, the mistake at each of them."""


def refuted_mistakes(derivation: Derivation, known: Collection[str] = ()) -> Shown:
    """Return the common mistakes to show at the lines of a derivation, all of them shown to be wrong.

    At most one belongs to a line, three to a block, one of each kind to the derivation; none is of a kind in `known`.
    """
    check = Refutation(derivation)
    found: dict[tuple[Claim, ...], tuple[Refuted | None, ...]] = {}
    shown = set(known)
    for block in blocks(derivation):
        chosen: dict[int, Refuted] = {}
        for number, mistake in mistakes_of(block, derivation):
            if len(chosen) == MOST:
                break
            if number in chosen or mistake.slug in shown:
                continue
            refuted = check.refuted(mistake, block)
            if refuted is not None:
                chosen[number] = refuted
                shown.add(mistake.slug)
        if chosen:
            found[block.claims] = tuple(map(chosen.get, range(len(block.claims))))
    return found


def each(shown: Shown) -> Iterator[Refuted]:
    """Yield the mistakes in the order of their lines."""
    for line in shown.values():
        yield from (refuted for refuted in line if refuted is not None)


def refutations(shown: Shown) -> dict[str, int]:
    """Return how many of the mistakes are refuted by their shape, and how many by their value."""
    ways = [refuted.by for refuted in each(shown)]
    return {"shape": ways.count("shape"), "value": ways.count("value")}


class Refutation:
    """Shows mistakes to be wrong, at the points at which the derivation itself is checked."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        definitions = derivation.all_definitions
        sides = [side for claim in derivation.claims() for side in (claim.left, claim.right)]
        everything: list[Node] = [*sides, *definitions.values(), *definitions]
        instances = Instances({symbol for side in sides for symbol in side.symbols}, definitions)
        self.numeric = NumericCheck(instances, size_assignments(size_names(everything), least_sizes(everything)))

    def refuted(self, mistake: Mistake, block: Block) -> Refuted | None:
        """Return the mistake with what shows it to be wrong (at every point, if its value), None if nothing does."""
        claim = mistake.claim
        try:
            wrong = mistake.wrong()
        except ShapeError:
            return Refuted(mistake, "shape")
        if wrong.shape != claim.left.shape:
            return Refuted(mistake, "shape")
        setting = setting_of(self.derivation, block.partial)
        setting = replace(setting, assumptions=claim.assumptions, free=frozenset())
        return Refuted(mistake, "value") if self.numeric.differs(claim.left, wrong, setting) else None
