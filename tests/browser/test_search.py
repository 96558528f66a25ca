"""The site's own search finds the right page first, whatever a reader types, and its index holds words, not TeX."""

from __future__ import annotations

import html
import itertools
import json
import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from tests.browser.reading import PHONE, Reader
from tests.conftest import one_in

# Two workers drive a browser each: one for these, one for what takes longest.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

QUERIES = yaml.safe_load((Path(__file__).parents[1] / "data" / "searches.yaml").read_text("utf-8"))

FIELD = ".md-search__input"
# What the list shows after a query is the answer to that query: the list is emptied first, and answers to what was
# typed before, which come in the order of the questions, have passed when a question without an answer has its own.
SEARCHED = """async ([nothing, query]) => {
    const list = document.querySelector(".md-search-result__list")
    const meta = document.querySelector(".md-search-result__meta")
    const field = document.querySelector(".md-search__input")
    const answer = (query, accepted) => new Promise(resolve => {
        list.textContent = meta.textContent = ""
        new MutationObserver((_, observer) => {
            if (!accepted()) return
            observer.disconnect()
            setTimeout(resolve, 0)
        }).observe(meta, { childList: true, characterData: true, subtree: true })
        field.value = query
        field.dispatchEvent(new KeyboardEvent("keyup", { key: query.slice(-1), bubbles: true }))
    })
    await answer(nothing, () => meta.textContent.trim() && !list.childElementCount)
    await answer(query, () => meta.textContent.trim())
    const base = document.querySelector(".md-header a.md-logo").href
    return [...list.querySelectorAll(":scope > li")].map(item => {
        const scored = [...item.querySelectorAll("a[href]")]
        return scored[0].href.replace(base, "").replace(/[?#].*/, "")
    })
}"""
NOTHING = itertools.count()


def search(reader: Reader, query: str) -> list[str]:
    """Type a query and return the pages found, best first."""
    return reader.page.evaluate(SEARCHED, [f"qqzzx{next(NOTHING)}", query])


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
    for case in QUERIES[:: one_in(2)]:
        found = search(searcher, case["query"])
        if case["page"] not in found[: case.get("among", 1)]:
            wrong.append(f"{case['query']}: {case['page']} expected, found {found[:3]}")
    assert not wrong, f"{len(wrong)} of {len(QUERIES)}:\n" + "\n".join(wrong)
    assert not searcher.complaints


def test_what_is_pasted_by_hand_is_searched_for(searcher):
    searcher.page.locator(FIELD).fill("")
    searcher.page.keyboard.insert_text("logsumexp")  # no key is heard
    expect(searcher.page.locator(".md-search-result__item").first).to_contain_text("ogsumexp")


SHARE = "[data-md-component=search-share]"


@pytest.mark.parametrize("by_key", [False, True])
def test_what_is_shared_is_the_search_as_it_was_typed(new_reader, by_key):
    reader = new_reader()
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.open("rules/product/")
    reader.page.locator(FIELD).click()
    reader.page.locator(FIELD).press_sequentially("log det", delay=5)
    reader.page.locator(".md-search-result__item > a").first.wait_for()
    if by_key:
        reader.page.locator(SHARE).evaluate("link => link.click()")
    else:
        reader.page.locator(SHARE).click()
    reader.page.wait_for_function("!document.querySelector('#__search').checked")
    shared = reader.page.evaluate("navigator.clipboard.readText()")
    assert shared == reader.site.address + "rules/product/?q=log+det"
    assert not reader.complaints
    reader.open(shared.removeprefix(reader.site.address))
    expect(reader.page.locator(FIELD)).to_have_value("log det")
    reader.page.locator(".md-search-result__item > a").first.wait_for()


def test_every_address_is_one_before_the_scripts_have_come(site):
    for name in ("index.html", "rules/product/index.html", "404.html"):
        page = (site.folder / name).read_text("utf-8")
        assert "search-share" in page
        assert "javascript:" not in page


# --- On a phone the search is hidden until it is opened ---------------------------------------------------------------

FOCUS = """() => ({
    open: document.getElementById("__search").checked,
    in_field: document.activeElement.matches(".md-search__input"),
    unseen: document.activeElement !== document.body && !document.activeElement.matches("#__search") &&
        Boolean(document.activeElement.closest(".md-search")) && !document.getElementById("__search").checked,
    name: document.activeElement.getAttribute("aria-label"),
})"""


def test_a_hidden_search_never_has_the_focus(new_reader):
    reader = new_reader(PHONE)
    reader.open("rules/product/")
    for _ in range(8):
        reader.page.keyboard.press("Tab")
        found = reader.page.evaluate(FOCUS)
        assert not found["unseen"], found
        if found["name"] == "Search":
            break
    else:
        pytest.fail("the keyboard does not come to the search")
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.type("trace")
    reader.page.locator(".md-search-result__item > a").first.wait_for()
    assert reader.page.evaluate(FOCUS)["in_field"]
    reader.page.keyboard.press("Escape")
    assert reader.page.evaluate(FOCUS) == {"open": False, "in_field": False, "unseen": False, "name": "Search"}
    reader.page.keyboard.press("/")
    assert reader.page.evaluate(FOCUS)["in_field"]
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_function("!document.querySelector('#__search').checked")
    assert not reader.page.evaluate(FOCUS)["unseen"]
    reader.page.wait_for_url("**/?h=trace")
    assert not reader.page.evaluate(FOCUS)["unseen"]
    reader.page.locator("label.md-header__button[for=__search]").click()
    assert reader.page.evaluate(FOCUS)["in_field"]
    reader.page.locator(".md-search__form label.md-search__icon").click()
    assert not reader.page.evaluate(FOCUS)["unseen"]
    assert not reader.complaints


MADE = "performance.getEntriesByName('search index').length"


def test_the_index_is_made_when_the_search_is_opened(new_reader):
    reader = new_reader()
    reader.open("rules/product/")
    reader.page.wait_for_load_state("networkidle")
    (worker,) = (one for one in reader.page.workers if one.url.endswith("search-worker.js"))
    assert worker.evaluate(MADE) == 0
    reader.page.locator(FIELD).click()
    for _ in range(600):
        if worker.evaluate(MADE):
            break
        reader.page.wait_for_timeout(100)
    assert worker.evaluate(MADE) == 1


LOADED = """async () => {
    const base = document.querySelector(".md-header a.md-logo").href
    const { engine } = await import(new URL("assets/javascripts/engine.js", base).href)
    await engine.start()
}"""


def test_where_the_engine_is_loaded_a_formula_is_found_by_its_normal_form(searcher):
    query, page = "d/dx sqrt((x-c)'(x-c))", "identities/norm/norm-of-difference/"
    assert search(searcher, query)[0] != page
    assert not [one for one in searcher.page.context.pages[0].workers if "engine" in one.url]
    searcher.page.evaluate(LOADED)
    first = searcher.page.locator(".md-search-result__item > a").first
    for typed in ("d/dz sqrt((z-u)'(z-u))", r"\frac{\partial}{\partial t} \sqrt{(t-q)^\top(t-q)}"):
        search(searcher, typed)
        # What the engine says may come after the first answer.
        expect(first).to_have_attribute("href", re.compile(re.escape(page)), timeout=60_000)
    assert not searcher.complaints


@pytest.mark.one_in(3)
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
    first = reader.page.locator(".md-search-result__item > a").first
    # Letters have answers of their own: that to the last one comes last, and stays.
    expect(first).to_have_attribute("href", re.compile(re.escape(f"{site.address}exercises/{slug}/")))
    reader.page.wait_for_timeout(300)
    assert f"/exercises/{slug}/" in first.get_attribute("href")
    assert not reader.complaints


def test_nothing_that_is_typed_is_an_error(searcher):
    for query in ("^", ":", '"', "(((", "\\frac{", "||", "title:x", "+tr -det", "x^", "*", "§", "d/d", "_"):
        search(searcher, query)
        assert search(searcher, "5.8a")[0] == "exercises/mml-5-8-a/", query
    assert not searcher.complaints


def test_results_say_what_they_are(searcher):
    search(searcher, "squared distance of vectors")
    first = searcher.page.locator(".md-search-result__item").first
    assert first.locator("h1").inner_text() == "Weighted squared distance between two vectors"
    assert first.locator("h1 mark").all_inner_texts() == ["squared", "distance", "vectors"]
    assert first.locator("code").first.inner_text() == "d/dx (x - s)'W(x - s)"
    assert "Spelled" not in first.inner_text()
    assert "Also known as" not in first.inner_text()


def texts(site) -> dict[str, str]:
    """Return the text of every section in the index, by its place."""
    index = json.loads((site.folder / "search" / "search_index.json").read_text("utf-8"))
    return {doc["location"]: html.unescape(re.sub("<[^>]+>", " ", doc["text"])) for doc in index["docs"]}


@pytest.mark.parametrize(
    ("page", "spellings"),
    [
        (
            "identities/quadratic/quadratic-form/",
            ["x'Bx", "x^T B x", "xTBx", "derivative of x^T A x", "MC 81", "MML 5.107"],
        ),
        ("identities/trace/trace-axb/", ["tr(AXB)", "tr(A*X*B)", "MC 101", "MC101"]),
        ("exercises/mml-5-8-a/", ["5.8a", "MML 5.8a", "(x - mu)'S^-1(x - mu)", "quadratic form gradient"]),
        ("identities/determinant/logdet/", ["logdet(X)", "derivative of log det", "MC 57"]),
    ],
)
def test_spellings_and_other_names_are_in_the_index(site, page, spellings):
    assert not [spelling for spelling in spellings if spelling not in texts(site)[page]]


def test_no_label_of_a_button_is_in_the_index(site):
    labels = set()
    for path in site.folder.rglob("index.html"):
        content = path.read_text("utf-8").partition("<article")[2]
        labels |= {
            re.sub("<[^>]+>", "", label).strip() for label in re.findall(r"(?s)<button\b.*?>(.*?)</button>", content)
        }
    # What the layouts are called is a subject of pages, too.
    labels = {label for label in labels if " " in label} - {"Jacobian layout", "Denominator layout"}
    assert {"Copy LaTeX", "Hide the answer", "Step through it"} <= labels
    found = texts(site)
    assert not [(label, place) for label in labels for place, text in found.items() if label in text]


def test_no_tex_in_the_index(site):
    index = json.loads((site.folder / "search" / "search_index.json").read_text("utf-8"))
    assert index["docs"]
    for entry in index["docs"]:
        for part in ("title", "text"):
            prose = re.sub(r"<code>.*?</code>", "", entry[part], flags=re.DOTALL)
            assert "\\" not in prose, f"{entry['location']}: {prose}"
            assert "data-search-exclude" not in prose, f"{entry['location']}: {prose}"
