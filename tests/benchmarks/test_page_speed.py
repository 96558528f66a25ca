"""How soon a page can be read in a browser on a machine four times as slow; `make page-speed` prints it."""

from __future__ import annotations

import functools
import gzip
import http.server
import mimetypes
import threading
from typing import Any

import pytest

from tests.browser.reading import DESKTOP, PHONE

PAGES = ("", "exercises/mml-5-8-a/", "exercises/mml-5-4/", "identities/", "rules/product/", "layouts/")
THROTTLE = 4
PROBE = """
window.seen = { first: 0, settled: 0, loaded: 0, shifted: 0 };
const hasItsFonts = formula => [...formula.querySelectorAll("mjx-c")].every(
  glyph => document.fonts.check("1em " + getComputedStyle(glyph).fontFamily));
const sees = () => [...document.querySelectorAll("mjx-container")].some(formula => {
  const box = formula.getBoundingClientRect();
  return box.width > 0 && box.top < innerHeight && box.bottom > 0 && hasItsFonts(formula);
});
const watch = () => {
  if (sees()) seen.first = performance.now();
  else requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  seen.shifted += entry.value;
  if (entry.value > 0.001) seen.settled = Math.max(seen.settled, entry.startTime);
})).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  seen.settled = Math.max(seen.settled, entry.startTime);
})).observe({ type: "largest-contentful-paint", buffered: true });
addEventListener("load", () => document.fonts.ready.then(() => {
  seen.loaded = performance.now();
}));"""
"""`first`: a formula is drawn in the window, in its fonts (0: the window holds none); `settled`: the largest part of
the window is drawn, and nothing moves after it; `loaded`: the page is there to its end; the scripts come later."""


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves as the servers of static sites do: compressed, to be kept for a while."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    @staticmethod
    @functools.cache
    def body(path: str) -> tuple[bytes, str, bool]:
        with open(path, "rb") as file:
            data = file.read()
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        small = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml", "svg+xml"))
        return gzip.compress(data, 6) if small else data, kind, small

    def do_GET(self) -> None:
        path = self.translate_path(self.path)
        try:
            data, kind, small = self.body(f"{path}index.html" if path.endswith("/") else path)
        except OSError:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        if small:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def address(site):
    handler = functools.partial(Compressing, directory=str(site.folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path or "home")
def test_page(benchmark, browser, address, path, viewport):
    """Milliseconds from the start of the navigation; the last figure of each is from the last round."""
    found: dict[str, float] = {}

    def read() -> None:
        context = browser.new_context(viewport=viewport, bypass_csp=True)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        loaded = [0]

        def note(event: dict[str, Any]) -> None:
            loaded[0] += int(event["encodedDataLength"])

        session.on("Network.loadingFinished", note)
        session.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        page.add_init_script(PROBE)
        page.goto(address + path, wait_until="load")
        page.wait_for_timeout(1200)
        seen = page.evaluate("window.seen")
        context.close()
        for name, value in {**seen, "kilobytes": loaded[0] / 1000}.items():
            found.setdefault(name, 0.0)
            found[name] = value

    benchmark.pedantic(read, rounds=3, iterations=1)
    benchmark.extra_info.update({name: round(value, 4) for name, value in found.items()})
    line = ", ".join(
        f"{name} {value:.0f}" if name != "shifted" else f"{name} {value:.3f}" for name, value in found.items()
    )
    print(f"\n{path or 'home'} at {viewport['width']}: {line}")
    assert found["settled"] > 0, "nothing was seen"
