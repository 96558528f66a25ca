"""Formulas that wait: the finished one is in the page for whoever has no JavaScript, the text for all others."""

from __future__ import annotations

import pytest

from jacobook.site.typesetting.deferred import deferred, out_of_sight

DRAWN = '<span class="sheet-drawn"><mjx-container><mjx-math>𝑥</mjx-math></mjx-container></span>'
ROW = """<li class="sheet-row{later}" data-words="x">
<div class="sheet-function">{plain}{drawn}</div>
<div class="sheet-title"><a href="x/">x</a></div>
<div class="sheet-derivative">{plain}{drawn}</div>
</li>"""
PLAIN = '<span class="sheet-plain" data-search-exclude>x &lt; y</span>'


def test_a_row_that_comes_later_has_its_formulas_in_noscript() -> None:
    found = deferred(ROW.format(later=" later", plain=PLAIN, drawn=DRAWN))
    assert found.count(f"{PLAIN}<noscript>{DRAWN}</noscript>") == 2
    assert found.replace("<noscript>", "").replace("</noscript>", "") == ROW.format(
        later=" later", plain=PLAIN, drawn=DRAWN
    )


def test_the_first_rows_are_drawn() -> None:
    row = ROW.format(later="", plain="", drawn=DRAWN)
    assert deferred(row) == row


BLOCK = '<div class="tabbed-block">\n<div class="arithmatex">{}</div>\n</div>'
TABS = (
    f'<div class="tabbed-set"><div class="tabbed-content">{BLOCK.format("shown")}{BLOCK.format("hidden")}</div></div>'
)


@pytest.mark.parametrize(
    "page",
    [
        "<p>shown</p>",
        "<details><summary>shown</summary><p>hidden</p></details><p>shown</p>",
        "<details open><summary>shown</summary><p>shown</p></details>",
        '<details class="quiet" markdown="1"><div>hidden <div>hidden</div></div> hidden</details> shown',
        "<details><summary>shown</summary><details><summary>hidden</summary>hidden</details>hidden</details>shown",
        f"{TABS}<p>shown</p>{TABS}",
        f"<details><summary>shown</summary>{TABS.replace('shown', 'hidden')}</details>shown",
        f'<div class="tabbed-set"><div class="tabbed-content">{BLOCK.format("shown")}'
        f"{BLOCK.format(TABS.replace('shown', 'hidden'))}</div></div> shown",
    ],
)
def test_what_is_folded_or_in_another_tab_is_out_of_sight(page: str) -> None:
    parts = out_of_sight(page)

    def is_hidden(place: int) -> bool:
        return any(start <= place < end for start, end in parts)

    words = [
        (place, word) for word in ("shown", "hidden") for place in range(len(page)) if page.startswith(word, place)
    ]
    assert words
    assert [page[place:] for place, word in words if is_hidden(place) != (word == "hidden")] == []
