"""Documents set by a real pdflatex, and what it complained about."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

OVERFULL = 10.0
"""Boxes that stick out by this many pt are seen."""
_MARK = "JACOBOOK-PIECE "
_COMPLAINT = re.compile(
    rf"^{_MARK}(?P<piece>.+)$|^(?P<error>! .+|.*Missing character.*)$"
    r"|^Overfull \\(?P<box>[hv])box \((?P<by>[\d.]+)pt too (?:wide|high)",
    re.MULTILINE,
)


def complaints(pieces: Mapping[str, str], folder: Path) -> list[str]:
    """Return what TeX says against pieces of LaTeX by name: errors, missing characters, lines that stick out.

    All go into one plain `article` with amsmath and amssymb, each on a page of its own. Without pdflatex this fails.
    """
    program = shutil.which("pdflatex")
    if program is None:
        pytest.fail(
            "The tests of LaTeX need pdflatex, and it is not on the PATH. On Debian and Ubuntu: "
            "apt install texlive-latex-base.",
            pytrace=False,
        )
    body = "\n".join(f"\\clearpage\\typeout{{{_MARK}{name}}}\n{latex}" for name, latex in pieces.items())
    preamble = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\tracinglostchars=2\n"
    end = f"\\clearpage\\typeout{{{_MARK}the end}}\n\\end{{document}}"
    (folder / "pieces.tex").write_text(f"{preamble}\\begin{{document}}\n{body}\n{end}\n", "utf-8")
    run = subprocess.run(
        [program, "-interaction=nonstopmode", "pieces.tex"],
        cwd=folder,
        env=os.environ | {"max_print_line": "1000", "TEXMFVAR": str(folder / "texmf")},
        capture_output=True,
        check=False,
    )
    log = (folder / "pieces.log").read_text("utf-8", errors="replace")
    found, reached = _read(log)
    assert reached == [*pieces, "the end"], f"pdflatex stopped at {reached[-1:]}: {run.stdout[-500:]!r}"
    return found


def _read(log: str) -> tuple[list[str], list[str]]:
    found: list[str] = []
    reached: list[str] = []
    for said in _COMPLAINT.finditer(log):
        if said["piece"]:
            reached.append(said["piece"])
        elif said["error"]:
            found.append(f"{reached[-1]}: {said['error']}")
        elif float(said["by"]) > OVERFULL:
            found.append(f"{reached[-1]}: sticks out by {said['by']} pt ({said['box']})")
    return found, reached
