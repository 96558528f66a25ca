"""What is declared of a variable: derivatives along what keeps it, and what follows for constants, against NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import ROWS, STRUCTURES, conflict, structure_of
from jacobook.algebra.normal_form import equal
from jacobook.calculus.declared_identities import declared_identities
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.facade import derive
from jacobook.language import LanguageError, parse_statement
from jacobook.language.printer import text
from jacobook.verification import evaluate, verify
from tests.calculus.derived import assert_verified, expression, solve

Function = Callable[[Any, Any, Any], Any]
N = 4
OF_MATRICES: list[tuple[str, Function]] = [
    ("tr(A'*X)", lambda x, a, c: np.trace(a.T @ x)),
    ("tr(X'*A*X*B)", lambda x, a, c: np.trace(x.T @ a @ x @ a @ a)),
    ("norm2(A*X - B)^2", lambda x, a, c: np.sum((a @ x - a @ a) ** 2)),
    ("sum(exp(X*A))", lambda x, a, c: np.sum(np.exp(x @ a))),
    ("c'*X*c", lambda x, a, c: c @ x @ c),
]
OF_VECTORS: list[tuple[str, Function]] = [
    ("c'*x", lambda x, a, c: c @ x),
    ("x'*A*x", lambda x, a, c: x @ a @ x),
    ("x'*A*x/(x'*x)", lambda x, a, c: x @ a @ x / (x @ x)),
    ("sum(exp(A*x))", lambda x, a, c: np.sum(np.exp(a @ x))),
]


def cayley(skew: np.ndarray) -> np.ndarray:
    eye = np.eye(len(skew))
    return np.linalg.solve(eye - skew / 2, eye + skew / 2)


def curve(structure: str, direction: np.ndarray) -> tuple[np.ndarray, Callable[[float], np.ndarray]]:
    """A point that has the property and a curve through it that keeps it, in the direction of independent entries."""
    random = np.random.default_rng(7)
    start, v = random.normal(size=(N, N)), direction
    match structure:
        case "symmetric":
            return start + start.T, lambda t: start + start.T + t * (v + v.T)
        case "diagonal":
            return np.diag(np.diag(start)), lambda t: np.diag(np.diag(start + t * v))
        case "lower-triangular":
            return np.tril(start), lambda t: np.tril(start + t * v)
        case "upper-triangular":
            return np.triu(start), lambda t: np.triu(start + t * v)
        case "skew-symmetric":
            return start - start.T, lambda t: start - start.T + t * (v - v.T)
        case "correlation":
            r = np.full((N, N), 0.3) + 0.7 * np.eye(N)
            return r, lambda t: r + t * (v + v.T) * (1 - np.eye(N))
        case "orthogonal":
            q = cayley(start - start.T)
            return q, lambda t: q @ cayley(t * (v - v.T))
        case "symmetric-orthogonal":
            q = cayley(start - start.T)
            mirror = q @ np.diag([1.0, -1.0, -1.0, 1.0]) @ q.T
            return mirror, lambda t: cayley(t * (v - v.T)).T @ mirror @ cayley(t * (v - v.T))
        case "unit-norm":
            x = start[0] / np.linalg.norm(start[0])
            return x, lambda t: (x + t * v[0]) / np.linalg.norm(x + t * v[0])
        case "probability":
            p = np.abs(start[0]) / np.abs(start[0]).sum()
            return p, lambda t: p + t * (v[0] - v[0].mean())
    raise AssertionError(f"no curve that keeps {structure}")


def gradient_of(found: Derivation) -> n.Node:
    """The last line about the gradient within the property."""
    (*_, last) = (c for c in found.structured if isinstance(c.left, n.StructuredPartial) and c.left.is_gradient)
    return last.right


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("structure", "written", "function"),
    [
        pytest.param(structure, *case, id=f"{structure}-{case[0]}")
        for structure in STRUCTURES
        for case in (OF_VECTORS if structure in ("unit-norm", "probability") else OF_MATRICES)
    ],
)
def test_the_gradient_is_the_slope_along_every_curve_that_keeps_the_property(
    structure: str, written: str, function: Function
) -> None:
    """Central differences of the plain NumPy function along curves; and the gradient itself is such a direction."""
    of_vector = structure in ("unit-norm", "probability")
    wrt, space = ("x", "R^N") if of_vector else ("X", "R^(N x N)")
    found = solve(f"A, B in R^(N x N); c in R^N; {wrt} in {space} {structure}", written, wrt)
    a, c, h = np.random.default_rng(3).normal(size=(N, N)) / 2, np.random.default_rng(4).normal(size=N), 1e-5
    point, _ = curve(structure, np.zeros((N, N)))
    by_name = {"A": a, "B": a @ a, "c": c, wrt: point}
    values = {symbol: by_name[symbol.name] for symbol in found.statement.declarations}
    gradient = evaluate(gradient_of(found), values, {"N": N}).reshape(point.shape)
    random = np.random.default_rng(11)
    for _ in range(5):
        _, path = curve(structure, random.normal(size=(N, N)))
        change = (path(h) - path(-h)) / (2 * h)
        slope = (function(path(h), a, c) - function(path(-h), a, c)) / (2 * h)
        assert np.sum(gradient * change) == pytest.approx(slope, rel=1e-6, abs=1e-7)
    _, own = curve(structure, np.outer(np.eye(N)[0], gradient) if of_vector else along(structure, point, gradient))
    change = (own(h) - own(-h)) / (2 * h)  # the direction that the gradient itself gives
    times = 2.0 if structure in ("symmetric", "skew-symmetric", "correlation") else 1.0
    assert change / times == pytest.approx(gradient, rel=1e-6, abs=1e-7)


def along(structure: str, point: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """The direction of independent entries along which the curve of this test has this derivative."""
    times = {"orthogonal": 2, "symmetric-orthogonal": 4}.get(structure)
    return gradient if times is None else point.T @ gradient / times


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("given", "written", "wrt", "restricted"),
    [
        ("A in R^(N x N); Q in R^(N x N) orthogonal", "tr(A'*Q)", "Q", "(A - Q*A'*Q)/2"),
        ("A in R^(N x N); Q in R^(N x N) orthogonal, symmetric", "tr(A'*Q)", "Q", "(A + A' - Q*(A + A')*Q)/4"),
        (
            "A, B in R^(N x N) symmetric; Q in R^(N x N) symmetric, orthogonal",
            "tr(A*Q*B*Q)",
            "Q",
            "(2*A*Q*B + 2*B*Q*A - 2*Q*A*Q*B*Q - 2*Q*B*Q*A*Q)/4*1",
        ),
        ("Q in R^(N x N) symmetric-orthogonal", "tr(Q*Q)", "Q", "matrix(0)"),
        ("A in R^(N x N) symmetric; Q in R^(N x N) orthogonal", "tr(Q'*A*Q)", "Q", "matrix(0)"),
        ("A in R^(N x N) symmetric; x in R^N unit-norm", "x'*A*x", "x", "2*x'*A*(eye - x*x')"),
        ("A in R^(N x N) symmetric; x in R^N unit-norm", "x'*A*x/(x'*x)", "x", "2*(x'*A - x'*A*x*x')"),
        ("c in R^N; p in R^N probability", "c'*p", "p", "c' - vector(sum(c)/dim(N))'"),
        ("A in R^(N x N); S in R^(N x N) skew-symmetric", "tr(A'*S)", "S", "(A - A')/2"),
        ("A in R^(N x N); L in R^(N x N) lower-triangular", "tr(A'*L)", "L", "tril(A)"),
        ("A in R^(N x N); U in R^(N x N) upper-triangular", "tr(A'*U)", "U", "triu(A)"),
        ("L in R^(N x N) lower-triangular, invertible", "logdet(L)", "L", "inv(L)'.*eye"),
        ("R in R^(N x N) correlation", "logdet(R)", "R", "inv(R) - inv(R).*eye"),
    ],
)
def test_restricted_gradients_by_hand(given: str, written: str, wrt: str, restricted: str) -> None:
    found = solve(given, written, wrt)
    gradient = gradient_of(found)
    wanted = declared_identities(expression(given, restricted, gradient.shape))[0]
    assert equal(gradient, wanted), text(gradient)
    assert verify(found).symbolic == "proved"


@pytest.mark.parametrize(
    ("given", "written", "free"),
    [
        ("A in R^(N x N); X in R^(N x N) skew-symmetric", "tr(A'*X)", "A - A'"),
        ("A in R^(N x N); X in R^(N x N) correlation", "tr(A'*X)", "A + A' - 2*(A.*eye)"),
        ("A in R^(N x N); X in R^(N x N) lower-triangular", "tr(X*A*X')", "tril(X*(A + A'))"),
    ],
)
def test_derivatives_with_respect_to_free_entries(given: str, written: str, free: str) -> None:
    found = solve(given, written, "X")
    by_entries = [c for c in found.structured if isinstance(c.left, n.StructuredPartial) and not c.left.is_gradient]
    assert equal(by_entries[-1].right, expression(given, free, found.value.shape)), text(by_entries[-1].right)
    assert verify(found, symbolic=False).failures == ()


# -- mistakes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("structure", "wrong"),
    [
        ("orthogonal", ["A", "(A - A')/2", "(A + X*A'*X)/2", "A - X*A'*X", "(A - X*A*X)/2", "X*(X'*A + A'*X)/2"]),
        ("skew-symmetric", ["A", "A - A'", "(A + A')/2", "(A' - A)/2"]),
        ("lower-triangular", ["A", "triu(A)", "tril(A')", "(tril(A) + tril(A)')/2"]),
        ("upper-triangular", ["tril(A)", "triu(A')"]),
        ("correlation", ["(A + A')/2", "A + A' - 2*(A.*eye)", "A - A.*eye"]),
        ("unit-norm", ["c'", "c'*x*x'", "c'*(eye + x*x')", "c'*(eye - 2*x*x')"]),
        ("probability", ["c'", "c' - sum(c)*x'", "c' - vector(sum(c))'", "c' + vector(sum(c)/dim(N))'"]),
    ],
)
def test_wrong_restricted_forms_are_caught(structure: str, wrong: list[str]) -> None:
    of_vector = structure in ("unit-norm", "probability")
    wrt, space = ("x", "R^N") if of_vector else ("X", "R^(N x N)")
    given = f"A in R^(N x N); c in R^N; {wrt} in {space} {structure}"
    found = solve(given, "c'*x" if of_vector else "tr(A'*X)", wrt)
    assert_verified(found)
    last = len(found.structured) - 1
    for written in wrong:
        right = expression(given, written, found.value.shape)
        lines = (*found.structured[:last], replace(found.structured[last], right=right))
        assert not verify(replace(found, structured=lines), symbolic=False).passed, written


# -- constants ---------------------------------------------------------------------------------------------------------

CONSTANTS = [
    ("Q in R^(N x N) orthogonal; x, z in R^N", "norm2(Q*x - z)^2", "x", "2*(x' - z'*Q)", "orthogonal"),
    ("Q in R^(N x N) orthogonal; x in R^N", "inv(Q)*x", "x", "Q'", "orthogonal"),
    ("Q, X in R^(N x N) orthogonal; B in R^(N x N)", "tr(Q'*B*Q)", "B", "eye", "orthogonal"),
    ("Q in R^(N x N) orthogonal; X in R^(N x N)", "norm2(Q*X)^2", "X", "2*X", "orthogonal"),
    ("S in R^(N x N) skew-symmetric; x, c in R^N", "x'*S*x + c'*S*x", "x", "c'*S", "skew-symmetric"),
    ("S in R^(N x N) skew-symmetric; x, c in R^N; t in R", "t*(c'*S*c) + t", "t", "1", "skew-symmetric"),
    ("u in R^N unit-norm; x in R^N", "norm2(x - u*u'*x)^2", "x", "2*(x - u'*x*u)'", "unit-norm"),
    ("W in R^(M x N) mask; X, B in R^(M x N)", "sum((W.*(X - B)).^2)", "X", "2*(W.*(X - B))", "mask"),
    ("w in R^N mask; x in R^N", "sum((w.*x).^2)", "x", "2*(w.*x)'", "mask"),
    ("p in R^N probability; z in R^N", "-p'*log(softmax(z))", "z", "softmax(z)' - p'", "probability"),
    ("y in R^N one-hot; z in R^N", "-y'*log(softmax(z))", "z", "softmax(z)' - y'", "one-hot"),
    ("y in R^N one-hot; z in R^N", "norm2(z - y*y'*z)^2", "z", "2*(z - y'*z*y)'", "one-hot"),
    ("R in R^(N x N) correlation; t in R", "t*tr(R)", "t", "dim(N)", "correlation"),
    ("L in R^(N x N) lower-triangular; X in R^(N x N)", "sum(tril(L).*X)", "X", "L", "lower-triangular"),
    ("U in R^(N x N) upper-triangular; X in R^(N x N)", "sum(tril(U*U).*X)", "X", "(U*U).*eye", "upper-triangular"),
]  # fmt: skip


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("given", "written", "wrt", "expected", "name"), CONSTANTS)
def test_what_is_declared_of_a_constant_is_used_and_cited(
    given: str, written: str, wrt: str, expected: str, name: str
) -> None:
    found = solve(given, written, wrt)
    assert equal(found.value, expression(given, expected, found.value.shape)), text(found.value)
    cited = {a.property for claim in found.claims() for a in claim.assumptions if a.declared}
    assert name in cited
    assert_verified(found)


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("given", "written", "wrt", "expected", "name"), CONSTANTS)
def test_without_the_declaration_it_is_another_derivative(
    given: str, written: str, wrt: str, expected: str, name: str
) -> None:
    """So that what is used is the declaration and nothing else."""
    plain = given.replace(f" {name}", " invertible" if name == "orthogonal" else "")
    found = solve(plain, written, wrt)
    assert not equal(found.value, expression(plain, expected, found.value.shape))


@pytest.mark.parametrize(
    ("given", "written", "expected"),
    [
        ("x in R^N unit-norm", "(x'*x)^2", "4*x'*x*eye + 8*x*x'"),
        ("x in R^N probability", "sum(x)^3", "6*sum(x)*vector(1)*vector(1)'"),
        ("x in R^N mask", "sum(x.*x.*x)", "6*diag(x)"),
    ],
)
def test_the_declared_property_of_the_variable_is_not_differentiated(given: str, written: str, expected: str) -> None:
    """On the unit sphere (x′x)² is 1; its second derivative for independent entries is not 0."""
    _, second = derive_to_order(parse_statement([given], [written], "x"), 2)
    assert equal(second.value, expression(given, expected, second.value.shape)), text(second.value)
    assert_verified(second)


def test_a_chain_does_not_use_the_property_of_its_variable_either() -> None:
    given = "x in R^N unit-norm; A in R^(N x N)"
    found = solve(given, ["f = z*z + z*(x'*x)", "z = x'*A*x"], "x")
    plain = solve("x in R^N; A in R^(N x N)", ["f = z*z + z*(x'*x)", "z = x'*A*x"], "x")
    assert text(found.value) == text(plain.value)


def test_what_cannot_vary_has_no_restricted_derivative_and_says_so() -> None:
    for name in ("one-hot", "mask"):
        found = solve(f"x in R^N {name}; A in R^(N x N)", "x'*A*x", "x")
        assert found.structured == ()
        assert any("cannot vary" in note.template for note in found.notes)


# -- the registry ------------------------------------------------------------------------------------------------------


def test_every_structure_has_a_curve_here_and_a_rule() -> None:
    for structure in STRUCTURES:
        point, path = curve(structure, np.ones((N, N)))
        assert path(0.0) == pytest.approx(point)


def test_properties_that_exclude_each_other() -> None:
    assert conflict({"symmetric", "positive-definite", "invertible", "diagonal"}) is None
    assert conflict({"mask", "lower-triangular"}) is None
    found = conflict({"probability", "mask"})
    assert found is not None
    assert found[3] == "one-hot"
    for first in ROWS:
        for second in ROWS:
            assert (conflict({first, second}) is None) == (conflict({second, first}) is None)


def test_the_narrowest_structure_counts() -> None:
    assert structure_of({"symmetric", "invertible", "positive-definite", "correlation"}) == "correlation"
    assert structure_of({"symmetric", "diagonal"}) == "diagonal"
    assert structure_of({"symmetric", "mask"}) is None
    assert structure_of({"invertible"}) is None


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (
            "skew-symmetric, positive-definite",
            "a positive definite matrix is symmetric, and only the zero matrix is both",
        ),
        (
            "positive-definite, skew-symmetric",
            "a positive definite matrix is symmetric, and only the zero matrix is both",
        ),
        ("orthogonal, diagonal", "only diagonal matrices of the numbers 1 and -1 are both"),
        ("orthogonal, upper-triangular", "only diagonal matrices of the numbers 1 and -1 are both"),
        ("mask, positive-definite", "only the identity matrix is both"),
        ("lower-triangular, positive", "a triangular matrix has zeros; did you mean `lower-triangular`?"),
        ("lower-triangular, unit-diagonal", "write `eye + L.*(matrix(1) - eye)`"),
        ("permutation", "as a constant it is `orthogonal`"),
        ("orthogonal, unknown", "what is solved for is not restricted to it"),
    ],
)
def test_what_does_not_go_together_is_said_with_what_would_fit(declared: str, said: str) -> None:
    with pytest.raises(LanguageError) as caught:
        derive("tr(A*X)", given=["A in R^(N x N)", f"X in R^(N x N) {declared}"], wrt="X")
    assert said in str(caught.value)
    assert str(caught.value).count("do not go together") <= 1


def test_every_pair_of_properties_is_known_or_has_a_reason() -> None:
    reasons = [conflict(pair) for pair in combinations(ROWS, 2)]
    told = [found[2] for found in reasons if found is not None]
    assert told
    assert all("not known here" not in why or ";" in why for why in told)


def test_a_reflection_and_ones_on_the_diagonal_are_written_out() -> None:
    given = ["v in R^N unit-norm", "A in R^(N x N)", "L in R^(N x N) lower-triangular", "x in R^N"]
    assert derive("tr(A*(eye - 2*v*v'))", given=given, wrt="v").passed
    assert derive("norm2((eye + L.*(matrix(1) - eye))*x)^2", given=given, wrt="L").passed


@pytest.mark.parametrize(
    ("written", "wrt"),
    [
        ("norm2(((z'*y)*S*B)')", "B"),
        ("norm2(((z'*y)*S*c)')^2", "z"),
        ("tr(K*((z'*y)*S*B)')", "z"),
        ("((z'*y)*S*x)'*x", "x"),
    ],
)
def test_a_number_that_is_a_product_is_one_where_it_is_transposed(written: str, wrt: str) -> None:
    """(x′y S B)′ is x′y B′ S: the factors of x′y do not change places with the others."""
    given = ["S in R^(N x N) symmetric", "B in R^(N x K)", "K in R^(N x K)", "z, y in R^M", "c in R", "x in R^N"]
    assert_verified(solve(given, [written], wrt))
