"""The pages that matter are, byte for byte, those that were looked at last (`make golden` takes over a change)."""

from __future__ import annotations

import difflib
import os
import re
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


USES = re.compile(r"(\n## Pages that use it [^\n]*\n).*?(\n</ul>\n)", re.DOTALL)
"""The list of the pages that use a rule: it grows with the collection, and `test_rule_pages` checks it."""


def looked_at(page: str) -> str:
    """Return what is compared of a page: all but the list of pages that use a rule."""
    return USES.sub(r"\1…\2", page)


def changes(pages: Path, name: str, before: Path = GOLDEN) -> str:
    """Return how a page differs from what it was before, as a diff; nothing if it does not."""
    golden, made = (looked_at((folder / name).read_bytes().decode()) for folder in (before, pages))
    if golden == made:
        return ""
    return "\n".join([*difflib.unified_diff(golden.splitlines(), made.splitlines(), "before", "now", lineterm="")][:60])


@pytest.mark.parametrize("name", PAGES)
def test_page(pages, name):
    golden = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes((pages / name).read_bytes())
        return
    assert golden.is_file(), f"there is no golden copy of {name}: run `make golden` and look at what it writes"
    if found := changes(pages, name):
        pytest.fail(f"{name} has changed; if that is as it should be, run `make golden`\n{found}", pytrace=False)


def test_everything_but_the_list_of_uses_is_compared(tmp_path):
    name = "rules/product.md"
    text = (GOLDEN / name).read_text("utf-8")
    copy = tmp_path / name
    copy.parent.mkdir()
    first = re.search(r"<li markdown=\"span\">.*\n", text)
    assert first is not None
    copy.write_text(text.replace(first[0], first[0] * 2), "utf-8")
    assert changes(tmp_path, name) == ""
    for old in ("# Product rule", "## Pages that use it", "*[MML]"):
        assert old in text
        copy.write_text(text.replace(old, f"{old} changed"), "utf-8")
        assert "changed" in changes(tmp_path, name), old
