"""The built site on a server of its own, and a Chromium to read it with: fixtures of tests and benchmarks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright

from tests.browser.reading import DESKTOP, HAND, Reader, Site, serve

# The headless one alone starts and draws in half the time.
CHROMIUM_NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"
)  # fmt: skip
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The network is cut off: only this machine is there.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

LITTLE_MEMORY = "Object.defineProperty(Navigator.prototype, 'deviceMemory', { get: () => 1 });"
"""Where there is less than two GB, no second engine makes a snapshot of the first when nobody asks for a while: that
takes five times as long as to start one, and is tested in `test_engine_snapshot.py`."""

WITHOUT_TUNING = "--js-flags=--liftoff-only"
"""The engine is compiled for a quick start, and not once more for speed: a test is over before that pays."""

PATIENCE = 60_000
"""Milliseconds. A machine with more to do than processors takes longer than the five seconds that are the custom."""
expect.set_options(timeout=PATIENCE)

ELSEWHERE = "http://127.0.0.1:1/"
"""The address for which the site is built; no server can be there, so that a copy that keeps it is found out."""


@pytest.fixture(scope="session")
def site(
    build_site: Callable[..., str], made_once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The site at the address at which it is served (instant navigation needs that).

    It is built once; every worker that drives a browser has a copy with the address of its own server.
    """
    built = made_once("site", lambda folder: build_site(folder, address=ELSEWHERE))
    folder = tmp_path_factory.mktemp("site")
    server, address = serve(folder)
    shutil.copytree(built, folder, dirs_exist_ok=True)
    moved = 0
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".xml", ".txt", ".json", ".js", ".webmanifest"):
            data = path.read_bytes()
            if ELSEWHERE.encode() in data:
                path.write_bytes(data.replace(ELSEWHERE.encode(), address.encode()))
                moved += 1
    assert moved, "the site does not say where it is"
    yield Site(folder, address)
    server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome."""
    candidates = [os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES]
    executable = next((found for name in candidates if name and (found := shutil.which(name))), None)
    if executable is None:
        pytest.fail(
            "The browser tests need Chromium or Chrome, and none is on the PATH. On Debian and Ubuntu: "
            "apt install chromium. Elsewhere, set CHROMIUM to the path of the browser.",
            pytrace=False,
        )
    return executable


STARTED: list[Playwright] = []


@pytest.fixture(scope="session")
def driver(request: pytest.FixtureRequest) -> Playwright:
    """One for the process: of two folders that import this fixture, the second could not start another one."""
    if not STARTED:
        STARTED.append(sync_playwright().start())
        request.config.add_cleanup(STARTED[0].stop)
    return STARTED[0]


@pytest.fixture(scope="session")
def browser(driver: Playwright, chromium: str) -> Iterator[Browser]:
    with launched(driver, chromium, WITHOUT_TUNING) as started:
        yield started


@contextmanager
def launched(driver: Playwright, chromium: str, *arguments: str) -> Iterator[Browser]:
    started = driver.chromium.launch(executable_path=chromium, args=[*CHROMIUM_ARGUMENTS, *arguments])
    yield started
    started.close()


@contextmanager
def fresh_profile(driver: Playwright, chromium: str, folder: Path) -> Iterator[BrowserContext]:
    """The browser of somebody who was never here: nothing is kept, the service worker is allowed."""
    context = driver.chromium.launch_persistent_context(
        folder, executable_path=chromium, args=list(CHROMIUM_ARGUMENTS), viewport=DESKTOP, bypass_csp=True
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(HAND)
    yield context
    context.close()


ENGINE_PAGE = "your-own-function/"
START = """async () => {
    const { engine } = await import("../assets/javascripts/engine.js")
    await engine.ask({ ask: "read", lines: ["x'*x"], given: [], wrt: "x", root: "../" })
    const kept = async () => (await caches.keys()).find(name => name.startsWith("jacobook-snapshot "))
    while (!(await kept())) await new Promise(done => setTimeout(done, 100))
}"""


AT_REST = "course/"
"""A page that needs no engine, between two tests that need it."""
CHOSEN = """() => {
    const { answers, layout } = document.documentElement.dataset
    return Boolean(answers || layout) || document.documentElement.classList.contains("no-shapes")
}"""
"""Whether the reader has made a choice that holds while the window is open."""


@pytest.fixture(scope="session")
def used_context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in which the engine has run before: it starts with a snapshot of its memory, which is quick."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light", service_workers="block", bypass_csp=True)
    context.set_default_timeout(120_000)
    for script in (HAND, BUSY):
        context.add_init_script(script)
    page = context.new_page()
    page.goto(site.address + ENGINE_PAGE)
    page.evaluate(START)
    page.close()
    yield context
    context.close()


@pytest.fixture
def fresh_window(used_context: BrowserContext, site: Site) -> Iterator[Reader]:
    """A new window there, whose scripts and whose engine have not come yet."""
    found = Reader(used_context.new_page(), site)
    found.page.set_default_timeout(PATIENCE)
    yield found
    found.page.close()


@pytest.fixture(scope="session")
def window() -> list[Page]:
    """The one window in which all tests that need a running engine are read: it starts once."""
    return []


@pytest.fixture
def engine_reader(used_context: BrowserContext, site: Site, window: list[Page]) -> Iterator[Reader]:
    """A reader whose engine runs already, as on a second page; of what pages keep, nothing else is there."""
    if not window or window[0].is_closed():
        window[:] = [used_context.new_page()]
        window[0].set_default_timeout(PATIENCE)
        Reader(window[0], site).open(AT_REST)
    page = window[0]
    found = Reader(page, site, goes_on=True)
    yield found
    for other in used_context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.set_viewport_size(DESKTOP)
    page.emulate_media(media="null", color_scheme="light")
    page.evaluate("localStorage.clear()")
    # What a page keeps in its root would go on, too.
    found.goes_on = not page.evaluate(CHOSEN)
    found.open(AT_REST)


@dataclass(frozen=True)
class Kind:
    """What cannot be changed about a window once it is there."""

    policy: bool
    """Whether the policy of the pages holds. Waiting for a condition runs text as a script, which it forbids: it holds
    where it is tested."""
    still: bool
    """Whether nobody is there, until the test says so."""
    busy: bool
    """Whether the browser never comes to draw what is out of sight, as with a reader who is quick: to draw all of a
    long page takes as long as to open it, and is tested where it matters."""


BUSY = """{
    const whenIdle = window.requestIdleCallback
    window.requestIdleCallback = (work, ...more) =>
        ["drawFolded", "drawNext"].includes(work.name) ? 0 : whenIdle(work, ...more)
}"""


def new_window(browser: Browser, kind: Kind) -> Page:
    """A window with a memory of its own."""
    # The service worker has tests of its own; here it would fetch what nobody reads.
    context = browser.new_context(service_workers="block", bypass_csp=not kind.policy)
    context.set_default_timeout(PATIENCE)
    for holds, script in ((True, LITTLE_MEMORY), (not kind.still, HAND), (kind.busy, BUSY)):
        if holds:
            context.add_init_script(script)
    return context.new_page()


@pytest.fixture(scope="session")
def kept_windows(browser: Browser) -> Iterator[dict[Kind, list[Page]]]:
    """Windows in which one test after the other reads: one that has just been opened takes as long again for a page."""
    kept: dict[Kind, list[Page]] = {}
    yield kept
    for windows in kept.values():
        for page in windows:
            page.context.close()


ENTRY = "exercises/mml-5-8-a/"
"""The page of an entry with parts of every kind; to open it takes a second of a processor."""
OPENED = "() => { window.openAtFirst = new Set(document.querySelectorAll('details[open]')) }"
LEFT = """() => {
    document.activeElement.blur()
    for (const box of document.querySelectorAll("details")) box.open = window.openAtFirst.has(box)
    document.querySelector(".layout-button[data-layout=jacobian]").click()
    localStorage.clear()
    scrollTo(0, 0)
}"""


@pytest.fixture(scope="session")
def kept_entry(browser: Browser, site: Site) -> Iterator[Reader]:
    """A reader at the page of an entry, for all tests that leave it as they found it."""
    reader = Reader(new_window(browser, Kind(policy=False, still=False, busy=True)), site)
    reader.page.set_viewport_size(DESKTOP)
    reader.open(ENTRY)
    reader.page.evaluate(OPENED)
    yield reader
    reader.page.context.close()


@pytest.fixture
def entry(kept_entry: Reader) -> Iterator[Reader]:
    """A reader at the page of an entry, who has no complaint after a test; folded parts and layout are put back."""
    yield kept_entry
    page = kept_entry.page
    page.emulate_media(media="null")
    page.mouse.move(0, 0)
    page.evaluate(LEFT)
    complaints = kept_entry.complaints.copy()
    kept_entry.complaints.clear()
    assert page.url.partition("#")[0] == kept_entry.site.address + ENTRY
    assert not complaints


def tidy_up(page: Page, site: Site) -> None:
    """Leave nothing in a window of what a test has done there."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.context.clear_permissions()
    page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null", contrast="null")
    if page.url.startswith(site.address):
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
    # An address of the same page with another anchor would not load it.
    page.goto("about:blank")
    page.mouse.move(0, 0)


@pytest.fixture
def new_reader(browser: Browser, site: Site, kept_windows: dict[Kind, list[Page]]) -> Iterator[Any]:
    """A function that returns a reader at a window; each of several in a test has one, with a memory of its own."""
    lent: dict[Kind, list[Reader]] = {}
    fresh_readers: list[Reader] = []

    def make(
        viewport: ViewportSize = DESKTOP,
        color_scheme: Literal["light", "dark"] = "light",
        policy: bool = False,
        still: bool = False,
        fresh: bool = False,
        lingers: bool = False,
    ) -> Reader:
        """`fresh` is for who changes the window for good, by a script that every page starts with, or counts bytes;
        `lingers` for who waits until the browser has drawn what is out of sight."""
        kind = Kind(policy, still, busy=not (fresh or lingers))
        readers, windows = lent.setdefault(kind, []), kept_windows.setdefault(kind, [])
        if not fresh and len(windows) == len(readers):
            windows.append(new_window(browser, kind))
        page = new_window(browser, kind) if fresh else windows[len(readers)]
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        reader = Reader(page, site)
        (fresh_readers if fresh else readers).append(reader)
        return reader

    yield make
    for reader in fresh_readers:
        reader.page.context.close()
    for readers in lent.values():
        for reader in readers:
            reader.leave()
            tidy_up(reader.page, site)
