"""The stage V ↦ Σ_r L_r V of linear maps that depend on a running index.

All that follows such a stage is linear and constant in r, so it is taken into the sum: a chain either holds no such
stage, or is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, RunningIndex
from jacobook.calculus.matrix_route.stages import Stage


@dataclass(frozen=True, slots=True)
class SumOver(Stage):
    """V ↦ Σ over the index of (last ∘ … ∘ first)(V)."""

    index: RunningIndex
    chain: tuple[Stage, ...]

    def apply(self, value: Node) -> Node:
        """Return the sum of the images."""
        for stage in self.chain:
            value = stage.apply(value)
        return build.bounded_sum(self.index, value)

    def adjoint(self) -> Stage:
        """Return the sum of the adjoints."""
        chain = tuple(stage.adjoint() for stage in reversed(self.chain))
        return SumOver(self.target, self.source, self.index, chain)

    def to_vec(self) -> Node:
        """Return the sum of the matrices."""
        factors = [stage.to_vec() for stage in reversed(self.chain)]
        return build.bounded_sum(self.index, build.product(*factors) if factors else self._identity())

    def _identity(self) -> Node:
        return build.identity(self.source.rows * self.source.columns)


def sum_of(chain: tuple[Stage, ...]) -> SumOver | None:
    """Return the sum that a chain is, None for a chain of other stages."""
    return chain[0] if len(chain) == 1 and isinstance(chain[0], SumOver) else None


def all_stages(chain: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages of a chain, those in a sum too."""
    total = sum_of(chain)
    return chain if total is None else all_stages(total.chain)
