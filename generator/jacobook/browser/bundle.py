"""What a browser loads of the engine, written below `docs/`: made by Pyodide under Node, when a site is built.

`python -m jacobook.browser.bundle` makes it where `node_modules/` and `docs/` are; so does `make assets`.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from jacobook.browser.protocol import PROTOCOL
from jacobook.files import write_file
from jacobook.site.manifest import digest_of_files

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
ROOMS = (
    "algebra",
    "language",
    "calculus",
    "verification",
    "rendering",
    "browser",
    "site/pages",
    "site/plots",
    "site/templates",
)
"""Of what the bundle is made, and with what."""
PACKAGES = ("lark", "jinja2", "markupsafe")
"""Packages whose modules are in it."""
RUNTIME = "assets/runtime"
"""The folder below `docs/`; it holds one bundle in a folder of its own, and says which."""
INDEX = "runtime.json"
QUICK, SMALLEST = 5, 11
"""How hard brotli tries: a second, or a minute for a tenth fewer bytes."""


class BundleError(Exception):
    """The bundle cannot be made; the message says what to do."""


def bundle(node_modules: Path, docs: Path, quality: int = QUICK) -> Path:
    """Return the folder of the bundle below `docs`, made anew where what it is made of has changed.

    Raises BundleError where Node or Pyodide is missing, or the engine does not run in it.
    """
    pyodide = node_modules / "pyodide"
    if not (pyodide / "package.json").is_file():
        raise BundleError(f"{pyodide} is missing. Run `make assets` (or `npm ci`) first.")
    runtime = docs / RUNTIME
    version = json.loads((pyodide / "package.json").read_text("utf-8"))["version"]
    name = _key(version, quality)
    folder = runtime / name
    if not (folder / INDEX).is_file():
        node = shutil.which("node")
        if node is None:
            raise BundleError("Node is not on the PATH, and the engine for browsers has to be made anew")
        runtime.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=runtime, prefix=".") as made:
            report = _run(node, pyodide, Path(made), quality)
            _write_notices(Path(made), version)
            write_file(Path(made) / INDEX, (json.dumps(report, indent=1) + "\n").encode())
            Path(made).rename(folder)
            Path(made).mkdir()  # for what removes it
    for old in runtime.iterdir():
        if old.is_dir() and old != folder:
            shutil.rmtree(old)
    info = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))["info"]
    index = {"protocol": PROTOCOL, "folder": name, "info": info}
    write_file(runtime / INDEX, (json.dumps(index) + "\n").encode())
    return folder


def _key(version: str, quality: int) -> str:
    """Return a name for the bundle: another one where anything is different of which it is made."""
    files = [path for room in ROOMS for path in (PACKAGE / room).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    files += [PACKAGE / "site" / "worked_entry.py", PACKAGE / "site" / "page_templates.py", PACKAGE / "facade.py"]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "versions"
        listed.write_text("\n".join([f"pyodide {version}, quality {quality}", *versions]), "utf-8")
        return digest_of_files([listed], Path(folder))[:8] + digest_of_files(files, PACKAGE)[:8]


def _run(node: str, pyodide: Path, out: Path, quality: int) -> Any:
    packages = Path(str(importlib.metadata.distribution("lark").locate_file("lark"))).resolve().parent
    request = {
        "pyodide": f"{pyodide.resolve()}/",
        "folders": [str(HERE / "numpy_stand_in"), str(PACKAGE.parent), str(packages)],
        "out": str(out.resolve()),
        "quality": quality,
    }
    run = subprocess.run(
        [node, str(HERE / "bundle.mjs")],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        raise BundleError(f"the engine cannot be made ready for browsers: {run.stderr.strip()}")
    return json.loads(run.stdout)


def _write_notices(folder: Path, version: str) -> None:
    """Write whose work the bundle holds, with the licences."""
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    parts = [
        f"Pyodide {version}: Mozilla Public License 2.0, https://mozilla.org/MPL/2.0/\n"
        "Its source: https://github.com/pyodide/pyodide",
        "CPython, its interpreter and standard library: Python Software Foundation License, "
        "https://docs.python.org/3/license.html",
    ]
    if python.is_file():
        parts.append(python.read_text("utf-8"))
    for name in PACKAGES:
        found = importlib.metadata.distribution(name)
        texts = [Path(str(found.locate_file(file))) for file in found.files or () if "LICEN" in file.name.upper()]
        said = "\n".join(text.read_text("utf-8").strip() for text in texts if text.is_file())
        parts.append(f"{name} {found.version}\n\n{said}")
    (folder / "NOTICES.txt").write_text("\n\n----\n\n".join(parts) + "\n", "utf-8")


def main() -> int:
    """Exit status 0, or 2 where the bundle cannot be made."""
    arguments = argparse.ArgumentParser(prog="python -m jacobook.browser.bundle", description=bundle.__doc__)
    arguments.add_argument(
        "--smallest", action="store_true", help="compress for a minute: for a site that is published"
    )
    asked = arguments.parse_args()
    try:
        bundle(Path("node_modules"), Path("docs"), SMALLEST if asked.smallest else QUICK)
    except BundleError as error:
        print(f"Jacobook: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Jacobook: {error.filename or 'docs'}: cannot be written ({error.strerror})", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
