"""Linear maps: ⟨u, L v⟩ = ⟨L* u, v⟩, vec(L v) = to_vec · vec v, linearity, for every stage and for random chains."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import NOTHING, ONE, SCALAR, Dimension, matrix, row, vector
from jacobook.algebra.traverse import substitute
from jacobook.calculus.matrix_route import linear_maps, rearrangements
from jacobook.calculus.matrix_route.expansion import expand
from jacobook.calculus.matrix_route.linear_maps import (
    CrossWith,
    HadamardWith,
    InnerWith,
    LinearMap,
    OuterBy,
    Sandwich,
    Scale,
    Stage,
    SumOver,
    TransposeOf,
)
from jacobook.calculus.matrix_route.linear_reading import linear_map
from jacobook.calculus.matrix_route.rearrangements import (
    AxialOf,
    DiagOf,
    DiagonalOf,
    KroneckerWith,
    OnVec,
    PartOf,
    Placed,
    SkewOf,
    UnvecOf,
    VecOf,
)
from jacobook.calculus.refusal import Refusal
from jacobook.language.printer import text
from jacobook.verification import check_equation
from tests.numeric_truth import Nowhere, difference
from tests.strategies import BY_NAME as V
from tests.strategies import random_expression

MN, NM, NN, MM = matrix("M", "N"), matrix("N", "M"), matrix("N", "N"), matrix("M", "M")
x, y, u = V["x"], V["y"], V["u"]
A, B, C, G, X, s = V["A"], V["B"], V["C"], V["G"], V["X"], V["s"]
INDEX = b.running_index("r", b.ZERO, n.symbol("k", properties=frozenset({"whole"})))
LONGER = Dimension.of("N") + ONE
EXAMPLES: list[Stage] = [
    Sandwich(MN, MN, G, X),
    Sandwich(MN, MN, G, None),
    Sandwich(MN, MN, None, X),
    Sandwich(vector("N"), vector("M"), A, None),
    Sandwich(row("M"), row("N"), None, A),
    Sandwich(vector("N"), SCALAR, y.T, None),
    Sandwich(row("N"), SCALAR, None, y),
    Sandwich(MN, SCALAR, u.T, x),
    Sandwich(MN, vector("M"), None, x),
    Sandwich(MN, row("N"), u.T, None),
    Sandwich(vector("M"), MN, None, x.T),
    Sandwich(row("N"), MN, u, None),
    Scale(MN, MN, s),
    Scale(SCALAR, SCALAR, s),
    Scale(row("N"), row("N"), s),
    TransposeOf(MN, NM),
    TransposeOf(vector("N"), row("N")),
    TransposeOf(row("N"), vector("N")),
    TransposeOf(SCALAR, SCALAR),
    InnerWith(MN, SCALAR, A),
    InnerWith(vector("N"), SCALAR, x),
    InnerWith(row("N"), SCALAR, x.T),
    InnerWith(NN, SCALAR, b.identity("N"), "cyclic-trace"),
    InnerWith(MN, SCALAR, b.fill(b.ONE, MN)),
    InnerWith(SCALAR, SCALAR, s),
    OuterBy(SCALAR, MN, A),
    OuterBy(SCALAR, vector("N"), x),
    OuterBy(SCALAR, row("N"), x.T),
    OuterBy(SCALAR, SCALAR, s),
    HadamardWith(MN, MN, A),
    HadamardWith(vector("N"), vector("N"), x),
    HadamardWith(row("N"), row("N"), x.T),
    DiagOf(vector("N"), NN),
    DiagonalOf(NN, vector("N")),
    SkewOf(vector(3), matrix(3, 3)),
    AxialOf(matrix(3, 3), vector(3)),
    CrossWith(vector(3), vector(3), b.skew(n.symbol("w", vector(3))), None),
    VecOf(MN, b.vec(A).shape),
    UnvecOf(b.vec(A).shape, MN),
    KroneckerWith(MN, b.kronecker(G, A).shape, G, True),
    KroneckerWith(MN, b.kronecker(A, G).shape, G, False),
    KroneckerWith(MN, b.kronecker(A, C).shape, C, False),
    KroneckerWith(NM, b.kronecker(A, C).shape, A, True),
    KroneckerWith(vector("N"), b.kronecker(x, u).shape, u, False),
    KroneckerWith(vector("N"), b.kronecker(x, A).shape, A, False),
    OnVec(MN, vector("N"), b.product(C, b.kronecker(u.T, G)) * b.kronecker(u, b.identity("M")) * b.kronecker(x.T, G)),
    OnVec(vector("N"), NN, b.kronecker(X, x)),
    OnVec(vector("N"), row("M"), A),
    Placed(vector("N"), vector(LONGER), ONE, NOTHING),
    Placed(row("N"), row(LONGER), NOTHING, ONE),
    Placed(MN, matrix("M", LONGER), NOTHING, NOTHING),
    PartOf(vector(LONGER), vector("N"), ONE, NOTHING),
    PartOf(matrix("M", LONGER), MN, NOTHING, ONE),
    SumOver(NN, NN, INDEX, (Sandwich(NN, NN, b.power(X, INDEX), None), Scale(NN, NN, INDEX))),
]
CLASSES = {
    kind
    for module in (linear_maps, rearrangements)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Stage) and kind is not Stage
}


def dot(left: Node, right: Node) -> Node:
    """⟨left, right⟩, by the sum of the entries of the entry-wise product."""
    return b.entry_sum(b.hadamard(left, right))


def stacked(node: Node) -> Node:
    """The columns of any value, stacked."""
    if node.shape.is_scalar:
        return b.fill(node, vector(1))
    return b.vec(node) if node.shape.is_matrix else node if node.shape.is_vector else node.T


def name(stage: Stage) -> str:
    return (
        f"{type(stage).__name__}: {stage.source} {stage.source.kind.value} to {stage.target} {stage.target.kind.value}"
    )


def same(left: Node, right: Node) -> None:
    found = check_equation(left, right, symbolic=False)
    assert found.failure is None, found.failure


def assert_adjoint(found: LinearMap | Stage) -> None:
    v, w = n.symbol("v_", found.source), n.symbol("w_", found.target)
    adjoint = found.adjoint()
    assert (adjoint.source, adjoint.target) == (found.target, found.source)
    same(dot(w, found.apply(v)), dot(adjoint.apply(w), v))


def assert_vec(found: LinearMap | Stage) -> None:
    v = n.symbol("v_", found.source)
    image, flat = found.apply(v), found.to_vec()
    if found.source.is_scalar and found.target.is_scalar and flat.shape.is_scalar:
        same(image, flat * v)
        return
    if flat.shape.is_row or (flat.shape.is_matrix and found.target.is_scalar and not found.source.is_scalar):
        same(image, flat * stacked(v)) if flat.shape.is_row else same(stacked(image), flat * stacked(v))
        return
    if flat.shape.is_vector:
        same(stacked(image), flat * v)
        return
    same(stacked(image), flat * stacked(v))


def test_every_class_of_stages_has_an_example() -> None:
    assert {type(stage) for stage in EXAMPLES} == CLASSES


@pytest.mark.parametrize("stage", EXAMPLES, ids=name)
def test_a_stage_maps_from_source_to_target_linearly(stage: Stage) -> None:
    v, w = n.symbol("v_", stage.source), n.symbol("w_", stage.source)
    assert stage.apply(v).shape == stage.target
    same(stage.apply(s * v + w), s * stage.apply(v) + stage.apply(w))


@pytest.mark.parametrize("stage", EXAMPLES, ids=name)
def test_the_adjoint_of_a_stage(stage: Stage) -> None:
    assert_adjoint(stage)
    v = n.symbol("v_", stage.source)
    same(stage.adjoint().adjoint().apply(v), stage.apply(v))


@pytest.mark.parametrize("stage", EXAMPLES, ids=name)
def test_the_matrix_of_a_stage(stage: Stage) -> None:
    assert_vec(stage)


def chains(count: int, seed: int) -> Iterator[LinearMap]:
    """Yield random maps: sums of one or two chains of two to four stages that fit each other."""
    source = random.Random(seed)
    while count:
        start = source.choice(EXAMPLES)
        chain = [start]
        for _ in range(source.randint(1, 3)):
            fitting = [stage for stage in EXAMPLES if stage.source == chain[-1].target]
            if not fitting:
                break
            chain.append(source.choice(fitting))
        end = chain[-1].target
        others = [stage for stage in EXAMPLES if (stage.source, stage.target) == (start.source, end)]
        second = [(source.choice(others),)] if others and source.random() < 0.5 else []
        yield LinearMap(start.source, end, (tuple(chain), *second))
        count -= 1


@pytest.mark.parametrize("number", range(40))
def test_random_chains(number: int) -> None:
    found = next(chains(1, number))
    assert_adjoint(found)
    assert_vec(found)


def test_the_map_without_chains_is_zero() -> None:
    nothing = LinearMap(MN, vector("N"), ())
    assert nothing.apply(A) is b.zero(vector("N"))
    assert b.is_zero(nothing.to_vec())
    assert b.is_zero(nothing.adjoint().apply(x))


def test_a_linear_map_reproduces_the_differential_that_it_was_read_from() -> None:
    """d(f), expanded for 200 random expressions, is the map applied to d(x)."""
    checked = 0
    for number in range(200):
        node, wrt = random_expression(number)
        if not node.depends_on(wrt) or node is wrt:
            continue
        try:
            differential = expand(node, wrt)[-1].expression
            found = linear_map(differential, wrt)
        except Refusal:
            continue
        away = n.symbol("d_", wrt.shape)
        applied = found.apply(b.differential(wrt))
        assert applied.shape == differential.shape
        dx = b.differential(wrt)
        try:
            error = difference(substitute(applied, {dx: away}), substitute(differential, {dx: away}))
        except Nowhere:
            continue
        assert error < 1e-7, f"case {number}: {text(node)}"
        checked += 1
    assert checked > 120


def test_what_is_not_linear_is_refused() -> None:
    d = b.differential(x)
    for wrong in (d.T * d, b.hadamard(d, d), b.apply("exp", d), b.inverse(b.diag(d))):
        with pytest.raises(Refusal):
            linear_map(wrong, x)
    assert len(linear_map(A * d, x).chains) == 1
