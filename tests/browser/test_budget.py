"""How much a reader loads, compressed as servers compress: with the first page, and with each further one."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Request

from tests.browser.reading import Reader

# Two workers drive a browser each: one for these, one for what takes longest.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIRST = 600_000
FURTHER = 72_000
"""Ten of them for the scripts with which an answer is checked, loaded once."""
REQUESTS = 40


class Scales:
    """Weighs every answer that a page gets, once."""

    def __init__(self, reader: Reader) -> None:
        self.answers: list[Request] = []
        self.weighed: set[str] = set()
        # Playwright takes no built-in method for a listener.
        reader.page.on("requestfinished", lambda request: self.answers.append(request))
        self.reader = reader

    def read(self) -> dict[str, int]:
        """Return the weight of what came since the last reading, by address."""
        self.reader.page.wait_for_load_state("networkidle")
        self.reader.page.wait_for_timeout(500)
        found = {}
        for request in self.answers:
            if request.url not in self.weighed and request.url.startswith("http"):
                response = request.response()
                assert response, request.url
                # What the browser has already (304) comes without a body.
                found[request.url] = 0 if response.status == 304 else weight(response.body())
        self.answers.clear()
        self.weighed |= set(found)
        return found


def weight(data: bytes) -> int:
    """Return the size of an answer: what is compressed already does not get smaller."""
    return min(len(data), len(gzip.compress(data, 6)))


@pytest.mark.parametrize("path", ["", "exercises/mml-5-8-a/", "identities/"])
def test_the_first_page(new_reader, path):
    reader = new_reader(fresh=True)
    scales = Scales(reader)
    reader.open(path)
    found = scales.read()
    assert any(address.endswith("search_index.json") for address in found), "the index of the search is not weighed"
    assert sum(found.values()) <= FIRST, found
    assert len(found) <= REQUESTS, list(found)


def test_further_pages(new_reader, site):
    reader = new_reader(fresh=True)
    scales = Scales(reader)
    reader.open("")
    scales.read()
    heavy = {}
    for path in ("exercises/", "exercises/mml-5-8-a/", "rules/product/", "identities/", "layouts/"):
        reader.follow(path)
        found = scales.read()
        assert site.address + path in found, "the page came without being weighed"
        if sum(found.values()) > FURTHER:
            heavy[path] = found
    assert not heavy


def test_the_navigation_is_that_of_the_section(site):
    page = (site.folder / "exercises" / "mml-5-8-a" / "index.html").read_text("utf-8")
    assert "exercises/mml-5-8-b" in page or "../mml-5-8-b/" in page
    assert "../../identities/norm/" not in page.partition("<main")[2].partition("<article")[0]


def test_the_index_of_the_search_is_light(site):
    data = (site.folder / "search" / "search_index.json").read_bytes()
    assert weight(data) < 76_000
