"""Results read back: the text of a derivative, parsed with its shape, is the derivative.

    python -m tests.rendering.test_results_read_back FIRST COUNT

prints every failure among so many random expressions.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.rendering.shape_words import result
from tests.numeric_truth import Nowhere, difference
from tests.strategies import random_expression, statement_of


def failures(number: int, powers: bool = False, entries_above: bool = False) -> Iterator[str]:
    """Yield what does not read back of the derivation with this number: function, results, partial derivatives."""
    statement = statement_of(*random_expression(number, powers=powers, entries_above=entries_above))
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


@pytest.mark.random
@pytest.mark.one_in(3)
@pytest.mark.parametrize("first", range(0, 400, 50))
def test_results_read_back(first: int) -> None:
    assert [problem for number in range(first, first + 50) for problem in failures(number)] == []


@pytest.mark.random
@pytest.mark.one_in(3)
@pytest.mark.parametrize("first", range(0, 150, 50))
def test_powers_by_an_entry_read_back(first: int) -> None:
    numbers = range(first, first + 50)
    assert [problem for number in numbers for problem in failures(number, entries_above=True)] == []


POWERS_BY_AN_ENTRY = {
    # function, variable: text of the derivative
    ("x'*(cosh(x).^(w[1]))", "w"): "cosh(x).^(w[1])",
    ("sum(X.^(B[1,1]))", "X"): ".^(B[1,1] - 1)",
    ("t^(w[2])", "w"): "t^(w[2])",
    ("sum(x.^(mu[D]))", "mu"): "x.^(mu[D])",
    ("t^((2*w)[1])", "t"): "t^((2*w)[1] - 1)",
    ("sum(x.^(-w[1]))", "w"): "x.^(-w[1])",
}


@pytest.mark.parametrize(("function", "wrt"), POWERS_BY_AN_ENTRY)
def test_a_power_by_an_entry_keeps_its_brackets(function: str, wrt: str) -> None:
    given = ["x, w, mu in R^D positive", "X, B in R^(D x D) positive", "t in R positive"]
    statement = parse_statement(given, [function], wrt)
    value = derive(statement, "matrix").value
    assert POWERS_BY_AN_ENTRY[function, wrt] in text(value)
    for node in (value, statement.links[0].expression):
        back = parse_expression(text(node), statement.declarations, node.shape)
        assert equal(back, node), text(node)


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
