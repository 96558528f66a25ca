"""MkDocs hook: the navigation, plain copies beside the pages, and live reload of generated pages.

Everything a page needs is in `docs/` before a builder starts; a builder that ignores this hook
(Zensical does) builds the same pages, with the sections in the order of their names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any

from mkdocs.exceptions import PluginError
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from jacobook.files import write_file
from jacobook.site.served_address import check_address
from jacobook.site.typesetting import FormulaError, NoTypesetter, Typesetter
from jacobook.site.typesetting.deferred import deferred

PACKAGE = Path(__file__).resolve().parent.parent
root = Path()
"""The folder of the project: where its `mkdocs.yml` is."""
NAVIGATION = "assets/generated/navigation.json"
LIST, ROBOTS = "llms.txt", "robots.txt"
"""What the generator wrote without knowing the address of the site."""
COPIES = "assets/generated/markdown/"
"""Where the plain copies of pages are, under names that no builder takes for pages."""
WORKER = "service-worker.js"

STYLES, SCRIPTS = "assets/stylesheets/site.css", "assets/javascripts/site.js"
"""All style sheets of the theme and of the site in one file, and all scripts: a browser starts sooner."""
THEME_LINKS = re.compile(
    r'<link rel="stylesheet" href="([^"]*)assets/stylesheets/main\.\w+\.min\.css">'
    r'(?:\s*<link rel="stylesheet" href="[^"]*assets/stylesheets/palette\.\w+\.min\.css">)?'
)
REMARK = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/\s*|(\n)\s+""", re.DOTALL)
"""What a browser does not read of a style sheet, but for the groups: a string, and the end of a line."""
FACES = "assets/stylesheets/fonts.css"
"""Font faces share no file with rules for paper, which would make a browser load them anew when it prints."""
FONTS = "assets/fonts/"
FONTS_OF_EVERY_FORMULA = ("mjx-ncm-n.", "mjx-ncm-zero.")
"""How the names of the fonts begin that a page asks for before its style sheets have come."""

SEARCH_WORKER = re.compile(r'(?<=assets/javascripts/)workers/search\.\w+\.min\.js(?=")')
"""The theme's search, in the configuration that each page carries; ours stands in its place."""

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
"""Scripts that stand in a page; those with a type are data."""
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; "
    "form-action 'self';"
)

log = logging.getLogger("mkdocs.hooks.pages")
serving = False
watching: list[Any] = []
changed = Event()
QUIET = 0.3
"""Seconds without a change after which the files are taken to be at rest."""
AT_REST = 1.0
"""The same for pages that the generator is writing, on a machine that is busy."""
typesetter: Typesetter
is_typeset = False
joined: dict[str, bytes] = {}
sources: list[list[Path]] = []


def on_startup(*, command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


def on_config(config: Any) -> None:
    global root, typesetter
    root = Path(config["config_file_path"]).resolve().parent
    typesetter = Typesetter(root / "node_modules", root / ".cache" / "formulas.json")
    if serving and not watching:
        check_free(*config["dev_addr"])
    order_tags(config["plugins"])
    # A page that reloads itself must not come from a cache.
    config["extra"]["offline"] = config["extra"].get("offline", False) and not serving


def order_tags(plugins: Mapping[str, Any]) -> None:
    """Have tags in the order of the alphabet; the theme puts those that are names before all others."""
    for name, plugin in plugins.items():
        if name in ("tags", "material/tags"):
            plugin.config["tags_sort_by"] = lambda tag, *_: tag.name.casefold()


def on_pre_build(config: Any) -> None:
    if serving and not watching:  # later, a change of the sources runs the generator, and what it writes a build
        regenerate()
    elif not (Path(config["docs_dir"]) / "index.md").is_file():
        raise SystemExit("There are no pages yet. Run `jacobook build` first (`make site` does both).")


def on_files(files: Any, config: Any) -> None:
    """Take the navigation that the generator wrote, where some pages are left out on purpose.

    Titles come from the pages themselves. Hand-written pages are added.
    """
    try:
        generated = json.loads((Path(config["docs_dir"]) / NAVIGATION).read_text(encoding="utf-8"))
    except OSError as error:
        raise SystemExit("There are no pages yet. Run `jacobook build` first (`make site` does both).") from error
    for file in files.documentation_pages():
        if file.src_uri in generated["unlisted"]:
            file.inclusion = type(file.inclusion).NOT_IN_NAV
    left_out = [spec for name in ("exclude_docs", "draft_docs", "not_in_nav") if (spec := config.get(name))]
    pages = [
        file.src_uri
        for file in files.documentation_pages()
        if not file.inclusion.is_not_in_nav() and not any(spec.match_file(file.src_uri) for spec in left_out)
    ]
    config["nav"] = with_pages(generated["sections"], pages)
    for file in files:
        if file.src_uri.startswith(COPIES):
            file.dest_uri = file.src_uri.removeprefix(COPIES).removesuffix(".txt")


def with_pages(navigation: list[Any], pages: list[str]) -> list[Any]:
    """Return the navigation with those of the pages that it does not have: hand-written ones.

    A page in the folder of a section comes last in it; pages of other folders make sections of their own, and those
    in no folder one at the end.
    """
    listed = set(_pages_of(navigation))
    sections: dict[str, list[Any]] = {}
    for page in sorted(pages, key=lambda name: (not name.endswith("/index.md"), name)):
        if page in listed:
            continue
        folder = page.rpartition("/")[0]
        section = _section_of(navigation, f"{folder}/index.md") if folder else None
        if section is None:
            name = folder.partition("/")[0].replace("-", " ").replace("_", " ")
            section = sections.setdefault(name[:1].upper() + name[1:] or "More", [])
        section.append(page)
    return [*navigation, *({title: section} for title, section in sorted(sections.items()))]


def _pages_of(navigation: list[Any]) -> Iterator[str]:
    for item in navigation:
        for inner in item.values() if isinstance(item, dict) else [item]:
            yield from [inner] if isinstance(inner, str) else _pages_of(inner)


def _section_of(navigation: list[Any], index: str) -> list[Any] | None:
    """Return the section that begins with the page."""
    for item in navigation:
        for inner in item.values() if isinstance(item, dict) else []:
            if isinstance(inner, list):
                found = inner if index in inner else _section_of(inner, index)
                if found is not None:
                    return found
    return None


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> None:
    copy = files.get_file_from_path(page.meta.get("markdown", ""))
    if copy is not None:
        page.meta["markdown"] = copy.dest_uri


def on_env(env: Any, config: Any, files: Any) -> None:
    """Typeset all formulas of all pages at once; let templates leave out the room around their blocks."""
    global is_typeset
    env.trim_blocks = env.lstrip_blocks = True
    pages = [file.page for file in files.documentation_pages() if file.page and file.page.content]
    try:
        typesetter.prepare(page.content for page in pages)
    except NoTypesetter as error:
        is_typeset = False
        # Where the project is at hand, Node belongs to it: `--strict` does not pass without typeset formulas.
        level = logging.WARNING if (root / "package.json").is_file() and not serving else logging.INFO
        log.log(level, "%s: formulas are left to the reader's browser.", error)
    except FormulaError as error:
        raise PluginError(f"A formula cannot be typeset. {error}") from error
    else:
        is_typeset = True
    join(config)


def join(config: Any) -> None:
    """Replace the style sheets and scripts of the configuration by one file each, which `on_post_build` writes."""
    docs = Path(config["docs_dir"])
    if joined:  # a later build of `mkdocs serve`
        styles, scripts = sources
    else:
        styles = [docs / name for name in config["extra_css"]]
        scripts = [docs / str(script) for script in config["extra_javascript"]]
        sources[:] = [styles, scripts]
        last = config["extra_javascript"][-1]
        last.path, last.defer = SCRIPTS, True
        config["extra_css"], config["extra_javascript"] = [FACES, STYLES], [last]
    faces, formulas, fonts = typesetter.style_sheets() if is_typeset else ("", "", {})
    texts = [*theme_styles(config["theme"]), formulas, *(path.read_text("utf-8") for path in styles)]
    joined.clear()
    joined[FACES] = faces.encode()
    joined[STYLES] = "\n".join(map(light, texts)).encode()
    joined[SCRIPTS] = "\n".join(f"(() => {{\n{path.read_text('utf-8')}}})();" for path in scripts).encode()
    joined.update({FONTS + name: font for name, font in fonts.items()})
    config["extra"]["fonts_of_every_formula"] = [
        FONTS + name for name in fonts if name.startswith(FONTS_OF_EVERY_FORMULA)
    ]


def theme_styles(theme: Any) -> list[str]:
    """Return the theme's style sheets, in their order; their names go on with a hash."""
    names = ["main", "palette"] if theme.get("palette") else ["main"]
    folders = [Path(folder) / "assets" / "stylesheets" for folder in theme.dirs]
    found = [[path for folder in folders for path in folder.glob(f"{name}.*.min.css")] for name in names]
    return [paths[0].read_text("utf-8") for paths in found if paths]


def light(style: str) -> str:
    """Return a style sheet without its comments and the room at the beginning of its lines."""
    return REMARK.sub(lambda found: found[1] or found[2] or "", style)


def on_post_page(output: str, page: Any, config: Any) -> str:
    return finished(deferred(typesetter.typeset_page(output)) if is_typeset else output)


def on_post_template(output_content: str, template_name: str, config: Any) -> str:
    return finished(output_content) if template_name.endswith(".html") else output_content


def finished(output: str) -> str:
    """Return a page with one style sheet, our search, and its policy."""
    return with_policy(with_search(with_one_sheet(output)))


def with_one_sheet(output: str) -> str:
    """Return a page whose one style sheet stands where those of the theme stood: what follows may go against them."""
    links = THEME_LINKS.search(output)
    if not links:
        return output
    link = f'<link rel="stylesheet" href="{links[1]}{STYLES}">'
    return output[: links.start()] + link + output[links.end() :].replace(link, "", 1)


def with_policy(output: str) -> str:
    """Return a page that runs the scripts of this site and its own, and no others, and asks nobody else for anything.

    `wasm-unsafe-eval` lets the engine run; styles stand in attributes, which have no hashes. While the site is served
    for writing, the builder adds scripts of its own, so there is no policy.
    """
    if serving:
        return output
    hashes = sorted({f"'sha256-{_hash(script)}'" for script in INLINE.findall(output)})
    policy = f"{POLICY} script-src 'self' 'wasm-unsafe-eval' {' '.join(hashes)}"
    return output.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def with_search(output: str) -> str:
    """Return a page with our search, which knows formulas; it takes the theme's index and speaks its messages."""
    return SEARCH_WORKER.sub("search-worker.js", output)


def on_post_build(config: Any) -> None:
    site = Path(config["site_dir"])
    for name, content in joined.items():
        write_file(site / name, content)
    address_lists(site, config["site_url"] or "")
    version_worker(site)


def address_lists(site: Path, address: str) -> None:
    """Write whole addresses into the list of pages, where copies are beside their pages; name the map of the site."""
    listed = site / LIST
    if listed.is_file():
        text = re.sub(rf"\]\({COPIES}(\S+)\.txt\): ", rf"]({address}\1): ", listed.read_text("utf-8"))
        write_file(listed, text.encode())
    if address and (site / ROBOTS).is_file():
        write_file(site / ROBOTS, (site / ROBOTS).read_bytes() + f"\nSitemap: {address}sitemap.xml\n".encode())


def on_serve(server: Any, config: Any, builder: Any) -> None:
    # The generator writes one page after the other: a build that begins between two of them is followed by another.
    server.build_delay = max(server.build_delay, AT_REST)
    observer = Observer()
    for folder in watched():
        observer.schedule(Sources(), str(folder), recursive=True)
    observer.daemon = True
    observer.start()
    Thread(target=regenerate_on_changes, daemon=True).start()
    watching.append(observer)


def watched() -> list[Path]:
    """Return the folders of which pages are made: the package, and the collection of the project if it has its own."""
    own = root / "collection"
    return [PACKAGE, own] if own.is_dir() else [PACKAGE]


def on_shutdown() -> None:
    for observer in watching:
        observer.stop()


class Sources(FileSystemEventHandler):
    """Notes that a source of the generator has changed."""

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take note, unless a file was only read."""
        if event.event_type in ("created", "modified", "moved", "deleted") and not event.is_directory:
            changed.set()


def regenerate_on_changes() -> None:
    """Run the generator after every change, once the files have come to rest."""
    while changed.wait():
        while changed.is_set():
            changed.clear()
            time.sleep(QUIET)
        regenerate()


def check_free(host: str, port: int) -> None:
    """End with one sentence, before anything is built, where the address is taken."""
    has_makefile = (root / "Makefile").is_file()
    another = f"make serve PORT={port + 1}" if has_makefile else f"mkdocs serve --dev-addr {host}:{port + 1}"
    check_address(host, port, another)


def version_worker(site: Path) -> None:
    """Write a hash of the whole site into the service worker: another site is another worker."""
    worker = site / WORKER
    if serving or not worker.is_file():
        return
    files = (path for path in sorted(site.rglob("*")) if path.is_file() and path.suffix != ".gz")
    found = hashlib.sha256()
    for path in files:
        found.update(hashlib.sha256(path.read_bytes()).digest())
    worker.write_text(worker.read_text("utf-8").replace('"unversioned"', f'"{found.hexdigest()[:16]}"'), "utf-8")


def regenerate() -> None:
    """Run the generator in a process of its own: an engine that is loaded does not reload.

    It writes a file only if its bytes change, and runs outside of builds: what changes during one causes another.
    Bytecode is not written (`-B`), since the package is watched. Mistakes are the author's to see: the pages that
    stand stay on show.
    """
    found = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(found)}
    command = [sys.executable, "-B", "-m", "jacobook", "build"]
    status = subprocess.run(command, cwd=root, env=environment, check=False).returncode
    if status:
        log.error("The generator ended with status %d; pages it could not write are shown as they were.", status)
