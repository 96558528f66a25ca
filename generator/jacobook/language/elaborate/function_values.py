"""Values of declared functions, `p(x, z)`, and of their partial derivatives, `partial(p(x, z), 2)`."""

from __future__ import annotations

from functools import partial as bound
from typing import TYPE_CHECKING

from jacobook.algebra import build
from jacobook.algebra.declared_functions import UnspecifiedFunction, partial_shape
from jacobook.algebra.shapes import Shape, ShapeError
from jacobook.language import syntax
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.function_table import PARTIAL
from jacobook.language.size_inference import compatible_types, type_of

if TYPE_CHECKING:
    from jacobook.language.elaborate.typed_expressions import Elaborator
    from jacobook.language.errors.language_error import LanguageError
    from jacobook.language.syntax import Call

_EXAMPLE = "`partial(p(x, z), 2)`, the derivative of p by its second argument"


def space(shape: Shape) -> str:
    """Return the space of the values of this shape as in a declaration: `R`, `R^D`, `R^(M x N)`."""
    if shape.is_scalar:
        return "R"
    return f"R^{shape.rows}" if shape.is_vector else f"R^({shape.rows} x {shape.columns})"


def signature(function: UnspecifiedFunction) -> str:
    """Return the declaration of a function without its properties: `p : R^D x R^E -> R`."""
    return f"{function.name} : {' x '.join(map(space, function.arguments))} -> {space(function.value)}"


def infer_value(elaborator: Elaborator, tree: Call, slots: tuple[int, ...] = ()) -> Typed:
    """Return the value of a declared function, or its partial derivative by the slots, with its type.

    Raises LanguageError where the arguments do not fit the signature.
    """
    function = elaborator.scope.functions[tree.name]
    wanted = function.arguments
    if len(tree.arguments) != len(wanted):
        takes = "one argument" if len(wanted) == 1 else f"{len(wanted)} arguments"
        message = f"`{tree.name}` takes {takes}, not {len(tree.arguments)}: it is declared as `{signature(function)}`"
        raise elaborator.error(message, tree)
    operands = tuple([elaborator.infer(argument) for argument in tree.arguments])
    for place, (operand, shape) in enumerate(zip(operands, wanted, strict=True), 1):
        if not elaborator.equations.equate_types(operand.type, type_of(shape), (elaborator, operand.syntax)):
            raise _misfit(elaborator, tree, operand, shape, place)
    result = type_of(partial_shape(function, slots))
    return Typed(tree, result, bound(build.function_value, function, slots=slots), operands)


def _misfit(elaborator: Elaborator, tree: Call, operand: Typed, shape: Shape, place: int) -> LanguageError:
    where, wanted = operand.syntax, type_of(shape)
    fit = repairs.transposed(elaborator.source, where) if compatible_types(operand.type.transposed, wanted) else None
    told = elaborator.told(where, operand.type)
    message = f"{told}, where `{signature(elaborator.scope.functions[tree.name])}` takes {wanted.describe()}"
    if len(tree.arguments) > 1:
        message += f" as argument {place}"
    return elaborator.error(message + (f"; did you mean {repairs.named(fit)}?" if fit else ""), where, fit)


def infer_partial(elaborator: Elaborator, tree: Call) -> Typed:
    """Return `partial(p(x, z), 2)`, or with more slots a higher partial derivative, with its type.

    Raises LanguageError for anything but the value of a declared function and places of its arguments.
    """
    inside, *rest = tree.arguments
    functions = elaborator.scope.functions
    if not (isinstance(inside, syntax.Call) and inside.name in functions):
        declared = "" if functions else "; no function is declared here"
        message = f"`{PARTIAL}` takes the value of a declared function and the place of an argument, such as {_EXAMPLE}"
        raise elaborator.error(message + declared, tree)
    function = functions[inside.name]
    count = len(function.arguments)
    if not rest:
        fit = f"{PARTIAL}({repairs.piece(elaborator.source, inside)}, 1)" if count == 1 else None
        hint = f"; did you mean {repairs.named(fit)}?" if fit else ""
        message = f"`{PARTIAL}` also takes the place of an argument, such as {_EXAMPLE}{hint}"
        raise elaborator.error(message, tree, fit)
    slots = []
    for slot in rest:
        if not (isinstance(slot, syntax.Number) and slot.value.denominator == 1 and 1 <= slot.value <= count):
            places = "1" if count == 1 else f"a whole number from 1 to {count}"
            message = f"the place of an argument of `{signature(function)}` is {places}"
            raise elaborator.error(f"{message}, not {elaborator.quoted(slot)}", slot)
        slots.append(int(slot.value))
    ordered = tuple(sorted(slots))
    try:
        partial_shape(function, ordered)
    except ShapeError as error:
        raise elaborator.error(str(error), tree) from None
    typed = infer_value(elaborator, inside, ordered)
    return Typed(tree, typed.type, typed.make, typed.operands)
