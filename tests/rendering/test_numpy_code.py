"""The code of derivatives, run on real arrays."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import Dimension, matrix
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.rendering.numpy_code.function_source import numpy_source
from tests.rendering.expression_code import numpy_expression

RANDOM = np.random.default_rng(7)
D, M = 3, 2
X, Y, MU, U = (RANDOM.standard_normal(size) for size in (D, D, D, M))
S, A, B = (RANDOM.standard_normal(size) for size in ((D, D), (M, D), (D, M)))
VALUES: dict[str, Any] = {"x": X, "y": Y, "mu": MU, "u": U, "S": S, "A": A, "B": B, "s": 0.7, "k": np.ones((D, 1))}
SYMBOLS = parse_declarations(
    [
        "x, y, mu in R^D",
        "u in R^M",
        "S in R^(D x D) invertible",
        "A in R^(M x D)",
        "B in R^(D x M)",
        "s in R",
        "k in R^(D x 1)",
    ]
)
Function = Callable[..., Any]


def run(source: str) -> Function:
    namespace: dict[str, Any] = {"np": np}
    exec(compile(source, "<derivative>", "exec"), namespace)
    function: Function = namespace["derivative"]
    return function


def evaluated(node: Node) -> Any:
    with np.errstate(all="ignore"):
        return eval(numpy_expression(node, SYMBOLS), {"np": np, **VALUES})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x'*y", X @ Y),
        ("x*y'", np.outer(X, Y)),
        ("x*u'", np.outer(X, U)),
        ("x'*S", X @ S),
        ("A*x", A @ X),
        ("A*B", A @ B),
        ("s*x", 0.7 * X),
        ("x*s*y'", 0.7 * np.outer(X, Y)),
        ("x'*y*S", (X @ Y) * S),
        ("S*(x'*y)", (X @ Y) * S),
        ("k*y'", np.outer(np.ones(D), Y)),
        ("x'*k", X @ np.ones((D, 1))),
        ("k'*S", np.ones((1, D)) @ S),
        ("diag(x)*S", np.diag(X) @ S),
        ("S*diag(x)", S @ np.diag(X)),
        ("diag(x)*y", X * Y),
        ("y'*diag(x)", X * Y),
        ("diag(x)*diag(y)", np.diag(X * Y)),
        ("diag(x) + S", np.diag(X) + S),
        ("diag(S)", np.diag(S)),
        ("inv(S)*x", np.linalg.solve(S, X)),
        ("x'*inv(S)", np.linalg.solve(S.T, X)),
        ("inv(S)*B", np.linalg.inv(S) @ B),
        ("A*inv(S)", A @ np.linalg.inv(S)),
        ("x'*inv(S)'", np.linalg.inv(S) @ X),
        ("inv(S) + inv(S)'", np.linalg.inv(S) + np.linalg.inv(S).T),
        ("vector(1) - tanh(x).^2", 1 - np.tanh(X) ** 2),
        ("vector(1)'*x", X.sum()),
        ("x.^-1", 1 / X),
        ("1./x", 1 / X),
        ("2.^x", 2**X),
        ("S + s*eye", S + 0.7 * np.eye(D)),
        ("S^3", S @ S @ S),
        ("vec(A)", A.T.ravel()),
        ("kron(A, S)", np.kron(A, S)),
        ("sum(S)", S.sum()),
        ("norm1(A)", np.abs(A).sum()),
        ("norm2(A)", np.sqrt((A**2).sum())),
        ("logdet(S)", np.log(abs(np.linalg.det(S)))),
        ("tr(A*B)", np.trace(A @ B)),
        ("softmax(x)", np.exp(X) / np.exp(X).sum()),
        ("logsumexp(x)", np.log(np.exp(X).sum())),
        ("sigmoid(x)", 1 / (1 + np.exp(-X))),
        ("softplus(-x)", np.log(1 + np.exp(-X))),
        ("relu(x)", X * (X > 0)),
        ("x - (y - mu)", X - Y + MU),
        ("x./(2*y)", X / (2 * Y)),
        ("-(x + y).*mu", -(X + Y) * MU),
        ("1/3*x", X / 3),
        ("dim(D)*s", 2.1),
        ("x[1]*S[2, D]", X[0] * S[1, 2]),
        ("unit(2, D)", np.array([0.0, 1.0, 0.0])),
        ("unit(1, D)*unit(M, M)'", np.outer([1.0, 0, 0], [0, 1.0])),
        ("[s, 2]", np.array([0.7, 2])),
        ("[s; 2]", np.array([0.7, 2])),
        ("[1, 2; s, 4]*[s; 1]", np.array([2.7, 0.49 + 4])),
        ("(A*x)[2]", (A @ X)[1]),
    ],
)
def test_kinds_of_values(expression: str, expected: Any) -> None:
    found = np.asarray(evaluated(parse_expression(expression, SYMBOLS)))
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_vector_from_the_left_of_a_matrix_is_solved_not_inverted() -> None:
    assert numpy_expression(parse_expression("inv(S)*x", SYMBOLS), SYMBOLS) == "np.linalg.solve(S, x)"
    assert numpy_expression(parse_expression("x'*inv(S)", SYMBOLS), SYMBOLS) == "np.linalg.solve(S.T, x)"
    assert numpy_expression(parse_expression("diag(x)*S", SYMBOLS), SYMBOLS) == "x[:, None] * S"


def test_entries_sums_and_arrays_are_computed() -> None:
    x = next(s for s in SYMBOLS if s.name == "x")
    i, j = Index("i", Dimension.of("D")), Index("j", Dimension.of("D"))
    total = b.index_sum(i, b.entry(x, i) * b.entry(x, i))
    np.testing.assert_allclose(evaluated(total), X @ X)
    outer = b.array_of(b.entry(x, i) * b.entry(x, j) + b.delta(i, j), i, j, shape=matrix("D", "D"))
    np.testing.assert_allclose(evaluated(outer), np.outer(X, X) + np.eye(D))
    assert evaluated(b.entry(x, Dimension(2)) - b.entry(x, Dimension.of("D"))) == X[1] - X[2]


def test_what_has_no_value_is_refused() -> None:
    with pytest.raises(ValueError, match="Differential has no value"):
        numpy_expression(b.differential(SYMBOLS[0]), SYMBOLS)
    with pytest.raises(ValueError, match="no argument has the size Q"):
        numpy_expression(b.identity("Q"), SYMBOLS)


def test_quadratic_form_in_an_exponential(part: Callable[[str], Derivation]) -> None:
    found = run(numpy_source(part("a")))(x=X, mu=MU, S=S)
    inverse, y = np.linalg.inv(S), X - MU
    assert found.shape == (D,)
    np.testing.assert_allclose(found, -0.5 * np.exp(-0.5 * y @ inverse @ y) * y @ (inverse + inverse.T))


def test_trace_and_tanh(part: Callable[[str], Derivation]) -> None:
    np.testing.assert_allclose(run(numpy_source(part("b")))(x=X, sigma=2.0), 2 * X)
    found = run(numpy_source(part("c")))(x=X, A=A, b=U)
    np.testing.assert_allclose(found, np.diag(1 - np.tanh(A @ X + U) ** 2) @ A)


@pytest.mark.parametrize(
    ("given", "expression", "wrt", "arguments", "expected"),
    [
        (["x in R^D", "c in R"], "c", "x", {"x": X, "c": 1.0}, np.zeros(D)),
        (["x in R^D", "y in R^M"], "y", "x", {"x": X, "y": U}, np.zeros((M, D))),
        (["X in R^(M x D)", "c in R"], "c", "X", {"X": A, "c": 1.0}, np.zeros((M, D))),
        (["x, c in R"], "c", "x", {"x": 1.0, "c": 1.0}, np.zeros(())),
        (["x in R^D"], "2*x", "x", {"x": X}, 2 * np.eye(D)),
        (["x in R^3"], "sum(x)", "x", {"x": X}, np.ones(3)),
        (["x in R^D"], "norm1(x)", "x", {"x": np.array([0.0, -1.0, 2.0])}, [0, -1, 1]),
        (["x in R^D"], "sum(relu(x))", "x", {"x": np.array([0.0, -1.0, 2.0])}, [0, 0, 1]),
        (["x in R"], "softplus(x)", "x", {"x": -800.0}, 0.0),
        (["x in R"], "sigmoid(x)", "x", {"x": 800.0}, 0.0),
        (["x in R^D"], "logsumexp(x)", "x", {"x": 1000 + X}, np.exp(X) / np.exp(X).sum()),
        (["X in R^(D x D)"], "det(X)", "X", {"X": np.zeros((D, D))}, np.zeros((D, D))),
        (
            ["X in R^(D x D)"],
            "det(X)",
            "X",
            {"X": np.diag([2.0, 3.0, 0.0])},
            np.diag([0.0, 0.0, 6.0]),
        ),
        (["t in R", "x in R^D"], "exp(t*x)", "t", {"t": 0.3, "x": X}, X * np.exp(0.3 * X)),
        (["lambda in R", "x in R^D"], "lambda*x'*x", "x", {"lambda": 3.0, "x": X}, 6 * X),
        (["np, x in R^D"], "np'*x", "x", {"np": Y, "x": X}, Y),
        (["lambda, lambda_, variables in R"], "lambda*lambda_*variables", "lambda", None, 6.0),
        (["derivative, t, range, len in R"], "derivative*t*range*len", "t", None, 30.0),
    ],
)
def test_derivative(
    worked: Callable[..., Derivation],
    given: list[str],
    expression: str,
    wrt: str,
    arguments: dict[str, Any] | None,
    expected: Any,
) -> None:
    if arguments is None:
        names = [name.strip() for name in given[0].split(" in ")[0].split(",")]
        arguments = dict(zip(names, (2.0, 2.0, 3.0, 5.0) if len(names) == 4 else (5.0, 2.0, 3.0), strict=True))
    derivation = worked(given, [expression], wrt)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        found = np.asarray(run(numpy_source(derivation))(**arguments), float)
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_the_source_is_closed_form_and_says_what_it_returns(part: Callable[[str], Derivation]) -> None:
    source = numpy_source(part("a"))
    tree = ast.parse(source)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom | ast.For | ast.While)]
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert [argument.arg for argument in function.args.args] == ["x", "mu", "S"]
    documentation = ast.get_docstring(function)
    assert documentation is not None
    assert "shape (D,)" in documentation
    assert "inv(S)" in documentation
    assert "y = x - mu" in source, "a value used twice keeps its name in the chain"


@pytest.mark.parametrize(
    ("expression", "given", "values"),
    [
        ("vector(1, N)'*vector(z[1], N)", ["z in R^3", "g : R^N -> R"], {"N": 5}),
        ("vector(1, N)'*vector(N[1], N)", ["N in R^3", "g : R^N -> R"], {"N_1": 5}),
        ("vector(1, N)'*vector(z[1], N)*lambda", ["z in R^3", "lambda in R", "g : R^N -> R"], {"N": 5, "lambda": 2.0}),
    ],
)
def test_a_size_that_no_argument_tells_is_one(expression: str, given: list[str], values: dict[str, Any]) -> None:
    wrt = given[0].split()[0]
    source = numpy_source(derive(parse_statement(given, [expression], wrt), both=False))
    names: dict[str, Any] = {}
    exec(source, {"np": np}, names)
    found = names["derivative"](**{wrt: np.array([1.0, 2.0, 3.0])}, **values)
    assert found == pytest.approx(np.array([5.0 * values.get("lambda", 1.0), 0.0, 0.0]))
    assert "the size N, which no other argument tells" in source


def test_a_shared_value_is_not_called_like_a_derivative_of_a_function() -> None:
    given = [
        "p : R^E -> R positive",
        "q : R^E x R^F -> R positive",
        "t : R^G x R^F -> R^E",
        "nu in R^F",
        "epsilon in R^G",
    ]
    statement = parse_statement(given, ["log(p(z)) - log(q(z, nu))", "z = t(epsilon, nu)"], "nu")
    source = numpy_source(derive(statement))
    assigned = [line.split(" = ")[0].strip() for line in source.splitlines() if " = " in line]
    assert "s" in assigned
    assert not [name for name in assigned if name == "t" or name.startswith("t_")]
