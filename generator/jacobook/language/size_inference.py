"""Sizes that are not known yet, and their inference: equations between sizes, solved as they come.

Declared sizes are rigid: `M` and `N` are different, and so are `M` and 3. The sizes of `eye`, `vector(c)` and
`matrix(c)` are unknown until an equation binds them. Which of the four kinds a value is, is always known.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

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


Size = Dimension | Flexible


def fresh_size() -> Flexible:
    """Return a size that may still become anything."""
    return Flexible(ONE, (Unknown(),))


def resolve(size: Size) -> Size:
    """Return the size with everything filled in that is known by now."""
    if isinstance(size, Dimension):
        return size
    known, unknowns = size.known, []
    waiting = list(size.unknowns)
    while waiting:
        unknown = waiting.pop()
        match unknown.binding:
            case None:
                unknowns.append(unknown)
            case Dimension() as found:
                known = known * found
            case Flexible() as found:
                known = known * found.known
                waiting.extend(found.unknowns)
    return Flexible(known, tuple(sorted(unknowns, key=id))) if unknowns else known


def size_product(left: Size, right: Size) -> Size:
    """Return the product of two sizes (of a Kronecker product, of stacked columns)."""
    if isinstance(left, Dimension) and isinstance(right, Dimension):
        return left * right
    (known, unknowns), (other, others) = _parts(left), _parts(right)
    return Flexible(known * other, (*unknowns.elements(), *others.elements()))


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
                return f"is {resolve(self.rows)}×{resolve(self.columns)}"
            case _:
                entries = _entries(self.length)
                return f"is a row with {entries}" if self.kind is Kind.ROW else f"has {entries}"

    def describe(self) -> str:
        """Return the type as a noun: `a scalar`, `a vector with D entries`, `a matrix of M×N`."""
        match self.kind:
            case Kind.SCALAR:
                return "a scalar"
            case Kind.MATRIX:
                return f"a matrix of {resolve(self.rows)}×{resolve(self.columns)}"
            case _:
                return f"a {self.kind.value} with {_entries(self.length)}"


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
    known, unknowns = _parts(left)
    other, others = _parts(right)
    unknowns, others = unknowns - others, others - unknowns
    if not unknowns and not others:
        return known == other
    sides = ((known, unknowns, other, others), (other, others, known, unknowns))
    for factor, mine, rest, theirs in sides:
        quotient = _divide(rest, factor)
        if not theirs and quotient is None:
            return False
        if quotient is None or len(mine) != 1:
            continue
        ((unknown, exponent),) = mine.items()
        if exponent == 1:
            unknown.binding = Flexible(quotient, tuple(theirs.elements())) if theirs else quotient
            return True
        if not theirs:
            unknown.binding = _root(quotient, exponent)
            return unknown.binding is not None
    return None


def _parts(size: Size) -> tuple[Dimension, Counter[Unknown]]:
    if isinstance(size, Dimension):
        return size, Counter()
    return size.known, Counter(size.unknowns)


def compatible(left: Size, right: Size) -> bool:
    """Return whether the sizes are equal or may become so; nothing is bound."""
    left, right = resolve(left), resolve(right)
    return left == right or isinstance(left, Flexible) or isinstance(right, Flexible)


def compatible_types(left: Type, right: Type) -> bool:
    """Return whether the types are equal or may become so; nothing is bound."""
    return left.kind is right.kind and compatible(left.rows, right.rows) and compatible(left.columns, right.columns)


def _divide(dimension: Dimension, by: Dimension) -> Dimension | None:
    names, divisor = Counter(dimension.names), Counter(by.names)
    if divisor - names or dimension.coefficient % by.coefficient:
        return None
    return Dimension(dimension.coefficient // by.coefficient, tuple(sorted((names - divisor).elements())))


def _root(dimension: Dimension, exponent: int) -> Dimension | None:
    """Return the dimension whose power this is, if there is one."""
    low, high = 1, dimension.coefficient
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle**exponent >= dimension.coefficient else (middle + 1, high)
    names = Counter(dimension.names)
    if low**exponent != dimension.coefficient or any(count % exponent for count in names.values()):
        return None
    roots = Counter({name: count // exponent for name, count in names.items()})
    return Dimension(low, tuple(sorted(roots.elements())))
