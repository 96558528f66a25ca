"""tidy, collect and normal_form on random expressions: the value stays, and equal means equal."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal, normal_form
from jacobook.algebra.shapes import Shape, ShapeError, matrix, row, vector
from jacobook.algebra.terms import node_of, terms_of
from jacobook.algebra.traverse import substitute, walk
from jacobook.language import parse_expression
from jacobook.language.printer import text
from tests.conftest import one_in
from tests.numeric_truth import Nowhere, difference
from tests.strategies import BY_NAME, VARIABLES, ExpressionMaker, K, M, N, Seeded, expressions, random_expression

ROOT = Path(__file__).resolve().parents[2]
FORMS: dict[str, Callable[[Node], Node]] = {
    "tidy": tidy,
    "collect": collect,
    "normal_form": normal_form,
    "terms": lambda node: node_of(terms_of(node), node.shape),
}
FEW = settings(derandomize=True, max_examples=60, deadline=None)
MANY = settings(derandomize=True, max_examples=150, deadline=None)


def differs(left: Node, right: Node) -> bool:
    """Whether two expressions have different values. Rejects the case where they have none."""
    try:
        return difference(left, right) > 1e-6
    except Nowhere:
        assume(False)
        raise


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_value_and_shape_are_unchanged(form: str) -> None:
    @MANY
    @given(expressions(depth=5))
    def check(node: Node) -> None:
        formed = FORMS[form](node)
        assert formed.shape == node.shape
        assert not differs(node, formed), f"{text(node)} became {text(formed)}"

    check()


@pytest.mark.random
@pytest.mark.parametrize("form", FORMS)
def test_value_and_shape_are_unchanged_in_a_long_row(form: str) -> None:
    """The seeded expressions are deeper, and cost less than drawn ones."""
    wrong = []
    for number in range(0, 400, one_in(3)):
        node = random_expression(number, 6)[0]
        formed = FORMS[form](node)
        try:
            if formed.shape != node.shape or difference(node, formed) > 1e-6:
                wrong.append((number, text(node), text(formed)))
        except Nowhere:
            continue
    assert wrong == []


@MANY
@given(expressions(depth=5))
def test_the_normal_form_is_its_own(node: Node) -> None:
    formed = normal_form(node)
    assert normal_form(formed) is formed


@FEW
@given(expressions(depth=4))
def test_tidying_twice_is_tidying_once(node: Node) -> None:
    assert tidy(tidy(node)) is tidy(node)


@FEW
@given(expressions(depth=4))
def test_other_forms_have_the_same_normal_form(node: Node) -> None:
    """Not promised (the normal form is not complete), but then at least the values agree."""
    for form in (tidy, collect):
        if not equal(form(node), node):
            assert not differs(form(node), node)


@FEW
@given(expressions(depth=4))
def test_text_parses_back_to_the_same_value(node: Node) -> None:
    for form in (tidy, collect):
        formed = form(node)
        back = parse_expression(text(formed), VARIABLES, formed.shape)
        assert equal(back, formed) or not differs(back, formed)


# -- rewrites ---------------------------------------------------------------------------------------------------------


def _transposed(node: Node) -> Node:
    """A transpose that no constructor folds."""
    return n.Transpose((node,), node.shape.transposed)


def _rewritten(some: Callable[[Any], Node]) -> dict[str, Callable[[], tuple[Node, Node]]]:
    """Return pairs of ways to write the same, by name; `some` makes an expression of a shape."""

    def pair(make: Callable[..., tuple[Node, Node]], *shapes: Any) -> Callable[[], tuple[Node, Node]]:
        return lambda: make(*map(some, shapes))

    MN, NM, NN, V, S = matrix(M, N), matrix(N, M), matrix(N, N), vector(N), BY_NAME["s"].shape
    Z, c = BY_NAME["Z"], BY_NAME["c"]
    ones = b.fill(b.ONE, row(N))
    return {
        "commuted sum": pair(lambda a, e: (a + e, e + a), MN, MN),
        "associated sum": pair(lambda a, e: (a + (e + a), (a + e) + a), MN, MN),
        "associated product": pair(lambda a, g, x: (a * (g * x), (a * g) * x), MN, NN, V),
        "transposed twice": pair(lambda a: (_transposed(_transposed(a)), a), MN),
        "transposed product": pair(lambda a, e: (_transposed(a * e), e.T * a.T), MN, NM),
        "transposed sum": pair(lambda a, e: (_transposed(a - e), a.T - e.T), MN, MN),
        "distributed from the left": pair(lambda g, x, y: (g * (x - y), g * x - g * y), NN, V, V),
        "distributed from the right": pair(lambda a, e, g: ((a + e) * g, a * g + e * g), MN, MN, NN),
        "cyclic shift": pair(lambda a, g, e: (b.trace(a * g * e), b.trace(g * e * a)), MN, NN, NM),
        "transposed in a trace": pair(lambda g: (b.trace(g), b.trace(_transposed(g))), NN),
        "trace of a sum": pair(lambda g: (b.trace(g + g * g), b.trace(g * g) + b.trace(g)), NN),
        "scalar behind": pair(lambda a, s: (a * s, s * a), MN, S),
        "scalar in a trace": pair(lambda g, s: (b.trace(s * g), s * b.trace(g)), NN, S),
        "divided": pair(lambda a: (a / c, b.power(c, b.number(-1)) * a), MN),
        "negated twice": pair(lambda a: (b.negate(b.negate(a)), a), MN),
        "subtracted from itself": pair(lambda a: (a - a, b.zero(a.shape)), MN),
        "doubled": pair(lambda a: (a + a, b.TWO * a), MN),
        "inner product turned": pair(lambda x, y: (x.T * y, y.T * x), V, V),
        "quadratic form turned": pair(lambda x, g, y: (x.T * g * y, y.T * g.T * x), V, NN, V),
        "entry-wise product turned": pair(lambda a, e: (b.hadamard(a, e), b.hadamard(e, a)), MN, MN),
        "entry-wise square": pair(lambda a: (b.hadamard(a, a), b.hadamard_power(a, b.TWO)), MN),
        "times the identity": pair(lambda a: (a * b.identity(N), a), MN),
        "times its inverse": pair(lambda x: (Z * b.inverse(Z) * x, x), V),
        "diagonal times": pair(lambda x: (b.diag(x) * BY_NAME["y"], b.hadamard(x, BY_NAME["y"])), V),
        "trace of outer": pair(lambda x, y: (b.trace(x * y.T), y.T * x), V, V),
        "squared norm": pair(lambda x: (b.power(b.norm2(x), b.TWO), x.T * x), V),
        "linear inside vec": pair(lambda a, e, s: (b.vec(s * a + e), s * b.vec(a) + b.vec(e)), MN, MN, S),
        "sum of entries": pair(lambda x: (b.entry_sum(x), ones * x), V),
    }


REWRITES = tuple(_rewritten(lambda shape: b.zero(shape)))


@pytest.mark.parametrize("name", REWRITES)
def test_the_normal_form_knows_rewritten_expressions(name: str) -> None:
    """Operands are small: for large products of sums the normal form keeps brackets closed."""
    for seed in range(20):
        maker = ExpressionMaker(Seeded(seed))

        def made(shape: Shape, maker: ExpressionMaker = maker) -> Node:
            return maker.make(shape, maker.choices.below(3))

        left, right = _rewritten(made)[name]()
        assert equal(left, right), f"{text(left)} and {text(right)}"


def mistakes(node: Node) -> Iterator[Node]:
    """Yield the expression with a mistake: a sign, a factor, a dropped term, factors swapped, a transpose."""
    yield -node
    yield b.TWO * node
    for part in walk(node):
        if isinstance(part, n.Add):
            yield substitute(node, {part: b.add(*part.operands[1:])})
        if isinstance(part, n.Product):
            try:
                swapped = b.product(*part.operands[::-1])
            except ShapeError:
                continue
            if swapped.shape == part.shape:
                yield substitute(node, {part: swapped})
        if isinstance(part, n.Symbol) and part.shape.is_square:
            yield substitute(node, {part: part.T})


@settings(derandomize=True, max_examples=100, deadline=None)
@given(expressions(depth=4))
def test_expressions_that_differ_are_never_equal(node: Node) -> None:
    for wrong in list(mistakes(node))[:8]:
        if equal(wrong, node):
            assert not differs(wrong, node), f"{text(node)} = {text(wrong)}"


def test_mistakes_are_mostly_told_apart() -> None:
    """So that the property before is not empty."""
    told = sum(
        not equal(wrong, node) for node in (random_expression(k)[0] for k in range(100)) for wrong in mistakes(node)
    )
    assert told > 200


def test_different_shapes_are_never_equal() -> None:
    assert not equal(b.zero(vector(N)), b.zero(row(N)))
    assert not equal(b.zero(vector(N)), b.zero(vector(K)))


SCRIPT = """
import hashlib
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.language.printer import text
from tests.strategies import random_expression
digest = hashlib.sha256()
for number in range(150):
    node = random_expression(number, 5)[0]
    digest.update("|".join(text(form(node)) for form in (tidy, collect, normal_form)).encode())
print(digest.hexdigest())
"""


@pytest.mark.random
def test_forms_are_the_same_in_every_process() -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(runs) == 1
    assert len(runs.pop().strip()) == len(hashlib.sha256().hexdigest())
