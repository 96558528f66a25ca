"""The same tree of pages is built by MkDocs and by ProperDocs, without a warning."""

from __future__ import annotations

import pytest


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_properdocs_builds_the_same_pages(build_site, tmp_path):
    address = "https://example.org/"
    built = {}
    for builder in ("mkdocs", "properdocs"):
        build_site(tmp_path / builder, address=address, builder=builder)
        built[builder] = {str(page.relative_to(tmp_path / builder)) for page in (tmp_path / builder).rglob("*.html")}
    assert built["properdocs"] == built["mkdocs"]
    assert len(built["mkdocs"]) >= 8
