"""Unspecified functions through both routes: the derivatives that books print, and random ones against the witness."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import unspecified
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import SCALAR, matrix, vector
from jacobook.calculus import component_route
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.matrix_route.expansion import expand
from jacobook.calculus.matrix_route.linear_reading import linear_map
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.unspecified_partials import raised, total_differential
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.verification import check_equation, verify
from tests.calculus.test_linear_maps import assert_adjoint, assert_vec

ROUTES = pytest.mark.parametrize("route", ["matrix", "component"])


def stated(given: str, lines: str, wrt: str) -> Statement:
    return parse_statement(given.split("; "), lines.split(" ; "), wrt)


def assert_gives(derivation: Derivation, expected: str) -> None:
    """The result is the expected one, and every line stands its checks."""
    statement = derivation.statement
    names = [*statement.declarations, *(link.symbol for link in derivation.kept)]
    wanted = parse_expression(expected, names, derivation.value.shape, functions=statement.functions)
    assert equal(derivation.value, wanted), f"{text(derivation.value)} instead of {expected}"
    evidence = verify(derivation, symbolic=False)
    assert evidence.failures == ()


CURVE = "x in R; Y : R -> R^(N x N) invertible"
FIELD = "X in R^(P x Q); F : R^(P x Q) -> R^(N x N) invertible"
BOOK = {
    "reparametrised": (
        "x in R^D; nu in R^F; eps in R^G; p : R^D x R^E -> R positive; q : R^E x R^F -> R positive; "
        "t : R^G x R^F -> R^E",
        "g = log(p(x, z)) - log(q(z, nu)) ; z = t(eps, nu)",
        "nu",
        "(partial(p(x, z), 2)/p(x, z) - partial(q(z, nu), 1)/q(z, nu))*partial(t(eps, nu), 2)"
        " - partial(q(z, nu), 2)/q(z, nu)",
    ),
    "det of a curve": (CURVE, "det(Y(x))", "x", "det(Y(x))*tr(inv(Y(x))*partial(Y(x), 1))"),
    "logdet of a curve": (CURVE, "logdet(Y(x))", "x", "tr(inv(Y(x))*partial(Y(x), 1))"),
    "inverse of a curve": (CURVE, "inv(Y(x))", "x", "-inv(Y(x))*partial(Y(x), 1)*inv(Y(x))"),
    "transpose of a curve": (CURVE, "Y(x)'", "x", "partial(Y(x), 1)'"),
    "trace of a curve": (CURVE, "tr(Y(x))", "x", "tr(partial(Y(x), 1))"),
    "product of curves": (
        "t in R; U : R -> R^(M x N); V : R -> R^(N x P)",
        "U(t)*V(t)",
        "t",
        "partial(U(t), 1)*V(t) + U(t)*partial(V(t), 1)",
    ),
    "bilinear form": (
        "x in R^D; s : R^D -> R^M; r : R^D -> R^N; A in R^(M x N)",
        "s(x)'*A*r(x)",
        "x",
        "r(x)'*A'*partial(s(x), 1) + s(x)'*A*partial(r(x), 1)",
    ),
    "of an inverse": (
        "A in R^(N x N) invertible; J : R^(N x N) -> R",
        "J(inv(A))",
        "A",
        "-inv(A)'*partial(J(inv(A)), 1)*inv(A)'",
    ),
    "matrices in a chain": (
        "X in R^(M x N); g : R^(P x Q) -> R; f : R^(M x N) -> R^(P x Q)",
        "g(U) ; U = f(X)",
        "X",
        "unvec(partial(f(X), 1)'*vec(partial(g(f(X)), 1)))",
    ),
    "transpose by a matrix": (FIELD, "F(X)'", "X", "commutation(N, N)*partial(F(X), 1)"),
    "trace by a matrix": (FIELD, "tr(F(X))", "X", "unvec(partial(F(X), 1)'*vec(eye(N)))"),
    "det by a matrix": (FIELD, "det(F(X))", "X", "det(F(X))*unvec(partial(F(X), 1)'*vec(inv(F(X))'))"),
    "inverse by a matrix": (FIELD, "inv(F(X))", "X", "-kron(inv(F(X))', inv(F(X)))*partial(F(X), 1)"),
    "of a product": (
        "X in R^(M x Q); A in R^(P x M); F : R^(P x Q) -> R^(K x L)",
        "F(A*X)",
        "X",
        "partial(F(A*X), 1)*kron(eye(Q), A)",
    ),
    "of a transpose": (
        "X in R^(Q x P); F : R^(P x Q) -> R^(K x L)",
        "F(X')",
        "X",
        "partial(F(X'), 1)*commutation(Q, P)",
    ),
    "between constants": (
        "x in R^D; A in R^(M x K); F : R^D -> R^(K x L); c in R^L",
        "A*F(x)*c",
        "x",
        "kron(c', A)*partial(F(x), 1)",
    ),
    "of a scalar": ("x in R^N; p : R -> R", "p(x'*x)", "x", "2*partial(p(x'*x), 1)*x'"),
    "of an affine map": (
        "x in R^D; z in R^F; A in R^(E x F); b in R^E; p : R^D x R^E -> R",
        "p(x, A*z + b)",
        "z",
        "partial(p(x, A*z + b), 2)*A",
    ),
    "twice the same variable": (
        "x in R^D; p : R^D x R^D -> R",
        "p(x, x)",
        "x",
        "partial(p(x, x), 1) + partial(p(x, x), 2)",
    ),
    "composed": ("x in R^N; p : R^M -> R; f : R^N -> R^M", "p(f(x))", "x", "partial(p(f(x)), 1)*partial(f(x), 1)"),
    "of a scalar and a matrix": (
        "t in R; X in R^(P x Q); w : R x R^(P x Q) -> R",
        "t*w(t, X)",
        "X",
        "t*partial(w(t, X), 2)",
    ),
    "mixed partial": (
        "x in R^N; y in R^M; p : R^M x R^N -> R",
        "partial(p(y, x), 1)*y",
        "y",
        "y'*partial(p(y, x), 1, 1) + partial(p(y, x), 1)",
    ),
}


@ROUTES
@pytest.mark.parametrize("name", BOOK)
def test_derivatives_of_the_books(name: str, route: str) -> None:
    given, lines, wrt, expected = BOOK[name]
    derivation = derive(stated(given, lines, wrt), route)
    assert [partial.refusal for partial in derivation.partials if partial.refusal] == []
    assert all(partial.matrix_route and partial.component_route for partial in derivation.partials)
    assert_gives(derivation, expected)


@pytest.mark.parametrize("name", ["reparametrised", "det of a curve", "of an inverse", "trace by a matrix", "composed"])
def test_derivatives_of_the_books_are_proved_for_every_smooth_function(name: str) -> None:
    given, lines, wrt, _ = BOOK[name]
    evidence = verify(derive(stated(given, lines, wrt)))
    assert evidence.failures == ()
    assert evidence.symbolic == "proved"


def test_the_chain_of_shapes() -> None:
    given, lines, wrt, _ = BOOK["reparametrised"]
    derivation = derive(stated(given, lines, wrt))
    shapes = {(partial.of.name, partial.wrt.name): str(partial.value.shape) for partial in derivation.partials}
    assert shapes == {("g", "z"): "1×E", ("g", "nu"): "1×F", ("z", "nu"): "E×F"}


# -- index formulas ----------------------------------------------------------------------------------------------------


def entry_formulas(name: str) -> list[str]:
    given, lines, wrt, _ = BOOK[name]
    derivation = derive(stated(given, lines, wrt))
    claims = [*derivation.partials[0].component_route, *derivation.entries]
    return [text(claim.right) for claim in claims]


def test_index_formulas() -> None:
    assert "det(F(X))*sum_m sum_p partial(F(X), 1)[(p,m),(l,k)]*inv(F(X))[p,m]" in entry_formulas("det by a matrix")
    assert "sum_i partial(F(X), 1)[(i,i),(l,k)]" in entry_formulas("trace by a matrix")
    assert "partial(F(X), 1)[(i,j),(l,k)]" in entry_formulas("transpose by a matrix")
    assert "-sum_m sum_p inv(F(X))[i,m]*partial(F(X), 1)[(p,m),(l,k)]*inv(F(X))[p,j]" in entry_formulas(
        "inverse by a matrix"
    )


# -- second derivatives ------------------------------------------------------------------------------------------------

SECOND = {
    "det of a curve": (
        CURVE,
        "det(Y(x))",
        "x",
        "det(Y(x))*(tr(inv(Y(x))*partial(Y(x), 1, 1)) + tr(inv(Y(x))*partial(Y(x), 1))^2"
        " - tr(inv(Y(x))*partial(Y(x), 1)*inv(Y(x))*partial(Y(x), 1)))",
    ),
    "logdet of a curve": (
        CURVE,
        "logdet(Y(x))",
        "x",
        "tr(inv(Y(x))*partial(Y(x), 1, 1)) - tr(inv(Y(x))*partial(Y(x), 1)*inv(Y(x))*partial(Y(x), 1))",
    ),
    "of two vectors": ("x in R^N; y in R^M; p : R^N x R^M -> R", "p(x, y)", "x", "partial(p(x, y), 1, 1)"),
    "along a line": (
        "t in R; x, d in R^N; p : R^N -> R",
        "p(x + t*d)",
        "t",
        "d'*partial(p(x + t*d), 1, 1)*d",
    ),
}


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives(name: str) -> None:
    given, lines, wrt, expected = SECOND[name]
    first, second = derive_to_order(stated(given, lines, wrt), 2)
    assert verify(first, symbolic=False).failures == ()
    assert_gives(second, expected)


def test_third_derivatives_of_a_curve() -> None:
    assert_gives(derive(stated("t in R; F : R -> R^(M x N)", "partial(F(t), 1, 1)", "t")), "partial(F(t), 1, 1, 1)")


@ROUTES
@pytest.mark.parametrize(
    ("given", "line", "wrt"),
    [
        ("x in R^D; F : R^D -> R^(N x N)", "partial(F(x), 1)", "x"),
        ("X in R^(P x Q); x in R^D; w : R^(P x Q) x R^D -> R", "partial(w(X, x), 1, 2)", "x"),
    ],
)
def test_more_indices_than_a_matrix_holds_are_refused_by_name(given: str, line: str, wrt: str, route: str) -> None:
    with pytest.raises(Refusal, match=r"partial derivative of \w has too many indices"):
        derive(stated(given, line, wrt), route)


# -- conditions --------------------------------------------------------------------------------------------------------


def test_declared_properties_count_as_declared() -> None:
    declared = derive(stated(CURVE, "inv(Y(x))", "x"))
    assert [(assumption.property, assumption.declared) for assumption in declared.assumptions] == [("invertible", True)]
    open_ = derive(stated("x in R; Y : R -> R^(N x N)", "inv(Y(x))", "x"))
    assert [(assumption.property, assumption.declared) for assumption in open_.assumptions] == [("invertible", False)]
    assert verify(open_, symbolic=False).failures == ()
    positive = derive(stated("x in R^N; p : R^N -> R positive", "log(p(x))/p(x)", "x"))
    assert positive.notes == ()
    plain = derive(stated("x in R^N; p : R^N -> R", "log(p(x))", "x"))
    assert [note.template for note in plain.notes] == ["The derivation holds where {0} is positive."]
    assert_gives(derive(stated("x in R; Y : R -> R^(N x N)", "det(Y(x))", "x")), "tr(adj(Y(x))*partial(Y(x), 1))")


def test_names_that_the_derivation_gives_avoid_the_functions() -> None:
    derivation = derive(stated("x in R; u, v, Z : R -> R", "exp(x*u(x^2)) + v(x)", "x"))
    names = {link.symbol.name for link in derivation.links}
    assert names.isdisjoint({"u", "v", "Z"})
    assert verify(derivation, symbolic=False).failures == ()
    told = derive(stated("x in R; Z : R -> R^(N x N) invertible", "inv(Z(x))", "x")).partials[0].matrix_route[0]
    assert {symbol.name for step in told.steps for symbol in step.left.symbols} == {"Y"}


# -- the total differential as a linear map ----------------------------------------------------------------------------

D, E, MN, PQ = vector("D"), vector("E"), matrix("M", "N"), matrix("P", "Q")
VALUES = [
    (SCALAR, (), 0), (SCALAR, (), 1), (SCALAR, (), 2), (E, (), 0), (E, (), 1), (E, (), 2),
    (MN, (), 0), (MN, (), 1), (MN, (), 2),
    (SCALAR, (2,), 0), (SCALAR, (2,), 1), (SCALAR, (3,), 0), (E, (2,), 0), (SCALAR, (1,), 1), (MN, (3,), 0),
    (E, (3,), 0),
]  # fmt: skip
REFUSED = [(SCALAR, (2,), 2), (SCALAR, (3,), 1), (SCALAR, (3,), 2), (SCALAR, (2, 2), 1), (E, (2,), 1)]
"""A second derivative that no matrix of partial derivatives with respect to one or two vectors names."""


@pytest.mark.parametrize(("value", "slots", "place"), REFUSED, ids=str)
def test_a_second_derivative_with_more_indices_is_refused(value: object, slots: tuple[int, ...], place: int) -> None:
    arguments = (n.symbol("s"), n.symbol("a", D), n.symbol("B", PQ))
    function = unspecified("h", tuple(argument.shape for argument in arguments), value)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="more than two indices"):
        expand(b.function_value(function, *arguments, slots=slots), arguments[place])


@pytest.mark.parametrize(("value", "slots", "place"), VALUES, ids=str)
def test_the_total_differential_is_a_linear_map(value: object, slots: tuple[int, ...], place: int) -> None:
    arguments = (n.symbol("s"), n.symbol("a", D), n.symbol("B", PQ))
    function = unspecified("h", tuple(argument.shape for argument in arguments), value)  # type: ignore[arg-type]
    node, variable = b.function_value(function, *arguments, slots=slots), arguments[place]
    found = linear_map(expand(node, variable)[-1].expression, variable)
    assert (found.source, found.target) == (variable.shape, node.shape)
    assert_adjoint(found)
    assert_vec(found)


def test_only_what_varies_is_differentiated() -> None:
    x, y = n.symbol("x", D), n.symbol("y", E)
    p = unspecified("p", (D, E), SCALAR)
    node = b.function_value(p, x, y)
    assert total_differential(node, lambda operand: operand is y) is raised(node, 2) * b.differential(y)
    assert b.is_zero(total_differential(node, lambda operand: False))
    assert raised(raised(node, 2), 1) is raised(raised(node, 1), 2)


@pytest.mark.parametrize("wrt", ["x", "y"])
def test_entries_of_a_mixed_derivative(wrt: str) -> None:
    x, y = n.symbol("x", D), n.symbol("y", E)
    variable: Symbol = {"x": x, "y": y}[wrt]
    node: Node = b.function_value(unspecified("p", (D, E), SCALAR), x, y, slots=(1, 2))
    f = n.symbol("f", node.shape)
    _, claims = component_route.differentiate(f, node, variable)
    entries = [claim for claim in claims if isinstance(claim.left, n.PartialEntry)]
    assert entries
    for claim in entries:
        left = b.partial_entry(node, variable, claim.left.of_positions, claim.left.wrt_positions)  # type: ignore[attr-defined]
        assert check_equation(left, claim.right, symbolic=False).failure is None
