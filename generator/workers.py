"""What the two commands that work on many things share: worker processes, and a progress bar."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def in_order(work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int, chunk: int = 1) -> Iterator[Answer]:
    """Yield the answer to every task, in the order of the tasks, each as soon as it and those before it are there.

    With more than one job the tasks are shared out to so many processes, `chunk` at a time.
    """
    jobs = min(jobs, len(tasks))
    if jobs < 2:
        yield from map(work, tasks)
        return
    pool = ProcessPoolExecutor(max_workers=jobs, initializer=_leave_ctrl_c_to_the_main_process)
    try:
        yield from pool.map(work, tasks, chunksize=chunk)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _leave_ctrl_c_to_the_main_process() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def with_progress(answers: Iterator[Answer], total: int, description: str) -> Iterator[Answer]:
    """Yield the answers with a progress bar on standard error; without one where that is no terminal."""
    if not sys.stderr.isatty():
        yield from answers
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(answers, description=description, total=total, console=console, transient=True)
