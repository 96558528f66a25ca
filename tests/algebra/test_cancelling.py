"""What cancels, entry by entry and elsewhere: values at random points are the judge of every form."""

from __future__ import annotations

import numpy as np
import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.display.cancelling import cancelled
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.polynomials import divided
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.traverse import walk
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import text
from jacobook.verification.points.sampling import sample

SYMBOLS = parse_declarations(["x, y, s, l, u in R^N", "X, Y in R^(N x N)", "t in R"])
SIZES = {"N": 3}
RANDOM = np.random.default_rng(11)
POINTS = {s: RANDOM.uniform(0.2, 0.9, (5, 3 if s.shape.axes else 1, 3 if s.shape.is_matrix else 1)) for s in SYMBOLS}
SIGNED = {s: values * RANDOM.choice([-1.0, 1.0], values.shape) for s, values in POINTS.items()}

CANCELS = [
    ("x.*x", "x.^2"),
    ("x.*y.*x", "x.^2.*y"),
    ("y.*(y.*x)", "y.^2.*x"),
    ("x./y.*y", "x"),
    ("x.^3./x.^2", "x"),
    ("x.^2./x.^3", "vector(1)./x"),
    ("u./(l.^2).^2.*l", "u./l.^3"),
    ("s.*(vector(1) - s)./s", "vector(1) - s"),
    ("(vector(1) - y)./(vector(1) - s).*s.*(vector(1) - s)", "(vector(1) - y).*s"),
    ("y./(x.*y)", "vector(1)./x"),
    ("x./(2*x)", "1/2*vector(1, N)"),
    ("(t*x)./(x.*y)", "t*(vector(1)./y)"),
    ("x.*x.^-1", "vector(1, N)"),
    ("X./Y.*Y", "X"),
    ("(X./Y.*Y)'", "X'"),
    ("abs(x).*sign(x)", "x"),
    ("abs(x).^2", "x.^2"),
    ("abs(x).^3", "x.^2.*abs(x)"),
    ("abs(x).*sign(x).*sign(x)", "abs(x)"),
    ("sign(x).*x", "abs(x)"),
    ("sinh(x).^2./cosh(x)", "tanh(x).*sinh(x)"),
    ("sin(x)./cos(x)", "tan(x)"),
    ("exp(x)./(vector(1) + exp(x))", "sigmoid(x)"),
    ("exp(t)/(1 + exp(t))*x", "sigmoid(t)*x"),
    ("step(x).*step(x)", "step(x)"),
    ("relu(x).*step(x)", "relu(x)"),
    ("step(x).^2.*relu(x).^2.*y", "y.*relu(x).^2"),
    ("vector(1) - sigmoid(-x)", "sigmoid(x)"),
    ("sigmoid(-x).*sigmoid(x)./(vector(1) - sigmoid(-x))", "sigmoid(-x)"),
    ("y.*x.^-2", "y./x.^2"),
    ("t*x.*y - t*sigmoid(-t)*(x.*y)", "t*sigmoid(t)*(x.*y)"),
    ("(s - 3*s.^2 + 2*s.^3)./(s.*(vector(1) - s))", "vector(1) - 2*s"),
    ("(x.^2 - vector(1))./(x + vector(1))", "x - vector(1)"),
    ("(x.^2 - vector(1))./(x + vector(1)).*(x - vector(1))", "(x - vector(1)).^2"),
    ("(x.^2 - vector(1))./((x + vector(1)).*(x - vector(1)))", "vector(1, N)"),
    ("t^2/sqrt(t^2*(x'*y))^3*x'*y", "1/sqrt(t^2*(x'*y))"),
    ("x'*y/sqrt(x'*y*(s'*l))^3*u", "u/(s'*l*sqrt(x'*y*(s'*l)))"),
    ("x'*y*(x'*y*(s'*l))^(-3/2)*u", "u/(s'*l*(x'*y*(s'*l))^(1/2))"),
    ("t/l[1]^2*(t/l[1])^(t - 1)*x", "(t/l[1])^t/l[1]*x"),
    ("x.*(1./y)", "x./y"),
    ("diag(x)*vector(1)", "x"),
    ("X*diag(x)*vector(1)", "X*x"),
    ("y*vector(1)'*diag(x)*X", "y*x'*X"),
    ("sqrt(3)^3*x", "3*sqrt(3)*x"),
    ("4^(1/2)*x", "2*x"),
    ("exp(0)*x", "x"),
    ("t*t^(t - 1)*x", "t^t*x"),
    ("sign(x).*sign(x).*sign(x)", "sign(x)"),
    ("y + x./x", "y + vector(1)"),
    ("diag(x./y)*diag(y)", "diag(x)"),
    ("(y./s)'*s", "sum(y)"),
    ("(y./s)'*(diag(s) - s*s')", "y' - sum(y)*s'"),
    ("adj(X)/det(X)", "inv(X)"),
    ("t*Y*adj(X)'/det(X)^2", "t*Y*inv(X)'/det(X)"),
    ("tr(adj(X)*Y)/det(X)", "tr(inv(X)*Y)"),
    ("y'*adj(X)'*s/det(X)*X", "y'*inv(X)'*s*X"),
    ("tr(adj(X)*Y)*tr(inv(X)*Y)/det(X)", "tr(inv(X)*Y)^2"),
    ("tr(adj(X)*Y)*tr(inv(X)*Y)*X/det(X)^2", "tr(inv(X)*Y)^2*X/det(X)"),
    ("(vector(1) - y).*s.*x./x - y.*(vector(1) - s)", "s - y"),
    ("(eye(N) - x*x'/(x'*x))^2*y", "(eye(N) - x*x'/(x'*x))*y"),
    ("(eye(N) - x*x'/(x'*x))^3", "eye(N) - x*x'/(x'*x)"),
    ("X*(eye(N) - vector(1)*vector(1)'/dim(N))*(eye(N) - vector(1)*vector(1)'/dim(N))*y",
     "X*(eye(N) - vector(1)*vector(1)'/dim(N))*y"),
    ("tr(X*(eye(N) - x*x'/(x'*x))^2)", "tr(X*(eye(N) - x*x'/(x'*x)))"),
]  # fmt: skip
STAYS = [
    "x./y",
    "exp(x./y.*y)",
    "sqrt(x.^2)./x",
    "x./sqrt(x.^2)",
    "(x.^2).^(1/2)./x",
    "sign(x).^2",
    "step(x).*relu(y)",
    "step(x)./relu(x)",
    "vector(1) - sigmoid(x)",
    "vector(2) - sigmoid(-x)",
    "vector(1) + sigmoid(-x)",
    "(x.^2 + vector(1))./(x + vector(1))",
    "(x.*y)./(x + y)",
    "x'*y/sqrt(x'*y*(s'*l))*u",
    "diag(x)*vector(2)",
    "sign(x).*x.^2",
    "exp(x)./(vector(2) + exp(x))",
    "cosh(x)./sinh(x)",
    "2^(1/2)*x",
    "(x + y)./x",
    "(y./s)'*X*s",
    "adj(X)/det(Y)",
    "X*inv(Y)./X'",
    "(eye(N) - X)^2*x",
    "(eye(N) + x*x'/(x'*x))^2*y",
    "(eye(N) - x*x')^2*y",
]


def read(expression: str) -> Node:
    return parse_expression(expression, SYMBOLS)


@pytest.mark.parametrize(("before", "after"), CANCELS, ids=[before for before, _ in CANCELS])
def test_factors_cancel(before: str, after: str) -> None:
    node, wanted = read(before), read(after)
    found = collect(node)
    for points in (POINTS, SIGNED):
        np.testing.assert_allclose(sample(found, points, SIZES), sample(node, points, SIZES), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(sample(found, points, SIZES), sample(wanted, points, SIZES), rtol=1e-9, atol=1e-12)
    assert len(list(walk(found))) <= len(list(walk(wanted))) + 1, text(found)


@pytest.mark.parametrize("expression", STAYS)
def test_what_does_not_cancel_stays(expression: str) -> None:
    node = read(expression)
    assert cancelled(node).node is node
    np.testing.assert_allclose(sample(collect(node), SIGNED, SIZES), sample(node, SIGNED, SIZES), rtol=1e-9)


REPEATED = [
    "x.*s.*s - y.*s",
    "s.*s.*x.*l + s.*s.*s.*y - l.*s.*s",
    "diag(x.*s.*s) - diag(s.*y)",
    "s.*s.*x - s.*s.*y",
    "u.*(x./l.^2.*s).*s - u.*(x./l).*s",
]


@pytest.mark.parametrize("expression", REPEATED)
def test_a_factor_is_common_as_often_as_every_term_has_it(expression: str) -> None:
    node = read(expression)
    np.testing.assert_allclose(sample(collect(node), SIGNED, SIZES), sample(node, SIGNED, SIZES), rtol=1e-9)


@pytest.mark.parametrize("root", ["sqrt(x.^2)", "(x.^2).^(1/2)", "sqrt(X.^2)"])
def test_the_root_of_a_square_is_not_the_number_itself(root: str) -> None:
    node = read(root)
    base = next(part for part in walk(node) if isinstance(part, n.Symbol))
    assert not equal(node, base)


def test_it_says_what_cancelled() -> None:
    found = cancelled(read("x./y.*y + abs(x).*sign(x)"))
    assert [text(factor) for factor in found.factors] == ["y"]
    assert [(text(old), text(new)) for old, new in found.identities] == [("abs(x).*sign(x)", "x")]


@pytest.mark.parametrize(
    ("above", "below", "quotient"),
    [("x^2 - 2*x + 1", "x - 1", "x - 1"), ("x^3 - 8", "x - 2", "x^2 + 2*x + 4"), ("6*x", "3*x + 0", "2")],
)
def test_polynomials_are_divided(above: str, below: str, quotient: str) -> None:
    x = parse_declarations(["x in R"])
    found = divided(parse_expression(above, x), parse_expression(below, x))
    assert found is not None
    assert equal(found, parse_expression(quotient, x))


@pytest.mark.parametrize(
    ("above", "below"),
    [("x^2 + 1", "x - 1"), ("x*y", "x + 1"), ("abs(x)*x", "x + 1"), ("x", "3"), ("1", "x"), ("x^(1/2)", "x")],
)
def test_what_leaves_a_rest_is_not_divided(above: str, below: str) -> None:
    names = parse_declarations(["x, y in R"])
    assert divided(parse_expression(above, names), parse_expression(below, names)) is None


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("(x - y)' - (x - u)'", "(u - y)'"),
        ("x'*(X - X' + (X - X')')", "vector(0)'"),
        ("(x - vector(sum(x)/dim(N)))'*(eye - vector(1)*vector(1)'/dim(N))", "(x - vector(sum(x)/dim(N)))'"),
        ("diag(diag(X - diag(diag(X))))", "matrix(0)"),
        ("x.*s - y.*s", "s.*(x - y)"),
        ("s.*(vector(1) - s).^2 - s.^2.*(vector(1) - s)", "s.*(vector(1) - s).*(vector(1) - 2*s)"),
        ("vector(1)./(vector(1) + x) - x./(vector(1) + x).^2", "1./(vector(1) + x).^2"),
        ("exp(-x.^2) - x.^2.*exp(-x.^2)", "(vector(1) - x.^2).*exp(-x.^2)"),
        ("1 - exp(t)/(exp(t) + exp(2*t))", "exp(2*t)/(exp(t) + exp(2*t))"),
        ("x[1]/t - y[1]/(t + s[1]) - x[1]/(t + s[1])", "x[1]/t - (x[1] + y[1])/(t + s[1])"),
        ("(1 - t)*x*y' + X - (1 - t)*y*x'", "(1 - t)*(x*y' - y*x') + X"),
        ("X*Y*inv(X*Y + Y) - Y*X*Y*inv(X*Y + Y)", "(X - Y*X)*Y*inv(X*Y + Y)"),
        ("-inv(X)*Y*inv(X) + inv(X)", "inv(X) - inv(X)*Y*inv(X)"),
        ("Y - X*Y", "Y - X*Y"),
        ("x.*y - x", "x.*y - x"),
        ("diag(x) - diag(y)", "diag(x - y)"),
        ("X'*(X - Y) + (X - Y)'*X", "X'*(X - Y) + (X - Y)'*X"),
    ],
)
def test_brackets_in_which_terms_cancel_are_opened(expression: str, wanted: str) -> None:
    found = collect(read(expression))
    assert text(found) == text(parse_expression(wanted, SYMBOLS, found.shape))


IN_NUMBERS = parse_declarations(["a, b, c, k, r, t in R positive", "p, q in R^N positive"])


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("2*a/pi", "2*a/pi"),
        ("3/(2*pi^2)*a", "3*a/(2*pi^2)"),
        ("a^(k/2 - 1)*2^(k/2)", "a^(k/2 - 1)*2^(k/2)"),
        ("a^(k - 2)/a^(k - 1)", "1/a"),
        ("a^(k - 2)*(k - 1) - b*a^(k - 1)", "a^(k - 2)*(k - 1 - b*a)"),
        ("(a^(k/2 - 2)*(k/2 - 1) - a^(k/2 - 1)/2)/a^(k/2 - 1)", "(k/2 - 1 - a/2)/a"),
        ("a^k*b - a^t*c", "a^k*b - a^t*c"),
        ("a*(k + 1)/(k*(1 + a^2/k))", "a*(k + 1)/(k + a^2)"),
        ("t*a*(1/t + 1)/(b^2*(1 + t*a/b)) - 1/b", "(a*(1 + t)/(b + t*a) - 1)/b"),
        ("a*(1 + b)", "a*(1 + b)"),
        ("r*(1 - t/k) - r*t/k", "r - 2*r*t/k"),
        ("2*a*(1 - a)^2", "2*a*(1 - a)^2"),
        ("(a^k)^2*a^(1 - k)", "a^(k + 1)"),
        ("b*(1 + a)^k/(1 + a)^(2*k + 1)", "b/(1 + a)^(k + 1)"),
        ("sqrt(3)^2*a - b", "3*a - b"),
        ("(1 + a^2)/sqrt(1 + a^2)^3", "1/sqrt(1 + a^2)"),
        ("sqrt(1 + a^2)^4/(1 + a^2)", "1 + a^2"),
        ("r*a - r*b + r*t", "r*(a - b + t)"),
        ("r*a^2*b - 2*r*a*b", "r*a*b*(a - 2)"),
        ("3*a^3 - 4*a^2 + 2*a", "3*a^3 - 4*a^2 + 2*a"),
        ("r*a - r*b", "r*a - r*b"),
        ("p.*(1 - 1./p.^2)", "p - 1./p"),
        ("(1 - tanh(t)^2)/tanh(t)^2", "1/sinh(t)^2"),
        ("(1 + tan(t)^2)/tan(t)^3", "1/(tan(t)*sin(t)^2)"),
        ("1 - tanh(t)^2", "1 - tanh(t)^2"),
        ("1 + a + log(t) - (t/(t + a) + a/(t + a))", "a + log(t)"),
        ("vector(1) + log(p) - (p./(p + q) + q./(p + q))", "log(p)"),
        ("1/2*(vector(1) + log(p))' - 1/2*(p./(p + q) + q./(p + q))'", "1/2*log(p)'"),
    ],
)
def test_what_stands_in_numbers_is_as_books_print_it(expression: str, wanted: str) -> None:
    node = parse_expression(expression, IN_NUMBERS)
    found = collect(node)
    assert text(found) == wanted
    values = {s: RANDOM.uniform(0.2, 0.9, (5, 3 if s.shape.axes else 1, 1)) for s in IN_NUMBERS}
    np.testing.assert_allclose(sample(found, values, SIZES), sample(node, values, SIZES), rtol=1e-9)


@pytest.mark.parametrize("expression", ["t*sqrt(1 + a^2/t)", "3*t*a*(1 + a^2/t)^(1/2)", "a/(t*(1 + a^2/t)^(1/2))"])
def test_a_factor_that_may_be_negative_stays_outside_a_root(expression: str) -> None:
    node = parse_expression(expression, IN_NUMBERS)
    values = {s: np.full((1, 1, 1), -4.0 if s.name == "t" else 1.0) for s in IN_NUMBERS if not s.shape.axes}
    np.testing.assert_allclose(sample(collect(node), values, SIZES), sample(node, values, SIZES), rtol=1e-9)
