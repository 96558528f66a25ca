"""The shape of what is under the cursor, in fences, claims and entries, complete or not."""

from __future__ import annotations

import pytest

from jacobook.notes.language_server.cursor_places import place_at
from jacobook.notes.language_server.open_texts import ENTRY
from jacobook.notes.language_server.shapes_at_cursor import shape_at

NOTE = """\
```jacobook
given: [x in R^N, A in R^(N x N) symmetric]
```
Here `#!jb d(x'*x)/dx = 2*x'`, and in LaTeX `#!jb \\nabla_x x^\\top A x = 2 x^\\top A`.

```jacobook
given: [w in R^M, "g: R^N -> R^M"]
expression:
  - f = w'*v
  - 'v = exp(g(x))'
wrt: x
claims: [{formula: "w'*Diag(v)"}]
```
"""
BLOCK = "expression: |\n  x'*B*x\ngiven: x in R^N"


def said(text, marked, kind=".md"):
    """What is said where `|` stands before a character of the text around it."""
    before, after = marked.split("|")
    place = text.index(before + after) + len(before)
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    found = place_at(kind, text, line, column)
    shape = shape_at(found) if found is not None else None
    return shape and shape.said


@pytest.mark.parametrize(
    ("place", "shape"),
    [
        ("d(|x'*x)/dx", "`x in R^N`: N×1, a column"),
        ("d(x|'*x)/dx", "`x in R^N`: N×1, a column"),
        ("d(x'|*x)/dx", "`x'`: 1×N, a row"),
        ("= 2|*x'`", "`2`: a scalar"),
        ("x^\\top |A x", "`A in R^(N x N) symmetric`: N×N, a matrix"),
        ("f = w'|*v", "`w'`: 1×M, a row"),
        ("f = w'*|v", "`v in R^M`: M×1, a column"),
        ("|f = w'*v", "`f in R`: a scalar"),
        ("exp(g|(x))", "`g(x)`: M×1, a column"),
        ("e|xp(g(x))", "`exp(g(x))`: M×1, a column"),
        ("wrt: |x", "`x in R^N`: N×1, a column\n\nThe derivative of `f` is 1×N in the Jacobian layout."),
        ("[|w in R^M", "`w in R^M`: M×1, a column"),
        ('"|g: R^N', "`g : R^N -> R^M`"),
        ("w'*D|iag(v)", "`Diag(v)`: M×M, a matrix"),
        ("|Here", None),
        ("cl|aims", None),
    ],
)
def test_shapes_in_a_note(place, shape):
    assert said(NOTE, place) == shape


def test_a_name_that_is_not_declared_is_guessed():
    text = f"```jacobook\n{BLOCK}\n```"
    assert said(text, "x'*|B*x") == "`B in R^(N x N)`: N×N, a matrix (guessed: it is not declared)"


def test_remarks_are_said():
    text = "```jacobook\ngiven: X in R^(N x N)\nexpression: tr(exp(X))\n```"
    assert "entry" in str(said(text, "tr(e|xp(X))"))


def test_shapes_in_an_entry():
    text = "given: [x in R^N]\nexpression: [x'*x]\ncases:\n  - {title: a, given: [x in R^3], expression: x*x'}\n"
    assert said(text, "[x'|*x]", ENTRY) == "`x'`: 1×N, a row"
    assert said(text, "expression: x|*x'}", ENTRY) == "`x in R^3`: 3×1, a column"


@pytest.mark.parametrize("text", ["", "```jacobook\n[\n```", "```jacobook\nexpression: ((\n```", "`#!jb d(`", "---\n"])
def test_nothing_is_said_of_what_cannot_be_read(text):
    for line, row in enumerate(text.split("\n"), 1):
        for column in range(1, len(row) + 2):
            place = place_at(".md", text, line, column)
            assert place is None or shape_at(place) is None
