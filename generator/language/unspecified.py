"""Declared functions in expressions: their values `p(x, z)`, and their partial derivatives `partial(p(x, z), 2)`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from generator.algebra import build
from generator.algebra.nodes import Node
from generator.algebra.shapes import Shape, ShapeError
from generator.algebra.unspecified import UnspecifiedFunction, partial_shape
from generator.language import syntax
from generator.language.scope import Typed
from generator.language.sizes import type_of
from generator.language.syntax import Call, Syntax

if TYPE_CHECKING:
    from generator.language.elaborate import Elaborator


def space_text(shape: Shape) -> str:
    """Return the space of a shape as declarations write it: `R`, `R^D`, `R^(M x N)`."""
    if shape.is_scalar:
        return "R"
    return f"R^{shape.rows}" if shape.is_vector else f"R^({shape.rows} x {shape.columns})"


def signature_text(function: UnspecifiedFunction) -> str:
    """Return the declaration of a function without its properties: `p : R^D x R^E -> R`."""
    return f"{function.name} : {' x '.join(map(space_text, function.arguments))} -> {space_text(function.value)}"


def infer(elaborator: Elaborator, tree: Call) -> Typed:
    """Return a value of a declared function, or of one of its partial derivatives, with its type.

    Raises LanguageError for arguments that do not fit the declaration.
    """
    if tree.name != "partial":
        function = elaborator.scope.functions[tree.name]
        return _at(elaborator, tree, tree, function, ())
    value, *places = tree.arguments
    if not (isinstance(value, Call) and value.name in elaborator.scope.functions and places):
        names = sorted(elaborator.scope.functions)
        message = (
            f"a partial derivative is written `partial({names[0]}(…), 1)`: a declared function, and which argument"
        )
        raise elaborator.error(message, tree)
    function = elaborator.scope.functions[value.name]
    slots = tuple(sorted(_slot(elaborator, function, place) for place in places))
    return _at(elaborator, tree, value, function, slots)


def _slot(elaborator: Elaborator, function: UnspecifiedFunction, place: Syntax) -> int:
    count = len(function.arguments)
    if isinstance(place, syntax.Number) and Fraction(1) <= place.value <= count and place.value.denominator == 1:
        return int(place.value)
    which = "its only argument is number 1" if count == 1 else f"its arguments are numbered from 1 to {count}"
    raise elaborator.error(f"{elaborator.quoted(place)} is no argument of `{function.name}`: {which}", place)


def _at(
    elaborator: Elaborator, tree: Call, value: Call, function: UnspecifiedFunction, slots: tuple[int, ...]
) -> Typed:
    declared = f"it is declared `{signature_text(function)}`"
    if len(value.arguments) != len(function.arguments):
        count = len(value.arguments)
        message = f"`{function.name}` does not take {count} argument{'s' if count != 1 else ''}: {declared}"
        raise elaborator.error(message, value)
    operands = tuple([elaborator.infer(argument) for argument in value.arguments])
    for operand, wanted in zip(operands, function.arguments, strict=True):
        if not elaborator.equations.equate_types(operand.type, type_of(wanted), (elaborator, operand.syntax)):
            told = elaborator.told(operand.syntax, operand.type)
            message = f"`{function.name}` takes {wanted.describe()} there, and {told}: {declared}"
            raise elaborator.error(message, operand.syntax)
    try:
        shape = partial_shape(function, slots)
    except ShapeError as error:
        raise elaborator.error(str(error), tree) from None

    def make(*arguments: Node) -> Node:
        return build.function_value(function, *arguments, slots=slots)

    return Typed(tree, type_of(shape), make, operands)
