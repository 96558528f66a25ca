"""Long blocks of lines in stages, each with a title in words that says what its rules do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jacobook.algebra import nodes as n
from jacobook.calculus.declared_identities import IDENTITY_RULES
from jacobook.calculus.derivation import Claim
from jacobook.calculus.rules.table import ALGEBRA, DIFFERENTIALS, FUNCTION_RULES, FreeEntriesRule

LONGEST_WHOLE = 7
"""A block with more lines is shown in stages."""
SIZES = (2, 6)
"""The fewest and the most lines of a stage."""

_DIFFERENTIATE = "Take the differential"
_IN_ENTRIES = "Differentiate every entry"
_PASS_ON = "Chain rule"
_TITLES: dict[str, tuple[str, ...]] = {
    "Rewrite the function": (
        "definition",
        "decompose",
        "squared-norm",
        "trace-outer",
        "power-of-root",
        "trace-kronecker",
        "determinant-kronecker",
        "inverse-kronecker",
        "log-softmax",
        "one-hot",
        "determinant-power",
        "entry-product",
        "block-product",
        "elimination",
        "duplication",
    ),
    _DIFFERENTIATE: ("constant-factor", "constant"),
    "Move the differential to the end": (
        "scalar-transpose",
        "cross-swap",
        "inner-product",
        "cyclic-trace",
        "hadamard-diag",
        "vec-product",
        "vec-transpose",
        "vec-hadamard",
        "vec-diag",
        "vec-kronecker",
    ),
    "Collect": (
        "collect",
        "tidy",
        "equal-terms",
        "sum-over-places",
        "diagonal-commute",
        "identity-factor",
        "symmetric",
        "hessian-symmetry",
        *IDENTITY_RULES,
    ),
    "Read off the derivative": ("read-off",),
    "Solve for the differential": ("implicit-function",),
    _PASS_ON: ("chain", "sum-over-paths", "adjoint", "adjoint-equation"),
    "Substitute what is known": ("insert-partials", "substitution", "written-entries"),
    "Transpose": ("denominator-layout",),
    "Let only the free entries vary": (
        "independent-entries",
        "structure-matrix",
        *(rule.slug for rule in ALGEBRA if isinstance(rule, FreeEntriesRule)),
    ),
    "Build the polynomials": ("higher-derivative", "value-at-point", "taylor"),
    "Write the function in entries": ("entries", "trace-entries"),
    _IN_ENTRIES: ("delta", "own-entry"),
    "Sum over the Kronecker deltas": ("sifting",),
    "Put the entries back together": ("written-out", "assemble", "entry-formula"),
}
_TITLE_OF = {rule.slug: _DIFFERENTIATE for rule in (*DIFFERENTIALS, *FUNCTION_RULES)}
_TITLE_OF |= {slug: title for title, slugs in _TITLES.items() for slug in slugs}


_DIFFERENTIATES = (_DIFFERENTIATE, _IN_ENTRIES)
"""The titles of the rules that take a derivative: what these lines say is what a reader has come for."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Some lines that belong together; the title is empty where the block is shown whole."""

    title: str
    claims: tuple[Claim, ...]
    is_open: bool = True
    """False where a page may fold the stage away: between the first and the last one, if it takes no derivative."""


def takes_derivative(claim: Claim) -> bool:
    """Return whether this is a line in which the derivative is taken, not one that only rearranges or inserts."""
    return _TITLE_OF[claim.rule] in _DIFFERENTIATES


def stages(claims: Sequence[Claim]) -> list[Fold]:
    """Return the lines of a block in stages, in order; one without a title where the block is not long."""
    if len(claims) <= LONGEST_WHOLE:
        return [Fold("", tuple(claims))]
    parts = [tuple(claims[start:end]) for start, end in _divided(claims)]
    titles = [_title(part) for part in parts]
    return [
        Fold(
            f"{_TITLE_OF[part[0].rule]}, continued" if title in titles[: number - 1] else title,
            part,
            number in (1, len(parts)) or any(map(takes_derivative, part)),
        )
        for number, (title, part) in enumerate(zip(titles, parts, strict=True), 1)
    ]


def _divided(claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """Return the division in which the fewest stages mix lines of different kinds or part lines of one kind."""
    fewest, most = SIZES
    best: dict[int, tuple[int, list[tuple[int, int]]]] = {0: (0, [])}
    for end in range(1, len(claims) + 1):
        found = [
            (best[start][0] + _cost(claims, start, end), [*best[start][1], (start, end)])
            for start in range(max(0, end - most), end - fewest + 1)
            if start in best
        ]
        if found:
            best[end] = min(found, key=lambda candidate: candidate[0])
    return best[len(claims)][1]


def _cost(claims: Sequence[Claim], start: int, end: int) -> int:
    part = claims[start:end]
    cost = 4 * (len({_TITLE_OF[claim.rule] for claim in part}) - 1) + 2 * (len({claim.left for claim in part}) - 1)
    if start and claims[start].left is claims[start - 1].left:
        cost += 1
    if start and _TITLE_OF[claims[start].rule] == _TITLE_OF[claims[start - 1].rule]:
        cost += 3
    return cost + 2


def _title(part: tuple[Claim, ...]) -> str:
    """Return in words what the rules of a stage do; of a walk along the chain, where it leads."""
    first = _TITLE_OF[part[0].rule]
    if first == _PASS_ON and all(isinstance(claim.left, n.Partial) for claim in part):
        (of, start), (_, end) = (claim.left.operands for claim in (part[0], part[-1]))
        if isinstance(of, n.Symbol) and isinstance(start, n.Symbol) and isinstance(end, n.Symbol):
            return (
                f"The derivative of {of.name} with respect to {end.name}"
                if start is end
                else f"From {of.name} back to {end.name}"
            )
    last = _TITLE_OF[part[-1].rule]
    if last == first:
        return first
    return f"{first}, then {last[:1].lower()}{last[1:]}"
