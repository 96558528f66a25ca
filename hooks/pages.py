"""MkDocs hook: the order of the sections, and live reload of generated pages.

Everything a page needs is in `docs/` before a builder starts; a builder that ignores this hook
(Zensical does) builds the same pages, with the sections in the order of their names.
"""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = ("index", "exercises", "rules", "conventions", "tags")

log = logging.getLogger("mkdocs.hooks.pages")
serving = False


def on_startup(*, command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


def on_pre_build(config: Any) -> None:
    if serving:
        regenerate()
    elif not (Path(config["docs_dir"]) / "index.md").is_file():
        raise SystemExit("There are no pages yet. Run `python -m generator` first (`make site` does both).")


def on_files(files: Any, config: Any) -> None:
    """Order the navigation; titles come from the pages themselves."""
    paths = sorted((page.src_uri for page in files.documentation_pages()), key=reading_order)
    navigation: dict[str, list[str]] = {}
    for path in paths:
        section = path.split("/")[0] if "/" in path else ""
        navigation.setdefault(section or path, []).append(path)
    config["nav"] = [
        {section.replace("-", " ").capitalize(): pages} if "/" in pages[0] else pages[0]
        for section, pages in navigation.items()
    ]


def on_serve(server: Any, config: Any, builder: Any) -> None:
    server.watch(str(ROOT / "generator"))


def regenerate() -> None:
    """Run the generator in a process of its own: an engine that is loaded does not reload.

    It writes a file only if its bytes change, so that the pages it writes cause one more build and no third.
    Bytecode is not written (`-B`), since `generator/` is watched. Mistakes are the author's to see: the pages
    that stand stay on show.
    """
    status = subprocess.run([sys.executable, "-B", "-m", "generator"], cwd=ROOT, check=False).returncode
    if status:
        log.error("The generator ended with status %d; pages it could not write are shown as they were.", status)


def reading_order(path: str) -> tuple[Any, ...]:
    """Sections in the order of SECTIONS, an index before its section, and 5.8 before 5.10."""
    top, folder, name = path.split("/")[0], *path.rpartition("/")[::2]
    section = next((i for i, title in enumerate(SECTIONS) if top in (title, f"{title}.md")), len(SECTIONS))
    natural = [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path)]
    return section, folder, name != "index.md", natural
