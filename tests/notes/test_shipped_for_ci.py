"""The hook of pre-commit and the action of GitHub, used as in a repository of somebody's notes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from typing import Any

import pytest
import yaml

from jacobook.notes.notes_files import READERS
from tests.distributions import linked, needed

GOOD = "```jacobook\ngiven: [x in R^N]\nexpression: x'*x\nclaims: \"2*x'\"\n```\n"
WRONG = GOOD.replace("2*x'", "x'")


def said(*command, cwd, **more):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment | more, capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout + run.stderr


@pytest.fixture
def notes(tmp_path):
    """A repository with a note that holds, and one with a wrong claim, in a folder with a space in its name."""
    folder = tmp_path / "my notes"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD, "utf-8")
    (folder / "wrong").mkdir()
    (folder / "wrong" / "wrong.md").write_text(WRONG, "utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    return folder


def hook(root) -> dict[str, Any]:
    (only,) = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text("utf-8"))
    return only


def action(root) -> dict[str, Any]:
    return yaml.safe_load((root / "action.yml").read_text("utf-8"))


def project(root) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_hook_brings_what_notes_need_and_sees_their_files(root):
    assert hook(root)["additional_dependencies"] == project(root)["optional-dependencies"]["notes"]
    assert hook(root)["id"] == "jacobook-notes"
    for suffix in READERS:
        assert re.search(hook(root)["files"], f"a/b{suffix}")
        assert re.search(hook(root)["files"], f"a/b{suffix.upper()}")
    assert not re.search(hook(root)["files"], "a/md")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pre-commit") is None, reason="pre-commit is not installed")
def test_pre_commit_runs_the_hook(root, notes, tmp_path):
    def tried(*files):
        command = ("pre-commit", "try-repo", root, "jacobook-notes", "--verbose", "--files", *files)
        return said(*command, cwd=notes, PRE_COMMIT_HOME=str(tmp_path / "home"))

    status, output = tried("good.md")
    assert status == 0, output
    assert "1 derivation and 1 claim in 1 file: no faults." in output
    status, output = tried("good.md", "wrong/wrong.md")
    assert status == 1, output
    assert re.search(r"^wrong/wrong\.md:4:10: ", output, re.MULTILINE)


def test_the_action_says_what_it_takes(root):
    described = action(root)
    assert list(described["inputs"]) == ["paths", "layout", "version"]
    assert all(one["description"].endswith(".") for one in described["inputs"].values())
    steps = described["runs"]["steps"]
    assert described["runs"]["using"] == "composite"
    assert [one.get("uses", "").partition("@")[0] for one in steps[:2]] == ["actions/setup-python", "actions/cache"]
    cache = steps[1]["with"]
    assert cache["path"] == ".cache/jacobook"
    assert cache["key"].startswith(cache["restore-keys"])
    # What a user has typed is never a part of a script.
    assert not any("${{" in one.get("run", "") for one in steps)


def steps(root, notes, temporary, packages, only=None, **inputs) -> tuple[int, str]:
    """Run the steps of the action that are scripts, or the one of a name, until one fails, as the runner does.

    What Jacobook needs is found in the folder of `packages`, and so is not fetched.
    """
    described = action(root)
    known = {f"inputs.{name}": one["default"] for name, one in described["inputs"].items()}
    known |= {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(root)}
    path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
    written = ""
    for step in described["runs"]["steps"]:
        if "run" not in step or only not in (None, step["name"]):
            continue
        own = {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], value)
            for name, value in step["env"].items()
        }
        shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
        runner = {"RUNNER_TEMP": str(temporary), "GITHUB_ACTIONS": "true", "PYTHONPATH": str(packages)}
        status, output = said(*shell, cwd=notes, **own, PATH=path, **runner)
        written += output
        if status:
            return status, written
    return 0, written


CHECK = "Check the notes"


@pytest.mark.slow
def test_the_steps_of_the_action_check_notes(root, notes, tmp_path):
    temporary, packages = tmp_path / "runner temp", tmp_path / "packages"
    temporary.mkdir()
    packages.mkdir()
    own = project(root)
    linked(needed([*own["dependencies"], *own["optional-dependencies"]["notes"]]), packages)
    status, output = steps(root, notes, temporary, packages, paths="good.md")
    assert status == 0, output
    assert output.endswith("1 derivation and 1 claim in 1 file: no faults.\n")
    assert (notes / ".cache" / "jacobook").is_dir()
    status, output = steps(root, notes, temporary, packages, CHECK, paths="good.md\nwrong\n", layout="jacobian")
    assert status == 1
    assert "::error file=wrong/wrong.md,line=4,col=10,title=A claim does not hold::" in output
    status, output = steps(root, notes, temporary, packages, CHECK, layout="rows")
    assert status == 2
    assert "'rows' is not one of" in output
    status, output = steps(root, notes, temporary, packages, CHECK, paths="*.md; touch stolen")
    assert status == 2
    assert not (notes / "stolen").exists()
