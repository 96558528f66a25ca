"""MkDocs hook: the navigation, and live reload of generated pages.

Everything a page needs is in `docs/` before a builder starts; a builder that ignores this hook
(Zensical does) builds the same pages, with the sections in the order of their names.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from generator.files import write_file
from generator.site.typesetting import FormulaError, NoTypesetter, Typesetter

ROOT = Path(__file__).resolve().parent.parent
NAVIGATION = "assets/generated/navigation.json"
REDIRECT = re.compile(r"---\ntitle: .*\nredirect: ")
"""How the page of a former address begins."""

FORMULAS = "assets/stylesheets/formulas.css"

log = logging.getLogger("mkdocs.hooks.pages")
serving = False
typesetter = Typesetter(ROOT / "node_modules", ROOT / ".cache" / "formulas.json")
is_typeset = False


def on_startup(*, command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


def on_pre_build(config: Any) -> None:
    if serving:
        regenerate()
    elif not (Path(config["docs_dir"]) / "index.md").is_file():
        raise SystemExit("There are no pages yet. Run `python -m generator` first (`make site` does both).")


def on_files(files: Any, config: Any) -> None:
    """Take the navigation that the generator wrote, where former addresses are left out on purpose.

    Titles come from the pages themselves.
    """
    try:
        config["nav"] = json.loads((Path(config["docs_dir"]) / NAVIGATION).read_text(encoding="utf-8"))
    except OSError as error:
        raise SystemExit("There are no pages yet. Run `python -m generator` first (`make site` does both).") from error
    for file in files.documentation_pages():
        if REDIRECT.match(file.content_string):
            file.inclusion = type(file.inclusion).NOT_IN_NAV


def on_env(env: Any, config: Any, files: Any) -> None:
    """Typeset all formulas of all pages at once."""
    global is_typeset
    pages = [file.page for file in files.documentation_pages() if file.page and file.page.content]
    try:
        typesetter.prepare(page.content for page in pages)
    except NoTypesetter as error:
        is_typeset = False
        log.info("%s: formulas are left to the reader's browser.", error)
    except FormulaError as error:
        raise PluginError(f"A formula cannot be typeset. {error}") from error
    else:
        is_typeset = True
        config["extra_css"].insert(0, FORMULAS)


def on_post_page(output: str, page: Any, config: Any) -> str:
    return typesetter.typeset_page(output) if is_typeset else output


def on_post_build(config: Any) -> None:
    if is_typeset:
        write_file(Path(config["site_dir"]) / FORMULAS, typesetter.style_sheet().encode())


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
