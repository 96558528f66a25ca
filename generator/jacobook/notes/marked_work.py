"""What is marked in a note, worked out: its derivation with the evidence, and every fault in it, with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Reading, Statement
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, guess, parse_given, parse_statement
from jacobook.language.chain_lines import read_lines
from jacobook.language.names import canonical_name
from jacobook.language.remarks import remarks_on_answer
from jacobook.notes.claim_lines import ClaimLine, PlacedText, read_claim_line
from jacobook.notes.documents.marked import MarkedKind
from jacobook.notes.faults import Fault, Kind
from jacobook.notes.fences import (
    AuthorLayout,
    Fence,
    NoteDefaults,
    OthersFormula,
    OwnClaim,
    joined_declarations,
    read_defaults,
    read_fence,
)
from jacobook.notes.page_declarations import (
    WORD,
    is_definition,
    name_defined_in,
    needed_declarations,
    said_twice,
    used_definitions,
    without_arguments,
)
from jacobook.notes.written_values import misread_commands, places_of_value
from jacobook.rendering.claim_words import finding_words
from jacobook.rendering.outline import Layout
from jacobook.rendering.remark_words import remarks_text
from jacobook.rendering.shape_words import shape_text
from jacobook.rendering.verdict_words import how_confirmed
from jacobook.verification.answers.answer_points import UnsoundError
from jacobook.verification.answers.claims import Finding, examine
from jacobook.verification.evidence import verify
from jacobook.yaml_fields import FieldError, Keys, mapping_in, node_at

SAYS = "a fence is a mapping, with lines such as `expression: x'*A*x`"
_NAME = re.compile(rf"\s*\\?(?P<name>{WORD})\s*")
_BY_TRANSPOSE = "of the derivative by a transposed matrix there are several readings: write that by the matrix itself"


@dataclass(frozen=True, slots=True)
class ExaminedFormula:
    """A formula of the author's or of others, with what was found about it."""

    claim: OwnClaim
    finding: Finding
    held: bool
    """Whether it holds, and in the layout of the author where one is stated."""
    said: str
    """The finding, as one sentence."""


@dataclass(slots=True)
class MarkedWork:
    """A fence, worked out; without a derivation where there are faults that leave none."""

    fence: Fence | None = None
    layout: AuthorLayout = "any"
    """The layout in which the author writes derivatives."""
    is_named: bool = False
    """Whether a claim is about a function that the page defines by name."""
    derivations: tuple[Derivation, ...] = ()
    """The first derivative, and the second where it is asked for."""
    evidence: tuple[dict[str, Any], ...] = ()
    claims: tuple[ExaminedFormula, ...] = ()
    published: tuple[ExaminedFormula, ...] = ()
    faults: list[Fault] = field(default_factory=list)
    defaults: NoteDefaults | None = None
    """What the fence says for those below it, where it has no expression."""

    @property
    def shown_layout(self) -> Layout:
        """The layout in which the derivation is shown; authors who hold to none read the Jacobian."""
        return "denominator" if self.layout == "denominator" else "jacobian"


def work_out_mark(kind: MarkedKind, text: str, page: NoteDefaults) -> MarkedWork:
    """Return a marked text worked out."""
    match kind:
        case "fence":
            return work_out_fence(text, page)
        case "claim":
            return work_out_claim(text, page)
        case "given":
            return work_out_declarations(text)


def work_out_declarations(text: str) -> MarkedWork:
    """Return what a mark declares for those behind it: `x in R^N; A in R^(N x N)`."""
    given: list[str] = []
    faults, start = [], 0
    for line in text.split(";"):
        indent = len(line) - len(line.lstrip())
        if line.strip():
            error = _unreadable(line.strip()) or said_twice(line.strip(), given)
            given.append(line.strip())
            if error:
                faults.append(_of_line(error, PlacedText(line.strip(), start + indent), text))
        start += len(line) + 1
    return MarkedWork(defaults=NoteDefaults(given=tuple(given)), faults=faults)


def _unreadable(line: str) -> LanguageError | None:
    """Return what is wrong with a declaration or a definition of a page, as far as it can be read alone."""
    try:
        if is_definition(line):
            read_lines([line], {})
        else:
            parse_given((line,))
    except LanguageError as error:
        return error
    return None


def work_out_fence(text: str, page: NoteDefaults) -> MarkedWork:
    """Return the fence worked out, with the places of its faults counted from its first line.

    `page` holds what the note has said before.
    """
    try:
        root, data = mapping_in(text, SAYS)
        if misread := [*misread_commands(text, root)]:
            return MarkedWork(faults=[Fault(*place, "input", _about_command(name)) for place, name in misread])
        if not any(_is_of_derivation(str(key)) for key in data):
            return _defaults(text, root)
        fence = read_fence(text)
    except FieldError as error:
        faults = [Fault(max(f.line, 1), max(f.column, 1), "input", f.message) for f in error.faults]
        return MarkedWork(faults=faults)
    return _FenceWork(text, root, fence, page).done()


def _defaults(text: str, root: yaml.Node | None) -> MarkedWork:
    """Return what a fence without an expression declares."""
    defaults = read_defaults(text)
    places = FencePlaces(text, root)
    faults = []
    given: list[str] = []
    for position, items in joined_declarations(defaults.given):
        line = ", ".join(items)
        error = _unreadable(line) or said_twice(line, given)
        given.append(line)
        if error:
            number, column = _item_at(items, error.column)
            faults.append(places.fault(("given", position + number), error, column))
    return MarkedWork(defaults=defaults.model_copy(update={"given": tuple(given)}), faults=faults)


def work_out_claim(line: str, page: NoteDefaults) -> MarkedWork:
    """Return an inline claim worked out; it has as many claims as its line has answers."""
    try:
        said = read_claim_line(line)
    except LanguageError as error:
        return MarkedWork(faults=[_of_line(error, PlacedText(line, 0), line)])
    return _LineWork(line, said, page).done()


class _Work:
    """What a fence and a line have in common."""

    def __init__(self, page: NoteDefaults, layout: AuthorLayout | None) -> None:
        self.page = page
        self.layout: AuthorLayout = layout or page.layout or "any"
        self.work = MarkedWork(layout=self.layout)

    def derive(self, statement: Statement, order: int) -> tuple[Derivation, ...]:
        return derive_to_order(statement, order)

    def check(self, derivations: tuple[Derivation, ...], line: int, column: int) -> None:
        """Add the derivations with their evidence; one that fails its own check is a fault, and is not shown."""
        evidence = tuple(verify(derivation).as_dict() for derivation in derivations)
        for found in evidence:
            if found["verdict"] == "failed":
                message = "the derivation fails its own check; please report it: " + " ".join(found["failures"])
                self.work.faults.append(Fault(line, column, "refused", message))
                return
            if found["verdict"] == "unchecked":
                message = f"the derivation was not checked: {found.get('why') or 'no point was found'}"
                self.work.faults.append(Fault(line, column, "unchecked", message))
        self.work.derivations, self.work.evidence = derivations, evidence

    def examined(self, derivation: Derivation, claim: OwnClaim) -> ExaminedFormula:
        """Return a formula with what was found about it. Raises LanguageError and Refusal."""
        finding = examine(derivation, claim.formula, claim.target)
        said = finding_words(finding)
        sentence = f"{said.verdict}{said.rest}".replace("the printed formula", "the formula")
        if self.layout == "denominator" and finding.verdict is not None and finding.verdict.slug == "other-layout":
            sentence = f"Agrees with the derivative ({how_confirmed(finding.verdict)})."
        if not finding.agrees and finding.formula is not None:
            remarks = remarks_on_answer(derivation.statement, finding.formula)
            unusual = [one for one in remarks if one.reading is not Reading.MATRIX_POWER]
            sentence = " ".join([sentence, *remarks_text(unusual)])
        if finding.agrees and isinstance(claim, OthersFormula):
            return ExaminedFormula(claim, finding, True, sentence)
        if finding.agrees and (other := self._other_layout(derivation, finding)):
            return ExaminedFormula(claim, finding, False, other)
        return ExaminedFormula(claim, finding, finding.agrees, sentence)

    def _other_layout(self, derivation: Derivation, finding: Finding) -> str | None:
        """Return what is wrong with a derivative in the other layout than the author's; None if it is not that."""
        if self.layout == "any" or finding.kind not in ("result", "partial") or finding.verdict is None:
            return None
        of, wrt = finding.verdict.derivation.statement.function.shape, finding.verdict.derivation.statement.wrt.shape
        words = _OTHER_LAYOUT.replace("NAME", "Jacobian" if self.layout == "jacobian" else "denominator")
        if of.is_matrix or wrt.is_matrix:
            words = _TRANSPOSE
        elif self.layout == "denominator":
            formula = finding.formula
            symmetric = formula is not None and formula.shape == formula.shape.transposed and equal(formula, formula.T)
            return None if finding.status == "other-layout" or symmetric else _with_shapes(words, finding)
        return None if finding.status == "agrees" else _with_shapes(words, finding)


_OTHER_LAYOUT = (
    "This is the derivative in the other layout ({}): these notes use the NAME layout, in which it is the transpose "
    "({})."
)
_TRANSPOSE = (
    "This is the transpose ({}) of the derivative: in both layouts a derivative with respect to a matrix has the shape "
    "of the matrix ({})."
)


def _with_shapes(words: str, finding: Finding) -> str:
    assert finding.formula is not None
    return words.format(shape_text(finding.formula.shape), shape_text(finding.formula.shape.transposed))


class _FenceWork(_Work):
    """The work on one fence; every complaint says where in its text."""

    def __init__(self, text: str, root: yaml.Node | None, fence: Fence, page: NoteDefaults) -> None:
        super().__init__(page, fence.layout)
        self.fence, self.places = fence, FencePlaces(text, root)
        self.work.fence = fence

    def done(self) -> MarkedWork:
        fence = self.fence
        # A comma between two names ends an item of a list: `[x, mu in R^D]` has two.
        own = (", ".join(fence.given),) if fence.given else ()
        lines = [*fence.expression, *used_definitions(fence.expression, self.page, _names_declared(own))]
        given = (*own, *self._inherited(own, lines))
        try:
            derivations = self.derive(parse_statement(given, lines, fence.wrt), fence.order)
        except LanguageError as error:
            self._complain_of_statement(error, given, lines)
            return self.work
        except Refusal as refused:
            self._fault(("expression", 0), "refused", str(refused))
            return self.work
        self.check(derivations, *self.places.of(("expression", 0)))
        if not self.work.derivations:
            return self.work
        self.work.claims = tuple(self._each("claims", fence.claims))
        self.work.published = tuple(self._each("published", fence.published))
        return self.work

    def _inherited(self, own: Sequence[str], lines: Sequence[str]) -> tuple[str, ...]:
        """Return what the page declares of the names in the fence; in its claims too, where the variable is named."""
        fence = self.fence
        answers = [one.formula for one in (*fence.claims, *fence.published)] if fence.wrt else []
        try:
            return needed_declarations(self.page, own, [*lines, fence.wrt or "", *answers])
        except LanguageError:  # the fence's own declarations: they are complained of when the statement is read
            return ()

    def _each(self, name: str, claims: Sequence[OwnClaim]) -> Iterable[ExaminedFormula]:
        for position, claim in enumerate(claims):
            keys: Keys = (name, position, "formula")
            second = claim.target == "hessian" or (self.fence.order > 1 and claim.target == "result")
            if second and self.fence.order == 1:
                self._fault(keys, "input", "there is no second derivative here: add `order: 2`")
                continue
            derivation = self.work.derivations[-1 if second else 0]
            claim = claim.model_copy(update={"target": "result"}) if claim.target == "hessian" else claim
            try:
                found = self.examined(derivation, claim)
            except LanguageError as error:
                of = (*keys[:-1], "target") if error.origin == "target" else keys
                self.work.faults.append(self.places.fault(of, error))
            except (Refusal, UnsoundError) as refused:
                self._fault(keys, "refused", str(refused))
            else:
                yield found
                if not found.held and name == "claims":
                    self._fault(keys, "wrong", found.said)

    def _complain_of_statement(self, error: LanguageError, given: Sequence[str], lines: Sequence[str]) -> None:
        number, column = _line_of(error.origin), error.column
        keys: Keys = ("wrt",) if number is None else ("expression", number)
        if number is not None and number >= len(self.fence.expression):
            self._fault(("expression", 0), "input", _about_definition(lines[number], error))
            return
        if error.origin.startswith("given"):
            place, column = _item_at(self.fence.given, error.column)
            keys = ("given", place)
        fault = self.places.fault(keys, error, column)
        self.work.faults.append(_with_declarations(fault, error, lines, given))

    def _fault(self, keys: Keys, kind: Kind, message: str) -> None:
        self.work.faults.append(Fault(*self.places.of(keys), kind, message))


class _LineWork(_Work):
    """The work on one equation in a sentence."""

    def __init__(self, line: str, said: ClaimLine, page: NoteDefaults) -> None:
        # Beside a transposed variable stands a Jacobian, whatever the layout of the page.
        super().__init__(page, "jacobian" if said.is_turned and page.layout == "denominator" else None)
        self.line, self.said = line, without_arguments_in(said, page)

    def done(self) -> MarkedWork:
        found = [self._derived(one) for one in (self.said, *self.said.also)]
        if not all(found):
            return self.work
        self.check(found[0], 1, self.said.function.start + 1)
        if self.work.derivations:
            self.work.claims = tuple(self._each([derivations[-1] for derivations in found]))
        return self.work

    def _derived(self, said: ClaimLine) -> tuple[Derivation, ...]:
        """Return a derivation, with that before it for a second derivative; nothing where that is a fault."""
        function = said.function
        lines = lines_of_function(function.text, self.page)
        self.work.is_named = self.work.is_named or lines[0] != function.text
        given = needed_declarations(self.page, (), [*lines, said.wrt.text, *(one.text for one in said.answers)])
        try:
            statement = parse_statement(given, lines, said.wrt.text)
            if said.is_turned and statement.wrt.shape.is_matrix:
                self.work.faults.append(Fault(1, said.wrt.start + 1, "input", _BY_TRANSPOSE))
                return ()
            return self.derive(statement, said.order)
        except LanguageError as error:
            self.work.faults.append(self._of_statement(said, error, lines, given))
        except Refusal as refused:
            self.work.faults.append(Fault(1, function.start + 1, "refused", str(refused)))
        return ()

    def _of_statement(self, said: ClaimLine, error: LanguageError, lines: Sequence[str], given: Sequence[str]) -> Fault:
        """Return what is wrong with the function or the variable; of a definition of the page, at the function."""
        function = said.function
        number = _line_of(error.origin)
        if number is not None and (text := lines[number]) is not function.text:
            return Fault(1, function.start + 1, "input", _about_definition(text, error))
        place = said.wrt if error.origin == "wrt" else function
        return _with_declarations(_of_line(error, place, self.line), error, lines, given)

    def _each(self, derivations: Sequence[Derivation]) -> Iterable[ExaminedFormula]:
        """Yield what is found about each answer; of several derivatives that it is said to be, the first it is not."""
        for answer in self.said.answers:
            start = answer.start + len(answer.text) - len(answer.text.lstrip())
            claim = OwnClaim(formula=answer.text)
            try:
                examined = [self.examined(derivation, claim) for derivation in derivations]
            except LanguageError as error:
                self.work.faults.append(_of_line(error, PlacedText(answer.text.strip(), start), self.line))
            except (Refusal, UnsoundError) as refused:
                self.work.faults.append(Fault(1, start + 1, "refused", str(refused)))
            else:
                found = next((one for one in examined if not one.held), examined[0])
                yield found
                if not found.held:
                    self.work.faults.append(Fault(1, start + 1, "wrong", found.said))


def lines_of_function(function: str, page: NoteDefaults) -> list[str]:
    """Return the lines of the chain that a name stands for, where the page defines it; else the function itself."""
    defined = {name_defined_in(line): line for line in page.given if is_definition(line)}
    name = _NAME.fullmatch(without_arguments(function, page))
    first = defined.get(canonical_name(name["name"])) if name else None
    first = function if first is None else first
    return [first, *used_definitions([first], page)]


def without_arguments_in(said: ClaimLine, page: NoteDefaults) -> ClaimLine:
    """Return what a line says with the functions of the page as a chain has them: f for f(x)."""
    return replace(
        said,
        function=replace(said.function, text=without_arguments(said.function.text, page)),
        answers=tuple(replace(one, text=without_arguments(one.text, page)) for one in said.answers),
        also=tuple(without_arguments_in(one, page) for one in said.also),
    )


def _names_declared(given: Sequence[str]) -> set[str]:
    try:
        return {one.name for kind in parse_given(given) for one in kind}
    except LanguageError:
        return set()


def _is_of_derivation(key: str) -> bool:
    """Return whether a field, perhaps mistyped, belongs to a derivation, not to what a page declares."""
    near = difflib.get_close_matches(key, Fence.model_fields, n=1)
    return bool(near) and near[0] not in NoteDefaults.model_fields


def _about_command(name: str) -> str:
    return (
        f"`{name}`: in double quotes YAML takes a backslash for an escape; LaTeX stands there without quotes, or in "
        "single ones"
    )


def _about_definition(line: str, error: LanguageError) -> str:
    return f"in `{line}`, which the page defines: {error.message}"


def keys_of_origin(origin: str) -> Keys:
    """Return where a part of a statement stands in the fence: `expr[1]` is the second line of `expression`."""
    name, _, rest = origin.partition("[")
    return (name,) if name in ("given", "wrt") else ("expression", int(rest[:-1]) if rest else 0)


def _line_of(origin: str) -> int | None:
    """Return which line of the chain a part of a statement is: 1 for `expr[1]`, None for another part."""
    name, _, rest = origin.partition("[")
    return None if name in ("given", "wrt") else int(rest[:-1]) if rest else 0


def _item_at(items: Sequence[str], column: int) -> tuple[int, int]:
    """Return which of the items, joined by commas, a column is in, and its column there."""
    for place, item in enumerate(items[:-1]):
        if column <= len(item) + 2:
            return place, min(column, len(item))
        column -= len(item) + 2
    return max(len(items) - 1, 0), column


def _with_declarations(fault: Fault, error: LanguageError, expressions: Sequence[str], given: Sequence[str]) -> Fault:
    """Return the fault; where a name is not declared, with the declarations that are missing, to be copied."""
    if error.suggestion is not None or "declared" not in error.message:
        return fault
    try:
        rows = guess(expressions, given).rows
    except LanguageError:
        return fault
    if not rows:
        return fault
    wanted = ", ".join(row.declaration for row in rows)
    message = f"{fault.message}; perhaps `given: [{wanted}]`"
    return Fault(fault.line, fault.column, fault.kind, message, None, fault.end)


def _of_line(error: LanguageError, within: PlacedText, line: str) -> Fault:
    """Return the fault in a line, of a text that stands within it."""
    start = within.start + error.column
    return Fault(1, start, "input", error.message, error.suggestion, start + error.end_column - error.column)


class FencePlaces:
    """Where the values of a fence stand in its text."""

    def __init__(self, text: str, root: yaml.Node | None) -> None:
        self.text, self.root = text, root

    def of(self, keys: Keys, line: int = 1, column: int = 1) -> tuple[int, int]:
        """Return the place of a character of a value; of its first one if none is named."""
        node = node_at(self.root, keys)
        if node is None:
            return 1, 1
        places = places_of_value(self.text, node)
        value = str(node.value)
        before = len(value) - len(value.lstrip()) + sum(len(one) + 1 for one in value.strip().split("\n")[: line - 1])
        return places[min(before + column - 1, len(places) - 1)]

    def fault(self, keys: Keys, error: LanguageError, inside: int | None = None) -> Fault:
        """Return the fault at the place in the fence; `inside` is the column in the value, if not that of the error."""
        first = error.column if inside is None else inside
        line, column = self.of(keys, error.line, first)
        last_line, end = self.of(keys, error.line, first + error.end_column - error.column)
        return Fault(line, column, "input", error.message, error.suggestion, end if last_line == line else None)

    def style_at(self, line: int, column: int) -> str | None:
        """Return in which quotes the text around a place stands, or that it is a block; None for a plain one."""
        return next((node.style for node in _scalars(self.root) if _is_around(node, line - 1, column - 1)), None)


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from _scalars(pair[1])
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value)
    elif isinstance(node, yaml.ScalarNode):
        yield node


def _is_around(node: yaml.Node, line: int, column: int) -> bool:
    start, end = node.start_mark, node.end_mark
    return (start.line, start.column) <= (line, column) < (end.line, end.column)
