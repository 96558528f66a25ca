"""Derivations: trees of typed claims, each with its rule and its reason.

A claim is an equality of two expressions. Its type is read off its left side: an unevaluated differential, an
unevaluated partial or total derivative, or else a plain value. Result, prose, LaTeX, JSON, code, pictures and
evidence are separate walks over these trees, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from jacobook.algebra.nodes import (
    Differential,
    Entry,
    Index,
    Node,
    Pair,
    Partial,
    PartialEntry,
    StructuredPartial,
    Symbol,
    Transpose,
    Vec,
)
from jacobook.algebra.question import Link, Statement, without_names
from jacobook.algebra.shapes import Dimension, Shape

Value = Node | Index | Pair | Dimension | Shape | str


@dataclass(frozen=True, slots=True)
class Prose:
    """A sentence with formulas in it: `{0}`, `{1}`, … in the template are replaced by the values."""

    template: str
    values: tuple[Value, ...] = ()


class ClaimKind(Enum):
    """What a claim equates."""

    VALUE = "value"
    DIFFERENTIAL = "differential"
    PARTIAL = "partial"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A property that a step relies on: where it comes from, and the symbol or expression that has it."""

    node: Node
    property: str
    """`invertible`, `symmetric`, `positive`, `nonzero`, …"""
    declared: bool
    """True for what the statement declares, False for a condition that the step itself introduces."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One line: left = right, by a rule (its slug), for a reason.

    `left` is the thing that the whole block of lines computes or, where a step rewrites a part, that part. `steps` is a
    derivation one level down. A claim with an assumption that is not declared holds only under it.
    """

    left: Node
    right: Node
    rule: str
    reason: Prose
    assumptions: tuple[Assumption, ...] = ()
    steps: tuple[Claim, ...] = ()
    show_shapes: bool = False
    """Print the shape under every factor of the right side."""
    mark_diagonal: bool = False
    """Mark the diagonal of the matrix that is written out."""

    @property
    def kind(self) -> ClaimKind:
        """Return the type of the claim, read off its left side (an entry or a transpose has the type of the whole)."""
        left = self.left
        while isinstance(left, Entry | Transpose | Vec):
            left = left.operands[0]
        if isinstance(left, Differential):
            return ClaimKind.DIFFERENTIAL
        if isinstance(left, StructuredPartial):
            return ClaimKind.TOTAL
        if isinstance(left, Partial | PartialEntry):
            return ClaimKind.TOTAL if left.total else ClaimKind.PARTIAL
        return ClaimKind.VALUE

    def walk(self) -> Iterator[Claim]:
        """Yield this claim and all claims below it."""
        yield self
        for step in self.steps:
            yield from step.walk()


@dataclass(frozen=True, slots=True)
class PartialDerivation:
    """One partial derivative of the chain, by both routes."""

    of: Symbol
    wrt: Symbol
    value: Node
    """In the Jacobian layout, in the names of the chain."""
    matrix_route: tuple[Claim, ...]
    component_route: tuple[Claim, ...]
    """Empty where `refusal` says why this route has no answer."""
    refusal: str | None = None
    denominator: tuple[Claim, ...] = ()
    """The value in the denominator layout (empty where that layout does not differ or is undefined)."""
    total: bool = False
    """True where `of` depends on `wrt` along this link only, so that the partial is the whole derivative."""
    identity: str | None = None
    """The slug of the named identity that this is, if it is one."""


@dataclass(frozen=True, slots=True)
class BackwardForm:
    """The gradient with respect to the variable, from that with respect to the function (`chain/backward_form.py`)."""

    loss: Symbol
    """A scalar L that depends on the function."""
    upstream: Symbol
    """G = ∂L/∂F, in the shape of the function."""
    definition: Node
    """⟨G, F⟩: with G held fixed it has the gradient G with respect to F, and stands for every L that has."""
    differential: Node | None
    """dF in terms of d of the variable; None for a chain that is followed link by link."""
    value: Node
    """∂L/∂X, in the shape of the Jacobian layout: that of X, for a vector a row."""
    claims: tuple[Claim, ...]
    kept: tuple[Link, ...]
    """The definitions of the names in the value and in the differential, each after those it uses."""


@dataclass(frozen=True, slots=True)
class ForwardForm:
    """The change of the function for a change of the variable, one for each link (`chain/passes.py`)."""

    tangent: Symbol
    """What d of the variable is, in its shape."""
    value: Node
    """d of the function."""
    claims: tuple[Claim, ...]
    """The differential of every link, innermost first."""
    kept: tuple[Link, ...]
    """The definitions of the names in the value, each after those it uses."""


@dataclass(frozen=True, slots=True)
class HigherForm:
    """The derivative of order k as a form: dᵏf, and its value dᵏf[H, …, H] in one direction."""

    function: Symbol
    definition: Node
    """The function in the declared variables."""
    order: int
    direction: Symbol
    """What d of the variable is, in its shape."""
    differential: Node
    """dᵏf in terms of d of the variable, which stands in every term k times."""
    value: Node
    """The same along the direction."""
    declared: Symbol
    """The variable as the statement has it; of the one that is differentiated by, no structure is known."""
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """A worked derivative: partials, their combination, the result, and further remarks."""

    statement: Statement
    """As it was given."""
    links: tuple[Link, ...]
    """The chain that is differentiated, outermost first; longer than the statement's where it was decomposed."""
    decomposition: tuple[Claim, ...]
    """Why the decomposed chain is the given function (empty where nothing was split)."""
    partials: tuple[PartialDerivation, ...]
    combination: tuple[Claim, ...]
    """From the chain rule to the result, one idea a line. For a chain of one link: empty."""
    value: Node
    """The derivative in the Jacobian layout, in the declared variables, and in the names that are `kept`."""
    denominator: tuple[Claim, ...]
    """The same in the denominator layout (empty where that layout does not differ or is undefined)."""
    special_cases: tuple[Claim, ...]
    """What the result becomes under a condition that each claim names."""
    entries: tuple[Claim, ...]
    """The entry formula of the result and what it means."""
    assumptions: tuple[Assumption, ...]
    notes: tuple[Prose, ...] = field(default=())
    """Points where a rule does not apply, and other remarks."""
    structured: tuple[Claim, ...] = ()
    """For a variable declared symmetric or diagonal: what the derivative is if only its free entries vary."""
    forms: tuple[Claim, ...] = ()
    """The result in another form that books print."""
    kept: tuple[Link, ...] = ()
    """The definitions of the names in the result, where it would be long without them, each after those it uses."""
    named: tuple[Link, ...] = ()
    """The names that were given to derivatives on the way."""
    backward: BackwardForm | None = None
    """Beyond two indices: the same derivative as a rule that passes a gradient on."""
    forward: ForwardForm | None = None
    """The same as a rule that passes a tangent on, where it is asked for."""
    higher: HigherForm | None = None
    """Of a derivative of the second or third order beyond two indices: the form that it is."""
    passed_on: bool = False
    """Whether that rule, backward or forward, is what was asked for, and not the derivative itself."""

    @property
    def definitions(self) -> dict[Symbol, Node]:
        """Return the definitions of the names of the chain, and of the derivatives that got a name on the way."""
        return {link.symbol: link.expression for link in (*self.links, *self.named)}

    @property
    def all_definitions(self) -> dict[Symbol, Node]:
        """Return the definition of every name, including those of the statement that the chain does without.

        A name that the chain splits anew, as f = exp(u), stands for what the chain says, since that is what the claims
        are about; in the variables alone it is what the statement says.
        """
        of = {} if self.higher is None else {self.higher.function: self.higher.definition}
        return {**of, **self.statement.definitions, **self.definitions, **self._backward_definitions}

    @property
    def _backward_definitions(self) -> dict[Symbol, Node]:
        if self.backward is None:
            return {}
        names = {link.symbol: link.expression for link in self.backward.kept}
        return {**names, **self.definitions, self.backward.loss: self.backward.definition}

    @property
    def value_without_names(self) -> Node:
        """Return the result in the declared variables alone. Its parts are shared: it may be long to write out."""
        return without_names(self.value, {link.symbol: link.expression for link in self.kept})

    def claims(self) -> Iterator[Claim]:
        """Yield every claim of the derivation, with those one level down."""
        groups = [self.decomposition, *(p.matrix_route for p in self.partials)]
        groups += [p.component_route for p in self.partials]
        groups += [p.denominator for p in self.partials]
        groups += [self.combination, self.denominator, self.special_cases, self.entries, self.structured, self.forms]
        if self.backward is not None:
            groups.insert(0, self.backward.claims)
        if self.forward is not None:
            groups.append(self.forward.claims)
        if self.higher is not None:
            groups.insert(0, self.higher.claims)
        for group in groups:
            for claim in group:
                yield from claim.walk()
