"""What is wrong in an entry of a collection while it is typed: its fields, its statements, formulas of others."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import yaml

from jacobook.calculus.derivation import Derivation
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, parse_statement
from jacobook.notes.faults import Fault
from jacobook.notes.marked_work import FencePlaces, keys_of_origin
from jacobook.site.entry_files import PATTERNS
from jacobook.site.entry_model import CollectionEntry
from jacobook.verification.answers.answer_points import UnsoundError
from jacobook.verification.answers.claims import examine
from jacobook.yaml_fields import FieldError, Keys, fields_in, mapping_in


def entry_faults(text: str) -> list[Fault]:
    """Return what is wrong in the text of an entry.

    Formulas of others are read; what they are worth is said by the build, since it fails none.
    """
    says = f"an entry is a mapping with {', '.join(CollectionEntry.model_fields)}"
    try:
        root, _ = mapping_in(text, says)
        entry = fields_in(text, CollectionEntry, CollectionEntry, says, PATTERNS)
    except FieldError as error:
        return [Fault(max(f.line, 1), max(f.column, 1), "input", f.message) for f in error.faults]
    try:
        return list(_EntryReading(text, root, entry).faults())
    except RecursionError:
        return [Fault(1, 1, "input", "this is nested too deeply")]


class _EntryReading:
    """One entry, read statement by statement."""

    def __init__(self, text: str, root: yaml.Node | None, entry: CollectionEntry) -> None:
        self.entry, self.places = entry, FencePlaces(text, root)

    def faults(self) -> Iterator[Fault]:
        entry = self.entry
        wrt = entry.differential[0] if entry.differential else entry.wrt
        derivation = yield from self._statement((), entry.given, entry.expression, wrt)
        for position, case in enumerate(entry.cases):
            yield from self._statement(
                ("cases", position),
                case.given or entry.given,
                case.expression or entry.expression,
                case.wrt or entry.wrt,
            )
        if derivation is not None and not entry.differential:
            yield from self._claims(derivation)

    def _statement(
        self, above: Keys, given: Sequence[str], expression: Sequence[str], wrt: str | None
    ) -> Generator[Fault, None, Derivation | None]:
        try:
            statement = parse_statement(given, expression, wrt)
            return derive_to_order(statement, 1 if above else self.entry.order)[-1]
        except LanguageError as error:
            yield self.places.fault((*above, *_item_of(error.origin)), error)
        except Refusal as refused:
            line, column = self.places.of((*above, "expression", 0))
            yield Fault(line, column, "refused", str(refused))
        return None

    def _claims(self, derivation: Derivation) -> Iterator[Fault]:
        for position, claim in enumerate(self.entry.claims):
            own = claim.given or claim.expression or claim.wrt or claim.case
            if own or self.entry.order > 1:
                continue
            keys: Keys = ("claims", position, "formula")
            try:
                examine(derivation, claim.formula, claim.target)
            except LanguageError as error:
                yield self.places.fault((*keys[:-1], "target") if error.origin == "target" else keys, error)
            except (Refusal, UnsoundError) as refused:
                line, column = self.places.of(keys)
                yield Fault(line, column, "refused", str(refused))


def _item_of(origin: str) -> Keys:
    """Return where a part of a statement stands: `given[1]` is the second item of `given`."""
    name, _, rest = origin.partition("[")
    return ("given", int(rest[:-1])) if name == "given" and rest else keys_of_origin(origin)
