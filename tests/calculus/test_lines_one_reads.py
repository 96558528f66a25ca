"""Lines as a lecturer writes them: true reasons, no step skipped, factors in reading order."""

from __future__ import annotations

import pytest

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.shapes import matrix, vector
from jacobook.algebra.traverse import reads_alike
from jacobook.calculus.derivation import Claim, Derivation, Prose
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.verification import verify
from jacobook.verification.refuted_mistakes import each, refuted_mistakes


def worked(given: str, expression: str, wrt: str) -> Derivation:
    return derive(parse_statement(given.split("; "), expression.split("; "), wrt))


def said(reason: Prose) -> str:
    values = (text(v) if isinstance(v, n.Node) else getattr(v, "name", v) for v in reason.values)
    return reason.template.format(*values)


def lines(given: str, expression: str, wrt: str, route: str) -> list[Claim]:
    return list(getattr(worked(given, expression, wrt).partials[-1], f"{route}_route"))


def told(given: str, expression: str, wrt: str, route: str) -> list[tuple[str, str]]:
    return [(text(line.right), said(line.reason)) for line in lines(given, expression, wrt, route)]


SQUARE = "A, B, X in R^(N x N); a, b in R^N"
INVERTIBLE = "A, B, X in R^(N x N) invertible"


# -- reasons that are true of their line -----------------------------------------------------------


def test_no_number_is_warned_of_as_a_matrix() -> None:
    derivation = worked("Y : R -> R^(N x N) invertible; t in R", "det(Y(t))", "t")
    assert not any("row k, column l" in one.mistake.said.template for one in each(refuted_mistakes(derivation)))


def test_a_power_is_not_called_linear() -> None:
    reasons = [reason for _, reason in told(f"{SQUARE}; k in N", "a'*X^k*b", "X", "component")]
    assert not any("linear" in reason for reason in reasons)
    assert any("product of equal factors" in reason for reason in reasons)


def test_nothing_cancels_where_equal_factors_become_a_power() -> None:
    derivation = worked("X in R^(N x N) invertible; k in N", "det(X^k)", "X")
    assert [said(claim.reason) for claim in derivation.combination][-1] == "Write equal factors as a power."


@pytest.mark.parametrize(
    ("given", "expression", "words"),
    [
        (INVERTIBLE, "det(inv(X))", "inv(inv(X)) = X"),
        (INVERTIBLE, "det(X^2)", "inv(X^2) = inv(X)^2"),
        (INVERTIBLE, "det(A*X*B)", "inv(A*X*B) = inv(B)*inv(X)*inv(A)"),
        ("X in R^(M x N)", "logdet(inv(X*X'))", "inv(X*X')*X*X' = eye"),
    ],
)
def test_what_became_of_an_inverse_is_said(given: str, expression: str, words: str) -> None:
    assert sum(words in reason for _, reason in told(given, expression, "X", "matrix")) == 1


@pytest.mark.parametrize("expression", ["det(inv(X))", "det(A*X*B)", "logdet(X'*X)"])
def test_it_is_said_in_entries_too(expression: str) -> None:
    reasons = [reason for _, reason in told(INVERTIBLE, expression, "X", "component")]
    assert any("inv(" in reason.split("; ")[2] and " = " in reason.split("; ")[2] for reason in reasons[:1])


def test_the_sum_of_squares_needs_the_power_rule_alone() -> None:
    first, second, *_ = told("X in R^(M x N)", "norm2(X)^2", "X", "component")
    assert first == ("sum_i sum_j X[i,j]^2", "Written in entries.")
    assert second[1].startswith("Power rule in entries; ")


def test_entries_that_are_all_equal_are_the_matrix_of_ones() -> None:
    assert told("X in R^(M x N)", "sum(X)", "X", "component")[-1] == ("matrix(1)", "All entries are equal.")


# -- no step is skipped ----------------------------------------------------------------------------


def test_a_differential_comes_out_of_the_trace_before_it_is_read_off() -> None:
    found = told("Y : R -> R^(N x N); t in R", "tr(Y(t))", "t", "matrix")
    assert "dt is a scalar, and scalars come out of the trace." in [reason for _, reason in found]


def test_what_stands_in_a_bracket_does_not_read_like_what_stands_behind_it() -> None:
    a, t = n.symbol("A", matrix("N", "N")), n.symbol("t")
    inside, behind = build.trace(build.product(a, t)), build.product(build.trace(a), t)
    assert not reads_alike(inside, behind)
    x = n.symbol("x", vector("N"))
    assert reads_alike(build.product(build.product(x.T, a), x), build.product(x.T, build.product(a, x)))


def test_a_scalar_is_transposed_in_a_line_of_its_own() -> None:
    values = [value for value, _ in told(SQUARE, "a'*X'*b", "X", "matrix")]
    assert values[:3] == ["a'*dX'*b", "b'*dX*a", "tr(a*b'*dX)"]


def test_the_symmetry_is_said_where_it_is_used() -> None:
    given = "B in R^(N x N) symmetric; a, b in R^N; X in R^(N x N)"
    found = told(given, "a'*X'*B*X*b", "X", "matrix")
    assert [reason for _, reason in found if "symmetric" in reason] == [
        "A scalar is its own trace; cyclic property of the trace; B is symmetric."
    ]


def test_a_sum_of_entries_becomes_an_inner_product_by_name() -> None:
    reasons = [reason for _, reason in told("x in R^N", "x - vector(sum(x)/dim(N), N)", "x", "matrix")]
    assert "A sum of entries is the inner product with a vector of ones." in reasons
    assert not any("dim(N)" in reason for reason in reasons)


# -- forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expression", "wrt", "result"),
    [
        ("b, x in R", "b*x^2", "x", "2*b*x"),
        ("a, b, w, x, y in R^N; c in R", "c*(a'*diag(w)*(y + b))*x", "x", "c*(a'*(w.*(y + b)))*eye"),
        ("a, b, x, y in R", "a*b*x^3*y", "x", "3*a*b*y*x^2"),
        ("P in R^(M x N)", "logdet(inv(P*P'))", "P", "-2*inv(P*P')*P"),
        ("P in R^(M x N); A in R^(M x M)", "tr(P*P'*inv(P*P')*A)", "A", "eye"),
        ("P in R^(M x N); S in R^(M x M); A in R^(N x N)", "tr(A*inv(P'*S*P)'*P'*S'*P)", "A", "eye"),
    ],
)
def test_results(given: str, expression: str, wrt: str, result: str) -> None:
    derivation = worked(given, expression, wrt)
    assert text(derivation.value) == result
    assert verify(derivation, symbolic=False).passed


def test_the_inverse_of_an_inverse_is_no_further_condition() -> None:
    derivation = worked("P in R^(M x N)", "logdet(inv(P*P'))", "P")
    assert [text(assumption.node) for assumption in derivation.assumptions] == ["P*P'"]


def test_a_bracket_that_is_its_own_transpose_is_not_transposed() -> None:
    assert not any("(b*a' + a*b')'" in value for value, _ in told(SQUARE, "a'*(X^2)'*X^2*b", "X", "matrix"))


def test_a_minus_that_all_terms_have_stands_before_the_trace() -> None:
    given = "C in R^(M x M); A in R^(N x N); X in R^(M x N)"
    assert not any("tr((-" in value for value, _ in told(given, "tr(inv(X'*C*X)*A)", "X", "matrix"))


def test_entries_stand_behind_numbers_of_the_whole_matrix() -> None:
    assert told(INVERTIBLE, "det(X)", "X", "component")[1][0] == "det(X)*inv(X)[l,k]"


def test_a_squared_inverse_has_not_cancelled() -> None:
    reasons = [reason for _, reason in told("A, X in R^(N x N)", "tr(inv(X + A))", "X", "matrix")]
    assert "Cyclic property of the trace." in reasons


def test_an_adjugate_becomes_an_inverse_where_there_is_one() -> None:
    derivation = worked("A in R^(M x N); X in R^(N x P); B in R^(P x M)", "det(A*X*B)", "X")
    (case,) = derivation.special_cases
    assert text(case.right) == "det(A*X*B)*(B*inv(A*X*B)*A)'"
    assert said(case.reason).startswith("If A*X*B is invertible, then ")
    assert verify(derivation, symbolic=False).passed


@pytest.mark.parametrize(
    ("given", "expression", "wrt"),
    [
        ("x, y in R^N", "det(x*y')", "x"),
        ("x in R^3", "det(skew(x))", "x"),
        ("A in R^(N x 2); B in R^(2 x 4)", "det(B'*A'*A*B)", "A"),
    ],
)
def test_what_is_always_singular_gets_no_inverse(given: str, expression: str, wrt: str) -> None:
    assert not any("inv(" in text(claim.right) for claim in worked(given, expression, wrt).special_cases)


# -- entries ---------------------------------------------------------------------------------------


def test_a_sum_stays_one_sum_until_the_deltas_are_used() -> None:
    values = [value for value, _ in told("a in R^M; b in R^N; X in R^(M x N)", "a'*X*b", "X", "component")]
    assert values[:3] == ["sum_i sum_j a[i]*X[i,j]*b[j]", "sum_i sum_j a[i]*b[j]*δ[i,k]*δ[j,l]", "a[k]*b[l]"]


def test_entries_stand_as_their_indices_run_and_the_matrices_are_named_in_that_order() -> None:
    given = "A in R^(M x N); X in R^(N x N) invertible; B in R^(N x M)"
    *_, sifted, whole = told(given, "tr(A*inv(X)*B)", "X", "component")
    entries = "sum_i sum_j sum_m inv(X)[l,m]*B[m,i]*A[i,j]*inv(X)[j,k]"
    assert sifted[0] == f"-{entries}"
    assert whole == ("-(inv(X)*B*A*inv(X))'", f"{entries} is entry (l, k) of inv(X)*B*A*inv(X).")


def test_a_product_that_is_not_all_transposed_is_told_from_its_rows_on() -> None:
    given = "A in R^(M x M); B in R^(N x N); X in R^(M x N)"
    (sifted,) = [value for value, reason in told(given, "tr(X'*A*X*B)", "X", "component") if "keep only" in reason]
    assert sifted == "sum_m sum_p A[k,m]*X[m,p]*B[p,l] + sum_i sum_j A[j,k]*X[j,i]*B[l,i]"


def test_indices_are_letters_where_the_usual_ones_are_taken() -> None:
    values = [value for value, _ in told("X in R^(N x N); k in N", "tr(X^k)", "X", "component")]
    assert not any("i1" in value for value in values)


def test_what_only_undoes_unvec_needs_no_rule_for_a_product() -> None:
    derivation = worked("X in R^(N x N) positive-definite", "sqrtm(X)", "X")
    reasons = [said(claim.reason) for claim in derivation.partials[0].matrix_route]
    assert "Stack the columns on both sides." in reasons
    assert not any("kron" in one for one in reasons)


def test_the_last_line_in_the_denominator_layout_is_told_from_the_result() -> None:
    derivation = worked("X in R^(N x D); y in R^N; w in R^D; c in R", "f = u'*u + c*w'*w; u = y - X*w", "w")
    assert said(derivation.denominator[-1].reason) == "This is the transpose of the result in the Jacobian layout."


def test_a_transpose_that_is_taken_out_of_a_sum_is_no_new_name() -> None:
    derivation = worked("s, g in R^N", "L = g'*p; p = softmax(s)", "s")
    assert text(derivation.value) == "(g.*p - (g'*p)*p)'"
    assert said(derivation.combination[-1].reason) == "Take the transpose out of the sum."
