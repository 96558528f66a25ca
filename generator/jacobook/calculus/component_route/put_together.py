"""The words for the line that goes from entries back to matrices: which entry of which matrix each sum is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.build import reshaped
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.traverse import free_indices
from jacobook.calculus.component_route.assembly import assemble
from jacobook.calculus.component_route.monomials import Monomial
from jacobook.calculus.component_route.shown_entries import Lettering
from jacobook.calculus.derivation import Prose
from jacobook.calculus.reasons import joined_prose
from jacobook.language.printer import text

MOST_PIECES = 3
"""The sentence names the matrices of at most so many terms; of more, that of one."""
LONGEST_PIECE = 60
"""A term with more characters than this, as text, is not repeated in the sentence: it would not fit beside its line."""
PUT_TOGETHER = "Put the entries back together."


def why_assembled(
    monomials: Sequence[Monomial], indices: tuple[Index, ...], value: Node, lettering: Lettering
) -> Prose:
    """Return what each term of an entry is an entry of: Σ_i B_ki x_i is entry k of (B x)′.

    Where the value is a transpose, (A X B + B X A)′, it is said of what is in the bracket, with the indices swapped.
    """
    if not indices and not any(monomial.bound for monomial in monomials):
        return Prose("Collect the terms.")  # of numbers alone nothing is put together
    if not monomials:
        return Prose(PUT_TOGETHER)
    pieces = [_piece_of(monomial, indices, value, lettering) for monomial in monomials]
    if len(monomials) == 1 and build.is_number(pieces[0].entry):
        return Prose("All entries are equal.")
    short = [piece for piece in pieces if not build.is_number(piece.entry) and len(text(piece.entry)) <= LONGEST_PIECE]
    told = list(dict.fromkeys(piece.words for piece in short))
    if not told:
        return Prose(PUT_TOGETHER)
    if len(short) < len(pieces) or len(pieces) > MOST_PIECES:  # one of them, as an example
        example = max(short, key=lambda piece: len(text(piece.entry)))
        begun = Prose(f"{PUT_TOGETHER.removesuffix('.')}; for instance, ")
        return joined_prose(joined_prose(begun, example.words), Prose("."))
    whole = told[0]
    for number, other in enumerate(told[1:], 2):
        between = ", and " if number == len(told) else ", "
        whole = joined_prose(Prose(whole.template + between, whole.values), other)
    return joined_prose(whole, Prose("."))


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one term of an entry is an entry of, in words."""

    entry: Node
    words: Prose


def _piece_of(monomial: Monomial, indices: tuple[Index, ...], value: Node, lettering: Lettering) -> _Piece:
    bare = _without_scalars(monomial)
    entry = lettering.shown(bare.node())
    array = lettering.lettered(reshaped(tidy(assemble([bare], indices, value.shape)), value.shape))
    if _is_turned(value):
        array = tidy(build.transpose(array))
    return _Piece(entry, _piece(entry, array, indices[::-1] if _is_turned(value) else indices))


def _is_turned(value: Node) -> bool:
    """Return whether a matrix is printed as the transpose of a product or a sum."""
    if isinstance(value, n.Negate | n.Product):
        return _is_turned(value.operands[-1])
    return isinstance(value, n.Transpose) and isinstance(value.operands[0], n.Add | n.Product)


def _without_scalars(monomial: Monomial) -> Monomial:
    """Return the monomial without its number and the scalars that have no index, unless it is made of these alone."""
    held = tuple((base, exponent) for base, exponent in monomial.factors if free_indices(base))
    if monomial.ranges or not (held or monomial.deltas):
        return monomial.scaled(1 / monomial.coefficient)
    return replace(monomial, coefficient=Fraction(1), factors=held)


def _piece(entry: Node, array: Node, indices: tuple[Index, ...]) -> Prose:
    """Return the words for one term; a sum over all indices is a scalar."""
    if not indices:
        return Prose("{0} is {1}", (entry, array))
    place = "{1}" if len(indices) == 1 else "({1}, {2})"
    return Prose(f"{{0}} is entry {place} of {{{1 + len(indices)}}}", (entry, *indices, array))
