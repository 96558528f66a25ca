"""The arguments in words are text files with formulas in the language; what cannot be read is named with its place."""

from __future__ import annotations

from importlib import resources

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index
from jacobook.algebra.shapes import matrix, vector
from jacobook.calculus.derivation import Prose, Value
from jacobook.calculus.proofs.arguments import ArgumentError, read_arguments
from jacobook.rendering.sentences import prose_text

FILES = sorted(
    (file for file in resources.files("jacobook.calculus.proofs.arguments").iterdir() if file.name.endswith(".md")),
    key=lambda file: file.name,
)
k, x, y = Index("k", vector("N").rows), n.symbol("x", vector("N")), n.symbol("y", vector("M"))
J, X = n.symbol("J", matrix("M", "N")), n.symbol("X", matrix("N", "N"))
i = Index("i", vector("M").rows)


def read(words: str) -> Prose:
    """The only paragraph of a section with the names above."""
    given = "Given x in R^N, y in R^M, J in R^(M x N), X in R^(N x N); k from 1 to N; i from 1 to M."
    (prose,) = read_arguments(f"## rule\n\n{given}\n\n{words}\n", "some.md")["rule"].words
    return prose


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_formula_of_every_text_can_be_read(file) -> None:
    found = read_arguments(file.read_text("utf-8"), file.name)  # raises ArgumentError with file, line and formula
    assert len(found) > 5
    assert all("`" not in prose_text(words) for argument in found.values() for words in argument.words)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("k", k),
        ("x[k]", b.entry(x, k)),
        ("dx", b.differential(x)),
        ("d(X^3)", b.differential(b.power(X, b.number(3)))),
        ("d(d(X^3)*X)", b.differential(b.differential(b.power(X, b.number(3))) * X)),
        ("∂y/∂x", b.partial(y, x)),
        ("sum_k J[i,k]*x[k]", b.index_sum(k, b.entry(J, i, k) * b.entry(x, k))),
        ("J*dx + d(J*x)", J * b.differential(x) + b.differential(J * x)),
    ],
)
def test_a_formula_denotes_what_the_language_says(formula: str, value: Value) -> None:
    assert read(f"So it is `{formula}`, and\nno more than `{formula}`.") == Prose(
        "So it is {0}, and no more than {0}.", (value,)
    )


def test_whole_numbers_between_bounds_may_be_exponents() -> None:
    text = "## a, b\n\nGiven X in R^(N x N); k in N;\nr from 0 to k - 1.\n\n`X^r*dX*X^(k - 1 - r)`\n"
    found = read_arguments(text, "some.md")
    assert found["a"] is found["b"]
    assert prose_text(found["a"].words[0]) == "X^r*dX*X^(k - 1 - r)"


def test_the_mark_divides_what_stands_before_the_lines_from_what_stands_behind_them() -> None:
    found = read_arguments("# T\n\nAbout.\n\n## a\n\nBefore.\n\n[lines]\n\nOne.\n\nTwo.\n\n## b\n\nAlone.\n", "some.md")
    assert found["a"].intro == Prose("Before.")
    assert found["a"].words == (Prose("One."), Prose("Two."))
    assert (found["a"].has_lines, found["b"].has_lines) == (True, False)
    assert found["b"].intro is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("## a\n\nGiven x in R^N.\n\nFirst `x`,\nthen `x +`.\n", r"some\.md, line 6: `x \+`: "),
        ("## a\n\nGiven x in R^N, y in R^M.\n\nNo: `x + y`.\n", r"some\.md, line 5: `x \+ y`: "),
        ("## a\n\n`z` is not declared.\n", r"some\.md, line 3: `z`: "),
        ("## a\n\nGiven x in R^(N.\n\n`x`\n", r"some\.md, line 3: "),
        ("## a\n\nOne.\n\nTwo.\n\n[lines]\n", r"some\.md, line 7: \[lines\] may appear once"),
        ("## a\n\n[lines]\n\n[lines]\n", r"some\.md, line 5: \[lines\] may appear once"),
        ("## a\n\nOne.\n\n## b, a\n\nTwo.\n", r"some\.md, line 5: a second section on the rule a"),
    ],
)
def test_what_cannot_be_read_is_named_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        read_arguments(text, "some.md")
