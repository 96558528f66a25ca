"""Files appear whole or not at all, and what a killed process left half-written goes away."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jacobook.files import PARTIAL, remove_left_over, replacing, write_file

KILLED = """
import os, signal, sys
from pathlib import Path
from jacobook.files import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_removed(root, tmp_path):
    page = tmp_path / "rules" / "norm2.md"
    assert write_file(page, b"whole")
    run = subprocess.run([sys.executable, "-c", KILLED, str(page)], cwd=root, check=False)
    assert run.returncode == -signal.SIGKILL
    assert page.read_bytes() == b"whole"
    assert len(list(page.parent.iterdir())) == 2
    remove_left_over(tmp_path)
    assert list(page.parent.iterdir()) == [page]


def test_what_is_being_written_stays(tmp_path):
    page = tmp_path / "page.md"
    others = [tmp_path / f".by-hand{PARTIAL}", tmp_path / f"notes.1{PARTIAL}", tmp_path / f".init.1{PARTIAL}"]
    for other in others:  # not ours, not hidden, of a process that runs
        other.touch()
    with replacing(page) as file:
        remove_left_over(tmp_path)
        file.write(b"new")
    assert page.read_bytes() == b"new"
    assert sorted(tmp_path.iterdir()) == sorted([page, *others])


def test_after_a_mistake_nothing_is_left(tmp_path):
    page = tmp_path / "page.md"
    page.write_bytes(b"old")
    with pytest.raises(TypeError), replacing(page) as file:
        file.write("no bytes")  # type: ignore[call-overload]
    assert page.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["page.md"]


def test_a_link_stays_a_link_and_a_file_keeps_its_permissions(tmp_path):
    target, link = tmp_path / "elsewhere" / "page.md", tmp_path / "page.md"
    target.parent.mkdir()
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to(target)
    assert write_file(link, b"new")
    assert (link.is_symlink(), target.read_bytes(), target.stat().st_mode & 0o777) == (True, b"new", 0o600)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_what_is_no_file_is_written_into(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        assert write_file(pipe, b"whole")
        assert reader.communicate()[0] == b"whole"
    assert pipe.is_fifo()
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="streams that have names")
def test_a_stream_that_has_a_name_is_written_into():
    """As `/dev/stdout` is; the name of the pipe behind it is the name of no file."""
    reads, writes = os.pipe()
    try:
        assert write_file(Path(f"/dev/fd/{writes}"), b"whole")
        assert os.read(reads, 100) == b"whole"
    finally:
        os.close(reads)
        os.close(writes)


def test_what_cannot_be_written_is_named_itself(tmp_path, monkeypatch):
    def refused(**_):
        raise OSError(errno.EROFS, "Read-only file system", "/some/.page.md.x.partial")

    monkeypatch.setattr("jacobook.files.tempfile.mkstemp", refused)
    with pytest.raises(OSError, match="Read-only") as raised:
        write_file(tmp_path / "page.md", b"new")
    assert raised.value.filename == str(tmp_path / "page.md")
