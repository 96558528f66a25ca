"""Shorthands: statements derived and verified."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import Shape
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.verification import verify

BENCHMARK = Path(__file__).parents[1] / "data/benchmark"
CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (BENCHMARK / "cases.jsonl").read_text("utf-8").splitlines() if line.strip()
]


@lru_cache(maxsize=256)
def worked(given: tuple[str, ...], expressions: tuple[str, ...], wrt: str, route: str = "matrix") -> Derivation:
    """Return the derivation of a statement, each once."""
    return derive(parse_statement(given, expressions, wrt), route)


def solve(given: str | Sequence[str], expressions: str | Sequence[str], wrt: str, route: str = "matrix") -> Derivation:
    """Return the derivation; declarations may be one text with semicolons."""
    declarations = tuple(given.split("; ")) if isinstance(given, str) else tuple(given)
    lines = (expressions,) if isinstance(expressions, str) else tuple(expressions)
    return worked(declarations, lines, wrt, route)


def expression(given: str, written: str, shape: Shape, names: Iterable[Symbol] = ()) -> Node:
    """Return an expected result, written in the language, over the declarations and names of a chain."""
    return parse_expression(written, [*parse_declarations(given.split("; ")), *names], shape)


def assert_verified(derivation: Derivation) -> None:
    """Every claim and the result agree with the numeric witness, by both routes."""
    evidence = verify(derivation, symbolic=False)
    assert evidence.failures == ()
    assert evidence.claims


def assert_is(derivation: Derivation, given: str, written: str, names: Iterable[Symbol] = ()) -> None:
    """The result is the expected one, by normal form."""
    expected = expression(given, written, derivation.value.shape, names)
    assert equal(derivation.value, expected), f"{text(derivation.value)} instead of {written}"
