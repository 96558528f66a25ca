"""A small book of Sphinx: a directive, a role, docstrings, and faults as warnings with their places."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notes.marking import taken_apart

pytestmark = pytest.mark.slow

CONF = """\
import sys

sys.path.insert(0, ".")
extensions = ["jacobook.notes.sphinx_directive", "myst_parser", "sphinx.ext.autodoc"]
"""
BOOK = r"""
Title
=====

.. toctree::

   other

.. jacobook::

   given: [x in R^N, A in R^(N x N), X in R^(N x N) invertible, "k, n in N"]

So :jb:`d(x'*A*x)/dx = x'*(A + A')` and
:jb:`\frac{\partial}{\partial x} x^\top x = RIGHT2 x^\top`.

* An item

  .. jacobook::

     expression: x'*A*x
     wrt: x
     claims: ["x'*(A + A')", "WRONG"]

.. note::

   .. jacobook::

      expression: REFUSED
      wrt: X

.. automodule:: kernels
   :members:
"""
OTHER = """
# Other

```{jacobook}
given: [x in R^N]
```

````{note}
```{jacobook}
expression: MISTYPED
```

So {jb}`d(x'*x)/dx = 2*x'`.
````
"""
KERNELS = '''
def f(x):
    """Value.

    .. jacobook::

       given: [x in R^N]
       expression: x'*x
       claims: ANSWER
    """
'''
RIGHT = {"RIGHT": "", "WRONG": "(x'*(A' + A))", "REFUSED": "log(det(X))", "MISTYPED": "x'*x", "ANSWER": "2*x'"}
FAULTY = {"RIGHT2": "«13", "WRONG": "«1x'*A", "REFUSED": "«3x'*X^(k - n)*x", "MISTYPED": "x'*x «2+", "ANSWER": "x'"}


def book(folder: Path, words: dict[str, str], *options: str) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """Build the book; return what Sphinx said, and the places that it has to name."""
    expected = set()
    (folder / "conf.py").write_text(CONF, "utf-8")
    for name, text in (("index.rst", BOOK), ("other.md", OTHER), ("kernels.py", KERNELS)):
        for word, replacement in words.items():
            text = text.replace(word, replacement)
        clean, places = taken_apart(text)
        (folder / name).write_text(clean, "utf-8")
        expected |= {f"{name}:{line}:{column}" for line, column, _ in places}
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", "html", *options, ".", "out"],
        cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    return run, expected


def test_right_notes_are_built_without_a_warning(tmp_path):
    run, _ = book(tmp_path, RIGHT, "-W")
    assert (run.returncode, run.stderr) == (0, "")
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert (index.count('<div class="jacobook"'), index.count("jb-claim jb-held")) == (3, 2)
    assert "mathjax" in index, "what typesets formulas is loaded"
    assert "mathjax_process" in index
    assert '<div class="jacobook"' in (tmp_path / "out" / "other.html").read_text("utf-8")
    assert (tmp_path / "out" / "_static" / "jacobook.css").is_file()
    ids = re.findall(r'\bid="(jb-[^"]+)"', index)
    assert len(ids) == len(set(ids)) > 2


def test_faults_are_warnings_at_their_places(tmp_path):
    run, expected = book(tmp_path, FAULTY)
    assert run.returncode == 0
    said = {
        one.removeprefix(f"{tmp_path}/") for one in re.findall(r"(?m)^(\S+\.(?:rst|md):\d+:\d+): WARNING: ", run.stderr)
    }
    assert said == expected
    assert len(expected) == 4
    assert re.search(r"kernels\.py:docstring of kernels\.f:\d+:9: WARNING: Disagrees", run.stderr)
    for kind in ("wrong", "input", "refused"):
        assert f"[jacobook.{kind}]" in run.stderr


def test_with_the_option_w_a_fault_fails(tmp_path):
    run, _ = book(tmp_path, FAULTY, "-W")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


def test_latex_prints_derivations_and_claims(tmp_path):
    run, _ = book(tmp_path, RIGHT, "-W", "-b", "latex")
    assert (run.returncode, run.stderr) == (0, "")
    (printed,) = (tmp_path / "out").glob("*.tex")
    text = printed.read_text("utf-8")
    assert text.count(r"\begin{align*}") >= 3
    assert r"So \(\frac{\mathrm{d}}{\mathrm{d}\boldsymbol{x}}\,\boldsymbol{x}^{\top}\boldsymbol{A}" in text
    assert "does not hold" not in text


def test_other_formats_leave_it_out(tmp_path):
    run, _ = book(tmp_path, RIGHT, "-W", "-b", "text")
    assert (run.returncode, run.stderr) == (0, "")
    assert "jacobook" not in (tmp_path / "out" / "index.txt").read_text("utf-8")


def test_a_layout_that_is_none(tmp_path):
    run, _ = book(tmp_path, RIGHT, "-W", "-D", "jacobook_layout=jacobien")
    assert run.returncode != 0
    assert "jacobien" in run.stderr
