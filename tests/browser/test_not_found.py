"""The page that stands where none is: at any depth it has its style, a search that works, and ways in."""

from __future__ import annotations

import functools
import http.server
import threading

import pytest

from tests.browser.reading import QuietHandler, Site

# Two workers drive a browser each: one for these, one for what takes longest.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Handler(QuietHandler):
    """Answers with 404.html where there is no file, as the usual hosts of static sites do."""

    def send_error(self, code, message=None, explain=None):
        with open(f"{self.directory}/404.html", "rb") as file:
            page = file.read()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@pytest.fixture(scope="module")
def hosted(site):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site.folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(site.folder, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()


@pytest.mark.parametrize("path", ["nowhere", "exercises/mml-5-8-x/", "a/b/c/d.html"])
def test_what_is_not_there(new_reader, hosted, path):
    reader = new_reader()
    page = reader.page
    assert page.goto(hosted.address + path).status == 404
    assert page.locator("h1").inner_text() == "This page is not here"
    assert page.evaluate("getComputedStyle(document.querySelector('.md-header')).position") == "sticky"
    assert not [complaint for complaint in reader.complaints if complaint.startswith("uncaught")]
    field = page.get_by_role("searchbox", name="Search for a function, an identity or a rule")
    field.fill("tanh jacobian")
    field.press("Enter")
    page.wait_for_url(hosted.address + "?q=tanh+jacobian")
    first = page.locator(".md-search-result__item > a").first
    first.wait_for()
    page.wait_for_timeout(300)
    assert "exercises/mml-5-8-c/" in page.locator(".md-search-result__item > a").first.get_attribute("href")


def test_ways_in_lead_to_pages(new_reader, hosted):
    page = new_reader().page
    page.goto(hosted.address + "a/b/")
    links = page.locator(".md-content ul a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) >= 5
    assert all((hosted.folder / link.removeprefix(hosted.address) / "index.html").is_file() for link in links)
