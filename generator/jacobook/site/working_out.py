"""One entry, worked out: its derivations by both routes with their evidence, and what its claims are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jacobook.algebra.question import Statement
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.differential import derive_differential
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.taylor import taylor
from jacobook.language import LanguageError, parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.site.entry_files import EntryError, comma_hint, line_of
from jacobook.site.entry_model import CollectionEntry, Published
from jacobook.site.pages.executed_example import executed_output
from jacobook.site.pages.worked_example import worked_example
from jacobook.site.plots.constants import PlotError
from jacobook.site.plots.function_plots import plot
from jacobook.site.plots.pattern_figure import pattern_picture
from jacobook.site.plots.picture import Picture
from jacobook.site.worked_entry import (
    CheckedClaim,
    DifferentialPart,
    Part,
    TaylorPart,
    WorkedEntry,
    anchor_of_order,
    heading_of_order,
)
from jacobook.verification import CodeError, check_code, verify
from jacobook.verification.answers.answer_points import UnsoundError
from jacobook.verification.answers.claims import examine, examine_differential
from jacobook.verification.evidence import verify_differential
from jacobook.verification.examination import Evidence
from jacobook.verification.refuted_mistakes import each, refutations, refuted_mistakes
from jacobook.verification.taylor_evidence import verify_taylor

CODE_TOLERANCE = 1e-6
Keys = tuple[int | str, ...]


class Unproved(Exception):
    """A derivation that its evidence does not carry; no page is written for it."""


def work_out(entry: CollectionEntry, path: Path, shown_path: str) -> WorkedEntry:
    """Return the entry worked out and checked.

    Raises EntryError for mathematics that cannot be read (with file, line and column), Refusal where no rule covers the
    derivative, and Unproved where the evidence, the code or a correction of ours disagrees.
    """
    workshop = _Workshop(entry, path)
    if entry.differential:
        differential = workshop.differential()
        found = tuple(workshop.differential_claim(k, differential) for k in range(len(entry.claims)))
        return WorkedEntry(entry, shown_path, (), found, differential)
    parts = [*workshop.main_parts(), *(workshop.case(position) for position in range(len(entry.cases)))]
    claims = tuple(workshop.claim(position, parts) for position in range(len(entry.claims)))
    taylor = workshop.taylor(parts[0])
    return WorkedEntry(entry, shown_path, tuple(parts), claims, None, taylor, workshop.plots(parts[0], taylor))


class _Workshop:
    """The work on one entry; every complaint says where in its file."""

    def __init__(self, entry: CollectionEntry, path: Path) -> None:
        self.entry, self.path = entry, path
        self.warned: set[str] = set()
        """The kinds of common mistakes that the page warns of already: one of a kind is enough."""

    def main_parts(self) -> list[Part]:
        """Return the main derivation, and the second derivative where it is asked for."""
        entry = self.entry
        statement = self._statement(entry.given, entry.expression, entry.wrt, ())
        self._check_assumed(statement)
        try:
            main, *higher = derive_to_order(statement, entry.order)
        except Refusal as refused:
            raise self._refused(refused, ("expression", 0)) from refused
        found = [main if higher else self._told_once(main), *higher]
        return [self._part(*heading_of_order(order, one), one) for order, one in enumerate(found, 1)]

    def _told_once(self, derivation: Derivation) -> Derivation:
        """Return the main derivation without the special cases that are cases of the entry, with their derivations."""
        if not derivation.special_cases:
            return derivation
        derived = [text(found.value) for found in map(self._derived_case, range(len(self.entry.cases))) if found]
        kept = tuple(claim for claim in derivation.special_cases if text(claim.right) not in derived)
        return replace(derivation, special_cases=kept)

    def _derived_case(self, position: int) -> Derivation | None:
        """Return the derivation of a case; None where it has none, which is said where its part is made."""
        entry, case = self.entry, self.entry.cases[position]
        try:
            return derive(
                parse_statement(case.given or entry.given, case.expression or entry.expression, case.wrt or entry.wrt)
            )
        except (LanguageError, Refusal):
            return None

    def case(self, position: int) -> Part:
        """Return the derivation of a case."""
        entry, case = self.entry, self.entry.cases[position]
        keys: Keys = ("cases", position)
        statement = self._statement(
            case.given or entry.given,
            case.expression or entry.expression,
            case.wrt or entry.wrt,
            keys,
            own=(case.given is not None, case.expression is not None, case.wrt is not None),
        )
        try:
            derivation = derive(statement)
        except Refusal as refused:
            raise self._refused(refused, keys) from refused
        return replace(self._part(f"case-{position + 1}", case.title, case.text or "", derivation), case=case)

    def differential(self) -> DifferentialPart:
        """Return the differential in the variables that the entry names."""
        entry = self.entry
        statement = self._statement(entry.given, entry.expression, entry.differential[0], ())
        self._check_assumed(statement)
        declared = {symbol.name: symbol for symbol in statement.declarations}
        for position, name in enumerate(entry.differential):
            if name not in declared:
                line, column = line_of(self.path, ("differential", position))
                raise EntryError(f"{self.path}:{line}:{column}: differential: {name} is not declared under `given`")
        try:
            derivation = derive_differential(statement, [declared[name] for name in entry.differential])
        except Refusal as refused:
            raise self._refused(refused, ("expression", 0)) from refused
        return DifferentialPart(derivation, self._proved(verify_differential(derivation), ""))

    def differential_claim(self, position: int, part: DifferentialPart) -> CheckedClaim:
        """Return a claim about a differential, with what was found about it."""
        published = self.entry.claims[position]
        try:
            finding = examine_differential(part.derivation, published.formula)
        except LanguageError as error:
            raise EntryError(self._located(error, ("claims", position, "formula"))) from error
        except Refusal as refused:
            raise self._refused(refused, ("claims", position, "formula")) from refused
        return self._corrected(CheckedClaim(published, finding), position)

    def taylor(self, main: Part) -> TaylorPart | None:
        """Return the Taylor polynomials that the entry asks for."""
        asked = self.entry.taylor
        if asked is None:
            return None
        try:
            at = parse_expression(asked.at, ())
            expansion = taylor(main.statement, at, asked.degree)
        except LanguageError as error:
            raise EntryError(self._located(error, ("taylor", "at"))) from error
        except Refusal as refused:
            raise self._refused(refused, ("taylor",)) from refused
        return TaylorPart(expansion, self._proved(verify_taylor(expansion), "Taylor polynomials: "))

    def plots(self, main: Part, expanded: TaylorPart | None) -> tuple[Picture, ...]:
        """Return the pictures that the entry asks for; the function says of which kind."""
        asked = self.entry.plot
        if asked is None:
            return ()
        try:
            picture = plot(main.derivation, expanded.expansion if expanded is not None else None, asked)
        except PlotError as error:
            line, column = line_of(self.path, ("plot", *error.field))
            name = ".".join(("plot", *error.field))
            raise EntryError(f"{self.path}:{line}:{column}: {name}: {error}") from error
        return (picture,)

    def claim(self, position: int, parts: Sequence[Part]) -> CheckedClaim:
        """Return a claim with what was found about it."""
        published = self.entry.claims[position]
        keys: Keys = ("claims", position)
        try:
            derivation, target = self._judged_against(published, position, parts)
            finding = examine(derivation, published.formula, target)
        except LanguageError as error:
            field = {"answer": "formula", "target": "target"}.get(error.origin, error.origin)
            raise EntryError(self._located(error, (*keys, field))) from error
        except (Refusal, UnsoundError) as refused:
            raise self._refused(Refusal(str(refused)), keys) from refused
        return self._corrected(CheckedClaim(published, finding), position)

    def _corrected(self, claim: CheckedClaim, position: int) -> CheckedClaim:
        """Return the claim. Raises Unproved for a correction of ours that does not hold either."""
        if claim.published.reading == "corrected" and not claim.finding.agrees:
            line, column = line_of(self.path, ("claims", position))
            raise Unproved(f"{self.path}:{line}:{column}: the correction {claim.published.formula} disagrees itself")
        return claim

    def _proved(self, evidence: Evidence, where: str) -> dict[str, Any]:
        """Return the evidence as plain data. Raises Unproved where something failed."""
        if evidence.verdict == "unchecked":
            why = evidence.why or "nothing could be compared"
            raise Unproved(f"{self.path}: {where}the derivation could not be checked: {why}")
        if not evidence.passed:
            failures = "\n".join(evidence.failures)
            raise Unproved(f"{self.path}: {where}the derivation fails its checks:\n{failures}")
        return evidence.as_dict()

    def _judged_against(self, published: Published, position: int, parts: Sequence[Part]) -> tuple[Derivation, str]:
        """Return the derivation that a claim is about, and its target in it."""
        entry = self.entry
        if published.given or published.expression or published.wrt:
            statement = self._statement(
                published.given or entry.given,
                published.expression or entry.expression,
                published.wrt or entry.wrt,
                ("claims", position),
                own=(published.given is not None, published.expression is not None, published.wrt is not None),
            )
            return derive(statement, both=False), published.target
        if published.target == "hessian":
            found = next((part for part in parts if part.anchor == anchor_of_order(2)), None)
            if found is None:
                raise LanguageError("there is no second derivative: add `order: 2`", "hessian", 0, 7, origin="target")
            return found.derivation, "result"
        anchor = "" if published.case is None else f"case-{published.case}"
        return next(part.derivation for part in parts if part.anchor == anchor), published.target

    def _part(self, anchor: str, title: str, text: str, derivation: Derivation) -> Part:
        where = f"{title}: " if title else ""
        evidence = self._proved(verify(derivation), where)
        code = numpy_source(derivation)
        deviation = check_code(code, derivation)
        if not deviation <= CODE_TOLERANCE:
            raise Unproved(f"{self.path}: {where}the NumPy code is off by a relative error of {deviation:.2g}")
        try:
            example = worked_example(derivation, code, executed_output)
        except CodeError as error:
            raise Unproved(f"{self.path}: {where}{error}") from error
        name = f"{self.entry.slug}-{anchor or 'main'}-pattern"
        mistakes = refuted_mistakes(derivation, self.warned)
        self.warned |= {refuted.mistake.slug for refuted in each(mistakes)}
        evidence["mistakes"] = refutations(mistakes)
        return Part(
            anchor, title, text, derivation, evidence, code, example, pattern_picture(derivation, prefix=name), mistakes
        )

    def _statement(
        self,
        given: Sequence[str],
        expression: Sequence[str],
        wrt: str | None,
        keys: Keys,
        own: tuple[bool, bool, bool] = (True, True, True),
    ) -> Statement:
        """Return the statement; `own` says which of the three texts stand under `keys`, not at the top of the entry."""
        try:
            return parse_statement(given, expression, wrt)
        except LanguageError as error:
            name, _, rest = error.origin.partition("[")
            key, is_own = {"given": ("given", own[0]), "wrt": ("wrt", own[2])}.get(name, ("expression", own[1]))
            place: Keys = (*(keys if is_own else ()), key)
            raise EntryError(self._located(error, (*place, int(rest[:-1])) if rest else place)) from error

    def _check_assumed(self, statement: Statement) -> None:
        declared = {symbol.name: symbol.properties for symbol in statement.declarations}
        declared |= {function.name: function.properties for function in statement.functions}
        for position, assumed in enumerate(self.entry.assumed):
            properties = declared.get(assumed.symbol)
            line, column = line_of(self.path, ("assumed", position, "symbol"))
            where = f"{self.path}:{line}:{column}: assumed"
            if properties is None:
                raise EntryError(f"{where}: {assumed.symbol} is not declared under `given`")
            if assumed.property not in properties:
                raise EntryError(f"{where}: declare {assumed.symbol} as {assumed.property} under `given` too")

    def _refused(self, refused: Refusal, keys: Keys) -> Refusal:
        line, column = line_of(self.path, keys)
        return Refusal(f"{self.path}:{line}:{column}: refused: {refused}")

    def _located(self, error: LanguageError, keys: Keys) -> str:
        """Return the message with its place in the file: that of the text, then the place in the text."""
        line, column = line_of(self.path, keys)
        source = self.path.read_text(encoding="utf-8").splitlines()[line - 1]
        offset = source.find(error.source, column - 1)  # a quoted or folded text stands elsewhere
        place = offset + error.column if offset >= 0 and error.line == 1 else column
        picture = error.render().partition("\n")[2]
        return f"{self.path}:{line}:{place}: {error.message}{comma_hint(self.path, keys)}\n{picture}"
