"""Every kind of file: what is wrong, mistyped or refused is found at its line and column, and nothing else is."""

# ruff: noqa: E501

from __future__ import annotations

import json
import os

import nbformat
import pytest

from jacobook.notes.documents.latex_notes import read_latex
from jacobook.notes.documents.markdown_notes import read_markdown
from tests.notes.marking import checked, found_in, taken_apart

GIVEN = ("x in R^N", "A in R^(N x N)", "X in R^(N x N) invertible", "k, n in N")
WRONG = "d(x'*A*x)/dx = «1x'*A"
RIGHT = "d(x'*A*x)/dx = x'*(A + A')"
MISTYPED = "d(x'*A*x «2+)/dx = x'*A"
REFUSED = "d(«3x'*X^(k - n)*x)/dX = X"
FENCE = ["expression: x'*A*x", "wrt: x", "claims:", "- x'*(A + A')", "- «1x'*A"]
FENCES = {
    "wrong": FENCE,
    "mistyped": ["expression: x'*A*x «2+", "wrt: x"],
    "refused": ["expression: «3x'*X^(k - n)*x", "wrt: X"],
    "no field": ["expression: x'*A*x", "wrt: x", "«2claim: x"],
}


def indented(lines: list[str], prefix: str) -> list[str]:
    return [prefix + line for line in lines]


def fenced(body: list[str], prefix: str = "", opening: str = "```jacobook", closing: str = "```") -> list[str]:
    return indented([opening, *body, closing], prefix)


AROUND = {
    "top": ["# A title", ""],
    "list": ["- An item", ""],
    "numbered": ["1. One", "2. Two", ""],
    "list in a list": ["- An item", "", "    - within", ""],
    "admonition": ['!!! note "A title"', ""],
    "details": ["??? tip", "    Some words.", ""],
    "tab": ['=== "One"', ""],
    "quotation": ["> Said by somebody:", ">"],
    "front matter": ["---", "title: A note", "tags: [jacobook]", "---", "", "Words."],
    "behind another fence": ["```python", "print('```')", "```", "Words `code` and $5."],
    "behind a longer fence": ["````markdown", "```jacobook", "expression: +", "```", "````"],
    "behind a comment": ["<!--", "```jacobook", "expression: +", "```", "-->", "Words."],
    "behind a comment on one line": ["<!-- `#!jb d(x)/dx = +` -->", "Words."],
    "behind an indented block": ["Words:", "", "    ```jacobook", "    expression: +", "    ```", "", "`x`"],
    "behind indented code in a list": ["- Words:", "", "        `#!jb d(x)/dx = +`", "", "  more"],
    "behind code": ["`` `#!jb d(x)/dx = +` `` and `#!jb` and \\`#!jb +\\` and `#!python x`"],
    "footnote": ["Words.[^1]", "", "[^1]: A note", ""],
}
PREFIXES = {
    "list": "    ",
    "numbered": "    ",
    "list in a list": "        ",
    "admonition": "    ",
    "details": "    ",
    "tab": "    ",
    "quotation": "> ",
    "footnote": "    ",
}


@pytest.mark.one_in(2)
@pytest.mark.parametrize("kind", FENCES)
@pytest.mark.parametrize("around", AROUND)
def test_fences_in_markdown(tmp_path, around, kind):
    lines = [*AROUND[around], *fenced(FENCES[kind], PREFIXES.get(around, "")), "", "Words."]
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected
    assert expected


@pytest.mark.one_in(2)
@pytest.mark.parametrize("claim", [WRONG, MISTYPED, REFUSED])
@pytest.mark.parametrize("around", AROUND)
def test_claims_in_markdown(tmp_path, around, claim):
    prefix = PREFIXES.get(around, "")
    lines = [*AROUND[around], *indented([f"So `#!jb {RIGHT}`, not `#!jb {claim}`.", ""], prefix), "Words `x`."]
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    report = checked(path, GIVEN)
    assert (found_in(report), report.claims >= 1) == (expected, True)


OPENINGS = {
    "tildes": ("~~~jacobook", "~~~"),
    "longer": ("`````jacobook", "`````"),
    "attributes": ("``` {.jacobook}", "```"),
    "attributes with more": ('``` {.jacobook title="A title"}', "```"),
    "words behind": ("``` jacobook linenums", "```"),
    "Quarto and MyST": ("```{jacobook}", "```"),
    "colons": (":::{jacobook}", ":::"),
    "item": ("- ```jacobook", "  ```"),
}


@pytest.mark.parametrize("opening", OPENINGS)
def test_every_way_to_open_a_fence(tmp_path, opening):
    body = indented(FENCE, "  ") if opening == "item" else FENCE
    text, expected = taken_apart("\n".join(["Words.", "", OPENINGS[opening][0], *body, OPENINGS[opening][1], ""]))
    path = tmp_path / "note.qmd"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected


@pytest.mark.parametrize("info", ["jacobook-log", "yaml", "jacobooks", "python jacobook"])
def test_other_fences_are_left_alone(tmp_path, info):
    path = tmp_path / "note.md"
    path.write_text("\n".join(fenced(["expression: +"], opening=f"```{info}")), "utf-8")
    report = checked(path)
    assert (report.faults, report.derivations) == ([], 0)


def test_directives_of_myst_and_divisions_of_quarto_hold_markdown(tmp_path):
    lines = ["````{note}", *fenced(FENCE, opening="```{jacobook}"), f"So {{jb}}`{WRONG}`", "````",
             "::: {.callout-note}", f"`#!jb {WRONG}`", ":::",
             "````{code-block} markdown", *fenced(["expression: +"]), "````"]  # fmt: skip
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected
    assert len(expected) == 3


@pytest.mark.parametrize("prefix", ["", "    ", "> "])
def test_a_fence_that_is_not_closed(tmp_path, prefix):
    path = tmp_path / "note.md"
    lines = ["- Words:", "", f"{prefix}```jacobook", f"{prefix}expression: x'*x", f"{prefix}`#!jb +`"]
    path.write_text("\n".join(lines), "utf-8")
    report = checked(path)
    assert found_in(report) == [(3, len(prefix) + 1, 2)]
    assert "the fence is not closed" in report.faults[0].message


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_ends_of_lines_and_a_mark_of_byte_order_change_no_place(tmp_path, start, end):
    text, expected = taken_apart("\n".join(["---", "title: x", "---", *fenced(FENCE), "", f"`#!jb {WRONG}`"]))
    path = tmp_path / "note.md"
    path.write_bytes((start + text.replace("\n", end)).encode())
    assert found_in(checked(path, GIVEN)) == expected


def test_tabs_in_front_of_a_fence(tmp_path):
    text, expected = taken_apart("\n".join(["- Words:", "", *fenced(FENCE, "\t")]))
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected


def test_a_claim_may_go_on_in_the_next_line(tmp_path):
    text, expected = taken_apart("Words `#!jb d(x'*A*x)/dx =\n  «1x'*A` and\n> `#!jb d(x'*A*x)/dx\n> = «1x'*A`, too")
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected


def test_cells_of_a_table_and_headings(tmp_path):
    lines = ["| function | derivative |", "|---|---|", f"| ` | `#!jb {WRONG}` |", "", f"## About `#!jb {WRONG}`"]
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert [one[0] for one in found_in(checked(path, GIVEN))] == [5]
    text, expected = taken_apart("\n".join(lines).replace("| ` |", "| x |"))
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected


def test_the_front_matter_declares_for_the_page(tmp_path):
    head = [
        "---",
        "title: A note",
        "jacobook:",
        "  layout: denominator",
        "  given:",
        "  - x in R^N",
        "  - 'A in R^(N x N)'",
    ]
    text, expected = taken_apart(
        "\n".join([*head, "---", f"`#!jb {WRONG}` and `#!jb d(x'*x)/dx = 2*x`", "`#!jb d(x'*x)/dx = «12*x'`"])
    )
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert found_in(checked(path)) == expected


def test_declarations_of_several_names_in_a_list(tmp_path):
    path = tmp_path / "note.md"
    path.write_text("---\njacobook: {given: [x, b in R^N]}\n---\n`#!jb d(x'*b)/dx = b'`\n", "utf-8")
    assert checked(path).faults == []
    path.write_text("```jacobook\ngiven: [x, b in R^N]\n```\n`#!jb d(x'*b)/dx = b'`\n", "utf-8")
    report = checked(path)
    assert (report.faults, report.claims) == ([], 1)


@pytest.mark.parametrize(
    "head",
    [
        "jacobook:\n  given: [x in R^N, A in «2Q]",
        "jacobook:\n  given:\n  - 'A in «2Q'",
        "jacobook:\n  given: A in «2Q",
        "jacobook:\n  given: [x, y in R^N, a, b in «2Q]",
        "jacobook:\n  given:\n  - a\n  - b in «2Q",
        "title: x\njacobook:\n  «2givn: [x in R]",
        "jacobook: {layout: «2jacobien}",
        "jacobook:\n  given: [f = x'*(A«2]",
        "jacobook: «2[x in R]",
    ],
)
def test_what_is_wrong_in_the_front_matter_is_said_there(tmp_path, head):
    text, expected = taken_apart(f"---\n{head}\n---\nWords.")
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    found = found_in(checked(path))
    if "(A" in head:
        assert [(line, status) for line, _, status in found] == [(3, 2)]
    else:
        assert found == expected


def test_a_head_that_only_names_us_is_none_of_our_business(tmp_path):
    path = tmp_path / "note.md"
    path.write_text("---\ntitle: Jacobook and jacobook\nnav: !relative x\n---\nWords.", "utf-8")
    assert checked(path).faults == []


def test_restructured_text(tmp_path):
    lines = ["Title", "=====", "", ".. jacobook::", "", *indented(FENCE, "   "), "",
             f"Words :jb:`{RIGHT}` and :jb:`{WRONG}`, ``:jb:`literal```, and", ":jb:`d(x'*A*x)/dx", "= «1x'*A`.", "",
             ".. note:: Words", "", "   .. jacobook::", "", *indented(FENCES["refused"], "      "), "",
             ".. code-block:: rst", "", "   .. jacobook::", "", "      expression: +", "",
             "As text::", "", "   :jb:`d(x)/dx = +`", "",
             ".. A comment", "   :jb:`d(x)/dx = +`", "",
             f"* An item :jb:`{MISTYPED}`", ""]  # fmt: skip
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "note.rst"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected
    assert len(expected) == 5


LATEX = r"""\documentclass{article}
% jb is no mark without its sign: %jb
\begin{document}
%jb given x in R^N; A in R^(N x N)
Costs \$5, 100\% jb. Then
\[ \frac{\partial}{\partial x} x^\top A x = x^\top (A + A^\top). \]
%jb
\begin{align*}
  \frac{\partial}{\partial x} x^\top A x &= «1x^\top A \label{eq:one} \\
  &= x^\top (A + A^\top), \\
  \frac{\partial}{\partial x} x^\top x &= «12 x, % jb
\end{align*}
$$ \nabla_x x^\top A x = «12 A x $$ %jb
A formula that is not marked: \( \frac{\partial}{\partial x} x = 3 \).
Inline %jb
\( \frac{\partial}{\partial x} (x^\top «2y) = 2 x^\top \), words.
\begin{verbatim}
%jb
\[ + \]
\end{verbatim}
«2%jb
\end{document}
"""


def test_latex(tmp_path):
    text, expected = taken_apart(
        LATEX.replace("=  «12 A x", "= «12 A x").replace("% jb is no mark without its sign: %jb\n", "")
    )
    path = tmp_path / "note.tex"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, layout="jacobian")) == expected


def test_a_marked_formula_that_is_not_closed(tmp_path):
    path = tmp_path / "note.tex"
    path.write_text("%jb\nWords \\[ x = 2\n", "utf-8")
    report = checked(path)
    assert found_in(report) == [(2, 7, 2)]
    assert r"not closed: `\[`" in report.faults[0].message


@pytest.mark.parametrize("formula", ["$ {} $ %jb {}\n", "\\[\n{}\n\\] %jb {}\n", "\\[ %jb {1}\n{0} \\]\n"])
def test_what_a_mark_declares_holds_wherever_it_stands_in_a_formula(tmp_path, formula):
    path = tmp_path / "note.tex"
    path.write_text(
        formula.format(r"\nabla_x (x^\top A x) = 2 A x", "given x in R^N; A in R^(N x N) symmetric"), "utf-8"
    )
    assert found_in(checked(path)) == []
    path.write_text(formula.format(r"\nabla_x (x^\top x) = 2 x", "gven x in R^N"), "utf-8")
    assert any("behind `%jb` stands `given`" in fault.message for fault in checked(path).faults)


CODE_IN_LATEX = r"""%jb given x in R^N
\verb|%jb $|, \verb*+\[+, \lstinline{%jb}, \mintinline{tex}{\[ %jb} and \url{a%jb} begin nothing: \( \nabla_x x^\top x = «1x \) %jb
\[ \nabla_x x^\top x = 3 x \] % a remark %jb
% \[ \nabla_x x^\top x = 3 x \] %jb
"""


def test_code_in_a_line_of_latex_and_what_is_commented_out(tmp_path):
    text, expected = taken_apart(CODE_IN_LATEX.replace("= 3 x \\] % a", "= «13 x \\] % a"))
    path = tmp_path / "note.tex"
    path.write_text(text, "utf-8")
    assert found_in(checked(path)) == expected
    assert len(expected) == 2


@pytest.mark.parametrize("environment", ["eqnarray", "align*", "aligned"])
def test_environments_between_dollars(tmp_path, environment):
    """As notes in Markdown have them: MathJax takes both; what is declared behind a formula holds for it."""
    lines = ["`#!jb d(t)/dt = 1`", "$$", rf"\begin{{{environment}}}", r"\nabla_x x^\top x &=& 2 x \tag{1} \\",
             r"\nabla_x t x^\top x &=& «1t x", rf"\end{{{environment}}}", "$$ %jb given x in R^N; t in R"]  # fmt: skip
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert found_in(checked(path)) == [(1, 9, 2), *expected]


def test_marked_formulas_in_markdown(tmp_path):
    lines = ["Costs $5. A formula behind `%jb` is checked; `$HOME` is none.", "", "%jb given x in R^N; A in R^(N x N)", "$$",
             r"\frac{\partial}{\partial x} x^\top A x = «1x^\top A", "$$", "", "> $$ %jb", r"> \nabla_x (x^\top x) = «13 x", "> $$"]  # fmt: skip
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "note.md"
    path.write_text(text, "utf-8")
    assert found_in(checked(path)) == expected


PYTHON = [
    '"""The module: `#!jb d(x\'*A*x)/dx = «1x\'*A`."""',
    "",
    "RATE = 1",
    '"""An attribute: `#!jb d(x\'*x)/dx = «1x\'`."""',
    "",
    "class Kernel:",
    "    r'''Raw, in reStructuredText.",
    "",
    "    .. jacobook::",
    "",
    *("       " + line for line in FENCE),
    "",
    "    :jb:`\\nabla_x (x^\\top A x) = «12 A x`",
    "    '''",
    "",
    "    def value(self):",
    '        """Escapes: `#!jb \\\\nabla_x (x^\\\\top A x) = «12 A x`, \\"quoted\\" and \\x60#!jb d(x)/dx = «13*eye(N)`.',
    "",
    "        Note:",
    *("            " + line for line in ["```jacobook", *FENCES["refused"], "```"]),
    "",
    "        Continued \\",
    "        `#!jb d(x'*A*x)/dx = «1x'*A`",
    '        """',
    "        return f'''`#!jb d(x)/dx = +`'''",
    "",
    "    async def other(self): '`#!jb d(x\\'*x)/dx = «1x\\'`'",
    "",
    "    def ä(self): u'''ä `#!jb d(x'*x)/dx = «1x'` ö'''",
    "",
    "# `#!jb d(x)/dx = +`",
    "text = '`#!jb d(x)/dx = +`'",
]


def test_docstrings(tmp_path):
    text, expected = taken_apart("\n".join(PYTHON))
    path = tmp_path / "kernels.py"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected
    assert len(expected) == 10


SIDE_BY_SIDE = {
    "on lines of their own": ["def f():", "    ('Words. `#!jb d(x)/dx '", "     '= «13*eye(N)`')"],
    "raw and escaped": [
        "def f():",
        "    (",
        "        'W\\u00e9, `#!jb d(x)'  # one",
        "        r'''/dx = ''' \\",
        '        "«13*eye(N)`"',
        "    )",
    ],
    "three quotes": [
        "class Outer:",
        "    class Inner:",
        "        def f(self):",
        '            """Words.',
        "",
        *("            " + line for line in ["```jacobook", "expression: x'*A*x", "wrt: x"]),
        '            """ \'\'\'claims: ["«1x\\\'*A"]',
        "            ```'''",
    ],
    "assigned to the module": ["__doc__ = (", "    'Words. '", "    \"`#!jb d(x'*x)/dx = «1x'`\"", ")"],
    "assigned to a function": ["f.__doc__ = '''Words.", "`#!jb d(x'*x)/dx = «1x'`'''"],
    "added": ["f.__doc__ += '''", "`#!jb d(x'*x)/dx = «1x'`'''"],
    "with a type": ["class C:", "    __doc__: str = '''`#!jb d(x'*x)/dx = «1x'`'''", "    other: str"],
}


@pytest.mark.parametrize("lines", SIDE_BY_SIDE.values(), ids=SIDE_BY_SIDE)
def test_strings_side_by_side_and_assigned_docstrings(tmp_path, lines):
    text, expected = taken_apart("\n".join(lines))
    path = tmp_path / "kernels.py"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected
    assert len(expected) == 1


NOT_READ = {
    "f'''`#!jb d(x)/dx = +`'''": "an f-string is no docstring",
    "'Words. ' f'`#!jb d(x)/dx = +` {1}'": "an f-string is no docstring",
    "b'`#!jb d(x)/dx = +`'": "bytes are no docstring",
    "f.__doc__ = '`#!jb d(x)/dx = {}`'.format(1)": "this docstring is put together when Python runs",
    "__doc__ += f'''`#!jb d(x)/dx = {1}`'''": "this docstring is put together when Python runs",
    "f.__doc__ = dedent('''\n    ```jacobook\n    expression: +\n    ```\n''')": "this docstring is put together",
}


@pytest.mark.parametrize(("code", "said"), NOT_READ.items())
def test_a_mark_in_what_python_keeps_as_no_docstring_is_said(tmp_path, code, said):
    path = tmp_path / "kernels.py"
    path.write_text(f"def f(): pass\n{code}\n", "utf-8")
    (fault,) = checked(path, GIVEN).faults
    assert fault.message.startswith(said)
    assert (fault.line, fault.column) == (2, code.find("= ") + 3 if "__doc__" in code else 1)


def test_what_is_no_docstring_and_marks_nothing_is_nobodys_concern(tmp_path):
    path = tmp_path / "kernels.py"
    path.write_text("f'''{1} jb'''\nb'jb'\nf.__doc__ = g('jacobook')\ntext: str = f'`#!jb d(x)/dx = +`'\n", "utf-8")
    assert checked(path, GIVEN).faults == []


def notebook(*cells: tuple[str, str]) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    for kind, source in cells:
        made.cells.append(nbformat.v4.new_markdown_cell(source) if kind == "md" else nbformat.v4.new_code_cell(source))
    made.cells[0].metadata["tags"] = ["expression: x'*A*x", "x"]
    return made


@pytest.mark.parametrize("in_ascii", [False, True])
def test_a_notebook(tmp_path, in_ascii):
    """Its places are those in the file, in which a text of JSON has two backslashes for one."""
    made = notebook(
        (
            "md",
            "x\n\nWords \"in quotes\" — `#!jb \\nabla_x (x^\\top A x) = WRONG 2 A x` 𝒜 `#!jb d(x'*x)/dx = WRONG x'`",
        ),
        ("code", "%%jacobook\nexpression: x'*A*x\nwrt: x\nclaims: [WRONG x'*A]"),
        ("code", "# `#!jb d(x)/dx = +`\nprint('x')"),
        ("md", "```jacobook\n" + "\n".join(FENCE).replace("«1", "WRONG ") + "\n```"),
    )
    path = tmp_path / "note.ipynb"
    nbformat.write(made, path)
    text = json.dumps(json.loads(path.read_text("utf-8")), indent=1, ensure_ascii=in_ascii)
    text, expected = taken_apart(text.replace("WRONG ", "«1"))
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected
    assert len(expected) == 4


@pytest.mark.parametrize(
    ("name", "text", "place", "says"),
    [
        ("note.ipynb", '{"jacobook": 1}', (1, 1), "is no notebook: it has no list of cells"),
        ("note.ipynb", '["jacobook"]', (1, 1), "is no notebook: it has no list of cells"),
        ("note.ipynb", '{"cells": ["jacobook",\n1, }', (2, 4), "is no notebook: "),
        ("note.ipynb", '{"cells": ["jacobook"]}', (1, 1), "is no notebook: it has no list of cells"),
        ("note.ipynb", '{"worksheets": [], "nbformat": 3, "jacobook": 1}', (1, 1), "is a notebook of format 3"),
        ("note.ipynb", "[" * 100_000 + "jacobook", (1, 1), "is no notebook"),
        ("kernels.py", "x = 1  # jacobook\ndef f(:\n", (2, 7), "is not Python: "),
        ("kernels.py", "x = 'jacobook \0'", (1, 1), "is not Python: "),
        ("kernels.py", "(" * 1000 + "jacobook", (1, 200), "is not Python: "),
        ("kernels.py", "jacobook = " + "-" * 100_000 + "1", (1, 1), "cannot be read: an expression in it is nested"),
        ("kernels.py", "# coding: nonsense\n# jacobook", (1, 1), "is not Python: unknown encoding"),
    ],
)
def test_what_is_no_such_file(tmp_path, name, text, place, says):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    report = checked(path)
    assert report.faults[0].message.startswith(says), report.faults
    assert found_in(report)[0][0] == place[0]
    path.write_text(text.replace("jacobook", "others"), "utf-8")
    assert checked(path).faults == [], "nothing of ours stands in it"


def test_what_is_not_text(tmp_path):
    path = tmp_path / "note.md"
    path.write_bytes(b"Gr\n\xfc\xdfe `#!jb d(x)/dx = 2`")
    (fault,) = checked(path).faults
    assert (fault.line, fault.column, fault.message) == (2, 1, "is not UTF-8 text")
    path.write_bytes("`#!jb d(x)/dx = 2`".encode("utf-16"))
    assert checked(path).faults[0].message == "is not UTF-8 text"
    path.write_bytes(b"Gr\xfc\xdfe")
    assert checked(path).faults == []


def test_what_is_no_file(tmp_path):
    path = tmp_path / "note.md"
    os.mkfifo(path)
    assert checked(path).faults[0].message == "is no file"


def test_python_in_the_encoding_that_it_names(tmp_path):
    text, expected = taken_apart('# coding: latin-1\n"""Größe `#!jb d(x\'*x)/dx = «1x\'`"""\n')
    path = tmp_path / "kernels.py"
    path.write_bytes(text.encode("latin-1"))
    assert found_in(checked(path, GIVEN)) == expected


def test_cells_and_directives_with_words_beside_their_mark(tmp_path):
    cells = [["\n", "\n", "%%jacobook\n", "claims: x'\n", "expression: x'*x\n"], ["%%jacobook now\n", "expression: +"]]
    made = [{"cell_type": "code", "source": source} for source in cells]
    path = tmp_path / "note.ipynb"
    path.write_text(json.dumps({"cells": made}), "utf-8")
    assert [(fault.kind, fault.message[:28]) for fault in checked(path, GIVEN).faults] == [
        ("wrong", "Disagrees: it is 1/2 times t"),
        ("input", "%%jacobook stands alone on i"),
    ]
    text, expected = taken_apart(".. jacobook:: «2expression: x\n\n   expression: +\n\nWords :jb:`d(x'*x)/dx = «1x'`")
    path = tmp_path / "note.rst"
    path.write_text(text, "utf-8")
    assert found_in(checked(path, GIVEN)) == expected


@pytest.mark.parametrize("suffix", [".md", ".rst", ".tex", ".py", ".ipynb"])
def test_an_empty_file(tmp_path, suffix):
    path = tmp_path / f"note{suffix}"
    path.write_text('{"cells": [], "metadata": {}}' if suffix == ".ipynb" else "", "utf-8")
    assert checked(path).faults == []


@pytest.mark.parametrize("typed", ["`#!JB d(x'*x)/dx = 3*x'`", "`#! jb d(x'*x)/dx = 3*x'`", "`#!jbd(x'*x)/dx = 3*x'`"])
def test_what_is_nearly_an_inline_claim_is_not_passed_over(typed):
    faults = read_markdown(f"Words {typed} and `#!jb`.").faults
    assert [(fault.line, fault.column) for fault in faults] == [(1, 8)]


@pytest.mark.parametrize(
    ("mark", "says"),
    [("%jb layout denominator", "--layout"), ("%jb givne x in R^n", "given"), ("%jbgiven x in R^n", "given")],
)
def test_what_is_no_declaration_behind_a_mark_is_said(mark, says):
    (fault, *_) = read_latex(f"{mark}\n\\[ \\nabla_x x^\\top x = 2x \\]").faults
    assert (fault.line, fault.column) == (1, 1)
    assert says in fault.message
