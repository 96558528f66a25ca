"""Expressions written out in components with SymPy: the witness that knows none of the engine's rules.

A value is a grid of SymPy expressions, rows of entries. Indices are numbers here, and derivatives are SymPy's
derivatives of the written-out components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import sympy

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import ROWS, Freedom
from jacobook.algebra.nodes import Index, Node, Pair, Position, Symbol
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.traverse import free_indices
from jacobook.verification.numeric.array_operations import Sizes, side_lengths
from jacobook.verification.numeric.dependence import Direction, dependents, directions, expand_once, inner_products
from jacobook.verification.symbolic.formal_functions import grid_of_function
from jacobook.verification.symbolic.grids import (
    OPERATIONS,
    Entry,
    Grid,
    TooLargeError,
    WorkDone,
    commutation,
    component_derivative,
    duplication,
    elimination,
    flat,
    identity,
    limited,
    linear_solution,
    map_entries,
    rational,
    stacked_entries,
    tree_size,
    triangle_of_ones,
    unvec,
)

WITHOUT_FORMULAS = (
    n.MatrixExponential, n.ExponentialJacobian, n.MatrixRoot, n.MatrixLogarithm, n.Cholesky, n.LargestEigenvalue,
    n.LeadingEigenvector, n.Eigenvalues, n.Eigenvectors, n.NuclearNorm, n.PolarFactor, n.Largest, n.LargestPlace,
    n.LargestOfRows, n.LargestPlaceOfRows,
)  # fmt: skip
"""Functions whose entries no formula that is worth writing gives: they are checked in numbers alone."""
LARGEST_GRID = 1296
MOST_WORK = 2_000_000
"""Operations for the symbolic checks of one derivation: entries written out, and terms of polynomials."""
MOST_FORMULAS = 100
"""How many entries of a grid may be more than a number."""


@lru_cache(maxsize=8192)
def _free(node: Node) -> tuple[Index, ...]:
    return tuple(sorted(free_indices(node), key=lambda index: (index.name, str(index.dimension))))


class SymbolicComponents:
    """The components of expressions at a point whose entries are SymPy expressions."""

    def __init__(
        self,
        values: Mapping[Symbol, Grid],
        sizes: Sizes,
        definitions: Mapping[Symbol, Node],
        directions: Mapping[Symbol, Grid],
        through: bool,
        parent: SymbolicComponents | None = None,
        affected: frozenset[Symbol] = frozenset(),
        work: WorkDone | None = None,
    ) -> None:
        """See `Evaluator`, whose conventions are the same. A child spends the work of its parent."""
        self.work: WorkDone = parent.work if parent is not None else work or WorkDone(MOST_WORK)
        self.values, self.sizes, self.definitions = dict(values), dict(sizes), definitions
        self.directions, self.through = directions, through
        self.parent, self.affected = parent, affected
        self._memo: dict[tuple[Node, tuple[int, ...]], Grid | TooLargeError] = {}

    def value(self, node: Node, at: Mapping[Index, int]) -> Grid:
        """Return the components with the free indices at these numbers. Raises TooLargeError."""
        key = (node, tuple(at[index] for index in _free(node)))
        found = self._memo.get(key)
        if found is None:
            try:
                self.work.spend(1)
                if self.parent is not None and node.symbols.isdisjoint(self.affected):
                    found = self.parent.value(node, at)
                else:
                    found = self._compute(node, at)
                    self._limit(found)
            except TooLargeError as error:
                found = error
            self._memo[key] = found
        if isinstance(found, TooLargeError):
            raise found.with_traceback(None)
        return found

    def _limit(self, grid: Grid) -> None:
        if len(grid) * len(grid[0]) > LARGEST_GRID:
            raise TooLargeError(f"{len(grid)}×{len(grid[0])} entries")
        if sum(not entry.is_Number for row in grid for entry in row) > MOST_FORMULAS:
            raise TooLargeError(f"more than {MOST_FORMULAS} entries that are not numbers")
        limited(grid)
        self.work.spend(sum(tree_size(entry) for row in grid for entry in row))

    def _compute(self, node: Node, at: Mapping[Index, int]) -> Grid:
        rows, columns = side_lengths(node.shape, self.sizes)
        if rows * columns > LARGEST_GRID:
            raise TooLargeError(f"{rows}×{columns} entries")
        operation = OPERATIONS.get(type(node))
        if operation is not None:  # a function of the components of its operands alone
            return operation(node, *(self.value(operand, at) for operand in node.operands))
        match node:
            case n.Number():
                return ((rational(node.value),),)
            case n.SizeOf():
                return ((sympy.Integer(node.dimension.value(self.sizes)),),)
            case n.Identity():
                return identity(rows)
            case n.Triangle():
                return triangle_of_ones(rows, columns, node.is_lower)
            case n.Duplication():
                return duplication(node.side.value(self.sizes))
            case n.Elimination():
                return elimination(node.side.value(self.sizes))
            case n.Commutation():
                return commutation(*(dimension.value(self.sizes) for dimension in node.sizes))
            case n.Subarray():
                above, before = node.above.value(self.sizes), node.before.value(self.sizes)
                whole = self.value(node.operands[0], at)
                return tuple(line[before : before + columns] for line in whole[above : above + rows])
            case n.Unvec():
                return unvec(self.value(node.operands[0], at), rows)
            case n.Fill():
                return ((self.value(node.operands[0], at)[0][0],) * columns,) * rows
            case n.Symbol():  # a variable, or a name of the chain
                return self.values[node] if node in self.values else self.value(self.definitions[node], at)
            case n.FunctionValue():
                inside = [self.value(operand, at) for operand in node.operands]
                return grid_of_function(node, inside, side_lengths(node.function.value, self.sizes))
            case n.Entry():
                return self._entry(node, at)
            case n.UnitVector():  # (e_k)_i = δ_ki
                place = self._place(node.position, at)
                if place > rows:
                    raise TooLargeError("an entry that these sizes do not have")
                return tuple((sympy.Integer(number == place),) for number in range(1, rows + 1))
            case n.RunningUnit():
                running = int(self.value(node.operands[0], at)[0][0])
                if not 1 <= running <= rows:
                    raise TooLargeError("an entry that these sizes do not have")
                return tuple((sympy.Integer(number == running),) for number in range(1, rows + 1))
            case n.Delta():
                first, second = (self._place(position, at) for position in node.positions)
                return ((sympy.Integer(first == second),),)
            case n.IndexSum():
                numbers = range(1, node.index.dimension.value(self.sizes) + 1)
                parts = [self.value(node.operands[0], {**at, node.index: number}) for number in numbers]
                return ((sympy.Add(*(part[0][0] for part in parts)),),)
            case n.BoundedSum():
                return self._bounded_sum(node, at, rows, columns)
            case n.Solution():
                return self._solution(node, at, rows, columns)
            case n.ArrayOf():
                return self._array(node, at, rows, columns)
            case n.Differential():
                return self._differential(node, at)
            case n.Partial():
                return self._partial(node, at)
            case n.PartialEntry():
                return self._partial_entry(node, at)
            case n.StructuredPartial():
                return self._structured(node, at)
            case _ if isinstance(node, WITHOUT_FORMULAS):
                raise TooLargeError(f"{type(node).__name__} has no formula in entries")
        raise TypeError(f"{type(node).__name__} has no components")

    def _place(self, position: Position, at: Mapping[Index, int]) -> int:
        if isinstance(position, Pair):
            size = position.minor_size.value(self.sizes)
            return (self._place(position.major, at) - 1) * size + self._place(position.minor, at)
        return position.value(self.sizes) if isinstance(position, Dimension) else at[position]

    def _entry(self, node: n.Entry, at: Mapping[Index, int]) -> Grid:
        grid, shape = self.value(node.operands[0], at), node.operands[0].shape
        places = [self._place(position, at) - 1 for position in node.positions]
        row = 0 if shape.is_row else places[0]
        column = 0 if shape.is_vector else places[-1]
        if row >= len(grid) or column >= len(grid[0]):
            raise TooLargeError("an entry that these sizes do not have")
        return ((grid[row][column],),)

    def _bounded_sum(self, node: n.BoundedSum, at: Mapping[Index, int], rows: int, columns: int) -> Grid:
        body, *limits = node.operands
        first, last, *excluded = (int(self.value(bound, at)[0][0]) for bound in limits)
        result: Grid = ((sympy.Integer(0),) * columns,) * rows
        for number in (number for number in range(first, last + 1) if number not in excluded):
            here: dict[Symbol, Grid] = {node.index: ((sympy.Integer(number),),)}
            child = SymbolicComponents(
                here, self.sizes, self.definitions, self.directions, self.through, self, frozenset((node.index,))
            )
            result = map_entries(sympy.Add, result, child.value(body, at))
        return result

    def _solution(self, node: n.Solution, at: Mapping[Index, int], rows: int, columns: int) -> Grid:
        """Return the solution of a linear equation: J y + c = 0 with J and c read off the difference of its sides."""
        name = f"y_{_depth(self)}"
        unknown: Grid = tuple(tuple(sympy.Symbol(f"{name}_{i}_{j}") for j in range(columns)) for i in range(rows))
        here: dict[Symbol, Grid] = {node.unknown: unknown}
        child = SymbolicComponents(
            here, self.sizes, self.definitions, self.directions, self.through, self, frozenset((node.unknown,))
        )
        sides = (stacked_entries(child.value(side, at)) for side in node.operands)
        difference = [left - right for left, right in zip(*sides, strict=True)]
        entries = stacked_entries(unknown)
        slopes = tuple(tuple(component_derivative(one, entry) for entry in entries) for one in difference)
        if any(slope.has(*entries) for row in slopes for slope in row):
            raise TooLargeError("an equation that is not linear has no solution in entries")
        self._limit(slopes)
        rest = tuple((-one.xreplace(dict.fromkeys(entries, sympy.Integer(0))),) for one in difference)
        return unvec(linear_solution(slopes, rest), rows)

    def _array(self, node: n.ArrayOf, at: Mapping[Index, int], rows: int, columns: int) -> Grid:
        def entry(i: int, j: int) -> Entry:
            numbers = (i, j) if node.shape.is_matrix else (j,) if node.shape.is_row else (i,)
            here = dict(zip(node.indices, numbers, strict=True))
            return self.value(node.operands[0], {**at, **here})[0][0]

        return tuple(tuple(entry(i, j) for j in range(1, columns + 1)) for i in range(1, rows + 1))

    def _child(self, values: Mapping[Symbol, Grid], through: bool) -> SymbolicComponents:
        affected = dependents(values, self.definitions) if through else frozenset(values)
        return SymbolicComponents(values, self.sizes, self.definitions, self.directions, self.through, self, affected)

    def _differential(self, node: n.Differential, at: Mapping[Index, int]) -> Grid:
        """Return d f = d/dt f(x + t dx) at t = 0."""
        inside = node.operands[0]
        if isinstance(inside, Symbol) and inside in self.directions:
            return self.directions[inside]
        if not self.through:
            inside = expand_once(inside, self.directions, self.definitions)
        time = sympy.Symbol(f"t_{_depth(self)}", real=True)
        moved = {
            symbol: map_entries(lambda value, change: value + time * change, self.value(symbol, {}), direction)
            for symbol, direction in self.directions.items()
        }
        child = self._child(moved, self.through)
        if inside.symbols.isdisjoint(child.affected):
            return map_entries(lambda entry: sympy.Integer(0), self.value(inside, at))
        now = {time: sympy.Integer(0)}
        return map_entries(lambda entry: component_derivative(entry, time).xreplace(now), child.value(inside, at))

    def _partial(self, node: n.Partial, at: Mapping[Index, int]) -> Grid:
        of, wrt = node.operands
        assert isinstance(wrt, Symbol)
        inside = of if node.total else expand_once(of, (wrt,), self.definitions)
        rows, columns = side_lengths(wrt.shape, self.sizes)
        name, positive = f"u_{_depth(self)}", True if "positive" in wrt.properties else None
        unknown: Grid = tuple(
            tuple(sympy.Symbol(f"{name}_{i}_{j}", real=True, nonzero=True, positive=positive) for j in range(columns))
            for i in range(rows)
        )
        here = dict(zip(flat(unknown), flat(self.value(wrt, {})), strict=True))
        child = self._child({wrt: unknown}, node.total)
        values = child.value(inside, at)
        self.work.spend(rows * columns * sum(tree_size(entry) for row in values for entry in row))

        def slope(entry: Entry, variable: Entry) -> Entry:
            return component_derivative(entry, variable).xreplace(here)

        if wrt.shape.is_scalar:  # with respect to a scalar: the shape of the function
            return map_entries(lambda entry: slope(entry, unknown[0][0]), values)
        if of.shape.is_scalar and wrt.shape.is_matrix:  # of a scalar with respect to a matrix: the shape of the matrix
            return map_entries(lambda variable: slope(values[0][0], variable), unknown)
        return tuple(tuple(slope(entry, u) for u in stacked_entries(unknown)) for entry in stacked_entries(values))

    def _structured(self, node: n.StructuredPartial, at: Mapping[Index, int]) -> Grid:
        """Return Σ c_a U_a over the directions U_a in which the variable can vary, as the numeric check does."""
        of, wrt = node.operands
        assert isinstance(wrt, Symbol)
        base = self.value(wrt, {})
        basis = directions(node.structure, base)
        if not basis:
            return _spread([], [], map_entries(lambda entry: sympy.Integer(0), base))
        if ROWS[node.structure].freedom is Freedom.ENTRIES:
            slopes = self._along_free_entries(of, wrt, basis, at)
        else:
            gradient = self._partial(build.partial(of, wrt, total=True), at)  # type: ignore[arg-type]
            gradient = tuple(zip(*gradient, strict=True)) if wrt.shape.is_vector else gradient
            slopes = [sympy.Add(*(gradient[i][j] * u for (i, j), u in one.items())) for one in basis]
        if node.is_gradient:
            slopes = list(sympy.Matrix(inner_products(basis)).inv() * sympy.Matrix(slopes))
        found = _spread(slopes, basis, map_entries(lambda entry: sympy.Integer(0), base))
        return tuple(zip(*found, strict=True)) if wrt.shape.is_vector else found

    def _along_free_entries(
        self, of: Node, wrt: Symbol, basis: Sequence[Direction], at: Mapping[Index, int]
    ) -> list[Entry]:
        """Return the derivatives of the function of the free entries; each direction begins with its own entry."""
        base, places = self.value(wrt, {}), [next(iter(direction)) for direction in basis]
        free = [sympy.Symbol(f"u_{_depth(self)}_{i}_{j}", real=True, nonzero=True) for i, j in places]
        here = {unknown: base[i][j] for unknown, (i, j) in zip(free, places, strict=True)}
        moved = {place for direction in basis for place in direction}
        fixed = tuple(
            tuple(sympy.Integer(0) if (i, j) in moved else entry for j, entry in enumerate(row))
            for i, row in enumerate(base)
        )
        value = self._child({wrt: _spread(free, basis, fixed)}, through=True).value(of, at)[0][0]
        return [component_derivative(value, unknown).xreplace(here) for unknown in free]

    def _partial_entry(self, node: n.PartialEntry, at: Mapping[Index, int]) -> Grid:
        of, wrt = node.operands
        assert isinstance(wrt, Symbol)
        grid = self.value(build.partial(of, wrt, node.total), at)
        row, column = (
            self._stacked_place(inside, positions, at)
            for inside, positions in ((of, node.of_positions), (wrt, node.wrt_positions))
        )
        if row >= len(grid) or column >= len(grid[0]):
            raise TooLargeError("an entry that these sizes do not have")
        return ((grid[row][column],),)

    def _stacked_place(self, node: Node, positions: tuple[Position, ...], at: Mapping[Index, int]) -> int:
        first, *rest = (self._place(position, at) - 1 for position in positions)
        return first + side_lengths(node.shape, self.sizes)[0] * rest[0] if rest else first


def _spread(entries: Sequence[Entry], basis: Sequence[Direction], fixed: Grid) -> Grid:
    """Return the fixed entries plus each direction times its entry."""
    parts: dict[tuple[int, int], list[Entry]] = {}
    for entry, direction in zip(entries, basis, strict=True):
        for place, times in direction.items():
            parts.setdefault(place, []).append(entry * times)
    return tuple(
        tuple(sympy.Add(value, *parts.get((i, j), ())) for j, value in enumerate(row)) for i, row in enumerate(fixed)
    )


def _depth(components: SymbolicComponents) -> int:
    return 0 if components.parent is None else 1 + _depth(components.parent)
