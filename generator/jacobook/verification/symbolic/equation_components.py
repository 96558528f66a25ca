"""The symbolic check of one equation: its components, for small sizes, are equal as expressions.

The variable is symbolic, constants are random rationals; derivatives are SymPy's derivatives of the function
written out in components. Budgets count operations, so that the outcome is the same on every machine.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from math import comb

import sympy
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import REFLECTION, is_fixed
from jacobook.algebra.nodes import Index, Node, Symbol
from jacobook.algebra.traverse import contains, free_indices
from jacobook.verification.numeric.array_operations import Array, DomainError, Sizes, TooLargeArrayError, side_lengths
from jacobook.verification.numeric.dependence import dependents
from jacobook.verification.numeric.equations import Setting, extra_properties, varying
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import NO_LEAST, Instances, differing, draw_direction
from jacobook.verification.symbolic.components import MOST_WORK, SymbolicComponents
from jacobook.verification.symbolic.grids import Entry, Grid, TooLargeError, WorkDone, flat, rational, tree_size
from jacobook.verification.symbolic.rational_functions import vanishes
from jacobook.verification.symbolic.result import SymbolicResult

LARGEST_DIFFERENCE = 2500
LARGEST_EXPANSION = 4000
LARGEST_TOTAL = 6000
LARGEST_COUNT = 400
"""Variables with more entries than this are not written out in symbols."""
CHEAP = 40
"""An equation whose differences together take fewer operations than this is also proved for the next size."""
DIGITS = 30


def symbolic_sizes(names: tuple[str, ...], least: Mapping[str, int] = NO_LEAST) -> list[dict[str, int]]:
    """Return the small assignments of sizes to try: 2, 3, 2, 3, … and 3, 2, 3, 2, …; larger ones where they must be."""
    if not names:
        return [{}]
    small = [2 + i % 2 for i in range(len(names))]
    rows = [small, [5 - size for size in small]]
    return [
        differing({n: max(size, least.get(n, 1)) for n, size in zip(names, row, strict=True)}, least) for row in rows
    ]


class SymbolicCheck:
    """Proves equations in components at the points of one derivation."""

    def __init__(self, instances: Instances, names: tuple[str, ...], least: Mapping[str, int] = NO_LEAST) -> None:
        self.instances, self.names, self.least = instances, names, least
        self._work = WorkDone(MOST_WORK)
        self._components: dict[tuple[object, ...], tuple[SymbolicComponents, dict[Entry, Entry]]] = {}

    def check(self, left: Node, right: Node, setting: Setting) -> SymbolicResult:
        """Return whether left − right is 0 in every entry. The sides must have one shape."""
        result = SymbolicResult("skipped", reason="no small sizes at which both sides have a value")
        for sizes in symbolic_sizes(self.names, self.least):
            count = sum(rows * columns for rows, columns in (side_lengths(s.shape, sizes) for s in self.instances.base))
            if count > LARGEST_COUNT:
                result.reason = f"the variables have {count} entries, more than {LARGEST_COUNT}"
                return result
            point = self._point(left, right, setting, sizes)
            if point is None:
                continue
            outcome, cheap = self._attempt(left, right, setting, sizes, point)
            if result.status == "proved" and outcome[0] in ("skipped", "undecided"):
                return result
            result.status, result.reason = outcome
            if outcome[0] != "proved":
                result.sizes = [sizes] if outcome[0] == "disproved" else []
                return result
            result.sizes.append(sizes)
            result.reason = None
            if len(self.names) != 1 or not cheap:
                return result
        return result

    def _attempt(
        self, left: Node, right: Node, setting: Setting, sizes: Sizes, point: Evaluator
    ) -> tuple[tuple[str, str | None], bool]:
        """Return the status for these sizes with its reason, and whether it was cheap.

        Directions of differentials are symbolic or, where that is too large, random.
        """
        reason = ""
        for directions in ("symbolic", "random"):
            try:
                differences, substitution = self._differences(left, right, setting, sizes, point, directions)
                return _decide(differences, substitution, self._work), sum(map(tree_size, differences)) <= CHEAP
            except TooLargeError as error:
                reason = str(error)
            if not (holds_differential(left) or holds_differential(right)):
                break
        return ("skipped", reason), False

    def _point(self, left: Node, right: Node, setting: Setting, sizes: Sizes) -> Evaluator | None:
        """Return a numeric point at which both sides have a value."""
        extra = extra_properties(setting, self.instances.definitions)
        for _, point in self.instances.points(sizes, extra, setting.free):
            known = {
                s
                for s in varying(left, right, setting, point.definitions)
                if s in point.values or s in point.definitions
            }
            directions = {symbol: point.value(symbol) for symbol in known}
            try:
                seen = point.view(directions, setting.through)
                seen.value(left)
                seen.value(right)
            except DomainError:
                continue
            except TooLargeArrayError:
                return None
            return point
        return None

    def _differences(
        self, left: Node, right: Node, setting: Setting, sizes: Sizes, point: Evaluator, kind: str
    ) -> tuple[list[Entry], dict[Entry, Entry]]:
        """Return left − right in every entry, and a rational point."""
        components, substitution = self._written_out(left, right, setting, sizes, point, kind)
        differences: list[Entry] = []
        for at in _places(left, right, sizes):
            sides = (components.value(left, at), components.value(right, at))
            pairs = zip(*map(flat, sides), strict=True)
            differences += [first - second for first, second in pairs if first != second]
        return [e for e in dict.fromkeys(differences) if e != 0], substitution

    def _written_out(
        self, left: Node, right: Node, setting: Setting, sizes: Sizes, point: Evaluator, kind: str
    ) -> tuple[SymbolicComponents, dict[Entry, Entry]]:
        """Return the components at a point, and the rational numbers for its symbols.

        Lines of one derivation share most of their expressions: what one has written out serves the next.
        """
        unknown, moving = self._unknown(left, right, setting, sizes, point)
        extra = extra_properties(setting, self.instances.definitions)
        key = (point, frozenset(unknown), tuple(moving), frozenset(extra.items()), setting.through, kind)
        if key not in self._components:
            self._components[key] = self._at(point, sizes, unknown, moving, extra, setting.through, kind)
        return self._components[key]

    def _at(
        self,
        point: Evaluator,
        sizes: Sizes,
        unknown: set[Symbol],
        moving: list[Symbol],
        extra: Mapping[Symbol, frozenset[str]],
        through: bool,
        kind: str,
    ) -> tuple[SymbolicComponents, dict[Entry, Entry]]:
        substitution: dict[Entry, Entry] = {}
        values: dict[Symbol, Grid] = {}
        small = whole_numbers(point.values)
        for symbol, array in point.values.items():
            if symbol in small:
                values[symbol] = ((sympy.Integer(small[symbol]),),)
                continue
            properties = symbol.properties | extra.get(symbol, frozenset())
            numbers = _with_properties(_rationals(array), properties)
            values[symbol] = numbers
            if symbol in unknown and not is_fixed(properties):
                entries = _named(symbol, symbol.name, sizes)
                substitution |= dict(zip(flat(entries), flat(numbers), strict=True))
                values[symbol] = _with_properties(entries, properties)
        directions = {}
        for symbol in moving:
            slopes = _rationals(draw_direction(symbol, sizes, 0))
            directions[symbol] = _named(symbol, f"d{symbol.name}", sizes, plain=True)
            substitution |= dict(zip(flat(directions[symbol]), flat(slopes), strict=True))
            if kind == "random":
                directions[symbol] = slopes
        return SymbolicComponents(values, sizes, point.definitions, directions, through, work=self._work), substitution

    def _unknown(
        self, left: Node, right: Node, setting: Setting, sizes: Sizes, point: Evaluator
    ) -> tuple[set[Symbol], list[Symbol]]:
        """Return the symbols whose entries are symbolic, and those that vary in differentials."""
        known = point.values.keys() | point.definitions.keys()
        moving = sorted(varying(left, right, setting, point.definitions) & known, key=lambda symbol: symbol.name)
        reached = set(left.symbols | right.symbols)
        behind = {
            s for s in point.values if "whole" not in s.properties and reached & dependents((s,), point.definitions)
        }
        unknown = {s for s in point.values if s in moving and s in behind}
        if not unknown:
            unknown = {s for s in behind if s.shape.is_scalar or s.shape.is_vector} or behind
            if sum(rows * columns for rows, columns in (side_lengths(s.shape, sizes) for s in unknown)) > 12:
                unknown = set(sorted(unknown, key=lambda s: s.name)[:1])
        return unknown, moving


def whole_numbers(symbols: Iterable[Symbol]) -> dict[Symbol, int]:
    """Return 2, 1, 2, 1, … for the declared whole numbers, so that powers stay small."""
    whole = sorted((symbol for symbol in symbols if "whole" in symbol.properties), key=lambda symbol: symbol.name)
    return {symbol: 2 - place % 2 for place, symbol in enumerate(whole)}


def _rationals(array: Array) -> Grid:
    def near(value: float) -> Entry:
        return rational(Fraction(round(value * 8) or (1 if value > 0 else -1), 8))

    return tuple(tuple(near(float(value)) for value in row) for row in array[0])


def _named(symbol: Symbol, name: str, sizes: Sizes, plain: bool = False) -> Grid:
    rows, columns = side_lengths(symbol.shape, sizes)
    positive = True if "positive" in symbol.properties and not plain else None
    return tuple(
        tuple(sympy.Symbol(f"{name}_{i}_{j}", real=True, nonzero=True, positive=positive) for j in range(columns))
        for i in range(rows)
    )


def _with_properties(grid: Grid, properties: frozenset[str]) -> Grid:
    """Return the grid made so that it has the properties: entries for formulas in them that hold for all entries."""
    zero, one = sympy.Integer(0), sympy.Integer(1)

    def by_place(entry: Callable[[int, int], Entry]) -> Grid:
        return tuple(tuple(entry(i, j) for j in range(len(row))) for i, row in enumerate(grid))

    if "one-hot" in properties:
        chosen = next((i for i, row in enumerate(grid) if row[0] > 0), 0)
        return by_place(lambda i, j: one if i == chosen else zero)
    if "mask" in properties:
        grid = by_place(lambda i, j: one if grid[i][j] > 0 else zero)
    if "diagonal" in properties:
        return by_place(lambda i, j: grid[i][j] if i == j else zero)
    if "correlation" in properties:
        return by_place(lambda i, j: one if i == j else grid[min(i, j)][max(i, j)])
    if REFLECTION in properties:
        return _mirror(grid)
    if "symmetric" in properties:
        return by_place(lambda i, j: grid[min(i, j)][max(i, j)])
    if "lower-triangular" in properties:
        return by_place(lambda i, j: grid[i][j] if i >= j else zero)
    if "upper-triangular" in properties:
        return by_place(lambda i, j: grid[i][j] if i <= j else zero)
    if "skew-symmetric" in properties:
        return by_place(lambda i, j: zero if i == j else grid[i][j] if i < j else -grid[j][i])
    if "orthogonal" in properties:
        return _cayley(grid)
    if "unit-norm" in properties:
        return _on_the_sphere(grid)
    if "normalised" in properties:
        return (*grid[:-1], (1 - sympy.Add(*flat(grid[:-1])),))
    return grid


def _cayley(grid: Grid) -> Grid:
    """Return (I + A)⁻¹(I − A) for the skew-symmetric A that has these entries above its diagonal."""
    skew = sympy.Matrix(_with_properties(grid, frozenset({"skew-symmetric"})))
    eye = sympy.eye(len(grid))
    return tuple(map(tuple, ((eye + skew).inv() * (eye - skew)).applyfunc(sympy.cancel).tolist()))


def _mirror(grid: Grid) -> Grid:
    """Return I − 2vv′/v′v, the reflection across the plane at right angles to v, the first column; for one place ±1."""
    v = sympy.Matrix([row[0] for row in grid])
    mirror = sympy.eye(len(grid)) - 2 * v * v.T / v.dot(v)
    return tuple(map(tuple, mirror.applyfunc(sympy.cancel).tolist()))


def _on_the_sphere(grid: Grid) -> Grid:
    """Return (2t, |t|² − 1)/(|t|² + 1), the point of the unit sphere above t, for all entries t but the last."""
    above = [row[0] for row in grid[:-1]]
    square = sympy.Add(*(t * t for t in above))
    return tuple((entry / (square + 1),) for entry in (*(2 * t for t in above), square - 1))


def _places(left: Node, right: Node, sizes: Sizes) -> Iterator[Mapping[Index, int]]:
    indices = sorted(free_indices(left) | free_indices(right), key=str)
    ranges = [range(1, index.dimension.value(dict(sizes)) + 1) for index in indices]
    for numbers in itertools.product(*ranges):
        yield dict(zip(indices, numbers, strict=True))


def holds_differential(node: Node) -> bool:
    """Return whether a differential occurs in the expression."""
    return contains(node, n.Differential)


# -- deciding whether an expression is 0 ----------------------------------------------------------------


def _terms(expression: Entry) -> int:
    """Return an upper bound of the number of terms of the expanded expression."""
    if expression.is_Add:
        return sum(map(_terms, expression.args))
    if expression.is_Mul:
        count = 1
        for factor in expression.args:
            count *= _terms(factor)
        return count
    if expression.is_Pow and expression.exp.is_Integer:
        return comb(_terms(expression.base) + abs(int(expression.exp)) - 1, abs(int(expression.exp)))
    return 1


def _expand(expression: Entry, work: WorkDone) -> Entry:
    count = _terms(expression)
    if count > LARGEST_EXPANSION:
        raise TooLargeError(f"an entry expands to more than {LARGEST_EXPANSION} terms")
    work.spend(count)
    return sympy.expand(expression)


def is_shown_zero(expression: Entry, work: WorkDone | None = None) -> bool:
    """Return whether the expression is shown to be 0: expanded, over one denominator, in exponentials.

    False proves nothing. Raises TooLargeError beyond the budget.
    """
    work = work or WorkDone(MOST_WORK)
    if expression == 0:
        return True
    if tree_size(expression) > LARGEST_DIFFERENCE:
        raise TooLargeError(f"an entry takes more than {LARGEST_DIFFERENCE} operations")
    # Most differences vanish whatever their exponentials, roots and so on are.
    with contextlib.suppress(TooLargeError):
        if vanishes(expression, work):
            return True
    expanded = _expand(expression, work)
    if expanded == 0 or _numerator(expression, work) == 0:
        return True
    if expression.has(TrigonometricFunction, HyperbolicFunction):
        return bool(_numerator(expanded.rewrite(sympy.exp), work) == 0)
    return False


def _numerator(expression: Entry, work: WorkDone) -> Entry:
    return _expand(sympy.fraction(sympy.together(expression))[0], work)


def _decide(differences: list[Entry], substitution: Mapping[Entry, Entry], work: WorkDone) -> tuple[str, str | None]:
    if sum(map(tree_size, differences)) > LARGEST_TOTAL:
        raise TooLargeError(f"the entries take more than {LARGEST_TOTAL} operations")
    undecided = [e for e in differences if not is_shown_zero(e, work)]
    for entry in undecided:
        value = entry.xreplace(dict(substitution)).evalf(DIGITS)
        if value.is_number and value.is_finite and abs(value) > sympy.Float("1e-12"):
            return "disproved", f"an entry of the difference is {value.evalf(6)} at a rational point"
    if undecided:
        return "undecided", "SymPy does not bring an entry of the difference to 0"
    return "proved", None
