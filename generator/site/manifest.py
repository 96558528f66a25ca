"""What the generator wrote and from what: so that it knows, by hashes alone, when there is nothing to do.

Kept beside the pages; without it everything is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

NAME = ".manifest.json"


def digest(data: bytes) -> str:
    """Return a hash of the bytes."""
    return hashlib.sha256(data).hexdigest()[:32]


def digest_of_files(paths: Iterable[Path], root: Path) -> str:
    """Return a hash of the names (below root) and contents of files."""
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(str(path.relative_to(root)).encode() + b"\0" + digest(path.read_bytes()).encode() + b"\n")
    return found.hexdigest()[:32]


def engine_digest(package: Path) -> str:
    """Return a hash of all that pages are made with: code, grammar, rule table, templates."""
    kinds = (".py", ".lark", ".j2", ".md")
    files = (path for path in package.rglob("*") if path.suffix in kinds and path.is_file())
    return digest_of_files(files, package)


class Manifest:
    """Hashes of the inputs of the last run, and of every file that it wrote."""

    def __init__(self, docs: Path) -> None:
        self.path = docs / NAME
        self.docs = docs
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            self.inputs: str = str(data["inputs"])
            self.files: dict[str, str] = {str(name): str(value) for name, value in data["files"].items()}
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            self.inputs, self.files = "", {}

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

    def save(self, inputs: str, files: dict[str, str]) -> None:
        """Write the manifest, if it changed."""
        data = {"inputs": inputs, "files": dict(sorted(files.items()))}
        write_file(self.path, json.dumps(data, indent=1).encode() + b"\n")


def write_file(path: Path, data: bytes) -> bool:
    """Write the bytes, whole or not at all, and only if they differ from what is there; return whether they did."""
    try:
        if path.read_bytes() == data:
            return False
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return True
