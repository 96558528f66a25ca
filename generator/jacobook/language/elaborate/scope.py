"""What names stand for, and pieces of an expression with their types: what the readers of one text share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from jacobook.algebra import build
from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import FAMILY, Index, Node, Symbol
from jacobook.algebra.shapes import Dimension, Kind
from jacobook.language.function_table import Maker
from jacobook.language.size_inference import Type, type_of
from jacobook.language.syntax import Syntax


@dataclass(slots=True, eq=False)
class Typed:
    """A piece of an expression with its type, and how its node is made from those of its operands."""

    syntax: Syntax
    type: Type
    make: Maker
    operands: tuple[Typed, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names in an expression stand for."""

    types: Mapping[str, Type]
    symbol: Callable[[str], Node]
    """Makes the symbol of a name, once all sizes are known."""
    sizes: frozenset[str]
    maps: Mapping[str, str]
    """What the author called the maps of a chain (`g` in `z = g(y)`), with the name of the value of each."""
    indices: Mapping[str, Index] = field(default_factory=dict)
    """The index names that may stand for a place, in formulas written in indices."""
    functions: Mapping[str, UnspecifiedFunction] = field(default_factory=dict)
    """The declared functions by name."""

    def defines(self, name: str) -> bool:
        """Return whether the statement gives the name a meaning of its own."""
        return name in self.types or name in self.maps or name in self.functions

    def running(self, name: str) -> Node | None:
        """Return what a name stands for whose value is a number; None for any other."""
        return self.symbol(name) if name in self.types and self.types[name].is_scalar else None

    def is_family(self, name: str) -> bool:
        """Return whether the name is that of a family of vectors, x for the members x[i]."""
        if name not in self.types or self.types[name].kind is not Kind.MATRIX:
            return False
        try:
            symbol = self.symbol(name)
        except KeyError:  # the unknown of an equation has none before its shape is known
            return False
        return isinstance(symbol, Symbol) and FAMILY in symbol.properties

    def constant(self, name: str) -> Node | None:
        """Return what a name means that is not declared: π, `I_N`, a size as a number; None if nothing."""
        if self.defines(name):
            return None
        if name == "pi":
            return build.product(build.number(4), build.apply("arctan", build.ONE))
        if name.startswith("I_") and (name[2:] in self.sizes or name[2:].isdigit()) and name[2:3] != "0":
            return build.identity(int(name[2:]) if name[2:].isdigit() else name[2:])
        return build.size_of(Dimension.of(name)) if name in self.sizes and name != "I" else None


def scope_of(
    symbols: Iterable[Symbol],
    more_sizes: Iterable[Dimension] = (),
    indices: Mapping[str, Index] | None = None,
    functions: Iterable[UnspecifiedFunction] = (),
) -> Scope:
    """Return the scope of these symbols, index names and functions, and no chain."""
    table = {symbol.name: symbol for symbol in symbols}
    declared = {function.name: function for function in functions}
    shapes = [symbol.shape for symbol in table.values()]
    shapes += [shape for function in declared.values() for shape in (*function.arguments, function.value)]
    dimensions = [dimension for shape in shapes for dimension in shape.dimensions]
    dimensions += [index.dimension for index in (indices or {}).values()]
    sizes = frozenset(name for dimension in (*dimensions, *more_sizes) for name in dimension.names)
    types = {name: type_of(symbol.shape) for name, symbol in table.items()}
    return Scope(types, table.__getitem__, sizes, {}, indices or {}, declared)
