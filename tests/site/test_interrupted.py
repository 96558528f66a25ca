"""A run that is disturbed loses nothing that is finished: a worker killed, Ctrl-C, the whole process killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from jacobook.site import generation
from tests.processes import children, heed_interrupts, is_alive, wait_until

from .conftest import OTHER, entry

pytestmark = pytest.mark.slow

COUNT = 8


@pytest.fixture
def collection(unbuilt_workshop):
    """Some entries that are not worked out yet, besides the two that are."""
    for number in range(COUNT):
        unbuilt_workshop.write(
            f"more/{number}.yaml", entry(f"more-{number}", f"sum(x.^{number + 2})", "x in R^N", wrt="x")
        )
    return unbuilt_workshop


def start(workshop) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jacobook", "--jobs", "2"]
    command += ["--docs", str(workshop.docs), "--collection", str(workshop.collection)]
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=heed_interrupts
    )


def finished(workshop) -> list[str]:
    return [slug for slug in workshop.records() if slug.startswith("more")]


def is_begun(workshop) -> bool:
    """Whether an entry is finished; asked fifty times in a second, so that no record is read for it."""
    return any(path.read_bytes().startswith(b'{"slug":"more-') for path in workshop.cache.glob("*.json"))


def test_a_killed_worker_costs_nothing(collection):
    process = start(collection)
    assert wait_until(lambda: is_begun(collection))
    os.kill(children(process.pid)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=300)
    assert said == "A worker process died; what it was working on is done once more.\n"
    assert process.returncode == 0
    assert len(finished(collection)) == COUNT
    assert all((collection.docs / f"exercises/more-{number}.md").is_file() for number in range(COUNT))


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Terminated."), (signal.SIGKILL, -9, "")],
    ids=["Ctrl-C", "asked to end", "killed"],
)
def test_what_is_finished_is_kept(collection, monkeypatch, sent, status, said):
    process = start(collection)
    assert wait_until(lambda: is_begun(collection))
    workers = children(process.pid)
    if sent == signal.SIGINT:  # as a terminal does, to all of them
        os.killpg(process.pid, sent)
    else:
        process.send_signal(sent)
    _, found = process.communicate(timeout=60)
    assert (process.returncode, found.strip()) == (status, said)
    assert wait_until(lambda: not any(map(is_alive, workers)), 30)

    kept = finished(collection)
    assert 0 < len(kept) < COUNT
    derived: list[str] = []

    def noted(task):
        derived.append(task[0].slug)
        return honest(task)

    monkeypatch.setattr(generation, "_attempt", noted)
    assert collection.run() == 0
    assert sorted(derived + kept) == sorted(f"more-{number}" for number in range(COUNT))


def dies_over_other(task):
    if task[0].slug == "other":
        os.kill(os.getpid(), signal.SIGKILL)
    return honest(task)


honest = generation._attempt


def test_an_entry_that_kills_its_process_is_named_and_the_others_are_written(unbuilt_workshop, monkeypatch, capfd):
    path = unbuilt_workshop.write("other.yaml", OTHER.replace("Linear form", "Too large a form"))
    for number in range(3):
        unbuilt_workshop.write(f"{number}.yaml", entry(f"more-{number}", f"sum(x.^{number + 2})", "x in R^N", wrt="x"))
    monkeypatch.setattr(generation, "_attempt", dies_over_other)
    assert unbuilt_workshop.run(jobs=2) == 1
    said = capfd.readouterr().err
    assert said.count("\n") == 2
    assert said.endswith(f"{path}: the process that worked on it died twice (killed, or out of memory)\n")
    assert "A worker process died; what it was working on is done once more.\n" in said
    names = unbuilt_workshop.files()
    assert all(f"exercises/more-{number}.md" in names for number in range(3))
    assert "exercises/other.md" not in names
