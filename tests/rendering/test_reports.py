"""Reports, sentences and JSON of whole derivations."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Index, Partial, symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import Dimension, matrix, row, vector
from jacobook.algebra.traverse import contains
from jacobook.calculus.derivation import Derivation, Prose
from jacobook.calculus.derive import derive
from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text, text_declarations, text_link
from jacobook.rendering.json_output import derivation_json, error_json
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.outline import shape_product_text, verification_sentence
from jacobook.rendering.pictures.chain_data import chain_of
from jacobook.rendering.pictures.chain_svg import chain_figure
from jacobook.rendering.report import report_latex, report_markdown, report_text
from jacobook.rendering.sentences import escape_markdown, prose_latex, prose_markdown, prose_text
from jacobook.rendering.shape_words import jacobian_shape_lists, jacobian_shape_text
from jacobook.rendering.statement_lines import latex_link

Parts = Callable[[str], Derivation]
x, y, z, f = symbol("x", vector("D")), symbol("y", vector("D")), symbol("z"), symbol("f")
VERIFICATION = ("verdict", "why", "passed", "max_relative_error", "instances", "symbolic", "sizes")
KEYS = {
    "id", "ok", "error", "error_kind", "line", "column", "notes", "seconds", "wrt", "output_shape", "input_shape",
    "latex", "text", "python", "partials", "steps", "verification",
}  # fmt: skip


def test_text_report_shows_the_chain_with_shapes(part: Parts, evidence: dict[str, Any]) -> None:
    report = report_text(part("a"), evidence)
    for expected in (
        "x, mu in R^D",
        "S in R^(D x D) invertible",
        "z = g(y) = y'*inv(S)*y",
        "∂z/∂y, 1×D",
        "dy'*inv(S)*y + y'*inv(S)*dy",
        "df/dx = ∂f/∂z · ∂z/∂y · ∂y/∂x",
        "shapes: (1×1)(1×D)(D×D) = 1×D",
        "Shape: 1×D (Jacobian layout).",
        "shapes: (D×D)(D×1)(1×1) = D×1",
        "Verified: 48 comparisons at random points, every relative error below 10⁻⁹; proved",
    ):
        assert expected in report
    assert max(map(len, report.splitlines())) <= 100
    assert not any(line != line.rstrip() for line in report.splitlines())


def test_reports_follow_layout_and_route(part: Parts) -> None:
    assert "(df/dx)' = 2*x" in report_text(part("b"), layout="denominator").split("Result")[1]
    report = report_text(part("b"), route="component")
    assert "[x[1]^2, x[1]*x[2], ⋯, x[1]*x[D]; x[2]*x[1]" in report
    assert "Not verified." in report


def test_markdown_report(part: Parts, evidence: dict[str, Any]) -> None:
    report = report_markdown(part("c"), evidence)
    assert report.startswith("## Statement\n")
    assert r"## $\frac{\partial \boldsymbol{f}}{\partial \boldsymbol{z}}$, M×M" in report
    assert "\n    - $\\displaystyle \\tanh(u) = " in report, "tanh' is derived one level down"
    assert report.count("$") % 2 == 0


def test_latex_report(part: Parts) -> None:
    report = report_latex(part("a"))
    assert report.count(r"\begin{align*}") == report.count(r"\end{align*}") > 4
    assert r"&= -\tfrac{1}{2}\exp" in report
    assert r"&& \text{" in report


def test_json_of_a_derivation(part: Parts, evidence: dict[str, Any]) -> None:
    derivation = part("a")
    answer = derivation_json(derivation, evidence, 0.01, "a")
    assert set(answer) == KEYS
    assert json.loads(json.dumps(answer)) == answer
    assert answer["ok"] is True
    assert answer["error"] is None
    assert (answer["output_shape"], answer["input_shape"], answer["wrt"]) == ([], ["D"], "x")
    assert [(p["of"], p["wrt"], p["shape"]) for p in answer["partials"]] == [
        ("f", "z", ["1", "1"]),
        ("z", "y", ["1", "D"]),
        ("y", "x", ["D", "D"]),
    ]
    assert {frozenset(p) for p in answer["partials"]} == {frozenset(("of", "wrt", "shape", "latex", "text", "total"))}
    assert {frozenset(s) for s in answer["steps"]} == {frozenset(("claim", "rule", "reason", "latex", "text"))}
    assert {s["claim"] for s in answer["steps"]} <= {"value", "differential", "partial", "total"}
    assert set(answer["verification"]) == {*VERIFICATION}
    back = parse_expression(answer["text"], derivation.statement.declarations, derivation.value.shape)
    assert equal(back, derivation.value)
    assert derivation_json(derivation)["verification"] is None


def test_json_in_the_denominator_layout(part: Parts) -> None:
    assert derivation_json(part("b"), layout="denominator")["text"] == "2*x"
    assert derivation_json(part("b"))["text"] == "2*x'"


def test_json_of_an_error() -> None:
    answer = error_json("no rule for it", "refused", "7", line=1, column=4)
    assert set(answer) == KEYS
    assert (answer["ok"], answer["error_kind"], answer["column"]) == (False, "refused", 4)


def test_shapes_of_partials() -> None:
    matrices = matrix("M", "N"), matrix("P", "Q")
    assert jacobian_shape_lists(*matrices) == [["M", "N"], ["P", "Q"]]
    assert jacobian_shape_text(*matrices) == "(M×N)×(P×Q)"
    half = parse_declarations(["v in R^(n*(n+1)/2)", "w in R^(p+1)"])
    assert jacobian_shape_text(half[1].shape, half[0].shape) == "(p + 1)×n(n + 1)/2"
    assert jacobian_shape_lists(vector("M"), matrices[0]) == [["M"], ["M", "N"]]
    assert jacobian_shape_lists(z.shape, z.shape) == ["1", "1"]
    assert jacobian_shape_lists(row("D"), vector("N")) == ["D", "N"]
    assert shape_product_text(b.partial(f, y) * b.partial(y, x) + b.partial(f, x)) == "(1×D)(D×D) = 1×D"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "Not verified."),
        ({"passed": False, "failures": ["Line 2 is wrong."]}, "Verification FAILED. Line 2 is wrong."),
        (
            {"verdict": "unchecked", "passed": False, "why": "the function has no value anywhere", "failures": []},
            "Could not be checked: the function has no value anywhere.",
        ),
        (
            {"verdict": "unchecked", "passed": False, "why": "too large", "claims": 5, "unchecked": 2},
            "Could not be checked: too large. (3 of 5 lines were checked, and hold.)",
        ),
        (
            {"passed": True, "instances": 3, "tolerance": 1e-6, "symbolic": "undecided"},
            "Verified: 3 comparisons at random points, every relative error below 10⁻⁶; "
            "the symbolic check did not decide every claim.",
        ),
    ],
)
def test_verification_sentence(found: dict[str, Any] | None, said: str) -> None:
    assert verification_sentence(found) == said


def test_sentences_hold_formulas() -> None:
    i = Index("i", Dimension.of("D"))
    prose = Prose("{0} has {1} entries {2}; {0} is {3}, {4}.", (x, Dimension.of("D"), b.entry(x, i), "a_b", row("D")))
    assert prose_text(prose) == "x has D entries x[i]; x is a_b, 1×D."
    assert prose_markdown(prose) == (
        r"\(\boldsymbol{x}\) has \(D\) entries \(x_{i}\); \(\boldsymbol{x}\) is a&#95;b, \(1\times D\)."
    )
    assert prose_markdown(Prose("{0}", (i,)), math=lambda formula: f"<{formula}>") == "<i>"
    assert r"is a\_b" in prose_latex(prose)


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", "*a* _b_ `c` [d](e)", "# title", "a | b", "- item", "{{ jinja }}", "$x$", "/// html"],
)
def test_words_are_escaped_for_markdown(words: str) -> None:
    markdown = pytest.importorskip("markdown")
    written = markdown.markdown(escape_markdown(words), extensions=["tables", "attr_list", "md_in_html"])
    assert written.startswith("<p>")
    assert written.count("<") == 2, "one paragraph and no other element"


def test_text_of_statements() -> None:
    declarations = ["x, y in R^D", "S in R^(D x D) positive-definite", "s in R positive", "k in R^(1 x D)"]
    assert text_declarations(parse_declarations(declarations)) == declarations
    assert text_link(Link(z, y.T * x, "g", (y, x))) == "z = g(y, x) = y'*x"
    assert text_link(Link(f, z, None, (z,))) == "f(z) = z"
    assert text_link(Link(y, x)) == "y = x"
    assert latex_link(Link(y, x, "h", (x,))) == r"\boldsymbol{y} = \boldsymbol{h}(\boldsymbol{x}) = \boldsymbol{x}"


@pytest.mark.parametrize(
    ("written", "node"),
    [
        ("dz", b.differential(z)),
        ("d(y'*x)", b.differential(y.T * x)),
        ("dx'*y", b.differential(x).T * y),
        ("∂z/∂y", b.partial(z, y)),
        ("df/dx", b.partial(f, x, total=True)),
        ("∂y[i]/∂x[k]", b.entry(b.partial(y, x), Index("i", Dimension.of("D")), Index("k", Dimension.of("D")))),
        ("x[D]", b.entry(x, Dimension.of("D"))),
        ("(x*y')[1,2]", b.entry(x * y.T, Dimension(1), Dimension(2))),
        ("∂f/∂z · (∂z/∂y)'", b.product(b.partial(f, z), b.partial(z, y).T)),
        ("vector(0)'", b.zero(row("D"))),
        ("dim(M)*dim(N)", b.size_of(Dimension(1, ("M", "N")))),
    ],
)
def test_text_outside_the_language(written: str, node: Any) -> None:
    assert text(node) == written


BENCHMARK = Path(__file__).parents[1] / "data/benchmark/cases.jsonl"
CASES = [json.loads(line) for line in BENCHMARK.read_text("utf-8").splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_case_of_the_benchmark_is_printed_everywhere(
    worked: Callable[..., Derivation], case: dict[str, Any]
) -> None:
    expressions = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
    derivation = worked(case["given"], expressions, case["wrt"])
    answer = derivation_json(derivation)
    symbols = [*derivation.statement.declarations, *(link.symbol for link in derivation.kept)]
    assert equal(parse_expression(answer["text"], symbols, derivation.value.shape), derivation.value)
    compile(answer["python"], "<derivative>", "exec")
    ET.fromstring(chain_figure(chain_of(derivation), "chain"))
    for report in (report_text, report_markdown, report_latex):
        for route in ("matrix", "component"):
            assert report(derivation, None, "denominator", route)


# -- only the free entries --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("symmetric", {"A'", "A + A' - A.*eye", "1/2*(A + A')"}),
        ("diagonal", {"A'", "A.*eye"}),
    ],
)
def test_reports_say_what_it_is_if_only_the_free_entries_vary(declared: str, expected: set[str]) -> None:
    given = ["A in R^(N x N)", f"X in R^(N x N) {declared}"]
    found = derive(parse_statement(given, ["tr(A*X)"], "X"))
    title = f"If X stays {declared}: only its free entries vary"
    for report in (report_text(found), report_markdown(found), report_latex(found)):
        assert report.index(title) > report.index("Result")
    assert text_declarations(found.statement.declarations)[-1] == f"X in R^(N x N) {declared}"
    written = report_text(found).split(title)[1]
    assert "df/dX|free " in written
    assert f"∇_X f|{declared} " in written
    marked = rf"\left.\nabla_{{\!\boldsymbol{{X}}}}\,f\right|_{{\text{{{declared}}}}}"
    assert marked in report_latex(found)
    assert marked in report_markdown(found)
    assert r"\left.\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{X}}\right|_{\text{free}}" in report_latex(found)
    # What is left after the unevaluated derivatives is in the language, and reads back.
    values = [c.right for c in found.structured if not contains(c.right, Partial)]
    assert {text(value) for value in values} == expected
    for value in values:
        assert equal(parse_expression(text(value), found.statement.declarations, value.shape), value)
    steps = [step["text"] for step in derivation_json(found)["steps"]]
    assert any(step.startswith("df/dX|free = ") for step in steps)


def test_reports_of_other_variables_have_no_such_section() -> None:
    found = derive(parse_statement(["A, X in R^(N x N)"], ["tr(A*X)"], "X"))
    assert "free entries" not in report_text(found)


def test_an_entry_by_a_free_entry() -> None:
    found = derive(parse_statement(["X in R^(N x N) symmetric"], ["X"], "X"))
    assert text(found.structured[0].left) == "df[i,j]/dX[k,l]|free"
    assert latex(found.structured[0].left) == (r"\left.\frac{\mathrm{d}f_{ij}}{\mathrm{d}X_{kl}}\right|_{\text{free}}")


def test_every_special_case_stands_for_itself() -> None:
    """Two cases hold under different conditions: a line that begins with = would continue the other one."""
    given = ["x, t in R^N", "A, B in R^(N x N)"]
    found = derive(parse_statement(given, ["x'*A*x + x'*B*x - t'*log(softmax(x))"], "x"))
    assert len(found.special_cases) == 3
    special = report_text(found).partition("Special cases\n")[2].partition("\n\n")[0].splitlines()
    starts = [line for line in special if " = " in line.partition("If ")[0]]
    assert len(starts) == 3
    assert all(line.strip().startswith("df/dx = ") for line in starts)
    said = " ".join(" ".join(special).split())
    for condition in ("If A is symmetric", "If B is symmetric", "If t is normalised"):
        assert condition in said
    assert "Holds if" not in said
    assert report_latex(found).partition("Special cases")[2].count("begin{align*}\n\\frac") == 3


@pytest.mark.parametrize(
    ("function", "where"),
    [
        ("sin(x)/x", "x is 0"),
        ("(exp(x) - 1)/x", "x is 0"),
        ("tanh(x)/x", "x is 0"),
        ("(1 - cos(x))/x^2", "x is 0"),
        ("x/(exp(x) - 1)", "exp(x) - 1 is 0"),
        ("log(x^4)*sin(x^3)", "x is 0"),
    ],
)
def test_a_place_without_a_value_is_named_though_there_is_a_limit(function: str, where: str) -> None:
    found = report_text(derive(parse_statement(["x in R"], [function], "x")))
    assert f"The derivation does not hold where {where}." in found
    assert "where u" not in found
