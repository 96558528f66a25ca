"""Numeric truth for tests: the values of expressions at random points that respect the declarations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jacobook.algebra.nodes import Node
from jacobook.verification.numeric.array_operations import Array, DomainError
from jacobook.verification.points.instances import PRIMES, Instances, size_names


def distinct_sizes(names: Sequence[str]) -> tuple[dict[str, int], ...]:
    """Return two assignments in which no two names have the same size: distinct primes up, and down.

    Every name has another size in the second one, so that neither dim(N) and dim(P) nor dim(N) and 2 pass for equal.
    """
    odd = len(names) % 2  # of an odd number of names, the middle one would have the same size twice
    down = PRIMES[odd : len(names) + odd][::-1]
    return tuple(dict(zip(names, sizes, strict=False)) for sizes in (PRIMES, down))


class Nowhere(ArithmeticError):
    """No point was found at which all of the expressions have a value."""


def values_of(*nodes: Node, attempts: int = 8) -> list[list[Array]]:
    """Return the values of the expressions at some points, one list a point. Raises Nowhere.

    Sizes are distinct, and every assignment of them has its own point, also where there are no sizes.
    """
    instances = Instances({symbol for node in nodes for symbol in node.symbols}, {})
    found: list[list[Array]] = []
    for first, assignment in enumerate(distinct_sizes(size_names(nodes))):
        for attempt, point in instances.points(assignment, {}, frozenset()):
            if attempt < first:
                continue
            try:
                found.append([point.value(node) for node in nodes])
                break
            except DomainError:
                if attempt >= attempts:
                    break
    if not found:
        raise Nowhere
    return found


def difference(left: Node, right: Node) -> float:
    """Return the largest relative difference of two expressions of one shape over the points. Raises Nowhere.

    Two expressions that are equal are so at every point, so that one at which they differ is enough.
    """
    assert left.shape == right.shape, f"{left.shape} and {right.shape}"
    return max(
        float(np.max(np.abs(a - c))) / max(float(np.max(np.abs(a))), float(np.max(np.abs(c))), 1e-2)
        for a, c in values_of(left, right)
    )
