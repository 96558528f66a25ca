"""An address that was published leads somewhere for good."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

LIST = Path(__file__).resolve().parents[1] / "data" / "published.yaml"
HOW = "run `make published` (UPDATE_PUBLISHED=1 writes tests/data/published.yaml)"


def entry_pages(pages: Path) -> list[str]:
    """The page of every entry of the collection, by what the generator noted."""
    manifest = json.loads((pages / ".manifest.json").read_text("utf-8"))
    return sorted(one["files"][0] for one in manifest["entries"].values())


def lost_pages(pages: Path) -> list[str]:
    """Published pages that are neither made nor redirected any more."""
    made = json.loads((pages / ".manifest.json").read_text("utf-8"))["files"]
    published = yaml.safe_load(LIST.read_text("utf-8"))
    return [page for page in published if page not in made or not (pages / page).is_file()]


def test_every_published_page_is_made_or_redirected(pages):
    assert len(yaml.safe_load(LIST.read_text("utf-8"))) >= 100
    lost = lost_pages(pages)
    assert not lost, f"published before, and gone now (list the old slug under `redirects`): {lost}"


def test_the_list_is_kept(pages, root):
    """In order and without repetition. A new entry comes onto it with `make published`, and may be missing before."""
    head, published = LIST.read_text("utf-8"), yaml.safe_load(LIST.read_text("utf-8"))
    found = entry_pages(pages)
    entries = [
        path for path in (root / "generator" / "jacobook" / "collection").rglob("*.yaml") if path.name != "sources.yaml"
    ]
    assert len(found) == len(entries)
    if os.environ.get("UPDATE_PUBLISHED"):
        comment = "".join(line for line in head.splitlines(keepends=True) if line.startswith("#"))
        listed = "".join(f"- {page}\n" for page in sorted({*published, *found}))
        LIST.write_text(comment + listed, "utf-8")
        return
    assert published == sorted(set(published)), f"not in order, or twice; {HOW}"


@pytest.mark.parametrize("page", ["exercises/mml-5-8-a.md", "identities/trace/trace-kron-xx.md"])
def test_a_page_that_disappears_is_missed(pages, tmp_path, page):
    manifest = json.loads((pages / ".manifest.json").read_text("utf-8"))
    del manifest["files"][page]
    for name in manifest["files"]:
        if name.endswith(".md"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
    (tmp_path / ".manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert lost_pages(tmp_path) == [page]
