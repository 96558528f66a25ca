"""The derivatives of what stays whole in entries: a determinant, a log-sum-exp, a norm, an inverse, a softmax …

A reason states each with respect to one entry inside; where it comes from stands one level down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Index, Node, Position, Symbol
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.traverse import walk
from jacobook.calculus.component_route.entries import Components
from jacobook.calculus.component_route.monomials import Monomial, joined_monomials, sum_node
from jacobook.calculus.component_route.shown_entries import BOUND, Lettering, letters, shown
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.from_definitions import (
    determinant_lines,
    inverse_lines,
    log_determinant_lines,
    log_sum_exp_lines,
    norm_lines,
    softmax_lines,
)
from jacobook.calculus.reasons import argument_letter
from jacobook.language.printer import text


@dataclass(frozen=True, slots=True)
class StatedDerivative:
    """What a reason states, and the lines that lead to it (none where there is only an argument in words)."""

    words: tuple[Prose, ...]
    origin: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class _Letters:
    """Letters that mean nothing yet: for the index of another sum, and for the argument of a function in a reason."""

    index: str
    argument: Symbol


@dataclass(frozen=True, slots=True)
class _Slope:
    """The derivative of `base` with respect to the entry of what is inside it at `places`."""

    base: Node
    places: tuple[Position, ...]
    value: Node
    lines: Callable[[_Letters], tuple[Claim, ...]] | None = None
    called: str = ""
    """What stands before the value in the reason: that it is a cofactor."""


def stated_derivatives(
    written: Sequence[Monomial],
    wrt: Symbol,
    line: Node,
    lettering: Lettering,
    used: set[str],
    names: frozenset[str],
) -> list[StatedDerivative]:
    """Return the derivatives of determinants, norms, inverses and others with respect to an entry inside.

    In the letters of the line that they lead to. `names` are those of the page.
    """
    factors = (base for monomial in written for base, _ in monomial.factors if base.depends_on(wrt))
    slopes = (_slope_of(base, line, lettering, letters(BOUND, used)) for base in dict.fromkeys(factors))
    return [_stated(slope, wrt, used | names, names) for slope in slopes if slope is not None]


def _stated(slope: _Slope, wrt: Symbol, used: set[str], names: frozenset[str]) -> StatedDerivative:
    inside = _array_of(slope.base).operands[0]
    words = f"the derivative of {{0}} with respect to {{1}} is {slope.called}{{2}}"
    told = [Prose(words, (slope.base, build.entry(inside, *slope.places), slope.value))]
    inverses = [node for node in walk(slope.value) if isinstance(node, n.Inverse) and node.operands[0] is inside]
    told += [Prose("{0} = {1}", (inverse, tidy(inverse))) for inverse in inverses if tidy(inverse) is not inverse]
    told += _opened(build.entry(inside, *slope.places), wrt, used)
    here = {place.name for place in (*slope.places, *_positions(slope.base)) if isinstance(place, Index)}
    free_letters = _Letters(letters(BOUND, used | here)[0], n.symbol(argument_letter(names | used | here)))
    return StatedDerivative(tuple(told), () if slope.lines is None else slope.lines(free_letters))


def _opened(entry: Node, wrt: Symbol, used: set[str]) -> list[Prose]:
    """Return (X′X)_jm = Σ_i X_ij X_im where the entry inside is none of the variable, and not long."""
    if not isinstance(entry, n.Entry) or isinstance(entry.operands[0], Symbol):
        return []
    monomials = Components(wrt, ()).entry(entry.operands[0], *entry.positions)
    taken = used.union(place.name for place in entry.positions if isinstance(place, Index))
    opened = shown(sum_node(joined_monomials(monomial.sifted() for monomial in monomials)), taken)
    return [] if opened is entry or len(text(opened)) > LONGEST_OPENED else [Prose("{0} = {1}", (entry, opened))]


LONGEST_OPENED = 60
"""An entry with more characters than this, as text, is not written out in a reason."""


def _slope_of(base: Node, line: Node, lettering: Lettering, names: list[str]) -> _Slope | None:
    """Return the rule of the class of the base, None where its derivative goes without saying."""
    array = _array_of(base)
    if not array.operands or not array.operands[0].shape.axes:
        return None
    inside = array.operands[0]
    sizes = inside.shape.axes
    named = lettering.named(base) if isinstance(base, n.Entry) else base
    own = {place.name for place in _positions(named) if isinstance(place, Index)}
    free = [name for name in names if name not in own]
    places = tuple(Index(name, size) for name, size in zip(free, sizes, strict=False))
    if isinstance(named, n.Entry):
        return _slope_of_entry(_with_letters(named, free[len(sizes) :]), line, array, places)
    if isinstance(array, n.Determinant | n.LogDeterminant):
        weights = build.inverse(inside) if is_invertible(inside) or isinstance(array, n.LogDeterminant) else None
        places = _places_in(line, weights or build.adjugate(inside))[::-1] or places
    elif isinstance(array, n.LogSumExp):
        places = _places_in(line, build.softmax(inside)) or places
    match array:
        case n.Determinant() if is_invertible(inside):  # ∂ det A/∂A_ij = adj(A)_ji = det(A) (A⁻¹)_ji
            slope = build.product(array, build.entry(build.inverse(inside), *reversed(places)))
            return _Slope(base, places, slope, lambda _: determinant_lines(inside, *places), "the cofactor ")
        case n.Determinant():
            cofactor = build.entry(build.adjugate(inside), *reversed(places))
            return _Slope(base, places, cofactor, lambda _: determinant_lines(inside, *places), "the cofactor ")
        case n.LogDeterminant():  # (A⁻¹)_ji
            i, j = places
            inverted = build.entry(build.inverse(inside), *reversed(places))
            return _Slope(base, places, inverted, lambda more: log_determinant_lines(inside, i, j, more.argument))
        case n.LogSumExp():  # softmax(z)_i
            (place,) = places
            share = build.entry(build.softmax(inside), place)
            return _Slope(base, places, share, lambda more: _log_sum_exp(base, inside, (), place, more))
        case n.NuclearNorm():
            return _Slope(base, places, build.entry(build.polar_factor(inside), *places))
        case n.LargestEigenvalue():  # v_i v_j
            entries = (build.entry(build.leading_eigenvector(inside), place) for place in places)
            return _Slope(base, places, build.product(*entries))
        case n.Norm2():  # x_i / ‖x‖
            slope = build.divide(build.entry(inside, *places), array)
            return _Slope(base, places, slope, lambda _: norm_lines(inside, places))
    return None


def _places_in(
    line: Node, array: Node, row: tuple[Position, ...] = (), but: Position | None = None
) -> tuple[Index, ...]:
    """Return at which indices an entry of the array stands in the line, if at any: in the row, and not at `but`."""
    for node in walk(line):
        if not isinstance(node, n.Entry) or node.operands[0] is not array or node.positions[-1] == but:
            continue
        if node.positions[: len(row)] == row:
            found = tuple(place for place in node.positions if isinstance(place, Index))
            if len(found) == len(node.positions):
                return found
    return ()


def _slope_of_entry(base: n.Entry, line: Node, array: Node, places: tuple[Index, ...]) -> _Slope | None:
    """Return the rule for an entry of an array; of rows, with respect to an entry of the same row."""
    inside, own = array.operands[0], base.positions[-1]
    match array:
        case n.Inverse():  # ∂(A⁻¹)_rc/∂A_ij = −(A⁻¹)_ri (A⁻¹)_jc
            (row, column), (near, far) = base.positions, places
            slope = build.negate(build.product(build.entry(array, row, near), build.entry(array, far, column)))
            if not (isinstance(row, Index) and isinstance(column, Index)):
                return _Slope(base, places, slope)
            return _Slope(base, places, slope, lambda _: inverse_lines(inside, row, column, near, far))
        case n.LogSumExp():  # of row i: softmax(A)_ij
            of_row = base.positions
            other = (_places_in(line, build.softmax(inside), of_row) or (_in_row(places),))[-1]
            share = build.entry(build.softmax(inside), own, other)
            return _Slope(base, (own, other), share, lambda more: _log_sum_exp(base, inside, of_row, other, more))
        case n.Softmax():  # ∂p_i/∂z_j = p_i (δ_ij − p_j); in a row of a matrix: ∂P_ij/∂A_im = P_ij (δ_jm − P_im)
            of_row = base.positions[:-1]
            other = (_places_in(line, array, of_row, but=own) or (_in_row(places),))[-1]
            slope = build.product(base, build.delta(own, other) - build.entry(array, *of_row, other))
            return _Slope(base, (*of_row, other), slope, lambda more: _softmax(inside, of_row, own, other, more))
    return None


def _in_row(places: tuple[Index, ...]) -> Index:
    """Return an index for another place of the same row, with the first letter that is free: the row has its own."""
    return Index(places[0].name, places[-1].dimension)


def _log_sum_exp(
    value: Node, inside: Node, row: tuple[Position, ...], other: Index, free_letters: _Letters
) -> tuple[Claim, ...]:
    total = Index(free_letters.index, other.dimension)
    return log_sum_exp_lines(value, inside, row, other, total, free_letters.argument)


def _softmax(
    inside: Node, row: tuple[Position, ...], own: Position, other: Index, free_letters: _Letters
) -> tuple[Claim, ...]:
    """Return the lines to Σ_j p_i (δ_ij − p_j) dz_j."""
    total = Index(free_letters.index, other.dimension)
    lines = softmax_lines(inside, row, own, other, total, free_letters.argument)
    shares, change = build.softmax(inside), build.differential(build.entry(inside, *row, other))
    share = build.entry(shares, *row, own)
    term = share * (build.delta(own, other) - build.entry(shares, *row, other)) * change
    own_change = build.differential(build.entry(inside, *row, own))
    coefficient = "the coefficient of {3} is the derivative with respect to {4}"
    values = (own_change, other, own, change, build.entry(inside, *row, other))
    why = Prose(f"Collect the terms; {{0}} is the one with {{1}} = {{2}}; {coefficient}.", values)
    return (*lines, Claim(lines[-1].left, build.index_sum(other, term), "sifting", why))


def _array_of(base: Node) -> Node:
    return base.operands[0] if isinstance(base, n.Entry) else base


def _positions(base: Node) -> tuple[Position, ...]:
    return base.positions if isinstance(base, n.Entry) else ()


def _with_letters(entry: n.Entry, names: list[str]) -> n.Entry:
    """Return the entry with letters at the places of indices that have none, as bound ones have not at first."""
    unnamed = [place for place in entry.positions if isinstance(place, Index) and place.name.startswith("_")]
    found: dict[Position, Position] = {
        place: Index(name, place.dimension) for place, name in zip(dict.fromkeys(unnamed), names, strict=False)
    }
    named = build.entry(entry.operands[0], *(found.get(place, place) for place in entry.positions))
    assert isinstance(named, n.Entry)
    return named
