"""Files that appear whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PARTIAL = ".partial"
"""How the name of a file ends that is being written; before it stands the number of the process that writes it."""


def remove_left_over(folder: Path) -> None:
    """Remove what processes left half-written in the folder, and below it, when they were killed."""
    for path in folder.rglob(f".*{PARTIAL}"):
        writer = path.name.removesuffix(PARTIAL).rpartition(".")[2]
        if writer.isdigit() and not _is_running(int(writer)):
            path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # where signal 0 would end it, and a file that is open cannot be removed
        return process == os.getpid()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _mode_of(path: Path) -> int:
    """Return the kind and the permissions of a file, and of one that there is not yet what it will have."""
    try:
        return path.stat().st_mode
    except OSError:
        return stat.S_IFREG | 0o644


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of `path` at the end; after an error nothing has changed.

    A link stays a link, to a file that is new; what is no file, such as a pipe, is written into.
    """
    mode = _mode_of(path)
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        with path.open("wb") as device:
            yield device
        return
    path = Path(os.path.realpath(path))
    try:
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=f".{os.getpid()}{PARTIAL}"
        )
    except OSError as error:  # which names a file that nobody asked for
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_file(path: Path, data: bytes) -> bool:
    """Write the bytes, whole or not at all, and only if they differ from what is there; return whether they did."""
    with suppress(OSError):
        if path.is_file() and path.read_bytes() == data:  # from a pipe, nothing would ever come
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(data)
    return True


def remove_empty(folder: Path, within: Path) -> None:
    """Remove a folder that is empty, and those above it that are empty then, as far as they are below another."""
    while folder != within and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


class NotText(ValueError):
    """Bytes that are no text in the encoding that is expected; `place` is line and column, from 1."""

    def __init__(self, place: tuple[int, int]) -> None:
        self.place = place
        super().__init__("is not UTF-8 text")


def text_in(data: bytes, encoding: str = "utf-8-sig") -> str:
    """Return the text in bytes, every end of a line as one character. Raises NotText."""
    try:
        return _with_one_end(data.decode(encoding))
    except UnicodeDecodeError as error:
        before = _with_one_end(error.object[: error.start].decode(errors="replace"))
        raise NotText((before.count("\n") + 1, len(before) - before.rfind("\n"))) from error


def _with_one_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
