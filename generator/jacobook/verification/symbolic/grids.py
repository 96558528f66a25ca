"""What every node does to grids of SymPy expressions: matrices written out entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import sympy

from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import product_shape
from jacobook.language.function_formulas import fold, read

Entry = Any  # SymPy has no types
Grid = tuple[tuple[Entry, ...], ...]


class TooLargeError(Exception):
    """The components are beyond the budget of operations."""


class WorkDone:
    """The operations that are left for the symbolic checks of one derivation, the same number on every machine."""

    def __init__(self, most: int) -> None:
        self.most, self.left = most, most

    def spend(self, operations: int) -> None:
        """Count operations. Raises TooLargeError where too few are left."""
        self.left -= operations
        if self.left < 0:
            raise TooLargeError(f"the symbolic checks of the derivation take more than {self.most:,} operations")


class Sgn(sympy.Function):  # type: ignore[misc]
    """The sign of a real number that is not 0: constant near every such point, and its square is 1."""

    is_real = True

    @classmethod
    def eval(cls, argument: Entry) -> Entry:
        return sympy.sign(argument) if argument.is_number else None

    def fdiff(self, argindex: int = 1) -> Entry:
        return sympy.Integer(0)

    def _eval_power(self, exponent: Entry) -> Entry:
        if exponent.is_Integer:
            return self if int(exponent) % 2 else sympy.Integer(1)
        return None


_ZERO = sympy.Integer(0)
NEAR_KINKS: dict[str, Callable[[Entry], Entry]] = {"abs": lambda u: u * Sgn(u), "sign": Sgn}
"""The functions with kinks by which all others are defined, such that SymPy differentiates them nearby."""
DERIVATIVES_OF_LOG_GAMMA: dict[str, Callable[[Entry], Entry]] = {
    name: partial(sympy.polygamma, order) for order, name in enumerate(("digamma", "trigamma", "tetragamma"))
}
"""SymPy's own classes for the first two are other functions to it than those that it differentiates log Γ to."""
OWN_FORMS = NEAR_KINKS | DERIVATIVES_OF_LOG_GAMMA


def scalar_function(name: str) -> Callable[[Entry], Entry]:
    """Return an element-wise function for SymPy: one of its own, or what the definition by others makes."""
    row = ELEMENTWISE[name]
    own = OWN_FORMS.get(name) or (getattr(sympy, row.sympy) if row.sympy else None)
    if own is not None:
        return own
    if not row.formula:
        raise TypeError(f"{name} has no components: its row has neither a function of SymPy nor a definition")
    formula = read(row.formula)
    return lambda argument: fold(formula, argument, _part)


def _part(part: Node, values: Sequence[Entry]) -> Entry:
    """Return a part of the formula of a function."""
    if isinstance(part, n.Number):
        return rational(part.value)
    return OPERATIONS[type(part)](part, *(((value,),) for value in values))[0][0]


LARGEST_ENTRY = 1500
MOST_SIZES = 200_000
_sizes: dict[int, tuple[Entry, int]] = {}


def tree_size(expression: Entry) -> int:
    """Return the number of operations and leaves of a SymPy expression, shared ones as often as they occur.

    What is remembered is found by identity: to compare two equal trees of shared parts may take for ever. The
    expression is kept with its size, so that its identity is not given to another.
    """
    found = _sizes.get(id(expression))
    if found is not None:
        return found[1]
    size = 1 + sum(map(tree_size, expression.args))
    if len(_sizes) >= MOST_SIZES:
        _sizes.clear()
    _sizes[id(expression)] = (expression, size)
    return size


def component_derivative(expression: Entry, variable: Entry) -> Entry:
    """Return what `expression.diff(variable)` returns, in a fraction of the time.

    SymPy also multiplies by derivatives that are 0: it asks each time whether the other factors are finite, and builds
    log(u) for every power of u. It asks whether what does not look like 0 is so. Its assumptions take long to answer.
    """
    known: dict[Entry, Entry] = {variable: sympy.Integer(1)}

    def of(part: Entry) -> Entry:
        found = known.get(part)
        if found is None:
            found = known[part] = _derivative(part, variable, of)
        return found

    return of(expression)


def _derivative(expression: Entry, variable: Entry, of: Callable[[Entry], Entry]) -> Entry:
    """Return the derivative of an expression, `of` being that of its arguments."""
    if not expression.args:
        return _ZERO
    if expression.is_Add:
        return sympy.Add(*map(of, expression.args))
    if expression.is_Mul:
        factors = expression.args
        slopes = [(k, slope) for k, slope in enumerate(map(of, factors)) if slope is not _ZERO]
        return sympy.Add(*(sympy.Mul(*factors[:k], slope, *factors[k + 1 :]) for k, slope in slopes))
    if expression.is_Pow and of(expression.exp) is _ZERO:
        slope = of(expression.base)
        return _ZERO if slope is _ZERO else expression * (slope * expression.exp / expression.base)
    if type(expression)._eval_derivative is sympy.Function._eval_derivative:
        slopes = [(k, slope) for k, slope in enumerate(map(of, expression.args), 1) if slope is not _ZERO]
        return sympy.Add(*(expression.fdiff(k) * slope for k, slope in slopes))
    return expression.diff(variable)


def limited(grid: Grid) -> Grid:
    """Return the grid. Raises TooLargeError if one of its entries takes too many operations."""
    if any(tree_size(entry) > LARGEST_ENTRY for row in grid for entry in row):
        raise TooLargeError(f"an entry takes more than {LARGEST_ENTRY} operations")
    return grid


def rational(value: Fraction | int) -> Entry:
    """Return the number for SymPy."""
    fraction = Fraction(value)
    return sympy.Rational(fraction.numerator, fraction.denominator)


def map_entries(function: Callable[..., Entry], *grids: Grid) -> Grid:
    """Return the grid of the function of corresponding entries."""
    return tuple(tuple(function(*entries) for entries in zip(*rows, strict=True)) for rows in zip(*grids, strict=True))


def _scale(factor: Grid, grid: Grid) -> Grid:
    return map_entries(lambda entry: factor[0][0] * entry, grid)


def _multiply(x: Grid, y: Grid) -> Grid:
    columns = tuple(zip(*y, strict=True))
    return tuple(
        tuple(
            sympy.Add(*(a * b for a, b in zip(row, column, strict=True) if a is not _ZERO and b is not _ZERO))
            for column in columns
        )
        for row in x
    )


def flat(x: Grid) -> list[Entry]:
    """Return the entries row by row."""
    return [entry for row in x for entry in row]


def _minor(x: Grid, i: int, j: int) -> Grid:
    return tuple(row[:j] + row[j + 1 :] for k, row in enumerate(x) if k != i)


def determinant(x: Grid) -> Entry:
    """Return the determinant by expansion along the first row (1 for the empty grid)."""
    if not x:
        return sympy.Integer(1)
    if len(x) > 5:
        raise TooLargeError(f"a determinant of {len(x)} rows")
    return sympy.Add(*((-1) ** j * entry * determinant(_minor(x, 0, j)) for j, entry in enumerate(x[0]) if entry != 0))


def _adjugate(x: Grid) -> Grid:
    places = range(len(x))
    return tuple(tuple((-1) ** (i + j) * determinant(_minor(x, j, i)) for j in places) for i in places)


def _inverse(x: Grid) -> Grid:
    return _scale(((1 / determinant(x),),), _adjugate(x))


def linear_solution(matrix: Grid, right: Grid) -> Grid:
    """Return the y with matrix · y = right."""
    return _multiply(_inverse(matrix), right)


def _pseudoinverse(x: Grid) -> Grid:
    """Return the pseudoinverse of a matrix of full rank."""
    turned = _transpose(x)
    if len(x) < len(x[0]):
        return _multiply(turned, _inverse(_multiply(x, turned)))
    return _multiply(_inverse(_multiply(turned, x)), turned)


def _power(node: Node, x: Grid, exponent: Grid) -> Grid:
    if node.shape.is_scalar:
        return ((x[0][0] ** exponent[0][0],),)
    whole = int(exponent[0][0])
    if not whole:
        return identity(len(x))
    factor = _inverse(x) if whole < 0 else x
    result = factor
    for _ in range(abs(whole) - 1):
        result = limited(_multiply(result, factor))
    return result


def identity(size: int) -> Grid:
    """Return the identity matrix."""
    return tuple(tuple(sympy.Integer(i == j) for j in range(size)) for i in range(size))


def _product(node: Node, grids: Sequence[Grid]) -> Grid:
    result, shape = grids[0], node.operands[0].shape
    for grid, operand in zip(grids[1:], node.operands[1:], strict=True):
        if operand.shape.is_scalar:
            result = _scale(grid, result)
        else:
            result = _scale(result, grid) if shape.is_scalar else _multiply(result, grid)
        limited(result)
        shape = product_shape(shape, operand.shape)
    return result


def _pairwise(function: Callable[[Entry, Entry], Entry], node: Node, x: Grid, y: Grid) -> Grid:
    if node.operands[0].shape.is_scalar:
        return map_entries(lambda entry: function(x[0][0], entry), y)
    if node.operands[1].shape.is_scalar:
        return map_entries(lambda entry: function(entry, y[0][0]), x)
    return map_entries(function, x, y)


def _total(x: Grid) -> Entry:
    return sympy.Add(*flat(x))


def _by_rows(node: Node, x: Grid, function: Callable[[Grid], Grid]) -> Grid:
    """Return a function of a vector, or that of every row of a matrix."""
    return tuple(function((row,))[0] for row in x) if node.operands[0].shape.is_matrix else function(x)


def _exp(x: Grid) -> Grid:
    return map_entries(sympy.exp, x)


def _diag(x: Grid) -> Grid:
    entries = flat(x)
    return tuple(tuple(e if i == j else sympy.Integer(0) for j in range(len(x))) for i, e in enumerate(entries))


def _kronecker(x: Grid, y: Grid) -> Grid:
    return tuple(tuple(a * b for a in row for b in below) for row in x for below in y)


def _khatri_rao(x: Grid, y: Grid) -> Grid:
    return tuple(tuple(a * b for a, b in zip(row, below, strict=True)) for row in x for below in y)


def commutation(rows: int, columns: int) -> Grid:
    """Return K with K vec(X) = vec(Xᵀ) for X of rows × columns."""
    place = {(j, i): number for number, (j, i) in enumerate((j, i) for j in range(columns) for i in range(rows))}
    unit = identity(rows * columns)
    return tuple(unit[place[j, i]] for i in range(rows) for j in range(columns))


def halves(side: int) -> list[tuple[int, int]]:
    """Return the places on and below the diagonal, column by column."""
    return [(i, j) for j in range(side) for i in range(j, side)]


def duplication(side: int) -> Grid:
    """Return D with D vech(S) = vec(S) for symmetric S."""
    places = halves(side)
    pairs = [(i, j) for j in range(side) for i in range(side)]
    return tuple(tuple(sympy.Integer(place in ((i, j), (j, i))) for place in places) for i, j in pairs)


def elimination(side: int) -> Grid:
    """Return L with L vec(X) = vech(X)."""
    pairs = [(i, j) for j in range(side) for i in range(side)]
    return tuple(tuple(sympy.Integer(pair == place) for pair in pairs) for place in halves(side))


def triangle_of_ones(rows: int, columns: int, lower: bool) -> Grid:
    """Return the matrix of ones on and below the diagonal, or on and above it."""
    kept = [[i >= j if lower else i <= j for j in range(columns)] for i in range(rows)]
    return tuple(tuple(sympy.Integer(is_kept) for is_kept in row) for row in kept)


def unvec(x: Grid, rows: int) -> Grid:
    """Return the matrix of so many rows whose stacked columns are x."""
    entries = flat(x)
    return tuple(tuple(entries[i::rows]) for i in range(rows))


def stacked_entries(x: Grid) -> list[Entry]:
    """Return the entries column by column."""
    return flat(_transpose(x))


def _transpose(x: Grid) -> Grid:
    return tuple(zip(*x, strict=True))


def _skew(x: Grid) -> Grid:
    (first,), (second,), (third,) = x
    zero = sympy.S.Zero
    return ((zero, -third, second), (third, zero, -first), (-second, first, zero))


def _literal(node: Node, entries: Sequence[Grid]) -> Grid:
    rows, columns = node.shape.rows.coefficient, node.shape.columns.coefficient
    return tuple(tuple(entries[i * columns + j][0][0] for j in range(columns)) for i in range(rows))


def _blocks(node: Node, blocks: Sequence[Grid]) -> Grid:
    assert isinstance(node, n.Blocks)
    lines = [blocks[start : start + node.width] for start in range(0, len(blocks), node.width)]
    return tuple(tuple(entry for part in row for entry in part) for line in lines for row in zip(*line, strict=True))


OPERATIONS: dict[type[Node], Callable[..., Grid]] = {
    n.Add: lambda node, *xs: map_entries(sympy.Add, *xs),
    n.Negate: lambda node, x: map_entries(lambda entry: -entry, x),
    n.Product: lambda node, *xs: _product(node, xs),
    n.Divide: lambda node, x, y: _scale(((1 / y[0][0],),), x),
    n.Hadamard: lambda node, x, y: _pairwise(lambda a, b: a * b, node, x, y),
    n.HadamardDivide: lambda node, x, y: _pairwise(lambda a, b: a / b, node, x, y),
    n.HadamardPower: lambda node, x, y: _pairwise(lambda a, b: a**b, node, x, y),
    n.Power: _power,
    n.Transpose: lambda node, x: _transpose(x),
    n.Inverse: lambda node, x: _inverse(x),
    n.Adjugate: lambda node, x: _adjugate(x),
    n.Pseudoinverse: lambda node, x: _pseudoinverse(x),
    n.Arctan2: lambda node, y, x: map_entries(sympy.atan2, y, x),
    n.Trace: lambda node, x: ((sympy.Add(*(x[i][i] for i in range(len(x)))),),),
    n.Determinant: lambda node, x: ((determinant(x),),),
    n.LogDeterminant: lambda node, x: ((sympy.log(determinant(x) ** 2) / 2,),),
    n.EntrySum: lambda node, x: ((_total(x),),),
    n.Norm1: lambda node, x: ((sympy.Add(*(e * Sgn(e) for e in flat(x))),),),
    n.Norm2: lambda node, x: ((sympy.sqrt(sympy.Add(*(e**2 for e in flat(x)))),),),
    n.Diag: lambda node, x: _diag(x),
    n.Skew: lambda node, x: _skew(x),
    n.Diagonal: lambda node, x: tuple((x[i][i],) for i in range(len(x))),
    n.Vec: lambda node, x: tuple((entry,) for entry in stacked_entries(x)),
    n.Vech: lambda node, x: tuple((x[i][j],) for i, j in halves(len(x))),
    n.Kronecker: lambda node, x, y: _kronecker(x, y),
    n.KhatriRao: lambda node, x, y: _khatri_rao(x, y),
    n.Literal: lambda node, *xs: _literal(node, xs),
    n.Blocks: lambda node, *xs: _blocks(node, xs),
    n.Softmax: lambda node, x: _by_rows(node, x, lambda row: _scale(((1 / _total(_exp(row)),),), _exp(row))),
    n.LogSumExp: lambda node, x: _by_rows(node, x, lambda row: ((sympy.log(_total(_exp(row))),),)),
    n.Apply: lambda node, x: map_entries(scalar_function(node.function), x),
}
