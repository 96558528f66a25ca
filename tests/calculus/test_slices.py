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
