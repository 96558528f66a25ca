"""`jacobook new site`: a folder to begin with."""

from __future__ import annotations

import errno

import yaml

from jacobook.files import write_file
from jacobook.language import parse_statement
from jacobook.site import new_command
from jacobook.site.entry_files import read_entry
from jacobook.site.generation import OWN_HOME
from tests.commands import in_process


def test_a_site_is_begun(tmp_path):
    folder = tmp_path / "my site"
    ran = in_process("new", "site", str(folder))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "jacobook build && mkdocs build --strict" in ran.stdout
    assert "npm install mathjax@4" in ran.stdout
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert files == [".gitignore", "collection/example.yaml", "docs/index.md", "mkdocs.yml"]
    entry = read_entry(folder / "collection" / "example.yaml")
    assert parse_statement(entry.given, entry.expression, entry.wrt).wrt.name == "x"
    assert yaml.safe_load((folder / "mkdocs.yml").read_text("utf-8"))["plugins"] == ["search", "tags", "jacobook-site"]
    home = (folder / "docs" / "index.md").read_text("utf-8")
    assert OWN_HOME.match(home)
    assert f"(exercises/{entry.slug}.md)" in home


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").touch()
    ran = in_process("new", "site", str(tmp_path))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"{tmp_path}: is not empty; it is left as it is\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    ran = in_process("new", "site", str(tmp_path / "file" / "site"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.endswith("cannot be written (Not a directory)\n")


def test_a_site_that_was_not_finished_can_be_begun_again(tmp_path, monkeypatch):
    folder = tmp_path / "site"

    def full(path, data):
        if path.name == "index.md":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_file(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(new_command, "write_file", full)
        ran = in_process("new", "site", str(folder))
    assert (ran.returncode, ran.stderr) == (2, f"{folder}: cannot be written (No space left on device)\n")
    assert list(folder.iterdir()) == []
    assert in_process("new", "site", str(folder)).returncode == 0


def test_a_home_page_of_ones_own_says_so_in_its_head():
    for text, is_own in (
        ("---\nhome: own\n---\n# Mine", True),
        ("---\ntitle: x\nhome: own\n---\n", True),
        ("---\ntitle: x\n---\nhome: own\n", False),
        ("# Mine\nhome: own\n", False),
    ):
        assert bool(OWN_HOME.match(text)) is is_own
