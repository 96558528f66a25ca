"""The site's own search finds the right page first, whatever a reader types, and its index holds words, not TeX."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from reading import Reader

# One worker runs all browser tests, so that the site is built once.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

QUERIES = yaml.safe_load((Path(__file__).parents[1] / "data" / "searches.yaml").read_text("utf-8"))

FIELD = ".md-search__input"
# What the list shows after a query is the answer to that query: it is emptied first.
SEARCHED = """([query]) => new Promise(resolve => {
    const list = document.querySelector(".md-search-result__list")
    const meta = document.querySelector(".md-search-result__meta")
    const field = document.querySelector(".md-search__input")
    list.textContent = meta.textContent = ""
    new MutationObserver((_, observer) => {
        observer.disconnect()
        setTimeout(() => {
            const base = document.querySelector(".md-header a.md-logo").href
            resolve([...list.querySelectorAll(":scope > li")].map(item => {
                const scored = [...item.querySelectorAll("a[href]")]
                return scored[0].href.replace(base, "").replace(/[?#].*/, "")
            }))
        }, 0)
    }).observe(meta, { childList: true, characterData: true, subtree: true })
    field.value = query
    field.dispatchEvent(new KeyboardEvent("keyup", { key: query.slice(-1), bubbles: true }))
})"""


def search(reader: Reader, query: str) -> list[str]:
    """Type a query and return the pages found, best first."""
    return reader.page.evaluate(SEARCHED, [query])


@pytest.fixture
def searcher(new_reader) -> Reader:
    """A reader whose search box is open and ready."""
    reader = new_reader()
    reader.open("")
    reader.page.locator(FIELD).click()
    reader.page.locator(FIELD).press_sequentially("trace", delay=5)
    reader.page.locator(".md-search-result__item > a").first.wait_for()
    return reader


def test_the_right_page_comes_first(searcher):
    assert len(QUERIES) >= 40
    wrong = []
    for case in QUERIES:
        found = search(searcher, case["query"])
        if found[:1] != [case["page"]]:
            wrong.append(f"{case['query']}: {case['page']} expected, found {found[:3]}")
    assert not wrong, f"{len(wrong)} of {len(QUERIES)}:\n" + "\n".join(wrong)
    assert not searcher.complaints


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("quadratic form gradient", "mml-5-8-a"),
        ("trace outer product", "mml-5-8-b"),
        ("tanh jacobian", "mml-5-8-c"),
    ],
)
def test_first_result(new_reader, site, query, slug):
    reader = new_reader()
    reader.open("")
    reader.page.locator(".md-search__input").click()
    reader.page.locator(".md-search__input").press_sequentially(query, delay=5)
    results = reader.page.locator(".md-search-result__item > a")
    results.first.wait_for()
    reader.page.wait_for_timeout(300)
    found = [link.get_attribute("href").removeprefix(site.address) for link in results.all()]
    assert found[0].split("?")[0].startswith(f"exercises/{slug}/"), found
    assert not reader.complaints


def test_no_tex_in_the_index(site):
    index = json.loads((site.folder / "search" / "search_index.json").read_text("utf-8"))
    assert index["docs"]
    for entry in index["docs"]:
        for part in ("title", "text"):
            prose = re.sub(r"<code>.*?</code>", "", entry[part], flags=re.DOTALL)
            assert "\\" not in prose, f"{entry['location']}: {prose}"
            assert "data-search-exclude" not in prose, f"{entry['location']}: {prose}"
