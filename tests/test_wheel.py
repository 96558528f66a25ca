"""The wheel, installed into a fresh environment and used from an empty folder: nothing comes from the clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ENTRY = """\
slug: squared-length
group: exercise
title: Squared length
sources: [{name: My notes}]
question: Differentiate the squared length of a vector.
given: [x in R^N]
expression:
  - x'*x
"""


def run(*command, cwd):
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    made = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, root, cwd=folder)
    assert made.returncode == 0, made.stderr
    (found,) = folder.glob("jacobook-*.whl")
    return found


@pytest.fixture(scope="module")
def scripts(wheel, tmp_path_factory) -> Path:
    """The scripts of a new environment that holds the wheel; the packages that it needs are those of this one.

    They are found by a path file. Those of the folder that it names are not read, so that the clone is not found.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel)
    installed = run(*pip, cwd=folder)
    assert installed.returncode == 0, installed.stderr
    library = next((folder / "lib").glob("python*")) / "site-packages"
    (library / "needed.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return folder / "bin"


def test_the_wheel_holds_all_that_a_site_needs(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "jacobook/py.typed",
        "jacobook/language/grammar.lark",
        "jacobook/calculus/proofs/arguments/algebra.md",
        "jacobook/collection/sources.yaml",
        "jacobook/site/hooks.py",
        "jacobook/site/templates/entry.md.j2",
        "jacobook/site/typesetting/typeset.cjs",
        "jacobook/site/theme/main.html",
        "jacobook/site/static/service-worker.js",
        "jacobook/site/static/assets/stylesheets/jacobook.css",
        "jacobook/site/static/assets/javascripts/jacobook.js",
    ):
        assert name in names
    assert not any(name.startswith(("tests", "docs")) for name in names)


def test_derive_and_check_from_an_empty_folder(scripts, tmp_path):
    place = run(scripts / "python", "-c", "import jacobook; print(jacobook.__file__)", cwd=tmp_path).stdout
    assert place.startswith(str(scripts.parent))
    derived = run(scripts / "jacobook", "derive", "x'*x", "--given", "x in R^N", "--format", "json", cwd=tmp_path)
    assert derived.returncode == 0, derived.stderr
    assert json.loads(derived.stdout)["text"] == "2*x'"
    for answer, status in (("2*x'", 0), ("x'", 1)):
        command = ("check", "x'*x", "--given", "x in R^N", "--answer", answer)
        assert run(scripts / "jacobook", *command, cwd=tmp_path).returncode == status
    said = run(scripts / "jacobook", cwd=tmp_path)
    assert "Usage: jacobook" in said.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_entries_becomes_pages_where_one_stands(scripts, tmp_path):
    def installed() -> dict[Path, int]:
        files = (path for path in scripts.parent.rglob("*") if path.is_file() and path.suffix != ".pyc")
        return {path: path.stat().st_mtime_ns for path in files}

    before = installed()
    (tmp_path / "collection").mkdir()
    (tmp_path / "collection" / "squared-length.yaml").write_text(ENTRY, "utf-8")
    built = run(scripts / "jacobook", "build", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    page = (tmp_path / "docs" / "exercises" / "squared-length.md").read_text("utf-8")
    assert r"2\boldsymbol{x}^{\top}" in page
    assert (tmp_path / "docs" / "assets" / "stylesheets" / "jacobook.css").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".cache", "collection", "docs"]
    assert installed() == before, "the installation was written into"
