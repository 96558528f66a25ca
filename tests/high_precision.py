"""An oracle for derivatives far out: functions in hundred-digit arithmetic, differentiated by central differences.

It knows nothing of the engine's rules: an expression is evaluated from its definition, with exponents of any size, so
that exp(800) is as good a number as 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from mpmath import mp, mpf

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Dimension, Shape
from tests.function_oracles import MPMATH

DIGITS = 100
"""How many digits there are at least; more where intermediate values are large."""
MOST_DIGITS = 3000
STEP = "1e-30"
Array = Any
"""An array of objects, rows × columns, of high-precision numbers."""


class NoValueError(ArithmeticError):
    """The function has no real value at this point."""


def high(array: Any) -> Array:
    """Return the array with exact copies of its numbers."""
    return np.vectorize(lambda value: mpf(float(value)), otypes=[object])(np.atleast_2d(array))


def _real(value: Any) -> Any:
    if not mp.isfinite(value) or mp.im(value) != 0:
        raise NoValueError
    return mp.re(value)


def _each(function: Callable[..., Any], *arrays: Array) -> Array:
    try:
        return np.vectorize(lambda *values: _real(function(*values)), otypes=[object])(*arrays)
    except (ZeroDivisionError, ValueError, OverflowError) as error:
        raise NoValueError from error


def _number(value: Any) -> Array:
    return np.array([[value]], dtype=object)


def _matrix(array: Array) -> Any:
    return mp.matrix(array.tolist())


def _lower_half(side: int) -> list[tuple[int, int]]:
    """Return the places on and below the diagonal, column by column."""
    return [(row, column) for column in range(side) for row in range(column, side)]


def _duplication(side: int) -> Array:
    """Return D with D vech(S) = vec(S): entry (i, j) and entry (j, i) of S are the same entry of vech(S)."""
    found = np.zeros((side * side, side * (side + 1) // 2))
    for place, (row, column) in enumerate(_lower_half(side)):
        found[column * side + row, place] = found[row * side + column, place] = 1
    return high(found)


def _elimination(side: int) -> Array:
    """Return L with L vec(X) = vech(X)."""
    found = np.zeros((side * (side + 1) // 2, side * side))
    for place, (row, column) in enumerate(_lower_half(side)):
        found[place, column * side + row] = 1
    return high(found)


class Value:
    """The values of expressions at one point: high-precision values of the symbols, numbers for the sizes."""

    def __init__(self, symbols: Mapping[Symbol, Array], sizes: Mapping[str, int]) -> None:
        self.symbols, self.sizes, self.known = symbols, sizes, dict[Node, Array]()

    def __call__(self, node: Node) -> Array:
        """Return the value, rows × columns. Raises NoValueError, NotImplementedError for an unknown kind."""
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = self._compute(node)
        return found

    def _size(self, dimension: Dimension) -> int:
        return dimension.value(dict(self.sizes))

    def _extent(self, shape: Shape) -> tuple[int, int]:
        return self._size(shape.rows), self._size(shape.columns)

    def _compute(self, node: Node) -> Array:
        match node:
            case n.Symbol():
                return self.symbols[node]
            case n.Number():
                return _number(mpf(node.value.numerator) / node.value.denominator)
            case n.SizeOf():
                return _number(mpf(self._size(node.dimension)))
            case n.Identity():
                return high(np.eye(self._size(node.shape.rows)))
            case n.Duplication() | n.Elimination():
                side = self._size(node.side)
                return _duplication(side) if isinstance(node, n.Duplication) else _elimination(side)
            case n.UnitVector():
                unit = np.zeros((self._size(node.shape.rows), 1))
                unit[self._place(node.position)] = 1
                return high(unit)
            case n.BoundedSum():
                return self._bounded_sum(node)
        values = [self(operand) for operand in node.operands]
        return self._operation(node, values)

    def _place(self, position: n.Position) -> int:
        if not isinstance(position, Dimension):
            raise NotImplementedError("an index that runs")
        return self._size(position) - 1

    def _bounded_sum(self, node: n.BoundedSum) -> Array:
        lower, upper, *excluded = (int(self(bound)[0, 0]) for bound in node.operands[1:])
        total = high(np.zeros(self._extent(node.shape)))
        for number in (number for number in range(lower, upper + 1) if number not in excluded):
            inner = Value({**self.symbols, node.index: _number(mpf(number))}, self.sizes)
            total = total + inner(node.operands[0])
        return total

    def _operation(self, node: Node, values: list[Array]) -> Array:
        first = values[0]
        match node:
            case n.Fill():
                return np.full(self._extent(node.shape), first[0, 0], dtype=object)
            case n.RunningUnit():
                return high(np.eye(self._size(node.shape.rows))[:, [int(first[0, 0]) - 1]])
            case n.Add():
                return reduce(lambda a, b: a + b, values)
            case n.Negate():
                return -first
            case n.Product():
                return self._product(node, values)
            case n.Hadamard():
                return first * values[1]
            case n.Divide() | n.HadamardDivide():
                return _each(lambda a, b: a / b, *values)
            case n.Power() if node.shape.is_matrix:
                return self._matrix_power(first, int(values[1][0, 0]))
            case n.Power() | n.HadamardPower():
                return _each(_power, *values)
            case n.Transpose():
                return first.T
            case n.Apply():
                return _each(MPMATH[node.function], first)
            case n.Literal():
                return np.array([value[0, 0] for value in values], dtype=object).reshape(self._extent(node.shape))
            case n.Blocks():
                rows = [values[start : start + node.width] for start in range(0, len(values), node.width)]
                return np.concatenate([np.concatenate(row, axis=1) for row in rows])
            case n.Subarray():
                rows_left_out, columns_left_out = self._size(node.above), self._size(node.before)
                height, width = self._extent(node.shape)
                return first[rows_left_out : rows_left_out + height, columns_left_out : columns_left_out + width]
            case n.Entry():
                places = [self._place(position) for position in node.positions]
                shape = node.operands[0].shape
                row, column = places if shape.is_matrix else (0, *places) if shape.is_row else (*places, 0)
                return _number(first[row, column])
            case n.Softmax():
                weights = _each(mp.exp, first)
                return weights / (weights.sum(axis=1, keepdims=True) if node.shape.is_matrix else weights.sum())
            case n.Unvec():
                return first.reshape(self._extent(node.shape), order="F")
            case n.Diag():
                return np.diag(first[:, 0]) + high(np.zeros((len(first), len(first))))
        return self._of_one(node, values)

    def _of_one(self, node: Node, values: list[Array]) -> Array:
        first = values[0]
        match node:
            case n.Diagonal():
                return np.diag(first)[:, None]
            case n.Vec():
                return first.reshape((-1, 1), order="F")
            case n.Vech():
                return np.concatenate([first[column:, [column]] for column in range(len(first))])
            case n.Trace():
                return _number(np.trace(first))
            case n.EntrySum():
                return _number(first.sum())
            case n.Norm1():
                return _number(abs(first).sum())
            case n.Norm2():
                return _number(mp.sqrt((first**2).sum()))
            case n.LogSumExp():
                sums = _each(mp.exp, first)
                return (
                    _each(mp.log, sums.sum(axis=1, keepdims=True)) if node.shape.axes else _number(mp.log(sums.sum()))
                )
            case n.Determinant():
                return _number(mp.det(_matrix(first)))
            case n.LogDeterminant():
                return _each(lambda a: mp.log(abs(a)), _number(mp.det(_matrix(first))))
            case n.Inverse():
                return self._inverse(first)
            case n.Kronecker():
                return np.kron(first, values[1])
            case n.KhatriRao():
                columns = range(first.shape[1])
                return np.stack([np.kron(first[:, k], values[1][:, k]) for k in columns], axis=1)
        raise NotImplementedError(type(node).__name__)

    def _product(self, node: Node, values: list[Array]) -> Array:
        result, scalar = values[0], node.operands[0].shape.is_scalar
        for operand, value in zip(node.operands[1:], values[1:], strict=True):
            scaling = scalar or operand.shape.is_scalar
            result = result * value if scaling else result @ value
            scalar = (scalar and operand.shape.is_scalar) or (not scaling and result.shape == (1, 1))
        return result

    def _inverse(self, array: Array) -> Array:
        try:
            inverse = mp.inverse(_matrix(array))
        except ZeroDivisionError as error:
            raise NoValueError from error
        return np.array(inverse.tolist(), dtype=object)

    def _matrix_power(self, array: Array, times: int) -> Array:
        base = self._inverse(array) if times < 0 else array
        return reduce(lambda a, b: a @ b, [base] * abs(times), high(np.eye(len(array))))


def _power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent < 0:
        raise ZeroDivisionError
    return base ** int(exponent) if exponent == int(exponent) else mp.power(base, exponent)


def derivative(of: Node, wrt: Symbol, symbols: Mapping[Symbol, Any], sizes: Mapping[str, int]) -> Any:
    """Return the derivative, an array (rows, columns of `of`, then of `wrt`), or None where the function has no value.

    An entry is not-a-number where the derivative is not an ordinary number.

    Where the differences to both sides disagree there is a corner or a jump; beyond 1e150 nothing is asked of code.
    """
    point = {symbol: high(value).reshape(np.shape(value)) for symbol, value in symbols.items()}
    with mp.workdps(MOST_DIGITS):
        try:
            needed = digits_at(of, point, sizes)
        except NoValueError:
            return None
    if needed > MOST_DIGITS + DIGITS:
        return None
    with mp.workdps(needed):
        step = mpf(STEP)
        middle = Value(point, sizes)(of)
        found = np.full((*middle.shape, *point[wrt].shape), np.nan)
        for place in np.ndindex(point[wrt].shape):
            ends = []
            for sign in (1, -1):
                moved = point[wrt].copy()
                moved[place] = moved[place] + sign * step
                try:
                    ends.append((Value({**point, wrt: moved}, sizes)(of) - middle) / (sign * step))
                except NoValueError:
                    break
            if len(ends) == 2:
                found[(..., *place)] = np.vectorize(_ordinary, otypes=[float])(*ends)
        return found


def digits_at(of: Node, point: Mapping[Symbol, Array], sizes: Mapping[str, int]) -> int:
    """Return how many digits hold the largest and the smallest intermediate values beside 1, with room for differences.

    In 1 − sigmoid(800), for instance, everything begins behind the 347th digit.
    """
    value = Value(point, sizes)
    value(of)
    bits = [mp.mag(entry) for array in value.known.values() for entry in array.flat if entry]
    digits = [size * 302 // 1000 for size in bits]
    small = (-size for size in digits if -size <= MOST_DIGITS)  # what is smaller still is 0 to all others
    return DIGITS + max((0, *digits, *small))


def _ordinary(right: Any, left: Any) -> float:
    """Return the derivative, or not-a-number where the differences to the right and to the left disagree."""
    size = max(abs(right), abs(left))
    if size > mpf("1e150") or abs(right - left) > mpf("1e-12") * (1 + size):
        return float("nan")
    return float((right + left) / 2)
