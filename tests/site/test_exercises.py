"""What the pages of exercise 5.8 must show, item by item."""

from __future__ import annotations

import pytest

SHOWN = {
    "a": [
        r"\underbrace{\frac{\partial f}{\partial z}}_{1\times 1}",
        "(1×1)(1×D)(D×D) = 1×D",
        "(D×D)(D×1)(1×1) = D×1",
        "../rules/quadratic-form.md",
        "../rules/scalar-transpose.md",
        "../rules/identity-factor.md",
        "../rules/substitution.md",
        "assumed by us",
        "## In the denominator layout",
        "## If S is symmetric",
        "∂y/∂x has shape D×D",
    ],
    "b": [
        r"\boxed{x_{1}^{2}} &amp; x_{1}x_{2} &amp; \cdots",
        r"\sum_{i=1}^{D} x_{i}^{2} + D\sigma^{2}",
        r"\delta_{ik}",
        "one term survives",
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
        "## Entry by entry",
    ],
}


@pytest.mark.parametrize(("part", "shown"), [(part, shown) for part, items in SHOWN.items() for shown in items])
def test_shown(pages, part, shown):
    assert shown in (pages / "exercises" / f"mml-5-8-{part}.md").read_text("utf-8")


def test_the_routes_stand_in_the_order_of_the_entry(pages):
    text = (pages / "exercises" / "mml-5-8-b.md").read_text("utf-8")
    assert text.index("/// tab | Component route") < text.index("/// tab | Matrix route")
