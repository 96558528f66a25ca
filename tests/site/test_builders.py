"""The same tree of pages is built by MkDocs, by ProperDocs and by Zensical; nothing of a template is left."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from tests.conftest import one_in

from .conftest import ADDRESS, built_by_zensical, built_project

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("small site")]
BUILDERS = ("mkdocs", "properdocs", "zensical")[:: one_in(2)]
"""The first and the last in the usual run: the second is the first under another name."""
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(scope="module")
def sites(root, small_site) -> dict[str, Path]:
    """The folder that each builder made of the same pages, a former address among them."""
    workshop, built = small_site.workshop, {"mkdocs": small_site.folder}
    built |= {builder: built_project(workshop, root, ADDRESS, builder) for builder in BUILDERS[1:-1]}
    return built | {"zensical": built_by_zensical(workshop, root, ADDRESS)}


def pages_of(site: Path) -> set[str]:
    return {page.relative_to(site).as_posix() for page in site.rglob("*.html")}


def located(site: Path) -> list[str]:
    return [place.text or "" for place in ElementTree.fromstring((site / "sitemap.xml").read_bytes()).iter(LOCATION)]


@pytest.mark.parametrize("builder", BUILDERS[1:])
def test_the_same_pages_are_built(sites, builder):
    assert pages_of(sites[builder]) == pages_of(sites["mkdocs"])
    assert {"404.html", "index.html", "exercises/hostile/index.html", "exercises/former/index.html"} <= pages_of(
        sites[builder]
    )


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_page_not_found_has_a_search_and_ways_in(sites, builder):
    html = (sites[builder] / "404.html").read_text("utf-8")
    content = html.partition("This page is not here")[2].partition("</article>")[0]
    form = re.search(r'<form class="not-found"[^>]* action="([^"]*)" method="get">', content)
    assert form, content
    assert urljoin(ADDRESS, form[1]) == ADDRESS
    links = re.findall(r'<li><a href="([^"]*)">([^<]*)</a></li>', content)
    assert len(links) >= 3, content
    for address, title in links:
        page = sites[builder] / urljoin(ADDRESS, address).removeprefix(ADDRESS) / "index.html"
        assert title.strip(), content
        assert page.is_file(), address


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_sitemap_has_every_page_but_former_addresses(sites, builder):
    found = located(sites[builder])
    former = {"404.html", "conventions/index.html", "exercises/former/index.html"}
    wanted = {ADDRESS + name.removesuffix("index.html") for name in pages_of(sites[builder]) - former}
    assert len(found) == len(set(found))
    assert set(found) == wanted


@pytest.mark.parametrize("builder", BUILDERS)
def test_nothing_of_a_template_is_left(sites, builder):
    files = [path for path in sites[builder].rglob("*") if path.suffix in (".html", ".txt", ".xml", ".md")]
    assert {"llms.txt", "robots.txt", "sitemap.xml", "404.html"} <= {path.name for path in files}
    for path in files:
        text = path.read_text("utf-8")
        # A formula may hold two braces; a template names what it puts in, or ends a line.
        assert not re.search(r"\{%-? |\{\{-? ?[a-z]+[. ]|\{#-? ", text), path


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_list_of_pages_leads_to_their_copies(sites, builder):
    site = sites[builder]
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# Jacobook\n")
    links = re.findall(r"(?m)^- \[.+\]\((\S+)\): .+$", text)
    assert len(links) > 50
    for link in links:
        assert (site / link.removeprefix(ADDRESS)).is_file(), link
    assert (site / "robots.txt").read_text("utf-8").startswith("User-agent: *\nAllow: /\n")
