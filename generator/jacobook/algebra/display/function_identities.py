"""Identities of functions in a product of powers: |x| sign(x) = x, sinh(x)/cosh(x) = tanh(x), eˣ/(1 + eˣ) = σ(x).

Each holds wherever its left side has a value. The powers may be of scalars, or of arrays, entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import plain_exponent
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.terms import QUARTER_OF_PI, terms_of

Powers = list[tuple[Node, Fraction]]
"""Factors and their exponents, in order of first appearance."""
Found = dict[Node, Fraction]
Identity = tuple[Powers, Powers]
_ONE = Fraction(1)
MOST_ROOT = 100
"""Larger squares are not taken out of a root."""


def with_identities(powers: Powers) -> tuple[Powers, list[Identity]]:
    """Return the powers of different bases after every identity that applies, and those identities, as (old, new)."""
    found, used = dict(powers), list[Identity]()
    waiting = [base for base, _ in powers]
    while waiting:
        base = waiting.pop(0)
        for identity in _identities(base):
            if found.get(base) and (pair := identity(base, found)) is not None:
                old, new = pair
                for factor, exponent in old:
                    found[factor] = found.get(factor, Fraction(0)) - exponent
                for factor, exponent in new:
                    found[factor] = found.get(factor, Fraction(0)) + exponent
                    waiting.append(factor)
                used.append(pair)
    return [(base, exponent) for base, exponent in found.items() if exponent], used


def _named(base: Node) -> str | None:
    return base.function if isinstance(base, n.Apply) else None


def _idempotent(base: Node, found: Found) -> Identity | None:
    """step(x)² = step(x); sign(x)³ = sign(x): only its odd powers are those of the sign itself at 0 too."""
    exponent, name = found[base], _named(base)
    least = {"step": 1, "sign": 2}.get(name or "")
    if least is None or exponent.denominator != 1 or exponent <= least:
        return None
    return [(base, exponent)], [(base, _ONE if name == "step" else 2 - exponent % 2)]


def _beside_relu(base: Node, found: Found) -> Identity | None:
    """relu(x) step(x) = relu(x): the step is 1 wherever relu(x) is not 0."""
    relu = build.apply("relu", base.operands[0])
    exponent = found[base]
    if _named(base) != "step" or exponent <= 0 or found.get(relu, Fraction(0)) <= 0:
        return None
    return [(relu, _ONE), (base, exponent)], [(relu, _ONE)]


def _absolute_value(base: Node, found: Found) -> Identity | None:
    """|x| sign(x) = x."""
    if _named(base) != "abs" or found[base].denominator != 1:
        return None
    sign = build.apply("sign", base.operands[0])
    signs = found.get(sign, Fraction(0))
    pairs = min(found[base], signs)
    if pairs <= 0 or signs.denominator != 1:
        return None
    return [(base, pairs), (sign, pairs)], [(base.operands[0], pairs)]


def _even_power(base: Node, found: Found) -> Identity | None:
    """|x|² = x²; of a sign that is left, x sign(x) = |x| is not read backwards."""
    even = found[base] - found[base] % 2
    if _named(base) != "abs" or found[base].denominator != 1 or not even:
        return None
    return [(base, even)], [(base.operands[0], even)]


def _signed(base: Node, found: Found) -> Identity | None:
    """Read x sign(x) as |x|."""
    if _named(base) != "sign" or found[base] != 1:
        return None
    inside = base.operands[0]
    if found.get(inside) != 1:
        return None
    return [(inside, _ONE), (base, _ONE)], [(build.apply("abs", inside), _ONE)]


_QUOTIENTS = {"sinh": ("cosh", "tanh"), "sin": ("cos", "tan")}


def _quotient(base: Node, found: Found) -> Identity | None:
    """sinh(x)/cosh(x) = tanh(x), sin(x)/cos(x) = tan(x)."""
    names = _QUOTIENTS.get(_named(base) or "")
    if names is None or found[base].denominator != 1:
        return None
    below = build.apply(names[0], base.operands[0])
    times = min(found[base], -found.get(below, Fraction(0)))
    if times <= 0 or times.denominator != 1:
        return None
    return [(base, times), (below, -times)], [(build.apply(names[1], base.operands[0]), times)]


def _logistic(base: Node, found: Found) -> Identity | None:
    """eˣ/(1 + eˣ) = σ(x), where both have the same power."""
    if _named(base) != "exp":
        return None
    one = build.fill(build.ONE, base.shape) if base.shape.axes else build.ONE
    for below, exponent in found.items():
        if exponent == -found[base] < 0 and isinstance(below, n.Add) and set(below.operands) == {one, base}:
            return [(base, -exponent), (below, exponent)], [(build.apply("sigmoid", base.operands[0]), -exponent)]
    return None


def _square_of_root(base: Node, found: Found) -> Identity | None:
    """√c √c = c for a number c, and the root itself where it is a number; of powers of c as well."""
    exponent = found[base]
    if _named(base) == "sqrt" and exponent.denominator == 1:
        inside = base.operands[0]
        even = exponent - exponent % 2
        if isinstance(inside, n.Number) and inside.value > 0 and even:
            return [(base, even)], [(inside, even / 2)]
        if isinstance(inside, n.Number) and (root := _root(inside.value)) is not None:
            return [(base, exponent)], [(root, exponent)]
    if isinstance(base, n.Number) and exponent.denominator == 2 and (root := _root(base.value)) is not None:
        return [(base, exponent)], [(root, 2 * exponent)]
    return None


def _root_beside_its_square(base: Node, found: Found) -> Identity | None:
    """u/√u³ = 1/√u, and √u²/u = 1: what is under a root that has a value, and is no divisor, is its square."""
    exponent = found[base]
    if _named(base) != "sqrt" or exponent.denominator != 1:
        return None
    inside = base.operands[0]
    other = found.get(inside, Fraction(0))
    pairs = min(abs(exponent) // 2, abs(other) // 1)
    if exponent * other >= 0 or not pairs:
        return None
    sign = 1 if exponent > 0 else -1
    return [(base, Fraction(2 * pairs * sign)), (inside, Fraction(-pairs * sign))], []


def _root(value: Fraction) -> Node | None:
    if value <= 0:
        return None
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return build.number(root) if root * root == value else None


def _roots_joined(base: Node, found: Found) -> Identity | None:
    """√2/√(πs) = 1/√(πs/2), and that as 2/√(2πs): one root of a number beside a root of more, squares in front."""
    exponent = found[base]
    number, rest = _number_in_root(base)
    if rest is None or abs(exponent) != 1:
        return None
    for other, of_other in found.items():
        inside = other.operands[0] if _named(other) == "sqrt" else None
        if not isinstance(inside, n.Number) or inside.value <= 0 or abs(of_other) != 1:
            continue
        whole = number * (inside.value if of_other == exponent else 1 / inside.value)
        if 1 not in (whole.numerator, whole.denominator):
            continue
        # m/n = mn/n², so that the root of a whole number without a square is left
        square = _largest_square(whole.numerator * whole.denominator)
        front, left = Fraction(square, whole.denominator), whole.numerator * whole.denominator // square**2
        root = build.apply("sqrt", rest if left == 1 else _times(left, rest))
        joined: Powers = [(root, exponent)] if front == 1 else [(build.number(front), exponent), (root, exponent)]
        return [(base, exponent), (other, of_other)], joined
    return None


def _number_in_root(base: Node) -> tuple[Fraction, Node | None]:
    """Return c and r of √(c r), with π, that is 4 arctan(1), in r; None for r if there is no number c in it."""
    inside = base.operands[0]
    if not isinstance(inside, n.Product) or not isinstance(inside.operands[0], n.Number) or not inside.shape.is_scalar:
        return Fraction(1), None
    number, rest = inside.operands[0].value, inside.operands[1:]
    if number <= 0:
        return Fraction(1), None
    if QUARTER_OF_PI in rest:
        return number / 4, build.product(build.number(4), *rest)
    return number, build.product(*rest)


def _times(number: int, rest: Node) -> Node:
    """Return number · rest with one number in front."""
    factors = rest.operands if isinstance(rest, n.Product) else (rest,)
    if isinstance(factors[0], n.Number):
        return build.product(build.number(number * factors[0].value), *factors[1:])
    return build.product(build.number(number), *factors)


def _largest_square(value: int) -> int:
    """Return the largest k with k² a divisor of the value, looking at small k only."""
    return max((k for k in range(1, min(isqrt(value), MOST_ROOT) + 1) if value % k**2 == 0), default=1)


def _one(base: Node, found: Found) -> Identity | None:
    """exp(0) = cos(0) = cosh(0) = 1."""
    if _named(base) in ("exp", "cos", "cosh") and build.is_zero(base.operands[0]) and base.shape.is_scalar:
        return [(base, found[base])], [(build.ONE, found[base])]
    return None


def _next_power(base: Node, found: Found) -> Identity | None:
    """Read x x^(p − 1) as x^p, where that makes the exponent shorter: the power has a value only where x > 0.

    And t/l² (t/l)^(p − 1) as (t/l)^p/l.
    """
    if not isinstance(base, n.Power) or not base.shape.is_scalar or found[base] != 1:
        return None
    inside, exponent = base.operands
    factors = [(inside, _ONE)] if found.get(inside) == 1 else _held_factors(inside, found)
    if isinstance(exponent, n.Number) or not factors:
        return None
    higher = plain_exponent(normal_form(exponent + build.ONE))
    if higher.size >= exponent.size:
        return None
    return [*factors, (base, _ONE)], [(build.power(inside, higher), _ONE)]


def _powers_joined(base: Node, found: Found) -> Identity | None:
    """Read x^(p − 2)/x^(p − 1) as 1/x: powers of one base above and below a bar, where the rest of p is a number."""
    if not isinstance(base, n.Power) or not base.shape.is_scalar or found[base].denominator != 1:
        return None
    inside, exponent = base.operands
    for other, times in found.items():
        held = isinstance(other, n.Power) and other is not base and other.operands[0] is inside
        if not held or times.denominator != 1 or times * found[base] > 0:
            continue
        parts = [build.product(build.number(k), e) for k, e in ((found[base], exponent), (times, other.operands[1]))]
        rest = normal_form(build.add(*parts))
        if isinstance(rest, n.Number):
            left = [(inside, rest.value)] if rest.value else []
            return [(base, found[base]), (other, times)], left
    return None


def _inverse_square_of_sine(base: Node, found: Found) -> Identity | None:
    """(1 − tanh(x)²)/tanh(x)² = 1/sinh(x)², and (1 + tan(x)²)/tan(x)² = 1/sin(x)²."""
    name, sine = _named(base), {"tanh": "sinh", "tan": "sin"}.get(_named(base) or "")
    if sine is None or found[base] > -2:
        return None
    one = build.fill(build.ONE, base.shape) if base.shape.axes else build.ONE
    power = build.hadamard_power if base.shape.axes else build.power
    square = power(base, build.TWO)
    above = build.add(one, build.negate(square) if name == "tanh" else square)
    if found.get(above) != 1:
        return None
    return [(above, _ONE), (base, Fraction(-2))], [(build.apply(sine, base.operands[0]), Fraction(-2))]


def _held_factors(inside: Node, found: Found) -> Powers:
    """Return the factors of a product or a quotient if all of them are among the powers found; else none."""
    factors = _scalar_factors(inside)
    held = all(exponent * found.get(base, Fraction(0)) >= exponent**2 for base, exponent in factors)
    return factors if held else []


def _scalar_factors(node: Node) -> Powers:
    """Return the factors of a product of scalars without a number; none for anything else."""
    terms = terms_of(node) if isinstance(node, n.Product | n.Divide) and node.shape.is_scalar else []
    if len(terms) != 1 or terms[0].word or terms[0].coefficient != 1:
        return []
    return list(terms[0].scalars)


def _below_root(base: Node, found: Found) -> Identity | None:
    """Read a/√(a b)³ as 1/(b √(a b)): a factor of what stands below a root cancels with two of the roots."""
    is_root = _named(base) == "sqrt"
    inside = base.operands[0] if is_root else base
    roots = -found[base] if is_root else -2 * found[base]
    if roots.denominator != 1 or roots % 2 == 0 or roots < 3:
        return None
    factors = _scalar_factors(inside)
    if len(factors) < 2 or any(exponent != 1 for _, exponent in factors):
        return None
    above = [base for base, _ in factors if found.get(base, Fraction(0)) >= 1]
    if len(above) != 1:
        return None
    pair = Fraction(-2) if is_root else Fraction(-1)
    return [(above[0], _ONE), (base, pair)], [(other, -_ONE) for other, _ in factors if other is not above[0]]


_Rule = Callable[[Node, Found], Identity | None]
_OF_FUNCTIONS: dict[str, tuple[_Rule, ...]] = {
    "step": (_idempotent, _beside_relu),
    "sign": (_idempotent, _signed),
    "abs": (_absolute_value, _even_power),
    "sinh": (_quotient,),
    "sin": (_quotient,),
    "tanh": (_inverse_square_of_sine,),
    "tan": (_inverse_square_of_sine,),
    "exp": (_logistic, _one),
    "cos": (_one,),
    "cosh": (_one,),
    "sqrt": (_square_of_root, _root_beside_its_square, _roots_joined, _below_root),
}


def _identities(base: Node) -> tuple[_Rule, ...]:
    """Return the identities that may apply to powers of this base."""
    match base:
        case n.Apply():
            return _OF_FUNCTIONS.get(base.function, ())
        case n.Number():
            return (_square_of_root,)
        case n.Power():
            return (_powers_joined, _next_power)
        case n.Product():
            return (_below_root,)
    return ()
