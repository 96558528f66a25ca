"""Arithmetic of whole exponents: one form for equal ones, and the least value that they can have.

A whole exponent is a polynomial in declared whole numbers and sizes (each at least 1) and in running indices (each
between its bounds).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from itertools import product

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import decimal, is_whole
from jacobook.algebra.shapes import Dimension

Polynomial = dict[tuple[Node, ...], Fraction]


def is_symbolic(exponent: Node) -> bool:
    """Return whether the exponent is a whole number, but not a known one."""
    return not isinstance(exponent, n.Number) and is_whole(exponent)


def total(exponents: Iterable[Node]) -> Node:
    """Return the sum of whole exponents in its one form, such as k − 1 − r."""
    found: Polynomial = {}
    for exponent in exponents:
        found = _add(found, _polynomial(exponent))
    return _node(found)


def plain_exponent(exponent: Node) -> Node:
    """Return the exponent in its one form."""
    return total((exponent,))


def times(exponent: Node, number: int | Fraction | Node) -> Node:
    """Return a multiple of the exponent in its one form."""
    other = number if isinstance(number, Node) else build.number(number)
    return _node(_times(_polynomial(exponent), _polynomial(other)))


def least(exponent: Node) -> Fraction | None:
    """Return a number that the exponent is never below, None where none is known.

    A running index is replaced by the bound at which the exponent is least, innermost index first; declared whole
    numbers and sizes are at least 1.
    """
    found = _polynomial(exponent)
    while indices := {atom for atoms in found for atom in atoms if isinstance(atom, n.RunningIndex)}:
        index = next(i for i in indices if not any(i in _bounds(other) for other in indices if other is not i))
        slope = {tuple(a for a in atoms if a is not index): c for atoms, c in found.items() if index in atoms}
        if any(index in atoms for atoms in slope) or set(slope) != {()}:
            return None
        rest = {atoms: c for atoms, c in found.items() if index not in atoms}
        bound = index.lower if slope[()] > 0 else index.upper
        found = _add(rest, _times(_polynomial(bound), slope))
    shifted: Polynomial = {}
    for atoms, coefficient in found.items():  # every atom is 1 + a with a ≥ 0
        part: Polynomial = {(): coefficient}
        for atom in atoms:
            part = _times(part, {(): Fraction(1), (atom,): Fraction(1)})
        shifted = _add(shifted, part)
    constant = shifted.pop((), Fraction(0))
    return None if any(coefficient < 0 for coefficient in shifted.values()) else constant


def is_nonnegative(exponent: Node) -> bool:
    """Return whether the exponent is known to be at least 0."""
    smallest = least(exponent)
    return smallest is not None and smallest >= 0


def is_nonpositive(exponent: Node) -> bool:
    """Return whether the exponent is known to be at most 0."""
    return is_nonnegative(times(exponent, -1))


def count(index: n.RunningIndex) -> Node | None:
    """Return how many numbers a running index takes, None where upper − lower + 1 might be negative."""
    if any(not runs_alike(index, number) for number in index.excluded) or len(index.excluded) > 1:
        return None
    found = total((index.upper, times(index.lower, -1), build.number(1 - len(index.excluded))))
    return found if is_nonnegative(found) else None


def size_of_number(number: Node) -> Dimension | None:
    """Return a whole number that is made of numbers and sizes, such as dim(N) − 1, as a size; it may be 0 or less."""
    match number:
        case n.SizeOf():
            return number.dimension
        case n.Number() if number.value.denominator == 1:
            return Dimension(int(number.value))
        case n.Negate():
            inside = size_of_number(number.operands[0])
            return None if inside is None else Dimension(0) - inside
        case n.Add():
            parts = [part for operand in number.operands if (part := size_of_number(operand)) is not None]
            return reduce(lambda a, b: a + b, parts) if len(parts) == len(number.operands) else None
    return None


def runs_alike(index: n.RunningIndex, other: Node) -> bool:
    """Return whether the other is an index with the same bounds: then it is one of the numbers of this one."""
    return isinstance(other, n.RunningIndex) and (other.lower, other.upper) == (index.lower, index.upper)


def _bounds(index: n.RunningIndex) -> frozenset[n.Symbol]:
    return index.lower.symbols | index.upper.symbols


def _polynomial(node: Node) -> Polynomial:
    match node:
        case n.Number():
            return {(): node.value} if node.value else {}
        case n.Add():
            found: Polynomial = {}
            for operand in node.operands:
                found = _add(found, _polynomial(operand))
            return found
        case n.Negate():
            return _times(_polynomial(node.operands[0]), {(): Fraction(-1)})
        case n.Product():
            found = {(): Fraction(1)}
            for operand in node.operands:
                found = _times(found, _polynomial(operand))
            return found
    return {(node,): Fraction(1)}


def _add(left: Polynomial, right: Polynomial) -> Polynomial:
    found = dict(left)
    for atoms, coefficient in right.items():
        found[atoms] = found.get(atoms, Fraction(0)) + coefficient
    return {atoms: coefficient for atoms, coefficient in found.items() if coefficient}


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for (a, c), (b, d) in product(left.items(), right.items()):
        atoms = tuple(sorted(a + b, key=_name))
        found[atoms] = found.get(atoms, Fraction(0)) + c * d
    return {atoms: coefficient for atoms, coefficient in found.items() if coefficient}


def _name(atom: Node) -> tuple[bool, str, str]:
    name = atom.name if isinstance(atom, n.Symbol) else str(atom.parameters)
    return isinstance(atom, n.RunningIndex), name, repr(atom)


def _node(polynomial: Polynomial) -> Node:
    """Return the polynomial as it is read: k − 1 − r, n + k, r + 1, 2 − r, −k."""
    if not polynomial:
        return build.ZERO

    def place(atoms: tuple[Node, ...]) -> tuple[int, list[tuple[bool, str, str]]]:
        positive, running = polynomial[atoms] > 0, any(isinstance(atom, n.RunningIndex) for atom in atoms)
        if not atoms:
            return 2, []
        return (0 if positive and not running else 1 if not running else 3 if positive else 4), [*map(_name, atoms)]

    ordered = sorted(polynomial, key=place)
    first = next((a for a in ordered if a and polynomial[a] > 0), next((a for a in ordered if polynomial[a] > 0), None))
    if first is not None:
        ordered = [first, *(atoms for atoms in ordered if atoms is not first)]
    return build.add(*(_term(atoms, polynomial[atoms]) for atoms in ordered))


def _term(atoms: tuple[Node, ...], coefficient: Fraction) -> Node:
    if not atoms:
        return build.number(coefficient)
    size = abs(coefficient)
    if size.numerator == 1 and size != 1 and len(atoms) == 1 and decimal(size) is None:  # k/2, not ½ k
        found = build.divide(atoms[0], build.number(size.denominator))
    else:
        found = build.product(*(() if size == 1 else (build.number(size),)), *atoms)
    return build.negate(found) if coefficient < 0 else found
