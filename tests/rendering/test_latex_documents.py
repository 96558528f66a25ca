"""What is printed as LaTeX compiles: reasons with their signs, formulas and reasons no wider than the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from jacobook.calculus.derivation import Derivation, Prose
from jacobook.calculus.rules.table import RULES
from jacobook.rendering.latex.block import COLUMN, breakable, latex_block, latex_display
from jacobook.rendering.latex.lines import LatexLine
from jacobook.rendering.latex.width import extent
from jacobook.rendering.outline import Line
from jacobook.rendering.report import report_latex
from jacobook.rendering.sentences import escape_latex
from tests.conftest import one_in
from tests.pdflatex import complaints, widths

BENCHMARK = Path(__file__).parents[1] / "data/benchmark/cases.jsonl"
SIGNS = "−×·⋅÷±∘⊙⊘⊗⊕∗<>|‖∥⟨⟩≤≥≠≈≡∝∈→↦⇒…⋯⋮⋱∂∇∞∑∏√½¼¾ℝℕℓ✓′″‴⊤ᵀ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱ₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼ"
SIGNS += "αβγδεζηθικλμµνξοπρσςτυφχψωΓΔ∆ΘΛΞΠΣΥΦΨΩΑ𝐀ℎ–—“”‘’„"
"""Signs that sentences of the engine, and names as people type them, may hold."""


@pytest.mark.slow
def test_every_report_of_the_benchmark_compiles(worked: Callable[..., Derivation], tmp_path: Path) -> None:
    pieces = {}
    for case in map(json.loads, BENCHMARK.read_text("utf-8").splitlines()[:: one_in(4)]):
        expressions = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
        derivation = worked(case["given"], expressions, case["wrt"])
        for route in ("matrix", "component"):
            for layout in ("jacobian", "denominator"):
                pieces[f"{case['id']}, {route}, {layout}"] = report_latex(derivation, None, layout, route)
    assert len(pieces) >= 280 // one_in(4)
    assert complaints(pieces, tmp_path) == []


def test_every_sign_and_every_reason_of_a_rule_compiles(tmp_path: Path) -> None:
    texts = {f"U+{ord(sign):04X}": f"a{sign} b" for sign in SIGNS}
    texts["side by side"] = "A⁻¹₁² x′² ‖u‖²×⊗−α₁β ∂f/∂x ′₁′"
    texts["special"] = r"\ { } $ & # _ % ~ ^ < > | é ö"
    texts |= {slug: f"{rule.name}; {rule.reason}; {rule.domain}" for slug, rule in RULES.items()}
    pieces = {name: rf"{{\raggedright {escape_latex(text)}\par}}" for name, text in texts.items()}
    assert len(pieces) > 200
    assert complaints(pieces, tmp_path) == []
    assert all(latex.isascii() for name, latex in pieces.items() if name != "special")


@pytest.mark.parametrize(
    ("words", "latex"),
    [
        ("A⁻¹", r"A\(^{-1}\)"),
        ("B′ ⊗ A", r"B\(^{\prime}\) \(\otimes\) A"),
        ("‖u‖²", r"\(\Vert\)u\(\Vert^{2}\)"),
        ("x₁²", r"x\(_{1}{}^{2}\)"),
        ("1×N", r"1\(\times\)N"),
        ("σ lifts it", r"\(\sigma\) lifts it"),
        ("a_b & Jacobi's", r"a\_b \& Jacobi's"),
    ],
)
def test_signs_in_words_are_mathematics(words: str, latex: str) -> None:
    assert escape_latex(words) == latex


def test_widths_are_estimated(printed: list[LatexLine], tmp_path: Path) -> None:
    formulas = list(dict.fromkeys(f"{line.left} = {line.right}" for line in printed))
    measured = widths(formulas, tmp_path)
    assert len(formulas) > 300
    for formula, width in zip(formulas, measured, strict=True):
        assert 0.78 * width - 6 <= extent(formula).width <= 1.3 * width + 6, formula
    # On the narrow side is what would stick out.
    small = sum(extent(formula).width < 0.94 * width for formula, width in zip(formulas, measured, strict=True))
    assert small < 0.03 * len(formulas)


LONG = (
    r"\operatorname{tr}\left(\frac{a}{b} + "
    + " + ".join(rf"(\boldsymbol{{A}}_{{{k}}} + \boldsymbol{{B}})^{{-1}}\boldsymbol{{C}}" for k in range(9))
    + r"\right)"
)


def test_long_brackets_are_opened_and_short_ones_stay_whole() -> None:
    broken = breakable(LONG, 200)
    assert r"\left" not in broken
    assert r"\biggl(" in broken
    assert r"\boldsymbol{A}_{0} +\nobreak" in broken
    assert extent(broken).piece < 120 < extent(LONG).piece
    assert breakable("a + b", 200) == "a + b"


def test_a_sum_of_products_with_shapes_below_is_broken_at_its_sign(tmp_path: Path) -> None:
    product = r"\,".join([r"\underbrace{\boldsymbol{A}^{\top}}_{N\times N}"] * 9)
    assert COLUMN / 2 < extent(product).width < COLUMN
    assert complaints({"sum": latex_display(f"{product} + {product}")}, tmp_path) == []


def test_only_breaks_are_added_to_a_formula() -> None:
    broken = re.sub(r"\\(nobreak|penalty900) ?", "", breakable(LONG.replace(r"\frac{a}{b}", "a"), 40))
    broken = broken.replace(r"\bigl", r"\left").replace(r"\bigr", r"\right")
    assert broken.replace(" ", "") == LONG.replace(r"\frac{a}{b}", "a").replace(" ", "")


def test_a_reason_stands_at_the_right_where_there_is_room() -> None:
    def block(right: str, reason: str) -> str:
        return latex_block([Line("", "", "f", right, Prose(reason))])

    assert block("x", "Short.") == "\\begin{align*}\nf &= x && \\text{Short.}\n\\end{align*}"
    assert r"&& \parbox[t]{0." in block("x", "A longer reason, " * 8)
    wide = " + ".join("abcdefgh" for _ in range(6))
    assert extent(wide).width < COLUMN
    assert "\\\\*\n&\\quad \\parbox" in block(wide, "A longer reason, " * 8)
