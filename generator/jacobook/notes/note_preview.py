"""One note in a browser, shown anew whenever it is saved: `jacobook notes serve`.

The page asks twice a second whether the file has changed. Nothing leaves the machine: the server listens on 127.0.0.1,
answers to no other name, and gives out the note, pictures beside it, and MathJax where that is installed.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from jacobook.notes.documents.marked import DocumentError
from jacobook.notes.documents.notebooks import MAGIC
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.gate import FileReport, check_document
from jacobook.notes.kept_fragments import KeptFragments
from jacobook.notes.markdown_extension import JacobookExtension
from jacobook.notes.notes_files import READERS

SHOWN_SUFFIXES = (".md", ".markdown", ".qmd", ".ipynb")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
HOSTS = ("127.0.0.1", "localhost")
WITHOUT_MATHJAX = (
    "Formulas are shown as TeX: MathJax is in neither node_modules/ nor docs/assets/mathjax/ here or above "
    "(npm install mathjax @mathjax/mathjax-newcm-font)."
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
Folders = tuple[tuple[str, Path], ...]
"""Beginnings of addresses, and the folders that they stand for; the first that fits."""


def find_mathjax(*starts: Path) -> Folders:
    """Return where MathJax and its font are found, in these folders or above them; nothing where they are not."""
    for start in starts:
        for folder in (start, *start.parents):
            copied = folder / "docs" / "assets" / "mathjax"
            if (copied / "startup.js").is_file():
                return (("/mathjax/", copied),)
            installed = folder / "node_modules" / "mathjax"
            font = folder / "node_modules" / "@mathjax" / "mathjax-newcm-font"
            if (installed / "startup.js").is_file() and font.is_dir():
                return ("/mathjax/fonts/mathjax-newcm-font/", font), ("/mathjax/", installed)
    return ()


class Preview:
    """A note, and what is shown of it now."""

    def __init__(self, path: Path, fragments: KeptFragments, layout: str) -> None:
        self.path, self.fragments, self.layout = path, fragments, layout
        self.lock = Lock()
        self.state, self.shown = "", {"html": "", "faults": list[str]()}

    def current(self) -> dict[str, Any]:
        """Return the note as HTML with its faults, worked out anew where the file has changed."""
        with self.lock:  # the engine works on one thing at a time
            try:
                text = self.path.read_text("utf-8-sig")
            except OSError as error:
                return self._said(f"{self.path.name} cannot be read ({error.strerror})")
            except UnicodeDecodeError:
                return self._said(f"{self.path.name} is not UTF-8 text")
            state = hashlib.sha256(text.encode()).hexdigest()[:16]
            if state != self.state:
                self.state, self.shown = state, self._worked(text)
            return {"state": self.state, **self.shown}

    def _said(self, message: str) -> dict[str, Any]:
        return {"state": message, "html": "", "faults": [message]}

    def _worked(self, text: str) -> dict[str, Any]:
        report = FileReport(self.path)
        suffix = self.path.suffix.lower()
        try:
            document = READERS[suffix](text)
            check_document(document, self.fragments, report, NoteDefaults.model_validate({"layout": self.layout}))
            html = self._html(_as_markdown(text) if suffix == ".ipynb" else text)
        except DocumentError as error:
            return {"html": "", "faults": [f"{self.path.name} {error}"]}
        return {"html": html, "faults": [f"{one.line}:{one.column}: {one.message}" for one in report.faults]}

    def _html(self, text: str) -> str:
        extension = JacobookExtension(layout=self.layout)
        extension.fragments, extension.collect = self.fragments, lambda _, __: None
        extensions: list[Any] = [extension, "fenced_code", "tables", "footnotes", "def_list", "admonition", "attr_list"]
        options: dict[str, Any] = {}
        if find_spec("pymdownx") is not None:
            extensions.append("pymdownx.arithmatex")
            options["pymdownx.arithmatex"] = {"generic": True}
        converter = Markdown(extensions=extensions, extension_configs=options)
        if self.path.suffix.lower() != ".ipynb":
            converter.treeprocessors.register(_OfFile(converter, self.path), "jacobook-file", 0)
        return str(converter.convert(_FRONT_MATTER.sub("", text)))


class _OfFile(Treeprocessor):
    """Says which file is converted, as builders do: what its head declares holds for its fences."""

    def __init__(self, md: Markdown, path: Path) -> None:
        super().__init__(md)
        self.file = SimpleNamespace(abs_src_path=str(path))


def _as_markdown(notebook: str) -> str:
    """Return the cells of a notebook as one text."""
    parts = []
    for cell in json.loads(notebook)["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif cell["cell_type"] == "code" and source.strip():
            first, _, rest = source.partition("\n")
            parts.append(f"```jacobook\n{rest}\n```" if first.strip() == MAGIC else f"```python\n{source}\n```")
    return "\n\n".join(parts)


@cache
def _page(title: str, has_mathjax: bool) -> bytes:
    """Return the page in which the note is shown."""
    loader = PackageLoader("jacobook.notes")
    template = Environment(loader=loader, undefined=StrictUndefined, autoescape=True).get_template("preview.html.j2")
    style = (Path(__file__).resolve().parent / "assets" / "jacobook.css").read_text("utf-8")
    said = "" if has_mathjax else WITHOUT_MATHJAX
    return template.render(title=title, style=Markup(style), without_mathjax=said).encode()


class PreviewServer(ThreadingHTTPServer):
    """The server of one note. Raises OSError where the port is taken."""

    daemon_threads = True

    def __init__(self, preview: Preview, port: int, mathjax: Folders) -> None:
        self.preview, self.mathjax = preview, mathjax
        super().__init__(("127.0.0.1", port), _Answers)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of browsers that go away while they are answered."""


class _Answers(BaseHTTPRequestHandler):
    """What the server answers."""

    server: PreviewServer

    def do_GET(self) -> None:
        if self.headers.get("Host", "").partition(":")[0] not in HOSTS:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        address = urlsplit(self.path)
        if address.path == "/":
            self._send("text/html; charset=utf-8", _page(self.server.preview.path.name, bool(self.server.mathjax)))
        elif address.path == "/note":
            current = self.server.preview.current()
            known = parse_qs(address.query).get("known") == [current["state"]]
            data = {"state": current["state"]} if known else current
            self._send("application/json", json.dumps(data).encode())
        else:
            self._send_file(unquote(address.path))

    def _send_file(self, path: str) -> None:
        """Send a file of MathJax, or a picture beside the note."""
        for beginning, folder in (*self.server.mathjax, ("/", self.server.preview.path.parent)):
            if not path.startswith(beginning):
                continue
            found = (folder / path.removeprefix(beginning)).resolve()
            inside = found.is_relative_to(folder.resolve()) and found.is_file()
            if inside and (beginning != "/" or found.suffix.lower() in PICTURES):
                self._send(mimetypes.guess_type(found.name)[0] or "application/octet-stream", found.read_bytes())
                return
        self.send_error(HTTPStatus.NOT_FOUND)

    def _send(self, kind: str, data: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing of what is asked for."""
