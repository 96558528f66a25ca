"""From the collection to pages: read, derive, verify, render, write; or say which pages are stale.

Modules that load the engine are imported only when there is something to do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from generator.site.manifest import Manifest, digest, digest_of_files, engine_digest, write_file

if TYPE_CHECKING:
    from generator.site.entries import Entry
    from generator.site.work import Worked

PACKAGE = Path(__file__).resolve().parent.parent
DONE, NO, BAD_INPUT, REFUSED = 0, 1, 2, 3


def write_pages(
    docs: Path | None = None, collection: Path | None = None, check: bool = False, jobs: int | None = None
) -> int:
    """Derive, verify and write every page; with `check`, write nothing and name the stale pages.

    Returns the exit status: 0 done; 1 a derivation fails its checks, or a page is stale; 2 an entry cannot be used;
    3 an entry is refused. Pages of entries with a problem stay as they are; all others are written.
    """
    docs = docs or PACKAGE.parent / "docs"
    collection = collection or PACKAGE / "collection"
    if not collection.is_dir():
        print(f"{collection}: there is no such folder of entries", file=sys.stderr)
        return BAD_INPUT
    files = sorted(path for path in collection.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())
    if not files:
        print(f"{collection}: holds no entries (files ending in .yaml)", file=sys.stderr)
        return BAD_INPUT
    inputs = digest((engine_digest(PACKAGE) + digest_of_files(files, collection)).encode())
    manifest = Manifest(docs)
    if manifest.is_current(inputs):
        return DONE
    return _Run(docs, collection, files, manifest, inputs, check).run(jobs)


class _Run:
    def __init__(
        self, docs: Path, collection: Path, files: list[Path], manifest: Manifest, inputs: str, check: bool
    ) -> None:
        self.docs, self.collection, self.files = docs, collection, files
        self.manifest, self.inputs, self.check = manifest, inputs, check
        self.status = DONE
        self.kept: set[str] = set()
        """Pages of entries with a problem: left alone."""

    def run(self, jobs: int | None) -> int:
        """Make every page and write, or compare, them."""
        worked = self._work(self._entries(), jobs)
        from generator.site.render import render_pages

        pages = render_pages(worked, self.collection, self.files)
        stale = [name for name, data in pages.items() if not self._same(name, data)]
        gone = [name for name in self.manifest.files if name not in pages and name not in self.kept]
        gone = [name for name in gone if (self.docs / name).is_file()]
        if self.check:
            for name in (*stale, *gone):
                print(f"stale: {name}" if name in pages else f"stale: {name} (its entry is gone)")
            return self.status or (NO if stale or gone else DONE)
        for name in stale:
            write_file(self.docs / name, pages[name])
        for name in gone:
            (self.docs / name).unlink()
        hashes = {name: digest(data) for name, data in pages.items()}
        hashes |= {name: self.manifest.files[name] for name in self.kept if name in self.manifest.files}
        self.manifest.save(self.inputs if self.status == DONE else "", hashes)
        if sys.stderr.isatty():
            print(f"{len(stale)} written, {len(gone)} removed, {len(pages) - len(stale)} unchanged", file=sys.stderr)
        return self.status

    def _same(self, name: str, data: bytes) -> bool:
        try:
            return (self.docs / name).read_bytes() == data
        except OSError:
            return False

    def _problem(self, message: str, status: int, page: str | None) -> None:
        print(message, file=sys.stderr)
        self.status = self.status or status
        if page is not None:
            self.kept.add(page)

    def _entries(self) -> dict[Path, Entry]:
        """Return the entries that can be read, and complain about the others."""
        from generator.site.entries import EntryError, read_entry
        from generator.site.pages import page_name

        found: dict[Path, Entry] = {}
        slugs: dict[str, Path] = {}
        for path in self.files:
            try:
                entry = read_entry(path)
            except EntryError as error:
                self._problem(str(error), BAD_INPUT, None)
                self._keep_pages_of(path)
                continue
            if entry.slug in slugs:
                self._problem(f"{path}: the slug {entry.slug} is taken by {slugs[entry.slug]}", BAD_INPUT, page_name(entry))
                continue
            slugs[entry.slug] = path
            found[path] = entry
        for path, entry in found.items():
            for slug in entry.related:
                if slug not in slugs:
                    self._problem(f"{path}: related: there is no entry {slug}", BAD_INPUT, None)
        return found

    def _keep_pages_of(self, path: Path) -> None:
        """Keep what an unreadable file was made into: any page whose slug stands in the file's text or name."""
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        for name in self.manifest.files:
            stem = Path(name).stem
            if f"slug: {stem}" in text or stem == path.stem or stem.endswith(f"-{path.stem}"):
                self.kept.add(name)

    def _work(self, entries: dict[Path, Entry], jobs: int | None) -> list[Worked]:
        """Return the entries worked out, in order; problems are printed and their pages kept."""
        from generator.site.pages import page_name

        tasks = [(entry, path, path.relative_to(self.collection).as_posix()) for path, entry in entries.items()]
        count = min(jobs or os.cpu_count() or 1, len(tasks))
        worked: list[Worked] = []
        for (entry, _, _), outcome in zip(tasks, _progress(_outcomes(tasks, count), len(tasks)), strict=True):
            if isinstance(outcome, tuple):
                self._problem(outcome[0], outcome[1], page_name(entry))
            else:
                worked.append(outcome)
        return worked


Task = tuple["Entry", Path, str]


def _outcomes(tasks: list[Task], jobs: int) -> Iterator[Worked | tuple[str, int]]:
    if jobs < 2:
        yield from map(_attempt, tasks)
        return
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(_attempt, tasks)


def _attempt(task: Task) -> Worked | tuple[str, int]:
    """Return the entry worked out, or why not and the exit status that says so."""
    from generator.calculus.refusal import Refusal
    from generator.site.entries import EntryError
    from generator.site.work import Unproved, work_out

    try:
        return work_out(*task)
    except EntryError as error:
        return str(error), BAD_INPUT
    except Refusal as refused:
        return str(refused), REFUSED
    except Unproved as error:
        return str(error), NO


def _progress(outcomes: Iterator[Worked | tuple[str, int]], total: int) -> Iterator[Worked | tuple[str, int]]:
    """Yield the outcomes with a progress bar, on a terminal only."""
    if not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(
        outcomes, description="Deriving and checking", total=total, console=Console(stderr=True), transient=True
    )
