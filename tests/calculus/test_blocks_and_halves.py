"""Sizes that are sums, arrays put together from blocks, slices that end at sizes, and vech.

The expected derivatives were written down by hand, and do not rest on the engine's answers: the functions are written
a second time, in NumPy, and differentiated by the complex step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jacobook import Worked, check, derive
from jacobook.language import parse_statement
from jacobook.language.errors.language_error import LanguageError
from jacobook.rendering.numpy_code.example_source import function_source

Array = NDArray[Any]
STEP = 1e-30


@dataclass(frozen=True)
class Case:
    """A function, the variable, the derivative as a book has it, and the function once more in NumPy."""

    expression: str
    given: tuple[str, ...]
    wrt: str
    expected: str
    function: Callable[..., Array]
    shapes: dict[str, tuple[str, ...]]
    """The axes of the arguments, as sums of sizes."""
    definite: frozenset[str] = field(default=frozenset())
    """Arguments that are stacked halves of a positive definite matrix, or such a matrix itself."""


def stack(*arrays: Array) -> Array:
    return np.concatenate([np.atleast_1d(array) for array in arrays])


def block(*rows: list[Array]) -> Array:
    return np.concatenate([np.concatenate(row, axis=1) for row in rows], axis=0)


def lower_half(matrix: Array) -> Array:
    side = len(matrix)
    return np.array([matrix[i, j] for j in range(side) for i in range(j, side)])


def from_lower_half(half: Array) -> Array:
    side = int((np.sqrt(8 * len(half) + 1) - 1) / 2)
    result = np.zeros((side, side), dtype=half.dtype)
    entries = iter(half)
    for j in range(side):
        for i in range(j, side):
            result[i, j] = result[j, i] = next(entries)
    return result


def squared(x: Array) -> Array:
    return np.sum(x * x)


def with_ones(X: Array) -> Array:
    return np.concatenate([X, np.ones((len(X), 1))], axis=1)


def logdet(x: Array) -> Array:
    return np.log(np.linalg.det(x))


QUADRATIC = ("x in R^n", "y in R^m", "A in R^(n x n) symmetric", "B in R^(n x m)", "C in R^(m x m) symmetric")
QUADRATIC_SHAPES = {"x": ("n",), "y": ("m",), "A": ("n", "n"), "B": ("n", "m"), "C": ("m", "m")}
RIDGE = ("X in R^(n x p)", "y in R^n", "l in R positive", "w in R^p")
RIDGE_SHAPES = {"X": ("n", "p"), "y": ("n",), "l": (), "w": ("p",)}
DESIGN = ("X in R^(n x p)", "y in R^n", "w in R^(p+1)")
DESIGN_SHAPES = {"X": ("n", "p"), "y": ("n",), "w": ("p+1",)}
LINE = ("X in R^(n x p)", "y in R^n", "w in R^p", "b in R")
LINE_SHAPES = {"X": ("n", "p"), "y": ("n",), "w": ("p",), "b": ()}
HALF = ("s in R^(n(n+1)/2)",)


def quadratic(x: Array, y: Array, A: Array, B: Array, C: Array) -> Array:
    z = stack(x, y)
    return z @ block([A, B], [B.T, C]) @ z


def ridge(X: Array, y: Array, l: Array, w: Array) -> Array:  # noqa: E741
    whole = np.concatenate([X, np.sqrt(l) * np.eye(X.shape[1])])
    return squared(whole @ w - stack(y, np.zeros(X.shape[1])))


def line(X: Array, y: Array, w: Array, b: Array) -> Array:
    return squared(X @ w + b - y)


FORM = "[x; y]'*[A, B; B', C]*[x; y]"
SLOPES = "[matrix(0, n-1, 1), eye(n-1)] - [eye(n-1), matrix(0, n-1, 1)]"
CASES = {
    "a quadratic form in blocks, by x": Case(
        FORM, QUADRATIC, "x", "2*x'*A + 2*y'*B'", quadratic, QUADRATIC_SHAPES
    ),
    "a quadratic form in blocks, by y": Case(
        FORM, QUADRATIC, "y", "2*x'*B + 2*y'*C", quadratic, QUADRATIC_SHAPES
    ),
    "a quadratic form in blocks, by a block that stands in it twice": Case(
        FORM, QUADRATIC, "B", "2*x*y'", quadratic, QUADRATIC_SHAPES
    ),
    "a quadratic form in blocks, by one block": Case(
        "[x; y]'*[A, B; D, C]*[x; y]", (*QUADRATIC, "D in R^(m x n)"), "D", "y*x'",
        lambda x, y, A, B, C, D: stack(x, y) @ block([A, B], [D, C]) @ stack(x, y),
        {**QUADRATIC_SHAPES, "D": ("m", "n")},
    ),
    "ridge regression as least squares, by w": Case(
        "norm2([X; sqrt(l)*I]*w - [y; 0])^2", RIDGE, "w", "2*(X*w - y)'*X + 2*l*w'", ridge, RIDGE_SHAPES
    ),
    "ridge regression as least squares, by X": Case(
        "norm2([X; sqrt(l)*I]*w - [y; 0])^2", RIDGE, "X", "2*(X*w - y)*w'", ridge, RIDGE_SHAPES
    ),
    "ridge regression as least squares, by its strength": Case(
        "norm2([X; sqrt(l)*I]*w - [y; 0])^2", RIDGE, "l", "w'*w", ridge, RIDGE_SHAPES
    ),
    "least squares with a column of ones": Case(
        "norm2([X, vector(1)]*w - y)^2", DESIGN, "w", "2*([X, vector(1)]*w - y)'*[X, vector(1)]",
        lambda X, y, w: squared(with_ones(X) @ w - y), DESIGN_SHAPES,
    ),
    "least squares with an intercept that is stacked, by w": Case(
        "norm2([X, vector(1)]*[w; b] - y)^2", LINE, "w", "2*(X*w + vector(b) - y)'*X", line, LINE_SHAPES
    ),
    "least squares with an intercept that is stacked, by the intercept": Case(
        "norm2([X, vector(1)]*[w; b] - y)^2", LINE, "b", "2*sum(X*w + vector(b) - y)", line, LINE_SHAPES
    ),
    "least squares with slices of the coefficients": Case(
        "norm2(X*w[1:p] + vector(w[p+1]) - y)^2", DESIGN, "w", "2*([X, vector(1)]*w - y)'*[X, vector(1)]",
        lambda X, y, w: squared(X @ w[:-1] + w[-1] - y), DESIGN_SHAPES,
    ),
    "logistic regression with a column of ones": Case(
        "sum(log(1 + exp([X, vector(1)]*w))) - y'*[X, vector(1)]*w", DESIGN, "w",
        "(sigmoid([X, vector(1)]*w) - y)'*[X, vector(1)]",
        lambda X, y, w: np.sum(np.log1p(np.exp(with_ones(X) @ w))) - y @ with_ones(X) @ w, DESIGN_SHAPES,
    ),
    "a stack, by its upper part": Case(
        "[x; y]", ("x in R^n", "y in R^m"), "x", "[eye(n); matrix(0, m, n)]",
        lambda x, y: stack(x, y), {"x": ("n",), "y": ("m",)},
    ),
    "a stack, by its lower part": Case(
        "[x; 2*y]", ("x in R^n", "y in R^m"), "y", "[matrix(0, n, m); 2*eye(m)]",
        lambda x, y: stack(x, 2 * y), {"x": ("n",), "y": ("m",)},
    ),
    "a stack of products": Case(
        "[A*x; B*x]", ("A in R^(n x p)", "B in R^(m x p)", "x in R^p"), "x", "[A; B]",
        lambda A, B, x: stack(A @ x, B @ x), {"A": ("n", "p"), "B": ("m", "p"), "x": ("p",)},
    ),
    "a stack with a scalar, by the scalar": Case(
        "[x; t]", ("x in R^n", "t in R"), "t", "unit(n+1, n+1)",
        lambda x, t: stack(x, t), {"x": ("n",), "t": ()},
    ),
    "a block row times a stack": Case(
        "[A, B]*[x; y]", ("A in R^(p x n)", "B in R^(p x m)", "x in R^n", "y in R^m"), "y", "B",
        lambda A, B, x, y: A @ x + B @ y, {"A": ("p", "n"), "B": ("p", "m"), "x": ("n",), "y": ("m",)},
    ),
    "the norm of a stack": Case(
        "norm2([A*x - b; x])", ("A in R^(m x n)", "b in R^m", "x in R^n"), "x",
        "((A*x - b)'*A + x')/sqrt(norm2(A*x - b)^2 + x'*x)",
        lambda A, b, x: np.sqrt(squared(A @ x - b) + squared(x)), {"A": ("m", "n"), "b": ("m",), "x": ("n",)},
    ),
    "an upper part of a vector": Case(
        "w[1:p]'*w[1:p]", ("w in R^(p+1)",), "w", "[2*w[1:p]; 0]'", lambda w: squared(w[:-1]), {"w": ("p+1",)}
    ),
    "the last entry of a vector": Case(
        "w[p+1]^3", ("w in R^(p+1)",), "w", "3*w[p+1]^2*unit(p+1, p+1)'", lambda w: w[-1] ** 3, {"w": ("p+1",)}
    ),
    "differences of neighbours": Case(
        "x[2:n] - x[1:n-1]", ("x in R^n",), "x", SLOPES, lambda x: x[1:] - x[:-1], {"x": ("n+1",)}
    ),
    "the sum of squared differences": Case(
        "norm2(x[2:n] - x[1:n-1])^2", ("x in R^n",), "x", f"2*(x[2:n] - x[1:n-1])'*({SLOPES})",
        lambda x: squared(x[1:] - x[:-1]), {"x": ("n+1",)},
    ),
    "the trace of a leading block": Case(
        "tr(A[1:p, 1:p])", ("A in R^((p+1) x (p+1))",), "A",
        "[eye(p), matrix(0, p, 1); matrix(0, 1, p), matrix(0, 1, 1)]",
        lambda A: np.trace(A[:-1, :-1]), {"A": ("p+1", "p+1")},
    ),
    "a column below the corner": Case(
        "b'*A[1:p, p+1]", ("A in R^((p+1) x (p+1))", "b in R^p"), "A", "[b; 0]*unit(p+1, p+1)'",
        lambda A, b: b @ A[:-1, -1], {"A": ("p+1", "p+1"), "b": ("p",)},
    ),
    "the log-determinant of blocks": Case(
        "logdet([A, B; B', C])", QUADRATIC[2:], "B",
        "2*inv([A, B; B', C])[1:n, n+1:n+m]",
        lambda A, B, C: logdet(block([A, B], [B.T, C])),
        {"A": ("n", "n"), "B": ("n", "m"), "C": ("m", "m")}, frozenset("AC"),
    ),
    "a recurrent layer, by its state": Case(
        "tanh(W*[h; x] + b)", ("W in R^(p x (n+m))", "h in R^n", "x in R^m", "b in R^p"), "h",
        "diag(1 - tanh(W*[h; x] + b).^2)*W[:, 1:n]",
        lambda W, h, x, b: np.tanh(W @ stack(h, x) + b),
        {"W": ("p", "n+m"), "h": ("n",), "x": ("m",), "b": ("p",)},
    ),
    "a recurrent layer, by its matrix": Case(
        "sum(tanh(W*[h; x] + b))", ("W in R^(p x (n+m))", "h in R^n", "x in R^m", "b in R^p"), "W",
        "(1 - tanh(W*[h; x] + b).^2)*[h; x]'",
        lambda W, h, x, b: np.sum(np.tanh(W @ stack(h, x) + b)),
        {"W": ("p", "n+m"), "h": ("n",), "x": ("m",), "b": ("p",)},
    ),
    "vech": Case("vech(A)", ("A in R^(n x n)",), "A", "elimination(n)", lambda A: lower_half(A), {"A": ("n", "n")}),
    "a linear function of vech": Case(
        "u'*vech(A)", ("A in R^(n x n)", "u in R^(n(n+1)/2)"), "A", "unvec(elimination(n)'*u, n, n)",
        lambda A, u: u @ lower_half(A), {"A": ("n", "n"), "u": ("half",)},
    ),
    "a trace, by vech": Case(
        "tr(A*unvech(s))", ("A in R^(n x n)", *HALF), "s", "vec(A)'*duplication(n)",
        lambda A, s: np.trace(A @ from_lower_half(s)), {"A": ("n", "n"), "s": ("half",)},
    ),
    "a quadratic form, by vech": Case(
        "x'*unvech(s)*x", ("x in R^n", *HALF), "s", "kron(x, x)'*duplication(n)",
        lambda x, s: x @ from_lower_half(s) @ x, {"x": ("n",), "s": ("half",)},
    ),
    "a log-determinant, by vech": Case(
        "logdet(unvech(s))", HALF, "s", "vec(inv(unvech(s)))'*duplication(n)",
        lambda s: logdet(from_lower_half(s)), {"s": ("half",)}, frozenset("s"),
    ),
    "an inverse, from vech to vech": Case(
        "vech(inv(unvech(s)))", HALF, "s",
        "-elimination(n)*kron(inv(unvech(s)), inv(unvech(s)))*duplication(n)",
        lambda s: lower_half(np.linalg.inv(from_lower_half(s))), {"s": ("half",)}, frozenset("s"),
    ),
}  # fmt: skip


def axis(written: str, sizes: dict[str, int]) -> int:
    if written == "half":
        return sizes["n"] * (sizes["n"] + 1) // 2
    return sum(int(part) if part.isdigit() else sizes[part] for part in written.split("+"))


def point(case: Case, sizes: dict[str, int]) -> dict[str, Array]:
    random = np.random.default_rng(len(case.expression))
    values: dict[str, Array] = {}
    for name, axes in case.shapes.items():
        value = random.uniform(0.3, 1.4, tuple(axis(written, sizes) for written in axes))
        if name in case.definite and len(axes) == 1:
            root = random.normal(size=(sizes["n"], sizes["n"]))
            value = lower_half(root @ root.T + np.eye(sizes["n"]))
        elif name in case.definite or f"{name} in R^(n x n) symmetric" in case.given or name == "C":
            value = value + value.T + (5 * np.eye(len(value)) if name in case.definite else 0.0)
        values[name] = value
    return values


def slope(case: Case, values: dict[str, Array]) -> Array:
    """The derivative by the complex step, its axes those of the value and then those of the variable."""
    start = np.asarray(values[case.wrt], dtype=complex)
    columns = []
    for place in np.ndindex(start.shape):
        moved = start.copy()
        moved[place] += STEP * 1j
        columns.append(np.imag(case.function(**{**values, case.wrt: moved})) / STEP)
    stacked = np.stack([np.asarray(column) for column in columns], axis=-1)
    return stacked.reshape(stacked.shape[:-1] + start.shape)


@pytest.mark.parametrize("name", CASES)
def test_the_derivative_in_the_book(name: str) -> None:
    case = CASES[name]
    assert check(case.expression, given=list(case.given), wrt=case.wrt, answer=case.expected)


@pytest.mark.parametrize("name", CASES)
def test_a_book_with_a_wrong_sign_is_found_out(name: str) -> None:
    case = CASES[name]
    assert not check(case.expression, given=list(case.given), wrt=case.wrt, answer=f"-({case.expected})")


@cache
def derived(name: str) -> Worked:
    case = CASES[name]
    return derive(case.expression, given=list(case.given), wrt=case.wrt)


SIZES = ({"n": 3, "m": 2, "p": 4}, {"n": 2, "m": 3, "p": 1}, {"n": 1, "m": 1, "p": 1})


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_code_has_the_slope_of_the_function(name: str, sizes: dict[str, int]) -> None:
    case, derivation = CASES[name], derived(name)
    assert derivation.verdict == "checked"
    space: dict[str, object] = {"np": np}
    exec(derivation.python, space)
    values = point(case, sizes)
    found = space["derivative"](**values)  # type: ignore[operator]
    expected = slope(case, values)
    assert np.shape(found) == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


PRINTED = {
    "a quadratic form in blocks": (CASES["a quadratic form in blocks, by a block that stands in it twice"], "2*x*y'"),
    "ridge regression": (CASES["ridge regression as least squares, by w"], "2*(l*w' + (X*w - y)'*X)"),
    "a column of ones": (
        CASES["least squares with slices of the coefficients"],
        "2*(X*w[1:p] + vector(w[p + 1]) - y)'*[X, vector(1)]",
    ),
    "a layer": (CASES["a recurrent layer, by its state"], "diag(vector(1) - tanh(W*[h; x] + b).^2)*W[:, 1:n]"),
    "a log-determinant by vech": (CASES["a log-determinant, by vech"], "vec(inv(unvech(s)))'*duplication(n)"),
}  # fmt: skip


@pytest.mark.parametrize("name", PRINTED)
def test_printed_as_in_books(name: str) -> None:
    case, text = PRINTED[name]
    assert derive(case.expression, given=list(case.given), wrt=case.wrt).as_json()["text"] == text


@pytest.mark.parametrize(
    ("expression", "given", "says"),
    [
        ("[X, 1]*w", DESIGN, "did you mean `[X, vector(1)]`?"),
        ("[X; y]", DESIGN, "do not fit beside each other"),
        ("x[1:n+1]", ("x in R^n", "y in R^m"), "`x` has n places here, and `1:n+1` goes beyond them"),
        ("x[n+1]", ("x in R^n",), "`n+1` is none of them"),
        ("x + y", ("x in R^(n+1)", "y in R^(n+2)"), "`x` has n + 1 entries, `y` has n + 2 entries"),
        ("vech(A)", ("A in R^(n x m)",), "`vech` needs a square matrix"),
        ("unvech(x)", ("x in R^n",), "`unvech` needs a vector with N*(N + 1)/2 entries"),
        ("unvech(x)", ("x in R^4",), "`unvech` needs a vector with N*(N + 1)/2 entries"),
    ],
)
def test_what_does_not_fit_is_said(expression: str, given: tuple[str, ...], says: str) -> None:
    with pytest.raises(LanguageError) as caught:
        derive(expression, given=list(given), wrt=given[0].split()[0])
    assert says in caught.value.message


def test_sizes_that_are_equal_for_all_numbers_are_one() -> None:
    given = ["x in R^((n+1)^2)", "y in R^(n^2 + 2n + 1)"]
    assert derive("x'*y", given=given, wrt="x").as_json()["text"] == "y'"


OTHERS = {"torch": ("jnp.", "np."), "jax": ("torch.", " np."), "julia": ("torch.", "np.")}


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", ["a stack with a scalar, by the scalar", "a log-determinant, by vech"])
def test_the_code_for_a_library_calls_that_library_alone(language: Any, name: str) -> None:
    code = derived(name).code(language)
    assert not [other for other in OTHERS[language] if other in code]


def test_blocks_in_code() -> None:
    given = ["A in R^(m x n)", "b in R^m", "c in R^n", "t in R", "z in R^(n+1)"]
    worked = derive("[A, b; c', t]*z", given=given, wrt="z")
    assert "jnp.vstack([jnp.hstack([A, b[:, None]])" in worked.code("jax")
    assert "torch.cat([torch.cat([A, b[:, None]], dim=1)" in worked.code("torch")
    assert "vcat(hcat(A, reshape(b, :, 1)), hcat(c', fill(t, 1, 1)))" in worked.code("julia")


def test_a_size_that_is_worked_out_has_a_name_in_code() -> None:
    statement = parse_statement(["s in R^(n*(n+1)/2)"], ["logdet(unvech(s))"], "s")
    lines = function_source(statement, "f")
    assert lines[1] == "    n = (int((8 * s.shape[0] + 1) ** 0.5) - 1) // 2"
    assert sum("s.shape" in line for line in lines) == 1
    untouched = function_source(parse_statement(["w in R^(p+1)"], ["sum(w.^2)"], "w"), "f")
    assert untouched == ["def f(w):", "    return np.sum(w**2)"]


BY_INDICES: list[tuple[str, tuple[str, ...], str, str]] = [
    ("x[2:n]", ("x in R^n",), "x", "[matrix(0), eye]"),
    ("sum(x[2:n].^2)", ("x in R^n",), "x", "[0, 2*x[2:n]']"),
    ("[x; y]", ("x in R^n", "y in R^p"), "x", "[eye; matrix(0)]"),
    ("c'*[x; y]", ("x in R^n", "y in R^p", "c in R^(n+p)"), "y", "c[n+1:n+p]'"),
    ("norm2([X, vector(1)]*w - x)^2", ("X in R^(n x m)", "w in R^(m+1)", "x in R^n"), "w", ""),
    ("tr(A[1:p, 1:p])", ("A in R^((p+1) x (p+1))",), "A", "[eye(p), matrix(0); matrix(0), matrix(0)]"),
    ("tr(B*A[1:p, 2:p+1])", ("A in R^((p+1) x (p+1))", "B in R^(p x p)"), "A", "[matrix(0), B'; matrix(0), matrix(0)]"),
    ("[A, x]", ("A in R^(n x m)", "x in R^n"), "x", ""),
]


@pytest.mark.parametrize(("function", "given", "wrt", "expected"), BY_INDICES, ids=[one[0] for one in BY_INDICES])
def test_parts_and_blocks_by_indices(function: str, given: tuple[str, ...], wrt: str, expected: str) -> None:
    """The component route knows them as products with parts of identities, and both routes agree."""
    by_indices = derive(function, given=given, wrt=wrt, route="component")
    assert by_indices.passed, by_indices.evidence
    assert any(partial.component_route for partial in by_indices.derivation.partials)
    if expected:
        assert check(function, given=given, wrt=wrt, answer=expected)
        assert check(function, given=given, wrt=wrt, answer=by_indices.result)
