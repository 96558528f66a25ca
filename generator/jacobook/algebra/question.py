"""What is asked: declared variables, a chain of definitions, and the variable of differentiation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import Node, Symbol


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
    OWN_SIZE = "own-size"
    """`vector(dim(N), N)` holds N in every entry, and ones are meant more often."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader should know about a statement before the result: how a piece of it is read."""

    reading: Reading
    node: Node
    """The piece, as it was written."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A function, given as a chain of links (outermost first), and the variable to differentiate by.

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
