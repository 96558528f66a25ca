"""How difficult a derivation is, on a scale of three, by what it takes: lines, different rules, links of a chain."""

from __future__ import annotations

from collections.abc import Iterable

from jacobook.algebra.shapes import derivative_shape
from jacobook.calculus.derivation import Claim, Derivation

WARM_UP, STANDARD, CHALLENGING = 1, 2, 3
LEVELS = {WARM_UP: "warm-up", STANDARD: "standard", CHALLENGING: "challenging"}
"""What lists call each level, the easiest first."""
LAST_EFFORTS = {WARM_UP: 6, STANDARD: 23}
"""The greatest effort of each level but the last."""


def level_of(derivation: Derivation) -> int:
    """Return the level of a derivation by its shorter route to every partial derivative.

    More than two indices count as one more link: rows and columns no longer guide the reader.
    """
    routes = [[route for route in (p.matrix_route, p.component_route) if route] for p in derivation.partials]
    lines = [claim for found in routes if found for claim in min(found, key=len)]
    of, wrt = derivation.statement.function.shape, derivation.statement.wrt.shape
    beyond = derivative_shape(of, wrt) is None
    return level_of_lines((*lines, *derivation.combination), len(derivation.partials) + beyond)


def level_of_lines(lines: Iterable[Claim], links: int) -> int:
    """Return the level of these lines, which go through so many links."""
    rules = [claim.rule for claim in lines]
    effort = len(rules) + len(set(rules)) + 2 * (links - 1)
    return next((level for level, last in LAST_EFFORTS.items() if effort <= last), CHALLENGING)
