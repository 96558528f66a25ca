"""Pages that were read open again without a network; others say why they do not; a worker that is not wanted goes."""

from __future__ import annotations

import pytest

from tests.browser.browsing import PATIENCE
from tests.browser.reading import Reader, Site, serve

# Two workers drive a browser each: one for these, one for what takes longest.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

READ = "exercises/mml-5-8-a/"
KEPT = """async address => {
    for (const name of await caches.keys())
        if (await (await caches.open(name)).match(address)) return true
    return false
}"""


@pytest.fixture
def visit(browser, site):
    """A reader at a server that can be stopped, at an address for which the site was not built."""
    server, address = serve(site.folder)
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(PATIENCE)

    def cut() -> None:
        context.set_offline(True)
        server.shutdown()
        server.server_close()

    yield Reader(context.new_page(), Site(site.folder, address)), cut
    context.close()


def wait_until_kept(reader: Reader, path: str) -> None:
    reader.page.wait_for_function("navigator.serviceWorker.controller !== null")
    for _ in range(100):
        if reader.page.evaluate(KEPT, reader.site.address + path):
            reader.page.wait_for_load_state("networkidle")
            return
        reader.page.wait_for_timeout(100)
    raise AssertionError(f"{path} was not kept")


def test_a_page_that_was_read_opens_without_a_network(visit):
    reader, cut = visit
    reader.page.goto(reader.site.address + READ)
    wait_until_kept(reader, READ)
    reader.page.goto(reader.site.address + "layouts/")
    wait_until_kept(reader, "layouts/")
    cut()
    for path in (READ, "layouts/"):
        reader.page.goto(reader.site.address + path)
        assert reader.page.locator("h1").inner_text()
        assert reader.page.evaluate("getComputedStyle(document.querySelector('.md-header')).position") == "sticky"
    reader.page.goto(reader.site.address + READ)
    reader.page.locator(".md-search__input").press_sequentially("tanh", delay=5)
    reader.page.locator(".md-search-result__item").first.wait_for()


def test_a_page_that_was_not_read_says_so(visit):
    reader, cut = visit
    reader.page.goto(reader.site.address)
    wait_until_kept(reader, "")
    cut()
    reader.page.goto(reader.site.address + "layouts/")
    assert "no network" in reader.page.locator("h1").inner_text()
    reader.page.get_by_role("link").click()
    reader.page.locator(".md-header").wait_for()


def test_another_site_takes_the_place_of_a_former_one(visit):
    reader, _ = visit
    reader.page.goto(reader.site.address)
    wait_until_kept(reader, "")
    former = "jacobook " + reader.site.address + " of-yesterday"
    reader.page.evaluate("async name => { await caches.open(name) }", former)
    other = "somebody else's"
    reader.page.evaluate("async name => { await caches.open(name) }", other)
    reader.page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).unregister()")
    reader.page.reload()
    wait_until_kept(reader, "")
    for _ in range(50):
        names = reader.page.evaluate("caches.keys()")
        if former not in names:
            break
        reader.page.wait_for_timeout(100)
    assert former not in names
    assert other in names


def test_a_worker_that_is_not_wanted_goes(visit):
    reader, _ = visit
    reader.page.goto(reader.site.address)
    wait_until_kept(reader, "")

    def without_worker(route) -> None:
        response = route.fetch()
        assert 'name="jacobook:worker"' in response.text()
        route.fulfill(response=response, body=response.text().replace('name="jacobook:worker"', 'name="nothing"'))

    # The worker asks for the page; the answer is changed on its way to it.
    reader.page.context.route("**/layouts/", without_worker)
    reader.page.goto(reader.site.address + "layouts/")
    reader.page.wait_for_function("async () => (await navigator.serviceWorker.getRegistrations()).length === 0")
    reader.page.wait_for_function("async () => (await caches.keys()).length === 0")
