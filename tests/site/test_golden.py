"""The pages that matter are, byte for byte, those that were looked at last (`make golden` takes over a change)."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
PAGES = (
    "exercises/mml-5-8-a.md",
    "exercises/mml-5-8-b.md",
    "exercises/mml-5-8-c.md",
    "conventions.md",
    "rules/index.md",
    "rules/product.md",
)


@pytest.mark.parametrize("name", PAGES)
def test_page(pages, name):
    made = (pages / name).read_bytes()
    golden = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(made)
        return
    assert golden.is_file(), f"there is no golden copy of {name}: run `make golden` and look at what it writes"
    if made != golden.read_bytes():
        lines = (text.decode().splitlines() for text in (golden.read_bytes(), made))
        changes = "\n".join(list(difflib.unified_diff(*lines, "golden", "now", lineterm=""))[:60])
        pytest.fail(f"{name} has changed; if that is as it should be, run `make golden`\n{changes}", pytrace=False)
