"""The Markdown of a derivation as HTML: what its templates write, and nothing else.

Python-Markdown makes the pages of a site of the same text, where it has time; tests compare what both make, byte by
byte. In a browser it would take as long as the derivation, and a tenth of what is loaded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

_TAG = re.compile(r'<(\w+)((?: [\w-]+(?:="[^"]*")?)*)>')
_ATTRIBUTE = re.compile(r' ([\w-]+)(="[^"]*")?')
_BLOCKS = frozenset(("details", "div", "figure", "li", "ol", "p", "summary"))
_HEADING = re.compile(r"(#+) (.*) \{([^{}]*)\}")
_TAB = "/// tab | "
_FENCE = re.compile(r"``` ?(?:(\w+)|\{\.(\w+) #([\w-]+)\})")
_FORMULA = r"\\\(((?:\\[^)]|[^\\])+?)\\\)"
_INLINE = re.compile(
    rf"{_FORMULA}(\{{data-search-exclude\}})?"
    rf'|\[((?:{_FORMULA}|[^\[\]])*)\]\(([^\s()]*)(?: "([^"]*)")?\)(?:\{{([^{{}}]*)\}})?'
)
_PAGE = re.compile(r"([^:#]*?)(?:index)?\.md(#.*)?")


def derivation_html(text: str, tab_sets: int = 0) -> str:
    """Return the HTML; links to files of Markdown lead to the addresses that pages have on the site.

    Sets of tabs are numbered; `tab_sets` are counted before the first one.
    """
    return _Reading(text, tab_sets).document()


class _Reading:
    """Goes through the lines of a text once."""

    def __init__(self, text: str, tab_sets: int) -> None:
        self._lines = text.split("\n")
        self._place = 0
        self._tab_sets = tab_sets

    def document(self) -> str:
        return "".join(self._blocks(None)).strip()

    def _blocks(self, end: str | None) -> list[str]:
        """Return what stands before the line `end`, which is passed; None: before the end of the text."""
        found: list[str] = []
        lines = self._lines
        while self._place < len(lines):
            line = lines[self._place]
            if line == end:
                self._place += 1
                return found
            if line.strip():
                found.append(self._block(line, inside=end is not None))
            else:
                self._place += 1
        return found

    def _block(self, line: str, inside: bool) -> str:
        if line[0] == "<" and (tag := _TAG.match(line)) and tag[1] in _BLOCKS:
            self._place += 1
            return self._element(tag, line, inside)
        if line.startswith(_TAB):
            return self._tabs()
        if fence := _FENCE.fullmatch(line):
            self._place += 1
            return self._code(fence)
        if heading := _HEADING.fullmatch(line):
            self._place += 1
            level = len(heading[1])
            return f"<h{level}{_listed(heading[3])}>{inline_html(heading[2].strip())}</h{level}>\n"
        rows = self._paragraph()
        if line[0] == "|":
            return _table(rows)
        if line.startswith("- "):
            return _element("ul", "".join(f"<li>{inline_html(row[2:])}</li>\n" for row in rows))
        return f"<p>{inline_html(chr(10).join(row.strip() for row in rows))}</p>\n"

    def _element(self, tag: re.Match[str], line: str, inside: bool) -> str:
        """Return an element: one with blocks in it, one with a sentence, or one that is HTML already."""
        name, attributes, kind = tag[1], tag[2], ""
        for kind in ("block", "span"):
            mark = f' markdown="{kind}"'
            if mark in attributes:
                attributes = attributes.replace(mark, "")
                break
        else:
            return f"<{name}{_spelt_out(attributes)}>{line[tag.end() :]}\n" if inside else f"{line}\n\n"
        attributes = _spelt_out(attributes)
        if kind == "block":
            content = "".join(self._blocks(f"</{name}>"))
            return f"<{name}{attributes}>{content and chr(10)}{content}</{name}>\n"
        return f"<{name}{attributes}>{inline_html(line[tag.end() : -len(name) - 3])}</{name}>\n"

    def _paragraph(self) -> list[str]:
        """Return the lines before the next blank one."""
        start = self._place
        while self._place < len(self._lines) and self._lines[self._place].strip():
            self._place += 1
        return self._lines[start : self._place]

    def _code(self, fence: re.Match[str]) -> str:
        end = self._lines.index("```", self._place)
        code = html.escape("\n".join(self._lines[self._place : end]), quote=False)
        self._place = end + 1
        name = f' id="{fence[3]}"' if fence[3] else ""
        return f'<pre class="highlight"><code{name} class="language-{fence[1] or fence[2]}">{code}</code></pre>\n'

    def _tabs(self) -> str:
        """Return tabs that follow one another."""
        self._tab_sets += 1
        own = f"__tabbed_{self._tab_sets}"
        names: list[str] = []
        contents: list[str] = []
        while self._place < len(self._lines):
            line = self._lines[self._place]
            if line.strip() and not line.startswith(_TAB):
                break
            self._place += 1
            if line.strip():
                names.append(line.removeprefix(_TAB))
                contents.append("".join(self._blocks("///")))
        numbers = range(1, len(names) + 1)
        inputs = "".join(
            f"<input{' checked=' + chr(34) + 'checked' + chr(34) if number == 1 else ''} "
            f'id="{own}_{number}" name="{own}" type="radio" />'
            for number in numbers
        )
        labels = "".join(
            f'<label for="{own}_{number}">{inline_html(name)}</label>'
            for number, name in zip(numbers, names, strict=True)
        )
        blocks = "".join(f'<div class="tabbed-block">\n{content}</div>\n' for content in contents)
        return (
            f'<div class="tabbed-set tabbed-alternate" data-tabs="{self._tab_sets}:{len(names)}">{inputs}'
            f'<div class="tabbed-labels">{labels}</div>\n<div class="tabbed-content">\n{blocks}</div>\n</div>\n'
        )


def _element(name: str, content: str) -> str:
    return f"<{name}>\n{content}</{name}>\n"


def _table(rows: Sequence[str]) -> str:
    """Return a table: its head, the line below that, and its rows."""

    def row(line: str, cell: str) -> str:
        cells = (f"<{cell}>{inline_html(text.strip())}</{cell}>\n" for text in line.strip()[1:-1].split("|"))
        return _element("tr", "".join(cells))

    body = "".join(row(line, "td") for line in rows[2:])
    return _element("table", _element("thead", row(rows[0], "th")) + _element("tbody", body))


def _spelt_out(attributes: str) -> str:
    """Return attributes of an element, in which one without a value has its name for one."""
    return _ATTRIBUTE.sub(lambda found: found[0] if found[2] else f'{found[0]}="{found[1]}"', attributes)


def _listed(attributes: str, more: Sequence[tuple[str, str]] = ()) -> str:
    """Return attributes that stand in braces as HTML, with others, in the order of their names."""
    found = list(more)
    for one in attributes.split():
        name = {"#": "id", ".": "class"}.get(one[0], "")
        found.append((name, one[1:]) if name else (one, ""))
    return "".join(f' {name}="{value}"' if value else f" {name}" for name, value in sorted(found))


def inline_html(text: str) -> str:
    """Return a sentence as HTML: formulas and links are made, tags and references of characters stay."""
    return _INLINE.sub(_inline, text)


def _inline(found: re.Match[str]) -> str:
    if found[1]:
        attribute = " data-search-exclude" if found[2] else ""
        return f'<span class="arithmatex"{attribute}>\\({html.escape(found[1], quote=False)}\\)</span>'
    more = [("href", _address(found[5]))]
    if found[6]:
        more.append(("title", found[6].strip()))
    return f"<a{_listed(found[7] or '', more)}>{inline_html(found[3])}</a>"


def _address(link: str) -> str:
    """Return where a page is on the site: in a folder of its own."""
    page = _PAGE.fullmatch(link)
    if page is None:
        return link
    folder = page[1]
    return f"{folder if folder.endswith('/') or not folder else folder + '/'}{page[2] or ''}"
