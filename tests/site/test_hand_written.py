"""Pages that somebody wrote by hand stand beside the generated ones: never overwritten, hidden or deleted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jacobook.files import write_file
from jacobook.site import generation

from .conftest import TITLES_BY_HAND

BY_HAND = "# Written by hand\n\nSee [the product rule](../rules/product.md).\n"


@pytest.mark.parametrize("check", [False, True])
def test_what_others_wrote_is_not_overwritten(unbuilt_workshop, capsys, check):
    mine = {"index.md": b"# Mine\n", "rules/product.md": b"# My product rule\n"}
    for name, text in mine.items():
        (unbuilt_workshop.docs / name).parent.mkdir(parents=True, exist_ok=True)
        (unbuilt_workshop.docs / name).write_bytes(text)
    assert unbuilt_workshop.run(check=check) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(
        f"{unbuilt_workshop.docs / 'index.md'}, {unbuilt_workshop.docs / 'rules/product.md'}: not written by the "
    )
    assert unbuilt_workshop.files() == mine

    for name in mine:
        (unbuilt_workshop.docs / name).unlink()
    assert unbuilt_workshop.run() == 0
    assert b"# Mine" not in unbuilt_workshop.files()["index.md"]


def test_a_home_page_of_ones_own_stays_where_its_head_says_so(unbuilt_workshop):
    mine = b"---\nhome: own\n---\n# Mine\n"
    unbuilt_workshop.docs.mkdir(parents=True, exist_ok=True)
    (unbuilt_workshop.docs / "index.md").write_bytes(mine)
    assert unbuilt_workshop.run() == 0
    assert unbuilt_workshop.files()["index.md"] == mine
    assert b"\n/index.md\n" not in unbuilt_workshop.files()[".gitignore"]
    assert unbuilt_workshop.run(check=True) == 0


def test_many_files_in_the_way_are_counted(workshop, capsys):
    for path in workshop.docs.rglob("*.md"):
        path.write_text("mine", "utf-8")
    (workshop.docs / ".manifest.json").unlink()
    capsys.readouterr()
    assert workshop.run() == 2
    said = capsys.readouterr().err
    assert said.count(".md,") == 10
    assert f" and {len(list(workshop.docs.rglob('*.md'))) - 10} more: not written" in said


def test_a_run_that_was_killed_while_it_wrote_still_knows_its_pages(unbuilt_workshop, monkeypatch):
    written: list[Path] = []

    def write_a_few(path, data):
        if len(written) == 5:
            raise KeyboardInterrupt
        written.append(path)
        return write_file(path, data)

    monkeypatch.setattr(generation, "write_file", write_a_few)
    with pytest.raises(KeyboardInterrupt):
        unbuilt_workshop.run()
    monkeypatch.setattr(generation, "write_file", write_file)
    assert len(written) == 5
    for path in written:
        path.write_bytes(path.read_bytes() + b"\n")  # as if they had been made from other entries
    assert unbuilt_workshop.run() == 0


def git(workshop, *arguments) -> str:
    command = ["git", "-c", "safe.directory=*", *arguments]
    run = subprocess.run(command, cwd=workshop.docs.parent, capture_output=True, text=True, check=True)
    return run.stdout


def test_git_sees_what_is_written_by_hand_and_nothing_else(workshop, root):
    shutil.copy(root / ".gitignore", workshop.docs.parent)
    assert workshop.run() == 0
    git(workshop, "init", "--quiet")
    for name in ("by-hand.md", "exercises/by-hand.md", "rules/notes/more.md"):
        (workshop.docs / name).parent.mkdir(parents=True, exist_ok=True)
        (workshop.docs / name).write_text(BY_HAND, "utf-8")
    shown = git(workshop, "status", "--porcelain", "--untracked-files=all", "docs")
    assert shown.splitlines() == ["?? docs/by-hand.md", "?? docs/exercises/by-hand.md", "?? docs/rules/notes/more.md"]


def test_a_list_of_ignored_files_of_somebody_else_stays(unbuilt_workshop):
    unbuilt_workshop.docs.mkdir()
    (unbuilt_workshop.docs / ".gitignore").write_text("mine\n", "utf-8")
    assert unbuilt_workshop.run() == 0
    assert unbuilt_workshop.files()[".gitignore"] == b"mine\n"
    assert unbuilt_workshop.run(check=True) == 0


def test_clean_removes_what_was_generated_alone(unbuilt_workshop, root):
    mine = {"index.html": b"1", "exercises/by-hand.md": b"2", "assets/images/a.svg": b"3", "notes/index.md": b"4"}
    for name, data in mine.items():
        (unbuilt_workshop.docs / name).parent.mkdir(parents=True, exist_ok=True)
        (unbuilt_workshop.docs / name).write_bytes(data)
    assert unbuilt_workshop.run() == 0
    # -S: no installed package is at hand.
    command = [sys.executable, "-S", "-m", "jacobook.site.clean", str(unbuilt_workshop.docs)]
    run = subprocess.run(command, cwd=root / "generator", capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    left = {path.relative_to(unbuilt_workshop.docs).as_posix() for path in unbuilt_workshop.docs.rglob("*")}
    assert left == {*mine, "exercises", "assets", "assets/images", "notes"}
    assert unbuilt_workshop.run() == 0


def test_make_clean_asks_the_record(root):
    said = subprocess.run(["make", "-n", "clean"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert "-m jacobook.site.clean" in said
    assert "find docs" not in said


@pytest.mark.slow
@pytest.mark.xdist_group("strict site")
def test_a_site_with_hand_written_pages_is_built(strict_site):
    site = strict_site.folder
    for name, title in TITLES_BY_HAND.items():
        page = site / name.removesuffix(".md").removesuffix("index") / "index.html"
        assert f"{title}</h1>" in page.read_text("utf-8") or f">{title}<" in page.read_text("utf-8")
    home = (site / "index.html").read_text("utf-8")
    assert 'href="notes/"' in home
    assert 'href="alone/"' in home
    assert "by-hand/" in (site / "exercises" / "index.html").read_text("utf-8")


def test_where_a_page_goes(root):
    code = (
        "import json, sys; from jacobook.site import hooks;"
        "print(json.dumps(hooks.with_pages(json.loads(sys.argv[1]), json.loads(sys.argv[2]))))"
    )
    navigation = [{"Home": "index.md"}, {"A": ["a/index.md", "a/x.md", {"B": ["a/b/index.md"]}]}, {"T": "tags.md"}]
    added = ["a/b/new.md", "a/new.md", "c-d/z.md", "c-d/index.md", "new.md", "a/x.md", "index.md"]
    run = subprocess.run(
        [sys.executable, "-c", code, json.dumps(navigation), json.dumps(added)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == [
        {"Home": "index.md"},
        {"A": ["a/index.md", "a/x.md", {"B": ["a/b/index.md", "a/b/new.md"]}, "a/new.md"]},
        {"T": "tags.md"},
        {"C d": ["c-d/index.md", "c-d/z.md"]},
        {"More": ["new.md"]},
    ]
