"""From the collection to pages: read, derive, verify, render, write; or say which pages are stale.

Modules that load the engine are imported only when there is something to do, and what was done before is kept.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jacobook.files import remove_empty, remove_left_over, write_file
from jacobook.site import missing_packages
from jacobook.site.course.lesson_files import LESSON_FILES, lesson_source
from jacobook.site.manifest import NAME, Manifest, PublishedPages, digest, digest_of_files, files_below, inputs_digest
from jacobook.terminal import BAD_INPUT, DONE, NO, REFUSED

if TYPE_CHECKING:
    from jacobook.site.cache import Cache
    from jacobook.site.entry_model import CollectionEntry, Work

Record = dict[str, Any]
Task = tuple["CollectionEntry", Path, str, dict[str, "Work"], "Cache"]
"""An entry, its file, how the file is called on the page, the works that it may cite, and the cards drawn before."""
Shard = tuple[int, int]
"""The number of a share of the work, from 1, and how many shares there are."""
PLANTED = 8
"""Planted mistakes are tried in so many parts, each with its share of the rules."""
REFERENCE = (
    *(f"planted {part}" for part in range(PLANTED)),
    "rules",
    "conventions",
    "glossary",
    *(f"course {slug}" for slug in LESSON_FILES),
)
"""What pages show of the engine alone: the rules with their proofs, how mistakes in them fare, the conventions,
the glossary, and the lessons of the course."""

PACKAGE = Path(__file__).resolve().parent.parent
BUILT_IN = PACKAGE / "collection"
STATIC = PACKAGE / "site" / "static"
"""Style sheets, scripts and the like, under the names that they have below `docs/`."""
WORKS = "sources.yaml"
"""The file of the collection that names the works which entries cite."""
HOME = "index.md"
OWN_HOME = re.compile(r"---\n(?:(?!---).*\n)*?home: own *\n")
IGNORED = ".gitignore"
GENERATED = "assets/generated/"
"""The folder below `docs/` in which every file is generated."""
MANY = 10
"""So many files are named in a complaint about all of them."""


def write_pages(
    docs: Path | None = None,
    collection: Path | None = None,
    check: bool = False,
    jobs: int | None = None,
    with_built_in: bool = False,
    shard: Shard | None = None,
    strict: bool = False,
) -> int:
    """Derive, verify and write every page; with `check`, write nothing and name the stale pages.

    The pages go to `docs` in the folder that one stands in, and the entries come from `collection` there, or else from
    the built-in collection; `with_built_in` adds that to a collection of one's own. The works that the built-in
    `sources.yaml` names may be cited anywhere. Never is anything written into an installed package.

    With `shard`, this share of the entries is worked out and kept in `.cache` beside `docs`, and no page is written: a
    run that finds the work of all shares in its `.cache` only has to write the pages.

    What does not hold of the formulas that entries of one's own cite is said on standard error, and on their pages;
    `strict` makes it a failure.

    Returns the exit status: 0 done; 1 a derivation fails its checks, a page is stale, or, with `strict`, a published
    formula does not hold; 2 an entry cannot be used, or
    a page cannot be written; 3 an entry is refused. What is on the site for an entry with a problem stays as it is,
    and so do the pages that list all entries; the pages of all other entries are written.
    """
    if missing := missing_packages():
        return _complain(missing)
    docs = docs or Path("docs")
    if collection is None:
        collection = here if (here := Path("collection")).is_dir() else BUILT_IN
    if not collection.is_dir():
        return _complain(f"{collection}: there is no such folder of entries")
    folders = [collection, BUILT_IN] if with_built_in and not collection.samefile(BUILT_IN) else [collection]
    names: dict[str, Path] = {}
    for folder in folders:
        found = {path.relative_to(folder).as_posix(): path for path in _yaml_files(folder) if path != folder / WORKS}
        if not found:
            return _complain(f"{folder}: holds no entries (files that end in .yaml)")
        if shared := sorted(names.keys() & found.keys()):
            return _complain(f"{names[shared[0]]}: {found[shared[0]]} has the same name; rename your file")
        names |= found
    hashes = [digest_of_files(_yaml_files(folder), folder) for folder in folders]
    hashes += [inputs_digest(PACKAGE), digest_of_files([BUILT_IN / WORKS], BUILT_IN)]
    inputs = digest("".join(hashes).encode())
    manifest = Manifest(docs)
    if shard is None and not strict and manifest.is_current(inputs):
        return DONE
    try:
        run = _Run(docs, folders, names, manifest, inputs, check, strict)
        jobs = jobs or os.cpu_count() or 1
        return run.pages(jobs) if shard is None else run.share(shard, jobs)
    except OSError as error:
        return _complain(f"{error.filename or docs}: cannot be written ({error.strerror})")


def _yaml_files(collection: Path) -> list[Path]:
    """Return all files of the collection, in order of their paths, also those that will turn out to be unreadable."""
    found = (path for path in collection.rglob("*") if path.suffix.lower() in (".yaml", ".yml"))
    return sorted(path for path in found if not path.name.startswith(".") and (path.is_symlink() or path.is_file()))


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _complain(message: str) -> int:
    print(message, file=sys.stderr)
    return BAD_INPUT


class _Run:
    """One run over the collection. Pages are made in memory first, and written only when all are made."""

    def __init__(
        self,
        docs: Path,
        folders: list[Path],
        files: dict[str, Path],
        manifest: Manifest,
        inputs: str,
        check: bool,
        strict: bool,
    ) -> None:
        self.docs, self.folders, self.strict = docs, folders, strict
        self.names = {path: name for name, path in files.items()}
        """The files of the entries, each with its name below its folder."""
        self.manifest, self.inputs, self.check = manifest, inputs, check
        self.status = DONE
        self.broken: set[Path] = set()

    def share(self, shard: Shard, jobs: int) -> int:
        """Work out every so many-th entry, and keep it; whatever is about all entries is left to `pages`."""
        number, count = shard
        paths = [*self.names][number - 1 :: count]
        cache, works = self._cache(), self._works()
        records, keys = self._kept_records(cache, works, paths)
        entries = self._entries([path for path in paths if path not in records], works)
        made, _ = self._work(entries, works, jobs, cache, keys, REFERENCE[number - 1 :: count])
        print(f"{cache.folder}: share {number} of {count}, {len(made)} entries worked out, {len(records)} were before")
        return self.status

    def pages(self, jobs: int) -> int:
        """Make every page; write it, or compare it."""
        cache, works = self._cache(), self._works()
        records, reference = self._records(cache, works, jobs)
        from jacobook.site.companions.all_companions import with_companions
        from jacobook.site.render import published, render_pages

        kept = self._kept_entries()
        titles = {one.slug: (one.title, one.files[0]) for one in kept.values()}
        titles |= {record["slug"]: (record["title"], record["file"]) for record in records}
        rendered = render_pages(records, reference, works, titles, {name: path for path, name in self.names.items()})
        pages = with_companions(rendered, records, reference["rules"], works, cache.folder / "cards", self.check)
        pages |= {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in files_below(STATIC)}
        kept_files = {name for one in kept.values() for name in one.files}
        if self.broken:
            # Whatever is about all entries would be wrong without the broken ones.
            own = {name for one in published(records).values() for name in one.files}
            kept_files |= {name for name in pages if name not in own and (self.docs / name).is_file()}
        pages = {name: data for name, data in pages.items() if name not in kept_files}
        if self._has_own_home():
            pages.pop(HOME, None)
        gone = [name for name in self.manifest.files if name not in {IGNORED, *pages, *kept_files}]
        pages |= self._ignored({*pages, *self.manifest.files} - set(gone))
        gone = [name for name in gone if (self.docs / name).is_file()]
        stale = [name for name, data in pages.items() if not self._is_written(name, data)]
        if foreign := [name for name in stale if name not in self.manifest.files and _is_there(self.docs / name)]:
            return self._leave_alone(foreign)
        if self.check:
            for name in (*stale, *gone):
                print(f"stale: {name}" if name in pages else f"stale: {name} (its entry is gone)")
            return self.status or (NO if stale or gone else DONE)
        remove_left_over(self.docs)
        remove_left_over(cache.folder)
        self.manifest.claim(stale)
        for name in stale:
            write_file(self.docs / name, pages[name])
        for name in gone:
            (self.docs / name).unlink()
            remove_empty((self.docs / name).parent, self.docs)
        cache.forget_unused()
        hashes = {name: digest(data) for name, data in pages.items()}
        hashes |= {name: self.manifest.files[name] for name in kept_files if name in self.manifest.files}
        self.manifest.save(self.inputs if self.status == DONE else "", hashes, kept | published(records))
        print(f"{self.docs}: {len(stale)} written, {len(gone)} removed, {len(pages) - len(stale)} unchanged")
        return self.status

    def _has_own_home(self) -> bool:
        """Return whether the home page is hand-written, and says in its head that it is to stay: `home: own`."""
        if HOME in self.manifest.files:
            return False
        try:
            text = (self.docs / HOME).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return False
        return OWN_HOME.match(text) is not None

    def _ignored(self, names: set[str]) -> dict[str, bytes]:
        """Return the list of generated files, which keeps them out of git and nothing else; not in place of another."""
        if IGNORED not in self.manifest.files and _is_there(self.docs / IGNORED):
            return {}
        pages = sorted(name for name in names if not name.startswith(GENERATED) and name != IGNORED)
        lines = ["# Written by `jacobook build`: the files that it writes.", f"/{IGNORED}", f"/{NAME}"]
        return {IGNORED: "\n".join([*lines, f"/{GENERATED}", *(f"/{name}" for name in pages), ""]).encode()}

    def _leave_alone(self, foreign: list[str]) -> int:
        """Say that files of others stand in the way, and return the exit status; nothing is written."""
        shown = [str(self.docs / name) for name in foreign[:MANY]]
        more = [f"and {len(foreign) - MANY} more"] if len(foreign) > MANY else []
        return _complain(
            f"{', '.join([*shown, *more])}: not written by the generator, according to {self.docs / NAME}. It does "
            "not overwrite what others wrote, and has written nothing; move these files away, or give another folder "
            "with --docs."
        )

    def _is_written(self, name: str, data: bytes) -> bool:
        try:
            return (self.docs / name).read_bytes() == data
        except OSError:
            return False

    def _kept_entries(self) -> dict[str, PublishedPages]:
        """Return what the site has for entries that have a problem now."""
        names = {self.names.get(path) for path in self.broken}
        return {name: one for name, one in self.manifest.entries.items() if name in names}

    def _problem(self, message: str, status: int, path: Path) -> None:
        print(message, file=sys.stderr)
        self.status = self.status or status
        self.broken.add(path)

    def _cache(self) -> Cache:
        from jacobook.site.cache import Cache, engine_version

        return Cache(self.docs.resolve().parent / ".cache" / "jacobook", engine_version(PACKAGE), self.check)

    def _works(self) -> dict[str, Work]:
        from jacobook.site.entry_files import EntryError, line_of, read_works

        works: dict[str, Work] = {}
        for path in dict.fromkeys(folder / WORKS for folder in (*self.folders, BUILT_IN)):
            try:
                found = read_works(path)
            except EntryError as error:
                self._problem(str(error), BAD_INPUT, path)
                continue
            if len(self.folders) > 1:
                for key in sorted(key for key in found.keys() & works.keys() if found[key] != works[key]):
                    own = self.folders[0] / WORKS
                    line, column = line_of(own, (key,))
                    self._problem(f"{own}:{line}:{column}: {key} is another work in {path}", BAD_INPUT, own)
            works |= {key: work for key, work in found.items() if key not in works}
        return works

    def _records(self, cache: Cache, works: dict[str, Work], jobs: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the records of entries, and the reference, kept or worked out now; complain about other entries."""
        records, keys = self._kept_records(cache, works, [*self.names])
        entries = self._entries([path for path in self.names if path not in records], works)
        self._check_names(records, entries)
        entries = {path: entry for path, entry in entries.items() if path not in self.broken}
        records = {path: record for path, record in records.items() if path not in self.broken}
        made, reference = self._work(entries, works, jobs, cache, keys, REFERENCE)
        records |= made
        self._say_what_disagrees(records)
        return [records[path] for path in self.names if path in records], _joined(reference)

    def _say_what_disagrees(self, records: dict[Path, dict[str, Any]]) -> None:
        """Name the formulas in entries of one's own that do not hold; those of the built-in ones are well known."""
        from jacobook.site.entry_files import line_of

        own = [folder for folder in self.folders if not folder.samefile(BUILT_IN)]
        for path in filter(records.__contains__, self.names):
            if not any(path.is_relative_to(folder) for folder in own):
                continue
            for position, claim in enumerate(records[path]["page"]["claims"]):
                if claim["reading"] == "printed" and claim["status"] in ("disagrees", "condition"):
                    line, column = line_of(path, ("claims", position, "formula"))
                    said = f"claims, item {position + 1}: {claim['typed']}: {claim['plainly']}"
                    print(f"{path}:{line}:{column}: {said}", file=sys.stderr)
                    self.status = self.status or (NO if self.strict else DONE)

    def _kept_records(
        self, cache: Cache, works: dict[str, Work], paths: list[Path]
    ) -> tuple[dict[Path, Record], dict[Path, str]]:
        """Return the records of entries that were worked out before, and the keys of all that can be read."""
        works_text = repr(sorted((key, work.model_dump()) for key, work in works.items())).encode()
        keys, records = {}, {}
        for path in paths:
            try:
                keys[path] = cache.key(self.names[path].encode(), path.read_bytes(), works_text)
            except OSError:
                continue
            found = cache.load(keys[path])
            if found is not None:
                records[path] = found
        return records, keys

    def _entries(self, files: list[Path], works: dict[str, Work]) -> dict[Path, CollectionEntry]:
        """Return the entries of files that can be read, and complain about the others."""
        if not files:
            return {}
        from jacobook.site.entry_files import EntryError, check_cited, read_entry

        found: dict[Path, CollectionEntry] = {}
        for path in files:
            try:
                entry = read_entry(path)
                check_cited(path, entry, works)
            except EntryError as error:
                self._problem(str(error), BAD_INPUT, path)
            else:
                found[path] = entry
        return found

    def _check_names(self, records: dict[Path, dict[str, Any]], entries: dict[Path, CollectionEntry]) -> None:
        """Complain about slugs that two entries have, and about related entries that are not there.

        Beside a collection of one's own, a built-in entry is never the one to change.
        """
        from jacobook.site.entry_files import line_of

        named = {path: (record["slug"], record["related"], record["redirects"]) for path, record in records.items()}
        named |= {path: (entry.slug, list(entry.related), list(entry.redirects)) for path, entry in entries.items()}
        slugs: dict[str, list[Path]] = {}
        for path, (slug, _, former) in sorted(named.items()):
            for one in (slug, *former):
                slugs.setdefault(one, []).append(path)
        for slug, paths in slugs.items():
            for path, other in zip(paths, paths[1:] + paths[:1], strict=True):
                if path is not other and (len(self.folders) == 1 or not path.is_relative_to(BUILT_IN)):
                    line, column = line_of(path, ("slug",))
                    self._problem(f"{path}:{line}:{column}: slug: {slug} is taken by {other} too", BAD_INPUT, path)
        known = {slug for slug, _, _ in named.values()} | {one.slug for one in self._kept_entries().values()}
        for path, (_, related, _) in sorted(named.items()):
            for position, slug in enumerate(related):
                if slug not in known:
                    line, column = line_of(path, ("related", position))
                    self._problem(f"{path}:{line}:{column}: related: there is no entry {slug}", BAD_INPUT, path)

    def _work(
        self,
        entries: dict[Path, CollectionEntry],
        works: dict[str, Work],
        jobs: int,
        cache: Cache,
        keys: dict[Path, str],
        parts: Sequence[str],
    ) -> tuple[dict[Path, Record], dict[str, Any]]:
        """Return the records of entries, worked out now, and parts of the reference; complain about what cannot be.

        Each is kept as soon as it is finished, whatever becomes of the others.
        """
        from jacobook.site.companions.cards import drawn_before
        from jacobook.workers import as_finished, with_progress

        part_keys = {part: cache.key(b"reference", part.encode(), reference_words(part).encode()) for part in parts}
        reference = {part: cache.load(key) for part, key in part_keys.items()}
        cards = drawn_before(cache.folder / "cards", self.check)
        paths = list(entries)
        tasks: list[Task | str] = [part for part, found in reference.items() if found is None]
        tasks += [(entries[path], path, self.names[path], works, cards) for path in paths]
        if tasks:  # loaded once, before there are processes to share it
            import_module("jacobook.site.records")
        records: dict[Path, Record] = {}
        problems: dict[Path, tuple[str, int]] = {}
        with closing(as_finished(_answer, tasks, jobs, _lost)) as finished:
            for number, outcome in with_progress(finished, len(tasks), "Deriving and checking"):
                task = tasks[number]
                if isinstance(task, str):
                    if isinstance(outcome, tuple):
                        raise RuntimeError(outcome[0])
                    cache.save(part_keys[task], outcome)
                    reference[task] = outcome
                elif isinstance(outcome, tuple):
                    problems[task[1]] = outcome
                else:
                    cache.save(keys[task[1]], outcome)
                    records[task[1]] = outcome
        for path in paths:
            if path in problems:
                self._problem(*problems[path], path)
        return records, reference


def language_text() -> str:
    """Return what the conventions say of the language, in Markdown."""
    return (PACKAGE / "site" / "templates" / "language.md").read_text(encoding="utf-8").strip()


def reference_words(part: str) -> str:
    """Return the words, written by hand, of which a part of the reference is made."""
    kind, _, slug = part.partition(" ")
    if kind == "glossary":
        return (PACKAGE / "site" / "course" / "glossary.yaml").read_text(encoding="utf-8")
    return lesson_source(slug) if kind == "course" else language_text()


def _reference(part: str) -> Record:
    """Return a part of what pages show of the engine alone."""
    from jacobook.site.pages.conventions import conventions_data
    from jacobook.site.pages.glossary_page import glossary_data
    from jacobook.site.pages.lesson_pages import lesson_data
    from jacobook.site.pages.rule_pages import rule_data
    from jacobook.verification.rule_mutants import ROWS, tally, verdicts_on

    match part.split():
        case ["rules"]:
            return rule_data()
        case ["conventions"]:
            return conventions_data(language_text())
        case ["glossary"]:
            return glossary_data()
        case ["course", slug]:
            return lesson_data(slug)
    return tally({row.slug: verdicts_on(row) for row in ROWS[int(part.split()[1]) :: PLANTED]})


def _joined(reference: dict[str, Any]) -> dict[str, Any]:
    """Return the reference as pages take it: of planted mistakes the counts of all parts."""
    planted = [reference[part] for part in REFERENCE if part.startswith("planted")]
    counts = {kind: sum(part[kind] for part in planted) for kind in planted[0]}
    lessons = [reference[f"course {slug}"] for slug in LESSON_FILES]
    return {
        "rules": reference["rules"],
        "conventions": reference["conventions"],
        "planted": counts,
        "glossary": reference["glossary"]["terms"],
        "course": lessons,
    }


def _answer(task: Task | str) -> Record | tuple[str, int]:
    return _reference(task) if isinstance(task, str) else _attempt(task)


def _lost(task: Task | str) -> tuple[str, int]:
    """Return what to say of a task when two processes have died over it, and the exit status."""
    name = task if isinstance(task, str) else task[1]
    return f"{name}: the process that worked on it died twice (killed, or out of memory)", NO


def _attempt(task: Task) -> Record | tuple[str, int]:
    """Return the record of an entry, or why there is none and the exit status that says so."""
    from jacobook.calculus.refusal import Refusal
    from jacobook.site.companions.cards import drawn_card, entry_card
    from jacobook.site.entry_files import EntryError
    from jacobook.site.pages.citations import Citations
    from jacobook.site.records import record_of
    from jacobook.site.working_out import Unproved, work_out

    entry, path, shown_path, works, cards = task
    try:
        record = record_of(work_out(entry, path, shown_path), Citations(works))
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
    drawn_card(entry_card(record, works), cards)  # here, where other processes draw others
    return record
