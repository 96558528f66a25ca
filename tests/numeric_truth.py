"""Numeric truth for tests: the values of expressions at random points that respect the declarations."""

from __future__ import annotations

import numpy as np

from generator.algebra.nodes import Node
from generator.verification.instances import Instances, size_names
from generator.verification.operations import Array, DomainError

SIZES = ((2, 3, 4), (3, 2, 2))
"""Sizes given to the names in alphabetical order, over and over."""


class Nowhere(ArithmeticError):
    """No point was found at which all of the expressions have a value."""


def values_of(*nodes: Node, attempts: int = 8) -> list[list[Array]]:
    """Return the values of the expressions at some points, one list a point. Raises Nowhere."""
    instances = Instances({symbol for node in nodes for symbol in node.symbols}, {})
    found: list[list[Array]] = []
    names = size_names(nodes)
    for sizes in SIZES:
        assignment = {name: sizes[place % 3] for place, name in enumerate(names)}
        for attempt, point in instances.points(assignment, {}, frozenset()):
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
    """Return the smallest relative difference of two expressions of one shape over the points. Raises Nowhere.

    The smallest, because at one point a cancellation may amplify rounding; expressions that differ do so everywhere.
    """
    assert left.shape == right.shape, f"{left.shape} and {right.shape}"
    return min(
        float(np.max(np.abs(a - c))) / max(float(np.max(np.abs(a))), float(np.max(np.abs(c))), 1e-2)
        for a, c in values_of(left, right)
    )
