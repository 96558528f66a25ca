"""The public interface from Python: `derive` joins the rooms, loading each only when it is needed."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from jacobook.algebra.messages import Told

if TYPE_CHECKING:
    from jacobook.algebra.question import Remark
    from jacobook.calculus.derivation import Derivation
    from jacobook.rendering.json_output import Identifier
    from jacobook.verification.answers.verdicts import Verdict

Layout = Literal["jacobian", "denominator"]
Route = Literal["matrix", "component"]
LAYOUTS: tuple[str, ...] = get_args(Layout)
ROUTES: tuple[str, ...] = get_args(Route)
ORDERS = (1, 2)
SECOND = "The second derivative"


class OptionError(Told, ValueError):
    """An argument that is none of those that fit; the message names them."""


@dataclass(frozen=True)
class Worked:
    """A worked derivative, with its evidence; it prints itself as text, LaTeX, Markdown, NumPy code and JSON."""

    derivation: Derivation
    evidence: dict[str, Any] | None
    """What was checked, None if verification was left out."""
    seconds: float
    """Parsing and deriving with all steps, without verification."""
    layout: Layout = "jacobian"
    route: Route = "matrix"
    before: Worked | None = None
    """For a second derivative, the first one, whose transpose is the function of this one."""

    @property
    def verdict(self) -> str:
        """Return `checked`, `unchecked` (it could not be checked, or was not to be) or `failed`.

        `evidence["why"]` says why it could not be checked.
        """
        own = "unchecked" if self.evidence is None else str(self.evidence["verdict"])
        found = {own} if self.before is None else {own, self.before.verdict}
        return next(verdict for verdict in ("failed", "unchecked", "checked") if verdict in found)

    @property
    def passed(self) -> bool:
        """Return whether everything was checked and nothing failed; see `verdict`."""
        return self.verdict == "checked"

    @property
    def result(self) -> str:
        """Return the derivative alone, in the chosen layout and in the language of statements: it reads back."""
        from jacobook.language.printer import text
        from jacobook.rendering.shape_words import result

        return text(result(self.derivation, self.layout)[1])

    @property
    def notes(self) -> list[str]:
        """Return what should be known before the result: what in the statement is read in a way that may surprise."""
        first = self if self.before is None else self.before
        return _notes(first.derivation.statement.remarks)

    @property
    def text(self) -> str:
        """Return the whole derivation as plain text."""
        from jacobook.rendering.report import report_text

        report = report_text(self.derivation, self.evidence, self.layout, self.route)
        return f"{self.before.text}\n{SECOND}\n\n{report}" if self.before else report

    @property
    def markdown(self) -> str:
        """Return the whole derivation as Markdown."""
        from jacobook.rendering.report import report_markdown

        report = report_markdown(self.derivation, self.evidence, self.layout, self.route)
        return f"{self.before.markdown}\n## {SECOND}\n\n{report}" if self.before else report

    @property
    def latex(self) -> str:
        """Return the whole derivation as the body of a LaTeX document."""
        from jacobook.rendering.report import report_latex

        report = report_latex(self.derivation, self.evidence, self.layout, self.route)
        return f"{self.before.latex}\n\\section*{{{SECOND}}}\n\n{report}" if self.before else report

    @property
    def python(self) -> str:
        """Return the source of `def derivative(...)`, NumPy as `np`; the notes stand above it as comments."""
        from jacobook.rendering.numpy_code.function_source import numpy_source

        return "".join(f"# {note}\n" for note in self.notes) + numpy_source(self.derivation)

    def as_json(self, identifier: Identifier = None, notes: Sequence[str] = ()) -> dict[str, Any]:
        """Return the object of the JSON format, as plain data; `notes` go before those of the statement."""
        from jacobook.rendering.json_output import derivation_json

        said = [*notes, *self.notes]
        return derivation_json(self.derivation, self.evidence, self.seconds, identifier, self.layout, said)

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return self.text


def derive(
    *expressions: str | Sequence[str],
    given: Sequence[str] | str,
    wrt: str | None = None,
    layout: Layout = "jacobian",
    route: Route = "matrix",
    order: int = 1,
    verify: bool = True,
) -> Worked:
    """Return the worked derivative of the function (or of the first function of a chain) by `wrt`.

    The lines of a chain are several arguments, or one list. `given` holds declarations such as `"x, mu in R^D"`. With
    `order` 2 it is the second derivative: the Hessian of a scalar function of a vector. Raises LanguageError for
    input that cannot be read, OptionError for a layout, a route or an order that does not exist, and Refusal where no
    rule covers the derivative.
    """
    for option, value, fitting in (("layout", layout, LAYOUTS), ("route", route, ROUTES), ("order", order, ORDERS)):
        _check_option(option, value, fitting)
    texts, declarations = _texts("expression", expressions), _texts("declaration", [given])
    _check_name("wrt", wrt)
    from jacobook.calculus.derive import derive as derive_statement
    from jacobook.calculus.hessian import derive_second
    from jacobook.language import parse_statement

    start = time.perf_counter()
    statement = parse_statement(declarations, texts, wrt)
    before = None
    if order == 1:
        derivation = derive_statement(statement, route, both=False)
        seconds = time.perf_counter() - start
    else:
        pair = derive_second(statement, route, both=False)
        derivation = pair.second
        seconds = time.perf_counter() - start
        before = Worked(pair.first, _evidence(pair.first, verify), seconds, layout, route)
    return Worked(derivation, _evidence(derivation, verify), seconds, layout, route, before)


def _notes(remarks: Sequence[Remark]) -> list[str]:
    from jacobook.rendering.remark_words import remarks_text

    return remarks_text(remarks)


def _check_option(option: str, value: object, fitting: Sequence[object]) -> None:
    """Raise OptionError, which names what fits, unless the value is one of those."""
    if value not in fitting or isinstance(value, bool):
        near = difflib.get_close_matches(str(value), map(str, fitting), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise OptionError(f"{option}={value!r}: the {option} is {' or '.join(map(repr, fitting))}{hint}")


def _check_name(option: str, value: object) -> None:
    if not isinstance(value, str | None):
        raise OptionError(f"{option}={value!r}: this is the name of one variable, such as 'x'")


def _texts(what: str, given: Sequence[object]) -> list[str]:
    """Return texts, given one by one or in lists, as one list. Raises OptionError for anything else."""
    found: list[str] = []
    for one in given:
        several = list(one) if isinstance(one, Iterable) and not isinstance(one, str) else [one]
        for text in several:
            if not isinstance(text, str):
                raise OptionError(f"{text!r} is no {what}: a text was expected, or a list of texts")
            found.append(text)
    return found


def _evidence(derivation: Derivation, verify: bool) -> dict[str, Any] | None:
    if not verify:
        return None
    from jacobook.verification import verify as verify_derivation

    return verify_derivation(derivation).as_dict()


@dataclass(frozen=True, repr=False)
class Checked:
    """What there is to say about a reader's answer: true where that is right, and shown as a sentence."""

    judgement: Verdict
    notes: tuple[str, ...] = ()
    """What should be known first: what in the statement or in the answer is read in a way that may surprise."""

    def __bool__(self) -> bool:
        """Return whether the answer is right, so that `assert check(…)` fails where it is not."""
        return self.right

    @property
    def verdict(self) -> str:
        """Return `right`, `other-layout`, `stacked-by-rows`, `symmetric-directions`, `transpose`, `factor`, …."""
        return self.judgement.slug

    @property
    def right(self) -> bool:
        """Return whether the answer is right, in whichever layout."""
        return self.judgement.right

    @property
    def sentence(self) -> str:
        """Return the verdict in words."""
        from jacobook.rendering.verdict_words import verdict_sentence

        return verdict_sentence(self.judgement)

    def as_json(self) -> dict[str, Any]:
        """Return the object of the JSON format, as plain data."""
        from jacobook.rendering.verdict_words import verdict_json

        return verdict_json(self.judgement, self.notes)

    def __repr__(self) -> str:
        return "\n".join([*(f"Note: {note}" for note in self.notes), self.sentence])


def check(
    *expressions: str | Sequence[str], given: Sequence[str] | str, wrt: str | None = None, answer: str
) -> Checked:
    """Return how a reader's answer compares with the derivative of the function by `wrt`.

    The answer is an expression in the declared variables and the names of the chain. What is returned is true where
    the answer is right, in whichever layout: `assert check(…)` is a test. Raises LanguageError for input that cannot
    be read, and Refusal where no rule covers the derivative.
    """
    texts, declarations = _texts("expression", expressions), _texts("declaration", [given])
    _check_name("wrt", wrt)
    if not isinstance(answer, str):
        raise OptionError(f"answer={answer!r}: the answer is one expression, as a text")
    from jacobook.calculus.derive import derive as derive_statement
    from jacobook.language import parse_statement
    from jacobook.language.readings import remarks_on_answer
    from jacobook.verification.answers.judge import judge

    derivation = derive_statement(parse_statement(declarations, texts, wrt), both=False)
    judgement = judge(derivation, answer)
    return Checked(judgement, tuple(_notes(remarks_on_answer(derivation.statement, judgement.answer))))
