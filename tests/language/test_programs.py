"""What people paste from NumPy, PyTorch, R, MATLAB and Julia means what it means there, or is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jacobook.language import LanguageError, parse_declarations, parse_expression
from tests.numeric_truth import difference

SYMBOLS = parse_declarations(
    ["x, y in R^N", "A, X in R^(M x N)", "S, C in R^(N x N) invertible", "t, s in R", "z in R^M", "p in R^N positive"]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("np.sum(x**2)", "sum(x.^2)"),
        ("np.trace(A.T @ X)", "tr(A'*X)"),
        ("np.trace(S * C)", "tr(S.*C)"),
        ("S @ C * S", "(S*C).*S"),
        ("x @ S @ y", "x'*S*y"),
        ("x @ S", "(x'*S)'"),
        ("np.sqrt(x @ x)", "sqrt(x'*x)"),
        ("np.sum(x * y)", "sum(x.*y)"),
        ("(S @ C)**2", "(S*C).^2"),
        ("np.log(np.linalg.det(S))", "log(det(S))"),
        ("torch.nn.functional.relu(A @ x)", "relu(A*x)"),
        ("F.softplus(t)", "softplus(t)"),
        ("scipy.special.logsumexp(x)", "logsumexp(x)"),
        ("x.sum() + y.mean() + x.dot(y)", "sum(x) + sum(y)/dim(N) + x'*y"),
        ("S.inverse() @ x", "inv(S)*x"),
        ("(A @ x).sum()", "sum(A*x)"),
        ("np.sum(A, axis=0)", "A'*vector(1)"),
        ("A.sum(axis=1)", "A*vector(1)"),
        ("A.sum(-1)", "A*vector(1)"),
        ("np.mean(A, 0)", "A'*vector(1)/dim(M)"),
        ("np.sum(x, axis=0)", "sum(x)"),
        ("sum(A, 2)", "A*vector(1)"),
        ("torch.softmax(A, dim=-1)", "softmax(A, 'rows')"),
        ("softmax(A, axis=0)", "softmax(A, 'columns')"),
        ("softmax(x, dim=0)", "softmax(x)"),
        ("torch.logsumexp(A, dim=1)", "logsumexp(A, 'rows')"),
        ("np.sum(x * A)", "sum((vector(1)*x').*A)"),
        ("np.linalg.norm(A, axis=1)", "sqrt(A.^2*vector(1))"),
        ("np.linalg.norm(x, ord=1)", "norm1(x)"),
        ("np.linalg.norm(A, ord='fro')", "norm2(A)"),
        ("np.linalg.norm(A, 2)", "spectralnorm(A)"),
        ("torch.linalg.norm(A, 2)", "spectralnorm(A)"),
        ("torch.norm(A, 2)", "norm2(A)"),
        ("torch.norm(A, p=2)**2", "norm2(A)^2"),
        ("(A - X).norm(2)", "norm2(A - X)"),
        ("np.power(x, 3) + pow(t, 2)", "x.^3 + vector(t^2)"),
        ("np.linalg.matrix_power(S, 3)", "S^3"),
        ("x.T @ x / x.shape[0]", "x'*x/dim(N)"),
        ("A.T @ A / A.shape[0]", "A'*A/dim(M)"),
        ("sum(x)/length(x) + sum(y)/len(y)", "sum(x)/dim(N) + sum(y)/dim(N)"),
        ("sum(x)/numel(x)", "sum(x)/dim(N)"),
        ("np.pi*t", "pi*t"),
        ("np.dot(A, x) + A.dot(y)", "A*x + A*y"),
        ("x.dot(S).dot(y)", "x'*S*y"),
        ("np.dot(x, S)", "(x'*S)'"),
        ("z * np.log(sigmoid(A @ x))", "z.*log(sigmoid(A*x))"),
        ("t(x)", None),
        ("crossprod(A) %*% x", "A'*A*x"),
        ("x %o% y", "x*y'"),
        ("x %*% y", "x'*y"),
        ("solve(S)", "inv(S)"),
        ("exp.(x) .+ y .- t.*x", "exp(x) + y - t.*x"),
        ("σ.(A*x .+ z)", "sigmoid(A*x + z)"),
        ("x ⋅ y + x·y", "x'*y + x'*y"),
        (r"x \cdot y", "x'*y"),
        ("t·x", "t*x"),
        ("x'*y;", "x'*y"),
        ("tf.reduce_sum(tf.square(x))", "sum(x.^2)"),
        ("return np.sum(x * y)", "sum(x.*y)"),
        ("def f(x): return np.sum(x * y)", "sum(x.*y)"),
        ("lambda x: x.T @ S @ x", "x'*S*x"),
        ("@(x) x'*S*x", "x'*S*x"),
        ("@(x, y) x.*y", "x.*y"),
        ("x -> x'*S*x", "x'*S*x"),
        ("(x, y) -> dot(x, y)", "x'*y"),
        ("sum(abs2, x)", "sum(x.^2)"),
        ("sum(abs2.(A*x .- z))/2", "sum((A*x - z).^2)/2"),
        ("sum(log, p)", "sum(log(p))"),
        ("np.clip(x, 0, None)", "relu(x)"),
        ("np.clip(x, None, 1)", "min(x, 1)"),
        ("np.clip(x, a_min=0, a_max=1)", "clip(x, 0, 1)"),
        ("torch.clamp(x, 0)", "relu(x)"),
        ("torch.clamp(x, min=0)", "relu(x)"),
        ("x.clamp(max=2)", "min(x, 2)"),
        ("clamp(x, 0, 1)", "clip(x, 0, 1)"),
        ("np.linalg.slogdet(S)[1]", "logdet(S)"),
        ("torch.slogdet(S)[1]", "logdet(S)"),
        ("torch.logsumexp(x, 0)", "logsumexp(x)"),
        ("torch.logsumexp(A, 1)", "logsumexp(A, 'rows')"),
        ("F.softmax(A, 1)", "softmax(A, 'rows')"),
        ("(A*F.log_softmax(A, dim=1)).sum()", "sum(A.*log(softmax(A, 'rows')))"),
        ("np.logaddexp(0, -x)", "softplus(-x)"),
        ("np.logaddexp(t, s)", "t + softplus(s - t)"),
        ("np.sqrt(x.var() + 1)", "sqrt(var(x) + 1)"),
        ("torch.var(x, unbiased=False)", "var(x)"),
        ("x.std(ddof=0)", "std(x)"),
        ("np.var(A, axis=0, ddof=0)", "var(A, axis=0)"),
        ("Exp[-t s] Sin[t]", "exp(-t*s)*sin(t)"),
        ("Log[Det[S]] + Sqrt[t]", "log(det(S)) + sqrt(t)"),
    ],
)
def test_it_means_what_it_means_there(typed: str, meant: str | None) -> None:
    if meant is None:  # t is declared
        with pytest.raises(LanguageError, match="is a variable, not a function"):
            parse_expression(typed, SYMBOLS)
        return
    assert parse_expression(typed, SYMBOLS) is parse_expression(meant, SYMBOLS)


def test_the_transpose_of_R() -> None:
    symbols = parse_declarations(["x in R^N", "S in R^(N x N)"])
    assert parse_expression("t(x) %*% S %*% x", symbols) is parse_expression("x'*S*x", symbols)


def test_a_variable_keeps_its_name() -> None:
    symbols = parse_declarations(["F, np in R^(N x N)", "x in R^N"])
    assert parse_expression("F.sum() + np.trace()", symbols) is parse_expression("sum(F) + tr(np)", symbols)


@pytest.mark.parametrize(
    ("typed", "marked", "said"),
    [
        ("S**2", "S**2", "the power of the matrix, `S^2`, or of every entry, `S.^2`"),
        ("S.inverse()*C", "S.inverse()*C", "`S.inverse() @ C`, or entry by entry `S.inverse().*C`"),
        ("np.sum(x * S)", "x * S", "`x` has N entries, `S` is N×N"),
        ("np.sin(x[1])", "x[1]", "counted from 1 here, and from 0 in NumPy"),
        ("A[0:2, :] @ x", "A[0:2, :]", "counted from 1 here, and from 0 in NumPy"),
        ("torch.var(x)", "var(x)", "divides by N − 1 there and by N here"),
        ("x.std()", "x.std()", "divides by N in NumPy and here, by N − 1 in PyTorch"),
        ("np.inner(S, C)", "inner(S, C)", "of two matrices is A @ B.T there"),
        ("jax.nn.gelu(x)", "gelu(x)", "an approximation by tanh there"),
        ("sum(A, 1)", "sum(A, 1)", "some count axes from 0, some from 1; of the rows it is `rowSums(A)`"),
        ("A.sum(axis=2)", "axis=2", "which has no axis"),
        ("np.sum(A, keepdims=True)", "keepdims=True", "takes no argument `keepdims` here"),
        ("exp(x=t)", "x=t", "takes no argument `x` here"),
        ("np.median(x)", "median", "there is no function `median` here"),
        ("x.shape", ".shape", "values have no attributes"),
        ("length(A)", "length(A)", "needs a vector"),
        ("x(:)", ":", "are `vec(X)`"),
        ("x % y", "%", "without a comment"),
        ("1/t np.exp(s)", "1/t np.exp(s)", "has two readings"),
        ("np.einsum('ijk,k->ij', S, x)", "einsum", "read where none has more than two axes"),
        ("np.einsum('ij,jk,ik->ijk', S, C, S)", "einsum", "read where none has more than two axes"),
        ("np.diff(x)", "diff", "differences of neighbours"),
        ("np.var(x, ddof=1)", "ddof=1", "takes no argument `ddof` here"),
        ("clamp(x, 0)", "clamp(x, 0)", "takes three arguments, not 2"),
        ("torch.clamp(x, lowest=0)", "lowest=0", "takes no argument `lowest` here"),
    ],
)
def test_what_is_said(refused: Callable[..., LanguageError], typed: str, marked: str, said: str) -> None:
    error = refused(typed, SYMBOLS)
    assert said in error.message
    assert typed[error.column - 1 : error.end_column - 1] == marked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("np.einsum('ij,j->i', A, x)", "A*x"),
        ("np.einsum('i,ij,j->', x, S, y)", "(S'*x)'*y"),
        ("np.einsum('ij,jk,k->i', A, S, x)", "A*S*x"),
        ("np.einsum('ij,kj->ik', A, X)", "A*X'"),
        ("np.einsum('ij,ij->', A, X)", "sum((A.*X)*vector(1))"),
        ("np.einsum('ii', S)", "sum(diag(S))"),
        ("np.einsum('i,j->ij', x, z)", "x*z'"),
        ("np.einsum('i,i,i->', x, y, p)", "sum((x.*y).*p)"),
        ("np.einsum('ij->ji', A)", "A'"),
        ("np.einsum('i,ij->ij', z, A)", "diag(z)*A"),
        ("torch.einsum('ij->j', A)", "A'*vector(1)"),
    ],
)
def test_a_contraction_is_a_product_of_matrices(typed: str, meant: str) -> None:
    found, wanted = parse_expression(typed, SYMBOLS), parse_expression(meant, SYMBOLS)
    assert found.shape == wanted.shape
    assert difference(found, wanted) < 1e-12
