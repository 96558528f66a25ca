"""The element-wise functions: derivative, definition by simpler ones, and where the derivative does not exist.

One row a function. Every derivative here is proved against SymPy by the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import substitute


@dataclass(frozen=True, slots=True)
class ElementwiseFunction:
    """One row: f′ as a function of the argument, and f by simpler functions where it has such a definition."""

    name: str
    derivative: Callable[[Node], Node]
    definition: Callable[[Node], Node] | None = None
    domain: str = ""
    """Where the argument has to lie for the rule to apply; empty for everywhere."""
    kink: str = ""
    """What to say of the points at which the derivative does not exist."""

    @property
    def slug(self) -> str:
        """Return the permanent name of the rule."""
        return f"derivative-of-{self.name}"


def _f(name: str) -> Callable[[Node], Node]:
    return lambda u: b.apply(name, u)


exp, log, sin, cos, tan = map(_f, ("exp", "log", "sin", "cos", "tan"))
sinh, cosh, tanh, sqrt, sign = map(_f, ("sinh", "cosh", "tanh", "sqrt", "sign"))
sigmoid, step = map(_f, ("sigmoid", "step"))
one, two, half = b.ONE, b.TWO, b.number(Fraction(1, 2))


def _square(u: Node) -> Node:
    return b.power(u, two)


# fmt: off
FUNCTIONS: dict[str, ElementwiseFunction] = {row.name: row for row in (
    ElementwiseFunction("exp",      lambda u: exp(u)),
    ElementwiseFunction("log",      lambda u: one / u,                         domain="positive"),
    ElementwiseFunction("sin",      lambda u: cos(u)),
    ElementwiseFunction("cos",      lambda u: -sin(u)),
    ElementwiseFunction("tan",      lambda u: one + _square(tan(u)),           lambda u: sin(u) / cos(u), domain="where the cosine is not zero"),
    ElementwiseFunction("arcsin",   lambda u: one / sqrt(one - _square(u)),    domain="between −1 and 1"),
    ElementwiseFunction("arccos",   lambda u: -(one / sqrt(one - _square(u))), domain="between −1 and 1"),
    ElementwiseFunction("arctan",   lambda u: one / (one + _square(u))),
    ElementwiseFunction("sinh",     lambda u: cosh(u),                         lambda u: half * (exp(u) - exp(-u))),
    ElementwiseFunction("cosh",     lambda u: sinh(u),                         lambda u: half * (exp(u) + exp(-u))),
    ElementwiseFunction("tanh",     lambda u: one - _square(tanh(u)),          lambda u: sinh(u) / cosh(u)),
    ElementwiseFunction("sqrt",     lambda u: one / (two * sqrt(u)),           lambda u: b.power(u, half), domain="positive"),
    ElementwiseFunction("abs",      lambda u: sign(u),                         kink="0, where |u| has a corner"),
    ElementwiseFunction("sign",     lambda u: b.ZERO,                          kink="0, where the sign jumps"),
    ElementwiseFunction("relu",     lambda u: step(u),                         kink="0, where relu has a corner"),
    ElementwiseFunction("step",     lambda u: b.ZERO,                          kink="0, where the step jumps"),
    ElementwiseFunction("sigmoid",  lambda u: sigmoid(u) * (one - sigmoid(u)), lambda u: one / (one + exp(-u))),
    ElementwiseFunction("softplus", lambda u: sigmoid(u),                      lambda u: log(one + exp(u))),
)}
# fmt: on


def lift(scalar: Node, argument: n.Symbol, array: Node) -> Node:
    """Return the function of a scalar argument, applied to every entry of an array.

    `1 - tanh(u)^2` becomes `vector(1) - tanh(x).^2`. For a scalar it is plain substitution.
    """
    if array.shape.is_scalar:
        return substitute(scalar, {argument: array})
    return _lift(scalar, argument, array)


def _lift(scalar: Node, argument: n.Symbol, array: Node) -> Node:
    shape: Shape = array.shape
    if scalar is argument:
        return array
    if not scalar.depends_on(argument):
        return b.fill(scalar, shape)
    match scalar:
        case n.Add():
            return b.add(*(_lift(operand, argument, array) for operand in scalar.operands))
        case n.Negate():
            return b.negate(_lift(scalar.operands[0], argument, array))
        case n.Apply():
            return b.apply(scalar.function, _lift(scalar.operands[0], argument, array))
        case n.Power():
            return b.hadamard_power(_lift(scalar.operands[0], argument, array), scalar.operands[1])
        case n.Divide():
            return b.hadamard_divide(*(_lift(operand, argument, array) for operand in scalar.operands))
        case n.Product():
            result: Node | None = None
            for operand in scalar.operands:
                factor = _lift(operand, argument, array) if operand.depends_on(argument) else operand
                result = factor if result is None else b.hadamard(result, factor)
            assert result is not None
            return result
    raise TypeError(f"{type(scalar).__name__} is no scalar formula")


def derivative_at(function: str, x: Node) -> Node:
    """Return f′ applied to every entry of x."""
    u = n.symbol("u")
    return lift(FUNCTIONS[function].derivative(u), u, x)
