"""Entries, arrays written entry by entry, and unit vectors: what they mean, and what is said where they do not fit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index
from jacobook.algebra.shapes import Dimension, Kind, matrix, row, vector
from jacobook.language import LanguageError, parse_declarations, parse_expression, parse_statement
from jacobook.language.printer import text

Refused = Callable[..., LanguageError]
SYMBOLS = parse_declarations(["x in R^2", "y in R^D", "A in R^(M x D)", "X in R^(D x D)", "t in R"])
x, y, A, X, t = SYMBOLS
ONE, TWO, D = Dimension(1), Dimension(2), Dimension.of("D")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("x[1]", b.entry(x, ONE)),
        ("x[1]^2", b.power(b.entry(x, ONE), b.TWO)),
        ("A[1, D]", b.entry(A, ONE, D)),
        ("y[D]", b.entry(y, D)),
        ("(A*y)[2]", b.entry(A * y, TWO)),
        ("A*y*x[1]", b.product(A, y, b.entry(x, ONE))),
        ("X^2[1, 2]", b.entry(b.power(X, b.TWO), ONE, TWO)),
        ("A'[2, 1]", b.entry(A.T, TWO, ONE)),
        ("-x[1]", -b.entry(x, ONE)),
        ("eye[1, 2]*inv(X)[1, D]", None),
        ("[t, 1]", b.literal((t, b.ONE), row(2))),
        ("[t; 1]", b.literal((t, b.ONE), vector(2))),
        ("[t, 1; -t, x[2]]", b.literal((t, b.ONE, -t, b.entry(x, TWO)), matrix(2, 2))),
        ("[t; 1][2]", b.entry(b.literal((t, b.ONE), vector(2)), TWO)),
        ("unit(1, D)", b.unit_vector(1, "D")),
        ("unit(D, D)'*X", b.unit_vector(D, "D").T * X),
        ("x[1]'", b.entry(x, ONE)),
    ],
)
def test_what_is_meant(written: str, meant: n.Node | None) -> None:
    if meant is None:
        with pytest.raises(LanguageError, match="cannot be inferred"):
            parse_expression(written, SYMBOLS)
        return
    found = parse_expression(written, SYMBOLS)
    assert found is meant
    assert parse_expression(text(found), SYMBOLS, found.shape) is found


@pytest.mark.parametrize(
    ("written", "marked", "says", "suggestion"),
    [
        ("x[3]", "3", "has 2 places", "2"),
        ("x[0]", "0", "counted from 1", None),
        ("x[1.5]", "1.5", "no place", "2"),
        ("x[-1]", "-1", "no place", "1"),
        ("x[1, 2]", "x[1, 2]", "takes one place, not 2", "x[1]"),
        ("A[1]", "A[1]", "takes two places, row and column, not 1", "A[1, 1]"),
        ("t[1]", "t[1]", "is a scalar and has no entries", "t"),
        ("2^(x + x)[1]", "2^(x + x)[1]", "bind as `^` does", "2^((x + x)[1])"),
        ("t^t[1]", "t^t[1]", "is a scalar and has no entries", "t^t"),
        ("y[M]", "M", "the last is `D`", "D"),
        ("y[i]", "i", "they are 1, 2, …, `D` for the last", "1"),
        ("y[t + 1]", "t + 1", "no place", "1"),
        ("A[y[1], 1]", "y[1]", "an entry of another array cannot be one; with `Z[t,:]` a row of zeros", None),
        ("[t]", "[t]", "make no array", "t"),
        ("[t, t; t]", "t", "row 2 has 1 entry and row 1 has 2 entries", None),
        ("[y, t]", "[y, t]", "do not fit beside each other", None),
        ("[t; A]", "[t; A]", "do not fit beside each other", None),
        ("unit(3, 2)", "3", "none of them", "2"),
        ("unit(1)", "unit(1)", "takes a place and a size", None),
        ("unit(1, K)", "K", "not a size", None),
        ("delta(1, 2)", "delta", "there is no function `delta`", None),
        ("[t, t] + x", "[t, t] + x", "`x` has 2 entries", "[t, t] + x'"),
    ],
)
def test_what_is_said(refused: Refused, written: str, marked: str, says: str, suggestion: str | None) -> None:
    error = refused(written, SYMBOLS)
    assert says in error.message
    place = written[error.column - 1 : error.end_column - 1]
    assert place == marked
    assert error.suggestion == suggestion


def test_shapes_of_written_arrays() -> None:
    shapes = [parse_expression(text, SYMBOLS).shape.kind for text in ("[t, t]", "[t; t]", "[t, t; t, t]")]
    assert shapes == [Kind.ROW, Kind.VECTOR, Kind.MATRIX]


def test_many_brackets_are_too_deep(refused: Refused) -> None:
    assert "nested" in refused("[" * 200 + "t" + "]" * 200, SYMBOLS).message


# -- formulas in indices ----------------------------------------------------------------------------------------------

INDICES = {name: Index(name, D) for name in "ijk"} | {"m": Index("m", Dimension.of("M"))}
i, j, k = (INDICES[name] for name in "ijk")


def test_index_names_stand_for_places() -> None:
    found = parse_expression("inv(X)[k, i]*X[j, 1]*delta(i, j) + (unit(i, D)'*y)*A[m, k]", SYMBOLS, None, INDICES)
    inverse = b.entry(b.inverse(X), k, i)
    first = b.product(inverse, b.entry(X, j, ONE), b.delta(i, j))
    second = b.product(b.unit_vector(i, "D").T * y, b.entry(A, INDICES["m"], k))
    assert found is first + second


def test_deltas_of_fixed_places() -> None:
    written = ("delta(1, 1)", "delta(1, 2)", "delta(i, 2)")
    found = [parse_expression(one, SYMBOLS, None, INDICES) for one in written]
    assert found == [b.ONE, b.ZERO, b.delta(i, TWO)]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("A[i, j]", "the index `i` runs to D"),
        ("y[l]", "the indices `i`, `j`, `k` and `m`"),
        ("delta(i, m)", "number different things"),
        ("delta(i)", "takes two places"),
    ],
)
def test_index_names_that_do_not_fit(written: str, says: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_expression(written, SYMBOLS, None, INDICES)
    assert says in caught.value.message


def test_places_are_no_variables_of_a_chain() -> None:
    lines = ["f(z) = z[D]*unit(1, D)'*z", "z = g(x) = 2*x"]
    statement = parse_statement(["x in R^D"], lines, "x")
    assert [link.symbol.name for link in statement.links] == ["f", "z"]
    assert statement.links[0].expression.symbols == {statement.links[1].symbol}
