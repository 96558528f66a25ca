"""The site's own search finds the right page first, and no TeX."""

from __future__ import annotations

import json
import re

import pytest

# One worker runs all browser tests, so that the site is built once.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


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
