"""What is said about texts that are no expressions: the message, the caret, the suggestion."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from jacobook.language import LanguageError, ShapeClash, parse_declarations, parse_expression

Refused = Callable[..., LanguageError]
SYMBOLS = parse_declarations(["x, y in R^N", "A in R^(M x N)", "t in R"])


@pytest.mark.parametrize(
    ("text", "marked", "says", "suggestion"),
    [
        ("x²3", "²3", "always written with `*`", "x²*3"),
        ("(x)3", ")3", "always written with `*`", "(…)*3"),
        ("x²y", "x²y", "did you mean `x²'y` (a scalar)", "x²'y"),
        ("1/x'y", "1/x'y", "two readings: write `1/x'*y` or `1/(x'*y)`", None),
        ("t^2/2 t", "t^2/2 t", "two readings: write `t^2/2*t` or `t^2/(2*t)`", None),
        ("x'x/2 t", "x/2 t", "two readings", None),
        ("t/2 pi", "t/2 pi", "two readings", None),
        ("1/(1 + t)(1 - t)", "1/(1 + t)(1 - t)", "two readings", None),
        ("t/tt", "t/tt", "two readings: write `t/t*t` or `t/(t*t)`", None),
        ("x ⊗ y*t", "*", "in parentheses, `(A ⊗ B)*C`", None),
        ("t*x ⊗ y", "⊗", "in parentheses, `(A ⊗ B)*C`", None),
        ("x dot x", "x dot x", "stands before its two arguments: `dot(x, x)` or `x'*x`", "dot(x, x)"),
        ("t + x outer x", "x outer x", "`outer(x, x)` or `x*x'`", "outer(x, x)"),
        ("(x + x) dot x", "dot x", "stands before its two arguments: `dot(…, x)`", None),
        ("3 4", "3 4", "always written with `*`", "3*4"),
        ("x.shape", ".shape", "no attributes", None),
        ("1. + t", ".", "does not end in one", None),
        ("t = 3", "=", "inside an expression", None),
        ("(t = 3)", "=", "in parentheses", None),
        ("t == 3", "=", "inside an expression", None),
        ("t < 3", "<", "no comparisons but in `where(x > 0, a, b)`", None),
        ("x[1", "[", "bracket is never closed", None),
        ("x]", "]", "never opened", None),
        ("x[]", "[]", "nothing in these brackets", None),
        ("(x[1)]", ")", "closed by `]`", None),
        ("[t, (t]", "]", "closed by `)`", None),
        ("A[1; 2]", ";", "separated by commas", None),
        ("[t t]", "t t", "entries of a row are separated by commas", "t*t"),
        ('exp("x")', '"x"', "no text", None),
        ("A × x", "×", "written `*`", "*"),
        ("√t", "√t", "in parentheses: `√(t)`", "√(t)"),
        ("∂x", "∂", "not its derivative", None),
        ("x ∈ ℝ", "∈", "this is a declaration", None),
        ("x in R^N", "in", "this is a declaration", None),
        ("t; t", ";", "one line is one expression", None),
        ("t!", "!", "factorial", None),
        ("t # 3", "#", "cannot be read here", None),
        ("t\u200b+1", "\u200b", "ZERO WIDTH SPACE", None),
        ("é + t", "é", "LATIN SMALL LETTER E WITH ACUTE", None),
        ("(t", "(", "never closed", None),
        ("exp((t)", "(", "never closed", None),
        ("t)", ")", "never opened", None),
        ("||x", "||", "norm is never closed", None),
        ("2*|t", "|", "bar is never closed", None),
        ("x||", "||", "never opened", None),
        ("x{2}", "{", "round parentheses", None),
        ("t^2t", "2t", "always written with `*`", "2*t"),
        ("1/2t", "1/2t", "two readings: write `1/2*t` or `1/(2*t)`", None),
        ("|x|", "|x|", "the length `norm2(x)`, or entry by entry `abs(x)`", None),
        ("log det t", "det t", "in parentheses: `det(t)`", "det(t)"),
        ("()", "()", "nothing in these parentheses", None),
        ("exp()", "()", "nothing in these parentheses", None),
        ("t +", "+", "the text ends after `+`", None),
        ("t*-", "-", "the text ends after `-`", None),
        ("(t +", "+", "the text ends after `+`", None),
        ("*t", "*", "something is missing before `*`", None),
        ("t + *t", "*", "between `+` and `*`", None),
        ("(t*)", ")", "between `*` and `)`", None),
        ("+t", "+", "a leading plus is left out", None),
        ("kron(A,)", ")", "something is missing", None),
        ("t, t", ",", "a comma separates", None),
        ("'x' + x", "'", "comes after what it transposes", None),
        ("x:y", ":", "is used in brackets only", None),
        ("exp('x')", "'x'", "there is no text in an expression", None),
        ("x^2⁻ᵀ", "⁻ᵀ", "add parentheses", None),
    ],
)
def test_what_is_said(refused: Refused, text: str, marked: str, says: str, suggestion: str | None) -> None:
    error = refused(text, SYMBOLS)
    assert says in error.message
    assert error.line == 1
    assert text[error.column - 1 : error.end_column - 1] == marked
    assert error.suggestion == suggestion


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_an_empty_text(refused: Refused, text: str) -> None:
    error = refused(text, SYMBOLS)
    assert "nothing here" in error.message
    assert (error.line, error.column, error.end_column) == (1, 1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')",
        "().__class__.__bases__",
        "eval('1')",
        "lambda: 0",
        "x if t else y",
        "[t for t in x]",
        "{{7*7}}",
        "${t}",
        "<script>alert(1)</script>",
        "f'{t}'",
        "exec(chr(65))",
        "open('/etc/passwd').read()",
        "t\x00",
        "t\x1b[31m",
        "\ud800",
    ],
)
def test_nothing_is_ever_executed(refused: Refused, text: str) -> None:
    error = refused(text, SYMBOLS)
    shown = error.render()
    assert len(shown.splitlines()) == 3
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_an_injection_is_told_clearly(refused: Refused) -> None:
    error = refused("__import__('os').system('x')")
    assert error.message == "`__import__`: a name begins with a letter"
    assert (error.column, error.end_column) == (1, 11)


def test_position_in_a_text_of_several_lines(refused: Refused) -> None:
    error = refused("x' *\n  y +\n    $ 3", SYMBOLS)
    assert (error.line, error.column, error.end_column) == (3, 5, 6)
    assert error.render().splitlines()[1:] == ["        $ 3", "        ^"]


def test_the_whole_rendering(refused: Refused) -> None:
    error = refused("3 + A*x'", SYMBOLS)
    assert str(error) == error.message
    assert error.render() == (
        "line 1, column 5: `A*x'`: `A` is M×N, `x'` is a row with N entries; did you mean `A*x`?\n"
        "    3 + A*x'\n"
        "        ^^^^"
    )


def test_a_long_line_is_shown_around_the_caret(refused: Refused) -> None:
    error = refused("t + " * 1000 + "$ + " + "t + " * 1000 + "t", SYMBOLS)
    _, shown, carets = error.render().splitlines()
    assert len(shown) < 120
    assert shown[carets.index("^")] == "$"
    assert shown[4] == shown[-1] == "…"


def test_an_error_survives_pickling(refused: Refused) -> None:
    error = refused("t +\n 2q", SYMBOLS)
    error.origin = "expr[0]"
    copy = pickle.loads(pickle.dumps(error))
    assert copy.render() == error.render()
    assert copy.suggestion == error.suggestion


def test_a_clash_of_shapes_says_apart_what_would_fit() -> None:
    with pytest.raises(ShapeClash) as raised:
        parse_expression("x*A", parse_declarations(["x in R^N", "A in R^(N x N)"]))
    for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
        assert error.clash == "`x*A`: `x` has N entries, `A` is N×N"
        assert error.message == error.clash + error.proposal
        assert error.proposal.startswith("; did you mean ")
        assert error.render() == raised.value.render()


def test_every_error_is_one_kind() -> None:
    with pytest.raises(LanguageError):
        parse_expression("A*A", SYMBOLS)
