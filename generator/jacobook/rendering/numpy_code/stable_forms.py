"""Equal expressions whose code neither overflows nor divides 0 by 0 where the value is an ordinary number.

exp(x)/(1 + exp(x)) is ∞/∞ in floating point from x = 710 on although its value is 1; as sigmoid(x) it is right
everywhere. The formulas on a page stay as they are derived; only the printed code takes these forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from itertools import product
from math import ceil, isqrt

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.cancelling import entrywise_from, entrywise_powers
from jacobook.algebra.display.function_identities import Powers
from jacobook.algebra.display.thin_sums import with_selections_opened
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.exponents import is_symbolic
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.terms import Term, node_of, terms_of
from jacobook.algebra.traverse import substitute, walk
from jacobook.algebra.whole_arrays import with_what_works
from jacobook.calculus.rewriting import minus_log_sum_exp
from jacobook.calculus.rules.derivatives import definition_at
from jacobook.rendering.numpy_code.chosen_branches import with_choices
from jacobook.rendering.numpy_code.code_nodes import (
    Hypotenuse,
    LengthOrOne,
    LogAddExp,
    LogDeterminantOfDefinite,
    is_function,
)
from jacobook.rendering.numpy_code.scaling import degree, is_entry_of, vanishing_order
from jacobook.rendering.numpy_code.solution_forms import solved_in_code

HALF = build.number(Fraction(1, 2))
_APPLY, _LOG_DETERMINANT = Node.mask_of(n.Apply), Node.mask_of(n.LogDeterminant)


def code_form(node: Node, wrt: Symbol) -> Node:
    """Return the equal expression that is written as code, where `wrt` is the variable of differentiation."""
    return _by_cholesky(code_of_function(node), wrt)


def code_of_function(node: Node) -> Node:
    """Return the equal expression that is written as code where nothing is differentiated."""
    return with_choices(stable(with_code(solved_in_code(node))), stable)


def _by_cholesky(node: Node, wrt: Symbol) -> Node:
    """Return the expression with the determinants of positive-definite matrices from their Cholesky factors.

    Not for the variable itself: a derivative takes its entries one by one, and a factor reads one triangle.
    """
    found: dict[Node, Node] = {
        part: LogDeterminantOfDefinite(part.operands, part.shape)
        for part in walk(node, holding=_LOG_DETERMINANT)
        if isinstance(part, n.LogDeterminant) and part.operands[0] is not wrt and _is_definite(part.operands[0])
    }
    return substitute(node, found) if found else node


def _is_definite(matrix: Node) -> bool:
    return isinstance(matrix, Symbol | n.FunctionValue) and "positive-definite" in matrix.properties


def with_code(node: Node) -> Node:
    """Return the expression with its definition for every function that has no code of its own.

    Sums over samples are written with whole arrays where they can be.
    """
    whole = with_selections_opened(with_what_works(node))
    if whole is not node:
        return with_code(tidy(whole))
    found: dict[Node, Node] = {}
    for part in walk(node, holding=_APPLY):
        if isinstance(part, n.Apply) and not ELEMENTWISE[part.function].has_code:
            definition = definition_at(part.function, part.operands[0])
            found |= {part: definition} if definition is not None else {}
    return with_code(substitute(node, found)) if found else node


_PLAIN = (
    n.Number,
    n.Symbol,
    n.SizeOf,
    n.Identity,
    n.UnitVector,
    n.Delta,
    n.Commutation,
    n.Duplication,
    n.Elimination,
    n.Triangle,
)
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
        case n.Apply(function="log1p"):
            one_more = build.add(_like(build.ONE, node), node.operands[0])
            return _logarithm(stable(one_more))
        case n.Apply(function="sqrt"):
            return _root(node.operands[0])
        case n.Power() if build.is_number(node.operands[1], Fraction(1, 2)):
            return _root(node.operands[0])
        case n.Norm2() | n.Norm1() | n.Softmax() | n.LogSumExp():
            return None
        case n.Add():
            return _sum(node)
    if isinstance(node, _MONOMIAL):
        scalar = _with_a_scalar(node)
        return _monomial(node, renewed) if scalar is None else stable(scalar)
    return None


def _with_a_scalar(node: Node) -> Node | None:
    """Return x ./ (s 1) as x/s, and s 1 as one filled array; None for what holds no filled array."""
    first, *others = node.operands
    if len(others) != 1:
        return None
    second = others[0]
    if isinstance(node, n.HadamardDivide) and isinstance(second, n.Fill):
        return None if isinstance(first, n.Fill) else build.divide(first, second.operands[0])
    if isinstance(node, n.Product) and _is_one(second) and second.shape == node.shape and first.shape.is_scalar:
        return build.fill(first, node.shape)
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
            return minus_log_sum_exp(inside.operands[0])
        case n.Entry() if isinstance(inside.operands[0], n.Softmax) and inside.operands[0].shape.is_vector:
            x = inside.operands[0].operands[0]
            return build.entry(x, *inside.positions) - build.log_sum_exp(x)
        case n.Apply(function="expm1"):
            u = inside.operands[0]
            return u + build.apply("log", build.negate(build.apply("expm1", _negative(u))))
        case n.Determinant() | n.Apply(function="abs", operands=(n.Determinant(),)):
            matrix = inside.operands[0] if isinstance(inside, n.Determinant) else inside.operands[0].operands[0]
            return build.log_determinant(matrix)
    return _log_of_exponentials(inside) or _log_of_product(inside) or _log_of_squares(inside)


def _log_of_squares(inside: Node) -> Node | None:
    """Return log(x^2k) as 2k log|x|, log(1 + a²) and log(a² + b²+ …) by the hypotenuse, without the squares."""
    if isinstance(inside, n.Power | n.HadamardPower) and not inside.shape.is_matrix | inside.shape.is_row:
        base, exponent = inside.operands
        if base.shape == inside.shape and isinstance(exponent, n.Number) and exponent.value % 2 == 0:
            return build.product(exponent, build.apply("log", build.apply("abs", base)))
        return None
    root = _hypotenuse(inside)
    if root is None:
        return None
    first, second = root.operands
    if not _is_one(second if _is_constant(second) else first):
        return build.product(build.TWO, build.apply("log", root))
    leg = first if _is_constant(second) else second  # for a small leg the root is 1, and log(1 + a²) is a² all the same
    if isinstance(leg, n.Norm2):  # which would be computed three times
        return None
    above = build.add(_like(build.ONE, leg), root)
    times, over = (build.hadamard, build.hadamard_divide) if leg.shape.axes else (build.product, build.divide)
    return build.product(build.TWO, build.apply("log1p", times(leg, over(leg, above))))


def _log_of_product(inside: Node) -> Node | None:
    """Return log(p^a q) as a log(p) + log(q), where p is positive and may overflow or vanish; q is all the rest."""
    if not isinstance(inside, _MONOMIAL) or inside.shape.is_matrix or inside.shape.is_row:
        return None
    front, powers = entrywise_powers(inside) if inside.shape.axes else _scalar_powers(inside)
    if front is None or front.scalars:
        return None
    summands, rest = [], []
    for base, exponent in powers:
        logarithm = _logarithm(base) if is_function(base, "sigmoid") else _log(base)
        if isinstance(base, n.Determinant) and exponent % 2 == 0:
            logarithm = build.log_determinant(base.operands[0])
        if logarithm is None:
            rest.append((base, exponent))
        else:
            summands.append(build.product(build.number(exponent), logarithm))
    if not summands:
        return None
    if rest or front.coefficient != 1:
        left = entrywise_from(rest, inside.shape) if rest and inside.shape.axes else None
        if not inside.shape.axes:
            left = node_of([Term(front.coefficient, tuple(rest), ())], inside.shape)
        elif left is None:
            left = _like(build.number(front.coefficient), inside)
        elif front.coefficient != 1:
            left = build.product(build.number(front.coefficient), left)
        summands.append(build.apply("log", left))
    return build.add(*summands)


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
    found = [_exponent(operand) or _log_of_total(operand) for operand in node.operands]
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


def _log_of_total(node: Node) -> Node | None:
    """Return log Σ exp(x_i) for a summand Σ exp(x_i), None for another."""
    return _log_of_exponentials(node) if isinstance(node, n.EntrySum) or _is_sum_of_entries(node) else None


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
        if isinstance(inside, n.Product) and len(inside.operands) % 2 == 0:
            half = len(inside.operands) // 2
            left, right = build.product(*inside.operands[:half]), build.product(*inside.operands[half:])
            if left.shape.is_row and equal(build.transpose(left), right):
                return build.norm2(right)
        if isinstance(inside, n.EntrySum | n.Trace) and (array := _squared(inside)) is not None:
            return build.norm2(array)
    if isinstance(inside, n.Add) and (logarithm := _log_of_exponentials(inside)) is not None:
        return build.apply("exp", build.product(HALF, logarithm))
    return _hypotenuse(inside) or _square_root(inside)


def _hypotenuse(inside: Node) -> Node | None:
    """Return √(a² + b² + …) without the squares, None where a term is no square or all of them are numbers."""
    if not isinstance(inside, n.Add):
        return None
    legs = [leg for operand in inside.operands if (leg := _leg(operand)) is not None]
    if len(legs) < len(inside.operands) or all(map(_is_constant, legs)):
        return None
    result = legs[0]
    for leg in legs[1:]:
        result = Hypotenuse((result, leg), inside.shape)
    return result


def _root_of_number(value: Fraction) -> Node:
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    if (above**2, below**2) == (value.numerator, value.denominator):
        return build.number(Fraction(above, below))
    return build.apply("sqrt", build.number(value))


def _is_constant(node: Node) -> bool:
    return not node.symbols


def _leg(square: Node) -> Node | None:
    """Return a with a² = the term: of 1, of a square, of x′x and of other sums of squares."""
    value = square.operands[0] if isinstance(square, n.Fill) else square
    if isinstance(value, n.Number) and value.value > 0:
        return _like(_root_of_number(value.value), square)
    if isinstance(square, n.Power | n.HadamardPower) and build.is_number(square.operands[1], 2):
        base = square.operands[0]
        return base if base.shape == square.shape and not isinstance(base.shape.is_matrix and square, n.Power) else None
    if isinstance(square, n.Hadamard) and square.operands[0] is square.operands[1]:
        return square.operands[0]
    root = _root(square) if isinstance(square, n.Product | n.EntrySum | n.Trace) else None
    return root if isinstance(root, n.Norm2) else None


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
    if (found := _of_exponentials(node) or _softplus_of_both(node)) is not None:
        return found
    if len(node.operands) != 2:
        return None
    terms = [_parts(operand) for operand in node.operands]
    for (front, powers, word), (other, more, other_word) in (terms, reversed(terms)):
        sign = other.coefficient / front.coefficient if front.coefficient else Fraction(0)
        if word != other_word:
            continue
        left = _difference(powers, more)
        joined = _joined(left, sign)
        if joined is not None:
            common, factor = joined
            return _with_factor(front, _merged([*powers, *common]), word, factor, node)
        if abs(sign) != 1 or len(left) != 1:
            continue
        ((base, exponent),) = left.items()
        if is_function(base, "tanh") and exponent == 1:
            twice = build.product(build.TWO, base.operands[0])
            factor = build.apply("sigmoid", twice if sign > 0 else _negative(twice))
            front = Term(2 * front.coefficient, (), ())
        elif is_function(base, "erf") and exponent == 1:
            factor = build.apply("erfc", base.operands[0] if sign < 0 else _negative(base.operands[0]))
        elif sign > 0:
            continue
        elif is_function(base, "sigmoid") and exponent == 1:
            factor = build.apply("sigmoid", _negative(base.operands[0]))
        elif is_function(base, "tanh") and exponent == 2 and not powers:
            factor = entrywise_from([(build.apply("cosh", base.operands[0]), Fraction(-2))], base.shape)
        else:
            continue
        return _with_factor(front, powers, word, factor, node)
    return None


def _of_exponentials(node: Node) -> Node | None:
    """Return exp(u) − 1 as expm1(u), exp(u) + exp(−u) as 2 cosh(u), exp(u) − exp(−u) as 2 sinh(u)."""
    exponentials = [operand for operand in node.operands if is_function(_unsigned(operand), "exp")]
    for first, second in product(exponentials, node.operands):
        if first is second:
            continue
        sign, other = -1 if isinstance(first, n.Negate) else 1, -1 if isinstance(second, n.Negate) else 1
        u, inside = _unsigned(first).operands[0], _unsigned(second)
        if (sign != other and _is_one(inside)) or (second is build.number(-1) and sign == 1):
            found = build.apply("expm1", u)
        elif is_function(inside, "exp") and equal(inside.operands[0], build.negate(u)):
            if sign == -1 and other == 1:
                continue
            found = build.product(build.TWO, build.apply("cosh" if sign == other else "sinh", u))
        else:
            continue
        rest = [operand for operand in node.operands if operand is not first and operand is not second]
        found = build.negate(found) if sign < 0 else found
        return stable(build.add(found, *rest)) if rest else found
    return None


def _softplus_of_both(node: Node) -> Node | None:
    """Return u + log(1 + exp(−u)) as log(1 + exp(u)): beyond u = −37 the sum is lost in rounding."""
    soft = [operand for operand in node.operands if is_function(operand, "softplus")]
    for second, first in product(soft, node.operands):
        if equal(second.operands[0], build.negate(first)):
            rest = [operand for operand in node.operands if operand is not first and operand is not second]
            return build.add(build.apply("softplus", first), *rest)
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


def _with_factor(front: Term, powers: Powers, word: tuple[Node, ...], factor: Node, node: Node) -> Node:
    """Return the number times the powers, the factor and the matrices."""
    if factor.shape.axes:
        own, more, _ = _parts(factor)
        rest = stable(entrywise_from(_merged([*powers, *more]), node.shape))
        scale = build.number(front.coefficient * own.coefficient)
        return rest if scale is build.ONE else build.product(scale, rest)
    (term,) = terms_of(factor)
    number = front.coefficient * term.coefficient
    return stable(node_of([Term(number, tuple(_merged([*powers, *term.scalars])), word)], node.shape))


def _difference(powers: Powers, more: Powers) -> dict[Node, Fraction]:
    """Return the powers that the second product has beyond the first."""
    return dict(_merged([*more, *((base, -e) for base, e in powers)]))


def _merged(powers: Powers) -> Powers:
    """Return the powers with each base once."""
    found = dict[Node, Fraction]()
    for base, e in powers:
        found[base] = found.get(base, Fraction(0)) + e
    return [(base, e) for base, e in found.items() if e]


def _joined(left: dict[Node, Fraction], ratio: Fraction) -> tuple[Powers, Node] | None:
    """Return powers and a factor that are 1 + ratio · (the powers left), for sums that cancel in floating point.

    σ(−u) − σ(u) is −tanh(u/2), cosh u ± sinh u is exp(±u), 2σ(u) − 1 is tanh(u/2),
    and 1 − a²/(a² + b²) is b²/(a² + b²).
    """
    for base, e in left.items():
        u = base.operands[0] if base.operands else base
        if is_function(base, "sigmoid") and e == 1:
            half = build.apply("tanh", build.product(HALF, u))
            other = build.apply("sigmoid", _negative(u))
            if left == {base: 1, other: -1} and ratio == -1:
                return [(other, Fraction(-1))], build.negate(half)
            if left == {base: 1} and ratio == -2:
                return [], build.negate(half)
        if is_function(base, "sinh") and left == {base: 1, build.apply("cosh", u): -1} and abs(ratio) == 1:
            cosh = build.apply("cosh", u)
            return [(cosh, Fraction(-1))], build.apply("exp", u if ratio > 0 else _negative(u))
        if isinstance(base, Hypotenuse) and e == -2 and ratio == -1 and len(left) == 2:
            for leg, other in (base.operands, reversed(base.operands)):
                if left.get(leg) == 2:
                    return [(base, Fraction(-2))], entrywise_from([(other, Fraction(2))], base.shape)
    return None


# -- products and quotients -------------------------------------------------------------------------------------------


def _scalar_powers(node: Node) -> tuple[Term | None, Powers]:
    terms = terms_of(node)
    if len(terms) != 1 or terms[0].word:
        return None, []
    return Term(terms[0].coefficient, (), ()), list(terms[0].scalars)


def _monomial(node: Node, renewed: bool) -> Node | None:
    if isinstance(node, _ENTRYWISE) and node.shape.axes:
        return _entrywise_monomial(node)
    if isinstance(node, n.Power) and is_symbolic(node.operands[1]):
        return None
    terms = terms_of(node)
    if len(terms) != 1:
        return None
    (term,) = terms
    if (scaled := _scaled_row(term, node)) is not None:
        return scaled
    if (softened := _softmax(term, node) or _scaled(term, node)) is not None:
        return softened
    if (divided := _divided_word(term, node)) is not None:
        return divided
    if (norms := _unit_vectors(term)) is not None:
        term, renewed = norms, True
    if (norms := _safe_norms(term)) is not None:
        term, renewed = norms, True
    powers = _better(list(term.scalars))
    if powers is None:
        return node_of([term], node.shape) if renewed else None
    return node_of([Term(term.coefficient, tuple(powers), term.word)], node.shape)


_ENTRYWISE = (n.Hadamard, n.HadamardDivide, n.HadamardPower)


def _entrywise_monomial(node: Node) -> Node | None:
    front, powers = entrywise_powers(node)
    joined = _merged(powers)
    better = _better(powers) or (joined if len(joined) < len(powers) else None)
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
    turned = (
        _turned_sigmoids(powers)
        or _half_tangents(powers)
        or _turned_differences(powers)
        or _over_hypotenuses(powers)
        or _brackets_over_squares(powers)
    )
    if turned is not None:
        return _better(turned) or turned
    signed = ("sinh", "expm1") if any(is_function(base, "exp") for base, _ in powers) else ("sinh",)
    growing = [(base, e) for base, e in powers if _log(base) is not None or is_function(base, *signed)]
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
    if any(is_function(base, "exp") and e > 0 and not _turns(base, found) for base, e in remaining):
        # ∞ · 0, and no other factor will make a sigmoid of it: one exponential of all of them.
        remaining += [(base, e) for base, e in found if is_function(base, "sigmoid")]
        found = [(base, e) for base, e in found if not is_function(base, "sigmoid")]
    if len(remaining) == 1 and not is_function(remaining[0][0], *signed):
        return [*rest, *found, *remaining]
    exponents = []
    for base, e in remaining:
        if is_function(base, "sinh"):  # sinh x = tanh x · cosh x
            x = base.operands[0]
            found.append((build.apply("tanh", x), e))
            exponents.append(build.product(build.number(e), _log_cosh(x)))
            continue
        if is_function(base, "expm1"):  # exp(x) − 1 = tanh(x/2) (exp(x) + 1)
            x = base.operands[0]
            found.append((build.apply("tanh", build.product(HALF, x)), e))
            exponents.append(build.product(build.number(e), build.apply("softplus", x)))
            continue
        logarithm = _logarithm(base) if is_function(base, "sigmoid") else _log(base)
        assert logarithm is not None
        exponents.append(build.product(build.number(e), logarithm))
    if exponents:
        total = tidy(build.add(*exponents))
        if not build.is_zero(total):
            found.append((build.apply("exp", total), Fraction(1)))
    return [*rest, *found]


def _turns(exponential: Node, found: Powers) -> bool:
    """Return whether exp(u) has a sigmoid of u or −u beside it."""
    u = exponential.operands[0]
    return any(is_function(base, "sigmoid") and base.operands[0] in (u, _negative(u)) for base, _ in found)


def _divided_brackets(powers: Powers, growing: Powers) -> Powers | None:
    """Return the powers with a bracket of exponentials divided, term by term, by what overflows below the bar."""
    for base, k in powers:
        if not isinstance(base, n.Add) or k < 1 or k.denominator != 1 or _log(base) is not None:
            continue
        if not any(is_function(inner, *_GROWING) for inner in _outside_functions(base)):
            continue
        divisor = next((below for below, e in growing if -e >= k), None)
        if divisor is None or divisor.shape != base.shape:
            continue
        terms = [_negated(operand, partial(_divided, divisor=divisor)) for operand in base.operands]
        left = [(b, e + k if b is divisor else e) for b, e in powers if b is not base]
        return [(stable(build.add(*terms)), k), *((b, e) for b, e in left if e)]
    return None


def _divided_word(term: Term, node: Node) -> Node | None:
    """Return (exp(a) u + exp(b) v)/(exp(a) + exp(b)) divided term by term, None for what is no such quotient."""
    if len(term.word) != 1 or not isinstance(term.word[0], n.Add):
        return None
    (bracket,) = term.word
    below = next((b for b, e in term.scalars if e < 0 and isinstance(b, n.Add) and _log(b) is not None), None)
    if below is None or not any(
        is_function(part, "exp") and part.shape.is_scalar for part in _outside_functions(bracket)
    ):
        return None
    rest = node_of([Term(term.coefficient, term.scalars, ())], build.ONE.shape)
    return build.add(
        *(_negated(operand, lambda each: stable(build.product(rest, each))) for operand in bracket.operands)
    )


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


def _log(base: Node) -> Node | None:
    """Return the logarithm of a base that is positive and can overflow, None for others."""
    if is_function(base, "exp"):
        return base.operands[0]
    if is_function(base, "cosh"):
        return _log_cosh(base.operands[0])
    if is_function(base, "sqrt"):
        inside = _log(base.operands[0])
        return None if inside is None else build.product(HALF, inside)
    return _log_of_exponentials(base)


def _tangents(left: dict[Node, Fraction]) -> Powers:
    """Take sinh(x)/cosh(x) out of the powers as tanh(x)."""
    found = Powers()
    for base, e in list(left.items()):
        if is_function(base, "sinh") and e > 0:
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
        if soft is None or not is_function(soft, "softplus"):
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
        if not is_function(base, "exp") or e <= 0:
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


def _half_tangents(powers: Powers) -> Powers | None:
    """Return (exp(u) − 1)/(exp(u) + 1) as tanh(u/2), also where the divisor is a sigmoid already."""
    found = dict(powers)
    for base, e in powers:
        if not is_function(base, "expm1") or e <= 0:
            continue
        u = base.operands[0]
        for other, other_exponent in powers:
            below = _log_of_exponentials(other) if isinstance(other, n.Add) else None
            is_sum = below is not None and is_function(below, "softplus") and equal(below.operands[0], u)
            is_sigmoid = is_function(other, "sigmoid") and equal(other.operands[0], build.negate(u))
            times = min(e, -other_exponent if is_sum else other_exponent)
            if (is_sum or is_sigmoid) and times > 0:
                found[base] -= times
                found[other] += times if is_sum else -times
                half = build.apply("tanh", build.product(HALF, u))
                found[half] = found.get(half, Fraction(0)) + times
                return [(b, k) for b, k in found.items() if k]
    return None


def _turned_differences(powers: Powers) -> Powers | None:
    """Return exp(u)/(exp(u) − 1) as 1/(1 − exp(−u)) where exp(u) overflows in both; None without such a pair."""
    found = dict[Node, Fraction]()
    for base, e in powers:
        found[base] = found.get(base, Fraction(0)) + e
    for base, e in list(found.items()):
        if not is_function(base, "expm1") or e >= 0:
            continue
        u = base.operands[0]
        exponential = build.apply("exp", u)
        times = min(-e, found.get(exponential, Fraction(0)))
        if times > 0 and times.denominator == 1:
            found[base] += times
            found[exponential] -= times
            turned = build.negate(build.apply("expm1", _negative(u)))
            found[turned] = found.get(turned, Fraction(0)) - times
            return [(b, k) for b, k in found.items() if k]
    return None


def _over_hypotenuses(powers: Powers) -> Powers | None:
    """Return a²/(a² + b²) as (a/h)² and a/(a² + b²) as (a/h)/h, with the hypotenuse h: squares could be too large."""
    for base, e in powers:
        if e >= 0 or e.denominator != 1:
            continue
        root, times = (base, -e) if isinstance(base, Hypotenuse) else (_hypotenuse(base), -2 * e)
        for leg in () if root is None else _legs(root):
            order = {b: k if b is leg else 2 * k for b, k in powers if k > 0 and (b is leg or _root(b) is leg)}
            count = sum(order.values(), Fraction(0))
            if count.denominator != 1 or count < 1 or (count == 1 and times != 2):
                continue
            assert root is not None
            quotient = build.hadamard_divide(leg, root) if leg.shape.axes else build.divide(leg, root)
            least = min(count, times)
            rest = [(b, k) for b, k in powers if b is not base and b not in order]
            return _merged([*rest, (quotient, least), (leg, count - least), (root, least - times)])
    return None


def _brackets_over_squares(powers: Powers) -> Powers | None:
    """Return (1 − a²)/(1 + a²)² divided term by term, as often as the squares above the bar could be too large."""
    for base, e in powers:
        root = _hypotenuse(base) if e < 0 and e.denominator == 1 else None
        for bracket, k in () if root is None else powers:
            if k != 1 or not isinstance(bracket, n.Add) or bracket.shape != base.shape:
                continue
            assert root is not None
            degrees = [{leg: Fraction(1), root: Fraction(1), base: Fraction(2)} for leg in _legs(root)]
            order = max(
                (_order(operand, each) for operand in bracket.operands for each in degrees), default=Fraction(0)
            )
            if order < 2:
                continue
            times = min(-e, Fraction(ceil(order / 2)))
            divisor = entrywise_from([(base, times)], base.shape)
            terms = [_negated(operand, partial(_divided, divisor=divisor)) for operand in bracket.operands]
            left = [(b, x + times if b is base else x) for b, x in powers if b is not bracket]
            return [(stable(build.add(*terms)), k), *((b, x) for b, x in left if x)]
    return None


def _order(term: Node, degrees: Mapping[Node, Fraction]) -> Fraction:
    """Return the degree of a term of a bracket, of the powers whose own degrees are known."""
    _, powers = entrywise_powers(_unsigned(term)) if term.shape.axes else _scalar_powers(_unsigned(term))
    return sum((k * degrees.get(b, Fraction(0)) for b, k in powers), Fraction(0))


def _legs(root: Node) -> Iterator[Node]:
    """Yield the legs of a hypotenuse that vary; none where one is an exponential, which has forms of its own."""
    if not any(is_function(leg, *_GROWING) for leg in root.operands):
        yield from _varying_legs(root)


def _varying_legs(root: Node) -> Iterator[Node]:
    for leg in root.operands:
        if isinstance(leg, Hypotenuse):
            yield from _varying_legs(leg)
        elif not _is_constant(leg):
            yield leg


def _with_absolute_values(powers: Powers) -> Powers | None:
    """Return x^p |x|^q with q < 0 as x^(p + q), times sign(x) for odd q: x³/|x| is x² sign(x), which is 0 at 0."""
    found = dict[Node, Fraction]()
    for base, e in powers:
        found[base] = found.get(base, Fraction(0)) + e
    changed = len(found) < len(powers) and any(is_function(base, "abs") for base in found)
    for base, q in list(found.items()):
        inside = base.operands[0] if is_function(base, "abs") else None
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
        if not is_function(array, "exp"):
            continue
        one = Term(term.coefficient, tuple((b, e) for b, e in term.scalars if b is not base), term.word)
        above = node_of([one], node.shape)
        if degree(above, array) == -exponent:
            return _with_weights(above, base, array)
    for base in _totals(node):
        if degree(node, base.operands[0]) == 0:
            return _with_weights(node, base, base.operands[0])
    return None


@lru_cache(maxsize=20_000)
def _totals(node: Node) -> tuple[Node, ...]:
    """Return the sums Σ exp(x_i) in an expression, over the entries of a vector."""
    own = isinstance(node, n.EntrySum) and is_function(node.operands[0], "exp") and node.operands[0].shape.is_vector
    inside = (total for operand in node.operands for total in _totals(operand))
    return tuple(dict.fromkeys((*inside, node) if own else inside))


def _with_weights(node: Node, total: Node, array: Node) -> Node:
    """Return the expression, which is the same for s times the array, with softmax(x) for exp(x) and 1 for its sum."""
    x, weights = array.operands[0], _weights(array.operands[0])
    found: dict[Node, Node] = {}
    for part in walk(node):
        if is_entry_of(part, x) and isinstance(entry := part.operands[0], n.Entry):
            found[part] = build.entry(weights, *entry.positions)
    return stable(tidy(substitute(node, {**found, total: build.ONE, array: weights})))


def _scaled(term: Term, node: Node) -> Node | None:
    """Return exp(x)/s as exp(x − log s) for a vector x and a sum s of exponentials."""
    for base, exponent in term.scalars:
        logarithm = _log_of_exponentials(base) if exponent < 0 and isinstance(base, n.Add) else None
        if logarithm is None:
            continue
        one = Term(term.coefficient, tuple((b, e) for b, e in term.scalars if b is not base), term.word)
        above = node_of([one], node.shape)
        for array in dict.fromkeys(part for part in walk(above) if is_function(part, "exp") and part.shape.axes):
            if degree(above, array) == -exponent:
                x = array.operands[0]
                weights = build.apply("exp", x - build.fill(logarithm, x.shape))
                return stable(tidy(substitute(above, {array: weights})))
    return None


def _weights(x: Node) -> Node:
    """Return the exponentials of all entries divided by their sum."""
    if x.shape.is_vector:
        return build.softmax(x)
    if x.shape.is_row:
        return build.transpose(build.softmax(build.transpose(x)))
    return build.apply("exp", x - build.fill(build.log_sum_exp(build.vec(x)), x.shape))


def _unit_vectors(term: Term) -> Term | None:
    """Return v v′/‖v‖³ as e e′/‖v‖ with e = v/‖v‖, x′A x/x′x as e′A e: powers of a long vector's length overflow."""
    found = None
    while (next_term := _with_one_unit(term)) is not None:
        found = term = next_term
    return found


def _with_one_unit(term: Term) -> Term | None:
    for base, exponent in term.scalars:
        if exponent >= 0 or exponent.denominator != 1:
            continue
        squared = None
        if isinstance(base, n.Product | n.EntrySum | n.Trace | n.Add):
            squared = _hypotenuse(base) if isinstance(base, n.Add) else _root(base)
        root, times = (base, -exponent) if squared is None else (squared, -2 * exponent)
        for v in _bounded_by(root):
            found = _with_units(term, base, root, times, v)
            if found is not None:
                return found
    return None


def _bounded_by(scale: Node) -> Iterator[Node]:
    """Yield arrays v of which all entries of v/scale lie between −1 and 1: for ‖v‖, 1 + ‖v‖, √(1 + ‖v‖²)."""
    match scale:
        case n.Norm1() | n.Norm2():
            yield scale.operands[0]
        case Hypotenuse():
            for leg in scale.operands:
                yield from _bounded_by(leg)
        case n.Add() if all(_is_not_negative(operand) for operand in scale.operands):
            for operand in scale.operands:
                yield from _bounded_by(operand)


def _is_not_negative(node: Node) -> bool:
    return isinstance(node, n.Norm1 | n.Norm2 | Hypotenuse) or (isinstance(node, n.Number) and node.value >= 0)


def _with_units(term: Term, base: Node, root: Node, times: Fraction, v: Node) -> Term | None:
    """Return the term with v/root for v in as many places as the root divides, one fewer where v stands alone."""
    inside = [b for b, e in term.scalars if e == 1 and isinstance(b, n.Product)]
    above = [factor for b in inside for factor in b.operands] + list(term.word)
    places = [k for k, factor in enumerate(above) if factor in (v, build.transpose(v))]
    others = len(above) + sum(e > 0 for b, e in term.scalars if b not in inside) > 1
    count = min(Fraction(len(places)), times if others else times - 1)
    if count < 1 or (len(places) == 1 and root is not base and times > 2):  # then what is lost is next to nothing
        return None
    unit = build.divide(v, root)
    if count == times and isinstance(root, n.Norm2):  # all of it vanishes with v
        unit = stable(unit)
    for place in places[: int(count)]:
        above[place] = unit if above[place] is v else build.transpose(unit)
    renewed = iter(above)
    scalars = [
        (build.product(*(next(renewed) for _ in b.operands)) if b in inside else b, e)
        for b, e in term.scalars
        if b is not base
    ]
    left = [(root, count - times)] if count < times else []
    return Term(term.coefficient, (*scalars, *left), tuple(renewed))


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
        safe = LengthOrOne((base,), base.shape)
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
