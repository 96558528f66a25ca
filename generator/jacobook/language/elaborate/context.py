"""What the readers of the pieces of one text have in common: the text, its names, the equations between its sizes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import TypeVar

from jacobook.algebra.dimensions import why_impossible
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.question import Reading, Remark
from jacobook.algebra.shapes import Dimension
from jacobook.language import syntax
from jacobook.language.elaborate.scope import Scope, Typed
from jacobook.language.errors import repairs
from jacobook.language.errors import unknown_names as unknown
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import Maker
from jacobook.language.size_inference import Equations, Size, Type, resolve
from jacobook.language.syntax import Syntax

T = TypeVar("T")


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
        self.short_indices: set[str] = set()
        """The indices of sums that may end before the last place of an array."""
        self.last_place: Dimension | None = None
        """What `end` stands for, within the brackets behind an array."""

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

    def number_along(self, axis: Size) -> Dimension | None:
        """Return how many places an axis has, None where nothing has told that yet."""
        found = resolve(axis)
        return found if isinstance(found, Dimension) else None

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

    def among(self, size: Size | None, what: Callable[[], T]) -> T:
        """Return what is read of a place among so many, the last of which is `end`. Raises LanguageError."""
        found = None if size is None else resolve(size)
        self.last_place = found if isinstance(found, Dimension) else None
        try:
            return what()
        finally:
            self.last_place = None

    def dimension(self, name: str, argument: Syntax) -> Dimension:
        """Return the dimension in dim(…) and its like: a declared size, or a sum or product of such."""
        found = self._dimension(name, argument)
        if (why := why_impossible(found)) is not None:
            raise self.error(f"{why}: a size is a whole number, 1 or more", argument)
        return found

    def _dimension(self, name: str, argument: Syntax) -> Dimension:
        match argument:
            case syntax.Name() if argument.name in self.scope.sizes:
                return Dimension.of(argument.name)
            case syntax.Number() if argument.value.denominator == 1 and argument.value >= 1:
                return Dimension(int(argument.value))
            case syntax.Name(name=syntax.LAST) if self.last_place is not None:
                return self.last_place
            case syntax.Name():
                raise unknown.size(self.source, argument, self.scope)
            case syntax.Sum():
                parts = [self._dimension(name, operand) for operand in argument.operands]
                found = parts[0]
                for sign, part in zip(argument.operators, parts[1:], strict=True):
                    found = found + part if sign == "+" else found - part
                return found
            case syntax.Product() if set(argument.operators) <= {"*", "/"}:
                return self._product_of_sizes(name, argument)
            case syntax.Powered(exponent=syntax.Number() as power) if power.value in range(1, 9):
                return reduce(mul, [self._dimension(name, argument.base)] * int(power.value))
            case syntax.Product():
                raise self.error(f"`{name}` takes a size, or sums and products of sizes", argument)
        raise self.error(f"`{name}` takes a size, such as the N of R^N", argument)

    def _product_of_sizes(self, name: str, tree: syntax.Product) -> Dimension:
        found = self._dimension(name, tree.operands[0])
        for operator, factor in zip(tree.operators, tree.operands[1:], strict=True):
            if operator == "*":
                found = found * self._dimension(name, factor)
            elif isinstance(factor, syntax.Number) and factor.value.denominator == 1 and factor.value >= 1:
                found = found.over(int(factor.value))
            else:
                raise self.error("a size is divided by a whole number, as in `N*(N+1)/2`", factor)
        return found
