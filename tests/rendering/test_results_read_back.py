"""Results read back: the text of a derivative, parsed with its shape, is the derivative.

    python -m tests.rendering.test_results_read_back FIRST COUNT

prints every failure among so many random expressions.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from generator.algebra.nodes import Node, Symbol
from generator.algebra.normal_form import equal
from generator.calculus.derive import derive
from generator.calculus.refusal import Refusal
from generator.language import LanguageError, parse_expression
from generator.rendering.shapes import result
from generator.rendering.text import text
from tests.numeric_truth import Nowhere, difference
from tests.strategies import random_expression, statement_of


def failures(number: int, powers: bool = False) -> Iterator[str]:
    """Yield what does not read back of the derivation with this number: function, results, partial derivatives."""
    statement = statement_of(*random_expression(number, powers=powers))
    values = [link.expression for link in statement.links]
    try:
        derivation = derive(statement, "matrix")
    except Refusal:
        pass
    else:
        values += [result(derivation, layout)[1] for layout in ("jacobian", "denominator")]
        values += [partial.value for partial in derivation.partials]
    for value in dict.fromkeys(values):
        if problem := _problem(value, {*statement.declarations, *value.symbols}):
            yield f"case {number}: {text(value)} ({value.shape}): {problem}"


def _problem(value: Node, symbols: set[Symbol]) -> str:
    try:
        back = parse_expression(text(value), symbols, value.shape)
    except LanguageError as error:
        return error.message
    if back.shape != value.shape:
        return f"reads back as {back.shape}"
    if equal(back, value):
        return ""
    try:  # the normal form is sound, not complete: then the values decide
        return "" if difference(back, value) < 1e-7 else f"reads back as something else: {text(back)}"
    except Nowhere:
        return ""


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_results_read_back(first: int) -> None:
    assert [problem for number in range(first, first + 50) for problem in failures(number)] == []


def main(first: int, count: int) -> None:
    """Print what does not read back, and how many cases failed."""
    found = Counter[int]()
    for number in range(first, first + count):
        for problem in failures(number):
            found[number] += 1
            print(problem, flush=True)
    print(f"{len(found)} of {count} cases do not read back")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
