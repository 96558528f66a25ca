r"""LaTeX as people paste it: `\\mathbf{x}^\\top \\mathbf{A}\\mathbf{x}` and its like, each with what it means."""

from __future__ import annotations

import pytest

from jacobook.algebra.normal_form import equal
from jacobook.language import LanguageError, parse_declarations, parse_expression, parse_statement

GIVEN = [
    "x, y, w, mu, b in R^N",
    "A, B, X in R^(N x N)",
    "Sigma in R^(N x N) positive-definite",
    "t, s, lambda, sigma_x in R",
    "W1 in R^(H x N)",
    "W2 in R^(N x H)",
    "b1 in R^H",
    "y_hat in R^N",
    "ydot in R^N",
    "k in N",
]
SYMBOLS = parse_declarations(GIVEN)


@pytest.mark.parametrize(
    ("latex", "meant"),
    [
        (r"\mathbf{x}^\top \mathbf{A} \mathbf{x}", "x'*A*x"),
        (r"\mathbf{x}^\top \mathbf{Ax}", "x'*A*x"),
        (r"x^TAx\,", "x'*A*x"),
        (r"\mathbf{x}^\top A x \, . ", "x'*A*x"),
        (r"\boldsymbol{x^\top A x} + 2 \bm{y^T x}", "x'*A*x + 2*y'*x"),
        (r"\begin{align} x^\top A x \end{align}", "x'*A*x"),
        (r"\begin{equation*} & x^\top A x. \\ \end{equation*}", "x'*A*x"),
        (r"\[ \begin{aligned} x \cdot x \end{aligned} \]", "x'*x"),
        (r"\begin{aligned} & A x \\ & + A^\top x \end{aligned}", "A*x + A'*x"),
        (r"\begin{split} A x - \\ &\quad A^\top x \end{split}", "A*x - A'*x"),
        (r"A_{1,:} x", "A[1, :]*x"),
        ("(x - mu)^T Sigma^{-1} (x - mu)", "(x - mu)'*inv(Sigma)*(x - mu)"),
        ("frac{1}{2} x^T A x + sqrt{t}", "1/2*x'*A*x + sqrt(t)"),
        ("sum_{i=1}^{N} x_i^2", "x'*x"),
        ("sum_i x_i y_i", "x'*y"),
        ("lambda x^{T} sigma(y)", "lambda*x'*sigmoid(y)"),
        (r"$x^T A x$", "x'*A*x"),
        (r"{\bf x}^T{\bf A}{\bf x}", "x'*A*x"),
        (r"({\bf x} - {\bf y})^{\rm T} {\bf A}^{-1}{\it x}", "(x - y)'*inv(A)*x"),
        (r"{\rm tr}(AB) + \mathop{\bf tr} A + \mathop{\rm tr}(B)", "tr(A*B) + tr(A) + tr(B)"),
        (r"\mathop{\bf diag}(\exp(x)) {\bf 1}", "diag(exp(x))*vector(1)"),
        (r"\sigma_{\rm x} t", "sigma_x*t"),
        (r"A^+ x + (A^{+})^T y", "pinv(A)*x + pinv(A)'*y"),
        (r"\[ \boldsymbol{x}^{\mathsf{T}} A \,\bm{x}. \]", "x'*A*x"),
        (r"x^{\intercal}x", "x'*x"),
        (r"\frac{1}{2}\|y - Xw\|_2^2", "1/2*norm2(y - X*w)^2"),
        (r"\frac12 \lVert y - Xw\rVert^2 + \lambda\|w\|_1", "1/2*norm2(y - X*w)^2 + lambda*norm1(w)"),
        (r"\left\|A - \mathbf{x}\mathbf{y}^\top\right\|_F^2", "norm2(A - x*y')^2"),
        (r"\log\det(\Sigma)", "log(det(Sigma))"),
        (r"\log\det\Sigma", "log(det(Sigma))"),
        (r"\ln|\Sigma|", "logdet(Sigma)"),
        (r"\log\left|\Sigma\right|", "logdet(Sigma)"),
        (r"\log\lvert\det\Sigma\rvert", "logdet(Sigma)"),
        (r"\operatorname{tr}(A^TB)", "tr(A'*B)"),
        (r"\operatorname{softmax}_{\text{rows}}(AX)", "softmax(A*X, 'rows')"),
        (r"\operatorname{softmax}_{\mathrm{columns}} A", "softmax(A, 'columns')"),
        (r"\mathrm{tr} A B^\top", "tr(A*B')"),
        (r"\text{Tr}\left(A\Sigma^{-1}\right)", "tr(A*inv(Sigma))"),
        (r"\Sigma^{-\top}x", "inv(Sigma)'*x"),
        (r"(A^{-1})^\top x", "inv(A)'*x"),
        (r"-\tfrac{1}{2}(x-\mu)^{\top}\Sigma^{-1}(x-\mu)", "-1/2*(x - mu)'*inv(Sigma)*(x - mu)"),
        (r"\exp\left(-\frac{t^2}{2 s^2}\right)", "exp(-(t^2/(2*s^2)))"),
        (r"\exp\{-t\}", "exp(-t)"),
        (r"e^{-t^2}", "exp(-(t^2))"),
        (r"\sigma(w^\top x)", "sigmoid(w'*x)"),
        (r"\log\sigma(w^\top x)", "log(sigmoid(w'*x))"),
        (r"\sigma_x t", "sigma_x*t"),
        (r"W_2\tanh(W_1 x + b_1)", "W2*tanh(W1*x + b1)"),
        (r"W^{(2)}\tanh(W^{(1)} x + b_{1})", "W2*tanh(W1*x + b1)"),
        (r"\dot{y}^\top y", "ydot'*y"),
        (r"(\hat{y} - y)^\top(\hat{\mathbf{y}} - y)", "(y_hat - y)'*(y_hat - y)"),
        (r"x \odot y", "x.*y"),
        (r"x \odot A y", "x.*(A*y)"),
        (r"Ax \odot y", "(A*x).*y"),
        (r"x^{\odot 2}", "x.^2"),
        (r"x^{\circ 3}", "x.^3"),
        (r"x \oslash y", "x./y"),
        (r"A \otimes B", "kron(A, B)"),
        (r"\tanh^2(x)", "tanh(x).^2"),
        (r"\sin^2 t", "sin(t)^2"),
        (r"\sin 2t", "sin(2*t)"),
        (r"\sin t \cos t", "sin(t)*cos(t)"),
        (r"\sqrt{x^\top x}", "sqrt(x'*x)"),
        (r"\begin{bmatrix} t & s \\ 0 & 1 \end{bmatrix}", "[t, s; 0, 1]"),
        (r"\begin{pmatrix} t \\ s \\ \end{pmatrix}", "[t; s]"),
        (r"[x; y]^\top [x; y]", "[x; y]'*[x; y]"),
        (r"\|[A, x; y^\top, t]\|", "norm2([A, x; y', t])"),
        (r"x_1^2 + A_{12} + A_{1,2}", "x[1]^2 + A[1, 2] + A[1, 2]"),
        (r"t \cdot x^\top y", "t*x'*y"),
        (r"2t/3", "2*t/3"),
        (r"t^{-1}", "t^-1"),
        (r"A^{k} x", "A^k*x"),
        (r"|t| + |s|", "abs(t) + abs(s)"),
        (r"\|x\|\|y\|", "norm2(x)*norm2(y)"),
        (r"(I - \mathbf{1}\mathbf{1}^\top/2)x", "(eye - vector(1)*vector(1)'/2)*x"),
        (r"\mathbf{I}_N x", "eye(N)*x"),
        (r"\operatorname{diag}(x) y", "diag(x)*y"),
        (r"A\left(x + y\right)", "A*(x + y)"),
        (r"A^{\prime}x", "A'*x"),
        (r"A'\mathbf{x}", "A'*x"),
        (r"t\,s\;t", "t*s*t"),
        (r"0.5\,\lambda\,w^{\top}w", "0.5*lambda*w'*w"),
        (r"|A|^{-1/2}\exp(t)", "det(A)^(-1/2)*exp(t)"),
        (r"\frac{t}{\sqrt{|\Sigma|}}", "t/sqrt(det(Sigma))"),
        (r"\langle A, B\rangle_F + \langle A, X\rangle_{\mathrm{F}}", "inner(A, B) + inner(A, X)"),
        (r"\log_{10} t + \log_2(s)", "log10(t) + log2(s)"),
        (r"\sum_{i,j} A_{ij} x_i y_j", "x'*A*y"),
        (r"\sum_{ij} A_{ij} x_i y_j", "x'*A*y"),
        (r"\sum_{i,j=1}^{N} A_{ij} x_i y_j", "x'*A*y"),
    ],
)
def test_a_formula_means(latex: str, meant: str) -> None:
    read = parse_expression(latex, SYMBOLS)
    expected = parse_expression(meant, SYMBOLS)
    assert read is expected or equal(read, expected), f"{latex} was read as {read}"


@pytest.mark.parametrize(
    ("latex", "marked", "says"),
    [
        (r"\sin \lambda t", r"\sin \lambda t", "Put its argument in parentheses"),
        (r"\log x (t)", r"\log x (", "Put its argument in parentheses"),
        (r"t/\lambda t", r"/\lambda t", r"Write a `\frac`, or parentheses"),
        (r"(t - \lambda)^2/2t^2", r"/2t", r"Write a `\frac`, or parentheses"),
        (r"\|x\|^2/2t^2", r"/2t", r"Write a `\frac`, or parentheses"),
        (r"t/2\pi", r"/2\pi", r"Write a `\frac`, or parentheses"),
        (r"\sin^{-1}(t)", r"\sin", "inverse function"),
        (r"|A|", r"|A|", "determinant"),
        (r"|A|^2", r"|A|", "determinant"),
        (r"|\mathbf{x}|", r"|\mathbf{x}|", "the length"),
        (r"\mathbf{x}^\top \mathbf{z}", r"\mathbf{z}", "`z` is not declared"),
        (r"\mathbf{x}^\top \mathbf{x", "{", "this brace is not closed"),
        (r"\frac{t}{", "", "was expected"),
        (r"\partial t", r"\partial", "derivatives are not read within"),
        (r"x^{\dagger}x", r"^{\dagger}", "the pseudoinverse is written"),
        (r"\|x\|_Q", "_Q", "`_F`, `_*` and `_{op}` are read"),
        (r"t + \cdots + s", r"\cdots", "what the dots stand for"),
        (r"t = \lambda", "=", "operator was expected"),
        (r"A x^\top", r"A x^\top", "is a row with N entries"),
        (r"\mathbf{Ax}^\top", r"\mathbf{Ax}^", "may belong to the last letter"),
        (r"\mathrm{Ax}", r"\mathrm{Ax}", "`Ax` is not declared"),
        (r"\foo t + \sin(t)", r"\foo", "was expected instead of"),
        (
            r"\sum_{i=1}^N t x_i + x_i",
            "i",
            "the index of a sum that ends before this term: put all that is summed in brackets",
        ),
        (r"\sum\limits_i x_i + x_j", "j", "no place of `x`"),
    ],
)
def test_what_is_said(latex: str, marked: str, says: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_expression(latex, SYMBOLS)
    error = caught.value
    assert says in error.message
    assert not marked or latex[error.column - 1 : error.end_column - 1] == marked


def test_a_declared_name_is_never_a_function() -> None:
    symbols = parse_declarations(["sigma, z in R"])
    assert parse_expression(r"\sigma(z)", symbols) is parse_expression("sigma*z", symbols)


def test_a_chain_in_latex() -> None:
    given = ["x, mu in R^D", "S in R^(D x D) invertible"]
    latex = [
        r"f(z) = \exp(-\tfrac12 z)",
        r"z = g(\mathbf{y}) = \mathbf{y}^\top S^{-1}\mathbf{y}",
        r"\mathbf{y} = \mathbf{x} - \mu",
    ]
    plain = ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = x - mu"]
    read, expected = parse_statement(given, latex, "x"), parse_statement(given, plain, "x")
    assert [link.symbol for link in read.links] == [link.symbol for link in expected.links]
    assert all(equal(one.expression, two.expression) for one, two in zip(read.links, expected.links, strict=True))


@pytest.mark.parametrize(
    "typed",
    [
        r"\begin{aligned} L &= \tfrac12\|a-y\|^2 \\ a &= \sigma(z) \\ z &= A x \end{aligned}",
        r"\[\begin{cases} L = \tfrac12\|a-y\|^2, \\[2pt] a = \sigma(z), \\ z = A x. \end{cases}\]",
        r"\begin{align*} L & = \tfrac12\|a-y\|^2 \label{loss} \\ a & = \sigma(z) \nonumber \\ z &= A x \\ \end{align*}",
    ],
)
def test_the_equations_of_a_system_are_lines_of_a_chain(typed: str) -> None:
    lines = ["L = 1/2*norm2(a - y)^2", "a = sigmoid(z)", "z = A*x"]
    assert parse_statement(GIVEN, [typed], "A").links == parse_statement(GIVEN, lines, "A").links


@pytest.mark.parametrize(
    "typed",
    [
        r"\begin{cases} f = y^\top y & (1) \\ y = x + a & (2) \end{cases}",
        r"\begin{align} f &= y^\top y \quad (1.1) \\ y &= x + a, && (1.2a) \end{align}",
    ],
)
def test_the_number_of_an_equation_is_no_factor(typed: str) -> None:
    given = ["x, a in R^N"]
    assert parse_statement(given, [typed], "x").links == parse_statement(given, ["f = y'*y", "y = x + a"], "x").links
    assert parse_statement(given, [r"x^\top x \qquad (3)"], "x").links == parse_statement(given, ["x'*x"], "x").links
    factor = parse_statement(given, [r"a^\top x \quad (2 + 1)"], "x").links
    assert factor == parse_statement(given, ["a'*x*(2 + 1)"], "x").links


@pytest.mark.parametrize("sum_of", [r"\sum_i x_i y_i", r"\sum_{i,j} A_{ij} x_i", r"\sum_{i} A_{ii}"])
def test_an_index_does_not_count_along_axes_of_several_sizes(sum_of: str) -> None:
    with pytest.raises(LanguageError, match="counts along several axes"):
        parse_statement(["x in R^N", "y in R^M", "A in R^(M x N)"], [sum_of], "x")


def test_an_error_in_a_system_is_told_at_its_place_in_what_was_typed() -> None:
    system = "\\begin{aligned} f &= y^2 \\tag{1} \\\\\n y &= x + \\foo & (2) \\end{aligned}"
    with pytest.raises(LanguageError) as caught:
        parse_statement(["x in R"], ["g = f", system], "x")
    error = caught.value
    assert (error.origin, error.source) == ("expr[1]", system)
    assert system.split("\n")[error.line - 1][error.column - 1 : error.end_column - 1] == r"\foo"


def test_a_matrix_in_a_system_keeps_its_rows() -> None:
    system = r"\begin{aligned} f &= a^\top a \\ a &= \begin{bmatrix} t & s \\ 0 & 1 \end{bmatrix} u \end{aligned}"
    given = ["t, s in R", "u in R^2"]
    assert (
        parse_statement(given, [system], "u").links
        == parse_statement(given, ["f = a'*a", "a = [t, s; 0, 1]*u"], "u").links
    )


@pytest.mark.parametrize("typed", [r"x^{\mathrm{T}} T x", r"x^{\rm T}Tx", "x^T*T*x"])
def test_an_array_called_t_is_no_exponent(typed: str) -> None:
    symbols = parse_declarations(["x in R^N", "T in R^(N x N)"])
    assert equal(parse_expression(typed, symbols), parse_expression("x'*T*x", symbols))


def test_a_number_called_t_is_an_exponent() -> None:
    symbols = parse_declarations(["x, T in R"])
    assert parse_expression("x^T", symbols) is parse_expression("x^(T)", symbols)
