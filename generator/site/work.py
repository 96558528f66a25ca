"""One entry, worked out: its statement, its derivation by both routes, the evidence, and the figures of its page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.algebra.statement import Statement
from generator.calculus.derivation import Derivation
from generator.calculus.derive import derive
from generator.calculus.refusal import Refusal
from generator.language import LanguageError, parse_statement
from generator.rendering.numpy_code import numpy_source
from generator.site.entries import Entry, EntryError, line_of
from generator.verification import check_code, verify

CODE_TOLERANCE = 1e-6


class Unproved(Exception):
    """A derivation that its evidence does not carry; no page is written for it."""


@dataclass(frozen=True, slots=True)
class Worked:
    """An entry with everything that its page shows."""

    entry: Entry
    path: str
    """The file of the entry, below the folder of the collection."""
    statement: Statement
    derivation: Derivation
    evidence: dict[str, Any]
    code: str


def work_out(entry: Entry, path: Path, shown_path: str) -> Worked:
    """Return the entry worked out and checked.

    Raises EntryError for mathematics that cannot be read (with file, line and column), Refusal where no rule covers the
    derivative, and Unproved where the evidence or the code disagrees.
    """
    try:
        statement = parse_statement(entry.given, entry.expression, entry.wrt)
    except LanguageError as error:
        raise EntryError(_located(error, path)) from error
    _check_assumed(entry, statement, path)
    try:
        derivation = derive(statement)
    except Refusal as refused:
        line, column = line_of(path, ("expression", 0))
        raise Refusal(f"{path}:{line}:{column}: refused: {refused}") from refused
    evidence = verify(derivation)
    if not evidence.passed:
        raise Unproved(f"{path}: the derivation does not stand its checks:\n" + "\n".join(evidence.failures))
    code = numpy_source(derivation)
    deviation = check_code(code, derivation)
    if not deviation <= CODE_TOLERANCE:
        raise Unproved(f"{path}: the NumPy code is off by a relative error of {deviation:.2g}")
    return Worked(entry, shown_path, statement, derivation, evidence.as_dict(), code)


def _check_assumed(entry: Entry, statement: Statement, path: Path) -> None:
    declared = {symbol.name: symbol for symbol in statement.declarations}
    for position, assumed in enumerate(entry.assumed):
        symbol = declared.get(assumed.symbol)
        line, column = line_of(path, ("assumed", position, "symbol"))
        if symbol is None:
            raise EntryError(f"{path}:{line}:{column}: assumed: {assumed.symbol} is not declared under `given`")
        if assumed.property not in symbol.properties:
            raise EntryError(
                f"{path}:{line}:{column}: assumed: declare {assumed.symbol} as {assumed.property} under `given` too"
            )


def _located(error: LanguageError, path: Path) -> str:
    """Return the message with the place in the file: the list item the text stands in, then the place in the text."""
    name, _, rest = error.origin.partition("[")
    key = {"given": "given", "expr": "expression", "wrt": "wrt"}.get(name, "expression")
    keys: tuple[int | str, ...] = (key, int(rest[:-1])) if rest else (key,)
    line, column = line_of(path, keys)
    source = path.read_text(encoding="utf-8").splitlines()[line - 1]
    offset = source.find(error.source, column - 1)  # a quoted or folded text stands elsewhere
    place = offset + error.column if offset >= 0 and error.line == 1 else column
    picture = error.render().partition("\n")[2]
    return f"{path}:{line}:{place}: {error.message}\n{picture}"
