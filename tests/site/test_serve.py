"""`mkdocs serve` shows a change of the collection once, and then comes to rest."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

BUILT = "Documentation built in"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def settled(read_log, quiet: float = 4.0) -> int:
    """The number of builds, once there has been none for some seconds."""
    builds, since = read_log().count(BUILT), time.monotonic()
    deadline = time.monotonic() + 90
    while time.monotonic() - since < quiet:
        assert time.monotonic() < deadline, f"the server rebuilds for ever:\n{read_log()}"
        if (now := read_log().count(BUILT)) != builds:
            builds, since = now, time.monotonic()
        time.sleep(0.2)
    return builds


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_one_change_settles(root, pages, tmp_path):
    project = tmp_path / "project"
    ignored = shutil.ignore_patterns("__pycache__", ".venv", ".git", "node_modules", "site-packages", "tests")
    for name in ("generator", "docs", "hooks"):
        shutil.copytree(root / name, project / name, ignore=ignored)
    shutil.copy(root / "mkdocs.yml", project)
    if (root / ".cache").is_dir():
        shutil.copytree(root / ".cache", project / ".cache")

    log = tmp_path / "log"
    port = free_port()
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=project, stdout=output, stderr=subprocess.STDOUT)

    def read_log() -> str:
        return log.read_text("utf-8", errors="replace")

    try:
        assert wait_for(lambda: "Serving on" in read_log(), 60), read_log()
        before = settled(read_log)

        entries = sorted((project / "generator" / "collection").rglob("*.yaml"))
        changed, title = next(
            (entry, found.group(1))
            for entry in entries
            if (found := re.search(r"^\s*-?\s*title: *['\"]?([^'\"\n]+)", entry.read_text("utf-8"), re.M))
        )
        changed.write_text(changed.read_text("utf-8").replace(title, f"{title} anew", 1), "utf-8")

        after = settled(read_log)
        assert 1 <= after - before <= 2, read_log()
        assert not re.search(r"^(WARNING|ERROR) ", read_log(), re.M), read_log()
        written = [page for page in (project / "docs").rglob("*.md") if f"{title} anew" in page.read_text("utf-8")]
        assert written, "the change is on no page"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/search/search_index.json") as answer:
            assert f"{title} anew" in answer.read().decode("utf-8")
    finally:
        server.terminate()
        server.wait(10)
