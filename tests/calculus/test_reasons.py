"""The reason of a line says what that line does."""

from __future__ import annotations

from itertools import pairwise

import pytest

from jacobook.algebra.nodes import Entry, Node, indices_in
from jacobook.algebra.question import Statement
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.derive import derive
from jacobook.calculus.reasons import capitalised, numeral
from jacobook.calculus.rules.identities import recognise
from jacobook.language import parse_statement
from jacobook.language.printer import text
from tests.calculus.derived import assert_verified, solve


def stated(given: str, lines: str, wrt: str) -> Statement:
    return parse_statement(given.split("; "), lines.split(" ; "), wrt)


def said(reason: Prose) -> str:
    return reason.template.format(*(text(v) if isinstance(v, Node) else getattr(v, "name", v) for v in reason.values))


def claims_of(given: str, lines: str, wrt: str, route: str) -> list[Claim]:
    derivation = derive(stated(given, lines, wrt))
    return [claim for partial in derivation.partials for claim in getattr(partial, f"{route}_route")]


def reasons(given: str, lines: str, wrt: str, route: str) -> list[str]:
    return [said(claim.reason) for claim in claims_of(given, lines, wrt, route)]


SQUARE = "A, X in R^(N x N); a, b in R^N"
SURPRISAL = "L = -sum(y.*log(s) + (vector(1) - y).*log(vector(1) - s)) ; s = sigmoid(a) ; a = X*w"
COMPONENT = [
    (SQUARE, "tr(A*X)", "X", "A[l,k] is entry (k, l) of A'."),
    (
        SQUARE,
        "a'*X*b",
        "X",
        "Linear in the entries of X; the derivative of X[i,j] with respect to X[k,l] is δ[i,k]*δ[j,l].",
    ),
    ("x in R^N", "x'*x", "x", "Power rule in entries; the derivative of x[i] with respect to x[k] is δ[i,k]."),
    (
        "x in R^N; B in R^(N x N)",
        "x'*B*x",
        "x",
        "sum_j B[k,j]*x[j] is entry k of x'*B', and sum_i x[i]*B[i,k] is entry k of x'*B.",
    ),
    ("X in R^(N x N)", "tr(X + eye(N))", "X", "Sum term by term; a term without the index is added dim(N) times."),
    ("x in R", "x^3", "x", "Power rule."),
    (
        "x in R^N",
        "softmax(x)",
        "x",
        "Chain rule in entries; the derivative of softmax(x)[i] with respect to x[j] is "
        "softmax(x)[i]*(δ[i,j] - softmax(x)[j]); the derivative of x[i] with respect to x[k] is δ[i,k].",
    ),
    (
        SQUARE,
        "a'*inv(X)*b",
        "X",
        "Chain rule in entries; the derivative of inv(X)[i,j] with respect to X[m,p] is -inv(X)[i,m]*inv(X)[p,j]; "
        "the derivative of X[m,p] with respect to X[k,l] is δ[m,k]*δ[p,l].",
    ),
    ("x in R", "x^3 + 2*x", "x", "Differentiate term by term; power rule."),
    ("x in R", "log(x)", "x", "The derivative of log(u) is 1/u."),
    (SQUARE, "tr(X)", "X", "The derivative of X[i,i] with respect to X[k,l] is δ[i,k]*δ[i,l]."),
    (
        SQUARE,
        "det(X)",
        "X",
        "Chain rule in entries; the derivative of det(X) with respect to X[i,j] is the cofactor adj(X)[j,i]; "
        "the derivative of X[i,j] with respect to X[k,l] is δ[i,k]*δ[j,l].",
    ),
    (
        SQUARE,
        "tr(A*X)",
        "X",
        "δ[j,k] and δ[i,l] keep only the terms with j = k and i = l.",
    ),
    ("x in R", "exp(x^2)*sin(x^2)", "x", "Write out the definition."),
    (
        "x, c in R^N",
        "c'*tanh(x)",
        "x",
        "Chain rule in entries; the derivative of tanh(u) is 1 - tanh(u)^2, times that of its argument; "
        "the derivative of x[i] with respect to x[k] is δ[i,k].",
    ),
]


@pytest.mark.parametrize(("given", "line", "wrt", "expected"), COMPONENT)
def test_of_the_component_route(given: str, line: str, wrt: str, expected: str) -> None:
    assert expected in reasons(given, line, wrt, "component")


MATRIX = [
    (SQUARE, "a'*X*b", "X", "A scalar is its own trace; cyclic property of the trace."),
    (SQUARE, "tr(X*X)", "X", "Cyclic property of the trace."),
    ("s in R; X in R^(M x N)", "s*tr(X'*X)", "X", "A matrix and its transpose have the same trace."),
    (SQUARE, "a'*X'*b", "X", "A scalar is its own trace; cyclic property of the trace."),
    ("x in R", "x^3 + 2*x", "x", "Collect the terms."),
    ("c, x in R", "c*x^2", "x", "Move numbers to the front."),
    (SQUARE, "tr(A*X*A)", "X", "The derivative is the transpose of the coefficient of dX in the trace."),
    ("x, y in R^N; B in R^(N x N) symmetric", "x'*B*x", "x", "A scalar equals its transpose; B is symmetric."),
    (SQUARE, "tr(X + eye(N))", "X", "Multiplying by eye changes nothing."),
]


@pytest.mark.parametrize(("given", "line", "wrt", "expected"), MATRIX)
def test_of_the_matrix_route(given: str, line: str, wrt: str, expected: str) -> None:
    assert expected in reasons(given, line, wrt, "matrix")


def test_names_of_the_chain_are_held_fixed() -> None:
    found = reasons("x in R^N; c in R^N", "f = y'*x + c'*x ; y = sin(x)", "x", "matrix")
    assert not any("y does not depend on x" in reason for reason in found)
    assert any(reason.endswith("y is held fixed here.") for reason in found)
    assert any("c does not depend on x" in reason for reason in found)


@pytest.mark.parametrize("route", ["matrix", "component"])
def test_letters_for_arguments_avoid_the_names_of_the_statement(route: str) -> None:
    found = reasons("u, s in R", "u*exp(u)*s", "u", route)
    assert any("the derivative of exp(t) is exp(t)" in reason.lower() for reason in found)


def test_a_line_says_what_cancels_entry_by_entry() -> None:
    given = "y in R^N; X in R^(N x D); w in R^D"
    found = solve(given, "-y'*log(sigmoid(X*w)) - (vector(1) - y)'*log(vector(1) - sigmoid(X*w))", "w")
    assert_verified(found)
    assert text(found.value) == "(sigmoid(X*w) - y)'*X"
    told = [said(claim.reason) for claim in found.combination]
    assert "Entry by entry, sigmoid(X*w) and vector(1) - sigmoid(X*w) cancel." in told


@pytest.mark.parametrize(
    ("given", "expression", "wrt", "result"),
    [
        ("x, y in R^N", "sum(log(x.*y))", "x", "(1./x)'"),
        ("x in R^N", "sum(log(x.^2))", "x", "2*(1./x)'"),
        ("x in R^N", "sum(x.^3./x.^2)", "x", "vector(1)'"),
        ("x in R^N", "sum(abs(x).^2)", "x", "2*x'"),
        ("p, q in R^N", "sum(p.*log(p./q))", "q", "-(p./q)'"),
        ("y, z in R^N", "-y'*log(softmax(z))", "z", "(sum(y)*softmax(z) - y)'"),
        ("X in R^(N x N)", "log(det(X))", "X", "inv(X)'"),
        ("X in R^(M x N)", "log(det(X'*X))", "X", "2*X*inv(X'*X)"),
        ("x in R^N", "sum(sqrt(x.^2))", "x", "(x./sqrt(x.^2))'"),
    ],
)
def test_results_in_which_factors_cancelled(given: str, expression: str, wrt: str, result: str) -> None:
    found = solve(given, expression, wrt)
    assert_verified(found)
    assert text(found.value) == result


@pytest.mark.parametrize("written", ["a'*inv(X)*b", "tr(A*inv(X)*A)", "logdet(inv(X) + A)"])
def test_every_index_in_a_reason_has_a_letter(written: str) -> None:
    found = derive(
        parse_statement(["a, b in R^N", "A in R^(N x N)", "X in R^(N x N) invertible"], [written], "X"), "component"
    )
    indices = {
        index.name
        for claim in found.claims()
        for value in claim.reason.values
        if isinstance(value, Node)
        for node in walk(value)
        if isinstance(node, Entry)
        for position in node.positions
        for index in indices_in(position)
    }
    assert indices
    assert not {name for name in indices if name.startswith("_")}


@pytest.mark.parametrize(
    ("words", "expected"),
    [("product rule", "Product rule"), ("vec(V) is a vector", "vec(V) is a vector"), ("a (b) c", "A (b) c"), ("", "")],
)
def test_a_sentence_begins_with_a_capital_and_a_formula_with_its_own_letter(words: str, expected: str) -> None:
    assert capitalised(words) == expected


TOLD = [
    ("A, X in R^(N x N)", "tr(A*inv(X))", "X", "From X*inv(X) = eye: d(inv(X)) = -inv(X)*dX*inv(X)."),
    ("Z in R^N; X in R^(N x N)", "Z'*inv(X*X')*Z", "X", "From Y*inv(Y) = eye: d(inv(Y)) = -inv(Y)*dY*inv(Y)."),
    ("x in R^N", "norm2(x)", "x", "From norm2(x)^2 = x'*x: d(norm2(x)) = x'*dx/norm2(x)."),
    ("X in R^(M x N)", "norm2(X)", "X", "From norm2(X)^2 = tr(X'*X): d(norm2(X)) = tr(X'*dX)/norm2(X)."),
    ("p, x in R^N", "p'*softmax(x)", "x", "With q = softmax(x): dq = q.*dx - q*q'*dx."),
    ("x in R^N", "logsumexp(x)", "x", "The gradient of log-sum-exp is the softmax: d(logsumexp(x)) = softmax(x)'*dx."),
    ("u in R^N", "norm1(u)", "u", "For each entry d(abs(s)) = sign(s)*ds."),
    ("A, B in R^(N x N); X in R^(N x N)", "A*X*B", "X", "Stack the columns; vec(R*V*Q) = kron(Q', R)*vec(V)."),
    ("C, X in R^(N x N)", "C*X", "X", "Stack the columns; vec(A*V*B) = kron(B', A)*vec(V)."),
    (
        "S in R^(N x N) positive definite; C in R^(N x N)",
        "C*chol(S)",
        "S",
        "With R = chol(S), so that R*R' = S: inv(R)*dR is the lower triangle of inv(R)*dS*inv(R)', with half of its "
        "diagonal.",
    ),
]


@pytest.mark.parametrize(("given", "line", "wrt", "expected"), TOLD)
def test_a_rule_is_told_in_letters_that_mean_nothing_else(given: str, line: str, wrt: str, expected: str) -> None:
    assert expected in reasons(given, line, wrt, "matrix")


MOVED = [
    ("a, x in R^N", "sum(a.*exp(x))", "x", "The sum of the entries of an entry-wise product is an inner product."),
    (
        "X in R^(M x N)",
        "sum(X.*X)",
        "X",
        "The sum of the entries of an entry-wise product is an inner product, which for matrices is a trace.",
    ),
    ("a, x in R^N", "a'*exp(x)", "x", "In an inner product, an entry-wise factor may change sides."),
    (
        "a in R^N; X in R^(N x N) invertible",
        "logdet(X) + a'*X*a",
        "X",
        "A scalar is its own trace; cyclic property of the trace.",
    ),
    (
        "s in R^(N*(N + 1)/2)",
        "logdet(unvech(s))",
        "s",
        "An inner product of matrices is that of their stacked columns; the duplication matrix turns vech into vec.",
    ),
    (
        "X in R^(N x N) invertible",
        "logdet(X'*X)",
        "X",
        "A matrix and its transpose have the same trace; cyclic property of the trace; inv(X'*X) = inv(X)*inv(X)'.",
    ),
    (
        "x, y in R",
        "log(x*y)*log(2*x)",
        "x",
        "The derivative of log(u) is 1/u, here with u = x*y and u = 2*x; y does not depend on x.",
    ),
]


@pytest.mark.parametrize(("given", "line", "wrt", "expected"), MOVED)
def test_a_line_says_all_that_it_does(given: str, line: str, wrt: str, expected: str) -> None:
    assert any(expected.removesuffix(".") in found for found in reasons(given, line, wrt, "matrix"))


def test_a_differential_that_is_that_of_the_variable_takes_no_line_more() -> None:
    assert len(reasons("x in R", "3 + x", "x", "matrix")) == 2


def test_powers_that_are_joined_are_called_so() -> None:
    derivation = derive(stated("a, x in R^N", "(x - a)/norm2(x - a)", "x"))
    assert "Write equal factors as a power." in [said(claim.reason) for claim in derivation.combination]


def test_a_name_that_stays_is_not_said_to_be_substituted() -> None:
    given = (
        "x in R^D; v in R^F; e in R^G; p : R^D x R^E -> R positive; q : R^E x R^F -> R positive; t : R^G x R^F -> R^E"
    )
    derivation = derive(stated(given, "g = log(p(x, z)) - log(q(z, v)) ; z = t(e, v)", "v"))
    assert "Substitute z." not in [said(claim.reason) for claim in derivation.denominator]


def test_a_determinant_that_is_positive_for_sure_is_no_restriction() -> None:
    assert not any("positive" in note.template for note in derive(stated(DEFINITE, "log(det(X))", "X")).notes)
    assert any("positive" in note.template for note in derive(stated(SQUARE, "log(det(X))", "X")).notes)


DEFINITE = "X in R^(N x N) positive-definite"


def test_a_listed_derivative_of_a_vector_is_not_one_of_a_matrix() -> None:
    vector, matrix = (derive(stated(f"x in {space}; B in R^(N x N)", "x'*B*x", "x")) for space in ("R^N", "R^(N x M)"))
    (link,), (other,) = vector.links, matrix.links
    assert recognise(link.expression, vector.statement.wrt) is not None
    assert recognise(other.expression, matrix.statement.wrt) is None


@pytest.mark.parametrize(
    ("given", "line", "wrt", "expected"),
    [
        ("A in R^(n x n); a, b in R^n", "log(a'*A*diag(b)*vector(1))", "A", "diag(b)*vector(1) = b."),
        ("x, b in R^3", "cross(x, cross(x, b))", "x", "skew(x)*skew(b) = b*x' - (x'*b)*eye"),
        ("U in R^(n x d); v in R^d", "-sum(log(sigmoid(-U*v)))", "v", "vector(1) - sigmoid(-U*v) = sigmoid(U*v)."),
        ("x, y in R^n", "sum(y.*relu(x).^2)", "x", "relu(x).*step(x) = relu(x)"),
        ("u, v, c in R^n; A, B in R^(n x n)", "c'*u/sqrt(u'*A*u*(v'*B*v))", "u", "= 1/(u'*A*u)"),
        ("t, k, l in R positive", "(t/l)^k", "l", "t*(t/l)^(k - 1)/l = (t/l)^k."),
    ],
)
def test_an_identity_that_is_used_is_told(given: str, line: str, wrt: str, expected: str) -> None:
    found = solve(given, line, wrt)
    assert_verified(found)
    lines = (*found.combination, *(claim for partial in found.partials for claim in partial.matrix_route))
    told = [said(claim.reason) for claim in lines]
    assert any(expected in reason for reason in told), told


@pytest.mark.parametrize(("count", "words"), [(2, "two"), (3, "three"), (12, "twelve"), (13, "13"), (1, "1")])
def test_a_small_count_is_a_word(count, words):
    assert numeral(count) == words


def test_a_sum_over_paths_counts_them_in_words():
    (derivation,) = [derive(stated("x in R positive", "f = log(y)*z ; y = x^2 ; z = sin(x)", "x"))]
    assert "f depends on x along two paths; add one product for each." in [
        said(c.reason) for c in derivation.combination
    ]


DENSITIES = "x in R^D; nu in R^F; e in R^G; p: R^D x R^E -> R positive; q: R^E x R^F -> R positive; t: R^G x R^F -> R^E"


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "expected"),
    [
        (
            "x, m in R; s in R positive",
            "exp(-(x - m)^2/(2*s^2))",
            "x",
            "Multiplying by 1 changes nothing; cancel common factors.",
        ),
        (
            "a, b, g in R^N",
            ["L = g'*y", "y = z.*b", "z = silu(a)"],
            "a",
            "A product with a diagonal matrix is an entry-wise product with its diagonal.",
        ),
        ("x in R^N; A, B in R^(M x N)", "(A*x)'*(A*x)/((B*x)'*(B*x))", "x", "Move scalars to the front."),
        (
            "A in R^(N x N); B in R^(N x M); x in R^M",
            "log(det(A + B*diag(x)*B'))",
            "x",
            "A matrix and its transpose have the same diagonal.",
        ),
        (
            "g, w, x in R^N; s in R positive",
            ["L = g'*y", "y = w.*x/r", "r = sqrt(x'*x/dim(N) + s)"],
            "x",
            "A product with a diagonal matrix is an entry-wise product with its diagonal.",
        ),
    ],
)
def test_of_a_chain_that_is_put_together(given: str, lines: str | list[str], wrt: str, expected: str) -> None:
    found = solve(given, lines, wrt)
    assert_verified(found)
    told = [said(claim.reason) for claim in (*found.combination, *found.denominator)]
    assert expected in told
    assert "Rearrange." not in told


def test_scalar_factors_in_another_order_are_no_line_of_their_own() -> None:
    outer = solve("x in R", "log(x^4)*sin(x^3)", "x").partials[1]
    assert [text(claim.right) for claim in outer.matrix_route] == [
        "log(u)*d(sin(v))",
        "log(u)*cos(v)*dv",
        "log(u)*cos(v)",
    ]


def test_the_transposed_chain_ends_where_only_transposes_would_move() -> None:
    found = solve(DENSITIES, ["g = log(p(x, z)) - log(q(z, nu))", "z = t(e, nu)"], "nu")
    assert_verified(found)
    told = [said(claim.reason) for claim in found.denominator]
    assert told[-1] == "Transpose each partial derivative."
    assert not any("ranspose" in one and "result" in one for one in told)


def test_a_squared_length_is_written_in_entries_before_it_is_differentiated() -> None:
    found = claims_of("x, y in R^N; k in R", "k*norm2(x)^2 + norm2(y)^2", "x", "component")
    assert text(found[0].right) == "k*sum_i x[i]^2 + norm2(y)^2"
    assert said(found[0].reason) == "Written in entries."
    assert said(found[1].reason).startswith("Power rule in entries; ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a minus sign stays in front", "A minus sign stays in front"),
        ("vec(H ⊙ V) = diag(vec H) vec V", "vec(H ⊙ V) = diag(vec H) vec V"),
        ("vec S = D vech(S)", "vec S = D vech(S)"),
        ("dv = (λI − A)⁺ dA v", "dv = (λI − A)⁺ dA v"),
        ("v_j turns towards v_k", "v_j turns towards v_k"),
        ("log softmax(z) = z − logsumexp(z) · 1", "log softmax(z) = z − logsumexp(z) · 1"),
        ("with p = softmax(u): dp = p ⊙ du", "With p = softmax(u): dp = p ⊙ du"),
        ("from R R = A: dR R + R dR = dA", "From R R = A: dR R + R dR = dA"),
    ],
)
def test_a_formula_keeps_its_small_letter_at_the_beginning(words: str, expected: str) -> None:
    assert capitalised(words) == expected


SUMMED = [
    ("a, t in R^K", "-t'*(a - vector(logsumexp(a)))", "a", "Multiply out; the inner product with a vector of ones is"),
    ("a in R^K", "sum(a)", "a", "A sum of entries is an inner product with a vector of ones."),
    ("a, t in R^K", "logsumexp(a) - t'*a", "a", "The gradient of log-sum-exp is the softmax: "),
]


@pytest.mark.parametrize(("given", "line", "wrt", "expected"), SUMMED)
def test_of_sums_with_ones(given: str, line: str, wrt: str, expected: str) -> None:
    assert any(reason.startswith(expected) for reason in reasons(given, line, wrt, "matrix"))


def test_what_is_read_off_a_sum_of_entries_stands_there() -> None:
    lines = [text(claim.right) for claim in claims_of("a in R^K", "sum(a)", "a", "matrix")]
    assert lines == ["sum(da)", "vector(1)'*da", "vector(1)'"]


DENOMINATOR = [
    ("y in R^N; X in R^(N x D); w in R^D", "L = norm2(e)^2 ; e = y - X*w", "w", "Substitute e = y - X*w."),
    (
        "y in R^N; X in R^(N x D); w in R^D",
        SURPRISAL,
        "w",
        "This is the transpose of the result in the Jacobian layout.",
    ),
]


@pytest.mark.parametrize(("given", "lines", "wrt", "expected"), DENOMINATOR)
def test_in_the_denominator_layout_a_line_that_does_more_than_substitute_does_not_say_so(
    given: str, lines: str, wrt: str, expected: str
) -> None:
    last = derive(stated(given, lines, wrt)).denominator[-1]
    assert said(last.reason) == expected
    assert (last.rule == "substitution") == expected.startswith("Substitute")


def test_among_numbers_the_differential_comes_last() -> None:
    """Since da log(b) could be read as d(a log(b))."""
    first = claims_of("a, b in R positive", "a*log(b) + a^2*sin(b)", "a", "matrix")[0]
    assert text(first.right) == "log(b)*da + sin(b)*d(a^2)"


def test_no_line_is_printed_twice() -> None:
    for given, line, wrt in (
        ("S in R^(D x D) invertible", "-1/2*logdet(S)", "S"),
        ("a, c in R", "a - c", "c"),
        ("x in R", "f = u^2 ; u = 1 - x", "x"),
    ):
        claims = claims_of(given, line, wrt, "matrix")
        for before, claim in pairwise(claims):
            assert claim.left is not before.left or text(claim.right) != text(before.right), line


def test_only_what_varies_is_rewritten() -> None:
    claims = claims_of("w, x in R^D; c in R", "f = c*norm2(w)^2 + relu(u) ; u = 1 - w'*x", "w", "matrix")
    told = [text(claim.right) for claim in claims if claim.rule == "squared-norm"]
    assert told == ["c*w'*w + relu(u)"]


def test_numbers_are_not_put_together() -> None:
    given, lines = "n, d in R positive; W in R^(D x D) positive-definite", "n*d/2*log(2) + n/2*logdet(W)"
    assert "Collect the terms." in reasons(given, lines, "n", "component")


CONSTANT_VECTORS = "x, m in R^D; S in R^(D x D) positive-definite"


def test_a_constant_sum_of_vectors_is_one_factor_in_entries() -> None:
    claims = claims_of(CONSTANT_VECTORS, "(x - m)'*inv(S)*(x - m)", "S", "component")
    assert text(claims[0].right) == "sum_i sum_j (x[i] - m[i])*inv(S)[i,j]*(x[j] - m[j])"
    assert not any("by the other route" in said(claim.reason) for claim in claims)
    assert_verified(derive(stated(CONSTANT_VECTORS, "(x - m)'*inv(S)*(x - m)", "S")))


@pytest.mark.parametrize(
    ("given", "line", "wrt", "expected"),
    [
        ("h, t in R^K", "E = 1/2*norm2(y - t)^2 ; y = 2*h", "h", "1/2*sum_i (y[i] - t[i])^2"),
        ("U in R^(N x R)", "norm2(U)^2", "U", "sum_i sum_j U[i,j]^2"),
    ],
)
def test_a_squared_norm_is_written_in_entries(given: str, line: str, wrt: str, expected: str) -> None:
    assert text(claims_of(given, line, wrt, "component")[0].right) == expected


def test_the_first_line_in_entries_says_that_it_is_multiplied_out() -> None:
    given = "y in R^N; X in R^(N x D); w in R^D"
    assert "Written in entries, and multiplied out." in reasons(given, "X'*(y - X*w)", "w", "component")
    assert "Written in entries." in reasons(given, "y - X*w", "w", "component")


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "expected"),
    [
        ("X in R^(N x N) positive-definite", "sqrtm(X)", "X", "X is symmetric, and so is sqrtm(X)."),
        ("x in R^N; S in R^(N x N) symmetric", "S*x", "S", None),
    ],
)
def test_of_what_is_symmetric_with_a_matrix_that_is_said(given, lines, wrt, expected):
    derivation = derive(stated(given, lines, wrt))
    told = [said(claim.reason) for p in derivation.partials for claim in p.matrix_route if claim.rule == "symmetric"]
    assert told == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("given", "lines", "wrt", "expected"),
    [
        (
            "x, m in R^D; S in R^(D x D) symmetric invertible",
            "f = -log(q + 1)/2 ; q = y'*inv(S)*y ; y = x - m",
            "m",
            "Multiplying by eye changes nothing; cancel common factors; the two minus signs cancel.",
        ),
        ("x, w, g in R^N", "f = g'*y ; y = w.*x/r ; r = sqrt(x'*x)", "x", "Take the transpose out of the sum."),
        (
            "Z, Y in R^(N x C)",
            "f = -sum(Y.*log(P)) ; P = softmax(Z, 'rows')",
            "Z",
            "Substitute the derivatives found so far; minus times minus is plus.",
        ),
    ],
)
def test_a_line_that_puts_together_says_what_became_of_signs_and_transposes(given, lines, wrt, expected):
    told = [said(claim.reason) for claim in derive(stated(given, lines, wrt)).combination]
    assert expected in told, told


def test_divisors_that_are_multiplied_are_told():
    derivation = derive(stated("x in R; n, d in R positive", "f = (n + d)/2*log(1 + s/n) ; s = x^2", "x"))
    told = [said(claim.reason) for partial in derivation.partials for claim in partial.matrix_route]
    assert any("n*(1 + s/n) = n + s" in reason for reason in told), told


def test_of_many_terms_one_is_put_back_as_an_example():
    derivation = derive(stated("x, a, b in R^N; A, B in R^(N x N)", "(A*x + a)'*(B*x + b)", "x"))
    told = [said(claim.reason) for partial in derivation.partials for claim in partial.component_route]
    (example,) = [reason for reason in told if "for instance" in reason]
    assert example.startswith("Put the entries back together; for instance, sum_")
    assert " is entry k of x'*" in example


@pytest.mark.parametrize(
    ("given", "line", "wrt", "expected"),
    [
        ("A, X in R^(N x N)", "tr(A*X) - 2*tr(X')", "X", "Everything here is linear, so d moves inside"),
        (
            "c in R; S in R^(N x N) invertible",
            "c - 1/2*logdet(S) - 1/2*tr(inv(S))",
            "S",
            "Move d inside, past sums and constant factors",
        ),
        # (X'X)⁻¹ is its own transpose, and stays; the inverse of a variable is not
        ("X in R^(M x N)", "logdet(X'*X)", "X", "cyclic property of the trace; inv(X'*X) is symmetric."),
        ("K in R^(M x D); Q in R^(N x D)", "Q*K'", "K", "vec(V') = commutation(M, D)*vec(V)"),
        ("V in R^(N x M); p in R^N", "V'*p", "V", "A row and its transpose have the same entries"),
    ],
)
def test_a_line_of_the_matrix_route_says_no_more_than_is_true(given, line, wrt, expected):
    told = reasons(given, line, wrt, "matrix")
    assert any(expected.lower() in reason.lower() for reason in told), told


def test_names_that_are_held_fixed_are_said_to_be_in_entries_too():
    given, lines = "x, w, g in R^N", "L = g'*y ; y = w.*x/r ; r = norm2(x)"
    told = reasons(given, lines, "x", "component")
    assert any("y[i] depends on x[i] alone" in reason and "r is held fixed here" in reason for reason in told), told
    assert any(reason == "Power rule; x is held fixed here." for reason in told), told


def test_what_a_letter_in_the_lines_below_stands_for_is_said():
    (line, *_) = claims_of("X in R^(M x N)", "logdet(X'*X)", "X", "matrix")
    assert said(line.steps[0].reason).startswith("With Z = X'*X: ")
    (line, *_) = claims_of("x in R^N; t in R positive", "softmax(x/t)", "x", "matrix")
    assert said(line.steps[0].reason).startswith("With z = x/t: ")
    assert text(line.steps[-1].right) == "softmax(z).*dz - softmax(z)*softmax(z)'*dz"


def test_an_entry_of_an_expression_is_written_out_where_its_derivative_is_used():
    told = reasons("X in R^(M x N)", "logdet(X'*X)", "X", "component")
    assert any("(X'*X)[j,m] = sum_i X[i,j]*X[i,m]" in reason for reason in told), told
