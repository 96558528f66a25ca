"""What an expression depends on: through which definitions, and whether a complex step can pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import contains, substitute, walk

DERIVATIVES = (n.Differential, n.Partial, n.PartialEntry, n.StructuredPartial)


@lru_cache(maxsize=8192)
def smooth(node: Node) -> bool:
    """Return whether a complex step through the node gives its derivative."""
    for part in walk(node):
        if isinstance(part, (n.Norm1, *DERIVATIVES)):
            return False
        if isinstance(part, n.Apply) and ELEMENTWISE[part.function].kink:
            return False
    return True


def has(node: Node, kinds: tuple[type[Node], ...]) -> bool:
    """Return whether a node of one of the classes occurs in the expression."""
    return contains(node, kinds)


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
