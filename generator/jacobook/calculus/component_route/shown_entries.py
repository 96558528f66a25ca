"""Entries as a reader wants to see them: indices with letters, functions of entries opened up."""

from __future__ import annotations

from collections.abc import Set

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.entry_lookup import entry_at
from jacobook.algebra.nodes import Index, Node, Position, Symbol
from jacobook.algebra.traverse import fresh_index_name, rebuild, renamed_index, substitute_indices, transform, walk

BOUND = ("i", "j", "m", "p", "q", "r", "h", "g", "o", "w", "v", "u")
OUTPUT = BOUND
VARIABLE = ("k", "l", *BOUND[2:])


NUMBERED = tuple(f"i{k}" for k in range(1, 100))


def letters(candidates: tuple[str, ...], taken: Set[str]) -> list[str]:
    """Return the candidates that are not taken, then numbered ones."""
    return [name for name in (*candidates, *NUMBERED) if name not in taken]


class Lettering:
    """Letters for the bound indices of a route: chosen when an index is first shown, and kept in the lines after it."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = frozenset(taken)
        self._kept: dict[str, str] = {}
        self._of_other_lines: frozenset[str] = frozenset()
        self._of_this_term: set[str] = set()

    def shown(self, node: Node) -> Node:
        """Return the scalar with entries opened, and with letters for its bound indices."""
        self._of_other_lines = frozenset(self._kept.values())
        return self.lettered(transform(tidy(transform(node, _open)), _open_sum))

    def _term(self, term: Node) -> Node:
        self._of_this_term = set()
        return self._lettered(term, self.taken)

    @property
    def used(self) -> set[str]:
        """Return the letters that mean something already: names, indices of the result, and bound indices."""
        return {*self.taken, *self._kept.values()}

    def named(self, entry: n.Entry) -> n.Entry:
        """Return an entry with the letters of its bound indices."""
        letters_of: dict[Index, Position] = {
            place: Index(self._kept[place.name], place.dimension)
            for place in entry.positions
            if isinstance(place, Index) and place.name in self._kept
        }
        found = substitute_indices(entry, letters_of)
        assert isinstance(found, n.Entry)
        return found

    def lettered(self, node: Node) -> Node:
        """Return the expression with letters for its own running indices."""
        if isinstance(node, n.Add):
            return rebuild(node, tuple(map(self._term, node.operands)))
        return self._term(node)

    def _lettered(self, node: Node, taken: frozenset[str]) -> Node:
        if isinstance(node, n.IndexSum):
            letter = self._letter(node, taken)
            index = Index(letter, node.index.dimension)
            body = substitute_indices(node.operands[0], {node.index: index})
            return build.index_sum(index, self._lettered(body, taken | {letter}))
        if not node.operands or isinstance(node, n.Entry):
            return node
        if isinstance(node, n.BoundedSum):
            name = node.index.name
            name = fresh_index_name(taken) if name.startswith("_") else name
            renamed = renamed_index(node, name)
            return build.bounded_sum(renamed.index, self._lettered(renamed.operands[0], taken | {name}))
        return rebuild(node, tuple(self._lettered(operand, taken) for operand in node.operands))

    def _letter(self, node: n.IndexSum, taken: frozenset[str]) -> str:
        """Return the letter that the index of a sum has, or one that no index in the term or in another line has."""
        name = node.index.name
        kept = self._kept.get(name)
        if kept is not None and kept not in taken:
            return kept
        inside = {self._kept.get(inner.index.name, "") for inner in walk(node) if isinstance(inner, n.IndexSum)}
        letter = letters(BOUND, taken | inside | self._of_other_lines | self._of_this_term)[0]
        self._of_this_term.add(letter)
        self._kept.setdefault(name, letter)
        return letter


def shown(node: Node, taken: set[str]) -> Node:
    """Return the scalar with entries opened and bound indices given letters that are not taken."""
    return Lettering(taken).shown(node)


def _open(node: Node) -> Node | None:
    """Return an entry of an entry-wise expression as the expression of entries: tanh(z)_i as tanh(z_i)."""
    if not isinstance(node, n.Entry) or _is_of_sum(node):
        return None
    opened = entry_at(node.operands[0], *node.positions, opens=_is_opened)
    return None if opened is node else transform(opened, _open)


def _is_of_sum(node: n.Entry) -> bool:
    """Return whether an entry is one factor that is printed as a bracket: x_i − μ_i for that of x − μ."""
    return isinstance(node.operands[0], n.Add) and len(node.operands[0].shape.axes) == 1


def _open_sum(node: Node) -> Node | None:
    """Return an entry of a sum as the sum of entries, last of all, so that it stays in its place among the factors."""
    if not isinstance(node, n.Entry) or not _is_of_sum(node):
        return None
    opened = entry_at(node.operands[0], *node.positions, opens=_is_opened)
    return transform(opened, _open)


def _is_opened(array: Node) -> bool:
    match array:
        case n.Product():
            return array.operands[0].shape.is_scalar and len(array.operands) == 2
        case n.Transpose():
            return array.shape.is_matrix or isinstance(array.operands[0], Symbol)
    return isinstance(array, _ENTRY_WISE)


_ENTRY_WISE = (n.Add, n.Negate, n.Fill, n.Apply, n.BoundedSum, n.Hadamard, n.HadamardDivide, n.HadamardPower)
