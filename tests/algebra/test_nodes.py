"""One node for one structure: by constructors, by pickling, by copying, across processes."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref
from pathlib import Path

from hypothesis import given, settings

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import Dimension, matrix, vector
from tests.strategies import expressions, random_expression

ROOT = Path(__file__).resolve().parents[2]
x, A = n.symbol("x", vector("N")), n.symbol("A", matrix("M", "N"))


def test_the_same_structure_is_the_same_object() -> None:
    assert A * x is A * x
    assert (A * x + A * x).operands[0] is (A * x + A * x).operands[1]
    assert n.symbol("x", vector("N")) is x
    assert n.symbol("x", vector("M")) is not x
    assert n.symbol("x", vector("N"), frozenset({"positive"})) is not x
    assert b.number(2) is b.TWO
    assert b.apply("exp", x) is not b.apply("sin", x)
    assert b.identity("N") is not b.identity("M")
    assert b.diag(b.diag(x)) is not x


def test_properties_are_closed_under_what_they_imply() -> None:
    definite = n.symbol("S", matrix("N", "N"), frozenset({"positive-definite"}))
    assert definite.properties == {"positive-definite", "symmetric", "invertible"}


@settings(derandomize=True, max_examples=60, deadline=None)
@given(expressions())
def test_pickling_and_copying_give_the_node_itself(node: Node) -> None:
    assert pickle.loads(pickle.dumps(node)) is node
    assert copy.copy(node) is node
    assert copy.deepcopy(node) is node


def test_indices_and_entries_survive_pickling() -> None:
    i = Index("i", Dimension.of("N"))
    summed = b.index_sum(i, b.entry(x, i) * b.delta(i, Dimension(2)))
    assert pickle.loads(pickle.dumps(summed)) is summed
    assert pickle.loads(pickle.dumps(b.partial(x.T * x, x, total=True))) is b.partial(x.T * x, x, total=True)


def test_nodes_pickled_in_another_process_are_the_nodes_of_this_one() -> None:
    script = (
        "import pickle, sys\n"
        "from tests.strategies import random_expression\n"
        "sys.stdout.buffer.write(pickle.dumps([random_expression(k)[0] for k in range(20)]))"
    )
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, check=True)
        for number, node in enumerate(pickle.loads(run.stdout)):
            assert node is random_expression(number)[0]


def test_nodes_that_nobody_holds_are_forgotten() -> None:
    node = b.apply("tanh", n.symbol("forgettable", vector("N")))
    reference = weakref.ref(node)
    del node
    gc.collect()
    assert reference() is None


def test_a_node_made_anew_stays_when_the_old_one_is_taken_from_the_table() -> None:
    """The note that a node is gone may come late: after an equal one was made."""
    key: tuple[object, ...] = (n.Symbol, (), matrix("N", "N"), ("forgotten_late", frozenset()))
    first = n.symbol("forgotten_late", matrix("N", "N"))
    kept = n._NODES[key]
    del first
    gc.collect()
    assert kept() is None
    assert key not in n._NODES
    again = n.symbol("forgotten_late", matrix("N", "N"))
    n._forget(kept)
    assert n.symbol("forgotten_late", matrix("N", "N")) is again


def test_symbols_of_a_node() -> None:
    y = n.symbol("y", vector("M"))
    assert (y.T * A * x).symbols == {x, y, A}
    assert b.identity("N").symbols == frozenset()
    assert b.differential(A * x).depends_on(x)
    assert not (A * x).depends_on(y)
