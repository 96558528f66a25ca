"""The entries of a collection, derived and checked, for what is printed of them: a book, a deck of cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jacobook.algebra import build
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Statement
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.differential import DifferentialDerivation, derive_differential
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, parse_statement
from jacobook.rendering.outline import title_of_order
from jacobook.site.entry_files import EntryError, check_cited, line_of, read_entry, read_works
from jacobook.site.entry_model import CollectionEntry, Source, Work
from jacobook.verification.evidence import verify, verify_differential

BUILT_IN_ENTRIES = Path(__file__).resolve().parent.parent / "collection"
WORKS_FILE = "sources.yaml"


@dataclass(frozen=True, slots=True)
class DerivedPart:
    """One derivation of an entry with its evidence, and what it is called there; nothing for the main one."""

    title: str
    derivation: Derivation
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DerivedEntry:
    """An entry with its derivations: of a derivative, or of a differential."""

    entry: CollectionEntry
    sources: tuple[str, ...]
    parts: tuple[DerivedPart, ...]
    differential: DifferentialDerivation | None = None

    @property
    def statement(self) -> Statement:
        """Return what is asked."""
        return self.differential.statement if self.differential else self.parts[0].derivation.statement

    @property
    def equation(self) -> tuple[Node, Node]:
        """Return what is found, as the two sides of an equation."""
        statement = self.statement
        if self.differential is not None:
            return build.differential(statement.function), self.differential.value
        return build.partial(statement.function, statement.wrt, total=True), self.parts[0].derivation.value


def own_or_built_in(folder: Path | None) -> Path:
    """Return the folder of entries: the one that is named, else `collection/` here, else the built-in one."""
    here = Path("collection")
    return folder or (here if here.is_dir() else BUILT_IN_ENTRIES)


def derived_collection(folder: Path) -> Iterator[DerivedEntry]:
    """Yield the entries of a folder, derived and checked, in the order of their files. Raises EntryError."""
    if not folder.is_dir():
        raise EntryError(f"{folder}: there is no such folder of entries")
    works = read_works(BUILT_IN_ENTRIES / WORKS_FILE) | read_works(folder / WORKS_FILE)
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.name != WORKS_FILE)
    if not paths:
        raise EntryError(f"{folder}: there are no entries")
    for path in paths:
        entry = read_entry(path)
        check_cited(path, entry, works)
        try:
            yield _derived(entry, works)
        except LanguageError as error:
            name, _, _ = error.origin.partition("[")
            line, column = line_of(path, (name if name in ("given", "wrt") else "expression",))
            raise EntryError(f"{path}:{line}:{column}: {error.message}") from error
        except Refusal as refused:
            raise EntryError(f"{path}:1:1: {refused}") from refused
        except _Unsound as unsound:
            raise EntryError(
                f"{path}:1:1: the derivation fails its own check; please report it: {unsound}"
            ) from unsound


class _Unsound(Exception):
    """A derivation that fails its own check."""


def _derived(entry: CollectionEntry, works: dict[str, Work]) -> DerivedEntry:
    sources = tuple(_cited(source, works) for source in entry.sources)
    if entry.differential:
        statement = parse_statement(entry.given, entry.expression, entry.differential[0])
        declared = {symbol.name: symbol for symbol in statement.declarations}
        found = derive_differential(statement, [declared[name] for name in entry.differential if name in declared])
        _sound(verify_differential(found).as_dict())
        return DerivedEntry(entry, sources, (), found)
    statement = parse_statement(entry.given, entry.expression, entry.wrt)
    orders = enumerate(derive_to_order(statement, entry.order), 1)
    parts = [_part(title_of_order(order), one) for order, one in orders]
    for case in entry.cases:
        given, expression = case.given or entry.given, case.expression or entry.expression
        parts.append(_part(case.title, derive(parse_statement(given, expression, case.wrt or entry.wrt))))
    return DerivedEntry(entry, sources, tuple(parts))


def _part(title: str, derivation: Derivation) -> DerivedPart:
    return DerivedPart(title, derivation, _sound(verify(derivation).as_dict()))


def _sound(evidence: dict[str, Any]) -> dict[str, Any]:
    if evidence["verdict"] == "failed":
        raise _Unsound(" ".join(evidence["failures"]))
    return evidence


def _cited(source: Source, works: dict[str, Work]) -> str:
    """Return a source in words: `Mathematics for Machine Learning, Exercise 5.7 a`."""
    name = source.name if source.book is None else works[source.book].title
    return ", ".join(filter(None, [name, source.number]))
