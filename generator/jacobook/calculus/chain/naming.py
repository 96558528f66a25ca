"""When a derivative keeps the names of its chain, and names for derivatives on the way that are used more than once.

A name that is used twice occurs twice when it is replaced by its definition, and so do the names in that: without names
the derivative of n links may have 2ⁿ terms. It then stays in the names, together with their definitions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import walk

LONGEST = 400
"""A derivative of at most so many nodes is always written without names."""
SHORT = 30
"""A derivative of at most so many nodes is in the variables; a longer one in names, if that is much shorter."""
SHORT_WITHOUT_NAMES = 60
"""The same where the author of the chain gave no names."""
SAVED = 1.4
"""How many times as long as in names a derivative in the variables has to be for the names to stay."""
LONGEST_WITHOUT_REUSE = 20_000
"""The same where every link is used once, so that the function itself is no longer without names."""
LONGEST_UNNAMED = 12
"""A derivative on the way of at most so many nodes gets no name."""
_NUMBERED = re.compile(r"[^\W\d_]+_?([0-9]+)")


class TooLongError(Exception):
    """Without names the derivative would be long: begin again, and keep them."""


def repeats_itself(node: Node, longest: int = LONGEST) -> bool:
    """Return whether an expression is long, and more than twice as long as with a name for each of its parts."""
    return node.size > longest and node.size > 2 * length_with_names(node)


def longest_for(links: Sequence[Link]) -> int:
    """Return how long a derivative of a chain may be without names: less where links are used more than once."""
    places: Counter[Node] = Counter()
    expressions = [link.expression for link in links]
    for expression in expressions:
        for part in walk(expression):
            places.update(part.operands)
        places[expression] += 1
    reused = any(places[link.symbol] > 1 and link.expression.operands for link in links)
    return LONGEST if reused else LONGEST_WITHOUT_REUSE


def length_with_names(*nodes: Node) -> int:
    """Return how long expressions are together if every part is written once, with a name wherever it is used."""
    return sum(1 + len(part.operands) for part in dict.fromkeys(part for node in nodes for part in walk(node)))


class Naming:
    """Gives names to derivatives on the way, where names are kept at all."""

    def __init__(self, keep: bool, taken: Iterable[str], longest: int = LONGEST) -> None:
        self.keep, self.links, self.longest = keep, list[Link](), longest
        self._taken = set(taken)

    def check(self, node: Node) -> None:
        """Raise TooLongError for an expression that needs names where none are kept."""
        if not self.keep and repeats_itself(node, self.longest):
            raise TooLongError

    def multiplier(self, shape: Shape) -> Symbol:
        """Return a name for the solution of an adjoint equation: P, or another one that is free."""
        letters = "PLK" if shape.is_matrix else "pqk"
        names = [*letters, *(f"{letters[0]}{number}" for number in range(1, 100))]
        chosen = next(name for name in names if name not in self._taken)
        self._taken.add(chosen)
        return n.symbol(chosen, shape)

    def prefers(self, named: Node, written_out: Node, given: bool) -> bool:
        """Return whether a derivative is to be shown in names, which the author has given or not."""
        return self.may_keep(written_out, given) and written_out.size > SAVED * named.size

    def may_keep(self, written_out: Node, given: bool) -> bool:
        """Return whether a derivative is long enough for names, which the author has given or not."""
        return written_out.size > (SHORT if given else SHORT_WITHOUT_NAMES)

    def name(self, letter: str, of: Symbol, value: Node, uses: int) -> Symbol | None:
        """Return a name for a derivative of a link, or with respect to it, such as delta3 for h3; None for no name.

        One that is used more than once gets a name, and so does a sum, every term of which would get the other factors.
        """
        self.check(value)
        if not self.keep or value.size <= LONGEST_UNNAMED or (uses < 2 and not isinstance(value, n.Add)):
            return None
        numbered = _NUMBERED.fullmatch(of.name)
        names = [f"{letter}{numbered[1]}"] if numbered else []
        return self.define([*names, f"{letter}_{of.name}"], value)

    def define(self, names: Sequence[str], value: Node) -> Symbol:
        """Return the first of these names that is free, or the last with a number, as the name of a value."""
        candidates = [*names, *(f"{names[-1]}_{k}" for k in range(1, 100))]
        chosen = next(name for name in candidates if name not in self._taken)
        self._taken.add(chosen)
        symbol = n.symbol(chosen, value.shape)
        self.links.append(Link(symbol, value, given=False))
        return symbol


def definitions_within(nodes: Iterable[Node], meaning: Mapping[Symbol, Link]) -> tuple[Link, ...]:
    """Return the definitions of the names in these expressions, and of those in them, each after those it uses."""
    found: dict[Link, None] = {}
    waiting = [(symbol, False) for node in nodes for symbol in _sorted(node)]
    waiting.reverse()
    seen: set[Symbol] = set()
    while waiting:
        symbol, ready = waiting.pop()
        link = meaning.get(symbol)
        if link is None:
            continue
        if ready:
            found[link] = None
        elif symbol not in seen:
            seen.add(symbol)
            waiting.append((symbol, True))
            waiting += [(inner, False) for inner in reversed(_sorted(link.expression))]
    return tuple(found)


def _sorted(node: Node) -> list[Symbol]:
    return sorted(node.symbols, key=lambda symbol: symbol.name)
