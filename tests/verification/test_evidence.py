"""Right derivations pass; planted mistakes fail, and the failure names the line."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import Dimension, matrix, row, vector
from jacobook.calculus.derivation import Assumption, Claim, Derivation, PartialDerivation, Prose
from jacobook.calculus.derive import derive
from jacobook.calculus.domains import notes_on
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.verification import CodeError, check_code, check_equation, verify
from jacobook.verification.examination import evidence_for

d = b.differential
HALF = b.number(Fraction(1, 2))
N = Dimension.of("N")
t = n.symbol("t")
x, y = n.symbol("x", vector("N")), n.symbol("y", vector("N"))
A, B = n.symbol("A", matrix("M", "N")), n.symbol("B", matrix("N", "M"))
X, Y = (n.symbol(name, matrix("N", "N"), frozenset({"invertible"})) for name in "XY")
S = n.symbol("S", matrix("N", "N"), frozenset({"symmetric", "invertible"}))
i, j, k, m = (Index(name, N) for name in "ijkm")


def line(left: Node, right: Node, *assumptions: Assumption) -> Claim:
    return Claim(left, right, "some-rule", Prose(""), assumptions)


def test_a_right_derivation_passes(gaussian: Any) -> None:
    evidence = verify(gaussian.derivation)
    assert evidence.failures == ()
    assert evidence.passed
    assert evidence.max_relative_error < 1e-12
    assert evidence.symbolic == "proved"
    assert {"D": 2} in evidence.symbolic_sizes
    assert {"D": 1} in evidence.sizes
    assert {"D": 4} in evidence.sizes


def test_a_quick_check_tries_fewer_sizes_and_says_which(gaussian: Any) -> None:
    quick, whole = evidence_for(gaussian.derivation, quick=True), verify(gaussian.derivation, symbolic=False)
    assert quick.passed
    assert len(quick.claims) == len(whole.claims)
    assert quick.sizes == ({"D": 3}, {"D": 2}, {"D": 1})
    assert quick.instances < whole.instances


def test_the_plain_data_is_json_and_the_same_every_time(gaussian: Any) -> None:
    first, second = verify(gaussian.derivation).as_dict(), verify(gaussian.derivation).as_dict()
    assert json.dumps(first) == json.dumps(second)
    assert {
        "passed",
        "max_relative_error",
        "tolerance",
        "instances",
        "symbolic",
        "sizes",
        "claims",
        "claim_details",
    } <= set(first)
    assert first["claims"] == len(first["claim_details"]) >= 18
    assert first["claim_details"][1]["path"] == "∂f/∂z, matrix route, line 1, step 1"


def planted(gaussian: Any) -> dict[str, tuple[str, Derivation]]:
    """Every planted mistake, with the path of the line that it is in."""
    whole: Derivation = gaussian.derivation
    doubled = b.TWO * gaussian.y.T * b.inverse(gaussian.S)
    inverse, w, f = b.inverse(gaussian.S), gaussian.y, gaussian.f
    z_by_y, y_by_x = whole.partials[1], whole.partials[2]

    def in_partial(claim: Claim) -> Derivation:
        changed = replace(z_by_y, matrix_route=(*z_by_y.matrix_route, claim))
        return replace(whole, partials=(whole.partials[0], changed, y_by_x))

    def in_combination(right: Node) -> Derivation:
        return replace(whole, combination=(line(b.partial(f, gaussian.x, total=True), right),))

    left = b.partial(gaussian.z, w)
    new_line = "∂z/∂y, matrix route, line 4"
    return {
        "transposed": (new_line, in_partial(line(left, w.T * (inverse + inverse)))),
        "transposed the other way": (new_line, in_partial(line(left, b.TWO * w.T * inverse.T))),
        "sign": (new_line, in_partial(line(left, -(w.T * (inverse + inverse.T))))),
        "factor one half": (new_line, in_partial(line(left, HALF * w.T * (inverse + inverse.T)))),
        "dropped term": (new_line, in_partial(line(left, w.T * inverse))),
        "dropped term of a differential": (new_line, in_partial(line(d(gaussian.z), d(w).T * inverse * w))),
        "no inverse": (new_line, in_partial(line(left, w.T * (gaussian.S + gaussian.S.T)))),
        "column for row": (new_line, in_partial(line(left, (inverse + inverse.T) * w))),
        "swapped factors": (
            "combination, line 1",
            in_combination(-HALF * f * (inverse * (inverse + inverse.T) * gaussian.S * w).T),
        ),
        "the name of another link": (
            "combination, line 1",
            in_combination(-HALF * gaussian.z * z_by_y.value),
        ),
        "a wrong result": ("result", replace(whole, value=-whole.value)),
        "a wrong value of a partial": (
            "∂z/∂y, value",
            replace(whole, partials=(whole.partials[0], replace(z_by_y, value=doubled), y_by_x)),
        ),
        "a wrong definition": (
            "definition of f",
            replace(
                whole,
                statement=replace(
                    whole.statement,
                    links=(Link(f, b.apply("exp", -gaussian.z)), *whole.statement.links[1:]),
                ),
            ),
        ),
        "a condition forgotten": (
            "special case, line 1",
            replace(whole, special_cases=tuple(replace(c, assumptions=()) for c in whole.special_cases)),
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "transposed",
        "transposed the other way",
        "sign",
        "factor one half",
        "dropped term",
        "dropped term of a differential",
        "no inverse",
        "column for row",
        "swapped factors",
        "the name of another link",
        "a wrong result",
        "a wrong value of a partial",
        "a wrong definition",
        "a condition forgotten",
    ],
)
def test_planted_mistakes_are_caught_and_named(gaussian: Any, name: str) -> None:
    path, mutant = planted(gaussian)[name]
    evidence = verify(mutant, symbolic=False)
    assert not evidence.passed
    failed = [claim.path for claim in evidence.claims if not claim.passed]
    assert path in failed
    assert len(failed) <= 2
    sentence = next(s for s in evidence.failures if s.startswith(f"{path}: "))
    assert "fails: " in sentence
    assert evidence_for(mutant, quick=True).failures == evidence.failures
    first = evidence_for(mutant, to_first_failure=True)
    assert (first.verdict, first.failures) == ("failed", evidence.failures[:1])


def test_nothing_is_left_out_where_nothing_fails(gaussian: Any) -> None:
    assert evidence_for(gaussian.derivation, to_first_failure=True) == evidence_for(gaussian.derivation)


def test_a_transposed_identity_changes_nothing(gaussian: Any) -> None:
    """Not every mutant is a mistake: ∂y/∂x = Iᵀ is right, because I is symmetric, and it passes."""
    whole: Derivation = gaussian.derivation
    y_by_x = whole.partials[2]
    transposed = n.Transpose((b.identity("D"),), matrix("D", "D"))
    claim = line(b.partial(gaussian.y, gaussian.x), transposed)
    changed = replace(y_by_x, matrix_route=(*y_by_x.matrix_route, claim))
    assert verify(replace(whole, partials=(*whole.partials[:2], changed))).passed


RIGHT: dict[str, tuple[Node, Node]] = {
    "product": (d(A * B), d(A) * B + A * d(B)),
    "inverse": (d(b.inverse(X)), -(b.inverse(X) * d(X) * b.inverse(X))),
    "determinant": (d(b.determinant(X)), b.determinant(X) * b.trace(b.inverse(X) * d(X))),
    "determinant by adjugate": (d(b.determinant(X)), b.trace(b.adjugate(X) * d(X))),
    "log-determinant": (d(b.log_determinant(X)), b.trace(b.inverse(X) * d(X))),
    "trace": (b.partial(b.trace(A * B), A), B.T),
    "norm": (b.partial(b.norm2(x), x), x.T / b.norm2(x)),
    "norm1": (b.partial(b.norm1(x), x), b.apply("sign", x).T),
    "relu": (d(b.apply("relu", x)), b.hadamard(b.apply("step", x), d(x))),
    "tanh": (
        b.partial(b.apply("tanh", t), t),
        b.ONE - b.power(b.apply("tanh", t), b.TWO),
    ),
    "sigmoid": (
        b.partial(b.apply("sigmoid", t), t),
        b.apply("sigmoid", t) * (b.ONE - b.apply("sigmoid", t)),
    ),
    "tan": (b.partial(b.apply("tan", t), t), b.ONE / b.power(b.apply("cos", t), b.TWO)),
    "sinh over cosh": (b.apply("tanh", t), b.apply("sinh", t) / b.apply("cosh", t)),
    "pythagoras": (
        b.power(b.apply("sin", t), b.TWO) + b.power(b.apply("cos", t), b.TWO),
        b.ONE,
    ),
    "softmax": (
        b.partial(b.softmax(x), x),
        b.diag(b.softmax(x)) - b.softmax(x) * b.softmax(x).T,
    ),
    "log-sum-exp": (b.partial(b.log_sum_exp(x), x), b.softmax(x).T),
    "kronecker": (b.vec(A * B * A), b.kronecker(A.T, A) * b.vec(B)),
    "vec Jacobian of a product": (b.partial(A * B * A, B), b.kronecker(A.T, A)),
    "vec Jacobian of a square": (
        b.partial(X.T * X, X),
        b.kronecker(X.T, b.identity("N")) * b.commutation("N", "N") + b.kronecker(b.identity("N"), X.T),
    ),
    "vec Jacobian of a diagonal matrix": (b.partial(b.diag(x), x), b.khatri_rao(b.identity("N"), b.identity("N"))),
    "stacked differential": (b.vec(d(A * B)), b.kronecker(B.T, b.identity("M")) * b.vec(d(A))),
    "vector by matrix": (d(X * x), b.kronecker(x.T, b.identity("N")) * b.vec(d(X))),
    "arranged": (b.unvec(b.kronecker(x, y), matrix("N", "N")), y * x.T),
    "entry by entry": (
        b.partial_entry(X * Y, X, (i, j), (k, m)),
        b.delta(i, k) * b.entry(Y, m, j),
    ),
    "element-wise": (
        b.partial(b.apply("tanh", x), x),
        b.diag(b.fill(b.ONE, vector("N")) - b.hadamard_power(b.apply("tanh", x), b.TWO)),
    ),
    "trace in indices": (b.trace(X * Y), b.index_sum(i, b.index_sum(j, b.entry(X, i, j) * b.entry(Y, j, i)))),
    "entries of a Jacobian": (
        b.entry(b.partial(X * x, x), i, j),
        b.entry(X, i, j),
    ),
    "partial of an entry": (
        b.entry(b.partial(b.entry(b.apply("exp", x), i), x), j),
        b.delta(i, j) * b.apply("exp", b.entry(x, i)),
    ),
    "sum over a delta": (b.index_sum(i, b.delta(i, k) * b.entry(x, i)), b.entry(x, k)),
    "sum of ones": (b.index_sum(i, b.ONE), b.size_of(N)),
    "outer product with dots": (
        b.array_of(b.entry(x, i) * b.entry(y, j), i, j, shape=matrix("N", "N")),
        x * y.T,
    ),
    "row with dots": (b.array_of(b.TWO * b.entry(x, i), i, shape=row("N")), b.TWO * x.T),
    "gram determinant": (
        d(b.log_determinant(A.T * A)),
        b.TWO * b.trace(b.inverse(A.T * A) * A.T * d(A)),
    ),
    "declared symmetric": (b.trace(S * X), b.trace(S * X.T)),
    "vector by scalar": (b.partial(x * b.power(t, b.TWO), t), b.TWO * x * t),
    "narrow domain": (
        b.partial(b.apply("log", b.ONE - x.T * x), x),
        -(b.TWO * x.T / (b.ONE - x.T * x)),
    ),
}

WRONG: dict[str, tuple[Node, Node]] = {
    "product, swapped": (d(X * Y), d(X) * Y + d(Y) * X),
    "product, dropped": (d(X * X), d(X) * X),
    "inverse, sign": (d(b.inverse(X)), b.inverse(X) * d(X) * b.inverse(X)),
    "inverse, transposed": (d(b.inverse(X)), -(b.inverse(X).T * d(X) * b.inverse(X))),
    "determinant, transposed": (d(b.determinant(X)), b.determinant(X) * b.trace(b.inverse(X).T * d(X))),
    "determinant, factor": (d(b.determinant(X)), b.trace(b.inverse(X) * d(X))),
    "trace, transposed": (b.partial(b.trace(X * Y), X), Y),
    "trace, shape": (b.partial(b.trace(A * B), A), B),
    "symmetric gradient": (b.partial(b.trace(X * S), S), HALF * (X + X.T)),
    "norm1, relu": (b.partial(b.norm1(x), x), b.apply("step", x).T),
    "relu, factor": (d(b.apply("relu", x)), HALF * d(x)),
    "softmax, dropped": (b.partial(b.softmax(x), x), b.diag(b.softmax(x))),
    "kronecker, swapped": (b.vec(X * Y * S), b.kronecker(X, S.T) * b.vec(Y)),
    "vec Jacobian, rows stacked": (b.partial(A * B * A, B), b.kronecker(A, A.T)),
    "vec Jacobian of a transpose": (b.partial(A.T, A), b.commutation("N", "M")),
    "commutation, turned": (b.vec(A.T), b.commutation("N", "M") * b.vec(A)),
    "entry, swapped": (b.partial_entry(X * Y, X, (i, j), (k, m)), b.delta(i, k) * b.entry(Y, j, m)),
    "arranged, turned": (b.unvec(b.kronecker(x, y), matrix("N", "N")), x * y.T),
    "not declared symmetric": (b.trace(X * Y), b.trace(X * Y.T)),
    "sum of ones": (b.index_sum(i, b.ONE), b.ONE),
    "delta": (b.entry(b.partial(x, x), i, j), b.ONE),
    "index": (b.entry(b.partial(X * x, x), i, j), b.entry(X, j, i)),
    "a tiny value": (
        b.partial(b.apply("exp", -(b.number(40) * x.T * x)), x),
        -(b.number(40) * b.apply("exp", -(b.number(40) * x.T * x)) * x.T),
    ),
    "a zero": (b.partial(b.apply("exp", -(x.T * X * x)), x), b.zero(row("N"))),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_equations_pass(name: str) -> None:
    found = check_equation(*RIGHT[name])
    assert found.failure is None
    assert found.symbolic == "proved", found.reason
    assert found.instances >= 4


@pytest.mark.parametrize("name", WRONG)
def test_wrong_equations_fail(name: str) -> None:
    found = check_equation(*WRONG[name], symbolic=False)
    assert not found.passed
    assert found.failure is not None


def test_differences_have_a_wider_tolerance() -> None:
    assert check_equation(*RIGHT["norm"]).tolerance == 1e-9
    assert check_equation(*RIGHT["norm1"]).tolerance == 1e-6


def test_sizes_that_a_function_needs_are_found_and_the_others_reported() -> None:
    """logdet(A′A) needs M ≥ N."""
    found = check_equation(*RIGHT["gram determinant"])
    assert found.skipped_sizes
    assert all(sizes["M"] < sizes["N"] for sizes in found.skipped_sizes)


@pytest.mark.parametrize("size", [1, 5, 20, 60, 400])
def test_a_mistake_that_drowns_in_rounding_does_not_pass(size: int) -> None:
    """Beside exp(400 x′x) no sum in floating point shows t: such points are no evidence, for either answer."""
    huge = b.apply("exp", b.number(size) * (x.T * x))
    assert not check_equation(huge + t - huge, huge + b.TWO * t - huge, symbolic=False).passed


LARGE_ANGLES = {
    "sin": (("f = sin(z)", "z = 10^9*tr(inv(X)*X*X)"), "X"),
    "cos": (("f = cos(z)*t", "z = 10^8*det(x*x' + X)"), "x"),
    "tan": (("f = tan(z)*t", "z = 10^8*x'*inv(X)*x"), "x"),
}


@pytest.mark.parametrize("function", LARGE_ANGLES)
def test_the_rounding_of_a_large_angle_is_no_mistake_and_hides_none(function: str) -> None:
    """Of sin z only some six digits are left where z is about 10⁹, and fewer of its derivative near an extremum."""
    lines, wrt = LARGE_ANGLES[function]
    given = ["X in R^(N x N) invertible", "x in R^N", "t in R"]
    worked = derive(parse_statement(given, lines, wrt))
    assert verify(worked, symbolic=False).verdict == "checked"
    wrong = replace(worked, value=b.product(b.TWO, worked.value))
    assert verify(wrong, symbolic=False).verdict == "failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        ("f = z*det(v'*v)", "z = norm2(v)^16", "v = 100*x'"),
        ("f = z*det(V)", "z = norm2(v)^16", "V = v*v'", "v = 10*x"),
    ],
    ids=["one link", "a name for the matrix"],
)
def test_a_determinant_that_is_nothing_but_rounding_is_no_mistake_and_hides_none(lines: tuple[str, ...]) -> None:
    """det(v v′) is 0 for two or more rows, but for the rounding of its products; z makes that as large as you like."""
    worked = derive(parse_statement(["x in R^N"], lines, "x"))
    assert verify(worked, symbolic=False).verdict == "checked"
    wrong = replace(worked, value=b.product(b.TWO, worked.value))
    assert verify(wrong, symbolic=False).verdict == "failed"


def test_a_side_without_a_value_is_a_failure() -> None:
    """d det(A′A) exists for every A, the formula with the inverse does not: it needs its condition."""
    gram = A.T * A
    left, right = d(b.determinant(gram)), b.determinant(gram) * b.trace(b.inverse(gram) * d(gram))
    found = check_equation(left, right)
    assert found.failure is not None
    assert "no value" in found.failure


def test_an_equation_that_can_be_checked_nowhere_is_neither_right_nor_wrong() -> None:
    nowhere = b.apply("log", -(x.T * x))
    found = check_equation(nowhere, nowhere + b.ONE)
    assert found.verdict == "unchecked"
    assert not found.passed
    assert found.failure is None
    assert found.unchecked is not None
    assert "no point" in found.unchecked


def one_link(function: Node, wrt: n.Symbol, value: Node, *declared: n.Symbol) -> Derivation:
    f = n.symbol("f", function.shape)
    links = (Link(f, function),)
    return Derivation(Statement(declared, links, wrt), links, (), (), (), value, (), (), (), ())


def test_a_special_intermediate_value_hides_no_transposition() -> None:
    """z = tr(U²), U = A′A is symmetric, so that U and U′ are equal there; yet ∂z/∂U = 2U′, as for any U."""
    U, z = n.symbol("U", matrix("N", "N")), n.symbol("z")
    links = (Link(z, b.trace(U * U)), Link(U, A.T * A))
    value = b.number(4) * A * A.T * A
    for partial, right in ((b.TWO * U.T, True), (b.TWO * U, False)):
        partials = (PartialDerivation(z, U, partial, (line(b.partial(z, U), partial),), ()),)
        whole = Derivation(Statement((A,), links, A), links, (), partials, (), value, (), (), (), ())
        assert verify(whole).passed is right


def test_two_paths_to_one_variable() -> None:
    """z = w·q, w = 2q: the partial holds w fixed, the total derivative does not."""
    q, w, z = n.symbol("q"), n.symbol("w"), n.symbol("z")
    links = (Link(z, w * q), Link(w, b.TWO * q))
    partials = (
        PartialDerivation(z, q, w, (line(d(z), w * d(q)), line(b.partial(z, q), w)), ()),
        PartialDerivation(z, w, q, (line(d(z), q * d(w)), line(b.partial(z, w), q)), ()),
        PartialDerivation(w, q, b.TWO, (line(b.partial(w, q), b.TWO),), ()),
    )
    total = b.partial(z, q, total=True)
    combination = (
        line(total, b.partial(z, q) + b.partial(z, w) * b.partial(w, q)),
        line(d(z), w * d(q) + q * d(w)),
        line(total, b.number(4) * q),
    )
    whole = Derivation(Statement((q,), links, q), links, (), partials, combination, b.number(4) * q, (), (), (), ())
    assert verify(whole).failures == ()
    for wrong in (line(total, b.partial(z, q)), line(d(z), w * d(q)), line(total, w)):
        assert not verify(replace(whole, combination=(wrong,))).passed


def test_an_undeclared_property_is_drawn_only_for_the_lines_under_it() -> None:
    free = n.symbol("S", matrix("N", "N"))
    claim = line(b.trace(free * X), b.trace(free * X.T), Assumption(free, "symmetric", declared=False))
    whole = one_link(b.trace(free * X), X, free.T, X, free)
    assert verify(replace(whole, special_cases=(claim,))).passed
    assert not verify(replace(whole, special_cases=(replace(claim, assumptions=()),))).passed
    pretended = replace(claim, assumptions=(Assumption(free, "symmetric", declared=True),))
    assert not verify(replace(whole, special_cases=(pretended,))).passed


def test_a_vector_whose_entries_add_up_to_one_is_drawn_for_the_line_that_says_so() -> None:
    claim = line(b.entry_sum(x) * X * y, X * y, Assumption(x, "normalised", declared=False))
    whole = replace(one_link(x.T * X * y, X, x * y.T, X, x, y), special_cases=(claim,))
    evidence = verify(whole)
    assert evidence.passed
    assert evidence.symbolic == "proved"
    assert not verify(replace(whole, special_cases=(replace(claim, assumptions=()),))).passed


def test_a_name_of_the_statement_keeps_its_meaning_where_the_chain_does_without_it() -> None:
    """f = Z Z′ with Z = A X, worked out as f = A X X′ A′."""
    z, f = n.symbol("Z", matrix("M", "N")), n.symbol("f")
    whole = one_link(b.trace(A * X * (A * X).T), X, b.TWO * A.T * A * X, X, A)
    given = (Link(f, b.trace(z * z.T)), Link(z, A * X))
    whole = replace(whole, statement=replace(whole.statement, links=given))
    assert verify(whole).failures == ()
    assert check_code("def derivative(X, A):\n    return 2 * A.T @ A @ X\n", whole) < 1e-12
    turned = (given[0], Link(z, A * X.T))
    assert not verify(replace(whole, statement=replace(whole.statement, links=turned))).passed


def test_more_than_two_indices_are_compared_as_vec_jacobians() -> None:
    whole = one_link(X * A.T, X, b.kronecker(A, b.identity("N")), X, A)
    assert verify(whole).passed
    wrong = b.kronecker(b.identity("N"), A)
    assert not verify(replace(whole, value=wrong)).passed


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("return np.diag(1 - np.tanh(A @ x + c) ** 2) @ A", None),
        ("return A.T @ np.diag(1 - np.tanh(A @ x + c) ** 2)", "shape"),
        ("return (1 - np.tanh(A @ x + c) ** 2)[:, None] * A", None),
    ],
)
def test_code(body: str, error: str | None) -> None:
    c = n.symbol("c", vector("M"))
    f = b.apply("tanh", A * x + c)
    value = b.diag(b.fill(b.ONE, vector("M")) - b.hadamard_power(f, b.TWO)) * A
    whole = one_link(f, x, value, A, x, c)
    source = f"def derivative(A, x, c):\n    {body}\n"
    if error is None:
        assert check_code(source, whole) < 1e-12
        assert check_code(source.replace("1 -", "2 -"), whole) > 1e-3
    else:
        with pytest.raises(CodeError, match=error):
            check_code(source, whole)


def test_code_of_more_than_two_indices() -> None:
    whole = one_link(X * A.T, X, b.kronecker(A, b.identity("N")), X, A)
    source = "def derivative(X, A):\n    return np.einsum('ik,jl->ijkl', np.eye(len(X)), A)\n"
    assert check_code(source, whole) < 1e-12
    with pytest.raises(CodeError, match="does not define"):
        check_code("x = 1", whole)


def test_formulas_in_indices() -> None:
    """∂(X⁻¹)_ij/∂X_kl = −(X⁻¹)_ik (X⁻¹)_lj, as books print it; and a wrong order of the indices."""
    X = parse_declarations(["X in R^(N x N) invertible"])
    size = Dimension.of("N")
    indices = {name: Index(name, size) for name in "ijkl"}
    left = b.partial_entry(b.inverse(X[0]), X[0], (i, j), (k, indices["l"]))
    right = parse_expression("-inv(X)[i, k]*inv(X)[l, j]", X, None, indices)
    wrong = parse_expression("-inv(X)[i, l]*inv(X)[k, j]", X, None, indices)
    assert check_equation(left, right).symbolic == "proved"
    assert not check_equation(left, wrong).passed
    own = b.partial_entry(X[0], X[0], (i, j), (k, indices["l"]))
    assert check_equation(own, parse_expression("delta(i, k)*delta(j, l)", X, None, indices)).passed
    unit = parse_expression("unit(i, N)'*X*unit(j, N)", X, None, indices)
    assert check_equation(b.entry(X[0], i, j), unit).symbolic == "proved"


def test_an_entry_of_many_indices_does_not_fill_the_memory():
    # Entry by entry, the derivative of the inverse has twelve indices: at size 5, 2 GB for one product.
    derivation = derive(
        parse_statement(
            ["A in R^(n x n)", "Q in R^(n x n) positive-definite"],
            ["vec(eye(n))'*inv(eye - kron(A', A'))*vec(Q)"],
            "A",
        )
    )
    tracemalloc.start()
    try:
        assert evidence_for(derivation).verdict == "checked"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 500e6


CHOICES = [
    ("where(x > 0, log(x), x^2)", "step(x)/x + 2*x*(1 - step(x))", "2*x*(1 - step(x)) + 2*step(x)/x"),
    ("where(x > 1, sqrt(x - 1), log(1 - x))", None, "step(x - 1)/sqrt(x - 1) - (1 - step(x - 1))/(1 - x)"),
    ("where(x > 0, log(x), log(-x))", None, "step(x)/x - (1 - step(x))/x"),
]
"""Choices of which a branch has a value only where it is taken; a mistake in the one, or in the other."""


@pytest.mark.parametrize(("function", "printed", "mistaken"), CHOICES)
def test_every_branch_of_a_choice_is_checked_where_it_is_taken(
    function: str, printed: str | None, mistaken: str
) -> None:
    worked = derive(parse_statement(["x in R"], [function], "x"))
    assert printed is None or worked.value is parse_expression(printed, worked.statement.declarations)
    assert verify(worked, symbolic=False).verdict == "checked"
    wrong = replace(worked, value=parse_expression(mistaken, worked.statement.declarations))
    assert verify(wrong, symbolic=False).verdict == "failed"


def test_a_mistake_in_the_branch_with_the_larger_domain_is_found() -> None:
    """x² is also taken where log(x) has no value: there 3x is wrong, although nothing is where x is positive."""
    worked = derive(parse_statement(["x in R"], ["where(x > 0, log(x), x^2)"], "x"))
    wrong = replace(worked, value=parse_expression("step(x)/x + 3*x*(1 - step(x))", worked.statement.declarations))
    assert verify(wrong, symbolic=False).verdict == "failed"


def test_a_choice_needs_no_more_than_its_branches_do_where_they_are_taken() -> None:
    def notes(function: str) -> list[str]:
        worked = derive(parse_statement(["x in R"], [function], "x"))
        return [prose.template for prose in notes_on(worked.statement.links, worked.statement.wrt)]

    assert notes("where(x > 1, sqrt(x - 1), log(1 - x))") == ["The derivation does not hold where {0} is 0."]
    assert "The derivation holds where {0} is positive." in notes("where(x > 0, log(x), x^2) + log(x)")
    assert "The derivation holds where {0} is positive." in notes("where(x > 0, x, log(x))")


NOTED = [
    # a sigmoid is below 1, and a quadratic form with a positive definite matrix is not negative: nothing is to be noted
    (["a, y in R^N"], ["L = sum(y.*log(vector(1) - s))", "s = sigmoid(a)"], "a", []),
    (["y in R^N", "S in R^(N x N) positive-definite"], ["f = log(1 + q)", "q = y'*inv(S)*y"], "y", []),
    (["y in R^N", "S in R^(N x N) symmetric"], ["f = log(1 + q)", "q = y'*S*y"], "y", ["{0} is positive."]),
    (["a, y in R^N"], ["L = sum(y.*log(vector(1) - s))", "s = tanh(a)"], "a", ["every entry of {0} is positive."]),
    # of what stands in a sum, for which numbers
    (["n in R"], ["sum(j, 1, D, lgamma(n - j))"], "n", ["{0} is positive for every {1} from {2} to {3}."]),
    (["n in R"], ["sum(j, 1, D, abs(n - j))"], "n", ["{0} is 0 for some {1} from {2} to {3}."]),
]


@pytest.mark.parametrize(("given", "lines", "wrt", "ends"), NOTED)
def test_what_is_noted_is_what_may_fail(given: list[str], lines: list[str], wrt: str, ends: list[str]) -> None:
    statement = parse_statement(["D in N", *given] if "sum(j" in lines[0] else given, lines, wrt)
    found = [prose.template.partition(" where ")[2] for prose in notes_on(derive(statement).links, statement.wrt)]
    assert found == ends
