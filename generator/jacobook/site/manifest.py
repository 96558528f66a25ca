"""What the generator wrote and from what: so that it knows, by hashes alone, when there is nothing to do.

The record of the files stands beside the pages. From what they were made stands elsewhere: a server that watches the
pages has nothing to do when only that changes. Without either, everything is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from jacobook.files import write_file

NAME = ".manifest.json"


def digest(data: bytes) -> str:
    """Return a hash of the bytes."""
    return hashlib.sha256(data).hexdigest()[:32]


def digest_of_files(paths: Iterable[Path], root: Path) -> str:
    """Return a hash of the names (below root) and contents of files; a file that cannot be read counts as such."""
    found = hashlib.sha256()
    for path in sorted(paths):
        try:
            content = digest(path.read_bytes())
        except OSError as error:
            content = f"unreadable: {error.errno}"
        found.update(os.fsencode(path.relative_to(root)) + b"\0" + content.encode() + b"\n")
    return found.hexdigest()[:32]


def inputs_digest(package: Path) -> str:
    """Return a hash of all that pages are made with: code, grammar, rules, templates, names, style sheets, scripts."""
    kinds = (".py", ".lark", ".j2", ".md", ".css", ".js", ".svg", ".webmanifest", ".yaml")
    return digest_of_files((path for path in files_below(package) if path.suffix in kinds), package)


def files_below(folder: Path) -> list[Path]:
    """Return all files in a folder and in its folders, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True, slots=True)
class PublishedPages:
    """What is on the site for a file of the collection: what stays there while the file cannot be used."""

    slug: str
    title: str
    files: tuple[str, ...]
    """The page and the copy of the source, below `docs/`."""


class Manifest:
    """Hashes of the inputs of the last run, and of every file that it wrote; what it published for which entry."""

    def __init__(self, docs: Path) -> None:
        self.path = docs / NAME
        self.made_from = docs.resolve().parent / ".cache" / "jacobook" / f"{docs.name}.inputs"
        self.docs = docs
        self.inputs = ""
        self.files: dict[str, str] = {}
        self.entries: dict[str, PublishedPages] = {}
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            files = {str(name): str(value) for name, value in data["files"].items()}
            entries = {
                str(path): PublishedPages(str(one["slug"]), str(one["title"]), tuple(map(str, one["files"])))
                for path, one in data["entries"].items()
            }
            self.files, self.entries = files, entries
            self.inputs = self.made_from.read_text(encoding="ascii")
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return

    def is_current(self, inputs: str) -> bool:
        """Return whether the last run had these inputs and all its files still are as it wrote them."""
        if self.inputs != inputs or not self.files:
            return False
        return all(self.is_intact(name) for name in self.files)

    def is_intact(self, name: str) -> bool:
        """Return whether a file is as the last run wrote it."""
        try:
            return digest((self.docs / name).read_bytes()) == self.files[name]
        except OSError:
            return False

    def claim(self, names: Iterable[str]) -> None:
        """Note that these files are about to be written: after an interruption they are still known as generated."""
        new = dict.fromkeys((name for name in names if name not in self.files), "")
        if new:
            self.save("", self.files | new, self.entries)

    def save(self, inputs: str, files: dict[str, str], entries: dict[str, PublishedPages]) -> None:
        """Write the manifest, if it changed."""
        data = {
            "files": dict(sorted(files.items())),
            "entries": {path: asdict(entry) for path, entry in sorted(entries.items())},
        }
        write_file(self.made_from, b"")  # no run is finished while the record changes
        write_file(self.path, json.dumps(data, indent=1).encode() + b"\n")
        write_file(self.made_from, inputs.encode())
