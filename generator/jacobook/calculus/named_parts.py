"""A result in which a part that recurs has a name: (diag p − p p′) with p = softmax(x), α = K⁻¹ y."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.symmetry import is_symmetric
from jacobook.algebra.traverse import contains, rebuild, substitute, transform, walk
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.properties import flattened

LETTERS = {"softmax": "p", "sigmoid": "s", "tanh": "h"}
OTHER_LETTERS = ("r", "v", "z", "q", "c", *(f"u{k}" for k in range(1, 100)))


def with_named_part(
    total: Node, value: Node, taken: frozenset[str], known: Mapping[Node, Link]
) -> tuple[tuple[Claim, ...], tuple[Link, ...]]:
    """Return the line in which a recurring function or solution of a linear system has a name, and its definition.

    What a line of the statement, in `known`, names keeps that name.
    """
    if contains(value, n.BoundedSum):
        return (), ()
    part = recurring_function(value)
    if part is not None:
        name = known[part].symbol if part in known else _name(part, taken)
        named = substitute(value, {part: name})
    else:
        part = _recurring_solution(value)
        if part is None:
            return (), ()
        name = known[part].symbol if part in known else _name(part, taken)
        named = _with_solution(value, part, name)
    return (Claim(total, named, "definition", _why_named(named, name, part)),), (known.get(part, Link(name, part)),)


def _why_named(named: Node, name: Symbol, part: Node) -> Prose:
    """Return what the name means and, for C⁻¹ y, why y′C⁻¹ is its transpose."""
    told = Prose("With {0} = {1}.", (name, part))
    turned = build.transpose(name)
    if not isinstance(part, n.Product) or turned not in walk(named):
        return told
    inverse, vector = part.operands[0], build.product(*part.operands[1:])
    values = (name, part, inverse.operands[0], build.product(build.transpose(vector), inverse), turned)
    return Prose("With {0} = {1}; {2} is symmetric, so {3} = {4}.", values)


def _name(part: Node, taken: frozenset[str]) -> Symbol:
    preferred = "alpha"
    if isinstance(part, n.Softmax):
        preferred = LETTERS["softmax"].upper() if part.shape.is_matrix else LETTERS["softmax"]
    elif isinstance(part, n.Apply):
        preferred = LETTERS.get(part.function, OTHER_LETTERS[0])
    name = next(letter for letter in (preferred, *OTHER_LETTERS) if letter not in taken)
    return n.symbol(name, part.shape)


def recurring_function(value: Node) -> Node | None:
    """Return the largest softmax, or function of more than a name, that the value holds twice."""
    times = Counter(node for node in _written(value) if _is_named_function(node))
    twice = [node for node, count in times.items() if count > 1 and node is not value]
    return max(twice, key=lambda node: node.size, default=None)


def _is_named_function(node: Node) -> bool:
    if isinstance(node, n.Softmax):
        return True
    return isinstance(node, n.Apply) and bool(node.shape.axes) and not isinstance(node.operands[0], Symbol)


def _written(node: Node) -> Iterator[Node]:
    """Yield every part as often as it is written."""
    yield node
    for operand in node.operands:
        yield from _written(operand)


def _recurring_solution(value: Node) -> Node | None:
    """Return C⁻¹ y for a symmetric C if it stands in the value twice, as y′C⁻¹ too."""
    times: Counter[tuple[Node, Node]] = Counter()
    for product in (node for node in _written(value) if isinstance(node, n.Product)):
        times.update(pair for _, pair in _solutions(flattened(product)))
    return next((build.product(*pair) for pair, count in times.items() if count > 1), None)


def _solutions(factors: list[Node]) -> Iterator[tuple[int, tuple[Node, Node]]]:
    """Yield the places of neighbours C⁻¹ y, and of y′C⁻¹, with C⁻¹ and y."""
    for place, (first, second) in enumerate(pairwise(factors)):
        if isinstance(first, n.Inverse) and second.shape.is_vector and is_symmetric(first):
            yield place, (first, second)
        if isinstance(second, n.Inverse) and first.shape.is_row and is_symmetric(second):
            yield place, (second, build.transpose(first))


def _with_solution(value: Node, part: Node, name: Symbol) -> Node:
    """Return the value with the name for C⁻¹ y, and its transpose for y′C⁻¹."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, n.Product):
            return None
        factors = flattened(node)
        for place, pair in _solutions(factors):
            if build.product(*pair) is part:
                found = name if factors[place] is pair[0] else build.transpose(name)
                rest = build.product(*factors[:place], found, *factors[place + 2 :])
                return transform(rest, change)
        return rebuild(node, tuple(transform(operand, change) for operand in node.operands))

    return transform(value, change)
