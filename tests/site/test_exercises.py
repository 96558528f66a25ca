"""What the pages of exercise 5.8 must show, item by item."""

from __future__ import annotations

import pytest

SHOWN = {
    "a": [
        r"\underbrace{\frac{\partial f}{\partial z}}_{1\times 1}",
        "(1×1)(1×D)(D×D) = 1×D",
        "(D×D)(D×1)(1×1) = D×1",
        "This is the derivative of the [quadratic form](../identities/quadratic/quadratic-form.md)",
        "../rules/scalar-transpose.md",
        "../rules/identity-factor.md",
        "../rules/substitution.md",
        "assumed by us",
        "/// tab | Denominator layout",
        "## A symmetric matrix, as in a Gaussian",
        "∂y/∂x has shape D×D",
    ],
    "b": [
        r"\boxed{x_{1}^{2}} &amp; x_{1}x_{2} &amp; \cdots",
        r"\sum_{i=1}^{D} x_{i}^{2} + D\sigma^{2}",
        r"\delta_{ik}",
        "keeps only the term",
        r"\begin{bmatrix} 2x_{1} &amp; 2x_{2} &amp; \cdots &amp; 2x_{D} \end{bmatrix}",
        "/// tab | Matrix route",
        "../rules/trace-outer.md",
    ],
    "c": [
        r"\sum_{j=1}^{N} A_{ij}x_{j} + b_{i}",
        "depends on",
        r"\frac{\sinh(u)}{\cosh(u)}",
        r"\operatorname{diag}(\boldsymbol{1} - \tanh^{2}(\boldsymbol{z}))",
        "(M×M)(M×N) = M×N",
        "/// tab | Component route",
    ],
}


def without_marks(text):
    """The page without the marks around what is new in a line."""
    mark = r"\class{changed}{"
    while mark in text:
        before, rest = text.split(mark, 1)
        depth, end = 1, 0
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[end], 0)
            end += 1
        text = before + rest[: end - 1] + rest[end:]
    return text


@pytest.mark.parametrize(("part", "shown"), [(part, shown) for part, items in SHOWN.items() for shown in items])
def test_shown(pages, part, shown):
    assert shown in without_marks((pages / "exercises" / f"mml-5-8-{part}.md").read_text("utf-8"))


def test_the_routes_stand_in_the_order_of_the_entry(pages):
    text = (pages / "exercises" / "mml-5-8-b.md").read_text("utf-8")
    assert text.index("/// tab | Component route") < text.index("/// tab | Matrix route")


def test_the_case_of_a_symmetric_matrix_is_a_section(pages):
    text = (pages / "exercises" / "mml-5-8-a.md").read_text("utf-8")
    case = text.split("## A symmetric matrix, as in a Gaussian {#case-1}\n")[1]
    assert r"-\exp\left(-\tfrac{1}{2}(\boldsymbol{x} - \boldsymbol{\mu})^{\top}\boldsymbol{S}^{-1}" in case


def test_a_slip_in_circulation_is_found(pages):
    """A transpose in the place of an inverse, which a student found and the authors mended."""
    text = (pages / "exercises" / "mml-5-8-a.md").read_text("utf-8")
    wrong = text.split('<div class="claim claim-disagrees"')[1:]
    assert any("before pull request 53" in part and "only if S is orthogonal" in part for part in wrong)
