"""ARCHITECTURE.md names files that exist, and all rooms."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PLACES = ("", "generator", "generator/jacobook")
INDENT = len(" │  ")


def named(text: str) -> Iterator[str]:
    """Yield the files and folders that a page names: between backquotes, and at the beginning of lines of the picture.

    A line of the picture that is indented further belongs to the folder above it.
    """
    yield from re.findall(r"`([\w./-]+(?:/|\.(?:py|md|yaml|json|toml|lark)))`", text)
    folder = ""
    for line in re.findall(r"^ │ {2}( *)(\S+)", text, re.M):
        indent, name = line
        name = name.rstrip(",")
        if not re.search(r"/|\.py$", name):
            continue
        if not indent:
            folder = name if name.endswith("/") else ""
            yield name
        else:
            yield folder + name


def exists(root: Path, name: str) -> bool:
    return any((root / place / name).exists() for place in PLACES)


def test_every_file_that_is_named_exists(root: Path) -> None:
    found = set(named((root / "ARCHITECTURE.md").read_text("utf-8")))
    assert {"calculus/matrix_route/expansion.py", "site/templates/", "algebra/elementwise.py"} <= found
    assert sorted(name for name in found if not exists(root, name)) == []


@pytest.mark.parametrize("name", ["algebra/none.py", "nowhere/"])
def test_a_file_that_does_not_exist_is_found(root: Path, name: str) -> None:
    assert list(named(f"see `{name}`")) == [name]
    assert not exists(root, name)


def test_every_room_is_in_the_table(root: Path) -> None:
    text = (root / "ARCHITECTURE.md").read_text("utf-8")
    package = root / "generator" / "jacobook"
    rooms = [path.name for path in package.iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    assert len(rooms) > 5
    assert [room for room in rooms if f"| `{room}/` |" not in text] == []


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_the_pages_of_the_repository_lead_to_files_that_are_kept(root: Path, page: str) -> None:
    kept = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split("\n")
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (root / page).read_text("utf-8"))
    assert [link for link in links if link not in kept] == []
