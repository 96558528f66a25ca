"""Which files hold notes, and how each kind is read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from tokenize import detect_encoding

from jacobook.files import NotText, text_in
from jacobook.notes.documents.latex_notes import read_latex
from jacobook.notes.documents.markdown_notes import read_markdown
from jacobook.notes.documents.marked import Document, DocumentError
from jacobook.notes.documents.notebooks import read_notebook
from jacobook.notes.documents.python_notes import read_python
from jacobook.notes.documents.restructured_notes import read_restructured

READERS: dict[str, Callable[[str], Document]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".qmd": read_markdown,
    ".ipynb": read_notebook,
    ".rst": read_restructured,
    ".tex": read_latex,
    ".py": read_python,
}
MARKS = (b"jacobook", b"jb")
"""One of these stands in every file in which something is marked."""
PASSED_OVER = frozenset(("node_modules", "site", "build", "dist", "__pycache__", "venv"))
"""Folders below a named one that are not entered, besides hidden ones."""


class PathError(Exception):
    """A path that cannot be checked; the message says why."""


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the files that paths name, and those in the folders that they name. Raises PathError."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(sorted(_inside(path)))
        elif not path.exists():
            raise PathError(f"{path}: there is no such file or folder")
        elif path.suffix.lower() not in READERS:
            raise PathError(f"{path}: notes are in files that end in {', '.join(READERS)}")
        else:
            found[path] = None
    return list(found)


def _inside(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder, onerror=_not_entered):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in PASSED_OVER]
        found = (Path(above, name) for name in names if Path(name).suffix.lower() in READERS)
        # A link to nothing is no file: editors mark so what is open in them.
        yield from (path for path in found if not path.is_symlink() or path.exists())


def _not_entered(error: OSError) -> None:
    raise PathError(f"{error.filename}: cannot be read ({error.strerror})") from error


def changed_since(reference: str, files: Sequence[Path]) -> list[Path]:
    """Return those files that differ from a commit, or that git does not know yet. Raises PathError."""
    tops: dict[Path, Path] = {}
    for folder in {file.resolve().parent for file in files}:
        tops[folder] = Path(_git(folder, "rev-parse", "--show-toplevel").rstrip("\n"))
    changed: set[Path] = set()
    for top in set(tops.values()):
        commit = _commit(top, reference)
        listed = [
            _git(top, "diff", "--name-only", "-z", "--diff-filter=d", commit, "--"),
            _git(top, "ls-files", "--others", "--exclude-standard", "-z"),
        ]
        changed |= {(top / name).resolve() for names in listed for name in names.split("\0") if name}
    return [file for file in files if file.resolve() in changed]


def _commit(top: Path, reference: str) -> str:
    """Return the commit that a reference names. Raises PathError."""
    try:
        return _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}").strip()
    except PathError as error:
        hint = f"; to check it, write `--changed=HEAD {reference}`" if Path(reference).exists() else ""
        raise PathError(f"--changed: git knows no commit {reference!r}{hint}") from error


def _git(folder: Path, *arguments: str) -> str:
    try:
        found = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise PathError(f"--changed needs git: {error.strerror}") from error
    if found.returncode:
        said = found.stderr.decode(errors="replace").strip().splitlines()
        raise PathError(f"--changed: {said[0] if said else 'git failed'}")
    return os.fsdecode(found.stdout)


def read_notes(path: Path) -> Document:
    """Return what is marked in a file. Raises DocumentError where it cannot be read."""
    data = _bytes_of(path)
    try:
        return READERS[path.suffix.lower()](_decoded(path, data))
    except DocumentError:
        if any(word in data.replace(b"\0", b"").lower() for word in MARKS):
            raise
        return Document()  # a template, Python 2, another encoding: what is wrong in it is no concern of ours


def text_of_notes(path: Path) -> str:
    """Return the text of a file, without a byte order mark. Raises DocumentError where it cannot be read."""
    return _decoded(path, _bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise DocumentError("is no file")
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"cannot be read ({error.strerror})") from error


def _decoded(path: Path, data: bytes) -> str:
    """Return a text: UTF-8, or what a file in Python says of itself. Raises DocumentError."""
    try:
        is_python = path.suffix.lower() == ".py"
        encoding = detect_encoding(BytesIO(data).readline)[0] if is_python else "utf-8-sig"
        return text_in(data, encoding)
    except NotText as error:
        raise DocumentError(str(error), error.place) from error
    except LookupError as error:
        raise DocumentError(f"is not Python: {error}") from error
    except SyntaxError as error:
        raise DocumentError(f"is not Python: {error}") from error
