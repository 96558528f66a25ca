"""The LaTeX of an expression read back as terms, factors and groups, each with its place in the source.

It reads what the printers of this room write. Two lines of a derivation are compared in this form, since it is what a
reader sees: a product within a product is no group where the printer leaves out its parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from jacobook.algebra.elementwise import ELEMENTWISE

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|\s+|.", re.DOTALL)
_SEPARATORS = frozenset((r"\,", r"\;", r"\!", r"\cdot", r"\odot", r"\oslash", r"\otimes", r"\ast", ",", "="))
_CLOSING = {"(": ")", r"\lVert": r"\rVert", r"\lvert": r"\rvert"}
_ENDS = frozenset(("}", ")", r"\rVert", r"\rvert", r"\right", "&", r"\\", r"\end"))
_FUNCTIONS = frozenset((r"\det", *(rf"\{row.name}" for row in ELEMENTWISE.values() if row.tex)))
_OPEN_ARGUMENT = frozenset((r"\sqrt", r"\boxed", r"\hphantom"))
SHAPED = r"\class{shaped}{\underbrace{"
_DIFFERENTIAL = r"\mathrm{d}"


class LatexSyntaxError(Exception):
    """The source is not what the printers write; the message says where."""


@dataclass(eq=False, slots=True)
class Term:
    """A term of a sum: its sign (where one is printed) and its factors."""

    sign: str
    place: int
    """Where the sign stands."""
    factors: list[Factor]

    @property
    def text(self) -> str:
        """Return the factors as they are printed, without what stands between them."""
        return " ".join(factor.text for factor in self.factors)


Row = list[Term]


@dataclass(eq=False)
class Factor:
    """A printed factor with its scripts: a name or a number, or something with rows of terms inside."""

    start: int
    end: int
    text: str
    head: str = ""
    """What holds the rows together: the name of a function, a fence, a fraction; and the scripts."""
    rows: list[Row] = field(default_factory=list)
    name_end: int = 0
    """Where the name of a function ends, if it has its argument in parentheses."""
    brace: int = -1
    """Where the brace starts that shows the shape of this factor."""

    @property
    def name(self) -> str:
        """Return the name of the function whose value it is; where it is none, nothing."""
        return self.text[: self.name_end - self.start] if self.name_end else ""

    @property
    def has_scripts(self) -> bool:
        """Return whether something stands above or below what it holds together."""
        return not self.head.endswith(tuple(_CLOSING))

    def inner(self) -> Iterator[Factor]:
        """Yield the factors of all terms inside, at every depth."""
        for row in self.rows:
            for term in row:
                for factor in term.factors:
                    yield factor
                    yield from factor.inner()

    @cached_property
    def weight(self) -> int:
        """Return how many names and numbers it consists of."""
        return sum(not factor.rows for factor in self.inner()) or 1


def parse(source: str) -> Row:
    """Return the terms of a formula. Raises LatexSyntaxError for LaTeX that no printer here writes."""
    reader = _Reader(source)
    row = reader.row()
    if reader.place < len(source):
        raise LatexSyntaxError(f"{source[reader.place :]!r} in {source!r}")
    return row


class _Reader:
    def __init__(self, source: str) -> None:
        self.source, self.place = source, 0

    def peek(self) -> str:
        found = _TOKEN.match(self.source, self.place)
        return found.group() if found else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise LatexSyntaxError(f"{expected or 'more'} expected at {self.place} in {self.source!r}")
        self.place += len(token)
        return token

    def skip_spaces(self) -> None:
        while self.peek().isspace() or self.peek() in _SEPARATORS:
            self.take()

    def row(self) -> Row:
        terms: Row = []
        term = Term("", self.place, [])
        while True:
            self.skip_spaces()
            token = self.peek()
            if not token or token in _ENDS:
                break
            if token in ("+", "-"):
                if term.factors or term.sign:
                    terms.append(term)
                term = Term(token, self.place, [])
                self.take()
            elif self.source.startswith(SHAPED, self.place):
                term.factors += self.shaped()
            else:
                term.factors.append(self.factor())
        return [*terms, term] if term.factors or term.sign else terms

    def shaped(self) -> list[Factor]:
        """Return the factors above a brace that shows a shape; a sum above it is one factor."""
        start = self.place
        self.place += len(SHAPED)
        inside = self.place
        row = self.row()
        end = self.place
        self.take("}")
        self.scripts()
        self.take("}")
        if len(row) == 1 and not row[0].sign:
            for factor in row[0].factors:
                factor.brace = start
            return row[0].factors
        return [Factor(inside, end, self.source[inside:end], "sum", [row], brace=start)]

    def argument(self) -> str:
        """Read an argument in braces, or a script of one token, without looking inside."""
        start = self.place
        if self.peek() == "{":
            depth = 0
            while True:
                token = self.take()
                depth += (token == "{") - (token == "}")
                if not depth:
                    return self.source[start : self.place]
        return self.take()

    def scripts(self) -> str:
        start = self.place
        while self.peek() in ("^", "_"):
            self.take()
            self.argument()
        return self.source[start : self.place]

    def braced_row(self) -> Row:
        self.take("{")
        row = self.row()
        self.take("}")
        return row

    def factor(self) -> Factor:
        start = self.place
        token = self.peek()
        if self.source.startswith(_DIFFERENTIAL, start):
            return self.differential(start)
        head, rows = "", list[Row]()
        if token in _CLOSING or token == r"\left":
            head, rows = self.fenced()
        elif token == r"\begin":
            head, rows = self.array()
        elif token == r"\frac" and not self.is_derivative():
            self.take()
            head, rows = token, [self.braced_row(), self.braced_row()]
        elif token in _OPEN_ARGUMENT:
            self.take()
            head, rows = token, [self.braced_row()]
        elif token in _FUNCTIONS or token == r"\operatorname":
            return self.call(start)
        elif token == r"\underbrace":
            self.take()
            head, rows = token, [self.braced_row()]
        else:
            self.read_name()
        head += self.scripts()
        return Factor(start, self.place, self.source[start : self.place], head if rows else "", rows)

    def is_derivative(self) -> bool:
        """Return whether the fraction that starts here is ∂f/∂x or d/dx, which is one name."""
        start = self.place
        self.take()
        self.argument()
        below = self.argument()
        self.place = start
        return below.startswith((r"{\partial", "{" + _DIFFERENTIAL))

    def read_name(self) -> None:
        """Read a letter, a number, or a command with its arguments."""
        token = self.take()
        while token.startswith("\\") and self.peek() == "{":
            self.argument()

    def call(self, start: int) -> Factor:
        self.read_name()
        self.scripts()
        return self.applied(start)

    def applied(self, start: int) -> Factor:
        """Return the name that ends here as a factor, with the argument in fences that may follow it."""
        name_end = self.place
        name = self.source[start:name_end]
        if self.peek() not in _CLOSING and self.peek() != r"\left":
            return Factor(start, name_end, name)
        head, rows = self.fenced()
        head = name + head + self.scripts()
        return Factor(start, self.place, self.source[start : self.place], head, rows, name_end)

    def differential(self, start: int) -> Factor:
        self.place += len(_DIFFERENTIAL)
        if self.peek() in _CLOSING or self.peek() == r"\left":
            return self.applied(start)
        inside = self.factor()
        rows = [[Term("", inside.start, [inside])]] if inside.rows else []
        return Factor(start, self.place, self.source[start : self.place], _DIFFERENTIAL if rows else "", rows)

    def fenced(self) -> tuple[str, list[Row]]:
        grows = self.peek() == r"\left"
        if grows:
            self.take()
        opening = self.take()
        row = self.row()
        if grows:
            self.take(r"\right")
            self.take()
        else:
            self.take(_CLOSING[opening])
        return opening, [row]

    def array(self) -> tuple[str, list[Row]]:
        """Return the cells of a matrix; two of the same size have the same head."""
        self.take()
        head = self.argument()
        rows = [self.row()]
        while self.peek() in ("&", r"\\"):
            head += self.take()
            rows.append(self.row())
        self.take(r"\end")
        self.argument()
        return head, rows
