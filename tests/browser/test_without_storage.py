"""A browser that keeps nothing for any site, which some settings of privacy ask of it: what is asked is answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.browsing import ENGINE_PAGE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

REFUSED = "{ get() { throw new DOMException('The operation is insecure.', 'SecurityError') } }"
NO_STORES = "".join(
    f"Object.defineProperty(window, '{name}', {REFUSED});"
    for name in ("localStorage", "sessionStorage", "indexedDB", "caches")
)
# As Firefox does where all cookies are blocked; the worker of the search meets it, too.
NO_CHANNEL = "self.BroadcastChannel = class { constructor() { throw new DOMException('insecure', 'SecurityError') } };"


@pytest.fixture
def reader(new_reader):
    def without_channel(route: Route) -> None:
        found = route.fetch()
        route.fulfill(response=found, body=NO_CHANNEL + found.text())

    reader = new_reader(fresh=True)
    reader.page.add_init_script(NO_STORES + NO_CHANNEL)
    reader.page.route("**/search-worker.js", without_channel)
    return reader


def test_a_function_is_derived_and_a_word_is_found(reader):
    reader.page.goto(f"{reader.site.address}{ENGINE_PAGE}#f=x%27*x&wrt=x")
    reader.page.locator("[data-own=derivation][data-state=checked]").wait_for()
    reader.page.locator(".md-search__input").first.fill("logsumexp")
    expect(reader.page.locator(".md-search-result__item").first).to_contain_text("ogsumexp")
    reader.page.locator("[data-own=clear]").dispatch_event("click")
    assert not reader.complaints


def test_practice_begins_and_is_forgotten(reader):
    reader.page.goto(f"{reader.site.address}practice/")
    reader.page.get_by_role("button", name="Begin").click()
    reader.page.locator(".practice .statement").first.wait_for()
    reader.page.locator("[data-practice=forget]").dispatch_event("click")
    assert not reader.complaints
