"""What the site says to programs that read all of it: `llms.txt`, a list of its pages in Markdown, and `robots.txt`.

Both are written whole, so that every builder copies them as they are. The links of `llms.txt` are relative and lead to
the plain copies where they lie below `docs/`; the MkDocs hook, which knows the address of the site and puts the copies
beside their pages, writes out the whole addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LLMS, ROBOTS = "llms.txt", "robots.txt"
ANY_ROBOT = b"User-agent: *\nAllow: /\n"

_INTRODUCTION = """\
# Jacobook

> Matrix calculus, step by step, with a reason on every line and every line checked.

Every page is here as Markdown with LaTeX: the function, its derivative, and every step with its reason. Derivatives are
in Jacobian layout unless a page says otherwise: a scalar function of a vector with D entries has a 1×D row as its
derivative. No formula is typed in; each line was evaluated at random points, and proved in entries where that is not
too large.
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page on the list: what it is called, what is on it, where its plain copy is."""

    title: str
    description: str
    copy: str

    def line(self) -> str:
        """Return its line of the list, in Markdown."""
        return f"- [{_plain(self.title)}]({self.copy}): {_plain(self.description)}"


def llms_text(navigation: Sequence[Mapping[str, Any]], pages: Mapping[str, Listed]) -> bytes:
    """Return the list of all pages that have a plain copy, in the order of the navigation, section by section."""
    single = [name for item in navigation for name in item.values() if isinstance(name, str)]
    sections = [("The site", single)]
    sections += [
        (title, list(_files(items))) for item in navigation for title, items in item.items() if items not in single
    ]
    blocks = [_INTRODUCTION]
    for title, names in sections:
        lines = [pages[name].line() for name in names if name in pages]
        if lines:
            blocks.append("\n".join([f"## {title}", "", *lines]) + "\n")
    return "\n".join(blocks).encode()


def _files(items: Any) -> Iterator[str]:
    """Yield the pages of a section, those of its parts too."""
    if isinstance(items, str):
        yield items
    elif isinstance(items, Mapping):
        for inner in items.values():
            yield from _files(inner)
    else:
        for inner in items:
            yield from _files(inner)


def _plain(text: str) -> str:
    """Return text with a backslash before what Markdown would read as a link, as code or as HTML."""
    return re.sub(r"([\\\[\]<>`])", r"\\\1", text)
