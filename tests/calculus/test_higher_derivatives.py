"""Derivatives of the second and third order against formulas worked out by hand, and against differences."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra.normal_form import equal
from jacobook.calculus.higher_derivatives import derive_to_order
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_expression, parse_statement
from jacobook.language.printer import text
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification import check_equation, verify

SCALAR_BY_VECTOR = {
    "quadratic form": (["x, b in R^N", "A in R^(N x N)"], "x'*A*x + b'*x", "A + A'"),
    "declared symmetric": (["x in R^N", "S in R^(N x N) symmetric"], "x'*S*x", "2*S"),
    "least squares": (["x in R^N", "A in R^(M x N)", "y in R^M"], "norm2(A*x - y)^2", "2*A'*A"),
    "log-sum-exp": (["x in R^N"], "logsumexp(x)", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    "norm": (["x in R^N"], "norm2(x)", "eye/norm2(x) - x*x'/norm2(x)^3"),
    "squared norm": (["x in R^N"], "norm2(x)^2", "2*eye"),
    "logistic loss": (
        ["x in R^N", "A in R^(M x N)", "y in R^M"],
        "sum(softplus(A*x)) - y'*A*x",
        "A'*diag(sigmoid(A*x).*(vector(1) - sigmoid(A*x)))*A",
    ),
    "Gaussian density": (
        ["x, mu in R^N", "S in R^(N x N) positive-definite"],
        "exp(-1/2*(x - mu)'*inv(S)*(x - mu))",
        "exp(-1/2*(x - mu)'*inv(S)*(x - mu))*(inv(S)*(x - mu)*(x - mu)'*inv(S) - inv(S))",
    ),
    "Rayleigh quotient": (["x in R^N", "A in R^(N x N)"], "x'*A*x/(x'*x)", None),
    "entropy": (["x in R^N positive"], "-x'*log(x)", "-diag(vector(1)./x)"),
    "linear": (["x, a in R^N"], "a'*x", "matrix(0)"),
}


@pytest.mark.parametrize("name", SCALAR_BY_VECTOR)
def test_hessians(name: str) -> None:
    given, written, expected = SCALAR_BY_VECTOR[name]
    statement = parse_statement(given, [written], "x")
    first, second = derive_to_order(statement, 2)
    for derivation in (first, second):
        evidence = verify(derivation)
        assert evidence.passed, evidence.failures
    hessian, x = second.value, statement.wrt
    gradient = b.transpose(b.partial(statement.links[0].expression, x))
    assert check_equation(b.partial(gradient, x), hessian, symbolic=False).passed  # differences of the gradient
    assert [claim.rule for claim in second.denominator] == ["hessian-symmetry"]
    if expected is not None:
        assert (
            equal(hessian, parse_expression(expected, statement.declarations, hessian.shape))
            or check_equation(
                hessian, parse_expression(expected, statement.declarations, hessian.shape), symbolic=False
            ).passed
        )


def test_the_second_derivative_of_a_scalar_function() -> None:
    statement = parse_statement(["x in R"], ["sin(x^2)"], "x")
    _, second = derive_to_order(statement, 2)
    assert verify(second).passed
    expected = parse_expression("2*cos(x^2) - 4*x^2*sin(x^2)", statement.declarations)
    assert equal(second.value, expected)


FORMS = {
    "log det": (["X in R^(N x N) invertible"], "logdet(X)", 2, "-tr(inv(X)*H*inv(X)*H)"),
    "log det, declared symmetric": (["X in R^(N x N) positive-definite"], "logdet(X)", 2, "-tr(inv(X)*H*inv(X)*H)"),
    "factorisation": (
        ["X in R^(N x K)", "A in R^(N x N)"],
        "norm2(X*X' - A)^2",
        2,
        "2*norm2(H*X' + X*H')^2 + 4*tr((X*X' - A)'*H*H')",
    ),
    "quadratic": (["X in R^(M x N)", "S in R^(M x M) symmetric"], "tr(X'*S*X)", 2, "2*tr(H'*S*H)"),
    "cubic": (["X in R^(N x N)"], "tr(X^3)", 2, "6*tr(X*H*H)"),
    "inverse": (["X, A in R^(N x N) invertible"], "tr(A*inv(X))", 2, "2*tr(A*inv(X)*H*inv(X)*H*inv(X))"),
    "entry-wise": (["X in R^(M x N) positive"], "sum(log(X))", 2, "-sum(H.^2./X.^2)"),
    "exponential": (["X in R^(M x N)", "a in R^M", "b in R^N"], "exp(a'*X*b)", 2, "(a'*H*b)^2*exp(a'*X*b)"),
    "a layer": (["x in R^N", "W in R^(M x N)"], "tanh(W*x)", 2, "-2*tanh(W*x).*(1 - tanh(W*x).^2).*(W*h).^2"),
    "softmax": (
        ["x in R^N"],
        "softmax(x)",
        2,
        "softmax(x).*((h - vector(softmax(x)'*h)).^2 - vector(softmax(x)'*h.^2 - (softmax(x)'*h)^2))",
    ),
    "linear": (["x in R^N", "A in R^(M x N)"], "A*x", 2, "vector(0)"),
    "third cumulant": (
        ["x in R^N"],
        "logsumexp(x)",
        3,
        "softmax(x)'*(h - vector(softmax(x)'*h)).^3",
    ),
    "norm": (["x in R^N"], "norm2(x)", 3, "3*x'*h*((x'*h)^2/norm2(x)^5 - h'*h/norm2(x)^3)"),
    "quadratic form": (["x in R^N", "A in R^(N x N)"], "x'*A*x", 3, "0"),
}
"""d²f[H, H], or d³f[h, h, h], by hand: by the product rule; for logsumexp the third central moment."""


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    given, written, order, expected = FORMS[name]
    statement = parse_statement(given, [written], "X" if "X" in given[0] else "x")
    for derivation in derive_to_order(statement, order):
        evidence = verify(derivation, symbolic=order == 2 and name not in ("softmax", "factorisation"))
        assert evidence.passed, evidence.failures
    form = derivation.higher
    assert form is not None
    assert derivation.backward is None
    said = parse_expression(expected, [*derivation.statement.declarations, form.direction], form.value.shape)
    assert equal(form.value, said) or check_equation(form.value, said, symbolic=False).passed


def test_a_declared_structure_does_not_enter_the_second_derivative() -> None:
    """X⁻ᵀ and X⁻¹ agree on symmetric matrices, and their derivatives do not."""
    _, second = derive_to_order(parse_statement(["X in R^(N x N) positive-definite"], ["logdet(X)"], "X"), 2)
    expected = parse_expression("-commutation(N, N)*kron(inv(X)', inv(X))", second.statement.declarations)
    assert equal(second.value, expected)
    assert "structure" in second.notes[0].template


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_wrong_line_of_a_form_is_caught(place: int) -> None:
    _, second = derive_to_order(parse_statement(["X in R^(N x N) invertible"], ["logdet(X)"], "X"), 2)
    assert second.higher is not None
    claims = list(second.higher.claims)
    claims[place] = replace(claims[place], right=b.negate(claims[place].right))
    assert not verify(replace(second, higher=replace(second.higher, claims=tuple(claims))), symbolic=False).passed


def _differences(function: Any, x: Any, order: int) -> Any:
    """Return the derivatives of this order, entries of the variable last, by central differences."""
    if order == 0:
        return np.asarray(function(x))
    step = 1e-3
    units = np.eye(x.size).reshape(-1, *x.shape) * step
    ends = [[_differences(function, x + sign * unit, order - 1) for sign in (1, -1)] for unit in units]
    slopes = np.stack([(above - below) / (2 * step) for above, below in ends], axis=-1)
    return slopes.reshape(*slopes.shape[:-1], *x.shape)


CODE: dict[str, tuple[str, str, str, int, Any]] = {
    "scalar by matrix": ("X in R^(M x N), A in R^(M x M)", "norm2(X'*A*X)^2", "X", 2, lambda X, A: (X.T @ A @ X) ** 2),
    "vector by vector": ("x in R^N, A in R^(M x N)", "A*sin(x)", "x", 2, lambda x, A: A @ np.sin(x)),
    "third": ("x in R^N, A in R^(M x N)", "sum(exp(A*x))", "x", 3, lambda x, A: np.exp(A @ x)),
    "matrix by scalar": ("t in R, A in R^(M x N)", "sin(t*A)", "t", 2, lambda t, A: np.sin(t * A)),
}


@pytest.mark.parametrize("name", CODE)
def test_code(name: str) -> None:
    given, written, wrt, order, function = CODE[name]
    derivation = derive_to_order(parse_statement([given], [written], wrt), order, both=False)[-1]
    random = np.random.default_rng(0)
    shapes = {"X": (3, 2), "A": (3, 3) if "M x M" in given else (3, 2), "x": (2,), "t": ()}
    values = {name: random.uniform(-1, 1, shape) for name, shape in shapes.items() if f"{name} in" in given}
    space: dict[str, Any] = {"np": np}
    exec(numpy_source(derivation), space)
    found = space["derivative"](**values)

    def of(x: Any) -> Any:
        value = function(**{**values, wrt: x})
        return value.sum() if written.startswith(("sum", "norm2")) else value

    expected = _differences(of, np.asarray(values[wrt]), order)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_hessian_of_an_entry() -> None:
    given = ["x in R^N", "A in R^(M x N)"]
    _, second = derive_to_order(parse_statement(given, ["tanh(A*x)"], "x"), 2)
    hessian = second.entries[-1]
    (i,) = hessian.left.operands[0].operands[0].operands[0].positions  # type: ignore[attr-defined]
    t = b.entry(parse_expression("tanh(A*x)", second.statement.declarations), i)
    row = b.product(b.unit_vector(i, "M").T, second.statement.declarations[1])
    expected = b.product(b.number(-2), t, b.add(b.ONE, b.negate(b.power(t, b.TWO))), row.T, row)
    assert check_equation(hessian.right, expected, symbolic=False).passed


@pytest.mark.parametrize(("written", "expected"), [("sin(x^2)", "-12*x*sin(x^2) - 8*x^3*cos(x^2)"), ("x^2", "0")])
def test_the_third_derivative_of_a_function_of_a_scalar(written: str, expected: str) -> None:
    *_, third = derive_to_order(parse_statement(["x in R"], [written], "x"), 3)
    assert verify(third).passed
    assert equal(third.value, parse_expression(expected, third.statement.declarations))


@pytest.mark.parametrize(
    ("given", "written", "wrt", "order", "says"),
    [
        (["x in R^N", "X in R^(N x N)"], "X*x", "X", 2, "5 indices"),
        (["X in R^(N x N)"], "X*X", "X", 2, "6 indices"),
        (["X in R^(N x N)"], "tr(X^4)", "X", 3, "6 indices"),
        (["x in R^N"], "x.^4", "x", 3, "4 indices"),
        (["X in R^(M x N)"], "normnuc(X)", "X", 2, "polar"),
    ],
)
def test_what_is_refused(given: list[str], written: str, wrt: str, order: int, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        derive_to_order(parse_statement(given, [written], wrt), order)


def test_the_gradient_is_differentiated_as_it_is_shown() -> None:
    """Without the transpose of an inverse that is symmetric: the column is S⁻¹ (x − m), not S⁻ᵀ (x − m)."""
    given = ["x, m in R^D", "S in R^(D x D) positive-definite"]
    first, second = derive_to_order(parse_statement(given, ["-1/2*(x - m)'*inv(S)*(x - m)"], "m"), 2)
    assert second.statement.links[0].expression is first.denominator[-1].right
    assert text(second.statement.links[0].expression) == "inv(S)*(x - m)"
    assert text(second.value) == "-inv(S)"
