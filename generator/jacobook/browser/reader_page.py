"""A derivation that a reader asked for, as HTML: from the records and the templates of the site's own pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from jinja2 import Template
from markdown import Markdown
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.md_in_html import MarkdownInHtmlExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from pymdownx.arithmatex import ArithmatexExtension
from pymdownx.blocks.tab import TabExtension
from pymdownx.highlight import HighlightExtension
from pymdownx.superfences import SuperFencesCodeExtension

from jacobook.site.page_templates import templates_with
from jacobook.site.pages.derivation_part import part_data, shortened
from jacobook.site.pages.markup import words
from jacobook.site.worked_entry import Part

SLUG = "own"
"""What ids of pictures begin with."""
_LINK = re.compile(r'(href="[^":#]*?)(?:index)?\.md(#[^"]*)?"')
_PICTURE = re.compile(r"<svg .*?</svg>", re.DOTALL)
_PLACE = re.compile(r'<svg id="(\d+)"></svg>')
_UNUSED = (
    "reference", "image_link", "image_reference", "short_reference", "short_image_ref",
    "autolink", "automail", "linebreak",
)  # fmt: skip
"""What Markdown would look for in every text, and no template of a derivation writes."""


@dataclass(frozen=True, slots=True)
class ReaderQuestion:
    """What a reader asked, with its derivations."""

    given: tuple[str, ...]
    expression: tuple[str, ...]
    parts: tuple[Part, ...]
    slug: str = SLUG
    first_route: Literal["matrix", "component"] = "matrix"
    assumed: tuple[()] = ()

    @property
    def entry(self) -> ReaderQuestion:
        """Return the question itself: here it is not an entry of a collection."""
        return self

    @property
    def main(self) -> Part:
        """Return the derivation that the page begins with."""
        return self.parts[0]


@cache
def _template() -> Template:
    return templates_with(derivation="_derivation.md.j2").get_template("reader.md.j2")


@cache
def _markdown() -> Markdown:
    """Return Markdown with those extensions of `mkdocs.yml` that a derivation needs; code is not coloured."""
    made = Markdown(
        extensions=[
            AttrListExtension(),
            MarkdownInHtmlExtension(),
            TableExtension(),
            TocExtension(permalink=False, marker=""),
            ArithmatexExtension(generic=True, inline_syntax=["round"], block_syntax=["square"]),
            TabExtension(alternate_style=True),
            HighlightExtension(use_pygments=False),
            SuperFencesCodeExtension(),
        ]
    )
    for name in _UNUSED:
        made.inlinePatterns.deregister(name)
    return made


def reader_page(question: ReaderQuestion, root: str) -> str:
    """Return the derivations of a question as HTML; `root` leads from the page to the root of the site."""
    parts = shortened([part_data(question, part) for part in question.parts])
    text = _template().render(root=root, page=parts[0], parts=parts[1:], identity=identity_sentence)
    return html_of(text)


def html_of(text: str) -> str:
    """Return Markdown as HTML, in which links lead to the addresses that pages have on the site."""
    pictures: list[str] = []

    def set_aside(picture: re.Match[str]) -> str:
        pictures.append(picture[0])
        return f'<svg id="{len(pictures) - 1}"></svg>'

    html = str(_markdown().reset().convert(_PICTURE.sub(set_aside, text)))
    linked = _LINK.sub(lambda link: f'{_address(link[1])}{link[2] or ""}"', html)
    return _PLACE.sub(lambda place: pictures[int(place[1])], linked)


def _address(link: str) -> str:
    """Return where a page is on the site: in a folder of its own."""
    return link if link.endswith(("/", '"')) else f"{link}/"


def identity_sentence(identity: Mapping[str, Any]) -> str:
    """Return the sentence about a recognised identity, without its page, which the browser does not know."""
    sources: Sequence[str] = identity["sources"]
    return f"This is the derivative of the {identity['name']}: {words(', '.join(sources))}."
