"""Texts about differentials: the letter d before the name of a varying variable."""

from __future__ import annotations

import pytest

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import matrix
from jacobook.language import LanguageError, parse_declarations, read_differential

NAMES = parse_declarations(["X, Y in R^(N x N)", "mu in R^N", "t in R", "x1 in R^N"])
X, Y, MU, T, X1 = NAMES
d = b.differential


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("dX*Y + X*dY", (X, Y), d(X) * Y + X * d(Y)),
        ("tr(dX)", (X,), b.trace(d(X))),
        ("dX'", (X,), b.transpose(d(X))),
        ("-X^-1*dX*X^-1", (X,), -b.inverse(X) * d(X) * b.inverse(X)),
        ("X*dmu", (MU,), X * d(MU)),
        ("X*dμ", (MU,), X * d(MU)),
        ("X*d_mu", (MU,), X * d(MU)),
        ("2*t*dt", (T,), b.product(b.TWO, T, d(T))),
        ("dx1", (X1,), d(X1)),
        ("dx₁", (X1,), d(X1)),
        ("X*Y", (X,), X * Y),
    ],
)
def test_it_is_the_differential(text: str, variables: tuple[Symbol, ...], expected: Node) -> None:
    assert read_differential(text, NAMES, variables) is expected


def test_open_sizes_are_inferred_from_the_expected_shape() -> None:
    assert b.is_zero(read_differential("matrix(0)", NAMES, (X,), matrix("N", "N")))


def test_only_variables_that_vary_have_a_differential() -> None:
    with pytest.raises(LanguageError, match="`dY` is not declared"):
        read_differential("dX*Y + X*dY", NAMES, (X,))


def test_shapes_are_checked() -> None:
    with pytest.raises(LanguageError):
        read_differential("dX*dt + mu", NAMES, (X, T))


@pytest.mark.parametrize(("declared", "variable"), [("dX", X), ("dmu", MU), ("d_mu", MU)])
def test_a_declared_name_is_no_differential(declared: str, variable: Symbol) -> None:
    names = (*NAMES, *parse_declarations([f"{declared} in R^(N x N)"]))
    with pytest.raises(LanguageError, match="rename") as caught:
        read_differential(f"2*{declared}", names, (variable,))
    assert f"`{declared}` is declared" in caught.value.message
    assert (caught.value.line, caught.value.column) == (1, 3)
    other = T if variable is not T else X
    assert read_differential(f"2*{declared}", names, (other,)).symbols == {names[-1]}
