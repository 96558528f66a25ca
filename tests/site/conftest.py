"""A small collection of its own for every test, and a run of the generator over it."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from jacobook.site import cache, generation
from jacobook.site.cache import Cache, engine_version
from jacobook.site.generation import PACKAGE, REFERENCE, reference_words, write_pages
from jacobook.site.manifest import inputs_digest
from tests.conftest import MadeOnce

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


def entry(slug: str, expression: str | tuple[str, ...], *given: str, number: str | None = None, **fields: Any) -> str:
    """Return the text of an entry that differs from the simplest one in these fields."""
    source = {"book": "reader"} | ({"number": number} if number else {})
    data = {"slug": slug, "group": "exercise", "title": f"About {slug}", "sources": [source], "question": "What is it?"}
    links = [expression] if isinstance(expression, str) else list(expression)
    return yaml.safe_dump(data | {"given": list(given), "expression": links} | fields, sort_keys=False)


def claim(formula: str, **fields: Any) -> dict[str, Any]:
    """Return a published formula, as entries have it."""
    return {"formula": formula, "source": {"name": "A printed page"}} | fields


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

    def page(self, name: str) -> str:
        return (self.docs / name).read_text("utf-8")

    def records(self) -> dict[str, dict[str, Any]]:
        """Return what the cache keeps of every entry, by slug."""
        kept = (json.loads(path.read_text("utf-8")) for path in self.cache.glob("*.json"))
        return {record["slug"]: record for record in kept if "path" in record}

    def only(self, **entries: str) -> None:
        """Let the collection consist of these entries alone; underscores stand for hyphens."""
        for path in self.collection.rglob("*.yaml"):
            if path.name != "sources.yaml":
                path.unlink()
        for name, text in entries.items():
            self.write(f"{name.replace('_', '-')}.yaml", text)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.docs.rglob("*") if path.is_file() and path.name != ".manifest.json")
        return {path.relative_to(self.docs).as_posix(): path.read_bytes() for path in sorted(found)}

    def times(self) -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in self.docs.rglob("*") if path.is_file()}


NewWorkshop = Callable[..., Workshop]


@pytest.fixture(scope="session", autouse=True)
def the_package_stays_as_it_is() -> Iterator[None]:
    """What is a hash of the whole package is worked out once in a process, not in each of a hundred runs."""
    of_inputs, of_engine = functools.cache(inputs_digest), functools.cache(engine_version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generation, "inputs_digest", of_inputs)
        patch.setattr(cache, "engine_version", of_engine)
        yield


def furnished(folder: Path) -> Workshop:
    """Return a workshop in a folder, with two entries, not built yet."""
    made = Workshop(folder / "collection", folder / "docs")
    made.write("sources.yaml", WORKS)
    made.write("good.yaml", GOOD)
    made.write("other.yaml", OTHER)
    return made


def built_project(workshop: Workshop, root: Path, address: str, builder: str = "mkdocs") -> Path:
    """Build a workshop as the product's own site is built, with `--strict`, and return the folder of the site."""
    project = furnished_project(workshop, root)
    run = subprocess.run(
        [sys.executable, "-m", builder, "build", "--strict", "--site-dir", str(project / builder)],
        cwd=project,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "SITE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "WARNING" not in run.stderr
    return project / builder


def built_by_zensical(workshop: Workshop, root: Path, address: str) -> Path:
    """Build a workshop with Zensical, which has no hooks and says nothing by its status, and return the site."""
    project = furnished_project(workshop, root)
    run = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--clean"],
        cwd=project,
        env=os.environ | {"SITE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert "Build finished" in said, said
    return project / "site"


def furnished_project(workshop: Workshop, root: Path) -> Path:
    """Put beside the pages of a workshop what the product's own site is built with, and return the folder."""
    project = workshop.docs.parent
    settings = (root / "mkdocs.yml").read_text("utf-8")
    (project / "mkdocs.yml").write_text(
        settings.replace("generator/jacobook/site/", f"{root}/generator/jacobook/site/"), "utf-8"
    )
    mathjax = root / "docs" / "assets" / "mathjax"
    shutil.copytree(mathjax, workshop.docs / "assets" / "mathjax", dirs_exist_ok=True)
    return project


@dataclass(frozen=True)
class SmallSite:
    """A built site of a few entries, of what it was built, and the address for which."""

    folder: Path
    workshop: Workshop
    address: str

    @property
    def docs(self) -> Path:
        return self.workshop.docs

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


HOSTILE = """</script><script>alert("1")</script> & 'more' --> <b>"""
"""Text that would end an attribute, a comment, an element or a script, if it were not escaped."""


ADDRESS = "https://example.org/below/"


@pytest.fixture(scope="session")
def small_site(root: Path, new_workshop: NewWorkshop) -> SmallSite:
    """A site below a path of its server, with a former address and an entry whose words are hostile."""
    workshop = new_workshop()
    hostile = entry("hostile", "a'*x", "a, x in R^N", wrt="x", title=f"Title {HOSTILE}", question=f"Question {HOSTILE}",
                    tags=[HOSTILE], redirects=["former"])  # fmt: skip
    workshop.write("hostile.yaml", hostile)
    assert workshop.run() == 0
    return SmallSite(built_project(workshop, root, ADDRESS), workshop, ADDRESS)


MARKUP = """<script>alert(1)</script> {{ 7*7 }} {% x %} | `code` ](javascript:alert(1)) **b** "q" \\x & # ~~s~~ $x$"""
"""Text that Markdown, HTML or a template would read as something else."""


def entry_of_markup() -> str:
    """Return an entry, called `other`, all of whose words are such a text."""
    entry = yaml.safe_load(OTHER)
    entry |= {"title": MARKUP, "question": MARKUP, "tags": [MARKUP], "synonyms": [MARKUP]}
    page = {"name": MARKUP, "number": MARKUP, "link": "https://example.org/a_b?c=d&e"}
    entry["sources"] = [page, {"book": "hostile", "number": MARKUP}]
    entry["cases"] = [{"title": MARKUP, "text": MARKUP, "wrt": "a"}]
    entry["claims"] = [{"formula": "2*a'", "source": page, "case": 1, "note": MARKUP}]
    entry["given"] = ["x, a in R^N positive"]
    entry["assumed"] = [{"symbol": "a", "property": "positive", "reason": MARKUP}]
    return yaml.safe_dump(entry)


TITLES_BY_HAND = {
    "exercises/by-hand.md": "In a section",
    "notes/index.md": "A folder",
    "notes/one.md": "In a folder",
    "alone.md": "In no folder",
}
"""Pages of a site that somebody wrote by hand, and their titles."""


@pytest.fixture(scope="session")
def strict_site(root: Path, new_workshop: NewWorkshop) -> SmallSite:
    """A site with everything in it that can be on one, built with `--strict`: a warning fails it.

    Tests that use it are in one group, so that one worker builds it.
    """
    workshop = new_workshop()
    chain = ("f(z) = exp(z)", "z = g(y) = y'*A*y", "y = x - mu")
    case = {"title": "By the matrix", "wrt": "A"}
    symmetric = {"title": "A symmetric matrix", "given": ["x, mu in R^N", "A in R^(N x N) symmetric"]}
    workshop.only(
        chain=entry("chain", chain, "x, mu in R^N", "A in R^(N x N)", wrt="x", cases=[case, symmetric], tags=["chain"]),
        form=entry(
            "form",
            "x'*A*x",
            "x in R^N",
            "A in R^(N x N)",
            wrt="x",
            order=2,
            group="quadratic",
            redirects=["old-form"],
            related=["chain"],
            claims=[claim("2*A*x"), claim("x*A"), claim("x'*(A - A')", source={"book": "second"})],
        ),
        symmetric=entry("symmetric", "logdet(X)", "X in R^(N x N) symmetric, invertible", group="structured"),
        varying=entry("varying", "X*Y", "X in R^(M x N)", "Y in R^(N x P)", differential=["X", "Y"], group="linear"),
        series=entry("series", "sin(t)", "t in R", taylor={"at": 0, "degree": 3}, plot={"from": -3, "to": 3}),
        other=entry_of_markup(),
    )
    workshop.write("sources.yaml", WORKS + yaml.safe_dump({"hostile": {"title": MARKUP, "authors": MARKUP}}))
    assert workshop.run() == 0
    for name, title in TITLES_BY_HAND.items():
        (workshop.docs / name).parent.mkdir(parents=True, exist_ok=True)
        (workshop.docs / name).write_text(f"# {title}\n\nA line with \\(x\\).\n", "utf-8")
    address = "https://example.org/"
    return SmallSite(built_project(workshop, root, address), workshop, address)


@pytest.fixture(scope="session")
def finished_work(root: Path, pages: Path, made_once: MadeOnce) -> Path:
    """The cache after a run over the two entries; the rules and their planted mistakes are those of the whole site."""

    def finish(folder: Path) -> None:
        made = furnished(folder)
        shutil.copytree(root / ".cache" / "jacobook", made.cache)
        assert made.run() == 0

    return made_once("finished", finish) / ".cache" / "jacobook"


@pytest.fixture
def finished_reference(finished_work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules, planted mistakes and conventions are not worked out once more: they take 20 seconds, always the same."""
    kept = Cache(finished_work, engine_version(PACKAGE))
    found = {
        part: kept.load(kept.key(b"reference", part.encode(), reference_words(part).encode())) for part in REFERENCE
    }
    assert all(found.values())
    monkeypatch.setattr(generation, "_reference", found.__getitem__)


@pytest.fixture(scope="session")
def new_workshop(finished_work: Path, tmp_path_factory: pytest.TempPathFactory) -> NewWorkshop:
    """A function that returns two entries, worked out before but not built yet."""

    def made(folder: Path | None = None) -> Workshop:
        workshop = furnished(folder or tmp_path_factory.mktemp("workshop"))
        shutil.copytree(finished_work, workshop.cache)
        return workshop

    return made


@pytest.fixture
def unbuilt_workshop(new_workshop: NewWorkshop, tmp_path: Path) -> Workshop:
    """Two entries, worked out before but not built yet."""
    return new_workshop(tmp_path)


@pytest.fixture
def workshop(finished_work: Path, tmp_path: Path) -> Workshop:
    """Two entries and their pages, as a run leaves them."""
    shutil.copytree(finished_work.parents[1], tmp_path, dirs_exist_ok=True)
    return Workshop(tmp_path / "collection", tmp_path / "docs")
