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
  - book: reader
    number: Exercise 1.1
question: Differentiate the squared length.
given:
  - x in R^N
expression:
  - f = x'*x
"""
WORKS = """\
reader:
  title: A book
second:
  title: Another book
  authors: Somebody Else
  link: https://example.org/second
"""
OTHER = """\
slug: other
title: Linear form
group: exercise
sources:
  - book: reader
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

    @property
    def cache(self) -> Path:
        return self.docs.parent / ".cache" / "jacobook"

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


def furnished(folder: Path) -> Workshop:
    """Return a workshop in a folder, with two entries, not built yet."""
    made = Workshop(folder / "collection", folder / "docs")
    made.write("sources.yaml", WORKS)
    made.write("good.yaml", GOOD)
    made.write("other.yaml", OTHER)
    return made


@pytest.fixture(scope="session")
def finished_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache after a run over the two entries: the rules and their planted mistakes take a while."""
    made = furnished(tmp_path_factory.mktemp("finished"))
    assert made.run() == 0
    return made.cache


@pytest.fixture
def workshop(tmp_path: Path, finished_work: Path) -> Workshop:
    """Two entries, worked out before but not built yet."""
    made = furnished(tmp_path)
    shutil.copytree(finished_work, made.cache)
    return made
