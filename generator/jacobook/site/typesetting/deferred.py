"""Formulas that wait, as text, until they are shown: a fraction of the elements of a page.

The finished formula stands in a `noscript` element. Without JavaScript it is there at once; with it, a script takes it
out: in a long table when its row comes into view (`cheat-sheet.js`), in what is folded or in another tab when that is
shown, or when nothing else is to be done (`main.html`, `jacobook.js`), and everywhere when the page is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROW = re.compile(r'<li class="sheet-row later".*?</li>', re.DOTALL)
_DRAWN = re.compile(
    r'(<div class="sheet-(?:function|derivative)">\s*<span class="sheet-plain"[^>]*>[^<]*</span>)(.*?)(?=\s*</div>)',
    re.DOTALL,
)
_BOX = re.compile(r"<(/?)(div|details|summary)\b([^>]*)>")


def deferred(page: str) -> str:
    """Return the page with the drawn formulas of rows that come later inside of `noscript`."""
    return _ROW.sub(lambda row: _DRAWN.sub(r"\1<noscript>\2</noscript>", row[0]), page)


def out_of_sight(page: str) -> list[tuple[int, int]]:
    """Return the parts of a page that are not shown as it opens, from where to where: what is folded, and other tabs.

    A summary is shown while what it belongs to is not.
    """
    parts: list[tuple[int, int]] = []
    start = 0
    hidden = False
    for place, now in _sight(page):
        if hidden and not now:
            parts.append((start, place))
        elif now and not hidden:
            start = place
        hidden = now
    return parts


def _sight(page: str) -> Iterator[tuple[int, bool]]:
    """Yield the places at which a part of the page begins, and whether it is hidden."""
    hiding: list[bool] = []  # of every box that is open, whether it hides what is in it
    blocks: list[int] = []  # of every box, how many blocks of tabs it has had
    for found in _BOX.finditer(page):
        closes, name, attributes = found.groups()
        if closes:
            if hiding:
                hiding.pop()
                blocks.pop()
        else:
            later = 'class="tabbed-block"' in attributes and bool(blocks) and blocks[-1] > 0
            if 'class="tabbed-block"' in attributes and blocks:
                blocks[-1] += 1
            hiding.append(later or (name == "details" and not re.search(r"\bopen\b", attributes)))
            blocks.append(0)
            if name == "summary" and len(hiding) > 1:
                yield found.end(), any(hiding[:-2])
                continue
        yield found.end(), any(hiding)
