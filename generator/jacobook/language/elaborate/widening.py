"""Terms of different shapes: a scalar beside an array fills it, and a row or a vector goes to all rows or columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import ONE, Dimension, Kind, Shape
from jacobook.algebra.whole_arrays import ones
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.size_inference import Size, Type, compatible, resolve
from jacobook.language.syntax import Call, Product

Widening = Callable[[Node, Shape], Node]
"""Makes an array of the shape of the sum from a term."""


def as_it_is(term: Node, shape: Shape) -> Node:
    """Return the term, which has the shape of the sum."""
    return term


def target_of(types: Sequence[Type]) -> int:
    """Return the place of the term that has the shape of the sum: the first matrix, else the first array."""
    ranks = [(given.kind is Kind.MATRIX) + (not given.is_scalar) for given in types]
    return ranks.index(max(ranks))


def widenings(context: Context, types: Sequence[Type]) -> list[Widening] | None:
    """Return how every term becomes an array of the shape of the sum; None where that is not clear."""
    target = types[target_of(types)]
    found = [_widening(context, given, target) for given in types]
    return [one for one in found if one is not None] if None not in found else None


def _widening(context: Context, given: Type, target: Type) -> Widening | None:
    """Return how one term is widened. A scalar beside a square matrix may be meant for its diagonal."""
    if given.kind is target.kind:
        return as_it_is
    if given.is_scalar:
        square = target.kind is Kind.MATRIX and compatible(target.rows, target.columns)
        return None if square else _filling(context)
    if target.kind is not Kind.MATRIX or ONE in (target.rows, target.columns):
        return None
    every_row = _same(given.length, target.columns)
    every_column = given.kind is Kind.VECTOR and _same(given.length, target.rows)
    if every_row == every_column:
        return None
    return _to_every_row(context, given.kind) if every_row else _to_every_column(context)


def widened_beside(context: Context, term: Typed, target: Type) -> Typed | None:
    """Return a row or a vector that multiplies, or divides, a matrix entry by entry as such a matrix, or None."""
    if term.type.is_scalar or target.kind is not Kind.MATRIX or term.type.kind is Kind.MATRIX:
        return None
    widen = _widening(context, term.type, target)

    def make(value: Node) -> Node:
        shape = target.shape()
        assert shape is not None, "the sizes of both were compared"
        assert widen is not None
        return widen(value, shape)

    return None if widen is None else Typed(term.syntax, target, make, (term,))


def _same(left: Size, right: Size) -> bool:
    return isinstance(found := resolve(left), Dimension) and found == resolve(right)


def _filling(context: Context) -> Widening:
    def fill(term: Node, shape: Shape) -> Node:
        readings = () if isinstance(term, n.Number) else (Reading.FILLED,)
        return context.remarking(build.fill, *readings)(term, shape)

    return fill


def _to_every_row(context: Context, kind: Kind) -> Widening:
    def make(term: Node, shape: Shape) -> Node:
        row = build.transpose(term) if kind is Kind.VECTOR else term
        return build.product(ones(shape.rows), row)

    return context.remarking(make, Reading.EVERY_ROW)


def _to_every_column(context: Context) -> Widening:
    def make(term: Node, shape: Shape) -> Node:
        return build.product(term, build.transpose(ones(shape.columns)))

    return context.remarking(make, Reading.EVERY_COLUMN)


def ones_beside(context: Context, terms: Sequence[Typed]) -> list[Typed]:
    r"""Return the terms with a matrix for the `\boldsymbol{1}` of LaTeX, which does not say what it is, beside one."""
    target = next((term.type for term in terms if term.type.kind is Kind.MATRIX), None)
    if target is None or not is_latex(context.source):
        return list(terms)
    return [_as_matrix(context, term, target) if _is_open(term) else term for term in terms]


def _is_open(term: Typed) -> bool:
    """Return whether the term is ones, or a multiple of ones, of which the size is not said."""
    tree = term.syntax
    if isinstance(tree, Product):
        last, several = term.operands[-1], set(tree.operators) == {"*"}
        return several and all(one.type.is_scalar for one in term.operands[:-1]) and _is_open(last)
    constant = isinstance(tree, Call) and tree.name == "vector" and len(tree.arguments) == 1
    return constant and not isinstance(resolve(term.type.length), Dimension)


def _as_matrix(context: Context, term: Typed, target: Type) -> Typed:
    *scalars, last = term.operands if isinstance(term.syntax, Product) else (term,)

    def make(value: Node, *factors: Node) -> Node:
        shape = target.shape()
        if shape is None:
            raise context.error(f"the size of {context.quoted(term.syntax)} cannot be inferred", term.syntax)
        if not factors:
            return build.fill(value, shape)
        return build.fill(
            build.product(*factors) if build.is_number(value, 1) else build.product(*factors, value), shape
        )

    return Typed(term.syntax, target, make, (*last.operands, *scalars))
