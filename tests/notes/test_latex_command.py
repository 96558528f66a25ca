"""`jacobook latex`: documents and environments that a real pdflatex sets, and one message for bad input."""

from __future__ import annotations

import io
import subprocess

import pytest

from tests.commands import in_process
from tests.pdflatex import complaints

CHAIN = '{given: [x in R^N], expression: [f = exp(z), "z = x\'*x"], wrt: x}'
NOTE = """\
---
jacobook: {layout: denominator}
---
```jacobook
given: [x in R^N, A in R^(N x N)]
```

```jacobook
expression: x'*A*x
wrt: x
order: 2
```

Here `#!jb d(x'*x)/dx = 2*x`.
"""
ENTRY = """\
slug: squared-length
group: exercise
title: Squared length & more
sources: [{name: My notes}]
question: Differentiate.
given: [x in R^N, A in R^(N x N)]
expression: ["x'*x"]
cases:
  - {title: With a matrix, expression: ["x'*A*x"], wrt: x}
"""


@pytest.fixture
def on_input(monkeypatch):
    def put(text):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="ascii"))

    return put


def set_alone(latex, folder):
    """Set a whole document, and return what TeX says against it."""
    (folder / "whole.tex").write_text(latex, "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "whole.tex"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    return ran.returncode, [line for line in ran.stdout.splitlines() if line.startswith(("!", "Overfull \\hbox"))]


def test_a_note_becomes_a_document(tmp_path):
    (tmp_path / "note.md").write_text(NOTE, "utf-8")
    ran = in_process("latex", str(tmp_path / "note.md"), "--output", str(tmp_path / "note.tex"))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    latex = (tmp_path / "note.tex").read_text("utf-8")
    assert latex.count(r"\section*{\raggedright The derivative of") == 1
    assert r"\subsection*{The second derivative}" in latex
    assert "Shape: N×1 (denominator layout)" in latex.replace(r"\(\times\)", "×")
    assert "Verified: " in latex
    assert set_alone(latex, tmp_path) == (0, [])


def test_claims_have_derivations_too(tmp_path):
    (tmp_path / "note.md").write_text(NOTE, "utf-8")
    ran = in_process("latex", str(tmp_path / "note.md"), "--claims")
    assert ran.stdout.count(r"\section*{\raggedright The derivative of") == 2
    (tmp_path / "only.tex").write_text("%jb given x in R^N\n%jb\n\\[ \\nabla_x x^\\top x = 2 x^\\top \\]\n", "utf-8")
    ran = in_process("latex", str(tmp_path / "only.tex"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.endswith(
        "only.tex: there is no derivation in it; --claims takes the derivations behind its claims\n"
    )
    assert in_process("latex", str(tmp_path / "only.tex"), "--claims").returncode == 0


def test_a_fence_is_in_the_layout_that_is_named_above_it(tmp_path):
    fence = "```jacobook\nexpression: x'*x\nwrt: x\n```\n"
    layouts = [f"```jacobook\nlayout: {name}\n```\n" for name in ("denominator", "jacobian")]
    (tmp_path / "note.md").write_text("```jacobook\ngiven: x in R^N\n```\n" + fence.join(layouts) + fence, "utf-8")
    ran = in_process("latex", str(tmp_path / "note.md"), "--claims")
    said = [line for line in ran.stdout.splitlines() if "Shape: " in line]
    assert ["denominator" in line for line in said] == [True, False]


def test_an_entry_becomes_a_document(tmp_path):
    (tmp_path / "entry.yaml").write_text(ENTRY, "utf-8")
    ran = in_process("latex", str(tmp_path / "entry.yaml"))
    assert r"\section*{\raggedright Squared length \& more}" in ran.stdout
    assert r"\section*{\raggedright With a matrix}" in ran.stdout
    assert set_alone(ran.stdout, tmp_path) == (0, [])


def test_a_fence_becomes_environments(on_input, tmp_path):
    on_input(CHAIN)
    ran = in_process("latex", "-", "--body")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("% Needs ")
    assert ran.stdout.count(r"\begin{align*}") == 3
    assert r"&& \text{Chain rule: outermost derivative on the left.}" in ran.stdout
    assert r"\section" not in ran.stdout
    assert complaints({"body": ran.stdout}, tmp_path) == []


def test_the_lines_of_a_function_that_is_no_chain_say_what_its_inner_functions_are(on_input):
    on_input("given: x in R^D\nexpression: log(1 + (x'*x)^2)\n")
    body = in_process("latex", "-", "--body").stdout
    assert r"u = \boldsymbol{x}^{\top}\boldsymbol{x}" in body
    assert "v = 1 + u^{2}" in body


def test_the_layout_is_that_of_the_option_where_a_fence_names_none(on_input):
    for fence, option, end in (
        ("{given: x in R^N, expression: x'*x}", "denominator", True),
        ("{given: x in R^N, expression: x'*x}", "jacobian", False),
        ("{given: x in R^N, expression: x'*x, layout: jacobian}", "denominator", False),
    ):
        on_input(fence)
        ran = in_process("latex", "-", "--body", "--layout", option)
        assert (r"\text{Transpose the result.}" in ran.stdout) is end


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("{given: x in R^N, expression: x'*y}", 2, "standard input:1:34: `y` is not declared"),
        ("{given: x in R^N, expression: x'*x, claims: x'}", 1, "standard input:1:45: "),
        ("- 1", 2, "standard input:1:1: a fence is a mapping"),
        ("", 2, "standard input:1:1: a fence is a mapping"),
        ("given: x in R^N", 2, "standard input: there is no derivation in it"),
        ("[" * 9999, 2, "standard input:1:"),
    ],
)
def test_bad_input_is_a_message(on_input, text, status, said):
    on_input(text)
    ran = in_process("latex", "-")
    assert (ran.returncode, ran.stdout) == (status, "")
    assert ran.stderr.startswith(said)
    assert "Traceback" not in ran.stderr


def test_bad_files_are_messages(tmp_path):
    (tmp_path / "latin.md").write_bytes(b"\xe4")
    (tmp_path / "entry.yaml").write_text(ENTRY.replace("title", "titel"), "utf-8")
    for name, said in (
        ("nothing.md", "cannot be read (No such file or directory)"),
        ("latin.md", "is not UTF-8 text"),
        ("a.docx", "derivations are taken from files that end in .md,"),
        ("entry.yaml", "titel: is not a field; did you mean title?"),
    ):
        ran = in_process("latex", str(tmp_path / name))
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
