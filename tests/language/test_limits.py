"""Deep, long and hostile texts: one clear error, quickly, and never anything but LanguageError."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import transform
from jacobook.language import LanguageError, parse_declarations, parse_expression, parse_statement
from jacobook.language.parser import MAX_DEPTH, MAX_LENGTH

Refused = Callable[..., LanguageError]
SYMBOLS = parse_declarations(["x, y in R^N", "A in R^(M x N)", "S in R^(N x N)", "t, s in R"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(" * 10_000 + "t" + ")" * 10_000, "nested parentheses"),
        ("exp(" * 10_000 + "t" + ")" * 10_000, "nested parentheses"),
        ("(" * 10_000, "nested parentheses"),
        ("-" * 10_000 + "t", "nested operations"),
        ("x" + "'" * 10_000, "nested operations"),
        ("t" + "/t" * 5_000, "nested operations"),
        ("x" + ".*x" * 5_000, "nested operations"),
        ("t^" * 5_000 + "t", "add parentheses"),
        ("t" * (MAX_LENGTH + 1), "characters"),
        ("t+" * MAX_LENGTH + "t", "characters"),
        ("9" * 5_000, "digits"),
        ("t^" + "9" * 5_000, "digits"),
        ("t" + "²" * 5_000, "digits"),
        ("0." + "3" * 5_000, "digits"),
        ("9^9999", "too large"),
        ("((9^60)^60)^60", "too large"),
        ("9^60/7^60" + "*1" * 10 + "/(9^1000)", ""),
        ("kron(" * 40 + "S" + ",S)" * 40, "the result is too large"),
    ],
)
def test_one_clear_message(refused: Refused, text: str, says: str) -> None:
    if says:
        error = refused(text, SYMBOLS)
        assert says in error.message
        assert len(error.render()) < 600
    else:
        parse_expression(text, SYMBOLS)


def test_the_deepest_expression_that_is_read() -> None:
    def depth_with(nested: str) -> Node:
        return transform(parse_expression(nested, SYMBOLS), lambda node: None)

    assert depth_with("exp(" * MAX_DEPTH + "t" + ")" * MAX_DEPTH).shape.is_scalar
    assert depth_with("(" * MAX_DEPTH + "t" + ")" * MAX_DEPTH) is SYMBOLS[-2]


@pytest.mark.parametrize("operator", ["+", "-", "*"])
@pytest.mark.parametrize("count", [500, 5_000])
def test_a_long_flat_run(operator: str, count: int) -> None:
    node = parse_expression(operator.join(["t"] * count), SYMBOLS)
    assert isinstance(node, n.Product if operator == "*" else n.Add)
    assert len(node.operands) == count


def test_a_long_chain() -> None:
    chain = ["f = " + "+".join(f"a{position}" for position in range(150))]
    chain += [f"a{position} = sin({position}*t)" for position in range(150)]
    assert len(parse_statement(["t in R"], chain, "t").links) == 151


@pytest.mark.parametrize(
    ("chain", "says"),
    [
        (["t"] * 1_000, "lines"),
        ([f"a{n} = kron(a{n + 1}, a{n + 1})" for n in range(30)] + ["a30 = S"], "too large"),
    ],
)
def test_a_deep_chain(chain: list[str], says: str) -> None:
    with pytest.raises(LanguageError, match=says):
        parse_statement(["t in R", "S in R^(N x N)"], chain, "t")


def test_a_chain_may_be_deeper_than_an_expression() -> None:
    depth = 4 * MAX_DEPTH
    lines = [f"a{n} = a{n + 1} + t" for n in range(depth)] + [f"a{depth} = t"]
    assert len(parse_statement(["t in R"], lines, "t").links) == depth + 1


def test_importing_the_room_is_cheap() -> None:
    code = "import sys, jacobook.language; print(sorted({'lark', 'sympy', 'numpy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


PIECES = [*"xyASts()+-*/^'=,.0129 ", ".*", "./", ".^", "exp(", "tr(", "inv(", "vector(", "matrix(", "kron("]
PIECES += [
    "eye",
    "diag(",
    "vec(",
    "dim(",
    "N",
    "M",
    "²",
    "⁻¹",
    "ᵀ",
    "μ",
    "softmax(",
    "in",
    "R^",
    "\n",
    "f(x)=",
]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


@given(TEXTS)
@settings(max_examples=400, deadline=None)
@example("x^(x)")
@example("0^-1")
@example("2^(1/2)^")
@example("𝛁+𝟏")
@example("\ud800")
def test_any_expression_is_read_or_refused(text: str) -> None:
    try:
        node = parse_expression(text, SYMBOLS)
    except LanguageError as error:
        check(error)
    else:
        assert isinstance(node, Node)


@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3), st.one_of(st.none(), TEXTS))
@settings(max_examples=200, deadline=None)
def test_any_statement_is_read_or_refused(given: list[str], expressions: list[str], wrt: str | None) -> None:
    for declarations in (given, ["x, y in R^N", "t in R"]):
        try:
            parse_statement(declarations, expressions, wrt)
        except LanguageError as error:
            check(error)


def refusal(text: str) -> LanguageError | None:
    """Return the error about an expression, if there is one."""
    try:
        parse_expression(text, SYMBOLS)
    except LanguageError as error:
        return error
    return None


def check(error: LanguageError) -> None:
    """Check what every error promises."""
    assert error.message
    lines = error.source.split("\n")
    assert 1 <= error.line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert error.end_column > error.column
    shown = error.render()
    assert len(shown.split("\n")) == 3
    shown.encode("utf-8")


OPERANDS = st.sampled_from(["x", "y", "A", "S", "t", "s", "2", "eye", "vector(1)", "matrix(t)", "x'", "A'"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return a strategy for expressions made of smaller ones: well-formed, but their shapes need not fit."""
    operator = st.sampled_from(["+", "-", "*", "/", ".*", "./", ".^", "^"])
    function = st.sampled_from(["exp", "tr", "inv", "diag", "vec", "sum", "det", "softmax", "vector", "norm2"])
    return st.one_of(
        st.tuples(inner, operator, inner).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        st.tuples(function, inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"kron({parts[0]}, {parts[1]})"),
        inner.map(lambda part: f"({part})'"),
        inner.map(lambda part: f"-({part})"),
    )


@given(st.recursive(OPERANDS, grown, max_leaves=8))
@settings(max_examples=400, deadline=None)
def test_a_proposal_always_fits(text: str) -> None:
    """What an error about an operator proposes can stand in the place that the error marks."""
    try:
        node = parse_expression(text, SYMBOLS)
    except LanguageError as error:
        check(error)
        if error.suggestion is None or "cannot be inferred" in error.message:
            return
        said = second.message if (second := refusal(error.suggestion)) else "cannot be inferred"
        # A part that is wrong by itself stays wrong in a proposal about what stands around it.
        assert "cannot be inferred" in said or "takes a whole number" in said
    else:
        assert isinstance(node, Node)
