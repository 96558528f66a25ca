"""A small collection with everything in it builds without a warning; anchors are there, and only once."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest

from .conftest import SmallSite

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("strict site")]


class Ids(HTMLParser):
    """The ids of a page and the addresses to which it links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if name := found.get("id"):
            self.ids.append(name)
        if tag == "a" and (address := found.get("href")):
            self.links.append(address)


@pytest.fixture(scope="module")
def built(strict_site: SmallSite) -> dict[str, Ids]:
    """The pages of a small collection, built with `--strict`, by their addresses below the site."""
    site = strict_site.folder
    return {path.relative_to(site).as_posix(): Ids(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


OWN_FUNCTION = "your-own-function/"


def test_every_kind_of_page_is_built(built):
    assert {
        "index.html",
        "exercises/chain/index.html",
        "identities/index.html",
        "identities/quadratic/form/index.html",
        "identities/quadratic/old-form/index.html",
        "rules/product/index.html",
        "errata/index.html",
        "verification/index.html",
    } <= set(built)


def test_no_anchor_stands_twice_on_a_page(built):
    twice = {name: [one for one, count in Counter(page.ids).items() if count > 1] for name, page in built.items()}
    assert not {name: ids for name, ids in twice.items() if ids}
    assert sum(len(page.ids) for page in built.values()) > 500


def test_every_link_within_the_site_leads_somewhere(built):
    addresses = {name.removesuffix("index.html"): page for name, page in built.items()}
    lost = []
    for name, page in addresses.items():
        for link in page.links:
            address, anchor = urldefrag(urljoin(f"https://site.example/{name}", link))
            path = address.removeprefix("https://site.example/")
            if path == address or Path(path).suffix == ".yaml":
                continue
            if path == OWN_FUNCTION and anchor.startswith("f="):  # no place on the page: the statement to be derived
                anchor = ""
            if path not in addresses or (anchor and anchor not in addresses[path].ids):
                lost.append(f"{name}: {link}")
    assert not lost


def test_sections_have_the_anchors_that_are_promised(built):
    assert {"chain", "case-1", "case-2", "case-1-result"} <= set(built["exercises/chain/index.html"].ids)
    assert {"second-derivative", "claims"} <= set(built["identities/quadratic/form/index.html"].ids)
