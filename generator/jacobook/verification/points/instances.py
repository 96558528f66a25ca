"""Random points that respect the declarations, for several assignments of sizes.

A point is determined by what it is for (names, properties, shapes, sizes, the number of the attempt), through
CRC-32, so that a rebuild is byte-identical. No value is symmetric or otherwise special unless declared so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from types import MappingProxyType

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import LeastSizes
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Derivation
from jacobook.verification.numeric.array_operations import (
    Array,
    DomainError,
    Sizes,
    TooLargeArrayError,
    side_lengths,
)
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points import generator_for
from jacobook.verification.points.imposed import imposed, is_bounded

ATTEMPTS = 48
LARGE_SIDE = 24
"""A matrix with a longer side than this is scaled down; the sizes that are drawn are smaller."""
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)
MOST_ENTRIES = 5000
"""How many entries all nodes of a derivation may have together at sizes that need not be tried."""
MANY_ENTRIES = 3_000_000
"""How many entries all nodes of a derivation may have together at any sizes."""
NO_LEAST: Mapping[str, int] = MappingProxyType({})
Properties = Mapping[Symbol, frozenset[str]]


def size_names(expressions: Iterable[Node]) -> tuple[str, ...]:
    """Return the names of all sizes in the expressions, sorted."""
    found: set[str] = set()
    for expression in expressions:
        for node in walk(expression):
            found.update(node.shape.rows.names, node.shape.columns.names)
            for parameter in node.parameters:
                found.update(_sizes_in(parameter))
    return tuple(sorted(found))


def sizes_of(derivation: Derivation) -> tuple[Dimension, ...]:
    """Return the sizes that the definitions of a derivation have by names: also those of slices alone, `w[1:p]`."""
    return tuple(Dimension.of(name) for name in size_names(derivation.all_definitions.values()))


def _sizes_in(parameter: object) -> Iterator[str]:
    """Yield the names of sizes in a parameter of a node: a dimension, an index, or several positions."""
    match parameter:
        case Dimension():
            yield from parameter.names
        case n.Index():
            yield from parameter.dimension.names
        case n.Pair():
            yield from _sizes_in((parameter.major, parameter.minor))
        case tuple():
            for part in parameter:
                yield from _sizes_in(part)


def size_assignments(names: tuple[str, ...], least: Mapping[str, int] = NO_LEAST) -> tuple[dict[str, int], ...]:
    """Return the assignments of sizes to try.

    Distinct primes up and down; an even size above 2; all sizes equal; the first and the last size 1. Fixed
    sizes have one assignment, the empty one. Sizes that must be larger (`least`) are, and stay distinct.
    """
    if not names:
        return ({},)
    number = len(names)
    primes = [PRIMES[i % len(PRIMES)] for i in range(number)]
    even = [4, *(3, 2, 5, 7, 11, 13, 17)][:number] + primes[8:]
    if number == 1:
        rows = [[3], [2], [4], [5], [1]]
    else:
        rows = [primes, primes[::-1], even, [3] * number, [1, *primes[1:]], [*primes[1:], 1]]
    found = [differing(_enlarged(dict(zip(names, row, strict=True)), least), least) for row in rows]
    return tuple({tuple(sizes.values()): sizes for sizes in found}.values())


def differing(sizes: dict[str, int], least: Mapping[str, int]) -> dict[str, int]:
    """Return the sizes with those made larger from which others are taken away, as in N − M."""
    return least.enlarged(sizes) if isinstance(least, LeastSizes) else sizes


def affordable_assignments(
    assignments: tuple[dict[str, int], ...], nodes: Iterable[Node], most: int = MANY_ENTRIES
) -> tuple[dict[str, int], ...]:
    """Return the assignments without those at which the nodes have more than `most` entries together.

    A Kronecker product of Kronecker products fills the memory of a machine at size 5 and shows as much at size 3. The
    smallest distinct sizes are never left out.
    """
    shapes = [node.shape for node in set(nodes)]

    def entries(sizes: Sizes) -> int:
        return sum(math.prod(side_lengths(shape, sizes)) for shape in shapes)

    distinct = [sizes for sizes in assignments if 1 not in sizes.values() and len({*sizes.values()}) == len(sizes)]
    if not distinct:
        return assignments
    smallest = min(distinct, key=entries)
    return tuple(sizes for sizes in assignments if sizes is smallest or entries(sizes) <= most)


def few_assignments(assignments: tuple[dict[str, int], ...], nodes: Iterable[Node]) -> tuple[dict[str, int], ...]:
    """Return those of the assignments that show most, for where time is short: distinct sizes twice, and a size 1."""
    distinct = [sizes for sizes in assignments if 1 not in sizes.values() and len({*sizes.values()}) == len(sizes)]
    if not distinct:
        return assignments[:1]
    kept = [*distinct, *[sizes for sizes in assignments if 1 in sizes.values()][:1]]
    small = affordable_assignments(tuple(kept), nodes, MOST_ENTRIES)
    several = [sizes for sizes in small if sizes in distinct]
    return tuple(sizes for sizes in small if sizes not in several[2:])


def _enlarged(sizes: dict[str, int], least: Mapping[str, int]) -> dict[str, int]:
    """Return the sizes with those that are too small made large enough, equal ones alike and others distinct."""
    small = {name for name, size in sizes.items() if size < least.get(name, 1)}
    if len(sizes) > 1 and len(set(sizes.values())) == 1 and small:
        return dict.fromkeys(sizes, max(least.values()))
    result = dict(sizes)
    for name in sorted(small):
        others = {size for other, size in result.items() if other != name}
        result[name] = next(size for size in count(least[name]) if size not in others)
    return result


def _square(random: np.random.Generator, size: int, properties: frozenset[str]) -> Array:
    """Return a square matrix with the properties, its eigen- or singular values well away from 0."""
    best, best_condition = None, np.inf
    for _ in range(20):
        drawn = _entries(random, (size, size), "positive" in properties)
        if "diagonal" in properties:
            drawn = np.diag(np.abs(np.diag(drawn)) if "positive-definite" in properties else np.diag(drawn))
        elif "positive-definite" in properties:
            drawn = drawn @ drawn.T / size + 0.4 * np.eye(size)
        elif "symmetric" in properties:
            drawn = (drawn + drawn.T) / 2
        drawn = imposed(drawn, properties)
        condition = float(np.linalg.cond(drawn))
        if best is None or condition < best_condition:
            best, best_condition = drawn, condition
        if condition < 25:
            break
    assert best is not None
    return best


def _entries(random: np.random.Generator, shape: tuple[int, int], positive: bool) -> Array:
    sizes = random.uniform(0.25, 1.5, shape)
    return sizes if positive else sizes * random.choice([-1.0, 1.0], shape)


def _whole_number(name: str, sizes: Sizes, attempt: int) -> int:
    """Return one of 1 … 4, all of which come in turn."""
    numbers = generator_for("whole", name).permutation(4)
    turn = attempt + sum(place * size for place, size in enumerate(sizes.values(), 1))
    return 1 + int(numbers[turn % 4])


def draw_value(symbol: Symbol, sizes: Sizes, attempt: int, properties: frozenset[str] = frozenset()) -> Array:
    """Return a value for the symbol, an array (1, rows, columns).

    Further properties may be asked of it. Later attempts vary sign and magnitude to find narrow domains.
    """
    properties |= symbol.properties
    if "whole" in properties:
        return np.full((1, 1, 1), float(_whole_number(symbol.name, sizes, attempt)))
    rows, columns = side_lengths(symbol.shape, sizes)
    words = [symbol.name, *sorted(properties), symbol.shape.kind.value, rows, columns, attempt]
    random = generator_for(*words)
    scale, sign = 1.0, 0
    if attempt >= 8:
        scale = float(random.choice([0.3, 0.6, 1.0, 2.5]))
        sign = int(random.choice([-1, 0, 1, 1]))
    bounded = is_bounded(properties)
    if bounded and not symbol.shape.is_square:
        drawn = imposed(_entries(random, (rows, columns), "positive" in properties), properties)
    elif symbol.shape.is_square and properties:
        drawn = _square(random, rows, properties)
    else:
        drawn = _entries(random, (rows, columns), "positive" in properties)
        if sign and "positive" not in properties:
            drawn = sign * np.abs(drawn)
    if bounded:
        scale = 1.0
    elif symbol.shape.is_matrix and max(rows, columns) > LARGE_SIDE:
        scale /= float(np.sqrt(max(rows, columns)))  # so that products of large matrices stay moderate
    return scale * drawn[None]


def draw_direction(symbol: Symbol, sizes: Sizes, attempt: int) -> Array:
    """Return a random direction for the differential of a symbol: its entries are independent.

    A whole number does not vary.
    """
    if "whole" in symbol.properties:
        return np.zeros((1, 1, 1))
    rows, columns = side_lengths(symbol.shape, sizes)
    random = generator_for("d", symbol.name, rows, columns, attempt)
    return np.asarray(random.uniform(-1.0, 1.0, (1, rows, columns)))


class Instances:
    """All points of one derivation: a supply for every assignment of sizes, each made once."""

    def __init__(self, symbols: Iterable[Symbol], definitions: Mapping[Symbol, Node]) -> None:
        self.definitions = dict(definitions)
        used = {symbol for body in definitions.values() for symbol in body.symbols}
        self.base = frozenset(symbols) | used
        self._points: dict[tuple[object, ...], Evaluator | None] = {}

    def points(self, sizes: Sizes, extra: Properties, free: frozenset[Symbol]) -> Iterator[tuple[int, Evaluator]]:
        """Yield numbered points at which every name of the chain has a value.

        `extra` are properties beyond the declared ones; names in `free` are drawn though defined.
        """
        for attempt in range(ATTEMPTS):
            key = (tuple(sorted(sizes.items())), frozenset(extra.items()), free, attempt)
            if key not in self._points:
                self._points[key] = self._point(sizes, attempt, extra, free)
            point = self._points[key]
            if point is not None:
                yield attempt, point

    def _point(self, sizes: Sizes, attempt: int, extra: Properties, free: frozenset[Symbol]) -> Evaluator | None:
        definitions = {name: body for name, body in self.definitions.items() if name not in free}
        drawn = [symbol for symbol in self.base | free if symbol not in definitions]
        values = {s: draw_value(s, sizes, attempt, extra.get(s, frozenset())) for s in drawn}
        point = Evaluator(values, sizes, definitions)
        try:
            for name in definitions:
                point.value(name)
        except DomainError:
            return None
        except TooLargeArrayError:  # what does not need that name can be checked all the same
            return point
        return point
