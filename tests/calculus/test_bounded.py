"""Work and results that are bounded: operations are counted, and long results of chains stay in names.

No time is asserted: what would take for ever takes too many operations, or gives too long a result.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest
import sympy

from jacobook import derive as derive_worked
from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import sort_key
from jacobook.algebra.operations import METER, TooManyOperationsError, attempt, counted
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import matrix
from jacobook.calculus import derive as module
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.rendering.json_output import derivation_json
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.report import report_latex, report_markdown, report_text
from jacobook.verification import check_code, verify
from jacobook.verification.numeric.evaluate import evaluate
from jacobook.verification.symbolic.grids import tree_size

X = n.symbol("X", matrix("N", "N"))


@lru_cache(maxsize=64)
def worked(given: tuple[str, ...], lines: tuple[str, ...], wrt: str) -> Derivation:
    return derive(parse_statement(given, lines, wrt), both=False)


def squares(count: int) -> Derivation:
    """Each link uses the one before twice."""
    return worked(("h0 in R",), tuple(f"h{k} = h{k - 1}*h{k - 1} + h{k - 1}" for k in range(1, count + 1)), "h0")


def residual(layers: int, wrt: str = "W", scalar: bool = True) -> Derivation:
    lines = [f"h{k} = h{k - 1} + tanh(W*h{k - 1})" for k in range(1, layers + 1)]
    lines += [f"L = norm2(h{layers} - y)^2"] * scalar
    return worked(("W in R^(N x N)", "h0, y in R^N"), tuple(lines), wrt)


def length(derivation: Derivation) -> int:
    """Return how long the result is with its definitions."""
    answer = derivation_json(derivation)
    return len(answer["text"]) + sum(len(part["name"]) + len(part["text"]) for part in answer.get("definitions", []))


# -- operations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "line", "wrt", "result", "most"),
    [
        ("X in R^(N x N)", "tr(X^42)", "X", "42*(X^41)'", 1_000),
        ("X in R^(N x N)", "tr(X^512)", "X", "512*(X^511)'", 1_000),
        ("x in R", "*".join(["sin(x)"] * 200), "x", "200*sin(x)^199*cos(x)", 2_000),
        ("x in R", "/".join(["x"] * 90), "x", "-88/x^89", 2_000),
        ("x in R^N", "sum(" + ".*".join(["x"] * 60) + ")", "x", "60*(x.^59)'", 3_000),
        ("X in R^(N x N)", "tr(" + "*".join(["X"] * 60) + ")", "X", "60*(X^59)'", 3_000),
    ],
)
def test_many_equal_factors_take_few_operations(given: str, line: str, wrt: str, result: str, most: int) -> None:
    found = derive(parse_statement([given], [line], wrt), both=False)
    assert METER.spent < most
    assert text(found.value) == result
    assert verify(found, symbolic=False).passed


LITERALS = [
    "f = sin(sum(u))*(norm2(V)*softplus(inv(l*h'*(l*h')' + eye(2))))",
    "l = [x[2], x[1]; 1/3, 1]*x",
    "u = x.*h",
    "h = l.*l",
    "V = kron(x, unit(1, 1))",
]
TWELVE = ["f = norm2(h12)", *(f"h{k} = [h{k - 1}[1]*h{k - 1}[2]; sin(h{k - 1}[1])]" for k in range(12, 0, -1))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "wrt", "operations", "memory"),
    [(LITERALS, "x", 100_000, 3e7), (TWELVE, "h0", 200_000, 3e7)],
    ids=["5", "13"],
)
def test_chains_with_arrays_written_entry_by_entry(lines: list[str], wrt: str, operations: int, memory: float) -> None:
    tracemalloc.start()
    try:
        found = derive(parse_statement([f"{wrt} in R^2"], lines, wrt), both=False)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert METER.spent < operations
    assert most < memory
    assert verify(found, symbolic=False).passed


def test_many_different_factors() -> None:
    """The result has 24 terms of 23 brackets each: what is printed is what was worked for."""
    line = "*".join(f"(x + a{k})" for k in range(24))
    found = derive(parse_statement(["x in R", *(f"a{k} in R" for k in range(24))], [line], "x"), both=False)
    assert METER.spent < 40_000
    assert len(text(found.value)) < 6_000
    assert verify(found, symbolic=False).passed


def test_the_count_does_not_depend_on_what_was_worked_out_before() -> None:
    statement = parse_statement(["W in R^(N x N)", "x in R^N"], ["sum(tanh(W*x))"], "W")
    counts = []
    for _ in range(3):
        derive(statement, both=False)
        counts.append(METER.spent)
    assert counts[0] > 10
    assert counts == counts[:1] * 3


def test_too_many_operations_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "counted", lambda: counted(60))
    statement = parse_statement(["A, B in R^(N x N)", "x in R^N"], ["f = x'*A*B*A*x + sum(B*x)"], "x")
    with pytest.raises(
        Refusal, match=r"too large: the derivative of f with respect to x by the matrix route takes more than 60"
    ):
        derive(statement, both=False)


def test_an_attempt_spends_of_what_is_left() -> None:
    with counted(100):
        with pytest.raises(TooManyOperationsError), attempt(10):
            METER.spend(11)
        assert METER.left == 89
        with pytest.raises(TooManyOperationsError):
            METER.spend(90)


def test_the_entry_formula_is_left_out_where_it_is_too_large() -> None:
    """A chain with literals: the function has two rows and columns, and its entries would fill pages."""
    lines = (
        "f = sin(sum(u))*(norm2(V)*softplus(inv(l*h'*(l*h')' + eye(2))))",
        "u = x.*h",
        "h = l.*l",
        "V = kron(x, unit(1,1))",
        "l = [x[2], x[1]; 1/3, 1]*x",
    )
    found = worked(("x in R^2",), lines, "x")
    assert METER.spent < 200_000
    assert length(found) < 10_000
    assert all(len(text(claim.right)) < 20_000 for claim in found.claims())
    assert check_code(numpy_source(found), found) < 1e-6


# -- results in names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [14, 30, 60])
def test_a_chain_whose_links_are_used_twice(count: int) -> None:
    found = squares(count)
    assert length(found) < 60 * count
    assert len(numpy_source(found)) < 200 + 80 * count
    value = 0.01
    factor = 1.0
    for _ in range(count):
        factor *= 2 * value + 1
        value = value * value + value
    (h0,) = found.statement.declarations
    assert float(evaluate(found.value, {h0: 0.01}, {}, definitions=found.definitions)) == pytest.approx(factor)


@pytest.mark.one_in(3)
@pytest.mark.slow
@pytest.mark.parametrize(("wrt", "scalar"), [("W", True), ("W", False), ("h0", True), ("h0", False)])
def test_a_residual_net_is_linear_in_its_layers(wrt: str, scalar: bool) -> None:
    found = {layers: residual(layers, wrt, scalar) for layers in (12, 24, 48)}
    for measure in (length, lambda one: len(numpy_source(one)), lambda one: len(report_text(one))):
        few, more, many = (measure(found[layers]) for layers in (12, 24, 48))
        assert many - more < 2.5 * (more - few)
    docstring = numpy_source(found[12]).split('"""')[1]
    assert len(docstring) < 2_000


@pytest.mark.slow
@pytest.mark.parametrize(("wrt", "scalar"), [("W", True), ("W", False), ("h0", True), ("h0", False)])
def test_a_result_in_names_is_right(wrt: str, scalar: bool) -> None:
    found = residual(12, wrt, scalar)
    assert found.kept
    assert verify(found, symbolic=False).failures == ()
    assert check_code(numpy_source(found), found) < 1e-6


def test_intermediate_values_are_computed_once() -> None:
    source = numpy_source(residual(12))
    for k in range(1, 12):
        assert source.count(f"W @ h{k}\n") == 1
        assert source.count(f"    h{k} = ") == 1
        assert source.count(f"    delta{k} = ") == (1 if k > 1 else 0)


@pytest.mark.parametrize(
    ("made", "given"),
    [
        (lambda: squares(14), ["h0 in R"]),
        (lambda: residual(12), ["W in R^(N x N)", "h0, y in R^N"]),
        (lambda: residual(12, scalar=False), ["W in R^(N x N)", "h0, y in R^N"]),
        (lambda: residual(12, "h0"), ["W in R^(N x N)", "h0, y in R^N"]),
    ],
)
def test_a_reader_of_the_json_gets_the_definitions(made: Callable[[], Derivation], given: list[str]) -> None:
    """`name = text` of every definition, and the result, are the lines of a chain that means the same."""
    found = made()
    answer = json.loads(json.dumps(derivation_json(found)))
    names = [part["name"] for part in answer["definitions"]]
    assert len(set(names)) == len(names)
    lines = [f"answer = {answer['text']}", *(f"{part['name']} = {part['text']}" for part in answer["definitions"])]
    back = parse_statement(given, lines, "h0")
    rng = np.random.default_rng(1)
    values = {s: 0.1 * rng.normal(size=[3] * len(s.shape.axes)) for s in back.declarations}
    expected = evaluate(found.value, values, {"N": 3}, definitions=found.definitions)
    actual = evaluate(back.function, values, {"N": 3}, definitions=back.definitions)
    assert np.allclose(expected, actual, rtol=1e-12)


def test_every_report_says_what_the_names_stand_for() -> None:
    found = residual(12)
    for report, line in (
        (report_text, "delta11 = 2*(h12 - y)'*(eye + diag(vector(1) - tanh(W*h11).^2)*W)"),
        (report_markdown, r"\boldsymbol{\delta}_{11} = "),
        (report_latex, r"\boldsymbol{\delta}_{11} = "),
    ):
        _, _, result = report(found).partition("Result")
        assert line in result


@pytest.mark.parametrize(
    ("given", "lines", "wrt"),
    [
        (("x, mu in R^D", "S in R^(D x D) invertible"), ("f = exp(-1/2*z)", "z = y'*inv(S)*y", "y = x - mu"), "x"),
        (("x in R^N", "A in R^(M x N)", "b in R^M"), ("f = tanh(z)", "z = A*x + b"), "x"),
        (("x in R",), ("f = h*h + h", "h = x*x + x"), "x"),
        (("W in R^(N x N)", "h0 in R^N"), ("h2 = h1 + tanh(W*h1)", "h1 = h0 + tanh(W*h0)"), "W"),
    ],
)
def test_short_chains_are_written_in_the_declared_variables(
    given: tuple[str, ...], lines: tuple[str, ...], wrt: str
) -> None:
    found = worked(given, lines, wrt)
    assert found.kept == ()
    assert found.value.symbols <= set(found.statement.declarations)
    assert "definitions" not in derivation_json(found)


def test_constants_of_a_chain_keep_their_names_too() -> None:
    lines = ["f = c20*x", *(f"c{k} = c{k - 1}*c{k - 1} + c{k - 1}" for k in range(1, 21))]
    found = worked(("x, c0 in R",), tuple(lines), "x")
    assert text(found.value) == "c20"
    assert [link.symbol.name for link in found.kept] == [f"c{k}" for k in range(1, 21)]
    assert check_code(numpy_source(found), found) < 1e-6


def test_the_second_derivative_of_a_result_in_names() -> None:
    lines = ["f = h8", *(f"h{k} = h{k - 1}*h{k - 1} + h{k - 1}" for k in range(1, 9))]
    first, second = derive_to_order(parse_statement(["h0 in R"], lines, "h0"), 2, both=False)
    assert first.kept
    assert verify(second, symbolic=False).failures == ()


def test_names_do_not_clash_with_the_authors() -> None:
    lines = [f"h{k} = h{k - 1} + tanh(W*h{k - 1})" for k in range(1, 13)] + ["L = norm2(h12 - delta11)^2"]
    found = worked(("W in R^(N x N)", "h0, delta11 in R^N"), tuple(lines), "W")
    names = [link.symbol.name for link in found.kept]
    assert "delta_h11" in names
    assert "delta11" not in names
    assert check_code(numpy_source(found), found) < 1e-6


# -- deep and shared --------------------------------------------------------------------------------------------------


def test_a_shared_expression_is_measured_without_being_written_out() -> None:
    node: n.Node = n.symbol("x")
    for _ in range(200):
        node = node * node + node
    assert node.size > 2**200
    assert len(sort_key(node)) < 10_000


def test_a_shared_tree_of_sympy_is_measured_without_comparing() -> None:
    """Two equal trees of shared parts: what is remembered of one is not looked up by comparing it with the other."""
    for _ in range(2):
        tree = sympy.Symbol("x", real=True) + 1
        for _ in range(60):
            tree = sympy.Mul(sympy.Add(tree, 2, evaluate=False), sympy.Add(tree, 3, evaluate=False), evaluate=False)
        assert tree_size(tree) > 2**60


def test_what_is_too_large_to_prove_says_so() -> None:
    evidence = verify(derive(Statement((X,), (Link(n.symbol("f"), b.trace(b.power(X, b.number(42)))),), X), both=False))
    assert evidence.passed
    assert evidence.symbolic == "skipped"
    assert any("operations" in (claim.reason or "") for claim in evidence.claims)


@pytest.mark.slow
@pytest.mark.parametrize("count", [300, 1_000])
def test_long_chains_do_not_overflow(count: int) -> None:
    names = [*(n.symbol(f"z{k}") for k in range(count)), n.symbol("x")]
    links = tuple(Link(names[k], b.apply("sin", names[k + 1])) for k in range(count))
    found = derive(Statement((names[-1],), links, names[-1]), both=False)
    assert length(found) < 40 * count
    assert numpy_source(found).count("\n") < 4 * count


def test_the_answer_of_a_long_chain_has_its_definitions_in_python_too() -> None:
    lines = [f"h{k} = h{k - 1}*h{k - 1} + h{k - 1}" for k in range(1, 15)]
    found = derive_worked(*lines, given="h0 in R", wrt="h0", verify=False)
    assert "h13 = " in found.report("text")
    assert "h13 = " in found.python


def test_a_power_with_more_terms_than_are_evaluated_is_said_not_to_be_checked() -> None:
    found = derive_worked("tr(X^1000000)", given="X in R^(N x N)")
    assert found.result == "1000000*(X^999999)'"
    assert found.verdict == "unchecked"
    assert "too large" in str(found.evidence["why"] if found.evidence else "")
