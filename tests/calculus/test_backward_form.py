"""Beyond two indices: ∂L/∂X from G = ∂L/∂F, as matrices. The forms wanted were written before ours."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from jacobook import derive
from jacobook.algebra import build as b
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import substitute
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.rendering.report import report_text
from jacobook.verification import verify
from tests.numeric_truth import values_of

WANTED = [
    # lines of the chain, given, variable, ∂L/∂X, dF
    (["F = X*W"], "X in R^(M x N), W in R^(N x P)", "X", "G*W'", "dX*W"),
    (["F = A*X*B"], "A in R^(M x N), X in R^(N x P), B in R^(P x Q)", "X", "A'*G*B'", "A*dX*B"),
    (["F = X'"], "X in R^(M x N)", "X", "G'", "dX'"),
    (["F = inv(X)"], "X in R^(N x N) invertible", "X", "-inv(X)'*G*inv(X)'", "-inv(X)*dX*inv(X)"),
    (["F = tanh(W*X)"], "W in R^(M x N), X in R^(N x P)", "X", "W'*(G.*(matrix(1) - F.^2))", None),
    (["F = exp(X*W)"], "X in R^(M x N), W in R^(N x P)", "X", "(G.*F)*W'", None),
    (["F = H.*X"], "H, X in R^(M x N)", "X", "G.*H", "H.*dX"),
    (["F = X'*X"], "X in R^(M x N)", "X", "X*(G + G')", "dX'*X + X'*dX"),
    (["F = X*B*X'"], "X in R^(M x N), B in R^(N x N) symmetric", "X", "(G' + G)*X*B", None),
    (["f = W*x"], "W in R^(M x N), x in R^N", "W", "g*x'", "dW*x"),
    (["f = A*h", "h = tanh(W*x)"], "A in R^(K x M), W in R^(M x N), x in R^N", "W",
     "(A'*g.*(vector(1) - h.^2))*x'", None),
    (["F = x*x'"], "x in R^N", "x", "x'*(G' + G)", "dx*x' + x*dx'"),
    (["F = diag(x)*A"], "x in R^N, A in R^(N x M)", "x", "diag(G*A')'", "diag(dx)*A"),
    (["F = tr(X)*X"], "X in R^(N x N)", "X", "tr(X'*G)*eye + tr(X)*G", "tr(dX)*X + tr(X)*dX"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "given", "wrt", "wanted", "differential"), WANTED, ids=lambda value: str(value)[:24])
def test_as_a_textbook_prints_it(lines: list[str], given: str, wrt: str, wanted: str, differential: str | None) -> None:
    worked = derive(*lines, given=given, wrt=wrt)
    assert worked.passed
    assert worked.backward is not None
    scrambled = "".join(sorted(wanted))  # the order of terms is a matter of taste
    assert "".join(sorted(worked.backward.text)) == scrambled, worked.backward.text
    if differential is not None:
        assert worked.backward.differential == differential


@pytest.mark.parametrize(
    ("lines", "given", "wrt"),
    [
        *((lines, given, wrt) for lines, given, wrt, _, _ in WANTED),
        (["F = kron(A, X)"], "A in R^(P x Q), X in R^(M x N)", "X"),
        (["F = s*X", "s = exp(tr(X'*X)/9)"], "X in R^(M x N)", "X"),
        (["r = x'*X"], "x in R^N, X in R^(N x M)", "X"),
        (["F = X^3"], "X in R^(N x N)", "X"),
        (["F = H*A*H", "H = tanh(X)"], "A, X in R^(N x N)", "X"),
        (["f = expm(X)*y"], "X in R^(N x N), y in R^N", "X"),
        (["F = A*expm(X)*B"], "A in R^(M x N), X in R^(N x N), B in R^(N x P)", "X"),
        (["f = M*y", "M = expm(W*X)"], "W in R^(N x M), X in R^(M x N), y in R^N", "X"),
        (["F = expm(X).*A + X"], "A, X in R^(N x N)", "X"),
        (["f = sqrtm(X)*y"], "X in R^(N x N) positive-definite, y in R^N", "X"),
        (["f = logm(X)*y"], "X in R^(N x N) positive-definite, y in R^N", "X"),
        (["f = X^(-1/2)*y"], "X in R^(N x N) positive-definite, y in R^N", "X"),
    ],
)
def test_it_is_the_derivative_of_the_inner_product(lines: list[str], given: str, wrt: str) -> None:
    """⟨∂L/∂X, V⟩ is the derivative of ⟨G, F(X + t V)⟩ in t at 0, by central differences, for a random G and V."""
    statement = parse_statement([given], lines, wrt)
    backward = derive(*lines, given=given, wrt=wrt, verify=False).derivation.backward
    assert backward is not None
    meaning: dict[Node, Node] = {link.symbol: link.expression for link in backward.kept}
    value = backward.value
    for _ in meaning:
        value = substitute(value, meaning)
    function = substitute(backward.definition, {statement.function: statement.in_variables})
    variable = statement.wrt
    direction = derive("V", given=f"V in {variable.shape.space}", wrt="V", verify=False).derivation.statement.wrt
    step = Fraction(1, 100_000)

    def moved(by: Fraction) -> Node:
        return substitute(function, {variable: b.add(variable, b.product(b.number(by), direction))})

    weight = b.transpose(value) if variable.shape.is_vector else value
    product = b.hadamard(weight, direction)
    for forth, back, expected in values_of(moved(step), moved(-step), b.entry_sum(product)):
        found = (float(np.squeeze(forth)) - float(np.squeeze(back))) / float(2 * step)
        assert found == pytest.approx(float(np.squeeze(expected)), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("wrong", ["A*G*B'", "-A'*G*B'", "B*G'*A"])
def test_a_wrong_one_is_found_wrong(wrong: str) -> None:
    given = "A, B, X in R^(N x N)"
    worked = derive("A*X*B", given=given, wrt="X", verify=False).derivation
    assert worked.backward is not None
    other = derive(f"tr(({wrong})'*X)", given=f"{given}, G in R^(N x N)", wrt="X", verify=False).derivation.value
    planted = replace(worked, backward=replace(worked.backward, value=other))
    failures = verify(planted).failures
    assert any("backward form, value" in failure for failure in failures)
    assert any("backward form, by the Jacobian" in failure for failure in failures)
    assert verify(worked).passed


def test_names_in_use_are_passed_over() -> None:
    given = "G, X in R^(N x N), L in R"
    backward = derive("F = L*G*X", given=given, wrt="X", verify=False).backward
    assert backward is not None
    assert backward.upstream == "G_F"
    assert backward.text == "L*G'*G_F"
    again = derive("F = L*G*X", given=given, wrt="X", verify=False).derivation.backward
    assert again is not None
    assert again.loss.name == "ell"


def test_a_function_that_is_not_specified_inside_another() -> None:
    """d inv(F) = -inv(F) dF inv(F), and dF = unvec(J vec dX): ∂L/∂X = -unvec(J' vec(inv(F)' G inv(F)'))."""
    worked = derive("inv(f(X))", given=["f : R^(P x Q) -> R^(N x N) invertible", "X in R^(P x Q)"], wrt="X")
    assert worked.passed
    assert worked.backward is not None
    assert worked.backward.shape == ("P", "Q")
    assert worked.backward.text.startswith("-unvec(")
    assert "vec(inv(f(X))'*G*inv(f(X))')" in worked.backward.text


def test_only_beyond_two_indices() -> None:
    for expression, wrt in (("tr(A*X)", "X"), ("x'*x", "x"), ("A*x", "x")):
        worked = derive(expression, given="A in R^(M x M), X in R^(M x M), x in R^M", wrt=wrt, verify=False)
        assert worked.backward is None
        assert "backward" not in worked.as_json()
    assert derive("A*A'", given="A, X in R^(M x M)", wrt="X", verify=False).backward is None


def test_the_report_shows_it_first() -> None:
    worked = derive("A*X*B", given="A in R^(M x N), X in R^(N x P), B in R^(P x Q)", wrt="X", verify=False)
    result = report_text(worked.derivation).split("\nResult\n")[1]
    places = [result.index(line) for line in ("dL/dX = A'*G*B'", "df = A*dX*B", "dvec(f)/dvec(X)' = kron(B', A)")]
    assert places == sorted(places)
    assert worked.result == "kron(B', A)"
    assert text(worked.derivation.value) == "kron(B', A)"


def test_in_json() -> None:
    worked = derive("f = A*h", "h = tanh(W*x)", given="A in R^(K x M), W in R^(M x N), x in R^N", wrt="W", verify=False)
    data = worked.as_json()["backward"]
    assert data["upstream"] == "g"
    assert data["shape"] == ["M", "N"]
    assert [(one["name"], one["text"]) for one in data["definitions"]] == [("h", "tanh(W*x)")]
