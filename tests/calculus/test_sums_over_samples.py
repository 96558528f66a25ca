"""Sums over samples: differentiated under the sum, written with matrices, and right by the function in NumPy."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from jacobook import check
from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import equal
from jacobook.algebra.traverse import contains
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.sums_over_places import SUM_OVER_PLACES
from jacobook.language import LanguageError, parse_expression, parse_statement
from jacobook.language.printer import text, text_declarations
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification import verify
from tests.calculus.sums_people_ask_about import LABELS, QUESTIONS, SAMPLES, SIZES, WEIGHTS, Array, Asked

EVERY = pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.name)
STEP = 1e-5


@cache
def derived(name: str) -> Derivation:
    asked = next(one for one in QUESTIONS if one.name == name)
    return derive(parse_statement(asked.given, [asked.function], asked.wrt))


def numbers(derivation: Derivation) -> dict[str, Array]:
    draw = np.random.default_rng(3)
    found: dict[str, Array] = {}
    for variable in derivation.statement.declarations:
        value = draw.uniform(0.3, 1.2, [axis.value(SIZES) for axis in variable.shape.axes])
        if "symmetric" in variable.properties:
            value = (value + value.T) / 2
        if "positive-definite" in variable.properties:
            value = value + 3 * np.eye(len(value))
        found[variable.name] = np.asarray(value)
    return found


def slope(asked: Asked, point: dict[str, Array]) -> Array:
    """The derivative of the function in NumPy, by central differences."""
    base = point[asked.wrt]
    columns = []
    for place in np.ndindex(*base.shape):
        moved = [base.copy(), base.copy()]
        moved[0][place] += STEP
        moved[1][place] -= STEP
        above, below = (np.asarray(asked.oracle(**{**point, asked.wrt: value})) for value in moved)
        columns.append((above - below) / (2 * STEP))
    return np.stack(columns, axis=-1).reshape((*columns[0].shape, *base.shape))


@EVERY
def test_the_code_computes_the_derivative(asked: Asked) -> None:
    derivation = derived(asked.name)
    point = numbers(derivation)
    scope: dict[str, Any] = {"np": np}
    exec(numpy_source(derivation), scope)
    found = np.asarray(scope["derivative"](**point))
    true = slope(asked, point)
    assert found.shape == true.shape
    assert np.max(np.abs(found - true)) < 1e-7 * max(1.0, np.max(np.abs(true)))


@EVERY
def test_the_sum_stays_and_has_a_matrix_form_where_there_is_one(asked: Asked) -> None:
    derivation = derived(asked.name)
    assert contains(derivation.statement.links[0].expression, n.BoundedSum)
    matrices = [claim for claim in derivation.claims() if claim.rule == SUM_OVER_PLACES]
    assert bool(matrices) == asked.matrices
    assert not any(contains(claim.right, (n.BoundedSum, n.RunningUnit)) for claim in matrices)


@EVERY
def test_what_is_printed_reads_back(asked: Asked) -> None:
    derivation = derived(asked.name)
    declared = derivation.statement.declarations
    again = parse_statement(text_declarations(declared), [text(derivation.statement.links[0].expression)], asked.wrt)
    assert equal(again.links[0].expression, derivation.statement.links[0].expression)
    for node in (derivation.value, *(claim.right for claim in derivation.forms)):
        if not derivation.named:
            assert equal(parse_expression(text(node), declared, node.shape), node)


@pytest.mark.one_in(4)
@EVERY
def test_every_line_is_checked(asked: Asked) -> None:
    evidence = verify(derived(asked.name))
    assert evidence.verdict == "checked", evidence.failures


LINEAR = [SAMPLES, LABELS, WEIGHTS]


BOOKS = [
    ("(y[i] - w'*x[i])^2", "w", "-2*sum(i, 1, N, (y[i] - w'*x[i])*x[i]')", "-2*(y - x*w)'*x"),
    (
        "log(sigmoid(y[i]*(w'*x[i])))",
        "w",
        "sum(i, 1, N, (1 - sigmoid(y[i]*(w'*x[i])))*y[i]*x[i]')",
        "((1 - sigmoid(y.*(x*w))).*y)'*x",
    ),
    ("x[i]'*A*x[i]", "A", "sum(i, 1, N, x[i]*x[i]')", "x'*x"),
    ("x[i]'*A*x[i]", "x", "x*(A + A')", "x*(A + A')"),
]


@pytest.mark.parametrize(("summand", "wrt", "result", "matrices"), BOOKS)
def test_the_result_is_the_sum_of_the_books(summand: str, wrt: str, result: str, matrices: str) -> None:
    derivation = derive(parse_statement([*LINEAR, "A in R^(D x D)"], [f"sum(i, 1, N, {summand})"], wrt))
    declared, shape = derivation.statement.declarations, derivation.value.shape
    assert equal(derivation.value, parse_expression(result, declared, shape))
    (claim,) = (claim for claim in derivation.claims() if claim.rule == SUM_OVER_PLACES)
    assert equal(claim.right, parse_expression(matrices, declared, shape))
    assert any("ifferentiate under the sum" in claim.reason.template for claim in derivation.claims())


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        ("-2*sum(k, 1, N, (y[k] - w'*x[k])*x[k]')", True),
        ("2*(x*w - y)'*x", True),
        (r"-2\sum_{i=1}^N (y_i - w^\top x_i) x_i^\top", True),
        (r"2\sum_i (w^\top x_i - y_i) x_i", True),
        ("-sum(i, 1, N, (y[i] - w'*x[i])*x[i]')", False),
        ("-2*sum(i, 2, N, (y[i] - w'*x[i])*x[i]')", False),
    ],
)
def test_answers_may_be_sums_or_matrices(answer: str, holds: bool) -> None:
    found = check("sum(i, 1, N, (y[i] - w'*x[i])^2)", given=LINEAR, wrt="w", answer=answer)
    assert bool(found) is holds


@pytest.mark.parametrize(
    ("declaration", "written"),
    [
        ("x[i] in R^D for i in 1..N", "x[i] in R^D for i in 1..N"),
        ("x_i in R^D, i = 1..N", "x[i] in R^D for i in 1..N"),
        ("x_1, ..., x_N in R^D", "x[i] in R^D for i in 1..N"),
        (r"x_1, \dots, x_N \in \mathbb{R}^D", "x[i] in R^D for i in 1..N"),
        ("x[n] in R^3 positive for all n in {1, …, 7}", "x[i] in R^3 positive for i in 1..7"),
        (r"\boldsymbol{x}_i \in \mathbb{R}^D, i = 1, \dots, N", "x[i] in R^D for i in 1..N"),
        ("y[i] in R for i in 1..N", "y in R^N"),
        ("x[i], z[i] in R^D for i in 1..N", "x[i], z[i] in R^D for i in 1..N"),
    ],
)
def test_families_are_declared_as_people_write_them(declaration: str, written: str) -> None:
    statement = parse_statement([declaration, "t in R"], ["t^2"], "t")
    assert text_declarations(statement.declarations)[0] == written


@pytest.mark.parametrize(
    ("declaration", "says"),
    [
        ("x[i] in R^D", "how many are there?"),
        ("x[i] in R^D for i in 2..N", "counted from 1"),
        ("x_1, ..., z_N in R^D", "to go on from `x_1`"),
        ("A[k] in R^(M x N) for k in 1..K", "a family of matrices is not read"),
    ],
)
def test_what_is_said_of_other_families(declaration: str, says: str) -> None:
    with pytest.raises(LanguageError) as refused:
        parse_statement([declaration, "t in R"], ["t^2"], "t")
    assert says in refused.value.message


def test_an_index_that_is_brought_in_has_a_name_of_its_own() -> None:
    given = ["x[i] in R^k for i in 1..N", "l in R"]
    derivation = derive(parse_statement(given, ["l*sum(i != j, 1/norm2(x[i] - x[j]))"], "x"))
    declared = derivation.statement.declarations
    assert equal(parse_expression(text(derivation.value), declared, derivation.value.shape), derivation.value)
