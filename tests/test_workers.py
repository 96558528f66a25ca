"""Processes that die: what is finished stays, what was in work is done once more, and no process is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jacobook.workers import as_finished, in_order
from tests.processes import is_alive, wait_until


def square(number: int) -> int:
    return number * number


def lost(task) -> str:
    return f"lost {task}"


def dies_once(task: tuple[int, Path]) -> int:
    """The square; but for 5 this process is killed, the first time."""
    number, mark = task
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def dies_over_five(number: int) -> int:
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def slow_over_zero(number: int) -> int:
    time.sleep(30 if number == 0 else 0)
    return number


@pytest.mark.parametrize(("jobs", "chunk"), [(1, 1), (2, 1), (3, 4), (2, 100)])
def test_every_task_is_answered_once(jobs, chunk):
    tasks = list(range(20))
    assert sorted(as_finished(square, tasks, jobs, lost, chunk)) == [(n, n * n) for n in tasks]
    assert list(in_order(square, tasks, jobs, lost, chunk)) == [n * n for n in tasks]


def test_an_answer_comes_as_soon_as_it_is_there():
    with closing(as_finished(slow_over_zero, list(range(6)), 2, lost)) as finished:
        assert {next(finished)[0] for _ in range(5)} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("chunk", [1, 4])
def test_what_a_killed_process_worked_on_is_done_once_more(tmp_path, capfd, chunk):
    tasks = [(number, tmp_path / "killed") for number in range(20)]
    assert list(in_order(dies_once, tasks, 2, lost, chunk)) == [n * n for n in range(20)]
    assert (tmp_path / "killed").exists()
    assert capfd.readouterr().err == "A worker process died; what it was working on is done once more.\n"


@pytest.mark.parametrize("chunk", [1, 4])
def test_over_what_kills_every_process_nothing_else_is_lost(chunk):
    expected = ["lost 5" if n == 5 else n * n for n in range(20)]
    assert list(in_order(dies_over_five, list(range(20)), 2, lost, chunk)) == expected


def test_a_mistake_is_raised_and_no_process_is_left():
    numbers: list[Any] = [1, 2, "three", 4]
    with pytest.raises(TypeError):
        list(as_finished(square, numbers, 2, lost))
    assert multiprocessing.active_children() == []


# -- the main process ends ---------------------------------------------------------------------------------

MAIN = """
import sys
sys.path.insert(0, {tests!r})
from test_workers import lost, sleep_after_a_mark
from jacobook.cli import _terminate, _Terminated
from jacobook.workers import as_finished
import signal
signal.signal(signal.SIGTERM, _terminate)
try:
    list(as_finished(sleep_after_a_mark, [{folder!r}] * 3, 2, lost))
except _Terminated:
    sys.exit(143)
"""


def sleep_after_a_mark(folder: str) -> None:
    """Leave the number of this process in the folder, and be busy for a long time."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(600)


@pytest.mark.parametrize(
    ("sent", "status"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143)], ids=["killed", "asked to end"]
)
def test_no_process_outlives_the_main_one(root, tmp_path, sent, status):
    code = MAIN.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE) as process:
        try:
            assert wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
            workers = [int(mark.name) for mark in tmp_path.iterdir()]
            assert all(map(is_alive, workers))
            process.send_signal(sent)
            # They hold its pipe: whoever reads it would wait for ever.
            process.communicate(timeout=60)
            assert process.returncode == status
            assert wait_until(lambda: not any(map(is_alive, workers)), 30)
        finally:
            process.kill()
            for mark in tmp_path.iterdir():
                if is_alive(int(mark.name)):
                    os.kill(int(mark.name), signal.SIGKILL)
