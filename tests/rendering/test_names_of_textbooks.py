"""What has a name of its own in textbooks is printed under it, and read under it."""

from __future__ import annotations

import pytest

from jacobook.language import LanguageError, parse_declarations, parse_expression
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex

SYMBOLS = list(parse_declarations(["S in R^(N x N) symmetric", "A in R^(M x N)", "X in R^(N x N)"]))
S, A = r"\boldsymbol{S}", r"\boldsymbol{A}"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("eigmax(S)", rf"\lambda_{{\max}}({S})"),
        ("eigvecmax(S)", rf"\boldsymbol{{v}}_{{\max}}({S})"),
        ("normnuc(A)", rf"\lVert {A} \rVert_{{*}}"),
        ("spectralnorm(A)", rf"\sqrt{{\lambda_{{\max}}({A}^{{\top}}{A})}}"),
        ("kron(X, X) + eye(N*N)", r"\boldsymbol{X} \otimes \boldsymbol{X} + \boldsymbol{I}_{N^{2}}"),
    ],
)
def test_it_is_printed_so_and_read_back(typed: str, printed: str) -> None:
    node = parse_expression(typed, SYMBOLS)
    assert latex(node) == printed
    assert text(parse_expression(latex(node), SYMBOLS, node.shape)) == text(node)


def test_the_power_of_a_size_is_a_small_whole_number() -> None:
    with pytest.raises(LanguageError, match="a small whole number as its exponent"):
        parse_expression(r"\boldsymbol{X} + \boldsymbol{I}_{N^{9}}", SYMBOLS)
