"""The commands `jacobook new …`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from jacobook.files import remove_empty, write_file
from jacobook.site import missing_packages
from jacobook.terminal import BAD_INPUT

STARTERS = Path(__file__).resolve().parent / "new_site"
PLACES = {
    "mkdocs.yml": "mkdocs.yml",
    "example.yaml": "collection/example.yaml",
    "index.md": "docs/index.md",
    "gitignore": ".gitignore",
}
"""What is written, and where."""


@click.group("new", short_help="Begin something of your own: a site.")
def new_things() -> None:
    """Begin something of your own."""


def _take_back(written: Iterable[Path], folder: Path) -> None:
    """Remove what was written, so that the folder can be asked for again."""
    with suppress(OSError):
        for path in written:
            path.unlink()
        for place in PLACES.values():
            remove_empty((folder / place).parent, folder)


@new_things.command("site", short_help="Begin a site with a collection of your own.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
def new_site(folder: Path) -> None:
    """Write what a site with a collection of your own needs into FOLDER, which is new or empty.

    \b
    jacobook new site my-site && cd my-site
    jacobook build && mkdocs build --strict
    """  # noqa: D301
    written: list[Path] = []
    try:
        if folder.is_dir() and any(folder.iterdir()):
            print(f"{folder}: is not empty; it is left as it is", file=sys.stderr)
            sys.exit(BAD_INPUT)
        for source, place in PLACES.items():
            write_file(folder / place, (STARTERS / source).read_bytes())
            written.append(folder / place)
    except OSError as error:
        _take_back(written, folder)
        print(f"{folder}: cannot be written ({error.strerror})", file=sys.stderr)
        sys.exit(BAD_INPUT)
    print(f"{folder}: {', '.join(PLACES.values())} written. In that folder, next:")
    print("    jacobook build && mkdocs build --strict")
    print("Formulas are typeset where Node and MathJax are installed:")
    print("    npm install mathjax@4 @mathjax/mathjax-newcm-font@4 && python -m jacobook.site.assets")
    if missing := missing_packages():
        print(missing, file=sys.stderr)
