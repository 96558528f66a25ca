"""Slices with open ends and `end`: what they mean, what NumPy would mean by them, and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jacobook.facade import check, derive
from jacobook.language import LanguageError, parse_statement

GIVEN = ["w in R^n", "X in R^(n x m)", "b in R^p"]
SHAPES = {"w": (6,), "X": (6, 3), "b": (4,)}
FUNCTIONS: dict[str, Any] = {
    "w[:p]'*b": lambda w, X, b: w[:4] @ b,
    "sum(w[2:].^3)": lambda w, X, b: np.sum(w[1:] ** 3),
    "sum(w[p:].^3)": lambda w, X, b: np.sum(w[3:] ** 3),
    "w[1:end]'*w": lambda w, X, b: w @ w,
    "w[2:end]'*w[1:end-1]": lambda w, X, b: w[1:] @ w[:-1],
    "w[end]^2 + w[end-1]": lambda w, X, b: w[-1] ** 2 + w[-2],
    "sum(w[:end-2].^2)": lambda w, X, b: np.sum(w[:-2] ** 2),
    "norm2(w[3:] - 2*w[2:end-1] + w[1:end-2])^2": lambda w, X, b: np.sum(np.diff(w, 2) ** 2),
    "sum(w[:p].*b)/p": lambda w, X, b: w[:4] @ b / 4,
    "sum(exp(X[:p, :]))": lambda w, X, b: np.sum(np.exp(X[:4])),
    "norm2(X[:, 2:])^2": lambda w, X, b: np.sum(X[:, 1:] ** 2),
    "norm2(X[1:p,:])^2*sum(X[end,:])": lambda w, X, b: np.sum(X[:4] ** 2) * np.sum(X[-1]),
    "b'*X[1:p, end]": lambda w, X, b: b @ X[:4, -1],
    "norm2(X[2:end, :] - X[1:end-1, :])^2": lambda w, X, b: np.sum(np.diff(X, axis=0) ** 2),
    "np.sum((w[1:] - w[:-1])**2)": lambda w, X, b: np.sum((w[1:] - w[:-1]) ** 2),
    "np.sum(X[:, 1:] * X[:, :-1])": lambda w, X, b: np.sum(X[:, 1:] * X[:, :-1]),
    "(w[p:] @ w[p:])": lambda w, X, b: w[4:] @ w[4:],
    "w[-3:] @ w[:3]": lambda w, X, b: w[-3:] @ w[:3],
    "np.sum(w[:-p]**2)": lambda w, X, b: np.sum(w[:-4] ** 2),
    "log(sum(exp(w[:p]))) - w[p:end]'*w[p:end]": lambda w, X, b: np.log(np.sum(np.exp(w[:4]))) - w[3:] @ w[3:],
}


def differences(function: Any, values: dict[str, Any], wrt: str) -> Any:
    result = np.empty(values[wrt].shape)
    for place in np.ndindex(*values[wrt].shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = values[wrt].copy()
            moved[place] += step
            ends.append(function(**{**values, wrt: moved}))
        result[place] = (ends[0] - ends[1]) / 2e-5
    return result


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_derivative_is_that_of_numpys_slices(function: str) -> None:
    random = np.random.default_rng(0)
    values = {name: random.uniform(0.5, 1.5, shape) for name, shape in SHAPES.items()}
    wrt = "X" if "X" in function else "w"
    worked = derive(function, given=GIVEN, wrt=wrt)
    assert worked.passed, worked.evidence
    names: dict[str, Any] = {"np": np}
    exec(worked.python, names)
    expected = differences(FUNCTIONS[function], values, wrt)
    np.testing.assert_allclose(names["derivative"](**values), expected, rtol=1e-7, atol=1e-7)
    answer = f"({worked.result})"
    assert check(function, given=GIVEN, wrt=wrt, answer=answer), answer


@pytest.mark.parametrize("declared", [["w in R^n"], ["w in R^n", "p in N"]])
def test_a_size_that_only_a_slice_has(declared: list[str]) -> None:
    worked = derive("sum(w[:p].^2)/p", given=declared, wrt="w")
    assert worked.passed
    assert "n is at least p" in worked.report("text")
    names: dict[str, Any] = {"np": np}
    exec(worked.python, names)
    w = np.array([1.0, -2.0, 3.0, 0.5])
    np.testing.assert_allclose(names["derivative"](w=w, p=3), [2 / 3, -4 / 3, 2.0, 0.0])
    assert check("sum(w[:p].^2)/p", given=declared, wrt="w", answer="[2*w[1:p]/p; vector(0, n - p)]'")
    assert not check("sum(w[:p].^2)/p", given=declared, wrt="w", answer="[w[1:p]/p; vector(0, n - p)]'")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sum(w[1:])", "`1:`: counted from 1 this is all of it, and in NumPy `w[2:end]`; did you mean `w[2:end]`?"),
        ("sum(w[:-1])", "in NumPy this is `w[1:end - 1]`; did you mean `w[1:end - 1]`?"),
        ("sum(w[-2:])", "in NumPy this is `w[end - 1:end]`"),
        ("sum(w[0:p])", "in NumPy this is `w[1:p]`"),
        ("sum(X[0:p, :])", "in NumPy this is `X[1:p, :]`"),
        ("sum(X[:, 1:])", "in NumPy `X[:, 2:end]`"),
        ("w[-1]", "`-1` is no place of `w`: they are 1, 2, …, `n` for the last; did you mean `end`?"),
        ("sum(w[1:n+1])", "`w` has n places here, and `1:n+1` goes beyond them"),
        ("sum(w[1:N])", "`N` is not a size of any declaration; did you mean `n`?"),
        ("sum(w[n:2])", "a slice goes from one place to a later one"),
        ("np.sum(w[1:3])", "places are counted from 1 here, and from 0 in NumPy"),
    ],
)
def test_what_has_two_readings_is_refused_with_what_would_fit(typed: str, said: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_statement(GIVEN, [typed], "w")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "remarks"),
    [
        ("sum(w[2:])", ["Places are counted from 1, and a slice includes both its ends."]),
        ("sum(w[1:p])", ["Places are counted from 1, and a slice includes both its ends."]),
        ("sum(w[:p])", []),
        ("sum(w[2:end])", []),
        ("sum(w[1:end-1])", []),
        ("np.sum(w[1:])", ["A slice is read as NumPy's", "w[2:n]"]),
        ("np.sum(w[:-1])", ["A slice is read as NumPy's", "w[1:n - 1]"]),
        ("np.sum(w[2:end])", []),
    ],
)
def test_a_word_is_said_where_numpy_means_something_else(typed: str, remarks: list[str]) -> None:
    notes = derive(typed, given=GIVEN, wrt="w", verify=False).notes
    assert bool(notes) == bool(remarks), notes
    assert all(remark in notes[0] for remark in remarks), notes


def test_a_variable_called_end_is_itself() -> None:
    worked = derive("end*sum(w[2:end])", given=["w in R^end", "n in R"], wrt="w", verify=False)
    assert worked.shape == ("1", "end")


def test_slices_in_latex() -> None:
    worked = derive(r"\|w_{2:} - w_{:n-1}\|^2", given=["w in R^n"], wrt="w", verify=False)
    other = derive("norm2(w[2:n] - w[1:n-1])^2", given=["w in R^n"], wrt="w", verify=False)
    assert worked.result == other.result


SHORT_SUMS: dict[str, tuple[list[str], str, Any]] = {
    "sum(i, 1, N-1, (x[i+1] - x[i])^2)": (["x in R^N"], "x", lambda x: np.sum(np.diff(x) ** 2)),
    "sum(i, 2, N-1, (x[i+1] - 2*x[i] + x[i-1])^2)": (["x in R^N"], "x", lambda x: np.sum(np.diff(x, 2) ** 2)),
    "sum(i, 1, N-1, abs(x[i+1] - x[i]))": (["x in R^N"], "x", lambda x: np.sum(np.abs(np.diff(x)))),
    "sum(i, 1, N-1, sqrt(1 + (x[i+1] - x[i])^2))": (["x in R^N"], "x", lambda x: np.sum(np.sqrt(1 + np.diff(x) ** 2))),
    "sum(i, 1, N-1, x[i]*x[i+1])": (["x in R^N"], "x", lambda x: x[1:] @ x[:-1]),
    "sum(i, 1, 3, x[i]^3)": (["x in R^N"], "x", lambda x: np.sum(x[:3] ** 3)),
    "sum(i, 1, p, x[i]*b[i])": (["x in R^N", "b in R^p"], "x", lambda x, b: x[:4] @ b),
    "sum(i, 2, p, (x[i] - b[i-1])^2)/p": (
        ["x in R^N", "b in R^p"],
        "b",
        lambda x, b: np.sum((x[1:4] - b[:-1]) ** 2) / 4,
    ),
    "-(N-1)/2*log(s) - sum(i, 2, N, (y[i] - a*y[i-1])^2)/(2*s)": (
        ["y in R^N", "a in R", "s in R positive"],
        "a",
        lambda y, a, s: -5 / 2 * np.log(s) - np.sum((y[1:] - a * y[:-1]) ** 2) / (2 * s),
    ),
    "sum(i, 2, N, (y[i] - a*y[i-1])^2)": (
        ["y in R^N", "a in R"],
        "y",
        lambda y, a: np.sum((y[1:] - a * y[:-1]) ** 2),
    ),
    "sum(t, 2, T, norm2(z[t] - A*z[t-1])^2)": (
        ["z[t] in R^D for t in 1..T", "A in R^(D x D)"],
        "A",
        lambda z, A: np.sum((z[1:] - z[:-1] @ A.T) ** 2),
    ),
    "sum(t, 2, T, norm2(z[t] - B*z[t-1])^2)": (
        ["z[t] in R^D for t in 1..T", "B in R^(D x D)"],
        "z",
        lambda z, B: np.sum((z[1:] - z[:-1] @ B.T) ** 2),
    ),
    "sum(i, 1, m-1, sum(j, 1, n, (U[i+1,j] - U[i,j])^2))": (
        ["U in R^(m x n)"],
        "U",
        lambda U: np.sum(np.diff(U, axis=0) ** 2),
    ),
}


@pytest.mark.parametrize("function", SHORT_SUMS)
def test_sums_that_are_shorter_than_their_arrays(function: str) -> None:
    given, wrt, truth = SHORT_SUMS[function]
    random = np.random.default_rng(1)
    shapes = {"x": (6,), "y": (6,), "b": (4,), "a": (), "s": (), "z": (6, 3), "A": (3, 3), "B": (3, 3), "U": (6, 4)}
    named = {declared[0] for declared in given} | ({"s"} if "s in R positive" in given else set())
    values = {name: np.asarray(random.uniform(0.5, 1.5, shapes[name])) for name in shapes if name in named}
    worked = derive(function, given=given, wrt=wrt)
    assert worked.passed, worked.evidence
    names: dict[str, Any] = {"np": np}
    exec(worked.python, names)
    found = names["derivative"](**values)
    np.testing.assert_allclose(found, differences(truth, values, wrt), rtol=1e-6, atol=1e-6)
    assert check(function, given=given, wrt=wrt, answer=worked.result)


def test_code_of_differences_forms_no_matrix() -> None:
    for function in ("sum(i, 1, N-1, (x[i+1] - x[i])^2)", "norm2(x[2:end] - x[1:end-1])^2"):
        body = derive(function, given=["x in R^N"], wrt="x", verify=False).python.split('"""')[-1]
        assert "np.eye" not in body
        assert "for" not in body
        assert "np.concatenate([np.zeros(1), " in body


def test_a_sum_in_parts_of_arrays_is_an_answer() -> None:
    function, given = "sum(i, 1, N-1, (x[i+1] - x[i])^2)", ["x in R^N"]
    answer = "2*[0; x[2:N] - x[1:N-1]]' - 2*[x[2:N] - x[1:N-1]; 0]'"
    assert check(function, given=given, wrt="x", answer=answer)
    assert not check(function, given=given, wrt="x", answer=answer.replace(" - 2", " + 2"))
