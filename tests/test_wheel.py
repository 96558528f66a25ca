"""The wheel, installed into a fresh environment and used from an empty folder: nothing comes from the clone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from tests.distributions import linked, needed

pytestmark = pytest.mark.slow

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
EXAMPLE = re.compile(r"```yaml\n(# yaml-language-server.*?)```", re.DOTALL)
"""The entry that README.md prints."""
MISSING = 'Pages need packages that are not installed; pip install "jacobook[site]"\n'


def run(*command, cwd, packages="", **more):
    """Run a command that finds no package of this environment but those in the folder of `packages`."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= {"PYTHONPATH": str(packages)} if packages else {}
    options = {"capture_output": True, "text": True} | more
    return subprocess.run(list(map(str, command)), cwd=cwd, env=environment, check=False, **options)


def pip_wheel(source: Path, folder: Path) -> Path:
    made = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source, cwd=folder)
    assert made.returncode == 0, made.stderr
    (found,) = folder.glob("jacobook-*.whl")
    return found


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory) -> Path:
    return pip_wheel(root, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def scripts(wheel, tmp_path_factory) -> Path:
    """The scripts of a new environment that holds the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet", "--no-deps", wheel)
    installed = run(*pip, cwd=folder)
    assert installed.returncode == 0, installed.stderr
    return folder / "bin"


@pytest.fixture(scope="module")
def requirements(wheel) -> list[str]:
    (info,) = (one for one in zipfile.Path(wheel).iterdir() if one.name.endswith(".dist-info"))
    return PathDistribution(info).requires or []


@pytest.fixture(scope="module")
def engine(requirements, tmp_path_factory) -> Path:
    """What the wheel needs at least."""
    names = needed(requirements)
    assert names == {"click", "lark", "mpmath", "numpy", "sympy"}
    return linked(names, tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def pages_too(requirements, tmp_path_factory) -> Path:
    """What the wheel needs with its extra `site`."""
    return linked(needed(requirements, "site"), tmp_path_factory.mktemp("pages"))


@pytest.fixture
def unchanged(scripts):
    """Nothing is written into the installation while a test runs."""

    def installed() -> dict[Path, int]:
        files = (path for path in scripts.parent.rglob("*") if path.is_file() and path.suffix != ".pyc")
        return {path: path.stat().st_mtime_ns for path in files}

    before = installed()
    yield
    assert installed() == before, "the installation was written into"


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_all_that_a_site_needs(wheel, root):
    package = root / "generator" / "jacobook"
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    names = {path.relative_to(package.parent).as_posix() for path in files}
    for name in (
        "jacobook/py.typed",
        "jacobook/language/grammar.lark",
        "jacobook/calculus/proofs/arguments/algebra.md",
        "jacobook/collection/sources.yaml",
        "jacobook/collection/entry.schema.json",
        "jacobook/collection/mml/mml-5-1.yaml",
        "jacobook/site/hooks.py",
        "jacobook/site/templates/entry.md.j2",
        "jacobook/site/typesetting/typeset.cjs",
        "jacobook/site/theme/main.html",
        "jacobook/site/static/service-worker.js",
        "jacobook/site/static/assets/stylesheets/jacobook.css",
        "jacobook/site/static/assets/javascripts/jacobook.js",
    ):
        assert name in names
    assert {name for name in contents(wheel) if ".dist-info/" not in name} == names


@pytest.mark.rare
def test_the_source_distribution_gives_the_same_wheel(wheel, root, tmp_path):
    backend = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target", tmp_path / "backend", *backend)
    assert run(*pip, cwd=tmp_path).returncode == 0
    hatchling = (sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", tmp_path)
    made = run(*hatchling, cwd=root, packages=tmp_path / "backend")
    assert made.returncode == 0, made.stderr
    (archive,) = tmp_path.glob("jacobook-*.tar.gz")
    with tarfile.open(archive) as opened:
        tops = {name.split("/")[1] for name in opened.getnames()}
    assert {"generator", "mkdocs.yml", "LICENSE", "README.md", "pyproject.toml", "PKG-INFO"} <= tops
    assert not tops & {"tests", "docs", "site", ".cache", "node_modules"}
    (tmp_path / "again").mkdir()
    assert contents(pip_wheel(archive, tmp_path / "again")) == contents(wheel)


def test_four_packages_are_enough_for_every_command_but_build(scripts, engine, unchanged, tmp_path):
    def jacobook(*arguments, **more):
        return run(scripts / "jacobook", *arguments, cwd=tmp_path, packages=engine, **more)

    place = run(scripts / "python", "-c", "import jacobook; print(jacobook.__file__)", cwd=tmp_path).stdout
    assert place.startswith(str(scripts.parent))
    derived = jacobook("derive", "x'*x", "--given", "x in R^N", "--format", "json")
    assert derived.returncode == 0, derived.stderr
    assert json.loads(derived.stdout)["text"] == "2*x'"
    for answer, status in (("2*x'", 0), ("x'", 1)):
        assert jacobook("check", "x'*x", "--given", "x in R^N", "--answer", answer).returncode == status
    rules = jacobook("rules").stdout.splitlines()
    assert rules[0].split("  ")[0] == "slug"
    assert any(re.match(r"product +Product rule +d", line) for line in rules)
    assert "Usage: jacobook" in jacobook().stdout
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "cases.jsonl").write_text('{"id": 1, "given": ["x in R^N"], "expr": "x\'*x"}\n', "utf-8")
    shown, terminal = os.openpty()
    batch = jacobook("derive", "--batch", "cases.jsonl", "--output", "out.jsonl", stderr=terminal, capture_output=False)
    os.close(terminal)
    os.close(shown)
    assert batch.returncode == 0
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8"))["text"] == "2*x'"
    code = "from jacobook import derive; print(derive(\"x'*x\", given='x in R^N').result)"
    assert run(scripts / "python", "-c", code, cwd=tmp_path, packages=engine).stdout == "2*x'\n"


def test_pages_without_their_packages_are_one_sentence(scripts, engine, unchanged, tmp_path):
    (tmp_path / "collection").mkdir()
    (tmp_path / "collection" / "squared-length.yaml").write_text(ENTRY, "utf-8")
    for command in ([scripts / "jacobook", "build"], [scripts / "python", "-m", "jacobook.site.schema"]):
        said = run(*command, cwd=tmp_path, packages=engine)
        assert (said.returncode, said.stdout, said.stderr) == (2, "", MISSING)
    assert [path.name for path in tmp_path.iterdir()] == ["collection"]


def test_a_folder_of_entries_becomes_pages_where_one_stands(scripts, pages_too, unchanged, root, pages, tmp_path):
    # What the clone found out about its rules is true of the same engine in the wheel, and takes 20 seconds.
    shutil.copytree(root / ".cache" / "jacobook", tmp_path / ".cache" / "jacobook")

    def build(*options):
        built = run(scripts / "jacobook", "build", *options, cwd=tmp_path, packages=pages_too)
        assert (built.returncode, built.stderr) == (0, "")

    (tmp_path / "collection").mkdir()
    (tmp_path / "collection" / "squared-length.yaml").write_text(ENTRY, "utf-8")
    build()
    page = (tmp_path / "docs" / "exercises" / "squared-length.md").read_text("utf-8")
    assert r"2\boldsymbol{x}^{\top}" in page
    assert (tmp_path / "docs" / "assets" / "stylesheets" / "jacobook.css").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".cache", "collection", "docs"]

    example = EXAMPLE.search((root / "README.md").read_text("utf-8"))
    assert example is not None
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "entry.yaml").write_text(example[1], "utf-8")
    build("--collection", "mine", "--docs", "pages")
    page = (tmp_path / "pages" / "exercises" / "logarithm-of-a-squared-length.md").read_text("utf-8")
    assert "Mathematics for Machine Learning" in page
    assert not (tmp_path / "pages" / "exercises" / "squared-length.md").exists()


def test_a_site_of_ones_own_is_begun_and_built(scripts, pages_too, unchanged, root, pages, tmp_path):
    """What README.md says of a site in a repository of its own, with a page written by hand."""

    def said(*command):
        ran = run(*command, cwd=tmp_path / "my site", packages=pages_too)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    begun = run(scripts / "jacobook", "new", "site", "my site", cwd=tmp_path, packages=pages_too)
    assert (begun.returncode, begun.stderr) == (0, "")
    again = run(scripts / "jacobook", "new", "site", "my site", cwd=tmp_path, packages=pages_too)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "my site: is not empty; it is left as it is\n"
    shutil.copytree(root / ".cache" / "jacobook", tmp_path / "my site" / ".cache" / "jacobook")
    (tmp_path / "my site" / "docs" / "by-hand.md").write_text("# By hand\n", "utf-8")
    said(scripts / "jacobook", "build")
    built = said(scripts / "python", "-m", "mkdocs", "build", "--strict")
    assert built.count("MathJax is not installed here, so that pages show formulas as TeX: npm install") == 1
    site = tmp_path / "my site" / "site"
    page = (site / "exercises" / "squared-distance" / "index.html").read_text("utf-8")
    assert r"\boldsymbol{x} - \boldsymbol{a}" in page
    assert "assets/stylesheets/site.css" in page
    assert "search-worker.js" in page
    home = (site / "index.html").read_text("utf-8")
    assert "This page is written by hand" in home
    beside = (site / "errata" / "index.html").read_text("utf-8")  # the page before it in the navigation
    assert "By hand" in beside
    assert (site / "assets" / "javascripts" / "site.js").is_file()
