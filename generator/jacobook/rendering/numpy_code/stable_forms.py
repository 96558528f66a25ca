"""Equal expressions whose code neither overflows nor divides 0 by 0 where the value is an ordinary number.

exp(x)/(1 + exp(x)) is ∞/∞ in floating point from x = 710 on although its value is 1; as sigmoid(x) it is right
everywhere. The formulas on a page stay as they are derived; only the printed code takes these forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache, partial

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.cancelling import entrywise_from, entrywise_powers
from jacobook.algebra.display.function_identities import Powers
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.exponents import is_symbolic
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.terms import Term, node_of, terms_of
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.rules.derivatives import definition_at

HALF = build.number(Fraction(1, 2))


class LogAddExp(n.Node):
    """log(exp(a) + exp(b)), entry by entry."""

    __slots__ = ()


class Hypotenuse(n.Node):
    """√(a² + b²) of two scalars."""

    __slots__ = ()


class LengthOrOne(n.Node):
    """The Euclidean norm of its operand, and 1 where that is 0: a divisor of what vanishes there as well."""

    __slots__ = ()


def with_code(node: Node) -> Node:
    """Return the expression with its definition for every function that has no code of its own."""
    found: dict[Node, Node] = {}
    for part in walk(node):
        if isinstance(part, n.Apply) and not ELEMENTWISE[part.function].has_code:
            definition = definition_at(part.function, part.operands[0])
            found |= {part: definition} if definition is not None else {}
    return with_code(substitute(node, found)) if found else node


_PLAIN = (n.Number, n.Symbol, n.SizeOf, n.Identity, n.UnitVector, n.Delta, n.Commutation)
_MONOMIAL = (n.Product, n.Divide, n.Power, n.Hadamard, n.HadamardDivide, n.HadamardPower)
_GROWING = ("exp", "cosh", "sinh")


@lru_cache(maxsize=20_000)
def stable(node: Node) -> Node:
    """Return an equal expression for code, the node itself where nothing in it can be improved."""
    if isinstance(node, _PLAIN):
        return node
    try:
        inside = tuple(stable(operand) for operand in node.operands)
        found = _rebuilt(node, inside)
        changed = _changed(found, found is not node)
        return found if changed is None or changed.shape != node.shape else changed
    except (ShapeError, TypeError):  # a regrouped product without a type: the plain code is right as well
        return node


def _rebuilt(node: Node, operands: tuple[Node, ...]) -> Node:
    return type(node)(operands, node.shape, node.parameters) if operands != node.operands else node


def _changed(node: Node, renewed: bool) -> Node | None:
    """Return a better form of a node whose operands have theirs, None if there is none.

    `renewed` says that an operand changed.
    """
    match node:
        case n.Apply(function="log"):
            return _logarithm(node.operands[0])
        case n.Apply(function="sqrt"):
            return _root(node.operands[0])
        case n.Power() if build.is_number(node.operands[1], Fraction(1, 2)):
            return _root(node.operands[0])
        case n.Norm2() | n.Norm1() | n.Softmax() | n.LogSumExp():
            return None
        case n.Add():
            return _sum(node)
    if isinstance(node, _MONOMIAL):
        return _monomial(node, renewed)
    return None


# -- logarithms and roots ---------------------------------------------------------------------------------------------


def _logarithm(inside: Node) -> Node | None:
    """Return log(inside) in a form that neither overflows nor loses its digits."""
    match inside:
        case n.Apply(function="exp"):
            return inside.operands[0]
        case n.Apply(function="sigmoid"):
            return build.negate(build.apply("softplus", _negative(inside.operands[0])))
        case n.Apply(function="cosh"):
            return _log_cosh(inside.operands[0])
        case n.Softmax():
            x = inside.operands[0]
            return x - build.fill(build.log_sum_exp(x), x.shape)
        case n.Determinant():
            return build.log_determinant(inside.operands[0])
    return _log_of_exponentials(inside)


def _log_cosh(x: Node) -> Node:
    """Return log cosh x = |x| + log(1 + exp(−2|x|)) − log 2."""
    size = build.apply("abs", x)
    twice = build.apply("softplus", build.negate(build.product(build.TWO, size)))
    return size + twice - _like(build.apply("log", build.TWO), x)


def _like(scalar: Node, array: Node) -> Node:
    return build.fill(scalar, array.shape) if array.shape.axes else scalar


def _negative(node: Node) -> Node:
    return node.operands[0] if isinstance(node, n.Negate) else build.negate(node)


def _exponent(term: Node) -> Node | None:
    """Return a with term = exp(a), where the term is an exponential times a positive number."""
    if isinstance(term, n.Apply) and term.function == "exp":
        return term.operands[0]
    if _is_one(term):
        return build.zero(term.shape)
    front, powers = entrywise_powers(term) if term.shape.axes else _scalar_powers(term)
    if front is None or front.scalars or front.coefficient <= 0:
        return None
    parts = []
    for base, exponent in powers:
        if not (isinstance(base, n.Apply) and base.function == "exp"):
            return None
        parts.append(build.product(build.number(exponent), base.operands[0]))
    if front.coefficient != 1:
        parts.append(_like(build.apply("log", build.number(front.coefficient)), term))
    return tidy(build.add(*parts)) if parts else build.zero(term.shape)


def _is_one(node: Node) -> bool:
    return node is build.ONE or (isinstance(node, n.Fill) and node.operands[0] is build.ONE)


def _log_of_exponentials(node: Node) -> Node | None:
    """Return the logarithm of a sum of exponentials: of two or more terms, or of all entries of an array."""
    if isinstance(node, n.EntrySum) or _is_sum_of_entries(node):
        inside = _summed_array(node)
        exponent = _exponent(inside)
        if exponent is None or isinstance(inside, n.Fill):
            return None
        column = exponent if exponent.shape.is_vector else build.transpose(exponent)
        return build.log_sum_exp(column if column.shape.is_vector else build.vec(exponent))
    if not isinstance(node, n.Add):
        return None
    found = [_exponent(operand) for operand in node.operands]
    exponents = [exponent for exponent in found if exponent is not None]
    if len(exponents) < len(found) or all(map(build.is_zero, exponents)):
        return None
    zeros = [exponent for exponent in exponents if build.is_zero(exponent)]
    rest = [exponent for exponent in exponents if not build.is_zero(exponent)]
    if len(zeros) == len(rest) == 1:
        return build.apply("softplus", rest[0])
    result = exponents[0]
    for other in exponents[1:]:
        result = LogAddExp((result, other), node.shape)
    return result


def _is_sum_of_entries(node: Node) -> bool:
    """Return whether the node is 1′v or v′1."""
    if not (isinstance(node, n.Product) and len(node.operands) == 2 and node.shape.is_scalar):
        return False
    return any(_is_one(factor) and factor.shape.axes for factor in node.operands)


def _summed_array(node: Node) -> Node:
    if isinstance(node, n.EntrySum):
        return node.operands[0]
    other = next(factor for factor in node.operands if not _is_one(factor))
    return build.transpose(other) if other.shape.is_row else other


def _root(inside: Node) -> Node | None:
    """Return √(x′x) as a norm, √(x^2k) as |x|^k, √(a² + b²) as a hypotenuse."""
    if inside.shape.is_scalar:
        if isinstance(inside, n.Product) and len(inside.operands) == 2:
            left, right = inside.operands
            if left.shape.is_row and build.transpose(left) is right:
                return build.norm2(right)
        if isinstance(inside, n.EntrySum | n.Trace) and (array := _squared(inside)) is not None:
            return build.norm2(array)
        if isinstance(inside, n.Add) and len(inside.operands) == 2:
            legs = [_leg(operand) for operand in inside.operands]
            if legs[0] is not None and legs[1] is not None:
                return Hypotenuse((legs[0], legs[1]), inside.shape)
    return _square_root(inside)


def _leg(square: Node) -> Node | None:
    return square.operands[0] if isinstance(square, n.Power) and build.is_number(square.operands[1], 2) else None


def _square_root(inside: Node) -> Node | None:
    """Return √(x^2k) = |x|^k, None for anything else."""
    if not isinstance(inside, n.Power | n.HadamardPower) or not isinstance(inside.operands[1], n.Number):
        return None
    base, exponent = inside.operands[0], inside.operands[1].value
    if base.shape != inside.shape or (inside.shape.is_matrix and isinstance(inside, n.Power)):
        return None
    half = exponent / 2
    if half.denominator != 1 or half <= 0:
        return None
    root = base if half % 2 == 0 else build.apply("abs", base)
    return entrywise_from([(root, half)], inside.shape)


def _squared(node: Node) -> Node | None:
    """Return X where the node is the sum of the squares of its entries: Σ x_ij² or tr(X′X)."""
    inside = node.operands[0]
    if isinstance(node, n.Trace):
        if isinstance(inside, n.Product) and len(inside.operands) == 2:
            left, right = inside.operands
            return right if build.transpose(left) is right else None
        return None
    if isinstance(inside, n.HadamardPower) and build.is_number(inside.operands[1], 2):
        return inside.operands[0]
    if isinstance(inside, n.Hadamard) and inside.operands[0] is inside.operands[1]:
        return inside.operands[0]
    return None


# -- sums -------------------------------------------------------------------------------------------------------------


def _sum(node: Node) -> Node | None:
    """Return r − r sigmoid(x) as r sigmoid(−x), 1 − tanh²x as 1/cosh²x, and r ± r erf(x) as r erfc(∓x).

    These keep their digits far out.
    """
    if all(isinstance(_unsigned(operand), n.Transpose | n.Diag) for operand in node.operands):
        return _sum_inside(node)
    if len(node.operands) != 2:
        return None
    terms = [_parts(operand) for operand in node.operands]
    for (front, powers, word), (other, more, other_word) in (terms, reversed(terms)):
        sign = other.coefficient / front.coefficient if front.coefficient else 0
        if abs(sign) != 1 or word != other_word:
            continue
        extra = _extra(powers, more)
        if extra is None:
            continue
        base, exponent = extra
        if _is(base, "erf") and exponent == 1:
            factor = build.apply("erfc", base.operands[0] if sign < 0 else _negative(base.operands[0]))
        elif sign > 0:
            continue
        elif _is(base, "sigmoid") and exponent == 1:
            factor = build.apply("sigmoid", _negative(base.operands[0]))
        elif _is(base, "tanh") and exponent == 2 and not powers:
            factor = entrywise_from([(build.apply("cosh", base.operands[0]), Fraction(-2))], base.shape)
        else:
            continue
        if base.shape.axes:
            rest = entrywise_from([*powers, *_parts(factor)[1]], node.shape)
            front_node = node_of([front], build.ONE.shape)
            return rest if front_node is build.ONE else build.product(front_node, rest)
        return node_of([Term(front.coefficient, (*powers, *terms_of(factor)[0].scalars), word)], node.shape)
    return None


def _unsigned(node: Node) -> Node:
    return node.operands[0] if isinstance(node, n.Negate) else node


def _sum_inside(node: Node) -> Node | None:
    """Return u′ + v′ as (u + v)′ where that sum has a better form, and diag(u) − diag(v) as diag(u − v)."""
    kinds = {type(_unsigned(operand)) for operand in node.operands}
    if len(kinds) > 1:
        return None
    inside = build.add(*(_negated(operand, lambda wrapped: wrapped.operands[0]) for operand in node.operands))
    better = stable(inside)
    if kinds == {n.Diag}:
        return build.diag(better)
    return None if better is inside else build.transpose(better)


def _parts(node: Node) -> tuple[Term, Powers, tuple[Node, ...]]:
    """Return a term as its number, the powers in it, and the matrices behind them."""
    inside, sign = (node.operands[0], -1) if isinstance(node, n.Negate) else (node, 1)
    if node.shape.is_scalar or isinstance(inside, n.Product | n.Divide):
        terms = terms_of(inside)
        if len(terms) == 1:
            number = Term(sign * terms[0].coefficient, (), ())
            if terms[0].scalars or node.shape.is_scalar or not terms[0].word:
                return number, list(terms[0].scalars), terms[0].word
    front, powers = entrywise_powers(inside)
    if front.scalars:
        return Term(Fraction(0), (), ()), [], (node,)
    return Term(sign * front.coefficient, (), ()), powers, ()


def _extra(powers: Powers, more: Powers) -> tuple[Node, Fraction] | None:
    """Return the one power that the second product has beyond the first, None where they differ in another way."""
    left = dict[Node, Fraction]()
    for base, e in more:
        left[base] = left.get(base, Fraction(0)) + e
    for base, e in powers:
        left[base] = left.get(base, Fraction(0)) - e
    found = [(base, e) for base, e in left.items() if e]
    return found[0] if len(found) == 1 else None


# -- products and quotients -------------------------------------------------------------------------------------------


def _scalar_powers(node: Node) -> tuple[Term | None, Powers]:
    terms = terms_of(node)
    if len(terms) != 1 or terms[0].word:
        return None, []
    return Term(terms[0].coefficient, (), ()), list(terms[0].scalars)


def _monomial(node: Node, renewed: bool) -> Node | None:
    if isinstance(node, _ENTRYWISE) and node.shape.axes:
        return _entrywise_monomial(node, renewed)
    if isinstance(node, n.Power) and is_symbolic(node.operands[1]):
        return None
    terms = terms_of(node)
    if len(terms) != 1:
        return None
    (term,) = terms
    if (scaled := _scaled_row(term, node)) is not None:
        return scaled
    if (softened := _softmax(term, node)) is not None:
        return softened
    if (norms := _safe_norms(term)) is not None:
        term, renewed = norms, True
    powers = _better(list(term.scalars))
    if powers is None:
        return node_of([term], node.shape) if renewed else None
    return node_of([Term(term.coefficient, tuple(powers), term.word)], node.shape)


_ENTRYWISE = (n.Hadamard, n.HadamardDivide, n.HadamardPower)


def _entrywise_monomial(node: Node, renewed: bool) -> Node | None:
    front, powers = entrywise_powers(node)
    joined = dict[Node, Fraction]()
    for base, e in powers:
        joined[base] = joined.get(base, Fraction(0)) + e
    better = _better(powers)
    if better is None and renewed and len(joined) < len(powers):
        better = [(base, e) for base, e in joined.items() if e]
    if better is None:
        return None
    rest = entrywise_from(better, node.shape)
    return rest if front == Term(Fraction(1), (), ()) else build.product(node_of([front], build.ONE.shape), rest)


def _scaled_row(term: Term, node: Node) -> Node | None:
    """Return v′ diag(u) … as (v ∘ u)′ …, None for another word."""
    if len(term.word) < 2 or not (isinstance(term.word[0], n.Transpose) and isinstance(term.word[1], n.Diag)):
        return None
    row, scale = term.word[0].operands[0], term.word[1].operands[0]
    if not row.shape.is_vector:
        return None
    joined = build.transpose(stable(build.hadamard(row, scale)))
    return stable(node_of([Term(term.coefficient, term.scalars, (joined, *term.word[2:]))], node.shape))


def _better(powers: Powers) -> Powers | None:
    """Return the powers with what can overflow as one exponential or a bounded function; None for no change."""
    signs = _with_absolute_values(powers)
    powers = powers if signs is None else signs
    turned = _turned_sigmoids(powers)
    if turned is not None:
        return _better(turned) or turned
    growing = [(base, e) for base, e in powers if _log(base) is not None or _is(base, "sinh")]
    below = any(e < 0 and isinstance(base, n.Add | n.EntrySum | n.Product) for base, e in growing)
    divided = _divided_brackets(powers, growing)
    if divided is not None:
        return _better(divided) or divided
    if not growing or not (below or len(growing) > 1):
        return signs
    rest = [(base, e) for base, e in powers if (base, e) not in growing]
    left = dict[Node, Fraction]()
    for base, e in growing:
        left[base] = left.get(base, Fraction(0)) + e
    found = [*_tangents(left), *_sigmoids(left)]
    remaining = [(base, e) for base, e in left.items() if e]
    if len(remaining) == 1 and not _is(remaining[0][0], "sinh"):
        return [*rest, *found, *remaining]
    exponents = []
    for base, e in remaining:
        if _is(base, "sinh"):  # sinh x = tanh x · cosh x
            x = base.operands[0]
            found.append((build.apply("tanh", x), e))
            exponents.append(build.product(build.number(e), _log_cosh(x)))
            continue
        logarithm = _log(base)
        assert logarithm is not None
        exponents.append(build.product(build.number(e), logarithm))
    if exponents:
        total = tidy(build.add(*exponents))
        if not build.is_zero(total):
            found.append((build.apply("exp", total), Fraction(1)))
    return [*rest, *found]


def _divided_brackets(powers: Powers, growing: Powers) -> Powers | None:
    """Return the powers with a bracket of exponentials divided, term by term, by what overflows below the bar."""
    for base, k in powers:
        if not isinstance(base, n.Add) or k < 1 or k.denominator != 1 or _log(base) is not None:
            continue
        if not any(_is(inner, *_GROWING) for inner in _outside_functions(base)):
            continue
        divisor = next((below for below, e in growing if -e >= k), None)
        if divisor is None or divisor.shape != base.shape:
            continue
        terms = [_negated(operand, partial(_divided, divisor=divisor)) for operand in base.operands]
        left = [(b, e + k if b is divisor else e) for b, e in powers if b is not base]
        return [(build.add(*terms), k), *((b, e) for b, e in left if e)]
    return None


def _divided(term: Node, divisor: Node) -> Node:
    return stable(build.hadamard_divide(term, divisor) if term.shape.axes else build.divide(term, divisor))


def _negated(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return the change of a term, behind its minus if it has one."""
    return build.negate(change(node.operands[0])) if isinstance(node, n.Negate) else change(node)


def _outside_functions(node: Node) -> Iterator[Node]:
    yield node
    if not isinstance(node, n.Apply):
        for operand in node.operands:
            yield from _outside_functions(operand)


def _is(node: Node, *functions: str) -> bool:
    return isinstance(node, n.Apply) and node.function in functions


def _log(base: Node) -> Node | None:
    """Return the logarithm of a base that is positive and can overflow, None for others."""
    if _is(base, "exp"):
        return base.operands[0]
    if _is(base, "cosh"):
        return _log_cosh(base.operands[0])
    if _is(base, "sqrt"):
        inside = _log(base.operands[0])
        return None if inside is None else build.product(HALF, inside)
    return _log_of_exponentials(base)


def _tangents(left: dict[Node, Fraction]) -> Powers:
    """Take sinh(x)/cosh(x) out of the powers as tanh(x)."""
    found = Powers()
    for base, e in list(left.items()):
        if _is(base, "sinh") and e > 0:
            cosh = build.apply("cosh", base.operands[0])
            times = min(e, -left.get(cosh, Fraction(0)))
            if times > 0:
                left[base] -= times
                left[cosh] += times
                found.append((build.apply("tanh", base.operands[0]), times))
    return found


def _sigmoids(left: dict[Node, Fraction]) -> Powers:
    """Take exp(x)/(1 + exp(x)) out of the powers as sigmoid(x), and then 1/(1 + exp(x)) as sigmoid(−x)."""
    found = Powers()
    for base, e in list(left.items()):
        soft = _log_of_exponentials(base) if e < 0 and isinstance(base, n.Add) else None
        if soft is None or not _is(soft, "softplus"):
            continue
        x = soft.operands[0]
        exponential = build.apply("exp", x)
        times = min(-e, left.get(exponential, Fraction(0)))
        if times > 0:
            left[exponential] -= times
            found.append((build.apply("sigmoid", x), times))
        times = -e - max(times, Fraction(0))
        if times:
            found.append((build.apply("sigmoid", _negative(x)), times))
        left[base] = Fraction(0)
    return found


def _turned_sigmoids(powers: Powers) -> Powers | None:
    """Return exp(x) sigmoid(−x) as sigmoid(x), None where there is no such pair."""
    found = dict[Node, Fraction]()
    for base, e in powers:
        found[base] = found.get(base, Fraction(0)) + e
    for base, e in list(found.items()):
        if not _is(base, "exp") or e <= 0:
            continue
        x = base.operands[0]
        other = build.apply("sigmoid", _negative(x))
        times = min(e, found.get(other, Fraction(0)))
        if times > 0:
            found[base] -= times
            found[other] -= times
            sigmoid = build.apply("sigmoid", x)
            found[sigmoid] = found.get(sigmoid, Fraction(0)) + times
            return [(b, k) for b, k in found.items() if k]
    return None


def _with_absolute_values(powers: Powers) -> Powers | None:
    """Return x^p |x|^q with q < 0 as x^(p + q), times sign(x) for odd q: x³/|x| is x² sign(x), which is 0 at 0."""
    found = dict[Node, Fraction]()
    for base, e in powers:
        found[base] = found.get(base, Fraction(0)) + e
    changed = len(found) < len(powers) and any(_is(base, "abs") for base in found)
    for base, q in list(found.items()):
        inside = base.operands[0] if _is(base, "abs") else None
        p = found.get(inside, Fraction(0)) if inside is not None else Fraction(0)
        if inside is None or q >= 0 or q.denominator != 1 or p.denominator != 1 or p + q < 0:
            continue
        found[base], found[inside], changed = Fraction(0), p + q, True
        if q % 2:
            sign = build.apply("sign", inside)
            found[sign] = found.get(sign, Fraction(0)) + 1
    changed = changed or (len(powers) > 1 and not all(found.values()))  # x²/x², where the root of x⁴ became x²
    return [(base, e) for base, e in found.items() if e] if changed else None


# -- softmax and norms ------------------------------------------------------------------------------------------------


def _softmax(term: Term, node: Node) -> Node | None:
    """Return a term that stays the same when exp(x) is scaled, over powers of Σ exp(x), with softmax(x) for exp(x)."""
    for base, exponent in term.scalars:
        if exponent >= 0 or not (isinstance(base, n.EntrySum) or _is_sum_of_entries(base)):
            continue
        array = _summed_array(base)
        if not _is(array, "exp"):
            continue
        one = Term(term.coefficient, tuple((b, e) for b, e in term.scalars if b is not base), term.word)
        above = node_of([one], node.shape)
        if degree(above, array) != -exponent:
            continue
        weights = _weights(array.operands[0])
        return stable(tidy(substitute(above, {base: build.ONE, array: weights})))
    return None


def _weights(x: Node) -> Node:
    """Return the exponentials of all entries divided by their sum."""
    if x.shape.is_vector:
        return build.softmax(x)
    if x.shape.is_row:
        return build.transpose(build.softmax(build.transpose(x)))
    return build.apply("exp", x - build.fill(build.log_sum_exp(build.vec(x)), x.shape))


def degree(node: Node, array: Node) -> Fraction | None:
    """Return the degree of homogeneity in the array: s^d times the value for s times the array; None if there is none.

    Divisors must be sums of the entries, which are never 0 for exponentials, or hold no part of the array.
    """
    if node is array:
        return Fraction(1)
    if not any(part is array for part in walk(node)):
        return Fraction(0)
    inside = [degree(operand, array) for operand in node.operands]
    known = [d for d in inside if d is not None]
    if len(known) < len(inside):
        return None
    match node:
        case n.Add() | n.Literal():
            return known[0] if len(set(known)) == 1 else None
        case n.Product() | n.Hadamard() | n.Kronecker():
            return sum(known, Fraction(0))
        case n.Negate() | n.Transpose() | n.EntrySum() | n.Trace() | n.Diag() | n.Diagonal() | n.Vec() | n.Fill():
            return known[0]
        case n.Entry():
            return known[0]
        case n.HadamardDivide() if known[1] == 0:
            return known[0]
        case n.Divide() if known[1] == 0 or isinstance(node.operands[1], n.EntrySum):
            return known[0] - known[1]
        case n.Divide() if _sum_powers_only(node.operands[1], array):
            return known[0] - known[1]
        case n.Power() | n.HadamardPower() if isinstance(node.operands[1], n.Number) and node.operands[1].value > 0:
            return known[0] * node.operands[1].value
    return None


def _sum_powers_only(node: Node, array: Node) -> bool:
    """Return whether the scalar is made of powers of Σ array and of what does not hold the array."""
    terms = terms_of(node)
    return len(terms) == 1 and all(
        isinstance(base, n.EntrySum) or not any(part is array for part in walk(base)) for base, _ in terms[0].scalars
    )


def _safe_norms(term: Term) -> Term | None:
    """Return the term with ‖v‖ in its divisor replaced by 1 at v = 0, where v stands above as often: v v′/‖v‖ is 0.

    At a corner, as in v/‖v‖, that gives 0, as sign(0) does.
    """
    for base, exponent in term.scalars:
        if not isinstance(base, n.Norm2) or exponent >= 0:
            continue
        v = base.operands[0]
        factors = [b for b, e in term.scalars if e == 1 and b is not base]
        order = sum((vanishing_order(factor, v) for factor in (*factors, *term.word)), _runs_of(v, term.word))
        if order < -exponent:
            continue
        safe = LengthOrOne((v,), base.shape)
        scalars = tuple((safe if b is base else b, e) for b, e in term.scalars)
        return Term(term.coefficient, scalars, term.word)
    return None


def _runs_of(v: Node, word: tuple[Node, ...]) -> int:
    """Return how often the factors of a product v stand side by side in a word, as v or as its transpose."""
    if not isinstance(v, n.Product):
        return 0
    runs = v.operands, tuple(build.transpose(factor) for factor in reversed(v.operands))
    count, place = 0, 0
    while place < len(word):
        found = any(word[place : place + len(run)] == run for run in runs)
        count, place = count + found, place + (len(v.operands) if found else 1)
    return count


def vanishing_order(node: Node, v: Node) -> int:
    """Return an order to which the node certainly vanishes at v = 0 (0: perhaps not at all)."""
    if node is v or (isinstance(node, n.Norm2 | n.Norm1) and node.operands[0] is v):
        return 1
    inside = [vanishing_order(operand, v) for operand in node.operands]
    match node:
        case n.Add():
            return min(inside)
        case n.Product() | n.Hadamard() | n.Kronecker():
            return sum(inside)
        case n.Negate() | n.Transpose() | n.EntrySum() | n.Trace() | n.Diag() | n.Diagonal() | n.Vec() | n.Entry():
            return inside[0]
    return 0
