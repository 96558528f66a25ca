"""Work is the same, byte for byte, on processors whose linear algebra rounds in another way; so pages are, made of it.

OpenBLAS, which NumPy's wheels hold, takes the kernel that `OPENBLAS_CORETYPE` names; where NumPy uses another library,
the variable means nothing, and there is no difference to find.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from jacobook.site.generation import REFERENCE

OLDEST = "Prescott"
"""The kernel without the instructions that all processors of the last ten years have, and NumPy takes there."""
ENTRIES = ("mml/mml-5-7-a", "cookbook/trace-ratio-of-quadratics", "cookbook/logdet-xtx-by-pseudoinverse")
"""Contours with arrows; terms that cancel to what rounding leaves; sizes for which a determinant is 0."""


@pytest.mark.slow
@pytest.mark.rare
def test_another_kernel_does_the_same_work(root, pages, tmp_path):
    """What was kept of the site's pages was worked out on this processor, as it is."""
    built_in = root / "generator" / "jacobook" / "collection"
    for name in (*ENTRIES, "sources"):
        copy = tmp_path / "collection" / f"{name}.yaml"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built_in / f"{name}.yaml", copy)
    kept = root / ".cache" / "jacobook"
    own = tmp_path / ".cache" / "jacobook"
    own.mkdir(parents=True)
    for path in kept.glob("*.json"):
        if '"caught"' in path.read_text("utf-8"):  # counts of planted mistakes, which take longest
            shutil.copy(path, own)
    given = {path.name for path in own.iterdir()}
    command = [sys.executable, "-m", "jacobook", "build", "--jobs", "1", "--shard", "1/1"]
    command += ["--docs", tmp_path / "docs", "--collection", tmp_path / "collection"]
    environment = os.environ | {"OPENBLAS_CORETYPE": OLDEST}
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    worked_out = {path.name: path.read_bytes() for path in own.glob("*.json") if path.name not in given}
    assert len(worked_out) == len(ENTRIES) + len(REFERENCE) - len(given), "the entries, the rules, the course"
    assert [name for name, data in worked_out.items() if (kept / name).read_bytes() != data] == []
