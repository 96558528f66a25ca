"""Factors that cancel: entry by entry as for numbers, x ./ y .* y = x; equal factors; adj(X)/det(X) = X⁻¹; M M = M.

Nothing is multiplied out, and what stands inside functions is left as it was written. The result has the value of the
original wherever that has one; where a factor that cancels is 0, the original is 0/0 (as for numbers, x²/x).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.entries_as_scalars import Entries
from jacobook.algebra.display.function_identities import Powers, with_identities
from jacobook.algebra.display.polynomials import divided_entrywise
from jacobook.algebra.display.sum_identities import sum_with_identities
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal, normal_form
from jacobook.algebra.operations import remembered
from jacobook.algebra.predicates import is_identity_less_others
from jacobook.algebra.shapes import Shape
from jacobook.algebra.terms import UNIT, Term, merge_scalars, node_of, terms_of, word_node
from jacobook.algebra.traverse import rebuild, substitute, transform


class Cancelled(NamedTuple):
    """An expression after cancelling, what cancelled in it, and the identities that were used, as (old, new)."""

    node: Node
    factors: tuple[Node, ...] = ()
    identities: tuple[tuple[Node, Node], ...] = ()
    opened: bool = False
    """Whether a bracket had to be multiplied out for it."""


SCALAR = build.ONE.shape
LONGEST_TO_OPEN = 60
"""An expression of more nodes is not multiplied out to see whether that is shorter: its brackets would double it."""
_ENTRYWISE = (n.Hadamard, n.HadamardDivide, n.HadamardPower)
_OPEN = (
    n.Add, n.Negate, n.Product, n.Divide, n.Transpose, n.Diag, n.Skew, n.Diagonal, n.Trace, n.EntrySum, n.Vec, n.Unvec,
    n.Kronecker, n.KhatriRao, n.Literal, n.Fill, n.Power, n.Apply, *_ENTRYWISE,
)  # fmt: skip
_FUNCTIONS = Node.mask_of(n.Apply, n.Power)
_SUMS, _BARS = Node.mask_of(n.Add), Node.mask_of(n.Divide, n.Power)


@remembered(20_000)
def cancelled(node: Node) -> Cancelled:
    """Return an equal expression in which everything that stands above and below a bar has cancelled."""
    if not isinstance(node, _OPEN):
        return Cancelled(node)
    if isinstance(node, n.Power) and node.shape.is_matrix:
        return _projections_once(node)
    if isinstance(node, n.Power | n.Apply):
        return _scalars_cancelled(node)
    if isinstance(node, _ENTRYWISE) and node.shape.axes:
        found = _cancelled_powers(node)
    else:
        found = _rebuilt(node)
    if isinstance(found.node, n.Add):
        simpler, used = sum_with_identities(found.node)
        found = _with(found, Cancelled(simpler, (), tuple(used)))
    if isinstance(found.node, n.Product | n.Divide):
        found = _with(found, _inverse_from_adjugate(found.node))
    if isinstance(found.node, n.Product | n.Divide):
        found = _with(found, _scalars_cancelled(found.node))
    if isinstance(found.node, n.Product):
        found = _with(found, _projections_once(found.node))
    if isinstance(found.node, n.Product):
        found = _with(found, _inner_product(found.node) or _opened(found.node) or Cancelled(found.node))
    return found


def _with(first: Cancelled, then: Cancelled) -> Cancelled:
    factors, identities = first.factors + then.factors, first.identities + then.identities
    opened = first.opened or then.opened
    return Cancelled(then.node, tuple(dict.fromkeys(factors)), tuple(dict.fromkeys(identities)), opened)


def _rebuilt(node: Node) -> Cancelled:
    inside = [cancelled(operand) for operand in node.operands]
    if all(found.node is operand for found, operand in zip(inside, node.operands, strict=True)):
        return Cancelled(node)
    result = Cancelled(rebuild(node, tuple(found.node for found in inside)))
    for found in inside:
        result = _with(found, result)
    return result


def _projections_once(node: Node) -> Cancelled:
    """Return a product, or a power of a matrix, in which a projection I − X (X′X)⁻¹ X′ stands once: M M = M."""
    if not node.kinds & _SUMS:
        return Cancelled(node)
    factors, used = list[Node](), list[tuple[Node, Node]]()
    for operand in node.operands if isinstance(node, n.Product) else (node,):
        base = operand.operands[0] if isinstance(operand, n.Power) and operand.shape.is_matrix else operand
        repeated = base is not operand or (bool(factors) and factors[-1] is base)
        if not (repeated and _is_projection(base) and (base is operand or _is_positive_whole(operand.operands[1]))):
            factors.append(operand)
            continue
        used.append((build.power(base, build.TWO), base))
        factors += [] if factors and factors[-1] is base else [base]
    return Cancelled(build.product(*factors), (), tuple(dict.fromkeys(used))) if used else Cancelled(node)


def _is_projection(matrix: Node) -> bool:
    """Return whether a matrix that is written as I − Q is its own square."""
    if not is_identity_less_others(matrix) or matrix.size > LONGEST_TO_OPEN:
        return False
    return equal(build.product(matrix, matrix), matrix)


def _is_positive_whole(exponent: Node) -> bool:
    return isinstance(exponent, n.Number) and exponent.value.denominator == 1 and exponent.value > 0


def _scalars_cancelled(node: Node) -> Cancelled:
    """Return an expression with the identities of functions used among its scalars: sinh(u)/cosh(u) = tanh(u)."""
    if not (node.kinds & _FUNCTIONS or (node.kinds & _SUMS and node.kinds & _BARS)):
        return Cancelled(node)
    if isinstance(node, n.Power | n.Apply) and not node.shape.is_scalar:
        return Cancelled(node)
    terms = terms_of(node)
    if len(terms) != 1 or not terms[0].scalars:
        return Cancelled(node)
    (term,) = terms
    scalars, used = with_identities(list(term.scalars))
    if not used:
        opened = _scalars_opened(Term(term.coefficient, term.scalars, ()))
        if opened is None or not term.word:
            return opened or Cancelled(node)
        return opened._replace(node=tidy(build.product(opened.node, word_node(term.word))))
    identities = tuple((entrywise_from(old, SCALAR), entrywise_from(new, SCALAR)) for old, new in used)
    return Cancelled(tidy(node_of([Term(term.coefficient, tuple(scalars), term.word)], node.shape)), (), identities)


def _scalars_opened(term: Term, among: Callable[[Iterable[bool]], bool] = all) -> Cancelled | None:
    """Return (u/h − v/k) h k, for scalars alone, with its bracket multiplied out, u k − v h, where that is shorter.

    Something cancels in all of the terms in the bracket, or in `any`: s (1 − 1/s²) is s − 1/s.
    """
    outside = {base for base, exponent in term.scalars if exponent > 0}
    for place, (bracket, exponent) in enumerate(term.scalars):
        if exponent != 1 or not isinstance(bracket, n.Add) or bracket.size > LONGEST_TO_OPEN:
            continue
        inside = terms_of(bracket)
        if not among(any(e < 0 and base in outside for base, e in part.scalars) for part in inside):
            continue
        rest = Term(Fraction(1), term.scalars[:place] + term.scalars[place + 1 :], ())
        opened = node_of([more for part in inside for more in multiplied_out(rest.times(part))], SCALAR)
        whole = tidy(build.product(build.number(term.coefficient), tidy(opened)))
        if whole.size < node_of([term], SCALAR).size:
            below = {base for part in inside for base, e in part.scalars if e < 0}
            return Cancelled(whole, tuple(base for base, _ in term.scalars if base in below), (), opened=True)
    return None


def _entries_opened(node: Node) -> Cancelled | None:
    """Return the same entry by entry: s ∘ (1 − 1 ./ s²) is s − 1 ./ s."""
    bars = Node.mask_of(n.HadamardDivide, n.HadamardPower)
    if not isinstance(node, n.Hadamard) or not node.kinds & _SUMS or not node.kinds & bars:
        return None
    if node.size > LONGEST_TO_OPEN:
        return None
    entries = Entries(node.shape)
    terms = terms_of(tidy(entries.scalar(node)))
    opened = _scalars_opened(terms[0], any) if len(terms) == 1 and not terms[0].word else None
    if opened is None:
        return None
    whole = tidy(entries.array(opened.node))
    factors = tuple(map(entries.array, opened.factors))
    return Cancelled(whole, factors, (), opened=True) if whole.size < node.size else None


def multiplied_out(term: Term, nested: bool = True) -> list[Term]:
    """Return a scalar term with its brackets multiplied out; those in them too, if `nested`."""
    if not nested:
        return _outermost_multiplied_out(term)
    place = next((k for k, (base, e) in enumerate(term.scalars) if e == 1 and isinstance(base, n.Add)), None)
    if place is None:
        return [term]
    rest = Term(term.coefficient, term.scalars[:place] + term.scalars[place + 1 :], ())
    return [more for part in terms_of(term.scalars[place][0]) for more in multiplied_out(rest.times(part))]


def _outermost_multiplied_out(term: Term) -> list[Term]:
    found = [Term(term.coefficient, (), ())]
    for base, exponent in term.scalars:
        opens = exponent == 1 and isinstance(base, n.Add)
        parts = terms_of(base) if opens else [Term(Fraction(1), ((base, exponent),), ())]
        found = [one.times(part) for one in found for part in parts]
    return found


def _inner_product(node: Node) -> Cancelled | None:
    """Return (y ./ p)′ p … as the sum of the entries of y …, None where nothing cancels in an inner product."""
    for place, (row, column) in enumerate(pairwise(node.operands)):
        if not (row.shape.is_row and column.shape.is_vector):
            continue
        found = cancelled(build.hadamard(build.transpose(row), column))
        if found.factors:
            before, behind = node.operands[:place], node.operands[place + 2 :]
            return found._replace(node=build.product(*before, build.entry_sum(found.node), *behind))
    return None


def _opened(node: Node) -> Cancelled | None:
    """Return a product with a bracket beside a diagonal matrix, or with one in it, multiplied out if something cancels.

    So in (u − v)′ diag(s), and in u′ (diag(p) − p p′), a term at a time.
    """
    if node.size > LONGEST_TO_OPEN:
        return None
    for place, factor in enumerate(node.operands):
        bracket = factor.operands[0] if isinstance(factor, n.Transpose) else factor
        if not isinstance(bracket, n.Add) or not factor.shape.axes:
            continue
        summands = bracket.operands
        beside = node.operands[max(place - 1, 0) : place] + node.operands[place + 1 : place + 2]
        inside = [summand.operands[0] if isinstance(summand, n.Negate) else summand for summand in summands]
        if not any(isinstance(other, n.Diag) for other in (*beside, *inside)):
            continue
        if bracket is not factor:
            summands = tuple(map(build.transpose, summands))
        terms = (build.product(*node.operands[:place], part, *node.operands[place + 1 :]) for part in summands)
        found = cancelled(tidy(build.add(*terms)))
        if found.factors:
            return found._replace(opened=True)
    return None


def _cancelled_powers(node: Node) -> Cancelled:
    """Return an entry-wise product in which factors with exponents of both signs are joined."""
    front, powers = entrywise_powers(node)
    joined, factors = _joined(powers)
    joined, divisors = _divided(joined)
    factors += divisors
    simpler, used = with_identities(joined)
    if not factors and not used and len(joined) == len(powers):
        if (opened := _entries_opened(node)) is not None:
            return opened
        found = _rebuilt(node)
        return found if found.node is node else _with(found, cancelled(tidy(found.node)))
    identities = tuple((entrywise_from(old, node.shape), entrywise_from(new, node.shape)) for old, new in used)
    rest = entrywise_from(simpler, node.shape)
    if front != UNIT:
        rest = build.product(node_of([front], build.ONE.shape), rest)
    return _with(Cancelled(rest, factors, identities), cancelled(rest))


def entrywise_powers(node: Node) -> tuple[Term, Powers]:
    """Return an entry-wise product as a number with scalars, and the powers of arrays (and scalars) that act on it."""
    match node:
        case n.Hadamard():
            return _multiplied(entrywise_powers(operand) for operand in node.operands)
        case n.HadamardDivide():
            above, below = node.operands
            return _multiplied((entrywise_powers(above), _raised(below, Fraction(-1))))
        case n.HadamardPower() if isinstance(node.operands[1], n.Number) and not node.operands[0].shape.is_scalar:
            return _raised(node.operands[0], node.operands[1].value)
        case n.Fill() if node.shape.axes:
            return _scalar(node.operands[0]), []
    if node.shape.is_scalar:
        return _scalar(node), []
    terms = terms_of(node)
    if len(terms) == 1 and (terms[0].coefficient != 1 or terms[0].scalars):
        front = Term(terms[0].coefficient, terms[0].scalars, ())
        return _multiplied(((front, []), entrywise_powers(build.product(*terms[0].word))))
    return UNIT, [(node, Fraction(1))]


def _scalar(node: Node) -> Term:
    terms = terms_of(node)
    if len(terms) == 1 and not terms[0].word:
        return terms[0]
    return Term(Fraction(1), ((node, Fraction(1)),), ())


def _multiplied(parts: Iterable[tuple[Term, Powers]]) -> tuple[Term, Powers]:
    front, powers = UNIT, Powers()
    for more, factors in parts:
        front, powers = front.times(more), powers + factors
    return front, powers


def _raised(base: Node, exponent: Fraction) -> tuple[Term, Powers]:
    """Return a power factor by factor; where that needs a case distinction, as in √(x²), the base stays whole."""
    front, powers = entrywise_powers(base)
    raised = front.power(exponent)
    if raised is None or (exponent.denominator != 1 and (len(powers) > 1 or any(e != 1 for _, e in powers))):
        if base.shape.is_scalar:
            return Term(Fraction(1), ((base, exponent),), ()), []
        return UNIT, [(base, exponent)]
    return raised, [(factor, e * exponent) for factor, e in powers]


def with_bars(node: Node) -> Node:
    """Return the expression with entry-wise powers of negative exponents below bars, as they are read: x^-1 as 1/x."""

    def change(current: Node) -> Node | None:
        if not isinstance(current, n.Hadamard | n.HadamardPower) or not current.shape.axes:
            return None
        front, powers = entrywise_powers(current)
        if front != UNIT or all(exponent > 0 for _, exponent in powers):
            return None
        return entrywise_from([(with_bars(base), exponent) for base, exponent in powers], current.shape)

    return transform(node, change)


def _joined(powers: Powers) -> tuple[Powers, tuple[Node, ...]]:
    """Return the powers with those of equal bases joined, and the bases that stood above and below."""
    found: dict[Node, tuple[Node, list[Fraction]]] = {}
    for base, exponent in powers:
        found.setdefault(normal_form(base), (base, []))[1].append(exponent)
    both = tuple(base for base, exponents in found.values() if min(exponents) < 0 < max(exponents))
    return [(base, sum(exponents, Fraction(0))) for base, exponents in found.values() if sum(exponents)], both


def _divided(powers: Powers) -> tuple[Powers, tuple[Node, ...]]:
    """Return the powers after every division of polynomials that leaves no rest, and what was divided by."""
    found, divisors = dict(powers), list[Node]()
    sums: list[Node] = [base for base, exponent in powers if exponent == 1 and isinstance(base, n.Add)]
    for current in sums:
        above = current
        for below in [base for base, exponent in powers if exponent == -1]:
            held = found.get(above) == 1 and found.get(below) == -1
            quotient = divided_entrywise(above, below) if held else None
            if quotient is not None:
                del found[above], found[below]
                found[quotient] = found.get(quotient, Fraction(0)) + 1
                above = quotient
                divisors.append(below)
    return [(base, exponent) for base, exponent in found.items() if exponent], tuple(divisors)


def entrywise_from(powers: Powers, shape: Shape) -> Node:
    """Return the entry-wise product of powers: positive exponents above a bar, negative ones below."""
    if not shape.axes:
        scalars = tuple((base, exponent) for base, exponent in powers)
        return node_of([Term(Fraction(1), scalars, ())], shape)
    above = _product([(base, e) for base, e in powers if e > 0])
    below = _product([(base, -e) for base, e in powers if e < 0])
    if below is None:
        return build.fill(build.ONE, shape) if above is None else above
    return build.hadamard_divide(build.fill(build.ONE, shape) if above is None else above, below)


def _product(powers: Powers) -> Node | None:
    result: Node | None = None
    for base, exponent in powers:
        factor = base if exponent == 1 else build.hadamard_power(base, build.number(exponent))
        result = factor if result is None else build.hadamard(result, factor)
    return result


_LINEAR = (n.Transpose, n.Product, n.Diagonal, n.Trace, n.EntrySum, n.Vec, n.Unvec, n.Diag)


def _adjugate_within(factor: Node) -> n.Adjugate | None:
    """Return the adjugate in which a factor is linear, such as the one in diag(A′ adj(M) A); None if there is none."""
    if isinstance(factor, n.Adjugate):
        return factor
    if not isinstance(factor, _LINEAR) or not factor.kinds & _ADJUGATES:
        return None
    holding = [operand for operand in factor.operands if operand.kinds & _ADJUGATES]
    return _adjugate_within(holding[0]) if len(holding) == 1 else None


_ADJUGATES = Node.mask_of(n.Adjugate)


def _inverse_from_adjugate(node: Node) -> Cancelled:
    """Return adj(X)/det(X) as X⁻¹: where the determinant is 0, the quotient has no value either."""
    terms = terms_of(node)
    if len(terms) != 1:
        return Cancelled(node)
    (term,) = terms
    scalars = dict(term.scalars)
    identities: list[tuple[Node, Node]] = []

    def with_inverse(factor: Node) -> Node | None:
        inside = _adjugate_within(factor)
        determinant = build.determinant(inside.operands[0]) if inside is not None else None
        if inside is None or determinant is None or scalars.get(determinant, Fraction(0)) > -1:
            return None
        scalars[determinant] += 1
        inverse = build.inverse(inside.operands[0])
        identities.append((build.divide(inside, determinant), inverse))
        return substitute(factor, {inside: inverse})

    word = [with_inverse(factor) or factor for factor in term.word]
    replaced = {base: with_inverse(base) for base, exponent in term.scalars if exponent == 1}
    if not identities:
        return Cancelled(node)
    # What a factor becomes may be there already: tr(adj(X)A)/det(X) beside tr(X⁻¹A).
    left = merge_scalars((replaced.get(base) or base, exponent) for base, exponent in scalars.items() if exponent)
    return Cancelled(node_of([Term(term.coefficient, left, tuple(word))], node.shape), (), tuple(identities))
