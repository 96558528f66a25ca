"""What a reader does with a page before its scripts have come, or when they never do."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

UNDRAWN = """() => [...document.querySelectorAll(".md-content .arithmatex")].filter(
    box => !box.querySelector("mjx-container") && box.checkVisibility()).length"""
FORMULAS = """() => [...document.querySelectorAll(".md-content mjx-container")].filter(
    box => box.checkVisibility()).length"""
HEADING = "document.querySelector('h1').firstChild.textContent.trim()"
NEXT_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def early(new_reader):
    """A reader to whom no script comes that stands in a file of its own."""
    reader = new_reader()
    reader.page.route("**/*.js", lambda route: route.abort())
    return reader


@pytest.mark.parametrize("path", ["", "exercises/mml-5-8-a/", "exercises/mml-5-8-c/"])
def test_what_is_opened_is_drawn(early, path):
    early.page.goto(early.site.address + path)
    assert early.page.evaluate(UNDRAWN) == 0
    assert early.page.evaluate(FORMULAS) > 3
    early.page.evaluate("document.querySelectorAll('.md-content details').forEach(box => { box.open = true })")
    early.page.evaluate(NEXT_FRAMES)
    assert early.page.evaluate(UNDRAWN) == 0
    for number in range(early.page.locator(".md-content .tabbed-set > input").count()):
        early.page.locator(".md-content .tabbed-set > input").nth(number).evaluate("input => input.click()")
        assert early.page.evaluate(UNDRAWN) == 0
    # Of some folded parts one is open at a time.
    assert early.page.locator(".md-content .arithmatex:not(details:not([open]) *) > noscript").count() == 0


@pytest.mark.parametrize("path", ["exercises/mml-5-8-a/", "exercises/mml-5-8-c/", "identities/"])
def test_paper_has_all_that_it_has_later(early, new_reader, path):
    early.page.goto(early.site.address + path)
    later = new_reader()
    later.open(path)
    counts = []
    for reader in (early, later):
        reader.page.emulate_media(media="print")
        # Emulated paper has a window; to lay out one part after the other as it is looked at takes a minute.
        reader.page.evaluate("document.documentElement.classList.add('laid-out')")
        reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert reader.page.evaluate(UNDRAWN) == 0
        assert reader.page.locator(".md-content :is(.arithmatex, .sheet-row) noscript").count() == 0
        counts.append(reader.page.evaluate(FORMULAS))
    assert counts[0] == counts[1] > 20
    early.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert early.page.locator(".md-content details[open]").count() == 0


def test_a_place_opened_in_another_window_does_not_stop_the_way_back(new_reader):
    reader = new_reader()
    reader.open("rules/product/")
    link = ".md-sidebar--secondary a[href$='#pages-that-use-it']"
    reader.page.locator(link).click()
    reader.page.locator(link).click(modifiers=["Control"])
    # The theme may add the place that was read last to the address of the next page.
    reader.page.locator(".md-tabs a[href$='your-own-function/']").click()
    reader.page.wait_for_function(f"{HEADING} !== 'Product rule'")
    reader.page.go_back()
    reader.page.wait_for_function(f"{HEADING} === 'Product rule'")
    assert not reader.complaints
