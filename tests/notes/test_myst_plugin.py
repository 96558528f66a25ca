"""The plugin for mystmd, run by Node without mystmd, and the command that it asks."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from typing import Any
from unittest.mock import patch

import pytest

from jacobook.notes import __file__ as package
from tests.commands import Ran, in_process

GIVEN = ("--given", "x in R^N", "--given", "A in R^(N x N)")
FENCE = "expression: x'*A*x\nwrt: x\nclaims:\n- x'*(A + A')\n"


def fence(text: str | bytes, *options: str) -> Ran:
    data = text if isinstance(text, bytes) else text.encode()
    with patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")):
        return in_process("notes", "fence", "-", *options)


def test_a_fence_becomes_html():
    run = fence(FENCE, *GIVEN)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith('<div class="jacobook" id="jb-')
    assert "jb-prefix" not in run.stdout


@pytest.mark.parametrize(
    ("text", "status", "place"),
    [
        (FENCE.replace("x'*(A + A')", "x'*A"), 1, "4:3: Disagrees"),
        (FENCE.replace("x'*A*x", "x'*A*x +"), 2, "1:20: "),
        ("expresion: x", 2, "1:1: expresion: is not a field"),
        ("given: [X in R^(N x N) invertible, 'k, n in N']\nexpression: x'*X^(k - n)*x\nwrt: X", 3, "2:13: "),
        ("expression: log(-1 - x'*x)\nwrt: x", 0, "1:13: the derivation was not checked"),
        ("", 2, "1:1: a fence is a mapping"),
    ],
)
def test_faults_go_to_standard_error_with_the_status_of_the_gate(text, status, place):
    run = fence(text, *GIVEN)
    assert run.returncode == status
    assert run.stderr.startswith(place), run.stderr
    assert run.stderr.count("\n") == 1


def test_a_claim_and_what_fences_above_it_declare():
    declared = "given: [x in R^N, A in R^(N x N)]"
    run = fence("d(x'*A*x)/dx =\n  x'*(A + A')\n", "--claim", "--page", declared)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith('<span class="jacobook jb-claim jb-held"')
    assert fence("d(x'*A*x)/dx = x'*A", "--claim", "--page", declared).stderr.startswith("1:16: ")


def test_what_is_no_text():
    run = fence(b"\xff\xfe")
    assert (run.returncode, run.stdout, run.stderr) == (2, "", "the text is not UTF-8\n")


SCRIPT = """
import plugin from {plugin};
const said = [];
const vfile = {{path: "index.md", message(text) {{ const one = {{text}}; said.push(one); return one; }}}};
const at = line => ({{position: {{start: {{line}}}}}});
const [directive] = plugin.directives, [role] = plugin.roles;
const found = {{
  declared: directive.run({{body: {declared}, node: at(1)}}, vfile),
  right: directive.run({{body: {fence}, node: at(5)}}, vfile),
  claim: role.run({{body: "d(x'*A*x)/dx = x'*(A + A')", node: at(12)}}, vfile),
  wrong: directive.run({{body: {wrong}, node: at(20)}}, vfile),
  elsewhere: role.run({{body: "d(x'*A*x)/dx = 1", node: at(30)}}, {{...vfile, path: "other.md"}}),
}};
console.log(JSON.stringify({{found, said}}));
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict[str, Any]:
    """What the plugin gives back under Node, and what it complains of."""
    node = shutil.which("node", path=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is among what `make` installs"
    plugin = os.path.join(os.path.dirname(package), "assets", "jacobook-myst.mjs")
    texts = {
        "plugin": f"file://{plugin}",
        "declared": "given: [x in R^N, A in R^(N x N)]",
        "fence": FENCE,
        "wrong": FENCE.replace("x'*(A + A')", "x'*A"),
    }
    folder = tmp_path_factory.mktemp("myst")
    (folder / "run.mjs").write_text(SCRIPT.format(**{name: json.dumps(text) for name, text in texts.items()}), "utf-8")
    environment = os.environ | {"JACOBOOK": f"{sys.executable} -m jacobook"}
    run = subprocess.run(
        [node, "run.mjs"], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert run.returncode == 1, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_formulas_are_nodes_that_mystmd_typesets(answers):
    assert answers["found"]["declared"] == []
    nodes = answers["found"]["right"]
    assert {node["type"] for node in nodes} == {"html", "math", "inlineMath"}
    formulas = [node["value"] for node in nodes if node["type"] != "html"]
    assert r"f = \boldsymbol{x}^{\top}\boldsymbol{A}\boldsymbol{x}" in formulas
    assert not any("\\[" in node["value"] or "\\(" in node["value"] for node in nodes)
    (opening, formula, _) = answers["found"]["claim"]
    assert (opening["type"], formula["type"]) == ("html", "inlineMath")


def test_what_a_page_declares_holds_on_that_page(answers):
    first, second = answers["said"]
    assert first["fatal"]
    assert first["text"].startswith("index.md:24: Disagrees")
    assert second["text"].startswith("other.md:30: `x` is not declared")


def test_a_command_that_is_not_there_is_said(tmp_path):
    node = shutil.which("node", path=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}")
    assert node
    plugin = os.path.join(os.path.dirname(package), "assets", "jacobook-myst.mjs")
    script = (
        f"import plugin from {json.dumps('file://' + plugin)};\n"
        "const vfile = {path: 'index.md', message(text) { console.log(text); return {}; }};\n"
        "plugin.directives[0].run({body: 'expression: x', node: {}}, vfile);\n"
        "process.exit(0);\n"  # so mystmd ends, whatever it has found
    )
    (tmp_path / "run.mjs").write_text(script, "utf-8")
    run = subprocess.run(
        [node, "run.mjs"],
        cwd=tmp_path,
        env=os.environ | {"JACOBOOK": "nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout == 'nowhere cannot be run (ENOENT): python -m pip install "jacobook[notes]"\n'
