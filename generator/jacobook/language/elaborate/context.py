"""What the readers of the pieces of one text have in common: the text, its names, the equations between its sizes."""

from __future__ import annotations

from abc import ABC, abstractmethod

from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.question import Reading, Remark
from jacobook.algebra.shapes import Dimension
from jacobook.language import syntax
from jacobook.language.elaborate.scope import Scope, Typed
from jacobook.language.errors import repairs
from jacobook.language.errors import unknown_names as unknown
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import Maker
from jacobook.language.size_inference import Equations, Size, Type
from jacobook.language.syntax import Syntax


class Context(ABC):
    """One text that is being read, as it is seen by the reader of a piece of it.

    The readers of powers, sums, entries and function values know this class alone; the one that knows all kinds of
    pieces, and hands each to its reader, stands above them (see `typed_expressions`).
    """

    is_trial = False
    """Whether the text is a proposal, for which nothing else is proposed."""

    def __init__(self, source: str, scope: Scope, equations: Equations) -> None:
        self.source, self.scope, self.equations = source, scope, equations
        self.remarks: list[Remark] = []
        """How pieces of the text are read that some readers would read otherwise; complete when its node is made."""
        self.numbered: dict[Index, Node] = {}
        """The places that are whole numbers, such as the t − 1 in x[t-1], by the names that stand for them."""

    @abstractmethod
    def infer(self, tree: Syntax) -> Typed:
        """Return the piece with its type; sizes may still be open. Raises LanguageError."""

    @abstractmethod
    def finish(self) -> None:
        """Raise LanguageError if the equations that had to wait have no solution."""

    @abstractmethod
    def construct(self, typed: Typed) -> Node:
        """Return the node of a piece whose sizes are all known. Raises LanguageError."""

    @abstractmethod
    def fitting(self, text: str) -> Type | None:
        """Return the type of what is proposed in place of a piece of the text, or None if it does not fit either."""

    def remarking(self, make: Maker, *readings: Reading) -> Maker:
        """Return the maker, which then also remarks on how its node is read."""

        def made(*operands: Node) -> Node:
            node = make(*operands)
            self.remarks.extend(Remark(reading, node) for reading in readings)
            return node

        return made

    def error(self, message: str, where: Syntax, fit: str | None = None) -> LanguageError:
        """Return the error at this piece of the text."""
        return LanguageError(message, self.source, where.start, where.end, fit)

    def told(self, where: Syntax, given: Type) -> str:
        """Return a piece and its type as half a sentence: `A` is M×N."""
        return f"{self.quoted(where)} {given}"

    def quoted(self, where: Syntax) -> str:
        """Return a piece of the text in backquotes."""
        return repairs.named(repairs.piece(self.source, where))

    def equate(self, left: Size, right: Size, where: Syntax) -> bool:
        """Return whether the sizes can be equal, and make them so."""
        return self.equations.equate(left, right, (self, where))

    def dimension(self, name: str, argument: Syntax) -> Dimension:
        """Return the dimension in dim(…) and its like: a declared size, or a product of such."""
        factors = argument.operands if isinstance(argument, syntax.Product) else (argument,)
        if isinstance(argument, syntax.Product) and set(argument.operators) != {"*"}:
            raise self.error(f"`{name}` takes a size, or a product of sizes", argument)
        found = Dimension(1)
        for factor in factors:
            match factor:
                case syntax.Name() if factor.name in self.scope.sizes:
                    found = found * Dimension.of(factor.name)
                case syntax.Number() if factor.value.denominator == 1 and factor.value >= 1:
                    found = found * Dimension(int(factor.value))
                case syntax.Name():
                    raise unknown.size(self.source, factor, self.scope)
                case _:
                    raise self.error(f"`{name}` takes a size, such as the N of R^N", factor)
        return found
