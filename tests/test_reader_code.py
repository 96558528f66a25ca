"""A reader's function, run in a process of its own: what is said of it, and that nothing of ours breaks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from jacobook.facade import check_file
from jacobook.verification.reader_process import ReaderCodeError
from tests.commands import in_process

PRODUCT: dict[str, Any] = {"given": ["X in R^(M x N), W in R^(N x K)"], "wrt": "W", "form": "vjp"}
QUADRATIC: dict[str, Any] = {"given": ["A in R^(N x N), x in R^N"], "wrt": "x"}


def file(folder: Path, parameters: str, body: str) -> str:
    """A file with a function, as it is named to be checked."""
    (folder / "kernel.py").write_text(f"import numpy as np\ndef backward({parameters}):\n    {body}\n", "utf-8")
    return f"{folder / 'kernel.py'}:backward"


@pytest.mark.parametrize(
    ("parameters", "body", "verdict", "said"),
    [
        ("X, W, G", "return X.T @ G", "right", "Right: backward agrees with the derivative at 6 points"),
        ("W, dY, X", "return X.T @ dY", "right", "Right"),
        ("X, G", "return (X.T @ G).astype(np.float32)", "right", "as far as float32 can tell"),
        ("X, W, G", "return G @ W.T, X.T @ G", "right", "Right"),
        ("*inputs", "X, W, G = inputs; return X.T @ G", "right", "Right"),
        ("**inputs", "return inputs['X'].T @ inputs['G']", "right", "Right"),
        ("X, G", "X *= 2; return X.T @ G / 2", "right", "It changes X in place"),
        ("X, G", "return G.T @ X", "transpose", "returns the transpose of the vjp"),
        ("X, G", "return -X.T @ G", "factor", "has the wrong sign"),
        ("X, G", "return X.T @ G / len(X)", "factor", "off by the factor 1/M"),
        ("X, W, G", "return X @ W", "shape", "returns the shape (3, 2) instead of (5, 2) for K = 2, M = 3, N = 5"),
        (
            "X, G",
            "return (X.T @ G)[None]",
            "squeezed",
            "the numbers are right, but backward returns the shape (1, 5, 2)",
        ),
        ("X, G", "return X.T @ G * np.nan", "no-numbers", "returns NaN"),
        ("X, G", "return X.T @ G + 1", "wrong", "Not right. For "),
        ("X, G", "Y = X.T @ G; Y[-1] = 0; return Y", "entries", "wrong only in the last row"),
    ],
)
def test_a_vjp(tmp_path: Path, parameters: str, body: str, verdict: str, said: str) -> None:
    checked = check_file("X*W", **PRODUCT, code=file(tmp_path, parameters, body))
    assert (checked.verdict, said in repr(checked)) == (verdict, True), repr(checked)
    assert bool(checked) == (verdict == "right")


@pytest.mark.parametrize(
    ("body", "verdict", "said"),
    [
        ("return (A + A.T) @ x", "right", "Right"),
        ("return A @ x", "term", "lacks the term x'*A;"),
        ("return A @ x - A.T @ x", "term", "has the term x'*A with the wrong sign"),
        ("return A @ x + 3 * A.T @ x", "term", "has 3 times the term x'*A where"),
    ],
)
def test_which_term_is_missing(tmp_path: Path, body: str, verdict: str, said: str) -> None:
    checked = check_file("x'*A*x", **QUADRATIC, code=file(tmp_path, "A, x", body))
    assert (checked.verdict, said in repr(checked)) == (verdict, True), repr(checked)


@pytest.mark.parametrize(
    ("parameters", "body", "kind", "said"),
    [
        ("A, x", "return x @ x @ x", "raised", "kernel.py, line 3: ValueError: matmul"),
        ("A, x", "raise SystemExit", "raised", "kernel.py, line 3: SystemExit"),
        ("A, x", "return x..T", "raised", "kernel.py, line 3: SyntaxError: invalid syntax"),
        ("A, x", "return None", "value", "it returns nothing"),
        ("A, x", "return A, None", "value", "it returns nothing for x"),
        (
            "A, x",
            "return A, x, x",
            "value",
            "it returns a tuple of 3; return the one array that is asked for, or one for each",
        ),
        ("A, x", "return (A + A.T) @ x + 1j", "value", "it returns complex numbers"),
        ("ctx, x", "return x", "signature", "it takes ctx, which only its class can fill"),
        ("A, x", "raise ValueError('one\\ntwo')", "raised", "kernel.py, line 3: ValueError: one"),
        ("A, x", "return 'A'", "value", "it returns a str"),
        ("A, x, Q", "return x", "signature", "it takes Q; its arguments have to be among A, x"),
        ("A, x", "import os; os._exit(0)", "raised", "the process ended before backward had returned"),
    ],
)
def test_code_that_cannot_be_run(tmp_path: Path, parameters: str, body: str, kind: str, said: str) -> None:
    with pytest.raises(ReaderCodeError) as failed:
        check_file("x'*A*x", **QUADRATIC, code=file(tmp_path, parameters, body))
    assert (failed.value.kind, said in str(failed.value)) == (kind, True), str(failed.value)


def test_a_function_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(ReaderCodeError, match="took longer than 1 seconds and was stopped"):
        check_file("x'*A*x", **QUADRATIC, code=file(tmp_path, "A, x", "while True: pass"), seconds=1)


def test_the_reader_s_modules_are_not_run_in_our_process(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("def twice(A): return A + A.T\n", "utf-8")
    code = file(tmp_path, "A, x", "from neighbour import twice; return twice(A) @ x")
    assert check_file("x'*A*x", **QUADRATIC, code=code)
    assert "neighbour" not in sys.modules


ASKED = ("check", "x'*A*x", "--given", "A in R^(N x N), x in R^N", "--wrt", "x")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "your answer is missing: --answer EXPR, or --code FILE.py:FUNCTION"),
        (("--code", "kernel.py:f", "--answer", "x'"), 2, "--code goes without --answer"),
        (("--code", "kernel.py:f", "--order", "2"), 2, "--code goes without --order"),
        (("--answer", "x'", "--form", "vjp"), 2, "--form goes with --code"),
        (("--code", "kernel.py"), 2, "this is a file and a function in it"),
        (("--code", "no-such-file.py:f"), 2, "there is no such file"),
    ],
)
def test_the_command(arguments: tuple[str, ...], status: int, said: str) -> None:
    ran = in_process(*ASKED, *arguments)
    assert (ran.returncode, said in ran.stderr) == (status, True), ran.stderr


def test_the_command_answers_with_its_status(tmp_path: Path) -> None:
    right = in_process(*ASKED, "--code", file(tmp_path, "A, x", "return (A + A.T) @ x"), "--format", "json")
    assert (right.returncode, '"verdict": "right"' in right.stdout) == (0, True)
    wrong = in_process(*ASKED, "--code", file(tmp_path, "A, x", "return A @ x"))
    assert (wrong.returncode, wrong.stdout.startswith("Nearly: backward lacks the term")) == (1, True)
    failing = in_process(*ASKED, "--code", file(tmp_path, "A, x", "return 1 / 0"))
    assert (failing.returncode, failing.stderr) == (
        1,
        "Your code: kernel.py, line 3: ZeroDivisionError: division by zero\n",
    )


@pytest.mark.parametrize(("factor", "verdict"), [("", "right"), ("2 * ", "factor")])
def test_what_rounding_leaves_of_0_is_no_mistake(tmp_path: Path, factor: str, verdict: str) -> None:
    # With two entries the derivative of a layer norm is 0, and what is computed of it rounding.
    body = "x = x - x.mean(); s = np.sqrt((x**2).mean()); y = x / s; "
    body += f"return {factor}(g - g.mean() - y * (g * y).mean()) / s"
    (tmp_path / "kernel.py").write_text(f"import numpy as np\n\ndef backward(x, g):\n    {body}\n", "utf-8")
    code = f"{tmp_path / 'kernel.py'}:backward"
    checked = check_file("(x - mean(x)) ./ std(x)", given="x in R^N", wrt="x", form="vjp", code=code)
    assert checked.verdict == verdict
