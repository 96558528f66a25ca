"""A choice between two values, `where(x > 0, a, b)`, and `sinc`, which has two readings."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Reading
from jacobook.language import syntax
from jacobook.language.composed_functions import filled, minus
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.programs import is_program
from jacobook.language.size_inference import SCALAR, Type
from jacobook.language.syntax import Call, Syntax

_CHOICES = ("where", "ifelse")
_TURNED = {"<": ">", "<=": ">="}


def infer_choice(context: Context, tree: Call) -> Typed | None:
    """Return a choice, or sinc of a program; None for any other call. Raises LanguageError."""
    if tree.name in _CHOICES:
        return _where(context, tree)
    if tree.name == "sinc" and len(tree.arguments) == 1:
        return _sinc(context, tree)
    if tree.name in syntax.COMPARISONS:
        raise no_comparison(context, tree)
    return None


def no_comparison(context: Context, tree: Syntax) -> Exception:
    """Return the error about a comparison where a value was expected."""
    said = "comparisons stand in `where(x > 0, a, b)` alone; `relu`, `abs`, `sign` and `step` are known"
    return context.error(f"{context.quoted(tree)} is no value: {said}", tree)


def _where(context: Context, tree: Call) -> Typed:
    """Return step(left − right) ⊙ a + (1 − step(left − right)) ⊙ b, all arrays being of one shape, or scalars."""
    if len(tree.arguments) != 3:
        raise context.error(f"`{tree.name}` takes a condition and two values, as in `{tree.name}(x > 0, a, b)`", tree)
    condition, *values = tree.arguments
    if not isinstance(condition, Call) or condition.name not in syntax.COMPARISONS:
        raise context.error(f"{context.quoted(condition)} is no comparison by size, such as `x > 0`", condition)
    operands = tuple(context.infer(one) for one in (*condition.arguments, *values))
    sign = condition.name
    turned = sign in _TURNED

    def chosen(left: Node, right: Node, first: Node, second: Node) -> Node:
        left, right = (right, left) if turned else (left, right)
        if _TURNED.get(sign, sign) == ">=":  # not where the right one is larger: at the boundary the first is taken
            return _choice(right, left, first, second, negated=True)
        return _choice(left, right, first, second)

    result = _shape(context, tree, operands)
    return Typed(tree, result, context.remarking(chosen, Reading.BY_STEP), operands)


def _shape(context: Context, tree: Call, operands: tuple[Typed, ...]) -> Type:
    """Return the shape of the choice: that of its arrays. Raises LanguageError where they have several."""
    result = next((one.type for one in operands if not one.type.is_scalar), SCALAR)
    for one in operands:
        same = one.type.kind is result.kind and context.equate(one.type.rows, result.rows, tree)
        if not one.type.is_scalar and not (same and context.equate(one.type.columns, result.columns, tree)):
            each = (context.told(one.syntax, one.type) for one in operands if not one.type.is_scalar)
            told = " and ".join(dict.fromkeys(each))  # once each: where(x > y, x, y)
            raise context.error(f"`{tree.name}` needs scalars, or arrays of one shape; {told}", tree)
    return result


def _choice(larger: Node, smaller: Node, first: Node, second: Node, negated: bool = False) -> Node:
    """Return the first value where `larger` is greater than `smaller` (`negated`: where it is not), else the second."""
    shape = next((x.shape for x in (larger, smaller, first, second) if x.shape.axes), larger.shape)
    above = build.apply("step", filled(_difference(larger, smaller), shape))
    below = minus(filled(build.ONE, shape), above)
    factors = (below, above) if negated else (above, below)
    pairs = [pair for pair in zip(factors, (first, second), strict=True) if not build.is_zero(pair[1])]
    terms = [one if value is build.ONE else build.hadamard(one, filled(value, shape)) for one, value in pairs]
    return build.add(*terms) if terms else build.zero(shape)


def _difference(larger: Node, smaller: Node) -> Node:
    if build.is_zero(smaller):
        return larger
    return build.negate(smaller) if build.is_zero(larger) else minus(_wide(larger, smaller), _wide(smaller, larger))


def _wide(one: Node, other: Node) -> Node:
    return filled(one, other.shape)


def _sinc(context: Context, tree: Call) -> Typed:
    """Return sin(πx)/(πx) in a program; elsewhere sinc has two readings."""
    operand = context.infer(tree.arguments[0])
    text = repairs.piece(context.source, tree.arguments[0])
    sign = "/" if operand.type.is_scalar else "./"
    if is_program(context.source):
        return Typed(tree, operand.type, _normalised_sinc, (operand,))
    inside = text if text.isidentifier() else f"({text})"
    plain, scaled = f"sin({text}){sign}{inside}", f"sin(pi*{inside}){sign}(pi*{inside})"
    message = f"{context.quoted(tree)}: `{plain}`, as in analysis, or `{scaled}`, as in NumPy and MATLAB"
    raise context.error(f"{message} (there `np.sinc(…)`)?", tree)


def _normalised_sinc(x: Node) -> Node:
    angle = build.product(build.number(4), build.apply("arctan", build.ONE), x)
    sine = build.apply("sin", angle)
    return build.hadamard_divide(sine, angle) if x.shape.axes else build.divide(sine, angle)
