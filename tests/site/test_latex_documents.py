"""The LaTeX that pages offer for copying compiles, whole derivations and results."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.pdflatex import complaints

FENCE = re.compile(r"^``` \{\.text #([a-z0-9-]*latex-(?:result|derivation))\}\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_latex_of_every_page_compiles(pages: Path, tmp_path: Path) -> None:
    pieces = {}
    for path in sorted(pages.rglob("*.md")):
        for name, latex in FENCE.findall(path.read_text("utf-8")):
            piece = html.unescape(latex)
            place = f"{path.relative_to(pages).with_suffix('').as_posix()} {name}"
            # A result is a formula; how wide it is depends on where it is pasted.
            pieces[place] = piece if name.endswith("derivation") else rf"\sbox0{{\({piece}\)}}"
    assert sum(name.endswith("derivation") for name in pieces) > 100
    assert complaints(pieces, tmp_path) == []
