"""The numeric check of one equation: both sides at random points, as what they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, permutations

import numpy as np

from jacobook.algebra import nodes as n
from jacobook.algebra.build import is_zero
from jacobook.algebra.display.parentheses import power_of_d
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Assumption
from jacobook.verification.numeric import spectral
from jacobook.verification.numeric.array_operations import (
    ROUNDED_ZERO,
    Array,
    DomainError,
    NoUseError,
    Sizes,
    TooLargeArrayError,
    side_lengths,
)
from jacobook.verification.numeric.dependence import dependents
from jacobook.verification.numeric.evaluate import LARGEST_ARRAY, MOST_TERMS, Evaluator
from jacobook.verification.numeric.natural_sizes import natural_size
from jacobook.verification.points import generator_for
from jacobook.verification.points.imposed import has_property
from jacobook.verification.points.instances import Instances, draw_direction

STEP_TOLERANCE = 1e-9
DIFFERENCE_TOLERANCE = 1e-6
SMALLEST_SCALE = 0.01
ROUNDING = 64 * float(np.finfo(float).eps)
SMALLEST_PRODUCT = 1e-300
DIFFERENCE_NOISE = 1e4
"""How much differences magnify rounding."""
TOO_SMALL = 1e-6
"""A point where both sides are smaller than this proves nothing, unless a side is written as 0."""
WEAK_ATTEMPTS = 8
CLEARLY = 1e-3
"""Values with at least this relative error between them differ."""
DIFFERENT_POINTS = 2
NO_POINT = "no point was found at which both sides have a value that tells something"
TOO_LARGE = f"it is too large: arrays of more than {LARGEST_ARRAY:,} entries, or sums of more than {MOST_TERMS} terms"
MANY_ENTRIES = 900
"""The derivative with respect to a variable with more entries than this is compared along random directions."""
DIRECTIONS = 6
MORE_FOR_CHOICES = 24
"""So many more points are looked at for one at which the other branch of a choice is taken."""
DRAWN_PROPERTIES = frozenset({"symmetric", "positive", "positive-definite", "invertible", "normalised"})


@dataclass(frozen=True, slots=True)
class Setting:
    """In what sense an equation is meant."""

    varying: frozenset[Symbol] = frozenset()
    """What varies in every differential: the variable of the derivative that the block of lines computes."""
    through: bool = True
    """Whether differentials go through all definitions (a total derivative) or hold the other names fixed."""
    assumptions: tuple[Assumption, ...] = ()
    """What the equation relies on, declared or not."""
    conditional: bool = False
    """Whether the derivation as a whole is under a condition, so that a side may have no value somewhere."""
    free: frozenset[Symbol] = frozenset()
    """Defined names that are drawn at random instead."""
    alone: bool = False
    """Whether nothing but `varying` varies by itself, whatever differentials the sides hold."""


@dataclass(slots=True)
class NumericResult:
    """What the random points said, and for which sizes."""

    error: float = 0.0
    tolerance: float = STEP_TOLERANCE
    instances: int = 0
    sizes: list[dict[str, int]] = field(default_factory=list)
    skipped: list[dict[str, int]] = field(default_factory=list)
    failure: str | None = None
    too_large: bool = False
    """Whether arrays were too large to be compared, at least for some sizes."""

    @property
    def unseen(self) -> str | None:
        """Return why nothing was compared, None where something was, or where it failed."""
        if self.instances or self.failure is not None:
            return None
        return TOO_LARGE if self.too_large else NO_POINT


def varying(left: Node, right: Node, setting: Setting, definitions: Mapping[Symbol, Node]) -> frozenset[Symbol]:
    """Return the symbols that vary in the differentials: the variable, and those whose d occurs on the right.

    If this leaves no differential that varies (an auxiliary equation, say about constants of the derivation),
    also the symbols inside d(…) on the right, so that nothing is compared with nothing.
    """
    if setting.alone:
        return setting.varying
    inside = _differentiated(right)
    found = setting.varying.union(node for node in inside if isinstance(node, Symbol))
    moved = dependents(found, definitions)
    if not any(node.symbols & moved for node in inside | _differentiated(left)):
        found = found.union(*(node.symbols for node in inside))
    return frozenset(s for s in found if "whole" not in s.properties and not isinstance(s, n.RunningIndex))


def _differentiated(side: Node) -> set[Node]:
    return {node.operands[0] for node in walk(side, holding=_DIFFERENTIAL) if isinstance(node, n.Differential)}


_DIFFERENTIAL = Node.mask_of(n.Differential)
_APPLY = Node.mask_of(n.Apply)


def extra_properties(setting: Setting, defined: Iterable[Symbol]) -> dict[Symbol, frozenset[str]]:
    """Return the properties to draw that an assumption asks of a symbol and its declaration does not."""
    fixed = set(defined) - setting.free
    found: dict[Symbol, frozenset[str]] = {}
    for assumption in setting.assumptions:
        node = assumption.node
        if assumption.declared or assumption.property not in DRAWN_PROPERTIES:
            continue
        if isinstance(node, Symbol) and node not in fixed:
            found[node] = found.get(node, frozenset()) | {assumption.property}
    return found


def relative_error(left: Array, right: Array) -> float:
    """Return max |left − right| over the largest entry of both, which counts as at least SMALLEST_SCALE."""
    return _Sides.of(left, right).relative_error(SMALLEST_SCALE)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The values of both sides of an equation at a point, and how large they and their difference are."""

    left: Array
    right: Array
    largest: float
    """The largest absolute value of an entry."""
    difference: float
    """max |left − right|."""

    @classmethod
    def of(cls, left: Array, right: Array) -> _Sides:
        largest = max(float(np.abs(left).max()), float(np.abs(right).max()))
        return cls(left, right, largest, float(np.abs(left - right).max()))

    def relative_error(self, smallest: float) -> float:
        """Return max |left − right| over the largest entry of both, which counts as at least `smallest`."""
        return self.difference / max(self.largest, smallest)


class NumericCheck:
    """Checks equations at the points of one derivation."""

    def __init__(self, instances: Instances, assignments: tuple[dict[str, int], ...]) -> None:
        self.instances, self.assignments = instances, assignments
        self._views: dict[tuple[int, frozenset[Symbol], bool], Evaluator] = {}

    def check(self, left: Node, right: Node, setting: Setting) -> NumericResult:
        """Return the result over all assignments of sizes. The sides must have one shape."""
        result = NumericResult()
        symbols = varying(left, right, setting, self.instances.definitions)
        for position, sizes in enumerate(self.assignments):
            wanted = 4 if not sizes else 2 if position == 0 else 1
            if not self._check_sizes(left, right, setting, symbols, sizes, wanted, result):
                return result
        if not any(_distinct(sizes) for sizes in result.sizes):
            for sizes in _rearranged(self.assignments[0]):
                if not self._check_sizes(left, right, setting, symbols, sizes, 1, result):
                    return result
                if _distinct(result.sizes[-1] if result.sizes else {}):
                    break
        return result

    def differs(self, left: Node, wrong: Node, setting: Setting) -> bool:
        """Return whether the sides, of one shape, have clearly different values at every point that is tried.

        The sizes are distinct and greater than 1; False where no point gives both sides a value.
        """
        symbols = varying(left, wrong, setting, self.instances.definitions)
        extra = extra_properties(setting, self.instances.definitions)
        for sizes in self.assignments:
            if 1 in sizes.values() or not _distinct(sizes):
                continue
            found = 0
            for attempt, point in self.instances.points(sizes, extra, setting.free):
                if not self._assumed(point, setting):
                    continue
                seen = self._view(point, symbols, setting.through, sizes, attempt)
                try:
                    sides = seen.value(left), seen.value(wrong)
                except DomainError:
                    continue
                except TooLargeArrayError:
                    break
                if relative_error(*sides) < CLEARLY:
                    return False
                found += 1
                if found == DIFFERENT_POINTS:
                    return True
        return False

    def _check_sizes(
        self,
        left: Node,
        right: Node,
        setting: Setting,
        symbols: frozenset[Symbol],
        sizes: Sizes,
        wanted: int,
        result: NumericResult,
    ) -> bool:
        """Compare the sides at points of these sizes until they agree at `wanted` of them; return False at a failure.

        `symbols` vary in differentials. Only points that can show a mistake count. Where there is none, one of the
        others is compared after all.
        """
        found, weak, one_sided = 0, 0, False
        open_choices = _choices(left, right, *self.instances.definitions.values()) if wanted > 1 else frozenset()
        extra = extra_properties(setting, self.instances.definitions)
        reserve: tuple[_Sides, float, Evaluator] | None = None
        for attempt, point in self.instances.points(sizes, extra, setting.free):
            seen = self._view(point, symbols, setting.through, sizes, attempt)
            if not self._assumed(point, setting):
                continue
            try:
                left_value = self._left(seen, left, sizes, attempt)
                sides = _Sides.of(left_value, self._right(seen, left, right, sizes, attempt))
            except NoUseError:  # too near to a pole or a kink
                continue
            except DomainError:  # no value: suspicious if the left side alone has one
                one_sided = one_sided or (self._has_value(seen, left, sizes, attempt) and not seen.passed_over)
                continue
            except TooLargeArrayError:
                result.too_large = True
                break
            smallest = _smallest(left, right, sides, seen)
            tells = self._tells(left, right, sides, smallest, point)
            if tells is None:
                continue
            if not tells:  # kept in reserve
                reserve, weak = (sides, smallest, point), weak + 1
                if weak > WEAK_ATTEMPTS:
                    break
                continue
            found += 1
            if not self._record(left, right, sides, smallest, point, result):
                return False
            open_choices = _not_made(open_choices, seen) if wanted > 1 else frozenset()
            if found >= wanted and (not open_choices or found == wanted + MORE_FOR_CHOICES):
                break
        if not found and reserve is not None:
            found = 1
            if not self._record(left, right, *reserve, result):
                return False
        if found:
            result.sizes.append(dict(sizes))
            return True
        result.skipped.append(dict(sizes))
        if one_sided and not setting.conditional and all(a.declared for a in setting.assumptions):
            result.failure = f"for {say_sizes(sizes)} the right side has no value where the left side has one"
            return False
        return True

    def _left(self, seen: Evaluator, left: Node, sizes: Sizes, attempt: int) -> Array:
        """Return the value of a left side: for a variable with many entries, the images of random directions."""
        directions = _many_entries(left, sizes, attempt)
        return seen.value(left) if directions is None else seen.along(left, directions)  # type: ignore[arg-type]

    def _right(self, seen: Evaluator, left: Node, right: Node, sizes: Sizes, attempt: int) -> Array:
        """Return the value of the right side, to be compared with that of the left."""
        directions = _many_entries(left, sizes, attempt)
        value = seen.value(right)
        if directions is None:
            return value
        of, wrt = left.operands
        if wrt.shape.is_matrix and of.shape.is_scalar:  # ⟨G, D⟩
            return np.asarray((value * directions).sum(axis=(-2, -1), keepdims=True))
        columns = np.swapaxes(directions, -1, -2).reshape(len(directions), -1, 1)
        stacked = value @ columns
        rows, width = side_lengths(of.shape, sizes)
        return np.asarray(np.swapaxes(stacked.reshape(*stacked.shape[:-2], width, rows), -1, -2))

    def _has_value(self, seen: Evaluator, left: Node, sizes: Sizes, attempt: int) -> bool:
        try:
            self._left(seen, left, sizes, attempt)
        except (DomainError, TooLargeArrayError):
            return False
        return True

    def _record(
        self,
        left: Node,
        right: Node,
        sides: _Sides,
        smallest: float,
        point: Evaluator,
        result: NumericResult,
    ) -> bool:
        """Add one comparison to the result; return whether it agrees."""
        result.instances += 1
        error = sides.relative_error(smallest)
        tolerance = DIFFERENCE_TOLERANCE if _rough(left, right, point) else STEP_TOLERANCE
        result.error = max(result.error, error)
        result.tolerance = max(result.tolerance, tolerance)
        if error <= tolerance:
            return True
        whole = np.broadcast_arrays(sides.left, sides.right)
        place = np.unravel_index(int(np.argmax(np.abs(whole[0] - whole[1]))), whole[0].shape)
        result.failure = (
            f"for {say_sizes(point.sizes)} the left side is {whole[0][place]:.6g} where the right side is "
            f"{whole[1][place]:.6g} (relative error {error:.2g})"
        )
        return False

    def _tells(self, left: Node, right: Node, sides: _Sides, smallest: float, point: Evaluator) -> bool | None:
        """Return whether the point can show a mistake; None where rounding alone may explain a difference.

        Sides that are tiny, or that drown in the rounding of larger values on the way, prove nothing by agreeing.
        """
        rough = _rough(left, right, point)
        tolerance = DIFFERENCE_TOLERANCE if rough else STEP_TOLERANCE
        noise = _noise(left, right, point) * (DIFFERENCE_NOISE if rough else 1)
        if sides.relative_error(smallest) > tolerance:
            return None if sides.difference <= noise else True
        if sides.largest <= noise and noise > SMALLEST_SCALE * tolerance:
            return False
        # A value that happens to be 0 is not asked for: on another processor rounding leaves 1e-17 of it.
        return sides.largest >= TOO_SMALL or is_zero(left) or is_zero(right)

    def _view(
        self, point: Evaluator, symbols: frozenset[Symbol], through: bool, sizes: Sizes, attempt: int
    ) -> Evaluator:
        key = (id(point), symbols, through)  # the instances keep every point alive
        view = self._views.get(key)
        if view is None:
            known = [s for s in symbols if s in point.values or s in point.definitions]
            directions = {symbol: draw_direction(symbol, sizes, attempt) for symbol in known}
            view = self._views[key] = point.view(directions, through)
        return view

    def _assumed(self, point: Evaluator, setting: Setting) -> bool:
        """Return whether the point has the properties that the equation relies on."""
        try:
            return all(
                has_property(point.value(assumption.node), assumption.property)
                for assumption in setting.assumptions
                if not assumption.declared
            )
        except DomainError:
            return False


_Choices = frozenset[tuple[Node, int]]
"""What a choice rests on, and the sign of it with which no point has been found yet."""


@lru_cache(maxsize=1_000)
def _choices(*nodes: Node) -> _Choices:
    """Return both signs of what the steps in some expressions are taken of."""
    steps = (node for whole in nodes if whole.kinds & _APPLY for node in walk(whole) if _is_step(node))
    return frozenset((step.operands[0], sign) for step in steps if step.operands[0].symbols for sign in (1, -1))


def _is_step(node: Node) -> bool:
    return isinstance(node, n.Apply) and node.function == "step"


def _not_made(choices: _Choices, seen: Evaluator) -> _Choices:
    """Return those of the choices that no entry makes at this point."""
    return frozenset((inside, sign) for inside, sign in choices if not _is_made(inside, sign, seen))


def _is_made(inside: Node, sign: int, seen: Evaluator) -> bool:
    try:
        return bool(np.any(sign * seen.value(inside).real > 0))
    except (DomainError, KeyError, TooLargeArrayError):
        return True


def _smallest(left: Node, right: Node, sides: _Sides, seen: Evaluator) -> float:
    """Return what the largest entry counts as at least; with tiny sides 10⁻²² |x| for 10⁻²⁰ x, if no side is 0."""
    if _is_of_high_order(left) or _is_of_high_order(right):
        return 1.0  # differences of differences: what they leave of 0 is noise
    if sides.largest >= TOO_SMALL:
        return SMALLEST_SCALE
    written = (side for side in (left, right) if not isinstance(side, n.Partial))
    sizes = [float(np.max(natural_size(side, seen))) for side in written]
    return SMALLEST_SCALE * max(sizes) if sizes and all(sizes) else SMALLEST_SCALE


@lru_cache(maxsize=1_000)
def _is_of_high_order(side: Node) -> bool:
    """Return whether there is a d³, or more, in it."""
    return any(power_of_d(part)[0] > 2 for part in walk(side, holding=_DIFFERENTIAL))


def _many_entries(left: Node, sizes: Sizes, attempt: int) -> Array | None:
    """Return random directions of the variable of a derivative that has too many entries to go through them all.

    Two linear maps that agree on a random direction are equal, but with probability 0.
    """
    if not isinstance(left, n.Partial):
        return None
    wrt = left.operands[1]
    rows, columns = side_lengths(wrt.shape, sizes)
    if rows * columns <= MANY_ENTRIES:
        return None
    random = generator_for("along", str(wrt), rows, columns, attempt)
    return np.asarray(random.uniform(-1.0, 1.0, (DIRECTIONS, rows, columns)) / np.sqrt(rows * columns))


def _rough(left: Node, right: Node, point: Evaluator) -> bool:
    """Return whether a derivative in the equation was taken by differences."""
    return bool(point.rough) and any(node in point.rough for side in (left, right) for node in walk(side))


def _noise(left: Node, right: Node, point: Evaluator) -> float:
    """Return how far two equal values may lie apart by rounding.

    Rounding is as large as the values on the way, and an inverse magnifies it by the condition number of its matrix.
    """
    (largest, condition), (other_largest, other_condition) = (_magnitude(side, point) for side in (left, right))
    return ROUNDING * max(largest, other_largest) * max(condition, other_condition)


def _magnitude(expression: Node, point: Evaluator) -> tuple[float, float]:
    """Return the largest value on the way to that of the expression, and the largest condition number.

    Kept with the point: the lines of a derivation share most of their expressions.
    """
    known = point.magnitudes
    waiting = [] if expression in known else [expression]
    while waiting:
        node = waiting[-1]
        parts = _parts(node, point)
        unknown = [part for part in parts if part not in known]
        if unknown:
            waiting.extend(reversed(unknown))
            continue
        waiting.pop()
        if node not in known:
            inside = [known[part] for part in parts]
            own = _own_magnitude(node, point)
            # How large an angle is says the condition of its sine; the sine itself is small.
            largest = [] if _is_periodic(node) else [largest for largest, _ in inside]
            known[node] = (max([own[0], *largest]), max([own[1], *(condition for _, condition in inside)]))
    return known[expression]


def _parts(node: Node, point: Evaluator) -> tuple[Node, ...]:
    """Return from what the value of a node is found: a name of the chain from what it stands for."""
    if isinstance(node, Symbol) and node not in point.values and node in point.definitions:
        return (point.definitions[node],)
    return node.operands


def _own_magnitude(node: Node, point: Evaluator) -> tuple[float, float]:
    if _many_entries(node, point.sizes, 0) is not None:
        return 0.0, 1.0
    try:
        largest = float(np.abs(point.value(node)).max(initial=0.0))
        if isinstance(node, n.Determinant | n.Adjugate):
            product = _product_of_rows(node, point)
            if math.isinf(product):
                return product, 1.0
            return max(largest, product), max(1.0, product / max(largest, ROUNDED_ZERO * product, SMALLEST_PRODUCT))
        if isinstance(node, n.Product | n.Hadamard):
            return max(largest, _magnified(node, point)), 1.0
        if isinstance(node, n.Inverse):
            return largest, max(1.0, float(np.max(np.linalg.cond(point.value(node.operands[0])))))
        if isinstance(node, spectral.FUNCTIONS):
            return largest, max(1.0, spectral.condition(node, point.value(node.operands[0])))
        if _is_periodic(node):
            angles = node.operands[0]
            return largest, _condition_of_angles(point.value(angles), point.magnitudes[angles][0])
    except (DomainError, TooLargeArrayError, KeyError):
        return 0.0, 1.0
    return largest, 1.0


def _product_of_rows(node: Node, point: Evaluator) -> float:
    """Return the product of the lengths of all rows, which no determinant exceeds (Hadamard); ∞ beyond all numbers."""
    value = point.value(node.operands[0])
    rows = np.sqrt((np.abs(value) ** 2).sum(axis=-1)).reshape(-1, value.shape[-1])
    if isinstance(node, n.Adjugate):  # its entries leave a row out
        rows = np.where(rows > 1.0, rows, 1.0)
    return max((math.prod(map(float, lengths)) for lengths in rows), default=0.0)


def _magnified(node: Node, point: Evaluator) -> float:
    """Return the largest value on the way to a factor, times the other factors: they magnify its rounding."""
    own = [float(np.max(np.abs(point.value(factor)), initial=0.0)) for factor in node.operands]
    on_the_way = [point.magnitudes[factor][0] for factor in node.operands]
    found = [largest * math.prod(own[:i] + own[i + 1 :]) for i, largest in enumerate(on_the_way)]
    return math.inf if any(map(math.isnan, found)) else max(found)


def _is_periodic(node: Node) -> bool:
    return isinstance(node, n.Apply) and ELEMENTWISE[node.function].periodic


def _condition_of_angles(angles: Array, largest: float) -> float:
    """Return how many times the relative rounding of a number is that of sin u, cos u, or of another such function.

    An angle u is rounded by δ, in proportion to the `largest` value on the way to it. sin(u + δ) is
    sin u (1 + δ cot u), and cos(u + δ) is cos u (1 − δ tan u), where |tan u| + |cot u| = 2/|sin 2u|.
    """
    near = np.maximum(np.abs(np.sin(2.0 * angles)), ROUNDED_ZERO)
    return max(1.0, float((largest * (2.0 / near)).max(initial=0.0)))


def _distinct(sizes: Sizes) -> bool:
    return len(set(sizes.values())) == len(sizes)


def _rearranged(sizes: Sizes) -> list[dict[str, int]]:
    """Return some other orders of the same sizes, for expressions that ask for an order (M ≥ N for X′X)."""
    orders = islice(permutations(sizes.values()), 1, 24)
    return [dict(zip(sizes, order, strict=True)) for order in orders]


def say_sizes(sizes: Sizes) -> str:
    """Return the sizes in words: `D = 2, N = 3`."""
    return ", ".join(f"{name} = {size}" for name, size in sizes.items()) or "the given sizes"
