"""Slices as they are written: open ends, `end`, and what NumPy, which counts from 0, means by the same text."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from jacobook.algebra.shapes import Kind
from jacobook.language.elaborate.context import Context
from jacobook.language.errors import repairs
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.programs import counts_from_zero
from jacobook.language.size_inference import Size, Type
from jacobook.language.syntax import LAST, Component, Name, Negative, Number, Slice, Sum, Syntax, pieces_within


def lengths_of_axes(given: Type) -> tuple[Size, ...]:
    """Return the sizes that places stand for, one after another."""
    if given.is_scalar:
        return ()
    return (given.rows, given.columns) if given.kind is Kind.MATRIX else (given.length,)


def as_counted_here(context: Context, tree: Component) -> tuple[Syntax, ...] | None:
    """Return the places of slices as they are counted here where a text can only mean NumPy's; None elsewhere.

    They are those of programs with an open end, one that is counted from the end, or names alone: `x[1:]`, `x[:-1]`,
    `x[p:q]`. Raises LanguageError for a slice that means two things, or nothing here.
    """
    slices = [place for place in tree.places if isinstance(place, Slice) and place.first is not None]
    if counts_from_zero(context.source):
        said_here = any(says_end(place) for place in slices)
        numbers = any(isinstance(place, Number) for place in tree.places)
        if not slices or said_here or numbers or not all(map(_is_numpys, slices)):
            return None
        return tuple(_from_numpy(place) if place in slices else place for place in tree.places)
    for place in slices:
        whole = _is_number(place.first, 1) and place.is_open_last
        below = any(_is_below_one(end) for end in (place.first, place.last))
        if whole or below:
            raise _of_two_readings(context, tree, place, whole)
    return None


def _is_numpys(place: Slice) -> bool:
    """Return whether a slice of a program has an open end, one that is counted from the end, or names alone."""
    ends = (place.first, place.last)
    counted = any(isinstance(end, Number) for end in ends)
    return place.is_open_first or place.is_open_last or not counted


def says_end(place: Syntax) -> bool:
    """Return whether the word `end` is written."""
    both = (place.first, place.last) if isinstance(place, Slice) else ()
    ends = [end for end in both if end is not None and end.start < end.end]
    return any(isinstance(piece, Name) and piece.name == LAST for end in ends for piece in pieces_within(end))


def is_read_otherwise(place: Syntax) -> bool:
    """Return whether NumPy means other places by what is written: by `2:4` and `2:`, not by `:4` and `2:end`."""
    return isinstance(place, Slice) and place.first is not None and not (place.is_open_first or says_end(place))


def _is_number(tree: Syntax | None, value: int) -> bool:
    return isinstance(tree, Number) and tree.value == value


def _is_below_one(tree: Syntax | None) -> bool:
    return _is_number(tree, 0) or isinstance(tree, Negative)


def _from_numpy(place: Syntax) -> Syntax:
    """Return NumPy's first:last as the places first + 1 to last, a negative one counted from the end."""
    if isinstance(place, Negative | Number):
        return _shifted(place, 1)
    if not isinstance(place, Slice) or place.first is None or place.last is None:
        return place
    first = place.first if place.is_open_first else _shifted(place.first, 1)
    last = place.last if place.is_open_last else _shifted(place.last, 0)
    return replace(place, first=first, last=last)


def _shifted(tree: Syntax, by: int) -> Syntax:
    """Return a place of NumPy's, from 0, or from the end if it is negative, with a number added."""
    if isinstance(tree, Negative):
        behind = tree.operand
        if isinstance(behind, Number):
            return _end_minus(tree, int(behind.value) - by)
        end = Name(tree.start, tree.end, LAST)
        return _plus(Sum(tree.start, tree.end, (end, behind), ("-",), depth=tree.depth + 1), by)
    if isinstance(tree, Number):
        return Number(tree.start, tree.end, tree.value + by)
    return _plus(tree, by)


def _end_minus(tree: Syntax, number: int) -> Syntax:
    return _plus(Name(tree.start, tree.end, LAST), -number)


def _plus(tree: Syntax, number: int) -> Syntax:
    if not number:
        return tree
    one = Number(tree.start, tree.end, Fraction(abs(number)))
    return Sum(tree.start, tree.end, (tree, one), ("+" if number > 0 else "-",), depth=tree.depth + 1)


def _of_two_readings(context: Context, tree: Component, place: Slice, whole: bool) -> LanguageError:
    """Return the error about a slice that is all of the array here, or no slice at all, with what NumPy means by it."""
    meant = [_written(context, _from_numpy(one) if isinstance(one, Slice) else one) for one in tree.places]
    array = repairs.piece(context.source, tree.operand)
    fit = f"{array}[{', '.join(meant)}]"
    if whole:
        said = f"counted from 1 this is all of it, and in NumPy `{fit}`"
    else:
        said = f"places are counted from 1, and a slice includes both its ends; in NumPy this is `{fit}`"
    return context.error(f"{context.quoted(place)}: {said}; did you mean `{fit}`?", tree, fit)


def _written(context: Context, place: Syntax) -> str:
    match place:
        case Slice():
            if place.first is None or place.last is None:
                return ":"
            return f"{_written(context, place.first)}:{_written(context, place.last)}"
        case Name():
            return place.name
        case Number():
            return str(place.value)
        case Sum() if place.operands[0].start == place.operands[-1].start:
            first, last = place.operands
            return f"{_written(context, first)} {place.operators[0]} {_written(context, last)}"
    return repairs.piece(context.source, place)
