"""What moves with what: through which definitions, with which entries, and whether a complex step can pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import REFLECTION
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import substitute, walk
from jacobook.language.function_formulas import has_kink

DERIVATIVES = (n.Differential, n.Partial, n.PartialEntry, n.StructuredPartial)


@lru_cache(maxsize=8192)
def smooth(node: Node) -> bool:
    """Return whether a complex step through the node gives its derivative."""
    for part in walk(node):
        if isinstance(part, (n.Norm1, n.Largest, n.LargestPlace, n.LargestOfRows, n.LargestPlaceOfRows, *DERIVATIVES)):
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


# -- the directions in which a variable of some structure can vary ---------------------------------------------------

Direction = dict[tuple[int, int], Any]
"""The entries of a direction that are not 0, by (row, column) from 0."""


def directions(structure: str, value: Sequence[Sequence[Any]]) -> list[Direction]:
    """Return a basis of the directions in which a variable of the structure can vary, at its value (rows of entries).

    Where entries are free there is one for each: what changes when it grows by 1.
    """
    rows = len(value)
    if structure in _FREE:
        is_free, mirrored = _FREE[structure]
        places = [(i, j) for i in range(rows) for j in range(rows) if is_free(i, j)]
        return [{place: 1} | ({place[::-1]: mirrored} if mirrored and place[0] != place[1] else {}) for place in places]
    return _TANGENT[structure](value)


_FREE: dict[str, tuple[Callable[[int, int], bool], int]] = {
    "symmetric": (lambda i, j: i <= j, 1),
    "diagonal": (lambda i, j: i == j, 0),
    "lower-triangular": (lambda i, j: i >= j, 0),
    "upper-triangular": (lambda i, j: i <= j, 0),
    "skew-symmetric": (lambda i, j: i < j, -1),
    "correlation": (lambda i, j: i < j, 1),
}
"""Which entries are free, and how many times one of them stands at the mirrored place."""


def _turning(value: Sequence[Sequence[Any]]) -> list[Direction]:
    """Return Q (e_i e_j′ − e_j e_i′) for i < j: the columns i and j of Q turn in their plane."""
    rows = range(len(value))
    pairs = [(i, j) for i in rows for j in rows if i < j]
    return [{(k, j): value[k][i] for k in rows} | {(k, i): -value[k][j] for k in rows} for i, j in pairs]


def _between_eigenspaces(value: Sequence[Sequence[Any]]) -> list[Direction]:
    """Return V = u v′ + v u′ for columns u of I + Q and v of I − Q that span the eigenspaces: Q V + V Q is 0."""
    rows = range(len(value))
    plus, minus = (_spanning([[int(i == j) + sign * value[i][j] for i in rows] for j in rows]) for sign in (1, -1))
    pairs = [(u, v) for u in plus for v in minus]
    return [{(i, j): u[i] * v[j] + v[i] * u[j] for i in rows for j in rows} for u, v in pairs]


def _spanning(columns: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Return columns that are independent and span what all of them do, the longest remainder first.

    They are chosen by numbers, those of formulas at one point.
    """
    rests = [[_as_number(entry) for entry in column] for column in columns]
    found: list[int] = []
    while True:
        lengths = [sum(entry * entry for entry in rest) for rest in rests]
        longest = max(range(len(rests)), key=lambda place: lengths[place])
        if lengths[longest] < 1e-12:
            return [columns[place] for place in sorted(found)]
        found.append(longest)
        unit = [entry / lengths[longest] for entry in rests[longest]]
        for place, rest in enumerate(rests):
            share = sum(a * b for a, b in zip(rest, rests[longest], strict=True))
            if place != longest:
                rests[place] = [a - share * b for a, b in zip(rest, unit, strict=True)]
        rests[longest] = [0.0] * len(unit)


def _as_number(entry: Any) -> float:
    """Return a number, of a formula its value where every symbol has a number of its own."""
    symbols = sorted(getattr(entry, "free_symbols", ()), key=str)
    if not symbols:
        return float(entry)
    return float(entry.subs({symbol: 1 + place * 0.37 for place, symbol in enumerate(symbols)}))


def _along_the_sphere(value: Sequence[Sequence[Any]]) -> list[Direction]:
    """Return x_k e_i − x_i e_k for all i but k, where x_k is the largest entry: they are orthogonal to x."""
    x = [row[0] for row in value]
    k = max(range(len(x)), key=lambda place: abs(x[place]) if _is_number(x[place]) else 1)
    return [{(i, 0): x[k], (k, 0): -x[i]} for i in range(len(x)) if i != k]


def _from_the_last(value: Sequence[Sequence[Any]]) -> list[Direction]:
    """Return e_i − e_N: one entry grows by what the last one loses."""
    last = len(value) - 1
    return [{(i, 0): 1, (last, 0): -1} for i in range(last)]


_TANGENT: dict[str, Callable[[Sequence[Sequence[Any]]], list[Direction]]] = {
    "orthogonal": _turning,
    REFLECTION: _between_eigenspaces,
    "unit-norm": _along_the_sphere,
    "probability": _from_the_last,
}


def _is_number(entry: Any) -> bool:
    return getattr(entry, "is_number", True)


def inner_products(basis: Sequence[Direction]) -> list[list[Any]]:
    """Return the inner products Σ U_ij V_ij of the directions U, V."""
    return [[sum((u[at] * v[at] for at in u.keys() & v.keys()), 0) for v in basis] for u in basis]
