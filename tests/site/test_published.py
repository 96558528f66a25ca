"""An address that was published leads somewhere for good."""

from __future__ import annotations

import json
import os
from pathlib import Path

import yaml

LIST = Path(__file__).resolve().parents[1] / "data" / "published.yaml"
HOW = "run `make published` (UPDATE_PUBLISHED=1 writes tests/data/published.yaml)"


def entry_pages(pages: Path) -> list[str]:
    """The page of every entry of the collection, by what the generator noted."""
    manifest = json.loads((pages / ".manifest.json").read_text("utf-8"))
    return sorted(one["files"][0] for one in manifest["entries"].values())


def test_every_published_page_is_made_or_redirected(pages):
    published = yaml.safe_load(LIST.read_text("utf-8"))
    assert len(published) >= 3
    made = json.loads((pages / ".manifest.json").read_text("utf-8"))["files"]
    lost = [page for page in published if page not in made or not (pages / page).is_file()]
    assert not lost, f"published before, and gone now (list the old slug under `redirects`): {lost}"


def test_every_entry_is_on_the_list(pages, root):
    head, published = LIST.read_text("utf-8"), yaml.safe_load(LIST.read_text("utf-8"))
    found = entry_pages(pages)
    entries = [path for path in (root / "generator" / "collection").rglob("*.yaml") if path.name != "sources.yaml"]
    assert len(found) == len(entries)
    if os.environ.get("UPDATE_PUBLISHED"):
        comment = "".join(line for line in head.splitlines(keepends=True) if line.startswith("#"))
        listed = "".join(f"- {page}\n" for page in sorted({*published, *found}))
        LIST.write_text(comment + listed, "utf-8")
        return
    missing = sorted(set(found) - set(published))
    assert not missing, f"not on the list of published pages: {missing}; {HOW}"
    assert published == sorted(set(published)), f"not in order, or twice; {HOW}"
