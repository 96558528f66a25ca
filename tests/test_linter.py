"""The linter and the formatter read every Python file of the project."""

from __future__ import annotations

import subprocess
import sys


def lines(*command: str, cwd) -> set[str]:
    return set(subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout.splitlines())


def test_the_linter_sees_every_file_that_git_knows(root):
    known = {
        str(root / name) for name in lines("git", "ls-files", "*.py", "*.pyi", cwd=root) if (root / name).is_file()
    }
    seen = lines(sys.executable, "-m", "ruff", "check", "--show-files", cwd=root)
    assert len(known) > 300
    assert known - seen == set()


def test_the_formatter_leaves_pages_alone(root):
    """Golden pages hold code as the generator prints it."""
    command = [sys.executable, "-m", "ruff", "format", "--check", "tests/golden"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "would" not in run.stdout
