"""What may stand in a fence, and what its author is told about what may not."""

from __future__ import annotations

import pytest

from jacobook.notes.fences import NoteDefaults, read_fence
from jacobook.notes.marked_work import work_out_fence

PAGE = NoteDefaults(given=("x, b in R^N", "A in R^(N x N)"))


def test_one_text_stands_for_a_list_of_one():
    fence = read_fence("given: x in R^N\nexpression: x'*x\nshow: steps\nclaims: 2*x'\npublished: {formula: 2*x}")
    assert (fence.given, fence.expression, fence.show) == (("x in R^N",), ("x'*x",), ("steps",))
    assert [claim.formula for claim in fence.claims] == ["2*x'"]
    assert [(other.formula, other.source) for other in fence.published] == [("2*x", None)]


def test_what_is_not_said_has_a_default():
    fence = read_fence("expression: x'*x")
    assert (fence.given, fence.wrt, fence.order, fence.layout, fence.show) == ((), None, 1, None, ("result", "steps"))


def complaints(text: str) -> list[str]:
    return [f"{one.line}:{one.column}: {one.message}" for one in work_out_fence(text, PAGE).faults]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", "1:1", "a fence is a mapping, with lines such as `expression: x'*A*x`"),
        ("x'*A*x", "1:1", "a fence is a mapping"),
        ("- x'*A*x", "1:1", "a fence is a mapping"),
        ("wrt: x", "1:1", "expression: is missing"),
        (
            "expression: |\n  f = z'*z\n  z = A*x\nwrt: x",
            "1:13",
            "lines of a chain are items of a list, the first one `- f = z'*z`",
        ),
        ("expresion: x'*x", "1:1", "expresion: is not a field; did you mean expression?"),
        (
            "expression: x'*x\nshow: [stpes]",
            "2:8",
            "show, item 1: stpes is none of result, chain, steps, components, code, evidence, picture; did you mean "
            "steps?",
        ),
        ("expression: x'*x\norder: 4", "2:8", "order: 4 is none of 1, 2, 3"),
        (
            "expression: x'*x\nlayout: jacobien",
            "2:9",
            "layout: jacobien is none of any, jacobian, denominator; did you mean jacobian?",
        ),
        (
            "expression: x'*x\nwrt: on",
            "2:6",
            "wrt: is not text but true, a truth value (so YAML reads yes, no, on and off); put it in quotes",
        ),
        ("expression: 2", "1:13", "not text but 2, a number; put it in quotes"),
        ("expression:", "1:12", "expression: is empty"),
        (
            r"expression: \begin{aligned} f &= y^2 \\ y &= x'*\foo \end{aligned}",
            "1:49",
            r"was expected instead of `\foo`",
        ),
        ("expression: 'x'*A*x'", "1:18", "a text with ' in it stands without quotes, or in double ones"),
        ("claims: ['x'*A']\nexpression: x'*x", "1:15", "a text with ' in it stands without quotes, or in double ones"),
        ("expression: f: x'*x", "1:14", "a text with a colon in it has to stand in quotes"),
        ("expression: *A*x", "1:15", "a text that begins with * or & has to stand in quotes"),
        ("expression: &x", "1:13", "is empty"),
        ("expression: @x", "1:13", "a text that begins so has to stand in quotes"),
        ("expression: `x'*x`", "1:13", "a text that begins so has to stand in quotes"),
        ("\texpression: x'*x", "1:1", "lines are indented with spaces"),
        ("expression: [x'*x", "2:1", "is not YAML"),
        ("expression: [x, y]'*x", "1:19", "the quote that opens here is never closed"),
        ("expression: x'*x\ngiven: 'x in R^N", "2:8", "the quote that opens here is never closed"),
        (
            "given: ['x in R^N]\nwrt: x\nclaims: ['2']",
            "1:9",
            "the quote that opens here is closed only in a line below",
        ),
        ('given: "x in R^N\nexpression: "x\'*x"', "1:8", "the quote that opens here is closed only in"),
        ("expression: x\n---\nwrt: x", "2:1", "a line `---` begins a second document"),
        ("1: 2", "1:1", "1: is not the name of a field; there are given, layout"),
        (r'expression: "\mathbf{x}"', "1:14", "in double quotes a backslash begins an escape"),
        (r'expression: "x^\top A x"', "1:16", r"`\top`: in double quotes YAML takes a backslash for an escape"),
        (r'expression: "\nabla x"', "1:14", r"`\nabla`: in double quotes"),
        (r'expression: "2 \nu"', "1:16", r"`\nu`: in double quotes"),
        (r'claims: ["\frac{1}{2}"]' + "\nexpression: x'*x", "1:11", r"`\frac`: in double quotes"),
        ("expression: {f: x'*x}", "1:13", "is not"),
        ("expression: x'*x\nexpression: x'*A*x", "2:1", "expression: appears a second time"),
        ("given: {x: R^N}\nexpression: x'*x", "1:8", "given: is not a list"),
        (
            "expression: x'*x\nclaims: [{formula: x, target: nothing}]",
            "2:31",
            "is no target; a target begins with result",
        ),
        ("expression: x'*x\npublished: [{formula: x, link: example.org}]", "2:32", "is no address"),
        ("expression: x'*x\nclaims: [{formula: x, source: Somebody}]", "2:23", "source: is not a field"),
    ],
)
def test_what_does_not_fit_is_said_where_it_stands(text, place, says):
    (said,) = complaints(text)
    assert said.startswith(f"{place}: "), said
    assert says in said


@pytest.mark.parametrize(
    "written",
    [
        "x'*A*x + b'*x",
        "\"x'*A*x + b'*x\"",
        "'x''*A*x + b''*x'",
        "|\n  x'*A*x + b'*x",
        "|-\n  x'*A*x + b'*x",
        ">\n  x'*A*x\n  + b'*x",
        "x'*A*x\n  + b'*x",
        "\"x'*A*x\n  + b'*x\"",
        r"x^\top A x + b^\top x",
        r"'x^\top A x + b^\top x'",
        r'"x^\\top A x + b^\\top x"',
        "x'Ax + b'x  # with a comment",
        "[x'*A*x + b'*x]",
        "\n  - f = x'*A*x + b'*x",
    ],
)
def test_every_way_to_write_a_text_is_read(written):
    work = work_out_fence(f"expression: {written}\nwrt: x\nclaims: [\"x'*(A + A') + b'\"]", PAGE)
    assert work.faults == []
    assert [claim.held for claim in work.claims] == [True]


# A « stands in front of what is wrong.
@pytest.mark.parametrize(
    "text",
    [
        "expression: x'*A*«y\nwrt: x",
        'expression: "x\'*A*«y"\nwrt: x',
        "expression: 'x''*A*«y'\nwrt: x",
        'expression: "x\'*\\x41*«y"\nwrt: x',
        "expression: |\n  x'*A*«y\nwrt: x",
        "expression: |\n\n    x'*A*«y\nwrt: x",
        "expression: >\n  x'*A*x\n  + x'*«y\nwrt: x",
        "expression: x'*A*x\n   + x'*«y\nwrt: x",
        "expression: \"x'*A*x\n   + x'*«y\"\nwrt: x",
        "expression: 'x''*A*x\n   + x''*«y'\nwrt: x",
        "expression: [\n  f = x'*z,\n  z = A*«y]\nwrt: x",
        "expression:\n- f = x'*z\n- z = A*«y\nwrt: x",
        "{expression: x'*A*«y, wrt: x}",
        "expression: x'*A*x\nwrt: «y",
        "expression: x'*A*x\nwrt: x\ngiven: [c in R, x in «Q^N]",
        "given: [c in R, 'x in «Q^N']\nexpression: x'*A*x\nwrt: x",
        "given:\n- c in R\n- x in «Q^N\nexpression: x'*A*x\nwrt: x",
        "expression: x'*A*x\nwrt: x\nclaims: [2*x', x'*«y]",
        "expression: x'*A*x\nwrt: x\nclaims: [\"x'*(A + A')\", \"x'*«y\"]",
        "expression: x'*A*x\nwrt: x\nclaims:\n- x'*(A + A')\n- formula: 'x''*«y'",
        "expression: x'*A*x\nwrt: x\nclaims: {formula: x'*(A + A'), target: «partial of y}",
    ],
)
def test_a_mistake_is_marked_in_whatever_is_around_it(text):
    before, _, _ = text.partition("«")
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    faults = [fault for fault in work_out_fence(text.replace("«", ""), PAGE).faults if fault.kind == "input"]
    assert [(fault.line, fault.column) for fault in faults] == [place], faults
    assert faults[0].end is None or faults[0].end > faults[0].column
