"""What is asked: declared variables, a chain of definitions, and the variable of differentiation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import substitute


@dataclass(frozen=True, slots=True)
class Link:
    """One line of a chain, `z = g(y) = yᵀ S⁻¹ y`: the name it defines, the author's name of the map, its expression."""

    symbol: Symbol
    expression: Node
    function: str | None = None
    arguments: tuple[Symbol, ...] = ()
    given: bool = True
    """False where the link was split off automatically and did not stand in the statement."""


class Reading(StrEnum):
    """What a piece of a statement means here, where many readers would expect something else."""

    ENTRYWISE = "entrywise"
    """A function of scalars on a square matrix: `exp(X)` is not the matrix exponential."""
    FROBENIUS = "frobenius"
    """`norm2` of a matrix is not the spectral norm."""
    SUM_OF_ENTRIES = "sum-of-entries"
    """`norm1` of a matrix is not the largest sum of a column."""
    MATRIX_POWER = "matrix-power"
    """`X^2` is X*X, not the square of every entry."""
    MATRIX_ROOT = "matrix-root"
    """`X^(1/2)` is the root of the whole matrix, not that of every entry."""
    OWN_SIZE = "own-size"
    """`vector(dim(N), N)` holds N in every entry, and ones are meant more often."""
    FILLED = "filled"
    """A scalar beside an array stands for the array with it in every entry."""
    EVERY_ROW = "every-row"
    """A row, or a vector, goes to every row of a matrix, where they are added or multiplied entry by entry."""
    EVERY_COLUMN = "every-column"
    """A vector goes to every column of a matrix."""
    ENTRY_BY_ENTRY = "entry-by-entry"
    """A quotient by an array, or a power of one, is taken of every entry by itself."""
    ONLY_SIZE = "only-size"
    """An identity matrix whose size nothing tells has the one size that all arrays have."""
    SLICE = "slice"
    """Places are counted from 1, and a slice has both its ends."""
    FROM_ZERO = "from-zero"
    """A slice of a program is read as NumPy's: `x[1:]` leaves out the first entry."""
    LOG_OF_PRODUCT = "log-of-product"
    """The logarithm of a product over samples is the sum of the logarithms."""
    MEMBER = "member"
    """One member of a family is a row of the matrix by which the function is differentiated."""
    SIZE = "size"
    """A name of a size, beside an array, is the number; no variable of that name is declared."""
    POPULATION = "population"
    """`var` and `std` divide by the number of entries, not by one less."""
    ALL_ENTRIES = "all-entries"
    """`mean`, `var` and `std` of a matrix take all entries together."""
    BY_RELU = "by-relu"
    """`max`, `min` and `clip` go entry by entry and are written with `relu`."""
    BY_STEP = "by-step"
    """`where(x > 0, a, b)` goes entry by entry and is written with `step`."""
    BY_DETERMINANT = "by-determinant"
    """`prod(x)` is written as the determinant of a diagonal matrix."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader should know about a statement before the result: how a piece of it is read."""

    reading: Reading
    node: Node
    """The piece, as it was written."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A function, given as a chain of links (outermost first), and the variable to differentiate with respect to.

    Links stand in an order in which every link uses only declared variables and names defined by later links.
    """

    declarations: tuple[Symbol, ...]
    links: tuple[Link, ...]
    wrt: Symbol
    functions: tuple[UnspecifiedFunction, ...] = ()
    """The declared functions, of which nothing but the signature is known."""
    remarks: tuple[Remark, ...] = ()
    """Where the statement may mean something else than its reader thinks; shown before the result."""

    @property
    def names(self) -> frozenset[str]:
        """Return all names that are declared or defined."""
        defined = (link.symbol.name for link in self.links)
        declared = (*(symbol.name for symbol in self.declarations), *(function.name for function in self.functions))
        return frozenset((*declared, *defined))

    @property
    def function(self) -> Symbol:
        """Return the name of the function to differentiate, the outermost of the chain."""
        return self.links[0].symbol

    @property
    def definitions(self) -> dict[Symbol, Node]:
        """Return what every name of the chain stands for."""
        return {link.symbol: link.expression for link in self.links}

    @property
    def in_variables(self) -> Node:
        """Return the function in the declared variables, its chain put together."""
        return without_names(self.function, self.definitions)


def meanings(definitions: Mapping[Symbol, Node]) -> dict[Node, Node]:
    """Return what every name stands for in the variables alone; definitions may use each other, in whatever order.

    This is the one way in which definitions are put in. (Steps that a reader is shown put them in one name at a time.)
    """
    found: dict[Node, Node] = {}

    def put_in(name: Symbol) -> None:
        for inner in definitions[name].symbols:
            if inner in definitions and inner not in found:
                put_in(inner)
        found[name] = substitute(definitions[name], found)

    for name in definitions:
        if name not in found:
            put_in(name)
    return found


def without_names(node: Node, definitions: Mapping[Symbol, Node]) -> Node:
    """Return the expression in the variables alone. Its parts are shared: it may be long when it is written out."""
    return substitute(node, meanings(definitions))
