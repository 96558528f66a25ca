"""Chains, argument lists, cycles, and the variable of differentiation."""

from __future__ import annotations

import pytest

from jacobook.algebra import build, shapes
from jacobook.algebra.question import Statement
from jacobook.language import LanguageError, parse_statement

GIVEN = ["x, mu in R^D", "S in R^(D x D) invertible"]
CHAIN = ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"]


def told(statement: Statement) -> list[str]:
    """Return the links as `name shape map(arguments)`."""
    return [
        f"{link.symbol.name} {link.symbol.shape} {link.function or ''}({arguments})"
        for link in statement.links
        for arguments in [",".join(symbol.name for symbol in link.arguments)]
    ]


def test_a_size_may_bear_the_name_of_a_line_of_the_chain() -> None:
    statement = parse_statement(["x in R^N"], ["f = sum(N) + x'*x", "N = vector(2, N)"], "x")
    assert [str(link.symbol.shape) for link in statement.links] == ["1×1", "N×1"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_chain_as_books_write_it(order: tuple[int, ...]) -> None:
    statement = parse_statement(GIVEN, [CHAIN[position] for position in order], "x")
    assert told(statement) == ["f 1×1 (z)", "z 1×1 g(y)", "y D×1 h(x)"]
    assert [symbol.name for symbol in statement.declarations] == ["x", "mu", "S"]
    assert statement.function.name == "f"
    assert statement.wrt.shape == shapes.vector("D")
    x, mu, S = statement.declarations
    f, z, y = (link.symbol for link in statement.links)
    assert statement.definitions == {
        f: build.apply("exp", build.product(build.divide(build.number(-1), build.TWO), z)),
        z: build.product(y.T, build.inverse(S), y),
        y: x - mu,
    }


def test_the_parts_of_a_definition_are_optional() -> None:
    statement = parse_statement(["x in R^N", "b in R^M", "A in R^(M x N)"], ["f = tanh(z)", "z = A*x + b"], "x")
    assert told(statement) == ["f M×1 ()", "z M×1 ()"]


@pytest.mark.parametrize(
    ("given", "name"), [(["x in R"], "f"), (["x, f in R"], "g"), (["x, f, g, h, F, G, H in R"], "f1")]
)
def test_a_bare_expression_gets_a_free_name(given: list[str], name: str) -> None:
    statement = parse_statement(given, ["x^2"], "x")
    assert statement.function.name == name
    assert len(statement.links) == 1


def test_a_bare_expression_may_head_a_chain() -> None:
    assert told(parse_statement(GIVEN, ["exp(z)", "z = x'*mu"], "x")) == ["f 1×1 ()", "z 1×1 ()"]


def test_a_variable_used_twice_makes_a_graph() -> None:
    chain = ["f = u*v", "u = sin(w)", "v = cos(w)", "w = x'*x"]
    assert [link.symbol.name for link in parse_statement(["x in R^N"], chain).links] == ["f", "u", "v", "w"]
    late = ["w = x'*x", "f = u*v", "v = u + w", "u = sin(w)"]
    assert [link.symbol.name for link in parse_statement(["x in R^N"], late).links] == ["f", "v", "u", "w"]


def test_sizes_are_inferred_across_lines() -> None:
    statement = parse_statement(["x in R^N"], ["f = x'*C*c", "C = 2*eye", "c = vector(1)"], "x")
    assert told(statement) == ["f 1×1 ()", "C N×N ()", "c N×1 ()"]


@pytest.mark.parametrize(
    ("given", "expressions", "wrt"),
    [
        (GIVEN, CHAIN, "x"),  # the only declared variable among the arguments
        (["x in R^N"], ["x'*x"], "x"),
        (["x, y in R^N"], ["2*x'*x"], "x"),  # the only one that occurs
        (["x, y in R^N"], ["f(x) = x'*y"], "x"),
        (["x, mu in R"], ["f(z, mu) = z*mu", "z = t(x) = x*mu"], None),
        (["x, y in R^N"], ["x'*y"], None),
        (["x in R"], ["3"], None),
    ],
)
def test_the_variable_when_none_is_named(given: list[str], expressions: list[str], wrt: str | None) -> None:
    if wrt is not None:
        assert parse_statement(given, expressions).wrt.name == wrt
        return
    with pytest.raises(LanguageError) as caught:
        parse_statement(given, expressions)
    assert caught.value.origin == "expr[0]"
    assert "which variable?" in caught.value.message or "no declared variable" in caught.value.message


def test_the_candidates_are_named() -> None:
    with pytest.raises(LanguageError, match="`x`, `mu` or `S`"):
        parse_statement(GIVEN, ["exp(-(x - mu)'*inv(S)*(x - mu))"])


def test_a_variable_that_does_not_occur_is_allowed() -> None:
    statement = parse_statement(["x in R^N", "t in R"], ["x'*x"], "t")
    assert statement.wrt.name == "t"


@pytest.mark.parametrize(("wrt", "links"), [("z", ["f"]), ("y", ["f", "z"])])
def test_an_intermediate_variable_cuts_the_chain(wrt: str, links: list[str]) -> None:
    statement = parse_statement(GIVEN, CHAIN, wrt)
    assert [link.symbol.name for link in statement.links] == links
    assert statement.declarations[-1] is statement.wrt
    known = {*statement.declarations, *statement.definitions}
    assert all(link.expression.symbols <= known for link in statement.links)
    assert statement.wrt.shape == (shapes.SCALAR if wrt == "z" else shapes.vector("D"))


def test_the_cut_keeps_what_is_used_besides() -> None:
    chain = ["f = a'*b", "a = exp(c)", "b = sin(c)", "c = 2*x"]
    statement = parse_statement(["x in R^N"], chain, "a")
    assert [link.symbol.name for link in statement.links] == ["f", "b", "c"]


@pytest.mark.parametrize(
    ("wrt", "says", "suggestion"),
    [
        ("f", "the function itself", None),
        ("xx", "neither declared nor defined; did you mean `x`?", "x"),
        ("", "no variable is named", None),
        ("x'*x", "neither declared nor defined", None),
        ("\x1b[31m", "neither declared nor defined", None),
    ],
)
def test_a_wrong_variable(wrt: str, says: str, suggestion: str | None) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_statement(GIVEN, CHAIN, wrt)
    assert says in caught.value.message
    assert (caught.value.origin, caught.value.source) == ("wrt", wrt)
    assert caught.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("expressions", "origin", "marked", "says", "suggestion"),
    [
        (["x = exp(mu)"], "expr[0]", "x", "both declared and defined", None),
        (["f = a", "a = x", "a = mu"], "expr[2]", "a", "`a` is defined twice", None),
        (["f = a", "a = b", "b = c + x", "c = a"], "expr[1]", "a", "`a` → `b` → `c` → `a`", None),
        (["f = sin(x)", "g = cos(x)"], "expr[1]", "g", "`f` and `g` are used by no other line", None),
        (["x", "mu"], "expr[1]", "mu", "without a name", None),
        (["f = exp(z)", "zz = x'*x"], "expr[0]", "z", "did you mean `zz`?", "zz"),
        (["f = q"], "expr[0]", "q", "`q` is not declared", None),
        (["f(x, x) = x"], "expr[0]", "x", "listed twice", None),
        (["f(mu) = x"], "expr[0]", "mu", "does not occur in the expression", None),
        (["f(w) = x"], "expr[0]", "w", "is not declared and does not occur", None),
        (["f(x) = x'*z", "z = mu"], "expr[0]", "z", "write `f(x, z)`", "f(x, z)"),
        (["z = g(x) = x + y", "y = mu"], "expr[0]", "y", "write `g(x, y)`", "g(x, y)"),
        (["f(x + 1) = x"], "expr[0]", "f(x + 1)", "before `=` comes a name", None),
        (["f + g = x"], "expr[0]", "f + g = x", "solved for `f` or `g`", None),
        (["log p(x) = -x'*x"], "expr[0]", "log p(x)", "is no name: call the function `f`, say", "f"),
        ([r"\ln L(\mu \mid x) = -x^\top x"], "expr[0]", r"\ln L(\mu \mid x)", "is no name", "f"),
        (["f = g = x"], "expr[0]", "g", "a definition reads", None),
        (["f(x) = g(x) = x"], "expr[0]", "g(x)", "a definition reads", None),
        (["f = g(x) = h(x) = x"], "expr[0]", "g(x)", "a definition reads", None),
        (["exp(x) = x"], "expr[0]", "exp(x)", "a function of the language", None),
        (["f(z) = 2*g(x)", "z = g(x) = x"], "expr[0]", "g", "the map that gives `z`: write `z`", "z"),
        (["f = eye*x", "eye = 2"], "expr[1]", "eye", "`eye` is the identity matrix", None),
        (["f = "], "expr[0]", "=", "something must follow", None),
        (["= x"], "expr[0]", "=", "something is missing before", None),
        (["f = x", "z = 2 3"], "expr[1]", "2 3", "written with `*`", "2*3"),
        (["f = z", "z = x + S"], "expr[1]", "x + S", "`diag(x) + S` (a matrix of D×D)?", "vector(1)*x' + S"),
        (["f = tr(C)", "C = eye"], "expr[1]", "eye", "cannot be inferred", None),
        (["f = exp(z)", "z = nothing(x)"], "expr[1]", "nothing", "there is no function", None),
    ],
)
def test_errors(expressions: list[str], origin: str, marked: str, says: str, suggestion: str | None) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_statement(GIVEN, expressions, "x")
    error = caught.value
    assert says in error.message
    assert (error.origin, error.suggestion) == (origin, suggestion)
    assert error.source[error.column - 1 : error.end_column - 1] == marked
    number = int(origin.removesuffix("]").partition("[")[2]) + 1
    assert error.render().startswith(f"expression {number}, line 1, column {error.column}: ")


def test_no_expression_at_all() -> None:
    with pytest.raises(LanguageError, match="no function"):
        parse_statement(GIVEN, [], "x")


def test_the_same_text_twice_is_told_apart() -> None:
    with pytest.raises(LanguageError, match="defined twice") as caught:
        parse_statement(GIVEN, ["f = x", "f = x"], "x")
    assert caught.value.origin == "expr[1]"


def test_a_map_may_be_called_like_its_value() -> None:
    assert told(parse_statement(GIVEN, ["f(z) = z'*z", "z = z(x) = x - mu"]))[1] == "z D×1 z(x)"


def test_the_derivative_by_a_diagonal() -> None:
    statement = parse_statement(["D in R^(n x n) diagonal", "X in R^(n x n)"], ["vec(D*X*D)"], "diag(D)")
    assert statement.wrt.name == "d"
    assert statement.wrt.shape.is_vector
    assert [link.symbol.name for link in statement.links] == ["f", "D"]
    taken = parse_statement(["d in R", "D in R^(n x n) diagonal"], ["d*tr(D)"], "diag(D)")
    assert taken.wrt.name == "D_diagonal"


@pytest.mark.parametrize(
    ("wrt", "name"),
    [
        (r"\theta", "theta"),
        (r"\mathbf{x}", "x"),
        (r"\boldsymbol{x}", "x"),
        (r"\hat{y}", "yhat"),
        (r"\mathbf{p}_k", "p"),
    ],
)
def test_the_variable_may_be_written_in_latex(wrt: str, name: str) -> None:
    given = ["x in R^N; yhat, theta in R; p[i] in R^N for i in 1..M"]
    statement = parse_statement(given, [r"\sum_{i=1}^M \|x - p_i\|^2 + \theta \hat{y}"], wrt)
    assert statement.wrt.name == name


def test_a_variable_in_latex_that_is_not_declared_is_named_as_it_was_typed() -> None:
    with pytest.raises(LanguageError, match=r"`.mathbf.z.` is neither declared nor defined"):
        parse_statement(["x in R^N"], ["x'*x"], r"\mathbf{z}")
