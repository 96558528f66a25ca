"""The total differential of a function that is not specified: partial derivatives times the changes of the arguments.

Source: Mathematics for Machine Learning, (5.48); Magnus and Neudecker, chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.display.arrange import stacked
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ShapeError
from jacobook.calculus.refusal import Refusal


def total_differential(node: Node, varies: Callable[[Node], bool]) -> Node:
    """Return d p(u, v, …) = Σ (∂p/∂u) du, one term for each argument that varies.

    Of matrices: tr((∂p/∂U)′ dU) for a scalar p, and the arranged product of the Jacobian of stacked entries with
    vec(dU) for others. Raises Refusal for a derivative with more than two arrays of indices.
    """
    assert isinstance(node, n.FunctionValue)
    terms = [_term(node, slot) for slot, operand in enumerate(node.operands, 1) if varies(operand)]
    return b.add(*terms) if terms else b.zero(node.shape)


def raised(node: n.FunctionValue, slot: int) -> n.FunctionValue:
    """Return the partial derivative of a value of a function by one more argument.

    Raises Refusal where that has too many indices to be named.
    """
    try:
        return b.function_value(node.function, *node.operands, slots=(*node.slots, slot))
    except ShapeError as error:
        raise Refusal(str(error)) from error


def _term(node: n.FunctionValue, slot: int) -> Node:
    argument = node.operands[slot - 1]
    partial, change = raised(node, slot), b.differential(argument)
    if argument.shape.is_scalar:
        return b.product(partial, change)
    if node.shape.is_scalar:
        if argument.shape.is_matrix:
            return b.trace(b.product(b.transpose(partial), change))
        return b.product(partial, change)
    if node.shape.is_vector and argument.shape.is_vector:
        return b.product(partial, change)
    if node.shape.is_row and argument.shape.is_vector:  # the gradient of a scalar by another vector
        first = next(s for s in node.slots if node.function.arguments[s - 1].is_vector)
        jacobian = b.transpose(partial) if slot < first else partial
        return b.transpose(b.product(jacobian, change))
    if any(not node.function.arguments[s - 1].is_scalar for s in node.slots):
        raise Refusal(f"a second derivative of {node.function.name} with more than two indices is not named here")
    product = b.product(partial, stacked(change))
    return b.unvec(product, node.shape) if node.shape.is_matrix else product
