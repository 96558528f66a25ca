"""Small readable points for a worked example: whole numbers and single decimals that respect the declarations.

A good point shows something: a 0 or a 1 on the way (an exponent, a logarithm, a factor, a link of the chain) makes what
stands around it vanish or drop out, so that a wrong formula would give the same numbers. Among the points that can be
read, those with the fewest such intermediate values win.

A point depends on the names, the properties and the sizes alone, so that every build finds the same one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, permutations

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import contains, walk
from jacobook.calculus.derivation import Derivation
from jacobook.verification.numeric.array_operations import Array, DomainError, Sizes, side_lengths
from jacobook.verification.numeric.evaluate import Evaluator, derivative_array, outward
from jacobook.verification.points import generator_for
from jacobook.verification.points.imposed import READABLE, has_property, imposed, is_bounded
from jacobook.verification.points.instances import differing, size_names

DIGITS = 4
"""Significant digits that are printed."""
NOISE = 1e-10
"""What is smaller than this is a zero that was rounded."""
SMALLEST, LARGEST = 1e-3, 9999.0
MARGIN = 1e-3
"""The least distance from a rounding boundary, in units of the last digit."""
ATTEMPTS, ENOUGH = 64, 24
SMALL_SIZES = (2, 3, 4)
MOST_CONDITION = 25.0


TRIVIAL_NUMBER, TRIVIAL_ENTRIES = 8.0, 3.0
"""What an intermediate value costs that is 0 or ±1, and an array of nothing else; next to a digit, which costs 1."""


@dataclass(frozen=True, slots=True)
class ExamplePoint:
    """Numbers for the declared variables, with the value of the function and its derivative by the evaluator."""

    values: Mapping[str, Array]
    """As code holds them: scalars 0-D, vectors and rows 1-D, matrices 2-D."""
    value: Array
    derivative: Array
    sizes: Sizes


def example_point(derivation: Derivation) -> ExamplePoint | None:
    """Return the most readable of several points at which the derivative exists and is not zero.

    None where there is none, or where a function is not specified, so that it has no values.
    """
    statement = derivation.statement
    if (
        statement.functions
        or contains(derivation.value, n.FunctionValue)
        or statement.wrt not in statement.declarations
    ):
        return None
    found: list[tuple[float, ExamplePoint]] = []
    steps = intermediate_values(derivation)
    for sizes in _size_assignments(derivation):
        for attempt in range(ATTEMPTS):
            point = _point(derivation, sizes, attempt, steps)
            if point is not None:
                found.append(point)
            if len(found) >= ENOUGH:
                break
        if found:
            return min(found, key=lambda pair: pair[0])[1]
    return None


def intermediate_values(derivation: Derivation) -> tuple[Node, ...]:
    """Return every expression whose value a reader meets on the way: in the links, in the partials, in the result."""
    roots = [link.expression for link in derivation.links]
    roots += [*(partial.value for partial in derivation.partials), derivation.value]
    found = dict.fromkeys(node for root in roots for node in walk(root) if _says_something(node))
    return tuple(found)


def _says_something(node: Node) -> bool:
    """Return whether a node has a value of its own, and one that the choice of a point can change."""
    bound = (n.RunningIndex, n.SolvedSymbol)
    return bool(node.symbols) and not any(isinstance(symbol, bound) for symbol in node.symbols)


def is_trivial(values: Array) -> Array:
    """Return for every number whether it is 0, 1 or −1, or would look like one of them."""
    size = np.abs(values)
    return np.asarray((size < SMALLEST) | (np.abs(size - 1.0) < SMALLEST))


def printed_number(value: float) -> str:
    """Return a number with four significant digits, true zeros as 0."""
    return "0" if abs(value) < NOISE else f"{value:.{DIGITS}g}"


def is_printable(values: Array) -> bool:
    """Return whether every number is finite, zero or of moderate size, and far from where its last digit changes."""
    return all(_is_printable(float(value)) for value in values.flat)


def _is_printable(value: float) -> bool:
    size = abs(value)
    if size < NOISE:
        return True
    if not SMALLEST <= size <= LARGEST:
        return False
    units = size / 10.0 ** (np.floor(np.log10(size)) - DIGITS + 1)
    return bool(abs(units - np.floor(units) - 0.5) > MARGIN)


def _size_assignments(derivation: Derivation) -> Iterator[dict[str, int]]:
    """Yield small sizes, distinct where there are several, then other orders of them; all equal ones last."""
    definitions = derivation.statement.definitions
    everything = [*derivation.statement.declarations, *definitions, *definitions.values(), derivation.value]
    names, least = size_names(everything), least_sizes(everything)
    number = len(names)
    small = [SMALL_SIZES[k] if k < len(SMALL_SIZES) else 2 for k in range(number)]
    orders = [tuple(small), *sorted(set(permutations(small)) - {tuple(small)})][:8] if number <= 4 else [tuple(small)]
    for order in [*orders, (3,) * number, (2,) * number, (1,) * number]:
        taken: set[int] = set()
        sizes = dict(zip(names, order, strict=True))
        for name in names:
            if sizes[name] < least.get(name, 1):
                sizes[name] = next(k for k in count(least[name]) if k not in taken)
            taken.add(sizes[name])
        yield differing(sizes, least)


def _point(
    derivation: Derivation, sizes: Sizes, attempt: int, steps: Collection[Node]
) -> tuple[float, ExamplePoint] | None:
    """Return a point with what it costs to read it and how little it shows; None where it does not fit."""
    statement = derivation.statement
    definitions = derivation.all_definitions
    definitions.pop(statement.wrt, None)
    values = {symbol: readable_value(symbol, sizes, attempt) for symbol in statement.declarations}
    for symbol, value in values.items():
        if not all(has_property(value, name) for name in symbol.properties):
            return None
        if "invertible" in symbol.properties and np.linalg.cond(value[0]) > MOST_CONDITION:
            return None
    point = Evaluator(values, sizes, definitions)
    try:
        of = definitions[statement.function]
        derivative = derivative_array(point, of, statement.wrt)
        value = outward(point.value(of), of.shape)
        point.value(derivation.value)
    except DomainError:
        return None
    if not (is_printable(value) and is_printable(derivative)) or np.all(np.abs(derivative) < NOISE):
        return None
    found = ExamplePoint({s.name: outward(v, s.shape) for s, v in values.items()}, value, derivative, sizes)
    return _effort(found) + _triviality(point, steps), found


def _triviality(point: Evaluator, steps: Collection[Node]) -> float:
    """Return what the intermediate values cost that show nothing."""
    cost = 0.0
    for node in steps:
        try:
            trivial = is_trivial(point.value(node))
        except DomainError:
            continue
        cost += (
            TRIVIAL_NUMBER * float(trivial.all()) if node.shape.is_scalar else TRIVIAL_ENTRIES * float(trivial.mean())
        )
    return cost


def readable_value(symbol: Symbol, sizes: Sizes, attempt: int) -> Array:
    """Return a small readable value, an array (1, rows, columns): whole numbers at first, then also single decimals.

    It has the declared properties, except that a matrix may not turn out invertible.
    """
    rows, columns = side_lengths(symbol.shape, sizes)
    properties = symbol.properties
    random = generator_for("example", symbol.name, *sorted(properties), symbol.shape.kind.value, rows, columns, attempt)
    if "whole" in properties:
        return np.full((1, 1, 1), float(2 + attempt % 2))
    unit = 1.0 if attempt % 2 == 0 else 10.0
    pool = np.array([1, 2, 3]) if unit == 1.0 else np.array([2, 4, 5, 6, 8, 10, 12, 15])
    entries = random.choice(pool, (rows, columns))
    if "positive" not in properties:
        signs = random.choice([1, 1, -1], (rows, columns))
        zeros = random.random((rows, columns)) < (0.1 if min(rows, columns) > 1 else 0.0)
        entries = np.where(zeros, 0, signs * entries)
    if is_bounded(properties):
        entries = np.where(entries == 0, unit, entries)
    if symbol.shape.is_square:
        entries = _with_structure(entries, properties)
    return np.asarray(imposed(entries / unit, properties, READABLE)[None])


def _with_structure(entries: Array, properties: frozenset[str]) -> Array:
    """Return a square array with the structure that is declared; a positive-definite one by a dominant diagonal."""
    if "diagonal" in properties:
        entries = np.diag(np.diag(entries))
    elif properties & {"symmetric", "positive-definite"}:
        entries = np.triu(entries) + np.triu(entries, 1).T
    if "positive-definite" in properties:
        off = entries - np.diag(np.diag(entries))
        entries = off + np.diag(np.abs(off).sum(axis=1) + np.maximum(np.abs(np.diag(entries)), 1))
    return entries


def _effort(point: ExamplePoint) -> float:
    """Return how much there is to read: digits, and more for numbers that show little.

    Those are zeros, ones, equal numbers, and a matrix that happens to be symmetric, which would hide a transpose.
    """
    given = [printed_number(float(value)) for array in point.values.values() for value in array.flat]
    scalars = [printed_number(float(array)) for array in point.values.values() if not array.ndim]
    return (
        _dullness(point.derivative)
        + 0.5 * _dullness(point.value)
        + float(point.value.size == 1 and abs(float(point.value.flat[0])) == 1)
        + sum(map(len, given)) / max(len(given), 1)
        + sum(_sameness(array) for array in point.values.values())
        + (2.0 * (1 - len(set(scalars)) / len(scalars)) + scalars.count("1") if scalars else 0.0)
    )


def _dullness(values: Array) -> float:
    """Return the mean number of digits, and more for zeros and for equal numbers."""
    texts = [printed_number(float(value)) for value in values.flat]
    digits, zeros = sum(map(len, texts)) / len(texts), texts.count("0") / len(texts)
    return digits + 4.0 * zeros + (2.0 * (1 - len(set(texts)) / len(texts)))


def _sameness(values: Array) -> float:
    """Return a penalty for equal entries, for zeros, and for symmetry; the same for all points where it is declared.

    A vector of equal numbers hides which entry goes where: a softmax of it is constant.
    """
    if values.ndim == 0:
        return 0.0
    distinct = np.unique(values).size
    found = 1.0 - distinct / values.size + 2.0 * float(np.mean(values == 0))
    if values.size > 1 and distinct == 1:
        found += TRIVIAL_NUMBER
    is_square = values.ndim == 2 and values.shape[0] == values.shape[1] > 1
    return found + (2.0 if is_square and np.array_equal(values, values.T) else 0.0)
