"""The HTML of a derivation in the browser is, byte for byte, what Python-Markdown makes of the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markdown import Markdown

from jacobook.browser import reader_page
from jacobook.browser.derivation_markdown import derivation_html
from jacobook.browser.entry import answered
from jacobook.browser.protocol import PROTOCOL
from jacobook.site import page_templates
from jacobook.site.pages.markup import inline, words
from tests.conftest import one_in

BENCHMARK = Path(__file__).resolve().parents[1] / "data" / "benchmark"
EXTENSIONS: dict[str, dict[str, Any]] = {
    "attr_list": {},
    "md_in_html": {},
    "tables": {},
    "toc": {"permalink": False, "marker": ""},
    "pymdownx.arithmatex": {"generic": True, "inline_syntax": ["round"], "block_syntax": ["square"]},
    "pymdownx.blocks.tab": {"alternate_style": True},
    "pymdownx.highlight": {"use_pygments": False},
    "pymdownx.superfences": {},
}
"""Those of the site that a derivation needs; code is not coloured in the browser."""
PICTURE = re.compile(r"<svg .*?</svg>", re.DOTALL)
LINK = re.compile(r'href="([^":#]*?)(?:index)?\.md(#[^"]*)?"')
MARKDOWN = Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)


def by_markdown(text: str) -> str:
    """Return what Python-Markdown makes of a text, its pictures left alone; links lead to folders, as on the site."""
    pictures = iter(PICTURE.findall(text))
    html = str(MARKDOWN.reset().convert(PICTURE.sub('<svg id="one"></svg>', text)))
    linked = LINK.sub(lambda link: f'href="{link[1] and link[1].rstrip("/")}/{link[2] or ""}"', html)
    return re.sub('<svg id="one"></svg>', lambda _: next(pictures), linked)


def requests(name: str, step: int) -> Iterator[dict[str, Any]]:
    for line in (BENCHMARK / f"{name}.jsonl").read_text("utf-8").splitlines()[::step]:
        case = json.loads(line)
        lines = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
        yield {"protocol": PROTOCOL, "lines": lines, "given": case["given"], "wrt": case["wrt"], "root": "../"}


@pytest.mark.parametrize(("name", "step"), [("cases", 5), ("questions", 8), ("spellings", 5)])
def test_derivations(monkeypatch, name, step):
    texts: list[str] = []

    def noted(text: str, tab_sets: int = 0) -> str:
        texts.append(text)
        return ""

    monkeypatch.setattr(reader_page, "derivation_html", noted)
    for number, asked in enumerate(requests(name, one_in(step))):
        for kind in ("derive", "code", *(("complete",) if number % 3 == 0 else ())):
            answered({**asked, "ask": kind, "order": 2 if number % 5 == 0 else 1})
    assert len(texts) > 10
    for feature in ("/// tab | ", "<details class=", "```python", "| Symbol |", "(#"):
        assert any(feature in text for text in texts), feature
    for text in texts:
        assert derivation_html(text) == by_markdown(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=12))
def test_words_of_a_reader(text):
    said = words(text)
    for written in (
        f"Here {said} ends.",
        f"Here {said}{inline('x')} and <sup>{said}</sup> end.",
        f'<p class="note" markdown="span">{inline("a_i < b & c")}, {said}.</p>',
        f'See [the {said} {inline("[x]")}](../rules/a.md "The {said}"){{.rule data-preview}}.',
        f"- Here {said}\n- there",
        f"## The {said} {{#place data-search-exclude}}",
        f"| A | B |\n|---|---|\n| the {said} | {inline('x|y')} |",
    ):
        assert derivation_html(written) == by_markdown(written)


def test_a_template_that_was_compiled_is_not_compiled_again(monkeypatch):
    name = "reader_code.md.j2"
    kept, file = page_templates.compiled(name), page_templates._file
    compiled_file = f"{name}{page_templates.COMPILED}"
    monkeypatch.setattr(page_templates, "_file", lambda wanted: kept if wanted == compiled_file else file(wanted))
    monkeypatch.setattr(Environment, "compile", None)
    assert page_templates.templates_with(derivation="").get_template(name).name == name


def test_sets_of_tabs_are_numbered_on():
    assert 'id="__tabbed_8_1"' in derivation_html("/// tab | One\n\nText\n\n///", 7)
