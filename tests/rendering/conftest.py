"""Names for formulas, and the three parts of exercise 5.8."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from jacobook.calculus.derivation import Claim, Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.latex.lines import LatexLine, latex_claim_lines

COLLECTION = Path(__file__).resolve().parents[2] / "generator" / "jacobook" / "collection"

PARTS = {
    "a": (
        ["x, mu in R^D", "S in R^(D x D) invertible"],
        ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"],
    ),
    "b": (["x in R^D", "sigma in R"], ["f(x) = tr(x*x' + sigma^2*eye)"]),
    "c": (["x in R^N", "A in R^(M x N)", "b in R^M"], ["f = tanh(z)", "z = A*x + b"]),
}
EVIDENCE = {
    "passed": True,
    "max_relative_error": 3.2e-13,
    "tolerance": 1e-9,
    "instances": 48,
    "symbolic": "proved",
    "sizes": [{"D": 3}, {"D": 2}],
    "symbolic_sizes": [{"D": 2}],
    "claims": 9,
}


@pytest.fixture(scope="session")
def part() -> Callable[[str], Derivation]:
    """The derivation of a part of exercise 5.8."""
    return cache(lambda name: derive(parse_statement(*PARTS[name], "x")))


@pytest.fixture(scope="session")
def worked() -> Callable[..., Derivation]:
    """The derivation of a function given in the language."""

    @cache
    def derived(given: tuple[str, ...], expressions: tuple[str, ...], wrt: str) -> Derivation:
        return derive(parse_statement(given, expressions, wrt))

    return lambda given, expressions, wrt: derived(tuple(given), tuple(expressions), wrt)


@pytest.fixture(scope="session")
def evidence() -> dict[str, object]:
    """Evidence as the verification hands it over, as plain data."""
    return dict(EVIDENCE)


def blocks(claims: tuple[Claim, ...]) -> Iterator[tuple[Claim, ...]]:
    if claims:
        yield claims
    for claim in claims:
        yield from blocks(claim.steps)


def blocks_of(derivation: Derivation) -> Iterator[tuple[Claim, ...]]:
    yield from blocks(derivation.decomposition)
    for partial in derivation.partials:
        yield from blocks(partial.matrix_route)
        yield from blocks(partial.component_route)
    for group in ("combination", "denominator", "special_cases", "entries", "structured", "forms"):
        yield from blocks(getattr(derivation, group))


@pytest.fixture(scope="session")
def printed() -> list[LatexLine]:
    """The lines of every third entry of the collection."""
    entries = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(COLLECTION.glob("*/*.yaml"))]
    found: list[LatexLine] = []
    for entry in [entry for entry in entries if "wrt" in entry][::3]:
        derivation = derive(parse_statement(entry["given"], entry["expression"], entry["wrt"]))
        for block in blocks_of(derivation):
            found += latex_claim_lines(block)
    return found
