"""Documents set by a real pdflatex, and what it complained about."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

OVERFULL = 10.0
"""Boxes that stick out by this many pt are seen."""
_PREAMBLE = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\tracinglostchars=2\n"
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
    body = "\n".join(f"\\clearpage\\typeout{{{_MARK}{name}}}\n{latex}" for name, latex in pieces.items())
    end = f"\\clearpage\\typeout{{{_MARK}the end}}\n\\end{{document}}"
    (folder / "pieces.tex").write_text(f"{_PREAMBLE}\\begin{{document}}\n{body}\n{end}\n", "utf-8")
    log = _set("pieces", folder)
    found, reached = _read(log)
    assert reached == [*pieces, "the end"], f"pdflatex stopped at {reached[-1:]}: {log[-500:]}"
    return found


def widths(formulas: Sequence[str], folder: Path) -> list[float]:
    """Return the widths of formulas in display style, in pt, as TeX measures them."""
    body = "\n".join(rf"\sbox0{{\(\displaystyle {formula}\)}}\typeout{{{_MARK}\the\wd0}}" for formula in formulas)
    (folder / "widths.tex").write_text(f"{_PREAMBLE}\\begin{{document}}\n{body}\n\\end{{document}}\n", "utf-8")
    return [float(found) for found in re.findall(rf"^{_MARK}([\d.]+)pt$", _set("widths", folder), re.MULTILINE)]


def _set(name: str, folder: Path) -> str:
    """Run pdflatex and return its log; fail where there is none."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.fail(
            "The tests of LaTeX need pdflatex, and it is not on the PATH. On Debian and Ubuntu: "
            "apt install texlive-latex-base.",
            pytrace=False,
        )
    subprocess.run(
        [program, "-interaction=nonstopmode", f"{name}.tex"],
        cwd=folder,
        env=os.environ | {"max_print_line": "1000"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return (folder / f"{name}.log").read_text("utf-8", errors="replace")


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
