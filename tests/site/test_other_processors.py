"""Pages are the same, byte for byte, on processors whose linear algebra rounds in another way.

OpenBLAS, which NumPy's wheels hold, takes the kernel that `OPENBLAS_CORETYPE` names; where NumPy uses another library,
the variable means nothing and the two runs are alike.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

KERNELS = ("Prescott", "Haswell")
ENTRIES = ("mml-5-7-a", "trace-ratio-of-quadratics", "logdet-xtx-by-pseudoinverse")
"""Contours with arrows; terms that cancel to what rounding leaves; sizes for which a determinant is 0."""


@pytest.mark.slow
def test_another_kernel_gives_the_same_pages(root, tmp_path):
    collection = tmp_path / "collection"
    collection.mkdir()
    for path in (root / "generator").rglob("*.yaml"):
        if path.stem in (*ENTRIES, "sources"):
            text = path.read_text("utf-8")
            (collection / path.name).write_text(text.split("\nrelated:")[0] + "\n", "utf-8")
    pages: list[dict[str, bytes]] = []
    for kernel in KERNELS:
        docs = tmp_path / kernel / "docs"
        shutil.copytree(collection, tmp_path / kernel / "collection")
        command = [
            sys.executable,
            "-m",
            "jacobook",
            "--jobs",
            "1",
            "--docs",
            docs,
            "--collection",
            docs.parent / "collection",
        ]
        environment = os.environ | {"OPENBLAS_CORETYPE": kernel}
        run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        pages.append({path.relative_to(docs).as_posix(): path.read_bytes() for path in written(docs)})
    assert len(pages[0]) > 100
    assert pages[0].keys() == pages[1].keys()
    assert [name for name, data in pages[0].items() if pages[1][name] != data] == []


def written(docs: Path) -> list[Path]:
    manifest = json.loads((docs / ".manifest.json").read_text("utf-8"))
    return [docs / name for name in manifest["files"]]
