r"""Pages as plain Markdown with LaTeX, for readers that are programs: no HTML, formulas between `$` and `$$`.

A page `exercises/x.md` is published at `exercises/x/`, and its plain copy at `exercises/x/index.md`. The copies end
in `.md.txt` below `docs/`, where a builder would take `.md` for a page; the MkDocs hook puts them beside the pages.
"""

from __future__ import annotations

import html
import posixpath
import re
from functools import lru_cache

FOLDER = "assets/generated/markdown/"

# What is taken as it stands, before the words between are looked at.
_CODE = re.compile(r"(?ms)^```.*?^```$|`[^`\n]+`")
_DISPLAY = re.compile(r'(?s)<div class="arithmatex" data-search-exclude>\\\[(.*?)\\\]</div>')
_INLINE = re.compile(r"\\\((.*?)\\\)\{data-search-exclude\}")
_FIGURE = re.compile(r"(?s)<figure\b.*?</figure>|<svg\b.*?</svg>|<!--.*?-->")
_CHOICE = re.compile(
    r'(?s)<span class="layout-choice".*?</button></span>|<p class="list-foot".*?</p>|<form\b.*?</form>'
)
"""The choice of the layout, of which a copy shows both, the link to the tags, of which there is no copy, and forms."""
_TURNED = re.compile(r'(?s)<span class="(?:shape )?in-denominator">(.*?)</span>')
_SHAPE = re.compile(r'(?s)<span class="shape(?: in-jacobian)?">(.*?)</span>')
_TAG = re.compile(r"</?[a-z][a-z0-9-]*\b[^<>]*>")
_ATTRIBUTES = re.compile(
    r"[ ]?(?<!\\)\{:?[ ]*(?:[.#][\w-]+|[\w-]+(?:=\S+)?)(?:[ ]+(?:[.#][\w-]+|[\w-]+(?:=\S+)?))*[ ]*\}"
)
_BLOCK = re.compile(r"(?m)^/// (?:tab|details) \| (.*)$")
_ABBREVIATION = re.compile(r"(?m)^\*\[[^\]]+\]: .*$")
_LINK = re.compile(r"\]\(([^()\s]+)(?: \"[^\"]*\")?\)")
_REFERENCE = re.compile(r"&#(\d+);")
_KEPT = re.compile("\ue000(\\d+)\ue001")


def copy_name(page: str) -> str:
    """Return the file of the plain copy of a page, both below `docs/`."""
    return f"{FOLDER}{published_name(page)}.txt"


def published_name(page: str) -> str:
    """Return where the plain copy of a page is published: `exercises/x/index.md` for `exercises/x.md`."""
    stem = page.removesuffix(".md")
    return page if posixpath.basename(stem) == "index" else f"{stem}/index.md"


@lru_cache(1000)
def plain_copy(markdown: str, page: str) -> bytes:
    """Return the plain copy of a page, or of a text for its place, whose links are those of the page."""
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\ue000{len(kept) - 1}\ue001"

    text = _CHOICE.sub("", _FIGURE.sub("", markdown))
    text = _DISPLAY.sub(lambda found: keep(f"$${html.unescape(found[1])}$$"), text)
    text = _INLINE.sub(lambda found: keep(f"${found[1]}$"), text)
    text = _CODE.sub(lambda found: keep(found[0]), text)
    text = _BLOCK.sub(r"**\1**", text)
    text = re.sub(r"(?m)^///$", "", text)
    text = _ABBREVIATION.sub("", text)
    text = re.sub(r"<sup>([^<>]*)</sup>", r"^\1", re.sub(r"[ ]*<br>[ ]*", "; ", text))
    text = _TURNED.sub(r", in the denominator layout \1", text)
    text = _TAG.sub("", _SHAPE.sub(r"(\1)", text))
    text = _LINK.sub(lambda found: f"]({_moved(found[1], page)})", text)
    text = _REFERENCE.sub(_character, _ATTRIBUTES.sub("", text))
    text = _KEPT.sub(lambda found: kept[int(found[1])], text)
    return (re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)[ \t]+$", "", text)).strip() + "\n").encode()


def _character(found: re.Match[str]) -> str:
    """Return the character of a reference that our pages hold; a backslash keeps it from being read as a sign."""
    character = chr(int(found[1]))
    if character in "&<>":
        return found[0]
    return character if character in '=:/"!-+~^' else f"\\{character}"


@lru_cache(10_000)
def _moved(link: str, page: str) -> str:
    """Return a link of a page as its plain copy has it, which lies elsewhere; other pages by their plain copies."""
    address, separator, anchor = link.partition("#")
    if not address or re.match(r"[a-z][a-z0-9+.-]*:", address):
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), address))
    if target.endswith(".md"):
        target = published_name(target)
    return posixpath.relpath(target, posixpath.dirname(published_name(page)) or ".") + separator + anchor
