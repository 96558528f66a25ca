"""An equation about a derivative, in every form in which people write it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jacobook.language import LanguageError
from jacobook.notes.claim_lines import ClaimLine, read_claim_line
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.marked_work import work_out_claim

FIRST = (
    "d({f})/d{x} = {a}",
    "d ( {f} ) / d {x} = {a}",
    "d/d{x} {f} = {a}",
    "d/d{x}({f}) = {a}",
    "∂({f})/∂{x} = {a}",
    "∂/∂{x} {f}={a}",
    "∇_{x} {f} = {a}",
    "∇_{{{x}}} {f} = {a}",
    "grad_{x} {f} = {a}",
    r"\frac{{\partial {f}}}{{\partial {x}}} = {a}",
    r"\frac{{\partial}}{{\partial {x}}} {f} = {a}",
    r"\frac{{\partial}}{{\partial {x}}}\left({f}\right) = {a}",
    r"\frac {{\mathrm{{d}}}} {{\mathrm{{d}} {x}}} {f} = {a}",
    r"\dfrac{{d ({f})}}{{d{x}}}={a}",
    r"\tfrac{{d}}{{d \mathbf{{{x}}}}} {f} = {a}",
    r"\frac{{\partial {f}}}{{\partial \boldsymbol{{{x}}}}} = {a}",
    r"\frac{{\partial {f}}}{{\partial \bm {x}}} = {a}",
    r"\frac{{\partial {f}}}{{\partial {{\bf {x}}}}} = {a}",
    r"\frac{{\partial {f}}}{{\partial {x}^\top}} = {a}",
    r"\nabla_{{\bf {x}}} {f} = {a}",
    r"\mathsf{{D}}_{{{x}}} {f} = {a}",
    "∂({f})/∂{x}' = {a}",
    r"\nabla_{x} {f} = {a}",
    r"\nabla_{{{x}}} {f} = {a}",
    r"\nabla_{{\mathbf{{{x}}}}} {f} = {a}",
    r"\nabla_\mathbf{{{x}}} {f} = {a}",
    r"\partial_{x} {f} = {a}",
    r"\partial_{{\mathbf{{{x}}}}} {f} = {a}",
    "∂_{x} {f} = {a}",
    "D_{x} {f} = {a}",
    r"\mathrm{{D}}_{{{x}}} {f} = {a}",
)
SECOND = (
    "d^2({f})/d{x}^2 = {a}",
    "d²({f})/d{x}² = {a}",
    "d^2({f})/d{x} d{x}' = {a}",
    "d^2/d{x}^2 {f} = {a}",
    "∂²({f})/∂{x}² = {a}",
    "∂²({f})/∂{x}∂{x}ᵀ = {a}",
    "∇²_{x} {f} = {a}",
    "∇_{x}^2 {f} = {a}",
    r"\frac{{\partial^2 {f}}}{{\partial {x}^2}} = {a}",
    r"\frac{{\partial^{{2}} {f}}}{{\partial {x} \partial {x}^\top}} = {a}",
    r"\frac{{\partial^2}}{{\partial {x}\,\partial {x}^{{\top}}}} {f} = {a}",
    r"\frac{{\mathrm{{d}}^2}}{{\mathrm{{d}}{x}^2}} {f} = {a}",
    r"\nabla^2_{x} {f} = {a}",
    r"\nabla_{{{x}}}^2 {f} = {a}",
    r"\partial^2_{x} {f} = {a}",
    "D_{x}^2 {f} = {a}",
)
FUNCTIONS = ("x'*A*x", "log(det(X))", "f", "(a + b)", r"x^\top A x", r"\log\det X", r"\operatorname{tr}(AX)", "exp(-t)")
VARIABLES = ("x", "X", "t", "theta", "x_1", "w2")
ANSWERS = ("x'*(A + A')", "inv(X)'", r"x^\top (A + A^\top)", "2", "[1, 2]", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}")


def question(line: str) -> tuple[str, str, int, tuple[str, ...]]:
    said = read_claim_line(line)
    function = said.function.text.strip().removeprefix(r"\left").removesuffix(")").removesuffix(r"\right").strip()
    return function, said.wrt.text, said.order, tuple(answer.text.strip() for answer in said.answers)


def plain(function: str) -> str:
    return function.strip("() ")


@given(
    st.sampled_from(FIRST),
    st.sampled_from(FUNCTIONS),
    st.sampled_from(VARIABLES),
    st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=3),
)
def test_every_form_asks_the_same_question(form, function, wrt, answers):
    found, variable, order, said = question(form.format(f=function, x=wrt, a=" = ".join(answers)))
    assert (plain(found), variable, order, said) == (plain(function), wrt, 1, tuple(answers))


@given(
    st.sampled_from(SECOND),
    st.sampled_from(FUNCTIONS),
    st.sampled_from(("x", "t", "theta", "w2")),
    st.sampled_from(ANSWERS),
)
def test_every_form_asks_for_the_second_derivative(form, function, wrt, answer):
    found, variable, order, said = question(form.format(f=function, x=wrt, a=answer))
    assert (plain(found), variable, order, said) == (plain(function), wrt, 2, (answer,))


@pytest.mark.parametrize(
    ("line", "function"),
    [
        ("df/dx = 1", "f"),
        ("dL/dW = 1", "L"),
        ("∂f/∂x = 1", "f"),
        ("df(x)/dx = 1", "f(x)"),
        (r"\frac{df}{dx} = 1", "f"),
        (r"\frac{\partial L(w)}{\partial w} = 1", "L(w)"),
        (r"\partial f/\partial x = 1", "f"),
        ("d^2f/dx^2 = 1", "f"),
    ],
)
def test_a_function_that_has_a_name(line, function):
    assert read_claim_line(line).function.text.strip() == function


@given(st.sampled_from((*FIRST, *SECOND)), st.sampled_from(FUNCTIONS), st.sampled_from(ANSWERS))
def test_every_part_knows_where_it_stands(form, function, answer):
    line = form.format(f=function, x="theta", a=answer)
    said = read_claim_line(line)
    for part in (said.function, *said.answers):
        assert line[part.start :].startswith(part.text)
    assert "theta" in line[said.wrt.start : said.wrt.start + 25]
    assert line[said.answers[0].start - 1] == "="


def test_equations_in_brackets_are_no_claims():
    said = read_claim_line("d(sum(i=1, N, x[i]))/dx = a")
    assert (said.function.text, len(said.answers)) == ("sum(i=1, N, x[i])", 1)


@pytest.mark.parametrize(
    ("line", "marked", "says"),
    [
        ("x'*A*x", "x'*A*x", "said to be nothing"),
        ("d(x'*x)/dx", "d(x'*x)/dx", "said to be nothing"),
        ("x'*x = 2*x'", "x'*x", "this is no derivative"),
        ("d(x'*x) = 2*x'", "d(x'*x)", "this is no derivative"),
        (r"\nabla (x^\top x) = 2x", r"\nabla", "the variable is missing"),
        ("∇f = 2*x", "∇f", "the variable is missing"),
        ("f'(x) = 2*x", "f'(x)", "the variable is missing"),
        ("∂(A*X)/∂(vec X)' = A", "X)'", "what is differentiated is a vec too"),
        ("d(x'*x)/dx = ", "=", "a formula is missing beside `=`"),
        ("d(x'*x)/dx = = 2*x'", "=", "a formula is missing beside `=`"),
        ("d()/dx = 2*x'", "d()/dx ", "the function to be differentiated is missing"),
        ("∇_x = 2*x", "∇_x ", "the function to be differentiated is missing"),
        (
            r"\frac{\partial}{\partial x} = 2",
            r"\frac{\partial}{\partial x} ",
            "the function to be differentiated is missing",
        ),
        ("d^2(x'*x)/dx = 2", "x", "both squares"),
        ("d(x'*x)/dx^2 = 2", "x", "both squares"),
        ("d^2(x'*y)/dx dy = 2", "y", "with respect to one variable"),
        (r"\frac{\partial^2 f}{\partial x \partial y^\top} = 2", "y", "with respect to one variable"),
    ],
)
def test_what_is_no_such_equation_is_said_with_its_place(line, marked, says):
    with pytest.raises(LanguageError) as raised:
        read_claim_line(line)
    error = raised.value
    assert says in error.message
    assert line[error.column - 1 :].startswith(marked.strip()[:1])
    assert error.line == 1


def test_a_mixed_second_derivative_is_never_read_as_another_one():
    """∂²f/∂x∂y is not the derivative of ∂f/∂x with respect to x."""
    for line in ("d^2(f)/dx dy = A", "∂²f/∂x∂y' = A", r"\frac{\partial^2 f}{\partial x\,\partial y} = A"):
        with pytest.raises(LanguageError):
            read_claim_line(line)


@given(st.text(alphabet="dxf∂∇_/()=^2{}\\ partilnb'+*", max_size=30))
def test_any_text_is_read_or_refused(line):
    with suppress(LanguageError):
        assert isinstance(read_claim_line(line), ClaimLine)


def test_one_derivative_may_be_named_in_several_ways():
    said = read_claim_line(r"\nabla_x \|x\|^2 = \nabla_x x^\top x = 2x")
    assert [one.function.text.strip() for one in (said, *said.also)] == [r"\|x\|^2", r"x^\top x"]
    assert [answer.text.strip() for answer in said.answers] == ["2x"]


def test_behind_an_equality_a_capital_d_with_an_index_is_a_name():
    said = read_claim_line(r"\partial_x x^\top D_x x = x^\top D_x + x^\top D_x^\top = D_x x")
    assert (len(said.answers), said.also) == (2, ())


def test_a_transpose_before_a_letter_is_read_as_in_latex_where_the_line_is():
    page = NoteDefaults(given=("x, b in R^N", "A, B, C in R^(N x N)"))
    for line in (
        r"\nabla_{x} x^TAx = Ax + A^Tx",
        r"\nabla_{x} b^TAx = b^TA",
        r"\frac{\partial x^TAx}{\partial x} = \mathbf{x}^T(A + A^T)",
        r"\triangledown_A \operatorname{tr}(ABA^TC) = CAB + C^TAB^T",
    ):
        (claim,) = (work := work_out_claim(line, page)).claims
        assert (claim.held, work.faults) == (True, []), line
    (fault,) = work_out_claim("d(x^TAx)/dx = 2*x", page).faults
    assert (fault.kind, fault.column) == ("input", 5)


MATRICES = NoteDefaults(given=("x, y, b in R^N", "A, B, X in R^(N x N)", "g = 1/(1 + exp(-t))", "t in R"))


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"\nabla_x x^\top A x = \frac12 \nabla_x (2 x^\top A x) = (A + A^\top) x", True),
        (r"\nabla_x x^\top A x = \frac12 \nabla_x (x^\top A x) = (A + A^\top) x", False),
        ("∇_x x'*x = -2*∇_x (x'*b - 1/2*x'*x) = 2*x", False),
        ("∇_x x'*x = -2*∇_x (-1/2*x'*x) = 2*x", True),
        (r"\frac{1}{2}\frac{\partial}{\partial x} x^T x = x^T", True),
        (r"-\frac{\partial x^T b}{\partial x} = -b^T", True),
        (r"-\frac{\partial x^T b}{\partial x} = b^T", False),
    ],
)
def test_a_number_may_stand_before_a_derivative(line, holds):
    assert [fault.kind for fault in work_out_claim(line, MATRICES).faults] == ([] if holds else ["wrong"])


def test_a_number_before_a_sum_without_brackets_is_not_carried_into_it():
    """In `½ ∇_x x′x + b` it is not said whether b is a term of the function."""
    line = r"\nabla_x (x^\top x) = \frac12 \nabla_x x^\top x + x^\top x"
    assert [fault.kind for fault in work_out_claim(line, MATRICES).faults] == ["input"]


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        (r"\frac{\partial \operatorname{vec}(AXB)}{\partial (\operatorname{vec} X)'} = B' \otimes A", []),
        (r"\frac{\partial \mathrm{vec}(AXB)}{\partial\, \mathrm{vec}(X)^\top} = B^\top \otimes A", []),
        (r"\frac{\partial \mathrm{vec}(AXB)}{\partial (\mathrm{vec} X)^\top} = A \otimes B^\top", ["wrong"]),
        ("∂(vec(A*X))/∂vec(X) = kron(eye(N), A)", []),
        ("∂(vec(A*X))/∂vec(X) = kron(A, eye(N))", ["wrong"]),
        (r"\frac{\partial \operatorname{tr}(AX)}{\partial X'} = A", ["input"]),
    ],
)
def test_derivatives_of_stacked_matrices(line, kinds):
    assert [fault.kind for fault in work_out_claim(line, MATRICES).faults] == kinds


@pytest.mark.parametrize("layout", ["any", "jacobian", "denominator"])
@pytest.mark.parametrize("line", [r"\frac{\partial x'Ax}{\partial x'} = x'(A + A')", "∂(A*x)/∂x' = A"])
def test_by_the_transpose_of_a_vector_it_is_the_jacobian_on_every_page(layout, line):
    page = MATRICES.model_copy(update={"layout": layout})
    assert work_out_claim(line, page).faults == []


def test_by_the_transpose_of_a_vector_it_is_not_the_gradient_where_layouts_are_told_apart():
    page = MATRICES.model_copy(update={"layout": "denominator"})
    assert [fault.kind for fault in work_out_claim("∂(x'*A*x)/∂x' = (A + A')*x", page).faults] == ["wrong"]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"\frac{dg}{dt} = g(t)(1 - g(t))", True),
        (r"\frac{dg(t)}{dt} = g(1 - g)", True),
        (r"\frac{\mathrm{d} g(t)}{\mathrm{d} t} = g \cdot \left(1 - g\left(t\right)\right)", True),
        (r"\frac{dg}{dt} = g(t)(2 - g(t))", False),
        (r"\frac{d}{dt} \log g(t) = 1 - g(t)", True),
        ("dg(t)/dt = g(t)*(1 - g(t))", True),
        ("d(g(t)^2)/dt = 2*g(t)^2*(1 - g(t))", True),
    ],
)
def test_a_function_of_the_page_may_be_called_by_its_arguments(line, holds):
    assert [fault.kind for fault in work_out_claim(line, MATRICES).faults] == ([] if holds else ["wrong"])


def test_the_argument_of_a_function_may_be_greek():
    page = NoteDefaults(given=("theta in R^n", "P in R^(m x n)", "y in R^m", "J = 1/2*(P*theta - y)'*(P*theta - y)"))
    for line in (
        r"\nabla_\theta J(\theta) = \frac12 \nabla_\theta \left(P\theta - y\right)^T(P\theta - y) = P^TP\theta - P^Ty",
        r"\nabla_{\boldsymbol{\theta}} J(\boldsymbol{\theta}) = P^TP\theta - P^Ty",
    ):
        work = work_out_claim(line, page)
        assert [fault.kind for fault in work.faults] == [], line
        assert len(work.claims) == 1


def test_a_wrong_formula_says_where_a_function_is_read_otherwise_than_in_books_of_matrices():
    (fault,) = work_out_claim(r"\frac{\partial}{\partial X} \operatorname{tr}(\sin(X)) = \cos(X)^T", MATRICES).faults
    assert fault.kind == "wrong"
    assert "sin(X) acts entry by entry" in fault.message


def test_a_derivative_within_a_formula_is_called_that():
    line = r"\frac{\partial (x^Tb)^2}{\partial x} = 2 x^T b \frac{\partial x^T b}{\partial x}"
    (fault,) = work_out_claim(line, MATRICES).faults
    assert fault.kind == "input"
    assert "derivatives are not read within" in fault.message
    assert line[fault.column - 1 :].startswith(r"\partial x^T b")
