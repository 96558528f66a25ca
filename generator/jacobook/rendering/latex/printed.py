r"""An expression as LaTeX before it is text: terms of factors, and what the factors hold inside.

This is what a reader sees: a product within a product is no group where its parentheses are left out. Two lines of a
derivation are compared in this form, marks and shapes are put into it, and `text` is made last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from jacobook.algebra.display.parentheses import Level

_MARK = r"\class{changed}{"
_FENCES = ("(", r"\lvert", r"\lVert", ".")
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+$")


@dataclass(frozen=True, eq=False)
class Brace:
    r"""What stands around factors that share a shape: `\underbrace{`, and what closes it with the shape."""

    opening: str
    closing: str


@dataclass(frozen=True, eq=False)
class PrintedFactor:
    """A factor with its scripts: a name or a number, or something with expressions inside."""

    parts: tuple[str | Printed, ...]
    kind: str = ""
    """What holds the expressions inside together: a fence, a fraction, a root; empty for a name or a number."""
    scripts: str = ""
    is_called: bool = False
    """Whether the first part is the name of a function, with its argument in fences behind it."""
    grows: bool = False
    """Whether it is taller than a line by itself, such as a fraction."""
    before: str = ""
    """What stands between it and the factor before it in its term: a space, or the sign of an operation."""
    brace: Brace | None = None

    @cached_property
    def text(self) -> str:
        """Return the factor as LaTeX, without what stands before it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts) + self.scripts

    @property
    def name(self) -> str:
        """Return the name of the function whose value it is; where it is none, nothing."""
        return str(self.parts[0]) if self.is_called else ""

    @property
    def is_fenced(self) -> bool:
        """Return whether it is an expression between fences, not the value of a function."""
        return self.kind in _FENCES and not self.is_called

    @cached_property
    def rows(self) -> list[Printed]:
        """Return the expressions inside."""
        return [part for part in self.parts if isinstance(part, Printed)]

    @cached_property
    def is_tall(self) -> bool:
        """Return whether a fence around it has to grow."""
        return self.grows or any(row.is_tall for row in self.rows)

    def inner(self) -> Iterator[PrintedFactor]:
        """Yield the factors of all terms inside, at every depth."""
        for row in self.rows:
            for factor in row.factors():
                yield factor
                yield from factor.inner()

    @cached_property
    def weight(self) -> int:
        """Return how many names and numbers it consists of."""
        return sum(not factor.rows for factor in self.inner()) or 1


@dataclass(frozen=True, eq=False)
class PrintedTerm:
    """A term of a sum: whether it has a minus, and its factors."""

    minus: bool
    factors: tuple[PrintedFactor, ...]


@dataclass(frozen=True, eq=False)
class Marks:
    """What is new in a line: whole factors, names of functions, signs of terms."""

    factors: set[PrintedFactor]
    names: set[PrintedFactor]
    signs: set[PrintedTerm]


_NOTHING_NEW = Marks(set(), set(), set())


@dataclass(frozen=True, eq=False)
class Printed:
    """An expression as it is printed, and how tightly it holds together."""

    terms: tuple[PrintedTerm, ...]
    level: Level

    @cached_property
    def text(self) -> str:
        """Return the expression as LaTeX."""
        return self.marked(_NOTHING_NEW)

    @cached_property
    def is_tall(self) -> bool:
        """Return whether parentheses around it have to grow."""
        return any(factor.is_tall for factor in self.factors())

    @property
    def begins_with_minus(self) -> bool:
        """Return whether the first term has a minus."""
        return self.terms[0].minus

    @property
    def is_negative(self) -> bool:
        """Return whether it is a negated product: its minus can be the minus of a sum."""
        return self.level >= Level.OPEN and self.begins_with_minus

    def factors(self) -> Iterator[PrintedFactor]:
        """Yield the factors of all terms."""
        for term in self.terms:
            yield from term.factors

    def marked(self, marks: Marks) -> str:
        r"""Return the expression as LaTeX, with marks around what is new: `\class{changed}{…}`."""
        written = ""
        for term in self.terms:
            sign = "-" if term.minus else "+" if written else ""
            if sign:
                sign = f"{_MARK}{sign}}}" if term in marks.signs else sign
                sign = f" {sign} " if written else sign
            written += sign + _term_text(term, marks)
        return written

    def copy(self) -> Printed:
        """Return the same expression in factors of its own, so that each of them stands for one place only."""
        return Printed(
            tuple([PrintedTerm(term.minus, tuple(map(_copied, term.factors))) for term in self.terms]), self.level
        )


def _copied(factor: PrintedFactor) -> PrintedFactor:
    parts = tuple([part.copy() if isinstance(part, Printed) else part for part in factor.parts])
    return PrintedFactor(
        parts, factor.kind, factor.scripts, factor.is_called, factor.grows, factor.before, factor.brace
    )


def _term_text(term: PrintedTerm, marks: Marks) -> str:
    """Return the factors of a term; neighbours that are new share a mark, unless a brace ends between them."""
    written = ""
    around = (None, *term.factors, None)
    for place, factor in enumerate(term.factors):
        left, right = around[place], around[place + 2]
        begins = left is None or left.brace is not factor.brace
        ends = right is None or right.brace is not factor.brace
        if factor in marks.factors:
            text = factor.text if not begins and left in marks.factors else _MARK + factor.text
            text = text if not ends and right in marks.factors else text + "}"
        else:
            text = _factor_text(factor, marks)
        if factor.brace:
            text = (factor.brace.opening if begins else "") + text + (factor.brace.closing if ends else "")
        written += _before(left, factor) + text
    return written


def _before(left: PrintedFactor | None, factor: PrintedFactor) -> str:
    """Return what stands before a factor; a space where its letter would run into a command."""
    runs_on = left is not None and factor.text[:1].isalpha() and _COMMAND_AT_END.search(left.text)
    return factor.before or (" " if runs_on else "")


def _factor_text(factor: PrintedFactor, marks: Marks) -> str:
    parts = [part if isinstance(part, str) else part.marked(marks) for part in factor.parts]
    if factor in marks.names:
        parts[0] = _MARK + parts[0] + "}"
    return "".join(parts) + factor.scripts


# --- Made of parts ----------------------------------------------------------------------------------------------------


def of_factors(factors: Iterable[PrintedFactor], level: Level, minus: bool = False) -> Printed:
    """Return one term."""
    return Printed((PrintedTerm(minus, tuple(factors)),), level)


def one(level: Level, *parts: str | Printed, kind: str = "", scripts: str = "", grows: bool = False) -> Printed:
    """Return an expression of one factor."""
    return of_factors([PrintedFactor(parts, kind, scripts, grows=grows)], level)


def joined(level: Level, *parts: tuple[str, Printed], minus: bool = False) -> Printed:
    """Return single terms as one, each with what stands before it; the first may bring a minus along."""
    factors: list[PrintedFactor] = []
    for before, part in parts:
        (term,) = part.terms
        first, *others = term.factors
        factors += [replace(first, before=before), *others]
    return of_factors(factors, level, minus or parts[0][1].begins_with_minus)


def fenced(inside: Printed, left: str, right: str, name: str = "", scripts: str = "", space: str = " ") -> Printed:
    """Return an expression between two fences, which grow where it is tall; after the name of a function, its value."""
    opening, closing = (rf"\left{left}", rf"\right{right}") if inside.is_tall else (left, right)
    parts: tuple[str | Printed, ...] = (f"{opening}{space}", inside, f"{space}{closing}")
    factor = PrintedFactor((name, *parts) if name else parts, left, scripts, bool(name))
    return of_factors([factor], Level.ATOM)


def parenthesised(inside: Printed, name: str = "", scripts: str = "") -> Printed:
    """Return an expression in parentheses; after the name of a function, its value."""
    return fenced(inside, "(", ")", name, scripts, space="")


def unfenced(outside: Printed) -> Printed:
    """Return what stands alone in parentheses without them, where something else holds it together: a bar."""
    (term, *others) = outside.terms
    (factor, *rest) = term.factors
    bare = factor.kind == "(" and factor.is_fenced and not factor.scripts and not (others or rest or term.minus)
    return factor.rows[0] if bare else outside


def wrapped(inside: Printed, least: Level, minus: bool = True) -> Printed:
    """Return an expression, in parentheses where it is too loose or has a minus that may not stand."""
    return parenthesised(inside) if inside.level < least or (inside.begins_with_minus and not minus) else inside


def with_script(base: Printed, script: str, grows: bool = False) -> Printed:
    """Return an expression whose last factor has one more script."""
    (term,) = base.terms
    *others, last = term.factors
    last = replace(last, scripts=last.scripts + script, grows=last.grows or grows)
    return of_factors([*others, last], Level.SCRIPTED, term.minus)


def with_sign(inside: Printed, minus: bool, level: Level | None = None) -> Printed:
    """Return an expression whose first term has a minus, or none."""
    first, *others = inside.terms
    return Printed((replace(first, minus=minus), *others), inside.level if level is None else level)
