"""Numeric values of expressions, with derivatives by the complex step or by extrapolated central differences.

Every value is an array of shape (…, directions, rows, columns). Each index is one more axis before these, so
that an equation with free indices is checked for all of their values at once.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node, Pair, Position, Symbol
from jacobook.algebra.shapes import Dimension, Shape
from jacobook.algebra.traverse import contains
from jacobook.verification.numeric.array_operations import (
    OPERATIONS,
    Array,
    DomainError,
    Sizes,
    TooLargeArrayError,
    refuse,
    side_lengths,
    swap,
)
from jacobook.verification.numeric.dependence import (
    DERIVATIVES,
    dependents,
    directions,
    expand_once,
    smooth,
)
from jacobook.verification.numeric.natural_sizes import natural_size
from jacobook.verification.numeric.solving import solved
from jacobook.verification.points.stand_ins import value_of

COMPLEX_STEP = 1e-100
"""Small beside a determinant of 10⁻⁴⁰ as well."""
DIFFERENCE_STEP = 2.0**-9
FEWEST_HALVINGS, MOST_HALVINGS = 2, 7
ROUGHLY, SETTLED = 1e-4, 1e-9
"""How far the last difference may be from its extrapolation, and by how much that may change at the last step."""
LARGEST_ARRAY = 2_000_000
LARGEST_COUNT = 10_000
LARGEST_SYSTEM = 10_000
"""An equation for the square root of more entries than this is not solved."""
MOST_TERMS = 600
"""A sum over an index with more terms is not evaluated."""
"""A variable with more entries than this is not differentiated entry by entry."""


_DIFFERENTIAL = Node.mask_of(n.Differential)


def _is_choice(node: Node) -> bool:
    """Return whether the expression is step(u), 1 − step(u), a product with such a factor, or the d of a step."""
    match node:
        case n.Differential(operands=(inside,)):
            return _is_choice(inside)
        case n.Apply(function="step"):
            return True
        case n.Add(operands=(one, n.Negate(operands=(n.Apply(function="step"),)))):
            return one is build.ONE or (isinstance(one, n.Fill) and one.operands[0] is build.ONE)
        case n.Product() | n.Hadamard():
            return any(map(_is_choice, node.operands))
    return False


def inward(value: ArrayLike, shape: Shape) -> Array:
    """Return the value as (1, rows, columns); in code a vector and a row are one-dimensional."""
    array = np.asarray(value)
    if array.ndim != len(shape.axes):
        raise ValueError(f"{shape.describe()} is not an array of {array.ndim} dimensions")
    if shape.is_vector:
        return array.reshape(1, -1, 1)
    return array.reshape((1, 1, -1)) if array.ndim < 2 else array[None]


def outward(array: Array, shape: Shape) -> Array:
    """Return a single value as code holds it: a scalar 0-D, a vector or a row 1-D, a matrix 2-D."""
    flat = array.reshape(array.shape[-2:])
    return flat.reshape([length for length, axis in _axes(flat, shape) if axis])


def _axes(flat: Array, shape: Shape) -> list[tuple[int, bool]]:
    return [
        (flat.shape[0], shape.is_matrix or shape.is_vector),
        (flat.shape[1], shape.is_matrix or shape.is_row),
    ]


class Evaluator:
    """The values of expressions at one point: values of symbols, definitions of others, sizes, directions.

    A perturbed point is an evaluator with a parent: only what depends on a perturbed symbol is computed anew.
    """

    def __init__(
        self,
        values: Mapping[Symbol, Array],
        sizes: Sizes,
        definitions: Mapping[Symbol, Node] | None = None,
        *,
        directions: Mapping[Symbol, Array] | None = None,
        through: bool = True,
        parent: Evaluator | None = None,
        affected: frozenset[Symbol] = frozenset(),
    ) -> None:
        """Start from arrays of shape (1, rows, columns).

        `directions` gives the d of every symbol that varies in a differential; `through` says whether a
        differential goes through all definitions down to these, or through one, with other names held fixed.
        """
        self.values, self.sizes, self.definitions = dict(values), sizes, definitions or {}
        self.directions, self.through = dict(directions or {}), through
        self.parent, self.affected = parent, affected
        self.axes: dict[Index, int] = parent.axes if parent else {}
        self.rough: set[Node] = parent.rough if parent else set()
        """The derivatives that were taken by differences."""
        self.passed_over: set[Node] = parent.passed_over if parent else set()
        """The branches of choices that are not taken, and have no value."""
        self.magnitudes: dict[Node, tuple[float, float]] = {}
        """How large the values on the way to that of a node are, and how badly conditioned: see `numeric.equations`."""
        self._memo: dict[Node, Array] = {}
        self._numbered: dict[tuple[n.RunningIndex, int], Evaluator] = {}

    def view(self, directions: Mapping[Symbol, Array], through: bool) -> Evaluator:
        """Return the same point with directions for the differentials."""
        return Evaluator({}, self.sizes, self.definitions, directions=directions, through=through, parent=self)

    def value(self, node: Node) -> Array:
        """Return the value. Raises DomainError where there is none, KeyError for an unknown symbol."""
        found = self._memo.get(node)
        if found is None:
            if self.parent is None or self._concerns(node):
                try:
                    found = self._compute(node)
                except DomainError:
                    if not self._is_branch_not_taken(node):
                        raise
                    self.passed_over.add(node)
                    found = np.zeros((1, *side_lengths(node.shape, self.sizes)))
            else:
                found = self.parent.value(node)
            self._memo[node] = found
        return found

    def _is_branch_not_taken(self, node: Node) -> bool:
        """Return whether a product has a factor step(u), or 1 − step(u), that is 0: `where(x > 0, log(x), x^2)`.

        Such a product is a branch of a choice, and the other one is taken, whether this one has a value or not.
        """
        factors = (node.operands[0],) if isinstance(node, n.Divide | n.HadamardDivide) else node.operands
        if not isinstance(node, n.Product | n.Hadamard | n.Divide | n.HadamardDivide):
            return False
        return any(_is_choice(factor) and not np.any(self.value(factor)) for factor in factors)

    def _concerns(self, node: Node) -> bool:
        if self.affected:
            return not node.symbols.isdisjoint(self.affected)
        return bool(node.kinds & _DIFFERENTIAL)

    def _compute(self, node: Node) -> Array:
        if (inside := even_power_of_norm(node)) is not None:  # smooth, also where the norm is 0 and has a kink
            return np.asarray(self.value(inside[0])) ** inside[1]
        operation = OPERATIONS.get(type(node))
        if operation is not None:
            values = [self.value(operand) for operand in node.operands]
            rows, columns = side_lengths(node.shape, self.sizes)
            if rows * columns * _count_of_indexed(values) > LARGEST_ARRAY:
                raise TooLargeArrayError
            if complex not in [value.dtype for value in values]:  # all are real
                refuse(node, values, lambda inside: natural_size(inside, self))
            with np.errstate(all="ignore"):
                try:
                    result = operation(node, values, self.sizes)
                except np.linalg.LinAlgError as error:
                    raise DomainError(str(error)) from None
            if not np.isfinite(result).all():
                raise DomainError(f"{type(node).__name__} is not finite at this point")
            return result
        match node:
            case n.Symbol():
                return self._symbol(node)
            case n.Entry():
                return self._entry(node)
            case n.UnitVector():
                return self._unit_vector(node)
            case n.Delta():
                first, second = (self._position(position) for position in node.positions)
                return np.asarray(first == second, dtype=float)
            case n.IndexSum():
                return self._sum(node)
            case n.BoundedSum():
                return self._bounded_sum(node)
            case n.Solution():
                return self._solution(node)
            case n.ArrayOf():
                return self._array(node)
            case n.Differential():
                return self._differential(node)
            case n.Partial():
                return self._partial(node)
            case n.PartialEntry():
                return self._partial_entry(node)
            case n.FunctionValue():
                return value_of(node, [self.value(operand) for operand in node.operands], self.sizes)
            case n.StructuredPartial():
                return self._structured(node)
        raise TypeError(f"{type(node).__name__} has no numeric value")

    def _symbol(self, symbol: Symbol) -> Array:
        if symbol in self.values:
            return self.values[symbol]
        if symbol in self.definitions:
            return self.value(self.definitions[symbol])
        raise KeyError(f"no value for {symbol.name}")

    # -- indices ------------------------------------------------------------

    def axis(self, index: Index) -> int:
        """Return the axis of an index, counted from the end."""
        return -4 - self.axes.setdefault(index, len(self.axes))

    def _position(self, position: Position) -> Array:
        if isinstance(position, Dimension):
            return np.full((1, 1, 1), position.value(self.sizes))
        if isinstance(position, Pair):
            size = position.minor_size.value(self.sizes)
            return (self._position(position.major) - 1) * size + self._position(position.minor)
        axis = self.axis(position)
        return np.arange(1, self._length(position) + 1).reshape((-1,) + (1,) * (-axis - 1))

    def _check_index(self, position: Position, length: int) -> None:
        """Raise ValueError for an index that runs over another number of places."""
        if isinstance(position, Index) and self._length(position) != length:
            raise ValueError(f"the index {position} runs to {position.dimension}, the array does not")

    def _length(self, index: Index) -> int:
        return index.dimension.value(self.sizes)

    def _entry(self, node: n.Entry) -> Array:
        value, shape = self.value(node.operands[0]), node.operands[0].shape
        places = (-2, -1) if shape.is_matrix else (-1,) if shape.is_row else (-2,)
        for place, position in zip(places, node.positions, strict=True):
            if isinstance(position, Dimension):
                number = position.value(self.sizes)
                if number > value.shape[place]:
                    raise DomainError(f"there is no entry {number}")
                value = value.take([number - 1], axis=place)
                continue
            self._check_index(position, value.shape[place])
            if isinstance(position, Pair):
                value = _gather(value, self._position(position), place)
                continue
            axis = self.axis(position)
            value = _lift(value, -axis)
            if value.shape[axis] == 1:
                value = np.swapaxes(value, axis, place)
            else:  # the array itself depends on this index
                value = _gather(value, self._position(position), place)
        return value

    def _unit_vector(self, node: n.UnitVector) -> Array:
        length = side_lengths(node.shape, self.sizes)[0]
        self._check_index(node.position, length)
        place = self._position(node.position)
        if np.max(place) > length:
            raise DomainError(f"there is no entry {np.max(place)}")
        return np.asarray(np.arange(1, length + 1).reshape(length, 1) == place, dtype=float)

    def _sum(self, node: n.IndexSum) -> Array:
        axis, body = self.axis(node.index), self.value(node.operands[0])
        if body.ndim < -axis or body.shape[axis] == 1:
            return body * self._length(node.index)
        return np.asarray(body.sum(axis=axis, keepdims=True))

    def _bounded_sum(self, node: n.BoundedSum) -> Array:
        body, *limits = node.operands
        first, last, *excluded = (round(float(self.value(bound).real.flat[0])) for bound in limits)
        if last - first >= MOST_TERMS:
            raise TooLargeArrayError
        result: Array = np.zeros((1, *side_lengths(node.shape, self.sizes)))
        for number in (number for number in range(first, last + 1) if number not in excluded):
            result = result + self._at(node.index, number).value(body)
        return result

    def _solution(self, node: n.Solution) -> Array:
        left, right = node.operands
        difference = build.add(left, build.negate(right))
        rows, columns = side_lengths(node.shape, self.sizes)
        if (rows * columns) ** 2 > LARGEST_SYSTEM:
            raise TooLargeArrayError
        try:  # of several solutions a point that was moved keeps that of the point it was moved from
            near = None if self.parent is None else self.parent.value(node)
        except KeyError:  # inside an equation
            near = None
        return solved(lambda value: self._with_bound(node.unknown, value).value(difference), rows, columns, near)

    def _at(self, index: n.RunningIndex, number: int) -> Evaluator:
        """Return the same point with a number for a running index."""
        key = (index, number)
        if key not in self._numbered:
            self._numbered[key] = self._with_bound(index, np.full((1, 1, 1), float(number)))
        return self._numbered[key]

    def _with_bound(self, name: Symbol, value: Array) -> Evaluator:
        """Return the same point with a value for a name that a node binds."""
        return Evaluator(
            {name: value},
            self.sizes,
            self.definitions,
            directions=self.directions,
            through=self.through,
            parent=self,
            affected=frozenset((name,)),
        )

    def _array(self, node: n.ArrayOf) -> Array:
        value = self.value(node.operands[0])
        places = (-2, -1) if node.shape.is_matrix else (-1,) if node.shape.is_row else (-2,)
        for place, index in zip(places, node.indices, strict=True):
            axis = self.axis(index)
            value = np.swapaxes(_lift(value, -axis), axis, place)
        return np.broadcast_to(value, value.shape[:-2] + side_lengths(node.shape, self.sizes))

    # -- derivatives ------------------------------------------------------------

    def _differential(self, node: n.Differential) -> Array:
        inside = node.operands[0]
        if isinstance(inside, Symbol) and inside in self.directions:
            return self.directions[inside]
        if not self.through:
            inside = expand_once(inside, self.directions, self.definitions)
        if not self._is_smooth(inside, self.directions, self.through):
            self.rough.add(node)
        return self.derivative(inside, self.directions, self.through)

    def _partial(self, node: n.Partial) -> Array:
        of, wrt = node.operands
        assert isinstance(wrt, Symbol)
        inside = of if node.total else expand_once(of, (wrt,), self.definitions)
        if not self._is_smooth(inside, (wrt,), node.total):
            self.rough.add(node)
        result = self.jacobian(of, wrt, node.total)
        before = result.shape[:-3]
        if not of.shape.is_scalar and not wrt.shape.is_scalar:
            # Entries stacked column by column, those of `of` down and those of wrt across.
            cube = result.reshape((*before, *side_lengths(wrt.shape, self.sizes), *result.shape[-2:]))
            result = cube.transpose((*range(len(before)), *(len(before) + axis for axis in (3, 2, 1, 0))))
        return result.reshape((*before, 1, *side_lengths(node.shape, self.sizes)))

    def _structured(self, node: n.StructuredPartial) -> Array:
        """Return Σ c_a U_a over the directions U_a in which the variable can vary: c are the derivatives along them.

        For the gradient c solves ⟨P, U_b⟩ = derivative along U_b, with P = Σ c_a U_a.
        """
        of, wrt = node.operands
        assert isinstance(wrt, Symbol)
        if not self._is_smooth(of, (wrt,), through=True):
            self.rough.add(node)
        rows, columns = side_lengths(wrt.shape, self.sizes)
        basis = directions(node.structure, self.value(wrt).reshape(rows, columns).tolist())
        units = np.zeros((len(basis), rows, columns))
        for number, direction in enumerate(basis):
            for (i, j), entry in direction.items():
                units[number, i, j] = entry
        if not basis:  # one direction along which nothing moves
            basis, units = [{(0, 0): 1.0}], np.zeros((1, rows, columns))
        slopes = self.derivative(of, {wrt: units}, through=True)
        slopes = np.broadcast_to(slopes, (*slopes.shape[:-3], len(basis), 1, 1))
        if node.is_gradient:
            along = units.reshape(len(basis), rows * columns)
            inner_products = along @ along.T if along.any() else np.eye(1)
            slopes = np.linalg.solve(inner_products, slopes[..., 0])[..., None]
        found = (slopes * units).sum(axis=-3, keepdims=True)
        return np.asarray(swap(found) if wrt.shape.is_vector else found)

    def _partial_entry(self, node: n.PartialEntry) -> Array:
        of, wrt = node.operands
        assert isinstance(wrt, Symbol)
        whole = build.partial(of, wrt, node.total)
        value = self.value(whole)
        if whole in self.rough:
            self.rough.add(node)
        for place, inside, positions in ((-2, of, node.of_positions), (-1, wrt, node.wrt_positions)):
            value = _gather(value, self._stacked_position(inside, positions), place)
        return value

    def _stacked_position(self, node: Node, positions: tuple[Position, ...]) -> Array:
        """Return the place of an entry (from 1) where the columns are stacked."""
        for position, axis in zip(positions, node.shape.axes, strict=True):
            self._check_index(position, axis.value(self.sizes))
        first, *rest = map(self._position, positions)
        return first + side_lengths(node.shape, self.sizes)[0] * (rest[0] - 1) if rest else first

    def jacobian(self, of: Node, wrt: Symbol, total: bool) -> Array:
        """Return the derivatives with respect to every entry of wrt (row by row) along the third axis from the end.

        The array has the shape (…, entries of wrt, rows of `of`, columns of `of`).
        """
        rows, columns = side_lengths(wrt.shape, self.sizes)
        count, size = rows * columns, int(np.prod(side_lengths(of.shape, self.sizes)))
        if count * size > LARGEST_ARRAY or count > LARGEST_COUNT:
            raise TooLargeArrayError
        inside = of if total else expand_once(of, (wrt,), self.definitions)
        # Unit arrays of a large variable come in parts, which together would fill the memory.
        step = count if count * count <= LARGEST_ARRAY // 2 else max(1, LARGEST_ARRAY // (2 * count))
        parts = []
        for start in range(0, count, step):
            units = np.eye(min(step, count - start), count, start)
            part = self.derivative(inside, {wrt: units.reshape(-1, rows, columns)}, total)
            parts.append(np.broadcast_to(part, (*part.shape[:-3], len(units), *part.shape[-2:])))
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-3)

    def along(self, node: n.Partial, directions: Array) -> Array:
        """Return what a derivative makes of directions (k, rows, columns) of its variable: (…, k, rows, columns)."""
        of, wrt = node.operands
        assert isinstance(wrt, Symbol)
        inside = of if node.total else expand_once(of, (wrt,), self.definitions)
        if not self._is_smooth(inside, (wrt,), node.total):
            self.rough.add(node)
        result = self.derivative(inside, {wrt: directions}, node.total)
        return np.broadcast_to(result, (*result.shape[:-3], len(directions), *result.shape[-2:]))

    def derivative(self, node: Node, directions: Mapping[Symbol, Array], through: bool) -> Array:
        """Return the derivatives of the node along k directions (k, rows, columns) of symbols at once.

        With `through` the other names follow their definitions; otherwise they keep their values.
        """
        base = self.value(node)  # raises where the function has no value or no usable neighbourhood
        affected, reached = self._reach(node, directions, through)
        if node.symbols.isdisjoint(affected):
            return np.zeros(base.shape)
        if all(smooth(part) for part in reached):
            step = {name: 1j * COMPLEX_STEP * direction for name, direction in directions.items()}
            return np.asarray(self._moved(step, affected).value(node).imag / COMPLEX_STEP)
        if any(contains(part, DERIVATIVES) for part in reached):  # a derivative of a derivative: one direction each
            count = max(direction.shape[-3] for direction in directions.values())
            single = [{s: d[k : k + 1] for s, d in directions.items()} for k in range(count)]
            return np.concatenate([self._differences(node, one, affected) for one in single], axis=-3)
        return self._differences(node, directions, affected)

    def _reach(self, node: Node, varying: Collection[Symbol], through: bool) -> tuple[frozenset[Symbol], list[Node]]:
        affected = dependents(varying, self.definitions) if through else frozenset(varying)
        return affected, [node, *(self.definitions[name] for name in affected.difference(varying))]

    def _is_smooth(self, node: Node, varying: Collection[Symbol], through: bool) -> bool:
        affected, reached = self._reach(node, varying, through)
        return node.symbols.isdisjoint(affected) or all(smooth(part) for part in reached)

    def _moved(self, step: Mapping[Symbol, Array], affected: frozenset[Symbol]) -> Evaluator:
        return Evaluator(
            {name: self.value(name) + change for name, change in step.items()},
            self.sizes,
            self.definitions,
            directions=self.directions,
            through=self.through,
            parent=self,
            affected=affected,
        )

    def _differences(self, node: Node, directions: Mapping[Symbol, Array], affected: frozenset[Symbol]) -> Array:
        """Return central differences, extrapolated to step 0 (Romberg): of three steps, or of more until they settle.

        For a function that oscillates fast the first steps are too long, and are halved further. Rounding grows as
        steps shrink, so that the best row is the one that changed least, not the last.
        """
        row: list[Array] = []
        found: list[tuple[float, Array]] = []
        for halvings in range(MOST_HALVINGS + 1):
            before, row = row, [self._difference(node, directions, affected, DIFFERENCE_STEP / 2**halvings)]
            for order, shorter in enumerate(before, start=1):
                row.append(row[-1] + (row[-1] - shorter) / (4**order - 1))
            if halvings < FEWEST_HALVINGS:
                continue
            scale = max(0.01, float(np.max(np.abs(row[-1]))))
            if float(np.max(np.abs(row[-1] - row[0]))) <= ROUGHLY * scale:
                found.append((float(np.max(np.abs(row[-1] - row[-2]))) / scale, row[-1]))
                if found[-1][0] <= SETTLED:
                    break
        if not found:
            raise DomainError("the differences do not settle: a kink is near")
        return min(found, key=lambda one: one[0])[1]

    def _difference(
        self, node: Node, directions: Mapping[Symbol, Array], affected: frozenset[Symbol], step: float
    ) -> Array:
        ends = [
            self._moved({s: sign * step * d for s, d in directions.items()}, affected).value(node)
            for sign in (1.0, -1.0)
        ]
        return np.asarray((ends[0] - ends[1]) / (2 * step))


def even_power_of_norm(node: Node) -> tuple[Node, int] | None:
    """Return the square of a norm as a sum of squares, and to which power that is taken; None for anything else."""
    if not (
        isinstance(node, n.Power) and isinstance(node.operands[0], n.Norm2) and isinstance(node.operands[1], n.Number)
    ):
        return None
    exponent = node.operands[1].value
    if exponent.denominator != 1 or exponent < 2 or exponent.numerator % 2:
        return None
    inside = node.operands[0].operands[0]
    return build.entry_sum(build.hadamard(inside, inside)), exponent.numerator // 2


def _gather(value: Array, numbers: Array, place: int) -> Array:
    """Return the entries with these numbers (from 1) along a place, which keeps one entry."""
    dimensions = max(value.ndim, numbers.ndim)
    value, numbers = _lift(value, dimensions), _lift(numbers, dimensions)
    if np.max(numbers) > value.shape[place]:
        raise DomainError(f"there is no entry {np.max(numbers)}")
    return np.take_along_axis(value, numbers - 1, axis=place)


def _lift(value: Array, dimensions: int) -> Array:
    missing = dimensions - value.ndim
    return value.reshape((1,) * missing + value.shape) if missing > 0 else value


def derivative_array(point: Evaluator, of: Node, wrt: Symbol) -> Array:
    """Return the total derivative as an array of shape of.shape + wrt.shape (vectors and rows 1-D)."""
    flat = np.moveaxis(point.jacobian(of, wrt, total=True), -3, -1)
    return np.asarray(flat.reshape([axis.value(point.sizes) for axis in (*of.shape.axes, *wrt.shape.axes)]))


def evaluate(
    node: Node,
    values: Mapping[Symbol, ArrayLike],
    sizes: Sizes,
    *,
    indices: Mapping[Index, int] | None = None,
    definitions: Mapping[Symbol, Node] | None = None,
    directions: Mapping[Symbol, ArrayLike] | None = None,
) -> Array:
    """Return the value of an expression as code holds it: scalars 0-D, vectors and rows 1-D, matrices 2-D.

    `indices` gives the free indices (from 1), `directions` the differentials of symbols. Raises DomainError
    where there is no value, KeyError for an unknown symbol, ValueError for an array of the wrong dimensions.
    """
    evaluator = Evaluator(
        {symbol: inward(value, symbol.shape) for symbol, value in values.items()},
        sizes,
        definitions,
        directions={symbol: inward(value, symbol.shape) for symbol, value in (directions or {}).items()},
    )
    result = evaluator.value(node)
    for index, number in (indices or {}).items():
        axis = evaluator.axis(index)
        if result.ndim >= -axis and result.shape[axis] > 1:
            result = result.take([number - 1], axis=axis)
    return outward(result, node.shape)


def _count_of_indexed(values: Sequence[Array]) -> int:
    """Return how many matrices a result holds, one for every place of the indices: of Kronecker products, millions."""
    found = {value.shape[:-2] for value in values}
    return math.prod(found.pop() if len(found) == 1 else np.broadcast_shapes(*found))
