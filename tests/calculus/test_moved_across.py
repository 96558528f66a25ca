"""A gradient that passes through several maps of matrices does so one map at a time."""

from __future__ import annotations

import pytest

from jacobook import derive

THROUGH = {
    "a softmax of rows": (
        ["L = -sum(Y.*log(P))", "P = softmax(Z, axis=1)"],
        ["Z, Y in R^(N x C)"],
        "Z",
        ["tidy", "inner-product", "cyclic-trace", "inner-product"],  # the minus first
    ),
    "a product inside an entry-wise product": (
        ["L = sum(exp(P))", "P = B.*(A*X*C)"],
        ["A in R^(M x N)", "X in R^(N x P)", "C in R^(P x Q)", "B in R^(M x Q)"],
        "X",
        ["inner-product", "cyclic-trace"],
    ),
    "one product": (["L = sum(exp(P))", "P = A*X"], ["A in R^(M x N)", "X in R^(N x P)"], "X", None),
}


@pytest.mark.parametrize("name", THROUGH)
def test_one_move_at_a_time(name):
    lines, given, wrt, moves = THROUGH[name]
    worked = derive(*lines, given=given, wrt=wrt)
    (line,) = [claim for claim in worked.derivation.combination if claim.rule == "adjoint"]
    assert worked.verdict == "checked"
    if moves is None:  # the line says it
        assert line.steps == ()
        return
    assert [step.rule for step in line.steps] == ["substitution", *moves]
    assert len({step.left for step in line.steps}) == 1
    assert len({step.right for step in line.steps}) == len(line.steps)


def test_what_makes_a_diagonal_matrix_of_equal_columns_is_said():
    lines, given, wrt, _ = THROUGH["a softmax of rows"]
    line = next(claim for claim in derive(*lines, given=given, wrt=wrt).derivation.combination if claim.steps)
    said = ["equal columns" in step.reason.template for step in line.steps]
    assert said == [False, False, False, False, True]


def test_a_number_that_is_taken_out_is_no_cyclic_shift():
    lines, given = ["L = sum(exp(S))", "S = Q*K'/sqrt(d)"], ["Q in R^(N x D)", "K in R^(M x D)", "d in R positive"]
    worked = derive(*lines, given=given, wrt="K")
    (line,) = [claim for claim in worked.derivation.combination if claim.rule == "adjoint"]
    assert [step.rule for step in line.steps] == ["substitution", "tidy", "scalar-transpose"]
    assert line.steps[1].reason.template == "The trace is linear."
    assert worked.verdict == "checked"
