"""Published formulas on pages: each is judged against what its target names, and the page says what was found."""

from __future__ import annotations

from typing import Any

import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.latex.formulas import latex
from jacobook.site.pages.findings import finding_sentence, right_formula
from jacobook.site.pages.verification_report import corrections
from jacobook.verification.answers.claims import Finding, examine

from .conftest import claim, entry

FORM = ("x'*A*x", "x in R^N", "A in R^(N x N)")
MAP = ("A*x", "x in R^N", "A in R^(M x N)")


def judged(workshop, text: str) -> list[dict[str, Any]]:
    """What the page of an entry says about its claims."""
    workshop.only(judged=text)
    assert workshop.run() == 0
    record = workshop.records()["judged"]
    shown = workshop.page(record["file"])
    for row in record["page"]["claims"]:
        assert row["formula"] in shown
        assert row["sentence"] in shown
        assert f'<span class="claim-label">{row["label"]}</span>' in shown
    return record["page"]["claims"]


def judge(workshop, base, formula, wrt="x", fields=None, **of_claim):
    (row,) = judged(workshop, entry("judged", *base, wrt=wrt, claims=[claim(formula, **of_claim)], **(fields or {})))
    return row


# The statement, the formula, its status, words of what is said.
RESULTS = {
    "the derivative": (FORM, "x'*(A + A')", "agrees", " with the derivative ("),
    "the derivative in other words": (FORM, "x'*A' + x'*A", "agrees", " with the derivative ("),
    "the other layout": (FORM, "(A + A')*x", "other-layout", "it is the transpose of the derivative"),
    "a shape that is not the derivative's": (FORM, "A", "disagrees", "N×N"),
    "shapes that clash inside": (FORM, "x*A", "disagrees", "shapes do not fit inside the formula itself"),
    "other numbers": (FORM, "x'*(A - A')", "disagrees", "it should be"),
    "a factor": (FORM, "2*x'*(A + A')", "disagrees", "2 times the derivative"),
    "an assumption": (FORM, "2*x'*A", "condition", "only if A is symmetric"),
    "an assumption and the other layout": (FORM, "2*A*x", "condition", "other layout"),
    "a matrix": (MAP, "A", "agrees", " with the derivative ("),
    "a matrix in the other layout": (MAP, "A'", "other-layout", "transpose"),
}


@pytest.mark.parametrize(("base", "formula", "status", "said"), RESULTS.values(), ids=RESULTS)
def test_the_result(workshop, base, formula, status, said):
    row = judge(workshop, base, formula)
    assert row["status"] == status
    assert said in row["sentence"]


def test_a_formula_that_is_wrong_is_refuted_by_numbers(workshop):
    sentence = judge(workshop, FORM, "x'*(A - A')")["sentence"]
    assert "For N = " in sentence
    assert "entry 1 of the printed formula is" in sentence


CHAIN = ("f(z) = exp(z)", "z = x'*A*x")
TARGETS = {
    "partial": ("partial f by z", "exp(z)", "z*exp(z)", "the partial derivative of f with respect to z"),
    "value": (
        "value x*x'",
        "x*x'",
        "x'*x",
        r"the value of \(\boldsymbol{x}\boldsymbol{x}^{\top}\){data-search-exclude}",
    ),
    "expression": (
        "expression result*x",
        "2*exp(x'*A*x)*(x'*A*x)",
        "exp(x'*A*x)*(x'*A*x)",
        r"the value of \(\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}}\,\boldsymbol{x}\){data-search-exclude}",
    ),
    "entry": (
        "entry by [i]",
        "exp(x'*A*x)*((A + A')*x)[i]",
        "exp(x'*A*x)*(A*x)[i]",
        "the derivative with respect to entry &#91;i&#93;",
    ),
}


@pytest.mark.parametrize(("target", "right", "wrong", "about"), TARGETS.values(), ids=TARGETS)
def test_a_target(workshop, target, right, wrong, about):
    claims = [claim(right, target=target), claim(wrong, target=target)]
    text = entry("judged", CHAIN, *FORM[1:], wrt="x", claims=claims)
    first, second = judged(workshop, text)
    assert (first["status"], second["status"]) == ("agrees", "disagrees")
    assert first["about"] == second["about"] == about


ROWS = {
    "row": ("row 2", "[0, 0, 1]", "[0, 1, 0]"),
    "column": ("column 2", "[0; 0; 0]", "[1; 0; 0]"),
    "result": ("result", "[1, 0, 0; 0, 0, 1; 1, 0, 0]", "[1, 0, 0; 0, 1, 0; 0, 0, 1]"),
}


@pytest.mark.parametrize(("target", "right", "wrong"), ROWS.values(), ids=ROWS)
def test_a_row_and_a_column(workshop, target, right, wrong):
    claims = [claim(formula, target=target) for formula in (right, wrong, "[1, 2; 3, 4]")]
    text = entry("judged", "[x[1]; x[3]; x[1]]", "x in R^3", claims=claims)
    assert [row["status"] for row in judged(workshop, text)] == ["agrees", "disagrees", "disagrees"]


@pytest.mark.parametrize("target", ["row 5", "column 9"])
def test_a_row_that_is_not_there(workshop, capsys, target):
    workshop.only(judged=entry("judged", "2*x", "x in R^3", claims=[claim("[2, 0, 0]", target=target)]))
    assert workshop.run() in (2, 3)
    said = capsys.readouterr().err
    assert "judged.yaml:" in said
    assert "Traceback" not in said
    assert "mistake of Jacobook" not in said


@pytest.mark.parametrize(
    ("formula", "status"), [("A + A'", "agrees"), ("2*A", "condition"), ("A - A'", "disagrees"), ("x*x'", "disagrees")]
)
def test_the_hessian(workshop, formula, status):
    row = judge(workshop, FORM, formula, target="hessian", fields={"order": 2})
    assert row["status"] == status
    assert row["about"] == "the second derivative"


def test_a_claim_about_a_case(workshop):
    case = {"title": "A symmetric matrix", "given": ["x in R^N", "A in R^(N x N) symmetric"]}
    row = judge(workshop, FORM, "2*x'*A", case=1, fields={"cases": [case]})
    assert row["status"] == "agrees"
    assert row["about"] == "in the case “A symmetric matrix”"


def test_a_claim_with_declarations_of_its_own(workshop):
    claims = [claim("2*x'", given=["x in R^3", "A in R^(3 x 3)"], expression=["x'*x"]), claim("2*x'")]
    first, second = judged(workshop, entry("judged", *FORM, wrt="x", claims=claims))
    assert first["status"] == "agrees"
    assert r"of \(\boldsymbol{x}^{\top}\boldsymbol{x}\)" in first["about"]
    assert r"\(\boldsymbol{A} \in \mathbb{R}^{3\times 3}\)" in first["about"].split(", with ")[1]
    assert second["status"] != "agrees"


def test_a_claim_with_a_variable_of_its_own(workshop):
    first, second = judged(workshop, entry("judged", *FORM, wrt="x", claims=[claim("x*x'", wrt="A"), claim("x*x'")]))
    assert (first["status"], second["status"]) == ("agrees", "disagrees")


def test_a_claim_about_a_differential(workshop):
    claims = [claim("dX*Y + X*dY"), claim("dX*dY"), claim("dX*Y")]
    text = entry("judged", "X*Y", "X in R^(M x N)", "Y in R^(N x P)", differential=["X", "Y"], claims=claims)
    assert [row["status"] for row in judged(workshop, text)] == ["agrees", "disagrees", "disagrees"]


def test_a_correction_of_ours_is_marked(workshop):
    claims = [claim("x'*A"), claim("x'*(A + A')", reading="corrected", note="The transpose is lost in print.")]
    judged(workshop, entry("judged", *FORM, wrt="x", claims=claims))
    shown = workshop.page("exercises/judged.md")
    assert shown.count("A printed page, with our correction") == 1
    assert "The transpose is lost in print." in shown


def test_a_formula_without_a_value_is_shown_as_it_was_typed(workshop):
    assert judge(workshop, FORM, "x*A")["formula"] == "`x*A`"


def test_a_formula_with_a_backquote_or_a_tag_is_text(workshop, capsys):
    workshop.only(judged=entry("judged", *FORM, wrt="x", claims=[claim("`<b>`")]))
    assert workshop.run() == 2
    assert "judged.yaml:" in capsys.readouterr().err


def finding(given: list[str], expression: str, wrt: str, formula: str, target: str = "result") -> Finding:
    return examine(derive(parse_statement(given, [expression], wrt)), formula, target)


def test_a_term_that_is_missing_is_typeset() -> None:
    said = finding_sentence(finding(["x, b in R^N", "A in R^(N x N)"], "x'*A*x + b'*x", "x", "x'*A' + b'"))
    assert r"the term \(\boldsymbol{x}^{\top}\boldsymbol{A}\){data-search-exclude} of the derivative is missing" in said


def test_operands_that_clash_stand_as_code() -> None:
    said = finding_sentence(finding(["x in R^N", "A in R^(N x N)"], "x'*A*x", "x", "x*A"))
    assert "`x*A`" in said
    assert "&#96;" not in said


def test_an_expression_in_the_derivative_is_named_by_it() -> None:
    found = finding(["X in R^(N x N)"], "det(X)", "X", "det(X)*eye", "expression result*X'")
    assert found.agrees
    assert found.said is not None
    assert latex(found.said) == r"\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{X}}\,\boldsymbol{X}^{\top}"


@pytest.mark.parametrize("formula", ["-2*(y - X*w)'", "(y - X*w)'*X"])
def test_the_right_formula_is_given_for_a_chain_too(formula: str) -> None:
    found = finding(["y in R^N", "X in R^(N x D)", "w in R^D"], "norm2(y - X*w)^2", "w", formula)
    assert right_formula(found).count(r"-2(\boldsymbol{y} - \boldsymbol{X}\boldsymbol{w})^{\top}\boldsymbol{X}") == 1


def test_a_correction_may_hold_for_more_than_what_was_printed() -> None:
    printed = {"source": "(1)", "reading": "printed", "of": [None, "result", ["X in R^(N x N)"]], "formula": "wrong"}
    ours = [{**printed, "reading": "corrected", "of": [None, "result", given], "formula": name}
            for given, name in (([], "for all"), (["X in R^(N x N)"], "for these"))]  # fmt: skip
    assert corrections(printed, [printed, *ours]) == ["for these"]
    assert corrections(printed, [printed, ours[0]]) == ["for all"]
    assert corrections(printed, [printed, {**ours[0], "of": [1, "result", []]}]) == []
