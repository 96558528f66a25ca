"""Random expressions over the whole language, by both routes: a verified derivative or a named refusal, nothing else.

The usual run is short, `make every-case` eight times as long; the longest prints the same score:

    python -m tests.random_expressions --count 20000 --depth 6 --jobs 2
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.traverse import walk
from jacobook.calculus.derive import derive
from tests.conftest import EVERY_CASE
from tests.random_expressions import Outcome, outcome_of, outcomes, score
from tests.strategies import random_chain, random_expression

pytestmark = pytest.mark.random
COUNT, WIDER, FURTHER, DEPTH = (500, 500, 60, 6) if EVERY_CASE else (60, 30, 12, 6)
FIRST_LINKS = range(400, 430) if EVERY_CASE else range(415, 421)
FEWEST_RIGHT = 0.98
"""Refused are under 1 %; a function without a usable point (unchecked) is as rare."""


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    """What comes of the first expressions, with the matrix route's answer; the component route stands beside it."""
    return list(outcomes(range(COUNT), depth=DEPTH))


def test_nothing_is_wrong_and_nothing_crashes(found: list[Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{score(found)}")
    bad = [outcome for outcome in found if outcome.kind in ("wrong", "crashed")]
    assert [f"{o.kind} {o.number}: {o.statement}: {o.reason}" for o in bad] == []


def test_nearly_all_are_answered_and_what_is_refused_has_a_reason(found: list[Outcome]) -> None:
    right = sum(outcome.kind == "right" for outcome in found)
    assert right >= FEWEST_RIGHT * COUNT
    assert all(outcome.reason for outcome in found if outcome.kind == "refused")
    assert sum(outcome.kind == "refused" for outcome in found) <= 0.01 * COUNT


def test_functions_of_whole_matrices() -> None:
    found = list(outcomes(range(10000, 10000 + WIDER), depth=4, code=True, wider=True))
    bad = [outcome for outcome in found if outcome.kind in ("wrong", "crashed")]
    assert [f"{o.kind} {o.number}: {o.statement}: {o.reason}" for o in bad] == []
    assert sum(outcome.kind == "right" for outcome in found) >= 0.9 * WIDER


def test_the_component_route_alone() -> None:
    bad = []
    for number in range(COUNT, COUNT + FURTHER):
        outcome = outcome_of(number, depth=DEPTH, route="component", code=True)
        if outcome.kind in ("wrong", "crashed"):
            bad.append(f"{outcome.kind} {number}: {outcome.statement}: {outcome.reason}")
    assert bad == []


def test_the_generated_code_of_some() -> None:
    bad = []
    for number in range(2000, 2000 + FURTHER):
        outcome = outcome_of(number, depth=5, code=True)
        if outcome.kind in ("wrong", "crashed"):
            bad.append(f"{outcome.kind} {number}: {outcome.statement}: {outcome.reason}")
    assert bad == []


def test_sizes_of_1_and_other_fixed_sizes() -> None:
    found = list(outcomes(range(3100, 3100 + FURTHER), depth=4, code=True, fixed=True))
    assert [
        f"{o.kind} {o.number}: {o.statement}: {o.reason}" for o in found if o.kind not in ("right", "unchecked")
    ] == []
    assert sum(outcome.kind == "unchecked" for outcome in found) < 5


def test_the_expressions_of_fixed_sizes_multiply_what_has_a_side_of_1_with_what_has_none() -> None:
    fixed = bridged = 0
    for number in range(300):
        node = random_expression(number, 4, fixed=True)[0]
        products = [current.operands for current in walk(node) if isinstance(current, n.Product)]
        pairs = [(a.shape, c.shape) for factors in products for a, c in pairwise(factors)]
        bridged += any((a.is_vector and c.is_matrix) or (a.is_matrix and c.is_row) for a, c in pairs)
        fixed += any(axis == Dimension(1) for current in walk(node) for axis in current.shape.axes)
    assert fixed > 150
    assert bridged > 15


def test_the_expressions_hold_every_kind_of_node() -> None:
    kinds: set[type[n.Node]] = set()
    functions: set[str] = set()
    repeated = absent = 0
    for number in range(1500):
        node, wrt = random_expression(number, DEPTH)
        occurrences = 0
        stack = [node]
        while stack:
            current = stack.pop()
            kinds.add(type(current))
            occurrences += current is wrt
            if isinstance(current, n.Apply):
                functions.add(current.function)
            stack.extend(current.operands)
        repeated += occurrences > 1
        absent += occurrences == 0
    language = {
        n.Number, n.Symbol, n.Identity, n.Fill, n.Add, n.Negate, n.Product, n.Divide, n.Hadamard, n.HadamardDivide,
        n.HadamardPower, n.Power, n.Transpose, n.Inverse, n.Trace, n.Determinant, n.LogDeterminant, n.EntrySum, n.Norm1,
        n.Norm2, n.Diag, n.Diagonal, n.Vec, n.Kronecker, n.Softmax, n.LogSumExp, n.Apply, n.Entry, n.Literal,
    }  # fmt: skip
    assert language <= kinds
    assert len(functions) >= 16
    assert repeated > 350
    assert 15 < absent < 150


def test_symbolic_powers_and_sums_over_an_index() -> None:
    bad = []
    for number in range(2000, 2000 + FURTHER):
        found = outcome_of(number, depth=4, route="component" if number % 3 == 0 else "matrix", code=True, powers=True)
        if found.kind not in ("right", "unchecked"):
            bad.append(f"{found.kind} {number}: {found.statement}: {found.reason}")
    assert bad == []


def test_the_expressions_with_powers_hold_their_variable_in_them() -> None:
    held = [0, 0]
    for number in range(300):
        node, wrt = random_expression(number, 4, powers=True)
        inside = [current for current in walk(node) if current.depends_on(wrt)]
        held[0] += any(isinstance(current, n.BoundedSum) for current in inside)
        held[1] += any(is_symbolic_power(current) for current in inside)
    assert min(held) > 40


def test_powers_among_fixed_sizes() -> None:
    """Of these, 141 and 283 have a sum over an index in the shape of a vector where N is 1."""
    found = [outcome_of(number, powers=True, fixed=True) for number in (*range(135, 150), 283)]
    assert [f"{o.kind} {o.number}: {o.statement}: {o.reason}" for o in found if o.kind != "right"] == []


def test_chains_of_links_of_all_shapes() -> None:
    """Number 420 has a matrix between the scalars of a matrix function.

    338 and 517 have the sine of a large number, 1108 and 1760 an adjugate that is small beside the products in it,
    2269 a product of inverses with large condition numbers.
    """
    found = [outcome_of(number, links=True) for number in (*FIRST_LINKS, 338, 517, 1108, 1760, 2269)]
    assert [f"{o.kind} {o.number}: {o.statement}: {o.reason}" for o in found if o.kind != "right"] == []


def test_chains_whose_links_are_used_twice() -> None:
    """Short ones are in the declared variables, long ones keep their names: both are right, and so is the code."""
    found = [outcome_of(number, chains=True, code=True) for number in range(FURTHER)]
    bad = [f"{o.kind} {o.number}: {o.statement}: {o.reason}" for o in found if o.kind != "right"]
    assert bad == []
    kept = [bool(derive(random_chain(number), both=False).kept) for number in range(FURTHER)]
    assert FURTHER / 5 < sum(kept) < FURTHER * 9 / 10
