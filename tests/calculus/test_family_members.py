"""The derivative with respect to one member of a family, against differences in that member alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.family_members import by_member
from jacobook.facade import check, derive
from jacobook.language import LanguageError, parse_expression
from jacobook.verification.numeric.evaluate import evaluate

GIVEN = ["x[i] in R^D for i in 1..N", "m[j] in R^D for j in 1..M", "y in R^N", "w in R^D", "A in R^(D x D)"]
RANDOM = np.random.default_rng(11)
VALUES: dict[str, Any] = {
    "x": RANDOM.normal(size=(4, 3)), "m": RANDOM.normal(size=(2, 3)), "y": RANDOM.normal(size=4),
    "w": RANDOM.normal(size=3), "A": RANDOM.normal(size=(3, 3)),
}  # fmt: skip
FUNCTIONS: list[tuple[str, Callable[..., float], str]] = [
    ("sum(i, 1, N, (y[i] - w'*x[i])^2)", lambda x, m, y, w, A: ((y - x @ w) ** 2).sum(), "-2*(y[k] - w'*x[k])*w'"),
    (
        "sum(i != j, norm2(x[i] - x[j])^2)",
        lambda x, m, y, w, A: ((x[:, None] - x[None]) ** 2).sum(),
        "4*sum(j != k, 1, dim(N), x[k]' - x[j]')",
    ),
    ("sum(x.^2)", lambda x, m, y, w, A: (x**2).sum(), "2*x[k]'"),
    (
        "sum(i, 1, N, log(sum(j, 1, M, exp(x[i]'*m[j]))))",
        lambda x, m, y, w, A: np.log(np.exp(x @ m.T).sum(1)).sum(),
        "",
    ),
    ("x[1]'*A*x[2]", lambda x, m, y, w, A: x[0] @ A @ x[1], ""),
    ("sum(i, 1, N, x[i]'*A*x[i])", lambda x, m, y, w, A: np.einsum("ia,ab,ib", x, A, x), "x[k]'*(A + A')"),
]


@pytest.mark.parametrize(("function", "truth", "printed"), FUNCTIONS, ids=[one[0] for one in FUNCTIONS])
def test_the_row_is_the_derivative_by_the_member(function: str, truth: Callable[..., float], printed: str) -> None:
    for place in range(1, 5):
        slopes = np.zeros(3)
        for entry in range(3):
            ends = []
            for step in (1e-6, -1e-6):
                moved = VALUES["x"].copy()
                moved[place - 1, entry] += step
                ends.append(truth(**{**VALUES, "x": moved}))
            slopes[entry] = (ends[0] - ends[1]) / 2e-6
        for wrt in (f"x[{place}]", "x[k]", "x_k"):
            derivation = derive(function, given=GIVEN, wrt=wrt, verify=False).derivation
            claim = by_member(derivation)
            assert claim is not None
            letters = [one for one in walk(claim.right) if isinstance(one, n.RunningIndex) and one.name == "k"]
            symbols = {symbol: VALUES[symbol.name] for symbol in derivation.statement.declarations}
            at: dict[n.Node, n.Node] = {letter: parse_expression(str(place), ()) for letter in letters}
            found = evaluate(substitute(claim.right, at), symbols, {"N": 4, "M": 2, "D": 3})
            np.testing.assert_allclose(np.ravel(found), slopes, atol=1e-7)


@pytest.mark.parametrize(("function", "truth", "printed"), FUNCTIONS, ids=[one[0] for one in FUNCTIONS])
def test_json_is_about_the_member(function: str, truth: Any, printed: str) -> None:
    found = derive(function, given=GIVEN, wrt="x[k]", verify=False).as_json()
    assert (found["wrt"], found["input_shape"]) == ("x[k]", ["D"])
    assert not printed or found["text"] == printed
    assert any("`python` gives the derivatives with respect to all members of x" in note for note in found["notes"])
    json.dumps(found)
    whole = derive(function, given=GIVEN, wrt="x", verify=False).as_json()
    assert (whole["wrt"], whole["input_shape"]) == ("x", ["N", "D"])


def test_the_layout_turns_the_row_and_the_report_names_the_member() -> None:
    worked = derive("sum(i, 1, N, w'*x[i])", given=GIVEN, wrt="x[k]", layout="denominator")
    assert worked.passed
    assert worked.as_json()["text"] == "w"
    assert "With respect to x[k]\n  df/dx_k = w'" in worked.report("text")
    assert "With respect to" not in derive("sum(i, 1, N, w'*x[i])", given=GIVEN, wrt="x").report("text")


def test_letters_do_not_meet() -> None:
    """The letter of the member is that of no sum in the answer, nor of a variable."""
    function = "sum(i != j, norm2(x[i] - x[j])^2)"
    for letter in ("i", "j", "k", "l"):
        answer = derive(function, given=GIVEN, wrt=f"x[{letter}]", verify=False).as_json()["text"]
        found = re.fullmatch(r"4\*sum\((\w) != (\w), 1, dim\(N\), x\[(\w)\]' - x\[(\w)\]'\)", answer)
        assert found is not None
        inner, left_out, own, other = found.groups()
        assert left_out == own == letter
        assert inner == other != letter
    assert derive("sum(x.^2)", given=GIVEN, wrt="x[w]", verify=False).as_json()["wrt"] == "x[k]"


def test_of_a_vector_the_whole_family_is_told() -> None:
    found = derive("A*x[1]", given=GIVEN, wrt="x[1]", verify=False).as_json()
    assert (found["wrt"], found["input_shape"]) == ("x", ["N", "D"])
    assert any("its row of the result" in note for note in found["notes"])


SQUARES = "sum(i, 1, N, (y[i] - w'*x[i])^2)"
PAIRS = "sum(i != j, norm2(x[i] - x[j])^2)"


@pytest.mark.parametrize(
    ("function", "wrt", "answer", "verdict"),
    [
        (SQUARES, "x[k]", "-2*(y[k] - w'*x[k])*w'", "right"),
        (SQUARES, "x[k]", "-2*w'*(y[k] - x[k]'*w)", "right"),
        (SQUARES, "x_n", "-2*(y[n] - w'*x[n])*w'", "right"),
        (SQUARES, "x[k]", "-2*(y[k] - w'*x[k])*w", "other-layout"),
        (SQUARES, "x[k]", "2*(y[k] - w'*x[k])*w'", "factor"),
        (SQUARES, "x[k]", "-(y[k] - w'*x[k])*w'", "factor"),
        (SQUARES, "x[k]", "-2*(y[k] - w'*z)*w'", "wrong"),
        (SQUARES, "x[2]", "-2*(y[2] - w'*x[2])*w'", "right"),
        (SQUARES, "x[2]", "-2*(y[2] - w'*x[2])*w", "other-layout"),
        (SQUARES, "x[2]", "-2*(y[1] - w'*x[2])*w'", "wrong"),
        (PAIRS, "x[k]", "4*sum(j != k, 1, N, x[k]' - x[j]')", "right"),
        (PAIRS, "x[k]", "4*sum(j, 1, N, x[k] - x[j])", "other-layout"),
        (PAIRS, "x[k]", "4*N*x[k]' - 4*sum(j, 1, N, x[j])'", "right"),
        (PAIRS, "x[k]", "-4*sum(j != k, 1, N, x[j] - x[k])'", "right"),
        (PAIRS, "x[k]", "2*sum(j != k, 1, N, x[k]' - x[j]')", "factor"),
        ("sum(i, 1, N, w'*x[i])", "x[k]", "w'", "right"),
        ("sum(i, 1, N, w'*x[i])", "x[k]", "2*w'", "factor"),
        ("x[1]'*A*x[2]", "x[2]", "x[1]'*A", "right"),
        ("x[1]'*A*x[2]", "x[1]", "x[2]'*A", "assumption"),
    ],
)
def test_an_answer_by_one_member_is_compared(function: str, wrt: str, answer: str, verdict: str) -> None:
    checked = check(function, given=[*GIVEN, "z in R^D"], wrt=wrt, answer=answer)
    assert checked.verdict == verdict, checked
    assert bool(checked) == (verdict in ("right", "other-layout"))


def test_what_an_answer_by_one_member_does_not_know_is_said_at_its_place() -> None:
    answer = "-2*(y[k] - v'*x[k])*w'"
    with pytest.raises(LanguageError, match="`v` is not declared") as caught:
        check(SQUARES, given=GIVEN, wrt="x[k]", answer=answer)
    assert (caught.value.source, caught.value.column, caught.value.end_column) == (answer, 12, 13)


def test_an_answer_by_one_member_may_be_written_in_latex() -> None:
    assert check(SQUARES, given=GIVEN, wrt="x[k]", answer=r"-2(y_k - w^\top x_k)\,w^\top").verdict == "right"


def test_the_answer_by_all_members_is_compared_whichever_was_asked_for() -> None:
    function = "sum(i, 1, N, (y[i] - w'*x[i])^2)"
    assert check(function, given=GIVEN, wrt="x[k]", answer="-2*(y - x*w)*w'")
    assert not check(function, given=GIVEN, wrt="x[k]", answer="2*(y - x*w)*w'")
    assert check(function, given=GIVEN, wrt="x[k]", answer="y").verdict == "shape"
    assert check(function, given=GIVEN, wrt="x[k]", answer="A").verdict == "shape"
