"""Patterns of derivatives that are matrices: which entries are zero, which are equal, and where blocks begin.

A pattern is read off the derivative's values at random points, for small sizes; nothing is taken from names or forms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from jacobook.algebra.entry_lookup import least_sizes
from jacobook.calculus.derivation import Derivation
from jacobook.verification.numeric.array_operations import Array, DomainError, Sizes, side_lengths
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import Instances, size_assignments, size_names

POINTS = 12
LARGEST = 16
"""With more rows or columns, what stands in a cell could not be read on a phone."""
ZERO, SAME = 1e-12, 1e-9
"""Up to which part of the largest entry an entry is zero, and entries are equal."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the entries of a derivative have in common, at all points that were tried."""

    sizes: dict[str, int]
    points: int
    kinds: Array
    """A number for every entry: 0 where it is zero; entries with the same number are equal."""
    fixed: dict[int, float]
    """The value of a kind whose entries are the same number at every point."""
    block: tuple[int, int]
    """Rows and columns of a block: as many as a column of the function, and of the variable, has entries."""

    @property
    def shape(self) -> tuple[int, int]:
        """Return the numbers of rows and of columns."""
        rows, columns = self.kinds.shape
        return rows, columns

    @property
    def filled(self) -> int:
        """Return how many entries are not zero at every point."""
        return int(np.count_nonzero(self.kinds))

    @property
    def shared(self) -> tuple[int, ...]:
        """Return the kinds of several equal entries that are no fixed number, in the order of their first places."""
        counted = Counter(int(kind) for kind in self.kinds.flat if kind)
        return tuple(kind for kind in sorted(counted) if counted[kind] > 1 and kind not in self.fixed)

    @property
    def is_diagonal(self) -> bool:
        """True for a square matrix whose entries off the diagonal are zero, and none on it is."""
        rows, columns = self.shape
        return rows == columns and bool(np.array_equal(self.kinds != 0, np.eye(rows, dtype=bool)))

    @property
    def is_permutation(self) -> bool:
        """True for a square matrix with a single 1 in every row and in every column, and zeros elsewhere."""
        ones = [kind for kind, value in self.fixed.items() if value == 1]
        alone = all((self.kinds != 0).sum(axis=axis).tolist() == [1] * self.shape[1 - axis] for axis in (0, 1))
        return alone and bool(np.isin(self.kinds[self.kinds != 0], ones).all())

    @property
    def blocks(self) -> tuple[tuple[Array, ...], ...]:
        """Return the blocks, row by row."""
        down, across = self.block
        rows, columns = self.shape
        return tuple(
            tuple(self.kinds[i : i + down, j : j + across] for j in range(0, columns, across))
            for i in range(0, rows, down)
        )

    @property
    def is_diagonal_in_every_block(self) -> bool:
        """True for several square blocks of more than one entry, zero off their diagonals and nowhere on them."""
        down, across = self.block
        blocks = [block for row in self.blocks for block in row]
        unit = np.eye(down, dtype=bool)
        return down == across > 1 and len(blocks) > 1 and all(np.array_equal(block != 0, unit) for block in blocks)

    @property
    def is_block_diagonal(self) -> bool:
        """True for a square grid of blocks, more than one entry each, that are zero off the diagonal of the grid."""
        grid = self.blocks
        if len(grid) != len(grid[0]) or len(grid) == 1 or self.block == (1, 1):
            return False
        return all(bool(block.any()) == (i == j) for i, row in enumerate(grid) for j, block in enumerate(row))

    @property
    def repeats_a_block(self) -> bool:
        """True if two blocks, neither of them zero and more than one entry each, are equal."""
        grid = [block for row in self.blocks for block in row if block.size > 1 and block.any()]
        return len({block.tobytes() for block in grid}) < len(grid)


def pattern_of(derivation: Derivation) -> Pattern | None:
    """Return the pattern of the derivative; beyond two indices, of the Jacobian of the stacked entries.

    None for what is no matrix of several rows and columns, too large to be drawn, or dense without a repeated block.
    """
    value, statement = derivation.value_without_names, derivation.statement
    if not value.shape.is_matrix:
        return None
    definitions = derivation.all_definitions
    declared = [symbol for symbol in statement.declarations if symbol not in definitions]
    everything = [*declared, *definitions.values(), value]
    for sizes in size_assignments(size_names(everything), least_sizes(everything))[:2]:
        rows, columns = side_lengths(value.shape, sizes)
        if min(rows, columns) == 1 or max(rows, columns) > LARGEST:
            continue
        instances = Instances([*declared, statement.wrt], definitions)
        values = list(islice(_values(derivation, instances, sizes), POINTS))
        if len(values) < POINTS:
            continue
        kinds, fixed = _kinds(np.stack(values))
        pattern = Pattern(sizes, len(values), kinds, fixed, _block(derivation, sizes))
        says_something = 0 < pattern.filled < kinds.size or pattern.repeats_a_block
        return pattern if says_something else None
    return None


def _values(derivation: Derivation, instances: Instances, sizes: Sizes) -> Iterator[Array]:
    """Yield the derivative at random points where it has a value."""
    shape = side_lengths(derivation.value.shape, sizes)
    for _, point in instances.points(sizes, {}, frozenset()):
        found = _value(derivation, point)
        if found is not None:
            yield np.broadcast_to(found, (1, *shape))[0]


def _value(derivation: Derivation, point: Evaluator) -> Array | None:
    try:
        return point.value(derivation.value_without_names)
    except DomainError:
        return None


def _kinds(values: Array) -> tuple[Array, dict[int, float]]:
    """Return a number for every entry of (points, rows, columns), and the values of those that do not vary."""
    largest = np.abs(values).max(axis=(1, 2), keepdims=True)
    scaled = values / np.where(largest > 0, largest, 1.0)
    kinds = np.zeros(values.shape[1:], dtype=int)
    fixed: dict[int, float] = {}
    known: list[Array] = []
    for place in np.ndindex(*kinds.shape):
        entry = scaled[:, *place]
        if np.all(np.abs(entry) <= ZERO):
            continue
        same = next((kind for kind, other in enumerate(known, 1) if np.all(np.abs(entry - other) <= SAME)), 0)
        if not same:
            known.append(entry)
            same = len(known)
            plain = values[:, *place]
            if np.all(np.abs(plain - plain[0]) <= SAME * np.abs(plain[0])):
                fixed[same] = round(float(plain[0]), 9)
        kinds[place] = same
    return kinds, fixed


def _block(derivation: Derivation, sizes: Sizes) -> tuple[int, int]:
    """Return the rows and columns of a block; a vector is one column, and its entries make one block."""
    of, wrt = derivation.statement.function.shape, derivation.statement.wrt.shape
    rows, columns = side_lengths(derivation.value.shape, sizes)
    if of.is_scalar or wrt.is_scalar:
        return rows, columns
    return side_lengths(of, sizes)[0] if of.is_matrix else rows, side_lengths(wrt, sizes)[
        0
    ] if wrt.is_matrix else columns
