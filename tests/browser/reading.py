"""A site on a server, and a reader who goes through it."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, ViewportSize

from tests.conftest import EVERY_PAGE

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
HAND = "addEventListener('load', () => dispatchEvent(new Event('pointermove')))"
"""A hand on the mouse once a page is there: scripts come with the first sign of a reader (see `test_early.py`)."""
BLOCKED = "Service Worker registration blocked by Playwright"
"""What the console says where a test does without the worker."""
UNUSED = "was preloaded using link preload but not used within a few seconds"
"""Chromium's warning where a window has drawn nothing for a while: it is behind another one, or the machine is slow."""


@dataclass(frozen=True)
class Site:
    """A built site: where its files are, and where they are served."""

    folder: Path
    address: str

    def paths(self) -> list[str]:
        """Pages of every kind, or every page where EVERY_PAGE is set (`make every-page`)."""
        return self.all_paths() if EVERY_PAGE else one_of_each_kind(self.all_paths())

    def all_paths(self) -> list[str]:
        """Every page of the sitemap, relative to the address; the home page is ''."""
        found = re.findall(r"<loc>([^<]+)</loc>", (self.folder / "sitemap.xml").read_text("utf-8"))
        assert found, "the sitemap is empty"
        return [location.removeprefix(self.address) for location in found]


KINDS = (
    r"", r"layouts/", r"notation/", r"how-to-read/", r"exercises/",
    r"exercises/mml-5-(4|8-[ac])/", r"identities/", r"identities/norm/",
    r"identities/norm/[^/]+/", r"rules/product/", r"rules/graph/", r"tags/",
)  # fmt: skip
"""Every kind of page; those of exercises with a plot, with tabs, with a long chain of links."""


def one_of_each_kind(paths: list[str]) -> list[str]:
    """Return the pages of every kind, one for each place that a pattern leaves open."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(paths):
        for kind in KINDS:
            if match := re.fullmatch(kind, path):
                found.setdefault((kind, match[1] if match.re.groups else ""), path)
    assert len({kind for kind, _ in found}) == len(KINDS), "a kind of page is not on the site"
    return list(found.values())


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def serve(folder: Path, handler: type[QuietHandler] = QuietHandler) -> tuple[http.server.ThreadingHTTPServer, str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


@dataclass
class Reader:
    """A browser window with one site open, which notes what should not happen."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    goes_on: bool = False
    """Whether the reader comes from another page of the site: scripts and engine of that one go on."""

    def __post_init__(self) -> None:
        for event, listener in self._listeners().items():
            self.page.on(event, listener)  # type: ignore[call-overload]

    def leave(self) -> None:
        """Listen no more: somebody else reads in this window."""
        for event, listener in self._listeners().items():
            self.page.remove_listener(event, listener)

    def _listeners(self) -> dict[str, Callable[[Any], None]]:
        return {
            "console": self._on_console,
            "pageerror": self._on_error,
            "request": self._on_request,
            "response": self._on_response,
        }

    def _on_error(self, error: Any) -> None:
        self.complaints.append(f"uncaught: {error}")

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(BLOCKED) and UNUSED not in message.text:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _on_request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.site.address).netloc:
            self.complaints.append(f"request to elsewhere: {request.url}")

    def _on_response(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"status {response.status}: {response.url}")

    def open(self, path: str) -> None:
        if self.goes_on:
            return self.follow(path)
        self.page.goto(self.site.address + path)
        return self.wait_for_formulas()

    def click_on(self, path: str) -> None:
        """Click on a link to a page, and wait for nothing: what this page has begun goes on."""
        self.page.evaluate(
            """address => {
                const link = Object.assign(document.createElement("a"), { href: address, textContent: "on" })
                document.querySelector(".md-content").append(link)
                link.click()
            }""",
            self.site.address + path,
        )

    def without_engine(self) -> None:
        """Let no engine come to this page: what is tested there needs none, and one that starts costs seconds."""
        self.page.evaluate(
            """() => {
                const { Worker } = window
                window.Worker = function (address, settings) {
                    const isEngine = String(address).endsWith("engine-worker.js")
                    return isEngine ? { postMessage() {}, terminate() {} } : new Worker(address, settings)
                }
            }"""
        )

    def follow(self, path: str) -> None:
        """Go to a page by a click, as a reader does, so that instant navigation loads it."""
        address = self.site.address + path
        self.page.evaluate(
            """address => {
                const link = Object.assign(document.createElement("a"), { href: address, textContent: "l" })
                document.querySelector(".md-content").append(link)
                window.arrived = false
                // The theme may add the place that was read last on the page before.
                const [page] = address.split("#")
                document$.subscribe(() => {
                    window.arrived ||= location.href.split("#")[0] === page && !link.isConnected
                })
                link.click()
            }""",
            address,
        )
        self.page.wait_for_function("window.arrived")
        self.wait_for_formulas()

    def wait_for_formulas(self) -> None:
        """Wait for the scripts of the page and for the fonts of its formulas, which are in the page already."""
        # The last thing that the last script does.
        self.page.wait_for_function("document.querySelector('.toggle-button')")
        self.page.evaluate(
            """() => {
                return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
                    () => document.fonts.ready.then(() => done(true)))))
            }"""
        )

    def unfold(self) -> None:
        """Open every collapsible part, and show all tabs at once, one beneath the other."""
        self.page.add_style_tag(content=".md-typeset .tabbed-block { display: block !important }")
        self.page.evaluate("document.querySelectorAll('.md-content details').forEach(box => { box.open = true })")
        # As choosing one tab after the other, and scrolling through the page, does.
        self.page.evaluate("drawFormulas(document); document.documentElement.classList.add('laid-out')")
        self.wait_for_formulas()
