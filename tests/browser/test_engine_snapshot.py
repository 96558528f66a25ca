"""The snapshot of a started engine that a browser keeps: made when nobody waits, used by the next start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jacobook.browser.entry import answered
from jacobook.browser.protocol import PROTOCOL
from tests.browser.browsing import fresh_profile
from tests.browser.reading import Reader
from tests.conftest import one_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("engine in a browser")]

PAGE = "your-own-function/"
LONG = 60_000
ASKED = {"lines": ["tr(X'*A*X)"], "given": ["X in R^(N x M)", "A in R^(N x N)"], "wrt": "X", "root": "../"}

ASK = """async (request) => {
    const { engine } = await import("../assets/javascripts/engine.js")
    const answer = await engine.ask(request)
    return [engine.startedWithSnapshot, answer]
}"""
STOP = """async () => (await import("../assets/javascripts/engine.js")).engine.stop()"""
KEPT = """async () => {
    const found = []
    for (const name of await caches.keys()) {
        if (!name.startsWith("jacobook-snapshot ")) continue
        found.push(...(await (await caches.open(name)).keys()).map((request) => request.url))
    }
    return found
}"""
SPOIL = """async ([digest, ofBrowser]) => {
    const name = (await caches.keys()).find((name) => name.startsWith("jacobook-snapshot "))
    const cache = await caches.open(name)
    const [request] = await cache.keys()
    const kept = await cache.match(request)
    let bytes = new Uint8Array(await kept.arrayBuffer())
    if (digest === "right") bytes = bytes.fill(7, 0, 64) // what only Pyodide can see
    else if (digest === "short") bytes = bytes.slice(0, 5000)
    else bytes[20000000] += 1
    const made = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).join(" ")
    const headers = { "X-Digest": digest === "wrong" ? kept.headers.get("X-Digest") : made }
    const address = ofBrowser ? request.url.replace(/browser=.*/, `browser=${ofBrowser}`) : request.url
    await cache.put(address, new Response(bytes, { headers }))
    if (ofBrowser) await cache.delete(request)
}"""


@pytest.fixture
def profile(driver, chromium, site, tmp_path) -> Iterator[Any]:
    """A function that opens the page in a new tab of a browser that was never here."""
    with fresh_profile(driver, chromium, tmp_path / "profile") as context:
        context.set_default_timeout(LONG)
        readers: list[Reader] = []

        def tab() -> Reader:
            reader = Reader(context.new_page(), site)
            reader.page.goto(site.address + PAGE)
            readers.append(reader)
            return reader

        yield tab
        assert not [one for reader in readers for one in reader.complaints]


def ask(reader: Reader, kind: str = "derive") -> tuple[bool, dict[str, Any]]:
    """Whether the engine started with a snapshot, and its answer."""
    started, answer = reader.page.evaluate(ASK, {**ASKED, "ask": kind})
    return started, answer


def natively(kind: str = "derive") -> dict[str, Any]:
    return answered({"protocol": PROTOCOL, **ASKED, "ask": kind})


def wait_for_snapshot(reader: Reader, former: str = "") -> str:
    """The address of the one snapshot, as soon as there is one, other than the former one."""
    for _ in range(LONG // 100):
        if (found := reader.page.evaluate(KEPT)) and found != [former]:
            (address,) = found
            return str(address)
        reader.page.wait_for_timeout(100)
    pytest.fail("no snapshot is made")


def engines(reader: Reader) -> int:
    return sum(worker.url.endswith("engine-worker.js") for worker in reader.page.workers)


def wait_for_engines(reader: Reader, number: int) -> None:
    """Wait until there are so many: a second one makes a snapshot."""
    for _ in range(LONG // 100):
        if engines(reader) == number:
            return
        reader.page.wait_for_timeout(100)
    pytest.fail(f"there are {engines(reader)} engines")


@pytest.mark.rare
def test_the_next_start_and_one_after_stop_use_it_and_who_asks_does_not_wait_for_it(profile):
    first = profile()
    assert ask(first) == (False, natively())
    assert first.page.evaluate(KEPT) == []  # nothing is made while a reader reads the first answer
    wait_for_engines(first, 2)
    assert ask(first, "verify") == (False, natively("verify"))
    assert first.page.evaluate(KEPT) == []
    wait_for_engines(first, 1)
    wait_for_snapshot(first)
    first.page.close()
    second = profile()
    for kind in ("derive", "verify", "derive"):
        assert ask(second, kind) == (True, natively(kind))
    second.page.evaluate(STOP)
    assert ask(second) == (True, natively())
    refused = second.page.evaluate(ASK, {**ASKED, "ask": "derive", "lines": ["X*X*"]})[1]
    assert not refused["ok"]
    assert refused["error_kind"] == "input"


def test_one_that_is_spoilt_is_replaced_and_the_engine_starts_as_usual(profile):
    reader = profile()
    ask(reader)
    wait_for_snapshot(reader)
    for digest in ("right", "wrong", "short")[:: one_in(3)]:
        reader.page.evaluate(SPOIL, [digest, None])
        reader.page.evaluate(STOP)
        assert ask(reader) == (False, natively())
        assert reader.page.evaluate(KEPT) == []
        wait_for_snapshot(reader)
        reader.page.evaluate(STOP)
        assert ask(reader) == (True, natively())


@pytest.mark.rare
def test_one_of_another_browser_is_replaced(profile):
    reader = profile()
    ask(reader)
    address = wait_for_snapshot(reader)
    reader.page.evaluate(SPOIL, ["right", "older"])
    (older,) = reader.page.evaluate(KEPT)
    assert older != address
    reader.page.evaluate(STOP)
    assert ask(reader) == (False, natively())
    assert wait_for_snapshot(reader, older) == address


@pytest.mark.rare
def test_two_tabs_make_one(profile):
    tabs = [profile(), profile()]
    for tab in tabs:
        assert ask(tab) == (False, natively())
    wait_for_snapshot(tabs[0])
    tabs[0].page.wait_for_timeout(5000)  # were the other one to make one, too
    assert len(tabs[1].page.evaluate(KEPT)) == 1
    for tab in tabs:
        tab.page.evaluate(STOP)
        assert ask(tab) == (True, natively())


@pytest.mark.rare
def test_one_that_does_not_fit_is_no_error(profile):
    reader = profile()
    session = reader.page.context.new_cdp_session(reader.page)
    ask(reader)
    session.send("Storage.overrideQuotaForOrigin", {"origin": reader.site.address.rstrip("/"), "quotaSize": 20_000_000})
    wait_for_engines(reader, 2)
    wait_for_engines(reader, 1)
    assert reader.page.evaluate(KEPT) == []
    assert ask(reader) == (False, natively())
