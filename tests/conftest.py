"""What tests of every room share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def pages(root: Path) -> Path:
    """`docs/` with the pages that the generator wrote."""
    for module in ("jacobook.site.assets", "generator"):
        run = subprocess.run([sys.executable, "-m", module], cwd=root, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"python -m {module} ended with status {run.returncode}\n{run.stderr}"
    return root / "docs"


@pytest.fixture(scope="session")
def build_site(root: Path, pages: Path) -> Callable[..., str]:
    """A function that builds the site with `--strict`, and returns what the builder said."""

    def build(target: Path, *, address: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
            cwd=root,
            env=os.environ | {"SITE_URL": address, "NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"mkdocs build --strict: status {run.returncode}\n{run.stderr}"
        return run.stderr

    return build
