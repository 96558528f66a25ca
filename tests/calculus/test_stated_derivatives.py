"""In entries, what stays whole (a softmax, a determinant, an inverse …) is differentiated from its definition."""

from __future__ import annotations

import pytest

from jacobook.algebra.nodes import Differential, Entry, Index
from jacobook.algebra.traverse import contains, walk
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.language.printer import text
from tests.calculus.derived import assert_verified

WHOLE = {
    "softmax(z)": ("z", ["z in R^N"], "softmax(z)[i] = exp(z[i])/(sum_m exp(z[m]))"),
    "softmax(Z, 'rows')": ("Z", ["Z in R^(M x N)"], "softmax(Z, 'rows')[i,j] = exp(Z[i,j])/(sum_p exp(Z[i,p]))"),
    "logsumexp(z)": ("z", ["z in R^N"], "logsumexp(z) = log(sum_j exp(z[j]))"),
    "logsumexp(Z, 'rows')": ("Z", ["Z in R^(M x N)"], "logsumexp(Z, 'rows')[i] = log(sum_m exp(Z[i,m]))"),
    "det(A)": ("A", ["A in R^(N x N)"], "det(A) = sum_j A[i,j]*adj(A)[j,i]"),
    "logdet(A)": ("A", ["A in R^(N x N) invertible"], "d(logdet(A)) = d(det(A))/det(A)"),
    "logdet(X'*X)": ("X", ["X in R^(M x N)"], "d(logdet(X'*X)) = d(det(X'*X))/det(X'*X)"),
    "norm(x)": ("x", ["x in R^N"], "norm2(x)^2 = sum_i x[i]^2"),
    "norm(X)": ("X", ["X in R^(M x N)"], "norm2(X)^2 = sum_i sum_j X[i,j]^2"),
    "inv(A)": ("A", ["A in R^(N x N) invertible"], "sum_m inv(A)[i,m]*A[m,p] = δ[i,p]"),
    "x'*inv(A)*x": ("A", ["A in R^(N x N) invertible", "x in R^N"], "sum_m inv(A)[i,m]*A[m,p] = δ[i,p]"),
}


def lines_of(function, given, wrt):
    derivation = derive(parse_statement(given, [function], wrt))
    (partial,) = derivation.partials
    return derivation, partial.component_route


@pytest.mark.parametrize("function", WHOLE)
def test_the_derivative_comes_from_the_definition(function):
    wrt, given, first = WHOLE[function]
    derivation, lines = lines_of(function, given, wrt)
    (line,) = [claim for claim in lines if claim.steps]
    assert line.rule == "delta"
    assert f"{text(line.steps[0].left)} = {text(line.steps[0].right)}" == first
    last = line.steps[-1]
    assert isinstance(last.left, Differential)
    assert contains(last.right, Differential)
    assert_verified(derivation)  # the steps, too


@pytest.mark.parametrize("function", WHOLE)
def test_the_last_line_has_the_derivative_that_the_reason_states_as_a_coefficient(function):
    wrt, given, _ = WHOLE[function]
    _, lines = lines_of(function, given, wrt)
    (line,) = [claim for claim in lines if claim.steps]
    base, entry, _ = line.reason.values[:3]  # the derivative of {0} with respect to {1} is {2}
    last = line.steps[-1]
    assert last.left.operands[0] is base
    assert entry in {node.operands[0] for node in walk(last.right) if isinstance(node, Differential)}


def test_the_letters_of_the_lines_are_none_of_the_page():
    _, lines = lines_of("logdet(u*s*A)", ["A in R^(N x N) invertible", "u, s in R positive"], "A")
    (line,) = [claim for claim in lines if claim.steps]
    assert [text(value) for value in line.steps[0].reason.values] == ["log(abs(t))", "1/t", "t"]


def test_a_reason_has_the_letters_of_its_line():
    _, lines = lines_of("softmax(Z, 'rows')", ["Z in R^(M x N)"], "Z")
    line = next(claim for claim in lines if claim.steps)
    names = {
        place.name for node in walk(line.right) for place in getattr(node, "positions", ()) if isinstance(place, Index)
    }
    said = [value for value in line.reason.values if isinstance(value, Entry)]
    assert said
    assert {place.name for entry in said for place in entry.positions if isinstance(place, Index)} <= names


def test_what_is_a_sum_of_entries_within_a_function_is_written_in_entries():
    lines = ["f = r", "r = sqrt(x'*x/dim(N) + c)"]
    derivation = derive(parse_statement(["x in R^N", "c in R positive"], lines, "x"))
    first = derivation.partials[-1].component_route[0]
    assert text(first.right) == "sqrt((sum_i x[i]^2)/dim(N) + c)"
    assert_verified(derivation)


def test_a_sum_over_many_indices_within_a_function_stays_as_it_is():
    given = ["A in R^(M x M)", "X in R^(M x N)"]
    derivation = derive(parse_statement(given, ["f = r", "r = log(tr(X'*A*X))"], "X"))
    assert not any(claim.rule == "entries" for claim in derivation.partials[-1].component_route)


@pytest.mark.parametrize(
    "function",
    [
        "softmax(A, 'rows')^2*x",
        "sum(softmax(A, 'rows')*softmax(A, 'rows')*x)",
        "x'*inv(A)*inv(A)*x",
        "det(A)*x'*inv(A)*x",
    ],
)
def test_two_of_them_in_one_product_have_letters_of_their_own(function):
    given = ["x in R^N", "A in R^(N x N) invertible"]
    derivation, lines = lines_of(function, given, "A")
    assert any(claim.steps for claim in lines)
    assert_verified(derivation)
