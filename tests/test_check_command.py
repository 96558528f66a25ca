"""`python -m jacobook check`: what is printed, and the exit status."""

from __future__ import annotations

import json

import pytest

from tests.commands import Ran, in_process

GIVEN = ("--given", "x in R^N", "--given", "A in R^(N x N)", "--wrt", "x")


def run(*arguments: str) -> Ran:
    return in_process("check", *arguments)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("x'*A*x", *GIVEN, "--answer", "x'*(A + A')"), 0, "Right: "),
        (("-x'*A*x", *GIVEN, "--answer", "-(A + A')*x"), 0, "Right, in the other layout: "),
        (("x'*A*x", *GIVEN, "--answer", "2*x'*A"), 1, "Right only if A is symmetric"),
        (("x'*A*x", *GIVEN, "--answer", "-x'*(A + A')"), 1, "off by the factor −1"),
        (("x'*A*x", *GIVEN, "--answer", "A"), 1, "The shape cannot be right"),
        (("x'*A*x", *GIVEN, "--answer", "x*A"), 2, "answer, line 1, column 1"),
        (("x'*A*x", *GIVEN, "--answer", "x'*B"), 2, "`B`"),
        (("x'*B*x", *GIVEN, "--answer", "x'"), 2, "expression 1, line 1"),
        (("x'*A*x", *GIVEN), 2, "--answer"),
        (("x'*A*x", *GIVEN, "--anser", "x'"), 2, "--answer"),
        ((*GIVEN, "--answer", "x'"), 2, "an expression is missing"),
        (("log(-1 - x'*x)", *GIVEN, "--answer", "x'"), 3, "Refused: no point"),
    ],
)
def test_verdicts_and_exit_status(arguments, status, said):
    done = run(*arguments)
    assert done.returncode == status, done.stderr
    assert said in (done.stdout if status < 2 else done.stderr)
    assert "Traceback" not in done.stderr


def test_what_may_surprise_is_said_before_the_verdict():
    done = run("tr(exp(A))", "--given", "A in R^(N x N)", "--answer", "exp(A)'")
    note, verdict = done.stdout.splitlines()
    assert note == "Note: exp(A) acts entry by entry; the matrix exponential is expm(A)."
    assert (done.returncode, verdict.startswith("Not right")) == (1, True)
    found = json.loads(run("x'*A*x", *GIVEN, "--answer", "x'*A^2", "--format", "json").stdout)
    assert found["notes"] == ["A^2 is the matrix product A*A; entry by entry it would be A.^2."]


def test_a_chain_and_its_names():
    chain = ("f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu")
    given = ("--given", "x, mu in R^D", "--given", "S in R^(D x D) invertible", "--wrt", "x")
    done = run(*chain, *given, "--answer", "-1/2*f*y'*(inv(S) + inv(S)')")
    assert (done.returncode, done.stderr) == (0, "")


def test_json_also_for_mistakes():
    done = run("x'*A*x", *GIVEN, "--answer", "2*x'*A", "--format", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"], found["assumption"]["variables"]) == (1, "assumption", ["A"])
    done = run("x'*A*x", *GIVEN, "--answer", "x*A", "--format", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["error_kind"], found["column"]) == (2, False, "input", 1)
    done = run("log(-1 - x'*x)", *GIVEN, "--answer", "x'", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["error_kind"]) == (3, "refused")
