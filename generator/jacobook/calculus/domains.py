"""What a function needs in order to be defined and differentiable: conditions on its inner expressions, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntEnum, auto

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.dimensions import is_natural
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.entry_lookup import ends_of_part, numbered_places
from jacobook.algebra.exponents import is_nonnegative, is_symbolic
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import ONE
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.derivation import Assumption, Prose, Value
from jacobook.language.function_formulas import has_kink

MOST_POLYNOMIAL = 3
"""Up to so many rows the adjugate is differentiated as a polynomial, which holds for singular matrices too."""


class Relation(Enum):
    """What an expression as a whole has to be."""

    POSITIVE = auto()
    NOT_ZERO = auto()


@dataclass(frozen=True, slots=True)
class Restriction:
    """Where a rule applies, or where it does not: the points at which the clause is true of the expression."""

    applies: bool
    clause: str
    """As in "the derivation holds where {0} is positive"."""
    of: Node
    relation: Relation | None = None

    @property
    def where(self) -> Prose:
        """Return the clause."""
        return Prose(self.clause, (self.of,))

    @property
    def note(self) -> Prose:
        """Return the whole sentence; of what stands in a sum over an index also for which numbers."""
        said = f"The derivation {'holds' if self.applies else 'does not hold'} where {self.clause}"
        values: list[Value] = [self.of]
        for index in sorted((x for x in self.of.symbols if isinstance(x, n.RunningIndex)), key=lambda x: x.name):
            places = [f"{{{len(values) + k}}}" for k in range(3)]
            said += f" for {'every' if self.applies else 'some'} {places[0]} from {places[1]} to {places[2]}"
            values += [index, index.lower, index.upper]
        return Prose(f"{said}.", tuple(values))


def _positive_only(x: Node) -> Restriction:
    return Restriction(True, "{0} is positive", x, Relation.POSITIVE)


def _not_where_zero(x: Node) -> Restriction:
    """Return the restriction to points at which x as a whole is not 0; a vector may have entries that are."""
    return Restriction(False, "{0} is 0", x, Relation.NOT_ZERO)


def _not_where_an_entry_is_zero(x: Node) -> Restriction:
    return _not_where_zero(x) if x.shape.is_scalar else Restriction(False, "an entry of {0} is 0", x)


class Sign(IntEnum):
    """What is known of every entry of an expression."""

    UNKNOWN = 0
    NOT_NEGATIVE = 1
    POSITIVE = 2


def assumptions_of(links: tuple[Link, ...], variables: tuple[Symbol, ...]) -> tuple[Assumption, ...]:
    """Return every matrix that has to be invertible, declared so or not, in order of appearance.

    An adjugate exists for every matrix; the rule for one that varies with the variables asks for it.
    """
    found: dict[Node, Assumption] = {}
    moving = {*(link.symbol for link in links), *variables}
    for link in links:
        for node in walk(link.expression):
            if isinstance(node, n.Inverse | n.LogDeterminant) or _is_by_itself(node, moving):
                inner = _inverted_at_last(node.operands[0])
                declared = isinstance(inner, n.Symbol | n.FunctionValue) and "invertible" in inner.properties
                found.setdefault(inner, Assumption(inner, "invertible", declared))
            elif isinstance(node, n.Power) and node.shape.is_matrix and is_symbolic(node.operands[1]):
                base, exponent = node.operands
                if isinstance(base, n.Symbol) and not is_nonnegative(exponent):
                    found.setdefault(base, Assumption(base, "invertible", "invertible" in base.properties))
    return tuple(found.values())


def _inverted_at_last(node: Node) -> Node:
    """Return the matrix of which the node is the inverse; an inverse is invertible itself."""
    return _inverted_at_last(node.operands[0]) if isinstance(node, n.Inverse) else node


def _is_by_itself(node: Node, moving: set[Symbol]) -> bool:
    """Return whether the node is an adjugate that varies and is not a polynomial that is written down."""
    small = node.shape.is_matrix and not node.shape.rows.names and node.shape.rows.coefficient <= MOST_POLYNOMIAL
    return isinstance(node, n.Adjugate) and bool(node.symbols & moving) and not small


def notes_on(links: tuple[Link, ...], wrt: Symbol) -> tuple[Prose, ...]:
    """Return the points at which the rules used do not apply, and other warnings a reader needs.

    See `restrictions_on`.
    """
    return tuple(one.note if isinstance(one, Restriction) else one for one in restrictions_on(links, wrt))


def restrictions_on(links: tuple[Link, ...], wrt: Symbol) -> tuple[Restriction | Prose, ...]:
    """Return the points at which the rules used do not apply, and in words how large sizes have to be.

    The links are in order, outermost first. What is said is about the names of the statement, not about those that a
    derivation gave to parts of it.
    """
    meant, whole = _meanings(links), _meanings(links, also_given=True)
    found: dict[Restriction | Prose, None] = {}
    positive: dict[Node, Sign] = {}
    for link in reversed(links):
        _positive(link.expression, positive)
        positive[link.symbol] = positive[link.expression]
    for link in links:
        names = {inner.symbol for inner in links} | {wrt}
        squared = {
            node.operands[0]
            for node in walk(link.expression)
            if isinstance(node, n.Power) and build.is_number(node.operands[1], 2)
        }
        branches = _branches(link.expression)
        for node in walk(link.expression):
            found |= dict.fromkeys(_sizes_of(node))
            found |= dict.fromkeys(_differences_of(node))
            if node.symbols & names and node not in squared:
                restriction = _restriction(node, positive)
                if restriction is not None and _holds_anyway(restriction, whole):
                    continue
                if restriction is not None and not _is_told_by_choices(restriction.of, branches.get(node, []), meant):
                    found[_in_own_names(restriction, meant)] = None
    return tuple(found)


_APPLY = Node.mask_of(n.Apply)
_Guards = tuple[Node, ...]
"""What is positive where a branch of a choice is taken."""


def _branches(expression: Node) -> dict[Node, list[_Guards]]:
    """Return of every piece within a choice, step(u) a + (1 − step(u)) b, what is positive where it counts.

    There is one entry for each place at which the piece stands.
    """
    found: dict[Node, list[_Guards]] = {}
    waiting: list[tuple[Node, _Guards]] = [(expression, ())] if expression.kinds & _APPLY else []
    seen = set(waiting)
    while waiting:
        node, guards = waiting.pop()
        found.setdefault(node, []).append(guards)
        chosen = [_guard(operand) for operand in node.operands] if isinstance(node, n.Product | n.Hadamard) else []
        for place, operand in enumerate(node.operands):
            beside = (guard for number, guard in enumerate(chosen) if guard is not None and number != place)
            inner = (operand, tuple(dict.fromkeys((*guards, *beside))))
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
    return found


def _guard(factor: Node) -> Node | None:
    """Return what is positive where a factor is 1: u of step(u), −u of 1 − step(u); None for another factor."""
    match factor:
        case n.Apply(function="step", operands=(inside,)):
            return inside
        case n.Add(operands=(one, n.Negate(operands=(n.Apply(function="step", operands=(inside,)),)))):
            is_one = one is build.ONE or (isinstance(one, n.Fill) and one.operands[0] is build.ONE)
            return build.negate(inside) if is_one else None
    return None


def _is_told_by_choices(of: Node, places: list[_Guards], meant: Mapping[Node, Node]) -> bool:
    """Return whether an expression is positive, or not 0, at every place where it counts: log(x) where x > 0."""
    wanted = normal_form(substitute(of, meant))
    return bool(places) and all(
        any(normal_form(substitute(guard, meant)) is wanted for guard in guards) for guards in places
    )


def _meanings(links: tuple[Link, ...], also_given: bool = False) -> dict[Node, Node]:
    """Return what the names stand for that no line of the statement defines, or what all of them stand for."""
    found: dict[Node, Node] = {}
    for link in reversed(links):
        if also_given or not link.given:
            found[link.symbol] = substitute(link.expression, found)
    return found


def _holds_anyway(restriction: Restriction, whole: Mapping[Node, Node]) -> bool:
    """Return whether an expression is positive once all names are put in: 1 − s where s is a sigmoid."""
    if restriction.relation is Relation.POSITIVE or restriction.clause == _EVERY_ENTRY_POSITIVE:
        return is_positive(substitute(restriction.of, whole))
    return False


_EVERY_ENTRY_POSITIVE = "every entry of {0} is positive"


def _in_own_names(restriction: Restriction, meant: Mapping[Node, Node]) -> Restriction:
    """Return a restriction of an expression as one of what makes it zero: x⁴ is 0 where x is."""
    of = substitute(restriction.of, meant)
    if restriction.relation is not None and of.shape.is_scalar:
        root = _root(of)
        even = _sign_of(of) is Sign.NOT_NEGATIVE
        if restriction.relation is Relation.NOT_ZERO or (even and root is not of):
            return _not_where_zero(root)
    return replace(restriction, of=of)


def _sign_of(expression: Node) -> Sign:
    known: dict[Node, Sign] = {}
    _positive(expression, known)
    return known[expression]


def _root(node: Node) -> Node:
    """Return what is zero exactly where a scalar is: the base of a power, u of uᵀu and of ‖u‖, less a number."""
    match node:
        case n.Power() if isinstance(node.operands[1], n.Number) and node.operands[1].value > 0:
            return _root(node.operands[0])
        case n.Norm1() | n.Norm2():
            return node.operands[0]
        case n.Product(operands=(n.Number(), rest)):
            return _root(rest)
        case n.Product(operands=(first, second)) if first is build.transpose(second) and second.shape.is_vector:
            return second
    return node


def _differences_of(node: Node) -> Iterator[Prose]:
    """Yield that what is left of sizes is at least 1: the n − 1 of x[2:n], the n − m of a declaration."""
    for size in (node.shape.rows, node.shape.columns) if isinstance(node, n.Symbol | n.Subarray) else ():
        if not is_natural(size - ONE):
            yield Prose("{0} is at least 1, so that the array has an entry.", (size,))
    for size, last in ends_of_part(node):
        if not is_natural(size - last):
            what = "{2} exists" if isinstance(node, n.Subarray) else "every place of the sum exists"
            yield Prose(f"{{0}} is at least {{1}}, so that {what}.", (size, last, node))


def _sizes_of(node: Node) -> Iterator[Prose]:
    """Yield how large the sizes have to be for an entry at a fixed place to exist."""
    inside = node.operands[0] if isinstance(node, n.Entry) else node
    for place, size in numbered_places(node):
        if place > size.coefficient:
            what = "rows or columns" if inside.shape.is_matrix else "entries"
            words = f"{{0}} is at least {{1}}, since {{2}} is taken to have that many {what}."
            yield Prose(words, (size, str(place), inside))


_NO_NEGATIVE = "no eigenvalue of {0} is 0 or a negative number"
_OF_MATRICES: dict[type[Node], str] = {
    n.MatrixRoot: _NO_NEGATIVE,
    n.MatrixLogarithm: _NO_NEGATIVE,
    n.Pseudoinverse: "the rank of {0} is the same at all nearby points",
    n.Cholesky: "{0} is positive definite",
    n.LargestEigenvalue: "the largest eigenvalue of {0} is simple",
    n.LeadingEigenvector: "the largest eigenvalue of {0} is simple",
    n.Eigenvalues: "no two eigenvalues of {0} are equal",
    n.Eigenvectors: "no two eigenvalues of {0} are equal",
    n.NuclearNorm: "no singular value of {0} is 0",
    n.PolarFactor: "no singular value of {0} is 0",
    n.Largest: "one entry of {0} is larger than all others",
    n.LargestPlace: "one entry of {0} is larger than all others",
    n.LargestOfRows: "in every row of {0} one entry is larger than all others",
    n.LargestPlaceOfRows: "in every row of {0} one entry is larger than all others",
}


def _restriction(node: Node, known: dict[Node, Sign]) -> Restriction | None:
    """Return where the rule for the node does not apply; None for a rule that applies everywhere."""
    if not node.operands:
        return None
    x = node.operands[0]
    every = "" if x.shape.is_scalar else "every entry of "
    some = "" if x.shape.is_scalar else "an entry of "
    if (clause := _OF_MATRICES.get(type(node))) is not None:
        definite = isinstance(x, n.Symbol | n.FunctionValue) and "positive-definite" in x.properties
        needed = not (definite and isinstance(node, n.MatrixRoot | n.MatrixLogarithm | n.Cholesky))
        return Restriction(True, clause, x) if needed else None
    match node:
        case n.Apply():
            row = ELEMENTWISE[node.function]
            domain = row.domain
            if domain is not None and not (domain.lower <= 0 and domain.upper is None and _positive(x, known)):
                if x.shape.is_scalar and (domain.lower, domain.upper) == (0, None):
                    return _positive_only(x)
                return Restriction(True, f"{every}{{0}} {domain.where}", x)
            if row.pole is not None:
                return Restriction(False, f"the {row.pole.noun} of {some}{{0}} is 0", x)
            return _not_where_an_entry_is_zero(x) if has_kink(row.name) else None
        case n.Norm1():
            return _not_where_an_entry_is_zero(x)
        case n.Arctan2():
            return Restriction(False, "a point of {0} is 0 or on the half-line of the negative x", node)
        case n.Norm2():
            return _not_where_zero(x)
        case n.Divide() if not isinstance(node.operands[1], n.Number):  # not where the divisor is 0
            return _divisor(node.operands[1], known)
        case n.HadamardDivide():
            return _divisor(node.operands[1], known)
        # s^p: a root needs s > 0, a negative power s ≠ 0, a power with an exponent that varies s > 0 for its logarithm.
        case n.Power() if isinstance(node.operands[1], n.Number) and node.shape.is_scalar:
            exponent = node.operands[1].value
            if exponent.denominator != 1 and not _positive(x, known):
                return _positive_only(x)
            return _divisor(x, known) if exponent < 0 else None
        case n.Power() if node.shape.is_scalar and is_symbolic(node.operands[1]):
            return None if is_nonnegative(node.operands[1]) else _divisor(x, known)
        case n.Power() if node.shape.is_scalar and not _positive(x, known):
            return _positive_only(x)
    return None


def is_positive(node: Node) -> bool:
    """Return whether every entry is positive by its form, or as it is declared."""
    return _positive(node, {})


def _positive(node: Node, known: dict[Node, Sign]) -> bool:
    """Return whether every entry is positive by its form; `known` holds what is known of names and of parts."""
    for part in walk(node):
        if part not in known:
            known[part] = _sign_by_form(part, known)
    return known[node] is Sign.POSITIVE


def _sign_by_form(node: Node, known: dict[Node, Sign]) -> Sign:
    operands = [known[operand] for operand in node.operands]
    match node:
        case n.Symbol() | n.FunctionValue():
            return Sign.POSITIVE if "positive" in node.properties else Sign.UNKNOWN
        case n.Number():
            return Sign.POSITIVE if node.value > 0 else Sign.NOT_NEGATIVE if node.value == 0 else Sign.UNKNOWN
        case n.SizeOf() | n.Softmax():
            return Sign.POSITIVE
        case n.Determinant(operands=(n.Symbol() | n.FunctionValue() as inside,)):
            return Sign.POSITIVE if "positive-definite" in inside.properties else Sign.UNKNOWN
        case n.Fill() | n.Entry() | n.Transpose() | n.EntrySum():
            return operands[0]
        case n.Apply() if ELEMENTWISE[node.function].positive or (node.function == "sqrt" and operands[0]):
            return Sign.POSITIVE if node.function != "sqrt" else operands[0]
        case n.Apply() if node.function in ("abs", "relu"):
            return Sign.NOT_NEGATIVE
        case n.Norm1() | n.Norm2():
            return Sign.NOT_NEGATIVE
        case n.Add() if _is_one_less_a_part_of_one(node):
            return Sign.POSITIVE
        case n.Add():  # one that is positive is enough if none is negative
            return max(operands) if all(operands) else Sign.UNKNOWN
        case n.Product() if len(operands) == 2 and node.operands[0] is build.transpose(node.operands[1]):
            return max(Sign.NOT_NEGATIVE if node.shape.is_scalar else Sign.UNKNOWN, min(operands))
        case n.Product() if _is_quadratic_form(node):
            return max(Sign.NOT_NEGATIVE, min(operands))
        case n.Product() | n.Divide() | n.Hadamard() | n.HadamardDivide() | n.Literal():
            return min(operands)
        case n.Power() | n.HadamardPower() if operands[0] is Sign.POSITIVE and not node.shape.is_square:
            return Sign.POSITIVE
        case n.Power() | n.HadamardPower() if node.operands[0].shape.is_scalar or isinstance(node, n.HadamardPower):
            exponent = node.operands[1]
            even = isinstance(exponent, n.Number) and exponent.value > 0 and exponent.value % 2 == 0
            return max(Sign.NOT_NEGATIVE if even else Sign.UNKNOWN, operands[0])
    return Sign.UNKNOWN


def _is_one_less_a_part_of_one(node: n.Add) -> bool:
    """Return whether a sum is 1 − f(x), entry by entry, for a function whose values lie between 0 and 1."""
    if len(node.operands) != 2 or not isinstance(node.operands[1], n.Negate):
        return False
    one, taken = node.operands[0], node.operands[1].operands[0]
    one = one.operands[0] if isinstance(one, n.Fill) else one
    return one is build.ONE and isinstance(taken, n.Apply) and taken.function in _PARTS_OF_ONE


_PARTS_OF_ONE = frozenset(("sigmoid", "normcdf"))


def _is_quadratic_form(node: n.Product) -> bool:
    """Return whether a scalar is x′A x with a positive definite A, or its inverse."""
    arrays = list(_factors(node))
    if not node.shape.is_scalar or len(arrays) != 3 or arrays[0] is not build.transpose(arrays[2]):
        return False
    middle = arrays[1].operands[0] if isinstance(arrays[1], n.Inverse) else arrays[1]
    return isinstance(middle, n.Symbol | n.FunctionValue) and "positive-definite" in middle.properties


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, n.Product):
        for operand in node.operands:
            yield from _factors(operand)
    else:
        yield node


def _divisor(node: Node, known: dict[Node, Sign]) -> Restriction | None:
    if not node.symbols or _positive(node, known):  # a number is not 0 somewhere and something else elsewhere
        return None
    return _not_where_an_entry_is_zero(node)
