"""Rules for the lines of every derivation of the collection and of the benchmark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import derivative_shape
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Claim, Derivation, PartialDerivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.sentences import prose_text
from tests.calculus.derived import CASES, solve
from tests.numeric_truth import difference

# All of them are derived once, in one process.
pytestmark = pytest.mark.xdist_group("lines of the collection")
COLLECTION = Path(__file__).parents[2] / "generator/jacobook/collection"


@cache
def derivations() -> tuple[tuple[str, Derivation], ...]:
    found = []
    for path in sorted(COLLECTION.glob("*/*.yaml")):
        entry = yaml.safe_load(path.read_text("utf-8"))
        if not entry.get("differential"):
            for case in ({}, *entry.get("cases", ())):
                asked = {**entry, **case}
                statement = parse_statement(asked["given"], asked["expression"], asked.get("wrt"))
                found.append((path.stem, derive(statement)))
    return (*found, *((case["id"], solve(case["given"], case["expr"], case["wrt"])) for case in CASES))


def partials() -> Iterator[tuple[str, PartialDerivation]]:
    for name, derivation in derivations():
        for partial in derivation.partials:
            yield name, partial


def component_claims() -> Iterator[tuple[str, PartialDerivation, Claim]]:
    for name, partial in partials():
        for claim in partial.component_route:
            yield name, partial, claim


@pytest.mark.slow
def test_indices_are_chosen_once() -> None:
    """No line renames them, and those that a line after the derivative sums over had their letters before."""
    lines = 0
    for name, partial in partials():
        named: set[str] = set()
        for claim in partial.component_route:
            assert "rename" not in prose_text(claim.reason).lower(), name
            letters = {node.index.name for node in walk(claim.right) if isinstance(node, n.IndexSum)}
            if claim.rule == "sifting":
                assert letters <= named, (name, prose_text(claim.reason))
                lines += 1
            named |= letters
    assert lines > 150


def test_a_linear_function_is_differentiated_as_linear() -> None:
    seen = 0
    for name, partial in partials():
        reasons = [prose_text(claim.reason) for claim in partial.component_route if claim.rule == "delta"]
        if partial.wrt.shape.axes and not partial.value.depends_on(partial.wrt):
            assert not any("roduct rule" in reason for reason in reasons), name
            seen += any("inear in the entries" in reason for reason in reasons)
    assert seen > 50


def test_no_term_is_a_sum_over_more_than_five_indices_where_a_matrix_says_it() -> None:
    shorter = 0
    for name, partial, claim in component_claims():
        if partial.component_route[-1].rule != "assemble" and derivative_shape(partial.of.shape, partial.wrt.shape):
            continue
        terms = claim.right.operands if isinstance(claim.right, n.Add) else (claim.right,)
        for term in terms:
            assert sum(isinstance(node, n.IndexSum) for node in walk(term)) <= 5, name
        shorter += "too long to print" in prose_text(claim.reason)
    assert shorter > 5


def test_what_is_said_to_be_an_entry_of_a_matrix_is_that() -> None:
    told, others = 0, 0
    for name, partial, claim in component_claims():
        if claim.rule != "assemble" or derivative_shape(partial.of.shape, partial.wrt.shape) is None:
            continue
        pieces = entries_told(claim)
        told += bool(pieces)
        others += not pieces
        for entry, indices, array in pieces:
            written = build.array_of(entry, *indices, shape=array.shape) if indices else entry
            assert difference(written, array) < 1e-9, name
    assert told > 5 * others


def entries_told(claim: Claim) -> list[tuple[Node, tuple[Index, ...], Node]]:
    """Return from a reason "… is entry (k, l) of …" the entries, their places, and the arrays."""
    values = claim.reason.values
    found = []
    for piece in PIECE.finditer(claim.reason.template):
        entry, *places, array = (values[int(number)] for number in re.findall(r"\d+", piece[0]))
        assert isinstance(entry, Node)
        assert isinstance(array, Node)
        found.append((entry, tuple(place for place in places if isinstance(place, Index)), array))
    return found


PIECE = re.compile(r"\{\d+\} is entry (?:\{\d+\}|\(\{\d+\}, \{\d+\}\)) of \{\d+\}|^\{\d+\} is \{\d+\}(?=\.)")


def test_in_a_trace_stands_the_coefficient_itself() -> None:
    """Not (A′X′)′ for X A; only a sum may keep one transpose outside, where that has fewer of them."""
    seen = 0
    for name, partial in partials():
        for claim in partial.matrix_route:
            for trace in (node for node in walk(claim.right) if isinstance(node, n.Trace)):
                inside = trace.operands[0]
                first = inside.operands[0] if isinstance(inside, n.Product) else inside
                ends_in_dx = isinstance(inside, n.Product) and inside.operands[-1] is build.differential(partial.wrt)
                if claim.rule in REARRANGED and ends_in_dx:
                    seen += 1
                    assert not (isinstance(first, n.Transpose) and isinstance(first.operands[0], n.Product)), name
    assert seen > 100


REARRANGED = ("cyclic-trace", "scalar-transpose", "tidy", "inner-product")


def test_a_symmetric_matrix_is_not_transposed_first() -> None:
    """What is declared symmetric is used where its transpose would come up, not in a line of its own after that."""
    at_once = 0
    for name, partial in partials():
        if derivative_shape(partial.of.shape, partial.wrt.shape) is None:
            continue
        for block in (partial.matrix_route, partial.component_route, partial.denominator):
            at_once += any(c.rule != "symmetric" and "symmetric" in c.reason.template for c in block)
            for place, claim in enumerate(block):
                if claim.rule != "symmetric" or partial.wrt in [assumption.node for assumption in claim.assumptions]:
                    continue
                assert not any(before.rule in FOR_SYMMETRY for before in block[:place]), name
    assert at_once > 20


FOR_SYMMETRY = ("assemble", "denominator-layout", "scalar-transpose", "collect")


def test_the_differential_of_a_scalar_stays_last() -> None:
    """(1/u) du is not written du/u before the coefficient is read off."""
    for name, partial in partials():
        if partial.wrt.shape.axes:
            continue
        dx = build.differential(partial.wrt)
        for claim in partial.matrix_route:
            if claim.rule == "tidy" and isinstance(claim.right, n.Divide):
                assert dx not in walk(claim.right.operands[0]), name
