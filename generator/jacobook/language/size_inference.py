"""Sizes that are not known yet, and their inference: equations between sizes, solved as they come.

Declared sizes are rigid: `M` and `N` are different, and so are `M` and 3. The sizes of `eye`, `vector(c)` and
`matrix(c)` are unknown until an equation binds them. Which of the four kinds a value is, is always known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from jacobook.algebra.dimensions import NOTHING, exact_quotient, root_of, why_impossible
from jacobook.algebra.shapes import ONE, Dimension, Kind, Shape


@dataclass(slots=True, eq=False)
class Unknown:
    """A size to be found; it is bound once."""

    binding: Size | None = None


@dataclass(frozen=True, slots=True)
class Flexible:
    """A known dimension times one or more unknown sizes."""

    known: Dimension
    unknowns: tuple[Unknown, ...]

    def __str__(self) -> str:
        return "?" if self.known == ONE and len(self.unknowns) == 1 else f"{self.known}*?"


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of sizes of which some are unknown, the rows of `[x; vector(0)]`."""

    parts: tuple[Dimension | Flexible, ...]

    def __str__(self) -> str:
        return " + ".join(map(str, self.parts))


Size = Dimension | Flexible | Total
_Counts = tuple[Unknown, ...]


def fresh_size() -> Flexible:
    """Return a size that may still become anything."""
    return Flexible(ONE, (Unknown(),))


def resolve(size: Size) -> Size:
    """Return the size with everything filled in that is known by now."""
    if isinstance(size, Dimension):
        return size
    if isinstance(size, Flexible) and all(unknown.binding is None for unknown in size.unknowns):
        return size
    return _size_of(_collected(size))


def _collected(size: Size) -> dict[_Counts, Dimension]:
    """Return what stands before every product of unknowns; what is known stands before none."""
    match size:
        case Dimension():
            return {(): size}
        case Total():
            found: dict[_Counts, Dimension] = {}
            for part in size.parts:
                for unknowns, known in _collected(part).items():
                    found[unknowns] = found.get(unknowns, NOTHING) + known
            return found
    products: dict[_Counts, Dimension] = {(): size.known}
    for unknown in size.unknowns:
        binding = {(unknown,): ONE} if unknown.binding is None else _collected(unknown.binding)
        step: dict[_Counts, Dimension] = {}
        for (left, known), (right, other) in product(products.items(), binding.items()):
            together = tuple(sorted((*left, *right), key=id))
            step[together] = step.get(together, NOTHING) + known * other
        products = step
    return products


def _size_of(collected: dict[_Counts, Dimension]) -> Size:
    known = collected.get((), NOTHING)
    parts = [Flexible(before, unknowns) for unknowns, before in collected.items() if unknowns and before is not NOTHING]
    if not parts:
        return known
    if len(parts) == 1 and known is NOTHING:
        return parts[0]
    return Total((*([known] if known is not NOTHING else []), *parts))


def bind_open(size: Size, to: Dimension) -> None:
    """Let what is open in a size be this, since nothing says what it is."""
    for unknowns in _collected(size):
        for unknown in unknowns:
            unknown.binding = to


def parts_of(size: Size) -> list[Dimension]:
    """Return what is known of a size: the numbers and names in each of its terms."""
    return list(_collected(size).values())


def size_product(left: Size, right: Size) -> Size:
    """Return the product of two sizes (of a Kronecker product, of stacked columns)."""
    if isinstance(left, Dimension) and isinstance(right, Dimension):
        return left * right
    found: dict[_Counts, Dimension] = {}
    for (a, known), (b, other) in product(_collected(left).items(), _collected(right).items()):
        together = tuple(sorted((*a, *b), key=id))
        found[together] = found.get(together, NOTHING) + known * other
    return _size_of(found)


def size_sum(sizes: Iterable[Size]) -> Size:
    """Return the sum of sizes, of arrays that stand side by side."""
    return _size_of(_collected(Total(tuple(part for size in sizes for part in _terms(size)))))


def _terms(size: Size) -> tuple[Dimension | Flexible, ...]:
    return size.parts if isinstance(size, Total) else (size,)


@dataclass(frozen=True, slots=True)
class Type:
    """What is known about a value: its kind and its sizes, as in `Shape`, but some of them open."""

    kind: Kind
    rows: Size
    columns: Size

    @property
    def transposed(self) -> Type:
        """Return the type of the transpose."""
        kind = {Kind.VECTOR: Kind.ROW, Kind.ROW: Kind.VECTOR}.get(self.kind, self.kind)
        return Type(kind, self.columns, self.rows)

    @property
    def is_scalar(self) -> bool:
        """True for a scalar."""
        return self.kind is Kind.SCALAR

    @property
    def length(self) -> Size:
        """Return the number of entries of a vector or a row."""
        return self.columns if self.kind is Kind.ROW else self.rows

    def shape(self) -> Shape | None:
        """Return the shape, or None while a size is open."""
        rows, columns = resolve(self.rows), resolve(self.columns)
        if isinstance(rows, Dimension) and isinstance(columns, Dimension):
            return Shape(self.kind, rows, columns)
        return None

    def __str__(self) -> str:
        """Return the type after a name: `is M×N`, `has N entries`, `is a row of N`, `is a scalar`."""
        match self.kind:
            case Kind.SCALAR:
                return "is a scalar"
            case Kind.MATRIX:
                return f"is {_beside_cross(self.rows)}×{_beside_cross(self.columns)}"
            case _:
                entries = _entries(self.length)
                return f"is a row with {entries}" if self.kind is Kind.ROW else f"has {entries}"

    def describe(self) -> str:
        """Return the type as a noun: `a scalar`, `a vector with D entries`, `a matrix of M×N`."""
        match self.kind:
            case Kind.SCALAR:
                return "a scalar"
            case Kind.MATRIX:
                return f"a matrix of {_beside_cross(self.rows)}×{_beside_cross(self.columns)}"
            case _:
                return f"a {self.kind.value} with {_entries(self.length)}"


def _beside_cross(size: Size) -> str:
    found = resolve(size)
    if isinstance(found, Dimension):
        return found.within
    return f"({found})" if isinstance(found, Total) else str(found)


def _entries(length: Size) -> str:
    found = resolve(length)
    return "1 entry" if found == ONE else f"{found} entries"


SCALAR = Type(Kind.SCALAR, ONE, ONE)


def type_of(shape: Shape) -> Type:
    """Return the type of a known shape."""
    return Type(shape.kind, shape.rows, shape.columns)


def vector_type(length: Size) -> Type:
    """Return the type of a vector."""
    return Type(Kind.VECTOR, length, ONE)


def matrix_type(rows: Size, columns: Size) -> Type:
    """Return the type of a matrix."""
    return Type(Kind.MATRIX, rows, columns)


def product_type(left: Type, right: Type) -> tuple[Type, tuple[Size, Size] | None] | None:
    """Return the type of left * right with the equation of inner sizes it needs, or None if no sizes fit."""
    if left.is_scalar:
        return right, None
    if right.is_scalar:
        return left, None
    if left.kind is right.kind and left.kind is not Kind.MATRIX:
        return None
    inner = (left.columns, right.rows)
    if left.kind is Kind.ROW:
        return (SCALAR if right.kind is Kind.VECTOR else Type(Kind.ROW, ONE, right.columns)), inner
    if right.kind is Kind.VECTOR:
        return vector_type(left.rows), inner
    return matrix_type(left.rows, right.columns), inner


class Equations:
    """The equations between sizes of one statement."""

    def __init__(self) -> None:
        self._open: list[tuple[Size, Size, object]] = []

    def equate(self, left: Size, right: Size, where: object = None) -> bool:
        """Return False if the sizes cannot be equal; otherwise they now are (`where` is for `finish`)."""
        if isinstance(left, Dimension) and isinstance(right, Dimension):
            return left == right
        verdict = _solve(left, right)
        if verdict is None:
            self._open.append((left, right, where))
            return True
        return verdict

    def equate_types(self, left: Type, right: Type, where: object = None) -> bool:
        """Return False if the kinds or sizes differ; otherwise the types are the same from now on."""
        return (
            left.kind is right.kind
            and self.equate(left.rows, right.rows, where)
            and self.equate(left.columns, right.columns, where)
        )

    def waiting(self) -> list[tuple[Size, Size]]:
        """Return the equations that could not be solved yet."""
        return [(left, right) for left, right, _ in self._open]

    def finish(self) -> tuple[Size, Size, object] | None:
        """Return an equation that had to wait and turns out wrong, or None; solve what can be solved now."""
        progress = True
        while progress and self._open:
            waiting, self._open, progress = self._open, [], False
            for left, right, where in waiting:
                match _solve(left, right):
                    case None:
                        self._open.append((left, right, where))
                    case False:
                        return resolve(left), resolve(right), where
                    case True:
                        progress = True
        return None


def _solve(left: Size, right: Size) -> bool | None:
    """Return whether the equation holds (after binding what it says), or None if that cannot be said yet."""
    left, right = resolve(left), resolve(right)
    if isinstance(left, Total) or isinstance(right, Total):
        return _solve_sum(left, right)
    known, unknowns = _parts(left)
    other, others = _parts(right)
    unknowns, others = unknowns - others, others - unknowns
    if not unknowns and not others:
        return known == other
    sides = ((known, unknowns, other, others), (other, others, known, unknowns))
    for factor, mine, rest, theirs in sides:
        quotient = exact_quotient(rest, factor)
        if not theirs and quotient is None:
            return False
        if quotient is None or len(mine) != 1:
            continue
        ((unknown, exponent),) = mine.items()
        if exponent == 1:
            unknown.binding = Flexible(quotient, tuple(theirs.elements())) if theirs else quotient
            return True
        if not theirs:
            unknown.binding = root_of(quotient, exponent)
            return unknown.binding is not None
    return None


def _solve_sum(left: Size, right: Size) -> bool | None:
    """Solve an equation with a sum, if it has one unknown or says what one is."""
    found = _collected(left)
    for unknowns, before in _collected(right).items():
        found[unknowns] = found.get(unknowns, NOTHING) - before
    found = {unknowns: before for unknowns, before in found.items() if before is not NOTHING}
    known = found.pop((), NOTHING)
    if not found:
        return known is NOTHING
    if len(found) == 1 and len(next(iter(found))) == 1:  # c u + k = 0
        (((unknown,), before),) = found.items()
        binding = exact_quotient(NOTHING - known, before)
        if binding is None or why_impossible(binding) is not None:
            return False
        unknown.binding = binding
        return True
    for side, other in ((left, right), (right, left)):  # u = a + b + …
        if isinstance(side, Flexible) and side.known is ONE and len(side.unknowns) == 1:
            (unknown,) = side.unknowns
            if not any(unknown in unknowns for unknowns in _collected(other)):
                unknown.binding = other
                return True
    return None


def _parts(size: Dimension | Flexible) -> tuple[Dimension, Counter[Unknown]]:
    if isinstance(size, Dimension):
        return size, Counter()
    return size.known, Counter(size.unknowns)


def compatible(left: Size, right: Size) -> bool:
    """Return whether the sizes are equal or may become so; nothing is bound."""
    left, right = resolve(left), resolve(right)
    return left == right or not (isinstance(left, Dimension) and isinstance(right, Dimension))


def compatible_types(left: Type, right: Type) -> bool:
    """Return whether the types are equal or may become so; nothing is bound."""
    return left.kind is right.kind and compatible(left.rows, right.rows) and compatible(left.columns, right.columns)
