"""Two pages and parts of others are, byte for byte, those that were looked at last (`make golden` takes over a change).

Every kind of part stands once, so that a changed wording changes one file.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
WHOLE = ("exercises/mml-5-8-a.md", "rules/product.md")
PARTS = {
    "exercises/mml-5-8-b.md": ("## Derivative of f with respect to x", "## Three components, written out"),
    "exercises/mml-5-8-c.md": ("## Putting the partial derivatives together", "### Derivative of f with respect to z"),
    "layouts.md": ("### What fits", "### Which book uses which"),
    "notation.md": ("## Symbols", "### Chains"),
    "rules/index.md": ("## Algebra",),
}
"""Sections of other pages, by their headings: a second route, a case, a chain of matrices, tables."""
PAGES = (*WHOLE, *PARTS)
GOLDEN_PARTS = [(name, "") for name in WHOLE] + [(name, part) for name, parts in PARTS.items() for part in parts]

USES = re.compile(r"(\n## Pages that use it [^\n]*\n).*?(\n</ul>\n)", re.DOTALL)
"""The list of the pages that use a rule: it grows with the collection, and `test_rule_pages` checks it."""


def looked_at(page: str) -> str:
    """Return what is compared of a page: all but the list of pages that use a rule."""
    return USES.sub(r"\1…\2", page)


def section(page: str, heading: str) -> str:
    """Return what stands below a heading, with it, up to the next one: the heading of its first part, if it has any."""
    found = re.search(rf"^{re.escape(heading)}\b.*?(?=^#{{1,3}} |\Z)", page, re.DOTALL | re.MULTILINE)
    assert found, f"there is no section {heading}"
    return found[0]


def golden_file(name: str, heading: str) -> Path:
    words = "-".join(re.findall(r"\w+", heading.lower()))
    return GOLDEN / name.removesuffix(".md") / f"{words}.md" if heading else GOLDEN / name


def difference(before: str, now: str) -> str:
    """Return the beginning of a diff; nothing if the texts are the same."""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), "before", "now", lineterm="")
    return "\n".join([*lines][:60]) if before != now else ""


def changes(pages: Path, name: str, before: Path = GOLDEN) -> str:
    """Return how a page differs from what it was before, as a diff; nothing if it does not."""
    return difference(*(looked_at((folder / name).read_bytes().decode()) for folder in (before, pages)))


@pytest.mark.parametrize(("name", "heading"), GOLDEN_PARTS)
def test_page(pages, name, heading):
    golden, page = golden_file(name, heading), (pages / name).read_bytes().decode()
    made = section(page, heading) if heading else page
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(made.encode())
        return
    assert golden.is_file(), (
        f"there is no golden copy of {name} {heading}: run `make golden` and look at what it writes"
    )
    if found := difference(looked_at(golden.read_bytes().decode()), looked_at(made)):
        pytest.fail(f"{name} has changed; if that is as it should be, run `make golden`\n{found}", pytrace=False)


def test_every_golden_copy_is_compared():
    assert set(GOLDEN.rglob("*.md")) == {golden_file(*part) for part in GOLDEN_PARTS}


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
