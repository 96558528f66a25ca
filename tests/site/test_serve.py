"""`mkdocs serve` shows a change of the collection, of a template or of the engine once, and then comes to rest."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from mkdocs.livereload import LiveReloadServer

from jacobook.site import hooks
from tests.conftest import EVERY_CASE, one_in

from .conftest import furnished

BUILDING = "Building documentation..."
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


def settled(read_log, quiet: float = 2.0) -> int:
    """The number of builds, once none is running and there has been none while the server looked four times."""
    builds, since = read_log().count(BUILT), time.monotonic()
    deadline = time.monotonic() + 120
    while time.monotonic() - since < quiet:
        assert time.monotonic() < deadline, f"the server rebuilds for ever:\n{read_log()}"
        log = read_log()
        if (now := log.count(BUILT)) != builds or log.count(BUILDING) > now:
            builds, since = now, time.monotonic()
        time.sleep(0.2)
    return builds


def changes(project):
    """A file, a text in it and another text for it: of the collection, the templates and the engine."""
    package = project / "generator" / "jacobook"
    for entry in sorted((project / "collection").rglob("*.yaml")):
        if found := re.search(r"^title: (.+)$", entry.read_text("utf-8"), re.M):
            yield entry, found[1], f"{found[1]} anew"
            break
    yield package / "site" / "templates" / "exercises.md.j2", "Every page below was", "Each page below was"
    yield (
        package / "calculus" / "rules" / "table.py",
        "Product rule for the Kronecker product",
        "Product rule of Kronecker",
    )


def test_a_taken_port_is_one_sentence_before_anything_is_built(root, pages):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
        run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert BUILT not in run.stderr
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith(f"http://127.0.0.1:{port}/ cannot be served (")
    assert last.endswith(f"Choose another port, as in `make serve PORT={port + 1}`.")


def test_a_site_without_a_makefile_is_told_another_command(monkeypatch, tmp_path):
    monkeypatch.setattr(hooks, "root", tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            hooks.check_free("127.0.0.1", port)
    assert str(ended.value).endswith(f"as in `mkdocs serve --dev-addr 127.0.0.1:{port + 1}`.")


def test_make_serve_takes_a_port(root):
    command = ["make", "--dry-run", "serve", "PORT=8123"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert "--dev-addr 127.0.0.1:8123" in said


def test_the_collection_of_a_project_is_watched_with_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(hooks, "root", tmp_path)
    assert hooks.watched() == [hooks.PACKAGE]
    (tmp_path / "collection").mkdir()
    assert hooks.watched() == [hooks.PACKAGE, tmp_path / "collection"]


def test_a_build_waits_until_all_pages_are_written(monkeypatch, tmp_path):
    class Observer:
        def schedule(self, *_, **__): ...
        def start(self): ...

    monkeypatch.setattr(hooks, "Observer", Observer)
    monkeypatch.setattr(hooks, "watching", [])
    monkeypatch.setattr(hooks, "regenerate_on_changes", lambda: None)
    monkeypatch.setattr(hooks, "root", tmp_path)
    server = LiveReloadServer(lambda: None, "127.0.0.1", free_port(), str(tmp_path))
    try:
        assert server.build_delay < hooks.AT_REST
        hooks.on_serve(server, None, None)
        assert server.build_delay == hooks.AT_REST
    finally:
        server.server_close()


def with_few_planted_mistakes(package):
    """A changed engine spoils every row of its table anew, for ten seconds; here a few rows are enough."""
    module = package / "verification" / "rule_mutants.py"
    text = module.read_text("utf-8")
    every = "ROWS: tuple[DifferentialRule, ...] = (*DIFFERENTIALS, *FUNCTION_RULES)\n"
    assert every in text
    module.write_text(
        text.replace(
            every, every.replace("*DIFFERENTIALS, *FUNCTION_RULES", "*DIFFERENTIALS[:3], *FUNCTION_RULES[:3]")
        ),
        "utf-8",
    )


@pytest.mark.slow
def test_every_change_settles(root, finished_work, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(root / "generator", project / "generator", ignore=shutil.ignore_patterns("collection"))
    shutil.copytree(root / "docs" / "assets" / "mathjax", project / "docs" / "assets" / "mathjax")
    shutil.copy(root / "mkdocs.yml", project)
    furnished(project / "generator" / "jacobook")
    furnished(project)  # a collection of its own, which takes the place of that of the package
    if EVERY_CASE:  # the engine is changed
        with_few_planted_mistakes(project / "generator" / "jacobook")
    else:
        shutil.copytree(finished_work, project / ".cache" / "jacobook")

    log = tmp_path / "log"
    port = free_port()
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=project, stdout=output, stderr=subprocess.STDOUT)

    def read_log() -> str:
        return log.read_text("utf-8", errors="replace")

    try:
        assert wait_for(lambda: "Serving on" in read_log(), 180), read_log()
        before = settled(read_log)
        assert before == 1, read_log()

        for file, old, new in list(changes(project))[:: one_in(3)]:
            text = file.read_text("utf-8")
            assert old in text
            started = read_log().count(BUILDING)
            file.write_text(text.replace(old, new), "utf-8")
            assert wait_for(lambda: read_log().count(BUILDING) > started, 120), read_log()  # noqa: B023

            after = settled(read_log)
            assert after - before == 1, read_log()
            before = after
            assert not re.search(r"^(WARNING|ERROR) ", read_log(), re.M), read_log()
            written = [page for page in (project / "docs").rglob("*.md") if new in page.read_text("utf-8")]
            assert written, f"{new!r} is on no page"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/search/search_index.json") as answer:
                assert new in answer.read().decode("utf-8")

        # What changes no page builds nothing.
        noted = project / ".cache" / "jacobook" / "docs.inputs"
        inputs = noted.read_bytes()
        comment = project / "generator" / "jacobook" / "site" / "templates" / "exercises.md.j2"
        comment.write_text(f"{{# A comment. #}}{comment.read_text('utf-8')}", "utf-8")
        assert wait_for(lambda: noted.read_bytes() not in (inputs, b""), 120), read_log()
        assert settled(read_log) == before, read_log()
    finally:
        server.terminate()
        server.wait(10)
