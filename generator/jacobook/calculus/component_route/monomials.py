"""Sums of monomials: a rational number times scalars and entries, summed over bound indices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import same_place
from jacobook.algebra.nodes import Index, Node, Pair, Position, RunningIndex, indices_in
from jacobook.algebra.shapes import ONE, SCALAR
from jacobook.algebra.terms import Scalars, Term, merge_scalars, term_node
from jacobook.algebra.traverse import free_indices, position_at, substitute, substitute_indices


@dataclass(frozen=True, slots=True)
class Monomial:
    """Σ over `ranges` and `bound` of coefficient × Π base^exponent × Π δ.

    Bases are scalars without indices, or entries of arrays; two monomials that are multiplied have different bound
    indices.
    """

    coefficient: Fraction
    factors: Scalars = ()
    deltas: tuple[tuple[Position, Position], ...] = ()
    bound: tuple[Index, ...] = ()
    ranges: tuple[RunningIndex, ...] = ()
    """Running indices, outermost first."""

    def times(self, other: Monomial) -> Monomial:
        return Monomial(
            self.coefficient * other.coefficient,
            merge_scalars(self.factors + other.factors),
            self.deltas + other.deltas,
            self.bound + other.bound,
            self.ranges + other.ranges,
        )

    def scaled(self, by: Fraction) -> Monomial:
        return replace(self, coefficient=self.coefficient * by)

    def replaced(self, index: Index, by: Position) -> Monomial:
        values = {index: by}
        factors = merge_scalars((substitute_indices(base, values), e) for base, e in self.factors)
        deltas = tuple((position_at(a, values), position_at(b, values)) for a, b in self.deltas)
        return replace(self, factors=factors, deltas=deltas, bound=tuple(b for b in self.bound if b != index))

    def sifted(self) -> Monomial:
        """Return the monomial with every delta that holds a bound index used up: Σ_i δ_ik x_i = x_k.

        A delta of two different fixed places makes it 0.
        """
        current = self
        while (after := current._sifted_once()) is not None:
            current = after
        if any(same_place(a, b) is False for a, b in current.deltas):
            return Monomial(Fraction(0))
        return current

    def _sifted_once(self) -> Monomial | None:
        for place, (a, b) in enumerate(self.deltas):
            rest = (*self.deltas[:place], *self.deltas[place + 1 :])
            if isinstance(a, Pair) and isinstance(b, Pair) and a.minor_size == b.minor_size:
                split = ((a.major, b.major), (a.minor, b.minor))
                return replace(self, deltas=(*rest, *split))
            without = replace(self, deltas=rest)
            if a == b:
                return without
            for this, other in ((a, b), (b, a)):
                if isinstance(this, Index) and this in self.bound and this not in indices_in(other):
                    return without.replaced(this, other)
            if any(isinstance(this, Index) and this.dimension == ONE for this in (a, b)):
                return without
        return None

    def indices_of(self) -> set[Index]:
        """Return all named indices in the factors and deltas."""
        found: set[Index] = set()
        for a, b in self.deltas:
            found |= indices_in(a) | indices_in(b)
        for base, _ in self.factors:
            found |= free_indices(base)
        return found

    def node(self) -> Node:
        """Return the monomial as an expression."""
        deltas: Scalars = tuple((build.delta(a, b), Fraction(1)) for a, b in self.deltas)
        factors = [*self.factors, *deltas]
        held = {index for base, _ in factors for index in free_indices(base)} & set(self.bound)
        # Σ_j δ_jj is N: a delta that is 1 holds its index no more
        unsummed = [index for index in self.bound if index not in held]
        sizes: Scalars = tuple((build.size_of(index.dimension), Fraction(1)) for index in unsummed)
        free = [factor for factor in factors if not free_indices(factor[0]) & held]
        sums: Scalars = tuple(
            (_summed([i for i in self.bound if i in indices], inside), Fraction(1))
            for indices, inside in _connected([factor for factor in factors if factor not in free], held)
        )
        all_factors = merge_scalars((*sizes, *free, *sums))
        if not self.ranges:
            return term_node(Term(self.coefficient, all_factors, ()), SCALAR)
        summand = term_node(Term(Fraction(1), all_factors, ()), SCALAR)
        return term_node(Term(self.coefficient, ((over(self.ranges, summand), Fraction(1)),), ()), SCALAR)


def _connected(factors: list[tuple[Node, Fraction]], bound: set[Index]) -> list[tuple[set[Index], Scalars]]:
    """Return the factors in groups that share no bound index, so that each group is a sum of its own.

    The deltas of a line come from one factor, δ_ik δ_jl from X_ij, and stay in one sum as it did.
    """
    groups: list[tuple[set[Index], list[int]]] = []
    of_deltas = set[Index]().union(*(free_indices(base) & bound for base, _ in factors if isinstance(base, n.Delta)))
    for place, (base, _) in enumerate(factors):
        indices = of_deltas if isinstance(base, n.Delta) else free_indices(base) & bound
        members = [place]
        apart = []
        for other, inside in groups:
            if other & indices:
                indices, members = indices | other, inside + members
            else:
                apart.append((other, inside))
        groups = [*apart, (indices, members)]
    return [(indices, tuple(factors[place] for place in sorted(members))) for indices, members in groups]


def along_paths(monomial: Monomial, free: Sequence[Index]) -> Monomial:
    """Return the monomial with its entries in the order in which the indices run: A_ik B_lp X_pi as B_lp X_pi A_ik.

    So the product of matrices can be read off. A path that runs from columns to rows alone is told backwards, and one
    that leads to a row also where it mostly does: x_i B_ji C_jk is entry k of x′B′C.
    """
    rest = [factor for factor in monomial.factors if free_indices(factor[0])]
    ordered = [factor for factor in monomial.factors if factor not in rest]
    starts = [index for index in free if index in monomial.indices_of()]
    while rest:
        start = starts.pop(0) if starts else _first_index(rest[0][0])
        ordered += _path_from(start, rest, mostly=len(free) == 1)
    return replace(monomial, factors=tuple(ordered))


def _first_index(base: Node) -> Index:
    indices = free_indices(base)
    named = (index for position in _positions(base) for index in _named(position))
    return next((index for index in named if index in indices), min(indices, key=repr))


def _path_from(index: Index, rest: list[tuple[Node, Fraction]], mostly: bool) -> list[tuple[Node, Fraction]]:
    """Return the factors on a path from the index, taken away from the rest; backwards if that needs no transpose.

    With `mostly` it is told backwards if that needs fewer.
    """
    path: list[tuple[Node, Fraction]] = []
    turned = edges = 0
    while True:
        here = [factor for factor in rest if free_indices(factor[0]) == {index}]
        through = next((factor for factor in rest if index in free_indices(factor[0]) and factor not in here), None)
        path += here
        for factor in here:
            rest.remove(factor)
        if through is None:
            backwards = 2 * turned > edges if mostly else edges and turned == edges
            return path[::-1] if backwards else path
        rest.remove(through)
        path.append(through)
        edges += 1
        turned += _first_index(through[0]) != index
        index = next((other for other in _indices_in_order(through[0]) if other != index), index)


def _indices_in_order(base: Node) -> list[Index]:
    indices = free_indices(base)
    return [index for position in _positions(base) for index in _named(position) if index in indices]


def _summed(indices: list[Index], factors: Scalars) -> Node:
    return build.index_sums(indices, term_node(Term(Fraction(1), factors, ()), SCALAR))


def over(ranges: tuple[RunningIndex, ...], body: Node) -> Node:
    """Return the sum of the body over the running indices, outermost first."""
    for index in reversed(ranges):
        body = build.bounded_sum(index, body)
    return body


def constant(node: Node) -> Monomial:
    """Return the monomial of a scalar without indices, or of an entry."""
    if isinstance(node, n.Number):
        return Monomial(node.value)
    if isinstance(node, n.Delta):
        return Monomial(Fraction(1), (), (node.positions,))
    return Monomial(Fraction(1), ((node, Fraction(1)),))


def canonical_monomial(monomial: Monomial) -> Monomial:
    """Return the monomial with bound indices numbered in order of appearance, so that equal ones look equal."""
    monomial = _with_plain_ranges(monomial)
    order = sorted(monomial.factors, key=lambda factor: (_shape_key(factor[0], monomial.bound), factor[1]))
    names = (f"#{k}" for k in count(1))
    renaming: dict[Index, Position] = {}
    places = [p for base, _ in order for p in _positions(base)]
    places += [p for pair in monomial.deltas for p in pair]
    for position in places:
        for index in _named(position):
            if index in monomial.bound and index not in renaming:
                renaming[index] = Index(next(names), index.dimension)
    for index in monomial.bound:
        renaming.setdefault(index, Index(next(names), index.dimension))
    factors = merge_scalars((substitute_indices(base, renaming), e) for base, e in order)

    deltas = tuple(sorted(((position_at(a, renaming), position_at(b, renaming)) for a, b in monomial.deltas), key=repr))
    renamed = [index for index in renaming.values() if isinstance(index, Index)]
    bound = tuple(sorted(renamed, key=lambda index: (len(index.name), index.name)))
    factors = tuple(sorted(factors, key=lambda factor: (repr(factor[0]), factor[1])))
    return Monomial(monomial.coefficient, factors, deltas, bound, monomial.ranges)


def _with_plain_ranges(monomial: Monomial) -> Monomial:
    """Return the monomial with running indices that are named by their places."""
    renaming: dict[Node, Node] = {}
    for place, index in enumerate(monomial.ranges):
        bounds = (substitute(bound, renaming) for bound in (index.lower, index.upper))
        renaming[index] = build.running_index(f"#{place}", *bounds)
    factors = merge_scalars((substitute(base, renaming), e) for base, e in monomial.factors)
    ranges = tuple(index for index in renaming.values() if isinstance(index, RunningIndex))
    return replace(monomial, factors=factors, ranges=ranges) if ranges else monomial


def _named(position: Position) -> list[Index]:
    """Return the named indices of a position, from left to right."""
    if isinstance(position, Pair):
        return _named(position.major) + _named(position.minor)
    return [position] if isinstance(position, Index) else []


def _shape_key(base: Node, bound: tuple[Index, ...]) -> str:
    masked = {index: Index("#", index.dimension) for index in bound}
    return repr(substitute_indices(base, dict(masked)))


def _positions(node: Node) -> Iterable[Position]:
    if isinstance(node, n.Entry | n.Delta):
        yield from node.positions
    for operand in node.operands:
        yield from _positions(operand)


def joined_monomials(monomials: Iterable[Monomial]) -> list[Monomial]:
    """Return the monomials with equal ones added up, in order of first appearance."""
    found: dict[Monomial, tuple[Monomial, Fraction]] = {}
    for monomial in monomials:
        key = canonical_monomial(replace(monomial, coefficient=Fraction(1)))
        first, total = found.get(key, (monomial, Fraction(0)))
        found[key] = (first, total + monomial.coefficient)
    return [replace(m, coefficient=total) for m, total in found.values() if total]


def sum_node(monomials: list[Monomial]) -> Node:
    """Return the sum as an expression, 0 for none."""
    return build.add(*(monomial.node() for monomial in monomials)) if monomials else build.ZERO
