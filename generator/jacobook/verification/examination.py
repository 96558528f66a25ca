"""The evidence for a derivation: every claim checked as what it is, the result against the function.

The numeric check needs NumPy alone. A symbolic witness is given from outside (`evidence.py` gives SymPy's): without one
every symbolic status is `skipped`, and nothing is said to be proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from jacobook.algebra import build
from jacobook.algebra.entry_lookup import least_sizes
from jacobook.algebra.nodes import Differential, Node, Symbol
from jacobook.algebra.shapes import derivative_shape
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Assumption, Claim, Derivation, PartialDerivation
from jacobook.calculus.differential import DifferentialDerivation
from jacobook.language.printer import short_text
from jacobook.verification.numeric.equations import NumericCheck, NumericResult, Setting
from jacobook.verification.points.instances import (
    Instances,
    affordable_assignments,
    few_assignments,
    size_assignments,
    size_names,
)
from jacobook.verification.symbolic.result import SymbolicResult
from jacobook.verification.why_unchecked import why_unchecked

FREE_ASSIGNMENTS = 3


class SymbolicWitness(Protocol):
    """What proves equations, or does not decide them."""

    def check(self, left: Node, right: Node, setting: Setting) -> SymbolicResult:
        """Return what was found about an equation whose sides have one shape."""


Witness = Callable[[Instances, tuple[str, ...], Mapping[str, int]], SymbolicWitness]
"""What makes the witness of one derivation, of its points, the names of its sizes, and the least of each."""


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """What was found about one claim."""

    path: str
    """The place of the claim: `∂z/∂y, matrix route, line 2, step 1`."""
    rule: str
    passed: bool
    """Whether it was compared, and holds."""
    error: float
    """The largest relative error over all instances."""
    tolerance: float
    """What the error had to stay within; it does not depend on the machine, where the error's last digits do."""
    instances: int
    skipped_sizes: tuple[dict[str, int], ...]
    """Assignments of sizes for which the claim has no value (such as M < N for det(X′X))."""
    symbolic: str
    """`proved`, `undecided`, `skipped` or `disproved`."""
    symbolic_sizes: tuple[dict[str, int], ...]
    reason: str | None
    """Why the symbolic check did not decide."""
    failure: str | None
    unchecked: str | None = None
    """Why nothing could be compared; None where something was."""
    sizes: tuple[dict[str, int], ...] = ()
    """The assignments of sizes at which it was compared."""
    cause: str | None = None
    """Why it fails: the end of `failure`, which also says where and what."""

    @property
    def verdict(self) -> str:
        """Return `checked`, `unchecked` (it could not be checked) or `failed`."""
        return "failed" if self.failure is not None else "unchecked" if self.unchecked is not None else "checked"

    def as_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "rule": self.rule,
            "verdict": self.verdict,
            "passed": self.passed,
            "error": self.error,
            "tolerance": self.tolerance,
            "instances": self.instances,
            "skipped_sizes": list(self.skipped_sizes),
            "symbolic": self.symbolic,
            "symbolic_sizes": list(self.symbolic_sizes),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found about a derivation."""

    claims: tuple[ClaimEvidence, ...]
    """The derivation's claims in order, then the checks of the values of partials and of the result."""
    sizes: tuple[dict[str, int], ...] = field(default=())
    """The assignments of sizes at which something was evaluated."""
    why: str | None = None
    """Why the derivation could not be checked, None where it was checked, or failed."""

    @property
    def verdict(self) -> str:
        """Return `checked`, `unchecked` (some of it could not be checked, nothing failed) or `failed`.

        The three are never confused: what was not compared with anything did not fail, and was not checked either.
        """
        found = {claim.verdict for claim in self.claims}
        if "failed" in found:
            return "failed"
        return "unchecked" if self.why is not None or not found or "unchecked" in found else "checked"

    @property
    def passed(self) -> bool:
        """Return whether everything was checked and nothing failed."""
        return self.verdict == "checked"

    @property
    def unchecked(self) -> tuple[ClaimEvidence, ...]:
        """Return the claims that could not be checked."""
        return tuple(claim for claim in self.claims if claim.verdict == "unchecked")

    @property
    def failures(self) -> tuple[str, ...]:
        """Return one sentence for every claim that failed."""
        return tuple(claim.failure for claim in self.claims if claim.failure is not None)

    @property
    def max_relative_error(self) -> float:
        return max((claim.error for claim in self.claims), default=0.0)

    @property
    def tolerance(self) -> float:
        """Return what every comparison had to stay within."""
        return max((claim.tolerance for claim in self.claims), default=0.0)

    @property
    def instances(self) -> int:
        """Return the number of comparisons at random points, over all claims."""
        return sum(claim.instances for claim in self.claims)

    @property
    def symbolic(self) -> str:
        """Return `proved` if every claim is, else `undecided` if one is, else `skipped`."""
        found = {claim.symbolic for claim in self.claims}
        for status in ("disproved", "undecided", "skipped"):
            if status in found:
                return status if status != "disproved" else "undecided"
        return "proved" if found else "skipped"

    @property
    def symbolic_sizes(self) -> tuple[dict[str, int], ...]:
        """Return the sizes for which every claim that was proved is proved."""
        proved = [claim.symbolic_sizes for claim in self.claims if claim.symbolic == "proved"]
        return tuple(sizes for sizes in (proved[0] if proved else ()) if all(sizes in other for other in proved))

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for renderers and JSON."""
        statuses = [claim.symbolic for claim in self.claims]
        return {
            "verdict": self.verdict,
            "passed": self.passed,
            "why": self.why,
            "max_relative_error": self.max_relative_error,
            "tolerance": self.tolerance,
            "instances": self.instances,
            "symbolic": self.symbolic,
            "sizes": list(self.sizes),
            "symbolic_sizes": list(self.symbolic_sizes),
            "symbolic_counts": {s: statuses.count(s) for s in ("proved", "undecided", "skipped")},
            "claims": len(self.claims),
            "unchecked": len(self.unchecked),
            "claim_details": [claim.as_dict() for claim in self.claims],
            "failures": list(self.failures),
        }


@dataclass(frozen=True, slots=True)
class _Check:
    path: str
    rule: str
    left: Node
    right: Node
    setting: Setting


def evidence_for(
    derivation: Derivation, symbolic: Witness | None = None, quick: bool = False, to_first_failure: bool = False
) -> Evidence:
    """Return the evidence for every claim of the derivation, for its partials and for its result.

    `quick` tries fewer sizes. What does not pass with them is examined at all sizes. `to_first_failure` leaves out what
    comes after a claim that fails: the verdict is the same, and is all that is asked for.
    """
    checks = list(_checks(derivation))
    function = derivation.statement.function
    found = _examined(checks, derivation.all_definitions, symbolic, function, quick, to_first_failure)
    return found if found.passed or not quick else evidence_for(derivation, symbolic, False, to_first_failure)


def _examined(
    checks: list[_Check],
    definitions: dict[Symbol, Node],
    symbolic: Witness | None,
    function: Node,
    quick: bool = False,
    to_first_failure: bool = False,
) -> Evidence:
    """Return the evidence for the checks, the last of which is the result; `function` is what is differentiated."""
    sides = [side for check in checks for side in (check.left, check.right)]
    examiner = _Examiner(sides, definitions, symbolic, quick)
    found = []
    for check in checks:
        found.append(examiner.examine(check))
        if to_first_failure and found[-1].verdict == "failed":
            break
    sizes = {tuple(one.items()): one for one in examiner.used}
    evidence = Evidence(tuple(found), tuple(sizes.values()))
    if evidence.verdict == "failed":
        return evidence
    return replace(evidence, why=why_unchecked(found, function, examiner.instances, examiner.assignments))


def evidence_for_differential(derivation: DifferentialDerivation, symbolic: Witness | None = None) -> Evidence:
    """Return the evidence for every line of a differential and its value, in random directions of all variables."""
    setting = Setting(frozenset(derivation.variables), conditional=_is_conditional(derivation.assumptions))
    left = build.differential(derivation.function)
    checks = [*_lines("differential", derivation.claims, setting)]
    checks.append(_Check("result", "definition", left, derivation.value, setting))
    return _examined(checks, derivation.statement.definitions, symbolic, derivation.function)


def evidence_for_equation(
    left: Node, right: Node, varying: Iterable[Symbol] = (), symbolic: Witness | None = None
) -> ClaimEvidence:
    """Return the evidence for one equation that holds for all values of its symbols, such as a rule.

    In differentials, the symbols whose d occurs on the right vary, and those named.
    """
    check = _Check("equation", "equation", left, right, Setting(frozenset(varying)))
    return _Examiner([left, right], {}, symbolic).examine(check)


class _Examiner:
    """Runs the checks, each equation once."""

    def __init__(
        self, sides: list[Node], definitions: dict[Symbol, Node], symbolic: Witness | None, quick: bool = False
    ) -> None:
        symbols = {symbol for side in sides for symbol in side.symbols}
        everything = [*sides, *definitions.values(), *definitions]
        names, least = size_names(everything), least_sizes(everything)
        self.instances = Instances(symbols, definitions)
        choose = few_assignments if quick else affordable_assignments
        self.assignments = choose(size_assignments(names, least), (node for one in everything for node in walk(one)))
        self.numeric = NumericCheck(self.instances, self.assignments)
        self.few = NumericCheck(self.instances, self.assignments[:FREE_ASSIGNMENTS])
        self.symbolic = None if symbolic is None else symbolic(self.instances, names, least)
        self.used: list[dict[str, int]] = []
        self._seen: dict[tuple[Node, Node, Setting], tuple[NumericResult, SymbolicResult]] = {}

    def examine(self, check: _Check) -> ClaimEvidence:
        """Return the evidence for one equation."""
        if check.left.shape != check.right.shape:
            shapes = f"the sides have shapes {check.left.shape.describe()} and {check.right.shape.describe()}"
            numeric, symbolic = (
                NumericResult(failure=shapes),
                SymbolicResult("skipped", reason="shapes differ"),
            )
            return _evidence(check, numeric, symbolic)
        key = (check.left, check.right, check.setting)
        if key not in self._seen:
            self._seen[key] = self._examine(check.left, check.right, check.setting)
            self.used += self._seen[key][0].sizes
        return _evidence(check, *self._seen[key])

    def _examine(self, left: Node, right: Node, setting: Setting) -> tuple[NumericResult, SymbolicResult]:
        on_chain = replace(setting, free=frozenset())
        numeric = self.numeric.check(left, right, on_chain)
        if setting.free and numeric.failure is None:
            apart = self.few.check(left, right, setting)
            if apart.instances:
                numeric.error, numeric.failure = max(numeric.error, apart.error), apart.failure
                numeric.sizes = numeric.sizes or apart.sizes
                numeric.instances += apart.instances
                numeric.tolerance = max(numeric.tolerance, apart.tolerance)
        if self.symbolic is None:
            return numeric, SymbolicResult("skipped", reason="not asked for")
        if numeric.failure is not None:
            return numeric, SymbolicResult("skipped", reason="the numeric check failed")
        if numeric.unseen is not None:
            return numeric, SymbolicResult("skipped", reason=numeric.unseen)
        symbolic = self.symbolic.check(left, right, setting)
        if setting.free and symbolic.status != "proved":
            symbolic = self.symbolic.check(left, right, on_chain)
        return numeric, symbolic


def _evidence(check: _Check, numeric: NumericResult, symbolic: SymbolicResult) -> ClaimEvidence:
    failure, unseen = numeric.failure, numeric.unseen
    if failure is None and symbolic.status == "disproved":
        failure = symbolic.reason
    cause = failure
    if failure is not None:
        claim = f"{short_text(check.left)} = {short_text(check.right)}"
        failure = f"{check.path}: {claim} (rule {check.rule}) fails: {failure}"
    return ClaimEvidence(
        check.path,
        check.rule,
        failure is None and unseen is None,
        numeric.error,
        numeric.tolerance,
        numeric.instances,
        tuple(numeric.skipped),
        symbolic.status,
        tuple(symbolic.sizes),
        symbolic.reason,
        failure,
        unseen,
        tuple(numeric.sizes),
        cause,
    )


def _checks(derivation: Derivation) -> Iterator[_Check]:
    """Yield what is to be checked: all claims, then values against definitions."""
    statement = derivation.statement
    whole = setting_of(derivation)
    yield from _lines("decomposition", derivation.decomposition, whole)
    for partial in derivation.partials:
        apart = setting_of(derivation, partial)
        name = f"∂{partial.of.name}/∂{partial.wrt.name}"
        yield from _lines(f"{name}, matrix route", partial.matrix_route, apart, unknown=partial.of)
        yield from _lines(f"{name}, component route", partial.component_route, apart)
        yield from _lines(f"{name}, denominator layout", partial.denominator, apart)
        left = build.partial(partial.of, partial.wrt)
        yield _Check(f"{name}, value", "definition", left, partial.value, apart)
    yield from _lines("combination", derivation.combination, whole)
    yield from _lines("denominator layout", derivation.denominator, whole)
    yield from _lines("special case", derivation.special_cases, whole)
    yield from _lines("entries", derivation.entries, whole)
    yield from _lines("free entries", derivation.structured, whole)
    yield from _lines("another form", derivation.forms, whole)
    yield from _backward_checks(derivation, whole)
    if derivation.forward is not None:
        yield from _lines("forward form", derivation.forward.claims, whole)
    if derivation.higher is not None:
        yield from _lines("higher differential", derivation.higher.claims, replace(whole, alone=True))
    for symbol, body in statement.definitions.items():
        if derivation.definitions.get(symbol) is not body:
            yield _Check(f"definition of {symbol.name}", "definition", symbol, body, whole)
    left = build.partial(statement.definitions[statement.function], statement.wrt, total=True)
    yield _Check("result", "definition", left, derivation.value, whole)


def _backward_checks(derivation: Derivation, setting: Setting) -> Iterator[_Check]:
    """Yield the lines of the backward form, and what it must be by the Jacobian J: vec(∂L/∂X) = J′ vec(G)."""
    backward = derivation.backward
    if backward is None:
        return
    yield from _lines("backward form", backward.claims, setting)
    wrt = derivation.statement.wrt
    left = build.partial(backward.loss, wrt, total=True)
    yield _Check("backward form, value", "definition", left, backward.value, setting)
    if backward.differential is not None:
        df = build.differential(derivation.statement.function)
        yield _Check("backward form, differential", "definition", df, backward.differential, setting)
    of = derivation.statement.function.shape
    if derivative_shape(of, wrt.shape) is not None and not (of.is_vector and wrt.shape.is_vector):
        return
    gradient = build.transpose(backward.value) if wrt.shape.is_vector else backward.value
    passed_on = build.product(build.transpose(derivation.value), build.stacked(backward.upstream))
    yield _Check("backward form, by the Jacobian", "inner-product", build.stacked(gradient), passed_on, setting)


def setting_of(derivation: Derivation, partial: PartialDerivation | None = None) -> Setting:
    """Return in what sense the lines that find a partial derivative are meant, or, without one, all other lines."""
    conditional = _is_conditional(derivation.assumptions)
    if partial is None:
        return Setting(frozenset({derivation.statement.wrt}), conditional=conditional)
    free = frozenset({partial.wrt} & derivation.definitions.keys())
    return Setting(frozenset({partial.wrt}), through=False, conditional=conditional, free=free)


def _is_conditional(assumptions: tuple[Assumption, ...]) -> bool:
    return any(not assumption.declared for assumption in assumptions)


def _lines(
    path: str, claims: tuple[Claim, ...], setting: Setting, word: str = "line", unknown: Symbol | None = None
) -> Iterator[_Check]:
    """Yield the claims of a block with those below them, each under its own assumptions and its parents'.

    In the differential of a side of an equation its unknown moves, too, whatever the right side says.
    """
    for number, claim in enumerate(claims, 1):
        own = replace(setting, assumptions=setting.assumptions + claim.assumptions)
        inside = claim.left.operands[0] if isinstance(claim.left, Differential) else None
        if inside is not None and unknown is not None and inside is not unknown and unknown in inside.symbols:
            own = replace(own, varying=own.varying | {unknown})
        here = f"{path}, {word} {number}"
        yield _Check(here, claim.rule, claim.left, claim.right, own)
        yield from _lines(here, claim.steps, own, "step")
