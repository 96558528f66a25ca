"""What moves with what: through which definitions, with which entries, and whether a complex step can pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import substitute, walk
from jacobook.language.function_formulas import has_kink

DERIVATIVES = (n.Differential, n.Partial, n.PartialEntry, n.StructuredPartial)


@lru_cache(maxsize=8192)
def smooth(node: Node) -> bool:
    """Return whether a complex step through the node gives its derivative."""
    for part in walk(node):
        if isinstance(part, (n.Norm1, n.Largest, n.LargestPlace, *DERIVATIVES)):
            return False
        if isinstance(part, n.Apply) and has_kink(part.function):
            return False
    return True


def dependents(symbols: Iterable[Symbol], definitions: Mapping[Symbol, Node]) -> frozenset[Symbol]:
    """Return the symbols and every defined name that depends on one of them along any path."""
    found = set(symbols)
    growing = True
    while growing:
        grown = {name for name, body in definitions.items() if name not in found and body.symbols & found}
        growing = bool(grown)
        found |= grown
    return frozenset(found)


def expand_once(of: Node, varying: Iterable[Symbol], definitions: Mapping[Symbol, Node]) -> Node:
    """Return the expression that a partial derivative of `of` differentiates.

    An expression in which a varying symbol occurs is taken as it is; any other has its names replaced by definitions.
    """
    if of.symbols.intersection(varying):
        return of
    return substitute(of, {name: definitions[name] for name in of.symbols if name in definitions})


# -- directions: the free entries of a symmetric or a diagonal matrix, one for each ------------------------------------


def free_places(structure: str, size: int) -> list[tuple[int, int]]:
    """Return the places (row, column), from 0 and row ≤ column, of the entries that this structure leaves free."""
    if structure == "diagonal":
        return [(i, i) for i in range(size)]
    if structure == "symmetric":
        return [(i, j) for i in range(size) for j in range(i, size)]
    raise ValueError(f"the structure {structure} is not known")


def moved_places(place: tuple[int, int]) -> set[tuple[int, int]]:
    """Return the places of the matrix at which a free entry stands: both (i, j) and (j, i)."""
    return {place, place[::-1]}


def inner_products(structure: str, size: int) -> list[list[int]]:
    """Return the inner products Σ U_ij V_ij of the directions U, V that belong to the free entries."""
    moved = [moved_places(place) for place in free_places(structure, size)]
    return [[len(first & second) for second in moved] for first in moved]
