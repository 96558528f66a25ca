"""A server that knows the types of a web site of long ago, as many do, is enough for the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import pytest

from tests.browser.browsing import ENGINE_PAGE
from tests.browser.reading import QuietHandler, Site, serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


KNOWN = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "application/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


class PlainHandler(QuietHandler):
    """What it does not know, WebAssembly among it, is a row of bytes."""

    def guess_type(self, path: object) -> str:
        return KNOWN.get(PurePath(str(path)).suffix, "application/octet-stream")


@pytest.fixture
def plainly_served(site: Site) -> Iterator[str]:
    server, address = serve(site.folder, PlainHandler)
    yield address
    server.shutdown()


def test_the_engine_starts(new_reader, plainly_served):
    page = new_reader(fresh=True).page
    page.goto(f"{plainly_served}{ENGINE_PAGE}#f=x%27*x&wrt=x")
    page.locator("[data-own=derivation][data-state=checked]").wait_for(timeout=120_000)
    assert "hold in all" in page.locator(".own-status").inner_text()
