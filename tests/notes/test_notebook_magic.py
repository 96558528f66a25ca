"""`%%jacobook` in a notebook: with a shell that has what IPython has, and with IPython where it is installed."""

from __future__ import annotations

import pytest

from jacobook import JacobookError
from jacobook.notes import notebook_magic

FENCE = "given: [x in R^N, A in R^(N x N)]\nexpression: x'*A*x\nwrt: x\n"


class Shell:
    """What the extension uses of a shell."""

    def __init__(self):
        self.magics = {}

    def register_magic_function(self, function, magic_kind, magic_name):
        self.magics[magic_kind, magic_name] = function


@pytest.fixture
def cell(monkeypatch):
    """A function that runs the text of a cell."""
    monkeypatch.delenv("VSCODE_PID", raising=False)
    shell = Shell()
    notebook_magic.load_ipython_extension(shell)
    return lambda text, line="": shell.magics["cell", "jacobook"](line, text)


def fault(cell, text, line=""):
    with pytest.raises(JacobookError) as caught:
        cell(text, line)
    (said,) = caught.value._render_traceback_()
    return said


def test_a_cell_is_a_fence(cell):
    shown = cell(FENCE + "claims: x'*(A + A')\npublished: {formula: 2*x'*A, source: A book}\n")
    html = shown._repr_html_()
    assert html.startswith("<style>")
    assert "jb-held" in html
    assert "A book" in html
    assert "Product rule" in shown._repr_markdown_()
    assert shown._repr_markdown_().count("\n- Depends on an assumption") == 1
    assert "df/dx = x'*(A + A')" in repr(shown)


def test_what_a_cell_declares_holds_for_the_cells_after_it(cell):
    assert cell("given: [x in R^N, A in R^(N x N)]") is None
    assert "Product rule" in repr(cell("expression: x'*A*x\nwrt: x"))
    cell("given: A in R^(N x N) symmetric")
    assert "df/dx = 2*x'*A" in repr(cell("expression: x'*A*x\nwrt: x"))


def test_the_layout_that_a_cell_names_is_shown_in_those_after_it(cell):
    cell("given: x in R^N\nlayout: denominator")
    shown = cell("expression: x'*x\nwrt: x")
    assert "Shape: N×1 (denominator layout)" in repr(shown)
    shown = cell("expression: x'*x\nwrt: x\nlayout: jacobian")
    assert "Shape: 1×N (Jacobian layout)" in repr(shown)


def test_a_fault_is_one_message_with_a_caret(cell):
    said = fault(cell, "given: [x in R^N]\nexpression: x'*B*x\nwrt: x").splitlines()
    assert said[0].startswith("line 3, column 16: `B` is not declared")
    assert said[1:] == ["    expression: x'*B*x", "                   ^"]


def test_a_wrong_claim_is_a_fault(cell):
    said = fault(cell, FENCE + "claims: 2*x'*A").splitlines()
    assert said[0].startswith("line 5, column 9: Depends on an assumption: it agrees only if A is symmetric")
    assert said[-1].index("^") == said[-2].index("2*x'*A")


@pytest.mark.parametrize(
    "text", ["", "- 1", "expression: [x'*x", "given: x in\nexpression: x", "show: all", "\0", "a: b: c"]
)
def test_bad_cells_are_messages(cell, text):
    assert fault(cell, text).startswith("line ")


def test_the_line_of_the_magic_takes_nothing(cell):
    assert "stands alone on its line" in fault(cell, FENCE, "x'*x")


def test_what_fails_declares_nothing(cell):
    fault(cell, "given: [x in R^N, A in]")
    assert "not declared" in fault(cell, "expression: x'*x")


def test_missing_packages_are_a_message(monkeypatch):
    monkeypatch.setattr(notebook_magic, "missing_for_notes", lambda: "notes need Jinja2")
    with pytest.raises(JacobookError, match="notes need Jinja2"):
        notebook_magic.load_ipython_extension(Shell())


def test_in_ipython(monkeypatch, capsys):
    from IPython.core.interactiveshell import InteractiveShell  # type: ignore[import-not-found, unused-ignore]

    monkeypatch.delenv("VSCODE_PID", raising=False)
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "jacobook.notes.notebook_magic")
    result = shell.run_cell("%%jacobook\n" + FENCE)
    assert result.success
    assert shell.display_formatter is not None
    bundle, _ = shell.display_formatter.format(result.result)
    assert {"text/plain", "text/html", "text/markdown"} <= bundle.keys()
    capsys.readouterr()
    assert not shell.run_cell("%%jacobook\nexpression: x'*B*x").success
    said = "".join(capsys.readouterr())
    assert "not declared" in said
    assert "^" in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) <= 6
    assert not shell.run_cell("from jacobook import derive\nderive(\"x'*y\", given='x in R^N')").success
    said = "".join(capsys.readouterr())
    assert len(said.strip().splitlines()) == 3
