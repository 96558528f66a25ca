"""Directions in which a symmetric or a diagonal matrix can move: one for each of its free entries."""

from __future__ import annotations


def free_places(structure: str, size: int) -> list[tuple[int, int]]:
    """Return the places (row, column), from 0 and row ≤ column, of the entries that this structure leaves free."""
    if structure == "diagonal":
        return [(i, i) for i in range(size)]
    if structure == "symmetric":
        return [(i, j) for i in range(size) for j in range(i, size)]
    raise ValueError(f"the structure {structure} is not known")


def moved_places(place: tuple[int, int]) -> set[tuple[int, int]]:
    """Return the places of a free entry in the matrix: both (i, j) and (j, i)."""
    return {place, place[::-1]}


def inner_products(structure: str, size: int) -> list[list[int]]:
    """Return the inner products Σ U_ij V_ij of the directions U, V that belong to the free entries."""
    moved = [moved_places(place) for place in free_places(structure, size)]
    return [[len(first & second) for second in moved] for first in moved]
