"""Runs a reader's function at the points of a derivation: in a process of its own, and only for so long.

This is the one place where code is run that is not ours, and it is run only for a path that its reader has typed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jacobook.algebra.messages import JacobookError
from jacobook.verification import reader_child

SECONDS = 60.0
"""The time limit, which the import of a library counts towards."""


class ReaderCodeError(JacobookError):
    """A function that cannot be run, and why: `raised` where its own code fails."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ReaderRun:
    """What a function gave at each point, and the library that it is written for."""

    values: tuple[Any, ...]
    library: str
    changed: tuple[str, ...]
    """The arguments whose entries it changes."""


def run_reader(
    path: Path,
    function: str,
    points: Sequence[dict[str, Any]],
    sizes: Sequence[dict[str, int]],
    passed: str | None,
    form: str,
    wrt: str,
    seconds: float = SECONDS,
) -> ReaderRun:
    """Return the values of a function at points, which are its arguments by name; `passed` is what it gets besides.

    For a vjp the function may also be an operation of PyTorch or JAX, whose backward pass by `wrt` is run.

    Raises ReaderCodeError.
    """
    if not path.is_file():
        raise ReaderCodeError("file", f"{path}: {'is no file' if path.exists() else 'there is no such file'}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, points, sizes, {"passed": passed, "form": form, "wrt": wrt})
        _run([sys.executable, reader_child.__file__, str(path), function, name], path, seconds)
        try:
            status = json.loads((folder / "status.json").read_text("utf-8"))
        except (OSError, ValueError):
            raise ReaderCodeError("raised", f"{path.name}: the process ended before {function} had returned") from None
        if status["kind"] != "ran":
            raise ReaderCodeError(status["kind"], _said(path, function, status))
        with np.load(folder / "results.npz", allow_pickle=False) as stored:
            values = tuple(stored[str(number)] for number in range(len(points)))
    return ReaderRun(values, status["library"], tuple(status["changed"]))


def _write(
    folder: Path, points: Sequence[dict[str, Any]], sizes: Sequence[dict[str, int]], asked: dict[str, str | None]
) -> None:
    names = list(points[0])
    whole = [name for name in names if np.asarray(points[0][name]).dtype.kind == "i"]
    said = {"count": len(points), "names": names, "whole": whole, "sizes": list(sizes), **asked}
    (folder / "points.json").write_text(json.dumps(said), "utf-8")
    stored: dict[str, Any] = {
        f"{number} {name}": np.asarray(value) for number, point in enumerate(points) for name, value in point.items()
    }
    np.savez(folder / "points.npz", **stored)


def _run(command: list[str], path: Path, seconds: float) -> None:
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True, env=_environment()
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise ReaderCodeError("time", f"{path.name} took longer than {seconds:g} seconds and was stopped") from None
    finally:
        if process.poll() is None:
            _kill(process)


def _environment() -> dict[str, str]:
    """Return the environment, in which the child finds NumPy but none of our modules by their short names."""
    return os.environ | {"PYTHONSAFEPATH": "1"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _said(path: Path, function: str, status: dict[str, Any]) -> str:
    if status["kind"] == "raised":
        line = f", line {status['line']}" if status["line"] is not None else ""
        return f"{path.name}{line}: {status['message']}"
    if status["kind"] in ("signature", "value"):
        return f"{function} in {path.name}: {status['message']}"
    return str(status["message"])
