"""What comes of a mark: the derivation, what is found about the author's formulas, and what holds on the page."""

from __future__ import annotations

import pytest

from jacobook.notes.faults import STATUS, status_of
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.marked_work import MarkedWork, work_out_claim, work_out_declarations, work_out_fence
from jacobook.notes.page_declarations import with_defaults

PAGE = NoteDefaults(given=("x, y, b in R^N", "A in R^(N x N)", "W in R^(M x N)", "t in R", "sigma in R positive"))


def fence(text: str, page: NoteDefaults = PAGE) -> MarkedWork:
    return work_out_fence(text, page)


def kinds(work: MarkedWork) -> list[str]:
    return [fault.kind for fault in work.faults]


def page(*given: str, layout: str | None = None) -> NoteDefaults:
    return NoteDefaults.model_validate({"given": (*PAGE.given, *given), "layout": layout})


# Of x'Ax the Jacobian x'(A + A') and its transpose; of Wx, W and W'; of a symmetric second derivative either.
@pytest.mark.parametrize(
    ("claim", "in_any", "in_jacobian", "in_denominator"),
    [
        ("d(x'*A*x)/dx = x'*(A + A')", True, True, False),
        ("d(x'*A*x)/dx = (A + A')*x", True, False, True),
        ("d(W*x)/dx = W", True, True, False),
        ("d(W*x)/dx = W'", True, False, True),
        ("d(A*x + A'*x)/dx = A + A'", True, True, True),
        ("d^2(x'*A*x)/dx^2 = A + A'", True, True, True),
        ("d(t^2)/dt = 2*t", True, True, True),
        ("d(x'*A*x)/dx = x'*A", False, False, False),
    ],
)
def test_the_layout_of_the_author(claim, in_any, in_jacobian, in_denominator):
    for layout, holds in ((None, in_any), ("jacobian", in_jacobian), ("denominator", in_denominator)):
        work = work_out_claim(claim, page(layout=layout))
        assert kinds(work) == ([] if holds else ["wrong"]), (layout, work.faults)


def test_a_derivative_in_the_other_layout_is_called_that():
    (fault,) = work_out_claim("d(W*x)/dx = W", page(layout="denominator")).faults
    assert "these notes use the denominator layout" in fault.message
    assert "M × N" in fault.message or "M×N" in fault.message


def test_a_fence_has_a_layout_of_its_own():
    text = "expression: W*x\nwrt: x\nlayout: jacobian\nclaims: W"
    assert kinds(fence(text, page(layout="denominator"))) == []
    assert kinds(fence(text.replace("layout: jacobian\n", ""), page(layout="denominator"))) == ["wrong"]


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("claims: 2*x", ["wrong"]),
        ("published: 2*x", []),
        ("published: {formula: 2*x, source: Somebody, link: https://example.org}", []),
        ("published: x'*(A + A')", []),
        ("published: x'*b*x", []),
        ("published: log(-1 - x'*x)*x'", []),
        ("published: 2*", ["input"]),
        ("published: {formula: 2*x, target: partial q by x}", ["input"]),
    ],
)
def test_what_others_published_fails_nothing_as_long_as_it_can_be_read(written, fault):
    work = fence(f"expression: x'*A*x\nwrt: x\n{written}")
    assert kinds(work) == fault, work.faults
    assert work.derivations


def test_what_is_found_is_said_in_whole_sentences_about_the_formula():
    work = fence("expression: x'*A*x\nwrt: x\nclaims: x'*A\npublished: x'*(A + A')")
    assert [fault.message for fault in work.faults] == [work.claims[0].said]
    assert work.claims[0].said.endswith(".")
    assert "printed" not in work.claims[0].said
    assert work.published[0].said == "Agrees with the derivative (equal as expressions)."


def test_the_second_derivative():
    text = "expression: x'*A*x\nwrt: x\norder: 2\nclaims:\n- A + A'\n- {formula: x'*(A + A'), target: partial f by x}"
    work = fence(text)
    assert (kinds(work), len(work.derivations), len(work.evidence)) == ([], 2, 2)
    assert kinds(fence(text.replace("- A + A'", "- 2*A"))) == ["wrong"]
    assert kinds(fence(text.replace("- A + A'", "- {formula: A + A', target: hessian}"))) == []


def test_a_claim_about_a_second_derivative_that_is_not_asked_for():
    (fault,) = fence("expression: x'*A*x\nwrt: x\nclaims: [{formula: A, target: hessian}]").faults
    assert (fault.kind, fault.message) == ("input", "there is no second derivative here: add `order: 2`")


def test_a_derivation_that_could_not_be_checked_is_shown_and_fails_nothing():
    work = fence("expression: log(-1 - x'*x)\nwrt: x")
    assert kinds(work) == ["unchecked"]
    assert work.derivations
    assert "not positive at any of" in work.faults[0].message
    assert status_of(work.faults) == 0


def test_the_worst_fault_decides():
    wrong, mistyped, refused = (
        fence("expression: x'*x\nwrt: x\nclaims: x"),
        fence("expression: x'*"),
        fence("given: [X in R^(N x N) invertible, 'k, n in N']\nexpression: x'*X^(k - n)*x\nwrt: X"),
    )
    assert [STATUS[one.faults[0].kind] for one in (wrong, mistyped, refused)] == [1, 2, 3]
    assert status_of([*refused.faults, *mistyped.faults, *wrong.faults]) == 1
    assert status_of([*refused.faults, *mistyped.faults]) == 2


# --- What a page declares -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "x'*A*x",
        "x'Ax",
        "xᵀAx",
        r"\mathbf{x}^\top A x",
        r"x^{\top} \mathbf{A} x",
        "x' A x",
        "x²'*1",
        "σ*x'*x",
        "exp(t)*x",
    ],
)
def test_declarations_of_the_page_are_found_in_every_spelling(expression):
    found = fence(f"expression: {expression}\nwrt: x")
    assert not any("declared" in fault.message for fault in found.faults), found.faults


def test_what_is_not_needed_is_not_taken_over():
    (derivation,) = fence("expression: x'*A*x\nwrt: x").derivations
    assert {symbol.name for symbol in derivation.statement.declarations} == {"x", "A"}
    (derivation,) = fence("expression: exp(t)").derivations
    assert derivation.statement.wrt.name == "t"


def test_a_name_that_only_a_claim_uses():
    assert kinds(fence("expression: x'*x\nwrt: x\nclaims: 2*x' + 0*b'")) == []
    assert kinds(work_out_claim("d(x'*x)/dx = 2*x' + 0*b'", PAGE)) == []


def test_a_fence_may_declare_otherwise():
    work = fence("given: A in R^(N x N) symmetric\nexpression: x'*A*x\nwrt: x\nclaims: 2*x'*A")
    assert kinds(work) == []
    assert kinds(fence("expression: x'*A*x\nwrt: x\nclaims: 2*x'*A")) == ["wrong"]


def test_a_chain_may_define_what_the_page_declares():
    assert kinds(fence("expression:\n- f = x'*b\n- b = A*x\nwrt: x\nclaims: x'*(A + A')")) == []


DEFINED = page("f = x'*A*x", "g(x) = b'*x", "z = W*x", "L = z'*z")


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("df/dx = x'*(A + A')", True),
        ("d(f)/dx = x'*A", False),
        (r"\frac{\partial f}{\partial x} = x^\top (A + A^\top)", True),
        ("dg(x)/dx = b'", True),
        ("d(g)/dx = b'", True),
        ("dL/dx = 2*x'*W'*W", True),
        ("d(log(f))/dx = x'*(A + A')/f", True),
        ("d(f + g)/dx = x'*(A + A') + b'", True),
        ("d(f + g)/dx = x'*(A + A')", False),
        ("d^2f/dx^2 = A + A'", True),
        ("∇_x f = (A + A')*x", True),
    ],
)
def test_functions_that_the_page_defines(claim, holds):
    assert kinds(work_out_claim(claim, DEFINED)) == ([] if holds else ["wrong"])


def test_a_sum_that_begins_and_ends_with_parentheses_is_no_name():
    """`f(x) + g(x)` is not f of something."""
    work = work_out_claim("d(f(x) + g(x))/dx = x'*(A + A')", DEFINED)
    assert kinds(work) != []


def test_fences_use_definitions_too():
    work = fence("expression: exp(f)\nwrt: x\nclaims: exp(f)*x'*(A + A')", DEFINED)
    assert kinds(work) == []
    assert kinds(fence("given: f in R^N\nexpression: f'*x\nwrt: x\nclaims: f'", DEFINED)) == []


def test_what_is_wrong_in_a_definition_is_said_with_its_text():
    broken = page("f = x'*c")
    (fault,) = work_out_claim("df/dx = x'", broken).faults
    assert (fault.line, fault.column, fault.kind) == (1, 2, "input")
    assert "in `f = x'*c`, which the page defines: `c` is not declared" in fault.message
    (fault,) = fence("expression: exp(f)\nwrt: x", broken).faults
    assert (fault.line, fault.column) == (1, 13)
    assert "in `f = x'*c`, which the page defines" in fault.message


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("x in R^N; A in Q", 16, "`R` was expected"),
        ("  x in Q;", 8, "`R` was expected"),
        ("f = x'*(A", 8, "never closed"),
        ("x in R^N; y, x in R^M", 14, "`x` is declared twice"),
        ("f = t^2; f(t) = t^3", 10, "`f` is defined twice"),
    ],
)
def test_declarations_that_cannot_be_read_point_into_their_text(text, column, says):
    (fault,) = work_out_declarations(text).faults
    assert (fault.line, fault.column) == (1, column)
    assert says in fault.message


def test_a_fence_without_an_expression_declares():
    work = fence("given: [x in R^N, f = x'*x]\nlayout: jacobian", NoteDefaults())
    assert work.defaults == NoteDefaults(given=("x in R^N", "f = x'*x"), layout="jacobian")
    assert (work.faults, work.derivations) == ([], ())
    assert [fault.line for fault in fence("given:\n- x in R^N\n- A in Q", NoteDefaults()).faults] == [3]
    several = fence("given: [x, y, z in R^N, t in R]", NoteDefaults())
    assert several.defaults == NoteDefaults(given=("x, y, z in R^N", "t in R"))
    (fault,) = fence("given: [x, y in R^N, a, b in Q]", NoteDefaults()).faults
    assert (fault.line, fault.column) == (1, 30)
    assert [fault.kind for fault in fence("given: [x in R^N, y]", NoteDefaults()).faults] == ["input"]


@pytest.mark.parametrize(
    ("given", "line", "says"),
    [
        ("[x in R^N, x in R^M]", 1, "`x` is declared twice"),
        ("\n- x, y in R^N\n- t in R\n- s in R\n- y in R^N", 5, "`y` is declared twice"),
        ("\n- x in R^N\n- f = x'*x\n- f = 2*x'*x", 4, "`f` is defined twice"),
        ("[t in R, x in R^M, x in R^K, x in R^N]", 1, "`x` is declared twice"),
    ],
)
def test_a_name_that_is_said_twice_in_one_place(given, line, says):
    """What stands below is worked out with what is said last, as if each had its own place on the page."""
    said = fence(f"given: {given}", NoteDefaults())
    assert [fault.kind for fault in said.faults] == ["input"] * max(given.count("x in") - 1, 1)
    assert (said.faults[0].line, says in said.faults[0].message) == (line, True)
    below = with_defaults(NoteDefaults(), said.defaults)
    assert kinds(work_out_claim("d(x'*x)/dx = 2*x'", below)) == []
    assert kinds(fence("expression: x'*x\nwrt: x\nclaims: 2*x'", below)) == []


def test_a_name_that_nobody_declares_comes_with_what_to_declare():
    (fault,) = fence("expression: c'*x\nwrt: x").faults
    assert "perhaps `given: [c in R^N]`" in fault.message
    (fault,) = work_out_claim("d(u'*v)/du = v'", NoteDefaults()).faults
    assert "perhaps `given: [u in R^N, v in R^N]`" in fault.message


@pytest.mark.parametrize(
    ("claim", "marked"),
    [
        ("d(x'*x)/dq = 2*q'", "q "),
        ("d(x'*q)/dx = 2*x'", "q)"),
        ("d(x'*x)/dx = 2*q'", "q'"),
        ("d(x'*x)/dx = 2*x' = 3*q'", "q'"),
        ("d(x'*x)/dx = 2*x' = 3*x'", "3*x"),
    ],
)
def test_a_fault_in_a_claim_is_marked(claim, marked):
    (fault,) = work_out_claim(claim, PAGE).faults
    assert claim[fault.column - 1 :].startswith(marked), fault


@pytest.mark.parametrize(
    ("line", "faults"), [("∇_x norm2(x)^2 = ∇_x x'*x = 2*x", 0), ("∇_x norm2(x)^2 = ∇_x 2*x'*x = 2*x", 1)]
)
def test_an_answer_is_compared_with_every_derivative_that_it_is_said_to_be(line, faults):
    work = work_out_claim(line, NoteDefaults(given=("x in R^N",)))
    assert [fault.kind for fault in work.faults] == ["wrong"] * faults


def test_the_transpose_of_a_derivative_by_a_matrix_is_no_layout():
    page = NoteDefaults(given=("A in R^(N x M)", "X in R^(M x N)"), layout="denominator")
    (fault,) = work_out_claim("d(tr(A*X))/dX = A", page).faults
    assert "has the shape of the matrix (M×N)" in fault.message


def test_a_claim_in_the_layout_of_the_page_agrees_with_the_derivative():
    page = NoteDefaults(given=("x in R^N",), layout="denominator")
    work = work_out_claim("d(x'*x)/dx = 2*x", page)
    assert [one.said for one in work.claims] == ["Agrees with the derivative (equal as expressions)."]
