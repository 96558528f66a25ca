"""Lines that simplify a value, and what a simplification did, in words: cancelled, collected, written out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.arrays import written_out
from jacobook.algebra.display.cancelling import cancelled
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.terms import scaled_ones
from jacobook.algebra.traverse import contains, walk
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.reasons import enumerate_values, sentence


def cancelling(left: Node, value: Node) -> tuple[Node, list[Claim]]:
    """Return the tidied value with what cancels in it cancelled, and the claim of that if something does."""
    try:
        tidied = tidy(value)
        found = cancelled(tidied)
        rest = tidy(found.node)
    except ShapeError:  # see tidy
        return value, []
    parts = [Prose("multiply out")] if found.opened else []
    if found.factors:
        listed = enumerate_values(found.factors)
        verb = "cancels" if len(found.factors) == 1 else "cancel"
        where = "entry by entry, " if any(factor.shape.axes for factor in found.factors) else ""
        parts.append(Prose(f"{where}{listed.template} {verb}", listed.values))
    parts += [Prose("{0} = {1}", pair) for pair in found.identities]
    parts = parts or [Prose(_POWERS)]
    return (rest, [Claim(left, rest, "tidy", sentence(parts))]) if found.node is not tidied else (value, [])


def collected(left: Node, value: Node, slug: str, reason: Prose) -> tuple[Node, list[Claim]]:
    """Return the collected value and the claims that lead to it: one for the reason, others if something cancels."""
    final = collect(value)
    shorter, claims = cancelling(left, value)
    if not claims:
        return final, [Claim(left, final, slug, reason)]
    claims.insert(0, Claim(left, tidy(value), slug, reason))
    if shorter is not final:
        what = "collect the terms" if collect(shorter) is final else "multiply out; collect the terms"
        what = _SAME_DIAGONAL if has_turned_diagonals(shorter, final) else what
        claims.append(Claim(left, final, "collect", sentence([Prose(what)])))
    return final, claims


def entry_by_entry(left: Node, value: Node) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value with unit vectors and products of written-out arrays as one such array, as one claim."""
    written = written_out(value)
    if written is value:
        return value, ()
    reason = _of_units(value) or sentence([Prose("multiply and add entry by entry")])
    return written, (Claim(left, written, "written-entries", reason),)


def _of_units(value: Node) -> Prose | None:
    """Return in which entry the factor of a unit vector goes, None where there is no unit vector of whole size."""
    units = [node for node in walk(value) if isinstance(node, n.UnitVector) and not node.shape.length.names]
    if not units:
        return None
    for node in walk(value):
        arrays = [factor for factor in node.operands if not factor.shape.is_scalar]
        if isinstance(node, n.Product) and node.shape.is_matrix and len(arrays) == 2:
            column, row = arrays[0], arrays[1].operands[0] if isinstance(arrays[1], n.Transpose) else arrays[1]
            if isinstance(column, n.UnitVector) and isinstance(row, n.UnitVector):
                values = (build.product(*arrays), column.position, row.position)
                return Prose("The coefficient of {0} is the entry in row {1}, column {2}, and so on.", values)
    shown = units[0] if value.shape.is_vector else build.transpose(units[0])
    return Prose("The coefficient of {0} is entry {1}, and so on.", (shown, units[0].position))


# -- what a simplification did, read off the lines before and after it -------------------------------------------------

Degrees = Counter[Node]
_POWERS = "write equal factors as a power"
_SAME_DIAGONAL = "a matrix and its transpose have the same diagonal"
_WEIGHTS = "a product with a diagonal matrix is an entry-wise product with its diagonal"
MINUS_TIMES_MINUS = 2


def why_simplified(before: Node, after: Node) -> Prose:
    """Return the part of a sentence that says how the one expression becomes the other."""
    identity = next((factor for factor in _factors_of_terms(before) if isinstance(factor, n.Identity)), None)
    if identity is not None and not contains(after, n.Identity):
        return Prose("multiplying by {0} changes nothing", (identity,))
    if (scaled := _scaled_ones(before)) and not _scaled_ones(after):
        return Prose("{0} = {1}", scaled[0])
    if _has_weights(before) and not _has_weights(after):
        return Prose(_WEIGHTS)
    diagonals, products = (_counted(after, kind) - _counted(before, kind) for kind in (n.Diag, n.Hadamard))
    if products == -diagonals > 0:
        return Prose(f"multiply out; {_WEIGHTS}" if len(list(_terms(before))) < len(list(_terms(after))) else _WEIGHTS)
    if has_turned_diagonals(before, after):
        return Prose(_SAME_DIAGONAL)
    # The number of terms says whether brackets were opened or terms collected.
    old, new = list(_terms(before)), list(_terms(after))
    if len(new) > len(old):
        return Prose("multiply out")
    if len(new) < len(old):
        return Prose("cancel common factors; collect the terms" if _cancels(before, old, new) else "collect the terms")
    # With as many terms as before: fewer symbols than before means that a quotient was reduced.
    nothing: Degrees = Counter()
    degrees = [sum(map(_degrees, terms), nothing) for terms in (old, new)]
    if degrees[0] != degrees[1]:
        if (joined := _joined_divisors(before, after)) is not None:
            return joined
        cancelled = degrees[1] <= degrees[0] and contains(before, (n.Divide, n.Power, n.HadamardDivide))
        if cancelled and not _has_divisors(before) and _occurrences(after) < _occurrences(before):
            return Prose(_POWERS)  # x^(k − 1) x = x^k
        return Prose("cancel common factors" if cancelled else "rearrange")
    if _occurrences(after) < _occurrences(before):
        return Prose(_POWERS)
    # The same symbols, so only their order has changed: of scalars, of factors, of terms.
    words = [[_word(term) for term in terms] for terms in (old, new)]
    names: list[str] = []
    if Counter(words[0]) != Counter(words[1]):
        return Prose("rearrange")
    if (minus := why_signs(before, after)) is not None:
        names.append(minus.template)
    elif any(map(_has_scalar_behind, old)):
        if any(not factor.shape.is_scalar for term in old for factor in _factors(term)):
            names.append("move scalars to the front")
        else:
            same = Counter(map(_without_numbers, old)) == Counter(map(_without_numbers, new))
            names.append("move numbers to the front" if same else "rearrange the factors")
    elif Counter(map(_scalars, old)) != Counter(map(_scalars, new)):
        names.append("rearrange the factors")
    if words[0] != words[1] or not names:
        names.append("reorder the terms" if len(new) > 1 else "rearrange the factors")
    return Prose("; ".join(dict.fromkeys(names)))


def has_turned_diagonals(before: Node, after: Node) -> bool:
    """Return whether diag(A) of a matrix A in the one expression is diag(A′) in the other."""
    old, new = ({part.operands[0] for part in walk(side) if isinstance(part, n.Diagonal)} for side in (before, after))
    return any(tidy(build.transpose(matrix)) in new for matrix in old - new)


def _counted(node: Node, kind: type[Node]) -> int:
    return sum(isinstance(part, kind) for part in walk(node))


def _has_divisors(node: Node) -> bool:
    """Return whether an expression divides by something, by a line or by a negative power."""
    return contains(node, (n.Divide, n.HadamardDivide)) or has_negative_power(node)


def has_negative_power(node: Node) -> bool:
    """Return whether a power in the expression has a negative number as its exponent."""
    exponents = (part.operands[1] for part in walk(node) if isinstance(part, n.Power | n.HadamardPower))
    return any(isinstance(exponent, n.Number) and exponent.value < 0 for exponent in exponents)


def why_signs(before: Node, after: Node) -> Prose | None:
    """Return that minus times minus is plus, where that happened."""
    return Prose("the two minus signs cancel") if _signs(before) - _signs(after) >= MINUS_TIMES_MINUS else None


def _joined_divisors(before: Node, after: Node) -> Prose | None:
    """Return s (1 + t/s) = s + t where both factors were divisors, and their product is one afterwards."""

    def divisors(node: Node) -> list[Node]:
        powers = (factor for factor in _factors_of_terms(node) if isinstance(factor, n.Power) and _is_divisor(factor))
        bases = (power.operands[0] for power in powers)
        return [part for base in bases for part in _factors(base)]

    joined = [base for base in divisors(after) if isinstance(base, n.Add)]
    apart = divisors(before)
    for quotient in (base for base in apart if isinstance(base, n.Add) and contains(base, n.Divide)):
        for other in (base for base in apart if not isinstance(base, n.Add | n.Number)):
            for whole in joined:
                if equal(build.product(other, quotient), whole):
                    return Prose("{0} = {1}", (build.product(other, quotient), whole))
    return None


def _signs(node: Node) -> int:
    """Return how many minus signs the terms of an expression have, those of their factors too."""
    factors = (factor for term in _terms(node) for factor in _factors(term))
    return sum(isinstance(factor, n.Number) and factor.value < 0 for factor in factors)


def has_numbers_to_multiply(term: Node) -> bool:
    """Return whether a term has two numbers among its factors other than 1 and −1: −½ exp(z) · 2y′."""
    numbers = [factor.value for factor in _factors(term) if isinstance(factor, n.Number)]
    return sum(abs(value) != 1 for value in numbers) > 1


def _has_weights(node: Node) -> bool:
    """Return whether a matrix diag(u) stands beside a vector in an expression."""
    pairs = [pair for part in walk(node) if isinstance(part, n.Product) for pair in pairwise(part.operands)]
    kinds = [(isinstance(one, n.Diag), other.shape.is_matrix) for pair in pairs for one, other in (pair, pair[::-1])]
    return (True, False) in kinds


def sums_turned(node: Node) -> int:
    """Return how many sums are transposed as a whole."""
    return sum(isinstance(inside, n.Transpose) and isinstance(inside.operands[0], n.Add) for inside in walk(node))


TURNED = "take the transpose out of the sum"


def takes_transpose_out(before: Node, after: Node) -> bool:
    """Return whether terms that were transposed one by one are so together: a′ + b′ = (a + b)′."""
    return len(list(_terms(before))) > 1 and sums_turned(after) > sums_turned(before)


def numbers_cancel(before: Node, after: Node) -> bool:
    """Return whether a number in a divisor and one in a factor became less: 2u/(2σ²) = u/σ²."""

    def divisors(node: Node) -> list[Fraction]:
        found = (part.operands[1] for part in walk(node) if isinstance(part, n.Divide))
        numbers = (factor for divisor in found for factor in _factors(divisor) if isinstance(factor, n.Number))
        return [abs(Fraction(number.value)) for number in numbers if abs(number.value) != 1]

    return len(divisors(after)) < len(divisors(before)) and contains(after, n.Divide)


def _scaled_ones(node: Node) -> list[tuple[Node, Node]]:
    """Return the products diag(u) 1 and 1′ diag(u) in an expression, each with the vector or row that it is."""
    pairs = [pair for part in walk(node) if isinstance(part, n.Product) for pair in pairwise(part.operands)]
    return [(build.product(*pair), scaled) for pair in pairs if (scaled := scaled_ones(*pair)) is not None]


def _cancels(before: Node, old: list[Node], new: list[Node]) -> bool:
    """Return whether a symbol occurs in every new term less often than in any old one: quotients lost factors."""
    if not contains(before, (n.Divide, n.HadamardDivide)):
        return False
    olds, news = ([_degrees(term) for term in terms] for terms in (old, new))
    symbols = set[Node]().union(*olds)
    return any(max(d[s] for d in news) < min(d[s] for d in olds) for s in symbols)


def _terms(node: Node) -> Iterator[Node]:
    if isinstance(node, n.Add):
        for operand in node.operands:
            yield from _terms(operand)
    elif isinstance(node, n.Negate) and isinstance(node.operands[0], n.Add):
        yield from _terms(node.operands[0])
    else:
        yield node


def _factors(node: Node) -> Iterator[Node]:
    """Yield the factors of a term in order, numbers and signs as well; a divisor as a power of −1.

    The arrays of a scalar product, x′Ax, are one factor, a scalar.
    """
    if isinstance(node, n.Product) and node.shape.is_scalar:
        arrays = [operand for operand in node.operands if not operand.shape.is_scalar]
        for operand in node.operands:
            if operand.shape.is_scalar:
                yield from _factors(operand)
            elif operand is arrays[0]:
                yield build.product(*arrays) if len(arrays) < len(node.operands) else node
                arrays = [node]  # once
    elif isinstance(node, n.Product):
        for operand in node.operands:
            yield from _factors(operand)
    elif isinstance(node, n.Negate):
        yield build.number(-1)
        yield from _factors(node.operands[0])
    elif isinstance(node, n.Divide):
        yield from _factors(node.operands[0])
        yield build.power(node.operands[1], build.number(-1))
    else:
        yield node


def _factors_of_terms(node: Node) -> Iterator[Node]:
    for term in _terms(node):
        factors = list(_factors(term))
        if len(factors) > 1:
            yield from factors


def _degrees(node: Node) -> Degrees:
    """Return how often every symbol is a factor; a power counts as often as its exponent says, without its sign."""
    if isinstance(node, n.Number):
        return Counter()
    if not node.operands:
        return Counter({node: 1})
    operands = node.operands
    if isinstance(node, n.Power) and isinstance(operands[1], n.Number):
        times = abs(Fraction(operands[1].value))
        inner = _degrees(operands[0])
        return Counter({symbol: count * times for symbol, count in inner.items()})
    start: Degrees = Counter()
    return sum(map(_degrees, operands), start)


def _occurrences(node: Node) -> int:
    """Return how often symbols are written in the expression."""
    if not node.operands:
        return 0 if isinstance(node, n.Number) else 1
    return sum(map(_occurrences, node.operands))


def _word(term: Node) -> tuple[object, ...]:
    """Return the factors of a term that are not scalars, in order, and the degrees of its scalars."""
    factors = list(_factors(term))
    degrees: Degrees = sum((_degrees(factor) for factor in factors if factor.shape.is_scalar), Counter())
    return tuple(factor for factor in factors if not factor.shape.is_scalar), frozenset(degrees.items())


def _scalars(term: Node) -> tuple[Node, ...]:
    return tuple(factor for factor in _factors(term) if factor.shape.is_scalar)


def _without_numbers(term: Node) -> tuple[Node, ...]:
    return tuple(factor for factor in _factors(term) if not isinstance(factor, n.Number))


def _has_scalar_behind(term: Node) -> bool:
    """Return whether a scalar (not a divisor) comes after an array, or a number after a factor that is not a number."""
    seen = numbers = False
    for factor in _factors(term):
        if factor.shape.is_scalar and seen and not (isinstance(factor, n.Power) and _is_divisor(factor)):
            return True
        if isinstance(factor, n.Number) and numbers:
            return True
        seen = seen or not factor.shape.is_scalar
        numbers = numbers or not isinstance(factor, n.Number)
    return False


def _is_divisor(factor: Node) -> bool:
    exponent = factor.operands[1]
    return isinstance(exponent, n.Number) and exponent.value < 0
