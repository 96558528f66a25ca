"""Chains: the parts of exercise 5.8, automatic decomposition, several paths, matrices in between, long chains."""

from __future__ import annotations

import math

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.traverse import substitute
from jacobook.calculus.chain.graph import Chain, decompose
from jacobook.calculus.derivation import ClaimKind, Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.language.printer import text
from jacobook.verification import evaluate
from jacobook.verification.points.instances import Instances
from tests.calculus.derived import assert_is, assert_verified, expression, solve

# -- exercise 5.8: what is expected, derived on paper before -------------------------------------------------------

GAUSSIAN = "x, mu in R^D; S in R^(D x D) invertible"
PARTS = {
    "a": (
        GAUSSIAN,
        ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"],
        [
            ("f", "z", "1×1", "-1/2*exp(-1/2*z)"),
            ("z", "y", "1×D", "y'*(inv(S) + inv(S)')"),
            ("y", "x", "D×D", "eye"),
        ],
        "-1/2*exp(-1/2*(x - mu)'*inv(S)*(x - mu))*(x - mu)'*(inv(S) + inv(S)')",
        "1×D",
    ),
    "b": ("x in R^D; s in R", ["tr(x*x' + s^2*eye)"], [("f", "x", "1×D", "2*x'")], "2*x'", "1×D"),
    "c": (
        "x in R^N; A in R^(M x N); b in R^M",
        ["f = tanh(z)", "z = A*x + b"],
        [("f", "z", "M×M", "diag(vector(1) - tanh(z).^2)"), ("z", "x", "M×N", "A")],
        "diag(vector(1) - tanh(A*x + b).^2)*A",
        "M×N",
    ),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("route", ["matrix", "component"])
def test_partials_shapes_and_results_of_exercise_5_8(part: str, route: str) -> None:
    given, lines, partials, result, shape = PARTS[part]
    found = solve(given, lines, "x", route)
    names = [link.symbol for link in found.links]
    assert len(found.partials) == len(partials)
    for partial, (of, wrt, size, written) in zip(found.partials, partials, strict=True):
        assert partial.wrt.name == wrt
        assert partial.of.name == of or part == "b"
        assert str(partial.value.shape) == size
        assert equal(partial.value, expression(given, written, partial.value.shape, names)), text(partial.value)
        assert partial.matrix_route
        assert partial.component_route
    assert_is(found, given, result)
    assert str(found.value.shape) == shape
    assert_verified(found)


@pytest.mark.parametrize("part", "ac")
def test_the_denominator_layout_is_the_transpose(part: str) -> None:
    given, lines, _, result, _ = PARTS[part]
    found = solve(given, lines, "x")
    turned = found.denominator[-1]
    expected = expression(given, f"({result})'", found.value.shape.transposed)
    assert turned.left.shape == turned.right.shape == found.value.shape.transposed
    assert equal(turned.right, expected)
    assert any(claim.show_shapes for claim in found.denominator)


def test_the_combination_inserts_and_substitutes_one_after_the_other() -> None:
    found = solve(*PARTS["a"][:2], "x")
    rules = [claim.rule for claim in found.combination]
    assert rules[:2] == ["chain", "insert-partials"]
    assert rules.count("substitution") == 2
    assert all(claim.kind is ClaimKind.TOTAL for claim in found.combination)
    assert found.combination[-1].right is found.value


def test_a_single_expression_splits_into_the_same_chain() -> None:
    whole = solve(GAUSSIAN, "exp(-1/2*(x - mu)'*inv(S)*(x - mu))", "x")
    chain = solve(*PARTS["a"][:2], "x")
    assert [link.symbol.name for link in whole.links[1:]] == ["v", "u"]
    f, v, u = (link.expression for link in whole.links)
    symbols = {link.symbol.name: link.symbol for link in whole.links}
    assert f is b.apply("exp", b.number(-1) / b.TWO * symbols["v"])
    assert equal(v, expression(GAUSSIAN, "u'*inv(S)*u", v.shape, symbols.values()))
    assert equal(u, expression(GAUSSIAN, "x - mu", u.shape))
    assert equal(whole.value, chain.value)
    assert whole.decomposition
    assert not chain.decomposition
    assert_verified(whole)


@pytest.mark.parametrize(
    ("given", "written", "names"),
    [
        ("x in R^N", "sin(log(x'*x))", ["v", "u"]),
        ("u in R^N", "sin(log(u'*u))", ["w", "v"]),
        ("x in R^N", "x'*x", []),
        ("x in R^N; A in R^(N x N)", "tanh(A*x)", ["u"]),
        ("x in R^N", "exp(-2*x)", []),
    ],
)
def test_names_of_split_links(given: str, written: str, names: list[str]) -> None:
    wrt = given[0]
    chain = decompose(parse_statement(given.split("; "), [written], wrt))
    assert [link.symbol.name for link in chain.links[1:]] == names


# -- several paths --------------------------------------------------------------------------------------------------

SEVERAL = {
    "Rayleigh quotient": (
        "x in R^N; A in R^(N x N)",
        ["x'*A*x/(x'*x)"],
        "(x'*(A + A'))/(x'*x) - 2*(x'*A*x)*x'/(x'*x)^2",
    ),
    "normalised": ("x in R^N", ["x/norm2(x)"], "eye/norm2(x) - x*x'/norm2(x)^3"),
    "Student-t": (
        "x, mu in R^D; S in R^(D x D) invertible; k in R positive",
        ["-(k + 1)/2*log(1 + (x - mu)'*inv(S)*(x - mu)/k)"],
        "-(k + 1)/(2*k)*(x - mu)'*(inv(S) + inv(S)')/(1 + (x - mu)'*inv(S)*(x - mu)/k)",
    ),
    "layer norm": (
        "x in R^N; c in R positive",
        ["f = y/sqrt(v + c)", "v = y'*y", "y = x - vector(m)", "m = 1/4*sum(x)"],
        None,
    ),
    "product of forms": ("x in R^N; A in R^(N x N)", ["(x'*A*x)*(A*x) - x/(1 + x'*x)"], None),
    "gate": ("x in R^N; A, B in R^(M x N)", ["f = p.*q", "p = sigmoid(A*x)", "q = tanh(B*x)"], None),
    "residual": ("x in R^N; A in R^(N x N)", ["f = z'*z", "z = y + tanh(A*y)", "y = x + tanh(A*x)"], None),
    "vae": (
        "x in R^D; mu, lv, eps in R^K; W in R^(D x K)",
        ["f(z, mu) = -1/2*norm2(x - W*z)^2 - 1/2*norm2(mu)^2", "z = t(mu) = mu + exp(1/2*lv).*eps"],
        "(x - W*(mu + exp(1/2*lv).*eps))'*W - mu'",
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_sums_over_paths(name: str) -> None:
    given, lines, expected = SEVERAL[name]
    found = solve(given, lines, "mu" if name == "vae" else "x")
    assert_verified(found)
    if expected is not None:
        wanted = expression(given, expected, found.value.shape)
        assert equal(wanted, found.value) or close(found, wanted)
    assert np.allclose(accumulated(found), numbers(found, found.value)[0], rtol=1e-9, atol=1e-12)


def numbers(found: Derivation, *nodes: Node) -> list[np.ndarray]:
    """The values of expressions at one point of the derivation."""
    instances = Instances(
        {*found.statement.declarations, *(s for node in nodes for s in node.symbols)}, found.definitions
    )
    sizes = dict(zip("DEKMN", (3, 4, 2, 4, 3), strict=True))
    point = next(point for _, point in instances.points(sizes, {}, frozenset()))
    return [point.value(node)[0] for node in nodes]


def close(found: Derivation, wanted: Node) -> bool:
    """Whether the derivative has the values of another expression at that point."""
    value, other = numbers(found, wanted, found.value)
    return np.allclose(value, other, rtol=1e-10)


def accumulated(found: Derivation) -> np.ndarray:
    """The total derivative added up over the graph with the numbers of the partials, from the variable outwards."""
    table = {(p.of, p.wrt): p.value for p in found.partials}
    totals: dict[n.Symbol, np.ndarray] = {}
    chain = Chain(found.links, found.statement.wrt)
    width = numbers(found, chain.wrt)[0].size
    totals[chain.wrt] = np.eye(width)
    for link in reversed(chain.varying()):
        parts = [
            numbers(found, table[link.symbol, argument])[0] @ totals[argument] for argument in chain.arguments(link)
        ]
        totals[link.symbol] = np.sum(parts, axis=0)
    return totals[chain.links[0].symbol]


def test_direct_and_total_derivatives_are_told_apart() -> None:
    given, lines, _ = SEVERAL["vae"]
    found = solve(given, lines, "mu")
    direct = next(p for p in found.partials if p.of is found.links[0].symbol and p.wrt.name == "mu")
    assert not direct.total
    assert equal(direct.value, expression(given, "-mu'", direct.value.shape))
    assert not equal(direct.value, found.value)


def test_an_intermediate_variable_holds_what_is_before_it_fixed() -> None:
    given, lines = PARTS["a"][:2]
    found = solve(given, lines, "y")
    expected = expression(
        given, "-1/2*exp(-1/2*y'*inv(S)*y)*y'*(inv(S) + inv(S)')", found.value.shape, [found.statement.wrt]
    )
    assert equal(found.value, expected)
    assert [link.symbol.name for link in found.links] == ["f", "z"]
    assert_verified(found)
    assert_verified(solve(given, lines, "z"))
    assert solve(given, lines, "z").value.shape.is_scalar


def test_a_matrix_between_scalars_is_joined_by_a_trace() -> None:
    given = "W in R^(D x K); S in R^(D x D) positive-definite; s in R positive"
    lines = ["f(C) = logdet(C) + tr(inv(C)*S)", "C = g(s) = W*W' + s^2*eye"]
    found = solve(given, lines, "s")
    assert_verified(found)
    expected = "2*s*tr(inv(W*W' + s^2*eye)) - 2*s*tr(inv(W*W' + s^2*eye)*S*inv(W*W' + s^2*eye))"
    wanted = expression(given, expected, found.value.shape)
    assert close(found, wanted)
    assert {(p.of.name, p.wrt.name): str(p.value.shape) for p in found.partials} == {
        ("f", "C"): "D×D",
        ("C", "s"): "D×D",
    }


# With Z = s²B: tr Z = s² tr B, ‖Z‖² = s⁴ tr(B′B); A, B and ∂z/∂Z are all square.
BETWEEN_SCALARS = {
    "a matrix": (["F = z*A", "z = sin(w)", "w = tr(Z)"], "2*s*tr(B)*cos(s^2*tr(B))*A"),
    "a vector": (["F = z*a", "z = sin(w)", "w = tr(Z)"], "2*s*tr(B)*cos(s^2*tr(B))*a"),
    "a row": (["F = z*a'", "z = sin(w)", "w = tr(Z)"], "2*s*tr(B)*cos(s^2*tr(B))*a'"),
    "without a link between": (["F = z*A", "z = norm2(Z)^2"], "4*s^3*tr(B'*B)*A"),
    "along two paths": (["F = z*A", "z = w*norm2(Z)^2", "w = tr(Z)"], "6*s^5*tr(B)*tr(B'*B)*A"),
    "beside another path": (["F = z*A + s*A", "z = sin(w)", "w = tr(Z)"], "(2*s*tr(B)*cos(s^2*tr(B)) + 1)*A"),
}


@pytest.mark.parametrize("case", BETWEEN_SCALARS)
@pytest.mark.parametrize("route", ["matrix", "component"])
def test_a_matrix_between_scalars_of_a_function_that_is_none(case: str, route: str) -> None:
    """∂z/∂Z times ∂Z/∂s, as matrices, is not dz/ds, also where A, ∂z/∂Z and ∂Z/∂s can be multiplied."""
    lines, expected = BETWEEN_SCALARS[case]
    given = "A, B in R^(N x N); a in R^N; s in R"
    found = solve(given, [*lines, "Z = s^2*B"], "s", route)
    assert_verified(found)
    if route == "matrix":  # by entries, tr(B′B) is found as a sum of squares
        assert_is(found, given, expected)


@pytest.mark.parametrize("wrt", ["W1", "W2", "b1", "x"])
def test_a_two_layer_network(wrt: str) -> None:
    given = "x in R^N; y, b2 in R^K; b1 in R^H; W1 in R^(H x N); W2 in R^(K x H)"
    whole = solve(given, "norm2(W2*tanh(W1*x + b1) + b2 - y)^2", wrt)
    chain = solve(given, ["f = norm2(e)^2", "e = W2*h + b2 - y", "h = tanh(a)", "a = W1*x + b1"], wrt)
    assert_verified(whole)
    assert_verified(chain)
    names = {link.symbol: link.expression for link in chain.kept}
    sizes = Instances(set(chain.statement.declarations), names)
    point = next(point for _, point in sizes.points({"N": 3, "K": 2, "H": 4}, {}, frozenset()))
    assert np.allclose(point.value(whole.value), point.value(chain.value), rtol=1e-10)


# -- long chains, many paths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [2, 8, 32, 128])
def test_long_chains(length: int) -> None:
    x = n.symbol("x")
    names = [*(n.symbol(f"z{k}") for k in range(length)), x]
    links = tuple(Link(names[k], b.apply("sin", names[k + 1])) for k in range(length))
    found = derive(Statement((x,), links, x), both=False)
    assert len(found.partials) == length
    value, factor = 0.7, 1.0
    for _ in range(length):
        value, factor = math.sin(value), factor * math.cos(value)
    result = found.value
    for link in reversed(found.kept):
        result = substitute(result, {link.symbol: link.expression})
    assert float(evaluate(result, {x: 0.7}, {})) == pytest.approx(factor, rel=1e-9)


@pytest.mark.parametrize("depth", [1, 3, 10])
def test_diamonds(depth: int) -> None:
    """Each level has two ways on, so that there are 2^depth paths: a_k = b_k + c_k, b_k = 2 a_k+1, c_k = -a_k+1."""
    lines = []
    for k in range(depth):
        lines += [f"a{k} = b{k} + c{k}", f"b{k} = 2*a{k + 1}", f"c{k} = sin(a{k + 1})"]
    lines.append(f"a{depth} = x'*x")
    found = derive(parse_statement(["x in R^N"], lines, "x"), both=False)
    assert len(found.partials) == 4 * depth + 1
    values = np.array([0.3, -0.2, 0.1])
    inner = values @ values
    factor = 1.0
    for _ in range(depth):
        factor *= 2 + math.cos(inner)
        inner = 2 * inner + math.sin(inner)
    actual = evaluate(found.value, {found.statement.wrt: values}, {"N": 3}, definitions=found.definitions)
    assert np.allclose(actual, factor * 2 * values, rtol=1e-9)
    whole = evaluate(found.value_without_names, {found.statement.wrt: values}, {"N": 3})
    assert np.allclose(whole, factor * 2 * values, rtol=1e-9)


# -- absent variables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "written", "wrt", "shape"),
    [
        ("x, y in R^N", "y'*y", "x", "1×N"),
        ("x in R^M; y in R^N", "y", "x", "N×M"),
        ("t in R; A in R^(M x N)", "A", "t", "M×N"),
        ("t in R; x in R^N", "x'*x", "t", "1×1"),
        ("X in R^(P x Q); x in R^N", "x'*x", "X", "P×Q"),
        ("X in R^(P x Q); x in R^N", "x", "X", "N×P*Q"),
        ("X in R^(P x Q); A in R^(M x N)", "A", "X", "M*N×P*Q"),
        ("x in R^N", "7", "x", "1×N"),
    ],
)
def test_a_derivative_by_an_absent_variable_is_a_zero_with_its_full_shape(
    given: str, written: str, wrt: str, shape: str
) -> None:
    found = solve(given, written, wrt)
    assert b.is_zero(found.value)
    assert str(found.value.shape) == shape
    assert found.partials == ()
    assert_verified(found)


def test_a_name_for_a_part_of_a_product_does_not_hide_a_path() -> None:
    """The name u = ‖p‖² b stands in 3 a u, which is no product with u as it is written; both paths lead to p."""
    lines = ("(arctan(a*3*norm2(p)^2*b)*arctan(a*3*norm2(p)^2*b) + 1)^arctan(c + sum(p))",)
    derivation = derive(parse_statement(["p in R^N", "a, b, c in R"], lines, "p"))
    assert_verified(derivation)
    assert derivation.combination[0].rule == "sum-over-paths"


NORMALISED = ["L = g'*y", "y = c/s", "s = sqrt(c'*c/dim(N))", "c = x - vector(sum(x)/dim(N))"]


def test_a_projection_that_leaves_a_centred_vector_as_it_is_drops_out_by_its_name():
    found = derive(parse_statement(["x, g in R^N"], NORMALISED, "x"))
    said = [claim.reason.template for claim in found.combination]
    assert "The entries of {2} add up to 0, so {0} = {1}." in said
    assert "Substitute {0} = {1}." not in said  # c is not written out to see it, and named again
    assert_verified(found)


def test_of_another_vector_no_such_thing_is_said():
    lines = ["L = g'*y", "y = c - c'*c*vector(sum(c)/dim(N))", "c = 2*x"]
    found = derive(parse_statement(["x, g in R^N"], lines, "x"))
    assert not any("add up to 0" in claim.reason.template for claim in found.combination)
    assert_verified(found)


def test_a_column_before_a_matrix_is_no_projected_vector():
    lines = ["f = a'*c", "c = (eye(N) - w*w')^2*z", "z = exp(y)"]
    found = derive(parse_statement(["a, y, w in R^N"], lines, "w"))
    assert not any(
        "add up to 0" in c.reason.template or "definition of" in c.reason.template for c in found.combination
    )
    assert_verified(found)


def test_names_that_are_put_back_are_told():
    lines = ["L = g'*y", "y = w.*x/r", "r = sqrt(x'*x/dim(N) + c)"]
    found = derive(parse_statement(["x, w, g in R^N", "c in R positive"], lines, "x"))
    last = found.combination[-1].reason
    assert last.template == "Substitute back {0} = {1}."
    assert [text(value) for value in last.values if isinstance(value, Node)] == ["y", "w.*x/r"]
