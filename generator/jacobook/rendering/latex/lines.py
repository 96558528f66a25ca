"""Lines of a derivation as LaTeX: blocks of claims with one left side, for copying and for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jacobook.calculus.derivation import Claim
from jacobook.rendering.latex.changes import with_changes
from jacobook.rendering.latex.formulas import latex, printed_line
from jacobook.rendering.latex.printed import Printed
from jacobook.rendering.latex.shape_braces import printed_with_shapes, printed_with_shapes_of_factors, shows_shapes


@dataclass(frozen=True, slots=True)
class LatexLine:
    """One printed line: left side (empty where it is that of the line before), right side, claim."""

    left: str
    right: str
    claim: Claim
    before: Claim | None = None
    """The line before it in its block."""

    @property
    def formula(self) -> str:
        """Return the line as one formula: `left = right`, or `= right`."""
        return f"{self.left} = {self.right}".strip()

    @property
    def aligned(self) -> str:
        """Return the line for an `align` environment, aligned at the sign of equality."""
        return f"{self.left} &= {self.right}".strip()

    @property
    def annotated(self) -> str:
        r"""Return the right side for a page: shapes as `\class{shaped}{…}`, what is new as `\class{changed}{…}`."""
        right = shaped_right(self.claim)
        if self.before is None:
            return right.text
        return with_changes(printed_line(self.before.right, self.before.mark_diagonal), right, self.claim.rule)


def shaped_right(claim: Claim) -> Printed:
    """Return the right side of a claim with the shape under its factors, where it shows shapes."""
    if claim.show_shapes:
        return printed_with_shapes(claim.right, hideable=True)
    if shows_shapes(claim.left, claim.right):
        return printed_with_shapes_of_factors(claim.right, hideable=True)
    return printed_line(claim.right, claim.mark_diagonal)


def latex_right(claim: Claim) -> str:
    """Return the right side of a claim, with the shapes that it shows."""
    return printed_with_shapes(claim.right).text if claim.show_shapes else latex(claim.right, claim.mark_diagonal)


def latex_claim_lines(claims: Iterable[Claim]) -> list[LatexLine]:
    """Return the lines of a block of claims; a left side that repeats is printed once only."""
    lines: list[LatexLine] = []
    previous: Claim | None = None
    for claim in claims:
        before = previous if previous is not None and previous.left is claim.left else None
        left = latex(claim.left) if before is None else ""
        lines.append(LatexLine(left, latex_right(claim), claim, before))
        previous = claim
    return lines


def latex_claim(claim: Claim) -> str:
    """Return one claim as a formula of its own, both sides printed."""
    return latex_claim_lines([claim])[0].formula
