"""axe-core finds nothing on our pages that Material does not bring itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from reading import DESKTOP, PHONE, Reader, Site, serve

# One worker runs all browser tests, so that the site is built once.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

BARE_CONFIGURATION = """\
site_name: Lorem
theme: {name: material, font: false}
markdown_extensions: [toc: {permalink: true}, admonition, pymdownx.details, pymdownx.superfences,
  pymdownx.highlight, pymdownx.tabbed: {alternate_style: true}]
"""
BARE_PAGE = """\
# Lorem ipsum

Dolor sit [amet](index.md), `consectetur`.

## Adipiscing

=== "Elit"

    Sed do eiusmod tempor.

=== "Incididunt"

    Ut labore et dolore.

??? note "Magna"

    Aliqua.

```python
def lorem(ipsum):
    return ipsum
```

| Ut | enim |
|----|------|
| ad | minim |
"""


def violations(reader: Reader, axe: str) -> set[tuple[str, str]]:
    """Pairs of a rule and the element that breaks it."""
    reader.page.add_style_tag(content="* { transition: none !important }")
    reader.page.evaluate(axe)
    found = reader.page.evaluate(
        """async () => (await axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"],
        })).violations.flatMap(
            rule => rule.nodes.map(node => [rule.id, node.target.flat().join(" "), node.html]))"""
    )
    return {(rule, target, " ".join(html.split())[:160]) for rule, target, html in found}


@pytest.fixture(scope="module")
def axe(root):
    return (root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def bare(browser, axe, tmp_path_factory) -> set[tuple[str, str]]:
    """What axe-core says of Material itself, on a page of lorem ipsum."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(BARE_CONFIGURATION, "utf-8")
    (folder / "docs" / "index.md").write_text(BARE_PAGE, "utf-8")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    server, address = serve(folder / "site")
    found = set()
    for viewport in (DESKTOP, PHONE):
        context = browser.new_context(viewport=viewport)
        reader = Reader(context.new_page(), Site(folder / "site", address))
        reader.page.goto(address)
        found |= {(rule, target) for rule, target, _ in violations(reader, axe)}
        context.close()
    server.shutdown()
    return found


@pytest.mark.parametrize(
    ("viewport", "color_scheme"),
    [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light")],
    ids=["light", "dark", "phone"],
)
def test_every_page(new_reader, site, axe, bare, viewport, color_scheme):
    reader = new_reader(viewport, color_scheme)
    faults = []
    for path in site.paths():
        reader.open(path)
        list(reader.unfold())
        faults += [
            f"{path}: {rule}: {target}: {html}"
            for rule, target, html in sorted(violations(reader, axe))
            if (rule, target) not in bare
        ]
    assert not faults, "\n".join(faults)
