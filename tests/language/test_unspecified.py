"""Declared functions: `p : R^D x R^E -> R positive`, then `p(x, z)` and `partial(p(x, z), 2)`."""

from __future__ import annotations

import pytest

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.shapes import SCALAR, Shape, matrix, row, vector
from jacobook.language import LanguageError, parse_declarations, parse_expression, parse_given, parse_statement

D, E, NN = vector("D"), vector("E"), matrix("N", "N")


@pytest.mark.parametrize(
    ("text", "names", "arguments", "value", "properties"),
    [
        ("p : R^D x R^E -> R positive", "p", (D, E), SCALAR, "positive"),
        ("p:R^D x R^E->R", "p", (D, E), SCALAR, ""),
        ("p, q : ℝ^D × ℝ^E → ℝ positive", "p q", (D, E), SCALAR, "positive"),
        ("t : ℝᴰ × ℝᴱ → ℝᴱ", "t", (D, E), E, ""),
        ("F : R -> R^(N x N) invertible", "F", (SCALAR,), NN, "invertible"),
        ("F : R -> R^(N x N), symmetric, positive", "F", (SCALAR,), NN, "symmetric positive"),
        ("F : R x R -> R^(N x N) positive-definite", "F", (SCALAR,) * 2, NN, "positive-definite symmetric invertible"),
        ("F : R^(P x Q) x R -> R^(N x N)", "F", (matrix("P", "Q"), SCALAR), NN, ""),
        ("φ : ℝ² → ℝ", "phi", (vector(2),), SCALAR, ""),
        ("R : R^R -> R^x", "R", (vector("R"),), vector("x"), ""),
        ("h : R^x x R -> R", "h", (vector("x"), SCALAR), SCALAR, ""),
    ],
)
def test_declarations(text: str, names: str, arguments: tuple[Shape, ...], value: Shape, properties: str) -> None:
    variables, functions = parse_given([text])
    assert variables == ()
    assert parse_declarations([text]) == ()
    assert functions == tuple(
        UnspecifiedFunction(name, arguments, value, frozenset(properties.split())) for name in names.split()
    )


@pytest.mark.parametrize(
    ("text", "column", "says", "suggestion"),
    [
        ("p : R^D -> C", 12, "everything is real", "R"),
        ("p : R^D, R^E -> R", 8, "joined by `x`, not by `,`", "x"),
        ("p : R^D R^E -> R", 9, "`->` was expected", "->"),
        ("p : -> R", 5, "`R` was expected after `:`", "R"),
        ("p : R^D ->", 11, "`R` was expected after `->`", "R"),
        ("p : R^M x N -> R", 9, "in parentheses", "R^(M x N)"),
        ("p : RxR -> R", 5, "spaces around the `x`", "R x R"),
        ("p : R^DxR -> R", 7, "spaces around the `x`", "D x R"),
        ("p : R^D -> R^N invertible", 16, "`p(…)` is a vector with N entries", None),
        ("p : R^D -> R positiv", 14, "did you mean `positive`?", "positive"),
        ("p in R^D -> R", 10, "a function is declared as in", ":"),
        ("p : R^D => R", 9, "the arrow of a function is `->`", "->"),
        ("exp : R -> R", 1, "`exp` is a function of the language", None),
        ("partial : R -> R", 1, "`partial` is a function of the language", None),
        ("p, p : R -> R", 4, "`p` is declared twice", None),
        (f"p : {'R x ' * 16}R -> R", 71, "more than 16 arguments", None),
    ],
)
def test_errors_in_declarations(text: str, column: int, says: str, suggestion: str | None) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_given([text])
    assert says in caught.value.message
    assert (caught.value.column, caught.value.suggestion, caught.value.origin) == (column, suggestion, "given[0]")


def test_a_function_and_a_variable_of_one_name() -> None:
    with pytest.raises(LanguageError, match="`p` is declared twice") as caught:
        parse_given(["p in R", "p : R -> R"])
    assert caught.value.origin == "given[1]"


GIVEN = [
    "x in R^D", "y in R^E", "s in R", "X in R^(P x Q)",
    "p : R^D x R^E -> R positive", "F : R -> R^(N x N) invertible", "H : R^(P x Q) -> R", "g : R^D -> R^E",
]  # fmt: skip
VARIABLES, FUNCTIONS = parse_given(GIVEN)


def read(text: str, shape: Shape | None = None) -> n.Node:
    return parse_expression(text, VARIABLES, shape, functions=FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("p(x, y)", SCALAR),
        ("log(p(x, g(x)))", SCALAR),
        ("partial(p(x, y), 2)", row("E")),
        ("partial(p(x, y), 2, 1)", matrix("D", "E")),
        ("partial((p(x, y)), 1)'", D),
        ("F(s)", NN),
        ("partial(F(s^2), 1, 1)", NN),
        ("det(F(s))*inv(F(s))", NN),
        ("partial(H(2*X), 1)", matrix("P", "Q")),
        ("partial(g(x), 1)*x", E),
        ("p(x, vector(0))", SCALAR),
        ("H(matrix(s))", SCALAR),
    ],
)
def test_values(text: str, shape: Shape) -> None:
    assert read(text).shape == shape
    assert read(text, shape) is read(text)


def test_nodes() -> None:
    node = read("partial(p(x, y), 2, 1)")
    assert isinstance(node, n.FunctionValue)
    assert (node.function, node.slots, node.operands) == (FUNCTIONS[0], (1, 2), VARIABLES[:2])
    filled = read("p(x, vector(0))").operands[1]
    assert filled.shape == E


@pytest.mark.parametrize(
    ("text", "column", "says", "suggestion"),
    [
        ("p(x)", 1, "`p` takes 2 arguments, not 1: it is declared as `p : R^D x R^E -> R`", None),
        ("F(s, s)", 1, "`F` takes one argument, not 2", None),
        (
            "p(x, x)",
            6,
            "`x` has D entries, where `p : R^D x R^E -> R` takes a vector with E entries as argument 2",
            None,
        ),
        ("p(x, y')", 6, "did you mean `y`?", "y"),
        ("H(X')", 3, "`H : R^(P x Q) -> R` takes a matrix of P×Q; did you mean `X`?", "X"),
        ("F(x)", 3, "takes a scalar", None),
        ("p + s", 1, "`p` is a declared function, `p : R^D x R^E -> R`: write `p(…, …)`", None),
        ("q(x)", 1, "one of your own is declared, as in `q : R^N -> R`", None),
        ("partial(x, 1)", 1, "`partial` takes the value of a declared function", None),
        ("partial(F(s))", 1, "did you mean `partial(F(s), 1)`?", "partial(F(s), 1)"),
        ("partial(p(x, y))", 1, "also takes the place of an argument", None),
        ("partial(p(x, y), 3)", 18, "a whole number from 1 to 2, not `3`", None),
        ("partial(p(x, y), 0)", 18, "a whole number from 1 to 2, not `0`", None),
        ("partial(p(x, y), y)", 18, "a whole number from 1 to 2, not `y`", None),
        ("partial(F(s), 2)", 15, "is 1, not `2`", None),
        ("partial(H(X), 1, 1, 1)", 1, "too many indices", None),
        ("partial(p(x), 1)", 9, "`p` takes 2 arguments", None),
        ("partial", 1, "`partial` is a function: write `partial(…)`", None),
    ],
)
def test_errors_in_use(text: str, column: int, says: str, suggestion: str | None) -> None:
    with pytest.raises(LanguageError) as caught:
        read(text)
    assert says in caught.value.message
    assert (caught.value.column, caught.value.suggestion) == (column, suggestion)


def test_without_functions_partial_says_that_none_is_declared() -> None:
    with pytest.raises(LanguageError, match="no function is declared here"):
        parse_expression("partial(x, 1)", VARIABLES)


# -- statements ------------------------------------------------------------------------------------------------------

CHAIN = ["x in R^D", "nu in R^F", "eps in R^G", "p : R^D x R^E -> R", "q : R^E x R^F -> R", "t : R^G x R^F -> R^E"]


def test_a_chain_takes_declared_functions_and_maps_of_its_own() -> None:
    lines = ["g = log(p(x, z)) - log(q(z, nu))", "z = t(eps, nu)"]
    statement = parse_statement(CHAIN, lines, "nu")
    assert [link.symbol.name for link in statement.links] == ["g", "z"]
    assert statement.links[1].symbol.shape == E
    assert statement.links[1].function is None
    assert [function.name for function in statement.functions] == ["p", "q", "t"]
    assert statement.names == {"x", "nu", "eps", "p", "q", "t", "g", "z"}
    mixed = parse_statement([*CHAIN, "y in R^E"], ["p(x, z)", "z = h(y) = 2*y"], "y")
    assert mixed.links[1].function == "h"
    assert parse_statement(["x in R"], ["x^2"], "x").functions == ()


def test_the_bare_function_takes_a_name_that_is_free() -> None:
    assert parse_statement(["s in R", "f, g : R -> R"], ["f(g(s))"], "s").function.name == "h"


@pytest.mark.parametrize(
    ("lines", "wrt", "says", "origin"),
    [
        (["p(x, z)", "z = t(y) = y", "y = vector(1)*dim(D)"], "x", "`t` is declared as a function", "expr[1]"),
        (["p(x, z) = x'*x"], "x", "`p` is both declared and defined", "expr[0]"),
        (["p = x'*x"], "x", "`p` is both declared and defined", "expr[0]"),
        (
            ["p(x, t(eps, nu))"],
            "p",
            "`p` is a function, `p : R^D x R^E -> R`: differentiate with respect to a variable",
            "wrt",
        ),
        (["x'*x*p"], "x", "`p` is a declared function", "expr[0]"),
        (["p(x, z)", "z = t(nu, eps)"], "nu", "`nu` has F entries", "expr[1]"),
    ],
)
def test_errors_in_statements(lines: list[str], wrt: str, says: str, origin: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_statement(CHAIN, lines, wrt)
    assert says in caught.value.message
    assert caught.value.origin == origin
