"""Values at many points: those of the evaluator, and nothing where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.shapes import Dimension, matrix, vector
from jacobook.verification import evaluate
from jacobook.verification.points.sampling import sample

x, A, v = n.symbol("x"), n.symbol("A", matrix("N", "N")), n.symbol("v", vector("N"))


def test_values_are_those_of_the_evaluator() -> None:
    node = b.log_sum_exp(b.inverse(A) * v) * x
    random = np.random.default_rng(3)
    matrices, vectors, numbers = random.normal(size=(5, 2, 2)), random.normal(size=(5, 2, 1)), np.full((1, 1, 1), 1.5)
    found = sample(node, {A: matrices, v: vectors, x: numbers}, {"N": 2})
    assert found.shape == (5, 1, 1)
    for k in range(5):
        expected = evaluate(node, {A: matrices[k], v: vectors[k].ravel(), x: 1.5}, {"N": 2})
        assert found[k].item() == pytest.approx(expected.item(), rel=1e-12)


def test_entries_and_unit_vectors_at_fixed_places() -> None:
    random = np.random.default_rng(4)
    matrices, vectors = random.normal(size=(5, 3, 3)), random.normal(size=(5, 3, 1))
    points, sizes = {A: matrices, v: vectors}, {"N": 3}
    assert np.array_equal(sample(b.entry(A, Dimension(2), Dimension(3)), points, sizes).ravel(), matrices[:, 1, 2])
    for node in (b.entry(v, Dimension(3)), b.entry(b.transpose(v), Dimension(3))):
        assert np.array_equal(sample(node, points, sizes).ravel(), vectors[:, 2, 0])
    assert sample(b.unit_vector(2, "N"), {}, sizes).ravel().tolist() == [0, 1, 0]
    assert np.isnan(sample(b.entry(v, Dimension(3)), {v: np.ones((1, 2, 1))}, {"N": 2})).all()


def test_no_value_is_not_a_number() -> None:
    points = np.array([-1.0, 0.0, 0.001, 1.0]).reshape(-1, 1, 1)
    assert np.isfinite(sample(b.apply("log", x), {x: points}, {})).ravel().tolist() == [False, False, True, True]
    singular = np.array([np.zeros((2, 2)), np.eye(2)])
    found = sample(b.trace(b.inverse(A)), {A: singular}, {"N": 2}).ravel()
    assert np.isnan(found[0])
    assert found[1] == 2


def test_what_has_no_value_at_a_point() -> None:
    with pytest.raises(ValueError, match="Differential"):
        sample(b.differential(x), {x: np.ones((1, 1, 1))}, {})
