"""The generator writes what is needed and nothing else, the same bytes every time."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from contextlib import suppress

import pytest
import yaml

from tests.conftest import one_in

from .conftest import GOOD, WORKS


def test_a_second_run_writes_nothing(workshop, capsys):
    before = workshop.times()
    assert workshop.run() == 0
    assert workshop.times() == before
    assert capsys.readouterr() == ("", "")


def test_a_run_says_in_a_line_what_it_did(unbuilt_workshop, capsys):
    """Also where nobody watches, as in a log."""
    assert unbuilt_workshop.run() == 0
    count = len(unbuilt_workshop.files())
    assert capsys.readouterr() == (f"{unbuilt_workshop.docs}: {count} written, 0 removed, 0 unchanged\n", "")
    (unbuilt_workshop.docs / "rules" / "product.md").unlink()
    assert unbuilt_workshop.run() == 0
    assert capsys.readouterr().out.endswith(f": 1 written, 0 removed, {count - 1} unchanged\n")


def test_a_lost_manifest_costs_time_and_no_page(workshop):
    (workshop.docs / ".manifest.json").write_text("{", "utf-8")
    before = {path: at for path, at in workshop.times().items() if ".manifest" not in path}
    assert workshop.run() == 0
    assert {path: at for path, at in workshop.times().items() if ".manifest" not in path} == before


def test_a_page_that_was_touched_is_mended(workshop):
    before = workshop.files()
    page = workshop.docs / "exercises" / "good.md"
    page.write_text("scribbled over", "utf-8")
    (workshop.docs / "rules" / "product.md").unlink()
    (workshop.docs / "assets" / "generated" / "navigation.json").write_text("[]", "utf-8")
    assert workshop.run() == 0
    assert workshop.files() == before


def test_pages_of_entries_that_are_gone_are_removed(workshop):
    (workshop.collection / "other.yaml").unlink()
    workshop.write("good.yaml", GOOD.replace("slug: good", "slug: better"))
    assert workshop.run() == 0
    names = set(workshop.files())
    assert {"exercises/better.md", "exercises/index.md"} <= names
    assert not {"exercises/other.md", "exercises/good.md", "assets/generated/other.yaml"} & names


def test_folders_that_are_empty_then_are_removed(workshop):
    plain = workshop.docs / "assets" / "generated" / "markdown" / "exercises"
    (workshop.docs / "exercises" / "drafts").mkdir()  # somebody's, and not emptied by us
    assert (plain / "other").is_dir()
    (workshop.collection / "other.yaml").unlink()
    assert workshop.run() == 0
    assert not (plain / "other").exists()
    assert (plain / "good").is_dir()
    assert (workshop.docs / "exercises" / "drafts").is_dir()


def test_files_of_others_are_left_alone(unbuilt_workshop):
    (unbuilt_workshop.docs / "exercises").mkdir(parents=True)
    (unbuilt_workshop.docs / "exercises" / "by-hand.md").write_text("mine", "utf-8")
    assert unbuilt_workshop.run() == 0
    assert unbuilt_workshop.run() == 0
    assert unbuilt_workshop.files()["exercises/by-hand.md"] == b"mine"


def test_check_names_what_is_stale_and_writes_nothing(unbuilt_workshop, capsys):
    assert unbuilt_workshop.run(check=True) == 1
    assert unbuilt_workshop.files() == {}
    assert unbuilt_workshop.run() == 0
    assert unbuilt_workshop.run(check=True) == 0
    assert capsys.readouterr().out.count("stale: ") >= 7
    unbuilt_workshop.write("good.yaml", GOOD.replace("Squared length", "Length, squared"))
    (unbuilt_workshop.collection / "other.yaml").unlink()
    before = unbuilt_workshop.times()
    assert unbuilt_workshop.run(check=True) == 1
    said = capsys.readouterr().out
    assert "stale: exercises/good.md\n" in said
    assert "stale: exercises/other.md (its entry is gone)\n" in said
    assert "layouts" not in said
    assert unbuilt_workshop.times() == before


def generate(workshop, *options, hash_seed="0", code=None, **more):
    command = [sys.executable, *(["-c", code] if code else ["-m", "jacobook"]), *options]
    command += [] if code else ["--docs", str(workshop.docs), "--collection", str(workshop.collection)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **more)


SAMPLE = one_in(72)
"""Every so many-th entry."""


@pytest.mark.slow
@pytest.mark.rare
def test_the_same_bytes_whatever_the_jobs_and_the_hash_seed(unbuilt_workshop, root, tmp_path, finished_work):
    collection = root / "generator" / "jacobook" / "collection"
    unbuilt_workshop.only()
    unbuilt_workshop.write("sources.yaml", (collection / "sources.yaml").read_text("utf-8"))
    for path in sorted(collection.glob("*/*.yaml"))[::SAMPLE]:
        fields = yaml.safe_load(path.read_text("utf-8")) | {"related": []}
        unbuilt_workshop.write(path.relative_to(collection).as_posix(), yaml.safe_dump(fields, sort_keys=False))
    first = generate(unbuilt_workshop, "--jobs", "1", hash_seed="1")
    before = unbuilt_workshop.files()
    said = f"{unbuilt_workshop.docs}: {len(before)} written, 0 removed, 0 unchanged\n"
    assert (first.returncode, first.stdout) == (0, said)
    # It names the published formulas that do not hold, such as det-axb's, and nothing else.
    assert all(": claims, item " in line for line in first.stderr.splitlines())
    unbuilt_workshop.docs = tmp_path / "again" / "docs"
    shutil.copytree(finished_work, unbuilt_workshop.cache)  # of the rules alone: every entry is worked out once more
    second = generate(unbuilt_workshop, "--jobs", "3", hash_seed="2")
    assert (second.returncode, second.stderr) == (0, first.stderr)
    assert unbuilt_workshop.files() == before


def test_nothing_to_do_is_found_out_without_the_engine(workshop):
    code = (
        "import sys; from pathlib import Path; from jacobook.site.generation import write_pages;"
        f"assert write_pages(Path({str(workshop.docs)!r}), Path({str(workshop.collection)!r})) == 0;"
        "print(*{'sympy', 'numpy', 'lark', 'jinja2', 'pydantic', 'rich'} & set(sys.modules))"
    )
    run = generate(workshop, code=code)
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr


def test_a_progress_bar_on_a_terminal_only(unbuilt_workshop):
    shown, terminal = pty.openpty()
    run = start_on(unbuilt_workshop, terminal)
    os.close(terminal)
    said = b""
    with suppress(OSError):  # when nothing is left to read
        # While the command runs: a terminal holds a few kilobytes, and who writes more waits until they are read.
        while part := os.read(shown, 4096):
            said += part
    os.close(shown)
    assert run.wait() == 0
    assert b"Deriving and checking" in said
    assert b"written" in said


def start_on(workshop, terminal) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "jacobook",
        "--docs",
        str(workshop.docs),
        "--collection",
        str(workshop.collection),
    ]
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"}
    return subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment)


@pytest.mark.slow
@pytest.mark.xdist_group("strict site")
def test_authors_text_is_text(strict_site):
    page = (strict_site.docs / "exercises" / "other.md").read_text("utf-8")
    assert "<script" not in page
    front = next(yaml.safe_load_all(page))
    assert front["title"].startswith("&lt;script&gt;")

    site = strict_site.folder
    html = (site / "exercises" / "other" / "index.html").read_text("utf-8")
    assert "<script>alert" not in html
    assert not re.search(r"""href=["']?javascript:alert""", html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} {% x %} | `code` ](javascript:alert(1)) **b**" in html
    assert "<strong>b</strong>" not in html
    for name in (
        "exercises/index.html",
        "tags/index.html",
        "index.html",
        "errata/index.html",
        "verification/index.html",
    ):
        assert "<script>alert" not in (site / name).read_text("utf-8"), name


@pytest.mark.usefixtures("finished_reference")
def test_check_needs_no_place_to_keep_its_work(workshop, capsys):
    """As on a read-only checkout: a file stands where the cache would be."""
    workshop.write("good.yaml", GOOD.replace("Squared length", "Length, squared"))
    shutil.rmtree(workshop.cache / "cards")
    (workshop.cache / "cards").write_text("in the way", "utf-8")
    assert workshop.run(check=True) == 1
    said = capsys.readouterr()
    assert "stale: exercises/good.md\n" in said.out
    shutil.rmtree(workshop.cache.parent)
    workshop.cache.parent.write_text("in the way", "utf-8")
    assert workshop.run(check=True) == 1
    assert capsys.readouterr() == said
    assert said.err == ""


def test_half_written_files_of_a_killed_run_are_removed(workshop):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [folder / f".norm2.md.ab12cd.{gone.pid}.partial" for folder in (workshop.docs / "rules", workshop.cache)]
    for path in left:
        path.touch()
    workshop.write("good.yaml", GOOD.replace("Squared length", "Length, squared"))
    assert workshop.run() == 0
    assert not any(path.exists() for path in left)


def test_the_record_beside_the_pages_changes_with_them_alone(workshop):
    """A server watches that folder, and builds when anything in it changes."""
    before = workshop.times()
    workshop.write("good.yaml", GOOD)
    workshop.write("sources.yaml", WORKS + "unused:\n  title: A third book\n")
    assert workshop.run() == 0
    assert workshop.times() == before
    assert workshop.run() == 0
