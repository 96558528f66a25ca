"""A derivation that a reader asked for, as HTML: from the records and the templates of the site's own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from jinja2 import Template

from jacobook.browser.derivation_markdown import derivation_html
from jacobook.site.page_templates import templates_with
from jacobook.site.pages.derivation_part import code_data, derivation_data, numpy_data, shortened
from jacobook.site.pages.markup import words
from jacobook.site.worked_entry import Part

SLUG = "own"
"""What ids of pictures begin with."""
_OF_CODE = 100
"""How many sets of tabs are counted before those of the code where it comes later: no page has as many."""


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
def _template(name: str) -> Template:
    return templates_with(derivation="_derivation.md.j2").get_template(name)


def reader_page(question: ReaderQuestion, root: str, with_code: bool = True) -> str:
    """Return the derivations of a question as HTML; `root` leads from the page to the root of the site.

    Without its code, the main one has a place for it (see `reader_code`).
    """
    return derivation_html(page_text(question, root, with_code))


def reader_code(question: ReaderQuestion) -> str:
    """Return what can be copied of the main derivation, as HTML."""
    text = _template("reader_code.md.j2").render(page=code_data(question, question.main) | {"prefix": ""})
    return derivation_html(text, _OF_CODE)


def page_text(question: ReaderQuestion, root: str, with_code: bool) -> str:
    """Return the derivations of a question as Markdown."""
    main, *others = shortened([derivation_data(question, part) for part in question.parts])
    if with_code:
        main |= code_data(question, question.main)
    others = [data | numpy_data(question, part) for data, part in zip(others, question.parts[1:], strict=True)]
    return _template("reader.md.j2").render(root=root, page=main, parts=others, identity=identity_sentence)


def identity_sentence(identity: Mapping[str, Any]) -> str:
    """Return the sentence about a recognised identity, without its page, which the browser does not know."""
    sources: Sequence[str] = identity["sources"]
    return f"This is the derivative of the {identity['name']}: {words(', '.join(sources))}."
