"""Lines of a derivation as LaTeX: shapes under the factors, blocks of claims with one left side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.algebra import nodes as n
from generator.algebra.nodes import Node
from generator.calculus.derivation import Claim
from generator.rendering.latex import juxtaposed, latex, latex_piece
from generator.rendering.latex_parts import latex_shape, parenthesised, wrapped
from generator.rendering.structure import Level, shape_groups, terms, without_minus


@dataclass(frozen=True, slots=True)
class LatexLine:
    """One printed line: left side (empty where it is that of the line before), right side, claim."""

    left: str
    right: str
    claim: Claim

    @property
    def formula(self) -> str:
        """Return the line as one formula: `left = right`, or `= right`."""
        return f"{self.left} = {self.right}".strip()

    @property
    def aligned(self) -> str:
        """Return the line for an `align` environment, aligned at the sign of equality."""
        return f"{self.left} &= {self.right}".strip()


def latex_with_shapes(node: Node) -> str:
    r"""Return the expression with the shape under every factor of its products, term by term in a sum.

    ∂z/∂y times ∂y/∂x gives `\underbrace{\frac{…}{…}}_{1\times D}\,\underbrace{\frac{…}{…}}_{D\times D}`.
    """
    text = ""
    for term in terms(node):
        minus, inside = without_minus(term)
        part = _factors_with_shapes(inside, after_sign=minus or bool(text))
        if minus:
            text += f" - {part}" if text else f"-{part}"
        else:
            text += f" + {part}" if text else part
    return text


def _factors_with_shapes(node: Node, after_sign: bool) -> str:
    """Return the factors side by side; one that has a sign itself takes parentheses unless it begins the formula."""
    groups = shape_groups(node)
    braces: list[str] = []
    for group in groups:
        first = not (braces or after_sign)
        if len(group) > 1:
            inside = juxtaposed(list(group))
            inside = inside if first or not inside.startswith("-") else parenthesised(inside)
        else:
            loose = (len(groups) > 1 or after_sign) and isinstance(group[0], n.Add)
            inside = wrapped(latex_piece(group[0]), Level.OPEN if loose else Level.SUM, minus=first)
        braces.append(rf"\underbrace{{{inside}}}_{{{latex_shape(group[0].shape)}}}")
    return r"\,".join(braces)


def latex_claim_lines(claims: Iterable[Claim]) -> list[LatexLine]:
    """Return the lines of a block of claims; a left side that repeats is printed once only."""
    lines: list[LatexLine] = []
    previous: Node | None = None
    for claim in claims:
        left = "" if claim.left is previous else latex(claim.left)
        right = latex_with_shapes(claim.right) if claim.show_shapes else latex(claim.right, claim.mark_diagonal)
        lines.append(LatexLine(left, right, claim))
        previous = claim.left
    return lines


def latex_claim(claim: Claim) -> str:
    """Return one claim as a formula of its own, both sides printed."""
    return latex_claim_lines([claim])[0].formula
