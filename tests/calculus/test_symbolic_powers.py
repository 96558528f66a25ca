"""Powers with symbolic exponents and sums over an index: both routes, and for every k the derivative of the power."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.traverse import names_within, substitute, walk
from jacobook.calculus.chain.backpropagation import has_matrices
from jacobook.calculus.chain.graph import decompose
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.rendering.sentences import prose_text
from jacobook.verification import verify
from tests.numeric_truth import difference

GIVEN = (
    "X, A in R^(N x N)",
    "Z in R^(N x N) invertible",
    "S in R^(N x N) symmetric",
    "k, n in N",
    "a, b, x in R^N",
    "t in R",
)
CASES = [
    ("tr(X^k)", "X"),
    ("tr(A*X^k)", "X"),
    ("tr(X^k*A*X^n)", "X"),
    ("tr((A*X)^k)", "X"),
    ("tr((X^2)^k)", "X"),
    ("a'*X^k*b", "X"),
    ("a'*(X^n)'*X^n*b", "X"),
    ("det(X^k)", "X"),
    ("det(Z^k)", "Z"),
    ("logdet(Z^k)", "Z"),
    ("tr(S^k)", "S"),
    ("X^k", "X"),
    ("(X^k)'", "X"),
    ("X^k*a", "X"),
    ("A*X^(k + 1)*A", "X"),
    ("inv(Z)^k", "Z"),
    ("tr(Z^-k*A)", "Z"),
    ("tr(inv(Z^k))", "Z"),
    ("exp(tr(X^k))", "X"),
    ("log(1 + (a'*X^k*b)^2)", "X"),
    ("norm2(X^k)^2", "X"),
    ("norm2(X^k*x)^2", "x"),
    ("x'*X^k*x", "x"),
    ("(x'*x)^k", "x"),
    ("sum(x.^k)", "x"),
    ("t^k", "t"),
    ("(A + t*X)^k", "t"),
    ("(A + t*X)^k*a", "t"),
    ("a'*sum(r, 0, k, X^r)*b", "X"),
    ("sum(r, 0, k - 1, tr(X^r*A))", "X"),
    ("sum(r, 1, k, (a'*X^r*b)^2)", "X"),
    ("sum(r, 1, k, r*X^r*x)", "x"),
    ("sum(r, 1, k, exp(r*t))", "t"),
    ("sum(r, 0, k, X^r*A*X^(k - r))", "A"),
    ("sum(exp(X^k))", "X"),
]


def solved(expression: str | list[str], wrt: str, route: str = "matrix", given: tuple[str, ...] = GIVEN) -> Derivation:
    lines = [expression] if isinstance(expression, str) else expression
    return derive(parse_statement(given, lines, wrt), route)


@pytest.mark.parametrize(("expression", "wrt"), CASES)
def test_the_routes_agree(expression: str, wrt: str) -> None:
    derivation = solved(expression, wrt)
    other = solved(expression, wrt, "component")
    assert equal(other.value, derivation.value) or difference(other.value, derivation.value) < 1e-9
    assert [partial.refusal for partial in (*derivation.partials, *other.partials) if partial.refusal] == []


@pytest.mark.one_in(2)
@pytest.mark.slow
@pytest.mark.parametrize(("expression", "wrt"), CASES)
def test_every_line_holds(expression: str, wrt: str) -> None:
    evidence = verify(solved(expression, wrt))
    assert evidence.failures == ()
    assert evidence.passed


@pytest.mark.parametrize(("expression", "wrt"), CASES)
def test_for_every_number_it_is_the_derivative_of_the_power(expression: str, wrt: str) -> None:
    """An oracle apart from the new rules: the exponents are numbers first, and differentiated then."""
    derivation = solved(expression, wrt)
    apart = [number for number in (1, 2, 3) if not _difference(derivation, number) < 1e-8]
    assert apart == []


def _difference(derivation: Derivation, number: int) -> float:
    """Return how far the derivative lies, with numbers for its exponents, from that of the power with this number."""
    statement = derivation.statement
    numbers: dict[Node, Node] = {
        symbol: b.number(number + (symbol.name == "n")) for symbol in statement.declarations if symbol.name in "kn"
    }
    link = statement.links[0]
    written = _spelt_out(substitute(link.expression, numbers))
    concrete = derive(Statement(statement.declarations, (Link(link.symbol, written),), statement.wrt), both=False)
    value = substitute(derivation.value, numbers)
    return difference(value, concrete.value)


def _spelt_out(node: Node) -> Node:
    """Return the expression, whose bounds are numbers, with its sums as sums of terms and its exponents as numbers."""
    operands = tuple(map(_spelt_out, node.operands))
    if isinstance(node, n.BoundedSum):
        first, last = map(_value, operands[1:])
        body = node.operands[0]
        return b.add(*(_spelt_out(substitute(body, {node.index: b.number(each)})) for each in range(first, last + 1)))
    if isinstance(node, n.Power):
        return b.power(operands[0], _number(operands[1]))
    return type(node)(operands, node.shape, node.parameters) if operands != node.operands else node


def _number(exponent: Node) -> Node:
    match exponent:
        case n.Add():
            return b.number(sum(_value(operand) for operand in exponent.operands))
        case n.Negate():
            return b.number(-_value(exponent.operands[0]))
    return exponent


def _value(node: Node) -> int:
    found = _number(node)
    return int(found.value) if isinstance(found, n.Number) else 0


def test_the_cyclic_shift_is_a_step_with_a_reason() -> None:
    claims = solved("tr(X^k)", "X").partials[0].matrix_route
    assert [claim.rule for claim in claims] == ["matrix-power-symbolic", "cyclic-trace", "read-off"]
    assert "all k terms of the sum are equal" in prose_text(claims[1].reason)


def test_a_determinant_is_taken_out_of_its_power_first() -> None:
    derivation = solved("det(X^k)", "X")
    assert derivation.decomposition[0].rule == "determinant-power"
    assert derivation.assumptions == ()
    assert not any(isinstance(node, n.Inverse) for node in walk(derivation.value))


def test_the_inverse_of_a_power_is_an_assumption() -> None:
    (assumption,) = solved("tr(Z^-k)", "Z").assumptions
    assert assumption.declared
    assert isinstance(assumption.node, Symbol)
    assert assumption.node.name == "Z"


def test_whole_exponents_take_any_base() -> None:
    assert solved("t^k", "t").notes == ()
    (note,) = solved("t^(-k)", "t").notes
    assert "does not hold where t is 0" in prose_text(note)


def test_an_exponent_of_unknown_sign_is_refused() -> None:
    for route in ("matrix", "component"):
        with pytest.raises(Refusal, match="may be positive or negative"):
            solved("tr(Z^(k - n))", "Z", route)
    constant = solved("x'*Z^(k - n)*x", "x")
    assert verify(constant).passed


def test_nothing_is_differentiated_by_a_whole_number() -> None:
    statement = parse_statement(GIVEN, ["tr(X^k)"], "X")
    k = next(symbol for symbol in statement.declarations if symbol.name == "k")
    with pytest.raises(Refusal, match="whole number"):
        derive(Statement(statement.declarations, statement.links, k))


@pytest.mark.parametrize("route", ["matrix", "component"])
def test_new_indices_take_names_that_are_free(route: str) -> None:
    given = ("X, s in R^(N x N)", "k in N", "r in R", "q in R^N")
    derivation = solved("r*tr(s*X^k)", "X", route, given)
    bound = {symbol.name for symbol in names_within(derivation.value) if isinstance(symbol, n.RunningIndex)}
    assert bound
    assert bound.isdisjoint({"r", "s", "q", "X", "k"})
    back = parse_expression(text(derivation.value), derivation.statement.declarations, derivation.value.shape)
    assert equal(back, derivation.value)


def test_a_sum_in_a_sum_takes_another_name() -> None:
    value = solved("sum(r, 0, k, tr(X^r*A))", "X").value
    assert text(value) == "sum(r, 0, k, sum(s, 0, r - 1, (X^(r - 1 - s)*A*X^s)'))"


def test_what_depends_on_an_index_gets_no_name_of_its_own() -> None:
    statement = parse_statement(GIVEN, ["sum(r, 1, k, exp(a'*X^r*b) + (t + r)*(t + r))"], "t")
    assert len(decompose(statement).links) == 1
    assert verify(derive(statement)).passed


def test_in_chains() -> None:
    for lines, wrt in (
        (["f(U) = a'*U*b", "U = g(X) = X^k"], "X"),
        (["f(U) = tr(U*A)", "U = g(X) = X^k*X'"], "X"),
        (["f(z) = exp(-1/2*z)", "z = g(y) = y'*y", "y = h(x) = X^k*x"], "x"),
        (["f(u) = log(1 + u^2)", "u = g(X) = sum(r, 0, k, a'*X^r*b)"], "X"),
    ):
        derivation = solved(lines, wrt)
        assert verify(derivation).passed, lines
        assert has_matrices(decompose(derivation.statement)) == (wrt == "X")


def test_second_derivative() -> None:
    for expression in ("(x'*x)^k", "x'*X^k*x", "sum(r, 0, k, (a'*x)^r)"):
        first, second = derive_to_order(parse_statement(GIVEN, [expression], "x"), 2)
        assert verify(first).passed
        assert verify(second).passed


def test_a_symmetric_variable() -> None:
    assert text(solved("tr(S^k)", "S").value) == "k*S^(k - 1)"


def test_known_exponents_keep_their_results() -> None:
    assert text(solved("tr(X^3)", "X").value) == "3*(X^2)'"
    assert text(solved("det(X^2)", "X").value) == "2*det(X)*adj(X)'"
