"""What the two commands that work on many things share: worker processes, and a progress bar.

A process of the machine may end at any moment: killed by hand, or by a system that is out of memory. Then what is
finished stays, what was in work is done once more, and no process is left behind.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from importlib.util import find_spec
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")
STALLED = 5.0
"""Seconds without an answer after which it is asked whether a process has died."""
Numbers = Sequence[int]
"""The numbers of the tasks that a process gets at a time."""


def as_finished(
    work: Callable[[Task], Answer],
    tasks: Sequence[Task],
    jobs: int,
    lost: Callable[[Task], Answer],
    chunk: int = 1,
) -> Generator[tuple[int, Answer], None, None]:
    """Yield the number of a task (from 0) and its answer, each as soon as it is there.

    With more than one job the tasks are shared out to so many processes, `chunk` at a time. What a process was working
    on when it died is done once more, alone; if that process dies too, `lost` gives the answer.
    """
    jobs = min(jobs, len(tasks))
    if jobs < 2:
        yield from enumerate(map(work, tasks))
        return
    waiting: deque[Numbers] = deque(
        range(start, min(start + chunk, len(tasks))) for start in range(0, len(tasks), chunk)
    )
    while waiting:
        with _pool(jobs) as pool:
            interrupted = yield from _until_one_dies(pool, jobs + 1, work, tasks, waiting)
        if interrupted:
            print("A worker process died; what it was working on is done once more.", file=sys.stderr)
        for number in interrupted:
            with _pool(1) as pool:
                died = yield from _until_one_dies(pool, 1, work, tasks, deque([[number]]))
            if died:
                yield number, lost(tasks[number])


def _until_one_dies(
    pool: ProcessPoolExecutor,
    at_a_time: int,
    work: Callable[[Task], Answer],
    tasks: Sequence[Task],
    waiting: deque[Numbers],
) -> Generator[tuple[int, Answer], None, list[int]]:
    """Yield answers until none is waiting or a process has died; return the tasks that were in work then.

    No more is handed out than the processes can take up, so that these tasks are few.
    """
    in_work: dict[Future[list[Answer]], Numbers] = {}
    interrupted: list[int] = []
    while (waiting and not interrupted) or in_work:
        try:
            while waiting and not interrupted and len(in_work) < at_a_time:
                in_work[pool.submit(_work_on, work, [tasks[number] for number in waiting[0]])] = waiting[0]
                waiting.popleft()
        except BrokenProcessPool:  # it died before anything was handed to it
            interrupted += waiting.popleft()
        done = wait(in_work, timeout=STALLED, return_when=FIRST_COMPLETED).done
        if in_work and not done and any(process.exitcode is not None for process in _processes(pool)):
            _break(pool)
        for future in done:
            numbers = in_work.pop(future)
            try:
                answers = future.result()
            except BrokenProcessPool:
                interrupted += numbers
            else:
                yield from zip(numbers, answers, strict=True)
    return sorted(interrupted)


def _work_on(work: Callable[[Task], Answer], tasks: Sequence[Task]) -> list[Answer]:
    return [work(task) for task in tasks]


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Open processes for the tasks; at the end all of them are gone, also in the middle of work."""
    pool = ProcessPoolExecutor(max_workers=jobs, initializer=_begin)
    try:
        yield pool
    except BaseException:
        _break(pool)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _processes(pool: ProcessPoolExecutor) -> list[BaseProcess]:
    return list((pool._processes or {}).values())


def _break(pool: ProcessPoolExecutor) -> None:
    """End the processes at once, whatever they are doing, so that what waits for them fails.

    A process that ends in the middle of an answer leaves a part of it in the pipe, and the pool would wait for the rest
    for ever: this process holds an end of the pipe too, to which nobody writes. It is closed, and the pool notices.
    """
    answers = pool._result_queue
    for process in _processes(pool):
        process.kill()
        process.join()
    if answers is not None:
        answers._writer.close()  # type: ignore[attr-defined]


def _begin() -> None:
    """Leave Ctrl-C to the main process, and end with it, however it ends; look for unused cycles of objects seldom.

    Expressions that were worked out are kept, and looking through them again and again takes a twelfth of the time.
    """
    gc.set_threshold(100_000, 50, 100)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_the_main_process, daemon=True).start()


def _end_with_the_main_process() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def in_order(
    work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int, lost: Callable[[Task], Answer], chunk: int = 1
) -> Iterator[Answer]:
    """Yield the answer to every task, in the order of the tasks, each as soon as it and those before it are there.

    See `as_finished` for what the arguments mean.
    """
    early: dict[int, Answer] = {}
    following = 0
    with closing(as_finished(work, tasks, jobs, lost, chunk)) as finished:
        for number, answer in finished:
            early[number] = answer
            while following in early:
                yield early.pop(following)
                following += 1


def with_progress(answers: Iterator[Answer], total: int, description: str) -> Iterator[Answer]:
    """Yield the answers with a progress bar on standard error, where that is a terminal and rich is installed."""
    if not sys.stderr.isatty() or find_spec("rich") is None:
        yield from answers
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(answers, description=description, total=total, console=console, transient=True)
