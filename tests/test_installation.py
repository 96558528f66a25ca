"""What `make` installs works in a folder with any name, and with any locale."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path


def test_the_package_is_found_below_a_name_that_ascii_lacks(tmp_path):
    """Python 3.11 and 3.12 read a .pth file in the encoding of the locale."""
    folder = tmp_path / "Größe ∂"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
    (folder / "generator" / "jacobook").mkdir(parents=True)
    (folder / "generator" / "jacobook" / "__init__.py").touch()
    way = Path(sysconfig.get_path("purelib"), "_jacobook.pth")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    shutil.copy(way, folder / ".venv" / "lib" / version / "site-packages")
    run = subprocess.run(
        [folder / ".venv" / "bin" / "python", "-c", "import jacobook; print(ascii(jacobook.__file__))"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.decode("ascii").strip() == ascii(str(folder / "generator" / "jacobook" / "__init__.py"))


def without_node(folder):
    """A folder of commands, with those that the Makefile needs and no Node."""
    folder.mkdir()
    for name in ("bash", "sh", "make", "touch", "env"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


def set_up(root, project):
    """A project in which everything is installed, as far as make can see."""
    for name in ("Makefile", "package.json", "package-lock.json", ".npmrc", "pyproject.toml"):
        shutil.copy(root / name, project)
    for lock in root.glob("requirements*.lock"):
        shutil.copy(lock, project)
    for name in (".venv/bin/python", ".venv/.runtime", "node_modules/.stamp"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()


def test_a_node_that_has_gone_is_installed_anew(root, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    set_up(root, project)
    commands = without_node(tmp_path / "commands")

    def planned():
        run = ["make", "--dry-run", "assets"]
        environment = {"PATH": str(commands)}
        return subprocess.run(run, cwd=project, env=environment, capture_output=True, text=True, check=True).stdout

    assert "requirements-node.lock" in planned()
    for name, says in (("npm", "10"), ("node", "20")):
        (commands / name).write_text(f"#!/bin/sh\necho {says}\n")
        (commands / name).chmod(0o755)
    assert "requirements-node.lock" not in planned()
