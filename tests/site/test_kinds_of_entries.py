"""Cases, second derivatives, differentials, Taylor polynomials and plots: each has its place on the page."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.commands import in_process

from .conftest import entry

FORM = ("x'*A*x", "x in R^N", "A in R^(N x N)")


def page(workshop, text: str) -> str:
    workshop.only(only=text)
    assert workshop.run() == 0
    (record,) = workshop.records().values()
    return workshop.page(record["file"])


def section(text: str, anchor: str) -> str:
    """What stands below the heading with this anchor, up to the next heading of the first level below the title."""
    return re.split(r"^## ", re.split(rf"{{#{anchor}[^}}]*}}\n", text, maxsplit=1)[1], maxsplit=1, flags=re.M)[0]


def result(text: str) -> str:
    return text.split('<p class="result-title"', 1)[1].split("</div>", 1)[0]


@pytest.mark.parametrize(
    ("lines", "given", "wrt", "factors"),
    [
        (("f = exp(-z)", "z = y'*y", "y = x - mu"), ["x, mu in R^D"], "x", ["∂f/∂z", "∂z/∂y", "∂y/∂x"]),
        (("f = u'*v", "u = tanh(x)", "v = A*x"), ["x in R^D", "A in R^(D x D)"], "x",
         ["∂f/∂u", "∂u/∂x", "∂f/∂v", "∂v/∂x"]),
        # Passed back link by link, no line has all factors; for one link there is nothing to multiply.
        (("f = norm2(h - y)^2", "h = V*tanh(u)", "u = W*x"),
         ["x in R^N", "y in R^K", "W in R^(M x N)", "V in R^(K x M)"], "W", []),
        (("f = x'*A*x",), ["x in R^D", "A in R^(D x D)"], "x", []),
    ],
    ids=["one path", "two paths", "link by link", "one link"],
)  # fmt: skip
def test_a_chain_begins_with_the_product_of_its_derivatives(workshop, lines, given, wrt, factors):
    text = page(workshop, entry("only", lines, *given, wrt=wrt))
    if not factors:
        assert "{#chain-rule" not in text
        return
    plan = section(text, "chain-rule")
    formula = plan.split("\\[", 1)[1].split("\\]", 1)[0]
    found = re.findall(r"\\frac\{\\partial (.*?)\}\{\\partial (.*?)\}", formula)
    plain = [re.sub(r"\\boldsymbol|[{}]", "", f"∂{above}/∂{below}") for above, below in found]
    assert plain == factors
    assert ("the products are added" in plan) == (len(factors) > 3)
    assert text.index("{#chain-rule") < text.index("{#f-by-")


def test_a_case_with_declarations_of_its_own(workshop):
    case = {"title": "A symmetric matrix", "text": "Both terms are equal.", "given": [FORM[1], FORM[2] + " symmetric"]}
    text = page(workshop, entry("only", *FORM, wrt="x", cases=[case]))
    assert "## A symmetric matrix {#case-1}\n\nBoth terms are equal.\n" in text
    assert r"\boldsymbol{x}^{\top}(\boldsymbol{A} + \boldsymbol{A}^{\top})" in result(text)
    assert r"2\boldsymbol{x}^{\top}\boldsymbol{A}\]" in result(section(text, "case-1"))
    assert "is symmetric, then" not in text  # the case says it, and derives it
    assert "{#special" in page(workshop, entry("only", *FORM, wrt="x"))


def test_cases_of_another_variable_and_another_function(workshop):
    cases = [{"title": "By the matrix", "wrt": "A"}, {"title": "Without it", "expression": ["x'*x"]}]
    text = page(workshop, entry("only", *FORM, wrt="x", cases=cases))
    assert r"\boldsymbol{x}\boldsymbol{x}^{\top}" in result(section(text, "case-1"))
    assert r"2\boldsymbol{x}^{\top}" in result(section(text, "case-2"))
    assert "### In code {#case-1-code" in text
    assert "### In code {#case-2-code" in text


def test_a_second_derivative(workshop):
    text = page(workshop, entry("only", *FORM, wrt="x", order=2))
    assert r"\boldsymbol{A} + \boldsymbol{A}^{\top}" in result(section(text, "second-derivative"))
    assert "--order 2" in text


def test_a_second_derivative_of_a_matrix_is_refused(workshop, capsys):
    workshop.only(only=entry("only", "X*X", "X in R^(N x N)", wrt="X", order=2))
    assert workshop.run() in (2, 3)
    assert "only.yaml:" in capsys.readouterr().err
    assert "exercises/only.md" not in workshop.files()


def test_a_differential_in_two_variables(workshop):
    text = page(workshop, entry("only", "X*Y", "X in R^(M x N)", "Y in R^(N x P)", differential=["X", "Y"]))
    found = result(text)
    for term in (r"\mathrm{d}\boldsymbol{X}\,\boldsymbol{Y}", r"\boldsymbol{X}\,\mathrm{d}\boldsymbol{Y}"):
        assert term in found
    assert "../rules/product.md" in text
    assert "## In code" not in text


def test_a_differential_in_one_of_two(workshop):
    text = page(workshop, entry("only", "X*Y", "X in R^(M x N)", "Y in R^(N x P)", differential=["X"]))
    assert r"\mathrm{d}\boldsymbol{Y}" not in text


def test_taylor_polynomials(workshop):
    text = page(workshop, entry("only", "exp(t)", "t in R", taylor={"at": 0, "degree": 3}))
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", text, re.M)
    assert [row[0] for row in rows] == ["0", "1", "2", "3"]
    assert r"\tfrac{1}{6}" in rows[3][3]
    assert "t^{3}" in result(text)
    assert "The polynomial of degree 3" in text


def test_plots(workshop):
    curve = page(
        workshop, entry("only", "exp(c*t)", "t, c in R", wrt="t", plot={"from": -1, "to": 1, "with": {"c": 2}})
    )
    assert curve.count('<figure class="plot"') == 1
    assert "<svg" in curve
    both = page(workshop, entry("only", "sin(t)", "t in R", taylor={"at": 0, "degree": 3}, plot={"from": -3, "to": 3}))
    assert both.count('<figure class="plot"') == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"plot": {"from": 1, "to": -1}},
        {"plot": {"from": -1, "to": 1}},  # c has no value
        {"plot": {"from": -1, "to": 1, "with": {"q": 1, "c": 1}}},
    ],
)
def test_a_plot_that_cannot_be_drawn(workshop, capsys, fields):
    path = workshop.collection / "only.yaml"
    workshop.only(only=entry("only", "exp(c*t)", "t, c in R", wrt="t", **fields))
    assert workshop.run() == 2
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: plot(\.with\.q)?: .", capsys.readouterr().err)


def figures(text: str) -> list[str]:
    return re.findall(r'<figure class="plot".*?</figure>', text, re.S)


def test_contours_of_a_function_of_a_vector(workshop):
    plot = {"from": -1, "to": 1, "with": {"A": [[1, 2], [0, 1]]}, "note": "Look_at *this* <b>."}
    (figure,) = figures(page(workshop, entry("only", *FORM, wrt="x", plot=plot)))
    assert "Contour lines of" in figure
    assert r"\begin{bmatrix} 1 & 2 \\ 0 & 1 \end{bmatrix}" in figure
    assert "Look&#95;at &#42;this&#42; &#60;b&#62;." in figure.split("<figcaption")[1]


def test_contours_need_two_components(workshop, capsys):
    workshop.only(only=entry("only", "x'*x", "x in R^3", plot={"from": -1, "to": 1}))
    assert workshop.run() == 2
    assert "plot: contours are those of a scalar function of a vector with 2 entries" in capsys.readouterr().err


def test_levels_of_a_curve(workshop, capsys):
    workshop.only(only=entry("only", "exp(t)", "t in R", plot={"from": -1, "to": 1, "levels": [1]}))
    assert workshop.run() == 2
    assert "plot: levels and arrows are those of contours" in capsys.readouterr().err


def test_a_pattern_stands_below_the_derivation_whose_result_it_shows(workshop):
    case = {"title": "Transposed", "expression": ["X'"]}
    text = page(workshop, entry("only", "X.*X", "X in R^(M x N)", wrt="X", cases=[case]))
    first, second = figures(text)
    assert "those on the diagonal" in first
    assert "so it only reorders" in second
    assert text.index("{#f-by-x") < text.index(first) < text.index("{#case-1}") < text.index(second)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_the_commands_on_a_page_derive_its_results(workshop):
    cases = [{"title": "A symmetric matrix", "given": [FORM[1], FORM[2] + " symmetric"]}]
    text = page(workshop, entry("only", *FORM, wrt="x", order=2, cases=cases))
    commands = re.findall(r"```sh\n(.+?)\n\s*```", text, re.S)
    results = re.findall(r"<p class=\"result-title\".+?\\\[.+? = (.+?)\\\]", text, re.S)
    assert len(commands) == len(results) == 3
    for command in commands:
        arguments = shlex.split(command.replace("\\\n", " "))[1:]
        run = in_process(*arguments, "--format", "latex", program="jacobook")
        assert run.returncode == 0, run.stderr
        assert any(found in run.stdout for found in results)


def test_how_a_statement_is_read_stands_before_its_result(workshop):
    case = {"title": "The square", "expression": ["tr(X^2)"]}
    text = page(workshop, entry("only", "tr(exp(X)) + norm2(X)^2", "X in R^(N x N)", cases=[case]))
    before, after = text.split('<p class="result-title"', 1)
    assert "acts entry by entry; the matrix exponential is" in before
    assert "is the Frobenius norm" in before
    assert "is the matrix product" in after.split("{#case-1}")[1].split('<p class="result-title"')[0]
    assert "is not the function of a matrix" not in text


def test_a_long_result_keeps_the_names_of_the_chain_and_says_what_they_stand_for(workshop):
    lines = tuple(f"h{k} = h{k - 1}*h{k - 1} + h{k - 1}" for k in range(1, 11))
    text = page(workshop, entry("only", lines, "h0 in R", wrt="h0"))
    assert r"(2h_{1} + 1)(2h_{0} + 1)" in result(text)
    stated, _, after = text.partition("\nHere\n")
    assert stated.count('<p class="result-title"') == 1
    assert r"h_{9} = h_{8}h_{8} + h_{8}" in after.partition("## ")[0]
    (copy,) = [name for name in workshop.files() if name.endswith(("only.md.txt", "only/index.md.txt"))]
    assert "\nHere\n" in workshop.page(copy)
