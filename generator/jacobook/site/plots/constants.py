"""Values that an author gives to the constants of a picture: read, checked against what is declared, and said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import Dimension, Shape
from jacobook.calculus.derivation import Prose
from jacobook.site.plots.picture import listed
from jacobook.verification.numeric.array_operations import Array, Sizes, side_lengths
from jacobook.verification.numeric.evaluate import inward, outward
from jacobook.verification.points.imposed import has_property
from jacobook.verification.points.instances import size_names

SIZE = 2
Constants = Mapping[str, ArrayLike]


class PlotError(ValueError):
    """What is asked for cannot be drawn; the message says why and what would fit, `field` where it was asked for."""

    def __init__(self, message: str, *field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Given:
    """The values of the constants, and the sizes: those of the values, 2 for those of the variable."""

    values: dict[Symbol, Array]
    sizes: dict[str, int]

    def words(self) -> Prose | None:
        """Return `N = 3, a = 2 and b = 1` for what has been chosen, None if nothing has; arrays show their sizes."""
        names = sorted(set(self.sizes).difference(size_names(self.values)))
        items = [Prose("{0} = {1}", (Dimension.of(name), Dimension(self.sizes[name]))) for name in names]
        items += [Prose("{0} = {1}", (symbol, _as_node(symbol, value))) for symbol, value in self.values.items()]
        return listed(items) if items else None


def given_values(statement: Statement, used: Iterable[Node], constants: Constants) -> Given:
    """Return the values of the declared constants and all sizes.

    A size that the variable does not have is read off the values, and is 2 if they do not tell. Raises PlotError for
    a value that is missing in the expressions `used`, of another shape, or without a property that is declared.
    """
    used = list(used)
    declared = {symbol.name: symbol for symbol in statement.declarations if symbol is not statement.wrt}
    for name in constants:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise PlotError(f"{name} is no constant of this function; declared are: {known}", "with", name)
    arrays = {name: _read(name, value) for name, value in constants.items()}
    sizes = _sizes(statement, used, {declared[name]: array for name, array in arrays.items()})
    needed = {symbol for node in used for symbol in node.symbols}
    values: dict[Symbol, Array] = {}
    for name, symbol in declared.items():
        if name in arrays:
            values[symbol] = _checked(symbol, arrays[name], sizes)
        elif symbol in needed:
            raise PlotError(f"the picture needs a value of {name}: with: {{{name}: {_example(symbol.shape, sizes)}}}")
    named = set(size_names([*used, *values]))
    return Given(values, {name: size for name, size in sizes.items() if name in named})


def _read(name: str, value: ArrayLike) -> Array:
    try:
        return np.asarray(value, dtype=float)
    except ValueError:
        raise PlotError(f"the rows of {name} are not equally long", "with", name) from None


def _sizes(statement: Statement, used: list[Node], values: Mapping[Symbol, Array]) -> dict[str, int]:
    fixed = {name for dimension in statement.wrt.shape.axes for name in dimension.names}
    read: dict[str, int] = {}
    for symbol, array in values.items():
        for dimension, length in zip(symbol.shape.axes, array.shape, strict=False):
            if dimension.name is not None and dimension.name not in fixed:
                read.setdefault(dimension.name, length)
    return {name: read.get(name, SIZE) for name in size_names([*used, *statement.declarations])}


def _checked(symbol: Symbol, array: Array, sizes: Sizes) -> Array:
    """Return the value as (1, rows, columns). Raises PlotError if it is not what is declared."""
    expected = tuple(dimension.value(dict(sizes)) for dimension in symbol.shape.axes)
    if array.shape != expected:
        raise PlotError(
            f"the value of {symbol.name} does not fit: it is {_form(array.shape)}, and {symbol.name} is "
            f"{symbol.shape.describe()}, here {_form(expected)}",
            "with",
            symbol.name,
        )
    value = inward(array, symbol.shape)
    for name in sorted(symbol.properties):
        if not has_property(value, name):
            raise PlotError(
                f"the value of {symbol.name} is not {name}, and {symbol.name} is declared so", "with", symbol.name
            )
    return value


def _form(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a number"
    return f"a list of {shape[0]}" if len(shape) == 1 else "×".join(map(str, shape))


def _example(shape: Shape, sizes: Sizes) -> str:
    rows, columns = side_lengths(shape, sizes)
    if shape.is_scalar:
        return "1"
    unit = np.eye(rows, columns, dtype=int).tolist()
    return str(unit if shape.is_matrix else [1] * max(rows, columns))


def _as_node(symbol: Symbol, value: Array) -> Node:
    """Return the value written out, as an expression."""
    numbers = [build.number(Fraction(str(entry))) for entry in value.ravel().tolist()]
    if symbol.shape.is_scalar:
        return numbers[0]
    rows, columns = outward(value, symbol.shape).shape if symbol.shape.is_matrix else value.shape[1:]
    return build.literal(numbers, Shape(symbol.shape.kind, Dimension(rows), Dimension(columns)))
