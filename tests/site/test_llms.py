"""llms.txt, and the copies of pages in Markdown: complete, linked, and free of HTML."""

from __future__ import annotations

import posixpath
import re

import pytest

from jacobook.site.companions.plain_copy import copy_name, plain_copy, published_name
from jacobook.site.pages.markup import display, inline, words

pytestmark = pytest.mark.xdist_group("small site")


def plain(markdown: str, page: str = "exercises/x.md") -> str:
    return plain_copy(markdown, page).decode().strip()


def copies(site) -> dict[str, str]:
    found = (path for path in site.folder.rglob("*.md"))
    return {path.relative_to(site.folder).as_posix(): path.read_text("utf-8") for path in found}


def test_llms_txt_has_the_form_and_names_every_copy(small_site):
    text = small_site.text("llms.txt")
    lines = text.splitlines()
    assert lines[0] == "# Jacobook"
    assert lines[2].startswith("> ")
    assert len(re.findall("^# ", text, re.M)) == 1
    assert {"## The site", "## Start here", "## Exercises", "## Rules"} <= set(lines)
    items = [line for line in lines if line.startswith("- ")]
    linked = [re.fullmatch(r"- \[.+\]\((\S+)\): .+", item) for item in items]
    assert all(linked), items
    names = [found[1].removeprefix(small_site.address) for found in linked if found]
    assert sorted(names) == sorted(copies(small_site))
    assert len(names) > 50


def test_a_copy_stands_beside_its_page_and_is_linked(small_site):
    found = copies(small_site)
    assert {"index.md", "exercises/good/index.md", "rules/product/index.md", "layouts/index.md"} <= set(found)
    assert not any(name.startswith(("exercises/former", "tags")) for name in found)
    for name in found:
        html = small_site.text(name.removesuffix(".md") + ".html")
        assert re.search(r'<link rel="alternate " type="text/markdown"[^>]* href="index\.md">', html), name


def test_copies_hold_no_html_and_whole_formulas(small_site):
    for name, text in copies(small_site).items():
        prose = re.sub(r"(?ms)^```.*?^```$|`[^`]*`|\$\$.*?\$\$|\$.*?\$", "", text)
        assert not re.search(r"<[a-z/!]", prose), f"{name}: {prose}"
        assert "search-exclude" not in text, name
        assert not re.search(r"\\[(\[]|^///|\{[#.:]", prose, re.M), f"{name}: {prose}"
        assert text.startswith("# "), name
        assert text.count("$$") % 2 == 0, name


def test_links_of_copies_lead_to_copies(small_site):
    found = copies(small_site)
    lost = []
    for name, text in found.items():
        for link in re.findall(r"\]\(([^()\s]+)\)", text):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link.partition("#")[0]))
            if "://" not in link and not link.startswith("#") and not (small_site.folder / target).is_file():
                lost.append(f"{name}: {link}")
    assert not lost


def test_copies_of_pages_that_show_derivations_say_what_the_pages_say(small_site):
    text = copies(small_site)["how-to-read/index.md"]
    assert "Common mistake: Do not stop at" in text
    assert "This is the derivative of the" in text


def test_the_copy_of_an_entry_tells_the_whole_derivation(small_site):
    text = copies(small_site)["exercises/good/index.md"]
    assert "Differentiate the squared length." in text
    assert r"- $\boldsymbol{x}$ in $\mathbb{R}^{N}$: variable of differentiation" in text
    assert r"$$\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}} = 2\boldsymbol{x}^{\top}$$ (1×N)" in text
    step = re.search(
        r"^- \$\$\\mathrm\{d\}f = .+\$\$ — .+ \(\[.+\]\(\.\./\.\./rules/[a-z-]+/index\.md\)\)$", text, re.M
    )
    assert step, text
    assert "every relative error below 10^−" in text
    assert "```python" in text


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (inline(r"a \le b"), r"$a \le b$"),
        (display("a < b"), "$$a < b$$"),
        ('<span class="shape">1×N</span>', "(1×N)"),
        ("below 10<sup>−12</sup>", "below 10^−12"),
        (words("a = [b]: c_1"), r"a = \[b\]: c\_1"),
        (words("<b> & c"), "&#60;b&#62; &#38; c"),
        ("## In code {#code data-search-exclude}", "## In code"),
        ('[Rule](../rules/sum.md "Sum"){.rule}, then', "[Rule](../../rules/sum/index.md), then"),
        ("[Here](#part)", "[Here](#part)"),
        ("[Source](../assets/generated/x.yaml)", "[Source](../../assets/generated/x.yaml)"),
        ("/// tab | NumPy\n\n```python\nx = {.y}  # <b>\n```\n\n///", "**NumPy**\n\n```python\nx = {.y}  # <b>\n```"),
        ("<figure><svg><text>x</text></svg></figure>Text", "Text"),
        ("`<b>` {.x}", "`<b>`"),
    ],
)
def test_plain_text_of(markdown, expected):
    assert plain(markdown) == expected


def test_copies_have_no_marks_that_only_pages_show(small_site):
    pages = "".join(path.read_text("utf-8") for path in small_site.folder.rglob("*.html"))
    assert "changed" in pages
    assert [name for name, text in copies(small_site).items() if re.search(r"\\class\{|\\hphantom", text)] == []


def test_names_of_copies():
    assert published_name("rules/index.md") == "rules/index.md"
    assert published_name("rules/sum.md") == "rules/sum/index.md"
    assert copy_name("index.md") == "assets/generated/markdown/index.md.txt"
