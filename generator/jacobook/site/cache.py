"""Finished work, kept by what it was made of: an entry is derived and checked again only when that changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from jacobook.files import write_file
from jacobook.site.manifest import digest, digest_of_files

LIBRARIES = ("numpy", "sympy", "lark", "pydantic", "matplotlib")
"""Libraries on whose versions a result may depend."""


@cache
def version(library: str) -> str:
    """Return the version of a library that is installed."""
    return metadata.version(library)


def engine_version(package: Path, libraries: Sequence[str] = LIBRARIES) -> str:
    """Return a hash of the code and the arguments in words, the version of Python, and those of the libraries."""
    arguments = package / "calculus" / "proofs" / "arguments"
    files = [path for path in package.rglob("*") if path.suffix in (".py", ".lark") and path.is_file()]
    files += arguments.glob("*.md")
    versions = [sys.version.split()[0], *(f"{name} {version(name)}" for name in libraries)]
    return digest((digest_of_files(files, package) + "\n".join(versions)).encode())


class Cache:
    """A folder of finished work. What cannot be read counts as missing; what is not asked for is removed at the end.

    With `only_looks` nothing has to be kept: a folder that cannot be written (of a read-only checkout) will do, and
    nothing is removed.
    """

    def __init__(self, folder: Path, engine: str, only_looks: bool = False) -> None:
        self.folder, self.engine, self.only_looks = folder, engine, only_looks
        self.used: set[str] = set()

    def key(self, *content: bytes) -> str:
        """Return the name under which work on this content by this version of the engine is kept."""
        return digest(b"\0".join([self.engine.encode(), *(digest(part).encode() for part in content)]))

    def load(self, key: str) -> Any:
        """Return what is kept under the key, None if nothing is."""
        self.used.add(key)
        try:
            return json.loads(self._file(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def save(self, key: str, data: Any) -> None:
        """Keep the data under the key."""
        self.used.add(key)
        try:
            write_file(self._file(key), json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
        except OSError:
            if not self.only_looks:
                raise

    def forget_unused(self) -> None:
        """Remove what was neither loaded nor saved since the cache was opened."""
        for file in () if self.only_looks else self.folder.glob("*.json"):
            if file.stem not in self.used:
                file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"
