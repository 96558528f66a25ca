"""Linear maps of a differential: sums of chains of stages.

Source: Magnus and Neudecker, chapters 2 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape, matrix
from jacobook.calculus.matrix_route.stages import Stage


@dataclass(frozen=True, slots=True)
class LinearMap:
    """V ↦ Σ over chains of (last ∘ … ∘ first)(V)."""

    source: Shape
    target: Shape
    chains: tuple[tuple[Stage, ...], ...]

    def apply(self, value: Node) -> Node:
        """Return the map of a value of the source shape."""
        images = []
        for chain in self.chains:
            image = value
            for stage in chain:
                image = stage.apply(image)
            images.append(image)
        return build.add(*images) if images else build.zero(self.target)

    def adjoint(self) -> LinearMap:
        """Return the adjoint: every chain backwards, every stage adjoined."""
        chains = tuple(tuple(stage.adjoint() for stage in reversed(chain)) for chain in self.chains)
        return LinearMap(self.target, self.source, chains)

    def to_vec(self) -> Node:
        """Return the matrix with vec(L V) = matrix · vec V; products of the stages' matrices."""
        rows = self.target.rows * self.target.columns
        columns = self.source.rows * self.source.columns
        terms = []
        for chain in self.chains:
            factors = [stage.to_vec() for stage in reversed(chain)]
            terms.append(build.product(*factors) if factors else build.identity(rows))
        return build.add(*terms) if terms else build.zero(matrix(rows, columns))
