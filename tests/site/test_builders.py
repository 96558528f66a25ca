"""The same tree of pages is built by MkDocs and by ProperDocs, without a warning."""

from __future__ import annotations

import pytest

from .conftest import built_project


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_properdocs_builds_the_same_pages(workshop, root):
    assert workshop.run() == 0
    built = {}
    for builder in ("mkdocs", "properdocs"):
        site = built_project(workshop, root, "https://example.org/", builder)
        built[builder] = {str(page.relative_to(site)) for page in site.rglob("*.html")}
    assert built["properdocs"] == built["mkdocs"]
    assert len(built["mkdocs"]) >= 8
