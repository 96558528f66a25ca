"""Both sides of a rule written out in entries: sums of products of numbers, and the differentials of these.

An entry of an array is a number, so only the rules for numbers are used here: sum, product, power, and the derivatives
of named functions. Two sides with the same sums of products are equal; that is how the generated proofs decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node, Pair, Position, Symbol, extent_of
from jacobook.algebra.shapes import ONE, Dimension
from jacobook.algebra.terms import merge_scalars
from jacobook.calculus.component_route.entries import Components, name_of
from jacobook.calculus.component_route.monomials import Monomial, constant, joined_monomials, sum_node
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.derivatives import derivative_at

Sum = list[Monomial]
ROWS, COLUMNS = ("i", "p", "r"), ("j", "q", "s")
BOUND = ("k", "l", "m", "h", "g", "o", "w", "v", "u", *(f"k{number}" for number in range(1, 99)))


class WrittenOut(Components):
    """Writes everything out, also constants, with the differentials of the symbols that vary."""

    def __init__(self, varying: frozenset[Symbol]) -> None:
        super().__init__(n.symbol(""), ())
        self.varying = varying
        self.functions: dict[str, None] = {}
        """The named functions whose derivatives were used."""

    @staticmethod
    def _stays_whole(node: Node) -> bool:
        return False

    def entry(self, node: Node, *places: Position) -> Sum:
        """Return the entry of the node at the places as a sum of monomials (none for zero)."""
        match node:
            case n.Differential():
                return self.differential(self.entry(node.operands[0], *places))
            case n.Divide() | n.HadamardDivide():
                above, below = (
                    self.entry(operand, *(() if operand.shape.is_scalar else places)) for operand in node.operands
                )
                return [m.times(_inverted(below)) for m in above]
            case n.Power() | n.HadamardPower() if isinstance(node.operands[1], n.Number):
                if node.shape.is_matrix and isinstance(node, n.Power):
                    return self._matrix_power(node, places)
                return [_raised(self.entry(node.operands[0], *places), node.operands[1].value)]
            case n.Apply():
                return [constant(build.apply(node.function, sum_node(self.entry(node.operands[0], *places))))]
            case n.Diag():
                delta = Monomial(Fraction(1), (), ((places[0], places[1]),))
                return [delta.times(m) for m in self.entry(node.operands[0], places[0])]
            case n.Norm1():
                return self.entry(build.entry_sum(build.apply("abs", node.operands[0])))
        return super().entry(node, *places)

    def _split(
        self, position: Position, major: Dimension, minor: Dimension
    ) -> tuple[tuple[Position, Position], Monomial]:
        """Return a place of a product of sizes as its two parts; pairs of pairs may be cut anywhere."""
        leaves = _leaves(position)
        for cut in range(1, len(leaves)):
            first, second = _paired(leaves[:cut]), _paired(leaves[cut:])
            if (extent_of(first), extent_of(second)) == (major, minor):
                return (first, second), Monomial(Fraction(1))
        return super()._split(position, major, minor)

    # -- differentials of numbers -------------------------------------------------------------------------------------

    def differential(self, monomials: Sum) -> Sum:
        """Return the differential of a sum of products of numbers: one term for each factor that varies."""
        found: Sum = []
        for monomial in monomials:
            for at, (base, exponent) in enumerate(monomial.factors):
                before, after = monomial.factors[:at], monomial.factors[at + 1 :]
                left = (*before, *(((base, exponent - 1),) if exponent != 1 else ()))
                front = Monomial(monomial.coefficient * exponent, left, monomial.deltas, monomial.bound)
                back = Monomial(Fraction(1), after)
                found += [front.times(inner).times(back) for inner in self._of_base(base)]
        return found

    def _of_base(self, base: Node) -> Sum:
        """Return the differential of one number."""
        if base.symbols.isdisjoint(self.varying):
            return []
        match base:
            case n.Symbol() | n.Entry(operands=(n.Symbol(),)):
                return [constant(build.differential(base))]
            case n.Apply():
                self.functions[base.function] = None
                inner = base.operands[0]
                slope = self.entry(derivative_at(base.function, inner))
                return [a.times(b) for a, b in product(slope, self.differential(self.entry(inner)))]
        of = f"the entries of {name_of(base.operands[0])}" if isinstance(base, n.Entry) else name_of(base)
        raise Refusal(f"no proof in entries covers {of}")


def _inverted(below: Sum) -> Monomial:
    return _raised(below, Fraction(-1))


def _raised(base: Sum, exponent: Fraction) -> Monomial:
    """Return a number to a power; a product factor by factor."""
    if len(base) == 1 and not base[0].bound and not base[0].deltas and base[0].coefficient == 1:
        return Monomial(Fraction(1), merge_scalars((b, e * exponent) for b, e in base[0].factors))
    return Monomial(Fraction(1), ((sum_node(base), exponent),))


def _leaves(position: Position) -> list[Position]:
    return [*_leaves(position.major), *_leaves(position.minor)] if isinstance(position, Pair) else [position]


def _paired(leaves: list[Position]) -> Position:
    return leaves[0] if len(leaves) == 1 else Pair(leaves[0], _paired(leaves[1:]))


# -- places of entries -----------------------------------------------------------------------------------------------


def places_of(node: Node) -> tuple[Position, ...]:
    """Return named places for an entry of the node: i, j, and pairs where stacking or ⊗ numbers by pairs."""
    rows, columns = iter(ROWS), iter(COLUMNS)
    row, column = _row_and_column(node, rows, columns)
    if node.shape.is_matrix:
        return row, column
    return () if node.shape.is_scalar else (column,) if node.shape.is_row else (row,)


def _row_and_column(node: Node, rows: Iterator[str], columns: Iterator[str]) -> tuple[Position, Position]:
    """Return the places of rows and of columns; the one that the kind of the node lacks is 1."""
    match node:
        case n.Differential() | n.Negate() | n.Add():
            return _row_and_column(node.operands[0], rows, columns)
        case n.Transpose() if node.shape.is_matrix:
            column, row = _row_and_column(node.operands[0], columns, rows)
            return row, column
        case n.Vec():
            row, column = _row_and_column(node.operands[0], rows, columns)
            return Pair(column, row), ONE
        case n.Kronecker() if node.shape.is_matrix and all(operand.shape.is_matrix for operand in node.operands):
            first, second = (_row_and_column(operand, rows, columns) for operand in node.operands)
            return Pair(first[0], second[0]), Pair(first[1], second[1])
        case n.KhatriRao():
            (row, column), (other, _) = (_row_and_column(operand, rows, columns) for operand in node.operands)
            return Pair(row, other), column
    shape = node.shape
    if shape.is_row:
        return ONE, Index(next(rows), shape.columns)
    across = Index(next(columns), shape.columns) if shape.is_matrix else ONE
    return Index(next(rows), shape.rows) if not shape.is_scalar else ONE, across


# -- showing and comparing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a rule at an entry: its sum of products, with letters for the indices of sums."""

    monomials: tuple[Monomial, ...]
    node: Node


def side(monomials: Iterable[Monomial]) -> Side:
    """Return the sum with every Kronecker delta used that a sum sifts, like terms joined, and letters for indices."""
    return _shown(joined_monomials(map(_sifted, monomials)))


def unsifted(monomials: Iterable[Monomial]) -> Side | None:
    """Return the sum with its Kronecker deltas still there, None where no sum sifts one or where they contain pairs."""
    found = list(monomials)
    deltas = [delta for monomial in found for delta in monomial.deltas]
    bound = {index for monomial in found for index in monomial.bound}
    if not bound & {place for delta in deltas for place in delta if isinstance(place, Index)}:
        return None
    if any(isinstance(place, Pair) for delta in deltas for place in delta):
        return None
    return _shown(found)


def _shown(monomials: Sum) -> Side:
    lettered = tuple(map(_lettered, monomials))
    return Side(lettered, sum_node(list(lettered)))


def _sifted(monomial: Monomial) -> Monomial:
    """Return the monomial sifted, pairs of pairs compared part by part, and x_j δ_ij as x_i δ_ij."""
    current = monomial.sifted()
    while (split := _split_pairs(current)) != current:
        current = split.sifted()
    for a, b in current.deltas:
        if isinstance(a, Index) and isinstance(b, Index):
            first, second = sorted((a, b), key=lambda index: index.name)
            rest = tuple(delta for delta in current.deltas if delta != (a, b))
            without = Monomial(current.coefficient, current.factors, rest, current.bound).replaced(second, first)
            current = Monomial(without.coefficient, without.factors, (*without.deltas, (first, second)), current.bound)
    return current


def _split_pairs(monomial: Monomial) -> Monomial:
    deltas: list[tuple[Position, Position]] = []
    for a, b in monomial.deltas:
        first, second = _leaves(a), _leaves(b)
        fits = len(first) == len(second) > 1 and list(map(extent_of, first)) == list(map(extent_of, second))
        deltas += zip(first, second, strict=True) if fits else [(a, b)]
    return Monomial(monomial.coefficient, monomial.factors, tuple(deltas), monomial.bound)


def _lettered(monomial: Monomial) -> Monomial:
    taken = {index.name for index in monomial.indices_of() - set(monomial.bound)}
    taken |= {symbol.name for base, _ in monomial.factors for symbol in base.symbols}
    names = (name for name in BOUND if name not in taken)
    used = monomial.indices_of()
    bound = sorted(monomial.bound, key=lambda index: index not in used)
    new = {index: Index(name, index.dimension) for index, name in zip(bound, names, strict=False)}
    current = Monomial(monomial.coefficient, monomial.factors, monomial.deltas)
    for index in bound:
        current = current.replaced(index, new[index])
    return Monomial(current.coefficient, current.factors, current.deltas, tuple(new.values()))


def same(left: Side, right: Side) -> bool:
    """Return whether the two sums hold the same products (a renamed index of a sum makes no difference)."""
    return not joined_monomials([*left.monomials, *(monomial.scaled(Fraction(-1)) for monomial in right.monomials)])


def varying_in(*nodes: Node) -> frozenset[Symbol]:
    """Return the symbols whose differentials occur in the expressions."""
    found: set[Symbol] = set()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, n.Differential) and isinstance(node.operands[0], Symbol):
            found.add(node.operands[0])
        stack.extend(node.operands)
    return frozenset(found)
