"""What tests need that start, watch and kill processes of their own."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path


def heed_interrupts() -> None:
    """For a process that is started: a shell lets its background jobs ignore Ctrl-C, and so all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> bool:
    """Wait for the condition, so many seconds at most; return whether it came true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def _state(process: int) -> tuple[str, int] | None:
    """Return the state of a process and its parent, None if it is gone."""
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return state, int(parent)


def is_alive(process: int) -> bool:
    """Whether there is such a process, and more of it than its exit status."""
    found = _state(process)
    return found is not None and found[0] not in "ZX"


def children(process: int) -> list[int]:
    """Return the processes that it started and that are still alive."""
    everyone = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return sorted(one for one in everyone if (found := _state(one)) and found[1] == process and is_alive(one))
