"""Formulas in notes use nothing that a site of other people may lack: plain TeX, the symbols of AMS, and bold ones."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from jacobook.notes.fences import NoteDefaults
from jacobook.notes.fragment import fence_html
from jacobook.notes.marked_work import work_out_fence
from tests.calculus.derived import CASES
from tests.conftest import one_in

FORMULA = re.compile(r'class="arithmatex">\\([\[(])(.*?)\\[\])]<', re.DOTALL)
SCRIPT = r"""
const {readFileSync} = require("node:fs");
(async () => {
  const MathJax = await require(process.argv[2]).init({
    loader: {load: ["input/tex", "adaptors/liteDOM", "output/chtml", "[tex]/boldsymbol"]},
    tex: {packages: {"[+]": ["boldsymbol"], "[-]": ["noundefined", "autoload", "require"]}},
  });
  const failed = [];
  for (const [display, tex] of JSON.parse(readFileSync(process.argv[3]))) {
    const found = await MathJax.tex2mmlPromise(tex, {display});
    if (found.includes("merror")) failed.push(tex);
  }
  console.log(JSON.stringify(failed));
})();
"""


def formulas_of(case: dict[str, object]) -> set[tuple[bool, str]]:
    expression = case["expr"]
    shown = ["result", "chain", "steps", "components", "evidence"]
    fence = {"given": case["given"], "expression": expression, "wrt": case["wrt"], "show": shown}
    work = work_out_fence(yaml.safe_dump(fence, allow_unicode=True), NoteDefaults())
    assert work.derivations, work.faults
    return {(found[1] == "[", html.unescape(found[2])) for found in FORMULA.finditer(fence_html(work, "jb"))}


def failures(root: Path, folder: Path, formulas: set[tuple[bool, str]]) -> list[str]:
    """Return the formulas that MathJax cannot typeset without the extensions that pages of this site load."""
    node = shutil.which("node", path=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is among what `make` installs"
    (folder / "formulas.json").write_text(json.dumps(sorted(formulas)), "utf-8")
    (folder / "typeset.cjs").write_text(SCRIPT, "utf-8")
    command = [node, "typeset.cjs", str(root / "node_modules" / "mathjax"), "formulas.json"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    found: list[str] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_what_others_lack_is_noticed(root, tmp_path):
    foreign = {(True, r"\class{changed}{x}"), (False, r"\nonsense"), (True, r"\boldsymbol{x}^{\top}")}
    assert set(failures(root, tmp_path, foreign)) == {r"\class{changed}{x}", r"\nonsense"}


@pytest.mark.slow
def test_every_formula_of_the_benchmark_can_be_typeset(root, tmp_path):
    cases = CASES[:: one_in(5)]
    formulas = set().union(*(formulas_of(case) for case in cases))
    assert len(formulas) > 15 * len(cases)
    assert failures(root, tmp_path, formulas) == []
