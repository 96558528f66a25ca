"""The formulas of the element-wise functions: read from their rows, and applied to every entry of an array."""

from __future__ import annotations

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import rebuild, substitute, transform
from jacobook.calculus.refusal import Refusal
from jacobook.language.function_formulas import ARGUMENT, read


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


def without_derivative(function: str) -> Refusal:
    """Return the refusal to differentiate the last function of a family."""
    return Refusal(f"no rule covers the differential of {function}: its derivative is not in the language")


def derivative_at(function: str, x: Node) -> Node:
    """Return f′ applied to every entry of x. Raises Refusal for a function whose derivative is not in the language."""
    if not ELEMENTWISE[function].derivative:
        raise without_derivative(function)
    found = lift(read(ELEMENTWISE[function].derivative), ARGUMENT, x)
    return transform(found, _squared_root) if _root_below(x) is not None else found


def _squared_root(node: Node) -> Node | None:
    """Return (x/√c)² as x²/c, and −(x/√c)² as −x²/c, so that it is one with what others call the same."""
    power = node.operands[0] if isinstance(node, n.Negate) else node
    if not isinstance(power, n.Power | n.HadamardPower) or not b.is_number(power.operands[1], 2):
        return None
    below, base = _root_below(power.operands[0]), power.operands[0]
    if below is None:
        return None
    square = rebuild(power, (base.operands[0], power.operands[1]))
    below = b.fill(below, base.shape) if isinstance(base, n.HadamardDivide) else below
    return rebuild(base, (square if power is node else b.negate(square), below))


def _root_below(node: Node) -> Node | None:
    """Return c for x/√c with a number c, of scalars or entry by entry; None for anything else."""
    if not isinstance(node, n.Divide | n.HadamardDivide):
        return None
    root = node.operands[1]
    root = root.operands[0] if isinstance(root, n.Fill) else root
    if not (isinstance(root, n.Apply) and root.function == "sqrt" and isinstance(root.operands[0], n.Number)):
        return None
    return root.operands[0] if root.operands[0].value > 0 else None


def definition_at(function: str, x: Node) -> Node | None:
    """Return f applied to every entry of x, in simpler functions; None where the function is defined by none."""
    definition = ELEMENTWISE[function].definition
    return lift(read(definition), ARGUMENT, x) if definition else None
