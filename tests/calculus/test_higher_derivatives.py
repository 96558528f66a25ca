"""Second derivatives: right against differences of the gradient, symmetric, and refused by name where undefined."""

import pytest
from jacobook.calculus.hessian import derive_second

from jacobook.algebra import build as b
from jacobook.algebra.normal_form import equal
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_expression, parse_statement
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
    pair = derive_second(statement)
    for derivation in (pair.first, pair.second):
        evidence = verify(derivation)
        assert evidence.passed, evidence.failures
    hessian, x = pair.second.value, statement.wrt
    gradient = b.transpose(b.partial(statement.links[0].expression, x))
    assert check_equation(b.partial(gradient, x), hessian, symbolic=False).passed  # differences of the gradient
    assert [claim.rule for claim in pair.second.denominator] == ["hessian-symmetry"]
    if expected is not None:
        assert (
            equal(hessian, parse_expression(expected, statement.declarations, hessian.shape))
            or check_equation(
                hessian, parse_expression(expected, statement.declarations, hessian.shape), symbolic=False
            ).passed
        )


def test_the_second_derivative_of_a_scalar_function() -> None:
    statement = parse_statement(["x in R"], ["sin(x^2)"], "x")
    pair = derive_second(statement)
    assert verify(pair.second).passed
    expected = parse_expression("2*cos(x^2) - 4*x^2*sin(x^2)", statement.declarations)
    assert equal(pair.second.value, expected)


@pytest.mark.parametrize(
    ("given", "written", "wrt", "says"),
    [
        (["x in R^N", "A in R^(M x N)"], "A*x", "x", "Hessian"),
        (["X in R^(N x N)"], "tr(X*X)", "X", "four indices"),
    ],
)
def test_where_there_is_no_hessian(given: list[str], written: str, wrt: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        derive_second(parse_statement(given, [written], wrt))
