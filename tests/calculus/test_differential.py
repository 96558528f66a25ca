"""Differentials in several variables: values against numeric directional derivatives, every line, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import matrix
from jacobook.algebra.traverse import contains, walk
from jacobook.calculus.differential import DifferentialDerivation, derive_differential
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules import table as rules
from jacobook.language import parse_statement, read_differential
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.verification import differential_agrees, evaluate, verify_differential

SQUARE = "X, Y in R^(N x N)"
INVERTIBLE = "X in R^(N x N) invertible"
SIZES = {"M": 2, "N": 3, "P": 4, "Q": 2, "D": 3}
COOKBOOK = {
    "(33)": ("A, X in R^(M x N)", "A", "X", "matrix(0)"),
    "(34)": ("alpha in R; X in R^(M x N)", "alpha*X", "X", "alpha*dX"),
    "(35)": ("X, Y in R^(M x N)", "X + Y", "X Y", "dX + dY"),
    "(36)": ("X in R^(N x N)", "tr(X)", "X", "tr(dX)"),
    "(37)": ("X in R^(M x N); Y in R^(N x P)", "X*Y", "X Y", "dX*Y + X*dY"),
    "(38)": ("X, Y in R^(M x N)", "X.*Y", "X Y", "dX.*Y + X.*dY"),
    "(39)": ("X in R^(M x N); Y in R^(P x Q)", "kron(X, Y)", "X Y", "kron(dX, Y) + kron(X, dY)"),
    "(40)": (INVERTIBLE, "inv(X)", "X", "-inv(X)*dX*inv(X)"),
    "(41)": ("X in R^(N x N)", "det(X)", "X", "tr(adj(X)*dX)"),
    "(42)": (INVERTIBLE, "det(X)", "X", "det(X)*tr(inv(X)*dX)"),
    "(43)": (INVERTIBLE, "logdet(X)", "X", "tr(inv(X)*dX)"),
    "(44)": ("X in R^(M x N)", "X'", "X", "dX'"),
}
"""Published differentials: declarations, function, what varies, and the differential as it is printed there."""
OTHERS = {
    "power and factor": (SQUARE, "tr(X^2*Y)", "X Y", "tr((X*Y + Y*X)*dX) + tr(X^2*dY)"),
    "twice": (SQUARE, "X*Y*X", "X Y", "dX*Y*X + X*dY*X + X*Y*dX"),
    "bilinear": ("x, y in R^N; A in R^(N x N)", "x'*A*y", "x A y", "dx'*A*y + x'*dA*y + x'*A*dy"),
    "scalars": ("s, t in R positive", "s*t^2 + s/t", "s t", "(t^2 + 1/t)*ds + (2*s*t - s/t^2)*dt"),
    "common factor": ("A, B in R^(M x N); x in R^N", "A*x + B*x", "x", "(A + B)*dx"),
    "like terms": ("X in R^(M x N)", "X + X", "X", "2*dX"),
    "nested sum": ("X, Y in R^(M x N)", "X'*Y + Y'*X", "X Y", "dX'*Y + X'*dY + dY'*X + Y'*dX"),
    "one of two": (SQUARE, "X*Y", "Y", "X*dY"),
    "solved": ("A in R^(N x N) invertible; b in R^N", "inv(A)*b", "A b", "inv(A)*(db - dA*inv(A)*b)"),
    "softmax": (
        "z, y in R^N",
        "y'*softmax(z)",
        "y z",
        "softmax(z)'*dy + y'*(softmax(z).*dz - softmax(z)*softmax(z)'*dz)",
    ),
    "symmetric constant": ("X in R^(M x N); S in R^(N x N) symmetric", "X*S*X'", "X", "dX*S*X' + X*S*dX'"),
}
SYMMETRIC_VALUES = {"nested sum", "symmetric constant"}
"""Functions whose values are symmetric matrices: a transpose changes nothing."""
ALL = {**COOKBOOK, **OTHERS}


def differential(given: str, written: str | list[str], names: str) -> DifferentialDerivation:
    lines = [written] if isinstance(written, str) else written
    statement = parse_statement(given.split("; "), lines, names.split()[0])
    return derive_differential(statement, [s for s in statement.declarations if s.name in names.split()])


def claimed(found: DifferentialDerivation, written: str) -> Node:
    return read_differential(written, found.statement.declarations, found.variables, found.value.shape)


@pytest.mark.parametrize("name", ALL)
def test_the_value_is_the_directional_derivative(name: str) -> None:
    """Against central differences of the function, evaluated here along one direction of all variables at once."""
    given, written, names, _ = ALL[name]
    found = differential(given, written, names)
    random = np.random.default_rng(5)
    values, directions = {}, {}
    for symbol in found.statement.declarations:
        shape = [axis.value(SIZES) for axis in symbol.shape.axes]
        values[symbol] = random.uniform(0.5, 1.5, shape)
        if symbol.shape.is_square:
            values[symbol] = values[symbol] + 2 * np.eye(shape[0])
        if "symmetric" in symbol.properties:
            values[symbol] = values[symbol] + values[symbol].T
        if symbol in found.variables:
            directions[symbol] = random.uniform(-1, 1, shape)
    function, h = found.function, 1e-5
    ends = [
        evaluate(function, {s: v + sign * h * directions.get(s, 0.0) for s, v in values.items()}, SIZES)
        for sign in (1, -1)
    ]
    value = evaluate(found.value, values, SIZES, directions=directions)
    assert value.shape == ends[0].shape
    assert value == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_every_line_is_verified_and_the_published_form_agrees(name: str) -> None:
    given, written, names, expected = ALL[name]
    found = differential(given, written, names)
    evidence = verify_differential(found)
    assert evidence.failures == ()
    assert evidence.passed
    assert evidence.symbolic == "proved"
    assert differential_agrees(found, claimed(found, expected)).passed


@pytest.mark.parametrize("name", COOKBOOK)
def test_the_cookbook_is_printed_as_it_stands(name: str) -> None:
    given, written, names, expected = ALL[name]
    found = differential(given, written, names)
    assert text(found.value) == expected.replace(" ", "").replace("+", " + ").replace(",", ", ")


@pytest.mark.parametrize("name", ALL)
def test_the_text_reads_back_and_only_declared_differentials_remain(name: str) -> None:
    given, written, names, _ = ALL[name]
    found = differential(given, written, names)
    assert equal(claimed(found, text(found.value)), found.value)
    left = {node.operands[0] for node in walk(found.value) if isinstance(node, n.Differential)}
    assert left <= set(found.variables)
    assert found.claims[0].left is b.differential(found.statement.function)


@pytest.mark.parametrize("name", [name for name, case in ALL.items() if case[3] != "matrix(0)"])
def test_wrong_claims_about_a_differential_are_caught(name: str) -> None:
    given, written, names, expected = ALL[name]
    found = differential(given, written, names)
    right = claimed(found, expected)
    wrong = [-right, b.product(b.TWO, right)]
    if isinstance(right, n.Add):
        wrong += [b.add(*(term for term in right.operands if term is not one)) for one in right.operands]
    if right.shape.is_square and name not in SYMMETRIC_VALUES:
        wrong.append(n.Transpose((right,), right.shape.transposed))
    for claim in wrong:
        assert not differential_agrees(found, claim, symbolic=False).passed, text(claim)


def test_a_claim_of_another_shape_or_without_differentials_is_wrong() -> None:
    found = differential(SQUARE, "tr(X*Y)", "X Y")
    assert not differential_agrees(found, claimed(differential(SQUARE, "X*Y", "X Y"), "dX*Y")).passed
    assert not differential_agrees(found, claimed(found, "tr(X*Y)")).passed
    assert not differential_agrees(found, claimed(found, "tr(Y*dX)")).passed
    assert differential_agrees(found, claimed(found, "tr(dY*X) + tr(Y*dX)")).passed


def test_a_wrong_line_fails_verification() -> None:
    found = differential(SQUARE, "tr(X^2*Y)", "X Y")
    assert verify_differential(found, symbolic=False).passed
    for place, claim in enumerate(found.claims):
        for wrong in (-claim.right, b.product(b.TWO, claim.right)):
            lines = (*found.claims[:place], replace(claim, right=wrong), *found.claims[place + 1 :])
            assert not verify_differential(replace(found, claims=lines), symbolic=False).passed
    assert not verify_differential(replace(found, value=-found.value), symbolic=False).passed


CHAIN = ["f(z) = exp(-1/2*z)", "z = y'*inv(S)*y", "y = x - mu"]
CHAIN_GIVEN = "x, mu in R^D; S in R^(D x D) invertible"


@pytest.mark.parametrize("names", ["x", "mu", "S", "x mu", "x mu S"])
def test_a_chain_is_put_together(names: str) -> None:
    found = differential(CHAIN_GIVEN, CHAIN, names)
    assert verify_differential(found, symbolic=False).failures == ()
    assert found.value.symbols <= set(found.statement.declarations)
    assert differential_agrees(found, found.value, symbolic=False).passed
    inner = {claim.left for claim in found.claims}
    assert {text(left) for left in inner} == ({"df", "dz", "dy"} if names != "S" else {"df", "dz"})


def test_what_does_not_vary_has_differential_zero_with_its_shape_and_a_reason() -> None:
    found = differential("A in R^(M x N); X, Y in R^(N x N)", "A", "X Y")
    assert b.is_zero(found.value)
    assert found.value.shape == matrix("M", "N")
    assert [claim.rule for claim in found.claims] == ["constant"]
    assert found.claims[0].reason.template == "{0} does not depend on {1} or {2}."
    assert verify_differential(found).passed


def test_constants_are_named_in_the_reason() -> None:
    found = differential("A in R^(N x N); X, Y in R^(N x N)", "X*A*Y", "X Y")
    reason = found.claims[0].reason
    assert reason.template.endswith("{0} does not depend on {1} or {2}.")
    assert [value.name for value in reason.values if isinstance(value, n.Symbol)] == ["A", "X", "Y"]


def test_declared_symmetry_is_a_cited_step_and_never_that_of_a_differential() -> None:
    found = differential("X in R^(N x N) symmetric; A in R^(N x N)", "tr(A*X'*X)", "X A")
    assert contains(found.value, n.Differential)
    assert not any(
        isinstance(p, n.Transpose) and isinstance(p.operands[0], n.Symbol) and p.operands[0].name == "X"
        for p in walk(found.value)
    )
    assert verify_differential(found, symbolic=False).failures == ()
    plain = differential("X in R^(M x N); S in R^(N x N) symmetric", "X*S*X'", "X")
    assert all(claim.rule != "symmetric" for claim in plain.claims)


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = parse_statement([SQUARE], ["X*Y"], "X")
    stranger = n.symbol("Z", matrix("N", "N"))
    with pytest.raises(Refusal, match="Z is none of them"):
        derive_differential(statement, [stranger])
    with pytest.raises(Refusal, match="name a variable that varies"):
        derive_differential(statement, [])
    chain = parse_statement(["x in R^N"], ["f = z^2", "z = x'*x"], "x")
    with pytest.raises(Refusal, match="z is none of them"):
        derive_differential(chain, [chain.links[1].symbol])
    monkeypatch.setitem(rules._BY_KEY, n.Product, ())
    with pytest.raises(Refusal, match="no rule covers the differential of product"):
        derive_differential(statement, statement.declarations)


def test_a_variable_named_twice_counts_once() -> None:
    x = n.symbol("X", matrix("N", "N"))
    statement = Statement((x,), (Link(n.symbol("f"), b.trace(x)),), x)
    assert derive_differential(statement, [x, x]).variables == (x,)


def test_several_variables_print_well() -> None:
    found = differential("X in R^(M x N); Y in R^(N x P)", "X*Y", "X Y")
    assert latex(found.value) == (
        r"\mathrm{d}\boldsymbol{X}\,\boldsymbol{Y} + \boldsymbol{X}\,\mathrm{d}\boldsymbol{Y}"
    )
    assert text(found.value) == "dX*Y + X*dY"
