"""Small sites of other people: the same notes in MkDocs, ProperDocs and Zensical, with and without the plugin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.browsing import browser, chromium, driver
from tests.browser.reading import serve
from tests.conftest import one_in
from tests.notes.marking import Found, taken_apart

__all__ = ["browser", "chromium", "driver"]
pytestmark = pytest.mark.slow

DECLARED = 'given: [x in R^N, A in R^(N x N), X in R^(N x N) invertible, "k, n in N"]'
HOST = """\
# Notes

Words, `code`, **bold** and [a link](https://example.org).

1. One
    - within

| a | b |
|---|---|
| 1 | 2 |

> Said by somebody.

??? tip "A title"

    Words.

```python
print("Hello")
```
"""
RIGHT = f"""\
---
title: Notes
jacobook:
  {DECLARED}
---
{HOST}
So `#!jb d(x'*A*x)/dx = x'*(A + A')`.

```jacobook
expression: x'*A*x
wrt: x
show: [result, chain, steps, components, code, evidence, picture]
claims: x'*(A + A')
published: {{formula: 2*x'*A, source: A book, link: https://example.org}}
```

- An item

    ```jacobook
    given: X in R^(N x N) positive-definite
    expression: log(det(X))
    wrt: X
    ```

!!! note "A note"

    ```jacobook
    given: [W in R^(M x N), b in R^M, y in R^M]
    expression:
    - L = sum((y - z).^2)
    - z = tanh(W*x + b)
    wrt: W
    show: [result, steps, picture]
    ```

=== "One"

    ```jacobook
    expression: x'*A*x
    wrt: x
    order: 2
    ```

=== "Two"

    ```jacobook
    expression: x'*A*x
    wrt: x
    order: 2
    ```

## Below
"""
FAULTY = f"""\
---
title: Faults
jacobook:
  {DECLARED}
---
```jacobook
expression: x'*A*x
wrt: x
claims:
- x'*(A + A')
- «1x'*A
```

- An item

    ```jacobook
    expression: x'*A*x «2+
    wrt: x
    ```

!!! note

    ```jacobook
    expression: «3x'*X^(k - n)*x
    wrt: X
    ```

    Twice the same: `#!jb d(x'*x)/dx = «1x'`.

=== "One"

    > `#!jb d(x'*x)/dx = «1x'`
    >
    > ```jacobook
    > «2expresion: x
    > ```

```jacobook
expression: x'*A*x
wrt: x
claims:
- x'*(A + A')
- «1x'*A
```
"""
CONFIG = """\
site_name: Notes
theme: {name: material, font: false, palette: {scheme: default}}
extra_javascript: [typesetting.js]
markdown_extensions:
- admonition
- tables
- pymdownx.superfences
- pymdownx.details
- pymdownx.highlight
- pymdownx.tabbed: {alternate_style: true}
- pymdownx.arithmatex: {generic: true}
"""
TYPESETTING = r"""
const here = document.currentScript.src;
window.MathJax = {
  loader: {load: ["input/tex", "output/chtml", "[tex]/boldsymbol"], paths: {fonts: "[mathjax]/fonts"}},
  tex: {packages: {"[+]": ["boldsymbol"], "[-]": ["noundefined"]}, inlineMath: [["\\(", "\\)"]], displayMath: [["\\[", "\\]"]]},
  output: {font: "mathjax-newcm"},
  options: {ignoreHtmlClass: ".*|", processHtmlClass: "arithmatex"},
  startup: {ready() {
    delete MathJax.config.options.menuOptions;
    MathJax.startup.defaultReady();
    MathJax.startup.promise.then(() => document.body.dataset.typeset = "yes");
  }},
};
const script = document.createElement("script");
script.src = new URL("mathjax/startup.js", here).href;
document.head.append(script);
"""  # noqa: E501
EXTENSION, PLUGIN = "- jacobook\n", "plugins: [jacobook]\n"
WAYS = {
    "MkDocs, plugin": ("mkdocs", PLUGIN),
    "MkDocs": ("mkdocs", EXTENSION),
    "ProperDocs": ("properdocs", EXTENSION),
    "ProperDocs, plugin": ("properdocs", PLUGIN),
    "Zensical": ("zensical", EXTENSION),
}


@dataclass(frozen=True)
class Built:
    """What a builder has made of a folder."""

    status: int
    said: str
    site: Path

    def found(self) -> Found:
        """Return the lines and columns that it has named, each once, without what they mean."""
        places = dict.fromkeys(re.findall(r"docs/[\w/]+\.md:(\d+):(\d+): ", self.said))
        return sorted((int(line), int(column), 0) for line, column in places)


def build(folder: Path, builder: str, added: str, pages: dict[str, str]) -> Built:
    for name, text in pages.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "mkdocs.yml").write_text(CONFIG + added, "utf-8")
    target = ["--clean"] if builder == "zensical" else ["--strict", "--site-dir", "site"]
    run = subprocess.run(
        [sys.executable, "-m", builder, "build", "--config-file", "mkdocs.yml", *target],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Built(run.returncode, run.stdout + run.stderr, folder / "site")


@pytest.fixture(scope="module", params=[*WAYS][:: one_in(2)])
def right(request, tmp_path_factory, root) -> Built:
    builder, added = WAYS[request.param]
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(root / "docs" / "assets" / "mathjax", folder / "docs" / "mathjax")
    (folder / "docs" / "typesetting.js").write_text(TYPESETTING, "utf-8")
    return build(folder, builder, added, {"index.md": RIGHT, "host.md": HOST})


def test_right_notes_are_built(right):
    assert right.status == 0, right.said
    text = (right.site / "index.html").read_text("utf-8")
    assert text.count('<div class="jacobook"') == 5
    assert text.count("jb-claim jb-held") == 1
    assert "jb-fault" not in text
    assert "wzxhzdk" not in text


def test_no_id_stands_twice(right):
    text = (right.site / "index.html").read_text("utf-8")
    ids = [one for one in re.findall(r'\bid="?([^"\s>]+)', text) if one.startswith("jb-")]
    assert len(ids) > 10
    assert len(ids) == len(set(ids))


def test_contents_of_the_page_are_those_of_the_host(right):
    text = (right.site / "index.html").read_text("utf-8")
    contents = text[text.index('class="md-nav md-nav--secondary"') :].partition("</nav>")[0]
    assert re.findall(r'<a href="?#([\w-]+)', contents) == ["below"]


def test_the_style_sheet_comes_with_the_plugin(right, request):
    with_plugin = "plugin" in request.node.callspec.id
    assert (right.site / "assets" / "jacobook.css").is_file() == with_plugin
    assert ("assets/jacobook.css" in (right.site / "index.html").read_text("utf-8")) == with_plugin


@pytest.mark.one_in(2)
@pytest.mark.parametrize("way", WAYS)
def test_every_fault_is_named_at_its_line_and_column(tmp_path, way):
    text, expected = taken_apart(FAULTY)
    built = build(tmp_path, *WAYS[way], {"index.md": "# Words\n", "deep/faults.md": text})
    assert built.status == 1
    assert built.found() == [(line, column, 0) for line, column, _ in expected]
    assert "Traceback" not in built.said


def test_the_plugin_looks_at_every_page_before_it_ends_the_build(tmp_path):
    text, expected = taken_apart(FAULTY)
    built = build(tmp_path, "mkdocs", PLUGIN, {"index.md": text, "second.md": text})
    assert built.status == 1
    for name in ("index", "second"):
        assert built.said.count(f"docs/{name}.md:") == len(expected)
    assert f"Jacobook found {2 * len(expected)} faults in the notes" in built.said


def test_an_option_that_is_none_is_said_by_the_builder(tmp_path):
    built = build(tmp_path, "mkdocs", "- jacobook: {layout: jacobien}\n", {"index.md": "# Words\n"})
    assert built.status == 1
    assert "layout: 'jacobien' is none of any, jacobian, denominator" in built.said


# --- Docstrings -----------------------------------------------------------------------------------------------------

MODULE = '''\
"""Kernels."""


def quadratic(x, A):
    """Return x'Ax.

    ```jacobook
    given: [x in R^N, A in R^(N x N)]
    ```

    Its derivative is `#!jb d(x'*A*x)/dx = x'*(A + A')`.

    ```jacobook
    expression: x'*A*x
    wrt: x
    claims: ANSWER
    ```
    """
'''


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("answer", "status"), [("x'*(A + A')", 0), ("x'*A", 1)])
@pytest.mark.parametrize(
    "added",
    [EXTENSION, *(PLUGIN.replace("jacobook", both) for both in ("jacobook, mkdocstrings", "mkdocstrings, jacobook"))],
)
def test_docstrings_of_a_package(tmp_path, added, answer, status):
    (tmp_path / "kernels.py").write_text(MODULE.replace("ANSWER", answer), "utf-8")
    added += "" if "mkdocstrings" in added else "plugins: [mkdocstrings]\n"
    before = "# Kernels\n\n```jacobook\ngiven: t in R\n```\n\n`#!jb d(t^2)/dt = 2*t`"
    page = before + "\n\n::: kernels\n\n`#!jb d(t^3)/dt = 3*t^2`"
    built = build(tmp_path, "mkdocs", added, {"index.md": page})
    assert built.status == status, built.said
    if status:
        assert "a fence, line 3, column 9: Disagrees" in built.said
        assert "Traceback" not in built.said
    else:
        text = (built.site / "index.html").read_text("utf-8")
        assert (text.count('<div class="jacobook"'), text.count("jb-claim jb-held")) == (1, 3)


# --- In a browser ---------------------------------------------------------------------------------------------------

STYLES = """() => [...document.querySelectorAll(".md-container *, .md-header *")]
  .filter(one => !one.closest(".jacobook, mjx-container"))
  .filter(one => !one.matches("script, style, [data-host=no]"))
  .map(one => {
    const style = getComputedStyle(one);
    const names = ["color", "background-color", "display", "font-family", "font-size", "font-weight", "font-style",
      "line-height", "list-style-type", "text-align", "text-decoration-line", "border-top-width", "border-top-color",
      "border-left-width", "margin-top", "margin-bottom", "margin-left", "padding-top", "padding-left", "position",
      "content", "overflow-x", "white-space"];
    return [one.tagName, ...names.map(name => style.getPropertyValue(name))].join("|");
  })"""


@pytest.fixture
def opened(right, browser):
    """A function that opens a page of the site at a width and in a scheme, with what went wrong there."""
    server, address = serve(right.site)
    contexts = []

    def opened(name: str, width: int = 1280, scheme: str = "default"):
        context = browser.new_context(viewport={"width": width, "height": 900}, service_workers="block")
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(address + name)
        page.evaluate(f"document.body.setAttribute('data-md-color-scheme', '{scheme}')")
        page.wait_for_function("document.body.dataset.typeset === 'yes'", timeout=30_000)
        return page, complaints

    yield opened
    for context in contexts:
        context.close()
    server.shutdown()


@pytest.mark.browser
@pytest.mark.one_in(3)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "default"), (390, "slate")])
def test_a_page_in_a_browser(opened, width, scheme):
    page, complaints = opened("", width, scheme)
    assert complaints == []
    assert page.evaluate("document.querySelectorAll('.jacobook .arithmatex:not(:has(mjx-container))').length") == 0
    assert page.evaluate("document.querySelectorAll('.jacobook mjx-container').length") > 40
    assert page.evaluate("document.querySelectorAll('mjx-merror, [data-mml-node=merror]').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = """[...document.querySelectorAll("div.jacobook")].filter(one => one.offsetParent).every(one => {
      const box = one.getBoundingClientRect();
      const wide = [...one.querySelectorAll("p, li, ul, ol, figure, svg, summary, .jb-reason")]
        .filter(part => !part.closest(".arithmatex"))
        .some(part => part.getBoundingClientRect().right > box.right + 1);
      return box.left >= 0 && box.right <= innerWidth + 1 && !wide;
    })"""
    assert page.evaluate(outside)


@pytest.mark.browser
@pytest.mark.one_in(4)
def test_the_styles_of_the_host_are_its_own(opened, right):
    """Every element that is not ours looks as on the same page without a derivation."""
    host, _ = opened("host/")
    page, _ = opened("")
    ours = page.evaluate(STYLES)
    theirs = host.evaluate(STYLES)
    kinds = {one.partition("|")[0] for one in theirs}
    assert {"TABLE", "LI", "SUMMARY", "CODE", "A"} <= kinds
    # How the theme sets its navigation depends on what a page has in it.
    missing = set(theirs) - set(ours)
    assert sorted(one for one in missing if not one.startswith("NAV|")) == []
