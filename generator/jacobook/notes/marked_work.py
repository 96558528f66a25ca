"""What is marked in a note, worked out: its derivation with the evidence, and every fault in it, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Statement
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.hessian import derive_second
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, guess, parse_given, parse_statement
from jacobook.language.printer import text_declarations, text_functions
from jacobook.notes.claim_lines import ClaimLine, PlacedText, read_claim_line
from jacobook.notes.documents.marked import MarkedKind
from jacobook.notes.faults import Fault, Kind
from jacobook.notes.fences import AuthorLayout, Fence, NoteDefaults, OthersFormula, OwnClaim, read_defaults, read_fence
from jacobook.rendering.claim_words import finding_words
from jacobook.rendering.shape_words import shape_text
from jacobook.verification.answers.answer_points import UnsoundError
from jacobook.verification.answers.claims import Finding, examine
from jacobook.verification.evidence import verify
from jacobook.yaml_fields import FieldError, Keys, mapping_in, node_at


@dataclass(frozen=True, slots=True)
class Examined:
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
    derivations: tuple[Derivation, ...] = ()
    """The first derivative, and the second where it is asked for."""
    evidence: tuple[dict[str, Any], ...] = ()
    claims: tuple[Examined, ...] = ()
    published: tuple[Examined, ...] = ()
    faults: list[Fault] = field(default_factory=list)
    defaults: NoteDefaults | None = None
    """What the fence says for those below it, where it has no expression."""


def work_out(kind: MarkedKind, text: str, page: NoteDefaults) -> MarkedWork:
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
    given, faults, start = [], [], 0
    for line in text.split(";"):
        indent = len(line) - len(line.lstrip())
        if line.strip():
            given.append(line.strip())
            if not _is_definition(line):
                try:
                    parse_given((line.strip(),))
                except LanguageError as error:
                    faults.append(_of_line(error, PlacedText(line.strip(), start + indent), text))
        start += len(line) + 1
    return MarkedWork(defaults=NoteDefaults(given=tuple(given)), faults=faults)


def declared_last(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return declarations and definitions of a page; what is said later of a name takes the place of what was said."""
    names = {name for line in after for name in _declared(line)}
    return (*(line for line in _one_by_one(before) if not names & set(_declared(line))), *after)


def _one_by_one(lines: Sequence[str]) -> Iterator[str]:
    """Yield declarations of one name each; what cannot be read as it is."""
    for line in lines:
        try:
            symbols, functions = parse_given((line,))
        except LanguageError:
            yield line
            continue
        for symbol in symbols:
            yield from text_declarations((symbol,))
        yield from text_functions(functions)


def _declared(line: str) -> list[str]:
    if _is_definition(line):
        return [_defined_name(line)]
    try:
        return [one.name for kind in parse_given((line,)) for one in kind]
    except LanguageError:
        return []


def _defined_name(line: str) -> str:
    return re.split(r"[\s(=]", line.strip(), maxsplit=1)[0]


def work_out_fence(text: str, page: NoteDefaults) -> MarkedWork:
    """Return the fence worked out, with the places of its faults counted from its first line.

    `page` holds what the note has said before.
    """
    try:
        root, data = mapping_in(text, "a fence is a mapping, such as `expression: x'*A*x`")
        if "expression" not in data and not data.keys() & (
            Fence.model_fields.keys() - NoteDefaults.model_fields.keys()
        ):
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
    for position, line in enumerate(defaults.given):
        if _is_definition(line):
            continue
        try:
            parse_given((line,))
        except LanguageError as error:
            faults.append(places.fault(("given", position), error))
    return MarkedWork(defaults=defaults, faults=faults)


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
        self.work = MarkedWork()

    def derive(self, statement: Statement, order: int) -> tuple[Derivation, ...]:
        if order == 1:
            return (derive(statement),)
        pair = derive_second(statement)
        return pair.first, pair.second

    def check(self, derivations: tuple[Derivation, ...], line: int, column: int) -> None:
        """Add the derivations with their evidence; one that fails its own check is a fault, and is not shown."""
        evidence = tuple(verify(derivation).as_dict() for derivation in derivations)
        for found in evidence:
            if found["verdict"] == "failed":
                message = "the derivation fails its own check; please report it: " + " ".join(found["failures"])
                self.work.faults.append(Fault(line, column, "refused", message))
                return
        self.work.derivations, self.work.evidence = derivations, evidence

    def examined(self, derivation: Derivation, claim: OwnClaim) -> Examined:
        """Return a formula with what was found about it. Raises LanguageError and Refusal."""
        finding = examine(derivation, claim.formula, claim.target)
        said = finding_words(finding)
        sentence = f"{said.verdict}{said.rest}".replace("the printed formula", "the formula")
        if finding.agrees and isinstance(claim, OthersFormula):
            return Examined(claim, finding, True, sentence)
        if finding.agrees and (other := self._other_layout(derivation, finding)):
            return Examined(claim, finding, False, other)
        return Examined(claim, finding, finding.agrees, sentence)

    def _other_layout(self, derivation: Derivation, finding: Finding) -> str | None:
        """Return what is wrong with a derivative in the other layout than the author's; None if it is not that."""
        if self.layout == "any" or finding.kind not in ("result", "partial") or finding.verdict is None:
            return None
        of, wrt = finding.verdict.derivation.statement.function.shape, finding.verdict.derivation.statement.wrt.shape
        if of.is_matrix or wrt.is_matrix:
            return None if finding.status == "agrees" else _layout_words("jacobian", finding)
        if self.layout == "jacobian":
            return None if finding.status == "agrees" else _layout_words("jacobian", finding)
        formula = finding.formula
        symmetric = formula is not None and formula.shape == formula.shape.transposed and equal(formula, formula.T)
        return None if finding.status == "other-layout" or symmetric else _layout_words("denominator", finding)


def _layout_words(layout: str, finding: Finding) -> str:
    name = "Jacobian" if layout == "jacobian" else "denominator"
    assert finding.formula is not None
    shape, turned = shape_text(finding.formula.shape), shape_text(finding.formula.shape.transposed)
    return (
        f"This is the derivative in the other layout ({shape}): these notes use the {name} layout, in which it is the "
        f"transpose ({turned})."
    )


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
        try:
            inherited = needed_declarations(self.page, own, fence.expression)
        except LanguageError:  # what the page declares is complained of where it stands
            inherited = ()
        try:
            derivations = self.derive(parse_statement((*own, *inherited), fence.expression, fence.wrt), fence.order)
        except LanguageError as error:
            self._complain_of_statement(error, (*own, *inherited))
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

    def _each(self, name: str, claims: Sequence[OwnClaim]) -> Iterable[Examined]:
        for position, claim in enumerate(claims):
            keys: Keys = (name, position, "formula")
            second = claim.target == "hessian" or (self.fence.order == 2 and claim.target == "result")
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

    def _complain_of_statement(self, error: LanguageError, given: Sequence[str]) -> None:
        keys, column = keys_of_origin(error.origin), error.column
        if keys[0] == "given":
            place, column = _item_at(self.fence.given, error.column)
            keys = ("given", place)
        fault = self.places.fault(keys, error, column)
        self.work.faults.append(_with_declarations(fault, error, self.fence.expression, given))

    def _fault(self, keys: Keys, kind: Kind, message: str) -> None:
        self.work.faults.append(Fault(*self.places.of(keys), kind, message))


class _LineWork(_Work):
    """The work on one equation in a sentence."""

    def __init__(self, line: str, said: ClaimLine, page: NoteDefaults) -> None:
        super().__init__(page, None)
        self.line, self.said = line, said

    def done(self) -> MarkedWork:
        said = self.said
        function = said.function
        given: tuple[str, ...] = ()
        try:
            lines = lines_of_function(function.text, self.page)
            given = needed_declarations(self.page, (), [*lines, said.wrt])
            statement = parse_statement(given, lines, said.wrt)
            derivations = self.derive(statement, said.order)
        except LanguageError as error:
            place = function if error.origin.startswith("expr") else PlacedText(said.wrt, self.line.rfind(said.wrt))
            fault = _of_line(error, place, self.line)
            self.work.faults.append(_with_declarations(fault, error, [function.text], given))
            return self.work
        except Refusal as refused:
            self.work.faults.append(Fault(1, function.start + 1, "refused", str(refused)))
            return self.work
        self.check(derivations, 1, function.start + 1)
        if self.work.derivations:
            self.work.claims = tuple(self._each(derivations[-1]))
        return self.work

    def _each(self, derivation: Derivation) -> Iterable[Examined]:
        for answer in self.said.answers:
            start = answer.start + len(answer.text) - len(answer.text.lstrip())
            try:
                found = self.examined(derivation, OwnClaim(formula=answer.text))
            except LanguageError as error:
                self.work.faults.append(_of_line(error, PlacedText(answer.text.strip(), start), self.line))
            except (Refusal, UnsoundError) as refused:
                self.work.faults.append(Fault(1, start + 1, "refused", str(refused)))
            else:
                yield found
                if not found.held:
                    self.work.faults.append(Fault(1, start + 1, "wrong", found.said))


def lines_of_function(function: str, page: NoteDefaults) -> list[str]:
    """Return the lines of the chain that a name stands for, where the page defines it; else the function itself."""
    lines = [line for line in page.given if _is_definition(line)]
    name = re.fullmatch(r"\s*([^\W\d]\w*)(?:\(.*\))?\s*", function)
    defined = {_defined_name(line): line for line in lines}
    if name is None or name[1] not in defined:
        return [function]
    first = defined.pop(name[1])
    return [first, *_used_lines(first, defined)]


def _used_lines(line: str, defined: dict[str, str]) -> list[str]:
    """Return those definitions that a line needs, each once."""
    found: list[str] = []
    waiting, seen = [line], set[str]()
    while waiting:
        for name in _words(waiting.pop()):
            if name in defined and name not in seen:
                seen.add(name)
                found.append(defined[name])
                waiting.append(defined[name])
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d]\w*", text)


def _is_definition(line: str) -> bool:
    """Return whether a line of `given` says what a name stands for, as `f = x'*A*x` does."""
    return "=" in line


def needed_declarations(page: NoteDefaults, own: Sequence[str], expressions: Sequence[str]) -> tuple[str, ...]:
    """Return those declarations of the page that a statement uses and does not make itself. Raises LanguageError."""
    symbols, functions = parse_given([line for line in page.given if not _is_definition(line)])
    redeclared = {one.name for kind in parse_given(own) for one in kind}
    used = set(_words(" ".join(expressions)))
    wanted = tuple(symbol for symbol in symbols if symbol.name in used - redeclared)
    called = tuple(function for function in functions if function.name in used - redeclared)
    return (*text_declarations(wanted), *text_functions(called))


def keys_of_origin(origin: str) -> Keys:
    """Return where a part of a statement stands in the fence: `expr[1]` is the second line of `expression`."""
    name, _, rest = origin.partition("[")
    return (name,) if name in ("given", "wrt") else ("expression", int(rest[:-1]) if rest else 0)


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
        self.lines, self.root = text.split("\n"), root

    def of(self, keys: Keys, line: int = 1, column: int = 1) -> tuple[int, int]:
        """Return the place of a character of a value; of its first one if none is named."""
        node = node_at(self.root, keys)
        if node is None:
            return 1, 1
        first, indent = node.start_mark.line, node.start_mark.column
        style, value = getattr(node, "style", None), str(node.value)
        if style in ("|", ">"):
            row = first + line
            inside = self.lines[row] if row < len(self.lines) else ""
            return row + 1, len(inside) - len(inside.lstrip()) + column
        if style in ("'", '"') and line == 1:
            before = value[: column - 1]
            doubled = before.count("'") if style == "'" else before.count("\\") + before.count('"')
            return first + 1, indent + 1 + column + doubled
        return first + 1, indent + column

    def fault(self, keys: Keys, error: LanguageError, inside: int | None = None) -> Fault:
        """Return the fault at the place in the fence; `inside` is the column in the value, if not that of the error."""
        first = error.column if inside is None else inside
        line, column = self.of(keys, error.line, first)
        end = self.of(keys, error.line, first + error.end_column - error.column)[1]
        return Fault(line, column, "input", error.message, error.suggestion, end)

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
