"""Formulas of a long table that wait, as text, until they come into view: a fraction of the elements of a page.

The finished formula stands in a `noscript` element beside its plain text. Without JavaScript it is there at once; with
it, `cheat-sheet.js` takes it out when its row comes into view, or when the page is printed.
"""

from __future__ import annotations

import re

_ROW = re.compile(r'<li class="sheet-row later".*?</li>', re.DOTALL)
_DRAWN = re.compile(
    r'(<div class="sheet-(?:function|derivative)">\s*<span class="sheet-plain"[^>]*>[^<]*</span>)(.*?)(?=\s*</div>)',
    re.DOTALL,
)


def deferred(page: str) -> str:
    """Return the page with the drawn formulas of rows that come later inside of `noscript`."""
    return _ROW.sub(lambda row: _DRAWN.sub(r"\1<noscript>\2</noscript>", row[0]), page)
