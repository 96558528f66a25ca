"""What pages say to machines: addresses, cards, schema.org data; the sitemap, robots.txt, the page not found."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from jacobook.site.companions.metadata import entry_resource
from jacobook.site.entry_model import Work

from .conftest import HOSTILE

pytestmark = pytest.mark.xdist_group("small site")


class Head(HTMLParser):
    """Tags of a page that say something about it, and its scripts of data."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.meta: dict[str, list[str]] = {}
        self.links: dict[str, list[str]] = {}
        self.addresses: list[str] = []
        self.data: list[dict[str, Any]] = []
        self.scripts: list[str] = []
        self.title = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self._inside = tag if tag in ("script", "title") else ""
        self.addresses += [found[name] for name in ("href", "src", "action") if found.get(name)]
        if tag == "meta" and (name := found.get("property") or found.get("name")):
            self.meta.setdefault(name, []).append(found["content"])
        if tag == "link":
            self.links.setdefault(found["rel"].strip(), []).append(found["href"])
        if tag == "script":
            self._inside = found.get("type") or "script"

    def handle_data(self, data):
        if self._inside == "application/ld+json":
            self.data.append(json.loads(data))
        elif self._inside == "script":
            self.scripts.append(data)
        elif self._inside == "title":
            self.title += data

    def handle_endtag(self, tag):
        self._inside = ""


def head(site, name: str) -> Head:
    return Head(site.text(name))


def test_every_page_has_a_title_a_description_an_address_and_a_card(small_site):
    pages = [
        path for path in small_site.folder.rglob("index.html") if path.parent.name not in ("former", "conventions")
    ]
    assert len(pages) > 50
    seen = set()
    for path in pages:
        name = path.relative_to(small_site.folder).as_posix()
        found = head(small_site, name)
        address = small_site.address + name.removesuffix("index.html")
        assert found.title.strip(), name
        assert found.links["canonical"] == found.meta["og:url"] == [address]
        assert found.meta["description"] == found.meta["og:description"] == found.meta["twitter:description"]
        assert len(found.meta["description"][0]) > 15, name
        assert found.meta["og:title"] == found.meta["twitter:title"]
        assert found.meta["og:image"] == found.meta["twitter:image"]
        card = small_site.folder / found.meta["og:image"][0].removeprefix(small_site.address)
        assert card.read_bytes().startswith(b"\x89PNG"), name
        assert "robots" not in found.meta
        seen.add(found.title)
    assert len(seen) == len(pages), "two pages have the same title"


def test_words_of_an_author_stay_words(small_site):
    found = head(small_site, "exercises/hostile/index.html")
    assert found.meta["og:title"] == [f"Title {HOSTILE}"]
    assert found.meta["og:description"] == [f"Question {HOSTILE}"]
    assert [data["name"] for data in found.data] == [f"Title {HOSTILE}"]
    assert found.data[0]["description"] == f"Question {HOSTILE}"
    assert found.data[0]["teaches"] == [HOSTILE]
    assert not any("alert" in script for script in found.scripts)


def test_an_exercise_is_a_learning_resource(small_site):
    (data,) = head(small_site, "exercises/good/index.html").data
    assert data["@context"] == "https://schema.org"
    assert data["@type"] == "LearningResource"
    assert data["url"] == f"{small_site.address}exercises/good/"
    assert data["image"].startswith(small_site.address)
    assert data["inLanguage"] == "en"
    assert data["license"].startswith("https://")
    assert data["isBasedOn"] == [
        {"@type": "CreativeWork", "name": "Exercise 1.1", "isPartOf": {"@type": "CreativeWork", "name": "A book"}}
    ]


def test_a_rule_is_a_learning_resource(small_site):
    (data,) = head(small_site, "rules/product/index.html").data
    assert (data["@type"], data["name"], data["learningResourceType"]) == (
        "LearningResource",
        "Product rule",
        "rule with proof",
    )


def test_the_home_page_says_how_to_search(small_site):
    (data,) = head(small_site, "index.html").data
    assert data["@type"] == "WebSite"
    assert data["url"] == small_site.address
    assert data["potentialAction"]["target"]["urlTemplate"] == small_site.address + "?q={search_term_string}"


def test_a_cited_page_keeps_its_address():
    page = {"head": {"title": "A & B", "description": "Why?"}}
    sources = [
        {"name": "A thread", "link": "https://example.org/1"},
        {"book": "b", "number": "(7)"},
    ]
    works = {"b": Work(title="Book", authors="Somebody", link="https://example.org/b")}
    data = entry_resource({"group": "trace", "page": page, "sources": sources}, works)
    assert data["name"] == "A & B"
    assert data["teaches"] == ["Traces"]
    assert data["isBasedOn"] == [
        {"@type": "CreativeWork", "name": "A thread", "url": "https://example.org/1"},
        {
            "@type": "CreativeWork",
            "name": "(7)",
            "isPartOf": {"@type": "CreativeWork", "name": "Book", "author": "Somebody", "url": "https://example.org/b"},
        },
    ]


def test_the_sitemap_has_every_page_but_former_addresses(small_site):
    listed = re.findall("<loc>([^<]+)</loc>", small_site.text("sitemap.xml"))
    pages = {path.relative_to(small_site.folder).as_posix() for path in small_site.folder.rglob("index.html")}
    assert len(listed) == len(set(listed))
    addresses = {small_site.address + name.removesuffix("index.html") for name in pages}
    assert addresses - set(listed) == {small_site.address + former for former in ("conventions/", "exercises/former/")}
    assert set(listed) < addresses
    assert head(small_site, "exercises/former/index.html").meta["robots"] == ["noindex"]


def test_robots_are_shown_the_sitemap(small_site):
    assert f"Sitemap: {small_site.address}sitemap.xml" in small_site.text("robots.txt").splitlines()


def test_the_page_not_found_works_at_every_depth(small_site):
    found = head(small_site, "404.html")
    assert found.meta["robots"] == ["noindex"]
    own = [address for address in found.addresses if not address.startswith(("#", "javascript:", "data:"))]
    assert len(own) > 10
    assert all(address.startswith("/below/") for address in own), own
    assert '<form class="not-found" role="search"' in small_site.text("404.html")


def test_the_service_worker_is_another_one_for_another_site(small_site):
    (version,) = re.findall(r'const VERSION = "(\w+)"', small_site.text("service-worker.js"))
    assert re.fullmatch("[0-9a-f]{16}", version)
    assert len(small_site.text("service-worker.js").encode()) < 3000
    manifest = json.loads(small_site.text("site.webmanifest"))
    assert (small_site.folder / manifest["icons"][0]["src"]).is_file()
    assert manifest["start_url"] == manifest["scope"] == "./"
