"""What is known of an entry once it is worked out, and of its parts: what pages are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from jacobook.calculus.higher_derivatives import ORDINALS
from jacobook.rendering.outline import title_of_order

if TYPE_CHECKING:
    from jacobook.algebra.question import Statement
    from jacobook.calculus.derivation import Derivation
    from jacobook.calculus.differential import DifferentialDerivation
    from jacobook.calculus.taylor import TaylorExpansion
    from jacobook.site.entry_model import Assumed, Case, CollectionEntry, Published
    from jacobook.site.pages.worked_example import Example
    from jacobook.site.plots.picture import Picture
    from jacobook.verification.answers.claims import Finding
    from jacobook.verification.refuted_mistakes import Shown

SECOND_TEXT = "Differentiate the gradient, as a column, once more: the result is the Hessian."


def anchor_of_order(order: int) -> str:
    """Return the anchor of a derivative of a higher order; that of the first is empty."""
    return f"{ORDINALS[order]}-derivative" if order > 1 else ""


def heading_of_order(order: int, derivation: Derivation) -> tuple[str, str, str]:
    """Return the anchor, the title and the text over a derivative of a higher order; nothing over the first."""
    anchor, title = anchor_of_order(order), title_of_order(order)
    if order == 1:
        return anchor, title, ""
    before, wrt = derivation.statement.function.shape, derivation.statement.wrt.shape
    if order == 2 and before.is_scalar and wrt.is_scalar:
        return anchor, title, "Differentiate once more."
    if order == 2 and (before.is_scalar or (before.is_vector and wrt.is_vector)):
        return anchor, title, SECOND_TEXT
    form = derivation.higher
    if form is None:
        return anchor, title, "Differentiate the derivative once more."
    differentiated = "Hessian" if order > 2 else "gradient" if form.function.shape.is_scalar else "Jacobian"
    return anchor, title, f"Differentiate the {differentiated} once more. As a form it needs no Kronecker product."


class Asked(Protocol):
    """What a page takes of a question, whoever asks it: an entry of a collection, or a reader in the page."""

    @property
    def slug(self) -> str: ...
    @property
    def given(self) -> tuple[str, ...]: ...
    @property
    def expression(self) -> tuple[str, ...]: ...
    @property
    def first_route(self) -> Literal["matrix", "component"]: ...
    @property
    def assumed(self) -> Sequence[Assumed]: ...


class WorkedQuestion(Protocol):
    """A question with its derivations, of which the first is the main one."""

    @property
    def entry(self) -> Asked: ...
    @property
    def main(self) -> Part: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One derivation of a page: the main one, its second derivative, or a case."""

    anchor: str
    """Empty for the main derivation."""
    title: str
    text: str
    derivation: Derivation
    evidence: dict[str, Any] | None
    """None while nothing is checked yet, which happens in a reader's browser only."""
    code: str
    example: Example | None
    pattern: Picture | None
    """Where the derivative has entries that are zero, or blocks, if it has any."""
    mistakes: Shown
    """Common mistakes at the lines of a block."""
    case: Case | None = None
    """The case of the entry of which this is the derivation."""

    @property
    def statement(self) -> Statement:
        """Return what was asked."""
        return self.derivation.statement


@dataclass(frozen=True, slots=True)
class DifferentialPart:
    """A differential in which several variables vary."""

    derivation: DifferentialDerivation
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaylorPart:
    """The Taylor polynomials of the main function."""

    expansion: TaylorExpansion
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A published formula with what was found about it."""

    published: Published
    finding: Finding


@dataclass(frozen=True, slots=True)
class WorkedEntry:
    """An entry with everything that its page shows."""

    entry: CollectionEntry
    path: str
    """The file of the entry, below the folder of the collection."""
    parts: tuple[Part, ...]
    """Empty for an entry about a differential."""
    claims: tuple[CheckedClaim, ...]
    differential: DifferentialPart | None = None
    taylor: TaylorPart | None = None
    plots: tuple[Picture, ...] = ()
    """The pictures of the main function that the entry asks for."""

    @property
    def main(self) -> Part:
        """Return the derivation that the page begins with."""
        return self.parts[0]

    @property
    def statement(self) -> Statement:
        """Return what is asked first."""
        return self.differential.derivation.statement if self.differential else self.main.statement
