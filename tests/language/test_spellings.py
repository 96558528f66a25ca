"""What people type who know another notation: each spelling means what it means there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from jacobook.language import LanguageError, parse_declarations, parse_expression, parse_statement

SYMBOLS = parse_declarations(["x, y in R^N", "A in R^(M x N)", "S in R^(N x N) invertible", "t, s in R", "z in R^M"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2t", "2*t"),
        ("t/2 s", "t/2*s"),
        ("-1/2 t^2", "-1/2*t^2"),
        ("t/2 ||x||^2", "t/2*norm2(x)^2"),
        ("t/(2 s) log(s)", "t/(2*s)*log(s)"),
        ("t**x.sum()", "t^sum(x)"),
        ("t**s.exp()", "t^exp(s)"),
        ("t**-x.sum().exp()", "t^(-exp(sum(x)))"),
        ("(x**2).sum()", "sum(x.^2)"),
        ("2x'*x", "2*x'*x"),
        ("3(t + s)^2", "3*(t + s)^2"),
        ("S(x - t*y)", "S*(x - t*y)"),
        ("x'S(x - y) + t", "x'*S*(x - y) + t"),
        ("t(1 - t)", "t*(1 - t)"),
        ("t (1 - s/t)^2", "t*(1 - s/t)^2"),
        ("exp(-t(t - s))", "exp(-t*(t - s))"),
        ("t^2(1 - t)", "t^2*(1 - t)"),
        ("t^2 (3t - s)", "t^2*(3*t - s)"),
        ("(t + s)(2t + 1)", "(t + s)*(2*t + 1)"),
        ("2t^2 - 4t", "2*t^2 - 4*t"),
        ("1e-3*t", "0.001*t"),
        ("2.5E2*t", "250*t"),
        ("t + .5", "t + 1/2"),
        ("x.*.5", "x.*0.5"),
        ("t**2", "t^2"),
        ("A @ x", "A*x"),
        ("x.T @ S @ x", "x'*S*x"),
        ("x^T*S*x", "x'*S*x"),
        ("(A*x).T*(A*x)", "(A*x)'*(A*x)"),
        ("x.'*y", "x'*y"),
        ("t÷2", "t/2"),
        ("x∘y", "x.*y"),
        ("‖x‖", "norm2(x)"),
        ("||x||_2^2", "norm2(x)^2"),
        ("||A*x - t*A*y||", "norm2(A*x - t*A*y)"),
        ("||A||_F", "norm2(A)"),
        ("‖x‖₁", "norm1(x)"),
        ("||x||_1 + ||y||_1", "norm1(x) + norm1(y)"),
        ("||x||*||y||", "norm2(x)*norm2(y)"),
        ("||x - y/||y||||", "norm2(x - y/norm2(y))"),
        ("|t|", "abs(t)"),
        ("|t - s|/|s|", "abs(t - s)/abs(s)"),
        ("||t| - |s||", "abs(abs(t) - abs(s))"),
        ("|1 - |t||", "abs(1 - abs(t))"),
        ("|t*|s|*t|", "abs(t*abs(s)*t)"),
        ("log|t|", "log(abs(t))"),
        ("log|S|", "logdet(S)"),
        ("log|det(S)|", "logdet(S)"),
        ("2*log det(S)", "2*log(det(S))"),
        ("S\\x", "inv(S)*x"),
        ("t*S\\x", "inv(t*S)*x"),
        ("(S'*S)\\(S'*x)", "inv(S'*S)*(S'*x)"),
        ("S\\x'*S\\y", None),
        ("trace(S) + Tr(S)", "tr(S) + tr(S)"),
        ("ln(t)", "log(t)"),
        ("log2(t) + log10(t)", "log(t)/log(2) + log(t)/log(10)"),
        ("log2(x)", "log(x)/log(2)"),
        ("exp2(t)*exp2(x)", "2^t*(2.^x)"),
        ("sech(t) + csch(t) + coth(t)", "1/cosh(t) + 1/sinh(t) + 1/tanh(t)"),
        ("sech(x)", "vector(1)./cosh(x)"),
        ("softsign(x)", "x./(vector(1) + abs(x))"),
        ("elu(t)", "relu(t) + expm1(-relu(-t))"),
        ("log_softmax(x) + logsoftmax(x)", "log(softmax(x)) + log(softmax(x))"),
        ("softmin(x)", "softmax(-x)"),
        ("x_1*x_2", "x[1]*x[2]"),
        ("sum(i, 1, N, x_i*y_i)", "sum(i, 1, N, x[i]*y[i])"),
        (r"\|x\|_\infty + \|A\|_*", "norminf(x) + normnuc(A)"),
        (r"\|A\|_{\mathrm{op}} + \|x\|_t + \|x\|_3", "spectralnorm(A) + norm(x, t) + norm(x, 3)"),
        (r"\lambda_{\max}(S'*S) + \lambda_{\text{min}}(S'*S)", "eigmax(S'*S) + eigmin(S'*S)"),
        (r"\sigma_{\max}(A)", "spectralnorm(A)"),
        ("huber(t)", "1/2*(t^2 - relu(abs(t) - 1)^2)"),
        ("huber(x, t)", "1/2*(x.^2 - relu(abs(x) - vector(t)).^2)"),
        ("svdvals(A)", "sqrt(-eigvals(-(A'*A)))"),
        ("logsigmoid(x)", "log(sigmoid(x))"),
        ("asinh(t) + acosh(t) + atanh(t)", "arcsinh(t) + arccosh(t) + arctanh(t)"),
        ("x[1]^x[2]", "x[1]^(x[2])"),
        ("t**x[2] + 1", "t^(x[2]) + 1"),
        ("x[1]^-x[2]", "x[1]^(-x[2])"),
        ("S^2[1, 2]", "(S^2)[1, 2]"),
        ("x.^y[1]", "(x.^y)[1]"),
        ("norm(x)", "norm2(x)"),
        ("max(x) + min(A)", "max(x) - max(-A)"),
        ("norm(x, 'inf') + norminf(x)", "max(abs(x)) + max(abs(x))"),
        ("norm(A, 'nuc') + nuclear_norm(A)", "normnuc(A) + normnuc(A)"),
        ("opnorm(A) + np.linalg.norm(A, 2)", "sqrt(eigmax(A'*A)) + sqrt(eigmax(A'*A))"),
        ("lambda_max(A'*A) + eigmin(A'*A)", "eigmax(A'*A) - eigmax(-(A'*A))"),
        ("(A'*A)^(1/2) + (A'*A)^(-1/2)", "sqrtm(A'*A) + sqrtm(A'*A)^-1"),
        ("atan2(t, 1)", "arctan2(t, 1)"),
        ("norm(x, 4) + norm(x, t)", "sum(x.^4)^(1/4) + sum(abs(x).^t)^(1/t)"),
        ("cumsum(x)", "tril(matrix(1, N, N))*x"),
        ("prod(A) + prod(x)", "det(diag(vec(A))) + det(diag(x))"),
        ("np.triu(S) + tril(S)", "triu(matrix(1, N, N)).*S + tril(S)"),
        ("norm(A, 'fro')^2", "norm2(A)^2"),
        ('norm(A,"fro")', "norm2(A)"),
        ("norm(x, 1) + norm(x, 2)", "norm1(x) + norm2(x)"),
        ("normF(A)", "norm2(A)"),
        ("inverse(S)*x", "inv(S)*x"),
        ("determinant(S)", "det(S)"),
        ("ones(N)'*x", "vector(1, N)'*x"),
        ("ones(1, N)*x", "vector(1, N)'*x"),
        ("ones(N, 1)'*x", "vector(1, N)'*x"),
        ("A + ones(M, N)", "A + matrix(1, M, N)"),
        ("x + zeros(N)", "x + vector(0, N)"),
        ("S + identity(N) + eye(N) + I(N) + I_N", "S + eye(N) + eye(N) + eye(N) + eye(N)"),
        ("S*I", "S*eye"),
        ("2*pi*t", "2*(4*arctan(1))*t"),
        ("dot(x, y)", "x'*y"),
        ("outer(x, y)", "x*y'"),
        ("inner(x, y)", "x'*y"),
        ("inner(A, A)", "tr(A'*A)"),
        ("solve(S, x)", "inv(S)*x"),
        ("transpose(A)*A", "A'*A"),
        ("max(0, x)", "relu(x)"),
        ("max(A*x, 0)", "relu(A*x)"),
        ("maximum(0, t - 1)", "relu(t - 1)"),
        ("clip(x, 0, 1)", "relu(x) - relu(x - vector(1))"),
        ("clip(x, -1, 0)", "vector(-1) + relu(x + vector(1)) - relu(x)"),
        ("clip(0.2*t + 0.5, 0, 1)", "relu(1/5*t + 1/2) - relu(1/5*t - 1/2)"),
        ("max(x, zeros(N))", "relu(x)"),
        ("min(x, zeros(N))", "-relu(-x)"),
        ("huber(x, 0)", "1/2*(x.^2 - relu(abs(x)).^2)"),
        ("min(0, t)", "-relu(-t)"),
        ("max(t, s)", "t + relu(s - t)"),
        ("min(x, y)", "x - relu(x - y)"),
        ("max(x, t)", "x + relu(vector(t) - x)"),
        ("clip(t, 0, s)", "relu(t) - relu(t - s)"),
        ("mean(x)", "sum(x)/dim(N)"),
        ("var(x)", "norm2(x - vector(sum(x)/dim(N)))^2/dim(N)"),
        ("std(x)", "sqrt(norm2(x - vector(sum(x)/dim(N)))^2/dim(N))"),
        ("rowSums(A)", "A*vector(1)"),
        ("colSums(A)", "A'*vector(1)"),
        ("row_means(A)", "A*vector(1)/dim(N)"),
        ("colMeans(A)", "A'*vector(1)/dim(M)"),
        ("tr(t) + inv(t)", "t + 1/t"),
        ("sum(x)/N + 1/sqrt(M)", "sum(x)/dim(N) + 1/sqrt(dim(M))"),
        ("softmax(x')", "softmax(x)'"),
        ("softmax(A, axis=1)", "softmax(A, 'rows')"),
        ("softmax(A, 'columns')", "softmax(A', 'rows')'"),
        ("1 - x", "vector(1) - x"),
        ("x' + t", "x' + vector(t)'"),
        ("x - mean(x)", "x - vector(sum(x)/dim(N))"),
        ("1 + x - t", "vector(1) + x - vector(t)"),
        ("1/(1 + exp(-A))", "1./(matrix(1) + exp(-A))"),
        ("A + x'", "A + vector(1)*x'"),
        ("A + x", "A + vector(1)*x'"),
        ("A - z", "A - z*vector(1)'"),
        ("A + x + 1", "A + vector(1)*x' + matrix(1)"),
        ("x/y", "x./y"),
        ("(x - y)^2/x^2", "(x - y).^2./x.^2"),
        ("t/x", "t./x"),
        ("A/A", "A./A"),
        ("x²", "x.^2"),
        ("x^-1", "x.^-1"),
        ("A^2", "A.^2"),
        ("e^t + e^-x'*x", "exp(t) + exp(-x)'*x"),
        ("xᵀSx", "x'*S*x"),
        ("xᵀ S x", "x'*S*x"),
        ("x'Sy", "x'*S*y"),
        ("x'S*y", "x'*S*y"),
        ("x^T S x", "x'*S*x"),
        ("(x - y)^T(x - y)", "(x - y)'*(x - y)"),
        ("AᵀA + S", "A'*A + S"),
        ("‖Ax − z‖²", "norm2(A*x - z)^2"),
        ("½‖A·x − z‖²", "1/2*norm2(A*x - z)^2"),
        ("t‖x‖‖z‖", "t*norm2(x)*norm2(z)"),
        ("yᵀS⁻¹y", "y'*inv(S)*y"),
        ("S⁻ᵀx", "inv(S)'*x"),
        ("√(xᵀx)", "sqrt(x'*x)"),
        ("⟨x, y⟩", "x'*y"),
        ("x ⊗ y", "kron(x, y)"),
        ("(S + S)(x + y)", "(S + S)*(x + y)"),
        ("(S + S)x", "(S + S)*x"),
        ("1/2 x'Sx", "1/2*x'*S*x"),
        ("ts|t|", "t*s*abs(t)"),
        ("Sx^2", "S*x.^2"),
        ("exp(-t)x", "exp(-t)*x"),
        ("x[1]y[2]", "x[1]*y[2]"),
        ("1'x + 1ᵀy", "vector(1)'*x + vector(1)'*y"),
        ("1'exp(x)", "vector(1)'*exp(x)"),
        ("t/2 ‖x‖²", "t/2*norm2(x)^2"),
        ("-1/2 (x-y)'S^-1(x-y)", "-1/2*(x - y)'*inv(S)*(x - y)"),
        ("S^-1x", "inv(S)*x"),
        (r"\|x\|_2^2 + \|x\|_1", "norm2(x)^2 + norm1(x)"),
        (r"\boxed{\operatorname*{softmax}(x)}", "softmax(x)"),
        ("Ax[1]", "A*x[1]"),
        ("(Ax)[1]", "(A*x)[1]"),
        ("log sigmoid(t)", "log(sigmoid(t))"),
        ("-log sigmoid(t*s)/2", "-log(sigmoid(t*s))/2"),
        ("sum log(x)", "sum(log(x))"),
        ("t log s + 1", "t*log(s) + 1"),
        ("sin t cos t", "sin(t)*cos(t)"),
        ("2 pi t", "2*pi*t"),
        ("2*pi*e*t", "2*pi*exp(1)*t"),
        ("exp tr(S)", "exp(tr(S))"),
        ("t log cosh(s)", "t*log(cosh(s))"),
        ("x(1 - t*s)", "x*(1 - t*s)"),
    ],
)
def test_a_spelling_of_another_notation(typed: str, meant: str | None) -> None:
    if meant is None:  # S\\x′ is no product: a row stands where a column must
        with pytest.raises(Exception, match="row with N entries"):
            parse_expression(typed, SYMBOLS)
        return
    assert parse_expression(typed, SYMBOLS) is parse_expression(meant, SYMBOLS)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("x(t + 1)", "`x` is a variable, not a function"),
        ("x(t - 1)", "`x` is a variable, not a function"),
        ("x(2)", "an entry is written `x[2]`"),
        ("t(s)", "`t` is a variable, not a function"),
        ("(A*x)(1)", "a product is always written with `*`"),
        ("(A*x)(1, 2)", "a product is always written with `*`"),
        ("e^2(1 - t)", "a product is always written with `*`"),
    ],
)
def test_what_may_be_an_entry_or_a_value_is_no_product(typed: str, said: str) -> None:
    with pytest.raises(LanguageError, match=re.escape(said)):
        parse_expression(typed, SYMBOLS)


def test_a_map_of_the_chain_is_no_factor() -> None:
    with pytest.raises(LanguageError, match="`h` is the map"):
        parse_statement(["s, t, z in R"], ["g = h(s - t)", "h(z) = exp(z)"], "s")


def test_no_word_that_means_something_is_a_product() -> None:
    symbols = parse_declarations(["t, r, n, p, i, e, y, d, m, u in R", "X in R^(N x N)", "x in R^nt"])
    for text in ("tr(X)", "pi*t", "tr(eye + X)", "dim(nt)*t", "sum(x)/nt", "t*r*det(X)"):
        assert {one.name for one in parse_expression(text, symbols).symbols} <= {"t", "r", "X", "x"}
    with pytest.raises(LanguageError, match="`mu` is not declared"):
        parse_expression("mu*t", symbols)


def test_the_exponential_of_a_matrix_is_not_taken_entry_by_entry(refused: Callable[..., LanguageError]) -> None:
    for typed in ("e^S", "e^{S}", "e^(t*S)"):
        assert "the exponential of the matrix, `expm(" in refused(typed, SYMBOLS).message


def test_a_size_may_be_called_T() -> None:
    symbols = parse_declarations(["X in R^(T x N)", "T in R positive", "y in R^T"])
    assert parse_expression("y.T*X", symbols) is parse_expression("y'*X", symbols)
    assert parse_expression("2^T", symbols) is not parse_expression("2", symbols)


def test_a_name_that_is_declared_keeps_its_meaning() -> None:
    given = ["mean in R", "I, pi, N in R", "x in R^N", "norm : R^N -> R", "ones : R -> R"]
    statement = parse_statement(given, ["mean*I*pi*N*norm(x)*ones(mean)"], "x")
    names = {symbol.name for symbol in statement.links[0].expression.symbols}
    assert {"mean", "I", "pi", "N", "x"} <= names
    assert parse_statement(["trace in R"], ["f = trace^2"], "trace").wrt.name == "trace"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("norm(A, 2)", ["largest singular value", "norm2(A)"]),
        ("norm(A, 1)", ["largest sum of a column", "norm1(A)"]),
        ("norm(A)*norm(A)'", ["Frobenius norm of the whole matrix", "sqrt(rowSums((A).^2))"]),
        ("softmax(A)", ["softmax(A, 'columns')", "softmax(A, 'rows')"]),
        ("‖A‖₂", ["largest singular value", "norm2(A)"]),
        ("||A||_1", ["largest sum of a column", "norm1(A)"]),
        (r"\|A\|_2^2", ["largest singular value", "norm2(A)"]),
        (r"\|A\|_{\star}", ["of norms, `_1`, `_2`, `_p`, `_\\infty`, `_F`, `_*` and `_{op}` are read"]),
        ("x @ x.T", ["`x'*(x.T)'`", "`x*x.T`"]),
        ("(A*x)(1)", ["always written with `*`"]),
        ("A(1, 2)", ["an entry is written `A[1, 2]`"]),
        ("x(1)", ["an entry is written `x[1]`"]),
        ("d/dx x'S*x", ["not its derivative"]),
        ("d(x'S*x)/dx", ["not its derivative"]),
        ("A_12", ["an entry of `A` is written `A[1, 2]`"]),
        ("x_1*t_1", ["`t` is a scalar and has no entries"]),
        ("eigmax(S)", ["eigmax takes a symmetric matrix"]),
        ("max(x, A)", ["arrays of one shape"]),
        ("x(s - t)", ["the product `x*(s - t)`", "an entry, `x[s - t]`"]),
        ("2x(s - t)", ["the product `x*(s - t)`", "an entry, `x[s - t]`"]),
        ("log sigmoid(t)^2", ["the argument of a function stands in parentheses"]),
        ("log t s", ["the argument of a function stands in parentheses"]),
        ("log t/s", ["the argument of a function stands in parentheses"]),
        ("|S|^2", ["the determinant `det(S)`", "entry by entry `abs(S)`"]),
        ("t/(2*s*I)", ["as a number, `I` is declared `I in R`"]),
    ],
)
def test_two_readings_are_both_offered(refused: Callable[..., LanguageError], typed: str, offered: list[str]) -> None:
    message = refused(typed, SYMBOLS).message
    assert all(reading in message for reading in offered), message
