"""A small collection of its own for every test, and a run of the generator over it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.site.build import write_pages

GOOD = """\
slug: good
title: Squared length
group: exercise
sources:
  - name: A book
    number: Exercise 1.1
question: Differentiate the squared length.
given:
  - x in R^N
expression:
  - f = x'*x
"""
OTHER = """\
slug: other
title: Linear form
group: exercise
sources:
  - name: A book
    number: Exercise 1.2
question: Differentiate the linear form.
given:
  - x, a in R^N
expression:
  - f = a'*x
wrt: x
"""


@dataclass
class Workshop:
    """A collection and the folder that its pages go to."""

    collection: Path
    docs: Path

    def write(self, name: str, text: str) -> Path:
        path = self.collection / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def run(self, check: bool = False, jobs: int = 1) -> int:
        return write_pages(self.docs, self.collection, check, jobs)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.docs.rglob("*") if path.is_file() and path.name != ".manifest.json")
        return {path.relative_to(self.docs).as_posix(): path.read_bytes() for path in sorted(found)}

    def times(self) -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in self.docs.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def rules_done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the proofs of the rules, which are the same for every collection."""
    seed = tmp_path_factory.mktemp("seed")
    made = Workshop(seed / "collection", seed / "docs")
    made.write("seed.yaml", GOOD.replace("slug: good", "slug: seed"))
    assert made.run() == 0
    return seed / ".cache"


@pytest.fixture
def workshop(tmp_path: Path, rules_done: Path) -> Workshop:
    """Two entries, not built yet."""
    made = Workshop(tmp_path / "collection", tmp_path / "docs")
    shutil.copytree(rules_done, tmp_path / ".cache")
    made.write("good.yaml", GOOD)
    made.write("other.yaml", OTHER)
    return made
