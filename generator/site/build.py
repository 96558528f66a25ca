"""From the collection to pages: read, derive, verify, render, write; or say which pages are stale.

Modules that load the engine are imported only when there is something to do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.files import write_file
from generator.site.manifest import Manifest, Published, digest, digest_of_files, engine_digest
from generator.terminal import BAD_INPUT, DONE, NO, REFUSED

if TYPE_CHECKING:
    from generator.site.entries import Entry
    from generator.site.work import Worked

PACKAGE = Path(__file__).resolve().parent.parent


def write_pages(
    docs: Path | None = None, collection: Path | None = None, check: bool = False, jobs: int | None = None
) -> int:
    """Derive, verify and write every page; with `check`, write nothing and name the stale pages.

    Returns the exit status: 0 done; 1 a derivation fails its checks, or a page is stale; 2 an entry cannot be used, or
    a page cannot be written; 3 an entry is refused. What is on the site for an entry with a problem stays as it is,
    and so do the pages that list all entries; the pages of all other entries are written.
    """
    docs = docs or PACKAGE.parent / "docs"
    collection = collection or PACKAGE / "collection"
    if not collection.is_dir():
        return _complain(f"{collection}: there is no such folder of entries")
    files = _entry_files(collection)
    if not files:
        return _complain(f"{collection}: holds no entries (files that end in .yaml)")
    inputs = digest((engine_digest(PACKAGE) + digest_of_files(files, collection)).encode())
    manifest = Manifest(docs)
    if manifest.is_current(inputs):
        return DONE
    try:
        return _Run(docs, collection, files, manifest, inputs, check).run(jobs or os.cpu_count() or 1)
    except OSError as error:
        return _complain(f"{error.filename or docs}: cannot be written ({error.strerror})")


def _entry_files(collection: Path) -> list[Path]:
    """Return the files of all entries, in order of their paths, also those that will turn out to be unreadable."""
    found = (path for path in collection.rglob("*") if path.suffix in (".yaml", ".yml"))
    return sorted(path for path in found if not path.name.startswith(".") and (path.is_symlink() or path.is_file()))


def _complain(message: str) -> int:
    print(message, file=sys.stderr)
    return BAD_INPUT


class _Run:
    """One run over the collection. Pages are made in memory first, and written only when all are made."""

    def __init__(
        self, docs: Path, collection: Path, files: list[Path], manifest: Manifest, inputs: str, check: bool
    ) -> None:
        self.docs, self.collection, self.files = docs, collection, files
        self.manifest, self.inputs, self.check = manifest, inputs, check
        self.status = DONE
        self.broken: set[Path] = set()

    def run(self, jobs: int) -> int:
        """Make every page; write it, or compare it."""
        entries = self._entries()
        worked = self._work(entries, jobs)
        from generator.site.render import published, render_pages

        kept = self._kept_entries()
        titles = {entry.slug: entry.title for entry in entries.values()}
        titles |= {one.slug: one.title for one in kept.values()}
        pages = render_pages(worked, titles, self.collection)
        kept_files = {name for one in kept.values() for name in one.files}
        if self.broken:
            # A list without the broken entries would be wrong, and so would a list of pages that are not there.
            kept_files |= {name for name in LISTS if (self.docs / name).is_file()}
        pages = {name: data for name, data in pages.items() if name not in kept_files}
        stale = [name for name, data in pages.items() if not self._is_written(name, data)]
        gone = [name for name in self.manifest.files if name not in pages and name not in kept_files]
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
        hashes |= {name: self.manifest.files[name] for name in kept_files if name in self.manifest.files}
        self.manifest.save(self.inputs if self.status == DONE else "", hashes, kept | published(worked))
        if sys.stderr.isatty():
            print(f"{len(stale)} written, {len(gone)} removed, {len(pages) - len(stale)} unchanged", file=sys.stderr)
        return self.status

    def _is_written(self, name: str, data: bytes) -> bool:
        try:
            return (self.docs / name).read_bytes() == data
        except OSError:
            return False

    def _kept_entries(self) -> dict[str, Published]:
        """Return what the site has for entries that have a problem now."""
        names = {path.relative_to(self.collection).as_posix() for path in self.broken}
        return {name: one for name, one in self.manifest.entries.items() if name in names}

    def _problem(self, message: str, status: int, path: Path) -> None:
        print(message, file=sys.stderr)
        self.status = self.status or status
        self.broken.add(path)

    def _entries(self) -> dict[Path, Entry]:
        """Return the entries that can be read, and complain about the others."""
        from generator.site.entries import EntryError, line_of, read_entry

        found: dict[Path, Entry] = {}
        for path in self.files:
            try:
                found[path] = read_entry(path)
            except EntryError as error:
                self._problem(str(error), BAD_INPUT, path)
        slugs: dict[str, list[Path]] = {}
        for path, entry in found.items():
            slugs.setdefault(entry.slug, []).append(path)
        for slug, paths in slugs.items():
            for path, other in zip(paths, paths[1:] + paths[:1], strict=True):
                if path is not other:
                    line, column = line_of(path, ("slug",))
                    self._problem(f"{path}:{line}:{column}: slug: {slug} is taken by {other} too", BAD_INPUT, path)
        known = set(slugs) | {one.slug for one in self._kept_entries().values()}
        for path, entry in found.items():
            for position, slug in enumerate(entry.related):
                if slug not in known:
                    line, column = line_of(path, ("related", position))
                    self._problem(f"{path}:{line}:{column}: related: there is no entry {slug}", BAD_INPUT, path)
        return {path: entry for path, entry in found.items() if path not in self.broken}

    def _work(self, entries: dict[Path, Entry], jobs: int) -> list[Worked]:
        """Return the entries worked out, in order; complain about the others."""
        from generator.workers import in_order, with_progress

        tasks = [(entry, path, path.relative_to(self.collection).as_posix()) for path, entry in entries.items()]
        outcomes = with_progress(in_order(_attempt, tasks, jobs), len(tasks), "Deriving and checking")
        worked: list[Worked] = []
        for path, outcome in zip(entries, outcomes, strict=True):
            if isinstance(outcome, tuple):
                message, status = outcome
                self._problem(message, status, path)
            else:
                worked.append(outcome)
        return worked


LISTS = ("index.md", "exercises/index.md")
"""The pages that list all entries."""


def _attempt(task: tuple[Entry, Path, str]) -> Worked | tuple[str, int]:
    """Return the entry worked out, or why not and the exit status that says so."""
    from generator.calculus.refusal import Refusal
    from generator.site.entries import EntryError
    from generator.site.work import Unproved, work_out

    _, path, _ = task
    try:
        return work_out(*task)
    except EntryError as error:
        return str(error), BAD_INPUT
    except Refusal as refused:
        return str(refused), REFUSED
    except Unproved as error:
        return str(error), NO
    except RecursionError:
        return f"{path}: is nested too deeply to be worked on", BAD_INPUT
    except Exception as error:
        if os.environ.get("JACOBOOK_TRACEBACK"):
            raise
        return f"{path}: a mistake of Jacobook's own, please report it: {type(error).__name__}: {error}", NO
