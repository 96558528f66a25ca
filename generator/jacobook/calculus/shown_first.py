"""Which of the two routes a page shows first for a partial derivative: the one that teaches more about it."""

from __future__ import annotations

from jacobook.algebra import nodes as n
from jacobook.algebra.traverse import contains, walk
from jacobook.calculus.derivation import PartialDerivation

MATRICES_FIRST = ("matrix", "component")
ENTRIES_FIRST = ("component", "matrix")


def routes_shown(partial: PartialDerivation) -> tuple[str, ...]:
    """Return the routes in the order in which a page shows them.

    Entries come first for an element-wise function, since they say why the entries off the diagonal are 0. Matrices
    come first for everything else. Among scalars there is no difference between the two, and one is enough; so it is
    where no entry of the derivative is printed, because it would be too long or because there is none.
    """
    if _is_scalar_calculus(partial) or not _shows_entries(partial):
        return MATRICES_FIRST[:1]
    entry_by_entry = any(claim.rule == "own-entry" for claim in partial.component_route)
    return ENTRIES_FIRST if entry_by_entry and partial.value.depends_on(partial.wrt) else MATRICES_FIRST


def _shows_entries(partial: PartialDerivation) -> bool:
    """Return whether a line in entries says what a derivative is; a route without an answer says why instead."""
    derivatives = [claim for claim in partial.component_route if contains(claim.left, (n.Partial, n.PartialEntry))]
    shown = any(not isinstance(c.left, n.Partial) or contains(c.right, _IN_ENTRIES) for c in derivatives)
    return shown or not partial.component_route or not partial.matrix_route


_IN_ENTRIES = (n.Entry, n.PartialEntry, n.IndexSum, n.ArrayOf, n.Literal, n.UnitVector)


def _is_scalar_calculus(partial: PartialDerivation) -> bool:
    nodes = (node for claim in partial.matrix_route for node in walk(claim.right))
    return bool(partial.matrix_route) and all(node.shape.is_scalar for node in nodes)
