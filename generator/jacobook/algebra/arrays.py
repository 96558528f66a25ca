"""Arrays written entry by entry: small arrays of whole sizes, multiplied out and added up entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.display.words import rank
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Dimension, Shape, ShapeError
from jacobook.algebra.terms import Term, node_of, term_node, terms_of, word_node
from jacobook.algebra.traverse import contains, transform, walk

LARGEST_SIDE = 6
"""An array with more rows or columns than this is not written out."""
Grid = list[list[Node]]


def is_small(shape: Shape) -> bool:
    """Return whether an array of this shape can be shown entry by entry: 2 to 6 whole-numbered entries a side."""
    sides = [side for side in shape.axes if not side.names and 1 < side.coefficient <= LARGEST_SIDE]
    return bool(sides) and len(sides) == len(shape.axes)


def written_out(node: Node) -> Node:
    """Return an equal expression in which unit vectors and products of written-out arrays are one such array.

    Nothing changes where sizes have names or are large, and in what holds neither unit vectors nor such arrays.
    """
    if not _holds_written(node):
        return node
    if node.shape.is_scalar:
        opened = transform(node, _contracted)
        return node if opened is node else collect(opened)
    try:
        terms = [_joined_word(term) for term in terms_of(node)]
        if is_small(node.shape):
            terms = _joined_terms(terms, node.shape)
        found = node_of(terms, node.shape)
    except ShapeError:  # with matrices of one row or one column not every regrouping of a product has a type
        return node
    return found


def _contracted(node: Node) -> Node | None:
    """Return the scalar product of a written-out row and column as a sum of products."""
    arrays = [factor for factor in node.operands if not factor.shape.is_scalar]
    if not (isinstance(node, n.Product) and node.shape.is_scalar and any(map(_is_written, arrays))):
        return None
    grids = [grid_of(factor) for factor in node.operands]
    known = [grid for grid in grids if grid is not None]
    return transform(_product(node, known)[0][0], _contracted) if len(known) == len(grids) else None


def _holds_written(node: Node) -> bool:
    return contains(node, (n.UnitVector, n.Literal))


def _joined_word(term: Term) -> Term:
    """Return the term with neighbours in its word multiplied out where both are written entry by entry."""
    word: list[Node] = []
    for factor in term.word:
        if isinstance(factor, n.Add):
            factor = written_out(factor)
        both = build.product(word[-1], factor) if word and _is_written(word[-1]) and _is_written(factor) else None
        if both is not None and is_small(both.shape) and (grid := grid_of(both)) is not None:
            word[-1] = literal_of(grid, both.shape)
        else:
            word.append(factor)
    return Term(term.coefficient, term.scalars, tuple(word))


def _is_written(node: Node) -> bool:
    inside = node.operands[0] if isinstance(node, n.Transpose) else node
    return isinstance(inside, n.Literal | n.UnitVector)


def _joined_terms(terms: list[Term], shape: Shape) -> list[Term]:
    """Return the terms with those that can be written entry by entry as one."""
    opened = [(term, grid) for term in terms if (grid := grid_of(word_node(term.word))) is not None]
    if not any(_holds_written(factor) for term, _ in opened for factor in term.word):
        return terms
    outside: tuple[tuple[Node, Fraction], ...] = ()
    if len(opened) == 1:  # exp(u) [a, b] stays, 2 x_1 [a, b] does not
        outside = tuple(item for item in opened[0][0].scalars if not isinstance(item[0], n.Symbol | n.Entry))
    total: Grid | None = None
    for term, grid in opened:
        inside = tuple(item for item in term.scalars if item not in outside)
        scale = term_node(Term(term.coefficient, inside, ()), build.ONE.shape)
        scaled = _mapped(lambda entry, scale=scale: _times(scale, entry), grid)
        total = scaled if total is None else _mapped(_plus, total, scaled)
    assert total is not None
    array = literal_of(total, shape)
    first = next(place for place, term in enumerate(terms) if term is opened[0][0])
    rest = [term for term in terms if all(term is not other for other, _ in opened)]
    if build.is_zero(array):
        return rest
    return [*rest[:first], Term(Fraction(1), outside, (array,)), *rest[first:]]


def _in_order_of_places(entry: Node) -> Node:
    """Return the tidied scalar with x_2 x_1 as x_1 x_2."""
    terms = terms_of(tidy(entry))
    ordered = [Term(term.coefficient, tuple(sorted(term.scalars, key=_place_of)), ()) for term in terms]
    return node_of(ordered, build.ONE.shape)


def _place_of(scalar: tuple[Node, Fraction]) -> tuple[int, list[str]]:
    """Return where a scalar stands among others: by rank, then by the places of the entries in it."""
    entries = [node for node in walk(scalar[0]) if isinstance(node, n.Entry)]
    return rank(scalar[0]), [str(place) for node in entries[:1] for place in node.positions]


def literal_of(grid: Grid, shape: Shape) -> Node:
    """Return the array with these entries, tidied; the zero of its shape where all of them are 0."""
    entries = [collect(_in_order_of_places(entry)) for row in grid for entry in row]
    return build.zero(shape) if all(map(build.is_zero, entries)) else build.literal(entries, shape)


def grid_of(node: Node) -> Grid | None:
    """Return the rows of entries of a small array, None where they are not plain to see (of a variable, say)."""
    if node.shape.rows.names or node.shape.columns.names:
        return None
    rows, columns = node.shape.rows.coefficient, node.shape.columns.coefficient
    if max(rows, columns) > LARGEST_SIDE**2:
        return None
    match node:
        case _ if node.shape.is_scalar:
            return [[node]]
        case n.Literal():
            return [list(node.operands[k : k + columns]) for k in range(0, rows * columns, columns)]
        case n.UnitVector(position=Dimension() as place) if not place.names:
            return [[build.number(int(k == place.coefficient))] for k in range(1, rows + 1)]
        case n.Identity():
            return [[build.number(int(i == j)) for j in range(columns)] for i in range(rows)]
        case n.Fill():
            return [[node.operands[0]] * columns] * rows
    grids = [grid_of(operand) for operand in node.operands]
    known = [grid for grid in grids if grid is not None]
    if not known or len(known) < len(grids):
        return None
    first = known[0]
    match node:
        case n.Transpose():
            return [list(row) for row in zip(*first, strict=True)]
        case n.Add():
            for other in known[1:]:
                first = _mapped(_plus, first, other)
            return first
        case n.Negate():
            return _mapped(lambda entry: _times(build.number(-1), entry), first)
        case n.Divide():
            return _mapped(lambda entry: build.divide(entry, node.operands[1]), first)
        case n.Hadamard():
            return _mapped(_times, *known)
        case n.Product():
            return _product(node, known)
        case n.Kronecker():
            return [[_times(a, b) for a in row for b in below] for row in first for below in known[1]]
        case n.Vec():
            return [[entry] for column in zip(*first, strict=True) for entry in column]
        case n.Unvec():
            return [[first[j * rows + i][0] for j in range(columns)] for i in range(rows)]
        case n.Skew():
            return grid_of(build.skew_written_out(node.operands[0]))
        case n.Diag():
            return [[first[i][0] if i == j else build.ZERO for j in range(columns)] for i in range(rows)]
    return None


def _product(node: Node, grids: list[Grid]) -> Grid:
    result, whole = grids[0], node.operands[0]
    for grid, factor in zip(grids[1:], node.operands[1:], strict=True):
        if whole.shape.is_scalar or factor.shape.is_scalar:
            scale, array = (result, grid) if whole.shape.is_scalar else (grid, result)
            result = _mapped(lambda entry, by=scale[0][0]: _times(by, entry), array)
        else:
            result = [[_inner(row, column) for column in zip(*grid, strict=True)] for row in result]
        whole = build.product(whole, factor)
    return result


def _inner(row: list[Node], column: tuple[Node, ...]) -> Node:
    total: Node = build.ZERO
    for a, b in zip(row, column, strict=True):
        total = _plus(total, _times(a, b))
    return total


def _mapped(function: Callable[..., Node], *grids: Grid) -> Grid:
    return [[function(*entries) for entries in zip(*rows, strict=True)] for rows in zip(*grids, strict=True)]


def _plus(a: Node, b: Node) -> Node:
    return b if build.is_zero(a) else a if build.is_zero(b) else build.add(a, b)


def _times(a: Node, b: Node) -> Node:
    if build.is_zero(a) or build.is_zero(b):
        return build.ZERO
    return b if build.is_number(a, 1) else a if build.is_number(b, 1) else build.product(a, b)
