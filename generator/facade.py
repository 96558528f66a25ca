"""The public interface from Python: `derive` joins the rooms, loading each only when it is needed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from generator.calculus.derivation import Derivation
    from generator.verification.verdicts import Verdict

Layout = Literal["jacobian", "denominator"]
Route = Literal["matrix", "component"]
SECOND = "The second derivative"


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
    def text(self) -> str:
        """Return the whole derivation as plain text."""
        from generator.rendering.report import report_text

        report = report_text(self.derivation, self.evidence, self.layout, self.route)
        return f"{self.before.text}\n{SECOND}\n\n{report}" if self.before else report

    @property
    def markdown(self) -> str:
        """Return the whole derivation as Markdown."""
        from generator.rendering.report import report_markdown

        report = report_markdown(self.derivation, self.evidence, self.layout, self.route)
        return f"{self.before.markdown}\n## {SECOND}\n\n{report}" if self.before else report

    @property
    def latex(self) -> str:
        """Return the whole derivation as the body of a LaTeX document."""
        from generator.rendering.report import report_latex

        report = report_latex(self.derivation, self.evidence, self.layout, self.route)
        return f"{self.before.latex}\n\\section*{{{SECOND}}}\n\n{report}" if self.before else report

    @property
    def python(self) -> str:
        """Return the source of `def derivative(...)`, NumPy as `np`."""
        from generator.rendering.numpy_code import numpy_source

        return numpy_source(self.derivation)

    def as_json(self, identifier: str | None = None) -> dict[str, Any]:
        """Return the object of the JSON format, as plain data."""
        from generator.rendering.json_output import derivation_json

        return derivation_json(self.derivation, self.evidence, self.seconds, identifier, self.layout)

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return self.text


def derive(
    *expressions: str,
    given: Sequence[str] | str,
    wrt: str | None = None,
    layout: Layout = "jacobian",
    route: Route = "matrix",
    order: int = 1,
    verify: bool = True,
) -> Worked:
    """Return the worked derivative of the function (or of the first function of a chain) by `wrt`.

    `given` holds declarations such as `"x, mu in R^D"`. With `order` 2 it is the second derivative: the Hessian of a
    scalar function of a vector. Raises generator.language.LanguageError for input that cannot be read and
    generator.calculus.refusal.Refusal where no rule covers the derivative.
    """
    from generator.calculus.derive import derive as derive_statement
    from generator.calculus.second import derive_second
    from generator.language import parse_statement

    if order not in (1, 2):
        raise ValueError("derivatives of order 1 and 2 are worked out")
    declarations = [given] if isinstance(given, str) else list(given)
    start = time.perf_counter()
    statement = parse_statement(declarations, list(expressions), wrt)
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


def _evidence(derivation: Derivation, verify: bool) -> dict[str, Any] | None:
    if not verify:
        return None
    from generator.verification import verify as verify_derivation

    return verify_derivation(derivation).as_dict()


@dataclass(frozen=True, repr=False)
class Checked:
    """What there is to say about a reader's answer; it shows itself as a sentence."""

    judgement: Verdict

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
        from generator.rendering.verdict import verdict_sentence

        return verdict_sentence(self.judgement)

    def as_json(self) -> dict[str, Any]:
        """Return the object of the JSON format, as plain data."""
        from generator.rendering.verdict import verdict_json

        return verdict_json(self.judgement)

    def __repr__(self) -> str:
        return self.sentence


def check(*expressions: str, given: Sequence[str] | str, wrt: str | None = None, answer: str) -> Checked:
    """Return how a reader's answer compares with the derivative of the function by `wrt`.

    The answer is an expression in the declared variables and the names of the chain. Raises LanguageError for input
    that cannot be read, and generator.calculus.refusal.Refusal where no rule covers the derivative.
    """
    from generator.calculus.derive import derive as derive_statement
    from generator.language import parse_statement
    from generator.verification.answers import judge

    declarations = [given] if isinstance(given, str) else list(given)
    derivation = derive_statement(parse_statement(declarations, list(expressions), wrt), both=False)
    return Checked(judge(derivation, answer))
