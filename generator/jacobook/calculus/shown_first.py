"""Which of the two routes a page shows first for a partial derivative: the one that teaches more about it."""

from __future__ import annotations

from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import PartialDerivation

MATRICES_FIRST = ("matrix", "component")
ENTRIES_FIRST = ("component", "matrix")


def routes_shown(partial: PartialDerivation) -> tuple[str, ...]:
    """Return the routes in the order in which a page shows them.

    Entries come first for an element-wise function, since they say why the entries off the diagonal are 0. Matrices
    come first for everything else. Among scalars there is no difference between the two, and one is enough.
    """
    if _is_scalar_calculus(partial):
        return MATRICES_FIRST[:1]
    entry_by_entry = any(claim.rule == "own-entry" for claim in partial.component_route)
    return ENTRIES_FIRST if entry_by_entry and partial.value.depends_on(partial.wrt) else MATRICES_FIRST


def _is_scalar_calculus(partial: PartialDerivation) -> bool:
    nodes = (node for claim in partial.matrix_route for node in walk(claim.right))
    return bool(partial.matrix_route) and all(node.shape.is_scalar for node in nodes)
