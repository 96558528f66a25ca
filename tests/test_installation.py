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
