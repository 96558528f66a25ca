"""How soon a reader's own function is derived in the page: `make own-function-speed` prints a table, asserting nothing.

The figures are those of the machine, the browser and the site at hand: from a focus on the field to the first
derivation, in a new profile and in one that was here before, then each further case of the benchmark: derived by the
engine, shown with typeset formulas, checked. Bytes are those of the compressed copies. Memory is what all processes of
the browser take more (proportional set size, Linux alone) after the first check than when the page had been loaded.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browsing import fresh_profile
from tests.browser.reading import Reader

PAGE = "your-own-function/"
LONG = 60_000
CHECKED = ".own-status[data-kind=checked]"
CASES = Path(__file__).resolve().parents[1] / "data" / "benchmark" / "cases.jsonl"

KEPT = """async () => {
    for (const name of await caches.keys()) {
        if (name.startsWith("jacobook-snapshot ") && (await (await caches.open(name)).keys()).length) return true
    }
    return false
}"""
EACH = """async (requests) => {
    const { engine } = await import("../assets/javascripts/engine.js")
    await engine.start()
    await window.jacobook.load()
    const box = document.querySelector("[data-own=derivation]")
    const found = []
    for (const request of requests) {
        const start = performance.now()
        const answer = await engine.ask({ ask: "derive", ...request })
        const derived = performance.now()
        box.innerHTML = answer.html ?? ""
        await window.jacobook.typeset(box)
        const shown = performance.now()
        await engine.ask({ ask: "code", ...request })
        const copied = performance.now()
        await engine.ask({ ask: "verify", ...request })
        const checked = performance.now()
        await engine.ask({ ask: "complete", ...request })
        const completed = performance.now()
        await engine.ask({ ask: "check", answer: "2*" + request.wrt, ...request })
        const judged = performance.now()
        const parts = [copied - shown, checked - copied, completed - checked, judged - completed]
        found.push([derived - start, shown - start, ...parts])
    }
    return found
}"""


COLUMNS = ("engine", "shown", "code and LaTeX", "numeric check", "evidence, mistakes and numbers", "answer check")


def lines_of(case: dict[str, Any]) -> list[str]:
    return case["expr"] if isinstance(case["expr"], list) else [case["expr"]]


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    """Skip in an ordinary run of the tests."""
    if not request.config.getoption("--benchmark-disable-gc"):
        pytest.skip("a benchmark: run `make own-function-speed`")


def said(name: str, seconds: float) -> None:
    print(f"{name:<58} {seconds * 1000:8.0f} ms")


def first_derivation(page: Any, address: str, load: bool = True) -> tuple[float, float]:
    """Seconds from the focus to the derivation, and to its check."""
    page.set_default_timeout(LONG)
    if load:
        page.goto(address + PAGE)
        page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('#own-text').value = \"x'*A*x\"")
    start = time.perf_counter()
    page.locator("#own-text").focus()
    page.keyboard.press("Control+Enter")
    page.locator(".own-derivation .result").wait_for()
    shown = time.perf_counter() - start
    page.locator(CHECKED).wait_for()
    return shown, time.perf_counter() - start


def wait_for_snapshot(context: Any, address: str) -> None:
    """Leave the page alone after a derivation until the browser keeps a snapshot of the engine."""
    page = context.new_page()
    first_derivation(page, address)
    while not page.evaluate(KEPT):
        page.wait_for_timeout(200)
    page.close()


def megabytes(browser: Any) -> float:
    """MiB that the processes of the browser take: what they share is divided among those that share it."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    lines = [line for one in found for line in Path(f"/proc/{one['id']}/smaps_rollup").read_text("ascii").splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@pytest.fixture
def browser_with_profile(driver, chromium, tmp_path) -> Iterator[Any]:
    """A page, and its browser, which keeps on the disk what it loads: a private window would have it in memory."""
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("measured on Linux alone")
    with fresh_profile(driver, chromium, tmp_path / "profile") as context:
        page = context.new_page()
        page.set_default_timeout(LONG)
        yield page, context.browser


BARE = """async () => {
    const { folder, info } = await (await fetch("../assets/runtime/runtime.json")).json()
    const place = new URL(`../assets/runtime/${folder}/`, location.href).href
    const lockFileContents = JSON.stringify({ info, packages: {} })
    const options = { indexURL: place, stdLibURL: `${place}library.zip`, lockFileContents }
    const text = `import { loadPyodide } from "${place}pyodide.js"
        self.python = await loadPyodide(${JSON.stringify(options)})
        postMessage("ready")`
    window.bare = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })), { type: "module" })
    await new Promise((resolve) => { window.bare.onmessage = resolve })
}"""


def test_memory_of_pyodide_alone(browser_with_profile, site):
    page, browser = browser_with_profile
    page.goto(site.address + PAGE)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    before = megabytes(browser)
    page.evaluate(BARE)
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    page.wait_for_timeout(1000)
    print(f"\n{'memory of Pyodide alone, started and idle':<58} {megabytes(browser) - before:8.0f} MiB")


def test_memory(browser_with_profile, site):
    page, browser = browser_with_profile
    page.goto(site.address + PAGE)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    before = megabytes(browser)
    first_derivation(page, site.address, load=False)
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    page.wait_for_timeout(1000)
    print(f"\n{'memory after the first check, more than before the focus':<58} {megabytes(browser) - before:8.0f} MiB")
    while not page.evaluate(KEPT):
        page.wait_for_timeout(200)
    page.wait_for_timeout(2000)
    print(f"{'the same after a snapshot was made':<58} {megabytes(browser) - before:8.0f} MiB")


def test_first_and_further_derivations(driver, chromium, site, tmp_path):
    with fresh_profile(driver, chromium, tmp_path / "profile") as context:
        print(f"\nChromium {context.browser.version if context.browser else ''}")
        for name in ("cold: new profile", "warm: in the same profile", "warm: with a snapshot"):
            if name.endswith("snapshot"):
                wait_for_snapshot(context, site.address)
            page = context.new_page()
            shown, checked = first_derivation(page, site.address)
            said(f"{name}, focus to first derivation", shown)
            said(f"{name}, focus to its check", checked)
            page.close()
        page = context.new_page()
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        shown, _ = first_derivation(page, site.address)
        said("warm, processor 4 times slower, focus to first derivation", shown)
        page.close()


def test_each_further_derivation(new_reader):
    reader: Reader = new_reader(lingers=True)
    reader.page.set_default_timeout(LONG)
    reader.open(PAGE)
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    requests = [{"lines": lines_of(case), "given": case["given"], "wrt": case["wrt"], "root": "../"} for case in cases]
    found = reader.page.evaluate(EACH, requests)
    for name, times in zip(COLUMNS, zip(*found, strict=True), strict=True):
        ordered = sorted(times)
        said(f"{name}, median of {len(ordered)}", statistics.median(ordered) / 1000)
        said(f"{name}, 90th percentile", ordered[len(ordered) * 9 // 10] / 1000)
    started = time.perf_counter()
    reader.page.evaluate(
        """async () => {
            const { engine } = await import("../assets/javascripts/engine.js")
            await engine.stop()
        }"""
    )
    said("stop to ready again", time.perf_counter() - started)


def test_bytes(site):
    runtime = next(path for path in (site.folder / "assets" / "runtime").iterdir() if path.is_dir())
    sizes = json.loads((runtime / "runtime.json").read_text("utf-8"))["sizes"]
    for ending in ("gz", "br"):
        print(f"runtime, {ending}: {sum(one[ending] for one in sizes.values()) / 1e6:.2f} MB")
