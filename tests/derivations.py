"""All derivations that there are to try something on: those of the benchmark, and those of the collection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jacobook.algebra.question import Statement
from jacobook.language import parse_statement
from jacobook.site.entry_files import read_entry
from tests.calculus.derived import CASES

COLLECTION = Path(__file__).parents[1] / "generator/jacobook/collection"


def benchmark_statements() -> Iterator[tuple[str, Statement]]:
    """Every case of the benchmark, under its name."""
    for case in CASES:
        expression = case["expr"]
        lines = [expression] if isinstance(expression, str) else expression
        yield case["id"], parse_statement(case["given"], lines, case["wrt"])


def collection_statements() -> Iterator[tuple[str, Statement]]:
    """Every derivative of the collection, cases included, under the name of its file."""
    for path in sorted(COLLECTION.rglob("*.yaml")):
        if path.name == "sources.yaml":
            continue
        entry = read_entry(path)
        if entry.differential:
            continue
        name = f"{path.parent.name}/{path.stem}"
        yield name, parse_statement(entry.given, entry.expression, entry.wrt)
        for number, case in enumerate(entry.cases, 1):
            lines = case.expression or entry.expression
            yield f"{name}#{number}", parse_statement(case.given or entry.given, lines, case.wrt or entry.wrt)


STATEMENTS: dict[str, Statement] = {
    name: statement for source in (benchmark_statements(), collection_statements()) for name, statement in source
}
ONLY_NUMPY = {"implicit/deep-equilibrium-layer", "implicit/deep-equilibrium-layer#1", "implicit/implicit-curve"}
"""Equations that are solved by Newton's method, for which there is code for NumPy alone."""
