"""Proofs of the derivatives of the named functions: from a definition, as an inverse, or from the addition theorems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.matrix_route.route import function_derivation
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.derivatives import derivative_at
from jacobook.calculus.rules.table import DifferentialRule, Rule

d = b.differential
one = b.ONE


@dataclass(frozen=True, slots=True)
class InverseFunction:
    """A function g as the inverse of f: f(g(u)) = u, and f′(g(u)) by u."""

    of: str
    slope: Callable[[Node], Node]
    why: str
    """Why the slope f′(g(u)) has this value; `{0}` is g(u)."""


def _root(u: Node) -> Node:
    return b.apply("sqrt", one - b.power(u, b.TWO))


INVERSES: dict[str, InverseFunction] = {
    "log": InverseFunction("exp", lambda u: u, "The exponential is its own derivative."),
    "arcsin": InverseFunction(
        "sin",
        _root,
        "The squares of sine and cosine add up to 1; the cosine is positive, {0} being between −π/2 and π/2.",
    ),
    "arccos": InverseFunction(
        "cos",
        lambda u: -_root(u),
        "The squares of sine and cosine add up to 1; the sine is positive, {0} being between 0 and π.",
    ),
    "arctan": InverseFunction("tan", lambda u: one + b.power(u, b.TWO), "The tangent undoes {0}."),
    "arcsinh": InverseFunction(
        "sinh",
        lambda u: b.apply("sqrt", one + b.power(u, b.TWO)),
        "The square of the hyperbolic cosine is that of the sine plus 1, and the cosine is positive.",
    ),
    "arccosh": InverseFunction(
        "cosh",
        lambda u: b.apply("sqrt", b.power(u, b.TWO) - one),
        "The square of the hyperbolic sine is that of the cosine minus 1; the sine is positive, {0} being so.",
    ),
    "arctanh": InverseFunction("tanh", lambda u: one - b.power(u, b.TWO), "The hyperbolic tangent undoes {0}."),
}


def function_proof(rule: DifferentialRule) -> tuple[Claim, ...]:
    """Return the proof of the row of a named function; its last claim is d(f(s)) = f′(s) ds.

    Raises Refusal for a function without definition, inverse or argument of its own.
    """
    assert isinstance(rule.pattern, n.Apply)
    name, u = rule.pattern.function, rule.pattern.operands[0]
    if name in INVERSES:
        return _as_inverse(rule, name, u, INVERSES[name])
    if name in BASIC:
        return BASIC[name](rule, u)
    if ELEMENTWISE[name].definition:
        return _by_definition(rule, name, u)
    raise Refusal(
        f"no proof of the rule {rule.slug}: the function needs a definition by simpler ones in its row in "
        "elementwise.py, or a proof of its own in function_derivatives.py"
    )


def _by_definition(rule: Rule, name: str, u: Node) -> tuple[Claim, ...]:
    """Return the derivation by simpler functions, in the variable of the rule."""
    # The letter of the rule is taken, so that no reason uses it for the argument of another function.
    told = function_derivation(name, frozenset(symbol.name for symbol in u.symbols))
    used = next(iter(told[0].left.symbols))
    claims = tuple(_renamed(claim, used, u) for claim in told)
    last = claims[-1]
    final = last.right * d(u)
    return (*claims, Claim(d(b.apply(name, u)), final, rule.slug, Prose("The same, as a rule for differentials.")))


def _renamed(claim: Claim, old: n.Symbol, new: Node) -> Claim:
    def swap(node: Node) -> Node:
        return substitute(node, {old: new})

    values = tuple(swap(value) if isinstance(value, Node) else value for value in claim.reason.values)
    steps = tuple(_renamed(step, old, new) for step in claim.steps)
    reason = Prose(claim.reason.template, values)
    return Claim(swap(claim.left), swap(claim.right), claim.rule, reason, claim.assumptions, steps)


def _as_inverse(rule: Rule, name: str, u: Node, inverse: InverseFunction) -> tuple[Claim, ...]:
    g = b.apply(name, u)
    whole = b.apply(inverse.of, g)
    steep = derivative_at(inverse.of, g)
    slope = inverse.slope(u)
    reciprocal = -(one / slope.operands[0]) if isinstance(slope, n.Negate) else one / slope
    value = (Claim(steep, slope, "definition", Prose(inverse.why, (g,))),) if steep is not whole else ()
    return (
        Claim(whole, u, "definition", Prose("That is what {0} means.", (g,))),
        Claim(
            d(whole),
            steep * d(g),
            f"derivative-of-{inverse.of}",
            Prose("The derivative of the outer function, times the change of the inner one."),
        ),
        *value,
        Claim(d(whole), d(u), "definition", Prose("On the other hand {0} is just {1}.", (whole, u))),
        Claim(d(g), reciprocal * d(u), rule.slug, Prose("Set the two equal and divide by {0}; it is not 0.", (slope,))),
    )


# -- the functions that everything else is made of --------------------------------------------------------------------


def _change(name: str, u: Node) -> Node:
    return b.apply(name, u + d(u)) - b.apply(name, u)


def _exp(rule: Rule, u: Node) -> tuple[Claim, ...]:
    h, own = d(u), b.apply("exp", u)
    return (
        Claim(
            _change("exp", u),
            own * (b.apply("exp", h) - one),
            "definition",
            Prose(
                "The exponential turns sums into products: {0} = {1}.", (b.apply("exp", u + h), own * b.apply("exp", h))
            ),
        ),
        Claim(
            d(own),
            own * h,
            rule.slug,
            Prose(
                "By its power series {0} is {1} plus terms of second and higher order.", (b.apply("exp", h) - one, h)
            ),
        ),
    )


def _sin(rule: Rule, u: Node) -> tuple[Claim, ...]:
    h = d(u)
    sine, cosine = b.apply("sin", u), b.apply("cos", u)
    split = sine * (b.apply("cos", h) - one) + cosine * b.apply("sin", h)
    return (
        Claim(_change("sin", u), split, "definition", Prose("The addition theorem for {0}.", (b.apply("sin", u + h),))),
        Claim(d(sine), cosine * h, rule.slug, _small(h)),
    )


def _cos(rule: Rule, u: Node) -> tuple[Claim, ...]:
    h = d(u)
    sine, cosine = b.apply("sin", u), b.apply("cos", u)
    split = cosine * (b.apply("cos", h) - one) - sine * b.apply("sin", h)
    return (
        Claim(_change("cos", u), split, "definition", Prose("The addition theorem for {0}.", (b.apply("cos", u + h),))),
        Claim(d(cosine), -sine * h, rule.slug, _small(h)),
    )


def _small(h: Node) -> Prose:
    values = (b.apply("sin", h), h, b.apply("cos", h) - one)
    return Prose("The part of {0} that is linear in {1} is {1}, and {2} is of second order.", values)


def _abs(rule: Rule, u: Node) -> tuple[Claim, ...]:
    own, sign = b.apply("abs", u), b.apply("sign", u)
    near = Prose("Near a number other than 0 the sign does not change: it is a constant factor.")
    return (
        Claim(own, sign * u, "definition", Prose("A number without its sign.")),
        Claim(d(own), sign * d(u), rule.slug, near),
    )


def _relu(rule: Rule, u: Node) -> tuple[Claim, ...]:
    own, step = b.apply("relu", u), b.apply("step", u)
    near = Prose("Near a number other than 0 the step does not change: it is a constant factor.")
    return (
        Claim(own, step * u, "definition", Prose("{0} for positive {0}, and 0 for negative {0}.", (u,))),
        Claim(d(own), step * d(u), rule.slug, near),
    )


def _flat(rule: DifferentialRule, u: Node) -> tuple[Claim, ...]:
    assert isinstance(rule.pattern, n.Apply)
    near = Prose("Near a number other than 0 the function is constant, so its change is 0.")
    return (Claim(d(b.apply(rule.pattern.function, u)), b.ZERO * d(u), rule.slug, near),)


def _erf(rule: DifferentialRule, u: Node) -> tuple[Claim, ...]:
    name, t, bell = b.apply("erf", u), n.symbol("t"), b.apply("exp", -b.power(n.symbol("t"), b.TWO))
    slope = derivative_at("erf", u)
    front, inside = b.divide(b.TWO, slope.operands[1]), slope.operands[0].operands[1]
    integral = Prose(
        "By definition {0} is {1} times the integral of {2} over {3} from 0 to {4}. By the fundamental theorem of "
        "calculus the integral changes by the integrand at its upper end, times the change of that end.",
        (name, front, bell, t, u),
    )
    constant = Prose("The constant {0} makes {1} tend to 1 for large {2}.", (front, name, u))
    return (
        Claim(d(name), front * (inside * d(u)), "definition", integral),
        Claim(d(name), slope * d(u), rule.slug, constant),
    )


def _lgamma(rule: DifferentialRule, u: Node) -> tuple[Claim, ...]:
    name, t = b.apply("lgamma", u), n.symbol("t")
    inside = b.apply("exp", (u - one) * b.apply("log", t) - t)
    integral = Prose(
        "{0} is the logarithm of the integral of {1} over all positive {2}, a positive number that depends smoothly on "
        "{3}: it may be differentiated under the integral. {4} is the name of the derivative.",
        (name, inside, t, u, b.apply("digamma", u)),
    )
    return (Claim(d(name), derivative_at("lgamma", u) * d(u), rule.slug, integral),)


def _of_higher_order(rule: DifferentialRule, u: Node) -> tuple[Claim, ...]:
    assert isinstance(rule.pattern, n.Apply)
    name = rule.pattern.function
    own, slope = b.apply(name, u), derivative_at(name, u)
    named = Prose(
        "{0} is smooth where {1} is positive, as a derivative of {2}; {3} is the name of its derivative.",
        (own, u, b.apply("lgamma", u), slope),
    )
    return (Claim(d(own), slope * d(u), rule.slug, named),)


BASIC: dict[str, Callable[[DifferentialRule, Node], tuple[Claim, ...]]] = {
    "exp": _exp,
    "sin": _sin,
    "cos": _cos,
    "abs": _abs,
    "relu": _relu,
    "sign": _flat,
    "step": _flat,
    "erf": _erf,
    "lgamma": _lgamma,
    "digamma": _of_higher_order,
    "trigamma": _of_higher_order,
}
