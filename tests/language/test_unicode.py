"""Unicode where people type it, and the one spelling of every name."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from jacobook.language import parse_declarations, parse_expression, parse_statement
from jacobook.language.names import NAME, as_product, canonical_name, is_name, nearest

SYMBOLS = parse_declarations(["x, y, mu in R^N", "A in R^(N x N)", "sigma, t, n, x1 in R"])


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [
        ("xᵀ·A·y", "x'*A*y"),
        ("x⊤⋅y", "x'*y"),
        ("x′*y", "x'*y"),
        ("x’*y", "x'*y"),
        ("A⁻¹", "A^-1"),
        ("A⁻¹ᵀ", "A^-1'"),
        ("A⁻ᵀ", "A^-1'"),
        ("t²", "t^2"),
        ("t¹²", "t^12"),
        ("t⁻²", "t^-2"),
        ("tⁿ", "t^n"),
        ("-t²", "-t^2"),
        ("x − μ", "x - mu"),
        ("x – mu", "x - mu"),
        ("x − \u00b5", "x - mu"),
        ("σ²*x", "sigma^2*x"),
        ("𝐱 + 𝛍", "x + mu"),
        ("x₁*t", "x1*t"),
        ("x ⊙ y", "x.*y"),
        ("t∕2", "t/2"),
        ("2∗t", "2*t"),
        ("t\u00a0+\u20091", "t + 1"),
    ],
)
def test_forms(text: str, ascii_text: str) -> None:
    assert parse_expression(text, SYMBOLS) is parse_expression(ascii_text, SYMBOLS)


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("x", "x"),
        ("W_1", "W_1"),
        ("\u00b5", "mu"),
        ("\u03bc", "mu"),
        ("σ", "sigma"),
        ("Σ", "Sigma"),
        ("λ", "lambda"),
        ("ϕ", "phi"),
        ("φ", "phi"),
        ("ϵ", "epsilon"),
        ("ω", "omega"),
        ("Ω", "Omega"),
        ("ς", "varsigma"),
        ("σ2", "sigma2"),
        ("σ_x", "sigma_x"),
        ("x₁₂", "x12"),
        ("Δx", "Delta_x"),
        ("xσ", "x_sigma"),
        ("αβ", "alpha_beta"),
        ("𝐗", "X"),
        ("𝝁", "mu"),
    ],
)
def test_one_spelling(name: str, spelling: str) -> None:
    assert canonical_name(name) == spelling
    assert canonical_name(spelling) == spelling
    assert is_name(spelling)


@pytest.mark.parametrize("name", ["", "_x", "1x", "é", "x y", "∇", "x'"])
def test_no_names(name: str) -> None:
    assert not is_name(name)


def test_a_letter_and_its_name_are_one_variable() -> None:
    statement = parse_statement(["σ ∈ ℝ", "x ∈ ℝᴰ"], ["tr(x*xᵀ + sigma²*eye)"], "σ")
    assert statement.wrt.name == "sigma"


def test_the_grammar_has_the_same_names() -> None:
    grammar = resources.files("jacobook.language").joinpath("grammar.lark").read_text("utf-8")
    found = re.search(r"^NAME: /(.*)/$", grammar, re.MULTILINE)
    assert found is not None
    assert found[1] == f"√|{NAME.pattern}"  # the sign of a root is a function: √(x)


def test_nearest_names() -> None:
    assert nearest("S", ["s", "x"]) == "s"
    assert nearest("sigm", ["sigma", "mu"]) == "sigma"
    assert nearest("q", ["x", "A"]) is None
    assert as_product("Axx", ["x", "A"]) == ["A", "x", "x"]
    assert as_product("λx", ["x", "lambda"]) == ["λ", "x"]
    assert as_product("aba", ["a", "b", "ab", "ba"]) is None
    assert as_product("mu", ["m", "u"]) is None
    assert as_product("Aq", ["x", "A"]) is None
