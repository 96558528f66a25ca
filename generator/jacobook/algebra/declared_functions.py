"""Declared functions of which nothing is known but their signature: `p : R^D x R^E -> R positive`.

Their partial derivatives are values as well. A slot is the place of an argument, counted from 1; slots are sorted,
since mixed partial derivatives of a smooth function do not depend on their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jacobook.algebra.declared_properties import closed
from jacobook.algebra.shapes import SCALAR, Shape, ShapeError, derivative_shape, matrix


@dataclass(frozen=True, slots=True, repr=False)
class UnspecifiedFunction:
    """A smooth function of one or more scalars, vectors and matrices that is not specified any further."""

    name: str
    arguments: tuple[Shape, ...]
    value: Shape
    properties: frozenset[str] = frozenset()
    """What holds for every value, closed under what it implies."""

    def __repr__(self) -> str:
        return self.name

    @property
    def is_curve(self) -> bool:
        """Return whether it is a function of one scalar, whose derivatives are written F′(t), F″(t)."""
        return self.arguments == (SCALAR,)

    @property
    def signature(self) -> str:
        """Return the declaration without properties: `p : R^D x R^E -> R`."""
        return f"{self.name} : {' x '.join(shape.space for shape in self.arguments)} -> {self.value.space}"


def unspecified(
    name: str, arguments: Sequence[Shape], value: Shape, properties: frozenset[str] = frozenset()
) -> UnspecifiedFunction:
    """Return the function of this name, with the properties that are implied (see IMPLIED)."""
    properties = closed(properties)
    return UnspecifiedFunction(name, tuple(arguments), value, properties)


def groups_of(function: UnspecifiedFunction, slots: tuple[int, ...]) -> tuple[Shape, ...]:
    """Return the arrays whose indices number the entries of a partial derivative, in the order of these indices.

    They are the value and the arguments at the slots; scalars have no indices.
    """
    shapes = (function.value, *(function.arguments[slot - 1] for slot in slots))
    return tuple(shape for shape in shapes if shape.axes)


def is_stacked(function: UnspecifiedFunction, slots: tuple[int, ...]) -> bool:
    """Return whether the partial derivative has more than two indices, so that it is a Jacobian of stacked entries."""
    return sum(len(shape.axes) for shape in groups_of(function, slots)) > 2


def partial_shape(function: UnspecifiedFunction, slots: tuple[int, ...]) -> Shape:
    """Return the shape of a partial derivative in the Jacobian layout: of the value by one slot after the other.

    Beyond two indices it is that of the Jacobian of stacked entries, its columns for the last array: N·M×P·Q for a
    matrix by a matrix, E·D×E for the Jacobian E×D of a vector by a vector once more. Raises ShapeError for more indices
    than that can hold: for three arrays one of which is a matrix, and for four.
    """
    found = groups_of(function, slots)
    if len(found) > 3 or (len(found) == 3 and any(shape.is_matrix for shape in found)):
        raise ShapeError(f"this partial derivative of {function.name} has too many indices to be written as a matrix")
    if not is_stacked(function, slots):
        shape = function.value
        for slot in slots:
            step = derivative_shape(shape, function.arguments[slot - 1])
            assert step is not None, "at most two indices"
            shape = step
        return shape
    *above, last = (shape.rows * shape.columns for shape in found)
    return matrix(above[0] if len(above) == 1 else above[1] * above[0], last)
