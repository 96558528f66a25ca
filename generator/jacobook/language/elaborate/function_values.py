"""Values of declared functions, `p(x, z)`, and of their partial derivatives, `partial(p(x, z), 2)`."""

from __future__ import annotations

from functools import partial as bound

from jacobook.algebra import build
from jacobook.algebra.declared_functions import partial_shape
from jacobook.algebra.shapes import Shape, ShapeError
from jacobook.language import syntax
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import PARTIAL
from jacobook.language.size_inference import compatible_types, type_of
from jacobook.language.syntax import Call

_EXAMPLE = "`partial(p(x, z), 2)`, the derivative of p with respect to its second argument"


def infer_value(context: Context, tree: Call, slots: tuple[int, ...] = ()) -> Typed:
    """Return the value of a declared function, or its partial derivative with respect to the slots, with its type.

    Raises LanguageError where the arguments do not fit the signature.
    """
    function = context.scope.functions[tree.name]
    wanted = function.arguments
    if len(tree.arguments) != len(wanted):
        takes = "one argument" if len(wanted) == 1 else f"{len(wanted)} arguments"
        message = f"`{tree.name}` takes {takes}, not {len(tree.arguments)}: it is declared as `{function.signature}`"
        raise context.error(message, tree)
    operands = tuple([context.infer(argument) for argument in tree.arguments])
    for place, (operand, shape) in enumerate(zip(operands, wanted, strict=True), 1):
        if not context.equations.equate_types(operand.type, type_of(shape), (context, operand.syntax)):
            raise _misfit(context, tree, operand, shape, place)
    result = type_of(partial_shape(function, slots))
    return Typed(tree, result, bound(build.function_value, function, slots=slots), operands)


def _misfit(context: Context, tree: Call, operand: Typed, shape: Shape, place: int) -> LanguageError:
    where, wanted = operand.syntax, type_of(shape)
    fit = repairs.transposed(context.source, where) if compatible_types(operand.type.transposed, wanted) else None
    told = context.told(where, operand.type)
    message = f"{told}, where `{context.scope.functions[tree.name].signature}` takes {wanted.describe()}"
    if len(tree.arguments) > 1:
        message += f" as argument {place}"
    return context.error(message + (f"; did you mean {repairs.named(fit)}?" if fit else ""), where, fit)


def infer_partial(context: Context, tree: Call) -> Typed:
    """Return `partial(p(x, z), 2)`, or with more slots a higher partial derivative, with its type.

    Raises LanguageError for anything but the value of a declared function and places of its arguments.
    """
    inside, *rest = tree.arguments
    functions = context.scope.functions
    if not (isinstance(inside, syntax.Call) and inside.name in functions):
        declared = "" if functions else "; no function is declared here"
        message = f"`{PARTIAL}` takes the value of a declared function and the place of an argument, such as {_EXAMPLE}"
        raise context.error(message + declared, tree)
    function = functions[inside.name]
    count = len(function.arguments)
    if not rest:
        fit = f"{PARTIAL}({repairs.piece(context.source, inside)}, 1)" if count == 1 else None
        hint = f"; did you mean {repairs.named(fit)}?" if fit else ""
        message = f"`{PARTIAL}` also takes the place of an argument, such as {_EXAMPLE}{hint}"
        raise context.error(message, tree, fit)
    slots = []
    for slot in rest:
        if not (isinstance(slot, syntax.Number) and slot.value.denominator == 1 and 1 <= slot.value <= count):
            places = "1" if count == 1 else f"a whole number from 1 to {count}"
            message = f"the place of an argument of `{function.signature}` is {places}"
            raise context.error(f"{message}, not {context.quoted(slot)}", slot)
        slots.append(int(slot.value))
    ordered = tuple(sorted(slots))
    try:
        partial_shape(function, ordered)
    except ShapeError as error:
        raise context.error(str(error), tree) from None
    typed = infer_value(context, inside, ordered)
    return Typed(tree, typed.type, typed.make, typed.operands)
